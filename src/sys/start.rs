//! What Rust's own start would do, where `main` is called by C's runtime.

use nix::sys::signal::{SigHandler, Signal, signal};

/// Lets a write to a closed pipe fail with an error instead of killing the process.
pub fn ignore_broken_pipes() {
    // SAFETY: ignoring a signal installs no code of ours that could run at a bad time.
    let _ = unsafe { signal(Signal::SIGPIPE, SigHandler::SigIgn) };
}
