//! The side of whoever asked: a process for each probe, with a deadline.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::object::sweep;
use super::probes::CRATE_LIFE;
use super::{Cell, Column, Job, ROWS, WORD, kind};
use crate::capacity::{Capacity, Method};
use crate::probe::Target;
use crate::sys::start::asked_to_end;
use crate::units::Bytes;
use crate::workload::drawn;

/// A probe that takes longer hangs; the slowest waits for counts of the kernel.
const PATIENCE: Duration = Duration::from_secs(8);

/// What all probes of a row saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The row's name in JSON.
    pub id: &'static str,
    /// What it asks.
    pub title: &'static str,
    /// A cell for each column.
    pub cells: Vec<(Column, Cell)>,
}

/// Probes every row; `progress` hears how many are done. Ends early where a signal asks for it.
pub fn run(folder: &str, capacities: &[Capacity], mut progress: impl FnMut(usize)) -> Vec<Seen> {
    let mut seen = Vec::new();
    let room = |column: Column| {
        let capacity = capacities.iter().find(|capacity| capacity.kind == kind(column));
        let mut reaches = capacity.into_iter().flat_map(|capacity| &capacity.reaches);
        let touch = reaches.find(|reach| reach.method == Method::Touch);
        touch.and_then(|reach| reach.available).unwrap_or_default()
    };
    for (row, done) in ROWS.iter().zip(1_usize..) {
        if asked_to_end() {
            break;
        }
        let cells = Column::ALL.map(|column| (column, one(folder, row.id, column, room(column))));
        seen.push(Seen { id: row.id, title: row.title, cells: cells.to_vec() });
        progress(done);
    }
    seen
}

/// Nanoseconds of the lives of the crate's segments.
///
/// # Errors
/// Why there are none.
pub fn crate_lives() -> Result<Vec<u64>, Cell> {
    let cell = one(Target::DEFAULT_PATH, CRATE_LIFE, Column::Crate, Bytes::ZERO);
    let times: Vec<u64> = cell.said.split(' ').filter_map(|word| word.parse().ok()).collect();
    if times.is_empty() { Err(cell) } else { Ok(times) }
}

/// One probe in a process of its own.
fn one(folder: &str, row: &str, column: Column, room: Bytes) -> Cell {
    // shm_open, which the crate calls, knows no other one.
    let folder = if column == Column::Crate { Target::DEFAULT_PATH } else { folder };
    // Another one each: what cannot be removed must not be in the way of the next.
    let number = drawn();
    let job = Job {
        row: row.to_owned(),
        column,
        folder: folder.to_owned(),
        room: room.0,
        number,
        parent: i32::try_from(std::process::id()).unwrap_or(0),
    };
    let cell = ask(&job).unwrap_or_else(Cell::none);
    // Also what a kill left.
    sweep(folder, number);
    cell
}

fn ask(job: &Job) -> Result<Cell, String> {
    let text = serde_json::to_string(job).map_err(|error| error.to_string())?;
    let mut child = Command::new("/proc/self/exe")
        .args([WORD, &text])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("no process could be started: {error}"))?;
    let start = Instant::now();
    let exit = loop {
        match child.try_wait() {
            Ok(Some(exit)) => break exit,
            Ok(None) if start.elapsed() < PATIENCE && !asked_to_end() => {
                std::thread::sleep(Duration::from_micros(300));
            }
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("no answer within {} s", PATIENCE.as_secs()));
            }
            Err(error) => return Err(error.to_string()),
        }
    };
    let mut answer = String::new();
    if let Some(out) = &mut child.stdout {
        let _ = out.read_to_string(&mut answer);
    }
    match exit.signal().and_then(|number| Signal::try_from(number).ok()) {
        Some(signal) => Ok(Cell::signal(signal).because("the probe itself ended so")),
        None => serde_json::from_str(&answer).map_err(|_| format!("the probe ended with {exit}")),
    }
}
