//! Where something was measured: what tells one run from another.

use std::collections::BTreeMap;

use serde::Serialize;

use super::runtime::Runtime;
use crate::units::Bytes;

/// The machine and the container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Environment {
    /// Version of shmeter.
    pub version: &'static str,
    /// When the run began, in UTC (RFC 3339).
    pub time: String,
    /// Host name of the machine or container.
    pub hostname: String,
    /// Name of the node: the variable `NODE_NAME`.
    pub node: Option<String>,
    /// Name of the pod: the variable `POD_NAME`.
    pub pod: Option<String>,
    /// Namespace of the pod: the variable `POD_NAMESPACE`.
    pub namespace: Option<String>,
    /// The container runtime.
    pub container: Runtime,
    /// Release of the kernel.
    pub kernel: String,
    /// Model of the CPU.
    pub cpu: String,
    /// Number of CPUs that the process may use.
    pub cpus: usize,
    /// Memory of the machine; null where it cannot be read.
    pub memory_bytes: Option<Bytes>,
    /// Bytes of a page.
    pub page_size: u64,
    /// The values of `--label`.
    pub labels: BTreeMap<String, String>,
}
