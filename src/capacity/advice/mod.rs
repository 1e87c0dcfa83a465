//! What to do, in the words of whoever runs this: a runtime's options, a manifest's fields, a mount's.
//!
//! How a finding gets its fix: `Site::of(facts)` says who runs it and who made the mount, a [`Change`] says
//! what has to be so, [`fix`] puts both into words:
//! `fix(&Site::of(facts), &Change::Size(size))`. A fix may have several lines; each one is whole.
//! Where an option would be ignored it is not advised: `--shm-size` beside a tmpfs, with the host's IPC
//! namespace, or in a pod. Where the runtime is not known, the fix names what has to be mounted.

mod engine;
mod hosted;
mod machine;
mod managed;
mod orchestrated;
mod other;
mod system;

use super::origin::{Origin, origin};
use super::posix;
use crate::facts::process::ProcessFacts;
use crate::facts::{CgroupVersion, Facts, FileSystem, Manager, Runtime};
use crate::units::{Bytes, Limit};

/// Who has to be told, and what is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    pub runtime: Runtime,
    pub manager: Option<Manager>,
    pub origin: Origin,
    /// A pod's: a manifest says it, whatever runs the containers.
    pub pod: bool,
    /// The folder, as it was asked for.
    pub path: String,
    /// The IPC namespace is known to be no machine's.
    pub own_ipc: bool,
    /// Memory limits are those of cgroup v1.
    pub v1: bool,
    /// Apptainer made the cgroup whose limit that is.
    pub own_limit: bool,
    /// Kata's guest runs it.
    pub kata: bool,
    /// The machine's root alone may set kernel.shm* and the like, not the one of its user namespace.
    pub foreign_sysctl: bool,
    /// Nobody in it can mount anything.
    pub mounts_nothing: bool,
    /// It may mount itself: a privileged container.
    pub mounts: bool,
    /// A memory limit can be seen that is below the machine's memory.
    pub limited: bool,
    /// The size of the file system now, where it is in memory and has one.
    pub size: Option<Bytes>,
    /// The mount has no size of its own: Linux gave it half of the memory. gVisor and Kata's guest show none.
    pub unsized_mount: bool,
    /// Its inodes, where it has a number of them.
    pub inodes: u64,
    /// Limits of a process that it may not lift itself.
    pub fixed: Vec<Ulimit>,
}

impl Site {
    /// Of the process that is looked at.
    #[must_use]
    pub(crate) fn of(facts: &Facts) -> Site {
        let runtime = facts.runtime.runtime;
        Site {
            runtime,
            manager: facts.runtime.manager,
            origin: origin(facts),
            pod: runtime == Runtime::Kubernetes
                || (facts.in_a_pod || facts.runtime.pod)
                    && matches!(runtime, Runtime::Gvisor | Runtime::Unknown),
            path: facts.shm.asked.clone(),
            own_ipc: facts.runtime.machine_ipc == Some(false),
            v1: !facts.cgroup.unified
                && matches!(facts.cgroup.version, CgroupVersion::V1 | CgroupVersion::Hybrid),
            own_limit: facts.cgroup.levels.iter().any(|level| {
                let limited = matches!(level.limit.known(), Some(Limit::At(_)));
                limited && ["apptainer", "singularity"].iter().any(|own| level.path.contains(own))
            }),
            kata: facts.mounts.iter().any(|mount| mount.source == "kataShared"),
            // ipc/ipc_sysctl.c: the owner of the namespace may since Linux 6.9.
            foreign_sysctl: facts.release.before((6, 9))
                && facts.process.namespace.is_below_the_machine(),
            mounts: facts.process.status.known().is_some_and(|status| status.may_mount()),
            limited: facts.cgroup.levels.iter().any(|level| match level.limit.known() {
                Some(Limit::At(limit)) => facts.memory.known().is_none_or(|of| *limit < of.total),
                _ => false,
            }),
            mounts_nothing: facts.process.status.known().is_some_and(|s| !s.may_ever_mount()),
            size: facts
                .shm
                .statfs
                .known()
                .filter(|_| posix::file_system(facts) == FileSystem::Tmpfs)
                .map(|statfs| statfs.total())
                .filter(|size| *size > Bytes::ZERO),
            unsized_mount: runtime == Runtime::Kubernetes
                && facts.shm.mount.known().is_some_and(|mount| mount.size_option().is_none()),
            inodes: facts.shm.statfs.known().map_or(0, |statfs| statfs.files),
            fixed: fixed(&facts.process),
        }
    }

    /// The size that is kept where something else is changed.
    fn size(&self) -> Bytes {
        self.size.unwrap_or(Bytes::mib(64))
    }

    fn lifts(&self, ulimit: Ulimit) -> bool {
        !self.fixed.contains(&ulimit)
    }

    /// The option for twice as many inodes as there are, a million at least.
    fn more_inodes(&self) -> String {
        let millions = self.inodes.saturating_mul(2).div_ceil(1 << 20).max(1);
        format!("nr_inodes={millions}m")
    }

    /// Where POSIX shared memory lies, and not a folder that was asked for.
    fn is_dev_shm(&self) -> bool {
        self.path == "/dev/shm"
    }
}

/// The limits of a process that it may not lift itself.
fn fixed(process: &ProcessFacts) -> Vec<Ulimit> {
    let hard = process.hard;
    let limits = [
        (Ulimit::Memlock, hard.locked),
        (Ulimit::FileSize, hard.file_size),
        (Ulimit::Addresses, hard.addresses),
    ];
    let fixed = limits.into_iter().filter(|(_, hard)| !process.may_lift(*hard));
    fixed.map(|(ulimit, _)| ulimit).collect()
}

