//! The page of atomics that a team counts in. It is made before the team and outlives every worker,
//! so what a killed one did is known to the last page.

mod slot;
mod state;
mod team;

use std::io;

use crate::sys::shared::Shared;

pub use crate::sys::clock::now;
pub use slot::Slot;
pub use state::{Call, Reason, State};
pub use team::Team;

/// More workers than a ledger has room for.
pub const MOST_WORKERS: u32 = 256;

/// Steps that a worker may be ahead of the reader before they go uncounted.
const RING: usize = 768;

/// Words of a worker before its ring.
const HEAD: usize = 24; // the list's four, and room for more

/// Words of 32 bits: the team's, then a word a worker that the kernel marks when it dies.
const TEAM_WORDS: usize = 16;

/// The ledger of one team.
#[derive(Debug)]
pub struct Ledger {
    memory: Shared,
}

impl Ledger {
    /// A new one for so many workers.
    ///
    /// # Errors
    /// When the kernel refuses the memory.
    pub fn create(workers: u32) -> io::Result<Ledger> {
        let workers = usize::try_from(workers.min(MOST_WORKERS)).unwrap_or(0);
        let words = workers.saturating_mul(HEAD.saturating_add(RING));
        Ok(Ledger { memory: Shared::create(words)? })
    }

    /// The one that a worker was handed; it keeps it for good.
    ///
    /// # Errors
    /// When the descriptor is none of a ledger.
    pub fn inherit(descriptor: i32) -> io::Result<&'static Ledger> {
        Ok(Box::leak(Box::new(Ledger { memory: Shared::inherit(descriptor)? })))
    }

    /// The descriptor that workers inherit.
    #[must_use]
    pub fn descriptor(&self) -> i32 {
        self.memory.descriptor()
    }

    /// What the whole team shares; `None` where the memory is too small to be a ledger.
    #[must_use]
    pub fn team(&self) -> Option<Team<'_>> {
        let (words, lives) = self.memory.small().split_at_checked(TEAM_WORDS)?;
        let [go, bell, stop, release, grants, filled, sung, ..] = words else { return None };
        Some(Team { go, bell, stop, release, grants, filled, sung, lives })
    }

    /// What one worker counts in.
    #[must_use]
    pub fn slot(&self, worker: u32) -> Option<Slot<'_>> {
        let at = usize::try_from(worker).ok()?;
        let stride = HEAD.saturating_add(RING);
        let words = self.memory.large().chunks_exact(stride).nth(at)?;
        let (head, ring) = words.split_first_chunk::<HEAD>()?;
        let (list, head) = head.split_first_chunk::<4>()?;
        let [
            state,
            reason,
            call,
            bytes,
            bus,
            step_start,
            held_up,
            end,
            canary,
            canary_left,
            watched,
            steps,
            granted,
            size,
            program,
            ..,
        ] = head
        else {
            return None;
        };
        Some(Slot {
            life: self.team()?.lives.get(at)?,
            list,
            state,
            reason,
            call,
            bytes,
            bus,
            step_start,
            held_up,
            end,
            canary,
            canary_left,
            watched,
            steps,
            granted,
            size,
            program,
            ring,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use nix::errno::Errno;

    use super::*;

    #[test]
    fn what_a_worker_notes_is_heard_once_and_in_order() {
        let ledger = Ledger::create(2).unwrap();
        let slot = ledger.slot(1).unwrap();
        let mut heard = 0;
        for n in 1..=5 {
            slot.note(n);
        }
        let mut steps = Vec::new();
        slot.hear(&mut heard, |time| steps.push(time));
        slot.hear(&mut heard, |time| steps.push(time));
        assert_eq!(steps, (1..=5).collect::<Vec<_>>());
        for n in 0..5000 {
            slot.note(n);
        }
        let mut last = Vec::new();
        slot.hear(&mut heard, |time| last.push(time));
        assert_eq!((last.len(), last.last()), (RING, Some(&4999)), "the newest are kept");
        assert!(ledger.slot(2).is_none());
    }

    #[test]
    fn another_mapping_of_the_same_file_sees_what_was_written() {
        let ledger = Ledger::create(1).unwrap();
        let other = Ledger::inherit(ledger.descriptor()).unwrap();
        let (here, there) = (ledger.slot(0).unwrap(), other.slot(0).unwrap());
        there.enter(State::Holding);
        there.because(Reason::Refused(Errno::ENOSPC));
        there.bytes.store(7, Ordering::Relaxed);
        assert_eq!((here.state(), here.reason()), (State::Holding, Reason::Refused(Errno::ENOSPC)));
        assert_eq!(here.bytes.load(Ordering::Relaxed), 7);
        other.team().unwrap().stop();
        assert!(ledger.team().unwrap().stopped());
    }
}
