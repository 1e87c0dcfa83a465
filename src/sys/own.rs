//! What a process does to itself through /proc/self: no readings, those are for `probe`.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::process::Command;

/// This program once more, also where it was replaced on disk meanwhile.
#[must_use]
pub(crate) fn program() -> Command {
    Command::new("/proc/self/exe")
}

/// The same file, opened anew: with or without a name.
pub(crate) fn reopen(file: &File) -> io::Result<File> {
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    OpenOptions::new().read(true).write(true).open(path)
}

/// How the OOM killer weighs this process and those that it starts (proc_pid_oom_score_adj(5)).
///
/// # Errors
/// When it is less than before, which takes CAP_SYS_RESOURCE.
pub(crate) fn set_oom_score_adj(score: i32) -> io::Result<()> {
    std::fs::write("/proc/self/oom_score_adj", score.to_string())
}

/// Threads of this process, where that can be seen.
#[must_use]
pub(crate) fn threads() -> Option<usize> {
    std::fs::read_dir("/proc/self/task").ok().map(Iterator::count)
}
