//! What a fill asks for, what is foretold of it, and whom it would hurt. Pure.
#![forbid(unsafe_code)]

use std::time::Duration;

use super::edge::EdgeTuning;
use super::ledger::MOST_WORKERS;
use super::spare::Spared;
use crate::capacity::ceiling::{Cost, Scope, Unit};
use crate::capacity::findings::memory_room;
use crate::capacity::memory::reserve;
use crate::capacity::neighbours::{Neighbours, Resource};
use crate::capacity::predict::{self, Prediction, predict, tightest};
use crate::capacity::{Capacity, Certainty, End, Kind, Method, Source};
use crate::capacity::{oom, throttle};
use crate::facts::others::Others;
use crate::facts::process::Neighbour;
use crate::facts::{Facts, FileSystem, Reading};
use crate::units::{Bytes, Limit};

/// A budget this near to the end of memory may be met before or after it.
const NEAR: Bytes = Bytes::mib(4);

/// How far a fill goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Into ENOSPC and SIGBUS, but not into a kill or a throttle.
    Safe,
    /// Until the kernel stops it.
    Limit,
    /// So many bytes in all, and as careful as `Safe`.
    Bytes(Bytes),
}

/// What a fill may take, whatever fits; the default bounds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of all workers.
    pub bytes: Option<Bytes>,
    /// Somebody typed that number, and it is no default.
    pub asked: bool,
    /// From their release.
    pub time: Option<Duration>,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which kind.
    pub kind: Kind,
    /// How each worker fills.
    pub method: Method,
    /// How many workers.
    pub procs: u32,
    /// How far.
    pub until: Until,
    /// The folder of posix files.
    pub folder: String,
    /// Nobody else uses this shared memory, by the word of whoever asks.
    pub exclusive: bool,
    /// Go on where others would be hit.
    pub force: bool,
    /// Ask for huge pages.
    pub huge: bool,
    /// How the OOM killer is to weigh the workers.
    pub score: i32,
    /// What it may take.
    pub budget: Budget,
}

/// Why a fill cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The kind has no such method.
    #[error("{} shared memory has no file, so it cannot be filled by {}: use --method touch or populate", .0.word(), .1.word())]
    NoFile(Kind, Method),
    /// Too many workers, or none.
    #[error("--procs takes 1 to {MOST_WORKERS}")]
    Workers,
    /// Nothing to fill.
    #[error("--until takes safe, limit, or a size of at least a page for each process ({0} here)")]
    TooLittle(Bytes),
    /// Others would be hit.
    #[error("{0}; --force does it all the same")]
    Hurts(String),
    /// The whole machine would be filled, as far as limits can be seen.
    #[error("{0}; --force does it all the same")]
    WholeMachine(String),
}

/// How a fill is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Bytes of all workers together; `None` goes on until something ends it.
    pub want: Option<Bytes>,
    /// Bytes of one segment, for kinds that are made with their size.
    pub each: Bytes,
    /// A smaller segment than that is none.
    pub exact: bool,
    /// Bytes of each worker's canary.
    pub canary: Bytes,
    /// It ends before what was asked for, and why.
    pub capped: Option<String>,
    /// Bytes of a page of the segments.
    pub unit: Bytes,
    /// Who else could use what it fills.
    pub neighbours: Neighbours,
    /// What is watched while it fills: it gives all back where a neighbour grows there.
    pub watched: Vec<Resource>,
    /// It stops for the neighbours' sake, before any limit.
    pub spares: bool,
}

/// What is foretold of a fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Bytes of all workers, how it ends, and what ends it.
    pub bytes: Bytes,
    /// How it ends.
    pub end: End,
    /// What ends it.
    pub binding: Option<Source>,
    /// How far to trust that.
    pub certainty: Certainty,
    /// Bytes that would fit without the canaries.
    pub without_canary: Bytes,
    /// Bytes more that going into swap would give: a careful fill stops before that.
    pub swap: Bytes,
    /// It is to stop before a kill.
    pub careful: bool,
}

