//! The memory cgroup: its levels, and the kernel's text forms that tell of them.
//! Must not know where the files lie; `probe::hierarchy` finds them.

mod counted;
mod path;

pub use path::{CgroupPath, Membership, parse_memberships};

use super::{ParseError, Reading, parse_number};
use crate::units::{Bytes, Limit};

/// PATH_MAX: no path of a kernel is longer (linux/limits.h).
pub(crate) const LONGEST_PATH: usize = 4096;

/// The cgroup hierarchies of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum CgroupVersion {
    /// Only version 1 hierarchies.
    V1,
    /// Only the unified hierarchy.
    V2,
    /// Both; the memory controller is in one of them.
    Hybrid,
    /// No cgroups.
    None,
    /// /proc/PID/cgroup cannot be read or understood.
    Unknown,
}

impl CgroupVersion {
    /// The word for it.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            CgroupVersion::V1 => "v1",
            CgroupVersion::V2 => "v2",
            CgroupVersion::Hybrid => "hybrid",
            CgroupVersion::None => "none",
            CgroupVersion::Unknown => "unknown",
        }
    }
}

/// One level of the memory hierarchy, as far as its files could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The cgroup's path as /proc/PID/cgroup counts it.
    pub path: String,
    /// The folder its files were read from.
    pub folder: String,
    /// `memory.max` or `memory.limit_in_bytes`.
    pub limit: Reading<Limit>,
    /// `memory.current` or `memory.usage_in_bytes`.
    pub used: Reading<Bytes>,
    /// File cache and slab that the kernel takes back before it kills.
    pub reclaimable: Bytes,
    /// v2: `memory.swap.max`.
    pub swap_limit: Reading<Limit>,
    /// v2: `memory.swap.current`.
    pub swap_used: Reading<Bytes>,
    /// v1: `memory.memsw.limit_in_bytes`, memory and swap together.
    pub memsw_limit: Reading<Limit>,
    /// v1: `memory.memsw.usage_in_bytes`.
    pub memsw_used: Reading<Bytes>,
    /// v2: `memory.high`.
    pub high: Reading<Limit>,
    /// v2: `memory.oom.group`.
    pub oom_group: bool,
    /// v1: `memory.oom_control: oom_kill_disable`.
    pub oom_kill_disabled: bool,
    /// v1: `memory.swappiness` is 0: this cgroup is not swapped.
    pub never_swaps: bool,
    /// v1, leaf only: `memory.stat: hierarchical_memory_limit`, the minimum up to the real root.
    pub hierarchical_limit: Reading<Limit>,
    /// v1, leaf only: the same for memory and swap together.
    pub hierarchical_memsw_limit: Reading<Limit>,
    /// Shared memory charged here.
    pub shmem: Reading<Bytes>,
    /// What of its usage memory.stat accounts for; `None` where it does not tell all of that.
    pub counted: Option<Bytes>,
    /// What may be counted twice there: pages that are in memory and in swap at once.
    pub swap_cache: Bytes,
    /// Whether its usage stood still meanwhile.
    pub standing: Standing,
    /// What CPUs had counted for themselves was brought together just before.
    pub flushed: bool,
    /// The first file of this level that exists and could not be read or understood, and why.
    pub unread: Option<String>,
}

/// Whether the usage of a level stood still while its parts were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was read once only.
    Unknown,
    Still,
    Moving,
}

/// The memory cgroup of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CgroupFacts {
    /// Which hierarchies there are.
    pub version: CgroupVersion,
    /// Whether the memory controller's files are of the unified hierarchy.
    pub unified: bool,
    /// There are levels above the highest one that could be read.
    pub hidden_ancestors: bool,
    /// The process's own level first, then its ancestors.
    pub levels: Vec<Level>,
    /// Why the process's cgroup is not known.
    pub unread: Option<String>,
    /// The kernel has no memory controller, or it is off: there are no limits of memory at all.
    pub no_controller: bool,
    /// CPUs that are online, which may have charged pages ahead; `None` where that is not known.
    pub cpus: Option<u64>,
}

/// Whether /proc/cgroups says that there is no memory controller. Kernels with one that is of version 2
/// only leave its line out (since Linux 6.12), so from then on a missing line says nothing.
#[must_use]
pub fn has_no_memory_controller(text: &str, lists_all: bool) -> bool {
    let mut lines = text.lines().filter(|line| !line.starts_with('#')).peekable();
    let some = lines.peek().is_some();
    let memory = lines.find_map(|line| {
        let mut words = line.split_whitespace();
        (words.next()? == "memory").then(|| words.nth(2).map(str::to_owned))
    });
    match memory {
        Some(enabled) => enabled.as_deref() == Some("0"),
        None => some && lists_all,
    }
}

/// Reads a version 2 limit: `max` or bytes.
///
/// # Errors
/// When it is neither.
pub fn parse_limit_v2(text: &str) -> Result<Limit, ParseError> {
    match text.trim() {
        "max" => Ok(Limit::Unlimited),
        other => parse_number(other).map(|n| Limit::At(Bytes(n))),
    }
}

