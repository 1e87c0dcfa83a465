//! Programs that name the call or the file, and the error.

pub(super) mod files;
pub(super) mod memory;
pub(super) mod posix;
pub(super) mod semaphores;
pub(super) mod settings;
pub(super) mod sysv;
pub(super) mod unknown;
pub(super) mod words;