impl Request {
    /// Whether there is such a fill at all.
    ///
    /// # Errors
    /// When there is none.
    pub fn check(&self, facts: &Facts) -> Result<(), PlanError> {
        if !self.kind.methods().contains(&self.method) {
            return Err(PlanError::NoFile(self.kind, self.method));
        }
        if self.procs == 0 || self.procs > MOST_WORKERS {
            return Err(PlanError::Workers);
        }
        let least = self.page_of_segments(facts).times(u64::from(self.procs));
        if matches!(self.until, Until::Bytes(bytes) if bytes < least) {
            return Err(PlanError::TooLittle(least));
        }
        Ok(())
    }

    fn is_careful(&self) -> bool {
        self.until != Until::Limit
    }

    /// Bytes that one worker of a fill of a given size takes: whole pages, the first ones one more.
    #[must_use]
    pub fn share(&self, plan: &Plan, worker: u32) -> Option<Bytes> {
        let want = plan.want?;
        let procs = u64::from(self.procs);
        let pages = want.0.checked_div(plan.unit.0.max(1)).unwrap_or(0);
        let each = pages.checked_div(procs).unwrap_or(0);
        let more = u64::from(u64::from(worker) < pages.checked_rem(procs).unwrap_or(0));
        Some(plan.unit.times(each.saturating_add(more)))
    }

    fn page_of_segments(&self, facts: &Facts) -> Bytes {
        let statfs = facts.shm.statfs.known();
        let huge = statfs.filter(|s| {
            self.kind == Kind::Posix && FileSystem::of(Some(s.magic), None) == FileSystem::Hugetlbfs
        });
        huge.map_or(Bytes(facts.page_size.bytes()), |statfs| Bytes(statfs.bsize))
    }

    /// The facts as they are for a worker of this fill.
    #[must_use]
    pub fn facts(&self, mut facts: Facts) -> Facts {
        facts.process.oom_score_adj = Reading::Known(self.score.into());
        facts
    }

    /// The facts as they are for who does not go into swap, as no careful fill does: the kernel takes
    /// its canary before it puts anything there.
    #[must_use]
    pub fn without_swap(&self, mut facts: Facts) -> Facts {
        if let (true, Reading::Known(memory)) = (self.is_careful(), &mut facts.memory) {
            (memory.swap_total, memory.swap_free) = (Bytes::ZERO, Bytes::ZERO);
        }
        facts
    }

    /// Bytes more that going into swap would give, as `swapping` tells it and `capacity` does not.
    #[must_use]
    pub fn swap(
        &self,
        facts: &Facts,
        capacity: &Capacity,
        swapping: &Capacity,
        plan: &Plan,
    ) -> Bytes {
        let bytes = |capacity: &Capacity| {
            self.foretell_plan(facts, capacity, plan).map_or(Bytes::ZERO, |told| told.bytes)
        };
        bytes(swapping).less(bytes(capacity))
    }

    /// The capacity for who stops where a throttle begins, instead of where it stands still.
    fn up_to_marks(&self, facts: &Facts, capacity: &Capacity) -> Capacity {
        let mut capacity = capacity.clone();
        let marks = capacity.ceilings.iter_mut().filter(|c| c.source == Source::CgroupHigh);
        for ceiling in marks.filter(|_| self.is_careful()) {
            if let Some(mark) = ceiling.limit.known().and_then(|limit| limit.bytes()) {
                let over = throttle::overage(mark, facts.page_size);
                ceiling.room = ceiling.room.map(|room| room.less(over));
            }
        }
        capacity
    }

    fn foretell(
        &self,
        facts: &Facts,
        capacity: &Capacity,
        want: Option<Bytes>,
    ) -> Option<Prediction> {
        let capacity = &self.up_to_marks(facts, capacity);
        let procs = u64::from(self.procs);
        let each = want.map(|want| Bytes(want.0.div_ceil(procs.max(1))));
        let plan = predict::Plan {
            method: self.method,
            procs: self.procs,
            bytes_each: each,
            one_call: false,
        };
        let mut prediction = predict(capacity, &plan)?;
        if let (End::Full, Some(want)) = (prediction.end, want) {
            prediction.bytes = want;
        }
        Some(prediction)
    }

