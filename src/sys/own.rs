//! What a process does to itself through /proc/self: no readings, those are for `probe`.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::process::Command;

use nix::errno::Errno;
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;

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

/// The user that this process acts as; `None` where that cannot be asked.
#[must_use]
pub(crate) fn user() -> Option<u32> {
    // The call cannot fail but by a seccomp profile, and then gives a negative number; /proc tells it too.
    let user = nix::unistd::geteuid().as_raw();
    if i32::try_from(user).is_ok() {
        return Some(user);
    }
    std::fs::metadata("/proc/self").ok().map(|process| process.uid())
}

/// This process's own number; 0 where it cannot be asked.
#[must_use]
pub(crate) fn number() -> i32 {
    nix::unistd::getpid().as_raw().max(0)
}

/// The number of the process that started this one; `None` where it cannot be asked. A seccomp profile may
/// refuse the call, which cannot fail otherwise.
#[must_use]
pub(crate) fn parent() -> Option<i32> {
    let parent = nix::unistd::getppid().as_raw();
    if parent >= 0 {
        return Some(parent);
    }
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may hold anything: the state, then this (proc_pid_stat(5)).
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Has the kernel kill this process as soon as `parent` ends; whether that one is still there.
pub(crate) fn die_with(parent: i32) -> bool {
    let _ = set_pdeathsig(Signal::SIGKILL);
    is_child_of(parent)
}

/// Whether `parent`, a number or 0 for one that could not be asked, is still there, as far as that can be told.
#[must_use]
pub(crate) fn is_child_of(parent: i32) -> bool {
    parent == 0 || self::parent().is_none_or(|now| now == parent)
}

/// Whether this process may remove names at all; a seccomp profile may refuse the call.
///
/// # Errors
/// The kernel's refusal.
pub(crate) fn may_remove_names() -> Result<(), Errno> {
    let answer = std::fs::remove_file("").err().and_then(|error| error.raw_os_error());
    refusal(Errno::from_raw(answer.unwrap_or(libc::ENOENT)))
}

/// An errno that says that a call is not allowed, or not known, whatever it is asked.
pub(super) fn refusal(errno: Errno) -> Result<(), Errno> {
    if matches!(errno, Errno::EPERM | Errno::ENOSYS) { Err(errno) } else { Ok(()) }
}

/// Lets orphans of processes that this one starts come to it, so that it hears how they end; whether that was
/// done.
pub(crate) fn adopt_orphans() -> bool {
    nix::sys::prctl::set_child_subreaper(true).is_ok()
}

/// Lets others have the CPU first: nice 19, of this thread alone, as setpriority(2) is on Linux.
pub(crate) fn let_others_first() {
    const OF_A_PROCESS: u8 = 0; // PRIO_PROCESS, whose type differs between C libraries
    // SAFETY: it takes numbers and no pointers.
    let _ = unsafe { libc::setpriority(OF_A_PROCESS.into(), 0, 19) };
}

/// Stops this process as a terminal's job control does; it returns when somebody lets it go on.
pub(crate) fn stop() {
    let _ = nix::sys::signal::raise(Signal::SIGSTOP);
}

/// Threads of this process, where that can be seen.
#[must_use]
pub(crate) fn threads() -> Option<usize> {
    std::fs::read_dir("/proc/self/task").ok().map(Iterator::count)
}
