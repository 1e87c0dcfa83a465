//! Who holds shared memory: the folder, the IPC namespace, and all processes, each read once.
//! Of the running machine only: a capture does not hold the files of processes.

mod folder;
mod ipc;
mod process;
mod sizes;
mod stat;

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::hierarchy::{Memberships, MountView};
use super::path::shm_path;
use super::target::{Target, check_process, is_gone, own_pid};
use super::{Live, ProbeError, Source, levels, release};
use crate::facts::container::of_docker;
use crate::facts::holdings::{Collector, Hidden, Holdings, Looked, Object, Place, Remover, Who};
use crate::facts::maps::Backing;
use crate::facts::mountinfo::{Mount, covering, parse_mountinfo};
use crate::facts::process::parse_status;
use crate::facts::{PageSize, Reading, Release};
use crate::units::Bytes;

/// /proc/self/ns/pid of the machine's own PID namespace (PROC_PID_INIT_INO, linux/proc_ns.h).
const MACHINE_PIDS: &str = "pid:[4026531836]";

/// What to do with files of the folder that no process that is seen holds, where some cannot be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unheld {
    /// Ask the kernel whether anybody has it open. Who opens it just then waits for as long as that takes.
    Ask,
    /// Leave it at that.
    Leave,
}

/// Reads all of it.
///
/// # Errors
/// When the process does not exist, ends meanwhile or may not be looked into, when an explicit
/// folder is none, or when there is no /proc.
pub fn holdings(source: &Live, target: &Target, unheld: Unheld) -> Result<Holdings, ProbeError> {
    let process = target.pid.map_or("/proc/self".to_owned(), |pid| format!("/proc/{pid}"));
    let root = target.pid.map_or(String::new(), |_| format!("{process}/root"));
    if let Some(pid) = target.pid {
        check_process(source, pid, &source.read(&format!("{process}/status")))?;
    }
    let mounts = source.read(&format!("{process}/mountinfo")).map(|text| parse_mountinfo(&text));
    let shm = shm_path(source, target, &root, &mounts)?;
    let (folder, opened) = folder::look(source, &shm, &root);
    let device = opened.as_ref().map(|opened| opened.device);
    let remover = remover(source, target, &folder.reached);
    let whole = shm.mount.known().is_none_or(|mount| mount.point == shm.resolved);
    let place = device.map(|device| Place { device, folder: shm.resolved.clone(), whole });

    let mut collector = Collector::new(place);
    let folder = folder::walk(folder, opened.as_ref(), &mut collector);
    let ipc = ipc::segments(source, target.pid);
    let mut segments_unread = None;
    match ipc.segments {
        Reading::Known(segments) => segments.into_iter().for_each(|one| collector.segment(one)),
        Reading::Absent => {} // a kernel without them
        Reading::Unknown(why) => segments_unread = Some(why.to_string()),
    }
    let looked = look(source, ipc.namespace.as_deref(), &mut collector)?;
    sizes::ask(source, device, &mut collector);
    let (mut objects, elsewhere) = collector.finish();
    if let Some(opened) = opened.as_ref().filter(|_| unheld == Unheld::Ask && !looked.saw_all()) {
        folder::ask(source, opened, &mut objects);
    }
    if let Some(pid) = target.pid {
        if is_gone(source, pid) {
            return Err(ProbeError::Ended(pid));
        }
        keep_its_own(source, pid, &mut objects);
    }
    Ok(Holdings {
        pid: target.pid,
        folder,
        remover,
        segments_unread,
        other_ipc: ipc.other,
        who: who(source, &objects, &looked.refused),
        objects,
        looked,
        // Another one was asked for: all but that is elsewhere.
        elsewhere: if target.pid.is_some() { Default::default() } else { elsewhere },
        charged: charged(source, &process, &root, target, &mounts),
    })
}

