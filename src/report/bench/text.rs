//! The bench document as a person reads it: the kinds beside each other. Pure.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use super::{BenchDocument, Figure, Percentiles, Quota};
use crate::bench::{Case, Test, Unit};
use crate::capacity::Kind;
use crate::report::grouped;
use crate::report::style::{self, BOLD, CARE, DIM, wrap};
use crate::stats::rounded;
use crate::units::{Bytes, time};

/// The word for a unit.
pub(crate) const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Rate => "GiB/s",
        Unit::Time => "ns",
        Unit::Messages => "msg/s",
    }
}

/// The figures of one test, op, size and number of processes: a line of a table.
struct Line<'a> {
    case: &'a Case,
    figures: Vec<&'a Figure>,
}

impl Line<'_> {
    /// Of the first kind that was measured.
    fn percentiles(&self) -> Option<Percentiles> {
        self.figures.first().and_then(|figure| figure.percentiles)
    }
}

fn lines(document: &BenchDocument, test: Test) -> Vec<Line<'_>> {
    let figures = document.results.iter().filter(|figure| figure.case.test == test);
    let lines = grouped(figures.map(|figure| (&figure.case, figure)));
    lines.into_iter().map(|(case, figures)| Line { case, figures }).collect()
}

fn kinds(document: &BenchDocument) -> Vec<Kind> {
    let has = |kind: &Kind| document.results.iter().any(|figure| figure.kind == *kind);
    Kind::ALL.into_iter().filter(has).collect()
}

/// Three digits of a figure, with what is usual before its unit.
fn amount(figure: &Figure) -> String {
    let median = figure.summary.median;
    let digits = |x: f64| match x {
        x if x >= 100.0 => format!("{x:.0}"),
        x if x >= 10.0 => format!("{x:.1}"),
        x => format!("{x:.2}"),
    };
    match figure.unit {
        Unit::Rate => digits(median),
        Unit::Messages if median >= 1e6 => format!("{} M", digits(median / 1e6)),
        Unit::Messages => format!("{} k", digits(median / 1e3)),
        Unit::Time => time(rounded(median)),
    }
}

fn cell(line: &Line<'_>, kind: Kind) -> String {
    let figure = line.figures.iter().find(|figure| figure.kind == kind);
    figure.map_or_else(
        || "-".to_owned(),
        |figure| {
            let mark = if figure.summary.spread() > super::WIDE { "~" } else { "" };
            format!("{mark}{}", amount(figure))
        },
    )
}

const fn title(test: Test) -> &'static str {
    match test {
        Test::Bandwidth => "bandwidth, GiB/s (-nt: non-temporal stores)",
        Test::Fault => "first touch of a page",
        Test::PingPong => "ping-pong, one round trip",
        Test::Ring => {
            "ring, messages per second (p99: of a message under that load; 64B-latency: at \
             100,000 per second)"
        }
        Test::Lifecycle => "life of a 64 KiB segment",
    }
}

fn head(test: Test) -> &'static [&'static str] {
    match test {
        Test::Bandwidth => &["op", "memory", "procs"],
        _ => &["op"],
    }
}

fn row(test: Test, line: &Line<'_>) -> Vec<String> {
    let case = line.case;
    match test {
        Test::Bandwidth => {
            vec![case.op.clone(), Bytes(case.bytes).to_string(), case.procs.to_string()]
        }
        _ => vec![case.op.clone()],
    }
}

/// A table of one test; the slowest 1 in 100 of the first kind that was timed stands last.
fn table(document: &BenchDocument, test: Test) -> Option<Table> {
    let lines = lines(document, test);
    let kinds = kinds(document);
    if lines.is_empty() {
        return None;
    }
    let timed = lines.iter().any(|line| line.percentiles().is_some());
    let mut table = Table::new();
    let mut heads: Vec<String> = head(test).iter().map(|word| (*word).to_owned()).collect();
    heads.extend(kinds.iter().map(|kind| kind.word().to_owned()));
    let first = kinds.first().map_or("", |kind| kind.word());
    heads.extend(timed.then(|| format!("{first} p99")));
    table.set_header(heads);
    for line in &lines {
        let mut cells = row(test, line);
        cells.extend(kinds.iter().map(|kind| cell(line, *kind)));
        if timed {
            let slow = line.percentiles().map(|percentiles| time(percentiles.p99));
            cells.push(slow.unwrap_or_default());
        }
        table.add_row(cells);
    }
    let columns = head(test).len();
    for column in table.column_iter_mut().skip(columns.min(1)) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    Some(table)
}

/// What stands for the rest in few lines: of bandwidth the largest memory, one process.
const MAIN: [(Test, &str, &str); 7] = [
    (Test::Bandwidth, "copy", "copy, GiB/s"),
    (Test::Bandwidth, "read", "read, GiB/s"),
    (Test::Fault, "page", "first touch of a page"),
    (Test::PingPong, "spin", "round trip, spinning"),
    (Test::PingPong, "futex", "round trip, sleeping"),
    (Test::Ring, "64B-backoff", "messages of 64 B per second"),
    (Test::Lifecycle, "whole", "life of a 64 KiB segment"),
];

