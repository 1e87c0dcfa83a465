//! Fills a segment until the kernel starts to take memory back, in a process of its own, and gives
//! it back: so limits are felt that no file shows.
//!
//! The first sign is believed, long before anybody is killed. What the own cgroup is charged for then is what it can
//! be charged for at most, as if that were its own limit. File cache of neighbours under a hidden limit, which the
//! kernel had not yet taken, cannot be seen, so there the result is a little too low rather than too high.

use std::time::Duration;

use super::edge::EdgeTuning;
use super::lead::{run, spawn_workers};
use super::observer::Observer;
use super::outcome::Outcome;
use super::plan::Plan as FillPlan;
use super::prediction::FillPrediction;
use super::request::{Budget, Request, Until};
use super::spawn::SpawnError;
use crate::capacity::ceiling::Cost;
use crate::capacity::findings::memory_room;
use crate::capacity::machine::reserve;
use crate::capacity::memory::{of_felt, swap_room};
use crate::capacity::neighbours::{Neighbours, Resource, neighbours_of};
use crate::capacity::{ByKind, Capacity, Ceiling, Certainty, End, Ends, Kind, Method, Source};
use crate::facts::{Facts, Reading};
use crate::probe::{Live, others};
use crate::sys::signals::{asked_to_end, note_signals};
use crate::units::{Bytes, Limit};

/// Where a ceiling comes from that no file shows.
const ORIGIN: &str = "measured: a fill to the edge";

/// What a measurement would do, before it does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Bytes that it fills at most.
    pub most: Bytes,
    /// A kill would take the whole container (`memory.oom.group`).
    pub all_or_none: bool,
}

/// Whose memory a measurement may take for its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Nobody's who was seen in the same cgroup: whatever asks for memory then gets none, and may be killed.
    Nobody,
    /// Anybody's, by the word of whoever asks.
    Anybody,
}

impl Beside {
    /// As `--exclusive` says.
    #[must_use]
    pub const fn of(exclusive: bool) -> Beside {
        if exclusive { Beside::Anybody } else { Beside::Nobody }
    }
}

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The machine has no memory to spare for it.
    #[error("cannot measure: the machine has no memory to spare")]
    NoRoom,
    /// Others would get no memory meanwhile.
    #[error(
        "cannot measure: {0}, and would get no memory meanwhile: measure in a container of its own with the same limits, \
         or add --exclusive"
    )]
    Shared(String),
    /// Nobody tells how much it has.
    #[error("cannot measure: /proc/meminfo does not show how much memory the machine has")]
    Unknown,
    /// The worker could not be started.
    #[error("cannot measure: {0}")]
    Spawn(#[from] SpawnError),
    /// A signal came meanwhile.
    #[error("interrupted; nothing was measured")]
    Interrupted,
    /// It was killed or failed.
    #[error("the worker that measures ended in {}; nothing was measured", .0.word())]
    Ended(End),
}

/// What a measurement would do; `None` where every limit was seen, so there is nothing to measure.
///
/// # Errors
/// When the machine has no memory to spare.
pub fn plan(facts: &Facts, capacities: &ByKind<Capacity>) -> Result<Option<Plan>, MeasureError> {
    let cgroup = &facts.cgroup;
    let unread = cgroup.unread.is_some() || cgroup.levels.iter().any(|l| l.unread.is_some());
    if (!cgroup.hidden_ancestors || cgroup.no_controller) && !unread {
        return Ok(None);
    }
    let memory = facts.memory.known().ok_or(MeasureError::Unknown)?;
    let reserve = reserve(facts).ok_or(MeasureError::Unknown)?;
    let machine = memory.free_or_reclaimable().saturating_sub(reserve);
    let seen = capacities.iter().filter_map(memory_room).max().ok_or(MeasureError::NoRoom)?;
    let file = facts.process.file_size.known().and_then(|limit| limit.bytes());
    let most = seen.saturating_add(Bytes::mib(1)).min(machine).min(file.unwrap_or(machine));
    if most == Bytes::ZERO {
        return Err(MeasureError::NoRoom);
    }
    let all_or_none = facts.cgroup.levels.iter().any(|level| level.oom_group);
    Ok(Some(Plan { most, all_or_none }))
}

