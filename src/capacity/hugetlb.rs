//! Huge pages: memory of a pool, outside of any tmpfs and of the memory cgroup.

use super::ceiling::{Ceiling, Source};
use super::end::{End, Ends, Method};
use super::memory::of_file_size;
use super::{Capacity, Certainty, Kind};
use crate::facts::{Facts, HugePool, Reading, StatFs};
use crate::units::{Bytes, Limit};

/// What files on a hugetlbfs can still hold.
#[must_use]
pub(crate) fn capacity(facts: &Facts, statfs: &StatFs) -> Capacity {
    let page = Bytes(statfs.bsize);
    let mut ceilings = vec![of_file_size(facts)];
    if statfs.blocks > 0 {
        ceilings.push(Ceiling {
            room: Limit::At(statfs.available()),
            ends: ends_of_pool(),
            ..Ceiling::new(
                Source::HugetlbPool,
                format!("statfs {}", facts.shm.asked),
                Limit::At(statfs.total()),
                statfs.used(),
            )
        });
    }
    let pool = facts.huge_pools.iter().find(|pool| pool.page == page);
    ceilings.extend(pool.map(of_pool).unwrap_or_default());
    let doubt = match pool {
        None => Some(format!("the pool of {page} pages cannot be read")),
        Some(pool) if pool.hidden_ancestors => {
            Some("limits of parent hugetlb cgroups are not visible".to_owned())
        }
        Some(pool) => pool.unread.clone(),
    };
    let certainty = if doubt.is_some() { Certainty::AtMost } else { Certainty::Exact };
    let mut capacity = Capacity::under(Kind::Posix, ceilings, certainty, doubt);
    if let Some(write) = capacity.reaches.iter_mut().find(|reach| reach.method == Method::Write) {
        // hugetlbfs has no write (fs/hugetlbfs/inode.c).
        (write.available, write.end) = (Some(Bytes::ZERO), Some(End::Einval));
    }
    capacity
}

/// mmap takes its promise from the pool, so an empty pool refuses the mapping.
const fn ends_of_pool() -> Ends {
    Ends { write: End::Einval, fallocate: End::Enospc, touch: End::Enomem, populate: End::Enomem }
}

/// The ceilings of one pool of huge pages and of the cgroup's share of it.
#[must_use]
pub(crate) fn of_pool(pool: &HugePool) -> Vec<Ceiling> {
    let pages = pool.pages.saturating_add(pool.may_add);
    let total = pool.page.saturating_mul(pages);
    let size = pool.page.0 / 1024;
    let mut ceilings = vec![Ceiling {
        ends: ends_of_pool(),
        ..Ceiling::new(
            Source::HugetlbPool,
            format!("/sys/kernel/mm/hugepages/hugepages-{size}kB"),
            Limit::At(total),
            total.saturating_sub(pool.headroom()),
        )
    }];
    let limit = match &pool.cgroup_limit {
        Reading::Known(limit) => Some(*limit),
        Reading::Absent => None,
        Reading::Unknown(why) => {
            ceilings.push(Ceiling::unknown(
                Source::HugetlbCgroup,
                &pool.cgroup_origin,
                why.clone(),
            ));
            None
        }
    };
    if let Some(limit) = limit {
        ceilings.push(Ceiling {
            ends: Ends {
                write: End::Einval,
                fallocate: End::Enospc,
                touch: End::Sigbus,
                populate: End::Efault,
            },
            ..Ceiling::new(
                Source::HugetlbCgroup,
                pool.cgroup_origin.clone(),
                limit,
                pool.cgroup_used,
            )
        });
    }
    ceilings
}
