//! Runs as they were found in documents, journals and logs: what each says, how far a cut-off one
//! came, and how they differ. `reader` finds them, `facts` puts each into comparable values,
//! `groups` tells what differs. How they look is told in `report/pages` and `report/charts`. Pure.
#![forbid(unsafe_code)]

pub(crate) mod changes;
mod documents;
mod events;
pub(crate) mod facts;
pub(crate) mod groups;
mod head;
mod kept;
mod lines;
pub(crate) mod papers;
pub mod reader;
pub(crate) mod scalar;
mod shared;
mod stream;
mod watched;
pub(crate) mod words;

use std::sync::Arc;

use papers::{Bench, Compare, Cut, Environment, Figure, Fill, Inspect, Segment, Watch};

use crate::capacity::Kind;
use crate::units::{Bytes, range};

/// Of more runs than these only what is compared is kept.
pub(crate) const FEW: usize = 24;

/// Steps, and fills, that are kept of a run: no real one comes near.
pub(crate) const MANY: usize = 256;

/// Figures of bench that are kept of a run.
pub(crate) const FIGURES: usize = 4096;

/// The kinds, in the order of reports.
pub(crate) const KINDS: [&str; 4] =
    [Kind::Posix.word(), Kind::Sysv.word(), Kind::Memfd.word(), Kind::Anon.word()];

/// What happened to a step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fate {
    /// It was to come.
    Planned,
    /// It began, and nothing says that it ended.
    Began,
    /// It ended.
    Done,
    /// It failed, and why.
    Failed(String),
    /// It was left out, and why.
    Skipped(String),
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub(crate) name: String,
    pub(crate) fate: Fate,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// The file, and which of those in it.
    pub source: String,
    /// What a reader knows it by; no two are alike.
    pub title: String,
    /// Where it ran.
    pub environment: Arc<Environment>,
    /// Its steps, where a journal or the document of a run names them.
    pub steps: Vec<Step>,
    /// All of them are named: its first line was there.
    pub(crate) planned: bool,
    /// It was told step by step.
    pub(crate) journal: bool,
    /// Its last line was there; a single document needs none.
    pub(crate) ended: bool,
    /// A signal ended it.
    pub(crate) interrupted: bool,
    /// As the document of a run has it.
    pub(crate) said_verdict: Option<String>,
    /// What inspect said.
    pub inspect: Option<Inspect>,
    /// What compare saw.
    pub compare: Option<Compare>,
    /// What bench measured.
    pub bench: Option<Bench>,
    /// What was filled.
    pub fills: Vec<Fill>,
    /// What was seen of a command.
    pub watch: Option<Watch>,
    /// What it is compared by; made when all was read.
    pub(crate) facts: Vec<facts::Fact>,
}

impl Run {
    /// What inspect says of files in /dev/shm.
    pub(crate) fn posix(&self) -> Option<&Segment> {
        self.inspect.as_ref()?.segments.get("posix")
    }

    /// The worst of what was found: the run's own word, or else inspect's, and a fill that ended
    /// otherwise than predicted.
    pub(crate) fn verdict(&self) -> Option<&str> {
        if let Some(verdict) = &self.said_verdict {
            return Some(verdict);
        }
        if self.fills.iter().any(|fill| fill.agrees.truth() == Some(false)) {
            return Some("fail");
        }
        let inspect = self.inspect.as_ref().map(|inspect| &inspect.verdict);
        inspect.or(self.watch.as_ref().map(|watch| &watch.verdict))?.text()
    }

    /// The fill that was under way when everything stopped.
    pub fn cut(&self) -> Option<(&Fill, &Cut)> {
        self.fills.iter().find_map(|fill| Some((fill, fill.cut.as_ref()?)))
    }

    /// Whether the end of it is missing.
    pub(crate) fn is_cut_off(&self) -> bool {
        (self.journal && !self.ended) || self.cut().is_some()
    }

