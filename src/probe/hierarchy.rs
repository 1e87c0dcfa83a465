//! Where the files of a process's cgroup and of its ancestors lie.

use std::collections::VecDeque;

use super::Source;
use crate::facts::Reading;
use crate::facts::cgroup::{
    self, CgroupFacts, CgroupPath, CgroupVersion, Level, Membership, keyed, parse_limit_v1,
    parse_limit_v2, parse_memberships, parse_memory_stat,
};
use crate::facts::mountinfo::{Mount, covering};
use crate::facts::parse_number;
use crate::units::{Bytes, Limit};

/// More folders than this are not searched for a process whose cgroup has no name here.
const MOST_FOLDERS: usize = 4096;

/// One view of the mounts: how they are named, and what goes before a path to reach them.
pub struct MountView<'a> {
    /// The mounts.
    pub mounts: &'a [Mount],
    /// Empty for the process that looks, `/proc/PID/root` for another one.
    pub prefix: &'a str,
}

/// The folders of one hierarchy that belong to a process, its own first.
pub struct Place {
    /// Path and folder of each level.
    pub levels: Vec<(CgroupPath, String)>,
    /// The hierarchy is the unified one.
    pub unified: bool,
    /// The highest folder is not the real root.
    pub hidden: bool,
}

/// What belongs to a process, by /proc/PID/cgroup.
pub struct Memberships(Vec<Membership>);

impl Memberships {
    /// Reads them.
    pub fn of(source: &dyn Source, process: &str) -> Memberships {
        let text = source.read(&format!("{process}/cgroup"));
        Memberships(parse_memberships(text.known().map_or("", String::as_str)))
    }

    fn version(&self) -> CgroupVersion {
        let unified = self.0.iter().any(|m| m.controllers.is_empty());
        let legacy = self.0.iter().any(|m| !m.controllers.is_empty());
        match (legacy, unified) {
            (true, true) => CgroupVersion::Hybrid,
            (true, false) => CgroupVersion::V1,
            (false, true) => CgroupVersion::V2,
            (false, false) => CgroupVersion::None,
        }
    }

    /// The hierarchy that has a controller: its own on v1, else the unified one.
    fn with(&self, controller: &str) -> Option<&Membership> {
        let legacy = self.0.iter().find(|m| m.controllers.iter().any(|name| name == controller));
        legacy.or_else(|| self.0.iter().find(|m| m.controllers.is_empty()))
    }
}

