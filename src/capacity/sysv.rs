//! System V segments: the IPC namespace's limits when one is made, then memory itself. The size
//! of /dev/shm does not bound them.

use super::ceiling::{Ceiling, Number, Scope, Source, Unit};
use super::end::{End, Ends};
use super::memory::{Made, internal_huge, of_memory};
use super::{Capacity, Certainty, Kind, memory_certainty};
use crate::facts::sysvipc::Segment;
use crate::facts::{Facts, IpcFacts, Reading};
use crate::units::{Bytes, Count, Limit};

/// What System V segments can still hold.
#[must_use]
pub(crate) fn capacity(facts: &Facts) -> Capacity {
    let none = Vec::new();
    let segments = facts.ipc.segments.known().unwrap_or(&none);
    let mut ceilings = of_namespace(facts, segments);
    ceilings
        .extend(of_memory(facts, Made { huge: internal_huge(facts), swaps: true, whole: true }));
    let (mut certainty, mut why) = memory_certainty(facts);
    let used = match &facts.ipc.segments {
        Reading::Known(_) => None,
        Reading::Absent => Some("there is no such file".to_owned()),
        Reading::Unknown(why) => Some(why.to_string()),
    };
    if let Some(reason) = used {
        (certainty, why) = (Certainty::AtMost, Some(format!("/proc/sysvipc/shm: {reason}")));
    }
    let free = facts.ipc.shmmni.known().map(|most| most.saturating_sub(count(segments)));
    let mut capacity = Capacity::under(Kind::Sysv, ceilings, certainty, why);
    if let (Some(all), Some(free), Some(most)) =
        (capacity.all_segments, free, facts.ipc.shmmax.known())
    {
        capacity.all_segments = Some(all.min(most.saturating_mul(free)));
    }
    capacity.without_populate(facts);
    capacity
}

fn count(segments: &[Segment]) -> u64 {
    u64::try_from(segments.len()).unwrap_or(u64::MAX)
}

const SHMMNI: &str = "/proc/sys/kernel/shmmni";

/// shmmax, shmall and shmmni (ipc/shm.c): exactly equal is fine.
fn of_namespace(facts: &Facts, segments: &[Segment]) -> Vec<Ceiling> {
    let ipc = &facts.ipc;
    let page = facts.page_size;
    let at_creation = |source, origin, limit: Reading<Limit>, used, end| match limit {
        Reading::Known(limit) => Ceiling {
            at_creation: true,
            ends: Ends::all(end),
            ..Ceiling::new(source, origin, limit, used)
        },
        reading => {
            let why = reading.why().unwrap_or_else(|| "the file does not exist".to_owned());
            Ceiling {
                at_creation: true,
                ends: Ends::all(end),
                ..Ceiling::unknown(source, origin, why.as_str())
            }
        }
    };
    let shmall =
        ipc.shmall.clone().map(|pages| Limit::At(Bytes(pages).saturating_mul(page.bytes())));
    let in_pages = Bytes(IpcFacts::pages_used(segments, page)).saturating_mul(page.bytes());
    let number = match ipc.shmmni.clone() {
        Reading::Known(most) => {
            let number = Number { limit: Limit::At(Count(most)), used: Count(count(segments)) };
            Ceiling::of_number(Source::Shmmni, SHMMNI, Unit::Segments, number)
        }
        reading => Ceiling {
            unit: Unit::Segments,
            ..at_creation(
                Source::Shmmni,
                SHMMNI,
                reading.map(|_| Limit::Unlimited),
                Bytes::ZERO,
                End::Enospc,
            )
        },
    };
    vec![
        Ceiling {
            scope: Scope::Segment,
            ..at_creation(
                Source::Shmmax,
                "/proc/sys/kernel/shmmax",
                ipc.shmmax.clone().map(Limit::At),
                Bytes::ZERO,
                End::Einval,
            )
        },
        at_creation(Source::Shmall, "/proc/sys/kernel/shmall", shmall, in_pages, End::Enospc),
        number,
    ]
}
