//! The compare document as a person reads it: one table, and what its words mean below. Pure.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::{CompareDocument, Row, Section};
use crate::compare::run::LEFT_OUT;
use crate::compare::{Cell, Column};
use crate::plain::plain;
use crate::report::escape::escape;
use crate::report::grouped;
use crate::report::style::{self, BOLD, wrap};

/// Columns of a cell, with the blank before it: five of them, and the question, fit a line.
const CELL: u16 = 11;

/// Columns of the question, with the blank before it.
const QUESTION: u16 = 25;

const fn heading(section: Section) -> &'static str {
    match section {
        Section::Limits => "limits",
        Section::Semantics => "what it does",
        Section::Cost => "what it costs (median)",
    }
}

/// A word such as `oom-kill` as two, which a narrow column can break.
fn in_words(said: &str) -> String {
    let said = plain(said);
    if said.len() > 2 && !said.contains(' ') { said.replace('-', " ") } else { said.into_owned() }
}

fn sections(document: &CompareDocument) -> Vec<(Section, Vec<&Row>)> {
    [Section::Limits, Section::Semantics, Section::Cost]
        .into_iter()
        .map(|section| {
            (section, document.rows.iter().filter(|row| row.section == section).collect())
        })
        .filter(|(_, rows): &(Section, Vec<&Row>)| !rows.is_empty())
        .collect()
}

fn cells(row: &Row, cell: impl Fn(&Cell) -> String) -> Vec<String> {
    let found = |column: &Column| row.cells.get(column).map_or_else(|| "-".to_owned(), &cell);
    Column::ALL.iter().map(found).collect()
}

/// The report that a person reads.
pub fn render(document: &CompareDocument) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "Shared memory on Linux {}, as probed here", plain(&document.kernel));
    for (section, rows) in sections(document) {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        let mut head = vec![heading(section)];
        head.extend(Column::ALL.iter().map(|column| column.word()));
        table.set_header(head);
        for row in rows {
            let mut line = vec![row.title.clone()];
            line.extend(cells(row, |cell| in_words(&cell.said)));
            table.add_row(line);
        }
        for (at, column) in table.column_iter_mut().enumerate() {
            column.set_padding((1, 0));
            let width = if at == 0 { QUESTION } else { CELL };
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
            if at > 0 {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let _ = writeln!(out);
        style::table(&mut out, "", BOLD, &table);
    }
    notes(&mut out, document, str::to_owned);
    out
}

fn is_left_out(cell: &Cell) -> bool {
    cell.why.as_deref() == Some(LEFT_OUT)
}

/// What stands behind the words: errors and reasons, each once.
fn notes(out: &mut String, document: &CompareDocument, escape: impl Fn(&str) -> String) {
    let _ = writeln!(out);
    if let Some(beside) = &document.bandwidth {
        let [low, high] = beside.ci95;
        let text = if beside.differs {
            format!(
                "sysv copies {:.2} times as fast as posix ({low:.2} to {high:.2})",
                beside.ratio
            )
        } else {
            format!(
                "bandwidth of sysv and posix: no difference seen (ratio {:.2}, {low:.2} to {high:.2})",
                beside.ratio
            )
        };
        wrap(out, "", "  ", &text);
    }
    if document.rows.iter().any(|row| row.cells.values().any(is_left_out)) {
        wrap(out, "", "  ", &escape(&format!("crate: {LEFT_OUT}")));
    }
    for row in &document.rows {
        // What is the same for all, or usual, needs no line.
        if row.section != Section::Semantics || row.id.starts_with("full-by") {
            continue;
        }
        let reasons = row.cells.iter().filter_map(|(column, cell)| {
            let usual = |why: &&str| why.starts_with("it has no name") || is_left_out(cell);
            let why = cell.why.as_deref().filter(|why| !usual(why))?;
            Some((why, column.word()))
        });
        for (why, columns) in grouped(reasons) {
            let text = format!("{} ({}): {why}", row.title, columns.join(", "));
            wrap(out, "", "  ", &escape(&text));
        }
    }
}

/// The tables of a README, with what each cell means behind it.
pub fn markdown(document: &CompareDocument) -> String {
    let kernel = escape(&document.kernel);
    let mut out = format!("Shared memory on Linux {kernel}, as probed there.\n");
    for (section, rows) in sections(document) {
        let mut table = Table::new();
        table.load_style(presets::ASCII_MARKDOWN);
        let mut head = vec![heading(section).to_owned()];
        head.extend(Column::ALL.iter().map(|column| column.word().to_owned()));
        table.set_header(head);
        for row in rows {
            let mut line = vec![row.title.clone()];
            line.extend(cells(row, |cell| escape(&cell.said)));
            table.add_row(line);
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let _ = writeln!(out, "\n{table}");
    }
    notes(&mut out, document, escape);
    out
}
