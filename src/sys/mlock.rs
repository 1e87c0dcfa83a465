//! Keeping what a process uses in memory.

use std::ops::Range;
use std::ptr::{without_provenance, without_provenance_mut};

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
            kept = kept.saturating_add(Bytes(length));
        }
    }
    kept
}

/// Lets go of all that the process keeps in memory when it is dropped.
#[derive(Debug)]
pub(crate) struct Kept;

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = nix::sys::mman::munlockall();
    }
}

/// Bytes of code that are locked at once where not all may be.
const PIECE: u64 = 256 << 10;

/// Keeps in memory what this process has, and each page of its `code` that it uses from now on, but not the
/// code that it does not use. While the kernel gives back the segment of a killed worker, the worker is no
/// candidate any more, so a process that has to read a page of its own then is killed in its place
/// (docs/kernel-facts.md). Where RLIMIT_MEMLOCK allows less, as much of the code as it allows.
pub(crate) fn keep_what_is_used(code: &[Range<u64>], page: u64) -> Kept {
    raise_limit();
    let lock_all = || {
        // SAFETY: locking changes no content and no address.
        unsafe { libc::mlockall(libc::MCL_CURRENT | libc::MCL_ONFAULT) == 0 }
    };
    let may_lock_all = lock_all() && nix::sys::mman::munlockall().is_ok();
    for range in code {
        forget(range, page);
    }
    if may_lock_all && lock_all() {
        return Kept;
    }
    // Code lies above constants, and is needed first.
    for range in code.iter().rev() {
        let pieces = (range.start..range.end).step_by(usize::try_from(PIECE).unwrap_or(1));
        for start in pieces {
            let bytes = PIECE.min(range.end.saturating_sub(start));
            let place = |n: u64| usize::try_from(n).unwrap_or(0);
            // SAFETY: locking changes no content and no address.
            let _ = unsafe {
                libc::mlock2(without_provenance(place(start)), place(bytes), libc::MLOCK_ONFAULT)
            };
        }
    }
    Kept
}

fn advise(start: u64, bytes: u64, advice: libc::c_int) {
    let place = |n: u64| usize::try_from(n).unwrap_or(0);
    // SAFETY: DONTDUMP changes no content; DONTNEED is given for code, whose pages nobody writes:
    // they come back from the file as they were.
    let _ = unsafe { libc::madvise(without_provenance_mut(place(start)), place(bytes), advice) };
}

/// Unmaps the pages of `code`, so that each one is mapped, and locked, again when it is used. With each the
/// kernel would map up to 15 others of the same mapping: so every other page becomes a mapping of its own.
fn forget(code: &Range<u64>, page: u64) {
    let mut at = code.start;
    while at < code.end {
        advise(at, page, libc::MADV_DONTDUMP);
        at = at.saturating_add(page.max(1).saturating_mul(2));
    }
    advise(code.start, code.end.saturating_sub(code.start), libc::MADV_DONTNEED);
}

/// Lets this process lock all that it may: nobody needs a right for that.
fn raise_limit() {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_MEMLOCK) {
        // Without it there is less to lock.
        let _ = setrlimit(Resource::RLIMIT_MEMLOCK, hard, hard);
    }
}
