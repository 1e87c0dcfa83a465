//! The properties and mutators that the targets share. What must hold stands in `properties`, which the test program
//! `pure` includes as well: it replays the corpus.

#[path = "../properties/mod.rs"]
pub mod properties;

pub mod mutate;
