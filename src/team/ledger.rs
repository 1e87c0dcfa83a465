//! The page of atomics that a team counts in. It is made before the team and outlives every worker,
//! so what a killed one did is known to the last page.

use std::io;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use nix::errno::Errno;

use crate::sys::shared::{self, Shared};

/// More workers than a ledger has room for.
pub const MOST_WORKERS: u32 = 256;

/// Steps that a worker may be ahead of the reader before they go uncounted.
const RING: usize = 768;

/// Words of a worker before its ring.
const HEAD: usize = 24; // the list's four, and room for more

/// Words of 32 bits: the team's, then a word a worker that the kernel marks when it dies.
const TEAM_WORDS: usize = 16;

/// Where a worker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It has not said anything.
    Started,
    /// It has its segment and waits to be released.
    Ready,
    /// It could not be set up.
    Failed,
    /// It fills.
    Filling,
    /// It filled what it could and holds it.
    Holding,
    /// It gave it back.
    Left,
}

impl State {
    const ALL: [State; 6] =
        [State::Started, State::Ready, State::Failed, State::Filling, State::Holding, State::Left];

    fn number(self) -> u64 {
        Self::ALL.iter().zip(0..).find(|(state, _)| **state == self).map_or(0, |(_, n)| n)
    }

    fn of(number: u64) -> State {
        let at = usize::try_from(number).unwrap_or(0);
        Self::ALL.get(at).copied().unwrap_or(State::Started)
    }
}

/// Why a worker stopped by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It did not stop by itself.
    None,
    /// It has all that was asked for.
    Full,
    /// The kernel refused with this errno.
    Refused(Errno),
    /// The canary was taken.
    Edge,
    /// The team was to stop.
    Stopped,
}

impl Reason {
    fn number(self) -> u64 {
        match self {
            Reason::None => 0,
            Reason::Full => 1,
            Reason::Edge => 2,
            Reason::Stopped => 3,
            Reason::Refused(errno) => {
                let code = io::Error::from(errno).raw_os_error().unwrap_or(0);
                u64::from(code.unsigned_abs()).saturating_add(1000)
            }
        }
    }

    fn of(number: u64) -> Reason {
        match number {
            0 => Reason::None,
            1 => Reason::Full,
            2 => Reason::Edge,
            3 => Reason::Stopped,
            other => {
                let code = i32::try_from(other.saturating_sub(1000)).unwrap_or(0);
                Reason::Refused(Errno::from_raw(code))
            }
        }
    }
}

/// Which call could not be done when a worker was set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// The segment.
    Segment,
    /// The canary.
    Canary,
    /// Anything else.
    Other,
}

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

/// What the whole team shares.
#[derive(Clone, Copy, Debug)]
pub struct Team<'a> {
    go: &'a AtomicU32,
    bell: &'a AtomicU32,
    /// Up when all are to stop: for a signal handler, which may do no more than raise it.
    pub stop: &'a AtomicU32,
    release: &'a AtomicU32,
    grants: &'a AtomicU32,
    filled: &'a AtomicU32,
    sung: &'a AtomicU32,
    lives: &'a [AtomicU32],
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

/// What one worker counts in. Times are nanoseconds of CLOCK_MONOTONIC.
#[derive(Clone, Copy, Debug)]
pub struct Slot<'a> {
    /// The kernel marks it when the worker dies; 0 once it left in order.
    pub life: &'a AtomicU32,
    /// What the kernel walks to find `life`.
    pub list: &'a [AtomicU64; 4],
    state: &'a AtomicU64,
    reason: &'a AtomicU64,
    call: &'a AtomicU64,
    /// Bytes filled.
    pub bytes: &'a AtomicU64,
    /// What a handler of SIGBUS writes.
    pub bus: &'a AtomicU64,
    /// When the step began that is being done; 0 between steps.
    pub step_start: &'a AtomicU64,
    /// Time in steps that the kernel held up.
    pub held_up: &'a AtomicU64,
    /// When it ended.
    pub end: &'a AtomicU64,
    /// Bytes of its canary.
    pub canary: &'a AtomicU64,
    /// Bytes of it that were left at the end.
    pub canary_left: &'a AtomicU64,
    /// Time spent on watching it.
    pub watched: &'a AtomicU64,
    /// Steps written into the ring so far.
    steps: &'a AtomicU64,
    /// Bytes up to which it may go, where it is paced.
    pub granted: &'a AtomicU64,
    /// Bytes of its segment, if that was made with its size.
    pub size: &'a AtomicU64,
    /// Bytes of the program that it keeps in memory.
    pub program: &'a AtomicU64,
    ring: &'a [AtomicU64],
}

impl Slot<'_> {
    /// Where the worker is.
    #[must_use]
    pub fn state(&self) -> State {
        State::of(self.state.load(Ordering::Acquire))
    }

    /// Says where it is now.
    pub fn enter(&self, state: State) {
        self.state.store(state.number(), Ordering::Release);
    }

    /// Why it stopped.
    #[must_use]
    pub fn reason(&self) -> Reason {
        Reason::of(self.reason.load(Ordering::Acquire))
    }

    /// Says why it stopped, or why it could not be set up.
    pub fn because(&self, reason: Reason) {
        self.reason.store(reason.number(), Ordering::Release);
    }

    /// Which call could not be done.
    #[must_use]
    pub fn call(&self) -> Call {
        match self.call.load(Ordering::Acquire) {
            0 => Call::Segment,
            1 => Call::Canary,
            _ => Call::Other,
        }
    }

    /// Says which call is being done.
    pub fn calling(&self, call: Call) {
        let number = match call {
            Call::Segment => 0,
            Call::Canary => 1,
            Call::Other => 2,
        };
        self.call.store(number, Ordering::Release);
    }

    /// Makes the ring's pages be there before they are needed.
    pub fn warm(&self) {
        for word in self.ring.iter().step_by(256) {
            word.store(0, Ordering::Relaxed);
        }
    }

    /// Notes a step that took so many nanoseconds.
    pub fn note(&self, nanoseconds: u64) {
        let count = self.steps.load(Ordering::Relaxed);
        let at = usize::try_from(count).unwrap_or(0) % RING;
        if let Some(word) = self.ring.get(at) {
            word.store(nanoseconds, Ordering::Relaxed);
        }
        self.steps.store(count.wrapping_add(1), Ordering::Release);
    }

    /// Hears the steps noted since `heard`: nanoseconds of each. Those that were overwritten
    /// meanwhile are left out.
    pub fn hear(&self, heard: &mut u64, mut each: impl FnMut(u64)) {
        let count = self.steps.load(Ordering::Acquire);
        let ring = u64::try_from(RING).unwrap_or(u64::MAX);
        let first = (*heard).max(count.saturating_sub(ring));
        for number in first..count {
            let at = usize::try_from(number).unwrap_or(0) % RING;
            let Some(word) = self.ring.get(at) else { continue };
            each(word.load(Ordering::Relaxed));
        }
        *heard = count;
    }

    /// Lets it go up to so many bytes.
    pub fn grant(&self, bytes: u64) {
        self.granted.store(bytes, Ordering::Release);
    }
}

/// Nanoseconds of CLOCK_MONOTONIC, which every process of a machine shares.
#[must_use]
pub fn now() -> u64 {
    let clock = nix::time::ClockId::CLOCK_MONOTONIC;
    let Ok(time) = nix::time::clock_gettime(clock) else { return 0 };
    let seconds = u64::try_from(time.tv_sec()).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(time.tv_nsec()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
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
