//! memory.oom.group: the OOM kill takes the supervisor too. What the journal then tells.

use std::time::Duration;

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
    step \"fill $fill\" 60 /shmeter fill --kind $1 --method $2 --procs $3 --until limit \
        --journal /tmp/journal --format json
    echo \"{\\\"case\\\":\\\"$name\\\",\\\"peak\\\":$(cat $root/a/memory.peak)}\" >&7
    tree= ; step \"report $fill\" 10 /shmeter report /tmp/journal ; tree=a
done
";

pub static GUEST: Guest = Guest::new(|| {
    let machine = Machine {
        memory_mib: 384,
        swap_mib: 0,
        hierarchy: Hierarchy::V2,
        files: Vec::new(),
        patience: Duration::from_secs(120),
    };
    machine.run(&[Case {
        name: NAME.to_owned(),
        tree: "a".to_owned(),
        settings: owned(&[("a/memory.max", "48M"), ("a/memory.oom.group", "1")]),
        shm: "size=4g".to_owned(),
        script: SCRIPT.to_owned(),
        ..Case::default()
    }])
});

/// The two numbers of "(N to M bytes)".
fn between(line: &str) -> (u64, u64) {
    let inside = line.rsplit_once('(').unwrap().1;
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
        let line = text.lines().find(|line| line.contains("cut off")).expect(text);
        let (least, most) = between(line);
        // What was charged at most, less what is no part of the segments.
        let peak = peak.as_u64().unwrap();
        let (low, high) = (peak * 95 / 100 - (2 << 20), peak);
        assert!(least <= high && most >= low, "{line}: {low} to {high}");
        assert!(most - least <= 8 << 20, "more than a step: {line}");
    }
}
