//! Keeping the program itself in memory.

use std::ptr::without_provenance;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::facts::maps::parse_mapping;
use crate::units::Bytes;

/// Locks the program's code and constants into memory, for as long as this process lives; how many
/// bytes that is. Where memory ends the kernel would drop them, and read them again as soon as they
/// are needed: each reading process holds pages then that nobody can reclaim, and with enough of
/// them it kills (docs/kernel-facts.md).
/// What RLIMIT_MEMLOCK does not grant stays unlocked (64 KiB by default before Linux 5.16, 8 MiB
/// since).
pub fn keep() -> Bytes {
    raise_limit();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let mut kept = Bytes::ZERO;
    // The program is static: no file but its own is mapped privately.
    for mapping in maps.lines().filter_map(parse_mapping).filter(|mapping| !mapping.shared) {
        let place = |n: u64| usize::try_from(n).unwrap_or(0);
        let (start, length) = (place(mapping.start), place(mapping.length()));
        // SAFETY: locking changes no content and no address; a range that is not mapped any more is
        // refused.
        if unsafe { libc::mlock(without_provenance(start), length) } == 0 {
            kept = kept.plus(Bytes(mapping.length()));
        }
    }
    kept
}

/// Keeps in memory what this process uses from now on: what it has and what it will read of its code, not
/// what it never needs. While the kernel gives back the segment of a killed worker, the worker is no
/// candidate any more, so a process that has to read a page of its own then is killed in its place
/// (docs/kernel-facts.md). Returns whether the kernel agreed; RLIMIT_MEMLOCK may be too small.
pub fn keep_what_is_used() -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn locked() -> Bytes {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap();
        Bytes::kib(line.trim().trim_end_matches(" kB").parse().unwrap())
    }

    #[test]
    fn what_it_says_is_what_the_kernel_has_locked() {
        let kept = keep();
        assert_eq!(kept, locked());
        if keep_what_is_used() {
            assert!(locked() > kept, "the stack and the heap too");
        } else {
            assert_eq!(kept, locked());
        }
    }
}
