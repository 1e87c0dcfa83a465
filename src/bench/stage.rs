//! What each process of a measurement has: the segment, the clock, and a board where all say when their part began
//! and ended, and what came between.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};

use super::Case;
use super::clock::Clock;
use crate::stats::{float, rounded};
use crate::sys::counters::{BoardWords, SpanWords};
use crate::sys::cpu;
use crate::sys::mapping::Mapping;
use crate::sys::shared::Shared;

/// Nanoseconds for which each process looks, before the first case, what else has its CPU.
pub(crate) const LOOK: f64 = 10e6;

/// What the processes of a measurement share beside the segment.
#[derive(Debug)]
pub(crate) struct Board {
    memory: Shared<BoardWords, SpanWords>,
}

impl Board {
    /// A board for so many processes.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub(crate) fn new(procs: usize) -> io::Result<Board> {
        Ok(Board { memory: Shared::create(procs.max(1))? })
    }

    pub(super) fn turn(&self) -> &AtomicU32 {
        &self.memory.head().turn.word
    }

    pub(super) fn ready(&self) -> &AtomicU32 {
        &self.memory.head().ready.word
    }

    pub(super) fn go(&self) -> &AtomicU32 {
        &self.memory.head().go.word
    }

    pub(super) fn done(&self) -> &AtomicU32 {
        &self.memory.head().done.word
    }

    /// Up when a process saw something that must not be.
    pub(crate) fn wrong(&self) -> &AtomicU32 {
        &self.memory.head().wrong.word
    }

    fn span(&self, proc: usize) -> Option<&SpanWords> {
        self.memory.rows().get(proc)
    }
}

/// Which pass of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// Brings caches into the state in which the other one finds them. It is over in all processes before
    /// that begins.
    WarmUp,
    /// Is measured.
    Timed,
}

/// What came between the begin and the end of the timed parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disturbed {
    /// Page faults.
    pub(crate) faults: u64,
    /// How often the scheduler took the CPU away.
    pub(crate) preempted: u64,
}

/// What a process of a measurement has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage<'a> {
    /// Its number; the leader is 0.
    pub(crate) proc: usize,
    pub(crate) segment: &'a Mapping,
    pub(crate) clock: Clock,
    /// What all share.
    pub(crate) board: &'a Board,
    /// Where each runs.
    pub(crate) cpus: &'a [usize],
    /// Bytes of a page.
    pub(crate) page: usize,
}

