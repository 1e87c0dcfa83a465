//! What the whole team shares: who waits, who is woken, and what all of them filled.

use std::time::Duration;

use super::Slot;
use crate::sys::counters::{AtomicU32, Ordering, TeamWords};
use crate::sys::{own, shared};

/// What the whole team shares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Team<'a> {
    /// What they count in.
    pub(crate) words: &'a TeamWords,
}

fn raise(word: &AtomicU32) {
    word.store(1, Ordering::Release);
    shared::wake(word);
}

fn is_up(word: &AtomicU32) -> bool {
    word.load(Ordering::Acquire) != 0
}

/// Who waits looks so often whether somebody leads it still.
const LOOK: Duration = Duration::from_secs(1);

/// The kernel ends a worker with its leader, where a seccomp profile does not refuse it that wish (prctl(2)).
fn sleep_until_up(word: &AtomicU32, leader: i32) -> bool {
    while !is_up(word) && own::is_child_of(leader) {
        shared::wait(word, 0, LOOK);
    }
    is_up(word)
}

impl Team<'_> {
    /// Lets all begin.
    pub(crate) fn go(&self) {
        raise(&self.words.go);
    }

    /// Sleeps until all begin; whether they do, or the leader is gone.
    pub(crate) fn wait_to_go(&self, leader: i32) -> bool {
        sleep_until_up(&self.words.go, leader)
    }

    /// Tells all to stop filling.
    pub(crate) fn stop(&self) {
        raise(&self.words.stop);
        self.granted();
    }

    /// Counts what one of them filled, and the pages of canaries that it wrote again. What all of
    /// them filled, in KiB, and wrote; both go round at 2^32.
    pub(crate) fn count(&self, filled: u64, rearmed: usize) -> (u32, u32) {
        let kib = u32::try_from(filled >> 10).unwrap_or(u32::MAX);
        let pages = u32::try_from(rearmed).unwrap_or(u32::MAX);
        let filled = self.words.filled.fetch_add(kib, Ordering::Relaxed).wrapping_add(kib);
        (filled, self.words.rearmed.fetch_add(pages, Ordering::Relaxed).wrapping_add(pages))
    }

    /// Pages of canaries that were written again so far.
    #[must_use]
    pub(crate) fn rearmed(&self) -> u32 {
        self.words.rearmed.load(Ordering::Relaxed)
    }

    /// Wakes those that wait for a grant.
    pub(crate) fn granted(&self) {
        self.words.grants.fetch_add(1, Ordering::Release);
        shared::wake(&self.words.grants);
    }

    /// Asks for a grant, and sleeps until the worker may go beyond `bytes`, or all are to stop.
    pub(crate) fn wait_for_grant(&self, slot: &Slot<'_>, bytes: u64, leader: i32) {
        loop {
            let seen = self.words.grants.load(Ordering::Acquire);
            if slot.granted.load(Ordering::Acquire) > bytes || self.stopped() {
                return;
            }
            if !own::is_child_of(leader) {
                self.stop();
            }
            self.wake_supervisor();
            shared::wait(&self.words.grants, seen, LOOK);
        }
    }

    /// Whether all are to stop.
    #[must_use]
    pub(crate) fn stopped(&self) -> bool {
        is_up(&self.words.stop)
    }

    /// Lets all give back what they hold.
    pub(crate) fn release(&self) {
        raise(&self.words.release);
    }

    /// Sleeps until that.
    pub(crate) fn wait_for_release(&self, leader: i32) {
        let _ = sleep_until_up(&self.words.release, leader);
    }

    /// Whether a worker died in the midst of it. What it held is being given back, so the others
    /// would fill its place.
    #[must_use]
    pub(crate) fn someone_died(&self, workers: usize) -> bool {
        let mut lives = self.words.lives.iter().take(workers);
        lives.any(|life| life.load(Ordering::Acquire) & shared::OWNER_DIED != 0)
    }

    /// Wakes the supervisor.
    pub(crate) fn wake_supervisor(&self) {
        self.words.bell.fetch_add(1, Ordering::Release);
        shared::wake(&self.words.bell);
    }

    /// Sleeps until the bell rings, at most so long.
    pub(crate) fn listen(&self, heard: &mut u32, most: Duration) {
        shared::wait(&self.words.bell, *heard, most);
        *heard = self.words.bell.load(Ordering::Acquire);
    }
}
