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
        message(&mut out, found, document.lines);
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

fn message(out: &mut String, found: &MatchRow, lines: u64) {
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
        row(out, "here", here);
    }
    rows(out, "fix", &found.fix);
    row(out, "source", found.source);
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
