//! What many looks come to: the most that there was of each, when, and whether it went on growing. In memory that
//! is taken once.
#![forbid(unsafe_code)]

use crate::facts::sample::{PosixSample, Sample};
use crate::units::{Bytes, Limit};

/// A look that matters is one at which so much more is in use than at the last one that did.
const MATTERS: Bytes = Bytes::mib(1);

/// Fewer pages than this are none: counts of CPUs lag a little.
const FEW_PAGES: u64 = 16;

/// The most there was of something, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    pub bytes: Bytes,
    pub at_us: u64,
}

impl Mark {
    fn note(&mut self, bytes: Bytes, at_us: u64) {
        if bytes > self.bytes {
            *self = Mark { bytes, at_us };
        }
    }
}

/// All that is kept of the looks.
#[derive(Clone, Debug)]
pub struct Peaks {
    pub samples: u64,
    pub first: Sample,
    pub last: Sample,
    /// Of the file system at /dev/shm.
    pub posix: Mark,
    pub files: u64,
    /// Of System V, what is in memory.
    pub sysv: Mark,
    pub sysv_promised: Bytes,
    pub segments: u64,
    /// Of the cgroup: shared memory of all kinds, and all memory.
    pub shmem: Mark,
    pub used: Mark,
    /// What the cgroup held beside files in /dev/shm and cannot give back.
    pub beside: Bytes,
    /// Shared memory when the OOM killer came, and all memory.
    pub at_kill: Option<(Bytes, Bytes, u64)>,
    /// When /dev/shm had no page left, first.
    pub full_at: Option<u64>,
    /// The least that was left of it, where it has a size.
    pub least_free: Option<Bytes>,
    /// When it had no inode left, first.
    pub no_inode_at: Option<u64>,
    page: u64,
    looked_at: Bytes,
    /// At the last look that mattered it still grew: the next one that finds no more matters too.
    growing: bool,
    told_full: bool,
    course: Course,
}

impl Peaks {
    /// Begins with a first look; `page` is the bytes of one.
    #[must_use]
    pub fn new(first: &Sample, page: u64) -> Peaks {
        let mut peaks = Peaks {
            samples: 0,
            first: *first,
            last: *first,
            posix: Mark::default(),
            files: 0,
            sysv: Mark::default(),
            sysv_promised: Bytes::ZERO,
            segments: 0,
            shmem: Mark::default(),
            used: Mark::default(),
            beside: Bytes::ZERO,
            at_kill: None,
            full_at: None,
            least_free: None,
            no_inode_at: None,
            page,
            looked_at: weight(first),
            growing: false,
            told_full: false,
            course: Course::new(),
        };
        peaks.note(first);
        peaks
    }

    /// Notes a look. Whether somebody should look now who holds it all: there is much more than when that was
    /// last said, it has stopped growing since, or nothing is left.
    pub fn note(&mut self, sample: &Sample) -> bool {
        self.samples = self.samples.saturating_add(1);
        let at = sample.at_us;
        if let Some(posix) = &sample.posix {
            self.posix.note(posix.used, at);
            self.files = self.files.max(posix.files);
            self.least_free = match (self.least_free, posix.free) {
                (Some(least), Some(free)) => Some(least.min(free)),
                (least, free) => least.or(free),
            };
            self.course.note(at, posix.used);
            if self.is_full(posix) {
                self.full_at.get_or_insert(at);
            }
            if posix.inodes_left == Some(0) {
                self.no_inode_at.get_or_insert(at);
            }
        }
        if let Some(sysv) = &sample.sysv {
            self.sysv.note(sysv.held, at);
            self.sysv_promised = self.sysv_promised.max(sysv.promised);
            self.segments = self.segments.max(sysv.segments);
        }
        if let Some(memory) = &sample.memory {
            let before = self.last.memory.unwrap_or(*memory);
            if memory.oom_kill > before.oom_kill {
                // What was there just before: a kill frees it.
                let (shmem, used) = (before.shmem.max(memory.shmem), before.used.max(memory.used));
                self.at_kill = Some((shmem, used, at));
            }
            self.shmem.note(memory.shmem, at);
            self.used.note(memory.used, at);
            let shm = sample.posix.map_or(Bytes::ZERO, |posix| posix.used);
            self.beside = self.beside.max(memory.held.saturating_sub(shm.min(memory.shmem)));
        }
        let before = weight(&self.last);
        self.last = *sample;
        self.matters(weight(sample), before)
    }

    fn matters(&mut self, now: Bytes, before: Bytes) -> bool {
        let more = now.saturating_sub(self.looked_at);
        let full = self.full_at.is_some() && !self.told_full;
        let much = full || more >= MATTERS && more.0 >= self.looked_at.0 / 32;
        let stopped = self.growing && now == before;
        if much || stopped {
            self.looked_at = self.looked_at.max(now);
            self.told_full |= full;
        }
        self.growing = much || self.growing && now > before;
        much || stopped
    }

