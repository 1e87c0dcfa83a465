//! memfd_create: a file on the kernel's own mount, which has no size. Only the file size limit
//! and memory itself bound it.

use super::ceiling::{Method, of_memory};
use super::{Capacity, End, Kind, memory_certainty, posix};
use crate::facts::Facts;
use crate::units::Bytes;

/// What a memfd can still hold.
#[must_use]
pub fn capacity(facts: &Facts) -> Capacity {
    let mut ceilings = vec![posix::of_file_size(facts)];
    ceilings.extend(of_memory(facts, internal_huge(facts), true, false));
    let (certainty, why) = memory_certainty(facts);
    let mut capacity = Capacity::under(Kind::Memfd, ceilings, certainty, why);
    without_populate(facts, &mut capacity);
    capacity
}

/// Whether segments without a mount of their own (memfd, System V, anonymous) get huge pages.
#[must_use]
pub fn internal_huge(facts: &Facts) -> bool {
    let policy = facts.shmem_huge.known().map(String::as_str);
    matches!(policy, Some("always" | "within_size" | "force"))
}

/// MADV_POPULATE_WRITE came with Linux 5.14; before, it is refused.
pub fn without_populate(facts: &Facts, capacity: &mut Capacity) {
    if facts.release.before((5, 14))
        && let Some(reach) = capacity.reaches.iter_mut().find(|r| r.method == Method::Populate)
    {
        (reach.available, reach.end) = (Some(Bytes::ZERO), Some(End::Einval));
    }
}
