//! The page of atomics that a team counts in. It is made before the team and outlives every worker,
//! so what a killed one did is known to the last page.

mod slot;
mod state;
mod team;

use std::io;

use crate::sys::counters::{TeamWords, WorkerWords};
use crate::sys::shared::Shared;

pub(crate) use crate::sys::clock::now;
pub(crate) use crate::sys::counters::MOST_WORKERS;
pub(crate) use slot::Slot;
pub(crate) use state::{Call, Reason, State};
pub(crate) use team::Team;

/// The ledger of one team.
#[derive(Debug)]
pub struct Ledger {
    memory: Shared<TeamWords, WorkerWords>,
}

impl Ledger {
    /// A new one for so many workers.
    ///
    /// # Errors
    /// When the kernel refuses the memory.
    pub fn create(workers: u32) -> io::Result<Ledger> {
        let workers = usize::try_from(workers.min(MOST_WORKERS)).unwrap_or(0);
        Ok(Ledger { memory: Shared::create(workers)? })
    }

    /// The one that a worker was handed; it keeps it for good.
    ///
    /// # Errors
    /// When the descriptor is none of a ledger.
    pub(crate) fn inherit(descriptor: i32) -> io::Result<&'static Ledger> {
        Ok(Box::leak(Box::new(Ledger { memory: Shared::inherit(descriptor)? })))
    }

    /// The descriptor that workers inherit.
    #[must_use]
    pub(crate) fn descriptor(&self) -> i32 {
        self.memory.descriptor()
    }

    /// What the whole team shares.
    #[must_use]
    pub(crate) fn team(&self) -> Team<'_> {
        Team { words: self.memory.head() }
    }

    /// What one worker counts in; `None` where there is no such worker.
    #[must_use]
    pub fn slot(&self, worker: u32) -> Option<Slot<'_>> {
        let at = usize::try_from(worker).ok()?;
        let life = self.memory.head().lives.get(at)?;
        Some(Slot { life, words: self.memory.rows().get(at)? })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use nix::errno::Errno;

    use super::*;
    use crate::sys::counters::STEPS_KEPT;

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
        assert_eq!((last.len(), last.last()), (STEPS_KEPT - 1, Some(&4999)), "the newest are kept");
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
        other.team().stop();
        assert!(ledger.team().stopped());
    }
}
