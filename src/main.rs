//! The program: arguments in, exit code out.
//!
//! C's runtime calls `main` itself: Rust's start would read /proc/self/maps for its stack guard,
//! which is a tenth of all that an inspect costs.
#![no_main]
#![allow(unsafe_code)] // the exported name, and the arguments that come with it

use std::ffi::{c_char, c_int};

use shmeter::{command, sys};

/// Called once, by C's runtime.
#[unsafe(no_mangle)]
pub extern "C" fn main(argc: c_int, argv: *const *const c_char) -> c_int {
    sys::start::ignore_broken_pipes();
    // SAFETY: both are as C's runtime passed them.
    let arguments = unsafe { sys::start::arguments(argc, argv) };
    c_int::from(u8::from(command::start(&arguments)))
}
