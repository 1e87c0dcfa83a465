//! The parts of all patterns, looked for in one pass: a line is searched for a pattern only where it holds each part.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, BuildError};

use super::pattern::{Ends, Pattern};

/// A part of fewer bytes stands in too many lines to be looked for.
const SHORT: usize = 3;

/// A pattern, and the parts of it that a line has to hold.
pub(super) struct Looked {
    pattern: Pattern,
    parts: Vec<usize>,
}

impl Looked {
    /// Where it begins in a line, of which it is known what parts it holds.
    pub(super) fn find(&self, line: &[u8], ends: Ends, held: &[bool]) -> Option<usize> {
        let all = self.parts.iter().all(|part| held.get(*part).copied().unwrap_or_default());
        all.then(|| self.pattern.find(line, ends))?
    }
}

/// The parts of all patterns, each once.
#[derive(Default)]
pub(super) struct Parts(BTreeMap<String, usize>);

impl Parts {
    pub(super) fn of(&mut self, pattern: Pattern) -> Looked {
        let mut parts = Vec::new();
        for part in pattern.parts().filter(|part| part.len() >= SHORT) {
            let next = self.0.len();
            parts.push(*self.0.entry(part.to_ascii_lowercase()).or_insert(next));
        }
        Looked { pattern, parts }
    }

    pub(super) fn finder(self) -> Result<AhoCorasick, BuildError> {
        let mut all: Vec<(String, usize)> = self.0.into_iter().collect();
        all.sort_unstable_by_key(|(_, at)| *at);
        finder(all.into_iter().map(|(part, _)| part))
    }
}

pub(super) fn finder(parts: impl Iterator<Item = String>) -> Result<AhoCorasick, BuildError> {
    AhoCorasick::builder().ascii_case_insensitive(true).build(parts)
}

/// Which of an automaton's parts a line holds.
pub(super) struct Marks {
    pub(super) is: Vec<bool>,
    pub(super) found: Vec<usize>,
}

impl Marks {
    pub(super) fn new(count: usize) -> Marks {
        Marks { is: vec![false; count], found: Vec::new() }
    }

    pub(super) fn mark(&mut self, finder: &AhoCorasick, line: &[u8]) {
        for part in self.found.drain(..) {
            if let Some(is) = self.is.get_mut(part) {
                *is = false;
            }
        }
        for found in finder.find_overlapping_iter(line) {
            let part = found.pattern().as_usize();
            if let Some(is) = self.is.get_mut(part).filter(|is| !**is) {
                *is = true;
                self.found.push(part);
            }
        }
    }
}
