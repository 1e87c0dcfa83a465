//! Reads the counters that prove an end.

use super::Source;
use crate::facts::events::{Events, LevelEvents};
use crate::facts::{CgroupFacts, Reading};

/// The counters of every level that can be seen, and the machine's.
pub(crate) fn events(source: &dyn Source, cgroup: &CgroupFacts) -> Events {
    let levels = cgroup.levels.iter().map(|level| {
        let file = |name: &str| match source.read(&format!("{}/{name}", level.folder)) {
            Reading::Known(text) => Some(text),
            _ => None,
        };
        let (events, local, control, failures) = if cgroup.unified {
            (file("memory.events"), file("memory.events.local"), None, None)
        } else {
            (None, None, file("memory.oom_control"), file("memory.failcnt"))
        };
        LevelEvents::parse(
            events.as_deref(),
            local.as_deref(),
            control.as_deref(),
            failures.as_deref(),
        )
    });
    Events { levels: levels.collect(), ..machine_events(source) }
}

/// The machine's counters alone.
pub(crate) fn machine_events(source: &dyn Source) -> Events {
    let vmstat = source.read("/proc/vmstat");
    Events::default().with_vmstat(vmstat.known().map(String::as_str))
}
