//! `shmeter fill`: foretell, fill, and say both.

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::num::NonZeroUsize;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Code, Failure, inspect, print};
use crate::capacity::{Capacity, End, Source, assess};
use crate::cli::{FillArgs, FillFormat};
use crate::facts::Facts;
use crate::facts::process::UNKILLABLE;
use crate::probe::{Live, Target, gather};
use crate::report::fill::{self, FillDocument, Predicted};
use crate::report::journal::{Event, Start};
use crate::sys;
use crate::sys::mapping::Mapping;
use crate::team::supervisor::MusterError;
use crate::units::Bytes;
use crate::workload::fill::plan::{PlanError, with_team_ready};
use crate::workload::fill::run::{self, Observer};
use crate::workload::fill::{Forecast, Request, Until};
use crate::workload::measure;

/// What the supervisor may still need of the memory that the machine promises: workers may take all
/// that is left of it when they make their segments (overcommit 2). Nothing of it is used.
const BALLAST: NonZeroUsize = NonZeroUsize::new(512 << 10).unwrap();

/// Fills and reports; exit 1 where it ended otherwise than foretold.
pub fn run(args: &FillArgs) -> Result<Code, Failure> {
    let request = request(args);
    sys::start::note_signals();
    let facts = facts(&request)?;
    let capacity = capacity(&facts, &request)?;
    request.check(&facts).map_err(refused)?;
    let felt = if args.measure { inspect::measure(&facts, &assess(&facts))? } else { None };
    let learned = |facts: &Facts, mut capacity: Capacity| {
        if let Some(felt) = &felt {
            measure::learn(facts, &mut capacity, felt);
        }
        capacity
    };
    let capacity = learned(&facts, capacity);
    let plan = request.plan(&facts, &capacity, canaries_work(&facts)).map_err(refused)?;
    let mut teller = Teller::new(args)?;
    let ballast = Mapping::anonymous(BALLAST, None);
    let mut crew = run::muster(&request, &plan, &facts).map_err(|error| match error {
        MusterError::Interrupted => Failure::new(Code::Interrupted, error),
        error => Failure::new(Code::Refused, error),
    })?;
    drop(ballast);
    let ready = with_team_ready(&facts, self::facts(&request)?, crew.promised(), &crew.pids());
    let capacity = learned(&ready, self::capacity(&ready, &request)?);
    let forecast = request.forecast(&ready, &capacity, &plan);
    warn(&request, &ready, &capacity, forecast.as_ref());
    teller.start(&request, &ready, &capacity, forecast.as_ref());
    let outcome = run::run(&request, &plan, &mut crew, &ready, &mut teller);
    let nothing = !crew.has_segment();
    drop(crew);
    let document = FillDocument::new(&request, &plan, forecast.as_ref(), &ready, &outcome);
    teller.end(&document);
    match args.format {
        FillFormat::Text => print(&fill::text::render(&document), args.color)?,
        FillFormat::Json => print(&super::json(&document)?, args.color)?,
        FillFormat::Jsonl => {}
    }
    Ok(match document.agrees {
        _ if document.interrupted => Code::Interrupted,
        _ if nothing => Code::Refused,
        Some(false) => Code::CheckFailed,
        _ => Code::Done,
    })
}

fn request(args: &FillArgs) -> Request {
    Request {
        kind: args.kind,
        method: args.method,
        procs: args.procs,
        until: args.until,
        folder: args.path.clone().unwrap_or_else(|| Target::DEFAULT_PATH.to_owned()),
        force: args.force,
        huge: args.huge,
        score: args.oom_score_adj,
    }
}

fn refused(error: PlanError) -> Failure {
    Failure::new(Code::Usage, error)
}

/// The facts, as they are for a worker.
fn facts(request: &Request) -> Result<Facts, Failure> {
    let target = Target { pid: None, path: request.folder.clone() };
    let facts = gather(&Live::default(), &target).map_err(inspect::failure)?;
    Ok(request.facts(facts))
}

fn capacity(facts: &Facts, request: &Request) -> Result<Capacity, Failure> {
    let found = assess(facts).into_iter().find(|capacity| capacity.kind == request.kind);
    let capacity = found.ok_or_else(|| Failure::new(Code::Usage, "there is no such kind"))?;
    match (&capacity.why, capacity.available()) {
        // A disk, or nothing at all: that is not filled.
        (Some(why), None) if request.kind == crate::capacity::Kind::Posix => {
            Err(Failure::new(Code::Refused, format!("cannot fill {}: {why}", request.folder)))
        }
        _ => Ok(capacity),
    }
}

/// Whether pages that are marked as free stay until they are needed.
fn canaries_work(facts: &Facts) -> bool {
    let size = |bytes: u64| usize::try_from(bytes).ok().and_then(NonZeroUsize::new);
    let page = facts.page_size.bytes();
    let canary = size(page.saturating_mul(16)).zip(size(page));
    canary.is_some_and(|(bytes, page)| {
        let canary = sys::canary::Canary::new(bytes, page, 1);
        canary.and_then(|mut canary| canary.lost()).is_ok_and(|lost| lost < 16)
    })
}

