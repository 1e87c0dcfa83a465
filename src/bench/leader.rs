//! The leader's life: a segment of each kind in turn, all cases on it, a line for each sample.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::num::NonZeroUsize;

use nix::errno::Errno;
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;

use super::clock::{Clock, Counter};
use super::stage::{Board, Disturbed, LOOK, Pass, Stage, size, some};
use super::twins::{TwinError, Twins};
use super::{
    Case, Job, Line, Sample, Test, Unit, bandwidth, fault, lifecycle, offset, ping_pong, ring,
};
use crate::capacity::Kind;
use crate::probe::{Live, machine_events, stolen};
use crate::segment::{Order, Segment, errno};
use crate::stats::median_of;
use crate::sys::mapping::Mapping;
use crate::sys::{cpu, signals};

/// How often a case is tried whose timed part had a page fault.
const TRIES: u32 = 3;

/// Measures everything, telling each line; the program's exit code.
#[must_use]
pub(crate) fn lead(job: &Job, tell: &mut dyn FnMut(&Line)) -> u8 {
    // Whoever started this is gone: so is the reason to measure.
    let _ = set_pdeathsig(Signal::SIGKILL);
    if nix::unistd::getppid().as_raw() != job.parent {
        return 1;
    }
    signals::leave_signals_to_the_leader();
    cpu::go_first_when_memory_ends();
    if let Some(first) = job.cpus.first() {
        let _ = cpu::pin(*first);
    }
    let clock = Clock::new(job.steady);
    let (cpu, overhead) = (clock.counter == Counter::Cpu, clock.overhead());
    tell(&Line::Clock { cpu, overhead, resolution: clock.resolution() });
    let Ok(board) = Board::new(job.cpus.len()) else { return 1 };
    let mut done = 0_u32;
    for round in 0..job.rounds {
        for kind in turned(&job.kinds, round) {
            let mut session = Session { job, kind, round, clock, board: &board, tell: &mut *tell };
            session.run();
            done = done.saturating_add(1);
            tell(&Line::Done(done));
        }
    }
    0
}

/// The kinds, another one first in each round.
fn turned(kinds: &[Kind], round: u32) -> Vec<Kind> {
    let by = size(round.into()).checked_rem(kinds.len()).unwrap_or(0);
    let (later, first) = kinds.split_at_checked(by).unwrap_or((kinds, &[]));
    [first, later].concat()
}

/// The cases in an order of this round's own: what comes before a case leaves its traces in the caches.
fn shuffled(mut cases: Vec<Case>, number: u64, round: u32, kind: Kind) -> Vec<Case> {
    cases.sort_by_cached_key(|case| {
        let mut hasher = DefaultHasher::new();
        (number, round, kind.word(), case.op.as_str(), case.procs, case.bytes).hash(&mut hasher);
        hasher.finish()
    });
    cases
}

/// What is measured, and the nanoseconds of single events.
type Figure = (Unit, f64, Vec<u64>);

/// All cases of one kind, once.
struct Session<'a> {
    job: &'a Job,
    kind: Kind,
    round: u32,
    clock: Clock,
    board: &'a Board,
    tell: &'a mut dyn FnMut(&Line),
}

