//! For a terminal: 80 columns, the answer first. What is folded in a page is left out.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Width, presets};

use super::blocks::{Block, Cell, GroupBlock, Mark, Table, Tone};
use super::sheet;
use crate::plain::{fit, plain};
use crate::report::style::{BAD, BOLD, CARE, DIM, GOOD, WIDTH, wrap};
use crate::runs::Runs;
use crate::runs::changes::{Change, Changes, Trend};

/// Columns of a table, with a blank before it.
const WIDE: u16 = 79;

/// Columns of a table that can be read here; wider ones are for pages.
const COLUMNS: usize = 8;

pub fn render(runs: &Runs) -> String {
    let mut out = String::new();
    for block in &sheet::of(runs) {
        self::block(&mut out, block);
    }
    out
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Answer { title, headline, tone, badge } => {
            answer(out, title, headline, *tone, badge)
        }
        Block::Rows(rows) => self::rows(out, rows),
        Block::Table(table) => self::table(out, table),
        Block::Changes { title, changes } => self::changes(out, title, changes),
        Block::Finding { severity, id, message, fix } => {
            finding(out, severity, id, message, fix.as_deref());
        }
        Block::Groups(groups, total) => groups.iter().for_each(|one| group(out, one, *total)),
        Block::Heading(text) => {
            let _ = writeln!(out, "\n{BOLD}{}{BOLD:#}", plain(text));
        }
        Block::Note(text) => wrap(out, "", "  ", text),
        Block::Charts(..) | Block::Fold(..) => {}
    }
}

const fn style(tone: Tone) -> anstyle::Style {
    match tone {
        Tone::Good => GOOD,
        Tone::Care => CARE,
        Tone::Bad => BAD,
        Tone::Plain => BOLD,
    }
}

fn answer(out: &mut String, title: &str, headline: &str, tone: Tone, badge: &str) {
    let badge = if badge.is_empty() { String::new() } else { format!(" ({})", plain(badge)) };
    let said = plain(headline);
    let taken = said.chars().count().saturating_add(badge.chars().count()).saturating_add(2);
    /// Columns of a title that is still told from others.
    const TITLE: usize = 12;
    if taken.saturating_add(title.chars().count().min(TITLE)) > WIDTH {
        let _ = writeln!(out, "{BOLD}{}{BOLD:#}:", fit(title, WIDTH.saturating_sub(1)));
        return wrap(out, "  ", "  ", &format!("{headline}{badge}"));
    }
    let title = fit(title, WIDTH.saturating_sub(taken).max(TITLE));
    let style = style(tone);
    let _ = writeln!(out, "{BOLD}{title}{BOLD:#}: {style}{said}{style:#}{badge}");
}

fn rows(out: &mut String, rows: &[(String, String)]) {
    let width = width(rows.iter().map(|(name, _)| name));
    for (name, said) in rows {
        let name = fit(name, width);
        let first = format!("  {name:<width$} ");
        wrap(out, &first, &" ".repeat(width.saturating_add(3)), said);
    }
}

/// Columns of names before what is said of them.
fn width<'a>(names: impl Iterator<Item = &'a String>) -> usize {
    names.map(|name| name.chars().count()).fold(10, usize::max).min(32)
}

fn table(out: &mut String, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    if table.head.len() > COLUMNS || widths(table).is_empty() && table.head.len() > 5 {
        let what = if table.title.is_empty() { "a table" } else { &table.title };
        let wide = format!("{what}: too wide for text; use --format html or markdown");
        let _ = writeln!(out);
        return wrap(out, "", "  ", &wide);
    }
    let _ = writeln!(out);
    if !table.title.is_empty() {
        let _ = writeln!(out, "{BOLD}{}{BOLD:#}", plain(&table.title));
    }
    let mut cells = comfy_table::Table::new();
    cells.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    cells.set_width(WIDE);
    cells.set_header(table.head.iter().map(|head| plain(head).into_owned()));
    let mut marked = false;
    for row in &table.rows {
        cells.add_row(row.iter().map(|cell| {
            marked |= cell.mark == Mark::Odd;
            let mark = if cell.mark == Mark::Odd { "*" } else { "" };
            format!("{mark}{}", plain(&cell.text))
        }));
    }
    lay_out(&mut cells, &widths(table));
    for (at, line) in cells.to_string().lines().enumerate() {
        let line = line.trim_end();
        let _ = if at == 0 { writeln!(out, "{DIM}{line}{DIM:#}") } else { writeln!(out, "{line}") };
    }
    if marked {
        let _ = writeln!(out, "{DIM}  *: differs from most{DIM:#}");
    }
}

