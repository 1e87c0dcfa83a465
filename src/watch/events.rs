//! What happens to shared memory over time, as far as looks tell: it is full, it has room again, a kill.
#![forbid(unsafe_code)]

use std::collections::VecDeque;

use super::peaks::Peaks;
use crate::facts::sample::Sample;

/// More are forgotten, the oldest first.
const MOST: usize = 8;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub at_us: u64,
    pub text: String,
}

/// The last ones.
#[derive(Clone, Debug, Default)]
pub struct Events {
    list: VecDeque<Event>,
    full: bool,
    no_inode: bool,
    kills: u64,
}

impl Events {
    /// Notes what a look tells; `peaks` know what full means.
    pub fn note(&mut self, sample: &Sample, peaks: &Peaks) {
        if let Some(posix) = &sample.posix {
            let full = peaks.is_full(posix);
            if full != self.full {
                let text = if full { "/dev/shm is full" } else { "/dev/shm has room again" };
                self.add(sample.at_us, text.to_owned());
                self.full = full;
            }
            let no_inode = posix.inodes_left == Some(0);
            if no_inode && !self.no_inode {
                self.add(sample.at_us, "/dev/shm has no inode left".to_owned());
            }
            self.no_inode = no_inode;
        }
        let kills = peaks.oom_kills();
        if kills > self.kills {
            let more = kills.saturating_sub(self.kills);
            let processes = if more == 1 { "a process" } else { "processes" };
            self.add(sample.at_us, format!("the OOM killer ended {processes}"));
            self.kills = kills;
        }
    }

    fn add(&mut self, at_us: u64, text: String) {
        if self.list.len() >= MOST {
            self.list.pop_front();
        }
        self.list.push_back(Event { at_us, text });
    }

    /// The oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Event> {
        self.list.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::sample::PosixSample;
    use crate::units::{Bytes, Limit};

    #[test]
    fn each_change_is_told_once_and_the_oldest_are_forgotten() {
        let size = Bytes::mib(64);
        let sample = |at_us, used: Bytes| {
            let posix = PosixSample {
                used,
                free: Some(size.saturating_sub(used)),
                size: Limit::At(size),
                files: 0,
                inodes_left: None,
            };
            Sample { at_us, posix: Some(posix), ..Sample::default() }
        };
        let first = sample(0, Bytes::ZERO);
        let mut peaks = Peaks::new(&first, 4096);
        let mut events = Events::default();
        for at in 1..=24_u64 {
            let used = if at % 4 < 2 { size } else { Bytes::ZERO };
            let sample = sample(at, used);
            peaks.note(&sample);
            events.note(&sample, &peaks);
        }
        let told: Vec<&str> = events.iter().map(|event| event.text.as_str()).collect();
        assert_eq!(told.len(), MOST);
        assert_eq!(told[6..], ["/dev/shm has room again", "/dev/shm is full"]);
        assert!(events.iter().next().unwrap().at_us > 1);
    }
}
