//! Leads a team through a fill: releases it, listens, ends it where it must be ended, and gathers
//! what it came to. Allocates nothing of what is filled.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::ledger;
use super::observer::Observer;
use super::outcome::{Course, Outcome};
use super::pace::Pace;
use super::plan::Plan;
use super::request::{Request, Until};
use super::spawn::{SpawnError, hint};
use super::stand_in::{self, StandIn};
use super::supervisor::Workers;
use super::verdict::{self, EndedBy, Evidence};
use super::worker::Job;
use crate::capacity::Kind;
use crate::capacity::throttle::STALL_SECONDS;
use crate::facts::cgroup::{MemoryStat, parse_memory_stat};
use crate::facts::events::Events;
use crate::facts::{Facts, Reading, StatFs};
use crate::probe::{Live, Source, code, events, program};
use crate::segment::Order;
use crate::sys::signals::asked_to_end;
use crate::sys::{mlock, own};
use crate::units::Bytes;
use crate::workload::growth::{Growth, Tolerance};
use crate::workload::unique_number;

/// How often the team is looked at.
const TICK: Duration = Duration::from_millis(5);

/// Starts the team; all have their segments then and wait.
///
/// # Errors
/// When a worker cannot begin.
pub(crate) fn spawn_workers(
    request: &Request,
    plan: &Plan,
    facts: &Facts,
) -> Result<Workers, SpawnError> {
    if request.score < 0 {
        // Or else the kernel would kill the supervisor in place of its workers. Without the right to
        // do so, the first worker says it.
        let _ = own::set_oom_score_adj(request.score);
    }
    let number = unique_number();
    let mut workers = Workers::spawn(request.procs, |worker, ledger| Job {
        worker,
        workers: request.procs,
        ledger,
        parent: own::number(),
        order: Order {
            kind: request.kind,
            folder: request.folder.clone(),
            key: key_of(number, worker),
            number: number.wrapping_add(worker.into()),
            huge: request.huge.then_some(facts.huge_page.0),
            unit: plan.unit.0,
        },
        method: request.method,
        want: request.share(plan, worker).map(|bytes| bytes.0),
        each: if plan.exact {
            request.share(plan, worker).unwrap_or(plan.each).0
        } else {
            plan.each.0
        },
        exact: plan.exact,
        canary: plan.canary.0,
        score: request.score,
        page: facts.page_size.bytes(),
    })?;
    if plan.canary == Bytes::ZERO && request.score > stand_in::SCORE {
        workers.stand_in = StandIn::start();
    }
    Ok(workers)
}

/// A key that nobody else uses, as far as that can be: "S", the team's number, the worker's.
fn key_of(team: u64, worker: u32) -> i32 {
    let number = (team & 0xffff) << 8 | u64::from(worker & 0xff);
    i32::try_from(0x5300_0000 | number).unwrap_or(1)
}

/// Releases the team, leads it to its end, and gathers what it came to.
pub fn run(
    request: &Request,
    plan: &Plan,
    workers: &mut Workers,
    facts: &Facts,
    observer: &mut dyn Observer,
) -> Outcome {
    let source = Live::default();
    let before = events(&source, &facts.cgroup);
    // Where a worker may be killed, nobody else is to be.
    let may_be_killed = plan.canary == Bytes::ZERO;
    let keep =
        || mlock::keep_what_is_used(&program(&source), &code(&source), facts.page_size.bytes());
    let _kept = may_be_killed.then(keep);
    let mut lead = Lead {
        request,
        plan,
        facts,
        source: &source,
        latency: new_histogram(),
        course: Course::default(),
        gave_way: None,
        swap_cache: Bytes::ZERO,
    };
    let (start, ended) = lead.lead(workers, observer);
    let held_up = workers.held_up();
    let why = (ended == EndedBy::Stall).then(|| workers.stopped_worker()).flatten();
    if ended != EndedBy::Workers {
        workers.stop();
    }
    let took = workers.end().saturating_sub(start);
    lead.hear(workers, took);
    observer.after(workers.bytes(), Duration::from_nanos(took));
    // As long as the workers hold what they filled, the counters tell of it.
    let growth = events(&source, &facts.cgroup).since(&before);
    lead.outcome(workers, &growth, Ending { ended, why, held_up, took: Duration::from_nanos(took) })
}

