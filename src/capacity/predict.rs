//! What a planned fill will reach, and how it will end. `tightest` serves every capacity; `predict`
//! is what the recorded truths are held against, and what a fill will be compared with.

use super::ceiling::{Ceiling, Scope, Source};
use super::end::{End, Method};
use super::{Capacity, Reach};
use crate::units::{Bytes, Limit};

/// A fill that is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How each process fills.
    pub method: Method,
    /// How many processes, each with a segment of its own.
    pub procs: u32,
    /// Bytes that each one asks for; `None` goes on until something stops it.
    pub bytes_each: Option<Bytes>,
    /// fallocate of the whole segment in a single call.
    pub one_call: bool,
}

/// What it will come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// Bytes of all processes together.
    pub bytes: Bytes,
    /// How it ends.
    pub end: End,
    /// What ends it; `None` where all of it fits.
    pub binding: Option<Source>,
}

/// The ceiling with the least room for a method, of those that `choose` takes.
#[must_use]
pub(crate) fn tightest(
    ceilings: &[Ceiling],
    method: Method,
    mappers: u32,
    choose: impl Fn(&Ceiling) -> bool,
) -> Option<(&Ceiling, Limit)> {
    ceilings
        .iter()
        .filter(|ceiling| choose(ceiling))
        .map(|ceiling| (ceiling, ceiling.headroom(method, mappers)))
        .min_by_key(|(_, room)| *room)
}

/// Predicts a fill. `None` where the capacity is not known or the kind has no such method.
#[must_use]
pub fn predict(capacity: &Capacity, plan: &Plan) -> Option<Prediction> {
    let &Reach { available, end, .. } = capacity.reach(plan.method)?;
    let (available, end) = (available?, end?);
    // What the kernel or the mount refuses at all is no matter of ceilings.
    if available == Bytes::ZERO && (end == End::Einval || end.is_refusal()) {
        let binding = capacity.binding().map(|ceiling| ceiling.source);
        let binding = binding.filter(|_| end.is_refusal());
        return Some(Prediction { bytes: available, end, binding });
    }
    let ended = |bytes: Bytes, ceiling: &Ceiling| Prediction {
        bytes,
        end: ceiling.ends.of(plan.method),
        binding: Some(ceiling.source),
    };
    let (procs, lacking) = with_segments(capacity, plan.procs);
    if let Some(each) = plan.bytes_each {
        // What is checked when a segment is made: too large a one is refused whole.
        let refused = |ceiling: &&Ceiling, wanted: Bytes| {
            ceiling.at_creation && ceiling.headroom(plan.method, 1) < Limit::At(wanted)
        };
        let single = capacity.ceilings.iter().find(|ceiling| refused(ceiling, each));
        if let Some(ceiling) = single {
            return Some(ended(Bytes::ZERO, ceiling));
        }
        let together = each.saturating_mul(procs);
        let shared = capacity
            .ceilings
            .iter()
            .find(|ceiling| ceiling.scope == Scope::All && refused(ceiling, together));
        if let Some(ceiling) = shared {
            let room = ceiling.headroom(plan.method, 1).bytes().unwrap_or(together);
            let fit = room.0.checked_div(each.0).unwrap_or(procs).min(procs);
            return Some(ended(each.saturating_mul(fit), ceiling));
        }
    }
    let (ceiling, room) = tightest_of_team(capacity, plan.method, procs)?;
    let room = room.bytes()?;
    match plan.bytes_each.map(|each| each.saturating_mul(procs)) {
        Some(wanted) if wanted <= room => Some(match lacking {
            Some(number) => ended(wanted, number),
            None => Prediction { bytes: wanted, end: End::Full, binding: None },
        }),
        Some(_) if plan.one_call && plan.method == Method::Fallocate => {
            // A single call keeps nothing; with swap it gives up before anyone is killed.
            let mut ended = ended(Bytes::ZERO, ceiling);
            if ended.end == End::OomKill && ceiling.swaps {
                ended.end = End::Enomem;
            }
            Some(ended)
        }
        _ => Some(ended(room, ceiling)),
    }
}

/// How many of the processes get a segment, and the ceiling on their number that keeps it from the
/// others.
fn with_segments(capacity: &Capacity, procs: u32) -> (u64, Option<&Ceiling>) {
    let procs = u64::from(procs);
    let left = |ceiling: &Ceiling| match ceiling.number?.left() {
        Limit::At(left) => Some(left.0),
        Limit::Unlimited => None,
    };
    capacity
        .ceilings
        .iter()
        .filter_map(|ceiling| Some((left(ceiling)?, ceiling)))
        .filter(|(left, _)| *left < procs)
        .min_by_key(|(left, _)| *left)
        .map_or((procs, None), |(left, ceiling)| (left, Some(ceiling)))
}

/// The tightest ceiling for a team: what holds for each segment counts once a process.
fn tightest_of_team(capacity: &Capacity, method: Method, procs: u64) -> Option<(&Ceiling, Limit)> {
    let all = tightest(&capacity.ceilings, method, 1, |c| c.scope == Scope::All);
    let each = tightest(&capacity.ceilings, method, 1, |c| c.scope == Scope::Segment)
        .map(|(ceiling, room)| (ceiling, room.map(|bytes| bytes.saturating_mul(procs))));
    match (all, each) {
        (Some(all), Some(each)) => Some(if each.1 < all.1 { each } else { all }),
        (all, each) => all.or(each),
    }
}