    /// Whether there is no room for a page.
    #[must_use]
    pub fn is_full(&self, posix: &PosixSample) -> bool {
        let little = Bytes(self.page).saturating_mul(FEW_PAGES);
        // A file system of a few pages is not full because it is small.
        let little = match posix.size {
            Limit::At(size) => little.min(Bytes(size.0 / 16)),
            Limit::Unlimited => little,
        };
        posix.free.is_some_and(|free| free < little.max(Bytes(self.page)))
    }

    /// The size of /dev/shm, where it has one.
    #[must_use]
    pub fn size(&self) -> Option<Bytes> {
        self.last.posix.or(self.first.posix)?.size.bytes()
    }

    /// Processes of the cgroup that the OOM killer took meanwhile.
    #[must_use]
    pub fn oom_kills(&self) -> u64 {
        let count = |sample: &Sample| sample.memory.map_or(0, |memory| memory.oom_kill);
        count(&self.last).saturating_sub(count(&self.first))
    }

    /// What it added to /dev/shm and left there.
    #[must_use]
    pub fn left(&self) -> Bytes {
        let used = |sample: &Sample| sample.posix.map_or(Bytes::ZERO, |posix| posix.used);
        used(&self.last).saturating_sub(used(&self.first))
    }

    /// Whether /dev/shm still went on growing when it ended.
    #[must_use]
    pub fn grows(&self) -> bool {
        self.course.grows()
    }
}

/// What a look at who holds it is about.
fn weight(sample: &Sample) -> Bytes {
    let shm = sample.posix.map_or(Bytes::ZERO, |posix| posix.used);
    let segments = sample.sysv.map_or(Bytes::ZERO, |sysv| sysv.held);
    let shmem = sample.memory.map_or(Bytes::ZERO, |memory| memory.shmem);
    shm.saturating_add(segments).max(shmem)
}

/// Parts of the time, each with the most that there was in it.
const PARTS: usize = 216;

/// No run that is shorter has a trend.
const SHORTEST_US: u64 = 10_000_000;

/// Parts of the time that are compared, and how many of the last ones have to rise.
const COMPARED: usize = 9;
const LAST: usize = 3;

/// The most that there was over time; parts get twice as long when there are no more.
#[derive(Clone, Debug)]
struct Course {
    parts: [Bytes; PARTS],
    filled: usize,
    length_us: u64,
}

impl Course {
    const fn new() -> Course {
        Course { parts: [Bytes::ZERO; PARTS], filled: 0, length_us: 10_000 }
    }

    fn note(&mut self, at_us: u64, bytes: Bytes) {
        let mut at = self.part(at_us);
        while at >= PARTS {
            self.halve();
            at = self.part(at_us);
        }
        if let Some(part) = self.parts.get_mut(at) {
            *part = bytes.max(*part);
        }
        self.filled = self.filled.max(at.saturating_add(1));
    }

    fn part(&self, at_us: u64) -> usize {
        let part = at_us.checked_div(self.length_us).unwrap_or(0);
        usize::try_from(part).unwrap_or(usize::MAX)
    }

    fn halve(&mut self) {
        let most = |at: usize| {
            let at = at.saturating_mul(2);
            let one = |at: usize| self.parts.get(at).copied().unwrap_or_default();
            one(at).max(one(at.saturating_add(1)))
        };
        self.parts = std::array::from_fn(most);
        self.filled = self.filled.div_ceil(2);
        self.length_us = self.length_us.saturating_mul(2);
    }

