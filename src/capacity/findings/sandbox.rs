//! Findings about kernels that are programs themselves.

use super::{Finding, Severity, finding};
use crate::facts::{Facts, Runtime};

/// gVisor answers instead of Linux.
pub(super) fn sandboxed_kernel(facts: &Facts) -> Option<Finding> {
    (facts.runtime.runtime == Runtime::Gvisor).then_some(())?;
    let total = facts.memory.known().map_or(String::new(), |memory| {
        format!(
            " The {} of memory that it shows are the sandbox's, not the machine's.",
            memory.total
        )
    });
    finding(
        "sandboxed-kernel",
        Severity::Info,
        format!(
            "this is gVisor (runsc), not a Linux kernel.{total} It uses some MiB of the memory \
             limit itself, and a program that exceeds the limit ends the whole container."
        ),
        None,
    )
}
