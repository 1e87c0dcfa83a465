//! The run document as a person reads it: the answer, what was predicted beside what happened, the
//! main figures, what is left out. Pure.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use super::{RunDocument, StepOutcome, summary};
use crate::capacity::Certainty;
use crate::report::bench;
use crate::report::compare::CompareDocument;
use crate::report::fill::FillDocument;
use crate::report::grouped;
use crate::report::inspect::text::{answer, findings, tone};
use crate::report::style::{self, DIM, wrap};
use crate::units::{Bytes, speed};

/// The whole report.
pub fn render(document: &RunDocument) -> String {
    let mut out = String::new();
    if let Some(inspect) = &document.inspect {
        answer(&mut out, inspect);
    }
    verdict(&mut out, document);
    fills(&mut out, document);
    figures(&mut out, document);
    if let Some(compare) = &document.compare {
        beside(&mut out, compare);
    }
    if let Some(inspect) = &document.inspect {
        findings(&mut out, inspect);
    }
    left_out(&mut out, document);
    out
}

fn verdict(out: &mut String, document: &RunDocument) {
    let style = tone(document.verdict);
    let word = summary::verdict(document);
    let _ = writeln!(out, "  verdict    {style}{word}{style:#}");
}

/// Predicted beside measured.
fn fills(out: &mut String, document: &RunDocument) {
    if document.fill.is_empty() {
        return;
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["fill", "predicted", "", "measured", "", "agrees", "speed"]);
    for fill in &document.fill {
        table.add_row(row(fill));
    }
    for at in [1, 3, 6] {
        if let Some(column) = table.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let _ = writeln!(out);
    style::table(out, "  ", DIM, &table);
    // What several fills say stands there once.
    let reasons = document.fill.iter().filter_map(|fill| Some((fill.why.as_deref()?, name(fill))));
    for (why, names) in grouped(reasons) {
        wrap(out, "  ", "    ", &format!("{}: {why}", names.join(", ")));
    }
}

fn name(fill: &FillDocument) -> String {
    format!("{} {}", fill.kind.word(), fill.method.word())
}

fn row(fill: &FillDocument) -> [String; 7] {
    let (bytes, end) = match &fill.predicted {
        None => ("-".to_owned(), String::new()),
        Some(predicted) => {
            let most = if predicted.certainty == Certainty::AtMost { "<= " } else { "" };
            (format!("{most}{}", Bytes(predicted.bytes)), predicted.ends_in.word().to_owned())
        }
    };
    let agrees = match fill.agrees {
        Some(true) => "yes",
        Some(false) => "NO",
        None => "-",
    };
    [
        name(fill),
        bytes,
        end,
        fill.measured.bytes.to_string(),
        fill.measured.ended_in.word().to_owned(),
        agrees.to_owned(),
        speed(fill.bytes_per_second),
    ]
}

fn figures(out: &mut String, document: &RunDocument) {
    let Some(bench) = &document.bench else { return };
    if let Some(table) = bench::text::short(bench) {
        let _ = writeln!(out);
        style::table(out, "  ", DIM, &table);
    }
    for warning in &bench.warnings {
        wrap(out, "  ", "    ", &format!("bench: {warning}"));
    }
}

fn beside(out: &mut String, compare: &CompareDocument) {
    let Some(beside) = &compare.bandwidth else { return };
    let [low, high] = beside.ci95;
    let word = if beside.differs { "different" } else { "no significant difference" };
    let text = format!(
        "copies at {:.2} times the speed of posix (95 % interval {low:.2} to {high:.2}): {word}",
        beside.ratio
    );
    let _ = writeln!(out);
    wrap(out, "  sysv       ", "             ", &text);
}

fn left_out(out: &mut String, document: &RunDocument) {
    let mut first = true;
    for (outcome, word) in [(StepOutcome::Failed, "failed"), (StepOutcome::Skipped, "skipped")] {
        for row in document.with(outcome) {
            if std::mem::take(&mut first) {
                let _ = writeln!(out);
            }
            let why = row.why.as_deref().unwrap_or_default();
            wrap(out, "  ", "    ", &format!("{}: {word}: {why}", row.step));
        }
    }
}
