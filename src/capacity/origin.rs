//! Who made the mount that is looked at: one decision from the facts, which findings and fixes go by.
//! Sizes decide nothing but whether one is a runtime's default: a container may have any.

use serde::Serialize;

use super::{is_mount_point, posix};
use crate::facts::{Facts, FileSystem, Manager, Mount, Reading, Runtime};
use crate::units::Bytes;

/// Who made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The runtime, with its default size.
    Runtime,
    /// The runtime, with a size that was asked for: `--shm-size`, an annotation.
    ShmSize,
    /// A tmpfs that was asked for here: `--tmpfs`, a tmpfs volume, an entry of a unit or of LXC.
    Tmpfs,
    /// The host's /dev/shm, mounted into the container.
    Bind,
    /// The host's /dev/shm, with its IPC namespace: `--ipc=host`, `hostIPC: true`.
    HostIpc,
    /// An emptyDir in memory.
    Emptydir,
    /// An emptyDir on the node's disk.
    EmptydirDisk,
    /// A hostPath.
    Hostpath,
    /// A volume on a disk.
    Volume,
    /// A folder without a mount of its own.
    Folder,
    /// The machine's own; no container.
    Machine,
    /// Another file system.
    Other,
    /// It does not exist.
    Missing,
    /// Its mount cannot be read.
    Unknown,
}

impl Origin {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Origin::Runtime => "runtime",
            Origin::ShmSize => "shm-size",
            Origin::Tmpfs => "tmpfs",
            Origin::Bind => "bind",
            Origin::HostIpc => "host-ipc",
            Origin::Emptydir => "emptydir",
            Origin::EmptydirDisk => "emptydir-disk",
            Origin::Hostpath => "hostpath",
            Origin::Volume => "volume",
            Origin::Folder => "folder",
            Origin::Machine => "machine",
            Origin::Other => "other",
            Origin::Missing => "missing",
            Origin::Unknown => "unknown",
        }
    }

    /// Whether it is the host's own, seen from a container.
    #[must_use]
    pub(crate) const fn is_of_the_host(self) -> bool {
        matches!(self, Origin::Bind | Origin::HostIpc | Origin::Hostpath)
    }
}

/// Sizes that runtimes give where nobody asks for one: Docker's, the CRI runtimes', Buildah's and Apptainer's
/// 64 MiB, and Podman's 65536000 bytes (containers-common, `DefaultShmSize`).
#[must_use]
pub(crate) fn is_default_size(size: Bytes) -> bool {
    matches!(size.0, 67_108_864 | 65_536_000)
}

/// Who made the mount of the path that is looked at.
#[must_use]
pub(crate) fn origin(facts: &Facts) -> Origin {
    let shm = &facts.shm;
    if shm.statfs == Reading::Absent || !shm.is_folder {
        return Origin::Missing;
    }
    let Reading::Known(mount) = &shm.mount else { return Origin::Unknown };
    if !is_mount_point(shm) {
        return Origin::Folder;
    }
    let mount = Seen { mount, mounts: &facts.mounts };
    match posix::file_system(facts) {
        FileSystem::Tmpfs | FileSystem::Ramfs => of_memory(facts, mount),
        FileSystem::Hugetlbfs => Origin::Other,
        FileSystem::Other(_) => of_disk(facts, mount.mount),
    }
}

fn of_memory(facts: &Facts, mount: Seen<'_>) -> Origin {
    let host = match facts.runtime.machine_ipc {
        Some(true) => Origin::HostIpc,
        _ => Origin::Bind,
    };
    match facts.runtime.runtime {
        Runtime::Kubernetes => of_pod(mount, host),
        Runtime::Gvisor => of_gvisor(facts, mount),
        Runtime::Lxc | Runtime::Nspawn => of_system_container(mount),
        Runtime::Apptainer => of_apptainer(mount),
        Runtime::Bubblewrap if mount.is_of_the_host() => Origin::Bind,
        Runtime::Bubblewrap => Origin::Tmpfs,
        runtime if runtime.is_container() => of_engine(mount, host),
        // A unit's TemporaryFileSystem= has as many inodes as nspawn's (shared/mount-util.h), and so has the machine's own of
        // systemd 246.
        _ if facts.runtime.manager == Some(Manager::SystemdUnit)
            && mount.mount.option("nr_inodes") == Some("409600") =>
        {
            Origin::Tmpfs
        }
        _ => Origin::Machine,
    }
}

/// A contained run has a tmpfs that belongs to the user, on a /dev of its own; else all of /dev is the node's.
fn of_apptainer(mount: Seen<'_>) -> Origin {
    let of_user = mount.mount.option("uid").is_some();
    let default = mount.size().is_some_and(is_default_size);
    let own_dev = mount.mounts.iter().any(|dev| dev.point == "/dev" && dev.fstype == "tmpfs");
    let of_session = own_dev
        && mount.has_options_of_a_runtime()
        && !mount.is_older_than_cgroups(&["cgroup2", "cgroup"]);
    if of_user || default || of_session { Origin::Runtime } else { Origin::Bind }
}