/// Nobody is told.
struct Silent;

impl Observer for Silent {
    fn warn(&mut self, _: &str) {}

    fn start(&mut self, _: &Request, _: &Facts, _: &Capacity, _: Option<&FillPrediction>) {}

    fn window(&self, _: Bytes) -> Option<Bytes> {
        None
    }

    fn before(&mut self, _: Bytes, _: Bytes) {}

    fn after(&mut self, _: Bytes, _: Duration) {}

    fn progress(&mut self, _: Bytes, _: Duration) {}
}

/// Who hears what a measurement is about to do; `None`: there is nothing to measure.
pub(crate) type Tell<'a> = &'a mut dyn FnMut(Option<&Plan>);

/// What a measurement found.
#[derive(Debug)]
pub(crate) struct Probed {
    outcome: Outcome,
    /// What the own cgroup can be charged for, where a file tells what it was charged for at the edge.
    limit: Option<Bytes>,
    /// What was charged to it before.
    used: Bytes,
}

/// Measures what is hidden, beside nobody or anybody; `None` where every limit was seen. `tell` hears before what it will
/// do.
///
/// # Errors
/// When nothing could be measured.
pub(crate) fn measure(
    facts: &Facts,
    capacities: &ByKind<Capacity>,
    beside: Beside,
    tell: Tell<'_>,
) -> Result<Option<Probed>, MeasureError> {
    let plan = plan(facts, capacities)?;
    let Some(plan) = plan else {
        tell(None);
        return Ok(None);
    };
    if beside == Beside::Nobody {
        let others = others(&Live::default(), facts);
        if let Neighbours::Shared(why) = neighbours_of(facts, &others, Resource::Level(0)) {
            return Err(MeasureError::Shared(why));
        }
    }
    note_signals();
    tell(Some(&plan));
    match probe(facts, &plan) {
        Err(_) if asked_to_end() => Err(MeasureError::Interrupted),
        done => done.map(Some),
    }
}

/// Fills a memfd with one worker, and gives it back.
fn probe(facts: &Facts, plan: &Plan) -> Result<Probed, MeasureError> {
    let request = Request {
        kind: Kind::Memfd,
        method: Method::Write,
        procs: 1,
        until: Until::Safe,
        folder: facts.shm.asked.clone(),
        exclusive: false,
        force: false,
        huge: false,
        score: 1000,
        budget: Budget::default(),
    };
    let page = Bytes(facts.page_size.bytes());
    let fill = FillPlan {
        want: Some(plan.most),
        each: page,
        exact: false,
        canary: canary_to_measure(facts),
        capped: None,
        unit: page,
        neighbours: Neighbours::Alone,
        watched: Vec::new(),
        spares: false,
    };
    let mut workers = spawn_workers(&request, &fill, facts)?;
    let outcome = run(&request, &fill, &mut workers, facts, &mut Silent);
    match outcome.end {
        End::OomKill | End::Killed | End::Stopped | End::Stall => {
            Err(MeasureError::Ended(outcome.end))
        }
        _ => {
            let taken = outcome.canary.saturating_sub(outcome.canary_left);
            let page = facts.page_size.bytes();
            let limit = outcome.charged.map(|charged| limit(page, charged, taken));
            Ok(Probed { outcome, limit, used: charged(facts) })
        }
    }
}

/// 2 MiB with pages of 4 KiB.
fn canary_to_measure(facts: &Facts) -> Bytes {
    EdgeTuning::of(facts.page_size.bytes()).canary_to_measure()
}

fn charged(facts: &Facts) -> Bytes {
    let leaf = facts.cgroup.levels.first();
    leaf.and_then(|leaf| leaf.held().known().copied()).unwrap_or_default()
}

