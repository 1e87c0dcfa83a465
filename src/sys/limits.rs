//! What keeps this process itself from its work: too little memory or stack, and system calls that a seccomp
//! profile refuses.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;
use std::sync::atomic::AtomicU32;

use nix::errno::Errno;
use nix::poll::{PollTimeout, poll};
use nix::sched::{sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit};
use nix::sys::signal::kill;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::{Pid, getpid, getppid};

use super::own;

/// The exit code where the machine refuses (docs/contract.md).
pub(crate) const REFUSED: libc::c_int = 4;

/// A stack that everything has room in (ulimit -s says 8 MiB by default).
const ROOMY: u64 = 8 << 20;

/// The system's allocator. Where it has nothing, as with RLIMIT_AS, the program ends with a line that says so, and
/// not with SIGABRT, which is what the standard library does.
struct OrEnd;

#[global_allocator]
static ALLOCATOR: OrEnd = OrEnd;

// SAFETY: it hands out what the system's allocator does, with the same layouts.
unsafe impl GlobalAlloc for OrEnd {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps what this promises too.
        let memory = unsafe { System.alloc(layout) };
        if memory.is_null() { end(layout.size()) } else { memory }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: it came from the system's allocator with this layout.
        unsafe { System.dealloc(memory, layout) };
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as for `alloc`.
        let memory = unsafe { System.alloc_zeroed(layout) };
        if memory.is_null() { end(layout.size()) } else { memory }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: as for `alloc` and `dealloc`.
        let memory = unsafe { System.realloc(memory, layout, bytes) };
        if memory.is_null() { end(bytes) } else { memory }
    }
}

/// Ends the process; allocates nothing.
#[cold]
fn end(bytes: usize) -> ! {
    let mut text = [0; 160];
    let mut rest = &mut text[..];
    let _ = writeln!(
        rest,
        "shmeter: its own memory does not fit: {bytes} more bytes are refused; raise ulimit -v, or the \
         limit of the container"
    );
    let left = rest.len();
    let line = text.get(..text.len().saturating_sub(left)).unwrap_or_default();
    let _ = nix::unistd::write(std::io::stderr(), line);
    // SAFETY: _exit is allowed at any time and does not return.
    unsafe { libc::_exit(REFUSED) }
}

/// A system call that some commands cannot do without, and that a seccomp profile may refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Futex,
    Getpid,
    Getppid,
    Kill,
    Nanosleep,
    Getrusage,
    Poll,
    SchedSetaffinity,
    Unlink,
    Wait4,
}

impl Need {
    /// What starts processes, waits for them and ends them.
    pub(crate) const OF_PROCESSES: [Need; 2] = [Need::Wait4, Need::Kill];

    /// What a measurement takes beside that.
    pub(crate) const OF_BENCH: [Need; 7] = [
        Need::Getpid,
        Need::Getppid,
        Need::Poll,
        Need::Nanosleep,
        Need::Futex,
        Need::SchedSetaffinity,
        Need::Getrusage,
    ];

    const fn word(self) -> &'static str {
        match self {
            Need::Futex => "futex",
            Need::Getpid => "getpid",
            Need::Getppid => "getppid",
            Need::Kill => "kill",
            Need::Nanosleep => "clock_nanosleep",
            Need::Getrusage => "getrusage",
            Need::Poll => "poll",
            Need::SchedSetaffinity => "sched_setaffinity",
            Need::Unlink => "unlink",
            Need::Wait4 => "wait4",
        }
    }

    /// Makes the call so that it does nothing.
    fn answer(self) -> Result<(), Errno> {
        // Both cannot fail otherwise: C's library hands on what the kernel said.
        let number = |pid: Pid| Errno::from_raw(pid.as_raw().saturating_neg().max(0));
        own::refusal(match self {
            Need::Futex => wake_nobody().err().unwrap_or(Errno::UnknownErrno),
            Need::Getpid => number(getpid()),
            Need::Getppid => number(getppid()),
            Need::Kill => kill(getpid(), None).err().unwrap_or(Errno::UnknownErrno),
            Need::Nanosleep => nothing_of_nanosleep(),
            Need::Getrusage => {
                getrusage(UsageWho::RUSAGE_THREAD).err().unwrap_or(Errno::UnknownErrno)
            }
            Need::Poll => poll(&mut [], PollTimeout::ZERO).err().unwrap_or(Errno::UnknownErrno),
            Need::SchedSetaffinity => {
                let myself = Pid::from_raw(0);
                let same =
                    sched_getaffinity(myself).and_then(|set| sched_setaffinity(myself, &set));
                same.err().unwrap_or(Errno::UnknownErrno)
            }
            Need::Unlink => return own::may_remove_names(),
            // This process is no child of its own.
            Need::Wait4 => {
                waitpid(getpid(), Some(WaitPidFlag::WNOHANG)).err().unwrap_or(Errno::ECHILD)
            }
        })
    }
}

fn wake_nobody() -> Result<(), Errno> {
    let word = AtomicU32::new(0);
    // SAFETY: the word lives for the call; nobody else knows it.
    let done = unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, 1) };
    Errno::result(done).map(|_| ())
}

fn nothing_of_nanosleep() -> Errno {
    let moment = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let no_rest = std::ptr::null_mut();
    // SAFETY: the kernel reads the time, which lives for the call, and writes nothing.
    Errno::from_raw(unsafe {
        libc::clock_nanosleep(libc::CLOCK_MONOTONIC, 0, &raw const moment, no_rest)
    })
}

/// A call that is needed and refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{call} is refused ({}), and this command needs it: allow it in the seccomp profile", .errno.desc())]
pub struct Refused {
    call: &'static str,
    errno: Errno,
}

/// Whether all of them are allowed here.
///
/// # Errors
/// The first that is not.
pub(crate) fn check(needs: impl IntoIterator<Item = Need>) -> Result<(), Refused> {
    needs
        .into_iter()
        .try_for_each(|need| need.answer().map_err(|errno| Refused { call: need.word(), errno }))
}

/// Bytes that the stack may have, after it was raised as far as this process may.
#[must_use]
pub(crate) fn stack() -> u64 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_STACK) else { return ROOMY };
    let wanted = ROOMY.min(hard);
    if soft < wanted && setrlimit(Resource::RLIMIT_STACK, wanted, hard).is_ok() {
        return wanted;
    }
    soft
}
