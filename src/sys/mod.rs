//! The only unsafe code: what the kernel and C's runtime offer and no crate wraps safely.
//! Each function states what its caller must know; none decides anything.
#![allow(unsafe_code)]

pub(crate) mod attempt;
pub(crate) mod beneath;
pub(crate) mod bus;
pub(crate) mod c_library;
pub(crate) mod canary;
pub(crate) mod clock;
pub(crate) mod counters;
pub(crate) mod cpu;
#[cfg(feature = "shared_memory")]
pub(crate) mod crate_segment;
#[cfg(not(feature = "shared_memory"))]
#[path = "crate_left_out.rs"]
pub(crate) mod crate_segment;
pub(crate) mod ends;
mod handover;
pub(crate) mod launch;
pub(crate) mod lease;
pub(crate) mod limits;
pub mod mapping;
pub(crate) mod mlock;
pub(crate) mod own;
pub(crate) mod patient;
pub(crate) mod shared;
pub mod signals;
pub(crate) mod stat;
pub(crate) mod stir;
pub mod stream;
pub(crate) mod system_v;
pub(crate) mod system_v_usage;
pub(crate) mod trace;
