//! The document of an inspect, and the code that it exits with.

use super::announce;
use crate::capacity::findings::Asked;
use crate::capacity::{Certainty, assess};
use crate::command::{Code, Failure};
use crate::facts::Facts;
use crate::fill::hidden_limits::{self, Beside};
use crate::report::inspect::{Document, Verdict};

/// What the facts come to; with `measure` it fills until memory runs short, where limits are hidden.
pub(in crate::command) fn document(
    facts: &Facts,
    asked: &Asked,
    measure: Option<Beside>,
) -> Result<Document, Failure> {
    let mut capacities = assess(facts);
    if let Some(beside) = measure
        && let Some(hidden) = hidden_limits::measure(facts, &capacities, beside, &mut announce)?
    {
        for capacity in capacities.iter_mut() {
            hidden.apply(facts, capacity);
        }
    }
    Ok(Document::new(facts, &capacities, asked))
}

/// The code that it exits with, or why something cannot be told.
pub(in crate::command) fn verdict(document: &Document) -> Result<Code, Failure> {
    if document.verdict == Verdict::Fail {
        return Ok(Code::CheckFailed);
    }
    let unknown = document.segments.each().into_iter().find_map(|(kind, segment)| {
        (segment.certainty == Certainty::Unknown).then(|| (kind, segment.why.clone()))
    });
    match unknown {
        None => Ok(Code::Done),
        Some((kind, why)) => Err(Failure::new(
            Code::CannotTell,
            format!(
                "cannot tell how much {} shared memory is usable: {}",
                kind.word(),
                why.unwrap_or_default()
            ),
        )),
    }
}
