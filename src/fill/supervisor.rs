//! The parent's side: releases the workers together, and hears of their ends. It holds none of their segments, so what they filled goes with them.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::ledger::{self, Ledger, Slot, State};
use super::stand_in::StandIn;
use super::verdict::{Exit, WorkerReport};
use crate::probe::{Live, is_stopped};
use crate::segment::Order;
use crate::sys::shared::pause;
use crate::units::Bytes;

/// Who is told to stop does so within a step; whoever takes longer than this is killed.
const GRACE: Duration = Duration::from_millis(300);

/// To give back even a large segment takes less.
const LEAVE: Duration = Duration::from_secs(10);

/// The most that is waited for the memory of a killed worker to come back.
const COMES_BACK: Duration = Duration::from_secs(2);

/// A step that takes longer than this hangs: the kernel throttles for at most 2 s at a time
/// (`MEMCG_MAX_HIGH_DELAY_JIFFIES`, mm/memcontrol.c), and no wait for a CPU is as long.
const HANGS: u64 = 2_500_000_000;

#[derive(Debug)]
pub(super) struct Member {
    pub(super) child: Child,
    pub(super) exit: Option<Exit>,
    pub(super) ended_by_us: bool,
    pub(super) heard: u64,
    /// Of its segment.
    pub(super) order: Order,
}

/// Workers that are ready. Dropping it ends them all.
#[derive(Debug)]
pub struct Workers {
    pub(super) ledger: Ledger,
    pub(super) members: Vec<Member>,
    pub(super) bell: u32,
    pub(super) stand_in: Option<StandIn>,
}

fn exit_of(status: ExitStatus) -> Exit {
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or(0)),
    }
}

