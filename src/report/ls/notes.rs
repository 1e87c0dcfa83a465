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
        Reading::Unknown(why) => notes.push(format!("{asked} could not be examined: {why}")),
        Reading::Known(_) if folder.is_memory() => {}
        Reading::Known(other) => notes.push(format!(
            "{asked} is on {}, which is not shared memory: its files are not listed",
            other.name()
        )),
    }
    if folder.refused > 0 {
        notes.push(format!(
            "{} could not be read: files there are only listed if a process holds them",
            count(folder.refused, "entry", "entries", &format!(" below {asked}"))
        ));
    }
    if folder.cut {
        notes.push(format!("{asked} has more files than are examined"));
    }
    if let Some(why) = &holdings.segments_unread {
        notes.push(format!("System V segments could not be listed: {why}"));
    }
    let refused = holdings.looked.refused.len();
    if refused > 0 {
        notes.push(format!(
            "{refused} of {} processes could not be examined: they belong to other users or have \
             more privileges. Unlinked objects that only they hold are missing, and they may \
             hold what is held by \"?\". Root with CAP_SYS_PTRACE sees more",
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
            "what is held by \"?\" may be held by a process outside this PID namespace: on the \
             host, or in another container that shares the folder (of the same pod, docker run \
             --ipc). To find out, run shmeter ls --pid PID on the host, for a process of this \
             container. If that is not possible, stop the other containers first"
                .to_owned(),
        ),
        Some(Hidden::Hidepid) => notes.push(
            "/proc is mounted with hidepid, which hides processes of other users: they may hold \
             what is held by \"?\". To find out, run shmeter ls where /proc is mounted without it"
                .to_owned(),
        ),
        _ => {}
    }
    let elsewhere = &holdings.elsewhere;
    if let Some(pid) = elsewhere.pids.first() {
        let what = count(elsewhere.objects, "more object", "more objects", "");
        notes.push(format!("{what} of another /dev/shm or IPC namespace: shmeter ls --pid {pid}"));
    }
    notes
}

fn count(n: usize, one: &str, many: &str, behind: &str) -> String {
    format!("{n} {}{behind}", if n == 1 { one } else { many })
}
