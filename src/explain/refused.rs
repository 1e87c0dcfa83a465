//! Why a line says that something was refused.

use super::pattern::{Ends, Pattern};
use super::{Beyond, Refusal};

/// Whether a line has a pattern.
fn says(line: &str, name: &str) -> bool {
    let whole = Ends { start: true, end: true };
    Pattern::all(name).iter().any(|pattern| pattern.find(line.as_bytes(), whole).is_some())
}

/// Beyond which kind of limit of System V a line says that a request was; nothing where it tells neither error or both.
pub(super) fn beyond(line: &str) -> Option<Beyond> {
    match (says(line, "{EINVAL or 22}"), says(line, "{ENOSPC or 28}")) {
        (true, false) => Some(Beyond::OneSegment),
        (false, true) => Some(Beyond::AllSegments),
        _ => None,
    }
}

/// The setting of an IPC namespace that a line names.
pub(super) fn setting(line: &str) -> Option<&'static str> {
    const ALL: [&str; 7] = [
        "kernel.shmmax",
        "kernel.shmall",
        "kernel.shmmni",
        "kernel.sem",
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
    ];
    ALL.into_iter().find(|name| line.contains(name) || line.contains(&name.replace('.', "/")))
}

/// Why a line says that something was refused; nothing where it gives several reasons.
pub(super) fn refusal(line: &str) -> Option<Refusal> {
    let says = |name: &str| says(line, name);
    let all = [
        (says("{EACCES}") || says("{EPERM}"), Refusal::Denied),
        (["{ENOENT}", " does not exist", " not found"].into_iter().any(says), Refusal::Missing),
        (says("{EEXIST}"), Refusal::Exists),
    ];
    let mut said = all.into_iter().filter_map(|(is_said, refusal)| is_said.then_some(refusal));
    said.next().filter(|_| said.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_beyond_which_limit_it_was() {
        for (line, limit) in [
            ("Linux-x86_64 Error: 22: Invalid argument", Some(Beyond::OneSegment)),
            ("Linux-x86_64 Error: 28: No space left on device", Some(Beyond::AllSegments)),
            ("shmget failed", None),
        ] {
            assert_eq!(beyond(line), limit, "{line}");
        }
    }

    #[test]
    fn a_line_names_a_setting() {
        assert_eq!(setting("open /proc/sys/kernel/shmall: Read-only"), Some("kernel.shmall"));
        assert_eq!(setting("setting key \"kernel.sem\": Read-only"), Some("kernel.sem"));
        assert_eq!(setting("setting key \"net.core.somaxconn\""), None);
    }

    #[test]
    fn a_line_tells_why_it_was_refused() {
        for (line, why) in [
            ("open(/dev/shm/x): Permission denied", Some(Refusal::Denied)),
            ("shm_open: Datei oder Verzeichnis nicht gefunden", Some(Refusal::Missing)),
            ("sem_open: EEXIST", Some(Refusal::Exists)),
            ("shared memory /x does not exist", Some(Refusal::Missing)),
            ("shm_open: errno 13", Some(Refusal::Denied)),
            ("File exists, then Permission denied", None),
            ("shm_open failed", None),
            ("fork/exec /dev/shm/x: permission denied", Some(Refusal::Denied)),
            ("shm_open: errno 28", None),
            ("rm: the preexisting filepermission", None),
        ] {
            assert_eq!(refusal(line), why, "{line}");
        }
    }
}
