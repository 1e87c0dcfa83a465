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
    /// Workers that go at once.
    workers: u64,
}

/// How fast it went on one stretch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stretch {
    /// Level at its end, in bytes of all workers.
    pub bytes: u64,
    /// Bytes a second of all workers together.
    pub bytes_per_second: f64,
}

impl Course {
    /// An empty course of so many workers.
    #[must_use]
    pub fn new(workers: u32) -> Course {
        Course {
            width: 1 << 20,
            parts: Vec::with_capacity(MOST),
            level: 0,
            workers: u64::from(workers),
        }
    }

    /// Adds a step.
    pub fn add(&mut self, bytes: u64, nanoseconds: u64) {
        let mut at = self.level.checked_div(self.width).unwrap_or(0);
        while at >= u64::try_from(MOST).unwrap_or(u64::MAX) {
            self.halve();
            at = self.level.checked_div(self.width).unwrap_or(0);
        }
        let at = usize::try_from(at).unwrap_or(0);
        if self.parts.len() <= at {
            self.parts.resize(at.saturating_add(1), Part::default());
        }
        if let Some(part) = self.parts.get_mut(at) {
            part.bytes = part.bytes.saturating_add(bytes);
            part.nanoseconds = part.nanoseconds.saturating_add(nanoseconds);
        }
        self.level = self.level.saturating_add(bytes);
    }

    fn halve(&mut self) {
        let pairs = self.parts.chunks(2).map(|pair| {
            pair.iter().fold(Part::default(), |sum, part| Part {
                bytes: sum.bytes.saturating_add(part.bytes),
                nanoseconds: sum.nanoseconds.saturating_add(part.nanoseconds),
            })
        });
        let parts: Vec<Part> = pairs.collect();
        self.parts.clear();
        self.parts.extend(parts);
        self.width = self.width.saturating_mul(2);
    }

    /// The stretches, from empty to full.
    #[must_use]
    pub fn stretches(&self) -> Vec<Stretch> {
        let mut level = 0_u64;
        self.parts
            .iter()
            .filter(|part| part.bytes > 0 && part.nanoseconds > 0)
            .map(|part| {
                level = level.saturating_add(part.bytes);
                let workers = float(self.workers);
                let rate = float(part.bytes) * workers * 1e9 / float(part.nanoseconds);
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
        for steps in [1_u64, 10, 1000, 100_000] {
            let mut course = Course::new(2);
            for _ in 0..steps {
                course.add(128 << 10, 50_000);
            }
            let stretches = course.stretches();
            assert!(stretches.len() <= MOST);
            assert_eq!(stretches.last().map(|stretch| stretch.bytes), Some(steps << 17));
            // 128 KiB in 50 us, by two.
            for stretch in stretches {
                assert!((stretch.bytes_per_second - 5_242_880_000.0).abs() < 1.0, "{stretch:?}");
            }
        }
    }

    #[test]
    fn where_it_went_slowly_stays_visible() {
        let mut course = Course::new(1);
        for n in 0..640_u64 {
            course.add(1 << 20, if n < 600 { 400_000 } else { 40_000_000 });
        }
        let rates: Vec<f64> = course.stretches().iter().map(|s| s.bytes_per_second).collect();
        assert!(rates[0] > 90.0 * rates[rates.len() - 1], "{rates:?}");
    }
}
