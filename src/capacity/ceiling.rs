//! One limit on shared memory: where it comes from, what it leaves, and how it ends a fill.
//! Must not know which limits a kind has.

use serde::{Deserialize, Serialize};

use super::end::{End, Ends, Method};
use crate::facts::{PageSize, Reading, Why};
use crate::units::{Bytes, Count, Limit};

/// A limit on shared memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The size of the tmpfs.
    TmpfsSize,
    /// The number of files of the tmpfs.
    TmpfsInodes,
    /// A quota of the tmpfs.
    TmpfsQuota,
    /// The limit of a memory cgroup.
    CgroupMemory,
    /// `memory.high` of a memory cgroup: throttling.
    CgroupHigh,
    /// Memory and swap of the machine.
    HostMemory,
    /// The commit limit of the machine (vm.overcommit_memory 2).
    CommitLimit,
    /// kernel.shmmax: bytes of a System V segment.
    Shmmax,
    /// kernel.shmall: pages of all System V segments.
    Shmall,
    /// kernel.shmmni: number of System V segments.
    Shmmni,
    /// RLIMIT_FSIZE: bytes of a file.
    RlimitFsize,
    /// RLIMIT_AS: bytes that a process maps. Only where it is set.
    RlimitAs,
    /// The pool of huge pages.
    HugetlbPool,
    /// The hugetlb limit of a cgroup.
    HugetlbCgroup,
    /// Owner and mode of the folder, a read-only mount, or a security module. The limit is 0.
    Permission,
    /// A system call that a filter refuses or that this kernel does not have. The limit is 0.
    Refused,
}

impl Source {
    /// Whether it lets nothing be made at all, whatever the sizes.
    #[must_use]
    pub(crate) const fn is_refusal(self) -> bool {
        matches!(self, Source::Permission | Source::Refused)
    }

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
            Source::RlimitAs => "rlimit-as",
            Source::HugetlbPool => "hugetlb-pool",
            Source::HugetlbCgroup => "hugetlb-cgroup",
            Source::Permission => "permission",
            Source::Refused => "refused",
        }
    }

    /// What a person would call it.
    #[must_use]
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Source::TmpfsSize => "the size of the tmpfs",
            Source::TmpfsInodes => "the inodes of the tmpfs",
            Source::TmpfsQuota => "the quota of the tmpfs",
            Source::CgroupMemory => "the memory limit of the cgroup",
            Source::CgroupHigh => "the cgroup's throttling threshold (memory.high)",
            Source::HostMemory => "the memory of the whole machine",
            Source::CommitLimit => "the commit limit of the machine",
            Source::Shmmax => "kernel.shmmax (bytes per segment)",
            Source::Shmall => "kernel.shmall (pages of all segments)",
            Source::Shmmni => "kernel.shmmni (number of segments)",
            Source::RlimitFsize => "the file size limit (ulimit -f)",
            Source::RlimitAs => "the limit on the address space of a process (ulimit -v)",
            Source::HugetlbPool => "the pool of huge pages",
            Source::HugetlbCgroup => "the cgroup's limit on huge pages",
            Source::Permission => "the permissions of the folder",
            Source::Refused => "a system call that is refused",
        }
    }
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "CeilingUnit"))]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Files and folders.
    Inodes,
    /// System V segments.
    Segments,
}

/// How many inodes or segments there may be, and are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    pub limit: Limit<Count>,
    /// How many there are.
    pub used: Count,
}

impl Number {
    /// How many more there may be.
    #[must_use]
    pub(crate) fn left(&self) -> Limit<Count> {
        self.limit.map(|most| most.saturating_sub(self.used))
    }
}

/// Whether a limit holds for all segments together or for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// All segments together.
    All,
    /// Each segment or file.
    Segment,
}

/// What a byte of shared memory costs under a ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    Bytes,
    /// Itself, its share of the page cache's tree, and of the page tables of each process that
    /// maps it. Those are charged too.
    Pages(PageSize),
    /// Itself, and for a process that maps it a 32nd part that the kernel keeps back from it, at
    /// most so much (`__vm_enough_memory`, mm/util.c).
    Promise(Bytes),
}

impl Cost {
    /// Bytes of shared memory that fit into `room`, mapped by `mappers` processes.
    ///
    /// A tree node serves 64 pages and 28 nodes lie in 16 KiB of slab; nodes have nodes above
    /// them (64/63). A page table entry has 8 bytes, and tables have tables above them. For
    /// 4 KiB pages that is 0.0022676 and 0.0019569 of a byte (53 measured runs).
    #[must_use]
    pub(crate) fn fit(self, room: Bytes, mappers: u32) -> Bytes {
        match self {
            Cost::Bytes => room,
            Cost::Promise(_) if mappers == 0 => room,
            Cost::Promise(most) => room.scaled(32, 33).max(room.saturating_sub(most)),
            Cost::Pages(page) => {
                let size = page.bytes();
                let page = u128::from(size);
                let square = page.saturating_mul(page).saturating_mul(28 * 63);
                let nodes = page.saturating_mul(16384);
                let tables = page
                    .saturating_add(8)
                    .saturating_mul(8 * 28 * 63)
                    .saturating_mul(u128::from(mappers));
                let fit = room.scaled(square, square.saturating_add(nodes).saturating_add(tables));
                // Whole pages only.
                Bytes(fit.0.checked_div(size).unwrap_or(0).saturating_mul(size))
            }
        }
    }
}

