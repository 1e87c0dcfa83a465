//! When the journal gets a line about a new peak: as soon as it matters, and seldom enough that nobody waits for it.
#![forbid(unsafe_code)]

use super::peaks::Peaks;
use crate::units::Bytes;

/// Between two lines.
const PAUSE_US: u64 = 1_000_000;

/// Growth that matters: so much, or a hundredth.
const MATTERS: Bytes = Bytes::mib(1);
const PART: u64 = 100;

/// What the last line told: files in /dev/shm, segments, and shared memory of the cgroup.
#[derive(Clone, Copy, Debug, Default)]
pub struct Due {
    told: [Bytes; 3],
    at_us: Option<u64>,
}

impl Due {
    /// Begins with what was there before, which is no news.
    #[must_use]
    pub fn new(peaks: &Peaks) -> Due {
        Due { told: peaks_of(peaks), at_us: None }
    }

    /// Whether a line is due now, after the look at this moment.
    pub fn is(&mut self, peaks: &Peaks, at_us: u64) -> bool {
        let rested = self.at_us.is_none_or(|told| at_us.saturating_sub(told) >= PAUSE_US);
        let now = peaks_of(peaks);
        let is = rested && self.told.iter().zip(now).any(|(told, now)| matters(*told, now));
        if is {
            *self = Due { told: now, at_us: Some(at_us) };
        }
        is
    }
}

fn peaks_of(peaks: &Peaks) -> [Bytes; 3] {
    [peaks.posix.bytes, peaks.sysv.bytes, peaks.shmem.bytes]
}

fn matters(told: Bytes, now: Bytes) -> bool {
    let more = now.saturating_sub(told);
    more > Bytes::ZERO && (more >= MATTERS || more.0 >= told.0 / PART)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::sample::{PosixSample, Sample};
    use crate::units::Limit;

    const MS: u64 = 1000;

    /// The times in milliseconds at which a line is due, of looks every 10 ms.
    fn lines(milliseconds: u64, used: impl Fn(u64) -> Bytes) -> Vec<u64> {
        let sample = |ms: u64| Sample {
            at_us: ms * MS,
            posix: Some(PosixSample {
                used: used(ms),
                free: None,
                size: Limit::Unlimited,
                files: 1,
                inodes_left: None,
            }),
            ..Sample::default()
        };
        let mut peaks = Peaks::new(&sample(0), 4096);
        let mut due = Due::new(&peaks);
        let looks = (1..=milliseconds / 10).map(|look| look * 10);
        looks
            .filter(|ms| {
                peaks.note(&sample(*ms));
                due.is(&peaks, ms * MS)
            })
            .collect()
    }

    #[test]
    fn the_first_growth_is_told_at_once_and_the_last_one_at_most_a_second_later() {
        // It grows for 300 ms and then stays so.
        let told = lines(5000, |ms| Bytes::mib((ms / 10).min(30)));
        assert_eq!(told, [10, 1010]);
    }

    #[test]
    fn what_grows_all_the_time_is_told_once_a_second() {
        let told = lines(10_000, Bytes::mib);
        assert_eq!(told.len(), 10);
        assert!(told.windows(2).all(|two| two[1] - two[0] >= 1000), "{told:?}");
    }

    #[test]
    fn a_little_more_of_much_is_not_told_and_of_little_it_is() {
        let little_more = |from: Bytes, more: Bytes| {
            lines(5000, |ms| if ms < 2500 { from } else { from.saturating_add(more) }).len()
        };
        assert_eq!(little_more(Bytes::mib(500), Bytes::kib(512)), 0);
        assert_eq!(little_more(Bytes::mib(500), Bytes::mib(1)), 1);
        assert_eq!(little_more(Bytes::mib(10), Bytes::kib(512)), 1);
        assert_eq!(little_more(Bytes::mib(10), Bytes::ZERO), 0);
    }
}
