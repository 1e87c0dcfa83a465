//! The names of the documents, for those that write them and those that read them.
#![forbid(unsafe_code)]

/// Of `shmeter inspect`.
pub const INSPECT: &str = "shmeter.inspect/1";
/// Of `shmeter fill`.
pub const FILL: &str = "shmeter.fill/1";
/// Of `shmeter bench`.
pub const BENCH: &str = "shmeter.bench/1";
/// Of `shmeter compare`.
pub const COMPARE: &str = "shmeter.compare/1";
/// Of `shmeter ls`.
pub const LS: &str = "shmeter.ls/1";
/// Of `shmeter run`, and of its journal.
pub const RUN: &str = "shmeter.run/1";
/// Of `shmeter report`.
pub const REPORT: &str = "shmeter.report/1";
/// Of `shmeter explain`.
pub const EXPLAIN: &str = "shmeter.explain/1";
/// Of `shmeter watch`, and of its journal.
pub const WATCH: &str = "shmeter.watch/1";
