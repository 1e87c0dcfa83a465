//! The document of a compare: every probe, and what the steps of a segment's life cost.

use std::time::{Duration, Instant};

use crate::bench::plan::Request;
use crate::bench::run::Measured;
use crate::bench::{self, Case, Job, Test, lifecycle};
use crate::capacity::{ByKind, Capacity, Kind, assess};
use crate::command::{Code, Failure, bar, subject};
use crate::compare::run::OUT_OF_TIME;
use crate::compare::{self, ROWS};
use crate::facts::Facts;
use crate::probe::{Live, cpus, others};
use crate::report::compare::CompareDocument;
use crate::sys;
use crate::sys::limits::{self, Need};
use crate::units::Bytes;
use crate::workload::growth::{Growth, Tolerance};

/// How often costs are measured: an odd number that gives an interval.
const ROUNDS: u32 = 11;

/// Bytes that are copied to tell bandwidth.
const COPIED: Bytes = Bytes::mib(16);

/// Probes every way to get shared memory, for so long at most.
pub(in crate::command) fn document(
    folder: &str,
    no_cost: bool,
    time: Option<Duration>,
) -> Result<CompareDocument, Failure> {
    limits::check(Need::OF_PROCESSES).map_err(|refused| Failure::new(Code::Refused, refused))?;
    sys::signals::note_signals();
    let until = time.and_then(|time| Instant::now().checked_add(time));
    let source = Live::default();
    let facts = subject::facts(folder)?;
    let capacities = assess(&facts);
    // Why a kind is refused its probes tell.
    let room = ByKind::new(|kind| match capacities[kind].refusal() {
        Some(_) => Bytes(u64::MAX),
        None => capacities[kind].available().unwrap_or_default(),
    });
    let rows = u64::try_from(ROWS.len()).unwrap_or(0);
    let bar = bar("  probing {wide_bar} {pos}/{len}", rows);
    let seen = compare::run::run(folder, &room, until, |done| {
        if let Some(bar) = &bar {
            bar.set_position(u64::try_from(done).unwrap_or(0));
        }
    });
    let left = until.map(|until| until.saturating_duration_since(Instant::now()));
    let cost = if no_cost || sys::signals::asked_to_end() {
        None
    } else if left == Some(Duration::ZERO) {
        Some(Err(OUT_OF_TIME.to_owned()))
    } else {
        Some(cost(&source, &facts, &capacities, folder, left))
    };
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    if sys::signals::asked_to_end() {
        return Err(Failure::new(Code::Interrupted, "interrupted; the table is not complete"));
    }
    Ok(CompareDocument::new(&facts, &capacities, &seen, cost.as_ref()))
}

/// What the steps of a segment's life cost, and copying into it: kinds in turn, in one process.
fn cost(
    source: &Live,
    facts: &Facts,
    capacities: &ByKind<Capacity>,
    folder: &str,
    time: Option<Duration>,
) -> Result<Measured, String> {
    super::bench::check(&Kind::ALL).map_err(|failure| failure.to_string())?;
    let allowed = sys::cpu::allowed().map_err(|errno| errno.to_string())?;
    let first = allowed.first().copied().unwrap_or(0);
    let request = Request {
        tests: vec![Test::Bandwidth, Test::Lifecycle],
        kinds: Kind::ALL.to_vec(),
        procs: Some(1),
        cpus: Vec::new(),
        pair: None,
        bytes: Some(COPIED),
        rounds: ROUNDS,
        most: None,
        // A little, and never more than half of what fits.
        sized: true,
        exclusive: false,
        force: false,
        quick: true,
        folder: folder.to_owned(),
    };
    let cpu = cpus(source, &facts.cgroup, first);
    let others = others(source, facts);
    let plan = request.plan(&allowed, &cpu, capacities, facts, &others);
    let mut plan = plan.map_err(|error| error.to_string())?;
    plan.cases.retain(|case| case.test != Test::Bandwidth || case.op == "copy");
    if cfg!(feature = "shared_memory") {
        let whole = plan.cases.iter().find(|case| case.test == Test::Lifecycle).cloned();
        let by_crate = |case| Case { op: lifecycle::BY_CRATE.to_owned(), ..case };
        plan.cases.extend(whole.map(by_crate));
    }
    let job = Job::new(&request, &plan, facts, &cpu);
    let growth = Growth::new(
        source,
        facts,
        &plan.watched,
        Bytes::mib(2),
        Tolerance::HalfOfRest(plan.largest()),
    );
    let measured = bench::run::run(&job, time, || growth.grown(|| plan.largest()), |_| ());
    let measured = measured.map_err(|error| error.to_string())?;
    measured.gave_way.clone().map_or(Ok(measured), Err)
}
