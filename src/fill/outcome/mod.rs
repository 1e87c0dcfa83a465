//! What a team's run came to: ends, bytes, times. Pure.
#![forbid(unsafe_code)]

pub(crate) mod course;

use std::time::Duration;

use hdrhistogram::Histogram;

use super::verdict::{Evidence, WorkerOutcome};
use crate::capacity::End;
use crate::units::Bytes;

pub use course::Course;

/// What a fill came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Bytes of all workers when it ended.
    pub bytes: Bytes,
    /// How it ended.
    pub end: End,
    pub workers: Vec<WorkerOutcome>,
    /// Bytes of all canaries.
    pub canary: Bytes,
    /// What was left of them.
    pub canary_left: Bytes,
    /// File cache and slab of the own cgroup that could still have been taken back at the end.
    pub reclaimable: Bytes,
    /// What the own cgroup was charged for at the end, where a file tells it.
    pub charged: Option<Bytes>,
    /// What of the own cgroup was in memory and in swap at once before a kill: when swap is full, the
    /// kernel frees neither (docs/kernel-facts.md).
    pub swap_cache: Bytes,
    /// The file system had no room left at the end.
    pub tmpfs_full: bool,
    /// What the counters say.
    pub evidence: Evidence,
    /// From the release to the last worker's end.
    pub took: Duration,
    /// Time of all workers in steps that the kernel held up.
    pub held_up: Duration,
    /// Time of all workers that went into watching canaries.
    pub watched: Duration,
    /// Nanoseconds of each step.
    pub latency: Histogram<u64>,
    /// Throughput over the fill level.
    pub course: Course,
    /// Bytes on huge pages, where those were asked for.
    pub huge: Option<Bytes>,
    /// What of the own cgroup's memory the program itself was locked into.
    pub program: Bytes,
    /// What came in between, in words.
    pub why: Option<String>,
    /// Its time was over before anything else ended it.
    pub out_of_time: bool,
    /// Others took so much meanwhile that it gave everything back.
    pub gave_way: bool,
    /// A signal asked for its end.
    pub interrupted: bool,
}

impl Outcome {
    /// File cache of the own cgroup that was left at the end: the canaries' pages lie on the same
    /// lists, and are not meant.
    #[must_use]
    pub(crate) fn cache_left(&self) -> Bytes {
        self.reclaimable.saturating_sub(self.canary_left)
    }
}
