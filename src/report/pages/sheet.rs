//! What a report tells of one run, of some, or of a fleet.

use super::blocks::Block;
use super::{beside, fleet, single};
use crate::runs::{FEW, Runs};

/// All that is told.
pub(crate) fn of(runs: &Runs) -> Vec<Block> {
    let mut blocks = match runs.runs.as_slice() {
        [] => Vec::new(),
        [run] => single::alone(run),
        many if many.len() <= FEW => beside::blocks(many),
        fleet => fleet::blocks(fleet),
    };
    blocks.extend(runs.notes.iter().cloned().map(Block::Note));
    if runs.other_lines > 0 {
        let lines = if runs.other_lines == 1 { "line was" } else { "lines were" };
        blocks.push(Block::Note(format!(
            "{} {lines} skipped: not part of a document or journal",
            runs.other_lines
        )));
    }
    blocks
}