/// How much less or more than its room a ceiling may leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    pub less: Bytes,
    pub more: Bytes,
    /// Of that room, what CPUs have charged ahead: it comes after file cache and canaries.
    pub ahead: Bytes,
}

/// One limit, and what it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// What kind of limit.
    pub source: Source,
    /// The file, call or option that told it.
    pub origin: String,
    /// The limit itself, in bytes; a number of things bounds none.
    pub limit: Reading<Limit>,
    /// What is used of it; `None` where that is not known.
    pub used: Option<Bytes>,
    /// What it counts.
    pub unit: Unit,
    /// How many things there may be and are, where it does not count bytes and that is known.
    pub number: Option<Number>,
    /// Bytes that may still be charged to it.
    pub room: Limit,
    /// What a byte of shared memory costs of that room.
    pub cost: Cost,
    /// Shared by all segments, or for each.
    pub scope: Scope,
    /// Checked for the whole segment when it is made.
    pub at_creation: bool,
    /// How much less or more than that room there may be.
    pub spread: Spread,
    /// Swap extends the room; then one big fallocate gives up (ENOMEM) instead of killing.
    pub swaps: bool,
    /// How it ends each method.
    pub ends: Ends,
}

impl Ceiling {
    /// A ceiling in bytes that costs nothing beside the bytes, shared by all segments.
    #[must_use]
    pub(crate) fn new(
        source: Source,
        origin: impl Into<String>,
        limit: Limit,
        used: Bytes,
    ) -> Ceiling {
        Ceiling {
            source,
            origin: origin.into(),
            limit: Reading::Known(limit),
            used: Some(used),
            unit: Unit::Bytes,
            number: None,
            room: limit.map(|bytes| bytes.saturating_sub(used)),
            cost: Cost::Bytes,
            scope: Scope::All,
            at_creation: false,
            spread: Spread::default(),
            swaps: false,
            ends: Ends::all(End::Enospc),
        }
    }

    /// A ceiling whose limit could not be read: it bounds nothing that is known.
    #[must_use]
    pub(crate) fn unknown(
        source: Source,
        origin: impl Into<String>,
        why: impl Into<Why>,
    ) -> Ceiling {
        Ceiling {
            limit: Reading::Unknown(why.into()),
            used: None,
            ..Ceiling::new(source, origin, Limit::Unlimited, Bytes::ZERO)
        }
    }

    /// A ceiling on the number of things: as long as there may be one more, it bounds no bytes.
    #[must_use]
    pub(crate) fn of_number(
        source: Source,
        origin: impl Into<String>,
        unit: Unit,
        number: Number,
    ) -> Ceiling {
        let none_left = number.left() == Limit::At(Count(0));
        Ceiling {
            unit,
            number: Some(number),
            room: if none_left { Limit::At(Bytes::ZERO) } else { Limit::Unlimited },
            at_creation: true,
            ..Ceiling::new(source, origin, Limit::Unlimited, Bytes::ZERO)
        }
    }

    /// Why its room is not exact although its limit is.
    #[must_use]
    pub(crate) fn doubt(&self) -> Option<&'static str> {
        if self.swaps {
            Some("the kernel may kill some MiB before swap is used up")
        } else if self.source == Source::HostMemory {
            Some("every process of the machine shares its memory")
        } else {
            None
        }
    }

    /// Bytes that `method` can still fill under this ceiling, mapped by `mappers` processes
    /// where the method maps.
    #[must_use]
    pub fn headroom(&self, method: Method, mappers: u32) -> Limit {
        let mappers = if method.maps() { mappers } else { 0 };
        if mappers == 0 && self.source == Source::RlimitAs {
            return Limit::Unlimited;
        }
        self.room.map(|room| self.cost.fit(room, mappers))
    }

    /// The same with the least room that there may be, and with the most.
    #[must_use]
    pub(crate) fn at_the_ends(&self) -> (Ceiling, Ceiling) {
        let Spread { less, more, ahead } = self.spread;
        let with = |room: Limit, ahead: Bytes| Ceiling {
            room,
            spread: Spread { ahead, ..Spread::default() },
            ..self.clone()
        };
        (
            with(self.room.map(|room| room.saturating_sub(less)), ahead.saturating_sub(less)),
            with(self.room.map(|room| room.saturating_add(more)), ahead.saturating_add(more)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_of_4_kib_pages_is_the_measured_one() {
        let cost = Cost::Pages(PageSize::new(4096).unwrap());
        // A room of 10^12 times one and the cost fits 10^12 bytes, to 10^-7.
        for (mappers, room) in [(0, 1_002_267_600_000), (1, 1_004_224_500_000)] {
            let fit = cost.fit(Bytes(room), mappers).0;
            assert!(fit.abs_diff(1_000_000_000_000) < 100_000, "{fit}");
        }
        assert!(cost.fit(Bytes(u64::MAX), 4).0 > u64::MAX / 2);
    }
}