/// The main figures; `None` where there are none.
pub(crate) fn short(document: &BenchDocument) -> Option<Table> {
    let kinds = kinds(document);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let mut heads = vec!["bench (medians)"];
    heads.extend(kinds.iter().map(|kind| kind.word()));
    table.set_header(heads);
    for (test, op, title) in MAIN {
        let lines = lines(document, test);
        let same = |line: &&Line<'_>| {
            line.case.op == op && (test != Test::Bandwidth || line.case.procs == 1)
        };
        let Some(line) = lines.iter().filter(same).max_by_key(|line| line.case.bytes) else {
            continue;
        };
        let mut cells = vec![title.to_owned()];
        cells.extend(kinds.iter().map(|kind| cell(line, *kind)));
        table.add_row(cells);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    (!table.is_empty()).then_some(table)
}

/// The report that a person reads.
pub fn render(document: &BenchDocument) -> String {
    let mut out = String::new();
    environment(&mut out, document);
    for test in Test::ALL {
        let Some(mut table) = table(document, test) else { continue };
        table.load_style(presets::NOTHING);
        let _ = writeln!(out, "\n{BOLD}{}{BOLD:#}", title(test));
        style::table(&mut out, "  ", DIM, &table);
    }
    notes(&mut out, document);
    out
}

fn environment(out: &mut String, document: &BenchDocument) {
    let e = &document.environment;
    let cpus: Vec<String> = e.cpus.iter().map(usize::to_string).collect();
    let mut text = format!("{}, CPU {}", e.cpu, cpus.join(" and "));
    if let Some(near) = e.near {
        let _ = write!(text, ": {}", near.words());
    }
    if let (Some(second), Some(last)) = (e.l2_bytes, e.last_cache_bytes) {
        let _ = write!(text, "; L2 {second}, last cache {last}");
    }
    if let Some(kinds) = &e.core_kinds {
        let _ = write!(text, "; kinds of cores: {}", kinds.join(" and "));
    }
    // A machine with one node has node 0.
    if let Some(nodes) = e.memory_nodes.as_deref().filter(|nodes| *nodes != [0]) {
        let nodes: Vec<String> = nodes.iter().map(u32::to_string).collect();
        let _ = write!(text, "; memory of node {}", nodes.join(" and "));
    }
    let _ = write!(text, "; Linux {}", e.kernel);
    if e.guest {
        text.push_str(", a virtual machine");
    }
    wrap(out, "", "  ", &text);
    let clock = format!(
        "{} rounds; medians; reading the clock adds {} ns to a timed event ({})",
        e.rounds, e.clock_overhead_ns, e.clock
    );
    wrap(out, "", "  ", &clock);
    let who = match e.cpu_quota_millis {
        Quota::Unlimited => "other work",
        Quota::Millis(_) => "other work, or the CPU quota,",
    };
    let lost = format!(
        "in loops of 10 ms before each kind, {who} had a CPU for {} % of the time, at most {} at once",
        e.lost_percent,
        time(rounded(e.longest_pause_ns))
    );
    wrap(out, "", "  ", &lost);
}

/// Where kinds differ, what is missing, what to beware of.
fn notes(out: &mut String, document: &BenchDocument) {
    let _ = writeln!(out);
    for line in differences(document) {
        wrap(out, "", "  ", &line);
    }
    let without = document.without.iter();
    let without = without.map(|one| ((one.test, &one.op, &one.why), one.kind.word()));
    for ((test, op, why), kinds) in grouped(without) {
        wrap(out, "", "  ", &format!("{} {op} ({}): {why}", test.word(), kinds.join(", ")));
    }
    for warning in &document.warnings {
        let mut text = String::new();
        wrap(&mut text, "warning: ", "  ", warning);
        let _ = write!(out, "{CARE}{}{CARE:#}", text.trim_end());
        let _ = writeln!(out);
    }
}

/// What is said of each kind beside posix.
fn differences(document: &BenchDocument) -> Vec<String> {
    let mut said = Vec::new();
    for kind in kinds(document).into_iter().filter(|kind| *kind != Kind::Posix) {
        let all: Vec<_> = document
            .compared
            .iter()
            .filter(|one| one.kind == kind && one.case.test != Test::Lifecycle)
            .collect();
        if all.is_empty() {
            continue;
        }
        let mut differ: Vec<_> = all.iter().filter(|one| one.differs).collect();
        differ.sort_by(|a, b| (b.ratio - 1.0).abs().total_cmp(&(a.ratio - 1.0).abs()));
        let most: Vec<String> = differ
            .iter()
            .take(3)
            .map(|one| {
                format!(
                    "{} {} x{:.2} ({:.2} to {:.2})",
                    one.case.test.word(),
                    one.case.op,
                    one.ratio,
                    one.ci95[0],
                    one.ci95[1]
                )
            })
            .collect();
        let tail =
            if most.is_empty() { String::new() } else { format!("; most: {}", most.join(", ")) };
        said.push(format!(
            "{} compared with posix: no difference seen in {} of {} figures{tail}",
            kind.word(),
            all.len().saturating_sub(differ.len()),
            all.len()
        ));
    }
    said
}

/// The tables of a README.
pub fn markdown(document: &BenchDocument) -> String {
    let mut out = String::new();
    environment(&mut out, document);
    for test in Test::ALL {
        let Some(mut table) = table(document, test) else { continue };
        table.load_style(presets::ASCII_MARKDOWN);
        let _ = writeln!(out, "\n**{}**\n\n{table}", title(test));
    }
    notes(&mut out, document);
    anstream::adapter::strip_str(&out).to_string()
}
