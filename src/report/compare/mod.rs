//! The compare document: docs/contract.md says what others rely on. How a person reads it: `text`.

mod costs;
pub mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::bench::Test;
use crate::bench::run::Measured;
use crate::capacity::{ByKind, Capacity, Kind, Method, Source};
use crate::compare::run::Seen;
use crate::compare::{Cell, Column};
use crate::facts::{Facts, Reading};
use crate::schema;
use crate::stats;

/// The result of `shmeter compare`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CompareDocument {
    /// Name and version of this format.
    #[cfg_attr(test, schemars(extend("const" = schema::COMPARE)))]
    pub(crate) schema: &'static str,
    /// Version of shmeter.
    pub(crate) version: &'static str,
    /// Release of the kernel.
    pub(crate) kernel: String,
    /// The folder of posix files.
    pub(crate) folder: String,
    /// The rows of the table.
    pub(crate) rows: Vec<Row>,
    /// Bandwidth of `sysv` compared with `posix`; null where it was not measured.
    pub(crate) bandwidth: Option<Beside>,
}

/// A row: a question, with the answer of each column.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Row {
    /// A word for scripts: docs/contract.md lists them.
    pub id: String,
    pub section: Section,
    /// The question.
    pub title: String,
    /// The answers, by column.
    pub cells: BTreeMap<Column, Cell>,
}

/// A part of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Section {
    /// What fits by the capacity model, and what the system calls grant.
    Limits,
    /// What probes saw.
    Semantics,
    /// Time of the steps of a segment's life.
    Cost,
}

/// Two kinds compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Beside {
    /// Median of the figure of `sysv` divided by that of `posix` in the same round.
    pub ratio: f64,
    /// Confidence interval of 95 %.
    pub ci95: [f64; 2],
    /// Whether the interval excludes 1.
    pub differs: bool,
}

const fn kind(column: Column) -> Kind {
    crate::compare::kind(column)
}

impl CompareDocument {
    /// The document of a compare.
    pub fn new(
        facts: &Facts,
        capacities: &ByKind<Capacity>,
        seen: &[Seen],
        cost: Option<&Result<Measured, String>>,
    ) -> CompareDocument {
        let mut rows = limits(facts, capacities);
        rows.extend(seen.iter().map(|seen| Row {
            id: seen.id.to_owned(),
            // What a call grants is a limit, all the others are what it does.
            section: if seen.id == "largest" { Section::Limits } else { Section::Semantics },
            title: seen.title.to_owned(),
            cells: seen.cells.iter().cloned().collect(),
        }));
        rows.extend(ends(capacities));
        rows.extend(cost.into_iter().flat_map(costs::rows));
        CompareDocument {
            schema: schema::COMPARE,
            version: env!("CARGO_PKG_VERSION"),
            kernel: facts.release.text.clone(),
            folder: facts.shm.asked.clone(),
            rows,
            bandwidth: cost.and_then(|cost| cost.as_ref().ok()).and_then(beside),
        }
    }

    /// Whether any probe had an answer.
    pub(crate) fn saw_something(&self) -> bool {
        let semantics = self.rows.iter().filter(|row| row.section == Section::Semantics);
        semantics.flat_map(|row| row.cells.values()).any(|cell| cell.said != "-")
    }
}

fn each(cell: impl Fn(Column) -> Cell) -> BTreeMap<Column, Cell> {
    Column::ALL.into_iter().map(|column| (column, cell(column))).collect()
}

fn row(section: Section, id: &str, title: &str, cell: impl Fn(Column) -> Cell) -> Row {
    Row { id: id.to_owned(), section, title: title.to_owned(), cells: each(cell) }
}

fn limits(facts: &Facts, capacities: &ByKind<Capacity>) -> Vec<Row> {
    let capacity = |column| {
        let found = &capacities[kind(column)];
        match found.available() {
            Some(bytes) => Cell::said(bytes.to_string()).because(found.certainty.word()),
            None => Cell::none(found.why.clone().unwrap_or_else(|| "unknown".to_owned())),
        }
    };
    let binding = |column| {
        let ceiling = capacities[kind(column)].binding();
        ceiling.map_or_else(|| Cell::said("-"), |ceiling| Cell::said(ceiling.source.word()))
    };
    let bounded = |column| {
        let Capacity { ceilings, why, .. } = &capacities[kind(column)];
        if ceilings.is_empty() {
            return Cell::none(why.clone().unwrap_or_else(|| "unknown".to_owned()));
        }
        let has = |source| ceilings.iter().any(|one| one.source == source);
        Cell::said(if has(Source::TmpfsSize) { "yes" } else { "no" })
    };
    let number = |column| match column {
        Column::Sysv => match &facts.ipc.shmmni {
            Reading::Known(most) => Cell::said(most.to_string()).because("kernel.shmmni"),
            _ => Cell::none("kernel.shmmni cannot be read"),
        },
        Column::Posix | Column::Crate => {
            let statfs = facts.shm.statfs.known();
            match statfs.map(|statfs| statfs.ffree) {
                Some(free) if free > 0 => Cell::said(free.to_string()).because("free inodes"),
                None => Cell::none("statfs does not tell"),
                Some(_) => Cell::said("no limit").because("the tmpfs counts no inodes"),
            }
        }
        Column::Memfd => Cell::said("ulimit -n").because("one descriptor each"),
        Column::Anon => Cell::said("map count").because("vm.max_map_count"),
    };
    vec![
        row(Section::Limits, "capacity", "still fits, by touching", capacity),
        row(Section::Limits, "binding", "what stops it", binding),
        row(Section::Limits, "bounded-by-size", "limited by --shm-size", bounded),
        row(Section::Limits, "number", "number of segments", number),
    ]
}

/// How a full one ends, by each method: predicted, as only `fill` finds out.
fn ends(capacities: &ByKind<Capacity>) -> Vec<Row> {
    let end = |column, method: Method| match capacities[kind(column)]
        .reach(method)
        .map(|reach| reach.end)
    {
        Some(Some(end)) => Cell::said(end.word()).because("predicted; see shmeter fill"),
        Some(None) => Cell::none("unknown"),
        None => Cell::none("it has no file to write to"),
    };
    Method::ALL
        .into_iter()
        .map(|method| {
            let word = method.word();
            row(
                Section::Semantics,
                &format!("full-by-{word}"),
                &format!("when full, by {word}"),
                |c| end(c, method),
            )
        })
        .collect()
}

/// System V's bandwidth beside posix's, round by round.
fn beside(measured: &Measured) -> Option<Beside> {
    let of = |kind: Kind| {
        let mut rows = measured.rows.iter();
        rows.find(|row| row.kind == kind && row.case.test == Test::Bandwidth)
    };
    let (posix, sysv) = (of(Kind::Posix)?, of(Kind::Sysv)?);
    let ratio = stats::ratio(&sysv.beside(posix))?;
    Some(Beside { ratio: ratio.median, ci95: ratio.ci95, differs: ratio.leaves_out(1.0) })
}
