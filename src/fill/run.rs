//! Leads a team through a fill: releases it, listens, ends it where it must be ended, and gathers
//! what it came to. Allocates nothing of what is filled.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::ledger;
use super::outcome::{Course, Outcome};
use super::plan::Plan;
use super::prediction::FillPrediction;
use super::request::{Request, Until};
use super::supervisor::{SpawnError, Workers};
use super::verdict::{self, Ended};
use super::worker::Job;
use crate::capacity::throttle::STALL_SECONDS;
use crate::capacity::{Capacity, Kind};
use crate::facts::cgroup::{MemoryStat, parse_memory_stat};
use crate::facts::events::Events;
use crate::facts::{Facts, Reading, StatFs};
use crate::probe::{Live, Source, events};
use crate::segment::Order;
use crate::sys::mlock;
use crate::sys::start::asked_to_end;
use crate::units::Bytes;
use crate::workload::growth::{Growth, Tolerance};
use crate::workload::unique_number;

/// How often the team is looked at.
const TICK: Duration = Duration::from_millis(5);

/// Bytes of a transparent huge page, where the kernel does not tell.
const HUGE: u64 = 2 << 20;

/// Who is told while it runs.
pub trait Observer {
    /// What it will do to others, before it begins.
    fn warn(&mut self, warning: &str);
    /// It is about to begin.
    fn start(
        &mut self,
        request: &Request,
        facts: &Facts,
        capacity: &Capacity,
        prediction: Option<&FillPrediction>,
    );
    /// The steps that may be gone ahead of what was told, in bytes of all workers; `None` does not
    /// pace them.
    fn window(&self, bytes: Bytes) -> Option<Bytes>;
    /// Next they go on from `from`, at most up to `to`.
    fn before(&mut self, from: Bytes, to: Bytes);
    /// They came to `bytes` after so long.
    fn after(&mut self, bytes: Bytes, took: Duration);
    /// So it stands.
    fn progress(&mut self, bytes: Bytes, took: Duration);
}

