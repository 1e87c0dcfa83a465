//! `--format openmetrics` is OpenMetrics text, and says what the JSON says.

use std::collections::{HashMap, HashSet};

use crate::common;
use shmeter::capacity::assess;
use shmeter::facts::Reading;
use shmeter::probe::{Target, gather};
use shmeter::report::inspect::{Document, openmetrics};
use shmeter::units::Limit;

/// One sample: name, labels, value.
type Sample = (String, HashMap<String, String>, f64);

/// Reads a sample as the OpenMetrics text format defines it (a gauge, no timestamp, no exemplar).
fn sample(line: &str) -> Sample {
    let (name, rest) = line.split_once('{').unwrap_or_else(|| panic!("no labels: {line}"));
    assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{line}");
    let mut labels = HashMap::new();
    let mut rest = rest;
    loop {
        let (label, value) = rest.split_once("=\"").unwrap();
        let mut text = String::new();
        let mut chars = value.chars();
        loop {
            match chars.next().unwrap() {
                '"' => break,
                '\\' => text.push(match chars.next().unwrap() {
                    'n' => '\n',
                    c @ ('\\' | '"') => c,
                    c => panic!("\\{c} is no escape: {line}"),
                }),
                '\n' => panic!("a line break in a label: {line}"),
                c => text.push(c),
            }
        }
        assert!(labels.insert(label.to_owned(), text).is_none(), "{label} twice: {line}");
        let after = chars.as_str();
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None => {
                let value = after.strip_prefix("} ").unwrap_or_else(|| panic!("{line}"));
                let value = if value == "+Inf" { f64::INFINITY } else { value.parse().unwrap() };
                return (name.to_owned(), labels, value);
            }
        }
    }
}

/// Reads a whole exposition, and holds it to the format's rules.
fn parse(text: &str) -> Vec<Sample> {
    let body = text.strip_suffix("# EOF\n").expect("it ends with EOF");
    let (mut family, mut types, mut units) = (String::new(), HashSet::new(), HashMap::new());
    let mut seen = HashSet::new();
    let mut samples = Vec::new();
    for line in body.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (what, name, rest) =
                (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
            family = name.to_owned();
            match what {
                "TYPE" => assert!(rest == "gauge" && types.insert(family.clone()), "{line}"),
                "UNIT" => {
                    assert!(name.ends_with(&format!("_{rest}")), "{line}");
                    units.insert(family.clone(), rest.to_owned());
                }
                "HELP" => assert!(!rest.is_empty()),
                other => panic!("{other} is no comment of the format"),
            }
        } else {
            let (name, labels, value) = sample(line);
            assert_eq!(name, family, "samples stand below their family");
            assert!(types.contains(&name), "{name} has no type");
            let mut key: Vec<_> = labels.iter().map(|(a, b)| (a.clone(), b.clone())).collect();
            key.sort();
            assert!(seen.insert((name.clone(), key)), "twice: {line}");
            samples.push((name, labels, value));
        }
    }
    samples
}

#[test]
fn every_capture_gives_valid_openmetrics_that_agree_with_its_document() {
    for case in common::cases() {
        let facts = gather(&common::capture(&case), &Target::default()).unwrap();
        let document = Document::new(&facts, &assess(&facts), &Default::default());
        let samples = parse(&openmetrics::render(&document));
        for (kind, segment) in document.segments.each() {
            let of_kind = |name: &str| {
                let of = |s: &&Sample| s.0 == name && s.1.get("kind").unwrap() == kind.word();
                samples.iter().filter(of).map(|s| (s.1.clone(), s.2)).collect::<Vec<_>>()
            };
            let available = of_kind("shmeter_available_bytes");
            let wanted = segment.available_bytes.map(|bytes| bytes.0 as f64);
            assert_eq!(available.first().map(|(_, value)| *value), wanted, "{case} {kind:?}");
            let known =
                |c: &&shmeter::report::inspect::CeilingRow| matches!(c.limit.0, Reading::Known(_));
            let ceilings: Vec<_> = segment.ceilings.iter().filter(known).collect();
            let limits = of_kind("shmeter_limit");
            assert_eq!(limits.len(), ceilings.len(), "{case} {kind:?}");
            for ceiling in ceilings {
                let value = limits.iter().find(|(labels, _)| {
                    labels.get("ceiling").unwrap() == ceiling.source.word()
                        && *labels.get("origin").unwrap() == ceiling.origin
                });
                let wanted = match ceiling.limit.0 {
                    Reading::Known(Limit::At(bytes)) => bytes.0 as f64,
                    _ => f64::INFINITY,
                };
                assert_eq!(value.map(|(_, value)| *value), Some(wanted), "{case} {ceiling:?}");
            }
        }
    }
}

#[test]
fn hostile_names_stay_inside_of_their_labels() {
    let mut capture = common::capture("vm-v2-max256-shm64");
    let hostile = "/dev/\"shm\\\n# EOF\n";
    capture.statfs.insert(hostile.to_owned(), capture.statfs["/dev/shm"]);
    let facts = gather(&capture, &Target { pid: None, path: hostile.to_owned() }).unwrap();
    let document = Document::new(&facts, &assess(&facts), &Default::default());
    let samples = parse(&openmetrics::render(&document));
    // What steers a terminal is told by its escape.
    let plain = hostile.replace('\n', "\\n");
    for (_, labels, _) in samples {
        assert_eq!(labels["mount"], plain);
    }
}
