//! The names of the documents, for those that write them and those that read them, and their JSON Schemas.
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

macro_rules! kept {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("../docs/schemas/", $name, ".json"))),)*]
    };
}

/// Name and text of each schema: of the documents, and of the lines of journals. They are generated from the
/// types, which `command/schemas.rs` names.
pub const SCHEMAS: &[(&str, &str)] = kept![
    "bench",
    "capture",
    "compare",
    "explain",
    "fill",
    "fill-journal",
    "inspect",
    "ls",
    "report",
    "run",
    "run-journal",
    "watch",
    "watch-journal",
];

/// The names of the schemas.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCHEMAS.iter().map(|(name, _)| *name)
}
