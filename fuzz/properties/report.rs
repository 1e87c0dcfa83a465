//! Logs, journals and documents: what report makes of them.

use std::io::BufReader;

use serde_json::Value;
use shmeter::cli::{ChartChoice, ReportFormat};
use shmeter::command::{Code, report_runs, runs_of};
use shmeter::runs::{Runs, reader};

use super::{growth, shown};

const NAME: &str = "log";

/// The lines of another writer in the same log, and how they are marked.
const OTHER: &str = include_str!("other.jsonl");
const MARK: &str = "[pod/other-1/shmeter] ";

/// Of more runs than this only what is compared is kept, so that a run more changes what is told of the others.
const FEW: usize = 20;

pub fn hold(data: &[u8]) {
    let runs = reader::read(NAME, data);
    renders(&runs);
    // In pieces, as a pipe gives them, it is the same.
    let in_pieces = runs_of(NAME, BufReader::with_capacity(7, data)).unwrap();
    assert_eq!(in_pieces, runs, "read in pieces");
    let whole = Told::of(&runs);
    if runs.runs.len() <= FEW {
        among_others(data, &whole);
        in_parts(data);
    }
    if growth::is_measured(data, 256) {
        grows(&String::from_utf8_lossy(data));
    }
}

const FORMATS: [ReportFormat; 5] = [
    ReportFormat::Text,
    ReportFormat::Markdown,
    ReportFormat::Html,
    ReportFormat::Csv,
    ReportFormat::Json,
];

const CHARTS: [Option<ChartChoice>; 6] = [
    None,
    Some(ChartChoice::Ladder),
    Some(ChartChoice::Changes),
    Some(ChartChoice::Kinds),
    Some(ChartChoice::Latency),
    Some(ChartChoice::Course),
];

fn renders(runs: &Runs) {
    for format in FORMATS {
        let text = report_runs(runs, format, None).unwrap_or_else(|failure| panic!("{failure}"));
        match format {
            ReportFormat::Text => shown::fits_a_terminal(&shown::without_styles(&text)),
            ReportFormat::Markdown => shown::markdown(&text),
            ReportFormat::Html => shown::html(&text),
            ReportFormat::Csv => {
                assert_eq!(shown::csv(&text), runs.runs.len() + 1, "a row a run, and their names");
            }
            ReportFormat::Json => {
                let document = shown::json(&text);
                let rows = document["runs"].as_array().map(Vec::len);
                assert_eq!(rows, Some(runs.runs.len()), "a row a run");
            }
            ReportFormat::Svg => {}
        }
    }
    for chart in CHARTS {
        match report_runs(runs, ReportFormat::Svg, chart) {
            Ok(text) => {
                shown::html(&text);
                assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
            }
            Err(failure) => {
                shown::is_one_line(&failure.to_string());
                assert_eq!(failure.code, Code::CannotTell);
            }
        }
    }
}

/// What is told of runs apart from their names.
#[derive(Debug, PartialEq)]
struct Told {
    facts: Vec<Value>,
    other_lines: u64,
}

impl Told {
    fn of(runs: &Runs) -> Told {
        Told::where_(runs, |_| true)
    }

    /// Of runs from a source.
    fn where_(runs: &Runs, of: impl Fn(&str) -> bool) -> Told {
        let text = report_runs(runs, ReportFormat::Json, None).unwrap();
        let mut document: Value = serde_json::from_str(&text).unwrap();
        let rows = document["runs"].as_array_mut().map(std::mem::take).unwrap_or_default();
        let ours = rows.into_iter().filter(|row| of(row["file"].as_str().unwrap_or_default()));
        let facts = ours.map(|mut row| row["facts"].take()).collect();
        Told { facts, other_lines: runs.other_lines }
    }
}

/// Without their ends.
fn lines(data: &[u8]) -> Vec<&[u8]> {
    let lines = data.split_inclusive(|byte| *byte == b'\n');
    lines.map(|line| line.strip_suffix(b"\n").unwrap_or(line)).collect()
}

/// With the lines of another writer in between, both tell what they tell alone.
fn among_others(data: &[u8], whole: &Told) {
    if String::from_utf8_lossy(data).contains("other-1") {
        return;
    }
    let marked: Vec<String> = OTHER.lines().map(|line| format!("{MARK}{line}")).collect();
    let alone = Told::of(&reader::read(NAME, marked.join("\n").as_bytes()));
    let mut others = marked.iter();
    let mut mixed: Vec<u8> = Vec::new();
    for line in lines(data) {
        if let Some(other) = others.next() {
            mixed.extend_from_slice(other.as_bytes());
            mixed.push(b'\n');
        }
        mixed.extend_from_slice(line);
        mixed.push(b'\n');
    }
    for other in others {
        mixed.extend_from_slice(other.as_bytes());
        mixed.push(b'\n');
    }
    let mixed = reader::read(NAME, &mixed);
    let is_other = |source: &str| source.contains("other-1");
    assert_eq!(Told::where_(&mixed, is_other).facts, alone.facts, "the other writer's runs");
    let ours = Told::where_(&mixed, |source| !is_other(source));
    assert_eq!(ours, *whole, "the runs among those of another writer");
}

/// Lines that a container runtime cuts into parts tell what they tell as a whole.
fn in_parts(data: &[u8]) {
    let written = |cut: Option<usize>| {
        let mut out: Vec<u8> = Vec::new();
        for line in lines(data) {
            let at = cut.map_or(0, |cut| line.len() * cut / 8);
            // A line end before the cut would be taken for that of the part.
            let at = if line[..at].ends_with(b"\r") { 0 } else { at };
            if at > 0 {
                out.extend_from_slice(b"stdout P ");
                out.extend_from_slice(&line[..at]);
                out.push(b'\n');
            }
            out.extend_from_slice(b"stdout F ");
            out.extend_from_slice(&line[at..]);
            out.push(b'\n');
        }
        Told::of(&reader::read(NAME, &out))
    };
    let whole = written(None);
    let cut = 1 + growth::number(data) % 7;
    assert_eq!(written(Some(cut)), whole, "cut at {cut} of 8");
}

/// The same text over and over, of one writer and of one more each time.
fn grows(text: &str) {
    let read = |text: &String| {
        let runs = reader::read(NAME, text.as_bytes());
        for format in FORMATS {
            drop(report_runs(&runs, format, None));
        }
    };
    growth::is_linear("one writer", |bytes| growth::repeated(&format!("{text}\n"), bytes), read);
    let of_many = |bytes: usize| {
        let mut out = String::new();
        let mut writer = 0_u32;
        while out.len() < bytes {
            for line in text.lines() {
                out.push_str(&format!("[pod/w-{writer}/c] {line}\n"));
            }
            if text.is_empty() {
                break;
            }
            writer += 1;
        }
        out
    };
    growth::is_linear("many writers", of_many, read);
    // Each line over and over, as in a document over lines that never ends.
    let count = text.lines().count().max(1);
    let each = |bytes: usize| {
        let lines = text.lines().map(|line| growth::repeated(&format!("{line}\n"), bytes / count));
        lines.collect::<String>()
    };
    growth::is_linear("each line", each, read);
    let one_line = text.replace(['\n', '\r'], " ");
    growth::is_linear("one line", |bytes| growth::repeated(&one_line, bytes), read);
}
