//! Tests that cannot run here say why, and are counted by scripts/test.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::{Command, Stdio};

/// Notes that a test is skipped, and why.
#[allow(clippy::print_stdout)] // no function of a test itself
pub fn skip(test: &str, why: &str) {
    println!("skipped: {test}: {why}");
    if let Some(file) = std::env::var_os("SHMETER_SKIPS") {
        let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
        // One call, so that lines of several tests do not mix.
        file.write_all(format!("{test}: {why}\n").as_bytes()).unwrap();
    }
}

/// Whether this can be run, arguments and all; where it cannot, the test is skipped.
pub fn has(test: &str, command: &[&str], package: &str) -> bool {
    let mut run = Command::new(command[0]);
    run.args(&command[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let has = run.status().is_ok_and(|status| status.success());
    if !has {
        skip(test, &format!("`{}` does not run here (Debian: {package})", command.join(" ")));
    }
    has
}
