//! Charge stock: pages that CPUs have charged to a cgroup ahead of need. Its usage counts them, and the
//! kernel takes them back before it kills (`drain_all_stock`, mm/memcontrol.c), so they are room.
//!
//! Usage less what memory.stat accounts for is that stock, where memory.stat is up to date: each CPU
//! keeps counts of its own for up to two seconds.

use crate::facts::cgroup::Standing;
use crate::facts::{Facts, Level};
use crate::units::Bytes;

/// How much of a level's usage is stock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stock {
    /// As far as the parts tell.
    pub likely: Bytes,
    /// It is at least so much,
    pub least: Bytes,
    /// and at most so much.
    pub most: Bytes,
}

/// Pages that a CPU charges at once (MEMCG_CHARGE_BATCH).
fn batch(facts: &Facts) -> u64 {
    if facts.release.before((6, 1)) { 32 } else { 64 }
}

/// CPUs of a large machine.
const MANY_CPUS: u64 = 128;

/// Cgroups below one that a CPU can hold stock of at the same time (NR_MEMCG_STOCK).
fn cached(facts: &Facts) -> u64 {
    if facts.release.before((6, 16)) { 1 } else { 7 }
}

/// What the CPUs together charge at once, where their number is known.
fn of_all_cpus(facts: &Facts) -> Option<Bytes> {
    let batch = Bytes(facts.page_size.bytes()).saturating_mul(batch(facts));
    Some(batch.saturating_mul(facts.cgroup.cpus?))
}

/// The stock of a level of the facts.
pub(super) fn of(facts: &Facts, level: &Level) -> Stock {
    let (Some(&used), Some(counted)) = (level.used.known(), level.counted) else {
        return Stock::default();
    };
    let cpus = of_all_cpus(facts);
    let page = Bytes(facts.page_size.bytes());
    // Where nobody tells how many CPUs there are, what many could have is still no more than that.
    let many = page.saturating_mul(batch(facts)).saturating_mul(MANY_CPUS);
    let leaf = facts.cgroup.levels.first().is_some_and(|leaf| leaf.folder == level.folder);
    let largest =
        cpus.map_or(many, |all| if leaf { all } else { all.saturating_mul(cached(facts)) });
    let rest = |counted: Bytes| used.saturating_sub(counted);
    let likely = rest(counted).min(largest);
    // Pages that are in memory and in swap are in two figures.
    let twice = rest(counted.saturating_sub(level.swap_cache));
    if level.standing == Standing::Still && level.flushed {
        return Stock { likely, least: likely, most: twice.min(largest) };
    }
    // What the CPUs have not handed on yet, either way: a batch each, and as much before anybody asks.
    let behind = cpus.map_or(Bytes(u64::MAX), |all| all.saturating_mul(2));
    let most = if level.standing == Standing::Unknown && cpus.is_none() {
        twice // nothing tells more
    } else {
        twice.saturating_add(behind)
    };
    Stock { likely, least: likely.saturating_sub(behind), most: most.min(largest).max(likely) }
}
