//! Findings about the folder itself: what it is, whose it is, what lies in it.

use super::listing::ls;
use super::{Asked, Finding, Severity, finding};
use crate::capacity::advice::{Change, Site, binary, fix};
use crate::capacity::origin::{Origin, is_default_size, origin};
use crate::capacity::sizing::usual_size;
use crate::capacity::{Capacity, Source, is_mount_point, posix};
use crate::facts::holdings::Hidden;
use crate::facts::{Facts, FileSystem, Manager, Reading};
use crate::plain::shell_word;
use crate::units::{Bytes, Limit};

pub(super) fn not_shared_memory(
    facts: &Facts,
    memory: &Capacity,
    asked: &Asked,
) -> Option<Finding> {
    let path = &facts.shm.asked;
    let hidden_by = hidden_by(facts);
    let (severity, message) = match (&facts.shm.statfs, posix::file_system(facts)) {
        _ if !facts.shm.is_folder => {
            (Severity::Fail, format!("{path} is not a directory: shm_open fails with ENOTDIR."))
        }
        (Reading::Absent, _) if hidden_by.is_some() => (
            Severity::Fail,
            format!(
                "{path} does not exist: a file system is mounted there, but a later mount on {} hides \
                 it. Programs cannot create POSIX shared memory (ENOENT).",
                hidden_by.unwrap_or_default()
            ),
        ),
        (Reading::Absent, _) => (
            Severity::Fail,
            format!(
                "{path} {}: programs cannot create POSIX shared memory (ENOENT).",
                match facts.shm.resolved.as_str() {
                    same if same == path => "does not exist".to_owned(),
                    to => format!("is a link to {to}, which does not exist"),
                }
            ),
        ),
        (_, FileSystem::Other(name)) if name != "unknown" => (
            Severity::Fail,
            format!(
                "{path} is on {name}, not on a tmpfs: files there are written to a disk{}.",
                whose_disk(facts)
            ),
        ),
        (Reading::Known(_), FileSystem::Tmpfs)
            if path == "/dev/shm" && !is_mount_point(&facts.shm) =>
        {
            let point = &facts.shm.mount.known()?.point;
            (
                Severity::Warn,
                format!(
                    "{path} is a plain directory on the tmpfs at {point}, and shares its size \
                     with everything else there."
                ),
            )
        }
        _ => return None,
    };
    let size = usual_size(facts, memory, asked.app_memory);
    let mut site = Site::of(facts);
    // Where a link leads nowhere, its end is to be made.
    if facts.shm.statfs == Reading::Absent {
        site.path = shell_word(&facts.shm.resolved).into_owned();
    }
    let fix = match hidden_by.filter(|_| facts.shm.statfs == Reading::Absent) {
        Some(point) => format!(
            "mount {path} after {point}, not before it\nor as root, inside: mkdir -p {path} && mount -t \
             tmpfs -o mode=1777,nosuid,nodev,size={} tmpfs {path}",
            binary(size)
        ),
        // What lies there stands in the way of mkdir and mount.
        None if !facts.shm.is_folder => {
            let place = shell_word(&facts.shm.resolved);
            format!(
                "as root: rm {place} && mkdir -m 1777 {place}\nthen {}",
                fix(&Site { path: place.to_string(), ..site }, &Change::Size(size))
            )
        }
        None => fix(&site, &Change::Size(size)),
    };
    finding("not-shared-memory", severity, message, fix)
}

/// The folder above, on which something was mounted after the folder's own mount, which it hides.
fn hidden_by(facts: &Facts) -> Option<&str> {
    let path = facts.shm.asked.as_str();
    let own = facts.mounts.iter().position(|mount| mount.point == path)?;
    let later = facts.mounts.iter().skip(own.saturating_add(1));
    let is_above = |point: &&str| {
        path.strip_prefix(*point).is_some_and(|rest| rest.starts_with('/')) && *point != "/"
    };
    later.map(|mount| mount.point.as_str()).find(is_above)
}

fn whose_disk(facts: &Facts) -> &'static str {
    match origin(facts) {
        Origin::Volume => " (a volume), and are slow",
        Origin::EmptydirDisk => ", are slow, and count against the node's storage",
        _ => " and are slow",
    }
}

