//! `shmeter inspect`: read, assess, report.

use std::io::Read;
use std::path::Path;

use super::{Code, Failure, print, say};
use crate::capacity::findings::Asked;
use crate::capacity::{ByKind, Capacity, Certainty, assess};
use crate::cli::{Format, InspectArgs};
use crate::facts::Facts;
use crate::facts::container::ContainerId;
use crate::probe::{
    Capture, Live, ProbeError, Target, enter_ipc, find_container, gather, is_of_container,
};
use crate::report::{Document, document::Verdict, openmetrics, text};
use crate::sys;
use crate::units::Bytes;
use crate::workload::measure::{self, EdgeError, Felt};

/// A capture is some 30 KiB; one with mappings of many processes has a few MiB.
const LARGEST_CAPTURE: u64 = 256 << 20;

/// Prints the report; exit 1 where a check failed, 3 where something cannot be told.
pub fn run(args: &InspectArgs) -> Result<Code, Failure> {
    let document = document(&facts(args)?, args.require, args.size_limit, args.measure)?;
    let text = match args.format {
        Format::Text => text::render(&document, args.explain),
        Format::Json => super::json(&document)?,
        Format::Openmetrics => openmetrics::render(&document),
    };
    print(&text, args.color)?;
    verdict(&document)
}

/// What the facts come to; `feel`: fill until memory runs short, where limits are hidden.
pub(super) fn document(
    facts: &Facts,
    require: Option<Bytes>,
    size_limit: Option<Bytes>,
    feel: bool,
) -> Result<Document, Failure> {
    let other_path = facts.shm.asked != Target::DEFAULT_PATH;
    let asked = Asked { require, size_limit, other_path };
    let mut capacities = assess(facts);
    if feel && let Some(felt) = measure(facts, &capacities)? {
        for capacity in &mut capacities {
            measure::learn(facts, capacity, &felt);
        }
    }
    Ok(Document::new(facts, &capacities, &asked))
}

/// Says what it is about to do to others, and does it; `None` where there is nothing to feel.
pub(super) fn measure(
    facts: &Facts,
    capacities: &ByKind<Capacity>,
) -> Result<Option<Felt>, Failure> {
    let refused = |error: EdgeError| Failure::new(Code::Refused, error);
    let Some(plan) = measure::plan(facts, capacities).map_err(refused)? else {
        say("every limit could be seen: there is nothing to measure");
        return Ok(None);
    };
    sys::start::note_signals();
    say(&format!("filling up to {} to feel the limit; file cache may be dropped", plan.most));
    if plan.all_or_none {
        say(
            "memory.oom.group is 1: should a kill come all the same, it takes all of this container",
        );
    }
    match measure::feel(facts, &plan) {
        Err(_) if sys::start::asked_to_end() => {
            Err(Failure::new(Code::Interrupted, "interrupted; nothing was measured"))
        }
        done => done.map(Some).map_err(refused),
    }
}

/// The code that it exits with, or why something cannot be told.
pub(super) fn verdict(document: &Document) -> Result<Code, Failure> {
    if document.verdict == Verdict::Fail {
        return Ok(Code::CheckFailed);
    }
    let unknown = document.segments.each().into_iter().find_map(|(kind, segment)| {
        (segment.certainty == Certainty::Unknown).then(|| (kind, segment.why.clone()))
    });
    match unknown {
        None => Ok(Code::Done),
        Some((kind, why)) => Err(Failure::new(
            Code::CannotTell,
            format!(
                "cannot tell how much {} shared memory is usable: {}",
                kind.word(),
                why.unwrap_or_default()
            ),
        )),
    }
}

fn facts(args: &InspectArgs) -> Result<Facts, Failure> {
    let (path, pid) = (args.path.clone(), args.pid);
    let facts = match &args.from {
        None => {
            let live = Live::default();
            let subject = Subject::of(&live, pid, args.container.as_ref())?;
            let path = path.unwrap_or_else(default_path);
            let facts = gather(&live, &Target { pid: subject.pid, path }).map_err(failure)?;
            subject.is_still_there(&live)?;
            return Ok(facts);
        }
        Some(file) => {
            let capture = read_capture(file)?;
            let path = path.or_else(|| capture.path.clone()).unwrap_or_else(default_path);
            gather(&capture, &Target { pid: pid.or(capture.pid), path })
        }
    };
    facts.map_err(failure)
}

/// Whom a command looks at.
pub(super) struct Subject<'a> {
    /// Another process, or the one that looks.
    pub(super) pid: Option<u32>,
    container: Option<&'a ContainerId>,
}

impl<'a> Subject<'a> {
    /// The process asked for, or the one that stands for a container.
    pub(super) fn of(
        live: &Live,
        pid: Option<u32>,
        container: Option<&'a ContainerId>,
    ) -> Result<Subject<'a>, Failure> {
        let Some(id) = container else { return Ok(Subject { pid, container }) };
        let pid = find_container(live, id).map_err(failure)?;
        enter_ipc(live, pid);
        Ok(Subject { pid: Some(pid), container })
    }

    /// What was read after a container's end may be another process's.
    pub(super) fn is_still_there(&self, live: &Live) -> Result<(), Failure> {
        match (self.pid, self.container) {
            (Some(pid), Some(id)) if !is_of_container(live, pid, id) => {
                Err(failure(ProbeError::ContainerEnded(id.to_string())))
            }
            _ => Ok(()),
        }
    }
}

fn default_path() -> String {
    Target::DEFAULT_PATH.to_owned()
}

/// A wrong folder is wrong use; all else is a fact that cannot be had.
pub(super) fn failure(error: ProbeError) -> Failure {
    let code = match error {
        ProbeError::Path { .. } => Code::Usage,
        _ => Code::CannotTell,
    };
    Failure::new(code, error)
}

fn read_capture(file: &Path) -> Result<Capture, Failure> {
    let name = if file.as_os_str() == "-" { "stdin".into() } else { file.display().to_string() };
    let fault = |code, error: &dyn std::fmt::Display| {
        Failure::new(code, format!("cannot use the capture {name}: {error}"))
    };
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        sys::start::end_on_signals();
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
