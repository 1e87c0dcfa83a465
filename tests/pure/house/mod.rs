//! The rules of the house: which folder may import which, what is pure, where unsafe code may stand.

mod circles;
mod imports;

use std::collections::{BTreeMap, BTreeSet};

use imports::{SourceFile, imports, paths, sources, texts, tokens, without_tests, without_texts};

/// A folder (or a file that is a house of its own) and those that it may import. A file belongs to the
/// longest one that it lies in; what lies together may import each other.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("stats", &[]),
    ("plain", &[]),
    ("schema", &[]),
    ("facts", &["units"]),
    ("sys", &["units"]),
    ("capacity", &["facts", "plain", "units"]),
    ("probe", &["facts", "sys", "units"]),
    ("segment", &["capacity", "sys", "units"]),
    ("workload", &["capacity", "facts", "probe", "sys", "units"]),
    // fill, bench, compare and watch do not know each other.
    ("fill", &["capacity", "facts", "probe", "segment", "sys", "units", "workload"]),
    ("bench", &["capacity", "facts", "probe", "segment", "stats", "sys", "units", "workload"]),
    ("compare", &["capacity", "facts", "probe", "segment", "sys", "units", "workload"]),
    ("watch", &["capacity", "facts", "probe", "sys", "units"]),
    (
        "report",
        &["capacity", "facts", "plain", "schema", "stats", "units", "bench", "compare", "fill"],
    ),
    // Of report only how the journal of a fill is read.
    ("runs", &["capacity", "plain", "report", "schema", "stats", "units"]),
    // Of runs only how a document of inspect is read.
    ("explain", &["capacity", "facts", "runs", "units"]),
    ("report/charts", &["plain", "runs", "stats", "units"]),
    ("report/explain", &["explain", "plain", "report", "schema", "units"]),
    ("report/watch", &["facts", "plain", "report", "schema", "units", "watch"]),
    ("report/pages", &["plain", "report", "report/charts", "runs", "schema", "stats", "units"]),
    ("cli", &["capacity", "facts", "schema", "units", "bench", "fill"]),
    (
        "command",
        &[
            "capacity",
            "cli",
            "explain",
            "facts",
            "plain",
            "probe",
            "report",
            "report/charts",
            "report/explain",
            "report/pages",
            "report/watch",
            "runs",
            "schema",
            "sys",
            "units",
            "workload",
            "bench",
            "compare",
            "fill",
            "watch",
        ],
    ),
    ("main", &["command", "sys"]),
    ("lib", &[]),
];

/// Folders and files that touch no machine, and have no unsafe code.
const PURE: &[&str] = &[
    "capacity",
    "explain",
    "facts",
    "plain",
    "report",
    "runs",
    "schema",
    "stats",
    "units",
    "bench/plan",
    "fill/edge",
    "fill/outcome",
    "fill/plan",
    "fill/prediction",
    "fill/request",
    "fill/spare",
    "fill/verdict",
    "watch/due",
    "watch/events",
    "watch/exit",
    "watch/groups",
    "watch/incident",
    "watch/likely",
    "watch/names",
    "watch/needed",
    "watch/peaks",
    "watch/seen",
    "watch/shortage",
    "watch/verdict",
];

fn lies_in(file: &str, folder: &str) -> bool {
    let rest = file.strip_prefix(folder);
    rest.is_some_and(|rest| rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
}

/// The row of the table that a file belongs to.
fn folder(file: &str) -> &'static str {
    let rows = MAY_IMPORT.iter().map(|(folder, _)| *folder).filter(|row| lies_in(file, row));
    let row = rows.max_by_key(|row| row.len());
    row.unwrap_or_else(|| panic!("{file} is in no row of MAY_IMPORT"))
}

fn may_import(folder: &str) -> &'static [&'static str] {
    MAY_IMPORT.iter().find(|(row, _)| *row == folder).unwrap().1
}

/// Each folder with those that it imports.
fn folders_that_import() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, others) in imports(&sources()) {
        let from = folder(&file);
        let others = others.iter().map(|other| folder(other)).filter(|to| *to != from);
        found.entry(from.to_owned()).or_default().extend(others.map(str::to_owned));
    }
    found
}

/// A file's tokens, without texts and tests.
fn code(source: &SourceFile) -> Vec<String> {
    without_tests(&tokens(&without_texts(&source.text)))
}

fn has(code: &[String], words: &str) -> bool {
    let words = tokens(words);
    code.windows(words.len()).any(|window| window == words)
}

#[test]
fn folders_import_only_what_the_table_says() {
    let imports = imports(&sources());
    let mut found = BTreeSet::new();
    for (file, others) in &imports {
        let from = folder(file);
        for to in others.iter().map(|other| folder(other)) {
            if from != to && !may_import(from).contains(&to) {
                found.insert((file.as_str(), to));
            }
        }
    }
    assert_eq!(found, BTreeSet::new());
}

#[test]
fn the_table_has_no_circles_and_names_only_folders_that_there_are() {
    let set = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    let table: BTreeMap<String, BTreeSet<String>> =
        MAY_IMPORT.iter().map(|(row, may)| ((*row).to_owned(), set(may))).collect();
    assert_eq!(circles::of(&table), Vec::<Vec<String>>::new());
    let files = sources();
    for (row, may) in MAY_IMPORT {
        assert!(files.iter().any(|file| folder(&file.name) == *row), "there is no {row}");
        may.iter().for_each(|row| assert!(table.contains_key(*row), "{row} is in no row"));
    }
}