/// Starts the team; all have their segments then and wait.
///
/// # Errors
/// When a worker cannot begin.
pub fn spawn_workers(request: &Request, plan: &Plan, facts: &Facts) -> Result<Workers, SpawnError> {
    if request.score < 0 {
        // Or else the kernel would kill the supervisor in place of its workers. Without the right to
        // do so, the first worker says it.
        let _ = std::fs::write("/proc/self/oom_score_adj", request.score.to_string());
    }
    let number = unique_number();
    Workers::spawn(request.procs, |worker, ledger| Job {
        worker,
        workers: request.procs,
        ledger,
        parent: i32::try_from(std::process::id()).unwrap_or(0),
        order: Order {
            kind: request.kind,
            folder: request.folder.clone(),
            key: key_of(number, worker),
            number: number.wrapping_add(worker.into()),
            huge: request.huge,
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
    })
}

/// A key that nobody else uses, as far as that can be: "S", the team's number, the worker's.
fn key_of(team: u64, worker: u32) -> i32 {
    let number = (team & 0xffff) << 8 | u64::from(worker & 0xff);
    i32::try_from(0x5300_0000 | number).unwrap_or(1)
}

/// Releases the team and leads it to its end.
pub fn run(
    request: &Request,
    plan: &Plan,
    workers: &mut Workers,
    facts: &Facts,
    observer: &mut dyn Observer,
) -> Outcome {
    let source = Live::default();
    let before = events(&source, &facts.cgroup);
    let mut latency = new_histogram();
    let mut course = Course::default();
    let tolerance = match plan.want {
        Some(want) if !plan.spares => Tolerance::HalfOfRest(want),
        _ => Tolerance::None,
    };
    let blocks = blocks_ahead(request, plan);
    let growth = Growth::new(&source, facts, &plan.watched, blocks, tolerance);
    let mut gave_way = None;
    let mut swap_cache = Bytes::ZERO;
    let swaps = request.until == Until::Limit
        && facts.memory.known().is_some_and(|memory| memory.swap_total > Bytes::ZERO);
    if plan.canary == Bytes::ZERO {
        // Where a worker may be killed, nobody else is to be.
        let _ = mlock::keep_what_is_used();
    }
    let start;
    let ended = {
        let mut pace = Pace { bounded: growth.watches(), ..Pace::default() };
        pace.grant(workers, request, plan, observer);
        start = workers.go();
        let since = || ledger::now().saturating_sub(start);
        loop {
            workers.watch(TICK);
            workers.hear(|nanoseconds| latency.saturating_record(nanoseconds));
            let (bytes, took) = (workers.bytes(), since());
            course.reach(bytes.0, took);
            let took = Duration::from_nanos(took);
            observer.progress(bytes, took);
            // What a killed worker had is gone from it.
            if swaps && !workers.someone_died() {
                swap_cache = own_stat(&source, facts).map_or(Bytes::ZERO, |stat| stat.swap_cache);
            }
            if workers.is_over() {
                break Ended::ByItself;
            }
            pace.tell(bytes, observer, took);
            if asked_to_end() {
                break Ended::Interrupted;
            }
            gave_way = growth.grown(|| workers.granted());
            if gave_way.is_some() {
                break Ended::GaveWay;
            }
            if request.budget.time.is_some_and(|most| took >= most) {
                break Ended::OutOfTime;
            }
            if workers.held_up().as_secs_f64() >= STALL_SECONDS {
                break Ended::Stalled;
            }
            pace.grant(workers, request, plan, observer);
        }
    };
    let held_up = workers.held_up();
    let why = (ended == Ended::Stalled).then(|| workers.stopped_worker()).flatten();
    if ended != Ended::ByItself {
        workers.stop();
    }
    let end = workers.end();
    workers.hear(|nanoseconds| latency.saturating_record(nanoseconds));
    let took = end.saturating_sub(start);
    course.reach(workers.bytes().0, took);
    let took = Duration::from_nanos(took);
    observer.after(workers.bytes(), took);
    // As long as the workers hold what they filled, the counters tell of it.
    let growth = events(&source, &facts.cgroup).since(&before);
    let stat = own_stat(&source, facts);
    let of_stat = |word: fn(&MemoryStat) -> Bytes| stat.as_ref().map_or(Bytes::ZERO, word);
    let reclaimable = of_stat(|stat| stat.reclaimable);
    // Whoever brought it in first pays for it, which may be another cgroup.
    let program = of_stat(|stat| stat.unevictable).min(workers.program());
    let posix = request.kind == Kind::Posix;
    let statfs = if posix { source.statfs(&request.folder) } else { Reading::Absent };
    let why = why.or(gave_way).or_else(|| resized(facts, statfs.known()?));
    let reports = workers.release();
    let (canary, canary_left) = workers.canaries();
    let watched = workers.watched();
    let evidence = verdict::evidence(&growth, !facts.cgroup.hidden_ancestors);
    let (workers, end) = verdict::judge(&reports, &evidence, ended);
    let refused = verdict::refused_otherwise(&reports);
    let why = why.or_else(|| refused.map(|errno| format!("the kernel refused with {errno}")));
    let filled = Bytes(reports.iter().map(|worker| worker.bytes.0).sum());
    Outcome {
        bytes: filled,
        end,
        workers,
        canary,
        canary_left,
        reclaimable,
        swap_cache,
        program,
        tmpfs_full: posix && took_all(facts, filled),
        evidence,
        took,
        held_up,
        watched,
        latency,
        course,
        huge: request.huge.then(|| huge_bytes(&source, &growth)),
        why,
        out_of_time: ended == Ended::OutOfTime,
        gave_way: ended == Ended::GaveWay,
        interrupted: ended == Ended::Interrupted,
    }
}

/// From 1 ns to an hour, to 1 %.
fn new_histogram() -> Histogram<u64> {
    const HOUR: u64 = 3_600_000_000_000;
    Histogram::new_with_bounds(1, HOUR, 2)
        .unwrap_or_else(|_| unreachable!("these bounds are in order"))
}

/// Bytes that may be charged to the workers beyond what they filled: the rest of a huge page each.
fn blocks_ahead(request: &Request, plan: &Plan) -> Bytes {
    Bytes(HUGE).max(plan.unit).times(request.procs.into())
}

/// How far the team goes ahead where others may grow beside it: little beside what they are left.
const AHEAD: Bytes = Bytes::mib(4);

/// Where a story is kept, the team goes only so far ahead of what was told; where others may grow, of
/// what was seen of them.
#[derive(Debug, Default)]
struct Pace {
    told: Bytes,
    unbounded: bool,
    bounded: bool,
}

impl Pace {
    fn grant(
        &mut self,
        workers: &Workers,
        request: &Request,
        plan: &Plan,
        observer: &mut dyn Observer,
    ) {
        let bytes = workers.bytes();
        let window = observer.window(bytes);
        let window_is_told = window.is_some();
        let ahead = self.bounded.then_some(AHEAD);
        let Some(window) = window.into_iter().chain(ahead).min() else {
            if !self.unbounded {
                self.unbounded = true;
                workers.grant(u64::MAX);
            }
            return;
        };
        // Whole pages, also of huge ones.
        let unit = plan.unit;
        let share = window.0.div_ceil(u64::from(request.procs)).div_ceil(unit.0.max(1));
        let share = unit.times(share).0;
        // While each has half of it left, nobody has to wait for the next step to be told.
        if workers.least_granted() > share / 2 {
            return;
        }
        workers.grant_more(share, |next| {
            if window_is_told {
                observer.before(bytes, plan.want.map_or(next, |want| next.min(want)));
            }
        });
    }

    fn tell(&mut self, bytes: Bytes, observer: &mut dyn Observer, took: Duration) {
        if bytes > self.told && observer.window(bytes).is_some() {
            observer.after(bytes, took);
            self.told = bytes;
        }
    }
}

/// Whether all that the file system had free was filled.
fn took_all(facts: &Facts, filled: Bytes) -> bool {
    facts.shm.statfs.known().is_some_and(|s| s.blocks > 0 && filled >= s.available())
}

/// Whether somebody changed the size of the tmpfs meanwhile.
fn resized(facts: &Facts, now: &StatFs) -> Option<String> {
    let (before, now) = (facts.shm.statfs.known()?.total(), now.total());
    (now != before).then(|| {
        format!("the size of {} was changed meanwhile: {before} to {now}", facts.shm.asked)
    })
}

/// What the own cgroup tells of its memory now.
fn own_stat(source: &dyn Source, facts: &Facts) -> Option<MemoryStat> {
    let leaf = facts.cgroup.levels.first()?;
    let text = source.read(&format!("{}/memory.stat", leaf.folder));
    text.known().map(|text| parse_memory_stat(text))
}

fn huge_bytes(source: &dyn Source, growth: &Events) -> Bytes {
    let size = source.read("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size");
    let size = size.known().and_then(|text| text.trim().parse().ok()).unwrap_or(HUGE);
    Bytes(size).times(growth.huge_pages.unwrap_or(0))
}
