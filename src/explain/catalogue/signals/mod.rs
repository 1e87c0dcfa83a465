//! What it means that a process got SIGBUS or SIGKILL, by who prints it.

pub(super) mod programs;
pub(super) mod supervisors;
