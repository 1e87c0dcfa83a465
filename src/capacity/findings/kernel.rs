//! Findings about what the kernel was built or booted without.

use super::{Finding, Severity, finding};
use crate::facts::Facts;

/// No cgroup limits memory, and none can.
pub(super) fn no_memory_controller(facts: &Facts) -> Option<Finding> {
    facts.cgroup.no_controller.then_some(())?;
    finding(
        "no-memory-controller",
        Severity::Warn,
        "the memory controller of this kernel is missing or disabled: container runtimes ignore \
         memory limits (docker run prints a warning), so a container can use all memory of the \
         machine."
            .to_owned(),
        Some(
            "add cgroup_enable=memory to the kernel's command line (Raspberry Pi: \
             /boot/firmware/cmdline.txt) and reboot; until then a memory limit has no effect"
                .to_owned(),
        ),
    )
}
