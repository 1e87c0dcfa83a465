//! Finds runs in lines: journals of runs and of fills, documents, and logs in which others write too.
//! A line that is cut or damaged costs only itself; a document that is not known is named.

use std::collections::BTreeMap;

use super::head::{Head, Name, first_schema};
use super::lines::{Block, Found, Line, Part, Parts, split};
use super::{FEW, FIGURES, MANY, Run, Runs, facts, groups};
use crate::report::journal::Story;

/// Notes that are kept; more of them are counted only.
const NOTES: usize = 20;

/// What one writer wrote so far: a file, or one pod in a log of many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stream {
    /// The run that it is about.
    pub run: Option<Run>,
    block: Block,
    /// Of each stream (stdout, stderr) the line that goes on.
    parts: BTreeMap<String, Parts>,
    /// The fill under way: its place in the run, and its journal.
    pub fill: Option<(usize, Story)>,
    pub left_out: LeftOut,
}

/// What is not kept of a run, as it has more than anybody reads.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LeftOut {
    pub steps: usize,
    pub fills: usize,
    pub figures: usize,
}

/// Takes files line by line.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    pub(super) found: Runs,
    file: String,
    in_file: usize,
    pub(super) streams: BTreeMap<String, Stream>,
    more_notes: u64,
}

impl Reader {
    /// Another file begins.
    pub fn file(&mut self, name: &str) {
        self.close();
        name.clone_into(&mut self.file);
        self.in_file = 0;
    }

    /// A line of it, with or without its end.
    pub fn line(&mut self, line: &[u8]) {
        // A cut-off journal may end within a letter.
        let text = String::from_utf8_lossy(line);
        match split(&text) {
            Line { whose, rest, part: Some(part) } => {
                let bytes = written(line, &text, rest);
                self.part_of_line(whose, &part, rest, bytes);
            }
            Line { whose, rest, part: None } => self.written(whose, rest),
        }
    }

    /// A line in a node's own files, which may be one of several parts.
    fn part_of_line(&mut self, whose: &str, part: &Part<'_>, rest: &str, bytes: &[u8]) {
        let Part { stream, goes_on } = *part;
        if goes_on {
            let parts = &mut self.streams.entry(whose.to_owned()).or_default().parts;
            return parts.entry(stream.to_owned()).or_default().push(bytes);
        }
        match self.streams.get_mut(whose).and_then(|one| one.parts.remove(stream)) {
            Some(mut parts) => {
                parts.push(bytes);
                self.joined(whose, parts);
            }
            None => self.written(whose, rest),
        }
    }

    fn joined(&mut self, whose: &str, parts: Parts) {
        match parts.join() {
            Some(line) => self.written(whose, &line),
            None => self.long_line(),
        }
    }

    /// What somebody wrote into a line.
    fn written(&mut self, whose: &str, rest: &str) {
        let (object, lost) = match self.streams.get_mut(whose) {
            Some(stream) => stream.block.take(rest),
            None if rest.starts_with('{') => {
                self.streams.entry(whose.to_owned()).or_default().block.take(rest)
            }
            None => (Found::Other, 0),
        };
        self.other(lost);
        match object {
            Found::Object(text) => self.object(whose, &text),
            Found::Within => {}
            Found::Other => self.other(u64::from(!rest.trim().is_empty())),
        }
    }

    /// A line that is too long to be read.
    pub fn long_line(&mut self) {
        self.other(1);
        self.note("has a line that is too long: passed over");
    }

    /// All was read.
    pub fn finish(mut self) -> Runs {
        self.close();
        if self.more_notes > 0 {
            self.found.notes.push(format!("and {} more such notes", self.more_notes));
        }
        let more = groups::more_ids(&self.found.runs);
        if more > 0 {
            let most = groups::IDS;
            self.found.notes.push(format!(
                "the runs say {more} more things than the first {most}: no columns for these"
            ));
        }
        facts::titles(&mut self.found.runs);
        self.found
    }

    pub(crate) fn other(&mut self, lines: u64) {
        self.found.other_lines = self.found.other_lines.saturating_add(lines);
    }

    pub(crate) fn note(&mut self, what: &str) {
        if self.found.notes.len() < NOTES {
            self.found.notes.push(format!("{} {what}", self.file));
        } else {
            self.more_notes = self.more_notes.saturating_add(1);
        }
    }

