//! One fill from the request to the outcome: looks whether it can be and whom it would hurt, starts the
//! team, predicts once more from what is left then, and fills.

use std::num::NonZeroUsize;

use super::hidden_limits::{self, Beside, MeasureError, Probed};
use super::lead;
use super::observer::Observer;
use super::outcome::Outcome;
use super::plan::Plan;
use super::prediction::FillPrediction;
use super::request::{PlanError, Request, Until, with_team_ready};
use super::spawn::SpawnError;
use crate::capacity::{Capacity, End, Kind, assess};
use crate::facts::Facts;
use crate::facts::process::UNKILLABLE;
use crate::probe::{Live, ProbeError, Target, gather, others};
use crate::sys::canary::Canary;
use crate::sys::mapping::Mapping;

/// What the supervisor may still need of the memory that the machine promises: workers may take all
/// that is left of it when they make their segments (overcommit 2). Nothing of it is used.
const BALLAST: NonZeroUsize = NonZeroUsize::new(512 << 10).unwrap();

/// Why there is no fill.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    /// The machine could not be read.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// It is refused before it begins.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Nothing can be filled there.
    #[error("cannot fill {folder}: {why}")]
    NotFillable {
        /// The folder that was asked for.
        folder: String,
        /// What is wrong with it.
        why: String,
    },
    /// Hidden limits could not be measured.
    #[error(transparent)]
    Hidden(#[from] MeasureError),
    /// The team could not be started.
    #[error(transparent)]
    Spawn(#[from] SpawnError),
}

/// A fill that can be, and hurts nobody who is to be spared.
#[derive(Debug)]
pub(crate) struct Session {
    request: Request,
    facts: Facts,
    plan: Plan,
    hidden: Option<Probed>,
}

/// What a session came to.
#[derive(Debug)]
pub(crate) struct Finished {
    /// What was asked for.
    pub(crate) request: Request,
    /// How it was planned.
    pub(crate) plan: Plan,
    /// What was predicted when the team was ready.
    pub(crate) prediction: Option<FillPrediction>,
    /// The machine when the team was ready.
    pub(crate) facts: Facts,
    pub(crate) outcome: Outcome,
    /// At least one worker had a segment.
    pub(crate) had_segment: bool,
}

impl Session {
    /// Looks whether it can be, and plans it. With `measure`, which hears what that is about to do, hidden
    /// limits are measured before.
    ///
    /// # Errors
    /// When it cannot be, or would hurt somebody.
    pub(crate) fn prepare(
        request: Request,
        measure: Option<hidden_limits::Tell<'_>>,
    ) -> Result<Session, SessionError> {
        let facts = request.without_swap(worker_facts(&request, &Live::default())?);
        let mut capacity = capacity(&facts, &request)?;
        request.check(&facts)?;
        let (others, canaries) = (others(&Live::default(), &facts), canaries_work(&facts));
        let plan = |capacity: &Capacity| request.plan(&facts, capacity, &others, canaries);
        // What is refused is not measured before.
        let mut planned = plan(&capacity);
        match &planned {
            // A hidden limit may come first.
            Err(PlanError::WholeMachine(_)) if measure.is_some() => {}
            Err(error) => return Err(error.clone().into()),
            Ok(_) => {}
        }
        let hidden = match measure {
            Some(tell) => {
                let beside = Beside::of(request.exclusive || request.force);
                hidden_limits::measure(&facts, &assess(&facts), beside, tell)?
            }
            None => None,
        };
        if let Some(hidden) = &hidden {
            hidden.apply(&facts, &mut capacity);
            planned = plan(&capacity);
        }
        Ok(Session { plan: planned?, request, facts, hidden })
    }

    /// Fills; the observer is warned of what it will do to others before it begins.
    ///
    /// # Errors
    /// When the team could not be started.
    pub(crate) fn fill(self, observer: &mut dyn Observer) -> Result<Finished, SessionError> {
        let Session { request, facts, plan, hidden } = self;
        let ballast = Mapping::anonymous(BALLAST, None);
        let mut workers = lead::spawn_workers(&request, &plan, &facts)?;
        drop(ballast);
        let now = worker_facts(&request, &Live::without_attempts())?;
        let now = with_team_ready(&facts, now, workers.promised(), &workers.pids());
        let ready = request.without_swap(now.clone());
        let mut capacity = capacity(&ready, &request)?;
        if let Some(hidden) = &hidden {
            hidden.apply(&ready, &mut capacity);
        }
        let mut prediction = request.predict(&ready, &capacity, &plan);
        if let Some(prediction) = &mut prediction {
            let swapping = self::capacity(&now, &request)?;
            prediction.swap = request.swap(&ready, &capacity, &swapping, &plan);
        }
        for warning in warnings(&request, &ready, &capacity, prediction.as_ref()) {
            observer.warn(&warning);
        }
        observer.start(&request, &ready, &capacity, prediction.as_ref());
        let outcome = lead::run(&request, &plan, &mut workers, &ready, observer);
        let had_segment = workers.has_segment();
        drop(workers);
        Ok(Finished { request, plan, prediction, facts: ready, outcome, had_segment })
    }
}

/// The facts, as they are for a worker.
fn worker_facts(request: &Request, source: &Live) -> Result<Facts, SessionError> {
    let target = Target { pid: None, path: request.folder.clone() };
    Ok(request.facts(gather(source, &target)?))
}

fn capacity(facts: &Facts, request: &Request) -> Result<Capacity, SessionError> {
    let capacity = assess(facts).take(request.kind);
    match (&capacity.why, capacity.available()) {
        // A disk, or nothing at all: that is not filled.
        (Some(why), None) if request.kind == Kind::Posix => {
            Err(SessionError::NotFillable { folder: request.folder.clone(), why: why.clone() })
        }
        _ => Ok(capacity),
    }
}

/// Whether pages that are marked as free stay until they are needed.
fn canaries_work(facts: &Facts) -> bool {
    let size = |bytes: u64| usize::try_from(bytes).ok().and_then(NonZeroUsize::new);
    let page = facts.page_size.bytes();
    let canary = size(page.saturating_mul(16)).zip(size(page));
    canary.is_some_and(|(bytes, page)| {
        let canary = Canary::new(bytes, page, 1);
        canary.and_then(|mut canary| canary.lost()).is_ok_and(|lost| lost < 16)
    })
}

/// What it will do to others.
fn warnings(
    request: &Request,
    facts: &Facts,
    capacity: &Capacity,
    prediction: Option<&FillPrediction>,
) -> Vec<String> {
    let mut told = Vec::new();
    // Where workers cannot be killed, somebody else is.
    let kills = prediction.is_none_or(|prediction| prediction.end == End::OomKill)
        || i64::from(request.score) == UNKILLABLE && request.until == Until::Limit;
    if prediction.is_some_and(|prediction| prediction.end == End::Edge) {
        told.push(
            "filling up to the edge of memory: the kernel may drop file cache, also of other \
             containers"
                .to_owned(),
        );
    }
    if !kills {
        return told;
    }
    if facts.cgroup.levels.iter().any(|level| level.oom_group) {
        told.push(
            "memory.oom.group is 1: an OOM kill ends the whole container, before the report; use \
             --journal"
                .to_owned(),
        );
    }
    let victims = request.victims(facts, capacity);
    if let Some(first) = victims.first() {
        told.push(format!(
            "the kernel would kill {} (pid {}, {} resident) before a worker of this fill",
            first.name, first.pid, first.resident
        ));
    }
    told
}
