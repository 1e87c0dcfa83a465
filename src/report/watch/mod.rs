//! The document of `shmeter watch`: what a command took of shared memory, how it ended, what it needs. Pure.

mod events;
pub(crate) mod live;
pub mod text;

use serde::Serialize;

use crate::facts::Facts;
use crate::schema;
use crate::units::{Bytes, Limit};
use crate::watch::exit::{Exit, name_of};
use crate::watch::groups::{Group, Holders, Sum};
use crate::watch::incident::{Cause, Incident, What};
use crate::watch::likely::Likely;
use crate::watch::names::{NameGroup, Names};
use crate::watch::needed::{Basis, Needed, limit};
use crate::watch::peaks::{Mark, Peaks};
use crate::watch::verdict::{Judgement, Verdict};
use crate::watch::{Observed, Seen, Trace};

pub(crate) use events::Event;

/// What was watched (docs/contract.md).
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WatchDocument {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    pub(crate) command: Vec<String>,
    pub(crate) exit: ExitRow,
    pub(crate) seconds: f64,
    pub(crate) samples: u64,
    pub(crate) every_us: u64,
    pub(crate) trace: &'static str,
    /// Why signals were not traced that were to be.
    pub(crate) trace_refused: Option<String>,
    pub(crate) verdict: Verdict,
    /// What evidence hints at where the verdict is `unknown`: not proven; null where nothing does.
    pub(crate) likely: Option<Likely>,
    pub(crate) why: String,
    pub(crate) peak: PeakRow,
    pub(crate) holders: Vec<HolderRow>,
    /// Names that came and went in /dev/shm; null where that could not be listened to.
    pub(crate) names: Option<NamesRow>,
    pub(crate) left: LeftRow,
    pub(crate) incidents: Vec<IncidentRow>,
    /// Incidents that were only counted.
    pub(crate) more_incidents: u64,
    pub(crate) needed: NeededRow,
    pub(crate) messages: Vec<MessageRow>,
}

/// How it ended.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum ExitRow {
    Code(i32),
    Signal(String),
}

