//! Who holds shared memory: each object once, with all the processes that have it mapped or open.
//! Must not read; `probe::holdings` hands in what it sees.

mod collector;

use std::collections::BTreeMap;

pub(crate) use collector::{Collector, Place};

use super::maps::{Backing, FileId};
use super::sysvipc::Segment;
use super::{FileSystem, Reading};
use crate::units::Bytes;

/// Bytes that an object really takes from memory or swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Told by the file system or the IPC namespace.
    Exact(Bytes),
    /// What one of its processes sees of it; others may have touched more.
    AtLeast(Bytes),
    /// Nobody may look at it.
    Unknown,
}

impl Held {
    /// The bytes that are known of.
    #[must_use]
    pub(crate) const fn bytes(self) -> Option<Bytes> {
        match self {
            Held::Exact(bytes) | Held::AtLeast(bytes) => Some(bytes),
            Held::Unknown => None,
        }
    }
}

/// A process that holds an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    pub pid: u32,
    /// How many mappings it has of it.
    pub mappings: u64,
    /// It has it open as well, or only.
    pub open: bool,
}

/// One piece of shared memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub backing: Backing,
    /// Path below the folder, name of a memfd; empty for System V and anonymous memory.
    pub name: String,
    /// The name is not exactly so: it had bytes that are no text.
    pub lossy: bool,
    /// Which file it is.
    pub file: FileId,
    /// No path leads to it any more, or ever did.
    pub unlinked: bool,
    /// Its size as `ls -l` would tell it.
    pub size: Option<Bytes>,
    /// What it really takes.
    pub held: Held,
    /// User who owns it.
    pub owner: Option<u32>,
    /// Who may read and write it, as bits; of memory without a name it says nothing.
    pub mode: Option<u32>,
    /// What the IPC namespace tells of it.
    pub segment: Option<Segment>,
    /// Whether anybody has a file open or mapped, of which the kernel does not say who; `None` where it was not
    /// asked, or does not say.
    pub in_use: Option<bool>,
    /// Who holds it, in the order of their numbers.
    pub holders: Vec<Holder>,
}

/// Who holds an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum HeldBy {
    /// Processes that can be seen.
    Processes,
    /// No process: every process that could hold it was seen.
    Nobody,
    /// Processes that cannot be seen: the kernel counts attachments of System V segments, and knows whether a
    /// file is in use.
    Unseen,
    /// No process that can be seen. Others may exist, or could not be examined.
    Unknown,
}

impl Object {
    /// Who holds it. `saw_all`: every process that could hold a file was seen ([`Looked::saw_all`]).
    #[must_use]
    pub(crate) fn held_by(&self, saw_all: bool) -> HeldBy {
        match &self.segment {
            _ if !self.holders.is_empty() => HeldBy::Processes,
            Some(segment) if segment.attached == 0 => HeldBy::Nobody,
            Some(_) => HeldBy::Unseen,
            None if saw_all => HeldBy::Nobody,
            None => match self.in_use {
                Some(true) => HeldBy::Unseen,
                Some(false) => HeldBy::Nobody,
                None => HeldBy::Unknown,
            },
        }
    }
}

/// A process that holds something, or made it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    pub name: String,
    /// Its memory cgroup.
    pub cgroup: Option<String>,
}

/// What was seen of the processes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Processes there are.
    pub processes: usize,
    /// Those that could not be looked into.
    pub refused: Vec<u32>,
    /// The one that looks has CAP_SYS_PTRACE, so that more rights would not help.
    pub may_trace: bool,
    /// Processes of others may be there that /proc does not show: a PID namespace, or hidepid.
    pub hidden: Option<Hidden>,
}

impl Looked {
    /// Whether every process was seen, and looked into.
    #[must_use]
    pub(crate) const fn saw_all(&self) -> bool {
        self.refused.is_empty() && self.hidden.is_none()
    }
}

/// Why /proc does not show all processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Hidden {
    /// shmeter runs in a PID namespace of its own.
    PidNamespace,
    /// /proc is mounted with hidepid.
    Hidepid,
}

