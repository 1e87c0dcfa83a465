//! The keys of documents that a live run makes, and the types of their values: figures, names and
//! limits are the machine's, these are not.
//!
//! A line of a kept file is a path and its types. Behind `?` stands what is not there everywhere:
//! such a mark, and types that were seen elsewhere, outlive a renewal and are taken out by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;

use serde_json::{Map, Value};

use super::kept;
use crate::traces::turn;

pub const NAMES: [&str; 8] = [
    "shapes/fill",
    "shapes/fill-journal",
    "shapes/compare",
    "shapes/bench",
    "shapes/run",
    "shapes/run-journal",
    "shapes/ls",
    "shapes/capture",
];

/// Objects whose keys are the machine's or the user's.
const MAPS: [&str; 8] = [
    "environment.labels",
    "capture:environment",
    "capture:files",
    "capture:folders",
    "capture:links",
    "capture:stat",
    "capture:statfs",
    "capture:unreadable",
];

/// Documents in documents: they have a file of their own, or depend on no run.
const WHOLE: [&str; 10] = [
    "run:bench",
    "run:compare",
    "run:fill[]",
    "run:inspect",
    "run-journal:after[].document",
    "run-journal:end[].document",
    "run-journal:progress[].line",
    "fill-journal:end[].document",
    "run-journal:start[].environment",
    "run-journal:start[].steps[]",
];

/// What a path may be, and whether it may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
struct Place {
    types: BTreeSet<String>,
    optional: bool,
}

type Shape = BTreeMap<String, Place>;

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn listed(list: &[&str], name: &str, path: &str) -> bool {
    list.contains(&path) || list.contains(&format!("{name}:{path}").as_str())
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Adds what `value` at `path` has; a key that not all objects of a path have is optional.
fn add(shape: &mut Shape, name: &str, path: &str, value: &Value) {
    let seen_before = shape.contains_key(path);
    shape.entry(path.to_owned()).or_default().types.insert(type_of(value).to_owned());
    if listed(&WHOLE, name, path) {
        return;
    }
    match value {
        Value::Array(values) => {
            values.iter().for_each(|value| add(shape, name, &format!("{path}[]"), value));
        }
        Value::Object(map) if listed(&MAPS, name, path) => {
            map.values().for_each(|value| add(shape, name, &below(path, "*"), value));
        }
        Value::Object(map) => {
            for (key, value) in map {
                let path = below(path, key);
                let new = !shape.contains_key(&path);
                add(shape, name, &path, value);
                shape.get_mut(&path).unwrap().optional |= new && seen_before;
            }
            let known: Vec<String> = children(shape, path).map(|(key, _)| key).collect();
            for key in known.iter().filter(|key| !map.contains_key(*key)) {
                shape.get_mut(&below(path, key)).unwrap().optional = true;
            }
        }
        _ => {}
    }
}

/// The keys right below a path.
fn children<'a>(shape: &'a Shape, path: &str) -> impl Iterator<Item = (String, &'a Place)> {
    let start = if path.is_empty() { String::new() } else { format!("{path}.") };
    shape.iter().filter_map(move |(one, place)| {
        let key = one.strip_prefix(&start)?;
        let is_child = !key.is_empty() && !key.contains(['.', '[']) && key != "*";
        is_child.then(|| (key.to_owned(), place))
    })
}

/// What `value` has that is not kept, or lacks.
fn compare(kept: &Shape, name: &str, path: &str, value: &Value, wrong: &mut BTreeSet<String>) {
    let Some(place) = kept.get(path) else {
        wrong.insert(format!("{path} is new ({})", type_of(value)));
        return;
    };
    if !place.types.contains(type_of(value)) {
        let was: Vec<&str> = place.types.iter().map(String::as_str).collect();
        wrong.insert(format!("{path} is {}, was {}", type_of(value), was.join("|")));
    }
    if listed(&WHOLE, name, path) {
        return;
    }
    match value {
        Value::Array(values) => {
            let path = format!("{path}[]");
            values.iter().for_each(|value| compare(kept, name, &path, value, wrong));
        }
        Value::Object(map) if listed(&MAPS, name, path) => {
            map.values().for_each(|value| compare(kept, name, &below(path, "*"), value, wrong));
        }
        Value::Object(map) => {
            for (key, value) in map {
                compare(kept, name, &below(path, key), value, wrong);
            }
            for (key, place) in children(kept, path) {
                if !place.optional && !map.contains_key(&key) {
                    wrong.insert(format!("{} is gone", below(path, &key)));
                }
            }
        }
        _ => {}
    }
}

/// The lines of a file; the document itself is `.`.
fn render(shape: &Shape) -> String {
    let mut text = String::new();
    for (path, place) in shape {
        let mark = if place.optional { "? " } else { "" };
        let types: Vec<&str> = place.types.iter().map(String::as_str).collect();
        let path = if path.is_empty() { "." } else { path };
        writeln!(text, "{mark}{path} {}", types.join("|")).unwrap();
    }
    text
}

fn parse(text: &str) -> Shape {
    text.lines()
        .map(|line| {
            let rest = line.strip_prefix("? ");
            let (path, types) = rest.unwrap_or(line).split_once(' ').unwrap();
            let types = types.split('|').map(str::to_owned).collect();
            let path = if path == "." { "" } else { path };
            (path.to_owned(), Place { types, optional: rest.is_some() })
        })
        .collect()
}

/// The path that something stands in, and whether it is there as often as it likes.
fn parent(path: &str) -> (&str, bool) {
    match path.strip_suffix("[]").or_else(|| path.strip_suffix(".*")) {
        Some(parent) => (parent, true),
        None => (path.rsplit_once('.').map_or("", |(parent, _)| parent), false),
    }
}

