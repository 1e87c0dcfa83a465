//! Documents: in lines of their own, or within a journal.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::head::Head;
use super::papers::{Bench, Environment, Fill, StepRow};
use super::reader::Reader;
use super::scalar::Scalar;
use super::stream::LeftOut;
use super::{FEW, FIGURES, Fate, MANY, Run, Step};
use crate::schema;

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
    pub(crate) fn document_of(&mut self, whose: &str, text: &str) {
        match Head::of(text) {
            Some(head) => self.document(whose, text, &head),
            None => self.other(1),
        }
    }

    /// A document within that of a run. A run within a run is never ours, and could go on without end.
    fn part(&mut self, whose: &str, text: &str) {
        match Head::of(text) {
            Some(head) if head.schema.text() == Some(schema::RUN) => {
                self.note("has a run within a run: skipped");
            }
            Some(head) => self.document(whose, text, &head),
            None => self.other(1),
        }
    }

    pub(crate) fn unknown(&mut self, schema: &Scalar) {
        let name = crate::plain::fit(schema.word(), 60);
        self.note(&format!("has a document of unknown form {name}: skipped"));
    }

    /// A document, in a line of its own or within a journal.
    pub(crate) fn document(&mut self, whose: &str, text: &str, head: &Head<'_>) {
        let taken = match head.schema.text() {
            Some(schema::RUN) => {
                self.run_paper(whose, text);
                return;
            }
            Some(schema::INSPECT) => serde_json::from_str(text).map(|paper| {
                self.run(whose, |run| !run.journal && run.inspect.is_some()).inspect = Some(paper);
            }),
            Some(schema::COMPARE) => serde_json::from_str(text).map(|paper| {
                self.run(whose, |run| !run.journal && run.compare.is_some()).compare = Some(paper);
            }),
            Some(schema::BENCH) => {
                serde_json::from_str(text).map(|paper| self.measured(whose, paper))
            }
            Some(schema::FILL) => serde_json::from_str(text).map(|paper| self.filled(whose, paper)),
            Some(schema::WATCH) => {
                serde_json::from_str(text).map(|paper| self.watched(whose, paper))
            }
            Some(_) => return self.unknown(&head.schema),
            None if head.format.text().is_some() => return self.unknown(&head.format),
            None => return self.other(1),
        };
        self.taken(whose, text.len());
        if let Err(error) = taken {
            self.note(&format!("has a damaged {}: {error}", head.schema));
        }
    }

    /// A fill's document: of the one that is under way, or of another one.
    fn filled(&mut self, whose: &str, paper: Fill) {
        let under_way = self.streams.get_mut(whose).and_then(|stream| stream.fill.take());
        let again = |run: &Run| {
            under_way.is_none() && !run.journal && run.fills.iter().any(|fill| fill.is_like(&paper))
        };
        let run = self.run(whose, again);
        match under_way {
            // One that is left out was counted as it began.
            Some(begun) => {
                if let Some(fill) = run.fills.get_mut(begun.0) {
                    *fill = paper;
                }
            }
            None if run.fills.len() < MANY => run.fills.push(paper),
            None => self.left_out(whose, |left| &mut left.fills, 1),
        }
    }

    /// The document of bench.
    fn measured(&mut self, whose: &str, mut paper: Bench) {
        let more = paper.results.len().saturating_sub(FIGURES);
        paper.results.truncate(FIGURES);
        self.run(whose, |run| !run.journal && run.bench.is_some()).bench = Some(paper);
        self.left_out(whose, |left| &mut left.figures, more);
    }

    /// The document of a whole run; it holds all that its journal told.
    fn run_paper(&mut self, whose: &str, text: &str) {
        let paper: RunPaper<'_> = match serde_json::from_str(text) {
            Ok(paper) => paper,
            Err(error) => return self.note(&format!("has a damaged {}: {error}", schema::RUN)),
        };
        let run = self.run(whose, |run| !run.journal || run.ended);
        run.ended = true;
        run.journal = true;
        run.environment = paper.environment.unwrap_or_default().into();
        run.interrupted = paper.interrupted.truth() == Some(true);
        run.said_verdict = paper.verdict.text().map(str::to_owned);
        run.steps = paper.steps.iter().flatten().take(MANY).map(step).collect();
        run.fills.clear();
        let steps = paper.steps.map_or(0, |steps| steps.len().saturating_sub(MANY));
        if let Some(stream) = self.streams.get_mut(whose) {
            stream.fill = None;
            stream.left_out = LeftOut { steps, ..LeftOut::default() };
        }
        // Of a fleet nobody reads each table of compare.
        let compare = paper.compare.filter(|_| self.kept.runs.len() < FEW);
        let parts = [paper.inspect, compare, paper.bench];
        for part in parts.into_iter().flatten().chain(paper.fill.into_iter().flatten()) {
            if part.get() != "null" {
                self.part(whose, part.get());
            }
        }
        self.settle(whose);
    }
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
