//! Where the files of a process's cgroup and of its ancestors lie.

use std::collections::VecDeque;

use super::Source;
use crate::facts::Reading;
use crate::facts::cgroup::{
    self, CgroupFacts, CgroupPath, CgroupVersion, LONGEST_PATH, Level, Membership, keyed,
    parse_limit_v1, parse_limit_v2, parse_memberships, parse_memory_stat,
};
use crate::facts::mountinfo::{Mount, covering};
use crate::facts::parse_number;
use crate::units::{Bytes, Limit};

/// More folders than this are not searched for a process whose cgroup has no name here.
const MOST_FOLDERS: usize = 4096;

/// More mounts of one hierarchy than this in one view are not looked at.
const MOST_MOUNTS: usize = 64;

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
pub struct Memberships {
    lines: Vec<Membership>,
    /// Why they are not known.
    unread: Option<String>,
}

impl Memberships {
    /// Reads them.
    pub fn of(source: &dyn Source, process: &str) -> Memberships {
        let path = format!("{process}/cgroup");
        let (lines, unread) = match source.read(&path) {
            Reading::Known(text) => {
                let lines = parse_memberships(&text);
                let garbage = lines.is_empty() && !text.trim().is_empty();
                (lines, garbage.then(|| format!("{path}: no line of it is understood")))
            }
            Reading::Absent => (Vec::new(), None),
            Reading::Unknown(why) => (Vec::new(), Some(format!("{path}: {why}"))),
        };
        Memberships { lines, unread }
    }

    fn version(&self) -> CgroupVersion {
        let unified = self.lines.iter().any(|m| m.controllers.is_empty());
        let legacy = self.lines.iter().any(|m| !m.controllers.is_empty());
        match (legacy, unified) {
            (true, true) => CgroupVersion::Hybrid,
            (true, false) => CgroupVersion::V1,
            (false, true) => CgroupVersion::V2,
            (false, false) if self.unread.is_some() => CgroupVersion::Unknown,
            (false, false) => CgroupVersion::None,
        }
    }

    /// The hierarchy that has a controller: its own on v1, else the unified one.
    pub fn with(&self, controller: &str) -> Option<&Membership> {
        let legacy =
            self.lines.iter().find(|m| m.controllers.iter().any(|name| name == controller));
        legacy.or_else(|| self.lines.iter().find(|m| m.controllers.is_empty()))
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
        let of_hierarchy = view.mounts.iter().filter(|mount| {
            if unified {
                mount.fstype == "cgroup2"
            } else {
                mount.fstype == "cgroup" && mount.has(controller)
            }
        });
        for mount in of_hierarchy.take(MOST_MOUNTS) {
            if mount.root.len() > LONGEST_PATH {
                continue;
            }
            let root = CgroupPath::parse(&mount.root);
            let Some(below) = membership.path.below(&root) else { continue };
            if covering(view.mounts, &mount.point).is_none_or(|top| top.id != mount.id) {
                continue; // something is mounted over it
            }
            let folder = format!("{}{}", view.prefix, mount.point.trim_end_matches('/'));
            let names = match below {
                Ok(names) => names.to_vec(),
                Err(unnamed) => {
                    match search(source, &folder, unnamed, &membership.path.names, pid) {
                        Some(names) => names,
                        None => continue,
                    }
                }
            };
            let hidden = !root.names.is_empty() || !is_real_root(source, &folder, unified);
            // The view that shows the most levels says the most; of two, the one up to the root.
            let rank = (names.len(), !hidden);
            let ranked = |place: &Place| (place.levels.len().saturating_sub(1), !place.hidden);
            if best.as_ref().is_none_or(|best| rank > ranked(best)) {
                best = Some(Place { levels: levels(&root, &folder, &names), unified, hidden });
            }
        }
    }
    best
}

/// Paths and folders from the leaf up to the mounted folder.
fn levels(root: &CgroupPath, folder: &str, names: &[String]) -> Vec<(CgroupPath, String)> {
    let mut levels = vec![(root.clone(), folder.to_owned())];
    let (mut path, mut folder) = (root.clone(), folder.to_owned());
    for name in names {
        path.names.push(name.clone());
        folder.push('/');
        folder.push_str(name);
        levels.push((path.clone(), folder.clone()));
    }
    levels.reverse();
    levels
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
            // A cgroup has members, if none that can be seen; a file has no files.
            if source.read(&format!("{at}/{entry}/cgroup.procs")) == Reading::Absent {
                continue;
            }
            looked = looked.saturating_add(1);
            if looked > MOST_FOLDERS {
                return None;
            }
            queue.push_back(names.iter().cloned().chain([entry]).collect());
        }
    }
    None
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
        // A hierarchy exists, but no mount of it can be seen: limits may apply all the same.
        let hidden = memberships.with("memory").is_some() || memberships.unread.is_some();
        return CgroupFacts {
            version,
            unified: version == CgroupVersion::V2,
            hidden_ancestors: hidden,
            levels: Vec::new(),
            unread: memberships.unread.clone(),
        };
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
    CgroupFacts {
        version,
        unified: place.unified,
        hidden_ancestors: place.hidden,
        levels,
        unread: memberships.unread.clone(),
    }
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
    let level = Level {
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
        unread: None,
    };
    Some(with_unread(level, &stat))
}

/// Notes what of a level could not be read. A level that has a limit has a usage too.
fn with_unread(mut level: Level, stat: &Reading<cgroup::MemoryStat>) -> Level {
    let files = [
        ("its limit", level.limit.why()),
        ("its usage", level.used.why()),
        ("memory.stat", stat.why()),
        ("its swap limit", level.swap_limit.why()),
        ("its swap usage", level.swap_used.why()),
        ("memory.memsw.limit_in_bytes", level.memsw_limit.why()),
        ("memory.memsw.usage_in_bytes", level.memsw_used.why()),
        ("memory.high", level.high.why()),
    ];
    let mut unread = files.into_iter().find_map(|(name, why)| Some(format!("{name}: {}", why?)));
    if level.used == Reading::Absent {
        unread = unread.or_else(|| Some("its usage: there is no such file".to_owned()));
    }
    level.unread = unread;
    level
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
        if !leaf {
            return Reading::Absent;
        }
        match stat {
            Reading::Known(ref stat) => pick(stat).map_or(Reading::Absent, Reading::Known),
            Reading::Absent => Reading::Absent,
            Reading::Unknown(ref why) => Reading::Unknown(why.clone()),
        }
    };
    let level = Level {
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
        unread: None,
    };
    Some(with_unread(level, &stat))
}

fn shmem(stat: &Reading<cgroup::MemoryStat>) -> Reading<Bytes> {
    match stat.known().and_then(|stat| stat.shmem) {
        Some(bytes) => Reading::Known(bytes),
        None => Reading::Absent,
    }
}
