//! The ceilings that memory itself sets: cgroup, machine, promises, and the size of a file.
//! Must not know of the file systems and namespaces that some kinds are under.

use super::ceiling::{Ceiling, Cost, Scope, Source, Spread};
use super::end::{End, Ends};
use super::stock::{self, Stock};
use super::throttle::of_high;
use super::{machine, oom};
use crate::facts::{Facts, Level, Reading};
use crate::units::{Bytes, Limit};

/// What a segment is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Made {
    /// Of huge pages, which cost no tree nodes or page tables worth counting.
    pub huge: bool,
    /// Its pages may go to swap (a tmpfs with `noswap` keeps its own).
    pub swaps: bool,
    /// The kernel promises the whole segment at creation (System V and anonymous), not a page at a
    /// time.
    pub whole: bool,
}

/// The ceilings of memory itself, which every kind is under.
pub(super) fn of_memory(facts: &Facts, made: Made) -> Vec<Ceiling> {
    let Made { huge, swaps, whole } = made;
    let cost = if huge { Cost::Bytes } else { Cost::Pages(facts.page_size) };
    let mut ceilings = of_cgroup(facts, cost, swaps);
    ceilings.push(machine::of_machine(facts, cost, swaps));
    ceilings.extend(of_commit(facts, whole));
    ceilings.extend(of_addresses(facts, whole));
    ceilings
}

/// Swap that pages of this process's cgroup may still take when it reaches a limit: a swappiness of 0
/// forbids it. When the whole machine is short it does not (`get_scan_count`, mm/vmscan.c).
#[must_use]
pub(crate) fn swap_room(facts: &Facts) -> Bytes {
    let forbidden = if facts.cgroup.unified {
        facts.overcommit.swappiness == Reading::Known(0)
    } else {
        facts.cgroup.levels.first().is_some_and(|leaf| leaf.never_swaps)
    };
    if forbidden { Bytes::ZERO } else { machine::swap_room(facts) }
}

fn of_cgroup(facts: &Facts, cost: Cost, swaps: bool) -> Vec<Ceiling> {
    let swap = if swaps { swap_room(facts) } else { Bytes::ZERO };
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
    let memory = limit.map(|bytes| bytes.saturating_sub(held).saturating_add(swap));
    let both = memsw.unwrap_or(Limit::Unlimited).map(|bytes| bytes.saturating_sub(memsw_held));
    (memory.min(both), both < memory)
}

fn of_level(facts: &Facts, level: &Level, cost: Cost, swap: Bytes) -> Ceiling {
    let file = if facts.cgroup.unified { "memory.max" } else { "memory.limit_in_bytes" };
    let origin = format!("{}/{file}", level.folder);
    let ends = oom::ends(facts, Some(level));
    let Some(&limit) = level.limit.known() else {
        let why = level.limit.why().unwrap_or_else(|| "the file does not exist".to_owned());
        return Ceiling { ends, ..Ceiling::unknown(Source::CgroupMemory, origin, why) };
    };
    let used = level.used.known().copied();
    let stock = stock::of(facts, level);
    let back = level.reclaimable.saturating_add(stock.likely);
    let held = used.unwrap_or_default().saturating_sub(back);
    let memsw = level.memsw_limit.known().copied();
    let memsw_used = level.memsw_used.known().copied().or(used);
    let memsw_held = memsw_used.unwrap_or_default().saturating_sub(back);
    let (room, by_memsw) = room_of_pair(limit, held, swap, memsw, memsw_held);
    let (origin, limit_of_file, used) = match memsw {
        Some(memsw) if by_memsw => {
            (format!("{}/memory.memsw.limit_in_bytes", level.folder), memsw, memsw_used)
        }
        _ => (origin, limit, used),
    };
    Ceiling {
        used,
        room,
        cost,
        spread: spread(&stock),
        swaps: swap > Bytes::ZERO && room > limit.map(|bytes| bytes.saturating_sub(held)),
        ends,
        ..Ceiling::new(Source::CgroupMemory, origin, limit_of_file, Bytes::ZERO)
    }
}

/// The ceiling of the own cgroup where a measurement felt that it can be charged for so many bytes at most; `None`
/// where no file tells what it is charged for now.
pub(crate) fn of_felt(facts: &Facts, limit: Bytes, cost: Cost) -> Option<Ceiling> {
    let leaf = facts.cgroup.levels.first()?;
    leaf.used.known()?;
    let level = Level { limit: Reading::Known(Limit::At(limit)), ..leaf.clone() };
    Some(of_level(facts, &level, cost, swap_room(facts)))
}

