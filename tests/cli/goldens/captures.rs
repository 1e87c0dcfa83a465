//! What an inspect says of every kept capture, in each of its forms.

use super::kept::Transcript;
use crate::common;

/// One file for each capture.
pub fn names() -> Vec<String> {
    common::cases().iter().map(|case| format!("captures/{case}")).collect()
}

#[test]
fn every_capture_is_told_as_it_was_in_each_form() {
    for case in common::cases() {
        let mut said = Transcript::default();
        let inspect = format!("inspect --from tests/captures/{case}.json");
        said.run(&inspect);
        for option in ["--explain", "--format json", "--format openmetrics"] {
            said.run(&format!("{inspect} {option}"));
        }
        said.check(&format!("captures/{case}"));
    }
}
