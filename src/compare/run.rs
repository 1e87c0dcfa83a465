//! The side of whoever asked: a process for each probe, with a deadline.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::object::sweep;
use super::{Cell, Column, Job, ROWS, SUBCOMMAND, kind};
use crate::capacity::ByKind;
use crate::probe::Target;
use crate::sys::own;
use crate::sys::shared::pause;
use crate::sys::signals::{asked_to_end, spawn};
use crate::units::Bytes;
use crate::workload::timeout::Timeout;
use crate::workload::unique_number;

/// A probe that takes longer hangs; the slowest waits for counts of the kernel.
const TIMEOUT: Duration = Duration::from_secs(8);

/// What a cell says that there was no time for.
pub(crate) const OUT_OF_TIME: &str = "not probed: out of time";

/// What the cells of the crate say where a build has it not.
pub(crate) const LEFT_OUT: &str = "this build leaves out the crate shared_memory";

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

/// Probes every row; `room`: what still fits of each kind. `progress` hears how many are done. Ends
/// early where a signal asks for it. What `until` leaves no time for is named in its cells.
pub fn run(
    folder: &str,
    room: &ByKind<Bytes>,
    until: Option<Instant>,
    mut progress: impl FnMut(usize),
) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (row, done) in ROWS.iter().zip(1_usize..) {
        if asked_to_end() {
            break;
        }
        let cells = Column::ALL
            .map(|column| (column, one(folder, row.id, column, room[kind(column)], until)));
        seen.push(Seen { id: row.id, title: row.title, cells: cells.to_vec() });
        progress(done);
    }
    seen
}

/// One probe in a process of its own.
fn one(folder: &str, row: &str, column: Column, room: Bytes, until: Option<Instant>) -> Cell {
    if column == Column::Crate && !cfg!(feature = "shared_memory") {
        return Cell::none(LEFT_OUT);
    }
    let time_is_over = || until.is_some_and(|until| Instant::now() >= until);
    if time_is_over() {
        return Cell::none(OUT_OF_TIME);
    }
    // shm_open, which the crate calls, knows no other one.
    let folder = if column == Column::Crate { Target::DEFAULT_PATH } else { folder };
    // Another one each: what cannot be removed must not be in the way of the next.
    let number = unique_number();
    let job = Job {
        row: row.to_owned(),
        column,
        folder: folder.to_owned(),
        room: room.0,
        number,
        parent: own::number(),
    };
    let cell = ask(&job, time_is_over).unwrap_or_else(Cell::none);
    // Also what a kill left.
    sweep(folder, number);
    cell
}

fn ask(job: &Job, time_is_over: impl Fn() -> bool) -> Result<Cell, String> {
    let text = serde_json::to_string(job).map_err(|error| error.to_string())?;
    let mut command = own::program();
    command.args([SUBCOMMAND, &text]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child =
        spawn(&mut command).map_err(|error| format!("no process could be started: {error}"))?;
    let mut timeout = Timeout::new(TIMEOUT);
    let exit = loop {
        match child.try_wait() {
            Ok(Some(exit)) => break exit,
            Ok(None) if !timeout.is_over() && !time_is_over() && !asked_to_end() => {
                pause(Duration::from_micros(300));
            }
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                // At the end of the pipe its own children are gone too, and make no name any more.
                if let Some(out) = &mut child.stdout {
                    let _ = out.read_to_end(&mut Vec::new());
                }
                return Err(if time_is_over() {
                    OUT_OF_TIME.to_owned()
                } else {
                    format!("no answer within {} s", TIMEOUT.as_secs())
                });
            }
            Err(error) => return Err(error.to_string()),
        }
    };
    let mut answer = String::new();
    if let Some(out) = &mut child.stdout {
        let _ = out.read_to_string(&mut answer);
    }
    match exit.signal().and_then(|number| Signal::try_from(number).ok()) {
        Some(signal) => Ok(Cell::signal(signal).because("the probe itself ended like this")),
        None => serde_json::from_str(&answer).map_err(|_| format!("the probe ended with {exit}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_time_no_probe_begins_and_each_cell_says_so() {
        let mut done = 0;
        let seen = run(
            Target::DEFAULT_PATH,
            &ByKind::new(|_| Bytes::ZERO),
            Some(Instant::now()),
            |rows| done = rows,
        );
        assert_eq!((seen.len(), done), (ROWS.len(), ROWS.len()));
        for (_, cell) in seen.iter().flat_map(|row| &row.cells) {
            assert_eq!((cell.said.as_str(), cell.why.as_deref()), ("-", Some(OUT_OF_TIME)));
        }
    }
}
