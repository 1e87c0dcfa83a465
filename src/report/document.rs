//! The inspect document: docs/contract.md says what others rely on.

use serde::Serialize;

use crate::capacity::ceiling::Unit;
use crate::capacity::findings::{Asked, Finding, Severity, findings};
use crate::capacity::{
    ByKind, Capacity, Ceiling, Certainty, End, Kind, Method, Scope, Source, hugetlb, posix,
};
use crate::facts::{CgroupVersion, Facts, Level, Reading, View};
use crate::schema;
use crate::units::{Bytes, Limit};

/// All that an inspect says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// [`schema::INSPECT`].
    pub schema: &'static str,
    /// The version of the program.
    pub version: &'static str,
    /// What was looked at.
    pub subject: Subject,
    /// What df would show.
    pub df: Df,
    /// The memory cgroup.
    pub cgroup: Cgroup,
    /// What fits, by kind.
    pub segments: Segments,
    /// Pools of huge pages that hold any.
    pub huge_pages: Vec<HugePages>,
    /// What `--require` asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_bytes: Option<Bytes>,
    /// What is worth telling.
    pub findings: Vec<Finding>,
    /// The worst of the findings.
    pub verdict: Verdict,
}

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The process, if it is not the one that looked.
    pub pid: Option<u32>,
    /// The folder.
    pub mount: String,
    /// Whose view it is.
    pub view: View,
    /// The kernel's release.
    pub kernel: String,
    /// Bytes a page.
    pub page_size: u64,
    /// The folder that the file system is mounted on.
    pub mount_point: Option<String>,
    /// The mount's options and the file system's.
    pub mount_options: Option<String>,
}

/// What df would show; `null` where statfs failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Df {
    /// Type of the file system.
    pub filesystem: String,
    /// Size.
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
    /// Which hierarchies there are.
    pub version: CgroupVersion,
    /// Levels above the last one of `levels` exist and cannot be seen.
    pub hidden_ancestors: bool,
    /// The process's own level first.
    pub levels: Vec<CgroupLevel>,
}

/// One level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CgroupLevel {
    /// Its path.
    pub path: String,
    /// The folder that was read.
    pub folder: String,
    /// Its limit.
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
    #[must_use]
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
    pub all_segments_bytes: Option<Bytes>,
    /// How far to trust it.
    pub certainty: Certainty,
    /// Why it is not exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The ceiling that comes first.
    pub binding: Option<Source>,
    /// By method.
    pub methods: Methods,
    /// Every ceiling.
    pub ceilings: Vec<CeilingRow>,
}

/// By method; a kind without a file has no `write` and no `fallocate`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Methods {
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
pub struct MethodRow {
    /// Bytes that still fit.
    pub available_bytes: Option<Bytes>,
    /// What happens at the next one.
    pub ends_in: Option<End>,
}

/// One ceiling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CeilingRow {
    /// What kind of limit.
    pub source: Source,
    /// The file, call or option that told it.
    pub origin: String,
    /// The limit.
    pub limit: LimitValue,
    /// What it counts.
    pub unit: Unit,
    /// Shared by all segments, or for each.
    pub scope: Scope,
    /// What is used of it, in its unit; `null` where that is not known.
    pub used_bytes: Option<Bytes>,
    /// Bytes of shared memory that still fit under it, by touching.
    pub headroom_bytes: LimitValue,
    /// How it ends each method.
    pub ends_in: EndsRow,
    /// Why the limit is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// How a ceiling ends each method that the kind has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EndsRow {
    /// Of write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write: Option<End>,
    /// Of fallocate in steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallocate: Option<End>,
    /// Of touching.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touch: Option<End>,
    /// Of MADV_POPULATE_WRITE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub populate: Option<End>,
}

/// One pool of huge pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HugePages {
    /// Bytes a page.
    pub page_bytes: Bytes,
    /// Bytes in the pool, with what it may add.
    pub limit_bytes: Bytes,
    /// What still fits, under the cgroup's limit too.
    pub available_bytes: Bytes,
    /// The tightest hugetlb cgroup limit.
    pub cgroup_limit: LimitValue,
    /// Its file.
    pub origin: String,
    /// What could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The worst of the findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing that needs a hand.
    Ok,
    /// Will bite under load.
    Warn,
    /// Wrong now.
    Fail,
}

impl Document {
    /// The document of what was found.
    #[must_use]
    pub fn new(facts: &Facts, capacities: &ByKind<Capacity>, asked: &Asked) -> Document {
        let findings = findings(facts, capacities, asked);
        let verdict = findings.iter().map(|finding| finding.severity).max();
        let segment = |kind| Segment::new(&capacities[kind]);
        Document {
            schema: schema::INSPECT,
            version: env!("CARGO_PKG_VERSION"),
            subject: subject(facts),
            df: df(facts, capacities),
            cgroup: Cgroup {
                version: facts.cgroup.version,
                hidden_ancestors: facts.cgroup.hidden_ancestors,
                levels: facts.cgroup.levels.iter().map(level).collect(),
            },
            segments: Segments {
                posix: segment(Kind::Posix),
                sysv: segment(Kind::Sysv),
                memfd: segment(Kind::Memfd),
                anon: segment(Kind::Anon),
            },
            huge_pages: huge_pages(facts),
            require_bytes: asked.require,
            findings,
            verdict: match verdict {
                Some(Severity::Fail) => Verdict::Fail,
                Some(Severity::Warn) => Verdict::Warn,
                _ => Verdict::Ok,
            },
        }
    }
}

