//! `shmeter inspect`: read, assess, report.

use std::io::Read;
use std::path::Path;

use super::documents::inspect;
use super::subject::{self, Subject};
use super::{Code, Failure, output, print};
use crate::capacity::ByKind;
use crate::capacity::findings::Asked;
use crate::cli::{Format, InspectArgs};
use crate::facts::Facts;
use crate::fill::hidden_limits::Beside;
use crate::probe::{Capture, Live, Target, gather};
use crate::report::inspect::{Document, openmetrics, text};
use crate::sys;

/// A capture is some 30 KiB; one with mappings of many processes has a few MiB.
const LARGEST_CAPTURE: u64 = 256 << 20;

/// Prints the report; exit 1 where a check failed, 3 where something cannot be told.
pub fn run(args: &InspectArgs) -> Result<Code, Failure> {
    let beside = args.measure.then(|| Beside::of(args.exclusive));
    let document = inspect::document(&facts(args)?, &asked(args), beside)?;
    let verdict = inspect::verdict(&document);
    if args.quiet && matches!(verdict, Ok(Code::Done)) {
        return verdict;
    }
    output::finish(print(&told(&document, args)?, args.output.color), verdict)
}

/// What it prints of a capture with this text.
///
/// # Errors
/// When it is no capture, or does not hold what is asked for.
pub fn of_capture(text: &str, args: &InspectArgs) -> Result<String, Failure> {
    let capture =
        Capture::parse(text).map_err(|error| Failure::new(Code::CannotTell, error.to_string()))?;
    let facts = facts_of(&capture, args)?;
    told(&inspect::document(&facts, &asked(args), None)?, args)
}

/// What was asked beside the numbers; of a kind that was named twice the last size counts.
fn asked(args: &InspectArgs) -> Asked {
    let of = |kind| args.require.iter().rev().find(|one| one.kind == kind).map(|one| one.size);
    Asked { require: ByKind::new(of), app_memory: args.app_memory, size_limit: args.size_limit }
}

fn told(document: &Document, args: &InspectArgs) -> Result<String, Failure> {
    Ok(match args.output.format {
        Format::Text => text::render(document, args.explain),
        Format::Json => super::json(document)?,
        Format::Openmetrics => openmetrics::render(document),
    })
}

fn facts(args: &InspectArgs) -> Result<Facts, Failure> {
    if let Some(file) = &args.from {
        return facts_of(&read_capture(file)?, args);
    }
    let live = Live::default();
    let subject = Subject::of(&live, args.target.pid, args.target.container.as_ref())?;
    let path = subject::folder(args.target.path.as_ref());
    let facts = gather(&live, &Target { pid: subject.pid, path })?;
    subject.is_still_there(&live)?;
    Ok(facts)
}

fn facts_of(capture: &Capture, args: &InspectArgs) -> Result<Facts, Failure> {
    let path = subject::folder(args.target.path.as_ref().or(capture.path.as_ref()));
    Ok(gather(capture, &Target { pid: args.target.pid.or(capture.pid), path })?)
}

fn read_capture(file: &Path) -> Result<Capture, Failure> {
    let name = if file.as_os_str() == "-" { "stdin".into() } else { file.display().to_string() };
    let fault = |code, error: &dyn std::fmt::Display| {
        Failure::new(code, format!("cannot use the capture {name}: {error}"))
    };
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        sys::signals::end_on_signals();
        std::io::stdin().lock().take(LARGEST_CAPTURE).read_to_string(&mut text)
    } else {
        std::fs::File::open(file)
            .and_then(|file| file.take(LARGEST_CAPTURE).read_to_string(&mut text))
    };
    read.map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => fault(Code::CannotTell, &error),
        _ => fault(Code::Usage, &error),
    })?;
    Capture::parse(&text).map_err(|error| fault(Code::CannotTell, &error))
}
