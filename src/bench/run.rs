//! The side of whoever asked: starts the leader, hears its lines, and keeps what they tell.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::lifecycle;
use super::{Case, Job, Line, SUBCOMMAND, Sample, Test, Unit};
use crate::capacity::Kind;
use crate::stats::median;
use crate::sys::own;
use crate::sys::signals::{LEFT_ALONE, asked_to_end, spawn};
use crate::workload::timeout::Timeout;

/// Milliseconds between two looks at whether a signal came.
const LOOK: u8 = 100;

/// No sample takes as long, also on slow machines, but one of much memory.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Time for which a leader may tell nothing: a second more for each 256 MiB that it goes through at once.
fn patience(job: &Job) -> Duration {
    let most = job.cases.iter().map(|case| case.bytes).max().unwrap_or(0);
    TIMEOUT.saturating_add(Duration::from_secs(most >> 28))
}

/// A row: all samples of one case of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub kind: Kind,
    /// What was measured.
    pub case: Case,
    /// What the values count.
    pub unit: Unit,
    /// The round and what it came to: one a round that did not fail.
    pub values: Vec<(u32, f64)>,
    /// Nanoseconds of single events, and how often each came.
    pub times: BTreeMap<u64, u64>,
    /// How often the scheduler took a CPU away from the timed parts.
    pub preempted: u64,
    /// Ticks of 10 ms of its CPUs that the hypervisor gave to others meanwhile.
    pub stolen: u64,
}

/// All that was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// In the order in which they came first.
    pub rows: Vec<Row>,
    /// What could not be measured, and why.
    pub without: Vec<(Kind, Test, String, String)>,
    /// The clock is the CPU's own counter; the nanoseconds of a reading, and of its smallest step.
    pub clock: Option<(bool, f64, f64)>,
    /// Before each kind of each round: the part of the time in which something else had the CPU that lost most
    /// of it, and the longest such pause in nanoseconds.
    pub lost: Vec<(f64, f64)>,
    /// Nanoseconds that the second CPU's counter is ahead of the first one's, each time it was looked at.
    pub ahead: Vec<f64>,
    /// Nodes of memory where pages lay; none where there is one node, or the kernel does not tell.
    pub nodes: BTreeSet<u32>,
    /// Its time was over after so many kinds of all rounds.
    pub out_of_time: Option<u32>,
    /// What others took meanwhile, so that it gave everything back.
    pub gave_way: Option<String>,
    /// A signal ended it.
    pub interrupted: bool,
    /// Why it ended before it was done.
    pub broken: Option<String>,
}

/// Why nothing was measured, or not all.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The leader could not be started.
    #[error("cannot start the measurement: {0}")]
    Start(io::Error),
    /// It does not get on.
    #[error("the measurement gave no result for {} s: one of its processes was killed or stopped", .0.as_secs())]
    Hangs(Duration),
    /// One of its processes ended, without which it cannot go on.
    #[error("a process of the measurement was killed")]
    Killed,
    /// It ended before it was done.
    #[error("the measurement ended early ({0})")]
    Ended(String),
}

impl Measured {
    fn take(&mut self, sample: Sample) {
        let same = |row: &Row| row.kind == sample.kind && row.case == sample.case;
        let at = self.rows.iter().position(same).unwrap_or(self.rows.len());
        if at == self.rows.len() {
            let (kind, case, unit) = (sample.kind, sample.case.clone(), sample.unit);
            let (values, times) = (Vec::new(), BTreeMap::new());
            self.rows.push(Row { kind, case, unit, values, times, preempted: 0, stolen: 0 });
        }
        if let Some(row) = self.rows.get_mut(at) {
            row.add(sample);
        }
    }

    /// Of the CPU that lost most: the part of the time that something else had, the mean of all looks, and the
    /// longest pause in nanoseconds.
    #[must_use]
    pub(crate) fn lost(&self) -> (f64, f64) {
        let count = f64::from(u32::try_from(self.lost.len()).unwrap_or(u32::MAX)).max(1.0);
        let all = self.lost.iter().map(|(part, _)| *part).fold(0.0, std::ops::Add::add);
        (all / count, self.lost.iter().map(|(_, longest)| *longest).fold(0.0, f64::max))
    }

