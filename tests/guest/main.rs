//! Live tests in guest kernels: what inspect says there is what an independent program then
//! reaches, on cgroup v1 and v2, with and without swap, whatever this machine has.
// clippy.toml allows these inside #[test] only, and most of these files is what tests share.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used
)]

mod initramfs;
mod machine;
mod truths;
