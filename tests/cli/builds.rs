//! The binaries under test: that which is built with the tests, and that which is shipped, where
//! SHMETER_RELEASE names it (scripts/test does).

use std::path::PathBuf;

const MIB: u64 = 1 << 20;

/// A build of shmeter.
pub struct Build {
    pub path: PathBuf,
    /// What the supervisor of a fill may have resident, pages of the program's file among them, which count once
    /// for all processes. The bound is that of what is shipped, another build is larger.
    pub most_resident: u64,
}

/// All that there are.
pub fn builds() -> Vec<Build> {
    let most_resident = if cfg!(debug_assertions) { 8 * MIB } else { 5 * MIB };
    let mut builds = vec![Build { path: env!("CARGO_BIN_EXE_shmeter").into(), most_resident }];
    let shipped = std::env::var_os("SHMETER_RELEASE").map(PathBuf::from);
    builds.extend(shipped.map(|path| Build { path, most_resident: 5 * MIB }));
    builds
}
