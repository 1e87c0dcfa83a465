//! Text of the machine, of a document or of a log as it may be shown: nothing in it steers a terminal.
#![forbid(unsafe_code)]

use std::borrow::Cow;

/// Machine text without what could steer a terminal.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() || is_invisible(c);
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for c in text.chars() {
        if steers(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Marks that turn the writing direction, take no room, or may not stand in XML.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// `text` in `width` columns, its middle left out where it is longer.
pub(crate) fn fit(text: &str, width: usize) -> String {
    let text = plain(text);
    if text.len() <= width {
        return text.into_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= width {
        return text.into_owned();
    }
    let keep = width.saturating_sub(3);
    let head = keep / 3;
    let tail = chars.len().saturating_sub(keep.saturating_sub(head));
    let start: String = chars.iter().take(head).collect();
    let end: String = chars.iter().skip(tail).collect();
    format!("{start}...{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_steer_a_terminal_is_shown_as_code() {
        assert_eq!(plain("a\u{1b}[31mb\n\u{202e}c"), "a\\u{1b}[31mb\\n\\u{202e}c");
        assert_eq!(plain("/späße/a b"), "/späße/a b");
    }

    #[test]
    fn a_long_path_keeps_its_ends() {
        let path = format!("/sys/fs/cgroup/{}/memory.max", "x".repeat(100));
        let short = fit(&path, 40);
        assert_eq!(short.chars().count(), 40);
        assert!(short.starts_with("/sys/fs/") && short.ends_with("/memory.max"));
    }
}
