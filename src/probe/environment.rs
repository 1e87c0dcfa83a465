//! Reads what tells one run from another.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::{Source, cpus};
use crate::facts::Facts;
use crate::facts::environment::Environment;

/// Where this is, with the user's labels. `allowed`: the CPUs that this process may use.
pub(crate) fn environment(
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
        container: facts.runtime.runtime,
        kernel: facts.release.text.clone(),
        cpu: cpus(source, &facts.cgroup, first).model,
        cpus: allowed.len(),
        memory_bytes: facts.memory.known().map(|memory| memory.total),
        page_size: facts.page_size.bytes(),
        labels,
    }
}
