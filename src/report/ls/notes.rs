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
    notes.extend(refused(holdings));
    notes.extend(unseen(holdings));
    notes
}

/// So many processes are named.
const NAMED: usize = 5;

/// Who could not be looked into, and what helps.
fn refused(holdings: &Holdings) -> Option<String> {
    let looked = &holdings.looked;
    let first = looked.refused.first()?;
    let named = looked.refused.iter().take(NAMED).map(|pid| {
        let name = holdings.who.get(pid).map(|who| who.name.as_str());
        format!("{}[{pid}]", name.unwrap_or_default())
    });
    let mut named: Vec<String> = named.collect();
    let more = looked.refused.len().saturating_sub(NAMED);
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    let one = looked.refused.len() == 1;
    let pick = |singular: &'static str, plural: &'static str| if one { singular } else { plural };
    let why = if looked.may_trace {
        format!(
            "{}, or be protected although CAP_SYS_PTRACE is held here: by another user namespace, \
             a security module (LSM) or hidepid. To check, run ls -l /proc/{first}/fd",
            pick("It may be exiting", "They may be exiting")
        )
    } else {
        format!(
            "{} to another user or {} more privileges. Root with CAP_SYS_PTRACE sees more",
            pick("It belongs", "They belong"),
            pick("has", "have")
        )
    };
    let unknown = if holdings.objects.iter().any(|object| is(object, holdings, HeldBy::Unknown)) {
        format!(", and {} may hold what is held by \"?\"", pick("it", "they"))
    } else {
        String::new()
    };
    Some(format!(
        "{} of {} processes could not be examined: {}. {why}. Unlinked objects that only {} {} are \
         missing{unknown}",
        looked.refused.len(),
        looked.processes,
        named.join(", "),
        pick("this process", "these processes"),
        pick("holds", "hold"),
    ))
}

fn is(object: &Object, holdings: &Holdings, by: HeldBy) -> bool {
    object.held_by(holdings.looked.saw_all()) == by
}

/// What another container may hold.
fn unseen(holdings: &Holdings) -> Vec<String> {
    let mut notes = Vec::new();
    let files = holdings.objects.iter().any(|object| is(object, holdings, HeldBy::Unknown));
    if holdings.objects.iter().any(|object| object.in_use == Some(true)) {
        notes.push(
            "what is held by \"unseen\" is in use: the kernel does not say by whom. Stop all \
             containers that share the folder before you remove it"
                .to_owned(),
        );
    }
    match holdings.looked.hidden {
        Some(Hidden::PidNamespace) if files => notes.push(
            "what is held by \"?\" may be held by a process outside this PID namespace: on the \
             host, or in another container that shares the folder (of the same pod, docker run \
             --ipc). To find out, run shmeter ls --pid PID on the host, for a process of this \
             container. If that is not possible, stop the other containers before you remove \
             anything"
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
