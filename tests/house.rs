//! The house's rules: which way data flows, where unsafe code may stand, what is pure.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

/// Every source file with its text, comments and tests left out.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    assert!(files.len() > 20);
    files
        .into_iter()
        .map(|file| {
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            let lines = code.lines().map(|line| line.split("//").next().unwrap());
            let name = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            (name, lines.collect::<Vec<_>>().join("\n"))
        })
        .collect()
}

/// Files below `folder` that name one of `words`.
fn naming(folder: &str, words: &[&str]) -> Vec<String> {
    sources()
        .iter()
        .filter(|(file, _)| file.starts_with(folder))
        .flat_map(|(file, code)| {
            let named = words.iter().filter(|word| code.contains(*word));
            named.map(|word| format!("{file} names {word}")).collect::<Vec<_>>()
        })
        .collect()
}

const NOTHING: Vec<String> = Vec::new();

#[test]
fn facts_know_only_units() {
    let others =
        ["crate::capacity", "crate::probe", "crate::report", "crate::command", "crate::cli"];
    assert_eq!(naming("facts/", &others), NOTHING);
}

#[test]
fn capacity_knows_only_facts_and_units() {
    let others = [
        "crate::probe",
        "crate::report",
        "crate::command",
        "crate::cli",
        "crate::team",
        "crate::workload",
    ];
    assert_eq!(naming("capacity/", &others), NOTHING);
}

#[test]
fn reports_read_nothing() {
    assert_eq!(naming("report/", &["crate::probe", "crate::command", "crate::cli"]), NOTHING);
}

#[test]
fn nobody_knows_the_commands_that_call_it() {
    for folder in [
        "facts/",
        "probe/",
        "capacity/",
        "outcome/",
        "report/",
        "segment/",
        "team/",
        "workload/",
        "sys/",
    ] {
        assert_eq!(naming(folder, &["crate::command", "crate::cli"]), NOTHING);
    }
    for folder in ["segment/", "team/", "workload/"] {
        assert_eq!(naming(folder, &["crate::report"]), NOTHING);
    }
}

#[test]
fn probes_do_not_judge() {
    assert_eq!(naming("probe/", &["crate::capacity", "crate::report", "crate::command"]), NOTHING);
}

#[test]
fn pure_modules_touch_no_machine() {
    let machine = [
        "std::fs",
        "std::env",
        "Instant",
        "SystemTime",
        "std::process",
        "std::io",
        "libc::",
        "nix::",
    ];
    let printing = ["print!(", "println!(", "eprintln!("];
    for folder in ["facts/", "capacity/", "outcome/", "report/", "stats.rs", "units.rs"] {
        assert_eq!(naming(folder, &machine), NOTHING);
        assert_eq!(naming(folder, &printing), NOTHING);
    }
    for (file, code) in sources() {
        let pure = ["facts/mod.rs", "capacity/mod.rs", "outcome/mod.rs", "report/mod.rs"];
        if [&pure[..], &["stats.rs", "units.rs", "workload/bench/plan.rs"]]
            .concat()
            .contains(&file.as_str())
        {
            assert!(code.contains("#![forbid(unsafe_code)]"), "{file}");
        }
    }
}

#[test]
fn only_sys_has_unsafe_code() {
    for (file, code) in sources().iter().filter(|(file, _)| !file.starts_with("sys/")) {
        for form in ["unsafe {", "unsafe fn", "unsafe impl", "unsafe("] {
            // The name that C's runtime calls is all that main.rs may have.
            let exported = file == "main.rs" && form == "unsafe(";
            assert!(exported || !code.contains(form), "{file} has `{form}`");
        }
    }
    assert!(
        sources().iter().any(|(file, code)| file.starts_with("sys/") && code.contains("unsafe {"))
    );
}

#[test]
fn only_commands_see_what_was_typed() {
    for (file, code) in sources().iter().filter(|(file, _)| !file.starts_with("command/")) {
        assert!(!code.contains("crate::cli"), "{file}");
    }
}

#[test]
fn kinds_do_not_know_each_other() {
    let kinds = ["posix", "sysv", "memfd", "anon"];
    for kind in kinds {
        for other in kinds.iter().filter(|other| **other != kind) {
            assert_eq!(naming(&format!("capacity/{kind}.rs"), &[&format!("{other}::")]), NOTHING);
        }
    }
}