    /// What comes of a plan. Where segments need not be of one size, one that is refused is made
    /// smaller.
    fn foretell_plan(&self, facts: &Facts, capacity: &Capacity, plan: &Plan) -> Option<Prediction> {
        match plan.want.filter(|_| !plan.exact) {
            None => self.foretell(facts, capacity, plan.want),
            Some(want) => self.foretell(facts, capacity, None).map(|all| match all {
                Prediction { bytes, .. } if bytes >= want => {
                    Prediction { bytes: want, end: End::Full, binding: None }
                }
                less => less,
            }),
        }
    }

    /// Plans it. `canaries_work`: the kernel keeps pages that are marked as free.
    ///
    /// # Errors
    /// When it would hurt others, and `force` is not set.
    pub fn plan(
        &self,
        facts: &Facts,
        capacity: &Capacity,
        others: &Others,
        canaries_work: bool,
    ) -> Result<Plan, PlanError> {
        let unit = self.page_of_segments(facts);
        let foretold = self.foretell(facts, capacity, None);
        let asked = match self.until {
            Until::Bytes(bytes) => Some(bytes),
            Until::Safe | Until::Limit => None,
        };
        let Spared { neighbours, most: spared, watched } =
            self.spare(facts, capacity, others, foretold)?;
        self.check_edge(facts, capacity, foretold, canaries_work)?;
        let most = self.most(facts, capacity, foretold, canaries_work);
        // Who spares others watches for limits that hide, however far it was to go.
        let watches = canaries_work && (self.is_careful() || spared.is_some());
        let canary = if watches { self.canary(facts, capacity) } else { Bytes::ZERO };
        let budget = self.most_of_budget(foretold, canary.times(self.procs.into()));
        let spares = spared.as_ref().map(|(most, _)| *most);
        let most = spared.into_iter().chain(most).chain(budget).min_by_key(|(most, _)| *most);
        let spares = spares.is_some_and(|spares| most.as_ref().is_some_and(|(m, _)| *m == spares));
        let (want, capped) = match most {
            Some((most, why)) if asked.is_none_or(|asked| asked > most) => (Some(most), Some(why)),
            _ => (asked, None),
        };
        let pages = |want: Bytes| want.0.checked_div(unit.0).unwrap_or(0);
        let want = want.map(|want| unit.times(pages(want)));
        let spares = spares && capped.is_some();
        let exact = asked.is_some() && capped.is_none();
        let each = unit;
        let mut plan =
            Plan { want, each, exact, canary, capped, unit, neighbours, watched, spares };
        plan.each = match self.share(&plan, 0) {
            // A segment that is made with its size must not promise more than may be taken.
            Some(share) if plan.exact || plan.spares => share.max(unit),
            _ => self.size_of_segments(capacity, unit),
        };
        Ok(plan)
    }

    /// Whether a careful fill would notice the end of memory before it is killed: it needs canaries,
    /// or has to see every limit.
    fn check_edge(
        &self,
        facts: &Facts,
        capacity: &Capacity,
        foretold: Option<Prediction>,
        canaries_work: bool,
    ) -> Result<(), PlanError> {
        if canaries_work || !self.is_careful() || self.force {
            return Ok(());
        }
        let limited = facts
            .cgroup
            .levels
            .iter()
            .any(|level| level.limit.known().is_some_and(|limit| *limit != Limit::Unlimited));
        let felt = capacity.certainty == Certainty::Measured;
        let doubt = capacity.why.clone().filter(|_| capacity.certainty != Certainty::Exact);
        let doubt = doubt.or_else(|| {
            (foretold.is_none() || !limited)
                .then(|| "no memory limit of a cgroup can be seen".to_owned())
        });
        match doubt.filter(|_| !felt) {
            Some(doubt) => Err(PlanError::Hurts(format!(
                "this kernel frees marked pages at once (MADV_FREE), so the end of memory cannot be \
                 noticed before it kills, and {doubt}"
            ))),
            None => Ok(()),
        }
    }

