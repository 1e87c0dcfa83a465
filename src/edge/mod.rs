//! Fills a segment to the edge of a kill, in a process of its own, and gives it back: so limits
//! are felt that no file shows. `room` is pure; the rest starts and hears the worker.

mod worker;

use std::io::Read;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::capacity::ceiling::{Cost, Ends};
use crate::capacity::findings::memory_room;
use crate::capacity::{Capacity, Ceiling, Certainty, End, Source};
use crate::facts::{Facts, Reading};
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

/// How far a measurement may go: what the memory limits leave, less the machine's reserve.
#[must_use]
pub fn most(facts: &Facts, capacities: &[Capacity]) -> Option<Bytes> {
    let memory = facts.memory.known()?;
    let reserve = RESERVE.max(Bytes(memory.total.0 / 20));
    let machine = memory.free_or_reclaimable().less(reserve);
    let seen = capacities.iter().filter_map(memory_room).max()?;
    let file = facts.process.file_size.known().and_then(|limit| limit.bytes());
    let most = seen.plus(Bytes::mib(1)).min(machine).min(file.unwrap_or(machine));
    (most > Bytes::ZERO).then_some(most)
}

/// Starts a worker, hears it, and puts what it felt into the capacities.
///
/// # Errors
/// When the worker could not be started or did not live to tell.
pub fn measure(facts: &Facts, capacities: &mut [Capacity]) -> Result<Felt, EdgeError> {
    let most = most(facts, capacities).ok_or(EdgeError::NoRoom)?;
    // The program itself, also where it was replaced on disk meanwhile.
    let mut worker = Command::new("/proc/self/exe")
        .args([WORKER, &most.0.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut text = String::new();
    if let Some(mut out) = worker.stdout.take() {
        out.read_to_string(&mut text)?;
    }
    let status = worker.wait()?;
    let felt: Felt = match serde_json::from_str(&text) {
        Ok(felt) if status.success() => felt,
        _ => return Err(EdgeError::Ended(status.to_string())),
    };
    for capacity in capacities {
        learn(facts, capacity, &felt);
    }
    Ok(felt)
}

/// The chargeable bytes that a worker used up until it felt the edge.
#[must_use]
pub fn room(facts: &Facts, felt: &Felt) -> Bytes {
    let cost = Cost::Pages(facts.page_size);
    // `fit` is linear, so its inverse is bytes / (fit(bytes) / bytes).
    let fit = cost.fit(Bytes(felt.bytes), 0);
    Bytes(felt.bytes)
        .scaled(u128::from(felt.bytes), u128::from(fit.0.max(1)))
        .plus(Bytes(felt.canary_bytes))
}

/// Puts what was felt into one capacity.
fn learn(facts: &Facts, capacity: &mut Capacity, felt: &Felt) {
    let Some(available) = capacity.available() else { return };
    let reached = Bytes(felt.bytes);
    if felt.ended_in == FeltEnd::Edge {
        // The pages of a segment cost what they cost under the machine's own limit.
        let cost = capacity.ceilings.iter().find(|c| c.source == Source::HostMemory);
        let cost = cost.map_or(Cost::Pages(facts.page_size), |ceiling| ceiling.cost);
        capacity.lower(Ceiling {
            limit: Reading::Unknown("it was felt by a fill, no file shows it".to_owned()),
            room: Limit::At(room(facts, felt)),
            cost,
            ends: Ends::all(End::OomKill),
            ..Ceiling::new(Source::CgroupMemory, ORIGIN, Limit::Unlimited, Bytes::ZERO)
        });
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
