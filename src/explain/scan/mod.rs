//! Finds the messages of the catalogue in a text of any bytes and any length, in one pass and with fixed
//! memory: one automaton looks for a part of each message, and only where that stands a line is looked at.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, BuildError};

use super::asked::asked;
use super::catalogue::entries;
use super::parts::{Looked, Marks, Parts, finder};
use super::pattern::{Ends, Pattern};
use super::{ANY, CALL, Certainty, Details, Entry, FILE, FULL, NEAR, WORDS, refused, words};
use crate::units::Bytes;

/// Bytes of a line that are held; of a longer one each piece is looked at.
const LONGEST: usize = 64 << 10;

/// Bytes of a piece that the next one begins with, so that no message is cut.
const OVERLAP: usize = 2 << 10;

/// Bytes of a line that are shown.
const SHOWN: usize = 320;

/// What part a pattern plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Message,
    /// It has to come shortly before.
    Before,
}

struct Probe {
    entry: usize,
    role: Role,
    looked: Looked,
}

/// What is known of one entry.
#[derive(Clone, Debug, Default)]
struct Seen {
    count: u64,
    first: u64,
    last: u64,
    shown: String,
    asked: Option<u64>,
    before: Option<u64>,
}

/// A message that was found.
#[derive(Clone, Debug)]
pub struct Match {
    pub entry: &'static Entry,
    /// Lines that hold it.
    pub count: u64,
    /// The first of them, counted from 1.
    pub line: u64,
    /// That line, or the part of it with the message.
    pub shown: String,
    /// The bytes that were asked for, where the line tells them.
    pub asked: Option<u64>,
}

impl Match {
    /// What the line tells beside the message.
    #[must_use]
    pub fn details(&self) -> Details {
        Details {
            asked: self.asked.map(Bytes),
            refusal: refused::refusal(&self.shown),
            beyond: refused::beyond(&self.shown),
            setting: refused::setting(&self.shown),
        }
    }
}

/// What was found in a text.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What tells most comes first, else in the order of lines.
    pub matches: Vec<Match>,
    /// Lines that were read.
    pub lines: u64,
}

/// What the catalogue is looked for with: made once, as that takes longer than most texts do.
struct Search {
    entries: Vec<&'static Entry>,
    /// One part of each message: without one of them there is none in a line.
    finder: AhoCorasick,
    /// Of each part that `finder` looks for.
    probes: Vec<Vec<Probe>>,
    /// The other parts, so that a line is searched for a message only where it holds them all.
    others: AhoCorasick,
    /// Patterns that must not be in the line, of each entry.
    unless: Vec<Vec<Looked>>,
    /// Errors that must not be in it either, unless one of `full` is: lists that entries share, and the list of each entry.
    contrary: Vec<Vec<Looked>>,
    contrary_of: Vec<usize>,
    full: Vec<Looked>,
}

static SEARCH: LazyLock<Result<Search, BuildError>> = LazyLock::new(Search::new);

/// Reads a text, piece by piece.
pub struct Scanner {
    search: &'static Search,
    seen: Vec<Seen>,
    /// What `finder` and `others` found in a line.
    keys: Marks,
    parts: Marks,
    /// A line whose end did not come yet, or its last piece.
    held: Vec<u8>,
    /// What is held began before.
    goes_on: bool,
    lines: u64,
    /// The line that told something last, and how much: of a long line a later piece tells no less.
    told: (u64, u8),
}

impl Search {
    fn new() -> Result<Search, BuildError> {
        let entries: Vec<&'static Entry> = entries().collect();
        let mut all: BTreeMap<String, Vec<Probe>> = BTreeMap::new();
        let (mut unless, mut parts) = (Vec::new(), Parts::default());
        let (mut contrary, mut contrary_of) = (Vec::new(), Vec::new());
        let mut lists: Vec<&[&str]> = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            for (role, patterns) in [(Role::Message, entry.patterns), (Role::Before, entry.after)] {
                let turned = patterns.iter().filter(|_| entry.application == CALL);
                let turned: Vec<String> = turned.flat_map(|text| words::turned(text)).collect();
                let texts = patterns.iter().copied().chain(turned.iter().map(String::as_str));
                for pattern in texts.flat_map(Pattern::all) {
                    let key = pattern.key().to_ascii_lowercase();
                    let looked = parts.of(pattern);
                    all.entry(key).or_default().push(Probe { entry: at, role, looked });
                }
            }
            unless.push(looked(entry.unless, &mut parts));
            let list = entry.contrary();
            let known = lists.iter().position(|known| *known == list);
            contrary_of.push(known.unwrap_or_else(|| {
                lists.push(list);
                contrary.push(looked(list, &mut parts));
                lists.len().saturating_sub(1)
            }));
        }
        let full = looked(&FULL, &mut parts);
        let (keys, probes): (Vec<String>, Vec<Vec<Probe>>) = all.into_iter().unzip();
        let (finder, others) = (finder(keys.into_iter())?, parts.finder()?);
        Ok(Search { entries, finder, probes, others, unless, contrary, contrary_of, full })
    }
}

