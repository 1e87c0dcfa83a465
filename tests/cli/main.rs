//! What the binary does on this host: its words, codes and documents, its fills and measurements, what it
//! sees of others, and that it leaves nothing.
// clippy.toml allows these inside #[test] only, and much of these files is what tests share.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/signal.rs"]
mod signal;
#[path = "../common/skip.rs"]
mod skip;
#[path = "../common/traces.rs"]
mod traces;

mod bench;
mod builds;
mod command_line;
mod compare;
mod denied;
mod fill;
mod goldens;
mod hostile;
mod ls;
mod other_tools;
mod outputs;
mod page;
mod readme;
mod release;
mod report;
mod run;
mod schemas;
mod signals;
mod static_binary;
mod version;
mod watch;
