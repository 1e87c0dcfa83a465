//! Findings about the folder itself: what it is, whose it is, what lies in it.

use super::{Asked, Finding, RUNTIME_DEFAULT, Severity, finding};
use crate::capacity::{Capacity, Source, is_mount_point, posix};
use crate::facts::holdings::Hidden;
use crate::facts::{Facts, FileSystem, Reading};
use crate::units::{Bytes, Limit};

pub(super) fn not_shared_memory(facts: &Facts, asked: &Asked) -> Option<Finding> {
    let path = &facts.shm.asked;
    let fix = if asked.other_path {
        format!("docker run --tmpfs {path}:size=1g ...")
    } else {
        let otherwise = if facts.in_a_pod {
            ""
        } else {
            "docker run without --ipc=none ...\nor in Kubernetes, "
        };
        format!(
            "{otherwise}under spec.volumes, mounted at /dev/shm (without the medium it is the node's \
             disk):\n\
             - {{name: shm, emptyDir: {{medium: Memory, sizeLimit: 1Gi}}}}"
        )
    };
    let (severity, message) = match (&facts.shm.statfs, posix::file_system(facts)) {
        _ if !facts.shm.is_folder => {
            (Severity::Fail, format!("{path} is not a directory: shm_open fails with ENOTDIR."))
        }
        (Reading::Absent, _) => (
            Severity::Fail,
            format!("{path} does not exist: no program can make POSIX shared memory (ENOENT)."),
        ),
        (_, FileSystem::Other(name)) if name != "unknown" => (
            Severity::Fail,
            format!(
                "{path} is on {name}, not on a tmpfs: what is written there goes to a disk, is \
                 slow, and counts against the node's storage."
            ),
        ),
        (Reading::Known(_), FileSystem::Tmpfs)
            if !asked.other_path && !is_mount_point(&facts.shm) =>
        {
            let point = &facts.shm.mount.known()?.point;
            (
                Severity::Warn,
                format!(
                    "{path} is a plain directory on the tmpfs at {point}, which it shares with \
                     all that lies there."
                ),
            )
        }
        _ => return None,
    };
    finding("not-shared-memory", severity, message, Some(fix))
}

pub(super) fn read_only(facts: &Facts) -> Option<Finding> {
    let mount = facts.shm.mount.known()?;
    let memory = posix::file_system(facts) == FileSystem::Tmpfs;
    if !(mount.read_only() && memory) {
        return None;
    }
    finding(
        "read-only",
        Severity::Fail,
        format!("{} is mounted read-only: no segment can be made there.", facts.shm.asked),
        Some(if facts.in_a_pod {
            "mount it writable: readOnly: false on the volumeMount".to_owned()
        } else {
            "mount it writable: podman run without --read-only-tmpfs=false, docker run without \
             readonly or :ro at this mount\nor in Kubernetes: readOnly: false on the volumeMount"
                .to_owned()
        }),
    )
}

pub(super) fn size_not_applied(facts: &Facts, posix: &Capacity, asked: &Asked) -> Option<Finding> {
    let wanted = asked.size_limit?;
    let path = &facts.shm.asked;
    let total = posix.limit_of(Source::TmpfsSize)?;
    let page = facts.page_size.bytes();
    if total == Limit::At(Bytes(wanted.0.div_ceil(page).saturating_mul(page))) {
        return None;
    }
    let memory = posix.limit_of(Source::CgroupMemory).unwrap_or(Limit::Unlimited);
    let (reason, fix) = if total == Limit::At(RUNTIME_DEFAULT) {
        (
            "that is the runtime's default: the volume is not mounted there",
            "in the container: volumeMounts: [{name: shm, mountPath: /dev/shm}]",
        )
    } else if total < Limit::At(wanted) && total == memory {
        (
            "the memory limit is smaller than the sizeLimit, and wins",
            "raise resources.limits.memory, or lower the sizeLimit below it",
        )
    } else {
        (
            "the kubelet takes the smallest of sizeLimit, the pod's memory limit and the node's \
             allocatable memory",
            "kubectl get pod POD -o yaml, and compare the volume's sizeLimit; a running pod does \
             not take a change",
        )
    };
    finding(
        "size-not-applied",
        Severity::Fail,
        format!("a sizeLimit of {wanted} was asked for, {path} has {total}: {reason}."),
        Some(fix.to_owned()),
    )
}

pub(super) fn wrong_view(facts: &Facts) -> Option<Finding> {
    let other = facts.elsewhere.as_ref()?;
    let size = other.size_option().map_or("no size of its own".to_owned(), |s| s.to_string());
    finding(
        "wrong-view",
        Severity::Warn,
        format!(
            "this is not the {} that process 1 uses: there it is another {} ({size}). A debug \
             container sees the pod's sandbox, not the target's volume.",
            facts.shm.asked, other.fstype
        ),
        Some("shmeter inspect --pid 1".to_owned()),
    )
}

pub(super) fn inodes_low(facts: &Facts) -> Option<Finding> {
    let statfs = facts.shm.statfs.known()?;
    let low = statfs.files > 0 && statfs.ffree < (statfs.files / 100).max(16);
    if !low || posix::file_system(facts) != FileSystem::Tmpfs {
        return None;
    }
    let severity = if statfs.ffree == 0 { Severity::Fail } else { Severity::Warn };
    finding(
        "inodes-low",
        severity,
        format!(
            "{} of {} inodes are free in {}: without one, a new segment fails with \"No space \
             left on device\", however many bytes are free.",
            statfs.ffree, statfs.files, facts.shm.asked
        ),
        Some("remove files there, or mount it with a larger nr_inodes=".to_owned()),
    )
}

pub(super) fn leftover(facts: &Facts) -> Option<Finding> {
    let first = facts.leftovers.first()?;
    let bytes =
        facts.leftovers.iter().fold(Bytes::ZERO, |sum, item| sum.saturating_add(item.bytes));
    // Of segments the kernel counts who is attached.
    let files = facts.leftovers.iter().any(|leftover| !leftover.name.starts_with("shmid "));
    let (verb, others) = match facts.hidden.filter(|_| files) {
        None => ("are held by no process", ""),
        Some(Hidden::PidNamespace) => (
            "are held by no process that can be seen from here",
            " Processes outside this PID namespace are not visible: one of the host, of the same pod, \
             or of another container that shares the folder may hold them.",
        ),
        Some(Hidden::Hidepid) => (
            "are held by no process that can be seen from here",
            " /proc is mounted with hidepid: processes of other users may hold them.",
        ),
    };
    finding(
        "leftover",
        Severity::Info,
        format!("{bytes} {verb}: {}.{others}", plural(facts.leftovers.len(), &first.name)),
        Some(format!("see what they are, and how to remove what nobody needs:\n{}", ls(facts))),
    )
}

fn plural(count: usize, first: &str) -> String {
    if count == 1 { first.to_owned() } else { format!("{count} segments, {first} the largest") }
}

/// The command that lists them. What a name in /dev/shm leads to is not the same from everywhere, so
/// only that one says how to remove it.
fn ls(facts: &Facts) -> String {
    let mut command = "shmeter ls".to_owned();
    if let Some(pid) = facts.pid {
        command.push_str(&format!(" --pid {pid}"));
    }
    let path = &facts.shm.asked;
    if path != "/dev/shm" && !path.contains(char::is_control) {
        command.push_str(&format!(" --path '{}'", path.replace('\'', "'\\''")));
    }
    command
}