/// Docker, Podman and what runs containers as they do.
fn of_engine(mount: Seen<'_>, host: Origin) -> Origin {
    if mount.mount.root != "/" {
        return Origin::Bind;
    }
    if mount.is_the_runtimes() {
        return mount.sized();
    }
    let asked = mount.has_options_of_a_runtime();
    let hosts_ipc = host == Origin::HostIpc && mount.size().is_none();
    if mount.is_older_than_cgroups(&["cgroup2"]) || hosts_ipc {
        host
    } else if asked {
        Origin::Tmpfs
    } else if mount.is_of_the_host() {
        host
    } else {
        Origin::Tmpfs // a volume of the type tmpfs
    }
}

/// A pod's: volumes are mounted without flags, with a size since Kubernetes 1.22 and never swapped since 1.32.
fn of_pod(mount: Seen<'_>, host: Origin) -> Origin {
    let host = if host == Origin::HostIpc { host } else { Origin::Hostpath };
    if mount.is_the_runtimes() {
        return mount.sized();
    }
    let of_a_host = mount.flag("nosuid")
        || mount.mount.source == "shm"
        || mount.is_older_than_cgroups(&["cgroup2"]);
    if of_a_host && !mount.mount.has("noswap") { host } else { Origin::Emptydir }
}

/// Its mounts have no source, and no flags that tell one from another.
fn of_gvisor(facts: &Facts, mount: Seen<'_>) -> Origin {
    match mount.size() {
        Some(size) if is_default_size(size) => Origin::Runtime,
        _ if facts.in_a_pod => Origin::Emptydir,
        Some(_) => Origin::ShmSize,
        None => Origin::Unknown,
    }
}

/// The init process inside mounts it without a size, nspawn with a tenth of the memory.
fn of_system_container(mount: Seen<'_>) -> Origin {
    let default = mount.size().is_none() || mount.mount.option("nr_inodes") == Some("409600");
    if default { Origin::Runtime } else { Origin::Tmpfs }
}

fn of_disk(facts: &Facts, mount: &Mount) -> Origin {
    let root = &mount.root;
    let pod = facts.runtime.runtime == Runtime::Kubernetes;
    if root.contains("kubernetes.io~empty-dir") {
        Origin::EmptydirDisk
    } else if root.ends_with("/userdata/shm") {
        // Podman's own folder for it, on which it mounted nothing.
        Origin::Other
    } else if root.contains("/volumes/") || pod && root.contains("/pods/") {
        Origin::Volume
    } else if pod {
        Origin::Hostpath
    } else if facts.runtime.runtime.is_container() {
        Origin::Volume // a host's /dev/shm is in memory
    } else {
        Origin::Other
    }
}

/// A mount among the others of its process.
#[derive(Clone, Copy)]
struct Seen<'a> {
    mount: &'a Mount,
    mounts: &'a [Mount],
}

impl Seen<'_> {
    fn size(self) -> Option<Bytes> {
        self.mount.size_option()
    }

    fn flag(self, flag: &str) -> bool {
        self.mount.options.split(',').any(|option| option == flag)
    }

    /// Runtimes call their own so, and give it a size; hosts with OpenRC call theirs so too, without one.
    fn is_the_runtimes(self) -> bool {
        self.mount.source == "shm" && self.mount.root == "/" && self.size().is_some()
    }

    fn sized(self) -> Origin {
        match self.size() {
            Some(size) if !is_default_size(size) => Origin::ShmSize,
            _ => Origin::Runtime,
        }
    }

    /// As engines mount a tmpfs that was asked for (a host's has no `relatime`, or not the other two).
    fn has_options_of_a_runtime(self) -> bool {
        self.flag("nosuid") && self.flag("nodev") && (self.flag("relatime") || self.flag("noatime"))
    }

    /// As an init process mounts it when a machine starts.
    fn is_of_the_host(self) -> bool {
        let without = self.size().is_none() && self.mount.option("mode").is_none();
        let by_systemd = self.flag("nosuid") && self.flag("nodev") && !self.flag("relatime");
        self.mount.root == "/"
            && (self.is_older_than_cgroups(&["cgroup2", "cgroup"])
                || self.mount.source == "shm"
                || by_systemd && !self.flag("noatime") && without
                || without && !self.flag("nosuid"))
    }

    /// File systems in memory are numbered in the order in which they are made: what is older than the
    /// control groups was there before any container.
    fn is_older_than_cgroups(self, types: &[&str]) -> bool {
        let minor =
            |mount: &Mount| -> Option<u64> { mount.device.strip_prefix("0:")?.parse().ok() };
        let cgroups = self.mounts.iter().filter(|mount| types.contains(&mount.fstype.as_str()));
        let first = cgroups.filter_map(minor).min();
        first.zip(minor(self.mount)).is_some_and(|(first, own)| own < first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_of_runtimes_are_known() {
        assert!(is_default_size(Bytes::mib(64)) && is_default_size(Bytes(65_536_000)));
        assert!(!is_default_size(Bytes::mib(128)));
    }
}