fn subject(facts: &Facts) -> Subject {
    let mount = facts.shm.mount.known();
    let options =
        |mount: &crate::facts::Mount| format!("{},{}", mount.options, mount.super_options);
    Subject {
        pid: facts.pid,
        mount: facts.shm.asked.clone(),
        view: facts.view,
        kernel: facts.release.text.clone(),
        page_size: facts.page_size.bytes(),
        mount_point: mount.map(|mount| mount.point.clone()),
        mount_options: mount.map(options),
    }
}

fn df(facts: &Facts, capacities: &ByKind<Capacity>) -> Df {
    let statfs = facts.shm.statfs.known();
    Df {
        filesystem: posix::file_system(facts).name().to_owned(),
        total_bytes: statfs.map(|statfs| statfs.total()),
        available_bytes: statfs.map(|statfs| statfs.available()),
        overstates_bytes: crate::capacity::findings::df_excess(facts, &capacities[Kind::Posix]),
    }
}

fn level(level: &Level) -> CgroupLevel {
    CgroupLevel {
        path: level.path.clone(),
        folder: level.folder.clone(),
        limit: LimitValue(level.limit.clone()),
        used_bytes: level.used.known().copied(),
        reclaimable_bytes: level.reclaimable,
        shmem_bytes: level.shmem.known().copied(),
        swap_limit: LimitValue(level.swap_limit.clone()),
        memsw_limit: LimitValue(level.memsw_limit.clone()),
        high: LimitValue(level.high.clone()),
        oom_group: level.oom_group,
        hierarchical_limit: match &level.hierarchical_limit {
            Reading::Absent => None,
            reading => Some(LimitValue(reading.clone())),
        },
        why: level.unread.clone(),
    }
}

fn huge_pages(facts: &Facts) -> Vec<HugePages> {
    let pools = facts.huge_pools.iter().filter(|pool| pool.pages > 0 || pool.may_add > 0);
    pools
        .map(|pool| {
            let ceilings = hugetlb::of_pool(pool);
            let rooms = ceilings.iter().map(|c| c.headroom(Method::Touch, 1)).min();
            HugePages {
                why: pool.unread.clone(),
                page_bytes: pool.page,
                limit_bytes: pool.page.times(pool.pages.saturating_add(pool.may_add)),
                available_bytes: rooms.and_then(Limit::bytes).unwrap_or_default(),
                cgroup_limit: LimitValue(pool.cgroup_limit.clone()),
                origin: ceilings.first().map(|c| c.origin.clone()).unwrap_or_default(),
            }
        })
        .collect()
}

impl Segment {
    /// What stands before its bytes where they are an upper bound.
    pub(super) fn at_most(&self) -> &'static str {
        if self.certainty == Certainty::AtMost { "at most " } else { "" }
    }

    fn new(capacity: &Capacity) -> Segment {
        let row = |method| {
            let reach = capacity.reach(method)?;
            Some(MethodRow { available_bytes: reach.available, ends_in: reach.end })
        };
        let methods = Methods {
            write: row(Method::Write),
            fallocate: row(Method::Fallocate),
            touch: row(Method::Touch),
            populate: row(Method::Populate),
        };
        Segment {
            available_bytes: capacity.available(),
            all_segments_bytes: capacity.all_segments,
            certainty: capacity.certainty,
            why: capacity.why.clone(),
            binding: capacity.binding().map(|ceiling| ceiling.source),
            methods,
            ceilings: capacity
                .ceilings
                .iter()
                .map(|ceiling| ceiling_row(capacity.kind, ceiling))
                .collect(),
        }
    }
}

fn ceiling_row(kind: Kind, ceiling: &Ceiling) -> CeilingRow {
    let end = |method| kind.methods().contains(&method).then(|| ceiling.ends.of(method));
    CeilingRow {
        source: ceiling.source,
        origin: ceiling.origin.clone(),
        limit: LimitValue(match &ceiling.number {
            // A row has a number in its unit, whichever that is.
            Some(number) => Reading::Known(number.limit.map(|most| Bytes(most.0))),
            None => ceiling.limit.clone(),
        }),
        unit: ceiling.unit,
        scope: ceiling.scope,
        used_bytes: ceiling.number.map_or(ceiling.used, |number| Some(Bytes(number.used.0))),
        headroom_bytes: LimitValue(match &ceiling.limit {
            // What was measured has a room although no file shows its limit.
            Reading::Unknown(why) if ceiling.room == Limit::Unlimited => {
                Reading::Unknown(why.clone())
            }
            _ => Reading::Known(ceiling.headroom(Method::Touch, 1)),
        }),
        ends_in: EndsRow {
            write: end(Method::Write),
            fallocate: end(Method::Fallocate),
            touch: end(Method::Touch),
            populate: end(Method::Populate),
        },
        why: ceiling.limit.why(),
    }
}
