//! `shmeter watch`: runs a command, and says what shared memory it took, why it failed, and what it needs.

mod live;
mod messages;

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use nix::errno::Errno;

use self::messages::Scan;
use super::journal::Journal;
use super::{Code, Failure, output, say};
use crate::cli::{Color, WatchArgs, WatchFormat, WatchTrace};
use crate::facts::Facts;
use crate::probe::{Live, Target, gather};
use crate::report::watch::{
    Asked as Told, Event, IncidentRow, PeakRow, WatchDocument, seconds, text,
};
use crate::units::Bytes;
use crate::watch::exit::Exit;
use crate::watch::incident::Incident;
use crate::watch::needed::{limit, needed};
use crate::watch::peaks::Peaks;
use crate::watch::seen::{Run, SysvLimits};
use crate::watch::verdict::judge;
use crate::watch::{Asked, Ear, Notes, Observed, Seen, Trace, run as observe};

/// As env(1) and timeout(1) tell that they failed themselves, that a command cannot be run, or is not there.
pub(super) const FAILED: Code = Code::Exit(125);
const CANNOT_RUN: Code = Code::Exit(126);
const NOT_FOUND: Code = Code::Exit(127);

/// Watches, says what it came to, and ends as the command did.
pub fn run(args: &WatchArgs) -> Result<Code, Failure> {
    if args.command.is_empty() {
        return live::run(args);
    }
    watch(args).map_err(|failure| match failure.code {
        Code::Exit(_) => failure,
        _ => Failure { code: FAILED, ..failure },
    })
}

fn watch(args: &WatchArgs) -> Result<Code, Failure> {
    let words: Vec<String> =
        args.command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let report = args.report.as_deref().map(Report::open).transpose()?;
    let journal = Journal::new(args.journal.as_deref(), false, None)?;
    let every_us = u64::try_from(args.every.as_micros()).unwrap_or(u64::MAX);
    let live = Live::without_attempts();
    let facts = gather(&live, &Target::default())?;
    let journal = Arc::new(Mutex::new(Lines { journal, memory_limit: limit(&facts) }));
    let scan = args.scan.then(Scan::new).transpose()?;
    let ear = scan.as_ref().map(|scan| -> Box<dyn Ear> { Box::new(scan.ear()) });
    lines(&journal).event(&Event::start(&words, every_us));
    let asked = Asked {
        every: args.every,
        traces: args.trace == WatchTrace::Signals,
        wait_all: args.wait_all,
    };
    let notes: Arc<Mutex<dyn Notes>> = journal.clone();
    let observed = observe(&args.command, asked, &facts, &live, notes, ear);
    let observed = observed
        .map_err(|why| Failure::new(FAILED, format!("cannot run and watch it: {}", why.desc())))?;
    if let Some(why) = observed.not_run {
        return Err(not_run(&words, why));
    }
    let document = document(&words, every_us, &facts, &observed, scan);
    lines(&journal).event(&Event::End { document: &document });
    let mut code = code_of(observed.exit);
    let written = report.map_or(Ok(()), |report| report.write(&document));
    for done in [show(&document, args), written] {
        if let Err(failure) = done {
            say(&failure.to_string());
            code = lost(code);
        }
    }
    if lines(&journal).journal.end(Code::Done) != Code::Done {
        code = lost(code);
    }
    Ok(code)
}

/// What is asked for and is lost shows where the command itself did well.
fn lost(code: Code) -> Code {
    if code == Code::Exit(0) { FAILED } else { code }
}

fn document(
    words: &[String],
    every_us: u64,
    facts: &Facts,
    observed: &Observed,
    scan: Option<Scan>,
) -> WatchDocument {
    let scanned = scan.is_some();
    let (rows, messages) = scan.map(Scan::finish).unwrap_or_default();
    let run = Run {
        exit: observed.exit,
        asked_to_end: observed.asked_to_end,
        peaks: &observed.peaks,
        incidents: &observed.incidents,
        traced: observed.trace == Trace::Signals,
        messages: &messages,
        memory_limit: limit(facts),
        machine_kills: observed.machine_kills,
        scanned,
        told: !rows.is_empty(),
        names: observed.names.as_ref(),
        promised: observed.seen.posix_wanted,
        sysv: SysvLimits::of(facts),
    };
    let judgement = judge(&run);
    let needed = needed(facts, &run, &judgement, observed.seen.most.as_ref());
    let told = Told { command: words, every_us };
    WatchDocument::new(told, facts, observed, &judgement, &needed, rows)
}

