//! Looks who holds what, when somebody asks for it: in a thread of its own, as it takes much longer than a look at
//! how much there is.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::groups::{Holders, Sum};
use crate::probe::{Live, Target, Unheld, descends_from, holdings};
use crate::sys::{clock, own};
use crate::units::Bytes;

/// Of the time, no more than this part goes into looking, once so much has.
const PART: u32 = 50;
const AT_FIRST: Duration = Duration::from_millis(100);

/// The longest pause between two looks.
const LONGEST: Duration = Duration::from_secs(10);

/// What was seen over all looks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// At the look that found most.
    pub most: Option<Holders>,
    /// At the last one.
    pub last: Option<Holders>,
    /// The most of memfd and of anonymous shared memory, and when.
    pub memfd: (Sum, u64),
    pub anon: (Sum, u64),
    /// The most that files in /dev/shm, and segments, were promised.
    pub posix_wanted: Bytes,
    pub sysv_wanted: Bytes,
}

#[derive(Debug, Default)]
struct State {
    asked: bool,
    over: bool,
    seen: Seen,
}

/// Who looks.
#[derive(Debug)]
pub(super) struct Looker {
    state: Mutex<State>,
    wake: Condvar,
    target: Target,
    /// Of memfds and anonymous memory only those of this process's descendants count.
    of_a_command: bool,
    begin: u64,
}

impl Looker {
    pub(super) fn new(target: Target, of_a_command: bool) -> Looker {
        let (state, wake) = (Mutex::default(), Condvar::new());
        Looker { state, wake, target, of_a_command, begin: clock::now() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a look, soon.
    pub(super) fn ask(&self) {
        self.state().asked = true;
        self.wake.notify_all();
    }

    /// There will be no more.
    pub(super) fn end(&self) {
        self.state().over = true;
        self.wake.notify_all();
    }

    /// Looks now.
    pub(super) fn look(&self, live: &Live) {
        if let Some(holders) = self.holders(live) {
            self.state().seen.note(holders);
        }
    }

    /// Who holds what now.
    pub(super) fn holders(&self, live: &Live) -> Option<Holders> {
        let at_us = clock::now().saturating_sub(self.begin) / 1000;
        let seen = holdings(live, &self.target, Unheld::Leave).ok()?;
        let own = own::number().unsigned_abs();
        // Orphans come to this process, so what the command started stays below it.
        let counts = |pid| !self.of_a_command || descends_from(live, pid, own);
        Some(Holders::of(at_us, &seen, own, counts))
    }

    /// Looks whenever that is asked for, until the end.
    pub(super) fn run(&self) {
        own::let_others_first();
        // What it has opened and knows of mounts is a thread's own.
        let live = Live::without_attempts();
        let mut looked = Duration::ZERO;
        loop {
            let mut state = self.state();
            while !state.asked && !state.over {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.over {
                return;
            }
            state.asked = false;
            drop(state);
            let begin = Instant::now();
            self.look(&live);
            looked = looked.saturating_add(begin.elapsed());
            if looked > AT_FIRST {
                self.rest(begin.elapsed().saturating_mul(PART).min(LONGEST));
            }
        }
    }

    /// Looks no more for so long.
    fn rest(&self, pause: Duration) {
        let over = |state: &mut State| !state.over;
        let _ = self.wake.wait_timeout_while(self.state(), pause, over);
    }

    /// All that was seen.
    pub(super) fn seen(&self) -> Seen {
        self.state().seen.clone()
    }
}

impl Seen {
    fn note(&mut self, holders: Holders) {
        let at = holders.at_us;
        for (most, now) in [(&mut self.memfd, holders.memfd), (&mut self.anon, holders.anon)] {
            if now.bytes > most.0.bytes {
                *most = (now, at);
            }
        }
        self.posix_wanted = self.posix_wanted.max(holders.posix.wanted);
        self.sysv_wanted = self.sysv_wanted.max(holders.sysv.wanted);
        self.last = Some(holders.clone());
        let before = self.most.as_ref().map_or(Bytes::ZERO, Holders::bytes);
        if self.most.is_none() || holders.bytes() > before {
            self.most = Some(holders);
        }
    }
}
