//! What is said of captures after public reports and from other runtimes is what a right answer shows
//! (`tests/cases/NAME.expect.json`: `right` in words, `checks` to be held).

use std::path::PathBuf;

use serde_json::Value;
use shmeter::probe::{Capture, Target};

use crate::machine::{Machine, document};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

fn names() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let files = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        files.filter_map(|file| Some(file.strip_suffix(".expect.json")?.to_owned())).collect();
    names.sort();
    names
}

fn read(file: &str) -> String {
    std::fs::read_to_string(folder().join(file)).unwrap()
}

/// What an inspect says of a case.
struct Said {
    json: Value,
    /// All of the text, in small letters and with single spaces.
    text: String,
    fixes: String,
}

impl Said {
    fn of(case: &str) -> Said {
        let capture = Capture::parse(&read(&format!("{case}.json"))).unwrap();
        let path = capture.path.clone().unwrap_or_else(|| "/dev/shm".to_owned());
        let target = Target { pid: capture.pid, path };
        let json = serde_json::to_value(document(&capture, &target)).unwrap();
        let text = folded(&Machine(capture).text(&target, false));
        let all = json["findings"].as_array().unwrap().iter();
        let fixes: Vec<&str> = all.filter_map(|finding| finding["fix"].as_str()).collect();
        let fixes = folded(&fixes.join("\n"));
        Said { json, text, fixes }
    }

    fn reach(&self, kind: &Value, method: &Value) -> &Value {
        &self.json["segments"][kind.as_str().unwrap()]["methods"][method.as_str().unwrap()]
    }

    fn finds(&self, id: &Value) -> bool {
        self.json["findings"].as_array().unwrap().iter().any(|finding| finding["id"] == *id)
    }

    /// `[method, bytes, tolerance]`, half a percent where none is given.
    fn is_near(&self, wanted: &Value) -> bool {
        let bytes = wanted[1].as_u64().unwrap();
        let tolerance = wanted[2].as_u64().unwrap_or(bytes / 200);
        let found = &self.reach(&"posix".into(), &wanted[0])["available_bytes"];
        found.as_u64().is_some_and(|found| found.abs_diff(bytes) <= tolerance)
    }

    /// `[[kind, method, bytes]]`.
    fn bounds(&self, all: &Value, holds: impl Fn(u64, u64) -> bool) -> bool {
        all.as_array().unwrap().iter().all(|row| {
            let found = self.reach(&row[0], &row[1])["available_bytes"].as_u64();
            found.is_some_and(|found| holds(found, row[2].as_u64().unwrap()))
        })
    }

    fn holds(&self, check: &str, wanted: &Value) -> bool {
        let posix = &self.json["segments"]["posix"];
        let words = || wanted.as_str().unwrap();
        let ids = || wanted.as_array().unwrap().iter();
        match check {
            "verdict" => is_one_of(&self.json["verdict"], words()),
            "certainty" => is_one_of(&posix["certainty"], words()),
            "binding" => is_one_of(&posix["binding"], words()),
            "posix" | "posix2" => self.is_near(wanted),
            "posix_max" => posix["available_bytes"].as_u64() <= wanted.as_u64(),
            "max" => self.bounds(wanted, |found, most| found <= most),
            "min" => self.bounds(wanted, |found, least| found >= least),
            "end" => self.reach(&wanted[0], &wanted[1])["ends_in"] == wanted[2],
            "findings_present" => ids().all(|id| self.finds(id)),
            "findings_absent" => !ids().any(|id| self.finds(id)),
            "text_has" | "text_has2" => has(&self.text, words()),
            "text_lacks" => !has(&self.text, words()),
            "fix_lacks" => !has(&self.fixes, words()),
            other => panic!("nobody checks `{other}`"),
        }
    }
}

fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_one_of(found: &Value, words: &str) -> bool {
    words.split('|').any(|word| found == word)
}

/// Whether one of the alternatives of a pattern stands in a folded text; `\d` is a digit.
fn has(text: &str, pattern: &str) -> bool {
    let at = |text: &str, pattern: &str| {
        let (mut text, mut pattern) = (text.chars(), pattern.chars());
        loop {
            match pattern.next() {
                None => return true,
                Some('\\') => {
                    assert_eq!(pattern.next(), Some('d'), "what else is a pattern to hold?");
                    if !text.next().is_some_and(|found| found.is_ascii_digit()) {
                        return false;
                    }
                }
                Some(wanted) if text.next() == Some(wanted) => {}
                Some(_) => return false,
            }
        }
    };
    let pattern = pattern.to_lowercase();
    pattern.split('|').any(|one| text.char_indices().any(|(start, _)| at(&text[start..], one)))
}

/// Checks that do not hold.
fn wrong(case: &str) -> Vec<String> {
    let expect: Value = serde_json::from_str(&read(&format!("{case}.expect.json"))).unwrap();
    let said = Said::of(case);
    let checks = expect["checks"].as_object().unwrap();
    assert!(!checks.is_empty(), "{case}");
    let wrong = checks.iter().filter(|(check, wanted)| !said.holds(check, wanted));
    wrong.map(|(check, wanted)| format!("{case}: {check} {wanted}\n{}", said.text)).collect()
}

#[test]
fn every_case_from_the_field_is_answered_right() {
    let names = names();
    assert!(names.len() >= 26, "{names:?}");
    let wrong: Vec<String> = names.iter().flat_map(|name| wrong(name)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_pattern_is_found_whatever_its_case_and_spaces() {
    let text = folded("Docker  run\n --shm-size=64m");
    assert!(has(&text, "podman|docker run --shm-size=\\d"));
    assert!(!has(&text, "--shm-size=\\d\\d\\d|ipc=host"));
}
