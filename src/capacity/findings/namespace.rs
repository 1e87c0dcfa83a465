//! Findings about the limits of System V that come before memory does.

use super::{Finding, Severity, finding};
use crate::capacity::advice::{Change, Site, fix};
use crate::capacity::{ByKind, Capacity, Kind, Source};
use crate::facts::Facts;
use crate::units::{Bytes, Limit};

/// shmmax or shmall is smaller than what memory leaves: somebody set it, no kernel since 3.16 does.
pub(super) fn sysv_limit(facts: &Facts, capacities: &ByKind<Capacity>) -> Option<Finding> {
    let binding = capacities[Kind::Sysv].binding()?;
    let Limit::At(limit) = *binding.limit.known()? else { return None };
    let memory = capacities[Kind::Anon].available()?;
    let message = match binding.source {
        Source::Shmmax => format!(
            "a System V segment can have at most {limit} (kernel.shmmax), although memory would allow {memory}: beyond \
             that shmget fails with EINVAL."
        ),
        Source::Shmall => format!(
            "all System V segments together can have at most {limit} (kernel.shmall), although memory would allow \
             {memory}: beyond that shmget fails with ENOSPC."
        ),
        _ => return None,
    };
    let fix = raise(facts, &raised(facts, capacities))?;
    finding("sysv-limit", Severity::Warn, message, fix)
}

/// The settings that are below what memory allows, and values that are not: one of them raised alone leaves the other
/// one.
#[must_use]
pub(crate) fn raised(facts: &Facts, capacities: &ByKind<Capacity>) -> Vec<(&'static str, u64)> {
    let Some(memory) = capacities[Kind::Anon].available() else { return Vec::new() };
    let limit = |source| match capacities[Kind::Sysv].limit_of(source) {
        // What shmall leaves when segments fill it is another matter.
        Some(Limit::At(limit)) => limit < memory,
        _ => false,
    };
    let bytes = up(memory).0;
    let shmmax = limit(Source::Shmmax).then_some(("kernel.shmmax", bytes));
    let pages = bytes.checked_div(facts.page_size.bytes());
    let shmall = pages.filter(|_| limit(Source::Shmall)).map(|pages| ("kernel.shmall", pages));
    [shmmax, shmall].into_iter().flatten().collect()
}

/// How to raise them; nothing where there are none.
#[must_use]
pub(crate) fn raise(facts: &Facts, settings: &[(&'static str, u64)]) -> Option<String> {
    let site = Site::of(facts);
    let ((name, value), others) = settings.split_first()?;
    let mut lines = vec![fix(&site, &Change::Sysctl(name, value.to_string()))];
    // A second command or a second list of a manifest would take the place of the first.
    lines.extend(
        others
            .iter()
            .map(|(name, value)| format!("and in the same place, beside it: {name}={value}")),
    );
    Some(lines.join("\n"))
}

/// To whole GiB.
fn up(size: Bytes) -> Bytes {
    const GIB: u64 = 1 << 30;
    Bytes(size.0.div_ceil(GIB)).saturating_mul(GIB)
}