/// What is written anew: what was seen, with the marks and types that were kept, and with what was
/// not seen because it may be missing, or because that in which it stands was null or empty.
fn renewed(kept: &Shape, seen: &Shape) -> Shape {
    let mut shape = seen.clone();
    for (path, place) in kept {
        if let Some(known) = shape.get_mut(path) {
            known.types.extend(place.types.iter().cloned());
            known.optional |= place.optional;
            continue;
        }
        let (parent, often) = parent(path);
        let had_keys = seen.get(parent).is_some_and(|parent| parent.types.contains("object"));
        if shape.contains_key(parent) && (place.optional || often || !had_keys) {
            shape.insert(path.clone(), place.clone());
        }
    }
    shape
}

/// Compares a document with what is kept under that name, or writes it.
fn check(name: &str, document: &Value) {
    let file = format!("shapes/{name}");
    let was = std::fs::read_to_string(kept::path(&file)).unwrap_or_default();
    let kept = parse(&was);
    if kept::renews() {
        let mut seen = Shape::new();
        add(&mut seen, name, "", document);
        kept::check(&file, &render(&renewed(&kept, &seen)));
        return;
    }
    let mut wrong = BTreeSet::new();
    compare(&kept, name, "", document, &mut wrong);
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(
        wrong.is_empty(),
        "tests/goldens/{file}.txt is not what a document has now:\n  {}\n{}",
        wrong.join("\n  "),
        kept::HOW_TO_RENEW
    );
}

/// What is printed by a command that has to end well; whether all is well with this machine's
/// limits (1: it is not) is no matter.
fn printed(arguments: &str) -> String {
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let output = kept::shmeter(&arguments, b"");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn document(arguments: &str) -> Value {
    serde_json::from_str(&printed(&format!("{arguments} --format json"))).unwrap()
}

/// The lines of a journal by what happens in them.
fn journal(arguments: &str) -> Value {
    let mut events = Map::new();
    for line in printed(&format!("{arguments} --format jsonl")).lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let event = line["event"].as_str().unwrap().to_owned();
        let lines = events.entry(event).or_insert_with(|| Value::Array(Vec::new()));
        lines.as_array_mut().unwrap().push(line);
    }
    Value::Object(events)
}

#[test]
fn a_fill_s_document_has_its_keys() {
    let _turn = turn();
    check("fill", &document("fill --until 4Mi --kind memfd"));
    check("fill-journal", &journal("fill --until 4Mi --kind memfd"));
}

#[test]
fn a_compare_s_document_has_its_keys() {
    let _turn = turn();
    check("compare", &document("compare --no-cost"));
}

#[test]
fn a_bench_s_document_has_its_keys() {
    let _turn = turn();
    check("bench", &document("bench --force --quick fault"));
}

#[test]
fn a_run_s_document_has_its_keys() {
    let _turn = turn();
    let arguments = "run --force --only inspect,fill --budget-size 4Mi --label a=b";
    let shm = tempfile::tempdir_in("/dev/shm").unwrap();
    let arguments = format!("{arguments} --path {}", shm.path().display());
    check("run", &document(&arguments));
    check("run-journal", &journal(&arguments));
}

#[test]
fn an_ls_s_document_has_its_keys() {
    let _turn = turn();
    let shm = tempfile::tempdir_in("/dev/shm").unwrap();
    let make = |path: &Path| {
        std::fs::write(path, "words").unwrap();
        File::open(path).unwrap()
    };
    let _held = make(&shm.path().join("held"));
    drop(make(&shm.path().join("left")));
    check("ls", &document(&format!("ls --path {}", shm.path().display())));
}

#[test]
fn a_capture_s_document_has_its_keys() {
    let _turn = turn();
    let mut document: Value = serde_json::from_str(&printed("capture")).unwrap();
    // Only where the process has variables of a runtime, or where usage moved between two readings.
    for sometimes in ["variables", "again"] {
        document.as_object_mut().unwrap().remove(sometimes);
    }
    check("capture", &document);
}

#[test]
fn a_shape_tells_what_is_new_what_is_gone_and_what_is_of_another_type() {
    let kept = parse(". object\na integer\n? b null|string\nc array\nc[] object\nc[].d string\n");
    let wrong = |text: &str| {
        let mut wrong = BTreeSet::new();
        compare(&kept, "x", "", &serde_json::from_str(text).unwrap(), &mut wrong);
        wrong.into_iter().collect::<Vec<_>>().join(", ")
    };
    assert_eq!(wrong(r#"{"a": 1, "c": []}"#), "");
    assert_eq!(wrong(r#"{"a": 1, "b": null, "c": [{"d": "x"}]}"#), "");
    assert_eq!(wrong(r#"{"a": 1.5, "c": []}"#), "a is float, was integer");
    assert_eq!(wrong(r#"{"b": "x", "c": []}"#), "a is gone");
    assert_eq!(
        wrong(r#"{"a": 1, "c": [{"d": "x"}, {"e": 1}]}"#),
        "c[].d is gone, c[].e is new (integer)"
    );
    let mut seen = Shape::new();
    add(
        &mut seen,
        "x",
        "",
        &serde_json::from_str(r#"{"a": [{"b": 1}, {"b": null, "c": 2}]}"#).unwrap(),
    );
    let text = ". object\na array\na[] object\na[].b integer|null\n? a[].c integer\n";
    assert_eq!(render(&seen), text);
    assert_eq!(parse(text), seen);
    // `a` and `c` have other names now.
    let mut other = Shape::new();
    add(&mut other, "x", "", &serde_json::from_str(r#"{"z": 1, "c": []}"#).unwrap());
    let text = "? b null|string\nc array\nc[] object\nc[].d string\nz integer\n";
    assert_eq!(render(&renewed(&kept, &other)), format!(". object\n{text}"));
}
