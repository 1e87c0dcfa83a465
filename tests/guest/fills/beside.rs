//! A fill beside an application under the same limit of cgroup v2: whoever is seen keeps everything.

use std::time::Duration;

use crate::guest::{Guest, owned};
use crate::machine::{Case, Hierarchy, Machine};

const SEEN: &str = "an_application_in_the_same_cgroup_keeps_its_memory";
const ABOVE: &str = "an_application_under_the_same_limit_above_keeps_its_memory";

/// Nothing, nothing, and what was asked for by its size.
const SCRIPT: &str = "\
fresh
step plain 60 /shmeter fill --kind memfd --format json
step limit 60 /shmeter fill --kind memfd --until limit --format json
step sized 60 /shmeter fill --kind memfd --until 4Mi --format json
";

fn case(name: &str, tree: &str, home: &str) -> Case {
    let make = if home == tree { String::new() } else { format!("mkdir $root/{home}; ") };
    Case {
        name: name.to_owned(),
        tree: tree.to_owned(),
        settings: owned(&[("a/memory.max", "48M")]),
        before: format!("{make}neighbour {home} 16777216"),
        script: SCRIPT.to_owned(),
        ..Case::default()
    }
}

pub static GUEST: Guest = Guest::new(|| {
    let machine = Machine {
        memory_mib: 256,
        swap_mib: 0,
        hierarchy: Hierarchy::V2,
        files: Vec::new(),
        patience: Duration::from_secs(120),
    };
    machine.run(&[case(SEEN, "a", "a"), case(ABOVE, "a/b", "a/n")])
});

fn check(name: &str) {
    let told = GUEST.answers().of(name, 3);
    let statuses: Vec<i64> =
        told.iter().map(|step| step["status"].as_i64().unwrap_or(-1)).collect();
    assert_eq!(statuses, [2, 2, 0], "{told:#?}");
    for step in &told {
        assert_eq!(step["kills"], 0, "{step}");
    }
    for step in &told[..2] {
        let err = step["err"].as_str().unwrap_or_default();
        assert!(err.contains("charged to the same cgroup") && err.contains("--until "), "{err}");
    }
}

#[test]
fn an_application_in_the_same_cgroup_keeps_its_memory() {
    check(SEEN);
}

#[test]
fn an_application_under_the_same_limit_above_keeps_its_memory() {
    check(ABOVE);
}
