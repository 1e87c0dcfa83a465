//! Tells the journal what looks see: in a thread of its own, so that no look waits for a disk.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::due::{Due, News};
use super::looker::Looker;
use super::notes::Notes;
use super::peaks::Peaks;
use super::shortage;

#[derive(Debug, Default)]
struct State {
    /// What is to be told; room for it is taken once.
    news: Option<(News, Peaks)>,
    over: bool,
}

/// Between those that look and those that write.
#[derive(Debug, Default)]
pub(super) struct Teller {
    state: Mutex<State>,
    wake: Condvar,
}

impl Teller {
    /// Passes on what is due; nothing is allocated.
    pub(super) fn pass(&self, due: &mut Due, peaks: &Peaks) {
        let news = due.news(peaks, peaks.last.at_us);
        if news == News::default() {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.news.as_ref().map(|(news, _)| *news).unwrap_or_default();
        state.news = Some((news.or(before), peaks.clone()));
        self.wake.notify_all();
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
            while state.news.is_none() && !state.over {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.over {
                // The document that comes now has it.
                return;
            }
            let news = state.news.take();
            drop(state);
            let Some((news, peaks)) = news else { continue };
            let seen = looker.seen();
            let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
            if news.peak {
                notes.peak(&peaks, &seen);
            }
            let kill = news.kill.then(|| shortage::kill(&peaks)).flatten();
            let full = news.full.then(|| shortage::full(&peaks)).flatten();
            for incident in [full, kill].into_iter().flatten() {
                notes.incident(&incident);
            }
        }
    }
}
