//! The inspect document: docs/contract.md says what others rely on. How it is made: `build`; how a person
//! reads it: `text`, with every ceiling: `explained`.

mod build;
mod explained;
pub mod openmetrics;
pub mod text;

use serde::Serialize;

use crate::capacity::ceiling::Unit;
use crate::capacity::findings::Finding;
use crate::capacity::{ByKind, Certainty, End, Kind, Origin, Scope, Source};
use crate::facts::sysvipc::Semaphores;
use crate::facts::{CgroupVersion, Reading, Runtime, View};
#[cfg(test)]
use crate::schema;
use crate::units::{Bytes, Limit};

/// The result of `shmeter inspect`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Document {
    /// Name and version of this format.
    #[cfg_attr(test, schemars(extend("const" = schema::INSPECT)))]
    pub(crate) schema: &'static str,
    /// Version of shmeter.
    pub(crate) version: &'static str,
    /// The process, the folder and the mount that were inspected.
    pub(crate) subject: Subject,
    /// What `df` shows for the folder.
    pub(crate) df: Df,
    /// The memory cgroup and its parents.
    pub cgroup: Cgroup,
    /// What still fits, by kind of shared memory.
    pub segments: Segments,
    /// Pools of huge pages that hold pages.
    pub(crate) huge_pages: Vec<HugePages>,
    /// Limits other than those on memory.
    pub(crate) limits: OtherLimits,
    /// What `--require` asked for of `posix`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) require_bytes: Option<Bytes>,
    /// What `--require` asked for, by kind.
    #[serde(skip_serializing_if = "Required::is_empty")]
    pub(crate) require: Required,
    /// Whether each kind has what was required of it; not in the JSON, where `require-not-met` says so.
    #[serde(skip)]
    pub(crate) met: ByKind<bool>,
    /// The value of `--app-memory`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app_memory_bytes: Option<Bytes>,
    /// What the user should know, the most severe first.
    pub findings: Vec<Finding>,
    /// The severity of the worst finding; `ok` where none is `warn` or `fail`.
    pub(crate) verdict: Verdict,
}

/// The required bytes, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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

/// The process, the folder and the mount that were inspected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Subject {
    /// The inspected process; null for the own one.
    pub pid: Option<u32>,
    /// The folder that was inspected.
    pub mount: String,
    pub view: View,
    /// Who made the mount. It selects the wording of findings and fixes, and changes no number.
    pub origin: Origin,
    /// The container runtime. It selects the wording of findings and fixes, and changes no number.
    pub runtime: Runtime,
    /// Release of the kernel.
    pub kernel: String,
    /// Bytes of a page.
    pub page_size: u64,
    /// Where the file system is mounted.
    pub mount_point: Option<String>,
    /// Options of the mount and of the file system.
    pub mount_options: Option<String>,
    /// Owner and mode of the folder; null where they cannot be read.
    pub folder: Option<FolderRow>,
    /// User that the process acts as; null where that is not known.
    pub uid: Option<u32>,
    /// Group that the process acts as; null where that is not known.
    pub gid: Option<u32>,
}

/// Owner and mode of the folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct FolderRow {
    pub uid: u32,
    pub gid: u32,
    /// Octal, with the sticky bit, such as 1777.
    pub mode: String,
}

/// Limits of the process and of System V semaphores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OtherLimits {
    /// RLIMIT_MEMLOCK: bytes that a process may lock.
    pub locked_memory: LimitValue,
    /// RLIMIT_AS: bytes that a process may map.
    pub address_space: LimitValue,
    /// vm.max_map_count; null where it cannot be read.
    pub mappings: Option<u64>,
    /// kernel.sem; null where it cannot be read.
    pub semaphores: Option<Semaphores>,
    /// Semaphore sets in use.
    pub semaphore_sets: Option<u64>,
}

/// What `df` shows; null where statfs fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Df {
    /// Type of the file system.
    pub filesystem: String,
    pub total_bytes: Option<Bytes>,
    /// Bytes that are free for unprivileged processes.
    pub available_bytes: Option<Bytes>,
    /// Bytes by which `available_bytes` is more than what fits; null where that is not known.
    pub overstates_bytes: Option<Bytes>,
}

/// A limit: an integer, `unlimited`, or `unknown` where it cannot be read.
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

#[cfg(test)]
impl schemars::JsonSchema for LimitValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LimitValue".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A limit: an integer, `unlimited`, or `unknown` where it cannot be read.",
            "oneOf": [{"type": "integer", "minimum": 0}, {"enum": ["unlimited", "unknown"]}]
        })
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

/// The memory cgroup and its parents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Cgroup {
    /// The hierarchies that the process is in.
    pub(crate) version: CgroupVersion,
    /// Whether there are parents that cannot be seen from here.
    pub hidden_ancestors: bool,
    /// The visible levels, that of the process first.
    pub(crate) levels: Vec<CgroupLevel>,
}

