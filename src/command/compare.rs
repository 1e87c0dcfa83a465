//! `shmeter compare`: probe every way to get shared memory, and show them side by side.

use std::io::Write;
use std::time::{Duration, Instant};

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;

use super::{Code, Failure, print};
use crate::bench::plan::Request;
use crate::bench::run::Measured;
use crate::bench::{self, Job, Test};
use crate::capacity::{ByKind, Capacity, Kind, assess};
use crate::cli::{CompareArgs, CompareFormat};
use crate::compare::run::OUT_OF_TIME;
use crate::compare::{self, ROWS};
use crate::facts::Facts;
use crate::probe::{Live, Target, cpus, gather, others};
use crate::report::compare::{self as report, CompareDocument};
use crate::sys;
use crate::units::Bytes;
use crate::workload::beside::{Beside, Patience};

/// How often costs are measured: an odd number that gives an interval.
const ROUNDS: u32 = 11;

/// Bytes that are copied to tell bandwidth.
const COPIED: Bytes = Bytes::mib(16);

/// Probes and reports.
pub fn run(args: &CompareArgs) -> Result<Code, Failure> {
    let folder = args.path.clone().unwrap_or_else(|| Target::DEFAULT_PATH.to_owned());
    let document = document(&folder, args.no_cost, None)?;
    let text = match args.format {
        CompareFormat::Text => report::text::render(&document),
        CompareFormat::Markdown => report::text::markdown(&document),
        CompareFormat::Json => super::json(&document)?,
    };
    print(&text, args.color)?;
    Ok(if document.saw_something() { Code::Done } else { Code::CannotTell })
}

/// Probes every way to get shared memory, for so long at most.
pub(super) fn document(
    folder: &str,
    no_cost: bool,
    time: Option<Duration>,
) -> Result<CompareDocument, Failure> {
    sys::start::note_signals();
    let until = time.and_then(|time| Instant::now().checked_add(time));
    let source = Live::default();
    let target = Target { pid: None, path: folder.to_owned() };
    let facts = gather(&source, &target).map_err(super::inspect::failure)?;
    let capacities = assess(&facts);
    let room = ByKind::new(|kind| capacities[kind].available().unwrap_or_default());
    let rows = u64::try_from(ROWS.len()).unwrap_or(0);
    let bar = super::bar("  probing {wide_bar} {pos}/{len}", rows);
    let seen = compare::run::run(folder, &room, until, |done| {
        if let Some(bar) = &bar {
            bar.set_position(u64::try_from(done).unwrap_or(0));
        }
    });
    let lives = if no_cost { None } else { Some(compare::run::crate_lives(until)) };
    let left = until.map(|until| until.saturating_duration_since(Instant::now()));
    let cost = if no_cost || sys::start::asked_to_end() {
        Ok(Measured::default())
    } else if left == Some(Duration::ZERO) {
        Err(OUT_OF_TIME.to_owned())
    } else {
        cost(&source, &facts, &capacities, folder, left)
    };
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    if sys::start::asked_to_end() {
        return Err(Failure::new(Code::Interrupted, "interrupted; the table is not complete"));
    }
    Ok(CompareDocument::new(&facts, &capacities, &seen, &cost, lives))
}

/// What the steps of a segment's life cost, and copying into it: kinds in turn, in one process.
fn cost(
    source: &Live,
    facts: &Facts,
    capacities: &ByKind<Capacity>,
    folder: &str,
    time: Option<Duration>,
) -> Result<Measured, String> {
    let allowed = sys::cpu::allowed().map_err(|errno| errno.to_string())?;
    let first = allowed.first().copied().unwrap_or(0);
    let request = Request {
        tests: vec![Test::Bandwidth, Test::Lifecycle],
        kinds: Kind::ALL.to_vec(),
        procs: Some(1),
        cpus: Vec::new(),
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
    let job = Job::new(&request, &plan, facts.page_size, &cpu);
    let beside = Beside::new(
        source,
        facts,
        &plan.watched,
        Bytes::mib(2),
        Patience::HalfBeside(plan.largest()),
    );
    let measured = bench::run::run(&job, time, || beside.grown(|| plan.largest()), |_| ());
    let measured = measured.map_err(|error| error.to_string())?;
    measured.gave_way.clone().map_or(Ok(measured), Err)
}

/// The process of one probe; what it saw goes to stdout.
pub fn probe(job: Option<&str>) -> Result<Code, Failure> {
    let job: Option<compare::Job> = job.and_then(|job| serde_json::from_str(job).ok());
    let job =
        job.ok_or_else(|| Failure::new(Code::Usage, "this word is for a probe of compare"))?;
    // Whoever asked is gone: so is the question.
    let _ = set_pdeathsig(Signal::SIGKILL);
    if nix::unistd::getppid().as_raw() != job.parent {
        return Ok(Code::Refused);
    }
    sys::start::leave_signals_to_the_leader();
    sys::cpu::go_first_when_memory_ends();
    let cell = serde_json::to_string(&compare::probe(&job));
    let text = cell.map_err(|error| Failure::new(Code::Refused, error))?;
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(Code::Done)
}
