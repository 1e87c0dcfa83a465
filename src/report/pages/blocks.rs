//! What a report tells, before it has a form: blocks in reading order, the answer first.

use crate::plain::plain;

/// How something is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good.
    Good,
    /// Needs care.
    Care,
    /// Wrong.
    Bad,
    /// None of these.
    Plain,
}

impl Tone {
    /// Of a verdict.
    pub fn of(verdict: Option<&str>) -> Tone {
        match verdict {
            Some("ok") => Tone::Good,
            Some("warn") => Tone::Care,
            Some("fail") => Tone::Bad,
            _ => Tone::Plain,
        }
    }

    /// The class in a page.
    pub const fn class(self) -> &'static str {
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
pub struct Cell {
    /// What it says.
    pub text: String,
    /// It is not what most have.
    pub differs: bool,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What it is of.
    pub title: String,
    /// Its head.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A group of a fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupBlock {
    /// How many of how many, and some of their names.
    pub count: usize,
    /// Some of their names.
    pub names: String,
    /// Fact, its value here, and the value that most have.
    pub values: Vec<(String, String, Option<String>)>,
}

/// A part of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// What is to be read first.
    Answer {
        /// What it is about.
        title: String,
        /// The answer.
        headline: String,
        /// How it is meant.
        tone: Tone,
        /// ok, warn, fail, cut off.
        badge: String,
    },
    /// Names and what is said of them.
    Rows(Vec<(String, String)>),
    /// A table.
    Table(Table),
    /// Something worth telling, and what to do.
    Finding {
        /// info, warn or fail.
        severity: String,
        /// Its id.
        id: String,
        /// What it is.
        message: String,
        /// What to do.
        fix: Option<String>,
    },
    /// Groups of a fleet, with the total.
    Groups(Vec<GroupBlock>, usize),
    /// Charts of these runs; of a ladder only where the flag says so.
    Charts(Vec<usize>, bool),
    /// A heading.
    Heading(String),
    /// A sentence.
    Note(String),
    /// What only who looks for it reads.
    Fold(String, Vec<Block>),
}

/// A cell that says what is usual.
pub fn cell(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), differs: false }
}

/// Groups as a table: a row each, with how many runs it has below `count`.
pub fn of_groups(groups: &[GroupBlock], count: String) -> Table {
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
pub fn plain_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| plain(line).into_owned()).collect();
    lines.join("\n")
}
