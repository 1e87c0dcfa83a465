//! What a command may leave behind, for tests that take turns. All that make shared memory on this host do:
//! each would count what the others make, and one that fills /dev/shm leaves the others no room.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One test at a time.
pub fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// System V segments, and names in /dev/shm that begin so. A segment whose creator lives and is another
/// program than the one under test is somebody else's: of another test run on this machine, for one.
pub fn left_behind(prefix: &str) -> (usize, usize) {
    let segments = std::fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
    let counts = |line: &&str| {
        let creator = line.split_whitespace().nth(4).unwrap();
        let creator = Path::new("/proc").join(creator);
        let ours = |program: PathBuf| program == Path::new(env!("CARGO_BIN_EXE_shmeter"));
        !creator.exists() || std::fs::read_link(creator.join("exe")).is_ok_and(ours)
    };
    let names = std::fs::read_dir("/dev/shm").unwrap();
    let ours = |name: &std::ffi::OsString| name.to_string_lossy().starts_with(prefix);
    let names = names.map(|entry| entry.unwrap().file_name()).filter(ours);
    (segments.lines().skip(1).filter(counts).count(), names.count())
}
