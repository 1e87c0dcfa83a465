//! `shmeter compare`: probe every way to get shared memory, and show them side by side.

use std::io::Write;

use super::documents::compare::document;
use super::{Code, Failure, output, print, subject};
use crate::cli::{CompareArgs, CompareFormat};
use crate::compare;
use crate::report::compare as report;
use crate::sys;

/// Probes and reports.
pub fn run(args: &CompareArgs) -> Result<Code, Failure> {
    let folder = subject::folder(args.path.as_ref());
    let document = document(&folder, args.no_cost, None)?;
    let text = match args.output.format {
        CompareFormat::Text => report::text::render(&document),
        CompareFormat::Markdown => report::text::markdown(&document),
        CompareFormat::Json => super::json(&document)?,
    };
    let code = if document.saw_something() { Code::Done } else { Code::CannotTell };
    output::finish(print(&text, args.output.color), Ok(code))
}

/// The process of one probe; what it saw goes to stdout.
pub(crate) fn probe(job: Option<&str>) -> Result<Code, Failure> {
    let job: Option<compare::Job> = job.and_then(|job| serde_json::from_str(job).ok());
    let job = job.ok_or_else(|| {
        Failure::new(Code::Usage, "this command is internal: compare starts its probes with it")
    })?;
    // Whoever asked is gone: so is the question.
    if !sys::own::die_with(job.parent) {
        return Ok(Code::Refused);
    }
    sys::signals::leave_signals_to_the_leader();
    sys::cpu::go_first_when_memory_ends();
    let cell = serde_json::to_string(&compare::probe(&job));
    let text = cell.map_err(|error| Failure::new(Code::Refused, error))?;
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(Code::Done)
}