/// Looks through all processes. `ipc` is the IPC namespace that is listed.
fn look(source: &Live, ipc: Option<&str>, collector: &mut Collector) -> Result<Looked, ProbeError> {
    let hidden = hidden(source);
    let mut looked = Looked { hidden, may_trace: may_trace(source), ..Looked::default() };
    for pid in processes(source)? {
        looked.processes = looked.processes.saturating_add(1);
        if !process::look(source, pid, ipc, collector) {
            looked.refused.push(pid);
        }
    }
    Ok(looked)
}

/// Whether this process has the right to look into those of others.
fn may_trace(source: &dyn Source) -> bool {
    let status = source.read("/proc/self/status");
    let status = status.known().and_then(|text| parse_status(text).ok());
    status.is_some_and(|status| status.traces_others())
}

fn unmounted(why: &str) -> ProbeError {
    ProbeError::Processes { why: why.to_owned(), fix: "mount it: mount -t proc proc /proc" }
}

/// The numbers of all processes, in order.
pub(super) fn processes(source: &dyn Source) -> Result<Vec<u32>, ProbeError> {
    let names = match source.list("/proc") {
        Reading::Known(names) => names,
        Reading::Absent => return Err(unmounted("no such directory")),
        Reading::Unknown(why) => {
            let fix = "run it with more privileges, or allow it in the seccomp profile";
            return Err(ProbeError::Processes { why: why.to_string(), fix });
        }
    };
    let mut pids: Vec<u32> = names.iter().filter_map(|name| name.parse().ok()).collect();
    if pids.is_empty() {
        return Err(unmounted("it lists no processes"));
    }
    pids.sort_unstable();
    Ok(pids)
}

/// Why there may be processes that /proc does not show.
pub(super) fn hidden(source: &dyn Source) -> Option<Hidden> {
    if in_the_machines_pids(source) == Some(true) {
        has_hidepid(source).then_some(Hidden::Hidepid)
    } else {
        Some(Hidden::PidNamespace)
    }
}

/// Whether this is the machine's own PID namespace; `None` where that cannot be told.
pub(super) fn in_the_machines_pids(source: &dyn Source) -> Option<bool> {
    let namespace = source.link("/proc/self/ns/pid");
    namespace.known().map(|namespace| namespace == MACHINE_PIDS)
}

/// Whether /proc is mounted so that it hides processes of others.
pub(super) fn has_hidepid(source: &dyn Source) -> bool {
    let mounts = source.read("/proc/self/mountinfo").map(|text| parse_mountinfo(&text));
    let proc = mounts.known().and_then(|mounts| covering(mounts, "/proc"));
    proc.and_then(|mount| mount.option("hidepid"))
        .is_some_and(|value| !matches!(value, "0" | "1" | "off" | "noaccess"))
}

/// From where files of the folder can be removed by their names.
fn remover(source: &Live, target: &Target, folder: &str) -> Remover {
    match target.pid {
        None if nobody_else_leads_it(source, folder) => Remover::Here,
        None => Remover::Inside,
        Some(pid) => container(source, pid).map_or(Remover::Inside, Remover::Docker),
    }
}

/// Whether nobody but root and this user can make the path lead elsewhere: none of its folders is theirs,
/// or writable for them, but where only owners may replace what is in it.
fn nobody_else_leads_it(source: &Live, folder: &str) -> bool {
    const OTHERS_WRITE: u32 = 0o022;
    const STICKY: u32 = 0o1000;
    let own = nix::unistd::geteuid().as_raw();
    let path = Path::new(folder);
    path.is_absolute()
        && path.ancestors().all(|part| {
            // What another program serves may never answer; but every path begins at the root.
            let served =
                part.parent().is_some() && part.to_str().is_none_or(|part| source.is_served(part));
            !served
                && std::fs::symlink_metadata(part).is_ok_and(|found| {
                    // The last one's own entries are what is removed.
                    let replaced = part != path && found.mode() & OTHERS_WRITE != 0;
                    found.is_dir()
                        && (found.uid() == 0 || found.uid() == own)
                        && (!replaced || found.mode() & STICKY != 0)
                })
        })
        && !path.starts_with("/proc")
}