pub(super) fn read_only(facts: &Facts) -> Option<Finding> {
    let mount = facts.shm.mount.known()?;
    let memory = posix::file_system(facts) == FileSystem::Tmpfs;
    if !(mount.read_only() && memory) || facts.shm.statfs == Reading::Absent {
        return None;
    }
    let path = &facts.shm.asked;
    let site = Site::of(facts);
    let has = |options: &str| options.split(',').any(|option| option == "rw");
    // The flag of a mount alone: whoever made this view of the machine's set it.
    let is_of_sandbox = !site.runtime.is_container() && has(&mount.super_options);
    let (only_here, fix) = match (is_of_sandbox, site.manager) {
        (true, Some(Manager::SystemdUnit)) => {
            (" for this unit", Some(format!("in the unit: ReadWritePaths={path}")))
        }
        (true, _) => (
            " in this mount namespace only",
            Some(format!(
                "an option of the sandbox that the program runs in: {path} writable, or a tmpfs of its own there\n\
                 or as root, in that namespace: mount -o remount,bind,rw {path}"
            )),
        ),
        _ => ("", Some(fix(&site, &Change::Writable))),
    };
    finding(
        "read-only",
        Severity::Fail,
        format!("{path} is mounted read-only{only_here}: no segment can be created there."),
        fix,
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
    let default = matches!(total, Limit::At(size) if is_default_size(size));
    let (reason, fix) = if default && origin(facts) == Origin::Runtime {
        (
            "that is the runtime's default: the volume is not mounted there",
            "in the container: volumeMounts: [{name: shm, mountPath: /dev/shm}]",
        )
    } else if total > Limit::At(wanted) && Site::of(facts).kata {
        (
            "Kata's guest makes a volume in memory itself, and older versions leave its size out",
            "a newer Kata on the nodes; until then only resources.limits.memory bounds it",
        )
    } else if total > Limit::At(wanted) && total != memory {
        (
            "a kubelet makes the volume no smaller before Kubernetes 1.22, nor without the feature \
             SizeMemoryBackedVolumes: it evicts a pod that holds more",
            "compare the volume's sizeLimit (kubectl get pod POD -o yaml) and the node's version\n\
             (kubectl get node -o wide); until it is newer, only resources.limits.memory bounds it",
        )
    } else if total < Limit::At(wanted) && total == memory {
        (
            "the memory limit is lower than the sizeLimit, and applies instead",
            "raise resources.limits.memory, or lower the sizeLimit below it",
        )
    } else {
        (
            "the kubelet takes the smallest of sizeLimit, the pod's memory limit and the node's \
             allocatable memory",
            "kubectl get pod POD -o yaml, and compare the volume's sizeLimit; a change does not \
             affect a running pod",
        )
    };
    finding(
        "size-not-applied",
        Severity::Fail,
        format!("a sizeLimit of {wanted} was asked for, but {path} has {total}: {reason}."),
        Some(fix.to_owned()),
    )
}

pub(super) fn wrong_view(facts: &Facts) -> Option<Finding> {
    let other = facts.elsewhere.as_ref()?;
    // Who has a volume there looks at what was meant; process 1 may only hold the pod (/pause).
    matches!(origin(facts), Origin::Runtime | Origin::ShmSize).then_some(())?;
    let size = other.size_option().map_or("no size of its own".to_owned(), |s| s.to_string());
    let why = if Site::of(facts).pod {
        "A debug container sees the pod's sandbox, not the target's volume."
    } else {
        "Its mounts differ."
    };
    finding(
        "wrong-view",
        Severity::Warn,
        format!(
            "this is not the {} that process 1 uses: there it is another {} ({size}). {why}",
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
            "{} of {} inodes are free in {}: without a free inode a new segment fails with \"No \
             space left on device\", even if bytes are free.",
            statfs.ffree, statfs.files, facts.shm.asked
        ),
        format!("remove files there, or: {}", fix(&Site::of(facts), &Change::Inodes)),
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
            "are held by no process that is visible from here",
            " Processes outside this PID namespace are not visible: one of the host, of the same pod, \
             or of another container that shares the folder may hold them.",
        ),
        Some(Hidden::Hidepid) => (
            "are held by no process that is visible from here",
            " /proc is mounted with hidepid: processes of other users may hold them.",
        ),
    };
    // The folder is the sandbox's or a volume's, and these end with the pod.
    let stays = if files && Site::of(facts).pod && !origin(facts).is_of_the_host() {
        " They stay over a restart of the container, until the pod is deleted."
    } else {
        ""
    };
    finding(
        "leftover",
        Severity::Info,
        format!("{bytes} {verb}: {}.{others}{stays}", plural(facts.leftovers.len(), &first.name)),
        Some(format!("see what they are, and how to remove what nobody needs:\n{}", ls(facts))),
    )
}

fn plural(count: usize, first: &str) -> String {
    if count == 1 { first.to_owned() } else { format!("{count} segments, {first} the largest") }
}
