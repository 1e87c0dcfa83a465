//! The document of `shmeter ls`: what there is, who holds it, and how to remove what nobody does.
//! Pure.

pub mod text;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::facts::Reading;
use crate::facts::holdings::{Held, HeldBy, Hidden, Holdings, Object, Who};
use crate::facts::maps::Backing;
use crate::units::Bytes;

/// The whole document (docs/contract.md).
#[derive(Clone, Debug, Serialize)]
pub struct LsDocument {
    /// `shmeter.ls/1`.
    pub schema: &'static str,
    /// Of this program.
    pub version: &'static str,
    /// What was looked at.
    pub subject: Subject,
    /// Every object, the largest first.
    pub objects: Vec<ObjectRow>,
    /// All of them together.
    pub totals: Totals,
    /// The processes that were looked through.
    pub processes: Processes,
    /// What the own cgroup is charged for.
    pub charged: Option<Charged>,
    /// What belongs elsewhere.
    pub elsewhere: ElsewhereRow,
    /// What could not be seen, in words.
    pub notes: Vec<String>,
}

/// What was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Subject {
    /// Another process, or none.
    pub pid: Option<u32>,
    /// The folder, as it was asked for.
    pub folder: String,
    /// Its file system; null where there is no such folder.
    pub filesystem: Option<String>,
    /// Files there are shared memory.
    pub is_shared_memory: bool,
}

/// How well `held_bytes` is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// As the kernel counts it.
    Exact,
    /// What one process sees of it.
    AtLeast,
    /// Not at all.
    Unknown,
}

/// A piece of shared memory.
#[derive(Clone, Debug, Serialize)]
pub struct ObjectRow {
    /// Which kind.
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
    /// Its inode.
    pub inode: u64,
    /// User who owns it.
    pub owner_uid: Option<u32>,
    /// Only of System V.
    #[serde(flatten)]
    pub segment: Option<SegmentRow>,
    /// Whether anybody holds it.
    pub held_by: HeldBy,
    /// Who holds it.
    pub holders: Vec<HolderRow>,
    /// The cgroups of the holders: one of them is charged, if it was they who touched it.
    pub cgroups: BTreeSet<String>,
    /// A command that removes it, where nobody holds it.
    pub remove: Option<String>,
}

/// What System V tells of a segment.
#[derive(Clone, Debug, Serialize)]
pub struct SegmentRow {
    /// shmid.
    pub shmid: i64,
    /// As hexadecimal number.
    pub key: String,
    /// How often it is attached, by the kernel's count.
    pub attached: u64,
    /// Bytes in memory.
    pub resident_bytes: Bytes,
    /// Bytes in swap.
    pub swapped_bytes: Bytes,
    /// Who made it.
    pub creator: Person,
    /// Who attached or detached it last.
    pub last_user: Person,
}

/// A process that may have ended; its number may be another's by now.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// Its number; 0 where it is in no PID namespace that can be seen.
    pub pid: u32,
    /// Its name, if a process has that number now.
    pub name: Option<String>,
}

/// A process that holds something.
#[derive(Clone, Debug, Serialize)]
pub struct HolderRow {
    /// Its number.
    pub pid: u32,
    /// Its name.
    pub name: String,
    /// How many mappings it has of it.
    pub mappings: u64,
    /// It has a descriptor of it.
    pub open: bool,
}

/// Objects and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Total {
    /// How many.
    pub objects: usize,
    /// What they take, as far as it is known.
    pub bytes: Bytes,
}

impl Total {
    fn add(&mut self, row: &ObjectRow) {
        self.objects = self.objects.saturating_add(1);
        self.bytes = self.bytes.plus(row.held_bytes.unwrap_or(Bytes::ZERO));
    }
}

/// All objects together.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Totals {
    /// All of them.
    pub all: Total,
    /// Files.
    pub posix: Total,
    /// System V segments.
    pub sysv: Total,
    /// Memfds.
    pub memfd: Total,
    /// Anonymous mappings.
    pub anon: Total,
    /// What no process holds.
    pub nobody: Total,
    /// What none of those processes holds that could be looked into.
    pub unknown: Total,
    /// Files that no process holds.
    pub nobody_posix: Total,
    /// Files that none of those processes holds that could be looked into.
    pub unknown_posix: Total,
    /// Some sizes are not known exactly: there may be more.
    pub at_least: bool,
}

