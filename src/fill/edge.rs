//! How the edge of memory is approached, by the size of a page. The kernel counts pages: it reclaims 32
//! (`SWAP_CLUSTER_MAX`, linux/swap.h) and charges 64 (`MEMCG_CHARGE_BATCH`, linux/memcontrol.h) at once.
//! So what has to outlast that is a number of pages. What may be on its way between two looks at the
//! canary is a number of bytes, and a page at least: larger pages are fewer then. Pure.
#![forbid(unsafe_code)]

use crate::units::Bytes;

/// Pages of a worker's canary: reclaim takes some 64 pages at once, of which the smallest has two
/// batches.
const CANARY: (u64, u64) = (128, 256);

/// The largest canary where a step may be a huge page, in bytes.
const CANARY_OF_HUGE: Bytes = Bytes::mib(8);

/// Pages of the canary of the one worker that measures.
const CANARY_TO_MEASURE: u64 = 512;

/// Pages for which memory counts as short after the canary was taken.
const TIGHT: u64 = 256;

/// Pages within which a second slow step is no chance: memory.high holds up once in 64.
const BETWEEN_SLOW: u64 = 256;

/// Bytes that all workers fill in a step: what a kill leaves uncounted is less than a MiB, and calls
/// cost little beside their pages.
const STEP: u64 = 512 << 10;

/// Bytes between two looks at the canary, at most: a quarter of a small one of 4 KiB pages.
const LOOK: u64 = 256 << 10;

/// Bytes a step where memory is short, so that few are on their way when it ends.
const TIGHT_STEP: u64 = 32 << 10;

/// Bytes of a canary that are written before they are marked, at most: those in between could cause a
/// kill themselves. A team shares so many.
const BATCH: (u64, u64) = (64 << 10, 256 << 10);

/// The sizes for one size of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EdgeTuning {
    page: u64,
}

impl EdgeTuning {
    /// For pages of so many bytes; no kernel has smaller ones than 4 KiB.
    #[must_use]
    pub(crate) fn of(page: u64) -> EdgeTuning {
        EdgeTuning { page: page.max(4096) }
    }

    const fn pages(self, pages: u64) -> Bytes {
        Bytes(self.page.saturating_mul(pages))
    }

    /// A worker's canary, one of so many in `room`; `huge`: a step may be a huge page.
    #[must_use]
    pub(crate) fn canary(self, room: Bytes, workers: u32, huge: bool) -> Bytes {
        // A 64th of the room with pages of 4 KiB.
        let all = if huge {
            Bytes(room.0 / 8)
        } else {
            Bytes(room.0 / 64).saturating_mul(self.page.div_euclid(4096))
        };
        let share = Bytes(all.0.checked_div(workers.into()).unwrap_or(0));
        let (low, high) = (self.pages(CANARY.0), self.pages(CANARY.1));
        share.clamp(low, if huge { high.max(CANARY_OF_HUGE) } else { high })
    }

    /// The canary of the one worker that measures.
    #[must_use]
    pub(crate) const fn canary_to_measure(self) -> Bytes {
        self.pages(CANARY_TO_MEASURE)
    }

    /// Bytes that reclaim takes at once, at most.
    #[must_use]
    pub(crate) const fn reclaimed_at_once(self) -> Bytes {
        self.pages(CANARY.0)
    }

    /// Bytes for which memory counts as short after a canary was taken.
    #[must_use]
    pub(crate) const fn tight(self) -> u64 {
        self.pages(TIGHT).0
    }

    /// Bytes within which a second slow step means that the kernel holds it up.
    #[must_use]
    pub(crate) const fn between_slow(self) -> u64 {
        self.pages(BETWEEN_SLOW).0
    }

    /// Bytes that all workers fill in a step.
    #[must_use]
    pub(crate) fn step(self) -> u64 {
        STEP.max(self.page)
    }

    /// Bytes between two looks at a canary, at most.
    #[must_use]
    pub(crate) fn look(self) -> u64 {
        LOOK.max(self.page)
    }

    /// Bytes a step where memory is short.
    #[must_use]
    pub(crate) fn tight_step(self) -> u64 {
        TIGHT_STEP.max(self.page)
    }

