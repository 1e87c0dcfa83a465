//! Keeping what a process uses in memory.

use std::ops::Range;
use std::ptr::without_provenance;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::units::Bytes;

/// Locks these addresses into memory, for as long as this process lives; how many bytes of them that is.
/// What RLIMIT_MEMLOCK does not grant stays unlocked (64 KiB by default before Linux 5.16, 8 MiB since).
pub(crate) fn keep(ranges: impl IntoIterator<Item = Range<u64>>) -> Bytes {
    raise_limit();
    let mut kept = Bytes::ZERO;
    for range in ranges {
        let place = |n: u64| usize::try_from(n).unwrap_or(0);
        let length = range.end.saturating_sub(range.start);
        // SAFETY: locking changes no content and no address; a range that is not mapped any more is
        // refused.
        if unsafe { libc::mlock(without_provenance(place(range.start)), place(length)) } == 0 {
            kept = kept.plus(Bytes(length));
        }
    }
    kept
}

/// Keeps in memory what this process uses from now on: what it has and what it will read of its code, not
/// what it never needs. While the kernel gives back the segment of a killed worker, the worker is no
/// candidate any more, so a process that has to read a page of its own then is killed in its place
/// (docs/kernel-facts.md). Returns whether the kernel agreed; RLIMIT_MEMLOCK may be too small.
pub(crate) fn keep_what_is_used() -> bool {
    raise_limit();
    // SAFETY: locking changes no content and no address.
    unsafe { libc::mlockall(libc::MCL_CURRENT | libc::MCL_ONFAULT) == 0 }
}

/// Lets this process lock all that it may: nobody needs a right for that.
fn raise_limit() {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_MEMLOCK) {
        // Without it there is less to lock.
        let _ = setrlimit(Resource::RLIMIT_MEMLOCK, hard, hard);
    }
}
