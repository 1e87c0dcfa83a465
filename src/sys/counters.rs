//! What processes count in together: structs of atomics, each word named once. What they mean, and who may
//! write them, stands where they are used.

// The ledger takes them from here, so that tests/loom can put its own in their place.
pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::shared::Atomics;

/// More workers than a ledger has room for.
pub(crate) const MOST_WORKERS: u32 = 256;

#[allow(clippy::as_conversions)] // a usize has 32 bits at least here
const LIVES: usize = MOST_WORKERS as usize;

/// Words for the times of steps: a worker may be one step less ahead of the reader before steps go uncounted.
pub(crate) const STEPS_KEPT: usize = 768;

/// What a team of a fill shares.
#[derive(Debug)]
#[repr(C)]
pub struct TeamWords {
    /// Up when all may begin.
    pub go: AtomicU32,
    /// Counts what the supervisor is to hear of.
    pub bell: AtomicU32,
    /// Up when all are to stop: for a signal handler, which may do no more than raise it.
    pub stop: AtomicU32,
    /// Up when all are to give back what they hold.
    pub release: AtomicU32,
    /// Counts grants.
    pub grants: AtomicU32,
    /// KiB that all of them filled.
    pub filled: AtomicU32,
    /// Pages of canaries that were written again.
    pub rearmed: AtomicU32,
    /// A word a worker, which the kernel marks when it dies; 0 once it left in order.
    pub lives: [AtomicU32; LIVES],
}

// SAFETY: 32-bit atomics alone, without padding (repr(C), one alignment).
unsafe impl Atomics for TeamWords {}

/// What one worker of a fill counts in. Times are nanoseconds of CLOCK_MONOTONIC.
#[derive(Debug)]
#[repr(C)]
pub struct WorkerWords {
    /// What the kernel walks to find the worker's word in `lives`.
    pub list: [AtomicU64; 4],
    /// Where it is.
    pub state: AtomicU64,
    /// Why it stopped.
    pub reason: AtomicU64,
    /// Which call could not be done.
    pub call: AtomicU64,
    /// Bytes filled.
    pub bytes: AtomicU64,
    /// What a handler of SIGBUS writes.
    pub bus: AtomicU64,
    /// When the step began that is being done; 0 between steps.
    pub step_start: AtomicU64,
    /// Time in steps that the kernel held up.
    pub held_up: AtomicU64,
    /// When it ended.
    pub end: AtomicU64,
    /// Bytes of its canary.
    pub canary: AtomicU64,
    /// Bytes of it that were left at the end.
    pub canary_left: AtomicU64,
    /// Time spent on watching it.
    pub watched: AtomicU64,
    /// Steps noted so far.
    pub steps: AtomicU64,
    /// Bytes up to which it may go, where it is paced.
    pub granted: AtomicU64,
    /// Bytes of its segment, if that was made with its size.
    pub size: AtomicU64,
    /// Bytes of the program that it keeps in memory.
    pub program: AtomicU64,
    /// So that no two workers write into one line of a CPU's cache.
    apart: [AtomicU64; 5],
    /// Nanoseconds of its last steps.
    pub recent_steps: [AtomicU64; STEPS_KEPT],
}

// SAFETY: 64-bit atomics alone, without padding (repr(C), one alignment).
unsafe impl Atomics for WorkerWords {}

/// A word that has a line of a CPU's cache to itself, so that waiting for one disturbs no other.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Alone {
    pub word: AtomicU32,
    apart: [AtomicU32; 15],
}

/// What the processes of a bench share beside the segment.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct BoardWords {
    /// Which case is on: those that it does not need sleep on it.
    pub turn: Alone,
    /// How many are ready for it.
    pub ready: Alone,
    /// Up when they may begin.
    pub go: Alone,
    /// How many are done.
    pub done: Alone,
    /// Up when a process saw something that must not be.
    pub wrong: Alone,
}

// SAFETY: 32-bit atomics alone, without padding (repr(C), one alignment).
unsafe impl Atomics for BoardWords {}

/// What one process of a bench tells of its part: when it began and ended, in ticks, and what came between.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct SpanWords {
    /// When it began.
    pub begin: AtomicU64,
    /// When it ended.
    pub end: AtomicU64,
    /// Page faults from begin to end.
    pub faults: AtomicU64,
    /// How often the scheduler took the CPU away meanwhile.
    pub preempted: AtomicU64,
    /// Of the time before, what something else had of this CPU: millionths, and the longest pause in ticks.
    pub lost: AtomicU64,
    pub longest: AtomicU64,
    apart: [AtomicU64; 2],
}

// SAFETY: 64-bit atomics alone, without padding (repr(C), one alignment).
unsafe impl Atomics for SpanWords {}
