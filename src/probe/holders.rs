//! Who is beside the process, and what shared memory nobody that can be seen holds.

use std::collections::HashMap;

use nix::errno::Errno;

use super::{FileStat, Source};
use crate::facts::holdings::Kept;
use crate::facts::maps::{FileId, parse_mapping};
use crate::facts::process::{Neighbour, parse_resident_pages, parse_score};
use crate::facts::{IpcFacts, Leftover, PageSize, Reading, Why};
use crate::units::Bytes;

/// More processes than this are not looked at.
const MOST_PROCESSES: usize = 4096;

/// The processes of a cgroup folder other than `own`.
pub(crate) fn neighbours(
    source: &dyn Source,
    folder: &str,
    own: u32,
    page: PageSize,
) -> Vec<Neighbour> {
    let members = source.read(&format!("{folder}/cgroup.procs"));
    let members = members.known().map_or("", String::as_str);
    members
        .lines()
        .filter_map(|line| line.trim().parse::<u32>().ok())
        // 0 is a process of another PID namespace.
        .filter(|pid| *pid != 0 && *pid != own)
        .take(MOST_PROCESSES)
        .filter_map(|pid| {
            let statm = source.read(&format!("/proc/{pid}/statm")).parse(parse_resident_pages);
            let score = source.read(&format!("/proc/{pid}/oom_score_adj")).parse(parse_score);
            let name = source.read(&format!("/proc/{pid}/comm"));
            Some(Neighbour {
                pid,
                name: name.known()?.trim().to_owned(),
                resident: Bytes(*statm.known()?).saturating_mul(page.bytes()),
                oom_score_adj: score.known().copied().unwrap_or(0),
            })
        })
        .collect()
}

/// Files in the folder, and System V segments, that no visible process holds. Nothing is said of
/// files when a process could not be looked into.
pub(crate) fn leftovers(
    source: &dyn Source,
    folder: Option<&str>,
    asked: &str,
    ipc: &IpcFacts,
) -> Vec<Leftover> {
    let files = folder.and_then(|folder| orphans(source, folder, asked));
    let mut found = files.unwrap_or_default();
    for segment in ipc.segments.known().into_iter().flatten() {
        let bytes = segment.resident.saturating_add(segment.swapped);
        if segment.attached == 0 && bytes > Bytes::ZERO {
            found.push(Leftover { name: format!("shmid {}", segment.id), bytes });
        }
    }
    found.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    found
}

fn orphans(source: &dyn Source, folder: &str, asked: &str) -> Option<Vec<Leftover>> {
    let Reading::Known(names) = source.list(folder) else { return None };
    let mut files: HashMap<FileId, Leftover> = HashMap::new();
    for name in names {
        if let Reading::Known(stat) = source.stat(&format!("{folder}/{name}"))
            && stat.bytes > 0
            && Kept::of(&name, Bytes(stat.bytes)).is_none()
        {
            let leftover = Leftover { name: format!("{asked}/{name}"), bytes: Bytes(stat.bytes) };
            files.insert(key(&stat), leftover);
        }
    }
    if files.is_empty() {
        return Some(Vec::new());
    }
    let Reading::Known(processes) = source.list("/proc") else { return None };
    for pid in processes.iter().filter(|name| name.bytes().all(|b| b.is_ascii_digit())) {
        if !release(source, &format!("/proc/{pid}"), &mut files) {
            return None;
        }
    }
    Some(files.into_values().collect())
}

/// Takes out what one process holds; false when it may not be looked into.
fn release(source: &dyn Source, process: &str, files: &mut HashMap<FileId, Leftover>) -> bool {
    match source.read(&format!("{process}/maps")) {
        Reading::Known(maps) => {
            for mapping in maps.lines().filter_map(parse_mapping) {
                files.remove(&mapping.file);
            }
        }
        Reading::Absent => return true, // it ended
        Reading::Unknown(why) => return why == Why::Errno(Errno::ESRCH),
    }
    match source.list(&format!("{process}/fd")) {
        Reading::Known(descriptors) => {
            for descriptor in descriptors {
                match source.stat(&format!("{process}/fd/{descriptor}")) {
                    Reading::Known(stat) => {
                        files.remove(&key(&stat));
                    }
                    // On a file system whose server does not answer: it could be any.
                    Reading::Unknown(Why::Errno(Errno::ETIMEDOUT)) => return false,
                    Reading::Absent | Reading::Unknown(_) => {}
                }
            }
            true
        }
        Reading::Absent => true,
        Reading::Unknown(why) => why == Why::Errno(Errno::ESRCH),
    }
}

fn key(stat: &FileStat) -> FileId {
    FileId { major: stat.major, minor: stat.minor, inode: stat.inode }
}
