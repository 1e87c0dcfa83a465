//! Starts the workers one after the other, each when the one before has its segment.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;

use super::ledger::{Call, Ledger, Reason, State};
use super::supervisor::{Member, Workers};
use super::verdict::of_errno;
use super::worker::{Job, SUBCOMMAND};
use crate::sys::limits::{self, Need};
use crate::sys::own;
use crate::sys::signals::{asked_to_end, spawn};

/// A worker that is not ready by then hangs.
const SET_UP: Duration = Duration::from_secs(10);

/// Why there is no team.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// A system call that it needs is refused.
    #[error(transparent)]
    Refused(#[from] limits::Refused),
    #[error("cannot create the memory in which workers report: {error}{}", hint_of(.error))]
    Ledger { error: io::Error },
    /// A process could not be started.
    #[error("cannot start worker {worker} of {workers}: {error}{}", hint_of(.error))]
    Start {
        worker: u32,
        /// Of how many.
        workers: u32,
        error: io::Error,
    },
    /// It could not be set up.
    #[error("worker {worker} cannot {call}: {errno}{}", hint(*.errno))]
    SetUp {
        worker: u32,
        /// What it could not do.
        call: &'static str,
        /// The kernel's answer.
        errno: Errno,
    },
    /// It ended before it was ready.
    #[error("worker {worker} ended before it began ({exit}): {}", why(*.exit))]
    Died { worker: u32, exit: ExitStatus },
    /// It did not come up.
    #[error("worker {worker} was not ready within {seconds} s", seconds = SET_UP.as_secs())]
    Hangs { worker: u32 },
    /// A signal came meanwhile.
    #[error("interrupted before the fill began")]
    Interrupted,
}

/// What to do.
pub(super) fn hint(errno: Errno) -> &'static str {
    match errno {
        Errno::EAGAIN => {
            "; a limit on processes is reached (ulimit -u, pids.max): use fewer with --procs"
        }
        Errno::ENOMEM => "; raise the limit on memory or on the address space (ulimit -v)",
        Errno::EPERM | Errno::ENOSYS => {
            "; a seccomp profile or the kernel refuses a system call that this needs"
        }
        _ => "",
    }
}

fn hint_of(error: &io::Error) -> &'static str {
    error.raw_os_error().map_or("", |code| hint(Errno::from_raw(code)))
}

/// What is known of it: it could say nothing in the ledger.
fn why(exit: ExitStatus) -> &'static str {
    if exit.signal() == Some(libc::SIGKILL) {
        "its own memory does not fit"
    } else {
        "a limit (ulimit -v, -s) or a seccomp profile stops it"
    }
}

impl Workers {
    /// Starts so many workers, one after the other, each when the one before has its segment.
    ///
    /// # Errors
    /// When one of them cannot begin. A segment that a limit refuses is no such error but an end.
    pub(crate) fn spawn(
        workers: u32,
        job: impl Fn(u32, i32) -> Job,
    ) -> Result<Workers, SpawnError> {
        limits::check(Need::OF_PROCESSES)?;
        let ledger = Ledger::create(workers).map_err(|error| SpawnError::Ledger { error })?;
        let mut spawned = Workers { ledger, members: Vec::new(), bell: 0, stand_in: None };
        for worker in 0..workers {
            let job = job(worker, spawned.ledger.descriptor());
            let start = |error| SpawnError::Start { worker, workers, error };
            let text = serde_json::to_string(&job).map_err(io::Error::other).map_err(start)?;
            let mut command = own::program();
            command.args([SUBCOMMAND, &text]).stdin(Stdio::null()).stdout(Stdio::null());
            let child = spawn(&mut command).map_err(start)?;
            let order = job.order;
            spawned.members.push(Member { child, exit: None, ended_by_us: false, heard: 0, order });
            spawned.await_ready(worker)?;
        }
        Ok(spawned)
    }

    fn await_ready(&mut self, worker: u32) -> Result<(), SpawnError> {
        let start = Instant::now();
        loop {
            let state = self.slot(worker).map_or(State::Failed, |slot| slot.state());
            match state {
                State::Ready => return Ok(()),
                State::Failed => return self.why_failed(worker),
                _ => {}
            }
            let member = self.members.last_mut();
            if let Some(Ok(Some(exit))) = member.map(|member| member.child.try_wait()) {
                return Err(SpawnError::Died { worker, exit });
            }
            if asked_to_end() {
                return Err(SpawnError::Interrupted);
            }
            if start.elapsed() > SET_UP {
                return Err(SpawnError::Hangs { worker });
            }
            self.listen(Duration::from_millis(20));
        }
    }

    fn why_failed(&self, worker: u32) -> Result<(), SpawnError> {
        let Some(slot) = self.slot(worker) else { return Err(SpawnError::Hangs { worker }) };
        let Reason::Refused(errno) = slot.reason() else { return Ok(()) };
        let call = match slot.call() {
            // A limit was hit: that is what a fill is for.
            Call::Segment if of_errno(errno).is_some() => return Ok(()),
            Call::Segment => "create its segment",
            Call::Canary => "create its canary",
            Call::Other => "start",
        };
        Err(SpawnError::SetUp { worker, call, errno })
    }
}