/// What it will do to others.
fn warn(request: &Request, facts: &Facts, capacity: &Capacity, forecast: Option<&Forecast>) {
    // Where workers cannot be killed, somebody else is.
    let kills = forecast.is_none_or(|forecast| forecast.end == End::OomKill)
        || i64::from(request.score) == UNKILLABLE && request.until == Until::Limit;
    if forecast.is_some_and(|forecast| forecast.end == End::Edge) {
        say(
            "going to the edge of memory: the kernel drops file cache on the way, of neighbours too",
        );
    }
    if !kills {
        return;
    }
    if facts.cgroup.levels.iter().any(|level| level.oom_group) {
        say(
            "memory.oom.group is 1: the OOM kill takes all of this container, and this report; keep a --journal",
        );
    }
    let victims = request.victims(facts, capacity);
    if let Some(first) = victims.first() {
        say(&format!(
            "the kernel would kill {} (pid {}, {} resident) before a worker of this fill",
            first.name, first.pid, first.resident
        ));
    }
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "shmeter: {text}");
}

/// Keeps the journal and draws the progress.
struct Teller {
    journal: Option<File>,
    /// The journal goes to stdout too.
    lines: bool,
    bar: Option<ProgressBar>,
    /// Bytes at which it is foretold to end.
    foretold: Option<Bytes>,
    ceilings: Vec<(Source, Bytes)>,
    broken: bool,
}

impl Teller {
    fn new(args: &FillArgs) -> Result<Teller, Failure> {
        let journal = args.journal.as_ref().map(|path| {
            File::create(path).map_err(|error| {
                let why = format!("cannot write the journal {}: {error}", path.display());
                Failure::new(Code::Usage, why)
            })
        });
        Ok(Teller {
            journal: journal.transpose()?,
            lines: args.format == FillFormat::Jsonl,
            bar: std::io::stderr().is_terminal().then(ProgressBar::no_length),
            foretold: None,
            ceilings: Vec::new(),
            broken: false,
        })
    }

    fn keeps(&self) -> bool {
        self.journal.is_some() || self.lines
    }

    fn tell(&mut self, event: &Event<'_>) {
        if !self.keeps() {
            return;
        }
        let line = event.line();
        let kept = self
            .journal
            .as_mut()
            .is_none_or(|file| file.write_all(line.as_bytes()).and_then(|()| file.flush()).is_ok());
        if !kept && !self.broken {
            say("cannot write to the journal any more; the fill goes on");
            self.broken = true;
        }
        if self.lines {
            // A reader that went away is no reason to stop.
            let _ = print(&line, crate::cli::Color::Never);
        }
    }

    fn start(
        &mut self,
        request: &Request,
        facts: &Facts,
        capacity: &Capacity,
        forecast: Option<&Forecast>,
    ) {
        self.foretold = forecast.map(|forecast| forecast.bytes);
        let procs = u64::from(request.procs);
        for ceiling in &capacity.ceilings {
            let room = ceiling.headroom(request.method, 1).bytes();
            let each = ceiling.scope == crate::capacity::Scope::Segment;
            if let Some(room) = room.map(|room| if each { room.times(procs) } else { room })
                && room < Bytes(1 << 60)
            {
                self.ceilings.push((ceiling.source, room));
            }
        }
        self.ceilings.sort_by_key(|(_, room)| *room);
        self.ceilings.truncate(2);
        if let Some(bar) = &self.bar {
            let form = "{bytes} [{bar:10}] {binary_bytes_per_sec}  {wide_msg}";
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template(form) {
                bar.set_style(style.progress_chars("=> "));
            }
            if let Some(Bytes(bytes)) = self.foretold {
                bar.set_length(bytes);
            }
        }
        self.tell(&Event::Start(Start {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            kind: request.kind,
            method: request.method,
            procs: request.procs,
            until: fill::until_word(request.until),
            predicted: forecast.map(Predicted::of),
            oom_group: facts.cgroup.levels.iter().any(|level| level.oom_group),
        }));
    }

    fn end(&mut self, document: &FillDocument) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.tell(&Event::End { document });
    }
}

impl Observer for Teller {
    /// Long steps while the end is far, of a MiB where it is near.
    fn window(&self, bytes: Bytes) -> Option<Bytes> {
        let left = self.foretold.map_or(Bytes::mib(64), |foretold| foretold.less(bytes));
        self.keeps().then(|| Bytes(left.0 / 4).clamp(Bytes::mib(1), Bytes::mib(64)))
    }

    fn before(&mut self, from: Bytes, to: Bytes) {
        self.tell(&Event::Before { bytes: from.0, to_bytes: to.0 });
    }

    fn after(&mut self, bytes: Bytes, took: Duration) {
        self.tell(&Event::After { bytes: bytes.0, seconds: took.as_secs_f64() });
    }

    fn progress(&mut self, bytes: Bytes, _: Duration) {
        let Some(bar) = &self.bar else { return };
        bar.set_position(bytes.0);
        let left: Vec<String> = self
            .ceilings
            .iter()
            .map(|(source, room)| format!("{} in {}", source.word(), room.less(bytes)))
            .collect();
        bar.set_message(left.join(", "));
    }
}