/// How far the stock may be from what is likely.
fn spread(stock: &Stock) -> Spread {
    Spread {
        less: stock.likely.saturating_sub(stock.least),
        more: stock.most.saturating_sub(stock.likely),
        ahead: stock.likely,
    }
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
    let hidden_memsw = memsw
        .is_some_and(|memsw| tightest(|level| &level.memsw_limit).is_none_or(|seen| memsw < seen));
    if !hidden && !hidden_memsw {
        return None;
    }
    // Whatever a visible level holds, the hidden one above it holds too.
    let most = |of: &dyn Fn(&Level) -> Option<Bytes>| {
        facts.cgroup.levels.iter().filter_map(of).max().unwrap_or_default()
    };
    let used = most(&|level| level.used.known().copied());
    let back = |level: &Level| level.reclaimable.saturating_add(stock::of(facts, level).most);
    let held = most(&|level| Some(level.used.known()?.saturating_sub(back(level))));
    let memsw_held = most(&|level| {
        let used = level.memsw_used.known().or(level.used.known())?;
        Some(used.saturating_sub(back(level)))
    });
    let (room, _) = room_of_pair(limit, held, swap, memsw, memsw_held);
    Some(Ceiling {
        room,
        cost,
        swaps: swap > Bytes::ZERO && room > limit.map(|bytes| bytes.saturating_sub(held)),
        ends: oom::ends(facts, Some(leaf)),
        ..Ceiling::new(
            Source::CgroupMemory,
            format!("{}/memory.stat hierarchical_memory_limit", leaf.folder),
            limit,
            used,
        )
    })
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
                why.clone(),
            ));
        }
    };
    let at_creation = Ends::all(End::Enomem);
    match mode {
        0 if whole => {
            let limit = Limit::At(machine::whole(facts)?);
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
            let limit = memory.commit_limit.saturating_sub(reserve).saturating_sub(own);
            Some(Ceiling {
                // A whole segment is promised before it is mapped.
                cost: if whole {
                    Cost::Bytes
                } else {
                    Cost::Promise(facts.overcommit.user_reserve)
                },
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

/// RLIMIT_FSIZE bounds each file, for write, fallocate and ftruncate alike.
#[must_use]
pub(crate) fn of_file_size(facts: &Facts) -> Ceiling {
    let process = facts.pid.map_or("self".to_owned(), |pid| pid.to_string());
    let origin = format!("/proc/{process}/limits Max file size");
    match &facts.process.file_size {
        Reading::Known(limit) => Ceiling {
            scope: Scope::Segment,
            ends: Ends::all(End::Efbig),
            ..Ceiling::new(Source::RlimitFsize, origin, *limit, Bytes::ZERO)
        },
        reading => {
            let why = reading.why().unwrap_or_else(|| "the file does not exist".to_owned());
            Ceiling {
                scope: Scope::Segment,
                ends: Ends::all(End::Efbig),
                ..Ceiling::unknown(Source::RlimitFsize, origin, why)
            }
        }
    }
}

/// RLIMIT_AS bounds what a process maps, whatever that is. Most have none, and nothing is said of it then.
fn of_addresses(facts: &Facts, whole: bool) -> Option<Ceiling> {
    let process = facts.pid.map_or("self".to_owned(), |pid| pid.to_string());
    let limit = facts.process.addresses.known().filter(|limit| **limit != Limit::Unlimited)?;
    let own = facts.process.status.known().map_or(Bytes::ZERO, |status| status.virtual_size);
    Some(Ceiling {
        scope: Scope::Segment,
        at_creation: whole,
        ends: Ends::all(End::Enomem),
        ..Ceiling::new(
            Source::RlimitAs,
            format!("/proc/{process}/limits Max address space"),
            *limit,
            own,
        )
    })
}

/// Whether segments without a mount of their own (memfd, System V, anonymous) get huge pages.
#[must_use]
pub(crate) fn internal_huge(facts: &Facts) -> bool {
    let policy = facts.shmem_huge.known().map(String::as_str);
    matches!(policy, Some("always" | "within_size" | "force"))
}
