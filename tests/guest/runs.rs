//! `shmeter run` in guests with cgroup v2: its journal, its verdict, and that every fill in it ended as
//! predicted. With SHMETER_RUNS the journals are kept in that folder (scripts/guest-runs).

use std::time::Duration;

use serde_json::Value;

use crate::guest::{Guest, owned};
use crate::machine::{Case, Hierarchy, Machine};

/// Name, cgroup, settings, mount options of /dev/shm, whether a namespace hides what is above, swap.
type Setting =
    (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str, bool, bool);

/// With the verdict that each has, and how a touched posix segment ends.
const SETTINGS: [(Setting, &str, &str); 5] = [
    (
        ("a-limit-below-the-size", "a", &[("a/memory.max", "64M")], "size=1g", false, false),
        "warn",
        "edge",
    ),
    (
        ("a-size-below-the-limit", "a", &[("a/memory.max", "96M")], "size=32m", false, false),
        "ok",
        "sigbus",
    ),
    (
        (
            "a-hidden-limit-of-the-parent",
            "a/b",
            &[("a/memory.max", "64M")],
            "size=32m",
            true,
            false,
        ),
        "ok",
        "sigbus",
    ),
    (
        (
            "swap-beside-the-limit",
            "a",
            &[("a/memory.max", "48M"), ("a/memory.swap.max", "32M")],
            "size=1g",
            false,
            true,
        ),
        "warn",
        "edge",
    ),
    (
        (
            "throttled",
            "a",
            &[("a/memory.high", "48M"), ("a/memory.max", "96M")],
            "size=1g",
            false,
            false,
        ),
        "warn",
        "edge",
    ),
];

pub static GUEST: Guest = Guest::new(|| {
    let machine = Machine {
        memory_mib: 512,
        swap_mib: 64,
        hierarchy: Hierarchy::V2,
        files: Vec::new(),
        // Each of the five compares takes 36 s on a slow machine, and longer beside other work.
        patience: Duration::from_secs(900),
    };
    let cases = SETTINGS.map(|((name, tree, settings, shm, hidden, swap), ..)| Case {
        name: name.to_owned(),
        tree: tree.to_owned(),
        settings: owned(settings),
        shm: shm.to_owned(),
        hidden,
        swap,
        script: format!(
            "fresh\nstep run 120 /shmeter run --force --skip bench --budget 120s --label setting={name} \
             --format jsonl\n"
        ),
        ..Case::default()
    });
    machine.run(&cases)
});

/// Keeps a journal, where somebody wants it.
pub fn keep(name: &str, journal: &str) {
    if let Some(folder) = std::env::var_os("SHMETER_RUNS") {
        let path = std::path::Path::new(&folder).join(name).with_extension("jsonl");
        std::fs::write(path, journal).unwrap();
    }
}

#[test]
fn every_fill_of_a_run_ends_as_predicted_and_the_journal_tells_so() {
    for ((name, ..), verdict, end) in SETTINGS {
        let told = GUEST.answers().of(name, 1);
        let journal = told[0]["out"].as_str().unwrap();
        let lines: Vec<Value> =
            journal.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        keep(name, journal);
        let document = &lines.last().unwrap()["document"];
        assert_eq!(document["schema"], "shmeter.run/1", "{name}: {}", told[0]["err"]);
        assert_eq!(document["verdict"], verdict, "{name}: {}", document["inspect"]["findings"]);
        assert_eq!(told[0]["status"], 0, "{name}");
        assert_eq!(document["environment"]["labels"]["setting"], name);
        let fills = document["fill"].as_array().unwrap();
        assert_eq!(fills.len(), 4, "{name}: {}", document["steps"]);
        for fill in fills {
            assert_eq!(fill["agrees"], true, "{name}: {fill}");
        }
        assert_eq!(fills[0]["measured"]["ended_in"], end, "{name}");
        assert!(told[0]["kills"] == 0, "{name}: {}", told[0]);
    }
}
