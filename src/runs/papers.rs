//! What is read of each document, as far as a report tells of it. Fields may be missing, of another
//! kind, or more than these: documents of other versions are read too.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::scalar::Scalar;

/// `shmeter.inspect/1`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)] // docs/contract.md says what each field of a document means
pub struct Inspect {
    pub subject: Subject,
    pub df: Df,
    pub cgroup: Cgroup,
    pub segments: BTreeMap<String, Segment>,
    pub findings: Vec<Finding>,
    pub verdict: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Subject {
    pub mount: Scalar,
    pub kernel: Scalar,
    pub page_size: Scalar,
    pub mount_options: Scalar,
    pub view: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Df {
    pub filesystem: Scalar,
    pub total_bytes: Scalar,
    pub available_bytes: Scalar,
    pub overstates_bytes: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Cgroup {
    pub version: Scalar,
    pub hidden_ancestors: Scalar,
    pub levels: Vec<Level>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Level {
    pub path: Scalar,
    pub limit: Scalar,
    pub used_bytes: Scalar,
    pub high: Scalar,
    pub oom_group: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Segment {
    pub available_bytes: Scalar,
    pub certainty: Scalar,
    pub why: Scalar,
    pub binding: Scalar,
    pub methods: BTreeMap<String, MethodRow>,
    pub ceilings: Vec<Ceiling>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct MethodRow {
    pub available_bytes: Scalar,
    pub ends_in: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Ceiling {
    pub source: Scalar,
    pub origin: Scalar,
    pub limit: Scalar,
    pub unit: Scalar,
    pub headroom_bytes: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Finding {
    pub id: Scalar,
    pub severity: Scalar,
    pub message: Scalar,
    pub fix: Scalar,
}

/// `shmeter.fill/1`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Fill {
    pub kind: Scalar,
    pub method: Scalar,
    pub procs: Scalar,
    pub until: Scalar,
    pub predicted: Option<Predicted>,
    pub measured: Option<Measured>,
    pub error_bytes: Scalar,
    pub agrees: Scalar,
    pub seconds: Scalar,
    pub bytes_per_second: Scalar,
    pub step_latency_ns: Latency,
    pub course: Vec<Stretch>,
    pub why: Scalar,
    pub interrupted: Scalar,
    /// Where the document is missing: what its journal tells.
    #[serde(skip)]
    pub cut: Option<Cut>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Predicted {
    pub bytes: Scalar,
    pub ends_in: Scalar,
    pub binding: Scalar,
    pub certainty: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Measured {
    pub bytes: Scalar,
    pub ended_in: Scalar,
    pub binding: Scalar,
}

/// How far a fill came whose journal was cut off.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cut {
    /// Bytes that were surely filled.
    pub at_least: u64,
    /// Bytes that it could have come to.
    pub at_most: u64,
    /// How it ended, where the journal tells.
    pub end: Option<&'static str>,
    /// An OOM kill would take all of the container.
    pub oom_group: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Latency {
    pub p50: Scalar,
    pub p99: Scalar,
    pub p999: Scalar,
    pub max: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Stretch {
    pub bytes: Scalar,
    pub bytes_per_second: Scalar,
}

/// `shmeter.bench/1`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Bench {
    pub environment: BenchEnvironment,
    pub results: Vec<Figure>,
    pub warnings: Vec<Scalar>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct BenchEnvironment {
    pub kernel: Scalar,
    pub cpu: Scalar,
    pub clock: Scalar,
    pub lost_percent: Scalar,
    pub rounds: Scalar,
    pub near: Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Figure {
    pub test: Scalar,
    pub kind: Scalar,
    pub op: Scalar,
    pub procs: Scalar,
    pub bytes: Scalar,
    pub unit: Scalar,
    pub median: Scalar,
    pub ci95: Vec<Scalar>,
    pub percentiles: Option<Latency>,
}

/// `shmeter.compare/1`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Compare {
    pub kernel: Scalar,
    pub folder: Scalar,
    pub rows: Vec<CompareRow>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct CompareRow {
    pub id: Scalar,
    pub section: Scalar,
    pub title: Scalar,
    pub cells: BTreeMap<String, CompareCell>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct CompareCell {
    pub said: Scalar,
    pub why: Scalar,
}

/// Where a run ran.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Environment {
    pub version: Scalar,
    pub time: Scalar,
    pub hostname: Scalar,
    pub node: Scalar,
    pub pod: Scalar,
    pub namespace: Scalar,
    pub container: Scalar,
    pub kernel: Scalar,
    pub cpu: Scalar,
    pub cpus: Scalar,
    pub memory_bytes: Scalar,
    pub page_size: Scalar,
    pub labels: BTreeMap<String, Scalar>,
}

/// One step, as the last document lists it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct StepRow {
    pub step: Scalar,
    pub outcome: Scalar,
    pub seconds: Scalar,
    pub why: Scalar,
}
