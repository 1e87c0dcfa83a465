//! What one worker counts in.

use std::ops::Deref;

use super::{Call, Reason, State};
use crate::sys::counters::{AtomicU32, Ordering, STEPS_KEPT, WorkerWords};
use crate::sys::shared;

/// What one worker counts in.
#[derive(Clone, Copy, Debug)]
pub struct Slot<'a> {
    /// The kernel marks it when the worker dies; 0 once it left in order.
    pub(crate) life: &'a AtomicU32,
    /// All else.
    pub(crate) words: &'a WorkerWords,
}

impl Deref for Slot<'_> {
    type Target = WorkerWords;

    fn deref(&self) -> &WorkerWords {
        self.words
    }
}

impl Slot<'_> {
    /// Whether the kernel marked it: the worker died before it left in order.
    #[must_use]
    pub(crate) fn died(&self) -> bool {
        self.life.load(Ordering::Acquire) & shared::OWNER_DIED != 0
    }

    /// Where the worker is.
    #[must_use]
    pub(crate) fn state(&self) -> State {
        State::of(self.state.load(Ordering::Acquire))
    }

    /// Says where it is now.
    pub(crate) fn enter(&self, state: State) {
        self.state.store(state.number(), Ordering::Release);
    }

    /// Why it stopped.
    #[must_use]
    pub(crate) fn reason(&self) -> Reason {
        Reason::of(self.reason.load(Ordering::Acquire))
    }

    /// Says why it stopped, or why it could not be set up.
    pub(crate) fn because(&self, reason: Reason) {
        self.reason.store(reason.number(), Ordering::Release);
    }

    /// Which call could not be done.
    #[must_use]
    pub(crate) fn call(&self) -> Call {
        match self.call.load(Ordering::Acquire) {
            0 => Call::Segment,
            1 => Call::Canary,
            _ => Call::Other,
        }
    }

    /// Says which call is being done.
    pub(crate) fn calling(&self, call: Call) {
        let number = match call {
            Call::Segment => 0,
            Call::Canary => 1,
            Call::Other => 2,
        };
        self.call.store(number, Ordering::Release);
    }

    /// Makes the ring's pages be there before they are needed.
    pub(crate) fn warm(&self) {
        for word in self.recent_steps.iter().step_by(256) {
            word.store(0, Ordering::Relaxed);
        }
    }

    /// Notes a step that took so many nanoseconds.
    pub fn note(&self, nanoseconds: u64) {
        let count = self.steps.load(Ordering::Relaxed);
        let at = usize::try_from(count).unwrap_or(0) % STEPS_KEPT;
        if let Some(word) = self.recent_steps.get(at) {
            // Who sees it also sees that the steps before it are over, so it is taken for none of them.
            word.store(nanoseconds, Ordering::Release);
        }
        self.steps.store(count.wrapping_add(1), Ordering::Release);
    }

    /// Hears the steps noted since `heard`: nanoseconds of each. Those that were overwritten
    /// meanwhile are left out.
    pub fn hear(&self, heard: &mut u64, mut each: impl FnMut(u64)) {
        let count = self.steps.load(Ordering::Acquire);
        let ring = u64::try_from(STEPS_KEPT).unwrap_or(u64::MAX);
        // The oldest word is the one that is written next.
        let first = (*heard).max(count.saturating_sub(ring.saturating_sub(1)));
        for number in first..count {
            let at = usize::try_from(number).unwrap_or(0) % STEPS_KEPT;
            let Some(word) = self.recent_steps.get(at) else { continue };
            let nanoseconds = word.load(Ordering::Acquire);
            if self.steps.load(Ordering::Relaxed).saturating_sub(number) < ring {
                each(nanoseconds);
            }
        }
        *heard = count;
    }

    /// Lets it go up to so many bytes.
    pub(crate) fn grant(&self, bytes: u64) {
        self.granted.store(bytes, Ordering::Release);
    }
}
