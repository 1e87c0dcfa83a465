//! SIGBUS: what a store gets where the kernel has no page for it. The handler writes down that it
//! came and leaves; nothing else is safe there.

use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

use nix::errno::Errno;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

/// Where the handler writes to.
static NOTE: AtomicPtr<AtomicU64> = AtomicPtr::new(std::ptr::null_mut());

/// What it raises for the others to see.
static FLAG: AtomicPtr<AtomicU32> = AtomicPtr::new(std::ptr::null_mut());

/// The signal's reason that means broken hardware (BUS_MCEERR_AR, asm-generic/siginfo.h).
const HARDWARE: i32 = 4;

/// What is written where the reason is broken hardware.
pub(crate) const NOTE_HARDWARE: u64 = 2;

/// The exit code then: what a shell shows for this signal.
pub(crate) const EXIT_CODE: i32 = 135;

/// On SIGBUS, stores 1 (or [`NOTE_HARDWARE`]) into `note` and 1 into `flag`, and ends the process with
/// [`EXIT_CODE`].
pub(crate) fn note_and_leave(
    note: &'static AtomicU64,
    flag: &'static AtomicU32,
) -> Result<(), Errno> {
    FLAG.store(std::ptr::from_ref(flag).cast_mut(), Ordering::Release);
    NOTE.store(std::ptr::from_ref(note).cast_mut(), Ordering::Release);
    let handler = SigHandler::SigAction(noted);
    let action = SigAction::new(handler, SaFlags::SA_SIGINFO, SigSet::empty());
    // SAFETY: the handler does nothing but atomic stores and _exit, which are always allowed.
    unsafe { sigaction(Signal::SIGBUS, &action) }.map(|_| ())
}

extern "C" fn noted(_: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the kernel hands a handler of SA_SIGINFO a valid pointer, or none.
    let code = unsafe { info.as_ref() }.map_or(0, |info| info.si_code);
    // SAFETY: set once from a reference that lives as long as the process, or null.
    if let Some(note) = unsafe { NOTE.load(Ordering::Acquire).as_ref() } {
        note.store(if code == HARDWARE { NOTE_HARDWARE } else { 1 }, Ordering::Release);
    }
    // SAFETY: as above.
    if let Some(flag) = unsafe { FLAG.load(Ordering::Acquire).as_ref() } {
        flag.store(1, Ordering::Release);
    }
    // SAFETY: _exit is async-signal-safe (signal-safety(7)) and does not return.
    unsafe { libc::_exit(EXIT_CODE) }
}
