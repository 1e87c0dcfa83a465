//! Hears of every signal of a tree of processes (ptrace, PTRACE_SEIZE), in a thread of its own: when that thread
//! ends, however it does, the kernel lets all of them go on untraced, and no signal is lost.
//!
//! What is easily done wrong: a stop of a new process may come before the event of its parent, so neither waits
//! for the other; a stop of job control is left to last (PTRACE_LISTEN), or else it would be undone; a thread
//! that is not the first and calls exec takes the number of the first, and its own is free for another one; who is
//! killed tells of no event before; and a wait that takes a stop takes the signal out of it, so stops are only
//! looked at (`sys::ends`).

use std::collections::HashSet;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use nix::errno::Errno;

use super::exit::{Exit, name_of};
use super::incident::{Incident, What, of_bus};
use super::looker::Looker;
use super::notes::Notes;
use crate::probe::{Live, name_of as process_name, process_of, struck};
use crate::sys::ends::{self, Change, is_of_a_terminal, is_of_job_control};
use crate::sys::{clock, own, trace};

/// PTRACE_EVENT_STOP (linux/ptrace.h): a stop of job control, or of one that begins to be traced.
const EVENT_STOP: i32 = 128;

/// Of more threads at once it is not kept that they are.
const MOST_THREADS: usize = 65_536;

/// A program that catches SIGBUS and goes on may get thousands: of so many the file is looked for.
const MOST_BUS: usize = 16;

/// With so many of them somebody looks who holds what, while the process still stands there.
const MOST_LOOKS: usize = 2;

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Traced {
    pub exit: Option<Exit>,
    pub incidents: Vec<Incident>,
    /// Those that were only counted.
    pub more: u64,
    /// Those that are no process of their own.
    threads: HashSet<i32>,
}

/// Whom and with what.
pub(super) struct Tracer {
    pub pid: i32,
    pub wait_all: bool,
    pub begin: u64,
    pub looker: Arc<Looker>,
    pub notes: Arc<Mutex<dyn Notes>>,
}

impl Tracer {
    /// Traces until the command ends, or all do; says first whether it may.
    pub(super) fn run(&self, ready: &Sender<Result<(), Errno>>) -> Traced {
        let mut traced = Traced::default();
        let begun = trace::seize(self.pid);
        let refused = begun.is_err();
        let _ = ready.send(begun);
        if refused {
            return traced;
        }
        let live = Live::without_attempts();
        loop {
            // Who was killed tells its name until it is taken.
            let mut name = None;
            let next = ends::next(|pid| name = process_name(&live, pid));
            let Ok((pid, change)) = next else { break };
            match change {
                Change::Stopped { signal, event } => {
                    self.stopped(&live, pid, signal, event, &mut traced);
                }
                Change::Exited(code) if pid == self.pid => traced.exit = Some(Exit::Code(code)),
                Change::Killed(signal) => self.killed(pid, name, signal, &mut traced),
                Change::Exited(_) => {
                    traced.threads.remove(&pid);
                }
                Change::Other => {}
            }
            if traced.exit.is_some() && !self.wait_all {
                break;
            }
        }
        traced
    }

    fn stopped(&self, live: &Live, pid: i32, signal: i32, event: i32, traced: &mut Traced) {
        match event {
            0 => {
                if signal == libc::SIGBUS {
                    self.bus(live, pid, traced);
                }
                trace::go_on(pid, signal);
            }
            EVENT_STOP if is_of_job_control(signal) => {
                if !trace::leave_stopped(pid) {
                    trace::go_on(pid, 0);
                }
                // The terminal's signals stop the whole group, and who waits for this process is to see it.
                if pid == self.pid && is_of_a_terminal(signal) {
                    own::stop();
                }
            }
            EVENT_STOP => {
                if trace::is_process(pid) {
                    traced.threads.remove(&pid);
                } else if traced.threads.len() < MOST_THREADS {
                    traced.threads.insert(pid);
                }
                trace::go_on(pid, 0);
            }
            _ => trace::go_on(pid, 0),
        }
    }

    fn bus(&self, live: &Live, pid: i32, traced: &mut Traced) {
        if traced.incidents.len() >= MOST_BUS {
            traced.more = traced.more.saturating_add(1);
            return;
        }
        let Some(info) = trace::info(pid) else { return };
        let struck = struck(live, pid, info.code, info.address);
        let process = process_of(live, pid);
        let name = process_name(live, process);
        let Some(incident) = of_bus(self.now(), process, name, &struck) else { return };
        if traced.incidents.len() < MOST_LOOKS {
            self.looker.look(live);
        }
        self.note(traced, incident);
    }

    fn killed(&self, pid: i32, name: Option<String>, signal: i32, traced: &mut Traced) {
        if pid == self.pid {
            traced.exit = Some(Exit::Signal(signal));
        }
        // All threads of a process die with it.
        if traced.threads.remove(&pid) {
            return;
        }
        // Of a SIGBUS the signal itself told more.
        let told = traced.incidents.iter().any(|incident| incident.pid == Some(pid));
        if told && signal == libc::SIGBUS || traced.incidents.len() >= MOST_BUS {
            return;
        }
        if signal == libc::SIGKILL {
            let incident = ended_by(self.now(), pid, name, signal);
            self.note(traced, incident);
        }
    }

    fn note(&self, traced: &mut Traced, incident: Incident) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).incident(&incident);
        traced.incidents.push(incident);
    }

    fn now(&self) -> u64 {
        clock::now().saturating_sub(self.begin) / 1000
    }
}

/// A process that a signal ended.
pub(super) fn ended_by(at_us: u64, pid: i32, process: Option<String>, signal: i32) -> Incident {
    let what = if signal == libc::SIGBUS { What::Sigbus } else { What::Signal };
    Incident {
        pid: Some(pid),
        process,
        signal: Some(signal),
        why: format!("it ended by {}", name_of(signal)),
        ..Incident::new(at_us, what)
    }
}
