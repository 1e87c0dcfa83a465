//! Why a line says that something was refused.

use super::Refusal;
use super::pattern::{Ends, Pattern};

/// Why a line says that something was refused; nothing where it gives several reasons.
pub(super) fn refusal(line: &str) -> Option<Refusal> {
    let whole = Ends { start: true, end: true };
    let says = |name: &str| {
        let patterns = Pattern::all(name);
        patterns.iter().any(|pattern| pattern.find(line.as_bytes(), whole).is_some())
    };
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
