//! Each test is a case in a guest: a fresh cgroup and a fresh /dev/shm, in which `shmeter inspect`
//! runs, and at once after that busybox's dd (write) or tests/docker/touch.c (a mapping, a byte a
//! page) until the kernel stops it. A guest boots once for all of its cases.

use std::fmt::Write;

use serde_json::{Value, json};
use shmeter::capacity::throttle::STALL_SECONDS;

use crate::emulated::{grain, page};
use crate::guest::owned;
use crate::machine::{Answers, Case};

pub mod host;
pub mod swap;
pub mod v1;
pub mod v2;

const MIB: u64 = 1 << 20;

/// What a fill asks for.
#[derive(Clone, Copy)]
enum Ask {
    /// What its case says, more than can fit.
    TooMuch,
    /// So much more (or less) than inspect said.
    Beyond(i64),
}

/// What a fill is to reach.
#[derive(Clone, Copy)]
enum Reach {
    /// What inspect said.
    Predicted,
    /// At most what inspect said: something is hidden.
    AtMost,
    /// All that it asked for.
    All,
    /// Nothing: it is refused whole.
    Nothing,
}

/// One fill and what is to come of it.
#[derive(Clone, Copy)]
struct Round {
    method: &'static str,
    kind: &'static str,
    end: &'static str,
    ask: Ask,
    reach: Reach,
    /// What fills, where `method` does not say it.
    by: Option<&'static str>,
}

const fn fill(method: &'static str, kind: &'static str, end: &'static str) -> Round {
    Round { method, kind, end, ask: Ask::TooMuch, reach: Reach::Predicted, by: None }
}

const fn write(end: &'static str) -> Round {
    fill("write", "posix", end)
}

const fn touch(kind: &'static str, end: &'static str) -> Round {
    fill("touch", kind, end)
}

impl Round {
    /// Asks for so much more (or less) than inspect said.
    const fn beyond(self, bytes: i64, reach: Reach) -> Round {
        Round { ask: Ask::Beyond(bytes), reach, ..self }
    }

    const fn at_most(self) -> Round {
        Round { reach: Reach::AtMost, ..self }
    }

    /// By a writer that has all of its own memory before.
    const fn prepared(self) -> Round {
        Round { by: Some("pour"), ..self }
    }
}

/// The fills where a memory limit comes first.
const KILLS: [Round; 5] = [
    write("oom-kill"),
    touch("posix", "oom-kill"),
    touch("sysv", "oom-kill"),
    touch("memfd", "oom-kill"),
    touch("anon", "oom-kill"),
];

/// The fills where the tmpfs is the first to be full.
const FULL: [Round; 2] = [write("enospc"), touch("posix", "sigbus")];

/// A case, and the rounds in it.
struct Truth {
    case: Case,
    rounds: Vec<Round>,
    certainty: &'static str,
    /// What a fill asks for that wants too much.
    most: u64,
    /// Seconds after which a fill is stopped.
    patience: u32,
    /// Options of inspect.
    options: &'static str,
    /// Bytes may differ by so many thousandths.
    permille: u64,
}

impl Truth {
    /// In the cgroup `tree`, with a tmpfs larger than anything else.
    fn new(tree: &str, settings: &[(&str, &str)], rounds: &[Round]) -> Truth {
        Truth {
            case: Case {
                tree: tree.to_owned(),
                settings: owned(settings),
                shm: "size=4g".to_owned(),
                ..Case::default()
            },
            rounds: rounds.to_vec(),
            certainty: "exact",
            most: 128 * MIB,
            patience: 30,
            options: "",
            permille: 5,
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Truth)) -> Truth {
        change(&mut self);
        self
    }

    fn shm(self, options: &str) -> Truth {
        self.with(|truth| truth.case.shm = options.to_owned())
    }

    fn sysctls(self, sysctls: &[(&str, &str)]) -> Truth {
        self.with(|truth| truth.case.sysctls = owned(sysctls))
    }

    fn before(self, text: &str) -> Truth {
        self.with(|truth| truth.case.before = text.to_owned())
    }

    fn with_swap(self) -> Truth {
        self.with(|truth| truth.case.swap = true)
    }

    /// Swap is part of what fits. A fill dies earlier: what is in memory and in swap at once is lost to both
    /// (measured: 0.3 to 7 MiB by write, and once 1.01 by touch).
    fn into_swap(self) -> Truth {
        self.with_swap().with(|truth| {
            truth.certainty = "at-most";
            for round in &mut truth.rounds {
                round.reach = Reach::AtMost;
            }
        })
    }

    /// Seen through a cgroup namespace, which hides the levels above.
    fn hidden(self) -> Truth {
        self.with(|truth| {
            truth.case.hidden = true;
            truth.certainty = "at-most";
        })
    }

    fn in_oom_group(&self) -> bool {
        self.case.settings.iter().any(|(file, value)| file.ends_with("oom.group") && value == "1")
    }

