//! Where something was measured: what tells one run from another.

use std::collections::BTreeMap;

use serde::Serialize;

use super::runtime::Runtime;
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
    pub container: Runtime,
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
