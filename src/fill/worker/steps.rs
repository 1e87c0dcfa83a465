//! Fills a segment in small steps until all that was asked for is there, the kernel refuses, or the
//! canary is taken. Each step is noted in the ledger before the next one begins.

use std::fs::File;
use std::io::{IoSlice, Write};
use std::num::NonZeroUsize;
use std::sync::atomic::Ordering;

use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, fallocate};
use nix::sys::resource::{UsageWho, getrusage};

use super::Job;
use super::watch::Watch;
use crate::capacity::Method;
use crate::fill::edge::EdgeTuning;
use crate::fill::ledger::{Reason, Slot, Team, now};
use crate::segment::{Segment, errno};
use crate::sys::canary::Canary;
use crate::sys::mapping::Mapping;

/// Bytes of a step where huge pages are asked for: one with pages of 4 KiB. Of a larger one the first step takes all.
const STEP_OF_HUGE: u64 = 2 << 20;

/// Parts of one write(2): `IOV_MAX`.
const MOST_SLICES: usize = 1024;

/// Bytes of a file that are mapped at once, or a huge page.
const EXTENT: u64 = 64 << 20;

/// Mappings that a list has room for before it has to grow, which may not fit where addresses end.
const EXTENTS: usize = 64;

/// A step that took so long, and slept, was held up by the kernel, unless much was filled since the last
/// such step ([`EdgeTuning::between_slow`]): then it was a chance one.
const SLOW: u64 = 50_000_000;

/// One worker's fill.
#[derive(Debug)]
pub(crate) struct Fill<'a> {
    job: &'a Job,
    body: Body,
    /// Why no larger segment was granted.
    refusal: Option<Errno>,
    pattern: Pattern,
    edge: EdgeTuning,
    filled: u64,
    /// Bytes when the last slow step ended.
    slow_at: u64,
    /// How often it had slept by then.
    sleeps: i64,
}

/// Where the next byte goes.
#[derive(Debug)]
enum Body {
    /// A file, and the part of it that is mapped: from `start` on.
    File { file: File, mapped: Vec<(Mapping, u64)>, end: u64 },
    /// Segments with a size of their own; the last one is being filled from `start` on.
    Whole { held: Vec<Mapping>, start: u64 },
}

