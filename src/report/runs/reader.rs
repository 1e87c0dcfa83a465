//! Finds runs in lines: journals of runs and of fills, documents, and logs in which others write too.
//! A line that is cut or damaged costs only itself; a document that is not known is named.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::lines::{Block, Found, split};
use super::papers::{Cut, Environment, Fill, Predicted, StepRow};
use super::scalar::Scalar;
use super::{FEW, Fate, Run, Runs, Step, facts};
use crate::report::journal::Story;
use crate::report::{bench, compare, document, fill};

/// The form of a run's document and journal.
pub const RUN_SCHEMA: &str = "shmeter.run/1";

/// Notes that are kept; more of them are counted only.
const NOTES: usize = 20;

/// One object, as far as it tells what it is.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Head<'a> {
    event: Scalar,
    schema: Scalar,
    format: Scalar,
    step: Scalar,
    why: Scalar,
    error: Scalar,
    steps: Option<Vec<Scalar>>,
    environment: Option<Environment>,
    #[serde(borrow)]
    document: Option<&'a RawValue>,
    #[serde(borrow)]
    line: Option<&'a RawValue>,
}

/// The same of an object whose other fields are of another form than those of a journal's line.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Name {
    event: Scalar,
    schema: Scalar,
    format: Scalar,
}

/// The document of a run; a damaged part costs only itself.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RunPaper<'a> {
    environment: Option<Environment>,
    steps: Option<Vec<StepRow>>,
    #[serde(borrow)]
    inspect: Option<&'a RawValue>,
    #[serde(borrow)]
    compare: Option<&'a RawValue>,
    #[serde(borrow)]
    bench: Option<&'a RawValue>,
    #[serde(borrow)]
    fill: Option<Vec<&'a RawValue>>,
    verdict: Scalar,
    interrupted: Scalar,
}

/// What one writer wrote so far: a file, or one pod in a log of many.
#[derive(Clone, Debug, Default)]
struct Stream {
    /// The run that it is about.
    run: Option<Run>,
    block: Block,
    /// The fill under way: its place in the run, and its journal.
    fill: Option<(usize, Story)>,
}

