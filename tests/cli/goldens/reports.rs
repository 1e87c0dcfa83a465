//! What a report says of kept documents and journals, in each of its forms.

use super::kept::Transcript;

const FORMS: [&str; 11] = [
    "text",
    "markdown",
    "csv",
    "json",
    "html",
    "svg",
    "svg --chart ladder",
    "svg --chart course",
    "svg --chart latency",
    "svg --chart kinds",
    "svg --chart changes",
];

/// Kept under which name, and of which files.
pub const CASES: [(&str, &str); 10] = [
    ("reports/fill-a", "tests/reports/fill-a.jsonl"),
    ("reports/inspect-c", "tests/reports/inspect-c.json"),
    ("reports/run-a", "tests/reports/run-a.jsonl"),
    ("reports/run-b", "tests/reports/run-b.jsonl"),
    ("reports/run-c", "tests/reports/run-c.jsonl"),
    ("reports/run-docker", "tests/journals/run-docker.jsonl"),
    ("reports/watch-unfinished", "tests/journals/watch-unfinished.jsonl"),
    ("reports/beside", "tests/reports/run-a.jsonl tests/reports/fill-a.jsonl"),
    ("reports/benches", "tests/benches/before.json tests/benches/after.json"),
    ("reports/folder", "tests/reports"),
];

pub const OTHERS: [&str; 1] = ["reports/stdin"];

#[test]
fn every_kept_document_is_told_as_it_was_in_each_form() {
    for (name, files) in CASES {
        let mut said = Transcript::default();
        for form in FORMS {
            said.run(&format!("report {files} --format {form}"));
        }
        said.check(name);
    }
}

fn fixture(file: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    std::fs::read_to_string(format!("{root}/tests/{file}")).unwrap()
}

#[test]
fn what_comes_on_stdin_cut_off_or_among_other_lines_is_told_as_it_was() {
    let mut said = Transcript::default();
    let fill = fixture("reports/fill-a.jsonl");
    let run = fixture("reports/run-a.jsonl");
    for (what, text) in [("a fill", &fill), ("a run", &run)] {
        for part in [1, 2, 3] {
            let cut = &text.as_bytes()[..text.len() * part / 4];
            let what = format!("{part} of 4 parts of {what}");
            said.run_with("report -", &what, cut);
            said.run_with("report - --format json", &what, cut);
        }
    }
    let prefixed: String = fill
        .lines()
        .map(|line| format!("[pod/a/shmeter] 2026-11-24T22:00:00.5Z {line}\nother: words\n"))
        .collect();
    said.run_with("report -", "a log of pods with other lines", prefixed.as_bytes());
    said.run_with("report - --format markdown", "a log of pods", prefixed.as_bytes());
    said.check("reports/stdin");
}