/// The most there was, by kind.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PeakRow {
    pub posix: KindRow,
    pub sysv: KindRow,
    /// Seen when somebody looked who holds what, so of a short peak perhaps not.
    pub memfd: KindRow,
    pub anon: KindRow,
    pub cgroup: Option<CgroupRow>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KindRow {
    pub bytes: Bytes,
    /// With every page that was promised.
    pub wanted_bytes: Bytes,
    pub objects: u64,
    pub at_seconds: f64,
    /// What was there before.
    pub before_bytes: Bytes,
    pub limit: Limit,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CgroupRow {
    pub bytes: Bytes,
    pub shmem_bytes: Bytes,
    /// The kernel's own high-water mark, where this run raised it.
    pub kernel_peak_bytes: Option<Bytes>,
    pub limit: Limit,
    /// Processes that the OOM killer took meanwhile.
    pub oom_kill: u64,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct HolderRow {
    pub kind: &'static str,
    pub name: String,
    pub bytes: Bytes,
    pub objects: usize,
    pub processes: Vec<String>,
}

/// Names in /dev/shm, whoever made them.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct NamesRow {
    pub created: u64,
    pub removed: u64,
    /// Created and removed between two samples.
    pub brief: u64,
    /// Removed without anything written to them; null where that is not known.
    pub empty: Option<u64>,
    /// Names that begin alike, those of which most were created first.
    pub groups: Vec<NameRow>,
    /// Created names that are in no group, as there are more groups than are kept.
    pub more: u64,
    /// There were more events than the kernel keeps, so the numbers are too small.
    pub overflow: bool,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct NameRow {
    pub name: String,
    pub created: u64,
    pub removed: u64,
    pub brief: u64,
    pub empty: u64,
}

/// What stayed in /dev/shm.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LeftRow {
    pub bytes: Bytes,
    pub holders: Vec<HolderRow>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct IncidentRow {
    pub at_seconds: f64,
    pub pid: Option<i32>,
    pub process: Option<String>,
    pub what: What,
    pub signal: Option<String>,
    pub object: Option<String>,
    pub unlinked: Option<bool>,
    pub offset_bytes: Option<u64>,
    pub object_bytes: Option<Bytes>,
    pub allocated_bytes: Option<Bytes>,
    pub free_bytes: Option<Bytes>,
    pub limit: Option<&'static str>,
    pub cause: Cause,
    pub why: String,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct NeededRow {
    pub shm_bytes: Option<Bytes>,
    pub memory_bytes: Option<Bytes>,
    pub basis: Basis,
    pub fix: String,
}

/// A message that explain knows.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MessageRow {
    pub entry: &'static str,
    pub application: &'static str,
    pub line: String,
    /// What it means.
    pub text: &'static str,
}

/// Seconds as JSON has them: to a millisecond.
#[allow(clippy::as_conversions)] // no run is so long that a float loses milliseconds
pub(crate) fn seconds(microseconds: u64) -> f64 {
    (microseconds / 1000) as f64 / 1000.0
}

/// What was asked for, as far as the document tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub command: &'a [String],
    pub every_us: u64,
}

impl WatchDocument {
    pub(crate) fn new(
        asked: Asked<'_>,
        facts: &Facts,
        observed: &Observed,
        judgement: &Judgement,
        needed: &Needed,
        messages: Vec<MessageRow>,
    ) -> WatchDocument {
        let trace = if observed.trace == Trace::Signals { "signals" } else { "off" };
        let refused = match observed.trace {
            Trace::Refused(why) => Some(why.desc().to_owned()),
            _ => None,
        };
        let most = observed.seen.most.as_ref();
        let rows = |holders: Option<&Holders>| -> Vec<HolderRow> {
            holders.into_iter().flat_map(|one| &one.groups).map(HolderRow::new).collect()
        };
        let left = observed.left.as_ref();
        WatchDocument {
            schema: schema::WATCH,
            version: env!("CARGO_PKG_VERSION"),
            command: asked.command.to_vec(),
            exit: ExitRow::new(observed.exit),
            seconds: seconds(observed.microseconds),
            samples: observed.peaks.samples,
            every_us: asked.every_us,
            trace,
            trace_refused: refused,
            verdict: judgement.verdict,
            likely: judgement.guess.as_ref().map(|guess| guess.likely),
            why: judgement.why.clone(),
            peak: PeakRow::new(limit(facts), &observed.peaks, &observed.seen, observed.kernel_peak),
            holders: rows(most),
            names: observed.names.as_ref().map(NamesRow::new),
            left: LeftRow { bytes: observed.peaks.left(), holders: rows(left) },
            incidents: observed.incidents.iter().map(IncidentRow::new).collect(),
            more_incidents: observed.more_incidents,
            needed: NeededRow::new(needed),
            messages,
        }
    }
}

impl ExitRow {
    pub(crate) fn new(exit: Exit) -> ExitRow {
        match exit {
            Exit::Code(code) => ExitRow::Code(code),
            Exit::Signal(signal) => ExitRow::Signal(name_of(signal)),
        }
    }
}

impl PeakRow {
    /// `limit`: of memory, the tightest that is seen.
    pub(crate) fn new(
        limit: Option<Bytes>,
        peaks: &Peaks,
        seen: &Seen,
        kernel_peak: Option<Bytes>,
    ) -> PeakRow {
        PeakRow {
            posix: KindRow::posix(peaks, seen),
            sysv: KindRow::sysv(peaks, seen),
            memfd: KindRow::seen(seen.memfd),
            anon: KindRow::seen(seen.anon),
            cgroup: CgroupRow::new(limit, peaks, kernel_peak),
        }
    }
}

impl KindRow {
    fn new(mark: Mark, wanted: Bytes, objects: u64) -> KindRow {
        KindRow {
            bytes: mark.bytes,
            wanted_bytes: wanted.max(mark.bytes),
            objects,
            at_seconds: seconds(mark.at_us),
            before_bytes: Bytes::ZERO,
            limit: Limit::Unlimited,
        }
    }

    fn posix(peaks: &Peaks, seen: &Seen) -> KindRow {
        let before = peaks.first.posix.map_or(Bytes::ZERO, |posix| posix.used);
        let limit = peaks.size().map_or(Limit::Unlimited, Limit::At);
        let row = KindRow::new(peaks.posix, seen.posix_wanted, peaks.files);
        KindRow { before_bytes: before, limit, ..row }
    }

    fn sysv(peaks: &Peaks, seen: &Seen) -> KindRow {
        let before = peaks.first.sysv.map_or(Bytes::ZERO, |sysv| sysv.held);
        let wanted = peaks.sysv_promised.max(seen.sysv_wanted);
        KindRow { before_bytes: before, ..KindRow::new(peaks.sysv, wanted, peaks.segments) }
    }

    fn seen((sum, at_us): (Sum, u64)) -> KindRow {
        let objects = u64::try_from(sum.objects).unwrap_or(0);
        KindRow::new(Mark { bytes: sum.bytes, at_us }, sum.wanted, objects)
    }
}

impl CgroupRow {
    fn new(limit: Option<Bytes>, peaks: &Peaks, kernel_peak: Option<Bytes>) -> Option<CgroupRow> {
        peaks.last.memory?;
        Some(CgroupRow {
            bytes: peaks.used.bytes,
            shmem_bytes: peaks.shmem.bytes,
            kernel_peak_bytes: kernel_peak,
            limit: limit.map_or(Limit::Unlimited, Limit::At),
            oom_kill: peaks.oom_kills(),
        })
    }
}

impl NamesRow {
    fn new(names: &Names) -> NamesRow {
        let counts = names.counts();
        NamesRow {
            created: counts.came,
            removed: counts.went,
            brief: counts.brief,
            empty: names.empty(),
            groups: names.groups().into_iter().map(NameRow::new).collect(),
            more: names.more,
            overflow: names.lost,
        }
    }
}

impl NameRow {
    fn new(group: NameGroup) -> NameRow {
        let counts = group.counts;
        NameRow {
            name: group.name,
            created: counts.came,
            removed: counts.went,
            brief: counts.brief,
            empty: counts.empty,
        }
    }
}

impl HolderRow {
    pub(crate) fn new(group: &Group) -> HolderRow {
        let mut processes = group.processes.clone();
        if group.more > 0 {
            processes.push(format!("and {} more", group.more));
        }
        HolderRow {
            kind: group.kind,
            name: group.name.clone(),
            bytes: group.bytes,
            objects: group.objects,
            processes,
        }
    }
}

impl IncidentRow {
    pub(crate) fn new(incident: &Incident) -> IncidentRow {
        IncidentRow {
            at_seconds: seconds(incident.at_us),
            pid: incident.pid,
            process: incident.process.clone(),
            what: incident.what,
            signal: incident.signal.map(name_of),
            object: incident.object.clone(),
            unlinked: incident.unlinked,
            offset_bytes: incident.offset,
            object_bytes: incident.object_bytes,
            allocated_bytes: incident.allocated,
            free_bytes: incident.free,
            limit: incident.limit,
            cause: incident.cause,
            why: incident.why.clone(),
        }
    }
}

impl NeededRow {
    fn new(needed: &Needed) -> NeededRow {
        NeededRow {
            shm_bytes: needed.shm,
            memory_bytes: needed.memory,
            basis: needed.basis,
            fix: needed.fix.clone(),
        }
    }
}
