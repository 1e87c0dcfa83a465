//! Signals of the program itself.

use std::sync::atomic::{AtomicI32, Ordering};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction, signal};

/// Lets a write to a closed pipe fail with an error instead of killing the process.
pub fn ignore_broken_pipes() {
    // SAFETY: ignoring a signal installs no code of ours that could run at a bad time.
    let _ = unsafe { signal(Signal::SIGPIPE, SigHandler::SigIgn) };
}

/// Ends the process on SIGINT and SIGTERM. The first process of a container needs that said: the
/// kernel keeps signals from it that it does not handle.
pub fn end_on_signals() {
    let action = SigAction::new(SigHandler::Handler(end), SaFlags::empty(), SigSet::empty());
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        // SAFETY: the handler calls nothing but _exit, which may be called at any time.
        let _ = unsafe { sigaction(signal, &action) };
    }
}

extern "C" fn end(signal: libc::c_int) {
    // SAFETY: _exit is async-signal-safe (signal-safety(7)) and does not return.
    unsafe { libc::_exit(signal.saturating_add(128)) }
}

/// The signal that asked for an end, if one came.
static ASKED: AtomicI32 = AtomicI32::new(0);

/// From now on SIGINT and SIGTERM are only noted, for [`asked_to_end`].
pub fn note_signals() {
    let action = SigAction::new(SigHandler::Handler(note), SaFlags::empty(), SigSet::empty());
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        // SAFETY: the handler does nothing but an atomic store, which is always allowed.
        let _ = unsafe { sigaction(signal, &action) };
    }
}

extern "C" fn note(signal: libc::c_int) {
    ASKED.store(signal, Ordering::Relaxed);
}

/// Whether a signal asked for an end.
#[must_use]
pub fn asked_to_end() -> bool {
    ASKED.load(Ordering::Relaxed) != 0
}