    /// Whether the most that there was rose in each of the last parts, and in most of those before.
    fn grows(&self) -> bool {
        let length = u64::try_from(self.filled).unwrap_or(0).saturating_mul(self.length_us);
        if length < SHORTEST_US || self.filled < COMPARED.saturating_mul(2) {
            return false;
        }
        let mut marks = [Bytes::ZERO; COMPARED];
        let mut most = Bytes::ZERO;
        for (at, bytes) in self.parts.iter().take(self.filled).enumerate() {
            most = most.max(*bytes);
            let part = at.saturating_mul(COMPARED).checked_div(self.filled).unwrap_or(0);
            if let Some(mark) = marks.get_mut(part) {
                *mark = most;
            }
        }
        let least = Bytes(most.0 / 100).max(Bytes::kib(64));
        let rises: Vec<bool> = marks
            .windows(2)
            .map(|two| match two {
                [before, after] => after.saturating_sub(*before) >= least,
                _ => false,
            })
            .collect();
        let (before, last) = rises.split_at(rises.len().saturating_sub(LAST));
        last.iter().all(|rises| *rises)
            && before.iter().filter(|rises| **rises).count() >= before.len() / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::sample::MemorySample;

    const PAGE: u64 = 4096;

    fn posix(at_us: u64, used: Bytes, size: Bytes) -> Sample {
        let posix = PosixSample {
            used,
            free: Some(size.saturating_sub(used)),
            size: Limit::At(size),
            files: 1,
            inodes_left: None,
        };
        Sample { at_us, posix: Some(posix), ..Sample::default() }
    }

    fn run(seconds: u64, used: impl Fn(u64) -> Bytes) -> Peaks {
        let size = Bytes::mib(1000);
        let mut peaks = Peaks::new(&posix(0, used(0), size), PAGE);
        for at in 1..seconds.saturating_mul(100) {
            peaks.note(&posix(at.saturating_mul(10_000), used(at), size));
        }
        peaks
    }

    #[test]
    fn a_spike_of_one_look_is_the_peak_and_has_its_time() {
        let peaks = run(3, |at| if at == 150 { Bytes::mib(40) } else { Bytes::kib(4) });
        assert_eq!(peaks.posix, Mark { bytes: Bytes::mib(40), at_us: 1_500_000 });
        assert_eq!((peaks.samples, peaks.full_at), (300, None));
    }

    #[test]
    fn what_rises_to_the_end_grows_and_what_has_reached_its_size_does_not() {
        assert!(run(60, |at| Bytes::kib(100 * at)).grows());
        // As a loader of data does: up and down, and each time somewhat higher.
        assert!(run(600, |at| Bytes::mib(at % 5).saturating_add(Bytes::kib(10 * at))).grows());
        assert!(!run(60, |at| Bytes::mib(at.min(400))).grows(), "full after four seconds");
        assert!(!run(60, |at| if at > 5990 { Bytes::mib(500) } else { Bytes::mib(1) }).grows());
        assert!(!run(60, |_| Bytes::mib(100)).grows());
        assert!(!run(5, Bytes::mib).grows(), "too short for a trend");
    }

    #[test]
    fn a_look_at_holders_is_asked_for_at_much_higher_peaks_alone() {
        let mut asked = 0;
        let size = Bytes::mib(1000);
        let mut peaks = Peaks::new(&posix(0, Bytes::ZERO, size), PAGE);
        for at in 1..=900 {
            asked += u32::from(peaks.note(&posix(at * 10_000, Bytes::mib(at), size)));
        }
        assert!((20..200).contains(&asked), "{asked}");
        assert!(!peaks.note(&posix(10_000_000, Bytes::mib(10), size)));
        assert!(!peaks.note(&posix(10_010_000, Bytes::mib(899), size)));
    }

    #[test]
    fn once_it_grows_no_more_there_is_one_look_that_sees_the_last_pages_too() {
        let size = Bytes::mib(1000);
        let mut peaks = Peaks::new(&posix(0, Bytes::ZERO, size), PAGE);
        let used = [7900, 8192, 8192, 8192, 8196, 8196, 8100, 20_000, 8192, 8192];
        let asked: Vec<bool> = (1..)
            .zip(used)
            .map(|(at, kib)| peaks.note(&posix(at * 10_000, Bytes::kib(kib), size)))
            .collect();
        assert_eq!(
            asked,
            [true, false, true, false, false, false, false, true, false, false],
            "of {used:?} KiB"
        );
    }

    #[test]
    fn it_is_full_where_no_page_fits_and_says_so_once() {
        let size = Bytes::mib(64);
        let mut peaks = Peaks::new(&posix(0, Bytes::ZERO, size), PAGE);
        assert!(peaks.note(&posix(10_000, size, size)));
        assert!(peaks.note(&posix(20_000, size, size)), "it grows no more");
        assert!(!peaks.note(&posix(30_000, size, size)));
        assert_eq!(peaks.full_at, Some(10_000));
        let nearly = size.saturating_sub(Bytes::mib(1));
        let mut peaks = Peaks::new(&posix(0, nearly, size), PAGE);
        peaks.note(&posix(10_000, nearly, size));
        assert_eq!(peaks.full_at, None);
    }

    #[test]
    fn at_a_kill_what_was_there_before_counts() {
        let memory = |at_us, used, shmem, oom_kill| Sample {
            at_us,
            memory: Some(MemorySample {
                used: Bytes::mib(used),
                held: Bytes::mib(used),
                shmem: Bytes::mib(shmem),
                oom_kill,
            }),
            ..Sample::default()
        };
        let mut peaks = Peaks::new(&memory(0, 10, 0, 3), PAGE);
        peaks.note(&memory(10_000, 199, 1, 3));
        peaks.note(&memory(20_000, 5, 0, 4));
        assert_eq!(peaks.oom_kills(), 1);
        assert_eq!(peaks.at_kill, Some((Bytes::mib(1), Bytes::mib(199), 20_000)));
    }
}
