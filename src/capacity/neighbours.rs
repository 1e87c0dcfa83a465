//! Whether somebody else could use the same shared memory: what a fill may take depends on it.
//! Pure: what was seen in, a judgement with its reason out. Must not know what a fill is.

use serde::Serialize;

use super::Capacity;
use super::ceiling::{Ceiling, Source};
use super::end::Method;
use super::predict::tightest;
use crate::facts::others::{Others, Process, Users};
use crate::facts::{Facts, FileSystem, Reading};
use crate::units::Limit;

/// Whether somebody else could use it, and why that is thought.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Neighbours {
    /// Nobody else, as far as a container can show that.
    Alone,
    /// Nobody was seen, but somebody may be there.
    Unknown(String),
    /// Somebody was seen.
    Shared(String),
}

/// Who else could use the same memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// Nobody.
    Alone,
    /// Nobody was seen, but somebody may be there.
    Unknown,
    /// A process that was seen.
    Shared,
}

impl Neighbours {
    /// In a word.
    #[must_use]
    pub(crate) const fn word(&self) -> Word {
        match self {
            Neighbours::Alone => Word::Alone,
            Neighbours::Unknown(_) => Word::Unknown,
            Neighbours::Shared(_) => Word::Shared,
        }
    }

    /// Why it is not known to be alone.
    #[must_use]
    pub(crate) fn why(&self) -> Option<&str> {
        match self {
            Neighbours::Alone => None,
            Neighbours::Unknown(why) | Neighbours::Shared(why) => Some(why),
        }
    }
}

/// What a ceiling is shared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The file system of the folder.
    Tmpfs,
    /// System V segments of one IPC namespace.
    Ipc,
    /// The memory of a level of the cgroup hierarchy, by its place in the facts.
    Level(usize),
    /// The memory of a cgroup that cannot be seen.
    HiddenLevel,
    /// The memory of the machine.
    Machine,
    /// A limit of one process or one segment.
    Own,
}

/// What shares this ceiling.
#[must_use]
pub(crate) fn resource_of(facts: &Facts, ceiling: &Ceiling) -> Resource {
    match ceiling.source {
        Source::TmpfsSize | Source::TmpfsInodes | Source::TmpfsQuota => Resource::Tmpfs,
        Source::Shmall | Source::Shmmni => Resource::Ipc,
        Source::CgroupMemory | Source::CgroupHigh => {
            let of = |folder: &str| {
                let file = ceiling.origin.strip_prefix(folder)?.strip_prefix('/')?;
                // The tightest limit above, which memory.stat of v1 tells: whose it is it does not.
                (!file.contains('/') && !file.starts_with("memory.stat")).then_some(())
            };
            let levels = &facts.cgroup.levels;
            let level = levels.iter().position(|level| of(&level.folder).is_some());
            level.map_or(Resource::HiddenLevel, Resource::Level)
        }
        Source::HostMemory | Source::CommitLimit | Source::HugetlbPool | Source::HugetlbCgroup => {
            Resource::Machine
        }
        Source::Shmmax
        | Source::RlimitFsize
        | Source::RlimitAs
        | Source::Permission
        | Source::Refused => Resource::Own,
    }
}

/// Who else could use what a ceiling bounds.
#[must_use]
pub(crate) fn neighbours_of(facts: &Facts, others: &Others, resource: Resource) -> Neighbours {
    match resource {
        Resource::Own => Neighbours::Alone,
        Resource::Tmpfs => of_tmpfs(facts, others),
        Resource::Ipc => of_ipc(facts, others),
        Resource::Level(at) => {
            let place = facts.cgroup.levels.get(at).map_or("", |level| &level.path);
            match others.levels.get(at) {
                Some(users) => {
                    seen(users, ("is", "are"), &format!("charged to the same cgroup, {place}"))
                        .unwrap_or_else(|| common(others))
                }
                None => Neighbours::Unknown(format!(
                    "it is not known what else is charged to \
                    {place}"
                )),
            }
        }
        Resource::HiddenLevel => Neighbours::Unknown(
            "it is not visible what else is charged to the parent cgroup".to_owned(),
        ),
        Resource::Machine => {
            Neighbours::Shared("every process shares the memory of the machine".to_owned())
        }
    }
}

