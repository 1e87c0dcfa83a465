//! Keeping what a process uses in memory.

use std::ops::Range;
use std::ptr::{without_provenance, without_provenance_mut};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::units::Bytes;

/// Bytes that are locked at once, so that a limit leaves out no more than it has to.
const PIECE: u64 = 256 << 10;

/// Locks these addresses into memory, for as long as this process lives; how many bytes of them that is.
/// What RLIMIT_MEMLOCK does not grant stays unlocked (64 KiB by default before Linux 5.16, 8 MiB since): the
/// lowest, as code lies above constants, and is needed first.
pub(crate) fn keep(ranges: &[Range<u64>]) -> Bytes {
    raise_limit();
    lock(ranges, 0)
}

fn lock(ranges: &[Range<u64>], flags: libc::c_uint) -> Bytes {
    let place = |n: u64| usize::try_from(n).unwrap_or(0);
    let mut locked = Bytes::ZERO;
    for range in ranges.iter().rev() {
        for start in (range.start..range.end).step_by(place(PIECE)) {
            let length = PIECE.min(range.end.saturating_sub(start));
            // SAFETY: locking changes no content and no address; a range that is not mapped any more is
            // refused.
            let done =
                unsafe { libc::mlock2(without_provenance(place(start)), place(length), flags) };
            if done == 0 {
                locked = locked.saturating_add(Bytes(length));
            }
        }
    }
    locked
}

/// Lets go of all that the process keeps in memory when it is dropped.
#[derive(Debug)]
pub(crate) struct Kept;

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = nix::sys::mman::munlockall();
    }
}

/// Keeps in memory what this process has, and each page of its `code` that it uses from now on, but not the
/// code that it does not use. While the kernel gives back the segment of a killed worker, the worker is no
/// candidate any more, so a process that has to read a page of its own then is killed in its place
/// (docs/kernel-facts.md). Where RLIMIT_MEMLOCK allows less, as much of the `program` as it allows: what the
/// linker wrote lies highest.
pub(crate) fn keep_what_is_used(program: &[Range<u64>], code: &[Range<u64>], page: u64) -> Kept {
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
    lock(program, libc::MLOCK_ONFAULT);
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
