//! The inspect document: docs/contract.md says what others rely on. How it is made: `build`; how a person
//! reads it: `text`, with every ceiling: `explained`.

mod build;
mod explained;
pub mod openmetrics;
pub mod text;

use serde::Serialize;

use crate::capacity::ceiling::Unit;
use crate::capacity::findings::Finding;
use crate::capacity::{Certainty, End, Kind, Origin, Scope, Source};
use crate::facts::{CgroupVersion, Reading, Runtime, View};
use crate::units::{Bytes, Limit};

/// All that an inspect says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    /// What was looked at.
    pub(crate) subject: Subject,
    /// What df would show.
    pub(crate) df: Df,
    /// The memory cgroup.
    pub cgroup: Cgroup,
    /// What fits, by kind.
    pub segments: Segments,
    /// Pools of huge pages that hold any.
    pub(crate) huge_pages: Vec<HugePages>,
    /// What `--require` asked for of posix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) require_bytes: Option<Bytes>,
    /// The same of each kind that it named.
    #[serde(skip_serializing_if = "Required::is_empty")]
    pub(crate) require: Required,
    /// What `--app-memory` said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app_memory_bytes: Option<Bytes>,
    /// What is worth telling.
    pub findings: Vec<Finding>,
    /// The worst of the findings.
    pub(crate) verdict: Verdict,
}

/// What was required, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Required {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posix: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sysv: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memfd: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anon: Option<Bytes>,
}

impl Required {
    fn is_empty(&self) -> bool {
        *self == Required::default()
    }

    /// What was required of a kind.
    pub(crate) fn of(&self, kind: Kind) -> Option<Bytes> {
        match kind {
            Kind::Posix => self.posix,
            Kind::Sysv => self.sysv,
            Kind::Memfd => self.memfd,
            Kind::Anon => self.anon,
        }
    }
}

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Subject {
    /// The process, if it is not the one that looked.
    pub pid: Option<u32>,
    pub mount: String,
    pub view: View,
    /// Who made the mount.
    pub origin: Origin,
    /// What runs the container.
    pub runtime: Runtime,
    pub kernel: String,
    pub page_size: u64,
    /// The folder that the file system is mounted on.
    pub mount_point: Option<String>,
    /// The mount's options and the file system's.
    pub mount_options: Option<String>,
}

/// What df would show; `null` where statfs failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Df {
    pub filesystem: String,
    pub total_bytes: Option<Bytes>,
    /// Free for everybody.
    pub available_bytes: Option<Bytes>,
    /// Bytes by which that is more than really fits.
    pub overstates_bytes: Option<Bytes>,
}

/// A limit that could be read or not: an integer, "unlimited" or "unknown".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitValue(pub Reading<Limit>);

impl Serialize for LimitValue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Reading::Known(limit) => limit.serialize(serializer),
            // A kernel without the file has no such limit.
            Reading::Absent => serializer.serialize_str("unlimited"),
            Reading::Unknown(_) => serializer.serialize_str("unknown"),
        }
    }
}

impl std::fmt::Display for LimitValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Reading::Known(limit) => limit.fmt(f),
            Reading::Absent => f.pad("unlimited"),
            Reading::Unknown(_) => f.pad("unknown"),
        }
    }
}

/// The memory cgroup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cgroup {
    pub(crate) version: CgroupVersion,
    /// Levels above the last one of `levels` exist and cannot be seen.
    pub hidden_ancestors: bool,
    /// The process's own level first.
    pub(crate) levels: Vec<CgroupLevel>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct CgroupLevel {
    pub path: String,
    /// The folder that was read.
    pub folder: String,
    pub limit: LimitValue,
    /// What is charged; `null` where that could not be read.
    pub used_bytes: Option<Bytes>,
    /// What reclaim gives back of that.
    pub reclaimable_bytes: Bytes,
    /// Of what is charged, shared memory.
    pub shmem_bytes: Option<Bytes>,
    /// v2: its limit of swap.
    pub swap_limit: LimitValue,
    /// v1: its limit of memory and swap together.
    pub memsw_limit: LimitValue,
    /// v2: where throttling starts.
    pub high: LimitValue,
    /// An OOM kill takes all of it.
    pub oom_group: bool,
    /// v1, own level: the tightest limit up to the real root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hierarchical_limit: Option<LimitValue>,
    /// What could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What fits, by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segments {
    /// Files on /dev/shm.
    pub posix: Segment,
    /// System V.
    pub sysv: Segment,
    /// memfd_create.
    pub memfd: Segment,
    /// MAP_SHARED and MAP_ANONYMOUS.
    pub anon: Segment,
}

impl Segments {
    /// Kind and segment, in the order of reports.
    pub fn each(&self) -> [(Kind, &Segment); 4] {
        [
            (Kind::Posix, &self.posix),
            (Kind::Sysv, &self.sysv),
            (Kind::Memfd, &self.memfd),
            (Kind::Anon, &self.anon),
        ]
    }
}

/// What fits of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// What one process can still fill by touching one segment.
    pub available_bytes: Option<Bytes>,
    /// The same over as many segments as the limits allow.
    pub(crate) all_segments_bytes: Option<Bytes>,
    /// How far to trust it.
    pub(crate) certainty: Certainty,
    /// Why it is not exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
    /// The ceiling that comes first.
    pub(crate) binding: Option<Source>,
    pub(crate) methods: Methods,
    pub ceilings: Vec<CeilingRow>,
}

impl Segment {
    /// What stands before its bytes where they are an upper bound.
    pub(crate) fn at_most(&self) -> &'static str {
        if self.certainty == Certainty::AtMost { "at most " } else { "" }
    }
}

/// By method; a kind without a file has no `write` and no `fallocate`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Methods {
    /// write(2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write: Option<MethodRow>,
    /// fallocate(2), in steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallocate: Option<MethodRow>,
    /// Stores to a mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touch: Option<MethodRow>,
    /// MADV_POPULATE_WRITE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub populate: Option<MethodRow>,
}

/// What a method reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct MethodRow {
    /// Bytes that still fit.
    pub available_bytes: Option<Bytes>,
    /// What happens at the next one.
    pub ends_in: Option<End>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CeilingRow {
    /// What kind of limit.
    pub source: Source,
    /// The file, call or option that told it.
    pub origin: String,
    pub limit: LimitValue,
    pub(crate) unit: Unit,
    /// Shared by all segments, or for each.
    pub(crate) scope: Scope,
    /// What is used of it, in its unit; `null` where that is not known.
    pub(crate) used_bytes: Option<Bytes>,
    /// Bytes of shared memory that still fit under it, by touching.
    pub(crate) headroom_bytes: LimitValue,
    pub(crate) ends_in: EndsRow,
    /// Why the limit is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
}

impl CeilingRow {
    /// Its room; one that is not known comes last.
    fn room(&self) -> Limit {
        self.headroom_bytes.0.known().copied().unwrap_or(Limit::Unlimited)
    }
}

/// How a ceiling ends each method that the kind has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct EndsRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write: Option<End>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallocate: Option<End>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touch: Option<End>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub populate: Option<End>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct HugePages {
    pub page_bytes: Bytes,
    /// Bytes in the pool, with what it may add.
    pub limit_bytes: Bytes,
    /// What still fits, under the cgroup's limit too.
    pub available_bytes: Bytes,
    /// The tightest hugetlb cgroup limit.
    pub cgroup_limit: LimitValue,
    pub origin: String,
    /// What could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The worst of the findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// Nothing that needs a hand.
    Ok,
    /// Will bite under load.
    Warn,
    /// Wrong now.
    Fail,
}
