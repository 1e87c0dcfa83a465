//! Watches a worker's canary: memory that the kernel takes before it kills anybody. When the canaries cannot
//! be had back, the end of memory is near.

use std::sync::atomic::Ordering;

use super::count;
use crate::fill::edge::EdgeTuning;
use crate::fill::ledger::{Slot, Team, now};
use crate::sys::canary::Canary;

/// Looks at a canary now and then.
pub(super) struct Watch<'a> {
    canary: &'a mut Canary,
    edge: EdgeTuning,
    /// Workers that run at once. The canary of one that waits for a CPU is nothing but cache for the
    /// others.
    at_once: u64,
    /// Bytes filled when it was looked at.
    looked: u64,
    /// Bytes up to which every step may be the last one, since the canary was taken.
    tight: u64,
    /// What the team had filled (KiB) and written (pages) when its fill last made progress.
    since: (u32, u32),
    /// Pages that the team had written when this one looked.
    heard: u32,
}

impl<'a> Watch<'a> {
    pub(super) fn new(canary: &'a mut Canary, workers: u32, edge: EdgeTuning) -> Watch<'a> {
        let cpus = std::thread::available_parallelism().map_or(1, |cpus| count(cpus.get()));
        let at_once = cpus.min(workers.into());
        Watch { canary, edge, at_once, looked: 0, tight: 0, since: (0, 0), heard: 0 }
    }

    /// Bytes of the next step.
    pub(super) fn step(&self, filled: u64, step: u64, unit: u64) -> u64 {
        let tight = self.edge.tight_step();
        if filled < self.tight { step.min(tight.min(step / 2).max(unit)) } else { step }
    }

    /// Whether memory is so short that the canaries cannot be had back.
    pub(super) fn is_edge(&mut self, filled: u64, team: &Team<'_>, slot: &Slot<'_>) -> bool {
        let far = self.edge.look().min(count(self.canary.bytes()) / 4);
        let near = filled.saturating_sub(self.looked) < far;
        // Where one canary was taken the others are next.
        if near && filled >= self.tight && team.rearmed() == self.heard {
            return false;
        }
        let start = now();
        slot.step_start.store(start, Ordering::Relaxed);
        let edge = self.look(filled, team);
        slot.step_start.store(0, Ordering::Relaxed);
        slot.watched.fetch_add(now().saturating_sub(start), Ordering::Relaxed);
        edge
    }

    /// A canary that was taken is written again. Where the kernel has file cache to drop, it drops
    /// that too as it goes round its lists, and the canaries are whole again soon. Where it has
    /// nothing else, each page that is written costs another one: all canaries are written over and
    /// over, while the fill hardly gets on.
    fn look(&mut self, filled: u64, team: &Team<'_>) -> bool {
        let mut more = filled.saturating_sub(self.looked);
        self.looked = filled;
        let all = |one: usize| self.at_once.saturating_mul(count(one));
        let (all_bytes, all_pages) = (all(self.canary.bytes()), all(self.canary.pages()));
        loop {
            // A kernel that does not tell is no kernel to go on with.
            let Ok(lost) = self.canary.lost() else { return true };
            let (all_filled, all_rearmed) = team.count(more, lost);
            (more, self.heard) = (0, all_rearmed);
            if lost == 0 || team.stopped() {
                return false;
            }
            self.tight = filled.saturating_add(self.edge.tight());
            let got_on = u64::from(all_filled.wrapping_sub(self.since.0)) << 10;
            let rearmed = u64::from(all_rearmed.wrapping_sub(self.since.1));
            if got_on > all_bytes / 4 {
                self.since = (all_filled, all_rearmed);
            } else if rearmed > all_pages {
                return true;
            }
            if self.canary.rearm().is_err() {
                return true;
            }
        }
    }
}
