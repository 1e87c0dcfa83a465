//! Keeping the program itself in memory.

use std::ptr::without_provenance;

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::facts::maps::parse_mapping;
use crate::units::Bytes;

/// Locks the program's code and constants into memory, for as long as this process lives; how many
/// bytes that is. Where memory ends the kernel would drop them, and read them again as soon as they
/// are needed: each reading process holds pages then that nobody can reclaim, and with enough of
/// them it kills (docs/kernel-facts.md).
///
/// # Errors
/// ENOMEM or EPERM where RLIMIT_MEMLOCK is below the size of the program (64 KiB by default before
/// Linux 5.16, 8 MiB since), others of mlock(2).
pub fn keep() -> Result<Bytes, Errno> {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_MEMLOCK) {
        // Nobody needs a right for that; without it there is less to lock.
        let _ = setrlimit(Resource::RLIMIT_MEMLOCK, hard, hard);
    }
    let maps = std::fs::read_to_string("/proc/self/maps").map_err(|_| Errno::EIO)?;
    let mut kept = Bytes::ZERO;
    // The program is static: no file but its own is mapped privately.
    for mapping in maps.lines().filter_map(parse_mapping).filter(|mapping| !mapping.shared) {
        let place = |n: u64| usize::try_from(n).map_err(|_| Errno::EOVERFLOW);
        let (start, length) = (place(mapping.start)?, place(mapping.length())?);
        // SAFETY: locking changes no content and no address; a range that is not mapped any more is
        // refused.
        Errno::result(unsafe { libc::mlock(without_provenance(start), length) })?;
        kept = kept.plus(Bytes(mapping.length()));
    }
    Ok(kept)
}
