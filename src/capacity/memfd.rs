//! memfd_create: a file on the kernel's own mount, which has no size. Only the file size limit
//! and memory itself bound it.

use super::memory::{Made, internal_huge, of_file_size, of_memory};
use super::{Capacity, Kind, memory_certainty};
use crate::facts::Facts;

/// What a memfd can still hold.
#[must_use]
pub(crate) fn capacity(facts: &Facts) -> Capacity {
    let mut ceilings = vec![of_file_size(facts)];
    ceilings
        .extend(of_memory(facts, Made { huge: internal_huge(facts), swaps: true, whole: false }));
    let (certainty, why) = memory_certainty(facts);
    let mut capacity = Capacity::under(Kind::Memfd, ceilings, certainty, why);
    capacity.without_populate(facts);
    capacity
}
