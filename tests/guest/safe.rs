//! `--until safe` in random settings: nobody is killed, nothing beyond what was asked for is filled,
//! and what it reached with what its canaries held is what `--until limit` then reaches in the same
//! setting (`careful`).

use std::fmt::Write;
use std::time::Duration;

use crate::careful::{Dice, LIMIT, MIB, Pair, RUNS, SEED, TO_THE_LIMIT, place, variable};
use crate::emulated::{emulated, grain};
use crate::guest::{Guest, owned};
use crate::machine::{Answers, Case, Hierarchy, Machine};

/// Not 0: without the fill that goes to the limit.
const ALONE: (&str, u64) = ("SHMETER_SAFE_ALONE", 0);

/// One setting, and what the fill in it asks for.
struct Setting {
    case: Case,
    fill: String,
    /// Bytes, where so many are asked for.
    asked: Option<u64>,
    /// Throttling comes before the kill: `limit` goes on far beyond its mark.
    high: bool,
    words: String,
}

fn setting(hierarchy: Hierarchy, dice: &mut Dice, number: u64) -> Setting {
    let unified = matches!(hierarchy, Hierarchy::V2);
    let limit = match variable(LIMIT) {
        // Canaries are pages, so that larger ones need more room.
        0 if emulated().is_some() => 48 + dice.below(208),
        0 => 24 + dice.below(72),
        limit => limit,
    };
    let (file, swap_file) = if unified {
        ("memory.max", "memory.swap.max")
    } else {
        ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
    };
    let places = ["own", "parent", "hidden"];
    let any = dice.one(&places);
    let place =
        place().and_then(|asked| places.into_iter().find(|one| *one == asked)).unwrap_or(any);
    let mut settings = Vec::new();
    let mut words = format!("{place} {limit} MiB");
    let (tree, limited) = if place == "own" { ("a", "a") } else { ("a/b", "a") };
    settings.push((format!("{limited}/{file}"), format!("{limit}M")));
    let high = unified && place != "hidden" && dice.below(5) == 0;
    if high {
        let mark = limit * 3 / 4;
        settings.push((format!("{tree}/memory.high"), format!("{mark}M")));
        write!(words, ", high {mark} MiB").unwrap();
    }
    let company = dice.one(&["", "held", "alive", "read once", "read twice"]);
    let theirs = (4 + dice.below(8)) * MIB;
    // Under the same limit: beside it, or in the very same cgroup.
    let home = if place == "own" { "a" } else { "a/n" };
    let make = if place == "own" { "" } else { "mkdir $root/a/n; " };
    let before = match company {
        "held" => format!("{make}hold {home} {theirs}"),
        "alive" if place != "own" => format!("{make}neighbour {home} {theirs}"),
        "read once" => format!("{make}read_disk {home} {theirs} 1"),
        "read twice" => format!("{make}read_disk {home} {theirs} 2"),
        _ => String::new(),
    };
    if !before.is_empty() {
        write!(words, ", {company} {} MiB", theirs / MIB).unwrap();
    }
    // The disk is either read or swapped to.
    let swap = !company.starts_with("read") && dice.below(3) == 0;
    if swap {
        let some = dice.below(2) == 0;
        if some {
            let most = if unified { 16 } else { limit + 16 };
            settings.push((format!("{limited}/{swap_file}"), format!("{most}M")));
        }
        words += if some { ", 16 MiB of swap" } else { ", swap" };
    }
    let kind = dice.one(&["posix", "posix", "memfd", "sysv", "anon"]);
    let methods = ["touch", "populate", "write", "fallocate"];
    let files = matches!(kind, "posix" | "memfd");
    let method = dice.one(&methods[..if files { 4 } else { 2 }]);
    let procs = 1 + dice.below(8);
    let size = dice.one(&[4096, 4096, limit / 2, limit - 4]);
    let asked = (dice.below(6) == 0).then(|| dice.one(&[limit / 2, limit * 2]) * MIB);
    write!(words, ", tmpfs {size} MiB").unwrap();
    let pairs: Vec<(&str, &str)> =
        settings.iter().map(|(file, value)| (file.as_str(), value.as_str())).collect();
    let fill = format!("--kind {kind} --method {method} --procs {procs} --force");
    Setting {
        case: Case {
            name: format!("setting-{number:03}"),
            tree: tree.to_owned(),
            settings: owned(&pairs),
            shm: format!("size={size}m"),
            hidden: place == "hidden",
            swap,
            before,
            ..Case::default()
        },
        fill,
        asked,
        high,
        words,
    }
}

impl Setting {
    /// The careful fill, and the other one in the same setting.
    fn case(&self) -> Case {
        let until = self.asked.map_or("safe".to_owned(), |bytes| bytes.to_string());
        let mut case = self.case.clone();
        case.script = format!("fresh\nshmeter_fill {} --until {until}\n", self.fill);
        if !is_alone() {
            write!(case.script, "finish\nfresh\nshmeter_fill {} {TO_THE_LIMIT}\n", self.fill)
                .unwrap();
        }
        case
    }

    fn check(&self, answers: &Answers) -> Option<String> {
        let told = answers.of(&self.case.name, if is_alone() { 1 } else { 2 });
        let text = |n: usize| told[n]["out"].as_str().unwrap_or_default();
        let pair = Pair {
            setting: &self.words,
            fill: &self.fill,
            asked: self.asked,
            high: self.high,
            hidden: self.case.hidden,
            swaps: self.case.swap,
            busy: false,
            safe: text(0),
            limit: (!is_alone()).then(|| text(1)),
            slack: grain(),
            status: told[0]["status"].as_i64().unwrap_or(-1),
            kills: told[0]["kills"].as_u64().unwrap_or(u64::MAX),
        };
        pair.check().map(|fault| format!("{fault}\n{}", told[0]["err"]))
    }
}

/// Whether the careful fills are all that runs.
fn is_alone() -> bool {
    variable(ALONE) != 0
}

fn settings(hierarchy: Hierarchy) -> Vec<Setting> {
    let seed = variable(SEED) * 2 + u64::from(matches!(hierarchy, Hierarchy::V1));
    let mut dice = Dice::new(seed);
    (0..variable(RUNS)).map(|number| setting(hierarchy, &mut dice, number)).collect()
}

fn run(hierarchy: Hierarchy) -> Answers {
    let cases: Vec<Case> = settings(hierarchy).iter().map(Setting::case).collect();
    let machine = Machine {
        memory_mib: 640,
        swap_mib: 64,
        hierarchy,
        files: Vec::new(),
        patience: Duration::from_secs(120 + 20 * variable(RUNS)),
    };
    machine.run(&cases)
}

fn check(hierarchy: Hierarchy, answers: &Answers) {
    let settings = settings(hierarchy);
    let faults: Vec<String> =
        settings.iter().filter_map(|setting| setting.check(answers)).collect();
    let (bad, all) = (faults.len(), settings.len());
    assert!(faults.is_empty(), "{bad} of {all} settings:\n{}", faults.join("\n"));
}

pub mod v1 {
    use super::{Guest, Hierarchy, check, run};

    pub static GUEST: Guest = Guest::new(|| run(Hierarchy::V1));

    #[test]
    fn nobody_is_killed_and_nothing_is_left_unfilled() {
        check(Hierarchy::V1, GUEST.answers());
    }
}

pub mod v2 {
    use super::{Guest, Hierarchy, check, run};

    pub static GUEST: Guest = Guest::new(|| run(Hierarchy::V2));

    #[test]
    fn nobody_is_killed_and_nothing_is_left_unfilled() {
        check(Hierarchy::V2, GUEST.answers());
    }
}
