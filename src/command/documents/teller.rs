//! Tells a fill's journal and warnings, and draws its progress.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::capacity::{Capacity, Scope, Source};
use crate::command::say;
use crate::facts::Facts;
use crate::fill::observer::Observer;
use crate::fill::{FillPrediction, Request};
use crate::report::fill::{self, FillDocument, Predicted};
use crate::report::journal::{Event, Start};
use crate::units::{BOUNDLESS, Bytes};

/// Who hears each line of the journal.
pub(crate) type Tell<'a> = &'a mut dyn FnMut(&Event<'_>);

/// Tells the journal and the warnings, and draws the progress.
pub(super) struct Teller<'a> {
    tell: Option<Tell<'a>>,
    warned: &'a mut Vec<String>,
    bar: Option<ProgressBar>,
    /// Bytes at which it is predicted to end.
    predicted: Option<Bytes>,
    ceilings: Vec<(Source, Bytes)>,
}

impl<'a> Teller<'a> {
    /// `warned`: what was said already.
    pub(super) fn new(tell: Option<Tell<'a>>, warned: &'a mut Vec<String>) -> Teller<'a> {
        let bar = std::io::stderr().is_terminal().then(ProgressBar::no_length);
        Teller { tell, warned, bar, predicted: None, ceilings: Vec::new() }
    }

    fn tell(&mut self, event: &Event<'_>) {
        if let Some(tell) = &mut self.tell {
            tell(event);
        }
    }

    /// It is over.
    pub(super) fn end(&mut self, document: &FillDocument) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.tell(&Event::End { document });
    }
}

impl Observer for Teller<'_> {
    fn warn(&mut self, warning: &str) {
        if !self.warned.iter().any(|said| said == warning) {
            say(warning);
            self.warned.push(warning.to_owned());
        }
    }

    fn start(
        &mut self,
        request: &Request,
        facts: &Facts,
        capacity: &Capacity,
        prediction: Option<&FillPrediction>,
    ) {
        self.predicted = prediction.map(|prediction| prediction.bytes);
        let procs = u64::from(request.procs);
        for ceiling in &capacity.ceilings {
            let room = ceiling.headroom(request.method, 1).bytes();
            let each = ceiling.scope == Scope::Segment;
            if let Some(room) =
                room.map(|room| if each { room.saturating_mul(procs) } else { room })
                && room < BOUNDLESS
            {
                self.ceilings.push((ceiling.source, room));
            }
        }
        self.ceilings.sort_by_key(|(_, room)| *room);
        // One fits into 80 columns, whatever the numbers are.
        self.ceilings.truncate(1);
        if let Some(bar) = &self.bar {
            let form = "{bytes} [{bar:10}] {binary_bytes_per_sec}  {wide_msg}";
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template(form) {
                bar.set_style(style.progress_chars("=> "));
            }
            if let Some(Bytes(bytes)) = self.predicted {
                bar.set_length(bytes);
            }
        }
        self.tell(&Event::Start(Start {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            kind: request.kind,
            method: request.method,
            procs: request.procs,
            until: fill::until_word(request.until),
            predicted: prediction.map(Predicted::of),
            oom_group: facts.cgroup.levels.iter().any(|level| level.oom_group),
        }));
    }

    /// Long steps while the end is far, of a MiB where it is near.
    fn window(&self, bytes: Bytes) -> Option<Bytes> {
        let left =
            self.predicted.map_or(Bytes::mib(64), |predicted| predicted.saturating_sub(bytes));
        self.tell.is_some().then(|| Bytes(left.0 / 4).clamp(Bytes::mib(1), Bytes::mib(64)))
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
            .map(|(source, room)| format!("{} to {}", room.saturating_sub(bytes), source.word()))
            .collect();
        bar.set_message(left.join(", "));
    }
}
