//! The manifests against the schemas of Kubernetes, and `kubectl shmeter` through a real kubectl
//! against a stand-in for the API server. `tests/kubernetes/tools` gets what they need.
// clippy.toml allows these inside #[test] only, and most of these files is what tests share.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod cluster;
mod hostile;
mod manifests;
mod node;
mod plugin;
mod refusals;
mod room;