fn not_run(words: &[String], why: Errno) -> Failure {
    let name = words.first().map_or("", String::as_str);
    let code = if why == Errno::ENOENT { NOT_FOUND } else { CANNOT_RUN };
    Failure::new(code, format!("cannot run {name}: {}", why.desc()))
}

/// As a shell tells it.
fn code_of(exit: Exit) -> Code {
    let code = match exit {
        Exit::Code(code) => code,
        Exit::Signal(signal) => signal.saturating_add(128),
    };
    Code::Exit(u8::try_from(code).unwrap_or(125))
}

/// Says it on stderr: stdout is the command's.
fn show(document: &WatchDocument, args: &WatchArgs) -> Result<(), Failure> {
    let stderr = io::stderr();
    let text = match args.format.unwrap_or(WatchFormat::Text) {
        WatchFormat::Text => {
            let choice = match args.color {
                Color::Auto => anstream::AutoStream::choice(&stderr),
                Color::Always => anstream::ColorChoice::Always,
                Color::Never => anstream::ColorChoice::Never,
            };
            let text = text::render(document);
            if choice == anstream::ColorChoice::Never {
                anstream::adapter::strip_str(&text).to_string()
            } else {
                text
            }
        }
        WatchFormat::Json => super::json(document)?,
        WatchFormat::Jsonl => line(document)?,
    };
    match output::write(stderr.as_fd(), text.as_bytes()) {
        Ok(()) | Err(Errno::EPIPE) => Ok(()),
        Err(errno) => Err(output::lost("to stderr", errno)),
    }
}

fn line(value: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string(value);
    let text = text.map_err(|error| Failure::new(FAILED, format!("cannot write JSON: {error}")))?;
    Ok(crate::plain::plain_json(text))
}

/// The lines of the journal.
struct Lines {
    journal: Journal,
    memory_limit: Option<Bytes>,
}

fn lines(journal: &Mutex<Lines>) -> std::sync::MutexGuard<'_, Lines> {
    journal.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lines {
    fn event(&mut self, event: &Event<'_>) {
        if let Ok(line) = line(event) {
            self.journal.write(&line);
        }
    }
}

impl Notes for Lines {
    fn incident(&mut self, incident: &Incident) {
        self.event(&Event::Incident(&IncidentRow::new(incident)));
    }

    fn peak(&mut self, peaks: &Peaks, seen: &Seen) {
        let at_seconds = seconds(peaks.last.at_us);
        let peak = PeakRow::new(self.memory_limit, peaks, seen, None);
        self.event(&Event::Peak { at_seconds, peak: &peak });
    }
}

/// The file of the result: opened before the command begins, so that a wrong name costs no run.
struct Report {
    name: String,
    file: File,
}

impl Report {
    fn open(path: &Path) -> Result<Report, Failure> {
        let name = path.display().to_string();
        let cannot = |why: &dyn std::fmt::Display| {
            Failure::new(FAILED, format!("cannot write the report {name}: {why}"))
        };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).custom_flags(libc::O_NONBLOCK);
        let file = options.open(path).map_err(|error| cannot(&error))?;
        if let Some(other) = output::taken(file.as_fd()) {
            return Err(cannot(&format!("{other} goes there")));
        }
        Ok(Report { name, file })
    }

    fn write(self, document: &WatchDocument) -> Result<(), Failure> {
        let text = super::json(document)?;
        if output::is_file(self.file.as_fd()) {
            let cut = self.file.set_len(0);
            cut.map_err(|error| {
                Failure::new(FAILED, format!("cannot write the report {}: {error}", self.name))
            })?;
        }
        let what = format!("the report {}", self.name);
        output::write(self.file.as_fd(), text.as_bytes())
            .map_err(|errno| output::lost(&what, errno))
    }
}
