//! A process that the OOM killer takes in place of the supervisor, or of an application beside it. When a worker is
//! killed its segment is given back after its memory map is, so for some milliseconds memory is full and the worker
//! is no candidate: whoever needs a page then would be killed (docs/kernel-facts.md).

use std::num::NonZeroUsize;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, pipe2, read, write};

use crate::sys::cpu::twin;
use crate::sys::mapping::Mapping;
use crate::sys::own;
use crate::sys::shared::pause;
use crate::sys::signals::asked_to_end;

/// Below that of a worker (1000), which is to be killed first; above whoever has less than nine tenths of
/// the memory.
pub(super) const SCORE: i32 = 900;

/// What its death gives back beside its stack and its tables, some 150 KiB: the supervisor needs at most 60 pages of its
/// program.
const RESERVE: NonZeroUsize = NonZeroUsize::new(128 << 10).unwrap();

/// It sleeps until it is dropped.
#[derive(Debug)]
pub(super) struct StandIn {
    pid: Pid,
    /// How it ended, once that was heard.
    end: Option<WaitStatus>,
}

impl StandIn {
    /// Starts it, and waits until it has its memory; nothing where there can be no more processes, or no
    /// more memory.
    pub(super) fn start() -> Option<StandIn> {
        let reserve = Mapping::anonymous(RESERVE, None).ok()?;
        let (wait, ready) = pipe2(OFlag::O_CLOEXEC).ok()?;
        let pid = twin(|| {
            if own::set_oom_score_adj(SCORE).is_err() {
                return;
            }
            for page in (0..reserve.bytes()).step_by(4096) {
                reserve.touch(page, 1);
            }
            let _ = write(&ready, &[1]);
            loop {
                pause(Duration::from_secs(3600));
            }
        });
        let stand_in = StandIn { pid: pid.ok()?, end: None };
        drop(ready);
        let is_ready = loop {
            match read(&wait, &mut [0; 1]) {
                Err(Errno::EINTR) if !asked_to_end() => {}
                answer => break answer == Ok(1),
            }
        };
        is_ready.then_some(stand_in)
    }

    /// Its process number.
    pub(super) fn pid(&self) -> u32 {
        self.pid.as_raw().unsigned_abs()
    }

    /// Whether somebody killed it.
    pub(super) fn was_killed(&mut self) -> bool {
        if self.end.is_none() {
            let heard = waitpid(self.pid, Some(WaitPidFlag::WNOHANG));
            self.end = heard.ok().filter(|status| *status != WaitStatus::StillAlive);
        }
        matches!(self.end, Some(WaitStatus::Signaled(_, Signal::SIGKILL, _)))
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // Once its end was heard, the number may be another's.
        if !self.was_killed() && self.end.is_none() {
            let _ = kill(self.pid, Signal::SIGKILL);
            let _ = waitpid(self.pid, None);
        }
    }
}