/// A memory cgroup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CgroupLevel {
    /// Its path in the hierarchy.
    pub path: String,
    /// Its folder in the file system.
    pub folder: String,
    /// The memory limit: `memory.max` (v2) or `memory.limit_in_bytes` (v1).
    pub limit: LimitValue,
    /// Charged bytes; null where they cannot be read.
    pub used_bytes: Option<Bytes>,
    /// The part of the charged bytes that the kernel can reclaim.
    pub reclaimable_bytes: Bytes,
    /// The part of the charged bytes that is shared memory; null where it cannot be read.
    pub shmem_bytes: Option<Bytes>,
    /// `memory.swap.max` (v2).
    pub swap_limit: LimitValue,
    /// `memory.memsw.limit_in_bytes` (v1): the limit on memory and swap together.
    pub memsw_limit: LimitValue,
    /// `memory.high` (v2): where throttling starts.
    pub high: LimitValue,
    /// `memory.oom.group`: an OOM kill takes every process of it.
    pub oom_group: bool,
    /// `hierarchical_memory_limit` of the own level (v1): the lowest limit up to the root of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hierarchical_limit: Option<LimitValue>,
    /// What could not be read, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What still fits, by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Segments {
    /// Files in /dev/shm (shm_open).
    pub posix: Segment,
    /// System V segments (shmget).
    pub sysv: Segment,
    /// Files of memfd_create.
    pub memfd: Segment,
    /// Mappings with MAP_SHARED and MAP_ANONYMOUS.
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

/// What still fits of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Segment {
    /// Bytes that one process can still fill by touching one segment; null with certainty `unknown`.
    pub available_bytes: Option<Bytes>,
    /// The same over as many segments as the limits allow.
    pub(crate) all_segments_bytes: Option<Bytes>,
    /// How certain `available_bytes` is.
    pub(crate) certainty: Certainty,
    /// Why it is not exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
    /// The least and the most that fits, where memory that CPUs have charged ahead makes a difference of more than
    /// max(1 MiB, 0.5 %). `available_bytes` is then the most, and `--require` counts the least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) range_bytes: Option<(Bytes, Bytes)>,
    /// The ceiling that is reached first.
    pub(crate) binding: Option<Source>,
    /// What each method of filling reaches.
    pub(crate) methods: Methods,
    /// Every limit that applies.
    pub ceilings: Vec<CeilingRow>,
}

impl Segment {
    /// What stands before its bytes where they are an upper bound.
    pub(crate) fn at_most(&self) -> &'static str {
        // Of nothing there is no upper bound to be told.
        let bounds = self.available_bytes != Some(Bytes::ZERO);
        if bounds && self.certainty == Certainty::AtMost { "at most " } else { "" }
    }

    /// What there is at least, as far as that is told.
    pub(crate) fn at_least(&self) -> Option<Bytes> {
        self.range_bytes.map_or(self.available_bytes, |(least, _)| Some(least))
    }
}

/// What each method reaches. `sysv` and `anon` have no file, and so no `write` and no `fallocate`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Methods {
    /// write(2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write: Option<MethodRow>,
    /// fallocate(2), in steps. What one call over everything does is a finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallocate: Option<MethodRow>,
    /// Stores to the pages of a mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touch: Option<MethodRow>,
    /// MADV_POPULATE_WRITE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub populate: Option<MethodRow>,
}

/// What a method reaches, and how it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MethodRow {
    /// Bytes that still fit; null where that is not known.
    pub available_bytes: Option<Bytes>,
    /// What happens beyond them.
    pub ends_in: Option<End>,
}

/// A limit that applies to a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CeilingRow {
    /// Which limit.
    pub source: Source,
    /// The file, system call or option that it was read from.
    pub origin: String,
    /// The limit, in `unit`.
    pub limit: LimitValue,
    /// What `limit` and `used_bytes` count.
    pub(crate) unit: Unit,
    /// Whether it holds for all segments together or for each.
    pub(crate) scope: Scope,
    /// How much of it is in use, in `unit`; null where that is not known.
    pub(crate) used_bytes: Option<Bytes>,
    /// Bytes of shared memory that still fit under it, by touching.
    pub(crate) headroom_bytes: LimitValue,
    /// How it ends each method.
    pub(crate) ends_in: EndsRow,
    /// Why the limit is `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
}

impl CeilingRow {
    /// Its room; one that is not known comes last.
    fn room(&self) -> Limit {
        self.headroom_bytes.0.known().copied().unwrap_or(Limit::Unlimited)
    }
}

/// How a ceiling ends each method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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

/// A pool of huge pages (hugetlb).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct HugePages {
    /// Size of a page.
    pub page_bytes: Bytes,
    /// Bytes in the pool, including those that it may add.
    pub limit_bytes: Bytes,
    /// What still fits under the pool and the limit of the cgroup.
    pub available_bytes: Bytes,
    /// The lowest limit of the hugetlb cgroups.
    pub cgroup_limit: LimitValue,
    /// The file that it was read from.
    pub origin: String,
    /// What could not be read, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The severity of the worst finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// Nothing to do.
    Ok,
    /// A problem under load.
    Warn,
    /// A problem now.
    Fail,
}
