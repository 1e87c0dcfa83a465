//! Reads the marks that runtimes leave, for the decision in `facts::runtime`.

use super::Source;
use super::holdings::in_the_machines_pids;
use crate::facts::runtime::{Runtime, RuntimeFacts, Signs};
use crate::facts::{Mount, Reading, Release};

/// /proc/PID/ns/ipc of the machine's own IPC namespace (PROC_IPC_INIT_INO, linux/proc_ns.h).
pub(super) const MACHINE_IPC: &str = "ipc:[4026531839]";

/// What is known of the process before.
pub(super) struct Known<'a> {
    /// `/proc/self` or `/proc/PID`.
    pub process: &'a str,
    /// Its mounts.
    pub mounts: &'a [Mount],
    pub release: &'a Release,
    pub hidden_ancestors: bool,
    /// A kubelet made the container of the one that looks.
    pub in_a_pod: bool,
}

/// What runs the process's container. Files are looked for in the reader's own root only: what lies in
/// another one is whatever its owner wants.
pub(super) fn runtime(source: &dyn Source, known: &Known<'_>) -> RuntimeFacts {
    let own = known.process == "/proc/self";
    let text = |path: &str| source.read(path).known().cloned().unwrap_or_default();
    let of_own = |path: &str| if own { text(path) } else { String::new() };
    let (cgroup, version) = (text(&format!("{}/cgroup", known.process)), text("/proc/version"));
    let containerenv = of_own("/run/.containerenv");
    let container = of_own("/run/systemd/container");
    let exists = |path: &&str| {
        matches!(source.statfs(path), Reading::Known(_))
            || source.is_capture() && source.read(path).known().is_some()
    };
    let signs = Signs {
        mounts: known.mounts,
        cgroup: &cgroup,
        release: &known.release.text,
        version: &version,
        containerenv: &containerenv,
        container: &container,
        files: Signs::FILES.into_iter().filter(|path| own && exists(path)).collect(),
        variables: Signs::variables().filter(|name| own && source.is_set(name)).collect(),
        machine_pids: if own { in_the_machines_pids(source) } else { None },
        hidden_ancestors: known.hidden_ancestors,
    };
    let runtime = match signs.runtime() {
        Runtime::Oci | Runtime::Unknown if known.in_a_pod => Runtime::Kubernetes,
        runtime => runtime,
    };
    let ipc = source.link(&format!("{}/ns/ipc", known.process));
    RuntimeFacts {
        runtime,
        manager: signs.manager(runtime),
        pod: signs.is_pod(),
        machine_ipc: ipc.known().map(|ipc| ipc == MACHINE_IPC),
    }
}
