//! One look at how much shared memory there is, as it is taken many times a second: how the kernel's texts are
//! read without a copy of anything.

use super::cgroup::keyed;
use crate::units::{Bytes, Limit};

/// What one look saw; `None` is what could not be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// Microseconds since the first look.
    pub at_us: u64,
    pub posix: Option<PosixSample>,
    pub sysv: Option<SysvSample>,
    pub memory: Option<MemorySample>,
}

/// The file system at /dev/shm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PosixSample {
    pub used: Bytes,
    /// What is left; nothing is known of it where there is no limit.
    pub free: Option<Bytes>,
    pub size: Limit,
    /// Inodes in use, without the root folder's.
    pub files: u64,
    /// Inodes that are left, where they are limited.
    pub inodes_left: Option<u64>,
}

/// System V segments of the IPC namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SysvSample {
    pub segments: u64,
    /// Their sizes.
    pub promised: Bytes,
    /// What of them is in memory or in swap.
    pub held: Bytes,
}

/// The memory cgroup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemorySample {
    pub used: Bytes,
    /// The same without what reclaim gives back.
    pub held: Bytes,
    pub shmem: Bytes,
    /// Processes that the OOM killer took.
    pub oom_kill: u64,
}

/// What memory.stat tells of one level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    pub shmem: Bytes,
    /// File cache on its lists and, with version 2, slab: what reclaim gives back.
    pub reclaimable: Bytes,
}

/// A number that stands alone in a file.
#[must_use]
pub fn number(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

/// The `oom_kill` of memory.events (version 2) or memory.oom_control (version 1).
#[must_use]
pub fn oom_kill(text: &[u8]) -> Option<u64> {
    keyed(std::str::from_utf8(text).ok()?, "oom_kill")
}

/// Reads memory.stat; version 1's `total_` figures hold the levels below too, and win.
#[must_use]
pub fn parts(text: &[u8]) -> Option<Parts> {
    let text = std::str::from_utf8(text).ok()?;
    let (mut plain, mut total) = (Parts::default(), Parts::default());
    let mut has_total = false;
    for line in text.lines() {
        let Some((key, value)) = line.split_once(' ') else { continue };
        let (of, key) = match key.strip_prefix("total_") {
            Some(key) => (&mut total, key),
            None => (&mut plain, key),
        };
        let place = match key {
            "shmem" => &mut of.shmem,
            "inactive_file" | "active_file" | "slab_reclaimable" => &mut of.reclaimable,
            _ => continue,
        };
        let Ok(value) = value.trim().parse() else { continue };
        *place = place.saturating_add(Bytes(value));
        has_total |= line.starts_with("total_");
    }
    Some(if has_total { total } else { plain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_stat_of_both_versions_is_read() {
        let v2 = b"anon 5\nshmem 4096\ninactive_file 10\nactive_file 20\nslab_reclaimable 3\n";
        assert_eq!(parts(v2), Some(Parts { shmem: Bytes(4096), reclaimable: Bytes(33) }));
        let v1 = b"shmem 1\ninactive_file 1\nactive_file 1\ntotal_shmem 8192\ntotal_inactive_file 7\ntotal_active_file 5\n";
        assert_eq!(parts(v1), Some(Parts { shmem: Bytes(8192), reclaimable: Bytes(12) }));
        assert_eq!(parts(b"\xff"), None);
        assert_eq!(parts(b""), Some(Parts::default()));
    }

    #[test]
    fn kills_and_numbers_are_read_from_what_a_file_gave() {
        assert_eq!(oom_kill(b"low 0\noom 4\noom_kill 2\noom_group_kill 1\n"), Some(2));
        assert_eq!(oom_kill(b"oom_kill_disable 0\nunder_oom 0\noom_kill 7\n"), Some(7));
        assert_eq!(oom_kill(b"oom_kill_disable 0\n"), None);
        assert_eq!((number(b"4096\n"), number(b"max\n"), number(b"")), (Some(4096), None, None));
    }
}
