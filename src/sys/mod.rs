//! The only unsafe code: what the kernel and C's runtime offer and no crate wraps safely.
//! Each function states what its caller must know; none decides anything.
#![allow(unsafe_code)]

pub mod bus;
pub mod canary;
pub mod clock;
pub mod cpu;
pub mod crate_segment;
pub mod mapping;
pub mod mlock;
pub mod own;
pub mod shared;
pub mod start;
pub mod stat;
pub mod stream;
pub mod system_v;
pub mod words;
