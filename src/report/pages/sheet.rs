//! What a report tells, before it has a form: blocks in reading order, the answer first.

use super::words::Tone;
use super::{beside, fleet, single};
use crate::runs::{FEW, Runs};

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

/// All that is told.
pub fn of(runs: &Runs) -> Vec<Block> {
    let mut blocks = match runs.runs.as_slice() {
        [] => Vec::new(),
        [run] => single::blocks(run, 0),
        many if many.len() <= FEW => beside::blocks(many),
        fleet => fleet::blocks(fleet),
    };
    blocks.extend(runs.notes.iter().cloned().map(Block::Note));
    if runs.other_lines > 0 {
        let lines = if runs.other_lines == 1 { "line was" } else { "lines were" };
        blocks.push(Block::Note(format!(
            "{} {lines} passed over: no part of a document or journal",
            runs.other_lines
        )));
    }
    blocks
}