/// How a team came to its end.
struct Ending {
    ended: EndedBy,
    /// What came in between, in words.
    why: Option<String>,
    held_up: Duration,
    took: Duration,
}

/// What leads a team, and what is heard of it on the way.
struct Lead<'a> {
    request: &'a Request,
    plan: &'a Plan,
    facts: &'a Facts,
    source: &'a Live,
    latency: Histogram<u64>,
    course: Course,
    gave_way: Option<String>,
    swap_cache: Bytes,
}

impl Lead<'_> {
    /// Releases the workers and looks at them until something ends the fill: when it began, in nanoseconds
    /// of CLOCK_MONOTONIC, and what ended it.
    fn lead(&mut self, workers: &mut Workers, observer: &mut dyn Observer) -> (u64, EndedBy) {
        let tolerance = match self.plan.want {
            Some(want) if !self.plan.spares => Tolerance::HalfOfRest(want),
            _ => Tolerance::None,
        };
        let blocks = blocks_ahead(self.request, self.plan, self.facts);
        let watched = &self.plan.watched;
        let growth = Growth::new(self.source, self.facts, watched, blocks, tolerance);
        let mut pace = Pace::new(growth.watches());
        pace.grant(workers, self.request, self.plan, observer);
        let start = workers.go();
        let ended = loop {
            workers.watch(TICK);
            let took = ledger::now().saturating_sub(start);
            self.hear(workers, took);
            let (bytes, took) = (workers.bytes(), Duration::from_nanos(took));
            observer.progress(bytes, took);
            self.look_at_swap(workers);
            if workers.is_over() {
                break EndedBy::Workers;
            }
            pace.tell(bytes, observer, took);
            if let Some(ended) = self.end_early(workers, &growth, took) {
                break ended;
            }
            pace.grant(workers, self.request, self.plan, observer);
        };
        (start, ended)
    }

    /// Whether the fill is to end although its workers would go on.
    fn end_early(
        &mut self,
        workers: &Workers,
        growth: &Growth<'_>,
        took: Duration,
    ) -> Option<EndedBy> {
        if asked_to_end() {
            return Some(EndedBy::Signal);
        }
        self.gave_way = growth.grown(|| workers.granted());
        if self.gave_way.is_some() {
            return Some(EndedBy::Neighbours);
        }
        if self.request.budget.time.is_some_and(|most| took >= most) {
            return Some(EndedBy::Time);
        }
        (workers.held_up().as_secs_f64() >= STALL_SECONDS).then_some(EndedBy::Stall)
    }

    /// Notes the steps that were done, and how far it came.
    fn hear(&mut self, workers: &mut Workers, took: u64) {
        let latency = &mut self.latency;
        workers.hear(|nanoseconds| latency.saturating_record(nanoseconds));
        self.course.reach(workers.bytes().0, took);
    }

    /// What a killed worker had is gone from the swap cache, so it is noted before.
    fn look_at_swap(&mut self, workers: &Workers) {
        let memory = self.facts.memory.known();
        let swaps = self.request.until == Until::Limit
            && memory.is_some_and(|memory| memory.swap_total > Bytes::ZERO);
        if swaps && !workers.someone_died() {
            let stat = own_stat(self.source, self.facts);
            self.swap_cache = stat.map_or(Bytes::ZERO, |stat| stat.swap_cache);
        }
    }

    /// Lets the workers give back what they hold, and judges what they report.
    fn outcome(self, workers: &mut Workers, growth: &Events, ending: Ending) -> Outcome {
        let Lead { request, facts, source, .. } = self;
        let stat = own_stat(source, facts);
        let charged = own_usage(source, facts);
        let of_stat = |word: fn(&MemoryStat) -> Bytes| stat.as_ref().map_or(Bytes::ZERO, word);
        let reclaimable = of_stat(|stat| stat.reclaimable);
        // Whoever brought it in first pays for it, which may be another cgroup.
        let program = of_stat(|stat| stat.unevictable).min(workers.program());
        let posix = request.kind == Kind::Posix;
        let statfs = if posix { source.statfs(&request.folder) } else { Reading::Absent };
        let gave_way = ending.ended == EndedBy::Neighbours;
        let why = ending.why.or(self.gave_way).or_else(|| resized(facts, statfs.known()?));
        let reports = workers.release();
        let (canary, canary_left) = workers.canaries();
        let watched = workers.watched();
        let evidence = Evidence {
            stand_in_killed: workers.stand_in_was_killed(),
            ..verdict::evidence(growth, !facts.cgroup.hidden_ancestors)
        };
        let (workers, end) = verdict::judge(&reports, &evidence, ending.ended);
        let refused = verdict::refused_otherwise(&reports);
        let bytes = Bytes(reports.iter().map(|worker| worker.bytes.0).sum());
        Outcome {
            bytes,
            end,
            workers,
            canary,
            canary_left,
            reclaimable,
            charged,
            swap_cache: self.swap_cache,
            program,
            tmpfs_full: posix && took_all(facts, bytes),
            evidence,
            took: ending.took,
            held_up: ending.held_up,
            watched,
            latency: self.latency,
            course: self.course,
            huge: request.huge.then(|| huge_bytes(facts, growth)),
            why: why.or_else(|| {
                refused.map(|errno| format!("the kernel refused with {errno}{}", hint(errno)))
            }),
            out_of_time: ending.ended == EndedBy::Time,
            gave_way,
            interrupted: ending.ended == EndedBy::Signal,
        }
    }
}

