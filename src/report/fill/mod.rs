//! The fill document: docs/contract.md says what others rely on. How a person reads it: `text`.

pub mod text;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::capacity::neighbours::Word;
use crate::capacity::{Certainty, End, Kind, Method, Source};
use crate::facts::Facts;
use crate::fill::outcome::Outcome;
use crate::fill::outcome::course::Stretch;
use crate::fill::verdict::{Evidence, LimitOf, WorkerOutcome};
use crate::fill::{FillPrediction, Plan, Request, Until};
use crate::units::Bytes;

pub use crate::schema::FILL as SCHEMA;

/// The result of `shmeter fill`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FillDocument {
    /// Name and version of this format.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    pub schema: &'static str,
    /// Version of shmeter.
    pub version: &'static str,
    /// What was filled.
    pub kind: Kind,
    /// How it was filled.
    pub method: Method,
    /// Number of processes.
    pub procs: u32,
    /// The value of `--until`: `safe`, `limit`, or bytes as a decimal number.
    pub until: String,
    /// The folder of posix files.
    pub folder: String,
    /// The prediction, made when the workers are ready, so that their own memory counts; null where there is none.
    pub predicted: Option<Predicted>,
    /// Who else could use the same memory.
    pub neighbours: Word,
    /// Whether a limit, or the edge before it, ended the fill.
    pub wall: Wall,
    /// What happened.
    pub measured: Measured,
    /// Measured bytes, with what canaries and file cache still held, less what a fill without canaries would reach.
    pub error_bytes: Option<i128>,
    /// Whether it ended as predicted: the same end, `error_bytes` within max(1 MiB, 0.5 %), and nothing came in
    /// between. With certainty `at-most` an earlier end of the same cause agrees too. A kill in a careful fill never
    /// agrees. Null where it was interrupted, gave way to others or ran out of time.
    pub agrees: Option<bool>,
    /// How much the kernel's counters grew during the fill.
    pub evidence: Evidence,
    /// Seconds from the release of the workers to the end of the last one.
    pub seconds: f64,
    /// Bytes per second of all workers together.
    pub bytes_per_second: f64,
    /// Percentiles of the time of a step.
    pub step_latency_ns: Latency,
    /// Speed by fill level.
    pub course: Vec<Stretch>,
    /// Seconds that workers spent in steps that the kernel held up (reclaim, throttling).
    pub held_up_seconds: f64,
    /// Seconds that workers spent watching canaries.
    pub watch_seconds: f64,
    /// With `--huge`: bytes on huge pages, by the counter of the machine; 0 where none were granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub huge_bytes: Option<Bytes>,
    /// Why it ended early, or what came in between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Whether a signal ended it.
    pub interrupted: bool,
}

/// Whether a limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Wall {
    /// A limit, or the edge before it, ended the fill.
    Reached,
    /// It ended before: it reached the requested size, or it stopped to spare others.
    NotTouched,
}

/// A prediction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Predicted {
    /// Bytes of all workers together.
    pub bytes: u64,
    /// How the fill ends.
    pub ends_in: End,
    /// What ends it.
    pub binding: Option<Source>,
    /// How certain it is.
    pub certainty: Certainty,
    /// Bytes that swap would add. A careful fill stops before it swaps.
    #[serde(default)]
    pub swap_bytes: u64,
}

impl Predicted {
    /// Of a prediction.
    #[must_use]
    pub const fn of(prediction: &FillPrediction) -> Predicted {
        Predicted {
            swap_bytes: prediction.swap.0,
            bytes: prediction.bytes.0,
            ends_in: prediction.end,
            binding: prediction.binding,
            certainty: prediction.certainty,
        }
    }
}

/// What a fill did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Measured {
    /// Bytes of all workers together.
    pub bytes: Bytes,
    /// Bytes that canaries still held at the end.
    pub canary_bytes: Bytes,
    /// File cache of the own cgroup that the kernel had not reclaimed when the fill stopped at the edge.
    pub cache_bytes: Bytes,
    /// Memory of shmeter itself at the edge, as far as it is charged to the own cgroup. A careful fill locks it.
    pub program_bytes: Bytes,
    /// Bytes that were in memory and in swap at once just before an OOM kill, by `memory.stat` of the own cgroup; 0
    /// where it does not tell.
    pub swap_cache_bytes: Bytes,
    /// How it ended.
    pub ended_in: End,
    /// What ended it, where counters or a full file system prove it.
    pub binding: Option<Source>,
    /// Each worker.
    pub workers: Vec<WorkerOutcome>,
}

