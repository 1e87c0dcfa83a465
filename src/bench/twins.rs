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
use crate::stats::{float, rounded};
use crate::sys::counters::{BoardWords, SpanWords};
use crate::sys::cpu;
use crate::sys::mapping::Mapping;
use crate::sys::shared::{self, Shared};
use crate::workload::timeout::Timeout;

/// Turns of a waiting loop before the process sleeps instead.
const SPINS: u32 = 20_000;

/// Nanoseconds for which each process looks, before the first case, what else has its CPU.
pub(crate) const LOOK: f64 = 10e6;

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

/// Which pass of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// Brings caches into the state in which the other one finds them. It is over in all processes before
    /// that begins.
    WarmUp,
    /// Is measured.
    Timed,
}

/// What came between the begin and the end of the timed parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disturbed {
    /// Page faults.
    pub(crate) faults: u64,
    /// How often the scheduler took the CPU away.
    pub(crate) preempted: u64,
}

/// What a process of a measurement has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage<'a> {
    /// Its number; the leader is 0.
    pub(crate) proc: usize,
    pub(crate) segment: &'a Mapping,
    pub(crate) clock: Clock,
    /// What all share.
    pub(crate) board: &'a Board,
    /// Where each runs.
    pub(crate) cpus: &'a [usize],
    /// Bytes of a page.
    pub(crate) page: usize,
}