impl Stage<'_> {
    /// Times `work`, for [`Stage::took`] and [`Stage::disturbed`].
    pub(crate) fn span(&self, work: impl FnOnce()) {
        let before = cpu::usage();
        let begin = self.clock.ticks();
        work();
        let end = self.clock.ticks();
        let after = cpu::usage();
        if let Some(span) = self.board.span(self.proc) {
            span.begin.store(begin, Ordering::Relaxed);
            span.end.store(end, Ordering::Relaxed);
            let faults = after.faults.saturating_sub(before.faults);
            span.faults.store(faults, Ordering::Relaxed);
            let preempted = after.preempted.saturating_sub(before.preempted);
            span.preempted.store(preempted, Ordering::Relaxed);
        }
    }

    /// Maps every page of the segment, before anything is timed. Each process has to: fork copies no page
    /// tables of shared mappings (dup_mmap, kernel/fork.c).
    pub(crate) fn map_all(&self) {
        let bytes = self.segment.bytes();
        // Before Linux 5.14, page by page.
        if self.segment.populate(0, bytes).is_err() {
            for offset in (0..bytes).step_by(self.page.max(1)) {
                self.segment.touch(offset, 1);
            }
        }
    }

    /// Looks for a while what else has this CPU.
    pub(crate) fn look_for_others(&self) {
        let (lost, longest) = self.clock.lost(LOOK);
        if let Some(span) = self.board.span(self.proc) {
            span.lost.store(rounded(lost * 1e6), Ordering::Relaxed);
            span.longest.store(self.clock.of_nanoseconds(longest), Ordering::Relaxed);
        }
    }

    /// What something else had of the CPU that lost most: a part of the time, and the longest pause in
    /// nanoseconds.
    pub(crate) fn lost(&self, procs: usize) -> (f64, f64) {
        let spans = || (0..procs).filter_map(|proc| self.board.span(proc));
        let lost = spans().map(|span| span.lost.load(Ordering::Relaxed)).max().unwrap_or(0);
        let longest = spans().map(|span| span.longest.load(Ordering::Relaxed)).max();
        (float(lost) / 1e6, self.clock.nanoseconds(longest.unwrap_or(0)))
    }

    /// Nanoseconds from the first begin to the last end of those that took part.
    #[must_use]
    pub(crate) fn took(&self, case: &Case) -> f64 {
        let procs = usize::try_from(case.procs).unwrap_or(0);
        let spans = || (0..procs).filter_map(|proc| self.board.span(proc));
        let begin = spans().map(|span| span.begin.load(Ordering::Relaxed)).min().unwrap_or(0);
        let end = spans().map(|span| span.end.load(Ordering::Relaxed)).max().unwrap_or(0);
        self.clock.nanoseconds(end.saturating_sub(begin)).max(1.0)
    }

    /// What came between, of all that took part.
    #[must_use]
    pub(crate) fn disturbed(&self, case: &Case) -> Disturbed {
        let procs = usize::try_from(case.procs).unwrap_or(0);
        let spans = (0..procs).filter_map(|proc| self.board.span(proc));
        spans.fold(Disturbed::default(), |all, span| Disturbed {
            faults: all.faults.saturating_add(span.faults.load(Ordering::Relaxed)),
            preempted: all.preempted.saturating_add(span.preempted.load(Ordering::Relaxed)),
        })
    }
}

/// Spins until something is so; `before` each further look something may be done. The other process may
/// need this CPU for it.
#[inline]
pub(super) fn wait(mut before: impl FnMut(), mut is_so: impl FnMut() -> bool) {
    let mut turns = 0_u32;
    while !is_so() {
        before();
        turns = turns.wrapping_add(1);
        if turns.is_multiple_of(1 << 16) {
            std::thread::yield_now();
        }
        std::hint::spin_loop();
    }
}

/// Bytes as a size of this machine.
#[must_use]
pub(crate) fn size(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// A size of this machine that is none.
#[must_use]
pub(crate) fn some(bytes: u64) -> Option<NonZeroUsize> {
    NonZeroUsize::new(size(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is disturbed in a span that does `work`, in a mapping of which no page is there.
    fn disturbed(work: impl FnOnce(&Stage<'_>)) -> Disturbed {
        let segment = Mapping::anonymous(NonZeroUsize::new(1 << 20).unwrap(), None).unwrap();
        let board = Board::new(1).unwrap();
        let page = size(
            nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE)
                .unwrap()
                .unwrap()
                .try_into()
                .unwrap(),
        );
        let clock = Clock::new(false);
        let stage = Stage { proc: 0, segment: &segment, clock, board: &board, cpus: &[], page };
        work(&stage);
        let case = Case {
            test: crate::bench::Test::Bandwidth,
            op: "fill".to_owned(),
            procs: 1,
            bytes: 1 << 20,
        };
        stage.disturbed(&case)
    }

    fn fill(stage: &Stage<'_>) {
        let _ = stage.segment.stream(crate::sys::stream::Stream::Fill, 0, 1 << 20);
    }

    #[test]
    fn a_page_fault_in_a_timed_part_is_counted_and_none_is_left_where_all_is_mapped() {
        assert!(disturbed(|stage| stage.span(|| fill(stage))).faults > 0);
        let mapped = disturbed(|stage| {
            stage.map_all();
            stage.span(|| fill(stage));
        });
        assert_eq!(mapped.faults, 0);
    }
}
