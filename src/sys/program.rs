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
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_MEMLOCK) {
        // Nobody needs a right for that; without it there is less to lock.
        let _ = setrlimit(Resource::RLIMIT_MEMLOCK, hard, hard);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_says_is_what_the_kernel_has_locked() {
        let kept = keep();
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap();
        let locked: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        assert_eq!(kept, Bytes::kib(locked));
    }
}