/// Finds the folders of the hierarchy that has `controller`.
pub fn locate(
    source: &dyn Source,
    memberships: &Memberships,
    controller: &str,
    views: &[MountView<'_>],
    pid: u32,
) -> Option<Place> {
    let membership = memberships.with(controller)?;
    let unified = membership.controllers.is_empty();
    let mut best: Option<Place> = None;
    for view in views {
        for mount in view.mounts {
            let wanted = if unified {
                mount.fstype == "cgroup2"
            } else {
                mount.fstype == "cgroup" && mount.has(controller)
            };
            let on_top = || covering(view.mounts, &mount.point).is_some_and(|m| m.id == mount.id);
            if !wanted || !on_top() {
                continue;
            }
            let root = CgroupPath::parse(&mount.root);
            let folder = format!("{}{}", view.prefix, mount.point.trim_end_matches('/'));
            let names = match membership.path.below(&root) {
                Some(Ok(names)) => names.to_vec(),
                Some(Err(unnamed)) => {
                    match search(source, &folder, unnamed, &membership.path.names, pid) {
                        Some(names) => names,
                        None => continue,
                    }
                }
                None => continue,
            };
            if best.as_ref().is_some_and(|best| best.levels.len() > names.len()) {
                continue; // an earlier one shows as many levels
            }
            let hidden = !root.names.is_empty() || !is_real_root(source, &folder, unified);
            best = Some(Place { levels: levels(&root, &folder, &names), unified, hidden });
        }
        if best.is_some() {
            break; // what the process itself sees says the most
        }
    }
    best
}

/// Paths and folders from the leaf up to the mounted folder.
fn levels(root: &CgroupPath, folder: &str, names: &[String]) -> Vec<(CgroupPath, String)> {
    (0..=names.len())
        .rev()
        .map(|depth| {
            let below = names.get(..depth).unwrap_or_default();
            let mut path = root.clone();
            path.names.extend_from_slice(below);
            let folder = below.iter().fold(folder.to_owned(), |all, name| format!("{all}/{name}"));
            (path, folder)
        })
        .collect()
}

/// The real root lacks the files that are `CFTYPE_NOT_ON_ROOT`, or has one that is
/// `CFTYPE_ONLY_ON_ROOT` (kernel/cgroup/cgroup.c, cgroup-v1.c).
fn is_real_root(source: &dyn Source, folder: &str, unified: bool) -> bool {
    let exists = |file: &str| source.read(&format!("{folder}/{file}")) != Reading::Absent;
    if unified {
        !exists("cgroup.type") && !exists("memory.max") && exists("cgroup.controllers")
    } else {
        exists("release_agent")
    }
}

/// The names of a cgroup that lies `unnamed` levels and then `rest` below a folder, found by the
/// process in it. A process in a cgroup namespace that sees the host's mount knows no names.
fn search(
    source: &dyn Source,
    folder: &str,
    unnamed: usize,
    rest: &[String],
    pid: u32,
) -> Option<Vec<String>> {
    let mut queue = VecDeque::from([Vec::<String>::new()]);
    let mut looked = 0_usize;
    while let Some(names) = queue.pop_front() {
        let at = names.iter().fold(folder.to_owned(), |all, name| format!("{all}/{name}"));
        if names.len() == unnamed {
            let leaf = rest.iter().fold(at, |all, name| format!("{all}/{name}"));
            let members = source.read(&format!("{leaf}/cgroup.procs"));
            let members = members.known().map_or("", String::as_str);
            if members.lines().any(|line| line.trim().parse() == Ok(pid)) {
                return Some(names.into_iter().chain(rest.iter().cloned()).collect());
            }
            continue;
        }
        let Reading::Known(mut entries) = source.list(&at) else { continue };
        entries.sort();
        for entry in entries {
            looked = looked.saturating_add(1);
            if looked > MOST_FOLDERS {
                return None;
            }
            if is_folder(source, &at, &entry) {
                queue.push_back(names.iter().cloned().chain([entry]).collect());
            }
        }
    }
    None
}

/// Whether an entry of a cgroup folder is a cgroup: it has members of its own.
fn is_folder(source: &dyn Source, at: &str, entry: &str) -> bool {
    const FILES: [&str; 12] = [
        "cgroup.", "memory.", "cpu.", "cpuset.", "cpuacct.", "io.", "pids.", "hugetlb.", "rdma.",
        "misc.", "irq.", "tasks",
    ];
    !FILES.iter().any(|file| entry.starts_with(file))
        && source.read(&format!("{at}/{entry}/cgroup.procs")) != Reading::Absent
}

/// What other facts make worth reading.
pub struct Needs {
    /// There is swap.
    pub swap: bool,
    /// Parents may not count their children (`use_hierarchy`, gone with Linux 5.11).
    pub hierarchy: bool,
}

/// The memory cgroup of a process.
pub fn memory(
    source: &dyn Source,
    memberships: &Memberships,
    views: &[MountView<'_>],
    pid: u32,
    needs: &Needs,
) -> CgroupFacts {
    let version = memberships.version();
    let Some(place) = locate(source, memberships, "memory", views, pid) else {
        // Controllers exist, but no mount of theirs can be seen: limits may apply all the same.
        let hidden = version != CgroupVersion::None;
        let unified = version == CgroupVersion::V2;
        return CgroupFacts { version, unified, hidden_ancestors: hidden, levels: Vec::new() };
    };
    let mut levels = Vec::new();
    // The real root has no limit.
    let roots = usize::from(!place.hidden);
    for (path, folder) in place.levels.iter().take(place.levels.len().saturating_sub(roots)) {
        let level = if place.unified {
            level_v2(source, path, folder)
        } else {
            let counts = || {
                let text = source.read(&format!("{folder}/memory.use_hierarchy"));
                text.known().is_none_or(|text| text.trim() != "0")
            };
            let leaf = levels.is_empty();
            if !leaf && needs.hierarchy && !counts() {
                break;
            }
            level_v1(source, path, folder, leaf, needs.swap)
        };
        levels.extend(level);
    }
    CgroupFacts { version, unified: place.unified, hidden_ancestors: place.hidden, levels }
}

/// A level of v2. A folder without `memory.max` has no memory controller of its own (its parent
/// counts for it), or is the real root, which has no limit.
fn level_v2(source: &dyn Source, path: &CgroupPath, folder: &str) -> Option<Level> {
    let file = |name: &str| source.read(&format!("{folder}/{name}"));
    let limit = |name: &str| file(name).parse(parse_limit_v2);
    let bytes = |name: &str| file(name).parse(parse_number).map(Bytes);
    let max = limit("memory.max");
    if max == Reading::Absent {
        return None;
    }
    let stat = file("memory.stat").map(|text| parse_memory_stat(&text));
    Some(Level {
        path: path.to_string(),
        folder: folder.to_owned(),
        limit: max,
        used: bytes("memory.current"),
        reclaimable: stat.known().map_or(Bytes::ZERO, |stat| stat.reclaimable),
        swap_limit: limit("memory.swap.max"),
        swap_used: bytes("memory.swap.current"),
        memsw_limit: Reading::Absent,
        memsw_used: Reading::Absent,
        high: limit("memory.high"),
        oom_group: file("memory.oom.group").known().is_some_and(|text| text.trim() == "1"),
        oom_kill_disabled: false,
        never_swaps: false,
        hierarchical_limit: Reading::Absent,
        hierarchical_memsw_limit: Reading::Absent,
        shmem: shmem(&stat),
    })
}

/// A level of v1.
fn level_v1(
    source: &dyn Source,
    path: &CgroupPath,
    folder: &str,
    leaf: bool,
    swap: bool,
) -> Option<Level> {
    let file = |name: &str| source.read(&format!("{folder}/{name}"));
    let limit = |name: &str| file(name).parse(parse_limit_v1);
    let bytes = |name: &str| file(name).parse(parse_number).map(Bytes);
    let own = limit("memory.limit_in_bytes");
    if own == Reading::Absent {
        return None;
    }
    let stat = file("memory.stat").map(|text| parse_memory_stat(&text));
    let told = |pick: fn(&cgroup::MemoryStat) -> Option<Limit>| {
        let told = stat.known().filter(|_| leaf).and_then(pick);
        told.map_or(Reading::Absent, Reading::Known)
    };
    Some(Level {
        path: path.to_string(),
        folder: folder.to_owned(),
        limit: own,
        used: bytes("memory.usage_in_bytes"),
        reclaimable: stat.known().map_or(Bytes::ZERO, |stat| stat.reclaimable),
        swap_limit: Reading::Absent,
        swap_used: Reading::Absent,
        memsw_limit: limit("memory.memsw.limit_in_bytes"),
        memsw_used: if swap { bytes("memory.memsw.usage_in_bytes") } else { Reading::Absent },
        high: Reading::Absent,
        oom_group: false,
        oom_kill_disabled: file("memory.oom_control")
            .known()
            .and_then(|text| keyed(text, "oom_kill_disable"))
            .is_some_and(|n| n == 1),
        never_swaps: swap
            && file("memory.swappiness").known().is_some_and(|text| text.trim() == "0"),
        hierarchical_limit: told(|stat| stat.hierarchical_limit),
        hierarchical_memsw_limit: told(|stat| stat.hierarchical_memsw_limit),
        shmem: shmem(&stat),
    })
}

fn shmem(stat: &Reading<cgroup::MemoryStat>) -> Reading<Bytes> {
    match stat.known().and_then(|stat| stat.shmem) {
        Some(bytes) => Reading::Known(bytes),
        None => Reading::Absent,
    }
}