    /// Bytes of a worker's canary.
    fn canary(&self, facts: &Facts, capacity: &Capacity) -> Bytes {
        let room = memory_room(capacity).unwrap_or(Bytes::mib(64));
        EdgeTuning::of(facts.page_size.bytes()).canary(room, self.procs, self.huge)
    }

    /// What the budget lets it take, and how that is said. Where memory ends so near to it that either
    /// could come first, that is a little less.
    fn most_of_budget(
        &self,
        foretold: Option<Prediction>,
        canaries: Bytes,
    ) -> Option<(Bytes, String)> {
        let budget = self.budget.bytes?;
        let most = match foretold.filter(|foretold| foretold.end.is_harmful()) {
            Some(Prediction { bytes, .. }) if budget <= bytes => {
                budget.min(bytes.less(canaries).less(NEAR.max(Bytes(bytes.0 / 100))))
            }
            _ => budget,
        };
        Some((most, format!("{budget} are all it may take")))
    }

    /// The most that is filled in all, where something is to be left, and why.
    fn most(
        &self,
        facts: &Facts,
        capacity: &Capacity,
        foretold: Option<Prediction>,
        canaries_work: bool,
    ) -> Option<(Bytes, String)> {
        if !self.is_careful() {
            return None;
        }
        let blind = self.most_without_canary(foretold, canaries_work);
        let machine = self.most_of_machine(facts, capacity, foretold);
        blind.into_iter().chain(machine).min_by_key(|(most, _)| *most)
    }

    /// Where the edge cannot be felt, it stops before the predicted one.
    fn most_without_canary(
        &self,
        foretold: Option<Prediction>,
        canaries_work: bool,
    ) -> Option<(Bytes, String)> {
        let harmful = foretold.is_none_or(|foretold| foretold.end.is_harmful());
        (!canaries_work && harmful).then(|| {
            let room = foretold.map_or(Bytes::ZERO, |foretold| foretold.bytes);
            let margin = Bytes::mib(8).max(Bytes(room.0 / 20));
            let why = "this kernel frees marked pages at once, so the edge cannot be felt: \
                       stopped at the prediction less a margin";
            (room.less(margin), why.to_owned())
        })
    }

    /// The machine keeps a reserve.
    fn most_of_machine(
        &self,
        facts: &Facts,
        capacity: &Capacity,
        foretold: Option<Prediction>,
    ) -> Option<(Bytes, String)> {
        if self.force {
            return None;
        }
        let reserve = reserve(facts.memory.known()?);
        let machine = |ceiling: &crate::capacity::Ceiling| ceiling.source == Source::HostMemory;
        let (_, room) = tightest(&capacity.ceilings, self.method, 1, machine)?;
        let room = room.bytes()?.less(reserve);
        foretold.is_none_or(|foretold| foretold.bytes > room).then(|| {
            (room, format!("{reserve} are left to the machine; --force goes on to its edge"))
        })
    }

    /// Bytes of one segment that is made with its size: more than memory can hold, so that memory is
    /// what ends it, however unevenly they go; of what all segments share, a worker's part.
    fn size_of_segments(&self, capacity: &Capacity, unit: Bytes) -> Bytes {
        let memory = memory_room(capacity).unwrap_or(Bytes::mib(1024));
        let memory = memory.plus(Bytes::mib(16).max(Bytes(memory.0 / 4)));
        let shared = capacity
            .ceilings
            .iter()
            .filter(|c| c.at_creation && c.scope == Scope::All && c.unit == Unit::Bytes)
            .filter_map(|ceiling| ceiling.headroom(self.method, 1).bytes())
            .min();
        let part = |bytes: Bytes| Bytes(bytes.0.div_ceil(u64::from(self.procs.max(1))));
        let bytes = shared.map_or(memory, |shared| memory.min(part(shared)));
        unit.times(bytes.0.div_ceil(unit.0.max(1)).max(1))
    }

