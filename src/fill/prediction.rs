//! What is predicted of a fill: how far it comes, what ends it, and whom the kernel would kill before its
//! workers. Pure.
#![forbid(unsafe_code)]

use super::plan::Plan;
use super::request::Request;
use crate::capacity::ceiling::Cost;
use crate::capacity::predict::{self, Prediction, predict};
use crate::capacity::{Capacity, Certainty, End, Source};
use crate::capacity::{oom, throttle};
use crate::facts::Facts;
use crate::facts::process::Neighbour;
use crate::units::{Bytes, Limit};

/// What is predicted of a fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillPrediction {
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
    /// Bytes more that may fit into what CPUs have charged ahead, where the prediction leaves that out: what the CPUs that
    /// fill have charged is used, what others have is not. All that they can have, where nothing tells how much it is.
    pub ahead: Bytes,
    /// Bytes more that going into swap would give: a careful fill stops before that.
    pub swap: Bytes,
    /// It is to stop before a kill.
    pub careful: bool,
}

impl FillPrediction {
    /// Whether what happened is what was predicted: bytes that agree, and the same end. What is only an upper bound agrees with any earlier end that memory or a quota causes. A
    /// careful fill that was killed never does.
    #[must_use]
    pub fn agrees(&self, reached: Bytes, end: End) -> bool {
        if self.careful && matches!(end, End::OomKill | End::Killed) {
            return false;
        }
        let by_memory = matches!(end, End::OomKill | End::Edge | End::Stall);
        let most = self.without_canary.saturating_add(self.ahead);
        match self.certainty {
            Certainty::AtMost if by_memory || end == End::Edquot => {
                reached <= most.saturating_add(most.tolerance())
            }
            _ => end == self.end && reached.agrees_with(reached.clamp(self.without_canary, most)),
        }
    }
}

impl Request {
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
            self.predict_plan(facts, capacity, plan).map_or(Bytes::ZERO, |told| told.bytes)
        };
        bytes(swapping).saturating_sub(bytes(capacity))
    }

    /// The capacity for who stops where a throttle begins, instead of where it stands still.
    fn up_to_marks(&self, facts: &Facts, capacity: &Capacity) -> Capacity {
        let mut capacity = capacity.clone();
        let marks = capacity.ceilings.iter_mut().filter(|c| c.source == Source::CgroupHigh);
        for ceiling in marks.filter(|_| self.is_careful()) {
            if let Some(mark) = ceiling.limit.known().and_then(|limit| limit.bytes()) {
                let over = throttle::overage(mark, facts.page_size);
                ceiling.room = ceiling.room.map(|room| room.saturating_sub(over));
            }
        }
        // Its canaries go before what CPUs have charged ahead.
        for ceiling in capacity.ceilings.iter_mut().filter(|_| self.is_careful()) {
            let ahead = ceiling.spread.ahead;
            ceiling.room = ceiling.room.map(|room| room.saturating_sub(ahead));
        }
        capacity
    }

    /// What CPUs have charged ahead of the ceiling that binds at most, where [`Request::up_to_marks`] leaves it out.
    fn left_out(&self, capacity: &Capacity, binding: Option<Source>) -> Bytes {
        let bind =
            capacity.ceilings.iter().filter(|one| self.is_careful() && Some(one.source) == binding);
        let most = bind.map(|ceiling| ceiling.spread.ahead.saturating_add(ceiling.spread.more));
        most.max().unwrap_or(Bytes::ZERO)
    }

    pub(super) fn predict_bytes(
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
    fn predict_plan(&self, facts: &Facts, capacity: &Capacity, plan: &Plan) -> Option<Prediction> {
        match plan.want.filter(|_| !plan.exact) {
            None => self.predict_bytes(facts, capacity, plan.want),
            Some(want) => self.predict_bytes(facts, capacity, None).map(|all| match all {
                Prediction { bytes, .. } if bytes >= want => {
                    Prediction { bytes: want, end: End::Full, binding: None }
                }
                less => less,
            }),
        }
    }

    /// What would fit where the canaries lie; a fill that is not careful has none.
    fn cost_of_canaries(&self, facts: &Facts, plan: &Plan) -> Bytes {
        let canaries = plan.canary.saturating_mul(u64::from(self.procs));
        Cost::Pages(facts.page_size).fit(canaries, u32::from(self.method.maps()))
    }

    /// What will come of it. `capacity` as it is when the workers are ready.
    #[must_use]
    pub fn predict(
        &self,
        facts: &Facts,
        capacity: &Capacity,
        plan: &Plan,
    ) -> Option<FillPrediction> {
        let mut capacity = capacity.clone();
        for ceiling in &mut capacity.ceilings {
            // A canary has addresses of its worker too.
            if ceiling.source == Source::RlimitAs {
                ceiling.room = ceiling.room.map(|room| room.saturating_sub(plan.canary));
            }
        }
        let capacity = &capacity;
        let mut prediction = self.predict_plan(facts, capacity, plan)?;
        let canaries = self.cost_of_canaries(facts, plan);
        // All that is wanted fits, but not beside the canaries.
        if let (End::Full, Some(want)) = (prediction.end, plan.want)
            && let Some(all) = self.predict_bytes(facts, capacity, None)
            && all.end.is_harmful()
            && want > all.bytes.saturating_sub(canaries)
        {
            prediction = all;
        }
        let mut filled = FillPrediction {
            bytes: prediction.bytes,
            end: prediction.end,
            binding: prediction.binding,
            certainty: capacity.certainty,
            without_canary: prediction.bytes,
            ahead: self.left_out(capacity, prediction.binding),
            swap: Bytes::ZERO,
            careful: self.is_careful() || plan.spares,
        };
        if filled.end.is_harmful() && canaries > Bytes::ZERO {
            (filled.bytes, filled.end) = (filled.bytes.saturating_sub(canaries), End::Edge);
        }
        if plan.capped.is_some() && filled.end == End::Full {
            filled.end = End::Stopped;
        }
        Some(filled)
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
        let each = Bytes(mapped.0.checked_div(procs).unwrap_or(0)).saturating_add(WORKER);
        oom::victims(facts, total.unwrap_or_default(), each, self.score.into())
    }
}
