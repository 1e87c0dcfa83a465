//! The ledger of a fill under loom: its own source files, with loom's atomics and a futex of loom's parts,
//! run through every order of threads and every value that a load may see. `scripts/loom` runs it.
//!
//! The words of a team are listed here once more, since loom's atomics have no fixed bytes to map; rings
//! and teams are as small as a fault needs.
#![forbid(unsafe_code)]

/// What the ledger takes from the house's `sys`.
mod sys {
    pub(crate) mod counters {
        use loom::sync::atomic;
        pub(crate) use loom::sync::atomic::Ordering;

        loom::lazy_static! {
            /// What every access touches first. Where a thread loads a word and then stores to it, loom
            /// forgets that another thread's load stands against that store, and leaves orders out.
            static ref TURN: atomic::AtomicBool = atomic::AtomicBool::new(false);
        }

        macro_rules! word {
            ($name:ident, $of:ty) => {
                #[derive(Debug, Default)]
                pub struct $name(atomic::$name);

                impl $name {
                    pub(crate) fn load(&self, order: Ordering) -> $of {
                        TURN.swap(true, Ordering::Relaxed);
                        self.0.load(order)
                    }

                    pub(crate) fn store(&self, value: $of, order: Ordering) {
                        TURN.swap(true, Ordering::Relaxed);
                        self.0.store(value, order);
                    }

                    pub(crate) fn fetch_add(&self, value: $of, order: Ordering) -> $of {
                        TURN.swap(true, Ordering::Relaxed);
                        self.0.fetch_add(value, order)
                    }
                }
            };
        }

        word!(AtomicU32, u32);
        word!(AtomicU64, u64);

        pub(crate) const STEPS_KEPT: usize = 3;

        #[derive(Debug, Default)]
        pub struct TeamWords {
            pub go: AtomicU32,
            pub bell: AtomicU32,
            pub stop: AtomicU32,
            pub release: AtomicU32,
            pub grants: AtomicU32,
            pub filled: AtomicU32,
            pub rearmed: AtomicU32,
            pub lives: [AtomicU32; 1],
        }

        #[derive(Debug, Default)]
        pub struct WorkerWords {
            pub state: AtomicU64,
            pub reason: AtomicU64,
            pub call: AtomicU64,
            pub bytes: AtomicU64,
            pub steps: AtomicU64,
            pub granted: AtomicU64,
            pub recent_steps: [AtomicU64; STEPS_KEPT],
        }
    }

    pub(crate) mod own {
        /// The leader stays.
        pub(crate) fn is_child_of(_: i32) -> bool {
            true
        }
    }

    pub(crate) mod shared {
        use std::time::Duration;

        use loom::sync::{Condvar, Mutex};

        use super::counters::{AtomicU32, Ordering};

        pub(crate) const OWNER_DIED: u32 = 0x4000_0000;

        loom::lazy_static! {
            /// One bucket of the kernel's, for all words.
            static ref BUCKET: (Mutex<()>, Condvar) = (Mutex::new(()), Condvar::new());
        }

        /// Without its deadline: that a wake is lost is then a deadlock, which loom finds.
        pub(crate) fn wait(word: &AtomicU32, value: u32, _: Duration) {
            let held = BUCKET.0.lock().unwrap();
            if word.load(Ordering::SeqCst) == value {
                drop(BUCKET.1.wait(held).unwrap());
            }
        }

        pub(crate) fn wake(_: &AtomicU32) {
            drop(BUCKET.0.lock().unwrap());
            BUCKET.1.notify_all();
        }
    }
}

#[path = "../../../src/fill/ledger/slot.rs"]
mod slot;
#[path = "../../../src/fill/ledger/state.rs"]
mod state;
#[path = "../../../src/fill/ledger/team.rs"]
mod team;

