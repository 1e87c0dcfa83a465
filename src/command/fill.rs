//! `shmeter fill`: predict, fill, and say both.

use super::documents::fill as documents;
use super::journal::Journal;
use super::{Code, Failure, output, print, subject};
use crate::cli::{FillArgs, FillFormat};
use crate::fill::{Budget, Request};
use crate::report::fill;
use crate::report::journal::Event;
use crate::sys;

/// Fills and reports; exit 1 where it ended otherwise than predicted.
pub fn run(args: &FillArgs) -> Result<Code, Failure> {
    sys::signals::note_signals();
    let session = documents::prepare(request(args), args.measure)?;
    let mut journal =
        Journal::new(args.journal.as_deref(), args.output.format == FillFormat::Jsonl, None)?;
    let mut write = |event: &Event<'_>| journal.write(&event.line());
    let keeps = args.journal.is_some() || args.output.format == FillFormat::Jsonl;
    let (document, code) =
        documents::document(session, keeps.then_some(&mut write), &mut Vec::new())?;
    let written = match args.output.format {
        FillFormat::Text => print(&fill::text::render(&document), args.output.color),
        FillFormat::Json => print(&super::json(&document)?, args.output.color),
        FillFormat::Jsonl => Ok(()),
    };
    output::finish(written, Ok(journal.end(code)))
}

fn request(args: &FillArgs) -> Request {
    Request {
        kind: args.kind,
        method: args.method,
        procs: args.procs,
        until: args.until,
        folder: subject::folder(args.path.as_ref()),
        exclusive: args.exclusive,
        force: args.force,
        huge: args.huge,
        score: args.oom_score_adj,
        budget: Budget::default(),
    }
}
