//! What a report tells, before it has a form: blocks in reading order, the answer first.

use crate::plain::plain;
use crate::report::charts::Chart;

/// How something is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Care,
    Bad,
    /// None of these.
    Plain,
}

impl Tone {
    /// Of a verdict.
    pub(crate) fn of(verdict: Option<&str>) -> Tone {
        match verdict {
            Some("ok") => Tone::Good,
            Some("warn") => Tone::Care,
            Some("fail") => Tone::Bad,
            _ => Tone::Plain,
        }
    }

    /// The class in a page.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Care => "care",
            Tone::Bad => "bad",
            Tone::Plain => "plain",
        }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
    pub text: String,
    /// It is not what most have.
    pub differs: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub title: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GroupBlock {
    /// How many of how many, and some of their names.
    pub count: usize,
    pub names: String,
    /// Fact, its value here, and the value that most have.
    pub values: Vec<(String, String, Option<String>)>,
}

/// A part of a report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Block {
    /// What is to be read first.
    Answer {
        /// What it is about.
        title: String,
        headline: String,
        /// How it is meant.
        tone: Tone,
        /// ok, warn, fail, cut off.
        badge: String,
    },
    /// Names and what is said of them.
    Rows(Vec<(String, String)>),
    Table(Table),
    /// Something worth telling, and what to do.
    Finding {
        /// info, warn or fail.
        severity: String,
        id: String,
        message: String,
        fix: Option<String>,
    },
    /// Groups of a fleet, with the total.
    Groups(Vec<GroupBlock>, usize),
    /// These charts of these runs.
    Charts(Vec<usize>, &'static [Chart]),
    Heading(String),
    Note(String),
    /// What only who looks for it reads.
    Fold(String, Vec<Block>),
}

/// A cell that says what is usual.
pub(crate) fn cell(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), differs: false }
}

/// Groups as a table: a row each, with how many runs it has below `count`.
pub(crate) fn of_groups(groups: &[GroupBlock], count: String) -> Table {
    let Some(first) = groups.first() else { return Table::default() };
    let mut head = vec![count, "names".to_owned()];
    head.extend(first.values.iter().map(|(id, ..)| id.clone()));
    let rows = groups.iter().map(|group| {
        let mut row = vec![cell(group.count.to_string()), cell(group.names.clone())];
        row.extend(
            group
                .values
                .iter()
                .map(|(_, value, usual)| Cell { text: value.clone(), differs: usual.is_some() }),
        );
        row
    });
    Table { title: String::new(), head, rows: rows.collect() }
}

/// Text whose lines stay.
pub(crate) fn plain_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| plain(line).into_owned()).collect();
    lines.join("\n")
}