/// What has to be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The folder is a tmpfs of this size, larger or smaller than now; a disk or nothing may be there.
    Size(Bytes),
    /// The memory limit is so large, or there is one at all.
    Memory(Bytes),
    /// Both together, in one command where that can be.
    Both { shm: Bytes, memory: Bytes },
    /// Everybody may make files in the folder: mode 1777.
    Mode,
    /// The mount can be written to.
    Writable,
    /// Files in it may be mapped executable.
    Executable,
    /// There may be more files.
    Inodes,
    /// A limit of a process is lifted.
    Unlimited(Ulimit),
    /// A setting of the IPC namespace, such as `kernel.shmmax`, has this value.
    Sysctl(&'static str, String),
}

impl Change {
    /// A size, and the memory that it needs where that has to grow too.
    #[must_use]
    pub(crate) fn sized((shm, memory): (Bytes, Option<Bytes>)) -> Change {
        memory.map_or(Change::Size(shm), |memory| Change::Both { shm, memory })
    }
}

/// A setting and its value as a shell takes them.
fn assignment(name: &str, value: &str) -> String {
    if value.contains(' ') { format!("{name}=\"{value}\"") } else { format!("{name}={value}") }
}

/// A limit of a process, as `ulimit` and runtimes call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ulimit {
    /// RLIMIT_MEMLOCK.
    Memlock,
    /// RLIMIT_FSIZE.
    FileSize,
    /// RLIMIT_AS.
    Addresses,
}

impl Ulimit {
    /// What `--ulimit` calls it.
    const fn name(self) -> &'static str {
        match self {
            Ulimit::Memlock => "memlock",
            Ulimit::FileSize => "fsize",
            Ulimit::Addresses => "as",
        }
    }

    /// The option of the shell's `ulimit`.
    const fn option(self) -> &'static str {
        match self {
            Ulimit::Memlock => "-l",
            Ulimit::FileSize => "-f",
            Ulimit::Addresses => "-v",
        }
    }

    /// The directive of a unit of systemd.
    const fn directive(self) -> &'static str {
        match self {
            Ulimit::Memlock => "LimitMEMLOCK",
            Ulimit::FileSize => "LimitFSIZE",
            Ulimit::Addresses => "LimitAS",
        }
    }
}

/// How to bring a change about.
#[must_use]
pub(crate) fn fix(site: &Site, change: &Change) -> String {
    match site.manager {
        Some(Manager::Lambda) => return other::lambda(change),
        Some(Manager::Gitpod) => return other::gitpod(site, change),
        Some(Manager::Toolbox) => return other::toolbox(site, change),
        Some(Manager::Hosted(service)) => return hosted::hosted(service, site, change),
        _ => {}
    }
    if let Change::Sysctl(name, value) = change
        && site.foreign_sysctl
        && site.origin != Origin::HostIpc
    {
        return format!(
            "as the machine's root, on the machine: nsenter -i -t PID sysctl -w {}\n(before Linux 6.9 root of a user \
             namespace may not set {name}: with it among its options a container does not start)",
            assignment(name, value)
        );
    }
    if let Some(field) = managed::managed(site, change) {
        return field;
    }
    if site.pod {
        return orchestrated::kubernetes(site, change);
    }
    match site.runtime {
        Runtime::Kubernetes => orchestrated::kubernetes(site, change),
        Runtime::Ecs => orchestrated::ecs(site, change),
        Runtime::Docker | Runtime::Oci | Runtime::Containerd | Runtime::Gvisor => {
            engine::docker(site, change)
        }
        Runtime::Podman | Runtime::Buildah => engine::podman(site, change),
        Runtime::Lxc => system::lxc(site, change),
        Runtime::Nspawn => system::nspawn(site, change),
        Runtime::Apptainer => other::apptainer(site, change),
        Runtime::Bubblewrap => other::bubblewrap(site, change),
        Runtime::Android => other::android(change),
        Runtime::Unknown => other::unknown(site, change),
        Runtime::Slurm | Runtime::Snap | Runtime::Wsl | Runtime::None => {
            machine::machine(site, change)
        }
    }
}

/// What root types on the machine for so many huge pages of a size: `vm.nr_hugepages` is of the default size alone.
#[must_use]
pub(crate) fn reserve_huge_pages(facts: &Facts, page: Bytes, number: &str) -> String {
    let default = facts.memory.known().and_then(|memory| memory.huge_default);
    if default.is_none_or(|default| default == page) {
        return format!("sysctl -w vm.nr_hugepages={number}");
    }
    format!("echo {number} >/sys/kernel/mm/hugepages/hugepages-{}kB/nr_hugepages", page.0 >> 10)
}

/// Docker's, Podman's and mount's notation: `1g`, `64m`.
#[must_use]
pub(crate) fn binary(size: Bytes) -> String {
    in_units(size, "g", "m")
}

/// Kubernetes' notation: `1Gi`, `64Mi`.
#[must_use]
pub(crate) fn quantity(size: Bytes) -> String {
    in_units(size, "Gi", "Mi")
}

/// Whole GiB or MiB, rounded up.
fn in_units(size: Bytes, gib: &str, mib: &str) -> String {
    let count = mebibytes(size);
    if count.is_multiple_of(1024) {
        format!("{}{gib}", count / 1024)
    } else {
        format!("{count}{mib}")
    }
}

/// Whole MiB, rounded up.
fn mebibytes(size: Bytes) -> u64 {
    size.0.div_ceil(1 << 20).max(1)
}

#[cfg(test)]
mod tests;
