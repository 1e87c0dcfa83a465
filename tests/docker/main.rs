//! Tests in Docker: all that stands here needs a daemon, and rights on this machine.
// clippy.toml allows these inside #[test] only, and most of these files is what tests share.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used
)]

#[path = "../common/careful.rs"]
mod careful;
#[path = "../common/cells.rs"]
mod cells;
mod live;
#[path = "../common/signal.rs"]
mod signal;