fn looked(patterns: &[&str], parts: &mut Parts) -> Vec<Looked> {
    patterns.iter().flat_map(|text| Pattern::all(text)).map(|pattern| parts.of(pattern)).collect()
}

impl Scanner {
    /// A reader of one text.
    ///
    /// # Errors
    /// When the catalogue is too large for the automaton.
    pub fn new() -> Result<Scanner, BuildError> {
        let search = SEARCH.as_ref().map_err(Clone::clone)?;
        Ok(Scanner {
            search,
            seen: vec![Seen::default(); search.entries.len()],
            keys: Marks::new(search.finder.patterns_len()),
            parts: Marks::new(search.others.patterns_len()),
            held: Vec::with_capacity(LONGEST),
            goes_on: false,
            lines: 0,
            told: (0, 0),
        })
    }

    /// The next bytes of the text.
    pub fn feed(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let ends = piece.ends_with(b"\n");
            if ends && self.held.is_empty() && piece.len() <= LONGEST {
                self.lines = self.lines.saturating_add(1);
                self.look(piece, Ends { start: true, end: true });
                continue;
            }
            self.hold(piece);
            if ends {
                self.end_of_line();
            }
        }
    }

    /// What was found, at the end of the text.
    #[must_use]
    pub fn finish(mut self) -> Found {
        if !self.held.is_empty() {
            self.end_of_line();
        }
        let told_better: Vec<bool> = self
            .search
            .entries
            .iter()
            .zip(&self.seen)
            .map(|(entry, seen)| seen.count > 0 && self.is_told_better(entry, seen))
            .collect();
        let mut matches: Vec<Match> = self
            .search
            .entries
            .iter()
            .zip(self.seen)
            .zip(told_better)
            .filter(|((_, seen), told_better)| seen.count > 0 && !told_better)
            .map(|((entry, seen), _)| Match {
                entry,
                count: seen.count,
                line: seen.first,
                shown: seen.shown,
                asked: seen.asked,
            })
            .collect();
        // What several causes have says nothing more where a line of the same program tells which.
        let sure: Vec<&str> = matches
            .iter()
            .filter(|one| one.entry.certainty != Certainty::Ambiguous)
            .map(|one| one.entry.application)
            .collect();
        matches.retain(|one| {
            let application = one.entry.application;
            one.entry.certainty != Certainty::Ambiguous
                || [ANY, CALL, WORDS, FILE].contains(&application)
                || !sure.contains(&application)
        });
        matches.sort_by_key(|one| (std::cmp::Reverse(one.entry.rank()), one.line));
        Found { matches, lines: self.lines }
    }

    /// Whether another entry tells what these lines mean, and was found around all of them.
    fn is_told_better(&self, entry: &Entry, seen: &Seen) -> bool {
        self.search.entries.iter().zip(&self.seen).filter(|(_, found)| found.count > 0).any(
            |(other, found)| {
                entry.told_better_within(other).is_some_and(|near| {
                    seen.first.saturating_add(near) >= found.first
                        && seen.last <= found.last.saturating_add(near)
                })
            },
        )
    }

    /// Keeps the begin of a line; of a long one its pieces are looked at as they fill up.
    fn hold(&mut self, mut rest: &[u8]) {
        while !rest.is_empty() {
            let room = LONGEST.saturating_sub(self.held.len());
            let (piece, more) = rest.split_at(room.min(rest.len()));
            self.held.extend_from_slice(piece);
            rest = more;
            if !rest.is_empty() {
                let line = std::mem::take(&mut self.held);
                self.look_at_held(&line, false);
                let kept = line.len().saturating_sub(OVERLAP);
                self.held = line;
                self.held.drain(..kept);
                self.goes_on = true;
            }
        }
    }

    fn end_of_line(&mut self) {
        let line = std::mem::take(&mut self.held);
        self.look_at_held(&line, true);
        self.lines = self.lines.saturating_add(1);
        self.held = line;
        self.held.clear();
        self.goes_on = false;
    }

    /// What is held is of the line after those that are counted.
    fn look_at_held(&mut self, line: &[u8], end: bool) {
        self.lines = self.lines.saturating_add(1);
        self.look(line, Ends { start: !self.goes_on, end });
        self.lines = self.lines.saturating_sub(1);
    }

    /// Notes what a line holds.
    fn look(&mut self, line: &[u8], ends: Ends) {
        if !self.search.finder.is_match(line) {
            return;
        }
        self.keys.mark(&self.search.finder, line);
        self.parts.mark(&self.search.others, line);
        let mut told: Vec<(usize, usize)> = Vec::new();
        let found = self.keys.found.iter().filter_map(|key| self.search.probes.get(*key));
        for probe in found.flatten() {
            let Some(begin) = probe.looked.find(line, ends, &self.parts.is) else { continue };
            match (probe.role, self.seen.get_mut(probe.entry)) {
                (Role::Before, Some(seen)) => seen.before = Some(self.lines),
                (Role::Message, _) => told.push((probe.entry, begin)),
                (Role::Before, None) => {}
            }
        }
        if !ends.end {
            // The next piece begins with it, and may hold more of it.
            told.retain(|(_, begin)| *begin < line.len().saturating_sub(OVERLAP));
        }
        told.sort_unstable();
        told.dedup_by_key(|(entry, _)| *entry);
        told.retain(|(entry, _)| self.holds(*entry, line, ends));
        let most = told.iter().map(|(entry, _)| self.rank(*entry)).max();
        let before = if self.told.0 == self.lines { self.told.1 } else { 0 };
        let most = most.filter(|most| *most >= before);
        if let Some(most) = most {
            self.told = (self.lines, most);
        }
        for (entry, begin) in told {
            if Some(self.rank(entry)) == most {
                self.note(entry, line, begin);
            }
        }
    }

    fn rank(&self, entry: usize) -> u8 {
        self.search.entries.get(entry).map_or(0, |entry| entry.rank())
    }

    /// Whether nothing in the line says otherwise, and what has to come before did.
    fn holds(&self, entry: usize, line: &[u8], ends: Ends) -> bool {
        let holds = |patterns: &[Looked]| {
            patterns.iter().any(|one| one.find(line, ends, &self.parts.is).is_some())
        };
        let of = |all: &[Vec<Looked>]| all.get(entry).is_some_and(|patterns| holds(patterns));
        let list = self.search.contrary_of.get(entry);
        let contrary = list.and_then(|list| self.search.contrary.get(*list));
        let is_contrary = contrary.is_some_and(|patterns| holds(patterns));
        if of(&self.search.unless) || (is_contrary && !holds(&self.search.full)) {
            return false;
        }
        let needs = self.search.entries.get(entry).is_some_and(|entry| !entry.after.is_empty());
        let before = self.seen.get(entry).and_then(|seen| seen.before);
        !needs || before.is_some_and(|before| self.lines.saturating_sub(before) <= NEAR)
    }

    fn note(&mut self, entry: usize, line: &[u8], begin: usize) {
        let lines = self.lines;
        let Some(seen) = self.seen.get_mut(entry) else { return };
        if seen.count > 0 && seen.last == lines {
            return;
        }
        if seen.count == 0 {
            seen.first = lines;
            seen.shown = shown(line, begin);
        }
        // The first line that tells it; a process that fails asks for the same again and again.
        seen.asked = seen.asked.or_else(|| asked(line));
        (seen.count, seen.last) = (seen.count.saturating_add(1), lines);
    }
}

/// The line, or so much of it around a message.
fn shown(line: &[u8], begin: usize) -> String {
    let line = line.trim_ascii_end();
    let from = if line.len() <= SHOWN { 0 } else { begin.saturating_sub(SHOWN / 4) };
    let until = from.saturating_add(SHOWN).min(line.len());
    let piece = line.get(from..until).unwrap_or_default();
    let text = String::from_utf8_lossy(piece);
    let before = if from > 0 { "..." } else { "" };
    let behind = if until < line.len() { "..." } else { "" };
    format!("{before}{}{behind}", text.trim())
}

#[cfg(test)]
mod tests;
