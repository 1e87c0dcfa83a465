//! What `shmeter watch` says where cgroup version 2 has the memory controller, and on a kernel without much.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::guest::{Guest, owned};
use crate::machine::{Case, Hierarchy, Machine, compile};

const BUS: &str = "a bus error";
const HEAP: &str = "a heap";
const SHARED: &str = "shared memory";
const BETWEEN: &str = "between two samples";
const MIB: u64 = 1 << 20;

pub static GUEST: Guest = Guest::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let watched: PathBuf = folder.path().join("watched");
    compile("tests/docker/watched.c", &watched, &["-static", "-s", "-pthread"]);
    let machine = Machine {
        memory_mib: 512,
        swap_mib: 0,
        hierarchy: Hierarchy::V2,
        files: vec![("watched".to_owned(), watched)],
        patience: Duration::from_secs(180),
    };
    let watch = |step: &str, rest: String| {
        format!("fresh\nstep {step} 60 /shmeter watch --format jsonl {rest}\n")
    };
    let cases = [
        (
            BUS,
            watch(
                "bus",
                format!("--trace signals -- /watched child sparse /dev/shm/torch_1_7 {}", 40 * MIB),
            ),
        ),
        (HEAP, watch("heap", format!("-- /watched heap {}", 200 * MIB))),
        (SHARED, watch("shared", format!("-- /watched child memfd {} 1", 200 * MIB))),
        (
            BETWEEN,
            watch(
                "between",
                format!("--every 10s -- /bin/sh -c '/watched heap {}; sleep 4'", 200 * MIB),
            ),
        ),
    ];
    machine.run(&cases.map(|(name, script)| Case {
        name: name.to_owned(),
        tree: "a".to_owned(),
        settings: owned(&[("a/memory.max", "96M")]),
        shm: "size=16m".to_owned(),
        script,
        ..Case::default()
    }))
});

fn document(case: &str) -> Value {
    let told = GUEST.answers().of(case, 1);
    let text = told[0]["err"].as_str().unwrap_or_default();
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {told:#?}"))
}

#[test]
fn a_bus_error_is_told_with_its_file() {
    let document = document(BUS);
    assert_eq!(document["verdict"], "shared-memory", "{document:#}");
    assert_eq!(document["incidents"][0]["offset_bytes"], 16 * MIB, "{document:#}");
    assert_eq!(document["needed"]["shm_bytes"], 40 * MIB, "{document:#}");
}

#[test]
fn a_kill_between_two_samples_is_told_at_once() {
    let document = document(BETWEEN);
    let incident = &document["incidents"][0];
    assert_eq!(incident["what"], "oom-kill", "{document:#}");
    let (at, end) =
        (incident["at_seconds"].as_f64().unwrap(), document["seconds"].as_f64().unwrap());
    assert!(at + 3.0 < end, "at the end: {document:#}");
}

#[test]
fn an_oom_kill_is_told_with_the_part_that_was_shared() {
    let heap = document(HEAP);
    assert_eq!(heap["verdict"], "memory", "{heap:#}");
    assert!(heap["why"].as_str().unwrap().ends_with("of 96.0 MiB: not the cause"), "{heap:#}");
    let shared = document(SHARED);
    assert_eq!(shared["verdict"], "memory", "{shared:#}");
    assert!(shared["why"].as_str().unwrap().ends_with("of 96.0 MiB: most of it"), "{shared:#}");
}
