//! All that was seen of a run: what a verdict rests on.
#![forbid(unsafe_code)]

use super::exit::{Exit, SIGBUS};
use super::incident::{Cause, Incident};
use super::names::Names;
use super::peaks::Peaks;
use crate::facts::Facts;
use crate::units::{BOUNDLESS, Bytes};

/// What a message that the command printed is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The size of /dev/shm, or its inodes.
    SharedMemory,
    /// A limit of System V shared memory.
    Sysv,
    Memory,
    SomethingElse,
}

/// A message whose source allows one cause only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub entry: &'static str,
    pub about: About,
    /// The bytes that it says were asked for.
    pub asked: Option<Bytes>,
    /// What mends it, in words for any place.
    pub fix: String,
}

/// All that was seen of a run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    pub exit: Exit,
    /// The signal that asked the command to end, and went through here.
    pub asked_to_end: Option<i32>,
    pub peaks: &'a Peaks,
    pub incidents: &'a [Incident],
    /// Every signal was seen.
    pub traced: bool,
    pub messages: &'a [Message],
    /// The tightest memory limit.
    pub memory_limit: Option<Bytes>,
    /// Processes that the OOM killer took anywhere on the machine.
    pub machine_kills: u64,
    /// What it printed was searched for messages.
    pub scanned: bool,
    /// Messages were found in it, which may allow several causes.
    pub told: bool,
    /// What came and went in /dev/shm.
    pub names: Option<&'a Names>,
    /// What files in /dev/shm would take if every page of them were there, at most.
    pub promised: Bytes,
    pub sysv: SysvLimits,
}

impl Run<'_> {
    /// Whether the command failed, and was not merely told to end.
    #[must_use]
    pub fn failed(&self) -> bool {
        match self.exit {
            Exit::Code(0) => false,
            _ => self.asked_to_end.is_none() || self.exit.signal() == Some(SIGBUS),
        }
    }

    /// A process that SIGBUS ended, without anything known of the reason.
    pub(super) fn bus(&self) -> Option<String> {
        let seen = |incident: &&Incident| {
            incident.signal == Some(SIGBUS) && incident.cause == Cause::Unknown
        };
        match self.incidents.iter().find(seen) {
            Some(incident) => Some(format!("{} ended by SIGBUS", incident.who())),
            None if self.exit.signal() == Some(SIGBUS) => {
                Some(format!("the command ended with {}", self.exit.words()))
            }
            None => None,
        }
    }

    pub(super) fn first(&self, of: impl Fn(&Incident) -> bool) -> Option<&Incident> {
        self.incidents.iter().find(|incident| of(incident))
    }
}

/// The limits of System V; `None` is none, or not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SysvLimits {
    /// kernel.shmmax: of each segment.
    pub each: Option<Bytes>,
    /// kernel.shmall: of all segments, in bytes.
    pub all: Option<Bytes>,
    /// kernel.shmmni: segments.
    pub segments: Option<u64>,
    pub page: u64,
}

impl SysvLimits {
    #[must_use]
    pub fn of(facts: &Facts) -> SysvLimits {
        let ipc = &facts.ipc;
        let page = facts.page_size.bytes();
        let bounds = |bytes: &Bytes| *bytes < BOUNDLESS;
        let all = ipc.shmall.known().map(|pages| Bytes(*pages).saturating_mul(page));
        SysvLimits {
            each: ipc.shmmax.known().copied().filter(bounds),
            all: all.filter(bounds),
            segments: ipc.shmmni.known().copied(),
            page,
        }
    }
}
