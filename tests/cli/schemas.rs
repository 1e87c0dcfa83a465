//! Documents and lines of journals, printed now and kept, beside the JSON Schemas in docs/schemas.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;

use crate::goldens::kept;
use crate::traces::turn;

const NAMES: [&str; 13] = [
    "bench",
    "capture",
    "compare",
    "explain",
    "fill",
    "fill-journal",
    "inspect",
    "ls",
    "report",
    "run",
    "run-journal",
    "watch",
    "watch-journal",
];

/// Which documents a schema has to hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// Those of this version.
    Now,
    /// Those of earlier versions too: what they have is as the schema says, and they may lack what was added.
    Before,
}

fn root(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

fn schema(name: &str) -> Value {
    let text = std::fs::read_to_string(root(&format!("docs/schemas/{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The schema without what every document has to have.
fn relaxed(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            // A property may be called so too.
            if map.get("required").is_some_and(Value::is_array) {
                map.remove("required");
            }
            map.values_mut().for_each(relaxed);
        }
        Value::Array(values) => values.iter_mut().for_each(relaxed),
        _ => {}
    }
}

fn validators() -> &'static BTreeMap<(&'static str, Of), Validator> {
    static ALL: OnceLock<BTreeMap<(&str, Of), Validator>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = BTreeMap::new();
        for name in NAMES {
            let mut schema = schema(name);
            all.insert((name, Of::Now), jsonschema::draft202012::new(&schema).unwrap());
            relaxed(&mut schema);
            all.insert((name, Of::Before), jsonschema::draft202012::new(&schema).unwrap());
        }
        all
    })
}

/// Without fields that are null: earlier versions had some where there is another value now.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(_, value)| !value.is_null());
            kept.map(|(key, value)| (key.clone(), without_nulls(value))).collect()
        }
        Value::Array(values) => values.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// What is wrong with a value by that schema.
fn wrong(name: &str, of: Of, value: &Value) -> Vec<String> {
    let all = validators();
    let (_, validator) = all.iter().find(|((one, as_of), _)| *one == name && *as_of == of).unwrap();
    let value = if of == Of::Before { &without_nulls(value) } else { value };
    let errors = validator.iter_errors(value);
    errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The schema of a document or of a line of a journal.
fn name_of(value: &Value) -> Option<&'static str> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let of_watch =
        |pointer: &str| value.pointer(pointer).and_then(Value::as_str) == Some("shmeter.watch/1");
    if text("event").is_some() {
        if matches!(text("event"), Some("incident" | "peak"))
            || of_watch("/schema")
            || of_watch("/document/schema")
        {
            return Some("watch-journal");
        }
        let of_run = value.get("step").is_some()
            || text("schema").is_some()
            || value.pointer("/document/steps").is_some();
        return Some(if of_run { "run-journal" } else { "fill-journal" });
    }
    let named = text("schema").or_else(|| text("format"))?;
    NAMES
        .into_iter()
        .find(|name| named == format!("shmeter.{name}/1") || named == format!("shmeter-{name}/1"))
}

/// Holds a document or a line against its schema.
fn check(of: Of, whose: &str, value: &Value) {
    let name = name_of(value).unwrap_or_else(|| panic!("{whose}: no schema for {value}"));
    let wrong = wrong(name, of, value);
    assert!(
        wrong.is_empty(),
        "{whose} is not what docs/schemas/{name}.json says:\n  {}",
        wrong.join("\n  ")
    );
}

/// Holds a document that a golden keeps against its schema.
pub fn check_text(whose: &str, text: &str) {
    check(Of::Now, whose, &serde_json::from_str(text).unwrap());
}

fn printed(arguments: &str, input: &str) -> String {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let output = kept::shmeter(&words, input.as_bytes());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn document(arguments: &str, input: &str) {
    check_text(arguments, &printed(arguments, input));
}

#[test]
fn what_watch_writes_is_as_its_schemas_say() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (report, journal) = (file("report"), file("journal"));
    let killed = ["sh", "-c", "kill -BUS $$"];
    let options = ["watch", "--report", &report, "--journal", &journal, "--"];
    let words: Vec<&str> = options.into_iter().chain(killed).collect();
    assert_eq!(kept::shmeter(&words, b"").status.code(), Some(128 + 7));
    check_text("watch --report", &std::fs::read_to_string(report).unwrap());
    let journal = std::fs::read_to_string(journal).unwrap();
    assert!(journal.lines().count() >= 2, "{journal}");
    for line in journal.lines() {
        check_text("watch --journal", line);
    }
}

#[test]
fn what_generate_schema_prints_is_what_docs_have() {
    for arguments in ["generate schema", "generate schema --list"] {
        assert_eq!(printed(arguments, "").lines().collect::<Vec<_>>(), NAMES);
    }
    for name in NAMES {
        let printed: Value =
            serde_json::from_str(&printed(&format!("generate schema {name}"), "")).unwrap();
        assert_eq!(printed, schema(name));
        assert_eq!(printed["$schema"], "https://json-schema.org/draft/2020-12/schema");
        jsonschema::meta::validate(&printed).unwrap();
    }
    let unknown = kept::shmeter(&["generate", "schema", "nothing"], b"");
    let error = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert_eq!(unknown.status.code(), Some(2), "{error}");
    NAMES.iter().for_each(|name| assert!(error.contains(name), "{error}"));
}