/// Takes files line by line.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    found: Runs,
    file: String,
    in_file: usize,
    streams: BTreeMap<String, Stream>,
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
        let line = String::from_utf8_lossy(line);
        let (whose, rest) = split(&line);
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
            Found::Other => self.other(u64::from(!line.trim().is_empty())),
        }
    }

    /// A line that is too long to be read.
    pub fn long_line(&mut self) {
        self.other(1);
        self.note("has a line that is too long: passed over");
    }

    /// All was read.
    #[must_use]
    pub fn finish(mut self) -> Runs {
        self.close();
        if self.more_notes > 0 {
            self.found.notes.push(format!("and {} more such notes", self.more_notes));
        }
        super::facts::titles(&mut self.found.runs);
        self.found
    }

    fn other(&mut self, lines: u64) {
        self.found.other_lines = self.found.other_lines.saturating_add(lines);
    }

    fn note(&mut self, what: &str) {
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
            self.settle(&name);
        }
        let streams = std::mem::take(&mut self.streams);
        self.other(streams.into_values().map(|mut stream| stream.block.drop()).sum());
        if self.in_file == 0 {
            self.note("holds no document or journal of shmeter");
        }
    }

    /// Nothing more comes of the run that a writer is about.
    fn settle(&mut self, whose: &str) {
        let Some(stream) = self.streams.get_mut(whose) else { return };
        stream.fill = None;
        if let Some(mut run) = stream.run.take() {
            run.facts = facts::of(&run);
            if self.found.runs.len() >= FEW {
                run.slim();
            }
            self.found.runs.push(run);
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
                Some(document) => self.end(whose, document.get()),
                None => self.other(1),
            },
            _ => self.other(1),
        }
    }

    /// The run that a writer is about; another one where `fresh` says that this cannot be the same.
    fn run(&mut self, whose: &str, fresh: impl Fn(&Run) -> bool) -> &mut Run {
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

    fn start(&mut self, whose: &str, head: &Head<'_>) {
        if head.schema.text() != Some(RUN_SCHEMA) {
            return self.unknown(&head.schema);
        }
        let planned =
            |step: &Scalar| Some(Step { name: step.text()?.to_owned(), fate: Fate::Planned });
        let steps = head.steps.iter().flatten().filter_map(planned).collect();
        let run = self.run(whose, |_| true);
        run.journal = true;
        run.environment = head.environment.clone().unwrap_or_default();
        run.steps = steps;
    }

    /// A step of a run: before it, within it, after it, or left out.
    fn step(&mut self, whose: &str, name: &str, head: &Head<'_>) {
        let event = head.event.word().to_owned();
        let run = self.run(whose, |_| false);
        run.journal = true;
        let step = match run.steps.iter().position(|step| step.name == name) {
            Some(at) => run.steps.get_mut(at),
            None => {
                run.steps.push(Step { name: name.to_owned(), fate: Fate::Planned });
                run.steps.last_mut()
            }
        };
        if let Some(step) = step {
            step.fate = match event.as_str() {
                "skipped" => Fate::Skipped(head.why.word().to_owned()),
                "after" if head.document.is_none() && head.error.text().is_some() => {
                    Fate::Failed(head.error.word().to_owned())
                }
                "after" => Fate::Done,
                _ => Fate::Began,
            };
        }
        match (event.as_str(), head.document, head.line) {
            ("after", Some(document), _) => self.document_of(whose, document.get()),
            ("progress", _, Some(line)) => self.fill_line(whose, line.get()),
            ("before" | "after", ..) => {
                if let Some(stream) = self.streams.get_mut(whose) {
                    stream.fill = None;
                }
            }
            _ => {}
        }
    }

    /// A line of a fill's own journal.
    fn fill_line(&mut self, whose: &str, text: &str) {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
            return self.other(1);
        };
        if value.get("event").and_then(serde_json::Value::as_str) == Some("start") {
            let mut story = Story::default();
            story.take(value);
            let Some(start) = &story.start else { return self.other(1) };
            let fill = Fill {
                kind: Scalar::of(start.kind.word()),
                method: Scalar::of(start.method.word()),
                procs: Scalar::Count(start.procs.into()),
                until: Scalar::of(&start.until),
                predicted: start.predicted.as_ref().map(|predicted| Predicted {
                    bytes: Scalar::Count(predicted.bytes),
                    ends_in: Scalar::of(predicted.ends_in.word()),
                    binding: predicted
                        .binding
                        .map_or(Scalar::Nothing, |source| Scalar::of(source.word())),
                    certainty: Scalar::of(predicted.certainty.word()),
                }),
                cut: Some(cut(&story)),
                ..Fill::default()
            };
            let again = fill.name();
            let run = self.run(whose, |run| {
                !run.journal && run.fills.iter().any(|fill| fill.name() == again)
            });
            run.fills.push(fill);
            let at = run.fills.len().saturating_sub(1);
            if let Some(stream) = self.streams.get_mut(whose) {
                stream.fill = Some((at, story));
            }
            return;
        }
        let Some(stream) = self.streams.get_mut(whose) else { return };
        // Of a fill whose start is missing nothing can be told.
        let Some((at, story)) = &mut stream.fill else { return self.other(1) };
        story.take(value);
        let (at, cut) = (*at, cut(story));
        if let Some(fill) = self.run(whose, |_| false).fills.get_mut(at) {
            fill.cut = Some(cut);
        }
    }

    /// The last line of a journal.
    fn end(&mut self, whose: &str, document: &str) {
        let schema = first_schema(document)
            .map_or_else(|| serde_json::from_str::<Name>(document).map(|name| name.schema), Ok);
        match schema {
            Ok(schema) if schema.text() == Some(RUN_SCHEMA) => self.run_paper(whose, document),
            Ok(_) => self.document_of(whose, document),
            Err(_) => self.other(1),
        }
    }

    fn document_of(&mut self, whose: &str, text: &str) {
        if let Some(schema) = first_schema(text) {
            return self.document(whose, text, &Head { schema, ..Head::default() });
        }
        match serde_json::from_str::<Name>(text) {
            Ok(Name { schema, format, .. }) => {
                self.document(whose, text, &Head { schema, format, ..Head::default() });
            }
            Err(_) => self.other(1),
        }
    }

    fn unknown(&mut self, schema: &Scalar) {
        let name = crate::report::style::fit(schema.word(), 60);
        self.note(&format!("has a document of the form {name}, which is not known: passed over"));
    }

    /// A document, in a line of its own or within a journal.
    fn document(&mut self, whose: &str, text: &str, head: &Head<'_>) {
        let taken = match head.schema.text() {
            Some(RUN_SCHEMA) => {
                self.run_paper(whose, text);
                return;
            }
            Some(document::SCHEMA) => serde_json::from_str(text).map(|paper| {
                self.run(whose, |run| !run.journal && run.inspect.is_some()).inspect = Some(paper);
            }),
            Some(compare::SCHEMA) => serde_json::from_str(text).map(|paper| {
                self.run(whose, |run| !run.journal && run.compare.is_some()).compare = Some(paper);
            }),
            Some(bench::SCHEMA) => serde_json::from_str(text).map(|paper| {
                self.run(whose, |run| !run.journal && run.bench.is_some()).bench = Some(paper);
            }),
            Some(fill::SCHEMA) => serde_json::from_str(text).map(|paper| self.filled(whose, paper)),
            Some(_) => return self.unknown(&head.schema),
            None if head.format.text().is_some() => return self.unknown(&head.format),
            None => return self.other(1),
        };
        if let Err(error) = taken {
            self.note(&format!("has a damaged {}: {error}", head.schema));
        }
    }

    /// A fill's document: of the one that is under way, or of another one.
    fn filled(&mut self, whose: &str, paper: Fill) {
        let under_way = self.streams.get_mut(whose).and_then(|stream| stream.fill.take());
        let name = paper.name();
        let again = |run: &Run| {
            under_way.is_none() && !run.journal && run.fills.iter().any(|fill| fill.name() == name)
        };
        let at = under_way.as_ref().map(|(at, _)| *at);
        let run = self.run(whose, again);
        match at.and_then(|at| run.fills.get_mut(at)) {
            Some(fill) => *fill = paper,
            None => run.fills.push(paper),
        }
    }

    /// The document of a whole run; it holds all that its journal told.
    fn run_paper(&mut self, whose: &str, text: &str) {
        let paper: RunPaper<'_> = match serde_json::from_str(text) {
            Ok(paper) => paper,
            Err(error) => return self.note(&format!("has a damaged {RUN_SCHEMA}: {error}")),
        };
        let run = self.run(whose, |run| !run.journal || run.ended);
        run.ended = true;
        run.journal = true;
        run.environment = paper.environment.unwrap_or_default();
        run.interrupted = paper.interrupted.truth() == Some(true);
        run.said_verdict = paper.verdict.text().map(str::to_owned);
        run.steps = paper.steps.iter().flatten().map(step).collect();
        run.fills.clear();
        if let Some(stream) = self.streams.get_mut(whose) {
            stream.fill = None;
        }
        // Of a fleet nobody reads each table of compare.
        let compare = paper.compare.filter(|_| self.found.runs.len() < FEW);
        let parts = [paper.inspect, compare, paper.bench];
        for part in parts.into_iter().flatten().chain(paper.fill.into_iter().flatten()) {
            if part.get() != "null" {
                self.document_of(whose, part.get());
            }
        }
        self.settle(whose);
    }
}

