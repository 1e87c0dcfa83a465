//! Finds runs in lines: journals of runs and of fills, documents, and logs in which others write too.
//! A line that is cut or damaged costs only itself; a document that is not known is named.

use std::collections::BTreeMap;

use super::head::{Head, Name, first_schema};
use super::kept::Kept;
use super::lines::{Block, Found, Line, Part, Parts, split};
use super::stream::{LeftOut, Stream};
use super::{FIGURES, MANY, Run, Runs, facts, groups};

/// Notes that are kept; more of them are counted only.
const NOTES: usize = 20;

/// Bytes of text that are held of writers whose runs may go on. Of more, those that are silent longest are over.
const OPEN: usize = 24 << 20;

/// What begins a line that shmeter itself says beside its journal, on stderr.
const OWN: &str = "shmeter: ";

/// Takes files line by line.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    pub(super) found: Runs,
    file: String,
    in_file: usize,
    /// Files with runs in them.
    files: usize,
    pub(super) streams: BTreeMap<String, Stream>,
    more_notes: u64,
    lines: u64,
    /// Bytes that all streams hold.
    open: usize,
    /// Runs of this file that were taken as over, though their writers may go on.
    silent: u64,
    pub(super) kept: Kept,
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
        let Line { whose, rest, part } = split(&text);
        match part {
            Some(part) => self.part_of_line(whose, &part, rest, written(line, &text, rest)),
            None => self.written(whose, rest),
        }
        self.count(whose);
    }

    /// Counts what a writer holds now, and makes room where all hold too much.
    fn count(&mut self, whose: &str) {
        self.lines = self.lines.saturating_add(1);
        let Some(stream) = self.streams.get_mut(whose) else { return };
        stream.last = self.lines;
        let holds = stream.holds();
        let before = std::mem::replace(&mut stream.counted, holds);
        self.open = self.open.saturating_sub(before).saturating_add(stream.counted);
        if self.open <= OPEN {
            return;
        }
        let others = self.streams.iter().filter(|(name, _)| *name != whose);
        let mut others: Vec<(u64, String)> =
            others.map(|(name, stream)| (stream.last, name.clone())).collect();
        others.sort_unstable();
        for (_, name) in others {
            // Half of it, so that this is not done with each line.
            if self.open <= OPEN / 2 {
                return;
            }
            let open = self.streams.get(&name).is_some_and(|stream| stream.run.is_some());
            self.silent = self.silent.saturating_add(open.into());
            self.over(&name);
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
            None => {
                let mut block = Block::default();
                let found = block.take(rest);
                if block.held() > 0 {
                    let stream = Stream { block, ..Stream::default() };
                    self.streams.insert(whose.to_owned(), stream);
                }
                found
            }
        };
        self.other(lost);
        match object {
            Found::Object(text) => self.object(whose, &text),
            Found::Within => {}
            Found::Other => {
                let is_ours = rest.trim().is_empty() || rest.starts_with(OWN);
                self.other(u64::from(!is_ours));
            }
        }
    }

    /// A line that is too long to be read.
    pub fn long_line(&mut self) {
        self.other(1);
        self.note("has a line that is too long: skipped");
    }

    /// All was read.
    pub fn finish(mut self) -> Runs {
        self.close();
        if self.more_notes > 0 {
            self.found.notes.push(format!("and {} more such notes", self.more_notes));
        }
        self.found.notes.extend(self.kept.note());
        self.found.runs = std::mem::take(&mut self.kept.runs);
        let more = groups::more_ids(&self.found.runs);
        if more > 0 {
            let most = groups::IDS;
            self.found.notes.push(format!(
                "the runs have {more} more facts than the first {most}: no columns for these"
            ));
        }
        facts::titles(&mut self.found.runs, self.files > 1);
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
        while let Some(name) = self.streams.keys().next().cloned() {
            self.over(&name);
        }
        match std::mem::take(&mut self.silent) {
            0 => {}
            silent => self.note(&format!(
                "has too many writers at once: {silent} runs may be shown incomplete, those whose \
                 writers were silent longest"
            )),
        }
        if self.in_file > 0 {
            self.files = self.files.saturating_add(1);
        } else {
            self.note("has no document or journal of shmeter");
        }
    }

    /// Nothing more comes of a writer: what is open stays as it is.
    fn over(&mut self, whose: &str) {
        let parts = self.streams.get_mut(whose).map(|stream| std::mem::take(&mut stream.parts));
        for parts in parts.unwrap_or_default().into_values() {
            self.joined(whose, parts);
        }
        self.settle(whose);
        if let Some(mut stream) = self.streams.remove(whose) {
            self.open = self.open.saturating_sub(stream.counted);
            self.other(stream.block.drop());
        }
    }

    /// Nothing more comes of the run that a writer is about.
    pub(crate) fn settle(&mut self, whose: &str) {
        let Some(stream) = self.streams.get_mut(whose) else { return };
        stream.fill = None;
        stream.taken = 0;
        let left_out = std::mem::take(&mut stream.left_out);
        if let Some(mut run) = stream.run.take() {
            run.facts = facts::of(&run);
            self.kept.take(*run);
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

    /// Counts bytes of the lines that a writer's run is made of.
    pub(crate) fn taken(&mut self, whose: &str, bytes: usize) {
        if let Some(stream) = self.streams.get_mut(whose) {
            stream.taken = stream.taken.saturating_add(bytes);
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
            (Some("start"), _) if head.schema.text().is_some() => {
                self.start(whose, text, &head);
                self.taken(whose, text.len());
            }
            (Some("before" | "after" | "progress" | "skipped"), Some(step)) => {
                self.step(whose, step, &head);
            }
            (Some("start" | "before" | "after"), None) => self.fill_line(whose, text),
            (Some(event @ ("peak" | "incident")), None) => self.watch_line(whose, event, text),
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
        if self.streams.get(whose).and_then(|stream| stream.run.as_deref()).is_some_and(fresh) {
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
            Box::new(Run { source, ..Run::default() })
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
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        reader.line(line);
    }
    reader.finish()
}
