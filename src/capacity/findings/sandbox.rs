//! Findings about kernels that are programs themselves.

use super::{Finding, Severity, finding};
use crate::capacity::posix;
use crate::facts::{Facts, FileSystem, Runtime};

/// gVisor answers instead of Linux.
pub(super) fn sandboxed_kernel(facts: &Facts) -> Option<Finding> {
    (facts.runtime.runtime == Runtime::Gvisor).then_some(())?;
    // pkg/sentry/fsimpl/tmpfs before 2021: statfs had no blocks.
    let tells_no_size = facts.shm.statfs.known().is_some_and(|statfs| statfs.blocks == 0)
        && posix::file_system(facts) == FileSystem::Tmpfs;
    let (severity, no_size, fix) = match tells_no_size {
        true => (
            Severity::Warn,
            format!(
                " It tells no size of {}: programs that look at the free space first, such as Chromium and Ray, take it for \
                 full, and it is not.",
                facts.shm.asked
            ),
            Some("a newer runsc; Chromium: --disable-dev-shm-usage".to_owned()),
        ),
        false => (Severity::Info, String::new(), None),
    };
    let total = facts.memory.known().map_or(String::new(), |memory| {
        format!(
            " The {} of memory that it shows are the sandbox's, not the machine's.",
            memory.total
        )
    });
    finding(
        "sandboxed-kernel",
        severity,
        format!(
            "this is gVisor (runsc), not a Linux kernel.{total} It uses some MiB of the memory \
             limit itself, and a program that exceeds the limit ends the whole container.{no_size}"
        ),
        fix,
    )
}
