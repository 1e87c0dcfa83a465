//! The document of `shmeter ls`: what there is, who holds it, and how to remove what nobody does.
//! Pure.

mod notes;
mod rows;
pub mod text;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::facts::Reading;
use crate::facts::holdings::{HeldBy, Hidden, Holdings, Kept};
use crate::schema;
use crate::units::Bytes;

/// The result of `shmeter ls`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LsDocument {
    /// Name and version of this format.
    #[cfg_attr(test, schemars(extend("const" = schema::LS)))]
    pub(crate) schema: &'static str,
    /// Version of shmeter.
    pub(crate) version: &'static str,
    /// The process and the folder that were examined.
    pub(crate) subject: Subject,
    /// Every object, the largest first.
    pub(crate) objects: Vec<ObjectRow>,
    /// Sums over objects.
    pub(crate) totals: Totals,
    /// The processes that were examined.
    pub(crate) processes: Processes,
    /// Shared memory that is charged to the cgroup of the process; null where it has no memory controller of its own.
    pub(crate) charged: Option<Charged>,
    /// Mapped files of another /dev/shm and segments of other IPC namespaces.
    pub(crate) elsewhere: ElsewhereRow,
    /// What could not be seen, for people.
    pub(crate) notes: Vec<String>,
}

/// The process and the folder that were examined.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Subject {
    /// The process; null for the own one.
    pub pid: Option<u32>,
    /// The folder as given.
    pub folder: String,
    /// Type of its file system; null where there is no such folder.
    pub filesystem: Option<String>,
    /// Whether its files are shared memory.
    pub is_shared_memory: bool,
    /// It could not be asked; a note says why.
    #[serde(skip)]
    pub is_unread: bool,
}

/// How certain `held_bytes` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Certainty {
    /// Counted by the kernel.
    Exact,
    /// At least what one of its processes sees (smaps): asking needs CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE.
    AtLeast,
    /// Not known.
    Unknown,
}

/// A file, a segment, a memfd or a shared mapping.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ObjectRow {
    #[cfg_attr(test, schemars(with = "crate::capacity::Kind"))]
    pub kind: &'static str,
    /// Path of a file as its processes name it, or name of a memfd; null for sysv and anon. Bytes that are not UTF-8 are
    /// replaced.
    pub name: Option<String>,
    /// Whether no path leads to it; of System V: whether it was removed and goes with its last process.
    pub unlinked: bool,
    /// Memory and swap that it takes: blocks of a file, rss and swap of a segment.
    pub held_bytes: Option<Bytes>,
    /// How certain `held_bytes` is.
    pub certainty: Certainty,
    /// Its size, including pages that were never touched.
    pub size_bytes: Option<Bytes>,
    pub inode: u64,
    /// The user that owns it.
    pub owner_uid: Option<u32>,
    /// Octal mode, such as 0600; null where it is not known.
    pub mode: Option<String>,
    /// Only of System V.
    #[serde(flatten)]
    pub segment: Option<SegmentRow>,
    /// Who holds it.
    pub held_by: HeldBy,
    /// Processes that have it mapped or open.
    pub holders: Vec<HolderRow>,
    /// Cgroups of the holders. The one that touched a page first is charged, and the kernel does not tell which.
    pub cgroups: BTreeSet<String>,
    /// A command that removes it, from where shmeter ran; null where somebody holds it or may hold it, and where a path
    /// from here could lead to another file.
    pub remove: Option<String>,
    /// Why it is no leftover although nobody holds it: programs open it again by its name.
    pub kept: Option<Kept>,
}

/// What the kernel tells of a System V segment.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SegmentRow {
    pub shmid: i64,
    /// Hexadecimal, such as 0x00000000.
    pub key: String,
    /// How often it is attached, by the kernel's count.
    pub attached: u64,
    pub resident_bytes: Bytes,
    pub swapped_bytes: Bytes,
    /// The process that created it.
    pub creator: Person,
    /// The process that attached or detached it last.
    pub last_user: Person,
}

