//! How large /dev/shm should be, and how much memory it needs: the formula of docs/sizing.md.

use super::ceiling::{Ceiling, Source};
use super::origin::origin;
use super::{Capacity, Method};
use crate::facts::{Facts, Level};
use crate::units::{Bytes, Limit};

/// Of what a limit leaves to shared memory, so much is suggested: the rest is for what the programs
/// themselves will take.
const SHARE: (u128, u128) = (3, 4);

/// A limit of memory, and what it leaves.
struct Room {
    /// The limit itself.
    limit: Bytes,
    /// What shared memory may hold in all: the room, and what files in the folder hold of it now.
    leaves: Bytes,
    /// What else is charged and cannot be given back.
    held: Bytes,
}

/// A size that ends in ENOSPC before memory ends: at most three quarters of what the tightest limit leaves,
/// and with `app` no more than what the application leaves of it. `None` where no MiB is left or no limit
/// is known.
#[must_use]
pub(crate) fn safe_size(facts: &Facts, posix: &Capacity, app: Option<Bytes>) -> Option<Bytes> {
    let share = rooms(facts, posix).map(|room| room.leaves.scaled(SHARE.0, SHARE.1)).min()?;
    let beside = app.and_then(|app| room_beside(facts, posix, app));
    round_down(beside.map_or(share, |beside| share.min(beside)))
}

/// What the tightest limit leaves to a tmpfs beside an application, as [`memory_of`] has it.
#[must_use]
pub(crate) fn room_beside(facts: &Facts, posix: &Capacity, app: Bytes) -> Option<Bytes> {
    memory_beside(facts, posix, app).map(|left| left.scaled(64, 65))
}

/// What the tightest limit leaves beside an application, with the page tables and tree nodes of what is shared.
#[must_use]
pub(crate) fn memory_beside(facts: &Facts, posix: &Capacity, app: Bytes) -> Option<Bytes> {
    rooms(facts, posix).map(|room| room.limit.saturating_sub(app)).min()
}

/// The memory that so much shared memory takes, with its page tables and tree nodes.
#[must_use]
pub(crate) fn memory_of(shared: Bytes) -> Bytes {
    shared.scaled(65, 64)
}

/// What most programs do with.
const USUAL: Bytes = Bytes::mib(1024);

/// What is suggested where nobody said a size: 1 GiB, which most programs do with, or what memory allows.
#[must_use]
pub(crate) fn usual_size(facts: &Facts, posix: &Capacity, app: Option<Bytes>) -> Bytes {
    safe_size(facts, posix, app).unwrap_or(USUAL).min(USUAL)
}

/// What is suggested where a tmpfs of this size was too small: twice the size and no less than what most need, or what
/// memory allows; where it allows nothing larger, twice the size and the memory that it needs.
#[must_use]
pub(crate) fn larger_than(
    facts: &Facts,
    posix: &Capacity,
    total: Bytes,
    app: Option<Bytes>,
) -> (Bytes, Option<Bytes>) {
    // What takes the place of the host's begins empty.
    if origin(facts).is_of_the_host() && facts.runtime.runtime.is_container() {
        return (usual_size(facts, posix, app), None);
    }
    let twice = total.saturating_mul(2).max(USUAL);
    let size = safe_size(facts, posix, app).map_or(twice, |safe| safe.min(twice));
    // A tenth more is not worth a restart.
    if size >= total.scaled(11, 10) {
        return (size, None);
    }
    (twice, Some(memory_for(facts, posix, twice, app)))
}

/// The memory that a tmpfs of this size needs: what is held beside it now, and a third more than the size
/// or what the application needs, whichever is more.
#[must_use]
pub(crate) fn memory_for(
    facts: &Facts,
    posix: &Capacity,
    size: Bytes,
    app: Option<Bytes>,
) -> Bytes {
    let of_cgroup = |ceiling: &&Ceiling| ceiling.source == Source::CgroupMemory;
    let held = posix.ceilings.iter().filter(of_cgroup).filter_map(|c| room(facts, c));
    let held = held.map(|room| room.held).max().unwrap_or_else(|| {
        facts.cgroup.levels.first().map_or(Bytes::ZERO, |leaf| {
            let held = leaf.held().known().copied().unwrap_or_default();
            held.saturating_sub(charged(facts, Some(leaf)))
        })
    });
    let whole = size.scaled(SHARE.1, SHARE.0).saturating_add(held);
    let beside = app.map_or(Bytes::ZERO, |app| memory_of(size).saturating_add(app));
    round_up(whole.max(beside))
}