pub(crate) use slot::Slot;
pub(crate) use state::{Call, Reason, State};

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use loom::sync::Arc;
    use loom::thread;
    use nix::errno::Errno;

    use super::sys::counters::{Ordering, TeamWords, WorkerWords};
    use super::team::Team;
    use super::{Reason, Slot, State};

    const MINUTE: Duration = Duration::from_secs(60);

    /// A ledger of one worker.
    #[derive(Default)]
    struct Ledger {
        team: TeamWords,
        worker: WorkerWords,
    }

    impl Ledger {
        fn team(&self) -> Team<'_> {
            Team { words: &self.team }
        }

        fn slot(&self) -> Slot<'_> {
            Slot { life: &self.team.lives[0], words: &self.worker }
        }
    }

    /// All orders of a worker and its supervisor.
    fn both(
        worker: impl Fn(&Ledger) + Copy + Send + Sync + 'static,
        supervisor: impl Fn(&Ledger) + Sync + Send + 'static,
    ) {
        loom::model(move || {
            let ledger = Arc::new(Ledger::default());
            let its = Arc::clone(&ledger);
            let thread = thread::spawn(move || worker(&its));
            supervisor(&ledger);
            thread.join().unwrap();
        });
    }

    /// Of loom itself: without this, a model that tries one order alone would pass.
    #[test]
    fn every_order_is_tried() {
        let seen = std::sync::Arc::new(std::sync::Mutex::new(std::collections::BTreeSet::new()));
        let all = std::sync::Arc::clone(&seen);
        loom::model(move || {
            let ledger = Arc::new(Ledger::default());
            let its = Arc::clone(&ledger);
            let thread = thread::spawn(move || (1..=2).for_each(|n| its.slot().note(n)));
            all.lock().unwrap().insert(ledger.slot().steps.load(Ordering::Acquire));
            thread.join().unwrap();
        });
        assert_eq!(seen.lock().unwrap().iter().copied().collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn a_step_is_heard_at_most_once_in_order_and_the_last_always() {
        loom::model(|| {
            let ledger = Arc::new(Ledger::default());
            let its = Arc::clone(&ledger);
            let thread = thread::spawn(move || (1..=4).for_each(|n| its.slot().note(n)));
            let (mut heard, mut steps) = (0, Vec::new());
            ledger.slot().hear(&mut heard, |step| steps.push(step));
            thread.join().unwrap();
            ledger.slot().hear(&mut heard, |step| steps.push(step));
            assert!(steps.is_sorted_by(|one, next| one < next), "{steps:?}");
            assert_eq!(steps.last(), Some(&4), "{steps:?}");
            assert_eq!(heard, 4);
        });
    }

    #[test]
    fn what_a_worker_filled_is_known_once_it_holds_or_has_failed() {
        both(
            |ledger| {
                ledger.slot().bytes.store(7, Ordering::Relaxed);
                ledger.slot().because(Reason::Refused(Errno::ENOSPC));
                ledger.slot().enter(State::Holding);
                ledger.team().wake_supervisor();
            },
            |ledger| {
                let (slot, mut heard) = (ledger.slot(), 0);
                while slot.state() != State::Holding {
                    ledger.team().listen(&mut heard, MINUTE);
                }
                assert_eq!(slot.reason(), Reason::Refused(Errno::ENOSPC));
                assert_eq!(slot.bytes.load(Ordering::Relaxed), 7);
            },
        );
    }

    #[test]
    fn no_worker_sleeps_through_the_start_and_none_through_the_end() {
        both(
            |ledger| {
                ledger.team().wait_to_go(0);
                ledger.team().wait_for_release(0);
            },
            |ledger| {
                ledger.team().go();
                ledger.team().release();
            },
        );
    }

    #[test]
    fn a_grant_reaches_the_worker_that_asked_and_the_bell_whom_it_asks() {
        both(
            |ledger| {
                ledger.team().wait_for_grant(&ledger.slot(), 0, 0);
                assert_eq!(ledger.slot().granted.load(Ordering::Relaxed), 1);
            },
            |ledger| {
                let mut heard = 0;
                ledger.team().listen(&mut heard, MINUTE);
                ledger.slot().grant(1);
                ledger.team().granted();
            },
        );
    }

    #[test]
    fn a_worker_that_waits_for_a_grant_hears_that_all_are_to_stop() {
        both(
            |ledger| {
                ledger.team().wait_for_grant(&ledger.slot(), 0, 0);
                assert!(ledger.team().stopped());
            },
            |ledger| ledger.team().stop(),
        );
    }

    #[test]
    fn of_two_that_count_one_is_told_the_sum() {
        loom::model(|| {
            let ledger = Arc::new(Ledger::default());
            let its = Arc::clone(&ledger);
            let other = thread::spawn(move || its.team().count(1 << 10, 1));
            let one = ledger.team().count(2 << 10, 0);
            let other = other.join().unwrap();
            assert_eq!(one.0.max(other.0), 3);
            assert_eq!(ledger.team().rearmed(), 1);
        });
    }
}
