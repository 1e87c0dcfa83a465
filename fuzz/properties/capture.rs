//! Capture documents: what inspect prints of them.

use std::ffi::OsString;
use std::sync::LazyLock;

use serde_json::Value;
use shmeter::cli::{InspectArgs, inspect_alone};
use shmeter::command::{Code, inspect_capture};

use super::{growth, shown};

/// Larger ones are left to the growth below: the engine would spend its time on them.
const LONGEST: usize = 256 << 10;

fn args(words: &str) -> InspectArgs {
    let words = ["shmeter"].into_iter().chain(words.split_whitespace());
    let words: Vec<OsString> = words.map(OsString::from).collect();
    inspect_alone(&words).unwrap_or_else(|| panic!("{words:?}"))
}

struct Forms {
    text: InspectArgs,
    explain: InspectArgs,
    json: InspectArgs,
    openmetrics: InspectArgs,
    of_process_1: InspectArgs,
    other_path: InspectArgs,
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| Forms {
    text: args("--require 1Mi --size-limit 64Mi"),
    explain: args("--explain"),
    json: args("--format json"),
    openmetrics: args("--format openmetrics"),
    of_process_1: args("--pid 1 --explain"),
    other_path: args("--path /dev --explain"),
});

pub fn hold(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.len() > LONGEST {
        return;
    }
    renders(text);
    if growth::is_measured(data, 64) {
        grows(text, growth::number(data) / 64);
    }
}

fn renders(text: &str) {
    let forms = &*FORMS;
    for form in [&forms.of_process_1, &forms.other_path] {
        if let Some(shown) = render(text, form) {
            shown::fits_a_terminal(&shown::without_styles(&shown));
        }
    }
    let Some(json) = render(text, &forms.json) else {
        // What one form refuses, all refuse.
        for form in [&forms.text, &forms.explain, &forms.openmetrics] {
            assert_eq!(render(text, form), None);
        }
        return;
    };
    let document = shown::json(&json);
    let [said, explained, metrics] = [&forms.text, &forms.explain, &forms.openmetrics]
        .map(|form| render(text, form).unwrap_or_else(|| panic!("{form:?} is refused")));
    let (said, explained) = (shown::without_styles(&said), shown::without_styles(&explained));
    shown::fits_a_terminal(&said);
    shown::fits_a_terminal(&explained);
    shown::openmetrics(&metrics);
    agree(text, &document, &explained);
    // The same again is the same: nothing depends on an order that is not told.
    assert_eq!(render(text, &forms.json).as_deref(), Some(json.as_str()));
}

/// What is printed, or `None` where that is refused in one line.
fn render(text: &str, form: &InspectArgs) -> Option<String> {
    match inspect_capture(text, form) {
        Ok(shown) => Some(shown),
        Err(failure) => {
            shown::is_one_line(&failure.to_string());
            assert!(matches!(failure.code, Code::CannotTell | Code::Usage), "{failure}");
            None
        }
    }
}

/// What the document says stands in the capture, and in the text for people.
fn agree(text: &str, document: &Value, explained: &str) {
    let capture: Value = serde_json::from_str(text).unwrap();
    let asked = capture["path"].as_str().unwrap_or("/dev/shm");
    assert_eq!(document["subject"]["mount"].as_str(), Some(asked), "the folder that was asked for");
    let release = capture["files"]["/proc/sys/kernel/osrelease"].as_str();
    let release = release.unwrap_or_else(|| capture["kernel_release"].as_str().unwrap_or_default());
    let unread = !capture["unreadable"]["/proc/sys/kernel/osrelease"].is_null();
    if !unread {
        assert_eq!(document["subject"]["kernel"].as_str(), Some(release.trim()));
    }
    for (kind, segment) in document["segments"].as_object().into_iter().flatten() {
        let numbers = segment["ceilings"].as_array().into_iter().flatten();
        let least = numbers.filter_map(|ceiling| ceiling["headroom_bytes"].as_u64()).min();
        // No ceiling that has a number is below what is said to be usable.
        if let (Some(least), Some(usable)) = (least, segment["available_bytes"].as_u64()) {
            assert!(usable <= least, "{kind}: {usable} of {least}");
        }
        assert!(explained.contains(kind.as_str()), "{kind} is not told");
    }
    for finding in document["findings"].as_array().into_iter().flatten() {
        let id = finding["id"].as_str().unwrap_or_default();
        assert!(!id.is_empty() && (id == "df-overstates" || explained.contains(id)), "{finding}");
    }
}

/// One of its files with its text over and over.
fn grows(text: &str, which: usize) {
    let Ok(Value::Object(capture)) = serde_json::from_str::<Value>(text) else { return };
    let Some(Value::Object(files)) = capture.get("files") else { return };
    let form = &FORMS.explain;
    if render(text, form).is_none() {
        return;
    }
    let Some((path, file)) = files.iter().nth(which % files.len().max(1)) else { return };
    if let Some(file) = file.as_str() {
        let with = |bytes: usize| {
            let mut capture = capture.clone();
            capture["files"][path] = growth::repeated(file, bytes).into();
            Value::Object(capture).to_string()
        };
        growth::is_linear(path, with, |text| drop(inspect_capture(text, form)));
    }
}
