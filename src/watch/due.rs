//! When the journal gets a line about what looks tell: of a new peak as soon as it matters, and seldom enough that
//! nobody waits for it; of a kill, and of nothing left, at once.
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
    kills: u64,
    full: bool,
}

/// What is to be told now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    pub peak: bool,
    /// The OOM killer came.
    pub kill: bool,
    /// Nothing was left of /dev/shm, for the first time.
    pub full: bool,
}

impl News {
    /// Together with what was to be told before.
    #[must_use]
    pub const fn or(self, before: News) -> News {
        News {
            peak: self.peak || before.peak,
            kill: self.kill || before.kill,
            full: self.full || before.full,
        }
    }
}

impl Due {
    /// Begins with what was there before, which is no news.
    #[must_use]
    pub fn new(peaks: &Peaks) -> Due {
        Due { told: peaks_of(peaks), ..Due::default() }
    }

    /// What is due now, after the look at this moment.
    pub fn news(&mut self, peaks: &Peaks, at_us: u64) -> News {
        let kills = peaks.oom_kills();
        let full = peaks.full_at.or(peaks.no_inode_at).is_some();
        let news = News {
            peak: self.is_peak(peaks, at_us),
            kill: kills > self.kills,
            full: full && !self.full,
        };
        (self.kills, self.full) = (kills, full);
        news
    }

    fn is_peak(&mut self, peaks: &Peaks, at_us: u64) -> bool {
        let rested = self.at_us.is_none_or(|told| at_us.saturating_sub(told) >= PAUSE_US);
        let now = peaks_of(peaks);
        let is = rested && self.told.iter().zip(now).any(|(told, now)| matters(*told, now));
        if is {
            (self.told, self.at_us) = (now, Some(at_us));
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
    use crate::facts::sample::{MemorySample, PosixSample, Sample};
    use crate::units::Limit;

    const MS: u64 = 1000;

    /// The times in milliseconds at which a line is due, of looks every 10 ms.
    fn lines(milliseconds: u64, used: impl Fn(u64) -> Bytes) -> Vec<u64> {
        let sample = |ms: u64| Sample {
            at_us: ms.saturating_mul(MS),
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
        let looks = (1..=milliseconds / 10).map(|look: u64| look.saturating_mul(10));
        looks
            .filter(|ms| {
                peaks.note(&sample(*ms));
                due.news(&peaks, ms.saturating_mul(MS)).peak
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
    fn a_kill_and_nothing_left_are_told_at_once_and_each_once() {
        let sample = |at_us, free, oom_kill| Sample {
            at_us,
            posix: Some(PosixSample {
                used: Bytes::mib(9),
                free: Some(free),
                size: Limit::At(Bytes::mib(16)),
                files: 1,
                inodes_left: None,
            }),
            memory: Some(MemorySample { oom_kill, ..MemorySample::default() }),
            ..Sample::default()
        };
        let first = sample(0, Bytes::mib(7), 5);
        let mut peaks = Peaks::new(&first, 4096);
        let mut due = Due::new(&peaks);
        let looks = [(Bytes::mib(7), 5), (Bytes::ZERO, 6), (Bytes::ZERO, 6), (Bytes::mib(7), 8)];
        let told: Vec<[bool; 3]> = looks
            .into_iter()
            .map(|(free, kills)| {
                peaks.note(&sample(10, free, kills));
                let news = due.news(&peaks, 10);
                [news.peak, news.kill, news.full]
            })
            .collect();
        assert_eq!(told, [[false; 3], [false, true, true], [false; 3], [false, true, false]]);
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
