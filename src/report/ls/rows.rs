//! One object as a row of the document, and the sums over rows.

use super::{Certainty, HolderRow, ObjectRow, Person, SegmentRow, Totals};
use crate::facts::holdings::{Held, HeldBy, Holder, Holdings, Kept, Object, Remover, Who};
use crate::facts::maps::Backing;
use crate::plain::{is_plain_word, shell_word};

pub(crate) fn row(object: &Object, holdings: &Holdings) -> ObjectRow {
    let held_by = object.held_by(holdings.looked.saw_all());
    let kept = kept(object);
    let person = |pid: u32| Person { pid, name: name_of(pid, holdings) };
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
        mode: object.mode.map(|mode| format!("{mode:04o}")),
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
        holders: holders(object, holdings),
        cgroups: object.holders.iter().map(|h| h.pid).filter_map(|pid| cgroup(&pid)).collect(),
        remove: (held_by == HeldBy::Nobody && kept.is_none())
            .then(|| removal(object, holdings))
            .flatten(),
        kept,
    }
}

fn name_of(pid: u32, holdings: &Holdings) -> Option<String> {
    holdings.who.get(&pid).map(|who| who.name.clone())
}

fn holders(object: &Object, holdings: &Holdings) -> Vec<HolderRow> {
    let holder = |holder: &Holder| HolderRow {
        pid: holder.pid,
        // It ended after it was looked at.
        name: name_of(holder.pid, holdings).unwrap_or_default(),
        mappings: holder.mappings,
        open: holder.open,
    };
    object.holders.iter().map(holder).collect()
}

/// What programs find again by its name.
fn kept(object: &Object) -> Option<Kept> {
    let here = object.backing == Backing::Posix && !object.unlinked;
    here.then(|| Kept::of(&object.name, object.size.unwrap_or_default())).flatten()
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

/// What removes it. /dev/shm is anybody's to write: a name that a shell or a terminal could take for
/// something else is not repeated, nor is a path through a folder below it, in whose place somebody
/// could put a link. find(1) follows none.
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
    let (before, folder) = match &holdings.remover {
        Remover::Here => (String::new(), &holdings.folder.reached),
        Remover::Docker(id) => (format!("docker exec {id} "), &holdings.folder.asked),
        Remover::Inside => return None,
    };
    let folder = folder.trim_end_matches('/');
    let file = format!("{folder}/{}", object.name);
    let plain = !object.lossy && !object.name.contains('/') && is_plain_word(&file);
    if plain {
        return Some(format!("{before}rm -- {file}"));
    }
    let folder = shell_word(folder);
    Some(format!("{before}find {folder} -xdev -inum {} -delete", object.file.inode))
}

pub(crate) fn totals(rows: &[ObjectRow]) -> Totals {
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
            HeldBy::Nobody if row.kept.is_some() => None,
            HeldBy::Nobody => Some((&mut totals.nobody, &mut totals.nobody_posix)),
            HeldBy::Unknown if row.kept.is_some() => None,
            HeldBy::Unknown => Some((&mut totals.unknown, &mut totals.unknown_posix)),
            HeldBy::Processes | HeldBy::Unseen => None,
        };
        if let Some((all, files)) = sums {
            all.add(row);
            if posix {
                files.add(row);
            }
        }
    }
    totals
}