    /// What would fit where the canaries lie; a fill that is not careful has none.
    fn cost_of_canaries(&self, facts: &Facts, plan: &Plan) -> Bytes {
        let canaries = plan.canary.times(u64::from(self.procs));
        Cost::Pages(facts.page_size).fit(canaries, u32::from(self.method.maps()))
    }

    /// What will come of it. `capacity` as it is when the workers are ready.
    #[must_use]
    pub fn forecast(&self, facts: &Facts, capacity: &Capacity, plan: &Plan) -> Option<Forecast> {
        let mut prediction = self.foretell_plan(facts, capacity, plan)?;
        let canaries = self.cost_of_canaries(facts, plan);
        // All that is wanted fits, but not beside the canaries.
        if let (End::Full, Some(want)) = (prediction.end, plan.want)
            && let Some(all) = self.foretell(facts, capacity, None)
            && all.end.is_harmful()
            && want > all.bytes.less(canaries)
        {
            prediction = all;
        }
        let mut forecast = Forecast {
            bytes: prediction.bytes,
            end: prediction.end,
            binding: prediction.binding,
            certainty: capacity.certainty,
            without_canary: prediction.bytes,
            swap: Bytes::ZERO,
            careful: self.is_careful() || plan.spares,
        };
        if forecast.end.is_harmful() && canaries > Bytes::ZERO {
            (forecast.bytes, forecast.end) = (forecast.bytes.less(canaries), End::Edge);
        }
        if plan.capped.is_some() && forecast.end == End::Full {
            forecast.end = End::Stopped;
        }
        Some(forecast)
    }

    /// Processes that an OOM kill would take before a worker, the first one first.
    #[must_use]
    pub fn victims<'a>(&self, facts: &'a Facts, capacity: &Capacity) -> Vec<&'a Neighbour> {
        /// What a worker has resident beside what it filled.
        const WORKER: Bytes = Bytes::mib(1);
        let total = capacity.limit_of(Source::CgroupMemory).and_then(Limit::bytes);
        let total = total.or_else(|| facts.memory.known().map(|memory| memory.total));
        let reach = capacity.reach(self.method).and_then(|reach| reach.available);
        let mapped = if self.method.maps() { reach.unwrap_or_default() } else { Bytes::ZERO };
        let procs = u64::from(self.procs.max(1));
        let each = Bytes(mapped.0.checked_div(procs).unwrap_or(0)).plus(WORKER);
        oom::victims(facts, total.unwrap_or_default(), each, self.score.into())
    }
}

impl Forecast {
    /// Whether what happened is what was foretold: bytes that agree, and the same end. What is only an upper bound agrees with any earlier end that memory or a quota causes. A
    /// careful fill that was killed never does.
    #[must_use]
    pub fn agrees(&self, reached: Bytes, end: End) -> bool {
        if self.careful && matches!(end, End::OomKill | End::Killed) {
            return false;
        }
        let by_memory = matches!(end, End::OomKill | End::Edge | End::Stall);
        match self.certainty {
            Certainty::AtMost if by_memory || end == End::Edquot => {
                reached <= self.without_canary.plus(self.without_canary.tolerance())
            }
            _ => end == self.end && reached.agrees_with(self.without_canary),
        }
    }
}

/// The facts of a team that is ready: memory as it is with the workers in it, everything that is taken
/// when a segment is made as it was before.
#[must_use]
pub fn with_team_ready(before: &Facts, ready: Facts, promised: Bytes, pids: &[u32]) -> Facts {
    let mut facts = ready;
    facts.ipc = before.ipc.clone();
    facts.leftovers.clone_from(&before.leftovers);
    if let (Reading::Known(now), Reading::Known(then)) = (&mut facts.shm.statfs, &before.shm.statfs)
    {
        (now.files, now.ffree) = (then.files, then.ffree);
    }
    if let Reading::Known(memory) = &mut facts.memory {
        memory.committed = memory.committed.less(promised);
    }
    facts.neighbours.retain(|neighbour| !pids.contains(&neighbour.pid));
    facts
}
