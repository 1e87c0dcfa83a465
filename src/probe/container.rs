//! A container's first process, found from outside by the container's ID.

use nix::sched::{CloneFlags, setns};

use super::holdings::{hidden, processes};
use super::{Live, ProbeError, Source};
use crate::facts::Reading;
use crate::facts::container::{ContainerId, Member, NoInit, choose_init, parse_family};
use crate::facts::holdings::Hidden;
use crate::facts::process::parse_stat;

/// The process that stands for a container: its mounts, its cgroup.
///
/// # Errors
/// When no process of it is seen, or more than one container has these digits.
pub(crate) fn find_container(source: &Live, id: &ContainerId) -> Result<u32, ProbeError> {
    let pids = processes(source)?;
    let seen = pids.len();
    let members = pids.into_iter().filter_map(|pid| member(source, pid, id)).collect();
    choose_init(members).map_err(|why| match why {
        NoInit::Several(containers) => ProbeError::Containers { id: id.to_string(), containers },
        NoInit::Nobody => ProbeError::NoContainer {
            id: id.to_string(),
            seen,
            why: match hidden(source) {
                Some(Hidden::PidNamespace) => {
                    "this PID namespace hides processes of other containers: use hostPID: true in \
                     a pod, or docker run --pid=host"
                }
                Some(Hidden::Hidepid) => {
                    "/proc is mounted with hidepid, which hides processes of other users: run it \
                     as root with CAP_SYS_PTRACE"
                }
                None => "it has ended, or runs on another machine; for a pod, --pid with the process of its \
                         pause container shows the pod's limits",
            },
        },
    })
}

/// Whether a process is of that container: it may have ended, and its number be another one's.
#[must_use]
pub(crate) fn is_of_container(source: &Live, pid: u32, id: &ContainerId) -> bool {
    member(source, pid, id).is_some()
}

fn member(source: &Live, pid: u32, id: &ContainerId) -> Option<Member> {
    let file = |name: &str| source.read(&format!("/proc/{pid}/{name}"));
    let found = id.find(file("cgroup").known()?)?;
    let (parent, numbers) = parse_family(file("status").known()?);
    let stat = file("stat").parse(parse_stat);
    let started = stat.known().and_then(|stat| stat.started).unwrap_or(u64::MAX);
    Some(Member { pid, found, parent, numbers, started })
}

/// Goes into the IPC namespace of a process, because /proc shows that of whoever reads it. Where it
/// may not (CAP_SYS_ADMIN), what is read later says so. Whether it is in another one now than it was started in.
pub(crate) fn enter_ipc(source: &Live, pid: u32) -> bool {
    let other = format!("/proc/{pid}/ns/ipc");
    if let (Reading::Known(own), Reading::Known(target)) =
        (source.link("/proc/self/ns/ipc"), source.link(&other))
        && own != target
        && let Ok(namespace) = std::fs::File::open(other)
    {
        return setns(namespace, CloneFlags::CLONE_NEWIPC).is_ok();
    }
    false
}
