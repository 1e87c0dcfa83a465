//! The processes of a measurement: the leader and its copies, each on a CPU of its own, which begin
//! each case together and end it together.

use std::sync::atomic::Ordering;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::Case;
use super::stage::{Pass, Stage};
use crate::sys::cpu;
use crate::sys::shared;
use crate::sys::signals;
use crate::workload::timeout::Timeout;

/// Turns of a waiting loop before the process sleeps instead.
const SPINS: u32 = 20_000;

/// A process that takes longer for its part of a case hangs, or was stopped.
const TIMEOUT: Duration = Duration::from_secs(20);

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
    #[error("a process of the measurement ended early ({0})")]
    Ended(&'static str),
    /// It does not get on.
    #[error("a process of the measurement did not answer within {} s", TIMEOUT.as_secs())]
    Hangs,
    /// A process saw what another one never wrote.
    #[error("the data received differ from the data sent")]
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
                // Two processes on one CPU would measure that.
                if stage.cpus.get(proc).is_some_and(|cpu| cpu::pin(*cpu).is_err()) {
                    return;
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
        signals::with_its_children(part);
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
}

/// The turn of a pass of case `number`, from 0 on. Consecutive turns differ, and none is 0.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_turn_is_a_pass_of_a_case() {
        let turns: Vec<u32> =
            (0..3).flat_map(|n| [turn(n, Pass::WarmUp), turn(n, Pass::Timed)]).collect();
        assert_eq!(turns, (1..=6).collect::<Vec<_>>());
        assert_eq!(of_turn(5), (2, Pass::WarmUp));
        assert_eq!(of_turn(6), (2, Pass::Timed));
    }
}
