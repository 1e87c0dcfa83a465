//! The ceiling that the machine's own memory sets, as far as /proc/meminfo tells of the machine.

use super::ceiling::{Ceiling, Cost, Source};
use super::oom;
use crate::facts::{Facts, MemInfo, MemInfoOf, Reading};
use crate::units::{Bytes, Limit};

const MEMINFO: &str = "/proc/meminfo";

/// What the whole machine is to keep: a twentieth of its memory, at least 512 MiB, but not more than
/// a quarter. Nothing, where that file tells of a container: whose limit may be used up.
#[must_use]
pub(crate) fn reserve(facts: &Facts) -> Option<Bytes> {
    let memory = facts.memory.known()?;
    Some(match facts.memory_of {
        MemInfoOf::Machine | MemInfoOf::Sandbox => {
            let least = Bytes::mib(512).max(Bytes(memory.total.0 / 20));
            least.min(Bytes(memory.total.0 / 4))
        }
        MemInfoOf::Lxcfs | MemInfoOf::Other => Bytes::ZERO,
    })
}

/// The room that there is in all.
pub(super) fn of_machine(facts: &Facts, cost: Cost, swaps: bool) -> Ceiling {
    let ends = oom::ends(facts, None);
    let unknown =
        |why: String| Ceiling { ends, ..Ceiling::unknown(Source::HostMemory, MEMINFO, why) };
    let Some(memory) = facts.memory.known() else {
        return unknown(facts.memory.why().unwrap_or_else(|| "the file does not exist".to_owned()));
    };
    let (source, origin) = match (facts.memory_of, facts.memory_of.why()) {
        // What it tells is a limit that is seen already.
        (MemInfoOf::Lxcfs | MemInfoOf::Other, Some(why)) if tells_a_known_limit(facts, memory) => {
            return unknown(why.to_owned());
        }
        // lxcfs looks at the cgroups above as well.
        (MemInfoOf::Lxcfs, _) if facts.cgroup.hidden_ancestors => {
            (Source::CgroupMemory, "/proc/meminfo (lxcfs)")
        }
        (MemInfoOf::Lxcfs, _) => (Source::HostMemory, "/proc/meminfo (lxcfs)"),
        (MemInfoOf::Machine | MemInfoOf::Other | MemInfoOf::Sandbox, _) => {
            (Source::HostMemory, MEMINFO)
        }
    };
    let swap = if swaps { swap_room(facts) } else { Bytes::ZERO };
    let room =
        memory.free_or_reclaimable().saturating_sub(kept_free(facts, memory)).saturating_add(swap);
    let limit = memory.total.saturating_add(if swaps { memory.swap_total } else { Bytes::ZERO });
    Ceiling {
        room: Limit::At(room),
        cost,
        swaps: swap > Bytes::ZERO,
        ends,
        ..Ceiling::new(source, origin, Limit::At(limit), limit.saturating_sub(room))
    }
}

/// Swap that pages of this process's cgroups may still take when the whole machine is short.
pub(super) fn swap_room(facts: &Facts) -> Bytes {
    let free = facts.memory.known().map_or(Bytes::ZERO, |memory| memory.swap_free);
    let levels = facts.cgroup.levels.iter().filter_map(|level| {
        let used = level.swap_used.known().copied().unwrap_or_default();
        level.swap_limit.known()?.map(|limit| limit.saturating_sub(used)).bytes()
    });
    levels.fold(free, Bytes::min)
}

/// Whether a limit that can be seen is as tight as what lxcfs calls all of the memory: it looks at limits
/// above the container too.
fn tells_a_known_limit(facts: &Facts, memory: &MemInfo) -> bool {
    let levels = &facts.cgroup.levels;
    levels.iter().any(|level| {
        level.limit.known().is_some_and(|limit| *limit <= Limit::At(memory.total))
            || level.hierarchical_limit.known().is_some_and(|l| *l <= Limit::At(memory.total))
    })
}

/// What is left free when the kernel kills: the min watermark. Since Linux 6.7 the lists of the CPUs
/// hold about as much as the watermark is by default, free but not counted in MemFree (measured:
/// guests of 192 and 256 MiB on 6.1, one of 512 MiB on 6.12). It is the machine's: no other memory keeps it.
fn kept_free(facts: &Facts, memory: &MemInfo) -> Bytes {
    if facts.memory_of != MemInfoOf::Machine {
        return Bytes::ZERO;
    }
    let in_lists = if facts.release.before((6, 7)) {
        Bytes::ZERO
    } else {
        // The default of vm.min_free_kbytes (`calculate_min_free_kbytes`, mm/page_alloc.c).
        Bytes::kib((memory.total.0 >> 10).saturating_mul(16).isqrt())
    };
    facts.overcommit.min_free.saturating_sub(in_lists)
}

/// Memory and swap of the machine, which no single promise exceeds with overcommit_memory 0.
pub(super) fn whole(facts: &Facts) -> Option<Bytes> {
    let memory = facts.memory.known()?;
    let known = matches!(facts.memory_of, MemInfoOf::Machine | MemInfoOf::Sandbox);
    known.then(|| memory.total.saturating_add(memory.swap_total))
}

/// Why the machine's memory is not known although the file is there.
pub(super) fn doubt(facts: &Facts) -> Option<String> {
    match (&facts.memory, facts.memory_of) {
        (Reading::Known(_), MemInfoOf::Lxcfs | MemInfoOf::Other) => {
            Some(format!("{MEMINFO}: {}", facts.memory_of.why()?))
        }
        _ => None,
    }
}