/// The container of Docker whose paths are those of this process: all of its processes have the same
/// mounts.
fn container(source: &Live, pid: u32) -> Option<String> {
    let of = |pid: u32| of_docker(&cgroup(source, pid)?).map(str::to_owned);
    let mounts = |pid: u32| source.link(&format!("/proc/{pid}/ns/mnt")).known().cloned();
    let (id, own) = (of(pid)?, mounts(pid)?);
    let same =
        |pid: u32| of(pid).is_none_or(|other| other != id) || mounts(pid).as_ref() == Some(&own);
    processes(source).ok()?.into_iter().all(same).then_some(id)
}

/// What has neither a folder nor a namespace (memfd, anonymous memory) belongs to `pid` where a
/// process with the same mounts holds it.
fn keep_its_own(source: &Live, pid: u32, objects: &mut Vec<Object>) {
    let mounts = |pid: u32| source.link(&format!("/proc/{pid}/ns/mnt"));
    let own = mounts(pid);
    let mut known: BTreeMap<u32, bool> = BTreeMap::new();
    objects.retain(|object| {
        !matches!(object.backing, Backing::Memfd | Backing::Anon)
            || object
                .holders
                .iter()
                .any(|holder| *known.entry(holder.pid).or_insert_with(|| mounts(holder.pid) == own))
    });
}

/// Names and cgroups of those who hold something, and names of those who made it or were not looked into.
fn who(source: &Live, objects: &[Object], refused: &[u32]) -> BTreeMap<u32, Who> {
    let holders: BTreeSet<u32> =
        objects.iter().flat_map(|object| &object.holders).map(|holder| holder.pid).collect();
    let segments = objects.iter().filter_map(|object| object.segment.as_ref());
    let makers = segments.flat_map(|segment| [segment.creator, segment.last]);
    let all: BTreeSet<u32> = holders.iter().chain(refused).copied().chain(makers).collect();
    all.into_iter()
        .filter_map(|pid| {
            let name = source.read(&format!("/proc/{pid}/comm")).known()?.trim_end().to_owned();
            let cgroup = holders.contains(&pid).then(|| cgroup(source, pid)).flatten();
            Some((pid, Who { name, cgroup }))
        })
        .collect()
}

fn cgroup(source: &Live, pid: u32) -> Option<String> {
    let memberships = Memberships::of(source, &format!("/proc/{pid}"));
    memberships.with("memory").map(|membership| membership.path.to_string())
}

/// How much shared memory the cgroup is charged for, whoever holds it.
fn charged(
    source: &Live,
    process: &str,
    root: &str,
    target: &Target,
    mounts: &Reading<Vec<Mount>>,
) -> Option<(String, Bytes)> {
    let memberships = Memberships::of(source, process);
    let own = match target.pid {
        Some(_) => source.read("/proc/self/mountinfo").map(|text| parse_mountinfo(&text)),
        None => Reading::Absent,
    };
    let mut views = vec![MountView { mounts: mounts.known()?, prefix: root }];
    views.extend(own.known().map(|mounts| MountView { mounts, prefix: "" }));
    let release = release(source);
    let release = Release::parse(release.known().map_or("", String::as_str));
    let needs = levels::Needs {
        swap: false,
        release: &release,
        page: PageSize::new(source.page_size())?,
        mounts: own.known().or(mounts.known())?,
        // Only what is shared memory is asked for, and no room.
        own: false,
    };
    let pid = target.pid.unwrap_or_else(|| own_pid(source));
    let cgroup = levels::memory(source, &memberships, &views, pid, &needs);
    let level = cgroup.levels.into_iter().next()?;
    let bytes = *level.shmem.known()?;
    Some((level.path, bytes))
}