/// What programs open again by its name, so that it is no leftover although nobody holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kept {
    /// A named POSIX semaphore (sem_overview(7)).
    Semaphore,
    /// The locks of Podman's containers.
    PodmanLocks,
}

impl Kept {
    /// What a file of this name below the folder, and of this size, is kept for.
    #[must_use]
    pub(crate) fn of(name: &str, size: Bytes) -> Option<Kept> {
        /// A semaphore has 32 bytes; what it takes is a page.
        const SEMAPHORE: Bytes = Bytes::kib(64);
        if name.starts_with("sem.") && size <= SEMAPHORE {
            Some(Kept::Semaphore)
        } else if name.starts_with("libpod_") && name.contains("lock") {
            Some(Kept::PodmanLocks)
        } else {
            None
        }
    }
}

/// From where files of the folder can be removed by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remover {
    /// From here: the path leads there, whoever else is at work.
    Here,
    /// From inside this container of Docker.
    Docker(String),
    /// From inside, by nothing that is known here: a path from here leads through what a container, or
    /// another user, may change.
    Inside,
}

/// Shared memory that belongs elsewhere: another container's /dev/shm or IPC namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// How many objects.
    pub objects: usize,
    /// A process of each place, to look again with `--pid`.
    pub pids: Vec<u32>,
}

/// The folder that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// As asked for.
    pub asked: String,
    /// The path that leads to it from here.
    pub reached: String,
    /// Which file system; absent where there is no such folder.
    pub file_system: Reading<FileSystem>,
    /// Folders below it that could not be read.
    pub refused: usize,
    /// There are more files than are looked at.
    pub cut: bool,
}

impl Folder {
    /// Whether files there are shared memory.
    #[must_use]
    pub(crate) fn is_memory(&self) -> bool {
        matches!(
            self.file_system,
            Reading::Known(FileSystem::Tmpfs | FileSystem::Ramfs | FileSystem::Hugetlbfs)
        )
    }
}

/// All that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holdings {
    /// Whose view it is, where that is not the one that looks.
    pub pid: Option<u32>,
    pub folder: Folder,
    /// From where its files can be removed.
    pub remover: Remover,
    /// Why System V segments could not be listed.
    pub segments_unread: Option<String>,
    /// The IPC namespace of `pid` is another one than that of the reader.
    pub other_ipc: bool,
    pub objects: Vec<Object>,
    /// Those who hold one, and those that could not be looked into.
    pub who: BTreeMap<u32, Who>,
    /// How many processes could be looked into.
    pub looked: Looked,
    /// What belongs elsewhere.
    pub elsewhere: Elsewhere,
    /// Shared memory charged to the cgroup of the one whose view it is, and the cgroup.
    pub charged: Option<(String, Bytes)>,
}

impl Holdings {
    /// Leaves out what has no file in the folder's file system.
    pub fn keep_files(&mut self) {
        self.objects.retain(|object| object.backing == Backing::Posix);
        self.elsewhere = Elsewhere::default();
        self.segments_unread = None;
        // It counts /dev/shm and what has no file, in whatever folder.
        self.charged = None;
    }
}

/// What stat(2) tells of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stat {
    pub file: FileId,
    pub size: Bytes,
    /// What it takes.
    pub held: Bytes,
    /// User who owns it.
    pub owner: u32,
    pub mode: u32,
    /// How many names it has.
    pub names: u64,
    /// It is a file, and no folder, pipe or device.
    pub regular: bool,
}

impl Object {
    fn new(backing: Backing, file: FileId) -> Object {
        Object {
            backing,
            name: String::new(),
            lossy: false,
            file,
            unlinked: false,
            size: None,
            held: Held::Unknown,
            owner: None,
            mode: None,
            segment: None,
            in_use: None,
            holders: Vec::new(),
        }
    }

    /// Notes a holder; processes are looked at one after the other.
    fn hold(&mut self, more: Holder) {
        match self.holders.last_mut().filter(|holder| holder.pid == more.pid) {
            Some(holder) => {
                holder.mappings = holder.mappings.saturating_add(more.mappings);
                holder.open |= more.open;
            }
            None => self.holders.push(more),
        }
    }
}
