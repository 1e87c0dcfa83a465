//! /proc/meminfo: the memory of the whole machine.
//! Must not know of cgroups.

use super::ParseError;
use crate::units::Bytes;

/// The lines of /proc/meminfo that bound shared memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemInfo {
    /// All memory the kernel manages.
    pub total: Bytes,
    /// Memory on the free lists.
    pub free: Bytes,
    /// Page cache on the lists that reclaim goes through: not shared memory, and not what cannot
    /// be taken, such as a root file system in ramfs.
    pub file_lists: Bytes,
    /// Slab that shrinkers give back.
    pub slab_reclaimable: Bytes,
    /// Swap in all.
    pub swap_total: Bytes,
    /// Swap that is free.
    pub swap_free: Bytes,
    /// What may be promised with overcommit_memory 2.
    pub commit_limit: Bytes,
    /// What has been promised.
    pub committed: Bytes,
    /// Huge pages of all sizes in all pools; absent before 4.16 and without hugetlb.
    pub huge_all: Option<Bytes>,
    /// Bytes of a huge page of the pool that is taken where none is named.
    pub huge_default: Option<Bytes>,
}

/// Whose memory /proc/meminfo tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemInfoOf {
    /// The machine's.
    Machine,
    /// The container's: lxcfs answers, with the tightest limit of its cgroups that lxcfs sees.
    Lxcfs,
    /// Something else is mounted over the file.
    Other,
    /// The sandbox's, of gVisor.
    Sandbox,
}

impl MemInfoOf {
    /// By the file system that the file is on.
    #[must_use]
    pub(crate) fn of(fstype: Option<&str>, sandboxed: bool) -> MemInfoOf {
        match fstype {
            _ if sandboxed => MemInfoOf::Sandbox,
            Some("fuse.lxcfs") => MemInfoOf::Lxcfs,
            None | Some("proc") => MemInfoOf::Machine,
            Some(_) => MemInfoOf::Other,
        }
    }

    /// Why the machine's memory is not known.
    #[must_use]
    pub(crate) const fn why(self) -> Option<&'static str> {
        match self {
            MemInfoOf::Machine => None,
            MemInfoOf::Lxcfs => {
                Some("lxcfs shows the container's numbers; the machine's are not visible")
            }
            MemInfoOf::Other => {
                Some("another file is mounted over it; the machine's numbers are not visible")
            }
            MemInfoOf::Sandbox => {
                Some("it shows gVisor's sandbox; the machine's numbers are not visible")
            }
        }
    }
}

impl MemInfo {
    /// Memory that shared memory could take before the kernel must kill: what is free, and the
    /// file cache and slab it would give back. Unlike MemAvailable it counts the reserves.
    #[must_use]
    pub(crate) fn free_or_reclaimable(&self) -> Bytes {
        self.free.saturating_add(self.file_lists).saturating_add(self.slab_reclaimable)
    }
}

/// Reads /proc/meminfo. Lines that are missing count as zero, as kernels without swap or huge
/// pages leave them out; `MemTotal` and `MemFree` must be there.
///
/// # Errors
/// When one of those two is missing.
pub fn parse_meminfo(text: &str) -> Result<MemInfo, ParseError> {
    let mut info = MemInfo::default();
    let mut found = (false, false);
    for line in text.lines() {
        let Some((key, rest)) = line.split_once(':') else { continue };
        let number = rest.trim().strip_suffix(" kB").unwrap_or(rest).trim();
        let number = number.parse::<u64>();
        let bytes = Bytes::kib(number.clone().unwrap_or(0));
        match key {
            "MemTotal" => (info.total, found.0) = (bytes, true),
            "MemFree" => (info.free, found.1) = (bytes, true),
            "Active(file)" | "Inactive(file)" => {
                info.file_lists = info.file_lists.saturating_add(bytes)
            }
            "SReclaimable" => info.slab_reclaimable = bytes,
            "SwapTotal" => info.swap_total = bytes,
            "SwapFree" => info.swap_free = bytes,
            "CommitLimit" => info.commit_limit = bytes,
            "Committed_AS" => info.committed = bytes,
            "Hugetlb" => info.huge_all = Some(bytes),
            "Hugepagesize" => info.huge_default = Some(bytes),
            _ => continue,
        }
        if number.is_err() {
            return Err(ParseError::new("a line of /proc/meminfo", line));
        }
    }
    if found == (true, true) {
        Ok(info)
    } else {
        Err(ParseError::new("the lines of /proc/meminfo", text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_of_proc_tells_of_the_machine() {
        for (fstype, sandboxed, of) in [
            (Some("proc"), false, MemInfoOf::Machine),
            (None, false, MemInfoOf::Machine),
            (Some("fuse.lxcfs"), false, MemInfoOf::Lxcfs),
            (Some("ext4"), false, MemInfoOf::Other),
            (Some("proc"), true, MemInfoOf::Sandbox),
        ] {
            assert_eq!(MemInfoOf::of(fstype, sandboxed), of, "{fstype:?}");
        }
    }

    #[test]
    fn numbers_are_kib_and_missing_lines_are_zero() {
        let info =
            parse_meminfo("MemTotal:  10 kB\nMemFree: 4 kB\nCached: 9 kB\nActive(file): 1 kB\nInactive(file): 1 kB\n")
                .unwrap();
        assert_eq!(info.total, Bytes(10240));
        assert_eq!(info.free_or_reclaimable(), Bytes::kib(6));
        assert_eq!(info.swap_total, Bytes::ZERO);
        assert!(parse_meminfo("Nothing: 1 kB").is_err());
        let pages = "MemTotal: 10 kB\nMemFree: 4 kB\nHugepagesize: 524288 kB\nHugetlb: 0 kB\n";
        let pages = parse_meminfo(pages).unwrap();
        assert_eq!(
            (pages.huge_default, pages.huge_all),
            (Some(Bytes::mib(512)), Some(Bytes::ZERO))
        );
        assert_eq!(info.huge_default, None);
    }
}
