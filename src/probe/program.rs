//! Where this program lies in the memory of its process.

use std::ops::Range;

use super::Source;
use crate::facts::maps::{Mapping, parse_mapping};

/// The addresses of the program's code and constants, to be kept in memory: where that ends the kernel
/// would drop them, and read them again as soon as they are needed. Each reading process holds pages then
/// that nobody can reclaim, and with enough of them it kills (docs/kernel-facts.md).
pub(crate) fn program(source: &dyn Source) -> Vec<Range<u64>> {
    own_mappings(source, |_| true)
}

/// The addresses of its code, and of those constants that the linker never writes to: they lie before it. By
/// address, as the file's first mapping is many once `sys::mlock` has taken it apart.
pub(crate) fn code(source: &dyn Source) -> Vec<Range<u64>> {
    let executable = own_mappings(source, |mapping| mapping.executable);
    let end = executable.iter().map(|range| range.end).max().unwrap_or(0);
    let mut code = own_mappings(source, |mapping| !mapping.writable);
    code.retain(|range| range.end <= end);
    code
}

fn own_mappings(source: &dyn Source, is_meant: fn(&Mapping<'_>) -> bool) -> Vec<Range<u64>> {
    let maps = source.read("/proc/self/maps");
    let lines = maps.known().map_or("", String::as_str).lines();
    // The program is static: no file but its own is mapped privately.
    let own = lines.filter_map(parse_mapping).filter(|mapping| !mapping.shared);
    own.filter(is_meant).map(|mapping| mapping.start..mapping.end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::Live;
    use crate::sys::mlock::{keep, keep_what_is_used};
    use crate::units::Bytes;

    fn locked() -> Bytes {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap();
        Bytes::kib(line.trim().trim_end_matches(" kB").parse().unwrap())
    }

    #[test]
    fn what_it_says_is_what_the_kernel_has_locked() {
        let kept = keep(&program(&Live::default()));
        assert_eq!(kept, locked());
        let live = Live::default();
        let sum = |ranges: Vec<Range<u64>>| ranges.iter().map(|r| r.end - r.start).sum::<u64>();
        let whole = sum(code(&live));
        let all = keep_what_is_used(&program(&live), &code(&live), live.page_size());
        assert!(locked() >= kept, "what was locked before stays so");
        drop(all);
        assert_eq!(locked(), Bytes::ZERO);
        // Taken apart or not, it is the same code.
        assert_eq!(sum(code(&live)), whole);
    }
}
