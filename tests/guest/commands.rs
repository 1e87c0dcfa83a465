//! compare, bench and fills of huge pages in emulated guests: what hangs on the size of a page, on the processor, and
//! on what user-mode-linux has not.

use std::time::Duration;

use serde_json::Value;

use crate::emulated::emulated;
use crate::guest::{Guest, owned};
use crate::machine::{Answers, Case, Hierarchy, Machine};
use crate::skip::skip;

const COMPARE: &str = "compare";
const BENCH: &str = "bench";
const HUGE: &str = "huge pages";

/// Huge pages of 2 MiB that there are.
const PAGES: u64 = 16;

pub static GUEST: Guest = Guest::new(|| {
    let machine = Machine {
        memory_mib: 768,
        swap_mib: 0,
        hierarchy: Hierarchy::V2,
        files: Vec::new(),
        patience: Duration::from_secs(180),
    };
    let fills = [("touch", 1), ("fallocate", 2), ("populate", 1)].map(|(method, procs)| {
        format!(
            "fresh\nhuge_pages {PAGES}\nstep {method} 60 /shmeter fill --path /mnt --method {method} --procs \
             {procs} --until limit --force --format json\nno_huge_pages\n"
        )
    });
    let cases = [
        (COMPARE, "fresh\nstep compare 120 /shmeter compare --no-cost --format json\n".to_owned()),
        (
            BENCH,
            "fresh\nstep bench 100 /shmeter bench --quick --rounds 1 --bytes 4Mi --kind posix --kind memfd \
             --exclusive --format json\n"
                .to_owned(),
        ),
        (HUGE, fills.concat()),
    ];
    machine.run(&cases.map(|(name, script)| Case {
        name: name.to_owned(),
        tree: "a".to_owned(),
        settings: owned(&[("a/memory.max", "512M")]),
        shm: "size=256m".to_owned(),
        script,
        ..Case::default()
    }))
});

/// The guest's answers, where it is one with huge pages.
fn answers(test: &str) -> Option<&'static Answers> {
    if emulated().is_none() {
        let why = "on this machine, user-mode-linux has no huge pages (scripts/test --arm64 has)";
        skip(test, why);
        return None;
    }
    Some(GUEST.answers())
}

fn document(told: &Value) -> Value {
    let text = told["out"].as_str().unwrap_or_default();
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {told:#}"))
}

/// What the kinds say in a row.
fn row(table: &Value, id: &str) -> [String; 4] {
    let rows = table["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == id).unwrap();
    ["posix", "sysv", "memfd", "anon"]
        .map(|column| row["cells"][column]["said"].as_str().unwrap().to_owned())
}

#[test]
fn compare_says_the_same_with_pages_of_every_size() {
    let Some(answers) = answers("compare_says_the_same_with_pages_of_every_size") else { return };
    let told = answers.of(COMPARE, 1);
    let table = document(told[0]);
    for (id, said) in [
        ("survives-sigkill", ["yes", "yes", "-", "-"]),
        ("grow", ["yes", "EINVAL", "yes", "SIGBUS"]),
        ("shrink", ["SIGBUS", "-", "SIGBUS", "-"]),
        ("sparse", ["none", "none", "none", "none"]),
        ("read-only", ["SIGSEGV", "SIGSEGV", "SIGSEGV", "SIGSEGV"]),
        ("fork", ["yes", "yes", "yes", "yes"]),
        ("in-df", ["yes", "no", "no", "no"]),
        ("in-ipcs", ["no", "yes", "no", "no"]),
        ("in-cgroup", ["yes", "yes", "yes", "yes"]),
        ("bounded-by-size", ["yes", "no", "no", "no"]),
        // The pool is empty; no length is wrong.
        ("huge", ["no", "ENOMEM", "ENOMEM", "ENOMEM"]),
    ] {
        assert_eq!(row(&table, id), said, "{id}: {table:#}");
    }
}

#[test]
fn bench_names_the_processor_knows_a_guest_and_stores_past_its_caches() {
    let name = "bench_names_the_processor_knows_a_guest_and_stores_past_its_caches";
    let Some(answers) = answers(name) else { return };
    let told = answers.of(BENCH, 1);
    let document = document(told[0]);
    let environment = &document["environment"];
    let cpu = environment["cpu"].as_str().unwrap();
    assert!(!cpu.starts_with("0x") && cpu != "unknown", "{environment}");
    assert_eq!(environment["guest"], true, "{environment}");
    assert_eq!(environment["page_size"], crate::emulated::page(), "{environment}");
    let results = document["results"].as_array().unwrap();
    for op in ["fill", "fill-nt", "write-nt", "read", "copy", "copy-nt", "page", "page-warm"] {
        let figure = results.iter().find(|figure| figure["op"] == op);
        let figure = figure.unwrap_or_else(|| panic!("no {op}: {document:#}"));
        assert!(figure["median"].as_f64() > Some(0.0), "{figure}");
    }
    assert_eq!(told[0]["status"], 0, "{}", told[0]["err"]);
}

#[test]
fn a_fill_of_huge_pages_ends_where_the_pool_does() {
    let Some(answers) = answers("a_fill_of_huge_pages_ends_where_the_pool_does") else { return };
    for told in answers.of(HUGE, 3) {
        let document = document(told);
        let (predicted, measured) = (&document["predicted"], &document["measured"]);
        assert_eq!(measured["bytes"], PAGES << 21, "{told:#}");
        assert_eq!(predicted["bytes"], measured["bytes"], "{told:#}");
        assert_eq!(predicted["ends_in"], measured["ended_in"], "{told:#}");
        assert_eq!((&document["agrees"], &told["kills"]), (&true.into(), &0.into()), "{told:#}");
    }
}
