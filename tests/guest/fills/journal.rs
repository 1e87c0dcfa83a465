//! memory.oom.group: the OOM kill takes the supervisor too. What the journal then tells.

use std::time::Duration;

use serde_json::Value;

use crate::guest::{Guest, owned};
use crate::machine::{Case, Hierarchy, Machine};

const NAME: &str = "the_journal_outlives_the_container";

/// Fills with a journal that another cgroup pays for, and asks what it tells. What the whole cgroup
/// held at most says how far the fill really came.
const SCRIPT: &str = "\
for fill in 'posix touch 2' 'memfd write 1' 'sysv populate 4'; do
    set -- $fill
    fresh
    : > /tmp/journal
    step \"fill $fill\" 60 /shmeter fill --kind $1 --method $2 --procs $3 --until limit --exclusive \
        --journal /tmp/journal --format json
    echo \"{\\\"case\\\":\\\"$name\\\",\\\"peak\\\":$(cat $root/a/memory.peak)}\" >&7
    tree= ; step \"report $fill\" 10 /shmeter report /tmp/journal ; tree=a
done
";

const RUN: &str = "the_journal_of_a_run_tells_the_last_step";

/// The same of a run, and what it left as its termination message.
const RUN_SCRIPT: &str = "\
fresh
: > /tmp/journal
: > /tmp/message
step run 60 /shmeter run --only inspect,fill --until limit --exclusive --journal /tmp/journal \
    --termination-log /tmp/message --format json
tree=
step journal 10 /bin/cat /tmp/journal
step message 10 /bin/cat /tmp/message
tree=a
";

pub static GUEST: Guest = Guest::new(|| {
    let machine = Machine {
        memory_mib: 384,
        swap_mib: 0,
        hierarchy: Hierarchy::V2,
        files: Vec::new(),
        patience: Duration::from_secs(120),
    };
    let cases = [(NAME, SCRIPT), (RUN, RUN_SCRIPT)].map(|(name, script)| Case {
        name: name.to_owned(),
        tree: "a".to_owned(),
        settings: owned(&[("a/memory.max", "48M"), ("a/memory.oom.group", "1")]),
        shm: "size=4g".to_owned(),
        script: script.to_owned(),
        ..Case::default()
    });
    machine.run(&cases)
});

/// The two numbers of "N to M bytes".
fn between(line: &str) -> (u64, u64) {
    let inside = line.split_once(" bytes").unwrap().0;
    let numbers: Vec<u64> =
        inside.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    (numbers[0], numbers[1])
}

#[test]
fn the_journal_outlives_the_container() {
    let told = GUEST.answers().of(NAME, 9);
    for three in told.chunks_exact(3) {
        let (fill, peak, report) = (three[0], &three[1]["peak"], three[2]);
        // Nobody is left who could have printed anything.
        assert_eq!(
            (fill["status"].as_u64(), fill["out"].as_str()),
            (Some(137), Some("")),
            "{fill}"
        );
        assert!(fill["group_kills"].as_u64() > Some(0), "{fill}");
        let text = report["out"].as_str().unwrap();
        assert!(text.contains("end: oom-kill"), "{report}");
        let line = text.lines().find(|line| line.contains(" bytes (")).expect(text);
        let (least, most) = between(line);
        // What was charged at most, less what is no part of the segments.
        let peak = peak.as_u64().unwrap();
        let (low, high) = (peak * 95 / 100 - (2 << 20), peak);
        assert!(least <= high && most >= low, "{line}: {low} to {high}");
        assert!(most - least <= 8 << 20, "more than a step: {line}");
    }
}

#[test]
fn the_journal_of_a_run_tells_the_last_step() {
    let told = GUEST.answers().of(RUN, 3);
    let [run, journal, message] = told[..] else { panic!("{told:?}") };
    assert_eq!((run["status"].as_u64(), run["out"].as_str()), (Some(137), Some("")), "{run}");
    let text = journal["out"].as_str().unwrap();
    crate::runs::keep("killed-with-its-whole-cgroup", text);
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    // Each line was whole before what it tells of began.
    let last = lines.last().unwrap();
    assert_eq!(last["step"], "fill posix touch", "{last}");
    let reached = last["line"]["to_bytes"].as_u64().or(last["line"]["bytes"].as_u64());
    assert!(reached > Some(40 << 20), "it was killed near its limit of 48 MiB: {last}");
    assert!(lines.iter().any(|line| line["document"]["schema"] == "shmeter.inspect/1"));
    let message = message["out"].as_str().unwrap();
    let expected = "expected, then oom-kill; if this is the last line, it was killed here";
    assert!(message.starts_with("shmeter run: ") && message.contains(expected), "{message}");
}