/// The schema of a document that begins with it, as all of ours do: a large one need not be parsed to
/// know what it is.
fn first_schema(text: &str) -> Option<Scalar> {
    let rest = text.trim_start().strip_prefix('{')?.trim_start().strip_prefix("\"schema\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let (schema, rest) = rest.split_once('"')?;
    let begin = rest.get(..64).unwrap_or(rest);
    (schema.starts_with("shmeter.") && !begin.contains("\"event\"")).then(|| Scalar::of(schema))
}

fn step(row: &StepRow) -> Step {
    let why = row.why.word().to_owned();
    let fate = match row.outcome.text() {
        Some("failed") => Fate::Failed(why),
        Some("skipped") => Fate::Skipped(why),
        _ => Fate::Done,
    };
    Step { name: row.step.word().to_owned(), fate }
}

/// How far a story came.
fn cut(story: &Story) -> Cut {
    Cut {
        at_least: story.at_least,
        at_most: story.at_most.unwrap_or(story.at_least).max(story.at_least),
        end: story.end().map(crate::capacity::End::word),
        oom_group: story.start.as_ref().is_some_and(|start| start.oom_group),
    }
}

/// All runs of one text.
#[must_use]
pub fn read(name: &str, text: &[u8]) -> Runs {
    let mut reader = Reader::default();
    reader.file(name);
    for line in text.split(|byte| *byte == b'\n') {
        reader.line(line);
    }
    reader.finish()
}