/// From 1 ns to an hour, to 1 %.
fn new_histogram() -> Histogram<u64> {
    const HOUR: u64 = 3_600_000_000_000;
    Histogram::new_with_bounds(1, HOUR, 2)
        .unwrap_or_else(|_| unreachable!("these bounds are in order"))
}

/// Bytes that may be charged to the workers beyond what they filled: the rest of a huge page each.
fn blocks_ahead(request: &Request, plan: &Plan, facts: &Facts) -> Bytes {
    // Also without being asked the kernel takes some pages at once, but no table full of larger ones.
    let huge = if may_be_huge(request, facts) { facts.huge_page } else { Bytes::mib(2) };
    huge.max(plan.unit).saturating_mul(request.procs.into())
}

/// Whether the kernel may give huge pages.
fn may_be_huge(request: &Request, facts: &Facts) -> bool {
    let policy = match request.kind {
        Kind::Posix => facts.shm.mount.known().and_then(|mount| mount.option("huge")),
        _ => facts.shmem_huge.known().map(String::as_str),
    };
    request.huge || policy.is_some_and(|policy| !["never", "deny", "advise"].contains(&policy))
}

/// Whether all that the file system had free was filled.
fn took_all(facts: &Facts, filled: Bytes) -> bool {
    facts.shm.statfs.known().is_some_and(|s| s.blocks > 0 && filled >= s.available())
}

/// Whether somebody changed the size of the tmpfs meanwhile.
fn resized(facts: &Facts, now: &StatFs) -> Option<String> {
    let (before, now) = (facts.shm.statfs.known()?.total(), now.total());
    (now != before)
        .then(|| format!("the size of {} changed meanwhile: {before} to {now}", facts.shm.asked))
}

/// What the own cgroup tells of its memory now.
fn own_stat(source: &dyn Source, facts: &Facts) -> Option<MemoryStat> {
    let leaf = facts.cgroup.levels.first()?;
    let text = source.read(&format!("{}/memory.stat", leaf.folder));
    text.known().map(|text| parse_memory_stat(text))
}

/// What the own cgroup is charged for.
fn own_usage(source: &dyn Source, facts: &Facts) -> Option<Bytes> {
    let leaf = facts.cgroup.levels.first()?;
    let file = if facts.cgroup.unified { "memory.current" } else { "memory.usage_in_bytes" };
    let text = source.read(&format!("{}/{file}", leaf.folder));
    text.known().and_then(|text| text.trim().parse().ok()).map(Bytes)
}

fn huge_bytes(facts: &Facts, growth: &Events) -> Bytes {
    facts.huge_page.saturating_mul(growth.huge_pages.unwrap_or(0))
}