impl<'a> Fill<'a> {
    /// A fill of `segment`.
    #[must_use]
    pub(crate) fn new(job: &'a Job, segment: Segment, refusal: Option<Errno>) -> Fill<'a> {
        let body = match segment {
            Segment::File(file) => Body::File { file, mapped: Vec::with_capacity(EXTENTS), end: 0 },
            Segment::Whole(mapping) => {
                advise(job, &mapping);
                Body::Whole { held: vec![mapping], start: 0 }
            }
        };
        let page = usize::try_from(job.page).unwrap_or(0).max(1);
        let pattern = Pattern::new(page);
        let edge = EdgeTuning::of(job.page);
        Fill { job, body, refusal, pattern, edge, filled: 0, slow_at: 0, sleeps: 0 }
    }

    /// Fills until something ends it.
    pub fn run(&mut self, team: &Team<'_>, slot: &Slot<'_>, canary: Option<&mut Canary>) -> Reason {
        let workers = usize::try_from(self.job.workers).unwrap_or(usize::MAX);
        let mut watch = canary.map(|canary| Watch::new(canary, self.job.workers, self.edge));
        let mut step = self.job.step();
        self.sleeps = sleeps();
        loop {
            if team.stopped() {
                return Reason::Stopped;
            }
            if team.someone_died(workers) {
                team.stop();
                return Reason::Stopped;
            }
            if let Some(watch) = &mut watch
                && watch.is_edge(self.filled, team, slot)
            {
                return Reason::Edge;
            }
            let left = self.job.want.map_or(u64::MAX, |want| want.saturating_sub(self.filled));
            let granted = slot.granted.load(Ordering::Acquire).saturating_sub(self.filled);
            if left == 0 {
                return Reason::Full;
            }
            if granted == 0 {
                team.wait_for_grant(slot, self.filled, self.job.parent);
                self.sleeps = sleeps();
                continue;
            }
            let next =
                watch.as_ref().map_or(step, |w| w.step(self.filled, step, self.job.order.unit));
            match self.step(next.min(left).min(granted), team, slot) {
                Ok(0) if !team.stopped() => return Reason::Refused(Errno::ENOSPC),
                Ok(_) => {}
                Err(Errno::EINTR) => {}
                // Part of a step may still fit.
                Err(_) if step > self.job.order.unit => {
                    step = (step / 2).max(self.job.order.unit);
                }
                Err(errno) => return Reason::Refused(errno),
            }
        }
    }

    /// One step, timed and noted.
    fn step(&mut self, bytes: u64, team: &Team<'_>, slot: &Slot<'_>) -> Result<u64, Errno> {
        let start = now();
        slot.step_start.store(start, Ordering::Relaxed);
        let done = self.advance(bytes, team, slot);
        let took = now().saturating_sub(start);
        slot.step_start.store(0, Ordering::Relaxed);
        let bytes = done?;
        self.filled = self.filled.saturating_add(bytes);
        slot.bytes.store(self.filled, Ordering::Release);
        slot.note(took);
        if took > SLOW {
            let slept = sleeps() > self.sleeps;
            if slept && self.filled.saturating_sub(self.slow_at) <= self.edge.between_slow() {
                slot.held_up.fetch_add(took, Ordering::Relaxed);
            }
            (self.slow_at, self.sleeps) = (self.filled, sleeps());
        }
        Ok(bytes)
    }

    /// Fills up to so many bytes more; how many it were.
    fn advance(&mut self, bytes: u64, team: &Team<'_>, slot: &Slot<'_>) -> Result<u64, Errno> {
        match self.job.method {
            Method::Write | Method::Fallocate => self.extend(bytes),
            Method::Touch | Method::Populate => self.fill_mapping(bytes, team, slot),
        }
    }

    fn extend(&mut self, bytes: u64) -> Result<u64, Errno> {
        // `Request::check` refuses these methods for kinds without a file.
        let Body::File { file, .. } = &mut self.body else { return Err(Errno::EINVAL) };
        if self.job.method == Method::Write {
            let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
            let pattern = self.pattern.bytes();
            let part = |at| pattern.get(..bytes.saturating_sub(at)).unwrap_or(pattern);
            let slices: Vec<_> = (0..bytes)
                .step_by(pattern.len().max(1))
                .take(MOST_SLICES)
                .map(|at| IoSlice::new(part(at)))
                .collect();
            let written = file.write_vectored(&slices).map_err(errno)?;
            return Ok(u64::try_from(written).unwrap_or(0));
        }
        let offset = |bytes: u64| i64::try_from(bytes).map_err(|_| Errno::EFBIG);
        fallocate(&*file, FallocateFlags::empty(), offset(self.filled)?, offset(bytes)?)?;
        Ok(bytes)
    }

    fn fill_mapping(&mut self, bytes: u64, team: &Team<'_>, slot: &Slot<'_>) -> Result<u64, Errno> {
        self.reach_mapping()?;
        let (mapping, start) = match &self.body {
            Body::File { mapped, .. } => mapped.last().map(|(mapping, start)| (mapping, *start)),
            Body::Whole { held, start } => held.last().map(|mapping| (mapping, *start)),
        }
        .ok_or(Errno::EINVAL)?;
        let at = self.filled.saturating_sub(start);
        let size = u64::try_from(mapping.bytes()).unwrap_or(u64::MAX);
        let bytes = bytes.min(size.saturating_sub(at));
        let place = |n: u64| usize::try_from(n).map_err(|_| Errno::EOVERFLOW);
        if self.job.method == Method::Populate {
            return mapping.populate(place(at)?, place(bytes)?).map(|()| bytes);
        }
        let page = self.job.page.max(1);
        let mut done = 0_u64;
        while done < bytes && !team.stopped() {
            mapping.touch(place(at.saturating_add(done))?, 1);
            done = done.saturating_add(page).min(bytes);
            // A kill or SIGBUS in the midst of a step leaves this behind.
            slot.bytes.store(self.filled.saturating_add(done), Ordering::Relaxed);
        }
        Ok(done)
    }

    /// Makes the next byte lie in a mapping.
    fn reach_mapping(&mut self) -> Result<(), Errno> {
        match &mut self.body {
            Body::File { file, mapped, end } => {
                if self.filled < *end {
                    return Ok(());
                }
                let wanted = self.job.want.map_or(u64::MAX, |w| w.saturating_sub(self.filled));
                let (mapping, bytes) = grow(self.job, file, *end, wanted.min(self.job.extent()))?;
                mapped.push((mapping, *end));
                *end = end.saturating_add(bytes);
            }
            Body::Whole { held, start } => {
                let size = held.last().map_or(0, Mapping::bytes);
                let end = start.saturating_add(u64::try_from(size).unwrap_or(u64::MAX));
                if self.filled < end {
                    return Ok(());
                }
                // As much as fits is filled: what kept the segment from being larger ends it.
                if let Some(refusal) = self.refusal {
                    return Err(refusal);
                }
                let (segment, refusal) = self.job.order.largest(self.job.each)?;
                let Segment::Whole(mapping) = segment else { return Err(Errno::EINVAL) };
                advise(self.job, &mapping);
                (*start, self.refusal) = (end, refusal);
                held.push(mapping);
            }
        }
        Ok(())
    }
}

/// What is written to each page: no zeros, and not the same everywhere. A page of it stays in the
/// first cache, so that the copy costs what the new page costs, and no reading.
#[derive(Debug)]
struct Pattern {
    room: Vec<u8>,
    start: usize,
}

impl Pattern {
    /// Where a page begins: from there the kernel copies a tenth faster (Linux 6.18, AMD EPYC).
    const ALIGN: usize = 4096;

