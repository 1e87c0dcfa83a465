//! Live tests in guest kernels, on cgroup v1 and v2, with and without swap, whatever this machine
//! has: what inspect says there is what an independent program then reaches (`truths`), and what a
//! fill predicts is what it does (`fills`), and a careful fill kills nobody, whatever the setting (`safe`).
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
mod commands;
mod emulated;
mod fills;
mod guest;
mod initramfs;
mod machine;
mod room;
mod runs;
mod safe;
#[allow(dead_code)] // this program uses a part
#[path = "../common/skip.rs"]
mod skip;
mod truths;
mod uml;
mod watch;
