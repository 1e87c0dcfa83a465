//! The program: arguments in, exit code out.
//!
//! With glibc, C's runtime calls `main` itself: Rust's start would read /proc/self/maps for its
//! stack guard, which is a tenth of all that an inspect costs. glibc hands the arguments to
//! `std::env` all the same; musl does not, so there the usual start is taken.
#![cfg_attr(target_env = "gnu", no_main)]
#![allow(unsafe_code)] // the exported name

use std::ffi::OsString;

use shmeter::{command, sys};

fn run() -> u8 {
    sys::signals::open_what_is_closed();
    sys::signals::let_writes_fail();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    command::start(&arguments).into()
}

/// Called once, by C's runtime.
#[cfg(target_env = "gnu")]
#[unsafe(no_mangle)]
pub extern "C" fn main() -> std::ffi::c_int {
    run().into()
}

#[cfg(not(target_env = "gnu"))]
fn main() -> std::process::ExitCode {
    run().into()
}
