//! Counts: in which of the machine's counts a piece of shared memory is seen, and what one costs.

use std::num::NonZeroUsize;
use std::time::Duration;

use nix::errno::Errno;

use crate::compare::object::Object;
use crate::compare::{Cell, Job};
use crate::probe::{Live, Source, Target, bytes_of_segments, gather};
use crate::sys::shared::pause;

/// Bytes that are filled to be seen in a count.
const BYTES: NonZeroUsize = NonZeroUsize::new(4 << 20).unwrap();

/// Bytes that must still fit for that.
const LEAST: u64 = 8 << 20;

/// Whether a count grows as a piece is filled, within so many looks of 100 ms.
fn grows(job: &Job, looks: u32, count: &impl Fn() -> Option<u64>) -> Result<bool, Errno> {
    let before = count().unwrap_or(0);
    let object = Object::make(job, BYTES)?;
    let mapping = object.map(BYTES)?;
    for offset in (0..BYTES.get()).step_by(4096) {
        mapping.touch(offset, 1);
    }
    for look in 0..looks {
        if look > 0 {
            pause(Duration::from_millis(100));
        }
        if count().unwrap_or(0).saturating_sub(before) >= 2 << 20 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What most of several tries see: others use the machine too.
fn counted(
    job: &Job,
    (tries, looks): (u32, u32),
    count: impl Fn() -> Option<u64>,
    why: &str,
) -> Result<Cell, Errno> {
    // Half of what fits is left to others.
    if job.room < LEAST {
        return Ok(Cell::none("too little is known to fit"));
    }
    if count().is_none() {
        return Ok(Cell::none(why));
    }
    let mut grew = 0_u32;
    for _ in 0..tries {
        grew = grew.saturating_add(grows(job, looks, &count)?.into());
    }
    Ok(Cell::said(if grew > tries / 2 { "yes" } else { "no" }))
}

pub(crate) fn in_df(job: &Job) -> Result<Cell, Errno> {
    let source = Live::default();
    let used = || source.statfs(&job.folder).known().map(|statfs| statfs.used().0);
    counted(job, (7, 1), used, "the folder's file system cannot be asked")
}

pub(crate) fn in_ipcs(job: &Job) -> Result<Cell, Errno> {
    let source = Live::default();
    let bytes = || bytes_of_segments(&source).map(|bytes| bytes.0);
    counted(job, (7, 1), bytes, "/proc/sysvipc/shm cannot be read")
}

pub(crate) fn in_cgroup(job: &Job) -> Result<Cell, Errno> {
    let source = Live::without_attempts();
    let shmem = || {
        let facts = gather(&source, &Target::default()).ok()?;
        facts.cgroup.levels.first()?.shmem.known().map(|bytes| bytes.0)
    };
    // The kernel gathers counts of cgroups for up to two seconds.
    counted(job, (1, 26), shmem, "memory.stat of the own cgroup cannot be read")
}