#[test]
fn no_folder_is_in_a_circle() {
    assert_eq!(circles::of(&folders_that_import()), Vec::<Vec<String>>::new());
}

#[test]
fn no_files_of_a_folder_are_in_a_circle() {
    let place = |file: &str| file.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let one = |a: &str, b: &str| {
        let (a, b) = (imports::module(a), imports::module(b));
        a.starts_with(&b) || b.starts_with(&a)
    };
    let mut files = imports(&sources());
    for (file, others) in &mut files {
        others.retain(|other| place(other) == place(file) && !one(file, other));
    }
    assert_eq!(circles::of(&files), Vec::<Vec<String>>::new());
}

#[test]
fn commands_do_not_call_each_other() {
    let module = |file: &str| -> Option<String> {
        imports::module(file.strip_prefix("command/")?).first().cloned()
    };
    let commands = [
        "bench", "capture", "compare", "explain", "fill", "generate", "inspect", "ls", "report",
        "run", "watch",
    ];
    let mut found = BTreeSet::new();
    for (file, others) in &imports(&sources()) {
        let Some(from) = module(file).filter(|from| commands.contains(&from.as_str())) else {
            continue;
        };
        for to in others.iter().filter_map(|other| module(other)) {
            if from != to && commands.contains(&to.as_str()) {
                found.insert((file.clone(), to));
            }
        }
    }
    assert_eq!(found, BTreeSet::new());
}

#[test]
fn pure_modules_touch_no_machine() {
    let roots: BTreeSet<String> = ["std", "nix", "libc"].map(str::to_owned).into();
    for source in sources() {
        if !PURE.iter().any(|pure| lies_in(&source.name, pure)) {
            continue;
        }
        let (file, code) = (&source.name, code(&source));
        for named in paths(&code, &[], &roots) {
            let machine = match named.path.first().map(String::as_str) {
                Some("std") => {
                    let second = named.path.get(1).map_or("", String::as_str);
                    ["fs", "env", "process", "io"].contains(&second)
                }
                // What the kernel answered is a value.
                Some(_) if named.path == ["nix", "errno", "Errno"] => false,
                Some(root) => roots.contains(root),
                None => false,
            };
            assert!(!machine, "{file} names {}", named.path.join("::"));
        }
        for word in
            ["Errno::last", "Instant", "SystemTime", "print!", "println!", "eprint!", "eprintln!"]
        {
            assert!(!has(&code, word), "{file} names {word}");
        }
    }
}

#[test]
fn pure_modules_forbid_unsafe_code() {
    let files = sources();
    for pure in PURE {
        let root = [format!("{pure}.rs"), format!("{pure}/mod.rs")];
        let file = files.iter().find(|file| root.contains(&file.name));
        let file = file.unwrap_or_else(|| panic!("there is no {pure}"));
        assert!(has(&code(file), "#![forbid(unsafe_code)]"), "{}", file.name);
    }
}

/// Pure files name them too, as where a fact comes from: they cannot open them.
#[test]
fn only_the_door_opens_files_of_the_kernel() {
    let may = |file: &str| ["probe", "sys"].iter().chain(PURE).any(|row| lies_in(file, row));
    let is_path = |text: &String| {
        let of_kernel = text == "/proc" || text.starts_with("/proc/") || text.starts_with("/sys/");
        of_kernel && !text.contains(char::is_whitespace)
    };
    let mut found = BTreeSet::new();
    let files = sources();
    for file in files.iter().filter(|file| !may(&file.name)) {
        if texts(&file.text).iter().any(is_path) {
            found.insert(file.name.as_str());
        }
    }
    assert_eq!(found, BTreeSet::new());
}

/// What `sys` names of them is no reading but what a process does to itself.
#[test]
fn sys_names_files_of_the_kernel_in_one_place() {
    for file in sources().iter().filter(|file| lies_in(&file.name, "sys")) {
        let names = texts(&file.text).iter().any(|text| text.starts_with("/proc"));
        assert_eq!(names, file.name == "sys/own.rs", "{}", file.name);
    }
}

#[test]
fn only_sys_has_unsafe_code() {
    let mut in_sys = false;
    for source in sources() {
        let code = code(&source);
        if lies_in(&source.name, "sys") {
            in_sys |= has(&code, "unsafe {");
            continue;
        }
        for form in
            ["unsafe {", "unsafe fn", "unsafe impl", "unsafe trait", "unsafe extern", "unsafe("]
        {
            // The name that C's runtime calls is all that main.rs may have.
            let exported = source.name == "main.rs" && form == "unsafe(";
            assert!(exported || !has(&code, form), "{} has `{form}`", source.name);
        }
    }
    assert!(in_sys);
}

#[test]
fn kinds_do_not_know_each_other() {
    let kinds = ["posix", "sysv", "memfd", "anon"].map(|kind| format!("capacity/{kind}.rs"));
    let imports = imports(&sources());
    for kind in &kinds {
        let known: Vec<&String> =
            imports[kind].iter().filter(|other| kinds.contains(*other)).collect();
        assert!(known.is_empty(), "{kind} knows {known:?}");
    }
}

#[test]
fn a_worker_knows_of_fill_only_the_ledger_and_the_edge() {
    let mut files = 0;
    for (file, others) in imports(&sources()) {
        if !lies_in(&file, "fill/worker") {
            continue;
        }
        files += 1;
        for other in others.iter().filter(|other| lies_in(other, "fill")) {
            let known = ["fill/worker", "fill/ledger", "fill/edge"];
            assert!(known.iter().any(|known| lies_in(other, known)), "{file} knows {other}");
        }
    }
    assert!(files > 0);
}
