//! What one process has mapped and open.

use std::cell::OnceCell;

use nix::errno::Errno;

use super::stat::of_sys;
use crate::facts::holdings::Collector;
use crate::facts::maps::parse_mapping;
use crate::facts::{Reading, Why};
use crate::probe::{Live, Source};

/// Notes what a process holds; false where it may not be looked into. What ends meanwhile holds
/// nothing. `ipc` is the IPC namespace that is listed.
pub(crate) fn look(source: &Live, pid: u32, ipc: Option<&str>, collector: &mut Collector) -> bool {
    let folder = format!("/proc/{pid}");
    match maps(source, &folder) {
        Reading::Known(text) => note(source, pid, &folder, &text, ipc, collector),
        Reading::Absent => through_threads(source, pid, &folder, ipc, collector),
        Reading::Unknown(_) => false,
    }
}

fn note(
    source: &Live,
    pid: u32,
    folder: &str,
    maps: &str,
    ipc: Option<&str>,
    collector: &mut Collector,
) -> bool {
    // Of all mappings few are of shared memory, and of those few of System V.
    let namespace = OnceCell::new();
    let elsewhere = || {
        let own = namespace.get_or_init(|| source.link(&format!("{folder}/ns/ipc")));
        match own {
            Reading::Known(own) => (Some(own.as_str()) != ipc).then(|| own.clone()),
            Reading::Absent | Reading::Unknown(_) => ipc.map(|_| format!("that of {pid}")),
        }
    };
    for mapping in maps.lines().filter_map(parse_mapping) {
        collector.mapped(pid, &mapping, elsewhere);
    }
    descriptors(source, pid, folder, collector)
}

/// Its mappings; absent where it has no memory: it ended, is a thread of the kernel, or its first
/// thread has ended.
fn maps(source: &Live, folder: &str) -> Reading<String> {
    match source.read(&format!("{folder}/maps")) {
        Reading::Known(text) if text.is_empty() => Reading::Absent,
        Reading::Unknown(Why::Errno(Errno::ESRCH)) => Reading::Absent,
        // Others may not read its mappings, but that it has none.
        Reading::Unknown(_) if has_no_memory(source, folder) => Reading::Absent,
        read => read,
    }
}

fn has_no_memory(source: &Live, folder: &str) -> bool {
    match source.read(&format!("{folder}/statm")) {
        Reading::Known(text) => text.starts_with("0 "),
        Reading::Absent => true,
        Reading::Unknown(why) => why == Why::Errno(Errno::ESRCH),
    }
}

/// A process whose first thread has ended goes on in the others, and /proc/PID shows nothing of it.
fn through_threads(
    source: &Live,
    pid: u32,
    folder: &str,
    ipc: Option<&str>,
    collector: &mut Collector,
) -> bool {
    let Reading::Known(threads) = source.list(&format!("{folder}/task")) else { return true };
    let mut allowed = true;
    for thread in threads.iter().filter_map(|name| name.parse::<u32>().ok()) {
        let folder = format!("{folder}/task/{thread}");
        if thread == pid {
            continue;
        }
        match maps(source, &folder) {
            Reading::Known(text) => return note(source, pid, &folder, &text, ipc, collector),
            Reading::Absent => {}
            Reading::Unknown(_) => allowed = false,
        }
    }
    allowed
}

/// What it has open; false where that may not be seen.
fn descriptors(source: &Live, pid: u32, folder: &str, collector: &mut Collector) -> bool {
    let names = match source.list(&format!("{folder}/fd")) {
        Reading::Known(names) => names,
        Reading::Absent => return true,
        Reading::Unknown(why) => return why == Why::Errno(Errno::ESRCH),
    };
    let mut allowed = true;
    for name in names {
        let found = match source.opened(folder, &name) {
            Ok(Some(found)) => of_sys(&found),
            // On a file system whose server does not answer: it could be any.
            Err(Errno::ETIMEDOUT) => {
                allowed = false;
                continue;
            }
            // Closed meanwhile, or not in memory.
            Ok(None) | Err(_) => continue,
        };
        if collector.may_count(&found)
            && let Reading::Known(path) = source.link(&format!("{folder}/fd/{name}"))
        {
            collector.opened(pid, &found, &path);
        }
    }
    allowed
}
