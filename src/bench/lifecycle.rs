//! The life of a small segment, each step timed: making it, giving it a size, mapping it, the first
//! touch, unmapping and removing it.

use std::fs::{File, OpenOptions};
use std::num::NonZeroUsize;
use std::os::unix::fs::OpenOptionsExt;

use nix::errno::Errno;

use super::Job;
use super::clock::Clock;
use crate::capacity::Kind;
use crate::segment::{errno, memfd, posix};
use crate::stats::rounded;
use crate::sys::mapping::Mapping;
use crate::sys::system_v::{self, SystemV};

/// Lives a sample.
pub(crate) const LIVES: usize = 50;

/// The steps, with their words; `whole` is all of them together.
pub(crate) const STEPS: [&str; 7] = ["create", "size", "map", "touch", "unmap", "remove", "whole"];

/// Nanoseconds of each step in each life.
pub(crate) type Times = [(&'static str, Vec<u64>); 7];

/// The name of a posix segment of this bench: whoever outlives its leader removes what a kill left.
fn name(folder: &str, number: u64) -> String {
    format!("{folder}/shmeter-bench-{number:016x}")
}

/// The key of a System V segment of this bench, for the same reason: "t", and the number.
pub(crate) fn key(number: u64) -> i32 {
    i32::try_from(0x7400_0000 | number & 0x00ff_ffff).unwrap_or(1)
}

/// Removes what the leader of this bench left when it was killed.
pub(crate) fn sweep(folder: &str, number: u64) {
    let _ = std::fs::remove_file(name(folder, number));
    posix::sweep(folder, number);
    system_v::sweep(key(number));
}

/// A clock that is read between steps.
struct Steps<'a> {
    clock: Clock,
    last: u64,
    times: &'a mut Times,
}

impl Steps<'_> {
    fn done(&mut self, step: &str) {
        let now = self.clock.ticks();
        let took = rounded(self.clock.nanoseconds(now.wrapping_sub(self.last)));
        if let Some((_, times)) = self.times.iter_mut().find(|(word, _)| *word == step) {
            times.push(took);
        }
        self.last = self.clock.ticks();
    }
}

/// Lives through [`LIVES`] segments of `bytes`.
///
/// # Errors
/// The kernel's refusal.
pub(crate) fn live(
    kind: Kind,
    job: &Job,
    bytes: NonZeroUsize,
    clock: Clock,
) -> Result<Times, Errno> {
    let mut times: Times = STEPS.map(|step| (step, Vec::new()));
    for _ in 0..LIVES {
        let start = clock.ticks();
        let mut steps = Steps { clock, last: start, times: &mut times };
        match kind {
            Kind::Posix => named(job, bytes, &mut steps)?,
            Kind::Memfd => with_file(memfd::make()?, bytes, &mut steps, || Ok(()))?,
            Kind::Sysv => sysv(job, bytes, &mut steps)?,
            Kind::Anon => {
                let mapping = Mapping::anonymous(bytes, None)?;
                steps.done("map");
                mapping.touch(0, 1);
                steps.done("touch");
                drop(mapping);
                steps.done("unmap");
            }
        }
        let whole = rounded(clock.nanoseconds(steps.last.wrapping_sub(start)));
        if let Some((_, all)) = times.last_mut() {
            all.push(whole);
        }
    }
    Ok(times)
}

/// As shm_open does it: with a name.
fn named(job: &Job, bytes: NonZeroUsize, steps: &mut Steps<'_>) -> Result<(), Errno> {
    let name = name(&job.folder, job.number);
    let mut options = OpenOptions::new();
    let file = options.read(true).write(true).create_new(true).mode(0o600).open(&name);
    let file = file.map_err(errno)?;
    let remove = || std::fs::remove_file(&name).map_err(errno);
    with_file(file, bytes, steps, remove).inspect_err(|_| {
        let _ = remove();
    })
}

fn with_file(
    file: File,
    bytes: NonZeroUsize,
    steps: &mut Steps<'_>,
    remove: impl FnOnce() -> Result<(), Errno>,
) -> Result<(), Errno> {
    steps.done("create");
    file.set_len(u64::try_from(bytes.get()).unwrap_or(0)).map_err(errno)?;
    steps.done("size");
    let mapping = Mapping::of_file(&file, 0, bytes, None)?;
    steps.done("map");
    mapping.touch(0, 1);
    steps.done("touch");
    drop(mapping);
    steps.done("unmap");
    remove()?;
    drop(file);
    steps.done("remove");
    Ok(())
}

/// It is made with its size; removing it while it is attached keeps nothing after a kill.
fn sysv(job: &Job, bytes: NonZeroUsize, steps: &mut Steps<'_>) -> Result<(), Errno> {
    let segment = SystemV::make(key(job.number), bytes)?;
    steps.done("create");
    let mapping = segment.attach(None)?;
    steps.done("map");
    drop(segment);
    steps.done("remove");
    mapping.touch(0, 1);
    steps.done("touch");
    drop(mapping);
    steps.done("unmap");
    Ok(())
}
