//! The bench document: docs/contract.md says what others rely on. How it is made: `build`; how a person
//! reads it: `text`.

mod build;
mod csv;
mod percentiles;
pub mod text;

use serde::Serialize;

pub use csv::csv;
pub(crate) use percentiles::Percentiles;

use crate::bench::{Case, Test, Unit};
use crate::capacity::Kind;
use crate::facts::cpu::Near;
#[cfg(test)]
use crate::schema;
use crate::stats::Summary;
use crate::units::{Bytes, Limit};

/// An interval wider than this part of the median makes a figure of little use.
pub(in crate::report) const WIDE: f64 = 0.25;

/// The result of `shmeter bench`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BenchDocument {
    /// Name and version of this format.
    #[cfg_attr(test, schemars(extend("const" = schema::BENCH)))]
    pub(crate) schema: &'static str,
    /// Version of shmeter.
    pub(crate) version: &'static str,
    /// The machine, and how it was measured.
    pub(crate) environment: Environment,
    /// The figures.
    pub(crate) results: Vec<Figure>,
    /// Each kind compared with `posix`, round by round.
    pub(crate) compared: Vec<Compared>,
    /// What could not be measured.
    pub(crate) without: Vec<Without>,
    /// What makes figures less useful, or was left out before it began.
    pub(crate) warnings: Vec<String>,
    /// Whether a signal ended it.
    pub(crate) interrupted: bool,
}

/// The machine, and how it was measured.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "BenchEnvironment"))]
pub(crate) struct Environment {
    /// Release of the kernel.
    pub kernel: String,
    /// Model of the CPU.
    pub cpu: String,
    /// Whether this is a virtual machine.
    pub guest: bool,
    /// The CPU of each process.
    pub cpus: Vec<usize>,
    /// How near the first two CPUs are; null where only one is used.
    pub near: Option<Near>,
    /// The kind of each process's core: `performance`, `efficiency` or `capacity-N` (of 1024); null where all are the same.
    pub core_kinds: Option<Vec<String>>,
    /// NUMA nodes of the segments' pages. Pages are requested from the node of the first CPU where there are several.
    /// Null where the kernel does not tell (Docker's seccomp profile allows it with CAP_SYS_NICE only).
    pub memory_nodes: Option<Vec<u32>>,
    /// Size of the second-level cache; null where the kernel does not tell.
    pub l2_bytes: Option<Bytes>,
    /// Size of the last-level cache; null where the kernel does not tell.
    pub last_cache_bytes: Option<Bytes>,
    /// Frequency governor; null where the kernel does not tell.
    pub governor: Option<String>,
    /// CPU quota of the own cgroup, in thousandths of a CPU.
    pub cpu_quota_millis: Quota,
    /// The lowest visible memory limit.
    pub memory_limit: Limit,
    /// Bytes of a page.
    pub page_size: u64,
    /// `shmem_enabled`: the policy of huge pages for shared memory; null where it cannot be read.
    pub shmem_huge: Option<String>,
    /// Options of the tmpfs; null where the mount is not known.
    pub tmpfs_options: Option<String>,
    /// What times are read from: `cpu-counter` or `clock_gettime`.
    pub clock: &'static str,
    /// Nanoseconds of a reading, which each timed event includes.
    pub clock_overhead_ns: f64,
    /// Nanoseconds of the clock's smallest step.
    pub clock_resolution_ns: f64,
    /// Nanoseconds that the counter of the second CPU is ahead of that of the first: half the difference between the
    /// fastest trips there and back. It is subtracted from latencies. Null where no ring was measured.
    pub clock_offset_ns: Option<f64>,
    /// Percentage of the time that other work had the most affected CPU, by a loop of 10 ms on each CPU before each kind
    /// of each round.
    pub lost_percent: f64,
    /// The longest such pause, in nanoseconds.
    pub longest_pause_ns: f64,
    /// Number of rounds.
    pub rounds: u32,
}

/// What a cgroup grants of CPU time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Quota {
    /// No quota.
    Unlimited,
    /// Thousandths of a CPU.
    #[serde(untagged)]
    Millis(u64),
}

/// A figure: one kind in one test.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Figure {
    #[serde(flatten)]
    pub case: Case,
    pub kind: Kind,
    /// The unit of `median`, `min`, `max` and `ci95`.
    pub unit: Unit,
    #[serde(flatten)]
    pub summary: Summary,
    /// Percentiles of single events. Null of bandwidth, and of spinning round trips, which are measured in batches of 64.
    pub percentiles: Option<Percentiles>,
    /// How often the scheduler preempted the timed parts, in all rounds.
    pub preempted: u64,
    /// Milliseconds that the hypervisor took from the CPUs meanwhile, in steps of 10.
    pub stolen_ms: u64,
}

/// A kind compared with `posix` in one test.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Compared {
    #[serde(flatten)]
    pub case: Case,
    /// The kind that is compared with `posix`.
    pub kind: Kind,
    /// Median of its figure divided by that of `posix` in the same round.
    pub ratio: f64,
    /// Confidence interval of 95 %.
    pub ci95: [f64; 2],
    /// Whether the interval excludes 1.
    pub differs: bool,
}

/// A test that could not be measured.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Without {
    pub kind: Kind,
    pub test: Test,
    /// The operation.
    pub op: String,
    /// Why not.
    pub why: String,
}
