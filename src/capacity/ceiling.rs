//! One limit on shared memory: where it comes from, what it leaves, and how it ends a fill.
//! The ceilings that all kinds share (cgroup, machine, commit limit) are made here.

use serde::Serialize;

use crate::facts::{Facts, Level, PageSize, Reading};
use crate::units::{Bytes, Limit};

/// Seconds of throttling above `memory.high` after which a fill counts as standing still.
pub const STALL_SECONDS: f64 = 8.0;

/// Where a ceiling comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The size of the tmpfs.
    TmpfsSize,
    /// Its inodes.
    TmpfsInodes,
    /// Its quota.
    TmpfsQuota,
    /// A memory cgroup's limit.
    CgroupMemory,
    /// A memory cgroup's throttling mark.
    CgroupHigh,
    /// The machine's memory and swap.
    HostMemory,
    /// What the machine promises.
    CommitLimit,
    /// Bytes a System V segment.
    Shmmax,
    /// Pages of all System V segments.
    Shmall,
    /// Number of System V segments.
    Shmmni,
    /// Bytes a file.
    RlimitFsize,
    /// Huge pages of the machine.
    HugetlbPool,
    /// Huge pages of the cgroup.
    HugetlbCgroup,
}

impl Source {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Source::TmpfsSize => "tmpfs-size",
            Source::TmpfsInodes => "tmpfs-inodes",
            Source::TmpfsQuota => "tmpfs-quota",
            Source::CgroupMemory => "cgroup-memory",
            Source::CgroupHigh => "cgroup-high",
            Source::HostMemory => "host-memory",
            Source::CommitLimit => "commit-limit",
            Source::Shmmax => "shmmax",
            Source::Shmall => "shmall",
            Source::Shmmni => "shmmni",
            Source::RlimitFsize => "rlimit-fsize",
            Source::HugetlbPool => "hugetlb-pool",
            Source::HugetlbCgroup => "hugetlb-cgroup",
        }
    }

    /// What a person would call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Source::TmpfsSize => "the size of the tmpfs",
            Source::TmpfsInodes => "the inodes of the tmpfs",
            Source::TmpfsQuota => "the quota of the tmpfs",
            Source::CgroupMemory => "the container's memory limit (cgroup)",
            Source::CgroupHigh => "the cgroup's throttling mark (memory.high)",
            Source::HostMemory => "the memory of the whole machine",
            Source::CommitLimit => "the commit limit of the machine",
            Source::Shmmax => "kernel.shmmax (bytes a segment)",
            Source::Shmall => "kernel.shmall (pages of all segments)",
            Source::Shmmni => "kernel.shmmni (number of segments)",
            Source::RlimitFsize => "the file size limit (ulimit -f)",
            Source::HugetlbPool => "the pool of huge pages",
            Source::HugetlbCgroup => "the cgroup's limit of huge pages",
        }
    }
}

/// How bytes come into a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// write(2).
    Write,
    /// fallocate(2), in steps.
    Fallocate,
    /// A store to each page of a mapping.
    Touch,
    /// MADV_POPULATE_WRITE.
    Populate,
}

impl Method {
    /// Every method.
    pub const ALL: [Method; 4] =
        [Method::Write, Method::Fallocate, Method::Touch, Method::Populate];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Method::Write => "write",
            Method::Fallocate => "fallocate",
            Method::Touch => "touch",
            Method::Populate => "populate",
        }
    }

    /// Whether it maps the segment and so needs page tables.
    #[must_use]
    pub const fn maps(self) -> bool {
        matches!(self, Method::Touch | Method::Populate)
    }
}

/// How a fill ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// All that was asked for.
    Full,
    /// No space left on device.
    Enospc,
    /// Killed by SIGBUS.
    Sigbus,
    /// Cannot allocate memory.
    Enomem,
    /// Bad address, of MADV_POPULATE_WRITE.
    Efault,
    /// Invalid argument.
    Einval,
    /// File too large (and SIGXFSZ).
    Efbig,
    /// Disk quota exceeded.
    Edquot,
    /// Read-only file system.
    Erofs,
    /// The kernel kills a process.
    OomKill,
    /// No progress: throttled, or hanging.
    Stall,
}

