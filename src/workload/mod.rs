//! What fills, benches and comparisons share: a number of their own, a timeout, and how others' use grows.

use std::hash::{BuildHasher, Hasher, RandomState};

pub(crate) mod growth;
pub(crate) mod timeout;

/// A number for names and keys that nobody else takes: numbers of processes are the same in many
/// containers, which may share /dev/shm and System V segments.
#[must_use]
pub(crate) fn unique_number() -> u64 {
    // Seeded by the kernel once a process, and another one each time.
    RandomState::new().build_hasher().finish()
}
