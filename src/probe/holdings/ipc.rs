//! The System V segments of an IPC namespace, also of another process's.

use std::fs::File;

use nix::errno::Errno;
use nix::sched::{CloneFlags, setns};

use crate::facts::sysvipc::{Segment, parse_segments};
use crate::facts::{Reading, Why};
use crate::probe::{Live, Source};

/// An IPC namespace.
pub(crate) struct Ipc {
    pub segments: Reading<Vec<Segment>>,
    /// Its name, `ipc:[4026531839]`.
    pub namespace: Option<String>,
    /// It is not the reader's.
    pub other: bool,
}

/// The segments that a process sees.
pub(crate) fn segments(source: &Live, pid: Option<u32>) -> Ipc {
    let own = source.link("/proc/self/ns/ipc");
    let asked = match pid {
        None => own.clone(),
        Some(pid) => source.link(&format!("/proc/{pid}/ns/ipc")),
    };
    let other = pid.is_some() && own != asked;
    let read = || source.read("/proc/sysvipc/shm").parse(parse_segments);
    let segments = match pid {
        Some(pid) if other => match within(pid, read) {
            Ok(segments) => segments,
            Err(error) => Reading::Unknown(Why::Words(format!(
                "process {pid} is in another IPC namespace, and entering it failed ({}): run as \
                 root with CAP_SYS_ADMIN, or run shmeter inside that container",
                error.desc()
            ))),
        },
        _ => read(),
    };
    Ipc { segments, namespace: asked.known().cloned(), other }
}

/// Does `work` in the IPC namespace of `pid`, and comes back: /proc/sysvipc shows that of whoever
/// opens it.
fn within<T>(pid: u32, work: impl FnOnce() -> T) -> Result<T, Errno> {
    let open = |path: &str| {
        File::open(path).map_err(|error| Errno::try_from(error).unwrap_or(Errno::UnknownErrno))
    };
    let own = open("/proc/self/ns/ipc")?;
    let other = open(&format!("/proc/{pid}/ns/ipc"))?;
    setns(other, CloneFlags::CLONE_NEWIPC)?;
    let done = work();
    setns(own, CloneFlags::CLONE_NEWIPC)?;
    Ok(done)
}
