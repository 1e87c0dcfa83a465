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

/// The whole document (docs/contract.md).
#[derive(Clone, Debug, Serialize)]
pub struct LsDocument {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    /// What was looked at.
    pub(crate) subject: Subject,
    /// Every object, the largest first.
    pub(crate) objects: Vec<ObjectRow>,
    pub(crate) totals: Totals,
    /// The processes that were looked through.
    pub(crate) processes: Processes,
    /// What the own cgroup is charged for.
    pub(crate) charged: Option<Charged>,
    /// What belongs elsewhere.
    pub(crate) elsewhere: ElsewhereRow,
    /// What could not be seen, in words.
    pub(crate) notes: Vec<String>,
}

/// What was looked at.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Subject {
    /// Another process, or none.
    pub pid: Option<u32>,
    /// The folder, as it was asked for.
    pub folder: String,
    /// Its file system; null where there is no such folder.
    pub filesystem: Option<String>,
    /// Files there are shared memory.
    pub is_shared_memory: bool,
    /// It could not be asked; a note says why.
    #[serde(skip)]
    pub is_unread: bool,
}

/// How well `held_bytes` is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Certainty {
    /// As the kernel counts it.
    Exact,
    /// What one process sees of it.
    AtLeast,
    /// Not at all.
    Unknown,
}

/// A piece of shared memory.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ObjectRow {
    pub kind: &'static str,
    /// Path of a file, name of a memfd.
    pub name: Option<String>,
    /// No path leads to it, or for System V: it was removed and goes with its last process.
    pub unlinked: bool,
    /// What it takes.
    pub held_bytes: Option<Bytes>,
    /// How well that is known.
    pub certainty: Certainty,
    /// Its size, untouched pages too.
    pub size_bytes: Option<Bytes>,
    pub inode: u64,
    /// User who owns it.
    pub owner_uid: Option<u32>,
    /// Who may read and write it, as an octal number.
    pub mode: Option<String>,
    /// Only of System V.
    #[serde(flatten)]
    pub segment: Option<SegmentRow>,
    /// Whether anybody holds it.
    pub held_by: HeldBy,
    pub holders: Vec<HolderRow>,
    /// The cgroups of the holders: one of them is charged, if it was they who touched it.
    pub cgroups: BTreeSet<String>,
    /// A command that removes it, where nobody holds it.
    pub remove: Option<String>,
    /// Why it is no leftover although nobody holds it: programs find it again by its name.
    pub kept: Option<Kept>,
}

/// What System V tells of a segment.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SegmentRow {
    pub shmid: i64,
    /// As hexadecimal number.
    pub key: String,
    /// How often it is attached, by the kernel's count.
    pub attached: u64,
    pub resident_bytes: Bytes,
    pub swapped_bytes: Bytes,
    pub creator: Person,
    pub last_user: Person,
}

/// A process that may have ended; its number may be another's by now.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Person {
    /// Its number; 0 where it is in no PID namespace that can be seen.
    pub pid: u32,
    /// Its name, if a process has that number now.
    pub name: Option<String>,
}

/// A process that holds something.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct HolderRow {
    pub pid: u32,
    pub name: String,
    /// How many mappings it has of it.
    pub mappings: u64,
    /// It has a descriptor of it.
    pub open: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Total {
    pub objects: usize,
    /// What they take, as far as it is known.
    pub bytes: Bytes,
    /// Some sizes are not known exactly: there may be more.
    pub at_least: bool,
}

impl Total {
    fn add(&mut self, row: &ObjectRow) {
        self.objects = self.objects.saturating_add(1);
        self.bytes = self.bytes.saturating_add(row.held_bytes.unwrap_or(Bytes::ZERO));
        self.at_least |= row.certainty != Certainty::Exact;
    }
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Totals {
    pub all: Total,
    pub posix: Total,
    pub sysv: Total,
    pub memfd: Total,
    pub anon: Total,
    /// What no process holds, but for what is kept.
    pub nobody: Total,
    /// What no process holds that was seen and could be looked into, while there may be others.
    pub unknown: Total,
    /// Files that no process holds.
    pub nobody_posix: Total,
    /// Of that files.
    pub unknown_posix: Total,
}

/// The processes that were looked through.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Processes {
    pub seen: usize,
    pub not_looked_into: usize,
    pub not_looked_into_pids: Vec<u32>,
    /// Why others may be there.
    pub hidden_by: Option<Hidden>,
}

/// What a cgroup is charged for.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Charged {
    pub cgroup: String,
    /// memory.stat: shmem.
    pub shmem_bytes: Bytes,
}

/// What belongs to another /dev/shm or IPC namespace.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ElsewhereRow {
    pub objects: usize,
    /// Processes that hold them.
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