    /// The end of a file: what is open stays as it is.
    fn close(&mut self) {
        if self.file.is_empty() {
            return;
        }
        let names: Vec<String> = self.streams.keys().cloned().collect();
        for name in names {
            let parts = self.streams.get_mut(&name).map(|stream| std::mem::take(&mut stream.parts));
            for parts in parts.unwrap_or_default().into_values() {
                self.joined(&name, parts);
            }
            self.settle(&name);
        }
        let streams = std::mem::take(&mut self.streams);
        self.other(streams.into_values().map(|mut stream| stream.block.drop()).sum());
        if self.in_file == 0 {
            self.note("holds no document or journal of shmeter");
        }
    }

    /// Nothing more comes of the run that a writer is about.
    pub(crate) fn settle(&mut self, whose: &str) {
        let Some(stream) = self.streams.get_mut(whose) else { return };
        stream.fill = None;
        let left_out = std::mem::take(&mut stream.left_out);
        if let Some(mut run) = stream.run.take() {
            run.facts = facts::of(&run);
            if self.found.runs.len() >= FEW {
                run.slim();
            }
            self.found.runs.push(run);
        }
        for (what, count, most) in [
            ("steps", left_out.steps, MANY),
            ("fills", left_out.fills, MANY),
            ("figures of bench", left_out.figures, FIGURES),
        ] {
            if count > 0 {
                self.note(&format!("has a run with more than {most} {what}: {count} left out"));
            }
        }
    }

    /// Counts what is not kept of the run that a writer is about.
    pub(crate) fn left_out(
        &mut self,
        whose: &str,
        count: impl FnOnce(&mut LeftOut) -> &mut usize,
        more: usize,
    ) {
        if let Some(stream) = self.streams.get_mut(whose) {
            let count = count(&mut stream.left_out);
            *count = count.saturating_add(more);
        }
    }

    fn object(&mut self, whose: &str, text: &str) {
        if let Some(schema) = first_schema(text) {
            return self.document(whose, text, &Head { schema, ..Head::default() });
        }
        let head: Head<'_> = match serde_json::from_str(text) {
            Ok(head) => head,
            Err(_) => match serde_json::from_str::<Name>(text) {
                Ok(Name { event, schema, format }) => {
                    Head { event, schema, format, ..Head::default() }
                }
                Err(_) => return self.other(1),
            },
        };
        match (head.event.text(), head.step.text()) {
            (None, _) => self.document(whose, text, &head),
            (Some("start"), _) if head.schema.text().is_some() => self.start(whose, &head),
            (Some("before" | "after" | "progress" | "skipped"), Some(step)) => {
                self.step(whose, step, &head);
            }
            (Some("start" | "before" | "after"), None) => self.fill_line(whose, text),
            (Some("end"), None) => match head.document {
                Some(document) => self.document_of(whose, document.get()),
                None => self.other(1),
            },
            _ => self.other(1),
        }
    }

    /// A run that a writer begins.
    pub(crate) fn new_run(&mut self, whose: &str) -> &mut Run {
        self.run(whose, |_| true)
    }

    /// The run that a writer goes on with.
    pub(crate) fn same_run(&mut self, whose: &str) -> &mut Run {
        self.run(whose, |_| false)
    }

    /// The run that a writer is about; another one where `fresh` says that this cannot be the same.
    pub(crate) fn run(&mut self, whose: &str, fresh: impl Fn(&Run) -> bool) -> &mut Run {
        if self.streams.get(whose).and_then(|stream| stream.run.as_ref()).is_some_and(fresh) {
            self.settle(whose);
        }
        let stream = self.streams.entry(whose.to_owned()).or_default();
        let (file, count) = (&self.file, &mut self.in_file);
        stream.run.get_or_insert_with(|| {
            *count = count.saturating_add(1);
            let source = match (whose, *count) {
                ("", 1) => file.clone(),
                ("", nth) => format!("{file} #{nth}"),
                (whose, _) => format!("{file} {whose}"),
            };
            Run { source, ..Run::default() }
        })
    }
}

/// The bytes of what is left of a line's text: what was taken off before it is plain ASCII.
fn written<'a>(line: &'a [u8], text: &str, rest: &str) -> &'a [u8] {
    let text = text.trim_end_matches(['\r', '\n']);
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.get(text.len().saturating_sub(rest.len())..).unwrap_or_default()
}

/// All runs of one text.
pub fn read(name: &str, text: &[u8]) -> Runs {
    let mut reader = Reader::default();
    reader.file(name);
    for line in text.split(|byte| *byte == b'\n') {
        reader.line(line);
    }
    reader.finish()
}
