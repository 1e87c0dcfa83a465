//! Fills a segment until the kernel starts to take memory back, in a process of its own, and gives
//! it back: so limits are felt that no file shows.
//!
//! The first sign is believed, long before anybody is killed. File cache that the kernel had not
//! yet taken by then is still room: that of the own cgroup is added, that of neighbours under a
//! hidden limit cannot be seen, so there the result is a little too low rather than too high.

mod worker;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::capacity::ceiling::{Cost, Ends};
use crate::capacity::findings::memory_room;
use crate::capacity::{Capacity, Ceiling, Certainty, End, Source};
use crate::facts::cgroup::parse_memory_stat;
use crate::facts::{Facts, Reading};
use crate::probe::{Live, Source as _};
use crate::units::{Bytes, Limit};

pub use worker::work;

/// The word that makes the program a worker.
pub const WORKER: &str = "edge-worker";

/// Where a ceiling comes from that no file shows.
const ORIGIN: &str = "measured: a fill to the edge";

/// What the machine keeps for itself: at least so much, and a twentieth of its memory.
const RESERVE: Bytes = Bytes::mib(512);

/// What a worker found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Felt {
    /// Bytes filled.
    pub bytes: u64,
    /// Bytes of its canary, charged beside them.
    pub canary_bytes: u64,
    /// How it ended.
    pub ended_in: FeltEnd,
}

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeltEnd {
    /// All that it was allowed.
    Full,
    /// The canary was taken.
    Edge,
    /// The kernel refused a byte.
    Refused,
}

/// What a measurement would do, before it does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Bytes that it fills at most.
    pub most: Bytes,
    /// A kill would take the whole container (`memory.oom.group`).
    pub all_or_none: bool,
}

/// Why the edge could not be felt.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// The machine has no memory to spare for it.
    #[error("cannot measure: the machine has less than {RESERVE} to spare")]
    NoRoom,
    /// The worker could not be started.
    #[error("cannot start a worker to measure with: {0}")]
    Start(#[from] std::io::Error),
    /// It was killed or failed.
    #[error("the worker that measures ended with {0}; nothing was measured")]
    Ended(String),
}

/// What a measurement would do; `None` where every limit was seen, so nothing can be felt.
///
/// # Errors
/// When the machine has no memory to spare.
pub fn plan(facts: &Facts, capacities: &[Capacity]) -> Result<Option<Plan>, EdgeError> {
    let cgroup = &facts.cgroup;
    let unread = cgroup.unread.is_some() || cgroup.levels.iter().any(|l| l.unread.is_some());
    if !cgroup.hidden_ancestors && !unread {
        return Ok(None);
    }
    let memory = facts.memory.known().ok_or(EdgeError::NoRoom)?;
    let reserve = RESERVE.max(Bytes(memory.total.0 / 20));
    let machine = memory.free_or_reclaimable().less(reserve);
    let seen = capacities.iter().filter_map(memory_room).max().ok_or(EdgeError::NoRoom)?;
    let file = facts.process.file_size.known().and_then(|limit| limit.bytes());
    let most = seen.plus(Bytes::mib(1)).min(machine).min(file.unwrap_or(machine));
    if most == Bytes::ZERO {
        return Err(EdgeError::NoRoom);
    }
    let all_or_none = facts.cgroup.levels.iter().any(|level| level.oom_group);
    Ok(Some(Plan { most, all_or_none }))
}

/// Starts a worker, hears it, and puts what it felt into the capacities.
///
/// # Errors
/// When the worker could not be started or did not live to tell.
pub fn measure(facts: &Facts, capacities: &mut [Capacity], plan: &Plan) -> Result<(), EdgeError> {
    // The program itself, also where it was replaced on disk meanwhile.
    let mut worker = Command::new("/proc/self/exe")
        .args([WORKER, &plan.most.0.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    if let Some(out) = worker.stdout.take() {
        BufReader::new(out).read_line(&mut line)?;
    }
    // As long as the worker holds what it filled, its cgroup tells what could still be taken.
    let left = still_reclaimable(facts);
    drop(worker.stdin.take());
    let status = worker.wait()?;
    let felt: Felt = match serde_json::from_str(&line) {
        Ok(felt) if status.success() => felt,
        _ => return Err(EdgeError::Ended(status.to_string())),
    };
    for capacity in capacities {
        learn(facts, capacity, &felt, left);
    }
    Ok(())
}

/// File cache and slab of the own cgroup that reclaim has not taken.
fn still_reclaimable(facts: &Facts) -> Bytes {
    let leaf = facts.cgroup.levels.first();
    let stat = leaf.map(|leaf| Live::default().read(&format!("{}/memory.stat", leaf.folder)));
    match stat {
        Some(Reading::Known(text)) => parse_memory_stat(&text).reclaimable,
        _ => Bytes::ZERO,
    }
}

/// The chargeable bytes that there were, as a worker felt them.
fn room(facts: &Facts, felt: &Felt, left: Bytes) -> Bytes {
    let cost = Cost::Pages(facts.page_size);
    // `fit` is linear, so its inverse is bytes / (fit(bytes) / bytes).
    let fit = cost.fit(Bytes(felt.bytes), 0);
    Bytes(felt.bytes)
        .scaled(u128::from(felt.bytes), u128::from(fit.0.max(1)))
        .plus(Bytes(felt.canary_bytes))
        .plus(left)
}

/// Puts what was felt into one capacity.
fn learn(facts: &Facts, capacity: &mut Capacity, felt: &Felt, left: Bytes) {
    let (Some(available), Some(seen)) = (capacity.available(), memory_room(capacity)) else {
        return;
    };
    let reached = Bytes(felt.bytes);
    if felt.ended_in == FeltEnd::Edge {
        let room = room(facts, felt, left);
        // The pages of a segment cost what they cost under the machine's own limit.
        let cost = capacity.ceilings.iter().find(|c| c.source == Source::HostMemory);
        let cost = cost.map_or(Cost::Pages(facts.page_size), |ceiling| ceiling.cost);
        // What the worker itself needed is less than this; such a difference is no other limit.
        let slack = Bytes::mib(2).max(Bytes(seen.0 / 100));
        if cost.fit(room, 0).plus(slack) < seen {
            capacity.lower(Ceiling {
                limit: Reading::Unknown("it was felt by a fill, no file shows it".to_owned()),
                room: Limit::At(room),
                cost,
                ends: Ends::all(End::OomKill),
                ..Ceiling::new(Source::CgroupMemory, ORIGIN, Limit::Unlimited, Bytes::ZERO)
            });
        }
    } else if available > reached {
        let left = match felt.ended_in {
            FeltEnd::Refused => "then the kernel refused more",
            _ => "the rest was left to the machine",
        };
        capacity.why = Some(format!("{reached} were filled without feeling a limit; {left}"));
        return;
    }
    (capacity.certainty, capacity.why) = (Certainty::Measured, None);
}
