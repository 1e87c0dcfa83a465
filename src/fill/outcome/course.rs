//! The course of a fill: how fast it went at each level of what was filled. Bounded, however long
//! the fill: where there are too many parts, two become one.

use serde::Serialize;

/// Parts that are kept at most.
const MOST: usize = 64;

/// A part of the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Part {
    bytes: u64,
    nanoseconds: u64,
}

/// Bytes and time over the fill level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Bytes of level that one part covers.
    width: u64,
    parts: Vec<Part>,
    /// Bytes so far.
    level: u64,
    /// Nanoseconds so far.
    time: u64,
}

/// The speed of a stretch of a fill.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Stretch {
    /// Fill level at its end: bytes of all workers.
    pub(crate) bytes: u64,
    /// Bytes per second of all workers together.
    pub(crate) bytes_per_second: f64,
}

impl Default for Course {
    fn default() -> Course {
        Course { width: 1 << 20, parts: Vec::with_capacity(MOST), level: 0, time: 0 }
    }
}

impl Course {
    /// It stands at `level` bytes, so many nanoseconds after it began. Since the last time it is
    /// taken to have gone evenly.
    pub fn reach(&mut self, level: u64, time: u64) {
        let mut bytes = level.saturating_sub(self.level);
        let mut took = time.saturating_sub(self.time);
        // Before anything is filled, time does not count yet: it goes to the first bytes.
        if bytes > 0 || !self.parts.is_empty() {
            self.time = self.time.max(time);
        }
        if let (0, Some(last)) = (bytes, self.parts.last_mut()) {
            last.nanoseconds = last.nanoseconds.saturating_add(took);
            return;
        }
        while bytes > 0 {
            let at = self.part();
            let left = self.width.saturating_sub(self.level.checked_rem(self.width).unwrap_or(0));
            let step = bytes.min(left);
            let share = u128::from(took).saturating_mul(step.into()).checked_div(bytes.into());
            let share = share.and_then(|share| u64::try_from(share).ok()).unwrap_or(took);
            if let Some(part) = self.parts.get_mut(at) {
                part.bytes = part.bytes.saturating_add(step);
                part.nanoseconds = part.nanoseconds.saturating_add(share);
            }
            self.level = self.level.saturating_add(step);
            (bytes, took) = (bytes.saturating_sub(step), took.saturating_sub(share));
        }
    }

    /// The part that the level lies in.
    fn part(&mut self) -> usize {
        let mut at = self.level.checked_div(self.width).unwrap_or(0);
        while at >= u64::try_from(MOST).unwrap_or(u64::MAX) {
            self.halve();
            at = self.level.checked_div(self.width).unwrap_or(0);
        }
        let at = usize::try_from(at).unwrap_or(0);
        if self.parts.len() <= at {
            self.parts.resize(at.saturating_add(1), Part::default());
        }
        at
    }

    fn halve(&mut self) {
        let pairs = self.parts.chunks(2).map(|pair| {
            pair.iter().fold(Part::default(), |sum, part| Part {
                bytes: sum.bytes.saturating_add(part.bytes),
                nanoseconds: sum.nanoseconds.saturating_add(part.nanoseconds),
            })
        });
        self.parts = pairs.collect();
        self.width = self.width.saturating_mul(2);
    }

    /// The stretches, from empty to full.
    #[must_use]
    pub(crate) fn stretches(&self) -> Vec<Stretch> {
        let mut level = 0_u64;
        self.parts
            .iter()
            .filter(|part| part.bytes > 0 && part.nanoseconds > 0)
            .map(|part| {
                level = level.saturating_add(part.bytes);
                let rate = float(part.bytes) * 1e9 / float(part.nanoseconds);
                Stretch { bytes: level, bytes_per_second: rate.round() }
            })
            .collect()
    }
}

/// A count as a float; above 2^53 its last bits are lost, which a rate may.
#[allow(clippy::as_conversions)]
fn float(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fill_of_any_length_has_few_stretches_that_hold_all_of_it() {
        // 128 KiB in 25 us, heard of at different paces.
        for (steps, pace) in [(1_u64, 1), (10, 3), (1000, 7), (100_000, 1), (100_000, 999)] {
            let mut course = Course::default();
            for n in (1..=steps).filter(|n| n % pace == 0 || *n == steps) {
                course.reach(n * (128 << 10), n * 25_000);
            }
            let stretches = course.stretches();
            assert!(stretches.len() <= MOST);
            assert_eq!(stretches.last().map(|stretch| stretch.bytes), Some(steps << 17));
            for stretch in stretches {
                let off = (stretch.bytes_per_second / 5_242_880_000.0 - 1.0).abs();
                assert!(off < 0.001, "{stretch:?}");
            }
        }
    }

    #[test]
    fn where_it_went_slowly_or_stood_still_stays_visible() {
        let mut course = Course::default();
        let mut time = 0;
        for n in 0..640_u64 {
            time += if n < 600 { 400_000 } else { 40_000_000 };
            course.reach((n + 1) << 20, time);
        }
        course.reach(640 << 20, time + 8_000_000_000);
        let rates: Vec<f64> = course.stretches().iter().map(|s| s.bytes_per_second).collect();
        assert!(rates[0] > 90.0 * rates[rates.len() - 2], "{rates:?}");
        assert!(rates[rates.len() - 1] < 2e6, "{rates:?}");
    }
}
