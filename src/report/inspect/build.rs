//! The document of what was found.

use super::{
    CeilingRow, Cgroup, CgroupLevel, Df, Document, EndsRow, FolderRow, HugePages, LimitValue,
    MethodRow, Methods, OtherLimits, Required, Segment, Segments, Subject, Verdict,
};
use crate::capacity::findings::{Asked, Severity, findings, requirement};
use crate::capacity::origin::origin;
use crate::capacity::{ByKind, Capacity, Ceiling, Kind, Method, hugetlb, posix};
use crate::facts::{Facts, Level, Reading};
use crate::schema;
use crate::units::{Bytes, Limit};

impl Document {
    /// The document of what was found.
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
            limits: other_limits(facts),
            require_bytes: asked.require[Kind::Posix],
            require: Required {
                posix: asked.require[Kind::Posix],
                sysv: asked.require[Kind::Sysv],
                memfd: asked.require[Kind::Memfd],
                anon: asked.require[Kind::Anon],
            },
            met: requirement::met(facts, capacities, asked),
            app_memory_bytes: asked.app_memory,
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
        origin: origin(facts),
        runtime: facts.runtime.runtime,
        kernel: facts.release.text.clone(),
        page_size: facts.page_size.bytes(),
        mount_point: mount.map(|mount| mount.point.clone()),
        mount_options: mount.map(options),
        folder: facts.shm.owner.known().map(|owner| FolderRow {
            uid: owner.uid,
            gid: owner.gid,
            mode: format!("{:04o}", owner.mode),
        }),
        uid: facts.process.user().map(|user| user.uid),
        gid: facts.process.user().map(|user| user.gid),
    }
}

fn other_limits(facts: &Facts) -> OtherLimits {
    OtherLimits {
        locked_memory: LimitValue(facts.process.locked.clone()),
        address_space: LimitValue(facts.process.addresses.clone()),
        mappings: facts.map_count.known().copied(),
        semaphores: facts.ipc.semaphores.known().copied(),
        semaphore_sets: facts.ipc.semaphore_sets.known().copied(),
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
                limit_bytes: pool.page.saturating_mul(pool.pages.saturating_add(pool.may_add)),
                available_bytes: rooms.and_then(Limit::bytes).unwrap_or_default(),
                cgroup_limit: LimitValue(pool.cgroup_limit.clone()),
                origin: ceilings.first().map(|c| c.origin.clone()).unwrap_or_default(),
            }
        })
        .collect()
}

impl Segment {
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
            range_bytes: capacity.range,
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