impl End {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            End::Full => "full",
            End::Enospc => "enospc",
            End::Sigbus => "sigbus",
            End::Enomem => "enomem",
            End::Efault => "efault",
            End::Einval => "einval",
            End::Efbig => "efbig",
            End::Edquot => "edquot",
            End::Erofs => "erofs",
            End::OomKill => "oom-kill",
            End::Stall => "stall",
        }
    }

    /// What a person sees.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            End::Full => "all of it fits",
            End::Enospc => "\"No space left on device\" (ENOSPC)",
            End::Sigbus => "\"Bus error\" (SIGBUS)",
            End::Enomem => "\"Cannot allocate memory\" (ENOMEM)",
            End::Efault => "\"Bad address\" (EFAULT)",
            End::Einval => "\"Invalid argument\" (EINVAL)",
            End::Efbig => "\"File too large\" (EFBIG, SIGXFSZ)",
            End::Edquot => "\"Disk quota exceeded\" (EDQUOT)",
            End::Erofs => "\"Read-only file system\" (EROFS)",
            End::OomKill => "OOM kill (SIGKILL, exit code 137)",
            End::Stall => "it stands still, throttled by the kernel",
        }
    }

    /// Whether processes die that did nothing wrong, or stand still.
    #[must_use]
    pub const fn is_harmful(self) -> bool {
        matches!(self, End::OomKill | End::Stall)
    }
}

/// How a ceiling ends each method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Of write.
    pub write: End,
    /// Of fallocate in steps.
    pub fallocate: End,
    /// Of touching.
    pub touch: End,
    /// Of MADV_POPULATE_WRITE.
    pub populate: End,
}

impl Ends {
    /// The same end for every method.
    #[must_use]
    pub const fn all(end: End) -> Ends {
        Ends { write: end, fallocate: end, touch: end, populate: end }
    }

    /// How a full tmpfs ends them: `end` for calls, a signal for touching (mm/shmem.c).
    #[must_use]
    pub const fn of_full_file_system(end: End) -> Ends {
        Ends { write: end, fallocate: end, touch: End::Sigbus, populate: End::Efault }
    }

    /// The end of one method.
    #[must_use]
    pub const fn of(&self, method: Method) -> End {
        match method {
            Method::Write => self.write,
            Method::Fallocate => self.fallocate,
            Method::Touch => self.touch,
            Method::Populate => self.populate,
        }
    }
}

/// What a ceiling counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Files and folders.
    Inodes,
    /// System V segments.
    Segments,
}

/// Whether a ceiling is shared by all segments or holds for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// All segments together.
    All,
    /// Each segment (or file) by itself.
    Segment,
}

/// What a byte of shared memory costs under a ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Itself only.
    Bytes,
    /// Itself, its share of the page cache's tree, and of the page tables of each process that
    /// maps it. Those are charged too.
    Pages(PageSize),
}

impl Cost {
    /// Bytes of shared memory that fit into `room`, mapped by `mappers` processes.
    ///
    /// A tree node serves 64 pages and 28 nodes lie in 16 KiB of slab; nodes have nodes above
    /// them (64/63). A page table entry has 8 bytes, and tables have tables above them. For
    /// 4 KiB pages that is 0.0022676 and 0.0019569 of a byte (53 measured runs).
    #[must_use]
    pub fn fit(self, room: Bytes, mappers: u32) -> Bytes {
        match self {
            Cost::Bytes => room,
            Cost::Pages(page) => {
                let page = u128::from(page.bytes());
                let square = page.saturating_mul(page).saturating_mul(28 * 63);
                let nodes = page.saturating_mul(16384);
                let tables = page
                    .saturating_add(8)
                    .saturating_mul(8 * 28 * 63)
                    .saturating_mul(u128::from(mappers));
                room.scaled(square, square.saturating_add(nodes).saturating_add(tables))
            }
        }
    }
}

