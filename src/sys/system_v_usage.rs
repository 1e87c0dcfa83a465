//! What all System V segments of this IPC namespace come to (shmctl(2), SHM_INFO).

use std::mem::MaybeUninit;

use nix::errno::Errno;

/// SHM_INFO (linux/shm.h), which no crate names for every C library.
const SHM_INFO: libc::c_int = 14;

/// struct shm_info (linux/shm.h).
#[repr(C)]
struct Info {
    used_ids: libc::c_int,
    total: libc::c_ulong,
    resident: libc::c_ulong,
    swapped: libc::c_ulong,
    attempts: libc::c_ulong,
    successes: libc::c_ulong,
}

/// Segments, and pages of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub segments: u64,
    /// Pages of all their sizes.
    pub promised: u64,
    /// Pages that are in memory or in swap.
    pub held: u64,
}

/// Asks; it neither opens a file nor allocates.
///
/// # Errors
/// Where the kernel has no System V shared memory, or a filter refuses the call.
pub(crate) fn usage() -> Result<Usage, Errno> {
    let mut info = MaybeUninit::<Info>::zeroed();
    // SAFETY: with SHM_INFO the kernel writes one such struct, for which `info` has room, and takes no segment.
    let done = unsafe { libc::shmctl(0, SHM_INFO, info.as_mut_ptr().cast()) };
    Errno::result(done)?;
    // SAFETY: all its fields are numbers, for which zeros are values too.
    let info = unsafe { info.assume_init() };
    Ok(Usage {
        segments: u64::try_from(info.used_ids).unwrap_or(0),
        promised: count(info.total),
        held: count(info.resident).saturating_add(count(info.swapped)),
    })
}

/// A number whose C type differs between machines.
fn count(n: impl TryInto<u64>) -> u64 {
    n.try_into().unwrap_or(0)
}
