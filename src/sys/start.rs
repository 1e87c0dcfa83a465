//! What Rust's own start would do, where `main` is called by C's runtime.

use std::ffi::{CStr, OsString, c_char, c_int};
use std::os::unix::ffi::OsStrExt;

use nix::sys::signal::{SigHandler, Signal, signal};

/// The arguments that C's runtime hands to `main`.
///
/// # Safety
/// `argv` must be what `main` got: `argc` pointers to strings that live as long as the process.
#[must_use]
pub unsafe fn arguments(argc: c_int, argv: *const *const c_char) -> Vec<OsString> {
    let count = usize::try_from(argc).unwrap_or(0);
    (0..count)
        .map(|at| {
            // SAFETY: `at` is below `argc`, so the pointer is inside of `argv` (the caller's word).
            let place = unsafe { argv.add(at) };
            // SAFETY: C's runtime filled this place of `argv` before it called `main`.
            let argument = unsafe { *place };
            // SAFETY: every argument is a string with a zero at its end (execve(2)).
            let text = unsafe { CStr::from_ptr(argument) };
            std::ffi::OsStr::from_bytes(text.to_bytes()).to_owned()
        })
        .collect()
}

/// Lets a write to a closed pipe fail with an error instead of killing the process.
pub fn ignore_broken_pipes() {
    // SAFETY: ignoring a signal installs no code of ours that could run at a bad time.
    let _ = unsafe { signal(Signal::SIGPIPE, SigHandler::SigIgn) };
}
