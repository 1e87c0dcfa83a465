//! A run in a few lines: what Kubernetes keeps of a container as its termination message. Pure.

use std::fmt::Write as _;

use super::{RunDocument, StepOutcome};
use crate::capacity::Source;
use crate::capacity::findings::Severity;
use crate::plain::plain;
use crate::report::fill::{FillDocument, Predicted};
use crate::report::inspect::{Segment, Verdict};
use crate::units::Bytes;

/// Kubernetes keeps so many bytes.
pub(crate) const MOST: usize = 4096;

/// A step that is under way, and what is predicted of it.
#[derive(Clone, Copy, Debug)]
pub struct UnderWay<'a> {
    pub step: &'a str,
    /// Known once the workers of a fill are ready.
    pub predicted: Option<&'a Predicted>,
}

/// What is known so far, at most `MOST` bytes; with a step that is under way it says what to think
/// if nothing follows.
pub fn summary(document: &RunDocument, under_way: Option<UnderWay<'_>>) -> String {
    let mut out = String::new();
    let so_far = if under_way.is_some() { " so far" } else { "" };
    let _ = writeln!(out, "shmeter run: {}{so_far}", verdict(document));
    if let Some(inspect) = &document.inspect {
        let mount = plain(&inspect.subject.mount);
        let _ = writeln!(out, "{mount}: {}", usable(&inspect.segments.posix));
        let told = inspect.findings.iter().filter(|finding| finding.severity > Severity::Info);
        let ids: Vec<&str> = told.map(|finding| finding.id).collect();
        if !ids.is_empty() {
            let _ = writeln!(out, "findings: {}", ids.join(", "));
        }
    }
    for fill in &document.fill {
        let _ = writeln!(out, "{}", filled(fill));
    }
    for row in document.steps.iter().filter(|row| row.outcome != StepOutcome::Done) {
        let word = if row.outcome == StepOutcome::Failed { "failed" } else { "skipped" };
        let why = row.why.as_deref().unwrap_or_default();
        let _ = writeln!(out, "{}: {word}: {}", row.step, plain(why));
    }
    if let Some(UnderWay { step, predicted }) = under_way {
        let expected = predicted.map_or(String::new(), |predicted| {
            format!(", {} expected, then {}", Bytes(predicted.bytes), predicted.ends_in.word())
        });
        let _ = writeln!(
            out,
            "{step}: running{expected}; if this is the last line, it was killed \
            here"
        );
    }
    cut(out)
}

/// The verdict in a word or two.
pub(crate) fn verdict(document: &RunDocument) -> &'static str {
    let disagrees = document.fill.iter().any(|fill| fill.agrees == Some(false));
    match document.verdict {
        _ if document.interrupted => "interrupted",
        Verdict::Ok => "ok",
        Verdict::Warn => "warn",
        Verdict::Fail if disagrees => "fail, a fill ended otherwise than predicted",
        Verdict::Fail => "fail",
    }
}

fn usable(posix: &Segment) -> String {
    let Some(bytes) = posix.available_bytes else {
        return format!("cannot tell: {}", posix.why.as_deref().map_or("".into(), plain));
    };
    let mut text = format!("{}{bytes} usable", posix.at_most());
    if let Some(binding) = posix.binding {
        let _ = write!(text, ", {} stops it", binding.word());
    }
    if let Some(end) = posix.methods.touch.as_ref().and_then(|row| row.ends_in) {
        let _ = write!(text, ", then {}", end.word());
    }
    text
}

fn filled(fill: &FillDocument) -> String {
    let measured = &fill.measured;
    let binding = measured.binding.map_or(String::new(), |b: Source| format!(" ({})", b.word()));
    let mut text = format!(
        "fill {} {}: {}, {}{binding}",
        fill.kind.word(),
        fill.method.word(),
        measured.bytes,
        measured.ended_in.word(),
    );
    let word = match (fill.agrees, &fill.predicted) {
        (Some(true), _) => ", as predicted".to_owned(),
        (Some(false), Some(predicted)) => {
            format!(", NOT as predicted ({}, {})", Bytes(predicted.bytes), predicted.ends_in.word())
        }
        _ => String::new(),
    };
    text.push_str(&word);
    text
}

/// Whole letters, and a line's end.
fn cut(mut text: String) -> String {
    if text.len() > MOST {
        let end = (0..MOST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::run::tests::document;
    use crate::report::run::{StepRow, text};

    #[test]
    fn a_summary_fits_whatever_was_refused() {
        let mut document = document();
        assert_eq!(summary(&document, None), "shmeter run: ok\n");
        for _ in 0..100 {
            document.steps.push(StepRow {
                step: "bench".into(),
                outcome: StepOutcome::Failed,
                seconds: 0.0,
                why: Some("ä\u{1b}[2J".repeat(40)),
            });
        }
        let told = summary(&document, None);
        assert!(told.len() <= MOST && told.ends_with('\n'), "{}", told.len());
        assert!(!told.contains('\u{1b}'));
        let shown = anstream::adapter::strip_str(&text::render(&document)).to_string();
        assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    }

    #[test]
    fn a_step_under_way_says_what_to_think_if_nothing_follows() {
        let under_way = UnderWay { step: "fill posix touch", predicted: None };
        let told = summary(&document(), Some(under_way));
        assert!(told.contains("so far") && told.contains("fill posix touch: running"), "{told}");
    }
}
