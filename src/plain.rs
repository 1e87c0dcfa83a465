//! Text of the machine, of a document or of a log as it may be shown: nothing in it steers a terminal.
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::fmt::Write as _;

/// Machine text without what could steer a terminal.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
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

/// JSON and a line end, in which nothing steers a terminal, and which says the same: strings alone can hold
/// such characters. Most has none and stays where it is: a report of many runs is large.
pub(crate) fn plain_json(mut json: String) -> String {
    let escaped = |c: char| steers(c) && c != '\n';
    if !json.contains(escaped) {
        json.reserve_exact(1);
        json.push('\n');
        return json;
    }
    let mut out = String::with_capacity(json.len().saturating_add(1));
    for c in json.chars() {
        if escaped(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out.push('\n');
    out
}

/// Whether it does more, or less, than to be seen in its place.
pub(crate) fn steers(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

/// What Unicode calls format characters, line and paragraph separators, and default-ignorable: they turn the
/// writing direction, end lines, take no room, or tag. And what may not stand in XML.
#[rustfmt::skip] // a block of Unicode a line
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}'
        | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a shell takes it as it is, in any place of a word: of `~` only a word that begins with it means a home.
pub(crate) fn is_plain_word(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+:@%,=~".contains(c))
}

/// A path, which others chose, as one word of a shell's command.
pub(crate) fn shell_word(path: &str) -> Cow<'_, str> {
    if is_plain_word(path) {
        return Cow::Borrowed(path);
    }
    Cow::Owned(format!("'{}'", path.replace('\'', "'\\''")))
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

    /// Categories Cc, Cf, Zl and Zp, as Python's unicodedata 15.0 has them.
    const UNSEEN: [(u32, u32); 23] = [
        (0x0, 0x1f),
        (0x7f, 0x9f),
        (0xad, 0xad),
        (0x600, 0x605),
        (0x61c, 0x61c),
        (0x6dd, 0x6dd),
        (0x70f, 0x70f),
        (0x890, 0x891),
        (0x8e2, 0x8e2),
        (0x180e, 0x180e),
        (0x200b, 0x200f),
        (0x2028, 0x202e),
        (0x2060, 0x2064),
        (0x2066, 0x206f),
        (0xfeff, 0xfeff),
        (0xfff9, 0xfffb),
        (0x110bd, 0x110bd),
        (0x110cd, 0x110cd),
        (0x13430, 0x1343f),
        (0x1bca0, 0x1bca3),
        (0x1d173, 0x1d17a),
        (0xe0001, 0xe0001),
        (0xe0020, 0xe007f),
    ];

    #[test]
    fn no_character_of_unicode_that_steers_or_hides_stays() {
        let unseen =
            |c: char| UNSEEN.iter().any(|(from, to)| (*from..=*to).contains(&u32::from(c)));
        for c in char::MIN..=char::MAX {
            let text = c.to_string();
            let shown = plain(&text);
            if unseen(c) {
                assert!(shown.is_ascii() && shown.starts_with('\\'), "{:x}", u32::from(c));
            }
            assert!(!shown.contains(steers), "{:x}", u32::from(c));
            assert!(steers(c) || shown == text);
        }
        // What is read stays, in every script.
        for text in [
            "späße",
            "naïve",
            "Ελλάδα",
            "при́вет",
            "日本語",
            "한국어",
            "हिन्दी",
            "ไทย",
            "🚫",
            "a\u{a0}b",
        ] {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn json_says_the_same_without_them() {
        let all: String = (char::MIN..=char::MAX).collect();
        let json = serde_json::to_string(&all).unwrap();
        let shown = plain_json(json);
        assert!(!shown.trim_end_matches('\n').contains(steers));
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), all);
        assert_eq!(plain_json("{\n  \"a\": 1\n}".to_owned()), "{\n  \"a\": 1\n}\n");
    }

    #[test]
    fn a_long_path_keeps_its_ends() {
        let path = format!("/sys/fs/cgroup/{}/memory.max", "x".repeat(100));
        let short = fit(&path, 40);
        assert_eq!(short.chars().count(), 40);
        assert!(short.starts_with("/sys/fs/") && short.ends_with("/memory.max"));
    }
}