/// So many figures that did not change are listed.
const FEW: usize = 8;

/// A line a figure.
fn changes(out: &mut String, title: &str, changes: &Changes) {
    let _ = writeln!(out, "\n{BOLD}{}{BOLD:#}", plain(title));
    let noise = changes.count(Trend::Noise);
    let is_long = noise > FEW;
    let told = |change: &&Change| !is_long || change.trend() != Trend::Noise;
    for change in changes.figures.iter().filter(told) {
        let (values, times) = (change.values(), change.times());
        let line = format!("{}: {values}, {times}, {}", change.name, change.trend().words());
        let style = match change.trend() {
            Trend::Faster => GOOD,
            Trend::Slower => BAD,
            Trend::Unsure | Trend::Noise | Trend::Unknown => anstyle::Style::new(),
        };
        let mut wrapped = String::new();
        wrap(&mut wrapped, "  ", "    ", &line);
        let _ = writeln!(out, "{style}{}{style:#}", wrapped.trim_end());
    }
    if is_long {
        let _ = writeln!(out, "  {noise} more are within noise: --format json has them");
    }
}

fn lay_out(cells: &mut comfy_table::Table, widths: &[u16]) {
    for (at, column) in cells.column_iter_mut().enumerate() {
        column.set_padding((1, 0));
        if at > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
        if let Some(width) = widths.get(at) {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(*width)));
        }
    }
}

/// Whether heads are broken between their words.
#[derive(Clone, Copy)]
enum Heads {
    Whole,
    Broken,
}

/// The columns' widths, where the first one alone has to give way; else none. Heads are broken
/// between their words where that helps.
fn widths(table: &Table) -> Vec<u16> {
    [Heads::Whole, Heads::Broken]
        .into_iter()
        .map(|heads| natural(table, heads))
        .find_map(fitted)
        .unwrap_or_default()
}

/// Each column as wide as its longest cell.
fn natural(table: &Table, heads: Heads) -> Vec<u16> {
    let count = |text: &str| u16::try_from(text.chars().count()).unwrap_or(u16::MAX);
    let head = |text: &str| match heads {
        Heads::Whole => count(text),
        Heads::Broken => text.split(' ').map(count).max().unwrap_or(0),
    };
    let marked = |cell: &Cell| count(&cell.text).saturating_add(u16::from(cell.mark == Mark::Odd));
    let column = |(at, text): (usize, &String)| {
        let cells = table.rows.iter().filter_map(|row| row.get(at));
        cells.map(marked).fold(head(text), u16::max).saturating_add(1)
    };
    table.head.iter().enumerate().map(column).collect()
}

fn fitted(mut widths: Vec<u16>) -> Option<Vec<u16>> {
    let others = widths.iter().skip(1).fold(0_u16, |sum, width| sum.saturating_add(*width));
    let left = WIDE.saturating_sub(others);
    let first = widths.first_mut()?;
    let enough = *first <= left || left >= 10;
    *first = (*first).min(left);
    enough.then_some(widths)
}

fn finding(out: &mut String, severity: &str, id: &str, message: &str, fix: Option<&str>) {
    let style = match severity {
        "fail" => BAD,
        "warn" => CARE,
        _ => BOLD,
    };
    let (severity, id) = (fit(severity, 10), fit(id, 60));
    let _ = writeln!(out, "\n{style}{severity:<5}{style:#} {BOLD}{id}{BOLD:#}");
    wrap(out, "      ", "      ", message);
    for (at, line) in fix.iter().flat_map(|fix| fix.lines()).enumerate() {
        // To be pasted, so it is not broken into lines.
        let _ = writeln!(out, "{}{}", if at == 0 { " fix: " } else { "      " }, plain(line));
    }
}

fn group(out: &mut String, group: &GroupBlock, total: usize) {
    let _ = writeln!(out);
    let first = format!("{BOLD}{} of {total}{BOLD:#}", group.count);
    wrap(out, "", "  ", &format!("{} of {total}: {}", group.count, group.names));
    let head = format!("{} of {total}", group.count);
    if let Some(at) = out.rfind(&head) {
        out.replace_range(at..at.saturating_add(head.len()), &first);
    }
    let width = width(group.values.iter().map(|(id, ..)| id));
    for (id, value, usual) in &group.values {
        let id = fit(id, width);
        let (mark, most) = match usual {
            Some(usual) => ("*", format!(" (most: {usual})")),
            None => (" ", String::new()),
        };
        let first = format!("  {mark} {id:<width$} ");
        wrap(out, &first, &" ".repeat(width.saturating_add(5)), &format!("{value}{most}"));
    }
}
