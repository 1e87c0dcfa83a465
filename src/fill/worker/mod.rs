//! The child's side: sets itself up, waits to be released with the others, does its job, holds what
//! it has until it is told to let go.
//!
//! A worker may not:
//! - print: its stdin and stdout are closed, and it has no words but the ledger's;
//! - unwind: what fails is noted in the ledger, and the process ends;
//! - answer signals: those are for the leader (`sys::signals`), but for SIGBUS (`sys::bus`);
//! - outlive whoever started it (PR_SET_PDEATHSIG);
//! - go beyond what it was granted, or on when the team is to stop;
//! - write to the ledger but to its own row, and to the team's words through `ledger::Team`;
//! - know the plan, the prediction or the verdict: of `fill` it imports the ledger and the edge
//!   (`tests/pure/house`).

mod steps;
mod watch;

use std::num::NonZeroUsize;
use std::sync::atomic::Ordering;

use nix::errno::Errno;
use serde::{Deserialize, Serialize};

use super::edge::EdgeTuning;
use super::ledger::{self, Call, Ledger, Reason, Slot, State, Team};
use crate::capacity::Method;
use crate::probe::{Live, program};
use crate::segment::{Order, Segment};
use crate::sys::canary::Canary;
use crate::sys::{bus, mlock, own, shared, signals};
use steps::Fill;

/// The hidden subcommand that makes the program a worker.
pub(crate) const SUBCOMMAND: &str = "team-worker";

/// What one worker is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    /// Its number in the team.
    pub(crate) worker: u32,
    /// Workers in all.
    pub(crate) workers: u32,
    /// The ledger's descriptor.
    pub(crate) ledger: i32,
    /// Whose end is its own.
    pub(crate) parent: i32,
    /// The segment to make.
    pub(crate) order: Order,
    /// How to fill it.
    pub(crate) method: Method,
    /// Bytes to fill; `None` goes on until something ends it.
    pub(crate) want: Option<u64>,
    /// Bytes of one segment, for kinds that are made with their size.
    pub(crate) each: u64,
    /// A smaller segment than that is none.
    pub(crate) exact: bool,
    /// Bytes of the canary; 0: nothing is watched.
    pub(crate) canary: u64,
    /// How the OOM killer is to weigh it.
    pub(crate) score: i32,
    /// Bytes of a page.
    pub(crate) page: u64,
}

/// Does one job; the program's exit code.
#[must_use]
pub(crate) fn work(job: &Job) -> u8 {
    // Whoever started this is gone: so is the reason to fill.
    if !own::die_with(job.parent) {
        return 1;
    }
    signals::leave_signals_to_the_leader();
    let Ok(ledger) = Ledger::inherit(job.ledger) else { return 1 };
    let Some(slot) = ledger.slot(job.worker) else { return 1 };
    let team = ledger.team();
    let (fill, canary) = match set_up(job, &team, &slot) {
        Ok(ready) => ready,
        Err(errno) => {
            slot.because(Reason::Refused(errno));
            slot.enter(State::Failed);
            team.wake_supervisor();
            return leave(&team, &slot);
        }
    };
    slot.enter(State::Ready);
    team.wake_supervisor();
    if team.wait_to_go(job.parent) {
        run(job, fill, canary, &team, &slot);
    }
    leave(&team, &slot)
}

/// Fills, and holds what it has until it is told to let go.
fn run(
    job: &Job,
    mut fill: Fill<'_>,
    mut canary: Option<Canary>,
    team: &Team<'_>,
    slot: &Slot<'_>,
) {
    slot.enter(State::Filling);
    let reason = fill.run(team, slot, canary.as_mut());
    slot.end.store(ledger::now(), Ordering::Relaxed);
    slot.because(reason);
    if reason == Reason::Edge {
        team.stop();
    }
    slot.enter(State::Holding);
    team.wake_supervisor();
    team.wait_for_release(job.parent);
    if let Some(canary) = &mut canary {
        let lost = canary.lost().unwrap_or_else(|_| canary.pages());
        let kept = canary.pages().saturating_sub(lost).saturating_mul(canary.page());
        slot.canary_left.store(count(kept), Ordering::Relaxed);
    }
}

/// Ends in order: without this the kernel would tell the others that it died.
fn leave(team: &Team<'_>, slot: &Slot<'_>) -> u8 {
    slot.life.store(0, Ordering::Release);
    if slot.state() != State::Failed {
        slot.enter(State::Left);
    }
    team.wake_supervisor();
    0
}

/// Everything that costs memory or may fail, before the others are kept waiting.
fn set_up<'a>(
    job: &'a Job,
    team: &Team<'static>,
    slot: &Slot<'static>,
) -> Result<(Fill<'a>, Option<Canary>), Errno> {
    slot.calling(Call::Other);
    let score = own::set_oom_score_adj(job.score);
    if score.is_err() && job.score < 0 {
        return Err(Errno::EACCES); // only to become less likely a victim takes a right
    }
    shared::mark_on_death(slot.life, &slot.words.list)?;
    // What this one held is given back when it leaves: the others must not fill its place.
    bus::note_and_leave(&slot.words.bus, &team.words.stop)?;
    slot.warm();
    if job.canary > 0 {
        // As long as it lives that holds for the others and the supervisor too. Where it may not be
        // locked, the edge is as safe as the kernel's reading of it allows.
        slot.program.store(mlock::keep(&program(&Live::default())).0, Ordering::Relaxed);
    }
    // Before the segment, which may take all that the machine promises.
    slot.calling(Call::Canary);
    let size = |bytes: u64| usize::try_from(bytes).ok().and_then(NonZeroUsize::new);
    let canary = match (size(job.canary), size(job.page)) {
        (Some(bytes), Some(page)) => {
            Some(Canary::new(bytes, page, EdgeTuning::of(job.page).batch(job.workers))?)
        }
        _ => None,
    };
    slot.canary.store(canary.as_ref().map_or(0, |c| count(c.bytes())), Ordering::Relaxed);
    slot.calling(Call::Segment);
    let (segment, refusal): (Segment, Option<Errno>) =
        if job.exact { (job.order.make(job.each)?, None) } else { job.order.largest(job.each)? };
    if let Segment::Whole(mapping) = &segment {
        slot.size.store(count(mapping.bytes()), Ordering::Relaxed);
    }
    slot.calling(Call::Other);
    Ok((Fill::new(job, segment, refusal), canary))
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
