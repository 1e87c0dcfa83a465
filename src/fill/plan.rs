//! How a fill is to go: how much it takes, of whom, and how near to the end of memory. Pure.
#![forbid(unsafe_code)]

use super::edge::EdgeTuning;
use super::request::{PlanError, Request, Until};
use super::spare::Spared;
use crate::capacity::ceiling::{Scope, Unit};
use crate::capacity::findings::memory_room;
use crate::capacity::machine::reserve;
use crate::capacity::neighbours::{Neighbours, Resource};
use crate::capacity::predict::{Prediction, tightest};
use crate::capacity::{Capacity, Certainty, Source};
use crate::facts::Facts;
use crate::facts::others::Others;
use crate::units::{Bytes, Limit};

/// A budget this near to the end of memory may be met before or after it.
const NEAR: Bytes = Bytes::mib(4);

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

impl Request {
    /// Bytes that one worker of a fill of a given size takes: whole pages, the first ones one more.
    #[must_use]
    pub fn share(&self, plan: &Plan, worker: u32) -> Option<Bytes> {
        let want = plan.want?;
        let procs = u64::from(self.procs);
        let pages = want.0.checked_div(plan.unit.0.max(1)).unwrap_or(0);
        let each = pages.checked_div(procs).unwrap_or(0);
        let more = u64::from(u64::from(worker) < pages.checked_rem(procs).unwrap_or(0));
        Some(plan.unit.saturating_mul(each.saturating_add(more)))
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
        let predicted = self.predict_bytes(facts, capacity, None);
        let asked = match self.until {
            Until::Bytes(bytes) => Some(bytes),
            Until::Safe | Until::Limit => None,
        };
        let Spared { neighbours, most: spared, watched } =
            self.spare(facts, capacity, others, predicted)?;
        self.check_edge(facts, capacity, predicted, canaries_work)?;
        let most = self.most(facts, capacity, predicted, canaries_work);
        // Who spares others watches for limits that hide, however far it was to go.
        let watches = canaries_work && (self.is_careful() || spared.is_some());
        let canary = if watches { self.canary(facts, capacity) } else { Bytes::ZERO };
        let budget = self.most_of_budget(predicted, canary.saturating_mul(self.procs.into()));
        let spares = spared.as_ref().map(|(most, _)| *most);
        let most = spared.into_iter().chain(most).chain(budget).min_by_key(|(most, _)| *most);
        let spares = spares.is_some_and(|spares| most.as_ref().is_some_and(|(m, _)| *m == spares));
        let (want, capped) = match most {
            Some((most, why)) if asked.is_none_or(|asked| asked > most) => (Some(most), Some(why)),
            _ => (asked, None),
        };
        let pages = |want: Bytes| want.0.checked_div(unit.0).unwrap_or(0);
        let want = want.map(|want| unit.saturating_mul(pages(want)));
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
        predicted: Option<Prediction>,
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
            (predicted.is_none() || !limited)
                .then(|| "no memory limit of a cgroup is visible".to_owned())
        });
        match doubt.filter(|_| !felt) {
            Some(doubt) => Err(PlanError::Hurts(format!(
                "this kernel frees pages marked with MADV_FREE at once, so the end of memory \
                 cannot be noticed before a kill, and {doubt}"
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
        predicted: Option<Prediction>,
        canaries: Bytes,
    ) -> Option<(Bytes, String)> {
        let budget = self.budget.bytes?;
        let most = match predicted.filter(|predicted| predicted.end.is_harmful()) {
            Some(Prediction { bytes, .. }) if budget <= bytes => budget
                .min(bytes.saturating_sub(canaries).saturating_sub(NEAR.max(Bytes(bytes.0 / 100)))),
            _ => budget,
        };
        Some((most, format!("the budget is {budget}")))
    }

    /// The most that is filled in all, where something is to be left, and why.
    fn most(
        &self,
        facts: &Facts,
        capacity: &Capacity,
        predicted: Option<Prediction>,
        canaries_work: bool,
    ) -> Option<(Bytes, String)> {
        if !self.is_careful() {
            return None;
        }
        let blind = self.most_without_canary(predicted, canaries_work);
        let machine = self.most_of_machine(facts, capacity, predicted);
        blind.into_iter().chain(machine).min_by_key(|(most, _)| *most)
    }

    /// Where the edge cannot be felt, it stops before the predicted one.
    fn most_without_canary(
        &self,
        predicted: Option<Prediction>,
        canaries_work: bool,
    ) -> Option<(Bytes, String)> {
        let harmful = predicted.is_none_or(|predicted| predicted.end.is_harmful());
        (!canaries_work && harmful).then(|| {
            let room = predicted.map_or(Bytes::ZERO, |predicted| predicted.bytes);
            let margin = Bytes::mib(8).max(Bytes(room.0 / 20));
            let why = "this kernel frees pages marked with MADV_FREE at once, so the edge cannot \
                be noticed: stopped at the prediction minus a margin";
            (room.saturating_sub(margin), why.to_owned())
        })
    }

    /// The machine keeps a reserve.
    fn most_of_machine(
        &self,
        facts: &Facts,
        capacity: &Capacity,
        predicted: Option<Prediction>,
    ) -> Option<(Bytes, String)> {
        if self.force {
            return None;
        }
        let reserve = reserve(facts)?;
        let machine = |ceiling: &crate::capacity::Ceiling| ceiling.source == Source::HostMemory;
        let (_, room) = tightest(&capacity.ceilings, self.method, 1, machine)?;
        let room = room.bytes()?.saturating_sub(reserve);
        predicted.is_none_or(|predicted| predicted.bytes > room).then(|| {
            (room, format!("{reserve} are left for the machine; --force goes on to the edge"))
        })
    }

    /// Bytes of one segment that is made with its size: more than memory can hold, so that memory is
    /// what ends it, however unevenly they go; of what all segments share, a worker's part.
    fn size_of_segments(&self, capacity: &Capacity, unit: Bytes) -> Bytes {
        let memory = memory_room(capacity).unwrap_or(Bytes::mib(1024));
        let memory = memory.saturating_add(Bytes::mib(16).max(Bytes(memory.0 / 4)));
        let shared = capacity
            .ceilings
            .iter()
            .filter(|c| c.at_creation && c.scope == Scope::All && c.unit == Unit::Bytes)
            .filter_map(|ceiling| ceiling.headroom(self.method, 1).bytes())
            .min();
        let part = |bytes: Bytes| Bytes(bytes.0.div_ceil(u64::from(self.procs.max(1))));
        let bytes = shared.map_or(memory, |shared| memory.min(part(shared)));
        unit.saturating_mul(bytes.0.div_ceil(unit.0.max(1)).max(1))
    }
}
