//! Runs a command and watches it: starts it as env(1) does, hears of its ends and of those of its orphans, and puts
//! together what the others have seen.

use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::unistd::pipe2;

use super::exit::Exit;
use super::groups::Holders;
use super::incident::{Cause, Incident, What};
use super::looker::{Looker, Seen};
use super::names::Names;
use super::notes::Notes;
use super::peaks::Peaks;
use super::relay::{Ear, Relay};
use super::sampler::{Others, Sampled, Sampler};
use super::shortage;
use super::tracer::{Traced, Tracer, ended_by};
use crate::facts::Facts;
use crate::probe::{Live, Meter, NameWatch, Target, machine_events, name_of};
use crate::sys::ends::{self, Change};
use crate::sys::launch::{self, Program, Started};
use crate::sys::{clock, own, signals};
use crate::units::Bytes;

/// Threads of this program need little.
const STACK: usize = 256 << 10;

/// Its threads, and children that look for it, are called so.
const OWN: &str = "shmeter";

/// More ends by signals are only counted.
const MOST: usize = 16;

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub every: Duration,
    pub traces: bool,
    pub wait_all: bool,
}

/// Whether every signal was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    Off,
    Signals,
    Refused(Errno),
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Observed {
    pub exit: Exit,
    /// Why the command could not be run.
    pub not_run: Option<Errno>,
    pub microseconds: u64,
    pub trace: Trace,
    pub peaks: Peaks,
    /// What came and went in /dev/shm; none where that could not be listened to.
    pub names: Option<Names>,
    pub seen: Seen,
    /// Who holds what it left in /dev/shm.
    pub left: Option<Holders>,
    pub incidents: Vec<Incident>,
    /// Those that were only counted.
    pub more_incidents: u64,
    pub asked_to_end: Option<i32>,
    pub kernel_peak: Option<Bytes>,
    pub machine_kills: u64,
}

/// What is being done meanwhile.
struct Threads {
    sampler: JoinHandle<Sampled>,
    /// Closed to end it.
    stop: OwnedFd,
    looker: JoinHandle<()>,
    teller: JoinHandle<()>,
    relay: Option<(JoinHandle<()>, OwnedFd)>,
}

fn thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, Errno> {
    let builder = Builder::new().name(format!("{OWN}-{name}")).stack_size(STACK);
    builder.spawn(work).map_err(|_| Errno::EAGAIN)
}

/// Runs it to its end. `ear` hears what it prints on stderr, which goes on unchanged.
///
/// # Errors
/// When it cannot be started, or not be watched; then it was not started.
pub(crate) fn run(
    words: &[OsString],
    asked: Asked,
    facts: &Facts,
    live: &Live,
    notes: Arc<Mutex<dyn Notes>>,
    ear: Option<Box<dyn Ear>>,
) -> Result<Observed, Errno> {
    let program = Program::new(words)?;
    let target = Target::default();
    signals::hear_of_children();
    let _ = own::adopt_orphans();
    let kept = launch::to_pass_on();
    let before = launch::hold(&kept)?;
    let mut meter = Meter::new(live, &target, facts);
    let kills = machine_events(live).machine;
    let peak_before = meter.kernel_peak();
    let names = NameWatch::new(&facts.shm.resolved).ok();
    let peaks = Peaks::new(&meter.look(), facts.page_size.bytes());
    let begin = clock::now();
    let looker = Arc::new(Looker::new(target, true));
    let command = Arc::new(AtomicI32::new(0));
    let others = Others {
        command: Arc::clone(&command),
        looker: Arc::clone(&looker),
        teller: Arc::default(),
    };
    let sampler = Sampler::new(meter, names, peaks, asked.every, &kept, others.clone())?;
    let (relay, given) = match ear {
        Some(ear) => {
            let (relay, given) = Relay::new(ear)?;
            (Some(relay), Some(given))
        }
        None => (None, None),
    };
    // From here on there is a child, and it has to be let go.
    let mut started = launch::start(&program, &before, given.as_ref().map(AsFd::as_fd))?;
    drop(given);
    command.store(started.pid, Ordering::Release);
    let threads = match Threads::start(sampler, &others, &notes, relay) {
        Ok(threads) => threads,
        Err(why) => {
            // It has not begun yet.
            launch::pass_on(started.pid, libc::SIGKILL);
            return Err(why);
        }
    };
    let mut traced = trace_it(asked, &started, begin, &looker, &notes);
    started.go();
    let ended = match traced.take() {
        Some(Ok(tracer)) => (Trace::Signals, tracer.join().unwrap_or_default()),
        Some(Err(why)) => {
            (Trace::Refused(why), hear(live, &started, asked, begin, &command, &notes))
        }
        None => (Trace::Off, hear(live, &started, asked, begin, &command, &notes)),
    };
    command.store(0, Ordering::Release);
    let microseconds = clock::now().saturating_sub(begin) / 1000;
    let (mut sampled, seen) = threads.end(&others);
    let kills_now = machine_events(live).machine;
    let left = (sampled.peaks.left() >= Bytes::kib(64)).then(|| looker.holders(live)).flatten();
    let (trace, traced) = ended;
    let not_run = started.failure();
    let mut incidents = traced.incidents;
    explain_kills(&sampled.peaks, &mut incidents);
    tell_full(&sampled.peaks, &mut incidents);
    let peak_now = sampled.meter.kernel_peak();
    Ok(Observed {
        exit: traced.exit.unwrap_or(Exit::Code(125)),
        not_run,
        microseconds,
        trace,
        kernel_peak: peak_now.filter(|now| Some(*now) > peak_before),
        peaks: sampled.peaks,
        names: sampled.names,
        seen,
        left,
        incidents,
        more_incidents: traced.more,
        asked_to_end: sampled.asked_to_end,
        machine_kills: kills_now.unwrap_or(0).saturating_sub(kills.unwrap_or(0)),
    })
}

