//! What must hold for every input. A target of `fuzz/targets` and the test that replays `fuzz/corpus` both call
//! `hold` of the same module, with the same bytes.
//!
//! A property panics where it does not hold.

pub mod arguments;
pub mod capture;
pub mod explain;
pub mod growth;
pub mod kernel_files;
pub mod report;
pub mod shown;
pub mod sizes;

/// Says by a panic what does not hold for an input.
pub type Property = fn(&[u8]);

/// Each target by its name, which is also that of its folder in the corpus.
pub const TARGETS: [(&str, Property); 6] = [
    ("kernel_files", kernel_files::hold),
    ("capture", capture::hold),
    ("report", report::hold),
    ("explain", explain::hold),
    ("sizes", sizes::hold),
    ("arguments", arguments::hold),
];
