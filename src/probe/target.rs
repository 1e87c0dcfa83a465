//! What is looked at, and whether that process is still there.

use nix::errno::Errno;

use super::{ProbeError, Source};
use crate::facts::process::parse_status;
use crate::facts::{Reading, Why};

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Another process, or the one that looks.
    pub pid: Option<u32>,
    /// The folder, as that process names it.
    pub path: String,
}

impl Target {
    /// Where POSIX shared memory lies.
    pub(crate) const DEFAULT_PATH: &'static str = "/dev/shm";
}

impl Default for Target {
    fn default() -> Self {
        Target { pid: None, path: Target::DEFAULT_PATH.to_owned() }
    }
}

/// The number of the process that looks, as its /proc shows it.
pub(super) fn own_pid(source: &dyn Source) -> u32 {
    match source.link("/proc/self") {
        Reading::Known(link) => link.parse().unwrap_or(0),
        _ => {
            let status = source.read("/proc/self/status").parse(parse_status);
            status.known().map_or(0, |status| status.pid)
        }
    }
}

/// Whether a process is gone, or only waits for its parent to hear of its end.
fn has_ended(status: &Reading<String>) -> bool {
    match status {
        Reading::Known(text) => text.lines().any(|line| line.starts_with("State:\tZ")),
        Reading::Absent => true,
        Reading::Unknown(why) => *why == Why::Errno(Errno::ESRCH),
    }
}

/// Whether it is gone. The kernel gives back the root of a process that exits before its state says so
/// (exit_fs, kernel/exit.c): what is looked for below it then does not exist.
pub(super) fn is_gone(source: &dyn Source, pid: u32) -> bool {
    has_ended(&source.read(&format!("/proc/{pid}/status")))
        || !source.is_capture() && source.statfs(&format!("/proc/{pid}/root")) == Reading::Absent
}

/// That it may be looked into.
///
/// # Errors
/// When it does not exist, has ended or may not be looked into.
pub(super) fn check_process(
    source: &dyn Source,
    pid: u32,
    status: &Reading<String>,
) -> Result<(), ProbeError> {
    match status {
        Reading::Known(_) if has_ended(status) => Err(ProbeError::Ended(pid)),
        Reading::Known(_) => Ok(()),
        Reading::Absent if source.is_capture() => Err(ProbeError::NotCaptured(pid)),
        Reading::Absent => Err(ProbeError::NoProcess(pid)),
        Reading::Unknown(Why::Errno(Errno::ESRCH)) => Err(ProbeError::Ended(pid)),
        Reading::Unknown(why) => Err(ProbeError::Denied { pid, why: why.clone() }),
    }
}
