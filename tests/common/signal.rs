//! Signals to processes that a test does not start itself, or that are not to be killed.

use std::process::Command;

/// Sends a signal.
pub fn signal(pid: u32, name: &str) {
    let done = Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap();
    assert!(done.success(), "kill -s {name} {pid}");
}
