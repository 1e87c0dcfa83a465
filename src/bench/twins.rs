//! The processes of a measurement: the leader and its copies, each on a CPU of its own, which begin
//! each case together and end it together.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::Case;
use super::clock::Clock;
use crate::sys::counters::{BoardWords, SpanWords};
use crate::sys::cpu;
use crate::sys::mapping::Mapping;
use crate::sys::shared::{self, Shared};
use crate::workload::timeout::Timeout;

/// Turns of a waiting loop before the process sleeps instead.
const SPINS: u32 = 20_000;

/// A process that takes longer for its part of a case hangs, or was stopped.
const TIMEOUT: Duration = Duration::from_secs(20);

/// What the processes of a measurement share beside the segment.
#[derive(Debug)]
pub(crate) struct Board {
    memory: Shared<BoardWords, SpanWords>,
}

impl Board {
    /// A board for so many processes.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub(crate) fn new(procs: usize) -> io::Result<Board> {
        Ok(Board { memory: Shared::create(procs.max(1))? })
    }

    fn turn(&self) -> &AtomicU32 {
        &self.memory.head().turn.word
    }

    fn ready(&self) -> &AtomicU32 {
        &self.memory.head().ready.word
    }

    fn go(&self) -> &AtomicU32 {
        &self.memory.head().go.word
    }

    fn done(&self) -> &AtomicU32 {
        &self.memory.head().done.word
    }

    /// Up when a process saw something that must not be.
    pub(crate) fn wrong(&self) -> &AtomicU32 {
        &self.memory.head().wrong.word
    }

    fn span(&self, proc: usize) -> Option<&SpanWords> {
        self.memory.rows().get(proc)
    }
}

/// What a process of a measurement has.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    /// Its number; the leader is 0.
    pub(crate) proc: usize,
    pub(crate) segment: &'a Mapping,
    pub(crate) clock: Clock,
    /// What all share.
    pub(crate) board: &'a Board,
    /// Where each runs.
    pub(crate) cpus: &'a [usize],
}

impl Stage<'_> {
    /// Times `work`, for [`Twins::took`].
    pub(crate) fn span(&self, work: impl FnOnce()) {
        let begin = self.clock.ticks();
        work();
        let end = self.clock.ticks();
        if let Some(span) = self.board.span(self.proc) {
            span.begin.store(begin, Ordering::Relaxed);
            span.end.store(end, Ordering::Relaxed);
        }
    }
}

/// The leader's copies. Dropping it ends them.
#[derive(Debug)]
pub(crate) struct Twins {
    pids: Vec<Pid>,
}

/// A process of a measurement is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TwinError {
    /// It could not be started.
    #[error("cannot start a second process: {0}")]
    Start(Errno),
    /// It ended.
    #[error("a process of the measurement ended in the midst of it ({0})")]
    Ended(&'static str),
    /// It does not get on.
    #[error("a process of the measurement did not answer within {} s", TIMEOUT.as_secs())]
    Hangs,
    /// A process saw what another one never wrote.
    #[error("what arrived is not what was sent")]
    Wrong,
}

