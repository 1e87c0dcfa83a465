//! The side of whoever asked: starts the leader, hears its lines, and keeps what they tell.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::lifecycle;
use super::{Case, Job, Line, Sample, Test, Unit, WORD};
use crate::capacity::Kind;
use crate::sys::start::asked_to_end;

/// Milliseconds between two looks at whether a signal came.
const LOOK: u8 = 100;

/// No sample takes as long, also on slow machines.
const PATIENCE: Duration = Duration::from_secs(60);

/// A row: all samples of one case of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which kind.
    pub kind: Kind,
    /// What was measured.
    pub case: Case,
    /// What the values count.
    pub unit: Unit,
    /// One a round.
    pub values: Vec<f64>,
    /// Nanoseconds of single events, and how often each came.
    pub times: BTreeMap<u64, u64>,
}

/// All that was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// In the order in which they came first.
    pub rows: Vec<Row>,
    /// What could not be measured, and why.
    pub without: Vec<(Kind, Test, String, String)>,
    /// The clock is the CPU's own counter, and the nanoseconds of a reading.
    pub clock: Option<(bool, f64)>,
    /// Part of the time in which something else had the CPU before all began, and the longest such
    /// pause in nanoseconds.
    pub lost: Option<(f64, f64)>,
    /// Its time was over after so many kinds of all rounds.
    pub out_of_time: Option<u32>,
    /// A signal ended it.
    pub interrupted: bool,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The leader could not be started.
    #[error("cannot start the process that measures: {0}")]
    Start(io::Error),
    /// It does not get on.
    #[error("the process that measures told nothing for {} s: one of its processes was killed or stopped", PATIENCE.as_secs())]
    Hangs,
    /// It ended before it was done.
    #[error("the process that measures ended before it was done ({0})")]
    Ended(String),
}

impl Measured {
    fn take(&mut self, sample: Sample) {
        let Sample { kind, case, unit, value, times } = sample;
        let same = |row: &&mut Row| row.kind == kind && row.case == case;
        if let Some(row) = self.rows.iter_mut().find(same) {
            row.add(value, times);
            return;
        }
        let mut row = Row { kind, case, unit, values: Vec::new(), times: BTreeMap::new() };
        row.add(value, times);
        self.rows.push(row);
    }
}

impl Row {
    fn add(&mut self, value: f64, times: Vec<(u64, u64)>) {
        self.values.push(value);
        for (time, count) in times {
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

/// Measures, for so long at most; `progress` hears how many kinds of all rounds are done.
///
/// # Errors
/// When the leader cannot be started or is killed.
pub fn run(
    job: &Job,
    time: Option<Duration>,
    mut progress: impl FnMut(u32),
) -> Result<Measured, RunError> {
    let text = serde_json::to_string(job).map_err(|error| RunError::Start(error.into()))?;
    // The program itself, also where it was replaced on disk meanwhile.
    let child = Command::new("/proc/self/exe")
        .args([WORD, &text])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(RunError::Start)?;
    let mut leader = Leader { child, folder: job.folder.clone(), number: job.number };
    let mut measured = Measured::default();
    let Some(mut pipe) = leader.child.stdout.take() else { return Ok(measured) };
    let mut text = Vec::new();
    let start = Instant::now();
    let (mut heard, mut done) = (start, 0);
    loop {
        if heard.elapsed() > PATIENCE {
            return Err(RunError::Hangs);
        }
        if asked_to_end() {
            measured.interrupted = true;
            return Ok(measured);
        }
        if time.is_some_and(|most| start.elapsed() >= most) {
            measured.out_of_time = Some(done);
            return Ok(measured);
        }
        let mut asked = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
        // A signal may end it early.
        if !poll(&mut asked, PollTimeout::from(LOOK)).is_ok_and(|ready| ready > 0) {
            continue;
        }
        let mut part = [0; 65_536];
        let read = match pipe.read(&mut part) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.unwrap_or(0),
        };
        if read == 0 {
            break;
        }
        heard = Instant::now();
        text.extend_from_slice(part.get(..read).unwrap_or_default());
        while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = text.drain(..=end).collect();
            match serde_json::from_slice(&line) {
                Ok(Line::Sample(sample)) => measured.take(sample),
                Ok(Line::Done(sessions)) => {
                    done = sessions;
                    progress(sessions);
                }
                Ok(Line::Clock { cpu, overhead, lost }) => {
                    (measured.clock, measured.lost) = (Some((cpu, overhead)), Some(lost));
                }
                Ok(Line::Without { kind, test, op, why }) => {
                    let entry = (kind, test, op, why);
                    if !measured.without.contains(&entry) {
                        measured.without.push(entry);
                    }
                }
                Err(_) => {}
            }
        }
    }
    let exit = leader.child.wait().map_err(RunError::Start)?;
    if exit.success() { Ok(measured) } else { Err(RunError::Ended(exit.to_string())) }
}
