//! What runs the container, or that there is none, by the marks that runtimes leave.
//! A container can write most of them itself: they choose words and never numbers. How each is told: `marks`.

mod hosted;
mod marks;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::mountinfo::Mount;

pub use hosted::Hosted;
pub(crate) use marks::Signs;

/// A container runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Runtime {
    Docker,
    Podman,
    Buildah,
    Kubernetes,
    Containerd,
    /// Docker, Podman or containerd, without a mark of which.
    Oci,
    /// LXC, also of Incus, LXD and Proxmox.
    Lxc,
    /// systemd-nspawn.
    Nspawn,
    /// bubblewrap, also of Flatpak.
    Bubblewrap,
    /// Apptainer or Singularity.
    Apptainer,
    /// gVisor, which is a kernel of its own.
    Gvisor,
    /// Amazon ECS.
    Ecs,
    /// A job of Slurm, without a container.
    Slurm,
    Snap,
    /// The Windows Subsystem for Linux, without a container.
    Wsl,
    Android,
    /// No container.
    None,
    /// Not known.
    Unknown,
}

impl Runtime {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Runtime::Docker => "docker",
            Runtime::Podman => "podman",
            Runtime::Buildah => "buildah",
            Runtime::Kubernetes => "kubernetes",
            Runtime::Containerd => "containerd",
            Runtime::Oci => "oci",
            Runtime::Lxc => "lxc",
            Runtime::Nspawn => "nspawn",
            Runtime::Bubblewrap => "bubblewrap",
            Runtime::Apptainer => "apptainer",
            Runtime::Gvisor => "gvisor",
            Runtime::Ecs => "ecs",
            Runtime::Slurm => "slurm",
            Runtime::Snap => "snap",
            Runtime::Wsl => "wsl",
            Runtime::Android => "android",
            Runtime::None => "none",
            Runtime::Unknown => "unknown",
        }
    }

    /// Whether a container was made: of the others the file systems are the machine's own.
    #[must_use]
    pub(crate) const fn is_container(self) -> bool {
        !matches!(
            self,
            Runtime::Slurm | Runtime::Snap | Runtime::Wsl | Runtime::Android | Runtime::None
        )
    }
}

/// Who gives the runtime its orders, where that is seen: its words are the ones to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    /// AWS Fargate, of ECS.
    Fargate,
    /// AWS Lambda.
    Lambda,
    Gitpod,
    /// A service that lets its users set little.
    Hosted(Hosted),
    /// AWS Batch, of ECS.
    Batch,
    Coolify,
    Dokku,
    /// Toolbx or Distrobox, whose containers share folders of the host.
    Toolbox,
    /// A notebook of JupyterHub.
    JupyterHub,
    Incus,
    Lxd,
    Proxmox,
    /// A pod of Podman, whose containers share one /dev/shm.
    PodmanPod,
    Flatpak,
    Slurm,
    /// A step of a build by BuildKit.
    Buildkit,
    GithubActions,
    GitlabCi,
    Nomad,
    /// Visual Studio Code and what reads devcontainer.json as it does.
    DevContainer,
    /// A service of systemd.
    SystemdUnit,
}

/// What runs it, and who gives the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuntimeFacts {
    pub runtime: Runtime,
    pub manager: Option<Manager>,
    /// It has the marks of a pod, whatever runs it.
    pub pod: bool,
    /// The IPC namespace is the machine's own; `None` where that cannot be told. It is one way only: where a
    /// runtime runs inside another one, the host's namespace is not the machine's.
    pub machine_ipc: Option<bool>,
}

/// Whether the mounts are those of a process that no container was made for.
#[must_use]
pub(crate) fn is_of_a_machine(mounts: &[Mount]) -> bool {
    at(mounts, "/dev").is_some_and(|dev| dev.fstype == "devtmpfs")
        && at(mounts, "/").is_none_or(|root| root.fstype != "overlay")
}

/// The last mount at exactly that place.
fn at<'a>(mounts: &'a [Mount], point: &str) -> Option<&'a Mount> {
    mounts.iter().rev().find(|mount| mount.point == point)
}

/// Whether a kubelet mounted what these are: it gives each container a file for its last words, and
/// /etc/hosts, out of the pod's folder.
#[must_use]
pub(crate) fn is_of_a_kubelet(mounts: &[Mount]) -> bool {
    mounts.iter().any(|mount| match mount.point.as_str() {
        "/dev/termination-log" => mount.root.contains("/pods/") || mount.source == "kataShared",
        "/etc/hosts" => mount.root.contains("/pods/") && mount.root.ends_with("/etc-hosts"),
        _ => false,
    })
}