    /// As the guest is to run it.
    fn case(&self, name: &str) -> Case {
        let mut case = Case { name: name.to_owned(), ..self.case.clone() };
        for round in &self.rounds {
            let ask = match round.ask {
                Ask::TooMuch => self.most.to_string(),
                Ask::Beyond(bytes) => format!("{bytes:+}"),
            };
            let Round { kind, end, .. } = round;
            let by = round.by.unwrap_or(round.method);
            let sample = if *end == "stall" { "1" } else { "" };
            writeln!(
                case.script,
                "fresh\ninspect {}\nsample={sample}\nfill {by} {kind} {ask} {}\nsample=",
                self.options, self.patience
            )
            .unwrap();
        }
        case
    }

    /// Compares what was predicted with what happened.
    fn check(&self, name: &str, answers: &Answers) {
        let told = answers.of(name, 2 * self.rounds.len());
        let faults: Vec<String> = self
            .rounds
            .iter()
            .zip(told.chunks_exact(2))
            .filter_map(|(round, pair)| self.compare(*round, pair[0], pair[1]))
            .collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// One round; what is wrong with it.
    fn compare(&self, round: Round, inspect: &Value, fill: &Value) -> Option<String> {
        let Round { method, kind, end, ask, reach, .. } = round;
        let document = document(inspect);
        let segment = &document["segments"][kind];
        let row = &segment["methods"][method];
        let predicted = row["available_bytes"].as_u64().unwrap_or_default();
        let (ended, reached) = (end_of(fill), reached(kind, fill));
        let wanted = match (reach, ask) {
            (Reach::Nothing, _) => 0,
            (Reach::All, Ask::Beyond(bytes)) => predicted.saturating_add_signed(bytes),
            _ => predicted,
        };
        let most = wanted + tolerance(reached, self.permille);
        let least = match reach {
            Reach::AtMost => 0,
            _ => wanted.saturating_sub(tolerance(reached, self.permille)),
        };
        let line = format!(
            "{method} {kind}: inspect said {predicted} ({}, {}), bound by {}; the fill was to reach \
             {wanted}, reached {reached} ({:+}) and ended in {ended} after {:.1} s ({} OOM kills, \
             status {})",
            row["ends_in"],
            segment["certainty"],
            segment["binding"],
            i128::from(reached) - i128::from(wanted),
            fill["seconds"].as_f64().unwrap_or_default(),
            fill["kills"],
            fill["status"],
        );
        println!("{line}");
        // Who asks for what fits gets it, and does not see how more would have ended.
        let foretold = ended == "full" || row["ends_in"] == ended;
        let right = (least..=most).contains(&reached)
            && ended == end
            && foretold
            && segment["certainty"] == self.certainty
            && inspect["status"] == code_of(&document)
            && inspect["kills"] == 0
            && (fill["group_kills"].as_i64() > Some(0)) == self.in_oom_group();
        (!right).then(|| {
            format!(
                "{line}\n  wanted: {end}, {}; inspect ended with {} and told {}; the fill told {}",
                self.certainty, inspect["status"], inspect["err"], fill["err"]
            )
        })
    }
}

/// What inspect printed.
fn document(inspect: &Value) -> Value {
    let text = inspect["out"].as_str().unwrap_or_default();
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {inspect:#}"))
}

fn tolerance(bytes: u64, permille: u64) -> u64 {
    MIB.max(bytes * permille / 1000) + grain()
}

/// Bytes really allocated. Those of a file outlive whoever filled it; of the rest the page knows
/// that was counted last.
fn bytes_of(kind: &str, fill: &Value) -> u64 {
    let number = |key: &str| fill[key].as_u64().unwrap_or_default();
    if kind == "posix" { number("blocks") * 512 } else { number("pages") * page() }
}

/// How the fill ended, in the contract's words.
fn end_of(fill: &Value) -> &'static str {
    let said = |text| fill["err"].as_str().is_some_and(|told| told.contains(text));
    match fill["status"].as_u64() {
        Some(0) => "full",
        Some(135) => "sigbus",
        Some(137) if fill["kills"] != 0 => "oom-kill",
        Some(137) => "killed",
        Some(142) => "stall",
        Some(1) if said("No space left on device") => "enospc",
        Some(1) if said("Cannot allocate memory") || said("Out of memory") => "enomem",
        Some(1) if said("Invalid argument") => "einval",
        _ => "something else",
    }
}

/// Bytes reached. A throttled fill goes on, ever slower: what counts is where it was when it had
/// been held up, not running, for as long as the model says that standing still takes.
fn reached(kind: &str, fill: &Value) -> u64 {
    let busy = fill["cpu_seconds"].as_f64().unwrap_or_default();
    let samples = fill["samples"].as_array().into_iter().flatten();
    let held_up = |sample: &Value| sample[0].as_f64().unwrap_or_default() - busy;
    let stood = samples.into_iter().find(|sample| held_up(sample) >= STALL_SECONDS);
    stood.map_or_else(
        || bytes_of(kind, fill),
        |stood| bytes_of(kind, &json!({"pages": stood[1], "blocks": stood[2]})),
    )
}

/// The exit code that a document has.
fn code_of(document: &Value) -> u64 {
    let segments = document["segments"].as_object().unwrap();
    match document["verdict"].as_str().unwrap() {
        "fail" => 1,
        _ if segments.values().any(|segment| segment["certainty"] == "unknown") => 3,
        _ => 0,
    }
}
