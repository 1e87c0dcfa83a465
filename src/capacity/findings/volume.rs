//! Findings about volumes in memory: one at another place, and one that others fill too.

use super::listing::ls;
use super::{Finding, Severity, finding};
use crate::capacity::advice::Site;
use crate::capacity::origin::{Origin, is_default_size, origin};
use crate::capacity::sizing::{charged_here, parent_of};
use crate::facts::{Facts, FileSystem, Manager, Mount, Runtime};
use crate::units::Bytes;

/// Where the system itself keeps file systems in memory.
const OF_THE_SYSTEM: [&str; 7] =
    ["/dev", "/proc", "/sys", "/run/secrets", "/var/run/secrets", "/run/lock", "/etc"];

/// A volume in memory that is not where programs look for shared memory.
pub(super) fn elsewhere(facts: &Facts) -> Option<Finding> {
    let site = Site::of(facts);
    let small = match site.origin {
        Origin::Runtime => facts.shm.statfs.known().is_some_and(|s| is_default_size(s.total())),
        Origin::Missing | Origin::Folder | Origin::EmptydirDisk => true,
        _ => false,
    };
    if !small || site.path != "/dev/shm" || !facts.runtime.runtime.is_container() {
        return None;
    }
    let mount = facts.mounts.iter().find(|mount| is_a_volume(facts, mount))?;
    let size = mount.size_option().map_or(String::new(), |size| format!(" of {size}"));
    let point = &mount.point;
    finding(
        "memory-volume-elsewhere",
        Severity::Info,
        format!(
            "a volume in memory{size} is mounted at {point}. shm_open() and most programs use \
             /dev/shm, which it does not enlarge."
        ),
        if site.pod {
            "if it is meant for them, in the container: volumeMounts: mountPath: /dev/shm"
                .to_owned()
        } else {
            format!("if it is meant for them, mount it at /dev/shm instead of {point}")
        },
    )
}

fn is_a_volume(facts: &Facts, mount: &Mount) -> bool {
    let of_system = |folder: &&str| {
        let rest = mount.point.strip_prefix(*folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let of_pod = facts.runtime.runtime == Runtime::Kubernetes;
    // An engine gives /run and /tmp a tmpfs where it is asked for read-only containers.
    let of_engine = !of_pod && matches!(mount.point.as_str(), "/run" | "/tmp" | "/var/tmp");
    FileSystem::of(None, Some(&mount.fstype)) == FileSystem::Tmpfs
        && mount.root == "/"
        && mount.point != "/"
        && !mount.read_only()
        && !of_engine
        && !OF_THE_SYSTEM.iter().any(of_system)
}

/// Others hold a part of what is in it: their part does not count as this container's, and they take of its
/// room.
pub(super) fn shared(facts: &Facts) -> Option<Finding> {
    /// What memory.stat may lag behind.
    const LAG: Bytes = Bytes::mib(4);
    let origin = origin(facts);
    let may_be = matches!(origin, Origin::Emptydir) || origin.is_of_the_host();
    if !may_be || !facts.runtime.runtime.is_container() {
        return None;
    }
    let used = facts.shm.statfs.known()?.used();
    let own = charged_here(facts)?;
    let others = used.saturating_sub(own);
    (others > LAG.max(used.scaled(1, 20))).then_some(())?;
    let parent = parent_of(facts, others);
    let (who, fix) = match origin {
        Origin::Emptydir => (
            "other containers of the pod, or earlier runs of this one",
            format!(
                "see who holds it, and remove what nobody needs: {}\nor delete the pod: an emptyDir \
                 ends with its pod, and not with a container",
                ls(facts)
            ),
        ),
        _ if parent.is_some() => (
            "other containers below the same parent, or earlier ones",
            format!("see who holds it, and remove what nobody needs: {}", ls(facts)),
        ),
        _ => ("other programs of the machine", format!("see who holds it: {}", ls(facts))),
    };
    let (charged_to, counts) = match parent {
        Some(limit) => (
            format!(
                "and they count against the parent's memory limit of {limit}, which is this container's too"
            ),
            others > limit.scaled(1, 2),
        ),
        None => ("but are charged to other memory limits".to_owned(), false),
    };
    // Who needs as much again as an earlier run left does not get it.
    let half = facts.shm.statfs.known()?.total().scaled(1, 2);
    let severity = if others > half || counts { Severity::Warn } else { Severity::Info };
    finding(
        "shared-volume",
        severity,
        format!(
            "{who} hold {others} of the {used} in use in {}: they share its size, {charged_to}. {own} of it \
             are charged to this container.",
            facts.shm.asked
        ),
        fix,
    )
}

/// A sandbox of Flatpak has one of its own, unless it is given the host's.
pub(super) fn of_the_sandbox(facts: &Facts) -> Option<Finding> {
    let site = Site::of(facts);
    if site.manager != Some(Manager::Flatpak) || site.origin != Origin::Tmpfs {
        return None;
    }
    finding(
        "sandbox-shm",
        Severity::Info,
        format!(
            "{} is the sandbox's own: programs of the host, and sandboxes that this one starts, see no file in it.",
            site.path
        ),
        Some(
            "to share the host's: flatpak override --user --device=shm APP\n\
             to share one among the sandboxes of an application: --allow=per-app-dev-shm (Flatpak 1.12)"
                .to_owned(),
        ),
    )
}

/// The machine's own /dev/shm in a container.
pub(super) fn of_the_host(facts: &Facts) -> Option<Finding> {
    let site = Site::of(facts);
    let how = match (site.origin, site.pod) {
        (Origin::HostIpc, true) => "hostIPC: true",
        (Origin::HostIpc, false) => "--ipc=host",
        (Origin::Hostpath, _) => "a hostPath volume",
        (Origin::Bind, _) => "mounted from outside",
        _ => return None,
    };
    // What runs beside that machine, on the computer itself, has another one.
    let release = facts.release.text.to_ascii_lowercase();
    let (whose, beyond) = if release.contains("linuxkit") {
        ("Docker Desktop's virtual machine", " Programs of macOS or Windows have no part in it.")
    } else if release.contains("microsoft") {
        ("WSL's virtual machine", " Programs of Windows have no part in it.")
    } else {
        ("the machine", "")
    };
    finding(
        "host-shm",
        Severity::Info,
        format!(
            "{} is that of {whose} ({how}): all of its programs share the size, and what is \
             left there stays when the container ends.{beyond}",
            site.path
        ),
        None,
    )
}
