//! How fast shared memory is, alone and between processes. A leader, started by the program itself,
//! makes a segment of each kind in turn, splits into as many processes as a case needs, and prints a
//! line for each sample; whoever started it makes figures of them.
//!
//! The leader has one thread, so it may be copied with its mappings: a mapping of the kind `anon`
//! comes to another process in no other way.

mod bandwidth;
mod clock;
mod fault;
mod leader;
pub(crate) mod lifecycle;
mod offset;
pub mod pair;
mod ping_pong;
pub mod plan;
mod ring;
pub mod run;
mod stage;
mod twins;

use serde::{Deserialize, Serialize};

use crate::capacity::Kind;
use crate::facts::Facts;
use crate::facts::cpu::CpuFacts;
use crate::workload::unique_number;
use plan::{Plan, Request};

pub(crate) use leader::lead;

/// The word that makes the program a leader.
pub(crate) const SUBCOMMAND: &str = "bench-leader";

/// A test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// Bytes per second of filling, writing, reading, copying.
    Bandwidth,
    /// Time of the first touch of a page.
    Fault,
    /// Time of a round trip between two processes.
    PingPong,
    /// Messages per second from one process to another, and how long one takes.
    Ring,
    /// Time of creating, mapping, touching, unmapping and removing a segment.
    Lifecycle,
}

impl Test {
    /// All of them, in the order of reports.
    pub const ALL: [Test; 5] =
        [Test::Bandwidth, Test::Fault, Test::PingPong, Test::Ring, Test::Lifecycle];

    /// The word for it.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Test::Bandwidth => "bandwidth",
            Test::Fault => "fault",
            Test::PingPong => "ping-pong",
            Test::Ring => "ring",
            Test::Lifecycle => "lifecycle",
        }
    }
}

/// The unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Unit {
    /// 2^30 bytes per second: more is better.
    #[serde(rename = "GiB/s")]
    Rate,
    /// Nanoseconds: less is better.
    #[serde(rename = "ns")]
    Time,
    /// Messages per second: more is better.
    #[serde(rename = "msg/s")]
    Messages,
}

/// One measurement of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Case {
    pub test: Test,
    /// The operation: docs/contract.md lists them.
    pub op: String,
    /// Number of processes.
    pub procs: u32,
    /// Bytes of memory or of a message.
    pub bytes: u64,
}

/// What a leader is to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Whose end is its own.
    pub(crate) parent: i32,
    /// What names and keys of its segments end with.
    pub(crate) number: u64,
    /// The kinds, in turn.
    pub(crate) kinds: Vec<Kind>,
    /// The measurements of each.
    pub(crate) cases: Vec<Case>,
    /// How often all of it.
    pub(crate) rounds: u32,
    /// The folder of posix files.
    pub(crate) folder: String,
    /// Where each process runs: at least one.
    pub(crate) cpus: Vec<usize>,
    /// Bytes of a page.
    pub(crate) page: u64,
    /// Bytes of a transparent huge page.
    pub(crate) huge_page: u64,
    /// The CPU's counter can be trusted.
    pub(crate) steady: bool,
    /// The node of memory where pages are to lie, where there are several: the first CPU's.
    pub(crate) node: Option<u32>,
}

impl Job {
    /// What `plan` comes to, for a leader that this process starts.
    #[must_use]
    pub(crate) fn new(request: &Request, plan: &Plan, facts: &Facts, cpu: &CpuFacts) -> Job {
        Job {
            parent: i32::try_from(std::process::id()).unwrap_or(0),
            number: unique_number(),
            kinds: plan.kinds.clone(),
            cases: plan.cases.clone(),
            rounds: request.rounds,
            folder: request.folder.clone(),
            cpus: plan.cpus.clone(),
            page: facts.page_size.bytes(),
            huge_page: facts.huge_page.0,
            steady: cpu.steady,
            node: plan
                .cpus
                .first()
                .filter(|_| cpu.nodes.len() > 1)
                .and_then(|first| cpu.node_of(*first)),
        }
    }
}

/// A line of a leader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Line {
    /// The clock: which, and the nanoseconds of a reading.
    Clock {
        /// Whether it is the CPU's own counter.
        cpu: bool,
        /// Nanoseconds.
        overhead: f64,
        /// Nanoseconds of its smallest step.
        resolution: f64,
    },
    /// Before the cases of a kind: the part of the time in which something else had the CPU that lost most of
    /// it, and the longest such pause in nanoseconds.
    Lost(f64, f64),
    /// Nanoseconds that the counter of the second CPU is ahead of the first one's.
    Ahead(f64),
    /// Nodes of memory where pages of the segment lie.
    Nodes(Vec<u32>),
    Sample(Sample),
    /// What could not be measured, and why.
    Without {
        kind: Kind,
        test: Test,
        /// What of it.
        op: String,
        why: String,
    },
    /// A case was measured, or is measured again.
    GoesOn,
    /// So many kinds of all rounds are done.
    Done(u32),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sample {
    pub(crate) kind: Kind,
    /// What was measured.
    pub(crate) case: Case,
    /// What `value` counts.
    pub(crate) unit: Unit,
    /// In which round.
    pub(crate) round: u32,
    pub(crate) value: f64,
    /// Nanoseconds and how often, where single events were timed.
    pub(crate) times: Vec<(u64, u64)>,
    /// How often the scheduler took a CPU away from the timed part.
    pub(crate) preempted: u64,
    /// Ticks of 10 ms that the hypervisor gave to others meanwhile, of the CPUs of this case.
    pub(crate) stolen: u64,
}
