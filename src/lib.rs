//! How much shared memory can this container really use, by which API, and what stops it?
//!
//! Data flows one way: `probe` reads a machine (or a capture of one) into `facts`, `capacity`
//! turns facts into what still fits, `report` says it.

pub mod bench;
pub mod capacity;
pub mod cli;
pub mod command;
pub mod compare;
pub mod explain;
pub mod facts;
pub mod fill;
pub mod plain;
pub mod probe;
pub mod report;
pub mod runs;
pub mod schema;
pub mod segment;
pub mod stats;
pub mod sys;
pub mod units;
pub mod watch;
pub mod workload;
