//! For programs: each run's facts, and the groups.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::runs::facts::{Fact, Value};
use crate::runs::groups::Groups;
use crate::runs::{Run, Runs};
use crate::schema;

/// All that a report says.
#[derive(Debug, Serialize)]
pub(crate) struct ReportDocument<'a> {
    schema: &'static str,
    version: &'static str,
    runs: Vec<RunRow<'a>>,
    groups: Vec<GroupRow<'a>>,
    notes: &'a [String],
    other_lines: u64,
}

#[derive(Debug, Serialize)]
struct RunRow<'a> {
    run: &'a str,
    file: &'a str,
    facts: BTreeMap<&'a str, serde_json::Value>,
}

#[derive(Debug, Serialize)]
struct GroupRow<'a> {
    values: BTreeMap<String, String>,
    runs: Vec<&'a str>,
}

impl<'a> ReportDocument<'a> {
    pub(crate) fn new(runs: &'a Runs) -> ReportDocument<'a> {
        let groups = Groups::of(&runs.runs);
        let ids = groups.differs.iter().map(|column| column.id.clone());
        let ids: Vec<String> = ids.collect();
        let rows = groups.groups.into_iter().map(|group| GroupRow {
            values: ids.iter().cloned().zip(group.values).collect(),
            runs: group
                .members
                .iter()
                .filter_map(|at| Some(runs.runs.get(*at)?.title.as_str()))
                .collect(),
        });
        ReportDocument {
            schema: schema::REPORT,
            version: env!("CARGO_PKG_VERSION"),
            runs: runs.runs.iter().map(row).collect(),
            groups: rows.collect(),
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
