//! Every writer, with names that attack whoever reads them.

use proptest::prelude::*;
use serde_json::Value;

use super::{csv, html, markdown, svg, text};
use crate::plain::steers;
use crate::report::charts::Chart;
use crate::runs::Runs;
use crate::runs::reader::Reader;

const DOCUMENTS: [&str; 3] = [
    include_str!("../../../tests/reports/run-a.jsonl"),
    include_str!("../../../tests/reports/run-c.jsonl"),
    include_str!("../../../tests/reports/fill-a.jsonl"),
];

/// What the machine, a pod or a person named.
const OTHERS: [&str; 14] = [
    "hostname",
    "node",
    "pod",
    "namespace",
    "container",
    "kernel",
    "cpu",
    "why",
    "message",
    "fix",
    "mount",
    "origin",
    "filesystem",
    "path",
];

/// `word` into every name and text of others.
fn spoil(value: &mut Value, word: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| spoil(item, word)),
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                if OTHERS.contains(&key.as_str()) && (field.is_string() || field.is_null()) {
                    *field = Value::from(word);
                }
                spoil(field, word);
            }
            if let Some(Value::Object(labels)) = fields.get_mut("labels") {
                labels.insert(word.to_owned(), Value::from(word));
            }
        }
        _ => {}
    }
}

fn spoiled(word: &str) -> Runs {
    let mut reader = Reader::default();
    for document in DOCUMENTS {
        reader.file(word);
        for line in document.lines() {
            let mut value: Value = serde_json::from_str(line).unwrap();
            spoil(&mut value, word);
            reader.line(value.to_string().as_bytes());
        }
    }
    reader.finish()
}

/// Each format's name and text.
fn written(runs: &Runs) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("text", without_styles(&text::render(runs))),
        ("markdown", markdown::render(runs)),
        ("html", html::render(runs)),
        ("csv", csv::render(runs).unwrap()),
    ];
    let charts = Chart::USUAL.iter().filter_map(|chart| svg::render(runs, &[*chart]));
    all.extend(charts.map(|chart| ("svg", chart)));
    all
}

/// Without what this program itself writes for a terminal.
fn without_styles(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        out.push_str(rest.strip_prefix('m').expect("another sequence than a style"));
    }
    out
}

/// No cell of it is a formula, whatever stands between cells.
fn has_no_formula(csv: &str) {
    let formula = |cell: &str| {
        cell.trim_start()
            .starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
    };
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    for record in reader.records() {
        for cell in record.unwrap().iter() {
            assert!(!cell.split(';').any(formula), "{cell:?}");
        }
    }
}

#[test]
fn names_that_attack_are_only_letters_in_every_format() {
    let all: String = (char::MIN..=char::MAX).filter(|c| steers(*c)).collect();
    for attack in [
        "\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}2J\r\u{202e}\u{2066}\u{61c}\u{2028}\u{2029}\u{85}\u{ad}\u{200b}\u{2060}\u{e0041}",
        "<img src=x onerror=alert(1)> <script>alert(1)</script> <!-- \" onload=x ]]> </svg>",
        "[x](javascript:alert(1)) ![x](https://evil.example/p.png) https://evil.example www.evil.example",
        "see @evil about #123 and owner/repo#1 | `@evil` | *@evil* $x$ :tada:",
        "=HYPERLINK(\"https://evil.example\") ;=1+1",
        " \u{a0}=1+1; \u{3000}\u{ff1d}1",
        "\t+1",
        "\u{ff20}SUM",
        "-1;@SUM",
        &all,
    ] {
        for (format, shown) in written(&spoiled(attack)) {
            assert!(!shown.contains(|c| c != '\n' && steers(c)), "{format}: {attack:?}");
            match format {
                "csv" => has_no_formula(&shown),
                "html" | "svg" => {
                    for tag in ["<img", "<script", "<!--", "<a ", " onload=x\"", "\" onload"] {
                        assert!(!shown.contains(tag), "{format}: {tag}");
                    }
                    assert!(
                        format == "svg"
                            || shown.matches("</svg>").count() == shown.matches("<svg").count()
                    );
                }
                "markdown" => {
                    // What is in a fence is for copying, and nothing in it is read.
                    let shown: String = shown.split("\n```").step_by(2).collect();
                    assert!(!shown.contains("<img") && !shown.contains("<script"), "{attack}");
                    for live in
                        ["@evil", "https://evil", "www.evil", "#123", "repo#1", ":tada:", "$x$"]
                    {
                        for (at, _) in shown.match_indices(live) {
                            let line = shown[..at].rsplit('\n').next().unwrap();
                            let marks = line.replace("\\`", "").matches('`').count();
                            assert!(
                                marks % 2 == 1
                                    || line
                                        .rsplit("<code>")
                                        .next()
                                        .is_some_and(|rest| rest.len() < line.len()
                                            && !rest.contains("</code>")),
                                "{live}: {line}"
                            );
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_name_reaches_a_reader_raw(word in prop::collection::vec(any::<char>(), 0..60)) {
        let word: String = word.into_iter().collect();
        for (format, shown) in written(&spoiled(&word)) {
            prop_assert!(!shown.contains(|c| c != '\n' && steers(c)), "{}", format);
            if format == "csv" {
                has_no_formula(&shown);
            }
        }
    }
}
