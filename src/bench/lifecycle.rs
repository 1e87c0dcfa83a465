//! The life of a small segment, each step timed: making it, giving it a size, mapping it, the first
//! touch, unmapping and removing it.

use std::fs::File;
use std::num::NonZeroUsize;
use std::os::fd::{AsFd as _, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open, openat};
use nix::sys::stat::Mode;
use nix::unistd::{UnlinkatFlags, unlinkat};

use super::Job;
use super::clock::Clock;
use crate::capacity::Kind;
use crate::probe::Target;
use crate::segment::{errno, memfd, posix};
use crate::stats::rounded;
use crate::sys::crate_segment::CrateSegment;
use crate::sys::mapping::Mapping;
use crate::sys::system_v::{self, SystemV};

/// Lives a sample.
pub(crate) const LIVES: usize = 50;

/// The steps, with their words; `whole` is all of them together, in lives of their own, in which no clock is
/// read between steps.
pub(crate) const STEPS: [&str; 7] = ["create", "size", "map", "touch", "unmap", "remove", WHOLE];
pub(crate) const WHOLE: &str = "whole";

/// The whole life of a posix segment by the calls of the crate `shared_memory`, which `compare` sets beside the others.
pub(crate) const BY_CRATE: &str = "whole-by-crate";

/// Nanoseconds of each step in each life.
pub(crate) type Times = [(&'static str, Vec<u64>); 7];

/// The name of a posix segment of this bench: whoever outlives its leader removes what a kill left.
fn name(number: u64) -> String {
    format!("shmeter-bench-{number:016x}")
}

/// The key of a System V segment of this bench, for the same reason: "t", and the number.
pub(crate) fn key(number: u64) -> i32 {
    i32::try_from(0x7400_0000 | number & 0x00ff_ffff).unwrap_or(1)
}

/// Removes what the leader of this bench left when it was killed.
pub(crate) fn sweep(folder: &str, number: u64) {
    for folder in [folder, Target::DEFAULT_PATH] {
        let _ = std::fs::remove_file(std::path::Path::new(folder).join(name(number)));
    }
    posix::sweep(folder, number);
    system_v::sweep(key(number));
}

/// When each step was done; nothing where a life is timed whole, in which no clock is read between steps.
struct Steps<'a> {
    clock: Clock,
    reached: Option<&'a mut Vec<(&'static str, u64)>>,
}

impl Steps<'_> {
    fn done(&mut self, step: &'static str) {
        let Some(reached) = &mut self.reached else { return };
        reached.push((step, self.clock.ticks()));
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
    // As the C library's shm_open does not: a name in a folder that is open costs no walk through a path.
    let folder = (kind == Kind::Posix)
        .then(|| open(job.folder.as_str(), OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty()))
        .transpose()?;
    let mut reached = Vec::with_capacity(STEPS.len());
    let _spacers = spacers(bytes, clock)?;
    for _ in 0..LIVES {
        reached.clear();
        let mut last = clock.ticks();
        let steps = &mut Steps { clock, reached: Some(&mut reached) };
        one(kind, job, folder.as_ref(), bytes, steps)?;
        for (step, ticks) in &reached {
            note(&mut times, step, clock.nanoseconds(ticks.wrapping_sub(last)));
            last = *ticks;
        }
        let start = clock.ticks();
        one(kind, job, folder.as_ref(), bytes, &mut Steps { clock, reached: None })?;
        note(&mut times, WHOLE, clock.nanoseconds(clock.ticks().wrapping_sub(start)));
    }
    Ok(times)
}

/// Entries of a node in the kernel's tree of a process's mappings (MAPLE_RANGE64_SLOTS, include/linux/maple_tree.h).
const NODE: usize = 16;

