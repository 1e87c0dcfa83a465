//! What a process does to itself through /proc/self: no readings, those are for `probe`.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;

use nix::errno::Errno;

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

/// The same file to be read, of which only was asked what it is. A folder's names are below the path.
pub(crate) fn reopen_to_read(file: &impl AsFd) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path_of(file))
}

/// The path that leads to an open file, whatever became of its name.
#[must_use]
pub(crate) fn path_of(file: &impl AsFd) -> String {
    format!("/proc/self/fd/{}", file.as_fd().as_raw_fd())
}

/// The number of the mount that an open file was opened through (proc_pid_fdinfo(5)).
///
/// # Errors
/// When that cannot be read.
pub(crate) fn mount_of(file: impl AsFd) -> Result<u64, Errno> {
    let path = format!("/proc/self/fdinfo/{}", file.as_fd().as_raw_fd());
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw))?;
    let line = text.lines().find_map(|line| line.strip_prefix("mnt_id:"));
    line.and_then(|number| number.trim().parse().ok()).ok_or(Errno::ENODATA)
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
