//! What a fill is asked for, and the machine as it is for that. Pure.
#![forbid(unsafe_code)]

use std::time::Duration;

use super::ledger::MOST_WORKERS;
use crate::capacity::{Kind, Method};
use crate::facts::{Facts, FileSystem, Reading};
use crate::units::Bytes;

/// How far a fill goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Into ENOSPC and SIGBUS, but not into a kill or a throttle.
    Safe,
    /// Until the kernel stops it.
    Limit,
    /// So many bytes in all, and as careful as `Safe`.
    Bytes(Bytes),
}

/// What a fill may take, whatever fits; the default bounds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of all workers.
    pub bytes: Option<Bytes>,
    /// Somebody typed that number, and it is no default.
    pub asked: bool,
    /// From their release.
    pub time: Option<Duration>,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub kind: Kind,
    /// How each worker fills.
    pub method: Method,
    /// How many workers.
    pub procs: u32,
    /// How far.
    pub until: Until,
    /// The folder of posix files.
    pub folder: String,
    /// Nobody else uses this shared memory, by the word of whoever asks.
    pub exclusive: bool,
    /// Go on where others would be hit.
    pub force: bool,
    /// Ask for huge pages.
    pub huge: bool,
    /// How the OOM killer is to weigh the workers.
    pub score: i32,
    /// What it may take.
    pub budget: Budget,
}

/// Why a fill cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The kind has no such method.
    #[error("{} shared memory has no file, so it cannot be filled by {}: use --method touch or populate", .0.word(), .1.word())]
    NoFile(Kind, Method),
    /// Too many workers, or none.
    #[error("--procs is a number from 1 to {MOST_WORKERS}")]
    Workers,
    /// Nothing to fill.
    #[error("--until is safe, limit, or a size of at least a page for each process ({0} here)")]
    TooLittle(Bytes),
    /// Others would be hit.
    #[error("{0}, or use --force")]
    Hurts(String),
    /// The whole machine would be filled, as far as limits can be seen.
    #[error("{0}, or use --force")]
    WholeMachine(String),
}

impl Request {
    /// Whether there is such a fill at all.
    ///
    /// # Errors
    /// When there is none.
    pub fn check(&self, facts: &Facts) -> Result<(), PlanError> {
        if !self.kind.methods().contains(&self.method) {
            return Err(PlanError::NoFile(self.kind, self.method));
        }
        if self.procs == 0 || self.procs > MOST_WORKERS {
            return Err(PlanError::Workers);
        }
        let least = self.page_of_segments(facts).saturating_mul(u64::from(self.procs));
        if matches!(self.until, Until::Bytes(bytes) if bytes < least) {
            return Err(PlanError::TooLittle(least));
        }
        Ok(())
    }

    pub(super) fn is_careful(&self) -> bool {
        self.until != Until::Limit
    }

    pub(super) fn page_of_segments(&self, facts: &Facts) -> Bytes {
        let statfs = facts.shm.statfs.known();
        let huge = statfs.filter(|s| {
            self.kind == Kind::Posix && FileSystem::of(Some(s.magic), None) == FileSystem::Hugetlbfs
        });
        huge.map_or(Bytes(facts.page_size.bytes()), |statfs| Bytes(statfs.bsize))
    }

    /// The facts as they are for a worker of this fill.
    #[must_use]
    pub(crate) fn facts(&self, mut facts: Facts) -> Facts {
        facts.process.oom_score_adj = Reading::Known(self.score.into());
        facts
    }

    /// The facts as they are for who does not go into swap, as no careful fill does: the kernel takes
    /// its canary before it puts anything there.
    #[must_use]
    pub fn without_swap(&self, mut facts: Facts) -> Facts {
        if let (true, Reading::Known(memory)) = (self.is_careful(), &mut facts.memory) {
            (memory.swap_total, memory.swap_free) = (Bytes::ZERO, Bytes::ZERO);
        }
        facts
    }
}

/// The facts of a team that is ready: memory as it is with the workers in it, everything that is taken
/// when a segment is made as it was before.
#[must_use]
pub fn with_team_ready(before: &Facts, ready: Facts, promised: Bytes, pids: &[u32]) -> Facts {
    let mut facts = ready;
    facts.ipc = before.ipc.clone();
    facts.attempts = before.attempts.clone();
    facts.leftovers.clone_from(&before.leftovers);
    if let (Reading::Known(now), Reading::Known(then)) = (&mut facts.shm.statfs, &before.shm.statfs)
    {
        (now.files, now.ffree) = (then.files, then.ffree);
    }
    if let Reading::Known(memory) = &mut facts.memory {
        memory.committed = memory.committed.saturating_sub(promised);
    }
    facts.neighbours.retain(|neighbour| !pids.contains(&neighbour.pid));
    facts
}
