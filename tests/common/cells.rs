//! Cells of the matrix of fills: one fill in one setting, the end that the kernel's rules give it
//! (docs/kernel-facts.md), and whether what `shmeter fill` predicted and measured is that.
#![allow(dead_code)] // each test program uses a part

use std::fs::OpenOptions;
use std::io::Write;

use serde_json::{Value, json};
use shmeter::units::Bytes;

const MIB: u64 = 1 << 20;

/// One fill and what is to come of it.
#[derive(Clone, Copy)]
pub struct Cell {
    /// Kind, method and processes: "posix touch 2".
    what: &'static str,
    until: &'static str,
    /// More options.
    options: &'static str,
    /// The end, predicted and measured.
    end: &'static str,
    /// The predicted one, where it cannot be known.
    predicted: Option<&'static str>,
    /// MiB that may be missing where only an upper bound can be predicted; else 0.
    less: u64,
    /// No segment can be made at all.
    nothing: bool,
}

/// A fill until the kernel ends it.
pub const fn fill(what: &'static str, end: &'static str) -> Cell {
    Cell { what, until: "limit", options: "", end, predicted: None, less: 0, nothing: false }
}

/// A fill that stops at the edge.
pub const fn safe(what: &'static str) -> Cell {
    Cell { until: "safe", ..fill(what, "edge") }
}

impl Cell {
    pub const fn until(self, until: &'static str) -> Cell {
        Cell { until, ..self }
    }

    pub const fn options(self, options: &'static str) -> Cell {
        Cell { options, ..self }
    }

    /// Only an upper bound can be predicted: the end comes up to so many MiB earlier.
    pub const fn up_to(self, less: u64) -> Cell {
        Cell { less, ..self }
    }

    /// What is predicted where what ends it cannot be seen.
    pub const fn unforeseen(self, predicted: &'static str) -> Cell {
        Cell { predicted: Some(predicted), ..self }
    }

    /// Every worker is refused its segment.
    pub const fn nothing(self) -> Cell {
        Cell { nothing: true, ..self }
    }

    /// The arguments of `shmeter fill`.
    pub fn arguments(&self) -> String {
        let [kind, method, procs] = self.parts();
        let Cell { until, options, .. } = self;
        format!("--kind {kind} --method {method} --procs {procs} --until {until} {options}")
    }

    fn parts(&self) -> [&'static str; 3] {
        let parts: Vec<&str> = self.what.split(' ').collect();
        parts.try_into().expect("kind, method and processes")
    }

    /// Compares what the fill printed with what was to come of it; what is wrong. `slack`: bytes by which it may miss
    /// what was foretold beyond the usual tolerance, and then says so itself.
    pub fn check(
        &self,
        (place, setting): (&str, &str),
        text: &str,
        status: i64,
        slack: u64,
    ) -> Option<String> {
        let Ok(document) = serde_json::from_str::<Value>(text) else {
            return Some(format!("{}: no document, status {status}: {text}", self.arguments()));
        };
        let (predicted, measured) = (&document["predicted"], &document["measured"]);
        let bytes = |part: &Value, key: &str| part[key].as_u64().unwrap_or(u64::MAX);
        let error = document["error_bytes"].as_i64().unwrap_or(i64::MAX);
        let reached = bytes(measured, "bytes");
        let tolerance = i64::try_from(Bytes(reached).tolerance().0 + slack).unwrap();
        // What two CPUs can have charged ahead comes after the canaries, so that a careful fill may use it.
        let ahead = if self.end == "edge" { 2 * 256 * 1024 } else { 0 };
        let agrees = document["agrees"] == true;
        let certain = predicted["certainty"] == "exact" || predicted["certainty"] == "measured";
        let less = if certain { 0 } else { i64::try_from(self.less * MIB).unwrap() };
        let workers = measured["workers"].as_array().cloned().unwrap_or_default();
        let killed = document["evidence"]["oom_kill"].as_u64().unwrap_or(0) > 0;
        // Without a canary the difference can be told from outside.
        let same = self.end == "edge"
            || i128::from(error) == i128::from(reached) - i128::from(bytes(predicted, "bytes"));
        let [_, _, procs] = self.parts();
        let faults = [
            ("the predicted end", predicted["ends_in"] == self.predicted.unwrap_or(self.end)),
            ("the measured end", measured["ended_in"] == self.end),
            ("agrees", agrees || slack > 0),
            ("the difference", same),
            ("the bytes", (-tolerance - less..=tolerance + ahead).contains(&error)),
            ("the number of workers", workers.len().to_string() == procs),
            (
                "the sum",
                workers.iter().map(|worker| bytes(worker, "bytes")).sum::<u64>() == reached,
            ),
            ("the proof of a kill", killed == (self.end == "oom-kill")),
            ("the exit code", status == if self.nothing { 4 } else { i64::from(!agrees) }),
            ("nothing", (reached == 0) == self.nothing),
        ];
        note(&json!({
            "place": place,
            "setting": setting.replace('_', " "),
            "fill": self.what,
            "until": self.until,
            "options": self.options,
            "expected": self.end,
            "upper_bound": self.less > 0,
            "predicted": predicted,
            "measured": {"bytes": reached, "ended_in": measured["ended_in"]},
            "error_bytes": error,
            "agrees": document["agrees"],
        }));
        println!(
            "{} {}: {predicted} against {reached} {} ({error:+})",
            self.what, self.until, measured["ended_in"]
        );
        let wrong: Vec<&str> =
            faults.iter().filter(|(_, right)| !right).map(|(what, _)| *what).collect();
        (!wrong.is_empty()).then(|| {
            format!(
                "{setting}: fill {}: wrong: {}; expected {}, status {status}\n{text}",
                self.arguments(),
                wrong.join(", "),
                self.end
            )
        })
    }
}

/// Bytes filled and still held by canaries, file cache and the program itself.
pub fn reached(text: &str) -> u64 {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let sum = ["bytes", "canary_bytes", "cache_bytes", "program_bytes"];
    sum.iter().map(|key| document["measured"][key].as_u64().unwrap_or(0)).sum()
}

/// Two fills of the same room.
pub fn alike(one: u64, other: u64) -> bool {
    Bytes(other).agrees_with(Bytes(one))
}

/// Adds a line of JSON to the file that SHMETER_CELLS names (scripts/fill-matrix makes a table of it).
pub fn note(line: &Value) {
    let path = std::env::var_os("SHMETER_CELLS").filter(|path| !path.is_empty());
    let Some(path) = path else { return };
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}
