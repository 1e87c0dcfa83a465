//! The binary runs in an empty image: no interpreter, no libraries.

use std::collections::HashMap;

use crate::builds::builds;

/// Program header types and dynamic tags (elf(5)).
const PT_DYNAMIC: u32 = 2;
const PT_INTERP: u32 = 3;
const DT_NEEDED: u64 = 1;

fn number(bytes: &[u8], at: usize, size: usize) -> u64 {
    let mut wide = [0; 8];
    wide[..size].copy_from_slice(&bytes[at..at + size]);
    u64::from_le_bytes(wide)
}

/// File offset and size of each program header's segment, by type.
fn segments(elf: &[u8]) -> HashMap<u32, (usize, usize)> {
    assert_eq!(&elf[..5], b"\x7fELF\x02", "a 64-bit ELF file");
    let start = usize::try_from(number(elf, 32, 8)).unwrap();
    let size = usize::try_from(number(elf, 54, 2)).unwrap();
    let count = usize::try_from(number(elf, 56, 2)).unwrap();
    assert!(count > 0);
    (0..count)
        .map(|n| {
            let header = start + n * size;
            let kind = u32::try_from(number(elf, header, 4)).unwrap();
            let offset = usize::try_from(number(elf, header + 8, 8)).unwrap();
            (kind, (offset, usize::try_from(number(elf, header + 32, 8)).unwrap()))
        })
        .collect()
}

fn needs(elf: &[u8]) -> (bool, usize) {
    let segments = segments(elf);
    let libraries = segments.get(&PT_DYNAMIC).map_or(0, |(offset, size)| {
        let section = &elf[*offset..offset + size];
        section.chunks_exact(16).filter(|entry| number(entry, 0, 8) == DT_NEEDED).count()
    });
    (segments.contains_key(&PT_INTERP), libraries)
}

#[test]
fn the_binary_has_no_interpreter_and_needs_no_library() {
    for build in builds() {
        let elf = std::fs::read(&build.path).unwrap();
        assert_eq!(needs(&elf), (false, 0), "{}", build.path.display());
    }
}

#[test]
fn a_dynamic_binary_would_be_noticed() {
    // The shell is one on every machine that can build this.
    let elf = std::fs::read("/bin/sh").unwrap();
    let (interpreter, libraries) = needs(&elf);
    assert!(interpreter && libraries > 0);
}
