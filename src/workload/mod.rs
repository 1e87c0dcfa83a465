//! What a team does, and how it is led.

pub mod bench;
pub mod compare;
pub mod fill;
pub mod measure;