/// One limit, and what it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// What kind of limit.
    pub source: Source,
    /// The file, call or option that told it.
    pub origin: String,
    /// The limit itself.
    pub limit: Reading<Limit>,
    /// What it counts.
    pub unit: Unit,
    /// What is used of it, in its unit.
    pub used: Bytes,
    /// Bytes that may still be charged to it.
    pub room: Limit,
    /// What a byte of shared memory costs of that room.
    pub cost: Cost,
    /// Shared by all segments, or for each.
    pub scope: Scope,
    /// Checked for the whole segment when it is made.
    pub at_creation: bool,
    /// Swap extends the room; then one big fallocate gives up (ENOMEM) instead of killing.
    pub swaps: bool,
    /// How it ends each method.
    pub ends: Ends,
}

impl Ceiling {
    /// A ceiling in bytes that costs nothing beside the bytes, shared by all segments.
    #[must_use]
    pub fn new(source: Source, origin: impl Into<String>, limit: Limit, used: Bytes) -> Ceiling {
        Ceiling {
            source,
            origin: origin.into(),
            limit: Reading::Known(limit),
            unit: Unit::Bytes,
            used,
            room: limit.map(|bytes| bytes.less(used)),
            cost: Cost::Bytes,
            scope: Scope::All,
            at_creation: false,
            swaps: false,
            ends: Ends::all(End::Enospc),
        }
    }

    /// A ceiling whose limit could not be read: it bounds nothing that is known.
    #[must_use]
    pub fn unknown(source: Source, origin: impl Into<String>, why: &str) -> Ceiling {
        Ceiling {
            limit: Reading::Unknown(why.to_owned()),
            ..Ceiling::new(source, origin, Limit::Unlimited, Bytes::ZERO)
        }
    }

    /// Bytes that `method` can still fill under this ceiling, mapped by `mappers` processes
    /// where the method maps.
    #[must_use]
    pub fn headroom(&self, method: Method, mappers: u32) -> Limit {
        let mappers = if method.maps() { mappers } else { 0 };
        self.room.map(|room| self.cost.fit(room, mappers))
    }
}

/// The ceilings of memory itself, which every kind is under.
///
/// `huge`: the segment is made of huge pages, which cost no tree nodes or page tables worth
/// counting. `swaps`: its pages may go to swap (a tmpfs with `noswap` keeps its own).
/// `whole`: the kernel promises the whole segment at creation (System V and anonymous), not a
/// page at a time.
#[must_use]
pub fn of_memory(facts: &Facts, huge: bool, swaps: bool, whole: bool) -> Vec<Ceiling> {
    let cost = if huge { Cost::Bytes } else { Cost::Pages(facts.page_size) };
    let mut ceilings = of_cgroup(facts, cost, swaps);
    ceilings.push(of_machine(facts, cost, swaps));
    ceilings.extend(of_commit(facts, whole));
    ceilings
}

/// How a fill ends where only a kill could make room.
fn ends_of_oom(facts: &Facts, level: Option<&Level>) -> Ends {
    let refused = Ends { touch: End::Stall, ..Ends::all(End::Enomem) };
    let unkillable = facts.process.oom_score_adj == Reading::Known(-1000);
    let ends = if unkillable || level.is_some_and(|level| level.oom_kill_disabled) {
        refused
    } else if level.is_some() && facts.release.before((4, 19)) {
        // Until then a charge by a system call failed instead of killing (29ef680ae7c2).
        Ends { touch: End::OomKill, populate: End::OomKill, ..refused }
    } else {
        Ends::all(End::OomKill)
    };
    ends
}

/// Swap that pages of this process's cgroup may still take. Under a cgroup's limit a swappiness
/// of 0 forbids it; when the whole machine is short it does not (`get_scan_count`, mm/vmscan.c).
fn swap_room(facts: &Facts, of_cgroup: bool) -> Bytes {
    let free = facts.memory.known().map_or(Bytes::ZERO, |memory| memory.swap_free);
    let forbidden = if facts.cgroup.unified {
        facts.overcommit.swappiness == Reading::Known(0)
    } else {
        facts.cgroup.levels.first().is_some_and(|leaf| leaf.never_swaps)
    };
    if of_cgroup && forbidden {
        return Bytes::ZERO;
    }
    let levels = facts.cgroup.levels.iter().filter_map(|level| {
        let used = level.swap_used.known().copied().unwrap_or_default();
        level.swap_limit.known()?.map(|limit| limit.less(used)).bytes()
    });
    levels.fold(free, Bytes::min)
}

