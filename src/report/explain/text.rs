//! What a person reads: the message, what it means and what not, what holds here, what to do.

use anstyle::Style;

use super::{CatalogueDocument, EntryRow, ExplainDocument, MatchRow};
use crate::explain::{Certainty, Meaning};
use crate::plain::fit;
use crate::report::style::{BAD, CARE, DIM, GOOD, headline, wrap};

/// Each message that was found.
#[must_use]
pub fn render(document: &ExplainDocument) -> String {
    let mut out = String::new();
    for (at, found) in document.matches.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let earlier = document.matches.get(..at).unwrap_or_default();
        message(&mut out, found, earlier, document.lines);
    }
    out
}

/// Every message that is known, a paragraph each.
#[must_use]
pub fn list(document: &CatalogueDocument) -> String {
    let mut out = String::new();
    for (at, entry) in document.entries.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        known(&mut out, entry);
    }
    out
}

/// A message; what an earlier one said word for word is not said again.
fn message(out: &mut String, found: &MatchRow, earlier: &[MatchRow], lines: u64) {
    title(out, found.application, &found.title, tone(found.meaning, found.certainty));
    let place = match (found.count, lines) {
        (_, 1) => String::new(),
        (1, _) => format!(" (line {})", found.first_line),
        (count, _) => format!(" (line {}, {count} in all)", found.first_line),
    };
    row(out, "message", &format!("{}{place}", fit(&found.line, 260)));
    row(out, "means", found.text);
    row(out, "not", found.not);
    if let Some(here) = &found.here {
        let is_said = earlier.iter().any(|one| one.here.as_ref() == Some(here));
        row(out, "here", if is_said { SAID } else { here });
    }
    let said = earlier.iter().map(|one| said_before(&one.fix, &found.fix)).max().unwrap_or(0);
    let (first, rest) = found.fix.split_at_checked(said).unwrap_or_default();
    match (first.is_empty(), rest.is_empty()) {
        (true, _) => rows(out, "fix", &found.fix),
        (false, true) => row(out, "fix", SAID),
        (false, false) => rows(out, "fix", &format!("{SAID}\n{rest}")),
    }
    row(out, "source", found.source);
}

/// In the place of what an earlier message said.
const SAID: &str = "as above";

/// How many bytes of a fix, in whole lines, are those that another one begins with; few are said again.
fn said_before(other: &str, fix: &str) -> usize {
    const FEW: usize = 100;
    let same = other.split_inclusive('\n').zip(fix.split_inclusive('\n'));
    let same = same.take_while(|(other, fix)| other.trim_end() == fix.trim_end());
    let bytes = same.map(|(_, fix)| fix.len()).sum();
    if bytes < FEW { 0 } else { bytes }
}

fn known(out: &mut String, entry: &EntryRow) {
    title(out, entry.application, &entry.title, tone(entry.meaning, entry.certainty));
    row(out, "entry", entry.entry);
    if let Some(versions) = entry.versions {
        row(out, "versions", versions);
    }
    row(out, "message", &fit(entry.example, 260));
    row(out, "means", entry.text);
    row(out, "not", entry.not);
    rows(out, "fix", &entry.fix);
    row(out, "source", entry.source);
}

/// Who prints it, and in two words what it is.
fn title(out: &mut String, application: &str, words: &str, style: Style) {
    headline(out, application, None, style, words);
}

const fn tone(meaning: Meaning, certainty: Certainty) -> Style {
    match (meaning, certainty) {
        (Meaning::NotSharedMemory, _) => GOOD,
        (Meaning::Ambiguous, _) | (_, Certainty::Ambiguous) => DIM,
        (_, Certainty::Likely) => CARE,
        (_, Certainty::Sure) => BAD,
    }
}

fn row(out: &mut String, name: &str, text: &str) {
    wrap(out, &format!("  {name:<8} "), "           ", text);
}

/// A row of several paragraphs.
fn rows(out: &mut String, name: &str, text: &str) {
    for (at, line) in text.lines().enumerate() {
        row(out, if at == 0 { name } else { "" }, line);
    }
}

#[cfg(test)]
mod tests {
    use super::super::title as words_of;
    use super::*;
    use crate::explain::Refusal;
    use crate::explain::catalogue::entries;
    use crate::report::style::WIDTH;

    #[test]
    fn what_an_earlier_message_said_is_not_said_again() {
        let long = "x".repeat(120);
        let all = |one: &str| format!("{long}\n{one}");
        assert_eq!(said_before(&all("a"), &all("b")), 121);
        assert_eq!(said_before(&all("a"), &all("a")), 122);
        assert_eq!(said_before(&long, &all("b")), 121);
        assert_eq!(said_before("short\na", "short\nb"), 0);
        assert_eq!(said_before(&all("a"), "b"), 0);
    }

    #[test]
    fn no_headline_is_wider_than_a_terminal() {
        let refusals = [None, Some(Refusal::Missing), Some(Refusal::Exists), Some(Refusal::Denied)];
        for (entry, refusal) in entries().flat_map(|entry| refusals.map(|one| (entry, one))) {
            for is_large_enough_here in [false, true] {
                let words = words_of(entry, refusal, is_large_enough_here);
                let mut out = String::new();
                title(&mut out, entry.application, &words, Style::new());
                let bare = anstream::adapter::strip_str(&out).to_string();
                assert!(bare.lines().all(|line| line.chars().count() <= WIDTH), "{bare}");
            }
        }
    }
}