/// What files in the folder hold that this container is charged for.
#[must_use]
pub(crate) fn charged_here(facts: &Facts) -> Option<Bytes> {
    let leaf = facts.cgroup.levels.first()?;
    leaf.shmem.known().map(|_| charged(facts, Some(leaf)))
}

/// The lowest limit of a parent that counts what others of its containers hold in the folder, of which `others` are.
#[must_use]
pub(crate) fn parent_of(facts: &Facts, others: Bytes) -> Option<Bytes> {
    let own = charged_here(facts)?;
    let parents = facts.cgroup.levels.iter().skip(1);
    let counts = |level: &&Level| {
        let theirs = charged(facts, Some(level)).saturating_sub(own);
        level.shmem.known().is_some() && theirs.agrees_with(others)
    };
    parents.filter(counts).filter_map(|level| level.limit.known()?.bytes()).min()
}

fn rooms(facts: &Facts, posix: &Capacity) -> impl Iterator<Item = Room> {
    let of_memory = |ceiling: &&Ceiling| {
        matches!(ceiling.source, Source::CgroupMemory | Source::CgroupHigh | Source::HostMemory)
    };
    posix.ceilings.iter().filter(of_memory).filter_map(move |ceiling| room(facts, ceiling))
}

fn room(facts: &Facts, ceiling: &Ceiling) -> Option<Room> {
    let limit = ceiling.limit.known()?.bytes()?;
    let Limit::At(left) = ceiling.headroom(Method::Touch, 1) else { return None };
    let level = facts.cgroup.levels.iter().find(|level| ceiling.origin.starts_with(&level.folder));
    let own = match ceiling.source {
        Source::HostMemory => used(facts),
        _ => charged(facts, level),
    };
    // Swap makes the room no larger than the limit.
    let leaves = left.saturating_add(own).min(limit);
    let room = ceiling.room.bytes()?;
    Some(Room { limit, leaves, held: limit.saturating_sub(room).saturating_sub(own) })
}

fn used(facts: &Facts) -> Bytes {
    facts.shm.statfs.known().map_or(Bytes::ZERO, |statfs| statfs.used())
}

/// Of what is used of the tmpfs, no more than the level is charged for: others may hold the rest.
fn charged(facts: &Facts, level: Option<&Level>) -> Bytes {
    let shmem = level.and_then(|level| level.shmem.known().copied()).unwrap_or_default();
    shmem.min(used(facts))
}

/// To a size that people write: whole MiB, from 64 on 16 of them, from 1 GiB on 128.
fn round_down(size: Bytes) -> Option<Bytes> {
    let mib = size.0 >> 20;
    let whole = mib.checked_div(grain(mib))?.saturating_mul(grain(mib));
    (whole > 0).then(|| Bytes::mib(whole))
}

fn round_up(size: Bytes) -> Bytes {
    let mib = size.0.div_ceil(1 << 20);
    Bytes::mib(mib.div_ceil(grain(mib)).saturating_mul(grain(mib)).max(1))
}

const fn grain(mib: u64) -> u64 {
    match mib {
        0..64 => 1,
        64..1024 => 16,
        _ => 128,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_to_what_people_write() {
        for (mib, down, up) in [(63, 63, 63), (70, 64, 80), (1000, 992, 1008), (1500, 1408, 1536)] {
            assert_eq!(round_down(Bytes::mib(mib)), Some(Bytes::mib(down)));
            assert_eq!(round_up(Bytes::mib(mib)), Bytes::mib(up));
        }
        assert_eq!(round_down(Bytes(4096)), None);
    }
}