impl Workers {
    pub(super) fn slot(&self, worker: u32) -> Option<Slot<'_>> {
        self.ledger.slot(worker)
    }

    fn slots(&self) -> impl Iterator<Item = Slot<'_>> {
        (0_u32..).zip(&self.members).filter_map(|(worker, _)| self.slot(worker))
    }

    pub(super) fn listen(&mut self, most: Duration) {
        self.ledger.team().listen(&mut self.bell, most);
    }

    /// Whether at least one has a segment.
    #[must_use]
    pub(crate) fn has_segment(&self) -> bool {
        self.slots().any(|slot| slot.state() != State::Failed)
    }

    /// Bytes of the segments that were made with their size.
    #[must_use]
    pub(crate) fn promised(&self) -> Bytes {
        Bytes(self.slots().map(|slot| slot.size.load(Ordering::Acquire)).sum())
    }

    /// Their process numbers, and that of the stand-in.
    #[must_use]
    pub(crate) fn pids(&self) -> Vec<u32> {
        let members = self.members.iter().map(|member| member.child.id());
        members.chain(self.stand_in.iter().map(StandIn::pid)).collect()
    }

    /// Whether the stand-in was killed in place of another process.
    pub(super) fn stand_in_was_killed(&mut self) -> bool {
        self.stand_in.as_mut().is_some_and(StandIn::was_killed)
    }

    /// Up to where each may go when it may go so many bytes further than it is.
    fn further(&self, bytes: u64) -> impl Iterator<Item = (Slot<'_>, u64)> {
        self.slots().map(move |slot| {
            let so_far = slot.bytes.load(Ordering::Acquire);
            let next = so_far.saturating_add(bytes).max(slot.granted.load(Ordering::Acquire));
            // Whoever ended goes nowhere.
            let goes_on = matches!(slot.state(), State::Ready | State::Filling);
            (slot, if goes_on { next } else { so_far })
        })
    }

    /// The least that one of those who fill may still go.
    #[must_use]
    pub(crate) fn least_granted(&self) -> u64 {
        let filling = self.slots().filter(|s| matches!(s.state(), State::Ready | State::Filling));
        let left = filling.map(|slot| {
            let granted = slot.granted.load(Ordering::Acquire);
            granted.saturating_sub(slot.bytes.load(Ordering::Acquire))
        });
        left.min().unwrap_or(u64::MAX)
    }

    /// Lets each go so many bytes further than it is. `tell` hears first up to where that lets all of
    /// them come together.
    pub(crate) fn grant_more(&self, bytes: u64, tell: impl FnOnce(Bytes)) {
        let grants: Vec<(Slot<'_>, u64)> = self.further(bytes).collect();
        tell(Bytes(grants.iter().map(|(_, next)| *next).sum()));
        for (slot, next) in grants {
            slot.grant(next);
        }
        self.ledger.team().granted();
    }

    /// The most that all of them can have filled by now.
    #[must_use]
    pub(crate) fn granted(&self) -> Bytes {
        let granted = self.slots().map(|slot| slot.granted.load(Ordering::Acquire));
        Bytes(granted.fold(0, u64::saturating_add))
    }

    /// Lets each go up to so many bytes.
    pub(crate) fn grant(&self, bytes: u64) {
        self.slots().for_each(|slot| slot.grant(bytes));
        self.ledger.team().granted();
    }

    /// Releases all at once; when that was, in nanoseconds of CLOCK_MONOTONIC.
    #[must_use]
    pub(crate) fn go(&self) -> u64 {
        let start = ledger::now();
        self.ledger.team().go();
        start
    }

    /// Sleeps until something happened, at most so long; then hears who ended. Where a worker is marked as
    /// dead, waits for its end. Until then the kernel gives back what it held, and a process that reads a page of
    /// its own code may be killed in its place (docs/kernel-facts.md): this loop has been read already.
    pub(crate) fn watch(&mut self, most: Duration) {
        self.listen(most);
        self.hear_exits();
        let start = Instant::now();
        while self.someone_is_dying() && start.elapsed() < COMES_BACK {
            self.listen(Duration::from_millis(1));
            self.hear_exits();
        }
    }

    /// Whether a worker is marked as dead and still there.
    fn someone_is_dying(&self) -> bool {
        self.slots().zip(&self.members).any(|(slot, member)| member.exit.is_none() && slot.died())
    }

    fn hear_exits(&mut self) {
        for member in &mut self.members {
            if member.exit.is_none()
                && let Ok(Some(status)) = member.child.try_wait()
            {
                member.exit = Some(exit_of(status));
            }
        }
    }

    /// Whether nobody fills any more.
    #[must_use]
    pub(crate) fn is_over(&self) -> bool {
        self.slots().zip(&self.members).all(|(slot, member)| {
            member.exit.is_some()
                || matches!(slot.state(), State::Holding | State::Failed | State::Left)
        })
    }

    /// Whether one of them was killed.
    #[must_use]
    pub(crate) fn someone_died(&self) -> bool {
        self.ledger.team().someone_died(self.members.len())
    }

    /// Bytes filled so far.
    #[must_use]
    pub(crate) fn bytes(&self) -> Bytes {
        Bytes(self.slots().map(|slot| slot.bytes.load(Ordering::Acquire)).sum())
    }

    /// How long the kernel held them up so far, summed over all.
    #[must_use]
    pub(crate) fn held_up(&self) -> Duration {
        let now = ledger::now();
        let nanoseconds = self.slots().zip(&self.members).fold(0_u64, |sum, (slot, member)| {
            let start = slot.step_start.load(Ordering::Acquire);
            let goes_on = start != 0 && member.exit.is_none();
            let current = if goes_on { now.saturating_sub(start) } else { 0 };
            let current = if current > HANGS { current } else { 0 };
            sum.saturating_add(slot.held_up.load(Ordering::Acquire)).saturating_add(current)
        });
        Duration::from_nanos(nanoseconds)
    }

    /// Hears the steps since the last time: nanoseconds of each.
    pub(crate) fn hear(&mut self, mut each: impl FnMut(u64)) {
        for (worker, member) in (0..).zip(&mut self.members) {
            if let Some(slot) = self.ledger.slot(worker) {
                slot.hear(&mut member.heard, &mut each);
            }
        }
    }

    /// The first worker that somebody stopped with a signal, in words.
    #[must_use]
    pub(crate) fn stopped_worker(&self) -> Option<String> {
        self.members.iter().zip(0..).find_map(|(member, worker)| {
            let pid = member.child.id();
            is_stopped(&Live::default(), pid).then(|| {
                format!("worker {worker} (pid {pid}) was stopped by a signal, such as SIGSTOP")
            })
        })
    }

    /// Tells all to stop; kills those that do not.
    pub(crate) fn stop(&mut self) {
        self.ledger.team().stop();
        let start = Instant::now();
        while !self.is_over() && start.elapsed() < GRACE {
            self.watch(Duration::from_millis(5));
        }
        let ledger = &self.ledger;
        for (worker, member) in (0..).zip(&mut self.members) {
            let state = ledger.slot(worker).map(|slot| slot.state());
            if member.exit.is_none() && state == Some(State::Filling) {
                member.ended_by_us = true;
                let _ = member.child.kill();
            }
        }
    }

    /// When the last one ended, in nanoseconds of CLOCK_MONOTONIC; now, if one did not say so.
    #[must_use]
    pub(crate) fn end(&self) -> u64 {
        let ends = self.slots().map(|slot| slot.end.load(Ordering::Acquire));
        ends.map(|end| if end == 0 { ledger::now() } else { end }).max().unwrap_or(0)
    }

    /// Lets all give back what they hold, and hears what each came to.
    #[must_use]
    pub(crate) fn release(&mut self) -> Vec<WorkerReport> {
        self.ledger.team().release();
        let mut reports = Vec::new();
        for (worker, member) in (0..).zip(&mut self.members) {
            let Some(slot) = self.ledger.slot(worker) else { continue };
            // What it held to the end counts, however it goes now.
            let held = member.exit.is_none() && slot.state() != State::Filling;
            let exit = member.exit.or_else(|| leave(&mut member.child)).filter(|_| !held);
            let exit = exit.or(held.then_some(Exit::Code(0)));
            member.exit = exit;
            reports.push(WorkerReport {
                bytes: Bytes(slot.bytes.load(Ordering::Acquire)),
                reason: slot.reason(),
                bus: slot.bus.load(Ordering::Acquire) != 0,
                exit: exit.unwrap_or(Exit::Signal(0)),
                ended_by_us: member.ended_by_us,
            });
        }
        reports
    }

    /// Bytes of all canaries, and what was left of them at the end.
    #[must_use]
    pub(crate) fn canaries(&self) -> (Bytes, Bytes) {
        let sum = |word: fn(&Slot<'_>) -> u64| Bytes(self.slots().map(|slot| word(&slot)).sum());
        (
            sum(|slot| slot.canary.load(Ordering::Acquire)),
            sum(|slot| slot.canary_left.load(Ordering::Acquire)),
        )
    }

    /// Bytes of the program that they keep in memory, all the same ones.
    #[must_use]
    pub(crate) fn program(&self) -> Bytes {
        let each = self.slots().map(|slot| slot.program.load(Ordering::Acquire));
        Bytes(each.max().unwrap_or(0))
    }

    /// How long they looked at them, summed over all.
    #[must_use]
    pub(crate) fn watched(&self) -> Duration {
        let nanoseconds = self.slots().map(|slot| slot.watched.load(Ordering::Acquire)).sum();
        Duration::from_nanos(nanoseconds)
    }
}

/// Waits for a process that was told to leave, and kills it where it does not.
fn leave(child: &mut Child) -> Option<Exit> {
    let start = Instant::now();
    while start.elapsed() < LEAVE {
        match child.try_wait() {
            Ok(None) => pause(Duration::from_millis(1)),
            Ok(Some(status)) => return Some(exit_of(status)),
            Err(_) => return None,
        }
    }
    let _ = child.kill();
    child.wait().ok().map(exit_of)
}

impl Drop for Workers {
    fn drop(&mut self) {
        for member in &mut self.members {
            if member.exit.is_none() {
                let _ = member.child.kill();
                let _ = member.child.wait();
            }
            // Killed between making its segment and removing it.
            member.order.sweep();
        }
    }
}
