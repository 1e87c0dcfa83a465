//! Where the files of a process's cgroup and of its ancestors lie.

use std::collections::VecDeque;

use super::Source;
use crate::facts::Reading;
use crate::facts::cgroup::{
    CgroupPath, CgroupVersion, LONGEST_PATH, Membership, parse_memberships,
};
use crate::facts::mountinfo::{Mount, covering};

/// More folders than this are not searched for a process whose cgroup has no name here.
const MOST_FOLDERS: usize = 4096;

/// More mounts of one hierarchy than this in one view are not looked at.
const MOST_MOUNTS: usize = 64;

/// One view of the mounts: how they are named, and what goes before a path to reach them.
pub(crate) struct MountView<'a> {
    pub mounts: &'a [Mount],
    /// Empty for the process that looks, `/proc/PID/root` for another one.
    pub prefix: &'a str,
}

/// The folders of one hierarchy that belong to a process, its own first.
pub(crate) struct Place {
    /// Path and folder of each level.
    pub levels: Vec<(CgroupPath, String)>,
    /// The hierarchy is the unified one.
    pub unified: bool,
    /// The highest folder is not the real root.
    pub hidden: bool,
}

impl Place {
    /// The view that shows the most levels says the most; of two, the one up to the root.
    fn rank(&self) -> (usize, bool) {
        (self.levels.len(), !self.hidden)
    }
}

/// What belongs to a process, by /proc/PID/cgroup.
pub(crate) struct Memberships {
    lines: Vec<Membership>,
    /// Why they are not known.
    pub(super) unread: Option<String>,
}

impl Memberships {
    pub(crate) fn of(source: &dyn Source, process: &str) -> Memberships {
        let path = format!("{process}/cgroup");
        let (lines, unread) = match source.read(&path) {
            Reading::Known(text) => {
                let lines = parse_memberships(&text);
                let garbage = lines.is_empty() && !text.trim().is_empty();
                (lines, garbage.then(|| format!("{path}: no line of it is understood")))
            }
            Reading::Absent => (Vec::new(), None),
            Reading::Unknown(why) => (Vec::new(), Some(format!("{path}: {why}"))),
        };
        Memberships { lines, unread }
    }

    /// Which hierarchies there are.
    pub(super) fn version(&self) -> CgroupVersion {
        let unified = self.lines.iter().any(|m| m.controllers.is_empty());
        let legacy = self.lines.iter().any(|m| !m.controllers.is_empty());
        match (legacy, unified) {
            (true, true) => CgroupVersion::Hybrid,
            (true, false) => CgroupVersion::V1,
            (false, true) => CgroupVersion::V2,
            (false, false) if self.unread.is_some() => CgroupVersion::Unknown,
            (false, false) => CgroupVersion::None,
        }
    }

    /// The hierarchy that has a controller: its own on v1, else the unified one.
    pub(crate) fn with(&self, controller: &str) -> Option<&Membership> {
        let legacy =
            self.lines.iter().find(|m| m.controllers.iter().any(|name| name == controller));
        legacy.or_else(|| self.lines.iter().find(|m| m.controllers.is_empty()))
    }
}