impl Stage<'_> {
    /// Times `work`, for [`Twins::took`] and [`Twins::disturbed`].
    pub(crate) fn span(&self, work: impl FnOnce()) {
        let before = cpu::usage();
        let begin = self.clock.ticks();
        work();
        let end = self.clock.ticks();
        let after = cpu::usage();
        if let Some(span) = self.board.span(self.proc) {
            span.begin.store(begin, Ordering::Relaxed);
            span.end.store(end, Ordering::Relaxed);
            let faults = after.faults.saturating_sub(before.faults);
            span.faults.store(faults, Ordering::Relaxed);
            let preempted = after.preempted.saturating_sub(before.preempted);
            span.preempted.store(preempted, Ordering::Relaxed);
        }
    }

    /// Maps every page of the segment, before anything is timed. Each process has to: fork copies no page
    /// tables of shared mappings (dup_mmap, kernel/fork.c).
    pub(crate) fn map_all(&self) {
        let bytes = self.segment.bytes();
        // Before Linux 5.14, page by page.
        if self.segment.populate(0, bytes).is_err() {
            for offset in (0..bytes).step_by(self.page.max(1)) {
                self.segment.touch(offset, 1);
            }
        }
    }

    /// Looks for a while what else has this CPU.
    pub(crate) fn look_for_others(&self) {
        let (lost, longest) = self.clock.lost(LOOK);
        if let Some(span) = self.board.span(self.proc) {
            span.lost.store(rounded(lost * 1e6), Ordering::Relaxed);
            span.longest.store(self.clock.of_nanoseconds(longest), Ordering::Relaxed);
        }
    }

    /// What something else had of the CPU that lost most: a part of the time, and the longest pause in
    /// nanoseconds.
    pub(crate) fn lost(&self, procs: usize) -> (f64, f64) {
        let spans = || (0..procs).filter_map(|proc| self.board.span(proc));
        let lost = spans().map(|span| span.lost.load(Ordering::Relaxed)).max().unwrap_or(0);
        let longest = spans().map(|span| span.longest.load(Ordering::Relaxed)).max();
        (float(lost) / 1e6, self.clock.nanoseconds(longest.unwrap_or(0)))
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
        part: fn(&Stage<'_>, &Case, Pass),
    ) -> Result<Twins, TwinError> {
        let mut twins = Twins { pids: Vec::new() };
        let board = stage.board;
        // The board has served others: a new process must not take their last case for its first.
        for word in [board.turn(), board.go(), board.ready(), board.wrong()] {
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
        stage.look_for_others();
        let others = u32::try_from(twins.pids.len()).unwrap_or(u32::MAX);
        twins.until(|| board.ready().load(Ordering::Acquire) == others)?;
        Ok(twins)
    }

    /// Begins a pass of a case together with those that it needs, does the leader's part, and waits for all.
    ///
    /// # Errors
    /// When a process ended.
    pub(crate) fn together(
        &self,
        stage: &Stage<'_>,
        number: u32,
        case: &Case,
        pass: Pass,
        part: impl FnOnce(),
    ) -> Result<(), TwinError> {
        let board = stage.board;
        let number = turn(number, pass);
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

    /// What came between, of all that took part.
    #[must_use]
    pub(crate) fn disturbed(stage: &Stage<'_>, case: &Case) -> Disturbed {
        let procs = usize::try_from(case.procs).unwrap_or(0);
        let spans = (0..procs).filter_map(|proc| stage.board.span(proc));
        spans.fold(Disturbed::default(), |all, span| Disturbed {
            faults: all.faults.saturating_add(span.faults.load(Ordering::Relaxed)),
            preempted: all.preempted.saturating_add(span.preempted.load(Ordering::Relaxed)),
        })
    }
}

/// The turn of a pass of case `number`, from 0 on: no two follow each other that are the same, and none is 0.
fn turn(number: u32, pass: Pass) -> u32 {
    number.saturating_mul(2).saturating_add(match pass {
        Pass::WarmUp => 1,
        Pass::Timed => 2,
    })
}

/// The case of a turn, and which pass of it.
fn of_turn(turn: u32) -> (usize, Pass) {
    let pass = if turn.is_multiple_of(2) { Pass::Timed } else { Pass::WarmUp };
    (usize::try_from(turn.saturating_sub(1) / 2).unwrap_or(usize::MAX), pass)
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
fn serve(stage: &Stage<'_>, cases: &[Case], part: fn(&Stage<'_>, &Case, Pass)) {
    let board = stage.board;
    stage.map_all();
    stage.look_for_others();
    board.ready().fetch_add(1, Ordering::AcqRel);
    let mut seen = 0;
    loop {
        let turn = board.turn().load(Ordering::Acquire);
        if turn == seen {
            shared::wait(board.turn(), seen, Duration::from_secs(1));
            continue;
        }
        seen = turn;
        let (at, pass) = of_turn(turn);
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
        part(stage, case, pass);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What is disturbed in a span that does `work`, in a mapping of which no page is there.
    fn disturbed(work: impl FnOnce(&Stage<'_>)) -> Disturbed {
        let segment = Mapping::anonymous(NonZeroUsize::new(1 << 20).unwrap(), None).unwrap();
        let board = Board::new(1).unwrap();
        let page = size(
            nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE)
                .unwrap()
                .unwrap()
                .try_into()
                .unwrap(),
        );
        let clock = Clock::new(false);
        let stage = Stage { proc: 0, segment: &segment, clock, board: &board, cpus: &[], page };
        work(&stage);
        let case = Case {
            test: crate::bench::Test::Bandwidth,
            op: "fill".to_owned(),
            procs: 1,
            bytes: 1 << 20,
        };
        Twins::disturbed(&stage, &case)
    }

    fn fill(stage: &Stage<'_>) {
        let _ = stage.segment.stream(crate::sys::stream::Stream::Fill, 0, 1 << 20);
    }

    #[test]
    fn a_page_fault_in_a_timed_part_is_counted_and_none_is_left_where_all_is_mapped() {
        assert!(disturbed(|stage| stage.span(|| fill(stage))).faults > 0);
        let mapped = disturbed(|stage| {
            stage.map_all();
            stage.span(|| fill(stage));
        });
        assert_eq!(mapped.faults, 0);
    }

    #[test]
    fn every_turn_is_a_pass_of_a_case() {
        let turns: Vec<u32> =
            (0..3).flat_map(|n| [turn(n, Pass::WarmUp), turn(n, Pass::Timed)]).collect();
        assert_eq!(turns, (1..=6).collect::<Vec<_>>());
        assert_eq!(of_turn(5), (2, Pass::WarmUp));
        assert_eq!(of_turn(6), (2, Pass::Timed));
    }
}
