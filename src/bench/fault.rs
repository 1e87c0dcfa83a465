//! The first touch of a page: the kernel finds it, clears it, charges it, maps it.

use super::clock::Clock;
use crate::stats::rounded;
use crate::sys::mapping::Mapping;

/// The ops: a page of the usual size, a huge one.
pub(crate) const OPS: [&str; 2] = ["page", "huge-page"];

/// Bytes that a sample touches.
pub(crate) const BYTES: u64 = 16 << 20;

/// Nanoseconds of each first touch.
#[must_use]
pub(crate) fn touch(segment: &Mapping, page: usize, clock: Clock) -> Vec<u64> {
    let mut times = Vec::new();
    for offset in (0..segment.bytes()).step_by(page.max(1)) {
        let start = clock.ticks();
        segment.touch(offset, 1);
        times.push(rounded(clock.nanoseconds(clock.ticks().wrapping_sub(start))));
    }
    times
}
