//! How processes end or stop: of the command, of orphans that came to this one, of all that are traced.

use std::mem::MaybeUninit;

use nix::errno::Errno;

/// What became of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It ended by itself.
    Exited(i32),
    /// A signal ended it.
    Killed(i32),
    /// Stopped by a signal, or (where it is traced) at an event.
    Stopped { signal: i32, event: i32 },
    /// It goes on, or something that does not matter.
    Other,
}

/// Signals are told by their number: the real-time ones are no variants of nix's `Signal`.
fn change(status: libc::c_int) -> Change {
    if libc::WIFEXITED(status) {
        Change::Exited(libc::WEXITSTATUS(status))
    } else if libc::WIFSIGNALED(status) {
        Change::Killed(libc::WTERMSIG(status))
    } else if libc::WIFSTOPPED(status) {
        let event = status.checked_shr(16).unwrap_or(0);
        Change::Stopped { signal: libc::WSTOPSIG(status), event }
    } else {
        Change::Other
    }
}

fn wait(pid: i32, options: libc::c_int) -> Result<Option<(i32, Change)>, Errno> {
    let mut status = 0;
    // SAFETY: the kernel writes one number into `status`, which outlives the call.
    let pid = unsafe { libc::waitpid(pid, &raw mut status, options) };
    let pid = Errno::result(pid)?;
    Ok((pid > 0).then(|| (pid, change(status))))
}

/// Waits for the next change of what this thread traces. A stop for a signal is left as it is: a wait that took it
/// would take the signal out of it too (`wait_task_stopped`, kernel/exit.c), and that would be lost if this process
/// were killed before it lets the other one go on. All else is taken.
/// `dying` hears of one that a signal ended while /proc still tells of it; before Linux 4.7 it does not.
///
/// No other thread of this process may wait for any child meanwhile: it would take what belongs here.
///
/// # Errors
/// ECHILD where there is none.
pub(crate) fn next(mut dying: impl FnMut(i32)) -> Result<(i32, Change), Errno> {
    const OF_THIS_THREAD: libc::c_int = libc::__WALL | libc::__WNOTHREAD;
    loop {
        let info = match look(libc::WEXITED | libc::WSTOPPED | OF_THIS_THREAD) {
            // Before Linux 4.7 waitid takes no such options.
            Err(Errno::EINVAL) => match wait(-1, OF_THIS_THREAD) {
                Ok(Some(one)) => return Ok(one),
                Ok(None) | Err(Errno::EINTR) => continue,
                Err(errno) => return Err(errno),
            },
            info => info?,
        };
        let event = info.status.checked_shr(8).unwrap_or(0);
        if !info.ended && event == 0 {
            return Ok((info.pid, Change::Stopped { signal: info.status & 0xff, event }));
        }
        if info.killed {
            dying(info.pid);
        }
        if let Some(change) = take_with(info.pid, OF_THIS_THREAD) {
            return Ok((info.pid, change));
        }
    }
}

/// What waitid(2) tells of a child or a tracee.
struct Told {
    pid: i32,
    ended: bool,
    /// By a signal.
    killed: bool,
    status: i32,
}

/// Looks at the next change, and leaves it; a pid of 0 is none.
fn look(options: libc::c_int) -> Result<Told, Errno> {
    loop {
        let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
        let options = options | libc::WNOWAIT;
        // SAFETY: the kernel writes one such struct, for which `info` has room.
        let done = unsafe { libc::waitid(libc::P_ALL, 0, info.as_mut_ptr(), options) };
        match Errno::result(done) {
            Ok(_) => {}
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(errno),
        }
        // SAFETY: all its fields are numbers, for which zeros are values too.
        let info = unsafe { info.assume_init() };
        // SAFETY: it reads a field of a union of plain numbers, which waitid has written.
        let pid = unsafe { info.si_pid() };
        // SAFETY: as above.
        let status = unsafe { info.si_status() };
        let killed = [libc::CLD_KILLED, libc::CLD_DUMPED].contains(&info.si_code);
        let ended = killed || info.si_code == libc::CLD_EXITED;
        return Ok(Told { pid, ended, killed, status });
    }
}

/// A child that ended or stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peeked {
    pub pid: i32,
    pub ended: bool,
}

/// The next child that ends or stops. It is left, so that it can be looked at before [`take`] lets it go.
/// Without `waits` only what is so already.
///
/// # Errors
/// ECHILD where there is none, EAGAIN where nothing is so already.
pub(crate) fn peek(waits: bool) -> Result<Peeked, Errno> {
    let options = libc::WEXITED | libc::WSTOPPED;
    let told = look(if waits { options } else { options | libc::WNOHANG })?;
    let peeked = Peeked { pid: told.pid, ended: told.ended };
    if told.pid > 0 { Ok(peeked) } else { Err(Errno::EAGAIN) }
}

/// Takes what became of one child.
pub(crate) fn take(pid: i32) -> Option<Change> {
    take_with(pid, libc::WUNTRACED)
}

fn take_with(pid: i32, options: libc::c_int) -> Option<Change> {
    wait(pid, options | libc::WNOHANG).ok().flatten().map(|(_, change)| change)
}

/// Whether a stop is one of job control (ptrace(2), group-stop), and not of a process that begins to be traced.
#[must_use]
pub(crate) const fn is_of_job_control(signal: i32) -> bool {
    matches!(signal, libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU)
}

/// Whether a stop came from a terminal, which stops the whole process group.
#[must_use]
pub(crate) const fn is_of_a_terminal(signal: i32) -> bool {
    matches!(signal, libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU)
}
