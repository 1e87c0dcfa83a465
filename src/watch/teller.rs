//! Tells new peaks to the journal: in a thread of its own, so that no look waits for a disk.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::due::Due;
use super::looker::Looker;
use super::notes::Notes;
use super::peaks::Peaks;

#[derive(Debug, Default)]
struct State {
    /// What is to be told; room for it is taken once.
    peaks: Option<Peaks>,
    over: bool,
}

/// Between those that look and those that write.
#[derive(Debug, Default)]
pub(super) struct Teller {
    state: Mutex<State>,
    wake: Condvar,
}

impl Teller {
    /// Passes on a peak where a line is due; nothing is allocated.
    pub(super) fn pass(&self, due: &mut Due, peaks: &Peaks) {
        if due.is(peaks, peaks.last.at_us) {
            self.state.lock().unwrap_or_else(PoisonError::into_inner).peaks = Some(peaks.clone());
            self.wake.notify_all();
        }
    }

    /// There will be no more.
    pub(super) fn end(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).over = true;
        self.wake.notify_all();
    }

    /// Writes what is passed on, until the end.
    pub(super) fn run(&self, looker: &Looker, notes: &Arc<Mutex<dyn Notes>>) {
        loop {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            while state.peaks.is_none() && !state.over {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.over {
                // The document that comes now has it.
                return;
            }
            let peaks = state.peaks.take();
            drop(state);
            if let Some(peaks) = peaks {
                let seen = looker.seen();
                notes.lock().unwrap_or_else(PoisonError::into_inner).peak(&peaks, &seen);
            }
        }
    }
}
