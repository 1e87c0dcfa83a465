//! Documents: in lines of their own, or within a journal.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::papers::{Environment, Fill, StepRow};
use super::reader::{Head, Name, RUN_SCHEMA, Reader};
use super::scalar::Scalar;
use super::{FEW, Fate, Run, Step};
use crate::report::{bench, compare, document, fill};

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

impl Reader {
    pub(super) fn document_of(&mut self, whose: &str, text: &str) {
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

    pub(super) fn unknown(&mut self, schema: &Scalar) {
        let name = crate::report::style::fit(schema.word(), 60);
        self.note(&format!("has a document of the form {name}, which is not known: passed over"));
    }

    /// A document, in a line of its own or within a journal.
    pub(super) fn document(&mut self, whose: &str, text: &str, head: &Head<'_>) {
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
    pub(super) fn run_paper(&mut self, whose: &str, text: &str) {
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
pub(super) fn first_schema(text: &str) -> Option<Scalar> {
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