/// Finds the folders of the hierarchy that has `controller`. The last one of the views is the reader's own.
pub(crate) fn locate(
    source: &dyn Source,
    memberships: &Memberships,
    controller: &str,
    views: &[MountView<'_>],
    pid: u32,
) -> Option<Place> {
    let membership = memberships.with(controller)?;
    let of_view = |view: &MountView<'_>| in_view(source, membership, controller, view, pid);
    let (own, others) = views.split_last()?;
    let own = of_view(own);
    // What the reader has mounted himself nobody else has a hand in.
    if others.is_empty() || own.as_ref().is_some_and(|place| is_there(source, place)) {
        return own;
    }
    others
        .iter()
        .filter_map(of_view)
        .chain(own)
        .reduce(|best, place| if place.rank() > best.rank() { place } else { best })
}

/// Whether the process's own folder can be seen.
fn is_there(source: &dyn Source, place: &Place) -> bool {
    let leaf = place.levels.first();
    leaf.is_some_and(|(_, folder)| {
        source.read(&format!("{folder}/cgroup.procs")) != Reading::Absent
    })
}

/// Finds them in one view.
fn in_view(
    source: &dyn Source,
    membership: &Membership,
    controller: &str,
    view: &MountView<'_>,
    pid: u32,
) -> Option<Place> {
    let unified = membership.controllers.is_empty();
    let mut best: Option<Place> = None;
    let of_hierarchy = view.mounts.iter().filter(|mount| {
        if unified {
            mount.fstype == "cgroup2"
        } else {
            mount.fstype == "cgroup" && mount.has(controller)
        }
    });
    for mount in of_hierarchy.take(MOST_MOUNTS) {
        if mount.root.len() > LONGEST_PATH {
            continue;
        }
        let root = CgroupPath::parse(&mount.root);
        let Some(below) = membership.path.below(&root) else { continue };
        if covering(view.mounts, &mount.point).is_none_or(|top| top.id != mount.id) {
            continue; // something is mounted over it
        }
        let folder = format!("{}{}", view.prefix, mount.point.trim_end_matches('/'));
        if !source.verify(&folder, mount.id) {
            continue; // it is another one by now, or cannot be reached
        }
        let names = match below {
            Ok(names) => names.to_vec(),
            Err(unnamed) => match search(source, &folder, unnamed, &membership.path.names, pid) {
                Some(names) => names,
                None => continue,
            },
        };
        let leaf = names.iter().fold(mount.point.clone(), |all, name| format!("{all}/{name}"));
        if !view.prefix.is_empty() && covering(view.mounts, &leaf).is_none_or(|m| m.id != mount.id)
        {
            continue; // the process has another mount in the place of its cgroup
        }
        let hidden = !root.names.is_empty() || !is_real_root(source, &folder, unified);
        let place = Place { levels: levels(&root, &folder, &names), unified, hidden };
        if best.as_ref().is_none_or(|best| place.rank() > best.rank()) {
            best = Some(place);
        }
    }
    best
}

/// Paths and folders from the leaf up to the mounted folder.
fn levels(root: &CgroupPath, folder: &str, names: &[String]) -> Vec<(CgroupPath, String)> {
    let mut levels = vec![(root.clone(), folder.to_owned())];
    let (mut path, mut folder) = (root.clone(), folder.to_owned());
    for name in names {
        path.names.push(name.clone());
        folder.push('/');
        folder.push_str(name);
        levels.push((path.clone(), folder.clone()));
    }
    levels.reverse();
    levels
}

/// The real root lacks the files that are `CFTYPE_NOT_ON_ROOT`, or has one that is
/// `CFTYPE_ONLY_ON_ROOT` (kernel/cgroup/cgroup.c, cgroup-v1.c).
fn is_real_root(source: &dyn Source, folder: &str, unified: bool) -> bool {
    let exists = |file: &str| source.read(&format!("{folder}/{file}")) != Reading::Absent;
    if unified {
        !exists("cgroup.type") && !exists("memory.max") && exists("cgroup.controllers")
    } else {
        exists("release_agent")
    }
}

/// The names of a cgroup that lies `unnamed` levels and then `rest` below a folder, found by the
/// process in it. A process in a cgroup namespace that sees the host's mount knows no names.
fn search(
    source: &dyn Source,
    folder: &str,
    unnamed: usize,
    rest: &[String],
    pid: u32,
) -> Option<Vec<String>> {
    let mut queue = VecDeque::from([Vec::<String>::new()]);
    let mut looked = 0_usize;
    while let Some(names) = queue.pop_front() {
        let at = names.iter().fold(folder.to_owned(), |all, name| format!("{all}/{name}"));
        if names.len() == unnamed {
            let leaf = rest.iter().fold(at, |all, name| format!("{all}/{name}"));
            let members = source.read(&format!("{leaf}/cgroup.procs"));
            let members = members.known().map_or("", String::as_str);
            if members.lines().any(|line| line.trim().parse() == Ok(pid)) {
                return Some(names.into_iter().chain(rest.iter().cloned()).collect());
            }
            continue;
        }
        let Reading::Known(mut entries) = source.list(&at) else { continue };
        entries.sort();
        for entry in entries {
            // A cgroup has members, if none that can be seen; a file has no files.
            if source.read(&format!("{at}/{entry}/cgroup.procs")) == Reading::Absent {
                continue;
            }
            looked = looked.saturating_add(1);
            if looked > MOST_FOLDERS {
                return None;
            }
            queue.push_back(names.iter().cloned().chain([entry]).collect());
        }
    }
    None
}
