//! Looks at shared memory without a command of its own, for as long as somebody wants to see it.

use std::sync::Arc;
use std::thread::Builder;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use super::events::Events;
use super::groups::Holders;
use super::looker::Looker;
use super::peaks::Peaks;
use crate::facts::Facts;
use crate::facts::sample::Sample;
use crate::probe::{Live, Meter, Target};
use crate::sys::shared::pause;
use crate::units::Bytes;

/// Between two looks at who holds it.
const HOLDERS: Duration = Duration::from_secs(2);

/// Who looks.
pub(crate) struct Observer {
    meter: Meter,
    peaks: Peaks,
    events: Events,
    looker: Arc<Looker>,
    looked: Option<Instant>,
    /// The last one of the view before.
    before: Sample,
}

/// What is to be seen now.
pub(crate) struct View<'a> {
    pub sample: Sample,
    pub peaks: &'a Peaks,
    pub events: &'a Events,
    pub holders: Option<Holders>,
    /// Bytes a second that /dev/shm grew by since the last view, or shrank.
    pub rate: i64,
}

impl Observer {
    /// # Errors
    /// When no thread can be started.
    pub(crate) fn new(live: &Live, target: Target, facts: &Facts) -> Result<Observer, Errno> {
        let mut meter = Meter::new(live, &target, facts);
        let first = meter.look();
        let looker = Arc::new(Looker::new(target, false));
        let other = Arc::clone(&looker);
        let builder = Builder::new().name("shmeter-look".to_owned());
        builder.spawn(move || other.run()).map_err(|_| Errno::EAGAIN)?;
        looker.ask();
        Ok(Observer {
            meter,
            peaks: Peaks::new(&first, facts.page_size.bytes()),
            events: Events::default(),
            looker,
            looked: None,
            before: first,
        })
    }

    /// Looks again and again for `time`; ends before where `over` says so.
    pub(crate) fn look_for(&mut self, time: Duration, every: Duration, over: impl Fn() -> bool) {
        let begin = Instant::now();
        while begin.elapsed() < time && !over() {
            let sample = self.meter.look();
            if self.peaks.note(&sample) || self.looked.is_none_or(|at| at.elapsed() > HOLDERS) {
                self.looked = Some(Instant::now());
                self.looker.ask();
            }
            self.events.note(&sample, &self.peaks);
            pause(every.min(time.saturating_sub(begin.elapsed())));
        }
    }

    /// What there is now.
    pub(crate) fn view(&mut self) -> View<'_> {
        let sample = self.peaks.last;
        let rate = rate(&self.before, &sample);
        self.before = sample;
        let holders = self.looker.seen().last;
        View { sample, peaks: &self.peaks, events: &self.events, holders, rate }
    }
}

fn rate(before: &Sample, now: &Sample) -> i64 {
    let used = |sample: &Sample| sample.posix.map_or(Bytes::ZERO, |posix| posix.used).0;
    let (before_used, now_used) = (used(before), used(now));
    let time = now.at_us.saturating_sub(before.at_us);
    let change = Bytes(now_used.abs_diff(before_used)).scaled(1_000_000, u128::from(time.max(1)));
    let change = i64::try_from(change.0).unwrap_or(i64::MAX);
    if now_used < before_used { change.saturating_neg() } else { change }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.looker.end();
    }
}
