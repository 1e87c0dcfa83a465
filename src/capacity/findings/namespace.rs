//! Findings about the limits of System V that come before memory does.

use super::{Finding, Severity, finding};
use crate::capacity::advice::{Change, Site, fix};
use crate::capacity::{ByKind, Capacity, Kind, Source};
use crate::facts::Facts;
use crate::units::{Bytes, Limit};

/// shmmax or shmall is smaller than what memory leaves: somebody set it, no kernel since 3.16 does.
pub(super) fn sysv_limit(facts: &Facts, capacities: &ByKind<Capacity>) -> Option<Finding> {
    let sysv = &capacities[Kind::Sysv];
    let binding = sysv.binding()?;
    let Limit::At(limit) = *binding.limit.known()? else { return None };
    let memory = capacities[Kind::Anon].available()?;
    // What shmall leaves when segments fill it is another matter.
    if memory <= limit {
        return None;
    }
    let (message, change) = match binding.source {
        Source::Shmmax => (
            format!(
                "a System V segment can have at most {limit} (kernel.shmmax), although memory \
                 would allow {memory}: beyond that shmget fails with EINVAL."
            ),
            Change::Sysctl("kernel.shmmax", up(memory).0.to_string()),
        ),
        Source::Shmall => {
            let pages = up(memory).0.checked_div(facts.page_size.bytes())?;
            (
                format!(
                    "all System V segments together can have at most {limit} (kernel.shmall), \
                     although memory would allow {memory}: beyond that shmget fails with ENOSPC."
                ),
                Change::Sysctl("kernel.shmall", pages.to_string()),
            )
        }
        _ => return None,
    };
    finding("sysv-limit", Severity::Warn, message, fix(&Site::of(facts), &change))
}

/// To whole GiB.
fn up(size: Bytes) -> Bytes {
    const GIB: u64 = 1 << 30;
    Bytes(size.0.div_ceil(GIB)).saturating_mul(GIB)
}
