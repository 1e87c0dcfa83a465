//! The only unsafe code: what the kernel and C's runtime offer and no crate wraps safely.
//! Each function states what its caller must know; none decides anything.
#![allow(unsafe_code)]

pub mod canary;
pub mod start;
