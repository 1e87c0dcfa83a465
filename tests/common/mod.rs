//! What several test files share.
#![allow(dead_code)] // each test file is a crate of its own and uses a part

use std::path::PathBuf;

use serde_json::Value;
use shmeter::probe::Capture;

/// The recorded machines.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures")
}

/// The names of all captures, sorted.
pub fn cases() -> Vec<String> {
    let mut cases: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".truth.json"))
        .map(|name| name.strip_suffix(".json").unwrap().to_owned())
        .collect();
    cases.sort();
    cases
}

/// A capture's path.
pub fn path(case: &str) -> PathBuf {
    folder().join(format!("{case}.json"))
}

/// A capture's text.
pub fn text(case: &str) -> String {
    std::fs::read_to_string(path(case)).unwrap()
}

/// A capture.
pub fn capture(case: &str) -> Capture {
    Capture::parse(&text(case)).unwrap()
}

/// What fills then reached.
pub fn truth(case: &str) -> Value {
    let file = folder().join(format!("{case}.truth.json"));
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}