#[test]
fn what_the_binary_prints_is_as_its_schema_says() {
    let _turn = turn();
    let shm = tempfile::tempdir_in("/dev/shm").unwrap();
    let there = shm.path().display();
    std::fs::write(shm.path().join("left"), "words").unwrap();
    document("inspect --format json", "");
    document("inspect --format json --require 1Ki --require sysv=1Ki --app-memory 1Mi", "");
    document("capture", "");
    document(&format!("ls --format json --path {there}"), "");
    document("compare --no-cost --format json", "");
    document("fill --until 4Mi --kind memfd --huge --format json", "");
    document("bench --force --quick fault --format json", "");
    document("explain --list --format json", "");
    document("explain --format json", "Bus error (core dumped)\n");
    document("report --format json tests/reports", "");
    let run =
        format!("run --force --only inspect,fill --budget-size 4Mi --label a=b --path {there}");
    document(&format!("{run} --format json"), "");
    for journal in ["fill --until 4Mi --format jsonl".to_owned(), format!("{run} --format jsonl")] {
        for line in printed(&journal, "").lines() {
            check_text(&journal, line);
        }
    }
}

#[test]
fn what_is_said_of_every_capture_is_as_the_schema_says() {
    let mut captures = 0;
    for folder in ["tests/captures", "tests/cases"] {
        for file in files(&root(folder)) {
            let name = file.file_name().unwrap().to_str().unwrap();
            if name.ends_with(".truth.json") || name.ends_with(".expect.json") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            check(Of::Before, name, &serde_json::from_str(&text).unwrap());
            let output =
                kept::shmeter(&["inspect", "--from", "-", "--format", "json"], text.as_bytes());
            check_text(name, &String::from_utf8(output.stdout).unwrap());
            captures += 1;
        }
    }
    assert!(captures > 40, "{captures}");
}

/// The files of a folder and of those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn documents_and_journals_that_are_kept_are_as_the_schemas_say() {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let folders = ["results", "tests/reports", "tests/journals", "tests/benches"].map(root);
    for file in folders.iter().flat_map(|folder| files(folder)) {
        let is_json =
            file.extension().is_some_and(|end| end == "json" || end == "jsonl" || end == "log");
        let Some(text) = std::fs::read(&file).ok().filter(|_| is_json) else { continue };
        let text = String::from_utf8_lossy(&text);
        let whose = file.display().to_string();
        let values = match serde_json::from_str(&text) {
            Ok(value) => vec![value],
            // Journals are cut off where a kill cut them off, and logs have lines of others.
            Err(_) => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
        };
        for value in values {
            if let Some(name) = name_of(&value) {
                check(Of::Before, &whose, &value);
                *counts.entry(name).or_default() += 1;
            }
        }
    }
    for name in ["inspect", "fill-journal", "run-journal"] {
        assert!(counts.contains_key(name), "{counts:?}");
    }
}

#[test]
fn a_document_that_is_otherwise_is_found() {
    let text = printed("inspect --format json", "");
    let good: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(wrong("inspect", Of::Now, &good), Vec::<String>::new());
    for key in good.as_object().unwrap().keys() {
        let mut less = good.clone();
        less.as_object_mut().unwrap().remove(key);
        let optional = ["require_bytes", "require", "app_memory_bytes"].contains(&key.as_str());
        assert_eq!(wrong("inspect", Of::Now, &less).is_empty(), optional, "{key}");
        assert_eq!(wrong("inspect", Of::Before, &less), Vec::<String>::new(), "{key}");
    }
    for (path, other) in [
        ("/schema", Value::from("shmeter.inspect/2")),
        ("/verdict", Value::from("good")),
        ("/segments/posix/certainty", Value::from("sure")),
        ("/segments/posix/available_bytes", Value::from(-1)),
        ("/segments/posix/ceilings/0/limit", Value::from("none")),
        ("/cgroup/hidden_ancestors", Value::from("yes")),
        ("/findings", Value::from("none")),
    ] {
        for of in [Of::Now, Of::Before] {
            let mut bad = good.clone();
            *bad.pointer_mut(path).unwrap() = other.clone();
            assert!(!wrong("inspect", of, &bad).is_empty(), "{path} {other}");
        }
    }
    for line in [
        r#"{"event": "before", "bytes": 1}"#,
        r#"{"event": "during", "bytes": 1, "to_bytes": 2}"#,
        r#"{"event": "after", "bytes": -1, "seconds": 1.5}"#,
    ] {
        let line = serde_json::from_str(line).unwrap();
        assert!(!wrong("fill-journal", Of::Now, &line).is_empty(), "{line}");
    }
}