/// The processes that were looked through.
#[derive(Clone, Debug, Serialize)]
pub struct Processes {
    /// How many there are.
    pub seen: usize,
    /// How many could not be looked into.
    pub not_looked_into: usize,
    /// Which.
    pub not_looked_into_pids: Vec<u32>,
    /// Why others may be there.
    pub hidden_by: Option<Hidden>,
}

/// What a cgroup is charged for.
#[derive(Clone, Debug, Serialize)]
pub struct Charged {
    /// Its path.
    pub cgroup: String,
    /// memory.stat: shmem.
    pub shmem_bytes: Bytes,
}

/// What belongs to another /dev/shm or IPC namespace.
#[derive(Clone, Debug, Serialize)]
pub struct ElsewhereRow {
    /// How many objects.
    pub objects: usize,
    /// Processes that hold them.
    pub pids: Vec<u32>,
}

impl LsDocument {
    /// The document of what was seen.
    #[must_use]
    pub fn new(holdings: &Holdings) -> LsDocument {
        let mut objects: Vec<ObjectRow> =
            holdings.objects.iter().map(|object| row(object, holdings)).collect();
        objects.sort_by(|a, b| {
            let key = |row: &ObjectRow| (row.held_bytes, row.size_bytes);
            key(b)
                .cmp(&key(a))
                .then_with(|| (a.kind, &a.name, a.inode).cmp(&(b.kind, &b.name, b.inode)))
        });
        let folder = &holdings.folder;
        LsDocument {
            schema: "shmeter.ls/1",
            version: env!("CARGO_PKG_VERSION"),
            subject: Subject {
                pid: holdings.pid,
                folder: folder.asked.clone(),
                filesystem: folder.file_system.known().map(|fs| fs.name().to_owned()),
                is_shared_memory: folder.is_memory(),
            },
            totals: totals(&objects),
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
            notes: notes(holdings),
        }
    }
}

fn row(object: &Object, holdings: &Holdings) -> ObjectRow {
    let held_by = object.held_by(holdings.looked.refused.is_empty());
    let name_of = |pid: u32| holdings.who.get(&pid).map(|who| who.name.clone());
    let person = |pid: u32| Person { pid, name: name_of(pid) };
    let cgroup = |pid: &u32| holdings.who.get(pid).and_then(|who: &Who| who.cgroup.clone());
    ObjectRow {
        kind: object.backing.word(),
        name: path(object, holdings),
        unlinked: object.unlinked,
        held_bytes: object.held.bytes(),
        certainty: match object.held {
            Held::Exact(_) => Certainty::Exact,
            Held::AtLeast(_) => Certainty::AtLeast,
            Held::Unknown => Certainty::Unknown,
        },
        size_bytes: object.size,
        inode: object.file.inode,
        owner_uid: object.owner,
        segment: object.segment.as_ref().map(|segment| SegmentRow {
            shmid: segment.id,
            key: format!("0x{:08x}", segment.key),
            attached: segment.attached,
            resident_bytes: segment.resident,
            swapped_bytes: segment.swapped,
            creator: person(segment.creator),
            last_user: person(segment.last),
        }),
        held_by,
        holders: object
            .holders
            .iter()
            .map(|holder| HolderRow {
                pid: holder.pid,
                // It ended after it was looked at.
                name: name_of(holder.pid).unwrap_or_default(),
                mappings: holder.mappings,
                open: holder.open,
            })
            .collect(),
        cgroups: object.holders.iter().map(|h| h.pid).filter_map(|pid| cgroup(&pid)).collect(),
        remove: (held_by == HeldBy::Nobody).then(|| removal(object, holdings)).flatten(),
    }
}

/// The path as its processes name it; the name of a memfd.
fn path(object: &Object, holdings: &Holdings) -> Option<String> {
    match object.backing {
        Backing::Posix if object.name.starts_with('/') => Some(object.name.clone()),
        Backing::Posix => {
            Some(format!("{}/{}", holdings.folder.asked.trim_end_matches('/'), object.name))
        }
        Backing::Memfd => Some(object.name.clone()),
        Backing::Sysv | Backing::Anon => None,
    }
}

/// Columns of a line that a command has for itself.
const COMMAND: usize = 66;