impl Session<'_> {
    fn run(&mut self) {
        let shared: Vec<Case> =
            self.cases(|test| matches!(test, Test::Bandwidth | Test::PingPong | Test::Ring));
        let shared = shuffled(shared, self.job.number, self.round, self.kind);
        if shared.is_empty() {
            let (part, longest) = self.clock.lost(LOOK);
            (self.tell)(&Line::Lost(part, longest));
        }
        if let Err((case, why)) = self.on_one_segment(&shared) {
            for (case, why) in unmeasured(&shared, &case, &why) {
                self.without(&case, why);
            }
        }
        for case in self.cases(|test| test == Test::Fault) {
            self.fault(&case).unwrap_or_else(|why| self.without(&case, why));
        }
        for case in self.cases(|test| test == Test::Lifecycle) {
            let done = match case.op.as_str() {
                lifecycle::BY_CRATE if self.kind == Kind::Posix => self.by_crate(&case),
                lifecycle::BY_CRATE => Ok(()),
                _ => self.lifecycle(&case),
            };
            done.unwrap_or_else(|errno| self.without(&case, errno.to_string()));
        }
    }

    fn cases(&self, of: impl Fn(Test) -> bool) -> Vec<Case> {
        self.job.cases.iter().filter(|case| of(case.test)).cloned().collect()
    }

    fn without(&mut self, case: &Case, why: String) {
        let (kind, test, op) = (self.kind, case.test, case.op.clone());
        (self.tell)(&Line::Without { kind, test, op, why });
    }

    fn sample(
        &mut self,
        case: &Case,
        unit: Unit,
        value: f64,
        times: &[u64],
        (preempted, stolen): (u64, u64),
    ) {
        (self.tell)(&Line::Sample(Sample {
            kind: self.kind,
            case: case.clone(),
            unit,
            round: self.round,
            value,
            times: counted(times),
            preempted,
            stolen,
        }));
    }

    /// Makes a segment of this kind with its size, mapped.
    fn segment(&self, bytes: u64, huge: bool) -> Result<Mapping, Errno> {
        let order = Order {
            kind: self.kind,
            folder: self.job.folder.clone(),
            key: lifecycle::key(self.job.number),
            number: self.job.number,
            huge: huge.then_some(self.job.huge_page),
            unit: self.job.page,
        };
        let mapping = match order.make(bytes)? {
            Segment::Whole(mapping) => mapping,
            Segment::File(file) => {
                file.set_len(bytes).map_err(errno)?;
                Mapping::of_file(&file, 0, some(bytes).ok_or(Errno::EINVAL)?, order.align())?
            }
        };
        if huge {
            let _ = mapping.advise_huge();
        }
        if let Some(node) = self.job.node {
            // Where that is refused they lie where the policy of whoever started this puts them.
            let _ = mapping.prefer_node(node);
        }
        Ok(mapping)
    }

    fn on_one_segment(&mut self, cases: &[Case]) -> Result<(), (Case, String)> {
        let Some(first) = cases.first() else { return Ok(()) };
        let failed = |case: &Case, why: &dyn std::fmt::Display| (case.clone(), why.to_string());
        let bytes = cases.iter().map(room).max().unwrap_or(0).next_multiple_of(self.job.page);
        let segment = self.segment(bytes, false).map_err(|errno| failed(first, &errno))?;
        let (clock, board, cpus) = (self.clock, self.board, self.job.cpus.as_slice());
        let page = size(self.job.page);
        let stage = Stage { proc: 0, segment: &segment, clock, board, cpus, page };
        // Every page is there before anything is timed.
        stage.map_all();
        if self.job.node.is_some() {
            (self.tell)(&Line::Nodes(segment.nodes()));
        }
        let procs = size(cases.iter().map(|case| case.procs).max().unwrap_or(1).into());
        let twins = Twins::split(procs, &stage, cases, part);
        let twins = twins.map_err(|error| failed(first, &error))?;
        let (part, longest) = stage.lost(procs);
        (self.tell)(&Line::Lost(part, longest));
        for (case, number) in cases.iter().zip(0_u32..) {
            self.one(&twins, &stage, number, case).map_err(|error| failed(case, &error))?;
        }
        Ok(())
    }

    /// One case, again where a page fault came into its timed part.
    fn one(
        &mut self,
        twins: &Twins,
        stage: &Stage<'_>,
        number: u32,
        case: &Case,
    ) -> Result<(), TwinError> {
        let cpus = stage.cpus.get(..size(case.procs.into())).unwrap_or(stage.cpus);
        let source = Live::default();
        let (mut faults, mut messages) = (0, None);
        for attempt in 1..=TRIES {
            let before = stolen(&source, cpus);
            let (figure, took, sent) = self.measure(twins, stage, number, case, messages)?;
            let (unit, value, times) = figure;
            let stolen = stolen(&source, cpus).saturating_sub(before);
            let disturbed: Disturbed = stage.disturbed(case);
            // Whoever waits for it knows that it goes on.
            (self.tell)(&Line::GoesOn);
            if case.test == Test::Ring && attempt < TRIES && ring::is_short(case, took) {
                messages = Some(ring::at_pace(sent, took).max(sent));
                continue;
            }
            if disturbed.faults == 0 {
                let between = (disturbed.preempted, stolen);
                self.sample(case, unit, value, &times, between);
                return Ok(());
            }
            faults = disturbed.faults;
        }
        self.without(
            case,
            format!("{faults} page faults in the timed part, {TRIES} times in a row"),
        );
        Ok(())
    }

    /// Both passes of one case, of so many messages where that is asked for: its figure, the nanoseconds that it
    /// took, and how many messages were sent.
    fn measure(
        &mut self,
        twins: &Twins,
        stage: &Stage<'_>,
        number: u32,
        case: &Case,
        asked: Option<u64>,
    ) -> Result<(Figure, f64, u64), TwinError> {
        let (mut took, mut sent) = (0.0, 0);
        let mut figure = (Unit::Rate, 0.0, Vec::new());
        let (mut ahead, mut messages) = (0, ring::first(case));
        for pass in [Pass::WarmUp, Pass::Timed] {
            match case.test {
                Test::PingPong => {
                    ping_pong::clear(stage);
                    twins.together(stage, number, case, pass, || {
                        let (value, times) = ping_pong::lead(stage, case, pass);
                        figure = (Unit::Time, value, times);
                    })?;
                }
                Test::Ring => {
                    ring::clear(stage, messages);
                    let (is_paced, mut times) = (ring::is_paced(case), Vec::new());
                    twins.together(stage, number, case, pass, || {
                        if pass == Pass::WarmUp {
                            ahead = offset::ahead(stage);
                        }
                        times = ring::take(stage, case, ahead);
                    })?;
                    // The sender times nothing: what counts is that all has arrived.
                    sent = messages;
                    took = stage.took(&Case { procs: 1, ..case.clone() });
                    figure = if is_paced {
                        (Unit::Time, median_of(&times), times)
                    } else {
                        (Unit::Messages, ring::rate(case, sent, took), times)
                    };
                    messages = asked.unwrap_or_else(|| ring::sample(case, took));
                }
                _ => {
                    twins.together(stage, number, case, pass, || {
                        bandwidth::part(stage, case, pass);
                    })?;
                    let (unit, value) = bandwidth::value(case, stage.took(case));
                    figure = (unit, value, Vec::new());
                }
            }
        }
        if case.test == Test::Ring {
            let nanoseconds = stage.clock.nanoseconds(ahead.unsigned_abs());
            (self.tell)(&Line::Ahead(if ahead < 0 { -nanoseconds } else { nanoseconds }));
        }
        Ok((figure, took, sent))
    }

    fn fault(&mut self, case: &Case) -> Result<(), String> {
        let huge = case.op == "huge-page";
        let page = size(if huge { self.job.huge_page } else { self.job.page });
        let segment = || self.segment(case.bytes, huge).map_err(|errno| errno.to_string());
        if case.op == fault::WARM {
            // These pages are freed, and taken again at once.
            let _ = fault::touch(&segment()?, page, self.clock);
        }
        let segment = segment()?;
        let before = if huge { huge_pages() } else { 0 };
        let (mut times, between) = self.watched(|| fault::touch(&segment, page, self.clock));
        let granted = if huge { huge_pages().saturating_sub(before) } else { 0 };
        if huge && granted < u64::try_from(times.len()).unwrap_or(0) {
            return Err("not granted".to_owned());
        }
        if case.op == fault::COLD {
            times.drain(..times.len() / 8);
        }
        self.sample(case, Unit::Time, median_of(&times), &times, between);
        Ok(())
    }

    /// Does it alone, and counts what comes between: preemptions, and stolen ticks.
    fn watched<T>(&self, work: impl FnOnce() -> T) -> (T, (u64, u64)) {
        let source = Live::default();
        let first = self.job.cpus.get(..1).unwrap_or_default();
        let (before, usage) = (stolen(&source, first), cpu::usage());
        let done = work();
        let preempted = cpu::usage().preempted.saturating_sub(usage.preempted);
        (done, (preempted, stolen(&source, first).saturating_sub(before)))
    }

    fn lifecycle(&mut self, case: &Case) -> Result<(), Errno> {
        let bytes = NonZeroUsize::new(size(case.bytes)).ok_or(Errno::EINVAL)?;
        let (lives, between) =
            self.watched(|| lifecycle::live(self.kind, self.job, bytes, self.clock));
        for (step, times) in lives? {
            if times.is_empty() {
                continue;
            }
            let case = Case { op: step.to_owned(), ..case.clone() };
            self.sample(&case, Unit::Time, median_of(&times), &times, between);
        }
        Ok(())
    }

    fn by_crate(&mut self, case: &Case) -> Result<(), Errno> {
        let bytes = NonZeroUsize::new(size(case.bytes)).ok_or(Errno::EINVAL)?;
        let (lives, between) =
            self.watched(|| lifecycle::live_by_crate(self.job, bytes, self.clock));
        let lives = lives?;
        self.sample(case, Unit::Time, median_of(&lives), &lives, between);
        Ok(())
    }
}

