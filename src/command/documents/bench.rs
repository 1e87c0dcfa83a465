//! The document of a bench: plan, measure, and what to say of how it went.

use std::time::Duration;

use crate::bench::Job;
use crate::bench::plan::{Plan, PlanError, Request};
use crate::bench::run::{self, Measured, RunError};
use crate::capacity::{Kind, assess};
use crate::command::{Code, Failure, bar, enough_stack, subject};
use crate::facts::Facts;
use crate::facts::cpu::CpuFacts;
use crate::probe::{Live, cpus, others};
use crate::report::bench::BenchDocument;
use crate::sys;
use crate::sys::limits::{self, Need};
use crate::units::Bytes;
use crate::workload::growth::{Growth, Tolerance};

/// Bytes of stack that the lines of the process that measures are read on, and more.
const STACK: u64 = 256 << 10;

/// Nanoseconds of a sample that reading the clock may cost at most.
const MOST_OVERHEAD: f64 = 30.0;

/// Part of a CPU's time that something else may have.
const MOST_LOST: f64 = 0.02;

/// Measures, for so long at most.
pub(in crate::command) fn document(
    request: &Request,
    time: Option<Duration>,
) -> Result<BenchDocument, Failure> {
    check(&request.kinds)?;
    sys::signals::note_signals();
    let source = Live::default();
    let facts = subject::facts(&request.folder)?;
    let allowed = sys::cpu::allowed().map_err(|errno| {
        Failure::new(Code::CannotTell, format!("cannot read which CPUs are allowed: {errno}"))
    })?;
    let first = request.cpus.first().or(allowed.first()).copied().unwrap_or(0);
    let before = cpus(&source, &facts.cgroup, first);
    let others = others(&source, &facts);
    let plan = request.plan(&allowed, &before, &assess(&facts), &facts, &others);
    let mut plan = plan.map_err(refused)?;
    let job = Job::new(request, &plan, &facts, &before);
    let measured = measure(&job, &plan, &facts, time)?;
    let after = cpus(&source, &facts.cgroup, first);
    note_pauses(&before, &after, &mut plan);
    plan.warnings.extend(warnings(&job, &measured, before.quota.is_some()));
    Ok(BenchDocument::new(request, &plan, &facts, &before, &measured))
}

/// Whether the process that measures can do its work here.
pub(super) fn check(kinds: &[Kind]) -> Result<(), Failure> {
    enough_stack(STACK)?;
    let names = kinds.contains(&Kind::Posix).then_some(Need::Unlink);
    limits::check(Need::OF_PROCESSES.into_iter().chain(Need::OF_BENCH).chain(names))
        .map_err(|refused| Failure::new(Code::Refused, refused))
}

fn refused(error: PlanError) -> Failure {
    let code = match error {
        PlanError::Memory(_) | PlanError::Nothing(_) => Code::CannotTell,
        PlanError::Cpu(..)
        | PlanError::Pair { .. }
        | PlanError::Procs(..)
        | PlanError::Shared(_) => Code::Usage,
    };
    Failure::new(code, error)
}

/// Each kind in each round is a session of its own.
fn kinds(job: &Job) -> u64 {
    u64::try_from(job.kinds.len()).unwrap_or(0)
}

/// Measures, with a progress bar; it gives way to others that grow.
fn measure(
    job: &Job,
    plan: &Plan,
    facts: &Facts,
    time: Option<Duration>,
) -> Result<Measured, Failure> {
    let sessions = kinds(job).saturating_mul(job.rounds.into());
    let bar = bar("  measuring {wide_bar} {pos}/{len} {eta} left", sessions);
    let source = Live::default();
    let tolerance = Tolerance::HalfOfRest(plan.largest());
    let growth = Growth::new(&source, facts, &plan.watched, Bytes::mib(2), tolerance);
    let measured = run::run(
        job,
        time,
        || growth.grown(|| plan.largest()),
        |done| {
            if let Some(bar) = &bar {
                bar.set_position(done.into());
            }
        },
    );
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    measured.map_err(|error: RunError| Failure::new(Code::Refused, error))
}

/// What makes figures worse, or fewer.
fn warnings(job: &Job, measured: &Measured, has_quota: bool) -> Vec<String> {
    let overhead = measured.clock.map(|(_, overhead, _)| overhead);
    let overhead = overhead.filter(|overhead| *overhead > MOST_OVERHEAD).map(|overhead| {
        format!(
            "reading the clock takes {overhead:.0} ns here, which is most of the time of events \
             shorter than a microsecond"
        )
    });
    let (lost, _) = measured.lost();
    let who = if has_quota { "other work, or the CPU quota," } else { "other work" };
    let lost = (lost > MOST_LOST).then(|| {
        format!(
            "{who} had a CPU for {:.0} % of the time in short loops before each kind: \
            speeds are low, and times long",
            lost * 100.0
        )
    });
    let gave_way = measured.gave_way.as_ref();
    let gave_way = gave_way.map(|why| format!("{why}: these are the results until then"));
    let broken = measured.broken.as_ref();
    let broken = broken.map(|why| format!("{why}: these are the results until then"));
    let out_of_time = measured.out_of_time.map(|done| {
        let rounds = u64::from(done).checked_div(kinds(job)).unwrap_or(0);
        format!("out of time after {rounds} of {} rounds: intervals are wider", job.rounds)
    });
    [overhead, lost, gave_way, broken, out_of_time].into_iter().flatten().collect()
}

/// What took time from the measurement.
fn note_pauses(before: &CpuFacts, after: &CpuFacts, plan: &mut Plan) {
    let throttled = after.throttled.saturating_sub(before.throttled);
    if throttled > 1_000_000 {
        plan.warnings.push(format!(
            "the CPU quota of the cgroup stopped it for {} ms in total, which the figures include",
            throttled / 1_000_000
        ));
    }
    let stolen = after.stolen.saturating_sub(before.stolen);
    if stolen > 10 {
        plan.warnings.push(format!(
            "the hypervisor took {} ms of the CPUs' time meanwhile (steal)",
            stolen.saturating_mul(10)
        ));
    }
}