    /// The last known state, in words.
    pub fn state(&self) -> String {
        if !self.is_cut_off() {
            return if self.interrupted { "interrupted" } else { "finished" }.to_owned();
        }
        if self.watch.as_ref().is_some_and(|watch| watch.unfinished) {
            return "unfinished: the journal has no end".to_owned();
        }
        let began = self.steps.iter().rev().find(|step| step.fate == Fate::Began);
        let mut ended = self.steps.iter().filter(|step| step.fate != Fate::Planned);
        let told = ended.clone().filter(|step| step.fate != Fate::Began).count();
        let of = if self.planned {
            format!(" ({told} of {} steps were over)", self.steps.len())
        } else {
            String::new()
        };
        match (began, ended.next_back(), self.cut()) {
            (Some(step), _, _) => format!("cut off in step {}{of}", step.name),
            (None, None, Some((fill, _))) => format!("cut off in fill {}", fill.name()),
            (None, Some(step), _) => format!("cut off after step {}{of}", step.name),
            (None, None, None) => "cut off before its first step".to_owned(),
        }
    }

    /// Where it ran, as far as its documents say so.
    pub(crate) fn kernel(&self) -> Option<&str> {
        let inspect = self.inspect.as_ref().and_then(|one| one.subject.kernel.text());
        let compare = self.compare.as_ref().and_then(|one| one.kernel.text());
        let bench = self.bench.as_ref().and_then(|one| one.environment.kernel.text());
        self.environment.kernel.text().or(inspect).or(compare).or(bench)
    }

    /// Leaves only what is compared; `nowhere`: an environment that is empty.
    fn slim(&mut self, nowhere: &Arc<Environment>) {
        self.environment = Arc::clone(nowhere);
        self.said_verdict = None;
        self.bench = None;
        self.compare = None;
        self.inspect = None;
        self.watch = None;
        self.steps = Vec::new();
        self.fills = Vec::new();
        self.facts.shrink_to_fit();
    }
}

impl Fill {
    /// Kind and method.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.kind.word(), self.method.word())
    }

    /// Whether it is of the same kind and method.
    fn is_like(&self, other: &Fill) -> bool {
        self.kind.word() == other.kind.word() && self.method.word() == other.method.word()
    }

    /// What was filled, where its document says so.
    pub fn bytes(&self) -> Option<u64> {
        self.measured.as_ref()?.bytes.count()
    }

    /// How much was filled, as people read it, as far as that is told.
    pub(crate) fn filled(&self) -> Option<String> {
        match (&self.cut, self.bytes()) {
            (Some(cut), _) => Some(cut.range()),
            (None, bytes) => bytes.map(|bytes| Bytes(bytes).to_string()),
        }
    }

    /// How it ended, as far as that is told.
    pub(crate) fn end(&self) -> Option<&str> {
        match &self.cut {
            Some(cut) => cut.end,
            None => self.measured.as_ref()?.ended_in.text(),
        }
    }
}

impl Bench {
    /// The figures of a test, by so many processes: one for each size of memory.
    pub(crate) fn of(
        &self,
        test: &str,
        op: &str,
        kind: &str,
        procs: u64,
    ) -> impl Iterator<Item = &Figure> {
        self.results.iter().filter(move |figure| {
            figure.test.text() == Some(test)
                && figure.op.text() == Some(op)
                && figure.kind.text() == Some(kind)
                && figure.procs.count() == Some(procs)
        })
    }
}

impl Segment {
    /// What stands before its bytes where they are an upper bound.
    pub(crate) fn at_most(&self) -> &'static str {
        let bounds = self.available_bytes.count() != Some(0);
        if bounds && self.certainty.text() == Some("at-most") { "at most " } else { "" }
    }
}

impl Cut {
    /// How much was filled, as people read it.
    pub(crate) fn range(&self) -> String {
        range(Bytes(self.at_least), Bytes(self.at_most))
    }
}

/// All that was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Runs {
    /// In the order of files and lines.
    pub runs: Vec<Run>,
    /// What could not be taken, in words.
    pub notes: Vec<String>,
    /// Lines of other programs, and cut ones.
    pub other_lines: u64,
}
