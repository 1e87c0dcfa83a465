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
use crate::stats::Summary;
use crate::units::{Bytes, Limit};

/// An interval wider than this part of the median makes a figure of little use.
const WIDE: f64 = 0.25;

/// All that a bench says.
#[derive(Clone, Debug, Serialize)]
pub struct BenchDocument {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    /// Where it was measured.
    pub(crate) environment: Environment,
    pub(crate) results: Vec<Figure>,
    /// What differs between the kinds, and what does not.
    pub(crate) compared: Vec<Compared>,
    /// What could not be measured.
    pub(crate) without: Vec<Without>,
    /// What makes figures useless, or was not done as asked.
    pub(crate) warnings: Vec<String>,
    /// A signal ended it.
    pub(crate) interrupted: bool,
}

/// Where it was measured.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Environment {
    pub kernel: String,
    pub cpu: String,
    /// A guest of a hypervisor.
    pub guest: bool,
    /// Where each process ran.
    pub cpus: Vec<usize>,
    /// How near the first two are.
    pub near: Option<Near>,
    /// Of which kind the core of each process is; `None` where all are alike.
    pub core_kinds: Option<Vec<String>>,
    /// Nodes of memory where the pages lay; `None` where the kernel does not tell.
    pub memory_nodes: Option<Vec<u32>>,
    /// Bytes of the second and of the last cache.
    pub l2_bytes: Option<Bytes>,
    pub last_cache_bytes: Option<Bytes>,
    pub governor: Option<String>,
    /// Thousandths of a CPU that the cgroup grants.
    pub cpu_quota_millis: Quota,
    /// The least limit on memory that can be seen.
    pub memory_limit: Limit,
    pub page_size: u64,
    /// The policy of huge pages for shared memory.
    pub shmem_huge: Option<String>,
    /// Options of the tmpfs.
    pub tmpfs_options: Option<String>,
    /// What times are read from, and what a reading costs: what the harness adds to a sample.
    pub clock: &'static str,
    /// Nanoseconds of a reading.
    pub clock_overhead_ns: f64,
    /// Nanoseconds of its smallest step.
    pub clock_resolution_ns: f64,
    /// Nanoseconds that the second CPU's counter is ahead of the first one's: the median of all looks at it.
    /// Latencies from one to the other are without it.
    pub clock_offset_ns: Option<f64>,
    /// Per cent of the time in which something else had the CPU that lost most, by a loop that spins on each
    /// for 10 ms before each kind of each round.
    pub lost_percent: f64,
    /// The longest such pause, in nanoseconds.
    pub longest_pause_ns: f64,
    /// How often each was measured.
    pub rounds: u32,
}

/// What a cgroup grants of CPU time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Quota {
    /// As much as there is.
    Unlimited,
    /// Thousandths of a CPU.
    #[serde(untagged)]
    Millis(u64),
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    #[serde(flatten)]
    pub case: Case,
    pub kind: Kind,
    pub unit: Unit,
    /// Median, least, most, runs, interval, outliers.
    #[serde(flatten)]
    pub summary: Summary,
    pub percentiles: Option<Percentiles>,
    /// How often the scheduler took a CPU away from the timed parts, in all rounds.
    pub preempted: u64,
    /// Milliseconds of its CPUs that the hypervisor gave to others meanwhile, in steps of 10.
    pub stolen_ms: u64,
}

/// Two kinds in one test.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Compared {
    #[serde(flatten)]
    pub case: Case,
    /// The kind that is compared with posix.
    pub kind: Kind,
    /// Median of its figure divided by that of posix in the same round, and the interval.
    pub ratio: f64,
    pub ci95: [f64; 2],
    /// Whether the interval leaves 1 out.
    pub differs: bool,
}

/// What could not be measured.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Without {
    pub kind: Kind,
    pub test: Test,
    pub op: String,
    pub why: String,
}
