//! What was required and is not there, with one fix that gives all of it.

use super::{Asked, Finding, Severity, finding, memory_room};
use crate::capacity::advice::{Change, Site, fix};
use crate::capacity::sizing::{memory_for, safe_size};
use crate::capacity::{ByKind, Capacity, Kind, Source};
use crate::facts::{Facts, MemInfoOf};
use crate::units::Bytes;

/// Whether posix has less than what was required of it: then that finding says which size to set.
pub(super) fn is_unmet(asked: &Asked, posix: &Capacity) -> bool {
    asked.require[Kind::Posix].zip(posix.at_least()).is_some_and(|(wanted, has)| has < wanted)
}

pub(super) fn not_met(
    facts: &Facts,
    capacities: &ByKind<Capacity>,
    asked: &Asked,
    kind: Kind,
) -> Option<Finding> {
    let capacity = &capacities[kind];
    let required = asked.require[kind]?;
    // Of a range the least counts.
    let available = capacity.at_least()?;
    if available >= required {
        return None;
    }
    let by = match (capacity.binding(), capacity.reach(crate::capacity::Method::Touch)) {
        (Some(ceiling), _) => format!("limited by {}", ceiling.source.title()),
        (None, Some(reach)) => reach.end.map_or("none".to_owned(), |end| end.title().to_owned()),
        (None, None) => "none".to_owned(),
    };
    let of = if kind == Kind::Posix { String::new() } else { format!(" of {}", kind.word()) };
    finding(
        "require-not-met",
        Severity::Fail,
        format!("{required}{of} are required, {available} are usable: {by}."),
        beyond_the_machine(facts, capacity, required).or_else(|| match kind {
            Kind::Posix => fix_of_posix(facts, capacity, asked, required),
            _ => fix_of_memory(facts, capacity, required),
        }),
    )
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
    let site = Site::of(facts);
    let size = size_for(facts, required);
    let suffices = safe_size(facts, posix, asked.app_memory).is_some_and(|safe| safe >= size);
    let change = if suffices {
        Change::Size(size)
    } else {
        Change::Both { shm: size, memory: memory_for(facts, posix, size, asked.app_memory) }
    };
    Some(fix(&site, &change))
}

/// A size that leaves so much beside what is in use now, in whole MiB.
pub(super) fn size_for(facts: &Facts, required: Bytes) -> Bytes {
    let used = facts.shm.statfs.known().map_or(Bytes::ZERO, |statfs| statfs.used());
    Bytes::mib(required.saturating_add(used).0.div_ceil(1 << 20))
}

fn fix_of_memory(facts: &Facts, capacity: &Capacity, required: Bytes) -> Option<String> {
    let site = Site::of(facts);
    let change = match capacity.binding()?.source {
        Source::Shmmax => Change::Sysctl("kernel.shmmax", required.0.to_string()),
        Source::Shmall => {
            let used = capacity.binding()?.used.unwrap_or_default();
            let bytes = required.saturating_add(used).0;
            let pages = bytes.div_ceil(facts.page_size.bytes());
            Change::Sysctl("kernel.shmall", pages.to_string())
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