    /// Nanoseconds that the second CPU's counter is ahead; `None` where nobody looked.
    #[must_use]
    pub(crate) fn offset(&self) -> Option<f64> {
        (!self.ahead.is_empty()).then(|| median(&mut self.ahead.clone()))
    }

    /// In the order of the kinds and cases of the job, whatever the order in which they were measured.
    fn sorted(mut self, job: &Job) -> Measured {
        let kind = |row: &Row| job.kinds.iter().position(|kind| *kind == row.kind);
        // A life's steps are rows of one case, and come in their order.
        let case = |row: &Row| {
            let same = |case: &&Case| case.test == row.case.test && case.op == row.case.op;
            let mut cases = job.cases.iter().enumerate().filter(|(_, case)| same(case));
            cases.find(|(_, case)| **case == row.case).map(|(at, _)| at)
        };
        self.rows.sort_by_key(|row| (kind(row), case(row).unwrap_or(usize::MAX)));
        self
    }

    fn hear(&mut self, line: Line) {
        match line {
            Line::Sample(sample) => self.take(sample),
            Line::Clock { cpu, overhead, resolution } => {
                self.clock = Some((cpu, overhead, resolution));
            }
            Line::Lost(part, longest) => self.lost.push((part, longest)),
            Line::Ahead(nanoseconds) => self.ahead.push(nanoseconds),
            Line::Nodes(nodes) => self.nodes.extend(nodes),
            Line::Without { kind, test, op, why } => {
                let entry = (kind, test, op, why);
                if !self.without.contains(&entry) {
                    self.without.push(entry);
                }
            }
            Line::GoesOn | Line::Done(_) => {}
        }
    }

    /// What came before it broke is as good as all else; without that it has failed.
    fn broken(mut self, error: RunError) -> Result<Measured, RunError> {
        if self.rows.is_empty() {
            return Err(error);
        }
        self.broken = Some(error.to_string());
        Ok(self)
    }
}

impl Row {
    /// The values alone.
    #[must_use]
    pub(crate) fn figures(&self) -> Vec<f64> {
        self.values.iter().map(|(_, value)| *value).collect()
    }

    /// Its value and that of `other`, of each round that both have.
    #[must_use]
    pub(crate) fn beside(&self, other: &Row) -> Vec<(f64, f64)> {
        let of: BTreeMap<u32, f64> = other.values.iter().copied().collect();
        let both = |(round, value): &(u32, f64)| Some((*value, *of.get(round)?));
        self.values.iter().filter_map(both).collect()
    }

    fn add(&mut self, sample: Sample) {
        self.values.push((sample.round, sample.value));
        self.preempted = self.preempted.saturating_add(sample.preempted);
        self.stolen = self.stolen.saturating_add(sample.stolen);
        for (time, count) in sample.times {
            let all = self.times.entry(time).or_default();
            *all = all.saturating_add(count);
        }
    }
}

/// The leader, which ends when this does.
struct Leader {
    child: Child,
    folder: String,
    number: u64,
}

impl Drop for Leader {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        lifecycle::sweep(&self.folder, self.number);
    }
}

/// What came through the pipe, line by line.
#[derive(Default)]
struct Lines {
    text: Vec<u8>,
}

impl Lines {
    /// Reads once, and gives the lines that are whole now; `None` at the end.
    fn read(&mut self, pipe: &mut impl Read) -> Option<Vec<Line>> {
        // Not on the stack, which may be small.
        let mut part = vec![0; 65_536];
        let read = match pipe.read(&mut part) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Some(Vec::new()),
            other => other.unwrap_or(0),
        };
        if read == 0 {
            return None;
        }
        self.text.extend_from_slice(part.get(..read).unwrap_or_default());
        let mut lines = Vec::new();
        while let Some(end) = self.text.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.text.drain(..=end).collect();
            lines.extend(serde_json::from_slice::<Line>(&line));
        }
        Some(lines)
    }
}

