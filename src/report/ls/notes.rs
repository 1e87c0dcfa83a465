//! What could not be seen, in words.

use crate::facts::Reading;
use crate::facts::holdings::{HeldBy, Hidden, Holdings, Object};

/// What could not be seen.
pub(crate) fn notes(holdings: &Holdings) -> Vec<String> {
    let mut notes = Vec::new();
    let folder = &holdings.folder;
    let asked = &folder.asked;
    match &folder.file_system {
        Reading::Absent => notes.push(format!("there is no folder {asked} here")),
        Reading::Unknown(why) => notes.push(format!("{asked} could not be looked at: {why}")),
        Reading::Known(_) if folder.is_memory() => {}
        Reading::Known(other) => notes.push(format!(
            "{asked} is no shared memory here but on {}: its files are not listed",
            other.name()
        )),
    }
    if folder.refused > 0 {
        notes.push(format!(
            "{} could not be read: files there are only seen if a process holds them",
            count(folder.refused, "entry", "entries", &format!(" below {asked}"))
        ));
    }
    if folder.cut {
        notes.push(format!("{asked} holds more files than are looked at"));
    }
    if let Some(why) = &holdings.segments_unread {
        notes.push(format!("System V segments could not be listed: {why}"));
    }
    let refused = holdings.looked.refused.len();
    if refused > 0 {
        notes.push(format!(
            "{refused} of {} processes could not be looked into: they belong to other users or have \
             more rights. What they hold unlinked is missing, and what is held by \"?\" they may \
             hold. Root with CAP_SYS_PTRACE sees more",
            holdings.looked.processes
        ));
    }
    notes.extend(unseen(holdings));
    notes
}

/// What another container may hold.
fn unseen(holdings: &Holdings) -> Vec<String> {
    let mut notes = Vec::new();
    let unknown = |object: &Object| object.held_by(holdings.looked.saw_all()) == HeldBy::Unknown;
    let files = holdings.objects.iter().any(unknown);
    match holdings.looked.hidden {
        Some(Hidden::PidNamespace) if files => notes.push(
            "what is held by \"?\" a process outside this PID namespace may hold: one of the host, or \
             of another container that shares the folder (a pod's, docker run --ipc). To find out, \
             run shmeter ls --pid PID on the host, for a process of this container; where that \
             cannot be, stop the other containers first"
                .to_owned(),
        ),
        Some(Hidden::Hidepid) => notes.push(
            "/proc is mounted with hidepid: processes of other users may be there that it does not \
             show, and may hold what is held by \"?\". To find out, run shmeter ls where /proc is \
             mounted without it"
                .to_owned(),
        ),
        _ => {}
    }
    let elsewhere = &holdings.elsewhere;
    if let Some(pid) = elsewhere.pids.first() {
        let what = count(elsewhere.objects, "object", "objects", "");
        notes.push(format!(
            "{what} more belong to another /dev/shm or IPC namespace: shmeter ls --pid {pid}"
        ));
    }
    notes
}

fn count(n: usize, one: &str, many: &str, behind: &str) -> String {
    format!("{n} {}{behind}", if n == 1 { one } else { many })
}