impl Twins {
    /// Splits the leader into so many processes; the copies do their part of each case that needs
    /// them.
    ///
    /// # Errors
    /// When one cannot be started.
    pub(crate) fn split(
        procs: usize,
        stage: &Stage<'_>,
        cases: &[Case],
        part: fn(&Stage<'_>, &Case),
    ) -> Result<Twins, TwinError> {
        let mut twins = Twins { pids: Vec::new() };
        // The board has served others: a new process must not take their last case for its first.
        for word in [stage.board.turn(), stage.board.go(), stage.board.wrong()] {
            word.store(0, Ordering::Release);
        }
        for proc in 1..procs {
            let copy = || {
                if let Some(cpu) = stage.cpus.get(proc) {
                    let _ = cpu::pin(*cpu);
                }
                serve(&Stage { proc, ..*stage }, cases, part);
            };
            twins.pids.push(cpu::twin(copy).map_err(TwinError::Start)?);
        }
        Ok(twins)
    }

    /// Begins a case together with those that it needs, does the leader's part, and waits for all.
    ///
    /// # Errors
    /// When a process ended.
    pub(crate) fn together(
        &self,
        stage: &Stage<'_>,
        number: u32,
        case: &Case,
        part: impl FnOnce(),
    ) -> Result<(), TwinError> {
        let board = stage.board;
        let others = case.procs.saturating_sub(1);
        board.ready().store(0, Ordering::Relaxed);
        board.done().store(0, Ordering::Relaxed);
        board.turn().store(number, Ordering::Release);
        shared::wake(board.turn());
        self.until(|| board.ready().load(Ordering::Acquire) == others)?;
        board.go().store(number, Ordering::Release);
        part();
        self.until(|| board.done().load(Ordering::Acquire) == others)?;
        if board.wrong().load(Ordering::Acquire) != 0 {
            return Err(TwinError::Wrong);
        }
        Ok(())
    }

    fn until(&self, happened: impl Fn() -> bool) -> Result<(), TwinError> {
        let mut turns = 0_u32;
        let mut timeout = Timeout::new(TIMEOUT);
        while !happened() {
            turns = turns.wrapping_add(1);
            if turns.is_multiple_of(SPINS) {
                self.all_there()?;
                if timeout.is_over() {
                    return Err(TwinError::Hangs);
                }
                // With fewer CPUs than processes the others need this one.
                std::thread::yield_now();
            }
            std::hint::spin_loop();
        }
        Ok(())
    }

    fn all_there(&self) -> Result<(), TwinError> {
        for pid in &self.pids {
            match waitpid(*pid, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) => {}
                Ok(WaitStatus::Signaled(_, signal, _)) => {
                    return Err(TwinError::Ended(signal.as_str()));
                }
                _ => return Err(TwinError::Ended("by itself")),
            }
        }
        Ok(())
    }

    /// Nanoseconds from the first begin to the last end of those that took part.
    #[must_use]
    pub(crate) fn took(stage: &Stage<'_>, case: &Case) -> f64 {
        let procs = usize::try_from(case.procs).unwrap_or(0);
        let spans = || (0..procs).filter_map(|proc| stage.board.span(proc));
        let begin = spans().map(|span| span.begin.load(Ordering::Relaxed)).min().unwrap_or(0);
        let end = spans().map(|span| span.end.load(Ordering::Relaxed)).max().unwrap_or(0);
        stage.clock.nanoseconds(end.saturating_sub(begin)).max(1.0)
    }
}

impl Drop for Twins {
    fn drop(&mut self) {
        for pid in &self.pids {
            let _ = kill(*pid, Signal::SIGKILL);
            let _ = waitpid(*pid, None);
        }
    }
}

/// A copy's life: it ends when the leader does.
fn serve(stage: &Stage<'_>, cases: &[Case], part: fn(&Stage<'_>, &Case)) {
    let board = stage.board;
    let mut seen = 0;
    loop {
        let turn = board.turn().load(Ordering::Acquire);
        if turn == seen {
            shared::wait(board.turn(), seen, Duration::from_secs(1));
            continue;
        }
        seen = turn;
        let at = usize::try_from(turn.saturating_sub(1)).unwrap_or(usize::MAX);
        let Some(case) = cases.get(at) else { return };
        if u32::try_from(stage.proc).is_ok_and(|proc| proc >= case.procs) {
            continue;
        }
        board.ready().fetch_add(1, Ordering::AcqRel);
        let mut turns = 0_u32;
        while board.go().load(Ordering::Acquire) != turn {
            turns = turns.wrapping_add(1);
            if turns.is_multiple_of(SPINS) {
                std::thread::yield_now();
            }
            std::hint::spin_loop();
        }
        part(stage, case);
        board.done().fetch_add(1, Ordering::AcqRel);
    }
}

/// Bytes as a size of this machine.
#[must_use]
pub(crate) fn size(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// A size of this machine that is none.
#[must_use]
pub(crate) fn some(bytes: u64) -> Option<NonZeroUsize> {
    NonZeroUsize::new(size(bytes))
}
