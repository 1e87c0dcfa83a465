//! Findings about a tmpfs that has no room left, or nearly none.

use super::listing::ls;
use super::{Asked, Finding, Severity, finding, requirement};
use crate::capacity::advice::{Change, Site, fix};
use crate::capacity::origin::origin;
use crate::capacity::sizing::larger_than;
use crate::capacity::{Capacity, posix};
use crate::facts::{Facts, FileSystem};
use crate::units::{Bytes, Limit};

/// So little is nearly nothing where there was more.
const LITTLE: Bytes = Bytes::mib(16);

/// A smaller size is too small for most rather than full of what was left there
/// (results/2026-11-27-vm-2cpu/public-reports.md).
const SMALL: Bytes = Bytes::mib(1024);

/// Whether nothing of the tmpfs is left.
pub(super) fn is_full(facts: &Facts) -> bool {
    left(facts).is_some_and(|(left, _)| left == Bytes::ZERO)
}

/// What is free of a tmpfs with a size, and the size.
fn left(facts: &Facts) -> Option<(Bytes, Bytes)> {
    let statfs = facts.shm.statfs.known()?;
    let tmpfs = posix::file_system(facts) == FileSystem::Tmpfs;
    let sized = matches!(statfs.size_limit(), Limit::At(size) if size > Bytes::ZERO);
    (tmpfs && sized).then(|| (statfs.available(), statfs.total()))
}

/// Under 5 % of it, or less than 16 MiB and less than half.
fn is_nearly_full(left: Bytes, total: Bytes) -> bool {
    left < total.scaled(1, 20) || left < LITTLE && left < total.scaled(1, 2)
}

pub(super) fn shm_full(facts: &Facts, posix: &Capacity, asked: &Asked) -> Option<Finding> {
    let (left, total) = left(facts)?;
    let path = &facts.shm.asked;
    let (severity, message) = if left == Bytes::ZERO {
        (
            Severity::Fail,
            format!(
                "{path} is full: all of its {total} are in use. Programs fail there with \"No space \
                 left on device\" or \"Bus error\"."
            ),
        )
    } else if is_nearly_full(left, total) {
        (Severity::Warn, format!("{path} is nearly full: {left} of {total} left."))
    } else {
        return None;
    };
    // The kubelet keeps a volume, and the sandbox its /dev/shm, for as long as the pod lives.
    let kept = Site::of(facts).pod && !origin(facts).is_of_the_host();
    let message = if kept {
        format!("{message} What a container leaves there stays until the pod is deleted.")
    } else {
        message
    };
    let remove = format!("see who holds it, and remove what nobody needs:\n{}", ls(facts));
    // One that is required says the size itself.
    let unmet = requirement::is_unmet(facts, asked, posix);
    let larger = (!unmet).then(|| {
        let size = larger_than(facts, posix, total, asked.app_memory);
        fix(&Site::of(facts), &Change::sized(size))
    });
    let lines = match larger {
        None => remove,
        Some(larger) if total < SMALL => format!("make it larger: {larger}\nor {remove}"),
        Some(larger) => format!("{remove}\nor make it larger: {larger}"),
    };
    finding("shm-full", severity, message, lines)
}
