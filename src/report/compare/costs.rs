//! What the kinds cost here, as bench measured it and, for a crate, its own calls.

use super::{Row, Section, kind, row};
use crate::bench::run::{Measured, Row as Measure};
use crate::bench::{Test, lifecycle};
use crate::capacity::Kind;
use crate::compare::run::{LEFT_OUT, OUT_OF_TIME};
use crate::compare::{Cell, Column};
use crate::report::bench::Percentiles;
use crate::stats::Summary;
use crate::units::time;

/// The steps of a segment's life, and what each is.
const STEPS: [(&str, &str); 7] = [
    ("create", "create 64 KiB"),
    ("size", "set its size"),
    ("map", "map"),
    ("touch", "first touch"),
    ("unmap", "unmap"),
    ("remove", "remove"),
    ("whole", "all of these"),
];

/// A row a step, and one of the bandwidth.
pub(crate) fn rows(cost: &Result<Measured, String>) -> Vec<Row> {
    let mut rows: Vec<Row> = STEPS
        .into_iter()
        .map(|(op, title)| {
            let id = format!("cost-{op}");
            row(Section::Cost, &id, title, |column| step(cost, column, op))
        })
        .collect();
    rows.push(row(Section::Cost, "bandwidth", "copy within it, GiB/s", |column| {
        bandwidth(cost, column)
    }));
    rows
}

fn step(cost: &Result<Measured, String>, column: Column, op: &str) -> Cell {
    let op = match column {
        Column::Crate if !cfg!(feature = "shared_memory") => return Cell::none(LEFT_OUT),
        Column::Crate if op == lifecycle::WHOLE => lifecycle::BY_CRATE,
        Column::Crate => return Cell::none("the crate does all of it in two calls"),
        _ => op,
    };
    let row = found(cost, column, Test::Lifecycle, op);
    row.and_then(|row| Percentiles::of(&row.times)).map_or_else(
        || missing(cost, column),
        |all| Cell::said(time(all.p50)).because(format!("p99 {}", time(all.p99))),
    )
}

fn bandwidth(cost: &Result<Measured, String>, column: Column) -> Cell {
    if column == Column::Crate {
        return Cell::none("the same file and mapping as posix");
    }
    found(cost, column, Test::Bandwidth, "copy")
        .and_then(|row| Summary::of(&row.figures()))
        .map_or_else(
            || missing(cost, column),
            |summary| {
                let [low, high] = summary.ci95;
                Cell::said(format!("{:.1}", summary.median))
                    .because(format!("{low:.1} to {high:.1}"))
            },
        )
}

fn found<'a>(
    cost: &'a Result<Measured, String>,
    column: Column,
    test: Test,
    op: &str,
) -> Option<&'a Measure> {
    let mut rows = cost.as_ref().ok()?.rows.iter();
    rows.find(|row| row.case.test == test && row.case.op == op && row.kind == kind(column))
}

fn missing(cost: &Result<Measured, String>, column: Column) -> Cell {
    match cost {
        Err(why) => Cell::none(why.clone()),
        Ok(measured) => Cell::none(unmeasured(measured, kind(column))),
    }
}

/// Why a kind has no figure of a step.
fn unmeasured(measured: &Measured, kind: Kind) -> String {
    let without = measured.without.iter().find(|(one, ..)| *one == kind);
    // All steps are measured at once, and last.
    let done = |row: &Measure| row.kind == kind && row.case.test == Test::Lifecycle;
    let ended = || match measured.out_of_time {
        _ if measured.rows.iter().any(done) => None,
        Some(_) => Some(OUT_OF_TIME.to_owned()),
        None => measured.broken.clone(),
    };
    let why = without.map(|(.., why)| why.clone()).or_else(ended);
    why.unwrap_or_else(|| "it has no such step".to_owned())
}
