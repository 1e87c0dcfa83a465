//! Reads what tells one run from another.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::{Source, cpus};
use crate::facts::environment::{Container, Environment, Marks};
use crate::facts::{Facts, Reading};

/// Where this is, with the user's labels. `allowed`: the CPUs that this process may use.
pub fn environment(
    source: &dyn Source,
    facts: &Facts,
    allowed: &[usize],
    labels: BTreeMap<String, String>,
) -> Environment {
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let first = allowed.first().copied().unwrap_or(0);
    let hostname = source.read("/proc/sys/kernel/hostname");
    let time = humantime::format_rfc3339_seconds(SystemTime::now());
    Environment {
        version: env!("CARGO_PKG_VERSION"),
        time: time.to_string(),
        hostname: hostname.known().map_or("", |text| text.trim()).to_owned(),
        node: variable("NODE_NAME"),
        pod: variable("POD_NAME"),
        namespace: variable("POD_NAMESPACE"),
        container: Container::of(&marks(source, variable("KUBERNETES_SERVICE_HOST").is_some())),
        kernel: facts.release.text.clone(),
        cpu: cpus(source, &facts.cgroup, first).model,
        cpus: allowed.len(),
        memory_bytes: facts.memory.known().map(|memory| memory.total),
        page_size: facts.page_size.bytes(),
        labels,
    }
}

fn marks(source: &dyn Source, has_service: bool) -> Marks {
    let exists = |path: &str| matches!(source.stat(path), Reading::Known(_));
    let mounts = source.read("/proc/self/mountinfo");
    // Pods that are told of no services: /etc/hosts comes from there.
    let kubelet = mounts.known().is_some_and(|text| text.contains("/kubelet/pods/"));
    Marks {
        kubernetes: has_service || kubelet && exists("/dev/termination-log"),
        docker: exists("/.dockerenv"),
        podman: exists("/run/.containerenv"),
        pid_namespace: source.link("/proc/self/ns/pid").known().cloned().unwrap_or_default(),
    }
}