/// What the own cgroup can be charged for: what it was charged for at the edge, with what was taken of the canary since.
/// That is free again, as far as the kernel takes it at once; more than that may be a neighbour's now.
fn limit(page: u64, charged: Bytes, taken: Bytes) -> Bytes {
    charged.saturating_add(taken.min(EdgeTuning::of(page).reclaimed_at_once()))
}

/// The chargeable bytes that there were, where nothing tells what the own cgroup is charged for: what the worker filled
/// and what could still be taken back. What it keeps of the program itself is file cache again when that leaves.
fn room(facts: &Facts, outcome: &Outcome) -> Bytes {
    let cost = Cost::Pages(facts.page_size);
    // `fit` is linear, so its inverse is bytes / (fit(bytes) / bytes).
    let fit = cost.fit(outcome.bytes, 0);
    outcome
        .bytes
        .scaled(u128::from(outcome.bytes.0), u128::from(fit.0.max(1)))
        .saturating_add(outcome.canary_left)
        .saturating_add(outcome.cache_left())
        .saturating_add(outcome.program)
}

impl Probed {
    /// Puts what was found into one capacity. `facts` may be later ones: what is charged since is room
    /// that is gone.
    pub(crate) fn apply(&self, facts: &Facts, capacity: &mut Capacity) {
        // Nothing was measured of what cannot be made.
        if capacity.refusal().is_some() {
            return;
        }
        let outcome = &self.outcome;
        let (Some(available), Some(seen)) = (capacity.available(), memory_room(capacity)) else {
            return;
        };
        let reached = outcome.bytes;
        let swap = swap_room(facts);
        if outcome.end == End::Edge {
            // The pages of a segment cost what they cost under the machine's own limit.
            let cost = capacity.ceilings.iter().find(|c| c.source == Source::HostMemory);
            let cost = cost.map_or(Cost::Pages(facts.page_size), |ceiling| ceiling.cost);
            let felt = self.limit.and_then(|limit| of_felt(facts, limit, cost));
            let spread = felt.as_ref().map(|ceiling| ceiling.spread).unwrap_or_default();
            let room = felt.and_then(|ceiling| ceiling.room.bytes()).unwrap_or_else(|| {
                // The kernel takes canaries before it swaps.
                let grown = charged(facts).saturating_sub(self.used);
                room(facts, outcome).saturating_add(swap).saturating_sub(grown)
            });
            // What the worker itself needed, with what CPUs charge ahead, is less than this; such a difference is
            // no other limit.
            let slack = canary_to_measure(facts).max(Bytes(seen.0 / 100));
            if cost.fit(room, 0).saturating_add(slack) < seen {
                capacity.lower(Ceiling {
                    limit: Reading::Unknown("found by a fill; no file shows it".into()),
                    room: Limit::At(room),
                    cost,
                    spread,
                    ends: Ends::all(End::OomKill),
                    ..Ceiling::new(Source::CgroupMemory, ORIGIN, Limit::Unlimited, Bytes::ZERO)
                });
            }
        } else if available > reached {
            let left = match outcome.end {
                End::Full => "the rest was left for the machine",
                _ => "then the kernel refused more",
            };
            capacity.why = Some(format!("{reached} were filled without reaching a limit; {left}"));
            return;
        }
        if swap > Bytes::ZERO {
            capacity.why = Some("how much swap parent cgroups allow was not measured".to_owned());
            return;
        }
        (capacity.certainty, capacity.why) = (Certainty::Measured, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reclaim_took_is_room_and_what_neighbours_took_is_not() {
        let mib = Bytes::mib;
        for (page, taken, limit_felt) in [
            (4 << 10, mib(0), mib(40)),
            (4 << 10, Bytes::kib(256), Bytes(mib(40).0 + (256 << 10))),
            // All of the canary: somebody else grew.
            (4 << 10, mib(2), Bytes(mib(40).0 + (512 << 10))),
            (64 << 10, Bytes::kib(3584), Bytes(mib(43).0 + (512 << 10))),
            (64 << 10, mib(32), mib(48)),
        ] {
            assert_eq!(limit(page, mib(40), taken), limit_felt, "{page} {taken}");
        }
    }
}