/// Reads a version 1 limit. Unlimited is the largest page count in bytes, which depends on the
/// page size (`PAGE_COUNTER_MAX`, include/linux/page_counter.h), or -1 as it is written.
///
/// # Errors
/// When it is no number.
pub fn parse_limit_v1(text: &str) -> Result<Limit, ParseError> {
    const LARGEST: u64 = i64::MAX.unsigned_abs() & !0xffff; // of 64 KiB pages, the smallest form
    match text.trim() {
        "-1" => Ok(Limit::Unlimited),
        other => parse_number(other)
            .map(|n| if n >= LARGEST { Limit::Unlimited } else { Limit::At(Bytes(n)) }),
    }
}

/// Finds `key` in a file of `key value` lines, such as memory.stat or memory.oom_control.
#[must_use]
pub fn keyed(text: &str, key: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' ')?.trim().parse().ok())
}

/// What memory.stat tells of one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryStat {
    /// What reclaim gives back: file cache on its lists, and on v2 reclaimable slab. Shared
    /// memory is on the anonymous lists and is not counted.
    pub reclaimable: Bytes,
    /// Shared memory charged here and below.
    pub shmem: Option<Bytes>,
    /// What is in memory and in swap at once (`swapcached`, since Linux 5.12; on v1 only of late).
    pub swap_cache: Bytes,
    /// What may not be reclaimed, such as locked memory.
    pub unevictable: Bytes,
    /// v1: the tightest limit up to the real root.
    pub hierarchical_limit: Option<Limit>,
    /// v1: the same for memory and swap.
    pub hierarchical_memsw_limit: Option<Limit>,
    /// What it accounts for, on v1 without what the kernel itself needs.
    pub counted: Option<Bytes>,
}

/// Reads memory.stat in one pass. v1's `total_` figures, which hold the levels below too, win
/// over the plain ones.
#[must_use]
pub fn parse_memory_stat(text: &str) -> MemoryStat {
    #[derive(Default)]
    struct Sum {
        file: u64,
        slab: u64,
        shmem: Option<u64>,
        swap_cache: u64,
        unevictable: u64,
        counted: counted::Counted,
    }
    let (mut plain, mut total) = (Sum::default(), Sum::default());
    let mut has_total = false;
    let mut limits = (None, None);
    for line in text.lines() {
        let Some((key, value)) = line.split_once(' ') else { continue };
        let Ok(value) = value.trim().parse::<u64>() else { continue };
        match key {
            "hierarchical_memory_limit" => limits.0 = parse_limit_v1(&value.to_string()).ok(),
            "hierarchical_memsw_limit" => limits.1 = parse_limit_v1(&value.to_string()).ok(),
            _ => {
                let (sum, key) = match key.strip_prefix("total_") {
                    Some(key) => (&mut total, key),
                    None => (&mut plain, key),
                };
                sum.counted.note(key, value);
                match key {
                    "inactive_file" | "active_file" => {
                        has_total |= line.starts_with("total_");
                        sum.file = sum.file.saturating_add(value);
                    }
                    "slab_reclaimable" => sum.slab = value,
                    "shmem" => sum.shmem = Some(value),
                    "swapcached" => sum.swap_cache = value,
                    "unevictable" => sum.unevictable = value,
                    _ => {}
                }
            }
        }
    }
    let sum = if has_total { &total } else { &plain };
    MemoryStat {
        reclaimable: Bytes(sum.file).saturating_add(Bytes(sum.slab)),
        shmem: sum.shmem.or(plain.shmem).map(Bytes),
        swap_cache: Bytes(sum.swap_cache),
        unevictable: Bytes(sum.unevictable),
        hierarchical_limit: limits.0,
        hierarchical_memsw_limit: limits.1,
        counted: sum.counted.sum().or_else(|| plain.counted.sum()),
    }
}

impl Level {
    /// What is charged and cannot be taken back before a kill.
    #[must_use]
    pub(crate) fn held(&self) -> Reading<Bytes> {
        self.used.as_ref().map(|used| used.saturating_sub(self.reclaimable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlimited_on_v1_does_not_depend_on_the_page_size() {
        for text in ["9223372036854771712\n", "9223372036854710272", "9223372036854775807", "-1"] {
            assert_eq!(parse_limit_v1(text), Ok(Limit::Unlimited), "{text}");
        }
        assert_eq!(parse_limit_v1("268435456"), Ok(Limit::At(Bytes(268_435_456))));
        assert!(parse_limit_v1("99999999999999999999999").is_err());
        assert!(parse_limit_v1("").is_err());
    }

    #[test]
    fn a_controller_is_off_where_its_line_says_so_or_an_older_kernel_lists_none() {
        let text = |memory: &str| {
            format!("#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t0\t9\t1\n{memory}")
        };
        assert!(has_no_memory_controller(&text("memory\t0\t95\t0\n"), false));
        assert!(!has_no_memory_controller(&text("memory\t4\t95\t1\n"), true));
        assert!(has_no_memory_controller(&text(""), true));
        assert!(!has_no_memory_controller(&text(""), false));
        assert!(!has_no_memory_controller("", true), "nothing is told at all");
    }

    #[test]
    fn what_is_in_memory_and_swap_at_once_is_told_where_the_kernel_does() {
        let stat = |text| parse_memory_stat(text).swap_cache;
        assert_eq!(stat("file 5\nswapcached 4096\n"), Bytes(4096));
        assert_eq!(
            stat("swapcached 1\ntotal_swapcached 8192\ntotal_inactive_file 0\n"),
            Bytes(8192)
        );
        assert_eq!(stat("file 5\n"), Bytes::ZERO);
    }
}
