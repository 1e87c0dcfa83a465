//! Starts a command as env(1) does: with the signals, limits and files that this program was started with.

use std::ffi::{CString, OsString};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::ptr::null;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::unistd::{ForkResult, fork, pipe2};

use super::signals::{self, Inherited};

/// A command that can be started without anything being allocated.
#[derive(Debug)]
pub(crate) struct Program {
    /// Kept for the pointers.
    _words: Vec<CString>,
    /// To each word, and a null.
    pointers: Vec<*const libc::c_char>,
}

impl Program {
    /// A command and its arguments.
    ///
    /// # Errors
    /// When a word has a NUL in it, or there is none.
    pub(crate) fn new(words: &[OsString]) -> Result<Program, Errno> {
        let words: Result<Vec<CString>, _> =
            words.iter().map(|word| CString::new(word.as_bytes())).collect();
        let words = words.map_err(|_| Errno::EINVAL)?;
        if words.is_empty() {
            return Err(Errno::EINVAL);
        }
        let pointers = words.iter().map(|word| word.as_ptr()).chain([null()]).collect();
        Ok(Program { _words: words, pointers })
    }
}

/// A command that was started, and waits for [`Started::go`].
#[derive(Debug)]
pub(crate) struct Started {
    pub pid: i32,
    go: Option<OwnedFd>,
    failure: OwnedFd,
}

impl Started {
    /// Lets it begin.
    pub(crate) fn go(&mut self) {
        // The end of the pipe is what it waits for, which comes too when this process is killed.
        self.go = None;
    }

    /// Why it could not be run, once it ended.
    pub(crate) fn failure(&self) -> Option<Errno> {
        let mut code = [0; 4];
        let _ = fcntl(&self.failure, FcntlArg::F_SETFL(OFlag::O_NONBLOCK));
        match nix::unistd::read(&self.failure, &mut code) {
            Ok(4) => Some(Errno::from_raw(i32::from_ne_bytes(code))),
            _ => None,
        }
    }
}

/// Every signal that can wait and is to be passed on, so that none is lost: not those of a fault, nor SIGCHLD.
#[must_use]
pub(crate) fn to_pass_on() -> SigSet {
    let mut all = SigSet::all();
    for signal in [
        Signal::SIGSEGV,
        Signal::SIGBUS,
        Signal::SIGFPE,
        Signal::SIGILL,
        Signal::SIGTRAP,
        Signal::SIGABRT,
        Signal::SIGSYS,
        Signal::SIGCHLD,
        Signal::SIGPIPE,
        Signal::SIGXFSZ,
    ] {
        all.remove(signal);
    }
    all
}

/// Keeps those from this process until they are read, and gives what was kept before.
///
/// # Errors
/// Where the call is refused.
pub(crate) fn hold(signals: &SigSet) -> Result<SigSet, Errno> {
    signals.thread_swap_mask(SigmaskHow::SIG_BLOCK)
}

/// Sends a signal, of whatever number, to a process.
pub(crate) fn pass_on(pid: i32, signal: i32) {
    if pid > 0 {
        // SAFETY: it takes numbers.
        let _ = unsafe { libc::kill(pid, signal) };
    }
}

/// Starts `program` in a process of its own, which waits before it begins. `before` is the signal mask to
/// give it, `stderr` what to give it as stderr instead of this process's. This process must have one thread.
///
/// # Errors
/// When there can be no more processes, or no more files.
pub(crate) fn start(
    program: &Program,
    before: &SigSet,
    stderr: Option<BorrowedFd<'_>>,
) -> Result<Started, Errno> {
    let (wait, go) = pipe2(OFlag::O_CLOEXEC)?;
    let (failure, tell) = pipe2(OFlag::O_CLOEXEC)?;
    let inherited = signals::inherited();
    // SAFETY: the child makes only system calls (and execvp, which looks at PATH on its stack): it takes no
    // lock and does not allocate, and does not return from here.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(Started { pid: child.as_raw(), go: Some(go), failure }),
        ForkResult::Child => {
            // SAFETY: this process has its own table of files, and nothing here uses that one any more.
            let _ = unsafe { libc::close(go.as_raw_fd()) };
            become_it(program, before, inherited, stderr, &wait, &tell)
        }
    }
}

/// In the child: waits, makes all as it was, and becomes the command.
fn become_it(
    program: &Program,
    before: &SigSet,
    inherited: Inherited,
    stderr: Option<BorrowedFd<'_>>,
    wait: &OwnedFd,
    tell: &OwnedFd,
) -> ! {
    let mut end = [0; 1];
    while nix::unistd::read(wait, &mut end) == Err(Errno::EINTR) {}
    inherited.restore();
    if let Some(stderr) = stderr {
        // SAFETY: both are numbers; stderr of this process is not used any more.
        let _ = unsafe { libc::dup2(stderr.as_raw_fd(), libc::STDERR_FILENO) };
    }
    let _ = before.thread_set_mask();
    let (name, words) = (program.pointers.first().copied(), program.pointers.as_ptr());
    // SAFETY: `pointers` holds the addresses of strings with their ends, which live on, and a null behind them.
    let _ = unsafe { libc::execvp(name.unwrap_or(null()), words) };
    let why = Errno::last_raw();
    let code = if why == libc::ENOENT { 127 } else { 126 };
    let _ = nix::unistd::write(tell, &why.to_ne_bytes());
    // SAFETY: _exit ends the child without anything of the parent's that would run at its end.
    unsafe { libc::_exit(code) }
}
