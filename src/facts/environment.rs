//! Where something was measured: what tells one run from another.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::units::Bytes;

/// The machine, the container, and what its user calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Environment {
    /// The version of the program.
    pub version: &'static str,
    /// When it began, in UTC.
    pub time: String,
    /// The name of the machine or container.
    pub hostname: String,
    /// The node of a cluster, where the downward API tells it (`NODE_NAME`).
    pub node: Option<String>,
    /// The pod (`POD_NAME`).
    pub pod: Option<String>,
    /// The pod's namespace (`POD_NAMESPACE`).
    pub namespace: Option<String>,
    /// What runs the container.
    pub container: Container,
    /// The kernel's release.
    pub kernel: String,
    /// The CPUs' name.
    pub cpu: String,
    /// CPUs that this process may use.
    pub cpus: usize,
    /// Memory of the machine; `null` where that could not be read.
    pub memory_bytes: Option<Bytes>,
    /// Bytes a page.
    pub page_size: u64,
    /// What the user said of it.
    pub labels: BTreeMap<String, String>,
}

/// What runs a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    Docker,
    Kubernetes,
    Podman,
    /// It is none.
    None,
    /// It may be one of something else.
    Unknown,
}

/// What tells containers apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// The kubelet's variable, or what it mounts.
    pub kubernetes: bool,
    /// Docker's `/.dockerenv`.
    pub docker: bool,
    /// Podman's `/run/.containerenv`.
    pub podman: bool,
    /// The link `/proc/self/ns/pid`.
    pub pid_namespace: String,
}

/// The PID namespace that a kernel starts with (`PROC_PID_INIT_INO`, include/linux/proc_ns.h).
const FIRST: &str = "pid:[4026531836]";

impl Container {
    /// Kubernetes uses the others' runtimes, so its marks come first.
    #[must_use]
    pub(crate) fn of(marks: &Marks) -> Container {
        match marks {
            Marks { kubernetes: true, .. } => Container::Kubernetes,
            Marks { podman: true, .. } => Container::Podman,
            Marks { docker: true, .. } => Container::Docker,
            Marks { pid_namespace, .. } if pid_namespace == FIRST => Container::None,
            _ => Container::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_known_by_its_marks_and_a_machine_by_its_first_pid_namespace() {
        let marks = |kubernetes, docker, podman, pid: &str| Marks {
            kubernetes,
            docker,
            podman,
            pid_namespace: pid.into(),
        };
        for (marks, container) in [
            (marks(true, true, false, "pid:[4026532500]"), Container::Kubernetes),
            (marks(false, true, false, FIRST), Container::Docker),
            (marks(false, false, true, "pid:[4026532500]"), Container::Podman),
            (marks(false, false, false, FIRST), Container::None),
            (marks(false, false, false, "pid:[4026532500]"), Container::Unknown),
            (marks(false, false, false, ""), Container::Unknown),
        ] {
            assert_eq!(Container::of(&marks), container, "{marks:?}");
        }
    }
}