/// The ceiling of a cgroup that leaves least, whether it can be seen or not.
#[must_use]
pub(crate) fn tightest_of_cgroups<'a>(
    facts: &Facts,
    capacity: &'a Capacity,
) -> Option<&'a Ceiling> {
    let of_cgroup = |ceiling: &Ceiling| {
        matches!(resource_of(facts, ceiling), Resource::Level(_) | Resource::HiddenLevel)
            && ceiling.room != Limit::Unlimited
    };
    tightest(&capacity.ceilings, Method::Touch, 1, of_cgroup).map(|(ceiling, _)| ceiling)
}

/// What a process takes of in any case: the file system of its files, and the cgroup that leaves least.
#[must_use]
pub(crate) fn nearest(
    facts: &Facts,
    others: &Others,
    capacity: &Capacity,
) -> Vec<(Resource, Neighbours)> {
    let tmpfs = capacity.ceilings.iter().map(|ceiling| resource_of(facts, ceiling));
    let tmpfs = tmpfs.filter(|resource| *resource == Resource::Tmpfs).take(1);
    let cgroup = tightest_of_cgroups(facts, capacity).map(|one| resource_of(facts, one));
    tmpfs.chain(cgroup).map(|one| (one, neighbours_of(facts, others, one))).collect()
}

/// Somebody who was seen, or that nothing could be seen.
fn seen(users: &Users, (is, are): (&str, &str), what: &str) -> Option<Neighbours> {
    match users {
        Users::Unknown(why) => Some(Neighbours::Unknown(why.clone())),
        Users::Seen(processes) => {
            let (first, more) = processes.split_first()?;
            let who = named(first);
            Some(Neighbours::Shared(match more.len() {
                0 => format!("{who} {is} {what}"),
                1 => format!("{who} and another process {are} {what}"),
                n => format!("{who} and {n} other processes {are} {what}"),
            }))
        }
    }
}

fn named(process: &Process) -> String {
    match process.pid {
        0 => "a process of another PID namespace".to_owned(),
        pid => format!("{} (pid {pid})", process.name),
    }
}

/// What keeps everything from being known: processes that are not shown, and pods.
fn common(others: &Others) -> Neighbours {
    if others.in_a_pod {
        Neighbours::Unknown("other containers of the pod are not visible from here".to_owned())
    } else if let Some(why) = &others.hidden {
        Neighbours::Unknown(why.clone())
    } else {
        Neighbours::Alone
    }
}

fn of_tmpfs(facts: &Facts, others: &Others) -> Neighbours {
    let folder = &facts.shm.asked;
    if let Some(found) = seen(&others.tmpfs, ("may", "may"), &format!("use {folder} too")) {
        return found;
    }
    let common = common(others);
    if common != Neighbours::Alone {
        return common;
    }
    let unknown = |why: String| Neighbours::Unknown(why);
    if others.machine_ipc != Some(false) {
        return unknown("the IPC namespace is that of the machine".to_owned());
    }
    // A mount of the container's own is called so by every runtime, which allows it no programs and no
    // devices; volumes and binds are neither.
    let own = facts.shm.mount.known().is_some_and(|mount| {
        let has = |flag: &str| mount.options.split(',').any(|option| option == flag);
        ["nosuid", "nodev", "noexec"].into_iter().all(has)
            && FileSystem::of(None, Some(&mount.fstype)) == FileSystem::Tmpfs
            && mount.source == "shm"
            && mount.root == "/"
            && mount.point == facts.shm.resolved
    });
    if !own {
        return unknown(format!("{folder} may be a volume that others have mounted too"));
    }
    let Reading::Known(statfs) = &facts.shm.statfs else {
        return unknown(format!("statfs of {folder} is not known"));
    };
    let used = statfs.used();
    if used.0 > 0 || others.names.is_none_or(|names| names > 0) {
        return unknown(format!("{folder} already has {used} in use"));
    }
    Neighbours::Alone
}

fn of_ipc(facts: &Facts, others: &Others) -> Neighbours {
    if let Some(found) = seen(&others.ipc, ("may", "may"), "use the same IPC namespace") {
        return found;
    }
    let common = common(others);
    if common != Neighbours::Alone {
        return common;
    }
    if others.machine_ipc != Some(false) {
        return Neighbours::Unknown("the IPC namespace is that of the machine".to_owned());
    }
    match facts.ipc.segments.known().map(Vec::len) {
        Some(0) => Neighbours::Alone,
        Some(n) => Neighbours::Unknown(format!("{n} System V segments exist already")),
        None => Neighbours::Unknown("System V segments cannot be listed".to_owned()),
    }
}
