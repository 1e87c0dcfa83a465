//! A fill beside an application under the same limit of cgroup v2: whoever is seen keeps everything.

use std::time::Duration;

use crate::guest::{Guest, owned};
use crate::machine::{Case, Hierarchy, Machine};

const SEEN: &str = "an_application_in_the_same_cgroup_keeps_its_memory";
const ABOVE: &str = "an_application_under_the_same_limit_above_keeps_its_memory";

const NOBODY: &str = "where_every_process_is_seen_a_file_that_nobody_holds";

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
    let nobody = Case {
        name: NOBODY.to_owned(),
        tree: "a".to_owned(),
        before: "hold a 1048576".to_owned(),
        script: "fresh\nstep ls 10 /shmeter ls --format json\n".to_owned(),
        ..Case::default()
    };
    machine.run(&[case(SEEN, "a", "a"), case(ABOVE, "a/b", "a/n"), nobody])
});

#[test]
fn where_every_process_is_seen_a_file_that_nobody_holds_has_a_command_that_removes_it() {
    let told = GUEST.answers().of(NOBODY, 1);
    let text = told[0]["out"].as_str().unwrap_or_default();
    let document: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let held = &document["objects"][0];
    assert_eq!(document["processes"]["hidden_by"], serde_json::Value::Null, "{text}");
    assert_eq!((&held["held_by"], &held["name"]), (&"nobody".into(), &"/dev/shm/held".into()));
    assert_eq!(held["remove"], "rm -- /dev/shm/held");
}

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
