//! The pools of huge pages, and what the hugetlb cgroup gives of them.

use super::Source;
use super::hierarchy::{self, Memberships, MountView, Place};
use crate::facts::cgroup::{parse_limit_v1, parse_limit_v2};
use crate::facts::{HugePool, MemInfo, Reading, parse_number};
use crate::units::{Bytes, Limit};

const FOLDER: &str = "/sys/kernel/mm/hugepages";

/// Every pool, the smallest page first.
pub(crate) fn pools(
    source: &dyn Source,
    memberships: &Memberships,
    views: &[MountView<'_>],
    pid: u32,
    memory: &Reading<MemInfo>,
) -> Vec<HugePool> {
    let Reading::Known(names) = source.list(FOLDER) else { return Vec::new() };
    // /proc/meminfo has told whether there are any pages of any size (since Linux 4.16).
    let none = memory.known().is_some_and(|memory| memory.huge_all == Some(Bytes::ZERO));
    let mut pools: Vec<HugePool> =
        names.iter().filter_map(|name| pool(source, name, none)).collect();
    pools.sort_by_key(|pool| pool.page);
    if pools.iter().any(|pool| pool.headroom() > Bytes::ZERO)
        && let Some(place) = hierarchy::locate(source, memberships, "hugetlb", views, pid)
    {
        for pool in &mut pools {
            limit(source, &place, pool);
        }
    }
    pools
}

fn pool(source: &dyn Source, name: &str, none: bool) -> Option<HugePool> {
    let kib: u64 = name.strip_prefix("hugepages-")?.strip_suffix("kB")?.parse().ok()?;
    let mut unread = None;
    let mut count = |file: &str| {
        let path = format!("{FOLDER}/{name}/{file}");
        match source.read(&path).parse(parse_number) {
            Reading::Known(count) => count,
            Reading::Absent => 0,
            Reading::Unknown(why) => {
                unread = Some(format!("{path}: {why}"));
                0
            }
        }
    };
    let pages = if none { 0 } else { count("nr_hugepages") };
    let overcommit = count("nr_overcommit_hugepages");
    let in_use = pages > 0 || overcommit > 0;
    let mut rest = |file: &str| if in_use { count(file) } else { 0 };
    Some(HugePool {
        page: Bytes::kib(kib),
        pages,
        free: rest("free_hugepages"),
        reserved: rest("resv_hugepages"),
        may_add: overcommit.saturating_sub(rest("surplus_hugepages")),
        cgroup_limit: Reading::Absent,
        cgroup_used: Bytes::ZERO,
        cgroup_origin: String::new(),
        hidden_ancestors: false,
        unread,
    })
}

/// Finds the level of the hugetlb cgroup that leaves the least.
fn limit(source: &dyn Source, place: &Place, pool: &mut HugePool) {
    let mib = pool.page.0 >> 20;
    let size = match mib {
        0 => format!("{}KB", pool.page.0 >> 10),
        1..1024 => format!("{mib}MB"),
        _ => format!("{}GB", mib >> 10),
    };
    let (limit_file, used_file) =
        if place.unified { ("max", "current") } else { ("limit_in_bytes", "usage_in_bytes") };
    let parse = if place.unified { parse_limit_v2 } else { parse_limit_v1 };
    // v1 rounds its largest count down to whole huge pages (mm/hugetlb_cgroup.c).
    let largest = i64::MAX.unsigned_abs() & !pool.page.0.saturating_sub(1);
    let whole =
        |limit: Limit| if limit >= Limit::At(Bytes(largest)) { Limit::Unlimited } else { limit };
    pool.hidden_ancestors = place.hidden;
    let mut least = Limit::Unlimited;
    for (_, folder) in &place.levels {
        let origin = format!("{folder}/hugetlb.{size}.{limit_file}");
        let limit = match source.read(&origin).parse(parse).map(whole) {
            Reading::Known(limit) => limit,
            Reading::Absent => continue,
            Reading::Unknown(why) => {
                // A limit that may be tighter than all others.
                pool.unread.get_or_insert_with(|| format!("{origin}: {why}"));
                pool.cgroup_limit = Reading::Unknown(why);
                pool.cgroup_origin = origin;
                return;
            }
        };
        let used = source.read(&format!("{folder}/hugetlb.{size}.{used_file}"));
        let used = Bytes(used.parse(parse_number).known().copied().unwrap_or(0));
        let room = limit.map(|bytes| bytes.saturating_sub(used));
        if pool.cgroup_limit == Reading::Absent || room < least {
            least = room;
            pool.cgroup_limit = Reading::Known(limit);
            pool.cgroup_used = used;
            pool.cgroup_origin = origin;
        }
    }
}
