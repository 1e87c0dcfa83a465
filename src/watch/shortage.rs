//! What looks alone tell of a shortage: nothing was left of /dev/shm, or the OOM killer came.
#![forbid(unsafe_code)]

use super::incident::{Cause, Incident, What};
use super::peaks::Peaks;
use crate::units::Bytes;

/// That the OOM killer came, where no process is known that it took.
#[must_use]
pub fn kill(peaks: &Peaks) -> Option<Incident> {
    let kills = peaks.oom_kills();
    let processes = if kills == 1 { "process" } else { "processes" };
    (kills > 0).then(|| Incident {
        signal: Some(SIGKILL),
        cause: Cause::Memory,
        limit: Some("cgroup-memory"),
        why: format!("the OOM killer ended {kills} {processes} of its cgroup"),
        ..Incident::new(peaks.at_kill.map_or(0, |(_, _, at)| at), What::OomKill)
    })
}

/// As signal(7) has it on every machine.
const SIGKILL: i32 = 9;

/// That nothing was left of /dev/shm.
#[must_use]
pub fn full(peaks: &Peaks) -> Option<Incident> {
    let at = peaks.full_at.or(peaks.no_inode_at)?;
    let inodes = peaks.full_at.is_none();
    let (what, limit) =
        if inodes { ("no inode", "tmpfs-inodes") } else { ("no page", "tmpfs-size") };
    Some(Incident {
        free: peaks.full_at.map(|_| Bytes::ZERO),
        limit: Some(limit),
        cause: Cause::SharedMemory,
        why: format!("/dev/shm had {what} left"),
        ..Incident::new(at, What::Full)
    })
}