/// Measures, for so long at most, and until `grown` says that others need the memory; `progress` hears how many kinds of all rounds are done.
///
/// # Errors
/// When the leader cannot be started, or is killed before it told any figure.
pub fn run(
    job: &Job,
    time: Option<Duration>,
    grown: impl Fn() -> Option<String>,
    progress: impl FnMut(u32),
) -> Result<Measured, RunError> {
    Ok(measure(job, time, grown, progress)?.sorted(job))
}

fn measure(
    job: &Job,
    time: Option<Duration>,
    grown: impl Fn() -> Option<String>,
    mut progress: impl FnMut(u32),
) -> Result<Measured, RunError> {
    let text = serde_json::to_string(job).map_err(|error| RunError::Start(error.into()))?;
    let mut command = own::program();
    command.args([SUBCOMMAND, &text]).stdin(Stdio::null()).stdout(Stdio::piped());
    let child = spawn(&mut command).map_err(RunError::Start)?;
    let mut leader = Leader { child, folder: job.folder.clone(), number: job.number };
    let mut measured = Measured::default();
    let Some(mut pipe) = leader.child.stdout.take() else { return Ok(measured) };
    let mut lines = Lines::default();
    let start = Instant::now();
    let patience = patience(job);
    let (mut timeout, mut done) = (Timeout::new(patience), 0);
    loop {
        let mut asked = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
        // A signal may end it early.
        if poll(&mut asked, PollTimeout::from(LOOK)).is_ok_and(|ready| ready > 0) {
            let Some(heard) = lines.read(&mut pipe) else { break };
            timeout = Timeout::new(patience);
            for line in heard {
                if let Line::Done(sessions) = line {
                    done = sessions;
                    progress(sessions);
                }
                measured.hear(line);
            }
        } else if timeout.is_over() {
            return measured.broken(RunError::Hangs(patience));
        }
        if asked_to_end() {
            measured.interrupted = true;
            return Ok(measured);
        }
        if let Some(why) = grown() {
            measured.gave_way = Some(why);
            return Ok(measured);
        }
        if time.is_some_and(|most| start.elapsed() >= most) {
            measured.out_of_time = Some(done);
            return Ok(measured);
        }
    }
    let exit = leader.child.wait().map_err(RunError::Start)?;
    match exit.code() {
        Some(0) => Ok(measured),
        Some(code) if code == i32::from(LEFT_ALONE) => measured.broken(RunError::Killed),
        _ => measured.broken(RunError::Ended(exit.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: &[(u32, f64)]) -> Row {
        let case = Case { test: Test::Fault, op: "page".to_owned(), procs: 1, bytes: 4096 };
        let (kind, unit) = (Kind::Posix, Unit::Time);
        let times = BTreeMap::new();
        Row { kind, case, unit, values: values.to_vec(), times, preempted: 0, stolen: 0 }
    }

    #[test]
    fn values_stand_beside_those_of_the_same_round() {
        let one = row(&[(0, 1.0), (2, 3.0), (3, 4.0)]);
        let other = row(&[(0, 10.0), (1, 20.0), (2, 30.0)]);
        assert_eq!(one.beside(&other), [(1.0, 10.0), (3.0, 30.0)]);
    }

    #[test]
    fn figures_outlive_the_leader_and_without_any_it_has_failed() {
        let ended = || RunError::Ended("signal: 9 (SIGKILL)".to_owned());
        assert!(Measured::default().broken(ended()).is_err());
        let measured = Measured { rows: vec![row(&[(0, 1.0)])], ..Measured::default() };
        let kept = measured.broken(ended()).unwrap();
        assert_eq!(kept.rows.len(), 1);
        assert!(kept.broken.unwrap().contains("SIGKILL"));
    }
}
