//! What was required and is not there, with one fix that gives all of it.

use super::{Asked, Finding, Severity, finding, memory_room};
use crate::capacity::advice::{Change, Site, fix};
use crate::capacity::sizing::{charged_here, memory_beside, memory_for, memory_of, safe_size};
use crate::capacity::{ByKind, Capacity, Kind, Method, Source};
use crate::facts::{Facts, MemInfoOf};
use crate::units::Bytes;

/// Whether posix has less than what was required of it: then that finding says which size to set.
pub(super) fn is_unmet(facts: &Facts, asked: &Asked, posix: &Capacity) -> bool {
    lacks(facts, asked, Kind::Posix, posix).is_some()
}

/// Why a kind has not what was required of it.
enum Lack {
    /// Less is usable.
    Usable(Bytes),
    /// So much is usable, but the application needs so much of the memory and leaves less of it.
    Beside { app: Bytes, leaves: Bytes },
}

/// What keeps a kind from what was required of it, if anything. Of a range the least counts.
fn lacks(facts: &Facts, asked: &Asked, kind: Kind, capacity: &Capacity) -> Option<Lack> {
    let required = asked.require[kind]?;
    let available = capacity.at_least()?;
    if available < required {
        return Some(Lack::Usable(available));
    }
    let app = asked.app_memory?;
    let held = charged_here(facts).unwrap_or_default();
    let leaves = memory_beside(facts, capacity, app)?;
    let needs = memory_of(required.saturating_add(held));
    (leaves < needs)
        .then(|| Lack::Beside { app, leaves: leaves.scaled(64, 65).saturating_sub(held) })
}

/// Whether each kind has what was required of it.
pub(crate) fn met(facts: &Facts, capacities: &ByKind<Capacity>, asked: &Asked) -> ByKind<bool> {
    ByKind::new(|kind| lacks(facts, asked, kind, &capacities[kind]).is_none())
}

pub(super) fn not_met(
    facts: &Facts,
    capacities: &ByKind<Capacity>,
    asked: &Asked,
    kind: Kind,
) -> Option<Finding> {
    let capacity = &capacities[kind];
    let required = asked.require[kind]?;
    let lack = lacks(facts, asked, kind, capacity)?;
    let of = if kind == Kind::Posix { String::new() } else { format!(" of {}", kind.word()) };
    let (message, fix) = match lack {
        Lack::Usable(available) => {
            let by = match (capacity.binding(), capacity.reach(Method::Touch)) {
                (Some(ceiling), _) => format!("limited by {}", ceiling.source.title()),
                (None, Some(reach)) => {
                    reach.end.map_or("none".to_owned(), |end| end.title().to_owned())
                }
                (None, None) => "none".to_owned(),
            };
            let (required_as, available_as) = told_apart(required, available);
            let message =
                format!("{required_as}{of} are required, {available_as} are usable: {by}.");
            let fix = match kind {
                Kind::Posix => fix_of_posix(facts, capacity, asked, required),
                _ => fix_of_memory(facts, capacity, asked, required),
            };
            (message, fix)
        }
        Lack::Beside { app, leaves } => {
            let (required_as, leaves) = told_apart(required, leaves);
            let message = format!(
                "{required_as}{of} are required beside {app} for the application, which leaves {leaves} \
                 of the memory limit: the kernel kills a process before both are used."
            );
            let fix = match kind {
                Kind::Posix => {
                    let size = size_for(facts, required);
                    Some(both(facts, capacity, asked, size))
                }
                _ => Some(beside(facts, capacity, asked, required)),
            };
            (message, fix)
        }
    };
    let fix = beyond_the_machine(facts, capacity, required).or(fix);
    finding("require-not-met", Severity::Fail, message, fix)
}

/// Two sizes in bytes where they would look the same.
fn told_apart(required: Bytes, available: Bytes) -> (String, String) {
    if required.to_string() == available.to_string() {
        (format!("{} bytes", required.0), format!("{} bytes", available.0))
    } else {
        (required.exact(), available.to_string())
    }
}

/// No option gives what the machine does not have.
fn beyond_the_machine(facts: &Facts, capacity: &Capacity, required: Bytes) -> Option<String> {
    let memory = facts.memory.known().filter(|_| facts.memory_of == MemInfoOf::Machine)?;
    let total = memory.total.saturating_add(memory.swap_total);
    let binds = capacity.binding().is_some_and(|ceiling| ceiling.source == Source::HostMemory);
    if required >= total {
        Some(format!("run it on a machine with more memory: this one has {total} in all"))
    } else if binds {
        Some(format!(
            "free memory on the machine, which has {total} in all, or run it on a larger one"
        ))
    } else {
        None
    }
}

/// The tmpfs holds what is required beside what is in it now, and memory holds the tmpfs.
fn fix_of_posix(facts: &Facts, posix: &Capacity, asked: &Asked, required: Bytes) -> Option<String> {
    let binding = posix.binding()?.source;
    let has_room = matches!(
        binding,
        Source::TmpfsSize | Source::CgroupMemory | Source::CgroupHigh | Source::HostMemory
    );
    has_room.then_some(())?; // all others have findings of their own
    let size = size_for(facts, required);
    let suffices = safe_size(facts, posix, asked.app_memory).is_some_and(|safe| safe >= size);
    Some(if suffices {
        fix(&Site::of(facts), &Change::Size(size))
    } else {
        both(facts, posix, asked, size)
    })
}

/// A size, and the memory that it needs.
fn both(facts: &Facts, posix: &Capacity, asked: &Asked, size: Bytes) -> String {
    let memory = memory_for(facts, posix, size, asked.app_memory);
    fix(&Site::of(facts), &Change::Both { shm: size, memory })
}

/// The memory that so much of a kind needs beside the application.
fn beside(facts: &Facts, capacity: &Capacity, asked: &Asked, required: Bytes) -> String {
    let size = required.saturating_add(charged_here(facts).unwrap_or_default());
    fix(&Site::of(facts), &Change::Memory(memory_for(facts, capacity, size, asked.app_memory)))
}

/// A size that leaves so much beside what is in use now, in whole MiB.
pub(super) fn size_for(facts: &Facts, required: Bytes) -> Bytes {
    let used = facts.shm.statfs.known().map_or(Bytes::ZERO, |statfs| statfs.used());
    Bytes::mib(required.saturating_add(used).0.div_ceil(1 << 20))
}

fn fix_of_memory(
    facts: &Facts,
    capacity: &Capacity,
    asked: &Asked,
    required: Bytes,
) -> Option<String> {
    let site = Site::of(facts);
    let change = match capacity.binding()?.source {
        Source::Shmmax => Change::Sysctl("kernel.shmmax", required.0.to_string()),
        Source::Shmall => {
            let used = capacity.binding()?.used.unwrap_or_default();
            let bytes = required.saturating_add(used).0;
            let pages = bytes.div_ceil(facts.page_size.bytes());
            Change::Sysctl("kernel.shmall", pages.to_string())
        }
        Source::CgroupMemory | Source::CgroupHigh if asked.app_memory.is_some() => {
            return Some(beside(facts, capacity, asked, required));
        }
        Source::CgroupMemory | Source::CgroupHigh => {
            let lacking = required.saturating_sub(memory_room(capacity)?);
            let limit = capacity.limit_of(Source::CgroupMemory)?.bytes()?;
            Change::Memory(limit.saturating_add(lacking.scaled(33, 32)))
        }
        _ => return None,
    };
    Some(fix(&site, &change))
}