fn of_cgroup(facts: &Facts, cost: Cost, swaps: bool) -> Vec<Ceiling> {
    let swap = if swaps { swap_room(facts, true) } else { Bytes::ZERO };
    let mut ceilings = Vec::new();
    for level in &facts.cgroup.levels {
        ceilings.push(of_level(facts, level, cost, swap));
        ceilings.extend(of_high(facts, level, cost, swap));
    }
    ceilings.extend(of_hidden(facts, cost, swap));
    ceilings
}

/// The room under a v1 pair of limits: memory plus what swap takes, and both together.
fn room_of_pair(
    limit: Limit,
    held: Bytes,
    swap: Bytes,
    memsw: Option<Limit>,
    memsw_held: Bytes,
) -> (Limit, bool) {
    let memory = limit.map(|bytes| bytes.less(held).plus(swap));
    let both = memsw.unwrap_or(Limit::Unlimited).map(|bytes| bytes.less(memsw_held));
    (memory.min(both), both < memory)
}

fn of_level(facts: &Facts, level: &Level, cost: Cost, swap: Bytes) -> Ceiling {
    let file = if facts.cgroup.unified { "memory.max" } else { "memory.limit_in_bytes" };
    let origin = format!("{}/{file}", level.folder);
    let ends = ends_of_oom(facts, Some(level));
    let Some(&limit) = level.limit.known() else {
        let why = level.limit.why().unwrap_or("the file does not exist");
        return Ceiling { ends, ..Ceiling::unknown(Source::CgroupMemory, origin, why) };
    };
    let used = level.used.known().copied().unwrap_or_default();
    let held = used.less(level.reclaimable);
    let memsw_used = level.memsw_used.known().copied().unwrap_or(used);
    let (room, by_memsw) = room_of_pair(
        limit,
        held,
        swap,
        level.memsw_limit.known().copied(),
        memsw_used.less(level.reclaimable),
    );
    Ceiling {
        origin: if by_memsw { format!("{}/memory.memsw.limit_in_bytes", level.folder) } else { origin },
        room,
        cost,
        swaps: swap > Bytes::ZERO && room > limit.map(|bytes| bytes.less(held)),
        ends,
        ..Ceiling::new(Source::CgroupMemory, "", limit, used)
    }
}

/// `memory.high` slows a fill until it stands still (since Linux 5.4; before, it only reclaimed).
fn of_high(facts: &Facts, level: &Level, cost: Cost, swap: Bytes) -> Option<Ceiling> {
    let high = level.high.known()?.bytes()?;
    if facts.release.before((5, 4)) {
        return None;
    }
    let used = level.used.known().copied().unwrap_or_default();
    let over = Level::overage_of_high(high, facts.page_size, STALL_SECONDS);
    Some(Ceiling {
        room: Limit::At(high.plus(over).less(used.less(level.reclaimable)).plus(swap)),
        cost,
        ends: Ends::all(End::Stall),
        ..Ceiling::new(
            Source::CgroupHigh,
            format!("{}/memory.high", level.folder),
            Limit::At(high),
            used,
        )
    })
}

/// A v1 limit of an ancestor that only memory.stat tells of. What else is charged there cannot
/// be seen, so its room is the most that can be left.
fn of_hidden(facts: &Facts, cost: Cost, swap: Bytes) -> Option<Ceiling> {
    let leaf = facts.cgroup.levels.first()?;
    let limit = *leaf.hierarchical_limit.known()?;
    let memsw = leaf.hierarchical_memsw_limit.known().copied();
    let tightest = |of: fn(&Level) -> &Reading<Limit>| {
        facts.cgroup.levels.iter().filter_map(|l| of(l).known().copied()).min()
    };
    let hidden = tightest(|level| &level.limit).is_none_or(|seen| limit < seen);
    let hidden_memsw = memsw.is_some_and(|memsw| {
        tightest(|level| &level.memsw_limit).is_none_or(|seen| memsw < seen)
    });
    if !hidden && !hidden_memsw {
        return None;
    }
    // Whatever a visible level holds, the hidden one above it holds too.
    let most = |of: fn(&Level) -> Option<Bytes>| {
        facts.cgroup.levels.iter().filter_map(of).max().unwrap_or_default()
    };
    let used = most(|level| level.used.known().copied());
    let held = most(|level| level.held().known().copied());
    let memsw_held = most(|level| {
        let used = level.memsw_used.known().or(level.used.known())?;
        Some(used.less(level.reclaimable))
    });
    let (room, _) = room_of_pair(limit, held, swap, memsw, memsw_held);
    Some(Ceiling {
        room,
        cost,
        swaps: swap > Bytes::ZERO && room > limit.map(|bytes| bytes.less(held)),
        ends: ends_of_oom(facts, Some(leaf)),
        ..Ceiling::new(
            Source::CgroupMemory,
            format!("{}/memory.stat hierarchical_memory_limit", leaf.folder),
            limit,
            used,
        )
    })
}

