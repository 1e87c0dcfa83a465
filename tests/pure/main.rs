//! What runs no program and needs no machine: the model, the parsers and the texts, on captures and on
//! machines that do not exist; and the rules of the house.
// clippy.toml allows these inside #[test] only, and much of these files is what tests share.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../../fuzz/properties/mod.rs"]
mod fuzzed;
#[path = "../common/machine.rs"]
mod machine;

mod capture_truths;
mod cases;
mod corpus;
mod explain;
mod fill_plans;
mod house;
mod openmetrics;
mod path_traps;
mod properties;
mod release;
mod runtimes;
mod watch;
