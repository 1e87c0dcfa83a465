//! The first touch of a page: the kernel finds it, clears it, charges it, maps it.

use super::clock::Clock;
use crate::stats::rounded;
use crate::sys::mapping::Mapping;
use crate::units::Bytes;

/// The ops: a page of the usual size that no cache has; one that was cleared and freed a moment ago, which takes
/// a third less where it was measured; a huge one.
pub(crate) const OPS: [&str; 3] = [COLD, WARM, "huge-page"];
pub(crate) const COLD: &str = "page";
pub(crate) const WARM: &str = "page-warm";

/// Bytes that a sample touches, where so much is to be had: of cold pages four times what the last cache holds at
/// least, and the first eighth of them, which others may just have freed, is not counted.
#[must_use]
pub(crate) fn bytes(
    op: &str,
    quick: bool,
    last_cache: Bytes,
    most: Bytes,
    huge_page: Bytes,
) -> u64 {
    let cold = last_cache.0.saturating_mul(4).clamp(256 << 20, 2 << 30);
    match op {
        COLD => (if quick { 64 << 20 } else { cold }).min(most.0 >> 20 << 20).max(LEAST),
        WARM => 1 << 20,
        _ => LEAST.max(huge_page.0),
    }
}

/// Bytes of a sample of cold or huge pages at least.
const LEAST: u64 = 16 << 20;

/// Nanoseconds of each first touch.
#[must_use]
pub(crate) fn touch(segment: &Mapping, page: usize, clock: Clock) -> Vec<u64> {
    // Written to now: what the list needs itself is no part of what is timed.
    let mut times = vec![1_u64; segment.bytes().div_ceil(page.max(1))];
    for (offset, time) in (0..segment.bytes()).step_by(page.max(1)).zip(&mut times) {
        let start = clock.ticks();
        segment.touch(offset, 1);
        *time = clock.ticks().wrapping_sub(start);
    }
    for time in &mut times {
        *time = rounded(clock.nanoseconds(*time));
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_of_huge_pages_has_one_of_them_at_least() {
        let bytes = |page| bytes("huge-page", false, Bytes::mib(32), Bytes::mib(4096), page);
        let of = [2, 32, 512].map(|mib| bytes(Bytes::mib(mib)) >> 20);
        assert_eq!(of, [16, 32, 512]);
    }
}