/// What ended a fill, as far as that was seen: counters that grew, a file system that is full.
fn proven(
    end: End,
    kind: Kind,
    outcome: &Outcome,
    prediction: Option<&FillPrediction>,
) -> Option<Source> {
    let told = &outcome.evidence;
    let grew = |count: Option<u64>| count.is_some_and(|count| count > 0);
    match end {
        End::OomKill => match told.limit_of? {
            LimitOf::Own | LimitOf::Ancestor => Some(Source::CgroupMemory),
            LimitOf::Machine => Some(Source::HostMemory),
            LimitOf::AncestorOrMachine => None,
        },
        End::Edge | End::Stall if grew(told.oom) || grew(told.max) || grew(told.ancestors) => {
            Some(Source::CgroupMemory)
        }
        End::Edge | End::Stall if grew(told.high) => Some(Source::CgroupHigh),
        End::Enospc | End::Sigbus | End::Efault if outcome.tmpfs_full => Some(Source::TmpfsSize),
        // shmget says so only of a size; a segment of a page less was granted.
        End::Einval if kind == Kind::Sysv => Some(Source::Shmmax),
        // Which of the two limits it was only their sum tells.
        End::Enospc if kind == Kind::Sysv => prediction
            .and_then(|prediction| prediction.binding)
            .filter(|binding| matches!(binding, Source::Shmall | Source::Shmmni)),
        End::Efbig => Some(Source::RlimitFsize),
        End::Edquot => Some(Source::TmpfsQuota),
        _ => None,
    }
}

/// Percentiles of the time of a step, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Latency {
    pub p50: u64,
    pub p99: u64,
    pub p999: u64,
    pub max: u64,
    /// Number of steps.
    pub steps: u64,
}

/// How far it was to go, in the words of the command line.
#[must_use]
pub fn until_word(until: Until) -> String {
    match until {
        Until::Safe => "safe".to_owned(),
        Until::Limit => "limit".to_owned(),
        Until::Bytes(bytes) => bytes.0.to_string(),
    }
}

impl FillDocument {
    /// The document of one fill.
    #[must_use]
    pub fn new(
        request: &Request,
        plan: &Plan,
        prediction: Option<&FillPrediction>,
        facts: &Facts,
        outcome: &Outcome,
    ) -> FillDocument {
        let measured = Measured::new(request, plan, prediction, outcome);
        let end = measured.ended_in;
        let room = measured.canary_bytes.saturating_add(measured.cache_bytes);
        // What they held would hold less of a segment, which costs beside its bytes.
        let mappers = u32::from(request.method.maps());
        let cost = crate::capacity::ceiling::Cost::Pages(facts.page_size);
        let reached = outcome.bytes.saturating_add(cost.fit(room, mappers));
        let complete = !outcome.interrupted && !outcome.out_of_time && !outcome.gave_way;
        let seconds = outcome.took.as_secs_f64();
        FillDocument {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            kind: request.kind,
            method: request.method,
            procs: request.procs,
            until: until_word(request.until),
            folder: request.folder.clone(),
            predicted: prediction.map(Predicted::of),
            neighbours: plan.neighbours.word(),
            wall: match end {
                End::Full | End::Stopped => Wall::NotTouched,
                _ => Wall::Reached,
            },
            measured,
            error_bytes: prediction
                .map(|f| i128::from(reached.0).saturating_sub(f.without_canary.0.into())),
            // Where something else came in between, that was not predicted.
            agrees: prediction
                .filter(|_| complete)
                .map(|f| f.agrees(reached, end) && outcome.why.is_none()),
            evidence: outcome.evidence,
            seconds,
            bytes_per_second: rate(outcome.bytes, seconds),
            step_latency_ns: Latency::new(&outcome.latency),
            course: outcome.course.stretches(),
            held_up_seconds: outcome.held_up.as_secs_f64(),
            watch_seconds: outcome.watched.as_secs_f64(),
            huge_bytes: outcome.huge,
            why: outcome.why.clone().or_else(|| why_stopped(plan, outcome, end)),
            interrupted: outcome.interrupted,
        }
    }
}

impl Measured {
    fn new(
        request: &Request,
        plan: &Plan,
        prediction: Option<&FillPrediction>,
        outcome: &Outcome,
    ) -> Measured {
        let at = |end: End, bytes: Bytes| if outcome.end == end { bytes } else { Bytes::ZERO };
        let end = match outcome.end {
            End::Full if plan.capped.is_some() => End::Stopped,
            end => end,
        };
        Measured {
            bytes: outcome.bytes,
            canary_bytes: at(End::Edge, outcome.canary_left),
            cache_bytes: at(End::Edge, outcome.cache_left()),
            swap_cache_bytes: at(End::OomKill, outcome.swap_cache),
            program_bytes: at(End::Edge, outcome.program),
            ended_in: end,
            binding: proven(end, request.kind, outcome, prediction),
            workers: outcome.workers.clone(),
        }
    }
}

impl Latency {
    fn new(latency: &Histogram<u64>) -> Latency {
        Latency {
            p50: latency.value_at_quantile(0.5),
            p99: latency.value_at_quantile(0.99),
            p999: latency.value_at_quantile(0.999),
            max: latency.max(),
            steps: latency.len(),
        }
    }
}

/// Why it ended before a limit did it, where that was meant.
fn why_stopped(plan: &Plan, outcome: &Outcome, end: End) -> Option<String> {
    if outcome.out_of_time {
        return Some(format!("out of time after {:.1} s", outcome.took.as_secs_f64()));
    }
    plan.capped.clone().filter(|_| end == End::Stopped && !outcome.interrupted)
}

/// Bytes a second; 0 where no time passed.
#[allow(clippy::as_conversions)]
fn rate(bytes: Bytes, seconds: f64) -> f64 {
    if seconds > 0.0 { (bytes.0 as f64 / seconds).round() } else { 0.0 }
}
