//! mmap with MAP_SHARED and MAP_ANONYMOUS: promised whole when it is mapped, then memory itself.

use super::memory::{Made, internal_huge, of_memory};
use super::{Capacity, Kind, memory_certainty};
use crate::facts::Facts;

/// What an anonymous shared mapping can still hold.
#[must_use]
pub(crate) fn capacity(facts: &Facts) -> Capacity {
    let ceilings = of_memory(facts, Made { huge: internal_huge(facts), swaps: true, whole: true });
    let (certainty, why) = memory_certainty(facts);
    let mut capacity = Capacity::under(Kind::Anon, ceilings, certainty, why);
    capacity.without_populate(facts);
    capacity
}
