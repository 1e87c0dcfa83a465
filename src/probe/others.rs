//! Who else could use the same shared memory: the processes beside the one that looks.

use std::collections::{BTreeMap, BTreeSet};

use nix::errno::Errno;

use super::Source;
use super::holdings::{has_hidepid, in_the_machines_pids, processes};
use super::marks::MACHINE_IPC;
use super::target::own_pid;
use crate::facts::mountinfo::parse_mountinfo;
use crate::facts::others::{Others, Process, Users, starts_others};
use crate::facts::process::parse_stat;
use crate::facts::{Facts, Reading, Why};

/// More folders of a cgroup than this are not looked through.
const MOST_FOLDERS: usize = 4096;

/// The parent of all threads of the kernel, in the machine's own PID namespace.
const KTHREADD: u32 = 2;

/// Each process with its name and its parent.
type Processes = BTreeMap<u32, (String, u32)>;

/// Looks at who is beside the process that looks, as it is now.
#[must_use]
pub fn others(source: &dyn Source, facts: &Facts) -> Others {
    let pids = match processes(source) {
        Ok(pids) => pids,
        Err(error) => return Others::unseen(&error.to_string()),
    };
    let processes: Processes = pids
        .into_iter()
        .filter_map(|pid| {
            let stat = source.read(&format!("/proc/{pid}/stat"));
            let stat = stat.parse(parse_stat);
            let stat = stat.known()?;
            Some((pid, (stat.name.clone(), stat.parent)))
        })
        .collect();
    let kin = kin(&processes, own_pid(source));
    let machine = in_the_machines_pids(source) == Some(true);
    let of_kernel = |pid: u32, parent: u32| machine && (pid == KTHREADD || parent == KTHREADD);
    let strangers: Vec<Process> = processes
        .iter()
        .filter(|(pid, (_, parent))| !kin.contains(pid) && !of_kernel(**pid, *parent))
        .map(|(pid, (name, _))| Process { pid: *pid, name: name.clone() })
        .collect();
    let ipc = source.link("/proc/self/ns/ipc").known().cloned();
    Others {
        hidden: hidden(source),
        in_a_pod: facts.in_a_pod || has_marks_of_a_pod(source),
        machine_ipc: ipc.as_deref().map(|ipc| ipc == MACHINE_IPC),
        tmpfs: on_the_tmpfs(source, facts, &strangers),
        names: source.list(&facts.shm.asked).known().map(Vec::len),
        ipc: in_the_namespace(source, ipc.as_deref(), &strangers),
        levels: (0..)
            .zip(&facts.cgroup.levels)
            .map(|(above, level)| match charged(source, &level.folder, &kin, &processes) {
                Users::Seen(seen)
                    if seen.is_empty() && above > 0 && lists_too_few(facts, machine) =>
                {
                    Users::Unknown(
                        "cgroup v1 does not list processes of other PID namespaces".to_owned(),
                    )
                }
                users => users,
            })
            .collect(),
    }
}

/// Whether cgroup.procs may leave processes out: that of v1 has only those of the reader's PID namespace
/// (kernel/cgroup/cgroup-v1.c, `pidlist_array_load`). A container's own cgroup holds no others.
const fn lists_too_few(facts: &Facts, machine: bool) -> bool {
    !facts.cgroup.unified && !machine
}

/// The process that looks, its descendants, and those of its ancestors that only start others.
fn kin(processes: &Processes, own: u32) -> BTreeSet<u32> {
    let mut kin = BTreeSet::from([own]);
    let parent = |pid: u32| processes.get(&pid).map(|(_, parent)| *parent);
    let mut above = parent(own);
    while let Some((pid, (name, next))) = above.and_then(|pid| processes.get_key_value(&pid)) {
        if !starts_others(name) || !kin.insert(*pid) {
            break;
        }
        above = Some(*next);
    }
    for pid in processes.keys() {
        let mut line = vec![*pid];
        while let Some(next) = line.last().and_then(|pid| parent(*pid)) {
            if next == own {
                kin.extend(line);
                break;
            }
            if line.contains(&next) {
                break; // a number that was used again meanwhile
            }
            line.push(next);
        }
    }
    kin
}