/// What removes it. /dev/shm is anybody's to write: a name that a shell or a terminal could take for
/// something else is not repeated.
fn removal(object: &Object, holdings: &Holdings) -> Option<String> {
    if let Some(segment) = &object.segment {
        let enter = match holdings.pid {
            Some(pid) if holdings.other_ipc => format!("nsenter -t {pid} -i "),
            _ => String::new(),
        };
        return Some(format!("{enter}ipcrm -m {}", segment.id));
    }
    if object.backing != Backing::Posix || object.unlinked {
        return None;
    }
    let usual = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,=".contains(c);
    let folder = holdings.folder.reached.trim_end_matches('/');
    let file = format!("{folder}/{}", object.name);
    if !object.lossy && file.len().saturating_add(3) <= COMMAND && file.chars().all(usual) {
        return Some(format!("rm {file}"));
    }
    let quoted = folder.replace('\'', "'\\''");
    let folder = if folder.chars().all(usual) { folder } else { &format!("'{quoted}'") };
    Some(format!("find {folder} -xdev -inum {} -delete", object.file.inode))
}

fn totals(rows: &[ObjectRow]) -> Totals {
    let mut totals = Totals::default();
    for row in rows {
        let posix = row.kind == Backing::Posix.word();
        totals.all.add(row);
        match row.kind {
            "posix" => totals.posix.add(row),
            "sysv" => totals.sysv.add(row),
            "memfd" => totals.memfd.add(row),
            _ => totals.anon.add(row),
        }
        let sums = match row.held_by {
            HeldBy::Nobody => Some((&mut totals.nobody, &mut totals.nobody_posix)),
            HeldBy::Unknown => Some((&mut totals.unknown, &mut totals.unknown_posix)),
            HeldBy::Processes | HeldBy::Unseen => None,
        };
        if let Some((all, files)) = sums {
            all.add(row);
            if posix {
                files.add(row);
            }
        }
        totals.at_least |= row.certainty != Certainty::Exact;
    }
    totals
}

/// What could not be seen.
fn notes(holdings: &Holdings) -> Vec<String> {
    let mut notes = Vec::new();
    let folder = &holdings.folder;
    let asked = &folder.asked;
    match &folder.file_system {
        Reading::Absent => notes.push(format!("there is no folder {asked} here")),
        Reading::Unknown(why) => notes.push(format!("{asked} could not be looked at: {why}")),
        Reading::Known(_) if folder.is_memory() => {}
        Reading::Known(other) => notes.push(format!(
            "{asked} is no shared memory here but on {}: its files are not listed",
            other.name()
        )),
    }
    if folder.refused > 0 {
        notes.push(format!(
            "{} could not be read: files there are only seen if a process holds them",
            count(folder.refused, "entry", "entries", &format!(" below {asked}"))
        ));
    }
    if folder.cut {
        notes.push(format!("{asked} holds more files than are looked at"));
    }
    if let Some(why) = &holdings.segments_unread {
        notes.push(format!("System V segments could not be listed: {why}"));
    }
    let refused = holdings.looked.refused.len();
    if refused > 0 {
        notes.push(format!(
            "{refused} of {} processes could not be looked into: they belong to other users or have \
             more rights. What they hold unlinked is missing, and what is held by \"?\" they may \
             hold. Root with CAP_SYS_PTRACE sees all",
            holdings.looked.processes
        ));
    }
    notes.extend(unseen(holdings));
    notes
}

/// What another container may hold.
fn unseen(holdings: &Holdings) -> Vec<String> {
    let mut notes = Vec::new();
    let nobody = |object: &Object| object.held_by(true) == HeldBy::Nobody;
    let files = holdings.objects.iter().filter(|o| o.segment.is_none()).any(nobody);
    match holdings.looked.hidden {
        Some(Hidden::PidNamespace) if files => notes.push(
            "nobody: no process of this PID namespace; another container that shares the folder \
             could hold a file"
                .to_owned(),
        ),
        Some(Hidden::Hidepid) => notes.push(
            "/proc is mounted with hidepid: processes of other users may be there that it does not \
             show"
                .to_owned(),
        ),
        _ => {}
    }
    let elsewhere = &holdings.elsewhere;
    if let Some(pid) = elsewhere.pids.first() {
        let what = count(elsewhere.objects, "object", "objects", "");
        notes.push(format!(
            "{what} more belong to another /dev/shm or IPC namespace: shmeter ls --pid {pid}"
        ));
    }
    notes
}

fn count(n: usize, one: &str, many: &str, behind: &str) -> String {
    format!("{n} {}{behind}", if n == 1 { one } else { many })
}
