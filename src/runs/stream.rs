//! What one writer of a log has begun, and how much of it is held.

use std::collections::BTreeMap;

use super::Run;
use super::lines::{Block, Parts};
use crate::report::journal::Story;

/// What a writer takes of which nothing is held.
const WRITER: usize = 512;

/// What one writer wrote so far: a file, or one pod in a log of many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stream {
    /// The run that it is about.
    pub run: Option<Box<Run>>,
    pub block: Block,
    /// Of each stream (stdout, stderr) the line that goes on.
    pub parts: BTreeMap<String, Parts>,
    /// The fill under way: its place in the run, and its journal.
    pub fill: Option<Box<(usize, Story)>>,
    pub left_out: LeftOut,
    /// The line that it wrote last.
    pub last: u64,
    /// Bytes of the lines that its run is made of.
    pub taken: usize,
    /// Bytes that it was counted with.
    pub counted: usize,
}

impl Stream {
    /// Bytes that it holds, more or less.
    pub(crate) fn holds(&self) -> usize {
        let parts = self.parts.values().map(Parts::held);
        let run = self.run.as_ref().map_or(0, |_| size_of::<Run>());
        let all = [WRITER, run, self.taken, self.block.held()].into_iter().chain(parts);
        all.fold(0, usize::saturating_add)
    }
}

/// What is not kept of a run, as it has more than anybody reads.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LeftOut {
    pub steps: usize,
    pub fills: usize,
    pub figures: usize,
}
