//! The run document and its journal: docs/contract.md says what others rely on. How a person reads
//! it: `text`; what fits into a termination message: `summary`.

pub mod summary;
pub mod text;

use serde::Serialize;

use super::inspect::Verdict;
use super::{BenchDocument, CompareDocument, Document, FillDocument, journal};
use crate::facts::environment::Environment;
use crate::plain::plain_json;
use crate::schema;

/// The result of `shmeter run`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RunDocument {
    /// Name and version of this format.
    #[cfg_attr(test, schemars(extend("const" = schema::RUN)))]
    pub(crate) schema: &'static str,
    /// Version of shmeter.
    pub(crate) version: &'static str,
    /// The machine and the container.
    pub(crate) environment: Environment,
    /// What was done.
    pub steps: Vec<StepRow>,
    /// The document of inspect; null where it has none.
    pub(crate) inspect: Option<Document>,
    /// The document of compare; null where it has none.
    pub(crate) compare: Option<CompareDocument>,
    /// The document of bench; null where it has none.
    pub(crate) bench: Option<BenchDocument>,
    /// The documents of the fills.
    pub(crate) fill: Vec<FillDocument>,
    /// The verdict of inspect; at least `warn` where a step failed, and `fail` where a fill ended otherwise than predicted.
    pub(crate) verdict: Verdict,
    /// Whether a signal ended it.
    pub(crate) interrupted: bool,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StepRow {
    /// Its name: `inspect`, `compare`, `bench`, or `fill` with kind and method, such as `fill posix touch`.
    pub step: String,
    /// Whether it was done.
    pub outcome: StepOutcome,
    /// How long it took.
    pub seconds: f64,
    /// Why it was not done.
    pub why: Option<String>,
}

/// Whether a step was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum StepOutcome {
    /// It has a document.
    Done,
    /// It was tried, and failed.
    Failed,
    /// It was left out on purpose: no time, no room for a bench, or others would be affected.
    Skipped,
}

/// The document of a step.
#[derive(Debug)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
pub enum StepDocument {
    Inspect(Box<Document>),
    Compare(Box<CompareDocument>),
    Bench(Box<BenchDocument>),
    Fill(Box<FillDocument>),
}

impl Serialize for StepDocument {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            StepDocument::Inspect(document) => document.serialize(serializer),
            StepDocument::Compare(document) => document.serialize(serializer),
            StepDocument::Bench(document) => document.serialize(serializer),
            StepDocument::Fill(document) => document.serialize(serializer),
        }
    }
}

/// A line of the journal of `shmeter run`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RunEvent"))]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event<'a> {
    /// The run begins.
    Start {
        /// Name and version of this format.
        #[cfg_attr(test, schemars(extend("const" = schema::RUN)))]
        schema: &'static str,
        /// Version of shmeter.
        version: &'static str,
        /// The planned steps.
        steps: &'a [String],
        /// Time for the whole run.
        budget_seconds: f64,
        /// The most that a fill takes.
        budget_bytes: u64,
        /// The machine and the container.
        environment: &'a Environment,
    },
    /// A step begins.
    Before { step: &'a str },
    /// A fill goes on.
    Progress {
        step: &'a str,
        /// A line of the fill's journal.
        line: &'a journal::Event<'a>,
    },
    /// A step has ended.
    After {
        step: &'a str,
        /// How long it took.
        seconds: f64,
        /// Its document.
        #[serde(skip_serializing_if = "Option::is_none")]
        document: Option<&'a StepDocument>,
        /// Why it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'a str>,
    },
    /// A step is left out.
    Skipped { step: &'a str, why: &'a str },
    /// The run has ended.
    End {
        /// The whole result.
        document: &'a RunDocument,
    },
}

impl Event<'_> {
    /// The line, with its end.
    pub fn line(&self) -> String {
        serde_json::to_string(self).map_or_else(|_| String::new(), plain_json)
    }
}

impl RunDocument {
    /// Nothing is done yet.
    pub fn new(environment: Environment) -> RunDocument {
        RunDocument {
            schema: schema::RUN,
            version: env!("CARGO_PKG_VERSION"),
            environment,
            steps: Vec::new(),
            inspect: None,
            compare: None,
            bench: None,
            fill: Vec::new(),
            verdict: Verdict::Ok,
            interrupted: false,
        }
    }

    /// Takes what a step said, and what it means for the verdict.
    pub fn take(&mut self, said: StepDocument) {
        let verdict = match said {
            StepDocument::Inspect(document) => {
                let verdict = document.verdict;
                self.inspect = Some(*document);
                verdict
            }
            StepDocument::Compare(document) => {
                self.compare = Some(*document);
                Verdict::Ok
            }
            StepDocument::Bench(document) => {
                self.interrupted |= document.interrupted;
                self.bench = Some(*document);
                Verdict::Ok
            }
            StepDocument::Fill(document) => {
                let verdict =
                    if document.agrees == Some(false) { Verdict::Fail } else { Verdict::Ok };
                self.interrupted |= document.interrupted;
                self.fill.push(*document);
                verdict
            }
        };
        self.verdict = self.verdict.max(verdict);
    }

    /// Takes what became of a step; beside one that failed all is not well.
    pub fn note(&mut self, row: StepRow) {
        if row.outcome == StepOutcome::Failed {
            self.verdict = self.verdict.max(Verdict::Warn);
        }
        self.steps.push(row);
    }

    /// Steps of an outcome.
    pub(crate) fn with(&self, outcome: StepOutcome) -> impl Iterator<Item = &StepRow> {
        self.steps.iter().filter(move |row| row.outcome == outcome)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::Runtime;

    /// A run that has done nothing yet.
    pub(crate) fn document() -> RunDocument {
        RunDocument::new(Environment {
            version: "1",
            time: "2026-11-24T22:00:00Z".into(),
            hostname: "h".into(),
            node: None,
            pod: None,
            namespace: None,
            container: Runtime::None,
            kernel: "6.12.0".into(),
            cpu: "CPU".into(),
            cpus: 2,
            memory_bytes: None,
            page_size: 4096,
            labels: std::collections::BTreeMap::new(),
        })
    }

    #[test]
    fn a_line_of_a_fill_s_journal_stands_in_the_run_s_as_it_is() {
        let line = journal::Event::Before { bytes: 0, to_bytes: 4096 };
        let event = Event::Progress { step: "fill posix touch", line: &line };
        let text = r#"{"event":"progress","step":"fill posix touch","line":{"event":"before","bytes":0,"to_bytes":4096}}"#;
        assert_eq!(event.line(), format!("{text}\n"));
    }
}
