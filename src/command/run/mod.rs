//! `shmeter run`: every other command in turn, with a journal, within a budget.

mod asked;
mod steps;
mod termination;

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use super::documents::{bench, compare, fill, inspect};
use super::journal::Journal;
use super::subject::{self, facts};
use super::{Code, Failure, output, print, say};
use crate::capacity::findings::Asked;
use crate::cli::{RunArgs, RunFormat};
use crate::fill::Request as FillRequest;
use crate::probe::{Live, environment};
use crate::report::inspect::Verdict;
use crate::report::journal::Event as FillEvent;
use crate::report::run::summary::UnderWay;
use crate::report::run::{Event, RunDocument, StepDocument, StepOutcome, StepRow, text};
use crate::sys::{self, signals::asked_to_end};
use steps::Step;
use termination::Termination;

/// Runs the steps and reports; the code is that of the verdict.
pub fn run(args: &RunArgs) -> Result<Code, Failure> {
    sys::signals::note_signals();
    let mut run = Run::new(args)?;
    run.begin();
    for (at, step) in (1_usize..).zip(run.steps.clone()) {
        run.step(at, step);
    }
    run.end()
}

struct Run<'a> {
    args: &'a RunArgs,
    folder: String,
    steps: Vec<Step>,
    start: Instant,
    format: RunFormat,
    journal: Journal,
    termination: Termination,
    document: RunDocument,
    /// What fills said on stderr.
    warned: Vec<String>,
    /// What the first step that could not tell, or was refused, would have exited with.
    code: Option<Code>,
}

/// A step's document, and what it would have exited with.
type Said = Result<(StepDocument, Code), Failure>;

impl<'a> Run<'a> {
    fn new(args: &'a RunArgs) -> Result<Run<'a>, Failure> {
        let folder = subject::folder(args.path.as_ref());
        let terminal = std::io::stdout().is_terminal();
        let usual = if terminal { RunFormat::Text } else { RunFormat::Jsonl };
        let format = args.format.unwrap_or(usual);
        let facts = facts(&folder)?;
        let allowed = sys::cpu::allowed().unwrap_or_default();
        let labels = args.labels.iter().cloned().collect();
        let steps = Step::chosen(args);
        if steps.is_empty() {
            return Err(Failure::new(Code::Usage, "--skip leaves no step to run"));
        }
        let termination = Termination::open(args.termination_log.as_deref())?;
        let lines = format == RunFormat::Jsonl;
        let journal = Journal::new(args.journal.as_deref(), lines, termination.file())?;
        Ok(Run {
            args,
            folder,
            steps,
            start: Instant::now(),
            format,
            termination,
            journal,
            document: RunDocument::new(environment(&Live::default(), &facts, &allowed, labels)),
            warned: Vec::new(),
            code: None,
        })
    }

    fn begin(&mut self) {
        let steps: Vec<String> = self.steps.iter().map(|step| step.name()).collect();
        self.journal.write(
            &Event::Start {
                schema: self.document.schema,
                version: self.document.version,
                steps: &steps,
                budget_seconds: self.args.budget.as_secs_f64(),
                budget_bytes: asked::budget_size(self.args).0,
                environment: &self.document.environment,
            }
            .line(),
        );
    }

    /// Does a step, or says why not. One that fails does not end the run.
    fn step(&mut self, at: usize, step: Step) {
        let name = step.name();
        if asked_to_end() {
            self.document.interrupted = true;
            return self.skip(&name, 0.0, "interrupted");
        }
        let left = self.args.budget.saturating_sub(self.start.elapsed());
        let share = step.share(left, self.steps.get(at..).unwrap_or_default());
        if share < step.least() {
            let why = format!(
                "it needs {}, and {:.1} s of the budget of {} are left for it (see --budget)",
                humantime::format_duration(step.least()),
                share.as_secs_f64(),
                humantime::format_duration(self.args.budget)
            );
            return self.skip(&name, 0.0, &why);
        }
        self.announce(at, &name);
        self.journal.write(&Event::Before { step: &name }.line());
        self.termination.write(&self.document, Some(UnderWay { step: &name, predicted: None }));
        let begun = Instant::now();
        let said = self.carry_out(step, &name, share);
        self.hear(step, &name, begun.elapsed().as_secs_f64(), said);
        self.termination.write(&self.document, None);
    }

    /// On a terminal: what goes on.
    fn announce(&self, at: usize, name: &str) {
        let mut err = std::io::stderr();
        if err.is_terminal() && self.format != RunFormat::Jsonl {
            let _ = writeln!(err, "shmeter: {at} of {}, {name}", self.steps.len());
        }
    }

    /// Where nobody asked for JSON Lines, and no terminal is there whose user sends them elsewhere: a container
    /// without `-t`.
    fn hint(&self) {
        if self.args.format.is_none() && !std::io::stderr().is_terminal() {
            say("this is JSON Lines; for a report add `| shmeter report -` or --format text");
        }
    }

    fn carry_out(&mut self, step: Step, name: &str, share: Duration) -> Said {
        match step {
            Step::Inspect => {
                let document = inspect::document(&facts(&self.folder)?, &Asked::default(), None)?;
                let code = inspect::verdict(&document).unwrap_or_else(|failure| {
                    say(&failure.to_string());
                    failure.code
                });
                Ok((StepDocument::Inspect(Box::new(document)), code))
            }
            Step::Compare => {
                let document = compare::document(&self.folder, false, Some(share))?;
                let code = if document.saw_something() { Code::Done } else { Code::CannotTell };
                Ok((StepDocument::Compare(Box::new(document)), code))
            }
            Step::Bench => {
                let request = asked::of_bench(self.args, &self.folder);
                let document = bench::document(&request, Some(share))?;
                Ok((StepDocument::Bench(Box::new(document)), Code::Done))
            }
            Step::Fill(kind, method) => {
                asked::settle(&self.folder);
                self.fill(asked::of_fill(self.args, &self.folder, (kind, method), share), name)
            }
        }
    }

    fn fill(&mut self, request: FillRequest, name: &str) -> Said {
        let session = fill::prepare(request, false)?;
        let Run { journal, termination, document, warned, .. } = self;
        let mut tell = |line: &FillEvent<'_>| {
            match line {
                FillEvent::Start(start) => {
                    let predicted = start.predicted.as_ref();
                    termination.write(document, Some(UnderWay { step: name, predicted }));
                }
                // The document stands in the step's own line.
                FillEvent::End { .. } => return,
                _ => {}
            }
            journal.write(&Event::Progress { step: name, line }.line());
        };
        let (document, code) = fill::document(session, Some(&mut tell), warned)?;
        Ok((StepDocument::Fill(Box::new(document)), code))
    }

