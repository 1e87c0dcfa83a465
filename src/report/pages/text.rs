//! For a terminal: 80 columns, the answer first. What is folded in a page is left out.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, presets};

use super::sheet::{self, Block, GroupBlock, Table};
use super::words::Tone;
use crate::report::runs::Runs;
use crate::report::style::{BAD, BOLD, CARE, DIM, GOOD, WIDTH, fit, plain, wrap};

/// The report.
#[must_use]
pub fn render(runs: &Runs) -> String {
    let mut out = String::new();
    for block in &sheet::of(runs) {
        self::block(&mut out, block);
    }
    out
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Answer { title, headline, tone, badge } => answer(out, title, headline, *tone, badge),
        Block::Rows(rows) => rows.iter().for_each(|(name, said)| row(out, name, said)),
        Block::Table(table) => self::table(out, table),
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
    let badge = if badge.is_empty() { String::new() } else { format!(" ({badge})") };
    let said = plain(headline);
    let taken = said.chars().count().saturating_add(badge.chars().count()).saturating_add(2);
    let title = fit(title, WIDTH.saturating_sub(taken).max(12));
    let style = style(tone);
    let _ = writeln!(out, "{BOLD}{title}{BOLD:#}: {style}{said}{style:#}{}", plain(&badge));
}

fn row(out: &mut String, name: &str, said: &str) {
    let name = fit(name, 30);
    let first = format!("  {name:<10} ");
    wrap(out, &first, "             ", said);
}

fn table(out: &mut String, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    let _ = writeln!(out);
    if !table.title.is_empty() {
        let _ = writeln!(out, "{BOLD}{}{BOLD:#}", plain(&table.title));
    }
    let mut cells = comfy_table::Table::new();
    cells.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    cells.set_width(78);
    cells.set_header(table.head.iter().map(|head| plain(head).into_owned()));
    let mut marked = false;
    for row in &table.rows {
        cells.add_row(row.iter().map(|cell| {
            marked |= cell.differs;
            let mark = if cell.differs { "*" } else { "" };
            format!("{mark}{}", plain(&cell.text))
        }));
    }
    for column in cells.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for (at, line) in cells.to_string().lines().enumerate() {
        let line = line.trim_end();
        let _ = if at == 0 {
            writeln!(out, "{DIM} {line}{DIM:#}")
        } else {
            writeln!(out, " {line}")
        };
    }
    if marked {
        let _ = writeln!(out, "{DIM}  *: not what most have{DIM:#}");
    }
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
    for (id, value, usual) in &group.values {
        let id = fit(id, 32);
        match usual {
            Some(usual) => {
                wrap(out, &format!("  * {id:<20} "), "      ", &format!("{value} (most: {usual})"));
            }
            None if group.count.saturating_mul(2) > total => {
                wrap(out, &format!("    {id:<20} "), "      ", value);
            }
            None => {}
        }
    }
}
