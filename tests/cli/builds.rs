//! The binaries under test: that which is built with the tests, and that which is shipped, where
//! SHMETER_RELEASE names it (scripts/test does).

use std::path::PathBuf;

const MIB: u64 = 1 << 20;

/// A build of shmeter.
pub struct Build {
    pub path: PathBuf,
    /// What of the program's file is mapped at most. All of it may be resident: where the page cache holds the file in
    /// large folios, one fault maps 2 MiB (docs/kernel-facts.md). The bound is that of what is shipped, another build
    /// is larger.
    pub most_mapped: u64,
}

/// All that there are.
pub fn builds() -> Vec<Build> {
    let shipped_mapped = 11 * MIB / 2;
    let most_mapped = if cfg!(debug_assertions) { 8 * MIB } else { shipped_mapped };
    let mut builds = vec![Build { path: env!("CARGO_BIN_EXE_shmeter").into(), most_mapped }];
    let shipped = std::env::var_os("SHMETER_RELEASE").map(PathBuf::from);
    builds.extend(shipped.map(|path| Build { path, most_mapped: shipped_mapped }));
    builds
}
