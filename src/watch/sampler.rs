//! Looks many times a second, and passes on the signals that come meanwhile. What it needs is taken before.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::SigSet;
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

use super::due::Due;
use super::looker::Looker;
use super::names::Names;
use super::peaks::Peaks;
use super::teller::Teller;
use crate::facts::name_events::events;
use crate::probe::{Meter, NameWatch};
use crate::sys::launch::pass_on;

/// Pieces of events that are read at one look.
const PIECES: usize = 8;

/// What it works with.
pub(super) struct Sampler {
    meter: Meter,
    /// Names in /dev/shm, and who listens to them.
    names: Option<(NameWatch, Names)>,
    peaks: Peaks,
    timer: TimerFd,
    signals: SignalFd,
    due: Due,
    others: Others,
    asked_to_end: Option<i32>,
}

/// Whom it tells what.
#[derive(Clone, Debug)]
pub(super) struct Others {
    /// Whom signals go to; 0 once it ended.
    pub command: Arc<AtomicI32>,
    /// Who looks who holds it.
    pub looker: Arc<Looker>,
    /// Who tells the journal of a new peak.
    pub teller: Arc<Teller>,
}

/// What came of it.
pub(super) struct Sampled {
    pub meter: Meter,
    pub names: Option<Names>,
    pub peaks: Peaks,
    /// The signal that asked the command to end.
    pub asked_to_end: Option<i32>,
}

impl Sampler {
    pub(super) fn new(
        meter: Meter,
        names: Option<NameWatch>,
        peaks: Peaks,
        every: Duration,
        signals: &SigSet,
        others: Others,
    ) -> Result<Sampler, Errno> {
        let timer = TimerFd::new(
            ClockId::CLOCK_MONOTONIC,
            TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK,
        )?;
        let every = Expiration::Interval(TimeSpec::from_duration(every));
        timer.set(every, TimerSetTimeFlags::empty())?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        let signals = SignalFd::with_flags(signals, flags)?;
        let due = Due::new(&peaks);
        let names = names.map(|watch| (watch, Names::default()));
        Ok(Sampler { meter, names, peaks, timer, signals, due, others, asked_to_end: None })
    }

    /// Looks until the other end of `stop` is closed.
    pub(super) fn run(mut self, stop: &OwnedFd) -> Sampled {
        let mut hears_of_kills = true;
        loop {
            // Where nothing tells of kills the place is taken by what is waited for anyway.
            let kills = self.meter.kill_events().filter(|_| hears_of_kills);
            let kills = kills.map_or(PollFd::new(stop.as_fd(), PollFlags::POLLIN), |kills| {
                PollFd::new(kills, PollFlags::POLLPRI)
            });
            let mut files = [
                PollFd::new(self.timer.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
                PollFd::new(stop.as_fd(), PollFlags::POLLIN),
                kills,
            ];
            match poll(&mut files, PollTimeout::NONE) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(_) => break,
            }
            let [timer, signals, stop, kills] = files.map(|file| file.any().unwrap_or(false));
            if signals {
                self.pass_signals_on();
            }
            if timer {
                let _ = self.timer.wait();
            }
            if timer || kills {
                self.look();
            }
            // Only a file that is read tells of the next event and not of the same one again.
            hears_of_kills &= self.peaks.last.memory.is_some();
            if stop {
                break;
            }
        }
        self.pass_signals_on();
        self.look();
        let names = self.names.map(|(_, names)| names);
        let Sampler { meter, peaks, asked_to_end, .. } = self;
        Sampled { meter, names, peaks, asked_to_end }
    }

    fn look(&mut self) {
        let sample = self.meter.look();
        if self.peaks.note(&sample) {
            self.others.looker.ask();
        }
        self.others.teller.pass(&mut self.due, &self.peaks);
        if let Some((watch, names)) = &mut self.names {
            listen(watch, names, sample.at_us);
        }
    }

    /// A signal that somebody sent goes to the command. One of the terminal's has reached it already, as it is in
    /// the same process group.
    fn pass_signals_on(&mut self) {
        while let Ok(Some(info)) = self.signals.read_signal() {
            let signal = i32::try_from(info.ssi_signo).unwrap_or(0);
            if asks_to_end(signal) {
                self.asked_to_end = Some(signal);
            }
            if info.ssi_code <= 0 {
                pass_on(self.others.command.load(Ordering::Acquire), signal);
            }
        }
    }
}

/// Notes what happened to names since the last look.
fn listen(watch: &mut NameWatch, names: &mut Names, at_us: u64) {
    // Who makes names faster than they can be read does not keep this from its other work.
    for _ in 0..PIECES {
        let Some(bytes) = watch.read() else { break };
        events(bytes).for_each(|event| names.note(event));
    }
    if names.end_look(at_us) {
        let _ = watch.names_alone();
    }
}

const fn asks_to_end(signal: i32) -> bool {
    matches!(signal, libc::SIGHUP | libc::SIGINT | libc::SIGQUIT | libc::SIGTERM)
}