fn of_machine(facts: &Facts, cost: Cost, swaps: bool) -> Ceiling {
    let ends = ends_of_oom(facts, None);
    let Some(memory) = facts.memory.known() else {
        let why = facts.memory.why().unwrap_or("the file does not exist");
        return Ceiling { ends, ..Ceiling::unknown(Source::HostMemory, "/proc/meminfo", why) };
    };
    let swap = if swaps { swap_room(facts, false) } else { Bytes::ZERO };
    let room = memory.free_or_reclaimable().plus(swap);
    let limit = memory.total.plus(if swaps { memory.swap_total } else { Bytes::ZERO });
    Ceiling {
        room: Limit::At(room),
        cost,
        swaps: swap > Bytes::ZERO,
        ends,
        ..Ceiling::new(Source::HostMemory, "/proc/meminfo", Limit::At(limit), limit.less(room))
    }
}

/// What the kernel promises (`__vm_enough_memory`, mm/util.c): with mode 2 never more than the
/// commit limit; with mode 0 no single promise beyond memory and swap.
fn of_commit(facts: &Facts, whole: bool) -> Option<Ceiling> {
    let memory = facts.memory.known()?;
    let mode = match &facts.overcommit.mode {
        Reading::Known(mode) => *mode,
        Reading::Absent => 0, // the default
        Reading::Unknown(why) => {
            return Some(Ceiling::unknown(
                Source::CommitLimit,
                "/proc/sys/vm/overcommit_memory",
                why,
            ));
        }
    };
    let at_creation = Ends::all(End::Enomem);
    match mode {
        0 if whole => {
            let limit = Limit::At(memory.total.plus(memory.swap_total));
            Some(Ceiling {
                scope: Scope::Segment,
                at_creation: true,
                ends: at_creation,
                ..Ceiling::new(
                    Source::CommitLimit,
                    "/proc/meminfo MemTotal + SwapTotal",
                    limit,
                    Bytes::ZERO,
                )
            })
        }
        2 => {
            let admin = facts.process.status.known().is_some_and(|status| status.is_admin());
            let reserve = if admin { Bytes::ZERO } else { facts.overcommit.admin_reserve };
            let own = facts.process.status.known().map_or(Bytes::ZERO, |s| s.virtual_size);
            let own = Bytes(own.0 / 32).min(facts.overcommit.user_reserve);
            let limit = memory.commit_limit.less(reserve).less(own);
            Some(Ceiling {
                at_creation: whole,
                ends: if whole { at_creation } else { Ends::of_full_file_system(End::Enospc) },
                ..Ceiling::new(
                    Source::CommitLimit,
                    "/proc/meminfo CommitLimit",
                    Limit::At(limit),
                    memory.committed,
                )
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_of_4_kib_pages_is_the_measured_one() {
        let cost = Cost::Pages(PageSize::new(4096).unwrap());
        let room = Bytes(1_000_000_000_000);
        let overhead = |bytes: Bytes| 1e12 / bytes.0 as f64 - 1.0;
        assert!((overhead(cost.fit(room, 0)) - 0.002_267_6).abs() < 1e-7);
        assert!((overhead(cost.fit(room, 1)) - 0.004_224_5).abs() < 1e-7);
        assert_eq!(cost.fit(Bytes(u64::MAX), 4).0 > u64::MAX / 2, true);
    }
}