    /// Pages of a canary that one of so many workers writes before it marks them.
    #[must_use]
    pub(crate) fn batch(self, workers: u32) -> usize {
        let pages = |bytes: u64| bytes.checked_div(self.page).unwrap_or(0).max(1);
        let share = pages(BATCH.1).checked_div(workers.into()).unwrap_or(1);
        usize::try_from(share.clamp(1, pages(BATCH.0))).unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: u64 = 4 << 10;
    const MIDDLE: u64 = 16 << 10;
    const LARGE: u64 = 64 << 10;
    /// Reclaim takes so many pages at once.
    const RECLAIM: u64 = 32;
    /// And they are charged so many at once.
    const CHARGE: u64 = 64;

    #[test]
    fn with_pages_of_4_kib_each_size_is_what_was_measured() {
        let edge = EdgeTuning::of(SMALL);
        for (room, workers, huge, canary) in [
            (Bytes::mib(4), 1, false, Bytes::kib(512)),
            (Bytes::mib(48), 1, false, Bytes::kib(768)),
            (Bytes::mib(48), 2, false, Bytes::kib(512)),
            (Bytes::mib(4096), 1, false, Bytes::mib(1)),
            (Bytes::mib(4096), 64, false, Bytes::mib(1)),
            (Bytes::mib(4096), 1, true, Bytes::mib(8)),
            (Bytes::mib(32), 1, true, Bytes::mib(4)),
        ] {
            assert_eq!(edge.canary(room, workers, huge), canary, "{room} {workers} {huge}");
        }
        assert_eq!(edge.canary_to_measure(), Bytes::mib(2));
        assert_eq!((edge.tight(), edge.between_slow()), (1 << 20, 1 << 20));
        assert_eq!((edge.step(), edge.look(), edge.tight_step()), (512 << 10, 256 << 10, 32 << 10));
        assert_eq!([1, 4, 5, 64, 500].map(|workers| edge.batch(workers)), [16, 16, 12, 1, 1]);
    }

    #[test]
    fn what_outlasts_a_reclaim_batch_is_as_many_pages_with_each_size_of_them() {
        for page in [SMALL, MIDDLE, LARGE] {
            let edge = EdgeTuning::of(page);
            for workers in [1, 8, 500] {
                let pages = edge.canary(Bytes::mib(32), workers, false).0 / page;
                assert!((4 * RECLAIM..=8 * RECLAIM).contains(&pages), "{page}: {pages}");
            }
            assert_eq!(edge.canary(Bytes::mib(4096), 1, false).0 / page, 256);
            assert_eq!(edge.canary_to_measure().0 / page, 512);
            assert_eq!(edge.tight() / page, 256);
            assert!(edge.between_slow() >= 2 * CHARGE * page, "{page}");
        }
    }

    #[test]
    fn what_is_on_its_way_between_two_looks_is_no_more_bytes_with_larger_pages_and_whole_ones() {
        for page in [MIDDLE, LARGE] {
            let (edge, small) = (EdgeTuning::of(page), EdgeTuning::of(SMALL));
            assert_eq!((edge.step(), edge.look()), (small.step(), small.look()));
            assert_eq!(edge.tight_step(), small.tight_step().max(page));
            for bytes in [edge.step(), edge.look(), edge.tight_step()] {
                assert!(bytes >= page && bytes % page == 0, "{page}: {bytes}");
            }
            for workers in [1, 3, 8] {
                let (batch, before) = (edge.batch(workers), small.batch(workers));
                let bytes = |batch: usize, page| u64::try_from(batch).unwrap() * page;
                assert!(batch >= 1 && bytes(batch, page) <= bytes(before, SMALL).max(page));
                // Together below half of one canary, which may be all that is left.
                let canary = edge.canary(Bytes::ZERO, workers, false).0;
                assert!(u64::from(workers) * bytes(batch, page) <= canary / 2, "{page} {workers}");
            }
        }
    }

    #[test]
    fn a_canary_of_huge_pages_is_no_smaller_than_one_of_the_larger_pages() {
        let canary = |page| EdgeTuning::of(page).canary(Bytes::mib(4096), 1, true);
        assert_eq!([SMALL, MIDDLE, LARGE].map(canary), [8, 8, 16].map(Bytes::mib));
        // A capture may hold anything.
        assert_eq!(EdgeTuning::of(0), EdgeTuning::of(SMALL));
        assert!(EdgeTuning::of(u64::MAX).canary(Bytes(u64::MAX), 1, false) > Bytes::ZERO);
    }
}
