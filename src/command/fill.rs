//! `shmeter fill`: foretell, fill, and say both.

mod teller;

use std::num::NonZeroUsize;

use super::journal::Journal;
use super::{Code, Failure, inspect, print, say};
use crate::capacity::{Capacity, End, assess};
use crate::cli::{FillArgs, FillFormat};
use crate::facts::Facts;
use crate::facts::process::UNKILLABLE;
use crate::fill::plan::{PlanError, with_team_ready};
use crate::fill::{Budget, Forecast, Plan, Request, Until, run};
use crate::probe::{Live, Target, gather, others};
use crate::report::fill::{self, FillDocument};
use crate::report::journal::Event;
use crate::sys;
use crate::sys::mapping::Mapping;
use crate::team::supervisor::MusterError;
use crate::workload::measure::{Felt, learn};
use teller::{Tell, Teller};

/// What the supervisor may still need of the memory that the machine promises: workers may take all
/// that is left of it when they make their segments (overcommit 2). Nothing of it is used.
const BALLAST: NonZeroUsize = NonZeroUsize::new(512 << 10).unwrap();

/// Fills and reports; exit 1 where it ended otherwise than foretold.
pub fn run(args: &FillArgs) -> Result<Code, Failure> {
    sys::start::note_signals();
    let prepared = prepare(request(args), args.measure)?;
    let mut journal = Journal::new(args.journal.as_deref(), args.format == FillFormat::Jsonl)?;
    let mut write = |event: &Event<'_>| journal.write(&event.line());
    let keeps = args.journal.is_some() || args.format == FillFormat::Jsonl;
    let (document, code) = prepared.fill(keeps.then_some(&mut write), &mut Vec::new())?;
    match args.format {
        FillFormat::Text => print(&fill::text::render(&document), args.color)?,
        FillFormat::Json => print(&super::json(&document)?, args.color)?,
        FillFormat::Jsonl => {}
    }
    Ok(code)
}

/// A fill that can be, and hurts nobody who is to be spared.
pub(super) struct Prepared {
    request: Request,
    facts: Facts,
    plan: Plan,
    felt: Option<Felt>,
}

/// Looks whether it can be, and plans it; `feel`: hidden limits are felt before.
pub(super) fn prepare(request: Request, feel: bool) -> Result<Prepared, Failure> {
    let facts = request.without_swap(worker_facts(&request)?);
    let mut capacity = capacity(&facts, &request)?;
    request.check(&facts).map_err(refused)?;
    let (others, canaries) = (others(&Live::default(), &facts), canaries_work(&facts));
    let plan = |capacity: &Capacity| request.plan(&facts, capacity, &others, canaries);
    // What is refused is not measured before.
    let mut planned = plan(&capacity);
    match &planned {
        // A hidden limit may come first.
        Err(PlanError::WholeMachine(_)) if feel => {}
        Err(error) => return Err(refused(error.clone())),
        Ok(_) => {}
    }
    let felt = if feel { inspect::measure(&facts, &assess(&facts))? } else { None };
    if let Some(felt) = &felt {
        learn(&facts, &mut capacity, felt);
        planned = plan(&capacity);
    }
    let plan = planned.map_err(refused)?;
    Ok(Prepared { plan, request, facts, felt })
}

impl Prepared {
    /// Fills; `tell` hears each line of the journal, and what stands in `warned` is not said again.
    /// The code is what a fill exits with.
    pub(super) fn fill(
        self,
        tell: Option<Tell<'_>>,
        warned: &mut Vec<String>,
    ) -> Result<(FillDocument, Code), Failure> {
        let Prepared { request, facts, plan, felt } = self;
        let mut teller = Teller::new(tell);
        let ballast = Mapping::anonymous(BALLAST, None);
        let mut crew = run::muster(&request, &plan, &facts).map_err(|error| match error {
            MusterError::Interrupted => Failure::new(Code::Interrupted, error),
            error => Failure::new(Code::Refused, error),
        })?;
        drop(ballast);
        let now = worker_facts(&request)?;
        let now = with_team_ready(&facts, now, crew.promised(), &crew.pids());
        let ready = request.without_swap(now.clone());
        let mut capacity = capacity(&ready, &request)?;
        if let Some(felt) = &felt {
            learn(&ready, &mut capacity, felt);
        }
        let mut forecast = request.forecast(&ready, &capacity, &plan);
        if let Some(forecast) = &mut forecast {
            let swapping = self::capacity(&now, &request)?;
            forecast.swap = request.swap(&ready, &capacity, &swapping, &plan);
        }
        for warning in warnings(&request, &ready, &capacity, forecast.as_ref()) {
            if !warned.contains(&warning) {
                say(&warning);
                warned.push(warning);
            }
        }
        teller.start(&request, &ready, &capacity, forecast.as_ref());
        let outcome = run::run(&request, &plan, &mut crew, &ready, &mut teller);
        let nothing = !crew.has_segment();
        drop(crew);
        let document = FillDocument::new(&request, &plan, forecast.as_ref(), &ready, &outcome);
        teller.end(&document);
        let code = match document.agrees {
            _ if document.interrupted => Code::Interrupted,
            _ if nothing => Code::Refused,
            Some(false) => Code::CheckFailed,
            _ => Code::Done,
        };
        Ok((document, code))
    }
}

fn request(args: &FillArgs) -> Request {
    Request {
        kind: args.kind,
        method: args.method,
        procs: args.procs,
        until: args.until,
        folder: args.path.clone().unwrap_or_else(|| Target::DEFAULT_PATH.to_owned()),
        exclusive: args.exclusive,
        force: args.force,
        huge: args.huge,
        score: args.oom_score_adj,
        budget: Budget::default(),
    }
}

fn refused(error: PlanError) -> Failure {
    Failure::new(Code::Usage, error)
}

/// The facts, as they are for a worker.
fn worker_facts(request: &Request) -> Result<Facts, Failure> {
    let target = Target { pid: None, path: request.folder.clone() };
    let facts = gather(&Live::default(), &target).map_err(inspect::failure)?;
    Ok(request.facts(facts))
}

fn capacity(facts: &Facts, request: &Request) -> Result<Capacity, Failure> {
    let capacity = assess(facts).take(request.kind);
    match (&capacity.why, capacity.available()) {
        // A disk, or nothing at all: that is not filled.
        (Some(why), None) if request.kind == crate::capacity::Kind::Posix => {
            Err(Failure::new(Code::Refused, format!("cannot fill {}: {why}", request.folder)))
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
        let canary = sys::canary::Canary::new(bytes, page, 1);
        canary.and_then(|mut canary| canary.lost()).is_ok_and(|lost| lost < 16)
    })
}

/// What it will do to others.
fn warnings(
    request: &Request,
    facts: &Facts,
    capacity: &Capacity,
    forecast: Option<&Forecast>,
) -> Vec<String> {
    let mut told = Vec::new();
    // Where workers cannot be killed, somebody else is.
    let kills = forecast.is_none_or(|forecast| forecast.end == End::OomKill)
        || i64::from(request.score) == UNKILLABLE && request.until == Until::Limit;
    if forecast.is_some_and(|forecast| forecast.end == End::Edge) {
        told.push(
            "going to the edge of memory: the kernel drops file cache on the way, of neighbours too"
                .to_owned(),
        );
    }
    if !kills {
        return told;
    }
    if facts.cgroup.levels.iter().any(|level| level.oom_group) {
        told.push(
            "memory.oom.group is 1: the OOM kill takes all of this container, and this report; keep a --journal"
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