/// Mappings that are kept while others come and go, so that those find room in their node of the kernel's tree. Where a
/// node is full, each mmap splits it and each munmap joins it again, which costs 0.4 us more each, and says
/// something of how many mappings this program has, not of the segment.
fn spacers(bytes: NonZeroUsize, clock: Clock) -> Result<Vec<Mapping>, Errno> {
    let mut spacers = Vec::with_capacity(NODE);
    let mut costs = Vec::with_capacity(NODE);
    for _ in 0..NODE {
        costs.push(map_and_unmap(bytes, clock)?);
        // Two shared anonymous mappings are never joined into one: each has a file of its own.
        spacers.push(Mapping::anonymous(NonZeroUsize::MIN, None)?);
    }
    spacers.truncate(first_cheap(&costs));
    Ok(spacers)
}

/// The fewest ticks that it takes to map and to unmap.
fn map_and_unmap(bytes: NonZeroUsize, clock: Clock) -> Result<u64, Errno> {
    const TURNS: usize = 12;
    let mut least = u64::MAX;
    for _ in 0..TURNS {
        let start = clock.ticks();
        drop(Mapping::anonymous(bytes, None)?);
        least = least.min(clock.ticks().wrapping_sub(start));
    }
    Ok(least)
}

/// The first of those that are within 5 % of the least.
fn first_cheap(costs: &[u64]) -> usize {
    let least = costs.iter().min().copied().unwrap_or(0);
    costs.iter().position(|cost| *cost <= least.saturating_add(least / 20)).unwrap_or(0)
}

/// Nanoseconds of the lives of [`LIVES`] segments of the crate `shared_memory`: in /dev/shm, as it knows no other folder.
///
/// # Errors
/// What the crate was told.
pub(crate) fn live_by_crate(
    job: &Job,
    bytes: NonZeroUsize,
    clock: Clock,
) -> Result<Vec<u64>, Errno> {
    let name = name(job.number);
    let mut times = vec![1_u64; LIVES];
    for time in &mut times {
        let start = clock.ticks();
        let segment = CrateSegment::make(&name, bytes.get())?;
        segment.touch(0, 1);
        drop(segment);
        *time = clock.ticks().wrapping_sub(start);
    }
    for time in &mut times {
        *time = rounded(clock.nanoseconds(*time));
    }
    Ok(times)
}

fn note(times: &mut Times, step: &str, nanoseconds: f64) {
    if let Some((_, all)) = times.iter_mut().find(|(word, _)| *word == step) {
        all.push(rounded(nanoseconds));
    }
}

fn one(
    kind: Kind,
    job: &Job,
    folder: Option<&OwnedFd>,
    bytes: NonZeroUsize,
    steps: &mut Steps<'_>,
) -> Result<(), Errno> {
    match kind {
        Kind::Posix => named(job, folder.ok_or(Errno::EBADF)?, bytes, steps),
        Kind::Memfd => with_file(memfd::make()?, bytes, steps, || Ok(())),
        Kind::Sysv => sysv(job, bytes, steps),
        Kind::Anon => {
            let mapping = Mapping::anonymous(bytes, None)?;
            steps.done("map");
            mapping.touch(0, 1);
            steps.done("touch");
            drop(mapping);
            steps.done("unmap");
            Ok(())
        }
    }
}

/// With a name, as shm_open does it, in a folder that is open.
fn named(
    job: &Job,
    folder: &OwnedFd,
    bytes: NonZeroUsize,
    steps: &mut Steps<'_>,
) -> Result<(), Errno> {
    let name = name(job.number);
    let flags =
        OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW;
    let mode = Mode::S_IRUSR | Mode::S_IWUSR;
    let file = File::from(openat(folder.as_fd(), name.as_str(), flags, mode)?);
    let remove = || unlinkat(folder.as_fd(), name.as_str(), UnlinkatFlags::NoRemoveDir);
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

#[cfg(test)]
mod tests {
    use super::first_cheap;

    #[test]
    fn spacers_are_as_few_as_make_mapping_cheap() {
        assert_eq!(first_cheap(&[3_900, 3_850, 3_010, 3_000, 3_100, 3_990]), 2);
        assert_eq!(first_cheap(&[3_000, 3_900]), 0, "there is room already");
        assert_eq!(first_cheap(&[]), 0);
    }
}
