//! For programs: each run's facts, and the groups.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::runs::changes::{Change, Changes};
use crate::runs::facts::{Fact, Value};
use crate::runs::groups::Groups;
use crate::runs::{Run, Runs};
use crate::schema;

/// The result of `shmeter report`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ReportDocument<'a> {
    /// Name and version of this format.
    #[cfg_attr(test, schemars(extend("const" = schema::REPORT)))]
    schema: &'static str,
    /// Version of shmeter.
    version: &'static str,
    /// Each run.
    runs: Vec<RunRow<'a>>,
    /// Runs whose answers are the same, the smallest groups first.
    groups: Vec<GroupRow<'a>>,
    /// Measurements of a run that are far from the median of all runs, the farthest first.
    far: Vec<FarRow<'a>>,
    /// Benches compared with the first one; the figures that changed most first.
    benches: Vec<BenchesRow<'a>>,
    /// What could not be read, or was left out.
    notes: &'a [String],
    /// Number of lines that are not shmeter's.
    other_lines: u64,
}

/// A run.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct RunRow<'a> {
    /// Its title.
    run: &'a str,
    /// The file that it was read from.
    file: &'a str,
    /// What is known of it, by name; sizes in bytes.
    #[cfg_attr(test, schemars(extend("additionalProperties" = {"type": ["string", "number"]})))]
    facts: BTreeMap<&'a str, serde_json::Value>,
}

/// Runs whose answers are the same.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct GroupRow<'a> {
    /// Their answers where groups differ, as text.
    values: BTreeMap<String, String>,
    /// Titles of the runs.
    runs: Vec<&'a str>,
}

/// A measurement of a run that is an exception.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FarRow<'a> {
    /// Title of the run.
    run: &'a str,
    /// What was measured.
    figure: String,
    /// The measured value as text.
    measured: String,
    /// The median of all runs as text.
    median: String,
    /// Measured value divided by the median.
    ratio: f64,
}

/// A bench compared with the first one.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct BenchesRow<'a> {
    /// Title of the first run with a bench.
    before: &'a str,
    /// Title of this run.
    after: &'a str,
    figures: Vec<ChangeRow>,
}

/// A figure of both benches.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ChangeRow {
    /// What was measured, of which kind.
    figure: String,
    /// The unit of `before` and `after`.
    unit: String,
    /// Median of the first bench.
    before: f64,
    /// Median of this bench.
    after: f64,
    /// `after` divided by `before`.
    ratio: f64,
    /// Confidence interval of 95 % of the ratio; null where one of the medians has none.
    ci95: Option<[f64; 2]>,
    /// Whether the interval excludes 1; null without an interval.
    differs: Option<bool>,
    /// Whether other work ran beside one of the two benches, so that a difference proves nothing.
    disturbed: bool,
}

impl From<Change> for ChangeRow {
    fn from(change: Change) -> ChangeRow {
        let Change { name, unit, before, after, ratio, ci95, disturbed } = change;
        let differs = ci95.map(|[low, high]| low > 1.0 || high < 1.0);
        ChangeRow { figure: name, unit, before, after, ratio, ci95, differs, disturbed }
    }
}

fn benches(runs: &[Run]) -> Vec<BenchesRow<'_>> {
    let mut benches = runs.iter().filter_map(|run| Some((run, run.bench.as_ref()?)));
    let Some((first, before)) = benches.next() else { return Vec::new() };
    let rows = benches.map(|(run, after)| BenchesRow {
        before: first.title.as_str(),
        after: run.title.as_str(),
        figures: Changes::of(before, after).figures.into_iter().map(ChangeRow::from).collect(),
    });
    rows.collect()
}

impl<'a> ReportDocument<'a> {
    pub(crate) fn new(runs: &'a Runs) -> ReportDocument<'a> {
        let groups = Groups::of(&runs.runs);
        let ids = groups.differs.iter().map(|column| column.id.clone());
        let ids: Vec<String> = ids.collect();
        let title = |at: usize| Some(runs.runs.get(at)?.title.as_str());
        let far = groups.far.into_iter().filter_map(|far| {
            Some(FarRow {
                run: title(far.run)?,
                figure: far.id,
                measured: far.value,
                median: far.median,
                ratio: far.ratio,
            })
        });
        let far = far.collect();
        let rows = groups.groups.into_iter().map(|group| GroupRow {
            values: ids.iter().cloned().zip(group.values).collect(),
            runs: group.members.iter().filter_map(|at| title(*at)).collect(),
        });
        ReportDocument {
            schema: schema::REPORT,
            version: env!("CARGO_PKG_VERSION"),
            runs: runs.runs.iter().map(row).collect(),
            groups: rows.collect(),
            far,
            benches: benches(&runs.runs),
            notes: &runs.notes,
            other_lines: runs.other_lines,
        }
    }
}

fn row(run: &Run) -> RunRow<'_> {
    let value = |fact: &Fact| match &fact.value {
        Value::Word(word) => serde_json::Value::from(word.as_str()),
        Value::Bytes(bytes) | Value::AtMost(bytes) => serde_json::Value::from(*bytes),
        Value::Number(number, _) => serde_json::Value::from(*number),
    };
    RunRow {
        run: &run.title,
        file: &run.source,
        facts: run.facts.iter().map(|fact| (fact.id.as_str(), value(fact))).collect(),
    }
}
