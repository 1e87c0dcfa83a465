//! Tests that cannot run here say why, and are counted by scripts/test.

use std::fs::OpenOptions;
use std::io::Write;

/// Notes that a test is skipped, and why.
#[allow(clippy::print_stdout, clippy::unwrap_used)] // no function of a test itself
pub fn skip(test: &str, why: &str) {
    println!("skipped: {test}: {why}");
    if let Some(file) = std::env::var_os("SHMETER_SKIPS") {
        let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
        // One call, so that lines of several tests do not mix.
        file.write_all(format!("{test}: {why}\n").as_bytes()).unwrap();
    }
}