/// Why processes may exist that this one cannot see.
fn hidden(source: &dyn Source) -> Option<String> {
    match in_the_machines_pids(source) {
        Some(false) if has_hidepid(source) => Some("/proc is mounted with hidepid".to_owned()),
        Some(false) => None,
        Some(true) => Some("this is the PID namespace of the whole machine".to_owned()),
        None => Some("the PID namespace cannot be read (/proc/self/ns/pid)".to_owned()),
    }
}

/// What a kubelet leaves in every container: variables, and cgroups by its name.
fn has_marks_of_a_pod(source: &dyn Source) -> bool {
    let holds =
        |path: &str, mark: &str| source.read(path).known().is_some_and(|text| text.contains(mark));
    holds("/proc/self/environ", "KUBERNETES_SERVICE_HOST=")
        || holds("/proc/self/cgroup", "kubepods")
        || holds("/proc/self/mountinfo", "/kubelet/pods/")
        || holds("/proc/self/mountinfo", " /run/secrets/kubernetes.io/")
        || holds("/proc/self/mountinfo", " /var/run/secrets/kubernetes.io/")
}

/// Those who have the file system mounted, and those who may not be asked.
fn on_the_tmpfs(source: &dyn Source, facts: &Facts, strangers: &[Process]) -> Users {
    let Reading::Known(mount) = &facts.shm.mount else {
        return Users::Unknown(format!("the mount of {} is not known", facts.shm.asked));
    };
    Users::Seen(some(strangers, |process| {
        match source.read(&format!("/proc/{}/mountinfo", process.pid)) {
            Reading::Known(text) => {
                parse_mountinfo(&text).iter().any(|other| other.device == mount.device)
            }
            Reading::Absent => false, // it ended
            Reading::Unknown(Why::Errno(Errno::ESRCH | Errno::EINVAL)) => false,
            Reading::Unknown(_) => true,
        }
    }))
}

/// Those who are in the IPC namespace, and those who may not be asked.
fn in_the_namespace(source: &dyn Source, own: Option<&str>, strangers: &[Process]) -> Users {
    let Some(own) = own else {
        return Users::Unknown("the IPC namespace cannot be read (/proc/self/ns/ipc)".to_owned());
    };
    Users::Seen(some(strangers, |process| {
        match source.link(&format!("/proc/{}/ns/ipc", process.pid)) {
            Reading::Known(theirs) => theirs == own,
            Reading::Absent => false,
            Reading::Unknown(why) => why != Why::Errno(Errno::ESRCH),
        }
    }))
}

fn some(processes: &[Process], uses: impl Fn(&Process) -> bool) -> Vec<Process> {
    processes.iter().filter(|process| uses(process)).cloned().collect()
}

/// Those who are charged to a cgroup or to one below it.
fn charged(source: &dyn Source, folder: &str, kin: &BTreeSet<u32>, processes: &Processes) -> Users {
    let mut found = BTreeSet::new();
    let mut todo = vec![folder.to_owned()];
    let mut folders = 0_usize;
    while let Some(folder) = todo.pop() {
        folders = folders.saturating_add(1);
        if folders > MOST_FOLDERS {
            return Users::Unknown(format!("more than {MOST_FOLDERS} cgroups are below {folder}"));
        }
        match source.read(&format!("{folder}/cgroup.procs")) {
            Reading::Known(text) => {
                found.extend(text.lines().filter_map(|line| line.trim().parse::<u32>().ok()));
            }
            Reading::Absent => {} // removed meanwhile, or no cgroup
            Reading::Unknown(why) => {
                return Users::Unknown(format!("{folder}/cgroup.procs: {why}"));
            }
        }
        for name in source.list(&folder).known().into_iter().flatten() {
            let below = format!("{folder}/{name}");
            // Only a cgroup has this file.
            if source.read(&format!("{below}/cgroup.procs")).known().is_some() {
                todo.push(below);
            }
        }
    }
    let process = |pid: &u32| Process {
        pid: *pid,
        // 0 is a process of another PID namespace.
        name: processes.get(pid).map_or_else(|| "a process".to_owned(), |(name, _)| name.clone()),
    };
    Users::Seen(found.iter().filter(|pid| !kin.contains(pid)).map(process).collect())
}
