//! What is read of each document, as far as a report tells of it. Fields may be missing, of another
//! kind, or more than these: documents of other versions are read too.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::scalar::Scalar;

/// `shmeter.inspect/1`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Inspect {
    pub(crate) subject: Subject,
    pub(crate) df: Df,
    pub(crate) cgroup: Cgroup,
    pub(crate) segments: BTreeMap<String, Segment>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) verdict: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Subject {
    pub mount: Scalar,
    pub kernel: Scalar,
    pub mount_options: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Df {
    pub total_bytes: Scalar,
    pub available_bytes: Scalar,
    pub overstates_bytes: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Cgroup {
    pub version: Scalar,
    pub levels: Vec<Level>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Level {
    pub limit: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Segment {
    pub available_bytes: Scalar,
    pub certainty: Scalar,
    pub why: Scalar,
    pub binding: Scalar,
    pub methods: BTreeMap<String, MethodRow>,
    pub ceilings: Vec<Ceiling>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct MethodRow {
    pub available_bytes: Scalar,
    pub ends_in: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Ceiling {
    pub source: Scalar,
    pub origin: Scalar,
    pub limit: Scalar,
    pub unit: Scalar,
    pub used_bytes: Scalar,
    pub headroom_bytes: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Finding {
    pub id: Scalar,
    pub severity: Scalar,
    pub message: Scalar,
    pub fix: Scalar,
}

/// `shmeter.fill/1`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Fill {
    pub kind: Scalar,
    pub(crate) method: Scalar,
    pub(crate) predicted: Option<Predicted>,
    pub(crate) measured: Option<Measured>,
    pub(crate) agrees: Scalar,
    pub(crate) bytes_per_second: Scalar,
    pub(crate) step_latency_ns: Latency,
    pub(crate) course: Vec<Stretch>,
    pub(crate) why: Scalar,
    /// Where the document is missing: what its journal tells.
    #[serde(skip)]
    pub(crate) cut: Option<Cut>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Predicted {
    pub bytes: Scalar,
    pub ends_in: Scalar,
    pub certainty: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Measured {
    pub bytes: Scalar,
    pub ended_in: Scalar,
}

/// How far a fill came whose journal was cut off.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cut {
    /// Bytes that were surely filled.
    pub at_least: u64,
    /// Bytes that it could have come to.
    pub at_most: u64,
    /// How it ended, where the journal tells.
    pub(crate) end: Option<&'static str>,
    /// An OOM kill would take all of the container.
    pub(crate) oom_group: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Latency {
    pub p50: Scalar,
    pub p99: Scalar,
    pub p999: Scalar,
    pub max: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Stretch {
    pub bytes: Scalar,
    pub bytes_per_second: Scalar,
}

/// `shmeter.bench/1`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Bench {
    pub(crate) environment: BenchEnvironment,
    pub results: Vec<Figure>,
    pub(crate) without: Vec<Without>,
    pub(crate) warnings: Vec<Scalar>,
}

/// What could not be measured.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Without {
    pub test: Scalar,
    pub op: Scalar,
    pub kind: Scalar,
    pub why: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct BenchEnvironment {
    pub kernel: Scalar,
    pub lost_percent: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Figure {
    pub(crate) test: Scalar,
    pub(crate) kind: Scalar,
    pub(crate) op: Scalar,
    pub(crate) procs: Scalar,
    pub(crate) bytes: Scalar,
    pub(crate) unit: Scalar,
    pub(crate) median: Scalar,
    pub(crate) ci95: Vec<Scalar>,
    pub(crate) runs: Scalar,
    pub(crate) percentiles: Option<Latency>,
}

/// `shmeter.compare/1`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Compare {
    pub(crate) kernel: Scalar,
    pub(crate) rows: Vec<CompareRow>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct CompareRow {
    pub title: Scalar,
    pub cells: BTreeMap<String, CompareCell>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct CompareCell {
    pub said: Scalar,
}

/// Where a run ran.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Environment {
    pub(crate) version: Scalar,
    pub(crate) time: Scalar,
    pub hostname: Scalar,
    pub(crate) node: Scalar,
    pub(crate) pod: Scalar,
    pub(crate) namespace: Scalar,
    pub(crate) container: Scalar,
    pub(crate) kernel: Scalar,
    pub(crate) cpu: Scalar,
    pub(crate) cpus: Scalar,
    pub(crate) memory_bytes: Scalar,
    pub(crate) page_size: Scalar,
    pub(crate) labels: BTreeMap<String, Scalar>,
}

/// One step, as the last document lists it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct StepRow {
    pub step: Scalar,
    pub outcome: Scalar,
    pub why: Scalar,
}

/// `shmeter.watch/1`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Watch {
    pub(crate) command: Vec<Scalar>,
    pub(crate) exit: WatchExit,
    pub(crate) seconds: Scalar,
    pub(crate) verdict: Scalar,
    pub(crate) why: Scalar,
    pub(crate) peak: WatchPeak,
    pub(crate) needed: WatchNeeded,
    pub(crate) incidents: Vec<WatchIncident>,
    /// Where the document is missing: this is what its journal tells.
    #[serde(skip)]
    pub(crate) unfinished: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct WatchExit {
    pub code: Scalar,
    pub signal: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct WatchPeak {
    pub posix: WatchKind,
    pub sysv: WatchKind,
    pub cgroup: Option<WatchCgroup>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct WatchKind {
    pub bytes: Scalar,
    pub wanted_bytes: Scalar,
    pub objects: Scalar,
    pub limit: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct WatchCgroup {
    pub bytes: Scalar,
    pub shmem_bytes: Scalar,
    pub limit: Scalar,
    pub oom_kill: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct WatchIncident {
    pub at_seconds: Scalar,
    pub process: Scalar,
    pub pid: Scalar,
    pub signal: Scalar,
    pub why: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct WatchNeeded {
    pub shm_bytes: Scalar,
    pub basis: Scalar,
    pub fix: Scalar,
}
