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

/// All that a fill says.
#[derive(Clone, Debug, Serialize)]
pub struct FillDocument {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The version of the program.
    pub version: &'static str,
    pub kind: Kind,
    /// How it was filled.
    pub method: Method,
    /// By how many processes.
    pub procs: u32,
    /// How far it was to go.
    pub until: String,
    /// The folder of posix files.
    pub folder: String,
    /// What was predicted; `null` where it cannot be.
    pub predicted: Option<Predicted>,
    /// Who else could use what was filled.
    pub neighbours: Word,
    /// Whether it went on until a limit or the edge before it ended it.
    pub wall: Wall,
    pub measured: Measured,
    /// What was reached, with what canaries and cache still held, less what was predicted.
    pub error_bytes: Option<i128>,
    /// Whether that is what was predicted.
    pub agrees: Option<bool>,
    /// Growth of the kernel's counters over the run.
    pub evidence: Evidence,
    /// From the release of all workers to the end of the last one.
    pub seconds: f64,
    /// Bytes a second of all workers.
    pub bytes_per_second: f64,
    /// Time of each step.
    pub step_latency_ns: Latency,
    /// Speed over the fill level.
    pub course: Vec<Stretch>,
    /// Time of all workers in steps that the kernel held up.
    pub held_up_seconds: f64,
    /// Time of all workers that went into watching canaries.
    pub watch_seconds: f64,
    /// Bytes on huge pages, where they were asked for; 0: none were granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub huge_bytes: Option<Bytes>,
    /// Why it ended before what was asked for, or what came in between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// A signal ended it.
    pub interrupted: bool,
}

/// Whether a limit was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wall {
    /// A limit ended it, or the edge of one.
    Reached,
    /// It ended before any: it had what was asked for, or it stopped for others' sake.
    NotTouched,
}

/// What was predicted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predicted {
    /// Bytes of all workers.
    pub bytes: u64,
    /// How it ends.
    pub ends_in: End,
    /// What ends it.
    pub binding: Option<Source>,
    /// How far to trust it.
    pub certainty: Certainty,
    /// Bytes more that going into swap would give: a careful fill stops before that.
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// Bytes of all workers.
    pub bytes: Bytes,
    /// Bytes that canaries still held when it ended: room that was not used.
    pub canary_bytes: Bytes,
    /// File cache of the own cgroup that could still be taken back when it stopped at the edge.
    pub cache_bytes: Bytes,
    /// The program itself at the edge, as far as the own cgroup pays for it: it is kept in memory.
    pub program_bytes: Bytes,
    /// What was in memory and in swap at once a moment before the kernel killed: room that was lost.
    pub swap_cache_bytes: Bytes,
    /// How it ended.
    pub ended_in: End,
    /// What ended it, where counters or the file system prove it.
    pub binding: Option<Source>,
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

/// Percentiles of the time of steps, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// Half of them took no longer.
    pub p50: u64,
    /// 99 of 100.
    pub p99: u64,
    /// 999 of 1000.
    pub p999: u64,
    pub max: u64,
    /// How many there were.
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
        return Some(format!("its time was over after {:.1} s", outcome.took.as_secs_f64()));
    }
    plan.capped.clone().filter(|_| end == End::Stopped && !outcome.interrupted)
}

/// Bytes a second; 0 where no time passed.
#[allow(clippy::as_conversions)]
fn rate(bytes: Bytes, seconds: f64) -> f64 {
    if seconds > 0.0 { (bytes.0 as f64 / seconds).round() } else { 0.0 }
}