impl Threads {
    fn start(
        sampler: Sampler,
        others: &Others,
        notes: &Arc<Mutex<dyn Notes>>,
        relay: Option<Relay>,
    ) -> Result<Threads, Errno> {
        let (wait, stop) = pipe2(OFlag::O_CLOEXEC)?;
        let relay = match relay {
            Some(relay) => {
                let (wait, stop) = pipe2(OFlag::O_CLOEXEC)?;
                Some((thread("relay", move || relay.run(&wait))?, stop))
            }
            None => None,
        };
        let (looker, teller) = (Arc::clone(&others.looker), Arc::clone(&others.teller));
        let (seen, notes) = (Arc::clone(&looker), Arc::clone(notes));
        Ok(Threads {
            sampler: thread("sample", move || sampler.run(&wait))?,
            stop,
            looker: thread("look", move || looker.run())?,
            teller: thread("tell", move || teller.run(&seen, &notes))?,
            relay,
        })
    }

    /// Ends all of them, and takes what they have.
    fn end(self, others: &Others) -> (Sampled, Seen) {
        if let Some((relay, stop)) = self.relay {
            drop(stop);
            let _ = relay.join();
        }
        drop(self.stop);
        others.looker.end();
        others.teller.end();
        let _ = self.looker.join();
        let _ = self.teller.join();
        let sampled = self.sampler.join();
        let sampled = sampled.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (sampled, others.looker.seen())
    }
}

/// Begins to trace where that was asked for: `None` where it was not.
fn trace_it(
    asked: Asked,
    started: &Started,
    begin: u64,
    looker: &Arc<Looker>,
    notes: &Arc<Mutex<dyn Notes>>,
) -> Option<Result<JoinHandle<Traced>, Errno>> {
    if !asked.traces {
        return None;
    }
    let tracer = Tracer {
        pid: started.pid,
        wait_all: asked.wait_all,
        begin,
        looker: Arc::clone(looker),
        notes: Arc::clone(notes),
    };
    let (ready, heard) = mpsc::channel();
    Some(thread("trace", move || tracer.run(&ready)).and_then(|handle| {
        let answer = heard.recv().unwrap_or(Err(Errno::EIO));
        if answer.is_err() {
            let _ = handle.join();
            return Err(answer.err().unwrap_or(Errno::EIO));
        }
        Ok(handle)
    }))
}

/// Hears of the ends of the command and of orphans, without tracing them.
fn hear(
    live: &Live,
    started: &Started,
    asked: Asked,
    begin: u64,
    command: &AtomicI32,
    notes: &Arc<Mutex<dyn Notes>>,
) -> Traced {
    let mut traced = Traced::default();
    // What ended before the command is heard of too.
    while let Ok(peeked) = ends::peek(traced.exit.is_none() || asked.wait_all) {
        let name = peeked.ended.then(|| name_of(live, peeked.pid)).flatten();
        if peeked.ended && peeked.pid == started.pid {
            // Its number is another one's as soon as it is taken.
            command.store(0, Ordering::Release);
        }
        match ends::take(peeked.pid) {
            Some(Change::Exited(code)) if peeked.pid == started.pid => {
                traced.exit = Some(Exit::Code(code));
            }
            Some(Change::Killed(signal)) => {
                if peeked.pid == started.pid {
                    traced.exit = Some(Exit::Signal(signal));
                } else if name.as_deref().is_none_or(|name| name.starts_with(OWN)) {
                    continue;
                }
                let at = clock::now().saturating_sub(begin) / 1000;
                note(&mut traced, ended_by(at, peeked.pid, name, signal), notes);
            }
            Some(Change::Stopped { signal, .. })
                if peeked.pid == started.pid && ends::is_of_a_terminal(signal) =>
            {
                own::stop();
            }
            _ => {}
        }
    }
    traced
}

fn note(traced: &mut Traced, incident: Incident, notes: &Arc<Mutex<dyn Notes>>) {
    if traced.incidents.len() >= MOST {
        traced.more = traced.more.saturating_add(1);
        return;
    }
    notes.lock().unwrap_or_else(PoisonError::into_inner).incident(&incident);
    traced.incidents.push(incident);
}

/// A SIGKILL in a cgroup whose kills were counted meanwhile is the OOM killer's.
fn explain_kills(peaks: &Peaks, incidents: &mut Vec<Incident>) {
    let kills = peaks.oom_kills();
    if kills == 0 {
        return;
    }
    let mut found = false;
    for incident in incidents.iter_mut().filter(|one| one.signal == Some(libc::SIGKILL)) {
        (incident.what, incident.cause, incident.limit) =
            (What::OomKill, Cause::Memory, Some("cgroup-memory"));
        incident.why = "the OOM killer ended it".to_owned();
        found = true;
    }
    if !found {
        incidents.extend(shortage::kill(peaks));
    }
}

/// That nothing was left is told where no signal told it.
fn tell_full(peaks: &Peaks, incidents: &mut Vec<Incident>) {
    let told = incidents.iter().any(|incident| incident.cause.is_shared_memory());
    if !told {
        incidents.extend(shortage::full(peaks));
    }
}
