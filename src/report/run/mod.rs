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

/// All that a run says.
#[derive(Clone, Debug, Serialize)]
pub struct RunDocument {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    /// Where it ran.
    pub(crate) environment: Environment,
    /// What was done of it.
    pub steps: Vec<StepRow>,
    /// What an inspect said.
    pub(crate) inspect: Option<Document>,
    /// What a compare said.
    pub(crate) compare: Option<CompareDocument>,
    /// What a bench said.
    pub(crate) bench: Option<BenchDocument>,
    /// What the fills said.
    pub(crate) fill: Vec<FillDocument>,
    /// The worst of inspect's verdict and the fills'.
    pub(crate) verdict: Verdict,
    /// A signal ended it.
    pub(crate) interrupted: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepRow {
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
#[serde(rename_all = "lowercase")]
pub enum StepOutcome {
    /// It has a document.
    Done,
    /// It was tried.
    Failed,
    /// It was not even tried, on purpose.
    Skipped,
}

/// What a step said.
#[derive(Debug)]
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

/// One line of a run's journal.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event<'a> {
    /// It begins.
    Start {
        /// [`schema::RUN`].
        schema: &'static str,
        /// The version of the program.
        version: &'static str,
        /// What is to be done.
        steps: &'a [String],
        /// Time for all of it.
        budget_seconds: f64,
        /// Bytes that a fill takes at most.
        budget_bytes: u64,
        /// Where it runs.
        environment: &'a Environment,
    },
    /// A step begins.
    Before { step: &'a str },
    /// A fill comes on.
    Progress {
        step: &'a str,
        /// A line of its own journal.
        line: &'a journal::Event<'a>,
    },
    /// A step is over.
    After {
        step: &'a str,
        /// How long it took.
        seconds: f64,
        /// What it said.
        #[serde(skip_serializing_if = "Option::is_none")]
        document: Option<&'a StepDocument>,
        /// Why it could not.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'a str>,
    },
    /// A step is left out.
    Skipped { step: &'a str, why: &'a str },
    /// It is over.
    End {
        /// All of it.
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
