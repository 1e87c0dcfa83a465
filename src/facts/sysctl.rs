//! Settings of the whole kernel: its release, how memory is promised, pools of huge pages.

use super::Reading;
use crate::units::{Bytes, Limit};

/// A kernel's release, such as `6.12.117+deb12-cloud-amd64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// As the kernel names itself.
    pub text: String,
    /// Version and patch level; `None` where the text starts with no such numbers.
    pub version: Option<(u32, u32)>,
}

impl Release {
    /// Reads a release.
    #[must_use]
    pub fn parse(text: &str) -> Release {
        let text = text.trim();
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().ok());
        let version = match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(version), Some(patch)) => Some((version, patch)),
            _ => None,
        };
        Release { text: text.to_owned(), version }
    }

    /// Whether it is known to be older than this version.
    #[must_use]
    pub(crate) fn before(&self, version: (u32, u32)) -> bool {
        self.version.is_some_and(|own| own < version)
    }
}

/// How the kernel promises memory (Documentation/mm/overcommit-accounting.rst).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overcommit {
    /// /proc/sys/vm/overcommit_memory: 0 heuristic, 1 always, 2 never beyond the commit limit.
    pub mode: Reading<u64>,
    /// vm.admin_reserve_kbytes.
    pub admin_reserve: Bytes,
    /// vm.user_reserve_kbytes.
    pub user_reserve: Bytes,
    /// vm.min_free_kbytes: what the kernel keeps free for itself when it kills.
    pub min_free: Bytes,
    /// vm.swappiness; 0 keeps the shared memory of cgroups out of swap.
    pub swappiness: Reading<u64>,
}

/// One pool of huge pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HugePool {
    /// Bytes a page.
    pub page: Bytes,
    /// Pages in the pool.
    pub pages: u64,
    /// Of these, unused.
    pub free: u64,
    /// Of the unused ones, promised.
    pub reserved: u64,
    /// Pages that may be added from normal memory when the pool is empty.
    pub may_add: u64,
    /// The tightest hugetlb cgroup limit that is visible.
    pub cgroup_limit: Reading<Limit>,
    /// What that cgroup holds.
    pub cgroup_used: Bytes,
    /// The file of that limit.
    pub cgroup_origin: String,
    /// The hugetlb cgroup has levels that cannot be seen.
    pub hidden_ancestors: bool,
    /// The first file that exists and could not be read, and why.
    pub unread: Option<String>,
}

impl HugePool {
    /// Bytes that the pool still gives.
    #[must_use]
    pub(crate) const fn headroom(&self) -> Bytes {
        let pages = self.free.saturating_sub(self.reserved).saturating_add(self.may_add);
        self.page.saturating_mul(pages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_compare_by_number() {
        assert!(Release::parse("4.18.0-553.el8.x86_64\n").before((4, 19)));
        assert!(!Release::parse("6.12.117+deb12-cloud-amd64").before((6, 7)));
        assert!(Release::parse("6.1").before((6, 7)));
        assert_eq!(Release::parse("weird").version, None);
        assert!(!Release::parse("").before((9, 9)));
    }
}
