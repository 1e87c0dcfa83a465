//! How far the workers may go ahead of what was told and seen.

use std::time::Duration;

use super::observer::Observer;
use super::plan::Plan;
use super::request::Request;
use super::supervisor::Workers;
use crate::units::Bytes;

/// How far the team goes ahead where others may grow beside it: little beside what they are left.
const AHEAD: Bytes = Bytes::mib(4);

/// Where a story is kept, the team goes only so far ahead of what was told; where others may grow, of
/// what was seen of them.
#[derive(Debug, Default)]
pub(super) struct Pace {
    told: Bytes,
    unbounded: bool,
    bounded: bool,
}

impl Pace {
    /// `bounded`: others may grow, and are watched.
    pub(super) fn new(bounded: bool) -> Pace {
        Pace { bounded, ..Pace::default() }
    }

    /// Lets the workers go on, as far as the window and the neighbours allow.
    pub(super) fn grant(
        &mut self,
        workers: &Workers,
        request: &Request,
        plan: &Plan,
        observer: &mut dyn Observer,
    ) {
        let bytes = workers.bytes();
        let window = observer.window(bytes);
        let window_is_told = window.is_some();
        let ahead = self.bounded.then_some(AHEAD);
        let Some(window) = window.into_iter().chain(ahead).min() else {
            if !self.unbounded {
                self.unbounded = true;
                workers.grant(u64::MAX);
            }
            return;
        };
        // Whole pages, also of huge ones.
        let unit = plan.unit;
        let share = window.0.div_ceil(u64::from(request.procs)).div_ceil(unit.0.max(1));
        let share = unit.saturating_mul(share).0;
        // While each has half of it left, nobody has to wait for the next step to be told.
        if workers.least_granted() > share / 2 {
            return;
        }
        workers.grant_more(share, |next| {
            if window_is_told {
                observer.before(bytes, plan.want.map_or(next, |want| next.min(want)));
            }
        });
    }

    /// Tells how far they came, where somebody keeps the story.
    pub(super) fn tell(&mut self, bytes: Bytes, observer: &mut dyn Observer, took: Duration) {
        if bytes > self.told && observer.window(bytes).is_some() {
            observer.after(bytes, took);
            self.told = bytes;
        }
    }
}