    /// Puts down what a step said.
    fn hear(&mut self, step: Step, name: &str, seconds: f64, said: Said) {
        let (document, code) = match said {
            Ok(said) => said,
            Err(failure) => return self.could_not(step, name, seconds, &failure),
        };
        let after = Event::After { step: name, seconds, document: Some(&document), error: None };
        self.journal.write(&after.line());
        self.document.take(document);
        self.note(code);
        self.row(name, StepOutcome::Done, seconds, None);
    }

    /// What would hurt others, or has no room, is left out; all else has failed.
    fn could_not(&mut self, step: Step, name: &str, seconds: f64, failure: &Failure) {
        let why = failure.to_string();
        let left_out = match step {
            Step::Fill(..) => failure.code == Code::Usage,
            Step::Bench => matches!(failure.code, Code::CannotTell | Code::Usage),
            _ => false,
        };
        self.document.interrupted |= failure.code == Code::Interrupted;
        if left_out || failure.code == Code::Interrupted {
            return self.skip(name, seconds, &why);
        }
        let event = Event::After { step: name, seconds, document: None, error: Some(&why) };
        self.journal.write(&event.line());
        self.note(failure.code);
        self.row(name, StepOutcome::Failed, seconds, Some(why));
    }

    fn skip(&mut self, name: &str, seconds: f64, why: &str) {
        self.journal.write(&Event::Skipped { step: name, why }.line());
        self.row(name, StepOutcome::Skipped, seconds, Some(why.to_owned()));
    }

    fn row(&mut self, name: &str, outcome: StepOutcome, seconds: f64, why: Option<String>) {
        self.document.note(StepRow { step: name.to_owned(), outcome, seconds, why });
    }

    /// The first of those that say that something could not be.
    fn note(&mut self, code: Code) {
        if matches!(code, Code::CannotTell | Code::Refused | Code::Usage) {
            self.code.get_or_insert(code);
        }
    }

    fn end(mut self) -> Result<Code, Failure> {
        self.termination.write(&self.document, None);
        self.journal.write(&Event::End { document: &self.document }.line());
        let written = match self.format {
            RunFormat::Text => print(&text::render(&self.document), self.args.color),
            RunFormat::Json => print(&super::json(&self.document)?, self.args.color),
            RunFormat::Jsonl => {
                self.hint();
                Ok(())
            }
        };
        let nothing = self.document.with(StepOutcome::Done).next().is_none();
        let code = match self.code {
            _ if self.document.interrupted => Code::Interrupted,
            _ if self.document.verdict == Verdict::Fail => Code::CheckFailed,
            Some(code) => code,
            None if nothing => Code::CannotTell,
            None => Code::Done,
        };
        output::finish(written, Ok(self.termination.end(self.journal.end(code))))
    }
}
