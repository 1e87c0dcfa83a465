//! What a team does, and how it is led.

pub mod fill;
pub mod measure;
