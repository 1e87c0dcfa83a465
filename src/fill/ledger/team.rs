//! What the whole team shares: who waits, who is woken, and what all of them filled.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::Slot;
use crate::sys::shared;

/// What the whole team shares.
#[derive(Clone, Copy, Debug)]
pub struct Team<'a> {
    pub(super) go: &'a AtomicU32,
    pub(super) bell: &'a AtomicU32,
    /// Up when all are to stop: for a signal handler, which may do no more than raise it.
    pub stop: &'a AtomicU32,
    pub(super) release: &'a AtomicU32,
    pub(super) grants: &'a AtomicU32,
    pub(super) filled: &'a AtomicU32,
    pub(super) sung: &'a AtomicU32,
    pub(super) lives: &'a [AtomicU32],
}

fn raise(word: &AtomicU32) {
    word.store(1, Ordering::Release);
    shared::wake(word);
}

fn is_up(word: &AtomicU32) -> bool {
    word.load(Ordering::Acquire) != 0
}

fn sleep_until_up(word: &AtomicU32) {
    while !is_up(word) {
        shared::wait(word, 0, Duration::from_secs(1));
    }
}

impl Team<'_> {
    /// Lets all begin.
    pub fn go(&self) {
        raise(self.go);
    }

    /// Sleeps until all begin.
    pub fn wait_to_go(&self) {
        sleep_until_up(self.go);
    }

    /// Tells all to stop filling.
    pub fn stop(&self) {
        raise(self.stop);
        self.granted();
    }

    /// Counts what one of them filled, and the pages of canaries that it wrote again. What all of
    /// them filled, in KiB, and wrote; both go round at 2^32.
    pub fn count(&self, filled: u64, sung: usize) -> (u32, u32) {
        let kib = u32::try_from(filled >> 10).unwrap_or(u32::MAX);
        let pages = u32::try_from(sung).unwrap_or(u32::MAX);
        let filled = self.filled.fetch_add(kib, Ordering::Relaxed).wrapping_add(kib);
        (filled, self.sung.fetch_add(pages, Ordering::Relaxed).wrapping_add(pages))
    }

    /// Pages of canaries that were written again so far.
    #[must_use]
    pub fn sung(&self) -> u32 {
        self.sung.load(Ordering::Relaxed)
    }

    /// Wakes those that wait for a grant.
    pub fn granted(&self) {
        self.grants.fetch_add(1, Ordering::Release);
        shared::wake(self.grants);
    }

    /// Asks for a grant, and sleeps until the worker may go beyond `bytes`, or all are to stop.
    pub fn wait_for_grant(&self, slot: &Slot<'_>, bytes: u64) {
        loop {
            let seen = self.grants.load(Ordering::Acquire);
            if slot.granted.load(Ordering::Acquire) > bytes || self.stopped() {
                return;
            }
            self.ring();
            shared::wait(self.grants, seen, Duration::from_secs(1));
        }
    }

    /// Whether all are to stop.
    #[must_use]
    pub fn stopped(&self) -> bool {
        is_up(self.stop)
    }

    /// Lets all give back what they hold.
    pub fn release(&self) {
        raise(self.release);
    }

    /// Sleeps until that.
    pub fn wait_for_release(&self) {
        sleep_until_up(self.release);
    }

    /// Whether a worker died in the midst of it. What it held is being given back, so the others
    /// would fill its place.
    #[must_use]
    pub fn someone_died(&self, workers: usize) -> bool {
        let mut lives = self.lives.iter().take(workers);
        lives.any(|life| life.load(Ordering::Acquire) & shared::OWNER_DIED != 0)
    }

    /// Wakes the supervisor.
    pub fn ring(&self) {
        self.bell.fetch_add(1, Ordering::Release);
        shared::wake(self.bell);
    }

    /// Sleeps until the bell rings, at most so long.
    pub fn listen(&self, heard: &mut u32, most: Duration) {
        shared::wait(self.bell, *heard, most);
        *heard = self.bell.load(Ordering::Acquire);
    }
}
