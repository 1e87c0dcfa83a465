//! Looks at shared memory many times a second: what it reads is opened once, and it allocates nothing after that.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;

use nix::sys::statfs::fstatfs;

use super::live::count;
use super::{Live, Target};
use crate::facts::sample::{
    MemorySample, Parts, PosixSample, Sample, SysvSample, number, oom_kill, parts,
};
use crate::facts::{CgroupFacts, Facts};
use crate::sys::clock;
use crate::sys::system_v_usage;
use crate::units::{Bytes, Limit};

/// No file that is read has more.
const ROOM: usize = 16 << 10;

/// memory.stat costs most of all: it is read where the usage moved by so much, or after so many looks.
const MOVED: u64 = 64 << 10;
const LOOKS: u32 = 16;

/// The files of a memory cgroup.
#[derive(Debug)]
struct Files {
    used: File,
    stat: Option<File>,
    events: Option<File>,
    peak: Option<File>,
    /// Whether `events` tells who polls it.
    polls: bool,
}

/// What is looked at.
#[derive(Debug)]
pub(crate) struct Meter {
    shm: Option<OwnedFd>,
    sysv: bool,
    page: u64,
    memory: Option<Files>,
    buffer: Vec<u8>,
    begin: u64,
    /// Of the last time that memory.stat was read.
    parts: Parts,
    read_at: Bytes,
    shm_then: Bytes,
    looks: u32,
}

impl Meter {
    /// Opens what there is; `facts` tell where it lies.
    #[must_use]
    pub(crate) fn new(source: &Live, target: &Target, facts: &Facts) -> Meter {
        let root = target.pid.map_or(String::new(), |pid| format!("/proc/{pid}/root"));
        let folder = source.folder(&format!("{root}{}", facts.shm.resolved));
        Meter {
            shm: folder.ok().and_then(|folder| folder.try_clone().ok()),
            sysv: system_v_usage::usage().is_ok() && !is_elsewhere(facts),
            page: facts.page_size.bytes(),
            memory: Files::open(source, &facts.cgroup),
            buffer: vec![0; ROOM],
            begin: clock::now(),
            parts: Parts::default(),
            read_at: Bytes(u64::MAX),
            shm_then: Bytes::ZERO,
            looks: 0,
        }
    }

    /// Microseconds since it was made.
    #[must_use]
    pub(crate) fn now(&self) -> u64 {
        clock::now().saturating_sub(self.begin) / 1000
    }

    /// What the file system at /dev/shm says; it needs nothing but the file that is open.
    #[must_use]
    pub(crate) fn posix(&self) -> Option<PosixSample> {
        let stat = fstatfs(self.shm.as_ref()?).ok()?;
        let block = count(stat.block_size());
        let bytes = |blocks| Bytes(count(blocks)).saturating_mul(block);
        let limited = count(stat.blocks()) > 0;
        let used = bytes(stat.blocks()).saturating_sub(bytes(stat.blocks_free()));
        let inodes = count(stat.files());
        let inodes_left = count(stat.files_free());
        Some(PosixSample {
            used,
            free: limited.then(|| bytes(stat.blocks_available())),
            size: if limited { Limit::At(bytes(stat.blocks())) } else { Limit::Unlimited },
            files: inodes.saturating_sub(inodes_left).saturating_sub(1),
            inodes_left: (inodes > 0).then_some(inodes_left),
        })
    }

    /// Looks once.
    pub(crate) fn look(&mut self) -> Sample {
        let posix = self.posix();
        let sysv = if self.sysv { self.segments() } else { None };
        let shm = posix.map_or(Bytes::ZERO, |posix| posix.used);
        Sample { at_us: self.now(), posix, sysv, memory: self.memory(shm) }
    }

    fn segments(&self) -> Option<SysvSample> {
        let usage = system_v_usage::usage().ok()?;
        let bytes = |pages| Bytes(pages).saturating_mul(self.page);
        Some(SysvSample {
            segments: usage.segments,
            promised: bytes(usage.promised),
            held: bytes(usage.held),
        })
    }

    fn memory(&mut self, shm: Bytes) -> Option<MemorySample> {
        let files = self.memory.as_ref()?;
        let used = Bytes(number(read(&files.used, &mut self.buffer)?)?);
        self.looks = self.looks.saturating_add(1);
        let moved = |before: Bytes, now: Bytes| before.0.abs_diff(now.0) >= MOVED;
        if (moved(self.read_at, used) || moved(self.shm_then, shm) || self.looks >= LOOKS)
            && let Some(stat) = &files.stat
            && let Some(found) = read(stat, &mut self.buffer).and_then(parts)
        {
            (self.parts, self.read_at, self.shm_then, self.looks) = (found, used, shm, 0);
        }
        let events = files.events.as_ref();
        let kills = events.and_then(|file| oom_kill(read(file, &mut self.buffer)?));
        Some(MemorySample {
            used,
            held: used.saturating_sub(self.parts.reclaimable),
            shmem: self.parts.shmem,
            oom_kill: kills.unwrap_or(0),
        })
    }

    /// What poll(2) tells of events in the cgroup with (POLLPRI), until it is read again: version 2 only.
    pub(crate) fn kill_events(&self) -> Option<BorrowedFd<'_>> {
        let files = self.memory.as_ref().filter(|files| files.polls)?;
        files.events.as_ref().map(File::as_fd)
    }

    /// The kernel's own high-water mark of the cgroup, since it was made.
    pub(crate) fn kernel_peak(&mut self) -> Option<Bytes> {
        let peak = self.memory.as_ref()?.peak.as_ref()?;
        number(read(peak, &mut self.buffer)?).map(Bytes)
    }
}

/// /proc and shmctl show this process's own IPC namespace, which is another one than the target's.
fn is_elsewhere(facts: &Facts) -> bool {
    facts.pid.is_some() && facts.ipc.segments.why().is_some()
}

impl Files {
    fn open(source: &Live, cgroup: &CgroupFacts) -> Option<Files> {
        let leaf = cgroup.levels.first()?;
        let file = |name: &str| source.open(&format!("{}/{name}", leaf.folder)).ok();
        let [used, events, peak] = if cgroup.unified {
            ["memory.current", "memory.events", "memory.peak"]
        } else {
            ["memory.usage_in_bytes", "memory.oom_control", "memory.max_usage_in_bytes"]
        };
        Some(Files {
            used: file(used)?,
            stat: file("memory.stat"),
            events: file(events),
            peak: file(peak),
            polls: cgroup.unified,
        })
    }
}

/// A file from its beginning, as far as there is room.
fn read<'a>(file: &File, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
    let mut filled = 0_usize;
    loop {
        let offset = u64::try_from(filled).ok()?;
        let room = buffer.get_mut(filled..)?;
        if room.is_empty() {
            break;
        }
        match file.read_at(room, offset) {
            Ok(0) => break,
            Ok(n) => filled = filled.saturating_add(n),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
        // The kernel gives such a file in one piece.
        if filled < ROOM {
            break;
        }
    }
    buffer.get(..filled)
}