/// A process that may have ended. Its number may belong to another one by now.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Person {
    /// Its number; 0 where it is in no visible PID namespace.
    pub pid: u32,
    /// Its name; null where no process has that number now.
    pub name: Option<String>,
}

/// A process that holds something.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct HolderRow {
    pub pid: u32,
    pub name: String,
    /// Number of mappings; 0 where it only has it open.
    pub mappings: u64,
    /// Whether it has a descriptor of it.
    pub open: bool,
}

/// A sum over objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Total {
    /// Number of objects.
    pub objects: usize,
    /// Memory and swap that they take, as far as it is known.
    pub bytes: Bytes,
    /// Whether there may be more, because some sizes are not known exactly.
    pub at_least: bool,
}

impl Total {
    fn add(&mut self, row: &ObjectRow) {
        self.objects = self.objects.saturating_add(1);
        self.bytes = self.bytes.saturating_add(row.held_bytes.unwrap_or(Bytes::ZERO));
        self.at_least |= row.certainty != Certainty::Exact;
    }
}

/// Sums over objects.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Totals {
    pub all: Total,
    pub posix: Total,
    pub sysv: Total,
    pub memfd: Total,
    pub anon: Total,
    /// Objects that nobody holds, except those that are kept.
    pub nobody: Total,
    /// Objects that no visible process holds, where others may.
    pub unknown: Total,
    /// The files among `nobody`.
    pub nobody_posix: Total,
    /// The files among `unknown`.
    pub unknown_posix: Total,
}

/// The processes that were examined.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Processes {
    /// Number of processes that can be seen.
    pub seen: usize,
    /// Number of those that could not be examined.
    pub not_looked_into: usize,
    /// Their numbers.
    pub not_looked_into_pids: Vec<u32>,
    /// Why others may exist; null where all can be seen.
    pub hidden_by: Option<Hidden>,
}

/// Shared memory that is charged to a cgroup.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Charged {
    /// Path of the cgroup.
    pub cgroup: String,
    /// `shmem` in memory.stat.
    pub shmem_bytes: Bytes,
}

/// Objects of another /dev/shm or IPC namespace.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ElsewhereRow {
    /// Number of objects.
    pub objects: usize,
    /// The first process that holds each: inspect it with `--pid`.
    pub pids: Vec<u32>,
}

impl LsDocument {
    /// The document of what was seen.
    pub fn new(holdings: &Holdings) -> LsDocument {
        let mut objects: Vec<ObjectRow> =
            holdings.objects.iter().map(|object| rows::row(object, holdings)).collect();
        objects.sort_by(|a, b| {
            let key = |row: &ObjectRow| (row.held_bytes, row.size_bytes);
            key(b)
                .cmp(&key(a))
                .then_with(|| (a.kind, &a.name, a.inode).cmp(&(b.kind, &b.name, b.inode)))
        });
        let folder = &holdings.folder;
        LsDocument {
            schema: schema::LS,
            version: env!("CARGO_PKG_VERSION"),
            subject: Subject {
                pid: holdings.pid,
                folder: folder.asked.clone(),
                filesystem: folder.file_system.known().map(|fs| fs.name().to_owned()),
                is_shared_memory: folder.is_memory(),
                is_unread: matches!(folder.file_system, Reading::Unknown(_)),
            },
            totals: rows::totals(&objects),
            objects,
            processes: Processes {
                seen: holdings.looked.processes,
                not_looked_into: holdings.looked.refused.len(),
                not_looked_into_pids: holdings.looked.refused.clone(),
                hidden_by: holdings.looked.hidden,
            },
            charged: holdings
                .charged
                .clone()
                .map(|(cgroup, shmem_bytes)| Charged { cgroup, shmem_bytes }),
            elsewhere: ElsewhereRow {
                objects: holdings.elsewhere.objects,
                pids: holdings.elsewhere.pids.clone(),
            },
            notes: notes::notes(holdings),
        }
    }
}
