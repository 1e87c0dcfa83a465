//! ptrace(2) of a tree of processes for its signals alone: no system calls, and nothing that ends the tree when
//! the tracer ends (PTRACE_O_EXITKILL is never set).

use std::mem::MaybeUninit;
use std::ptr::null_mut;

use nix::errno::Errno;

/// New processes and threads are traced from their first instruction. An exec is not told: each stop costs.
const OPTIONS: libc::c_int =
    libc::PTRACE_O_TRACEFORK | libc::PTRACE_O_TRACEVFORK | libc::PTRACE_O_TRACECLONE;

/// What a signal says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Info {
    /// si_code.
    pub code: i32,
    /// si_addr, of a fault.
    pub address: u64,
}

/// Begins to trace a process; it is not stopped by that.
///
/// # Errors
/// EPERM where Yama, a security module or the user's rights forbid it.
pub(crate) fn seize(pid: i32) -> Result<(), Errno> {
    let options = usize::try_from(OPTIONS).unwrap_or(0);
    let options: *mut libc::c_void = std::ptr::without_provenance_mut(options);
    // SAFETY: PTRACE_SEIZE takes numbers; `data` is the options and no address.
    let done =
        unsafe { libc::ptrace(libc::PTRACE_SEIZE, pid, null_mut::<libc::c_void>(), options) };
    Errno::result(done).map(|_| ())
}

/// Lets a stopped one go on, with a signal or (0) without. One that was killed meanwhile is no error.
pub(crate) fn go_on(pid: i32, signal: i32) {
    let signal = usize::try_from(signal).unwrap_or(0);
    let signal: *mut libc::c_void = std::ptr::without_provenance_mut(signal);
    // SAFETY: PTRACE_CONT takes numbers; `data` is the signal and no address.
    let _ = unsafe { libc::ptrace(libc::PTRACE_CONT, pid, null_mut::<libc::c_void>(), signal) };
}

/// Whether it is a process, and no thread beside the first of one.
pub(crate) fn is_process(pid: i32) -> bool {
    // SAFETY: tgkill(2) takes numbers; signal 0 is sent to nobody.
    let done = unsafe { libc::syscall(libc::SYS_tgkill, pid, pid, 0) };
    Errno::result(done) != Err(Errno::ESRCH)
}

/// Leaves one stopped that job control has stopped, until a SIGCONT comes; whether that was done.
pub(crate) fn leave_stopped(pid: i32) -> bool {
    let nothing = null_mut::<libc::c_void>();
    // SAFETY: PTRACE_LISTEN takes a number.
    let done = unsafe { libc::ptrace(libc::PTRACE_LISTEN, pid, nothing, nothing) };
    done == 0
}

/// Of the signal that one stopped for.
pub(crate) fn info(pid: i32) -> Option<Info> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    let nothing = null_mut::<libc::c_void>();
    // SAFETY: PTRACE_GETSIGINFO writes one such struct, for which `info` has room.
    let done = unsafe { libc::ptrace(libc::PTRACE_GETSIGINFO, pid, nothing, info.as_mut_ptr()) };
    Errno::result(done).ok()?;
    // SAFETY: all its fields are numbers, for which zeros are values too.
    let info = unsafe { info.assume_init() };
    // SAFETY: it reads a field of a union of plain numbers; of a signal that is no fault it says nothing.
    let address = unsafe { info.si_addr() };
    let address = u64::try_from(address.addr()).unwrap_or(0);
    Some(Info { code: info.si_code, address })
}
