//! Parse, run, exit code.
//!
//! C's runtime calls `main` itself: Rust's start would read /proc/self/maps for its stack guard,
//! which is a tenth of all that an inspect costs.
#![no_main]
#![allow(unsafe_code)] // the exported name, and the arguments that come with it

use std::ffi::{c_char, c_int};
use std::io::Write;

use clap::Parser;
use shmeter::{cli::Cli, command, sys};

/// Called once, by C's runtime.
#[unsafe(no_mangle)]
pub extern "C" fn main(argc: c_int, argv: *const *const c_char) -> c_int {
    sys::start::ignore_broken_pipes();
    // SAFETY: both are as C's runtime passed them.
    let arguments = unsafe { sys::start::arguments(argc, argv) };
    // clap prints its own errors and exits with 2.
    let cli = Cli::parse_from(arguments);
    let code = match command::run(&cli) {
        Ok(code) => code,
        Err(failure) => {
            // Where stderr is gone too, the exit code still tells.
            let _ = writeln!(std::io::stderr(), "shmeter: {failure}");
            failure.code
        }
    };
    c_int::from(u8::from(code))
}