    fn new(page: usize) -> Pattern {
        let room: Vec<u8> =
            (1..=251_u8).cycle().take(page.saturating_add(Pattern::ALIGN)).collect();
        let start = room.as_ptr().align_offset(Pattern::ALIGN).min(Pattern::ALIGN);
        Pattern { room, start }
    }

    fn bytes(&self) -> &[u8] {
        let page = self.room.len().saturating_sub(Pattern::ALIGN);
        self.room.get(self.start..).and_then(|rest| rest.get(..page)).unwrap_or(&self.room)
    }
}

/// How often the process went to sleep so far. Whoever only waits for a CPU does not.
fn sleeps() -> i64 {
    getrusage(UsageWho::RUSAGE_SELF).map_or(i64::MAX, |usage| usage.voluntary_context_switches())
}

fn advise(job: &Job, mapping: &Mapping) {
    if job.order.huge.is_some() {
        // Refused where the kernel has none; whether they were granted the counters tell.
        let _ = mapping.advise_huge();
    }
}

/// Makes a file longer by `bytes`, or by less where a limit on files is near, and maps that part.
fn grow(job: &Job, file: &File, end: u64, bytes: u64) -> Result<(Mapping, u64), Errno> {
    let unit = job.order.unit.max(1);
    let mut bytes = bytes.div_ceil(unit).saturating_mul(unit);
    loop {
        let longer = file.set_len(end.saturating_add(bytes)).map_err(errno);
        let size = usize::try_from(bytes).ok().and_then(NonZeroUsize::new).ok_or(Errno::EINVAL)?;
        match longer.and_then(|()| Mapping::of_file(file, end, size, job.order.align())) {
            Ok(mapping) => {
                advise(job, &mapping);
                return Ok((mapping, bytes));
            }
            Err(_) if bytes > unit => {
                bytes = (bytes / 2).div_ceil(unit).saturating_mul(unit);
            }
            Err(errno) => return Err(errno),
        }
    }
}

impl Job {
    /// Bytes of a file that are mapped at once.
    fn extent(&self) -> u64 {
        EXTENT.max(self.order.huge.unwrap_or(0))
    }

    /// Bytes of one step.
    #[must_use]
    pub(crate) fn step(&self) -> u64 {
        if self.order.huge.is_some() {
            return STEP_OF_HUGE.max(self.order.unit);
        }
        // All may be in a step at once: together they stay below half of one canary, which may be all
        // that is left when the others wait for a CPU.
        let most = EdgeTuning::of(self.page).step();
        let together = if self.canary == 0 { most } else { most.min(self.canary / 2) };
        let many = u64::from(self.workers.max(1)).next_power_of_two();
        let step = together.checked_div(many).unwrap_or(0);
        // A power of two, so that its halves are whole pages too.
        step.checked_ilog2().map_or(0, |log| 1 << log).max(self.order.unit)
    }
}
