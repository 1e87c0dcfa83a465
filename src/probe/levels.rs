//! Reads the levels of the memory cgroup.

use std::cell::OnceCell;

use super::Source;
use super::hierarchy::{Memberships, MountView, locate};
use super::usage::{self, Files, Flush, Usage};
use crate::facts::cgroup::{
    CgroupFacts, CgroupPath, CgroupVersion, Level, MemoryStat, has_no_memory_controller, keyed,
    parse_limit_v1, parse_limit_v2,
};
use crate::facts::cpu::parse_list;
use crate::facts::mountinfo::covering;
use crate::facts::{Mount, PageSize, Reading, Release, parse_number};
use crate::units::{Bytes, Limit};

/// What other facts make worth reading.
pub(crate) struct Needs<'a> {
    /// There is swap.
    pub swap: bool,
    pub release: &'a Release,
    pub page: PageSize,
    /// The mounts of the process that looks.
    pub mounts: &'a [Mount],
    /// It looks at itself.
    pub own: bool,
}

impl Needs<'_> {
    /// Parents may not count their children (`use_hierarchy`, gone with Linux 5.11).
    fn hierarchy(&self) -> bool {
        self.release.version.is_none() || self.release.before((5, 11))
    }
}

/// CPUs that are online. lxcfs shows a container its own.
fn online_cpus(source: &dyn Source, mounts: &[Mount]) -> Option<u64> {
    const ONLINE: &str = "/sys/devices/system/cpu/online";
    if covering(mounts, ONLINE).is_some_and(|mount| mount.fstype != "sysfs") {
        return None;
    }
    let cpus = source.read(ONLINE).map(|text| parse_list(&text).len());
    let cpus = cpus.known().and_then(|cpus| u64::try_from(*cpus).ok());
    cpus.filter(|cpus| *cpus > 0)
}

/// The memory cgroup of a process.
pub(crate) fn memory(
    source: &dyn Source,
    memberships: &Memberships,
    views: &[MountView<'_>],
    pid: u32,
    needs: &Needs<'_>,
) -> CgroupFacts {
    let mut facts = found(source, memberships, views, pid, needs);
    if facts.levels.is_empty() {
        // Until CONFIG_MEMCG_V1 came, every controller that there is had a line.
        let lists_all = needs.release.before((6, 11));
        let cgroups = source.read("/proc/cgroups");
        facts.no_controller =
            cgroups.known().is_some_and(|text| has_no_memory_controller(text, lists_all));
    }
    facts
}

fn found(
    source: &dyn Source,
    memberships: &Memberships,
    views: &[MountView<'_>],
    pid: u32,
    needs: &Needs<'_>,
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
            no_controller: false,
            cpus: None,
        };
    };
    let cpus = online_cpus(source, needs.mounts);
    let flush = Flush {
        source,
        release: needs.release,
        page: needs.page,
        cpus,
        own: needs.own,
        hidden: place.hidden,
        stirred: OnceCell::new(),
    };
    let mut levels = Vec::new();
    // The real root has no limit.
    let roots = usize::from(!place.hidden);
    for (path, folder) in place.levels.iter().take(place.levels.len().saturating_sub(roots)) {
        let leaf = levels.is_empty();
        let level = if place.unified {
            level_v2(&flush, path, folder, leaf)
        } else {
            let counts = || {
                let text = source.read(&format!("{folder}/memory.use_hierarchy"));
                text.known().is_none_or(|text| text.trim() != "0")
            };
            if !leaf && needs.hierarchy() && !counts() {
                break;
            }
            level_v1(&flush, path, folder, leaf, needs.swap)
        };
        levels.extend(level);
    }
    CgroupFacts {
        version,
        unified: place.unified,
        hidden_ancestors: place.hidden,
        levels,
        unread: memberships.unread.clone(),
        no_controller: false,
        cpus,
    }
}

/// What a level is charged for; exactly only where something depends on it: its own limit, or one that is hidden above
/// the leaf, which a measurement may feel.
fn usage(
    flush: &Flush<'_>,
    folder: &str,
    files: Files,
    limit: &Reading<Limit>,
    leaf: bool,
) -> Usage {
    match limit {
        Reading::Known(Limit::At(_)) => usage::exact(flush, folder, files),
        _ if leaf && flush.hidden => usage::exact(flush, folder, files),
        _ => usage::plain(flush.source, folder, files),
    }
}

/// A level of v2. A folder without `memory.max` has no memory controller of its own (its parent
/// counts for it), or is the real root, which has no limit.
fn level_v2(flush: &Flush<'_>, path: &CgroupPath, folder: &str, leaf: bool) -> Option<Level> {
    let file = |name: &str| flush.source.read(&format!("{folder}/{name}"));
    let limit = |name: &str| file(name).parse(parse_limit_v2);
    let bytes = |name: &str| file(name).parse(parse_number).map(Bytes);
    let max = limit("memory.max");
    if max == Reading::Absent {
        return None;
    }
    let Usage { used, stat, counted, standing, flushed } =
        usage(flush, folder, Files::V2, &max, leaf);
    let level = Level {
        path: path.to_string(),
        folder: folder.to_owned(),
        limit: max,
        used,
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
        counted,
        swap_cache: stat.known().map_or(Bytes::ZERO, |stat| stat.swap_cache),
        standing,
        flushed,
        unread: None,
    };
    Some(with_unread(level, &stat))
}

/// Notes what of a level could not be read. A level that has a limit has a usage too.
fn with_unread(mut level: Level, stat: &Reading<MemoryStat>) -> Level {
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
    flush: &Flush<'_>,
    path: &CgroupPath,
    folder: &str,
    leaf: bool,
    swap: bool,
) -> Option<Level> {
    let file = |name: &str| flush.source.read(&format!("{folder}/{name}"));
    let limit = |name: &str| file(name).parse(parse_limit_v1);
    let bytes = |name: &str| file(name).parse(parse_number).map(Bytes);
    let own = limit("memory.limit_in_bytes");
    if own == Reading::Absent {
        return None;
    }
    let Usage { used, stat, counted, standing, flushed } =
        usage(flush, folder, Files::V1, &own, leaf);
    let told = |pick: fn(&MemoryStat) -> Option<Limit>| {
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
        used,
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
        counted,
        swap_cache: stat.known().map_or(Bytes::ZERO, |stat| stat.swap_cache),
        standing,
        flushed,
        unread: None,
    };
    Some(with_unread(level, &stat))
}

fn shmem(stat: &Reading<MemoryStat>) -> Reading<Bytes> {
    match stat.known().and_then(|stat| stat.shmem) {
        Some(bytes) => Reading::Known(bytes),
        None => Reading::Absent,
    }
}