/// The case that failed, and those after it that were not reached, each with the reason.
fn unmeasured(cases: &[Case], failed: &Case, why: &str) -> Vec<(Case, String)> {
    let rest = cases.iter().skip_while(|case| *case != failed);
    rest.map(|case| {
        let why = if case == failed {
            why.to_owned()
        } else {
            format!("not reached: {} {} failed", failed.test.word(), failed.op)
        };
        (case.clone(), why)
    })
    .collect()
}

/// What each copy of the leader does in a case.
fn part(stage: &Stage<'_>, case: &Case, pass: Pass) {
    match case.test {
        Test::PingPong => ping_pong::answer(stage, case, pass),
        Test::Ring => ring::send(stage, case, pass),
        _ => bandwidth::part(stage, case, pass),
    }
}

/// Bytes of the segment that a case needs.
pub(crate) fn room(case: &Case) -> u64 {
    match case.test {
        Test::Ring => ring::room(case.bytes),
        Test::PingPong => 16 << 10,
        _ => case.bytes,
    }
}

/// Huge pages of files that the machine has granted so far.
fn huge_pages() -> u64 {
    machine_events(&Live::default()).huge_pages.unwrap_or(0)
}

/// Times and how often each came, to three digits.
fn counted(times: &[u64]) -> Vec<(u64, u64)> {
    let mut counts = std::collections::BTreeMap::new();
    for time in times {
        let digits = time.checked_ilog10().unwrap_or(0).saturating_sub(2);
        let step = 10_u64.saturating_pow(digits);
        let rounded = time.checked_div(step).unwrap_or(0).saturating_mul(step);
        let count: &mut u64 = counts.entry(rounded).or_default();
        *count = count.saturating_add(1);
    }
    counts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_round_begins_with_another_kind() {
        let firsts: Vec<Kind> = (0..5).map(|round| turned(&Kind::ALL, round)[0]).collect();
        assert_eq!(firsts, [Kind::Posix, Kind::Sysv, Kind::Memfd, Kind::Anon, Kind::Posix]);
        assert_eq!(turned(&Kind::ALL, 3).len(), 4);
    }

    #[test]
    fn each_case_that_a_failure_kept_from_being_measured_is_named() {
        let case = |op: &str| Case { test: Test::Ring, op: op.to_owned(), procs: 2, bytes: 8 };
        let cases = [case("8B"), case("64B"), case("4KiB")];
        let told = unmeasured(&cases, &cases[1], "gone");
        let reached = "not reached: ring 64B failed".to_owned();
        assert_eq!(told, [(case("64B"), "gone".to_owned()), (case("4KiB"), reached)]);
        assert_eq!(unmeasured(&cases, &cases[0], "no room").len(), 3);
    }

    #[test]
    fn times_keep_three_digits() {
        assert_eq!(
            counted(&[7, 123, 1234, 1239, 99_999]),
            [(7, 1), (123, 1), (1230, 2), (99_900, 1)]
        );
    }
}
