//! Others' words within Markdown and HTML: they read as they are, and are nothing but letters.

use std::fmt::Write as _;

use crate::plain::plain;

/// Text in which nothing is a mark of Markdown or HTML, and nothing a link, a mention or a reference.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::new();
    for token in plain(text).split_inclusive(char::is_whitespace) {
        let word = token.trim_end_matches(char::is_whitespace);
        if is_live(word) {
            code_span(&mut out, word);
        } else {
            word.chars().for_each(|c| escaped(&mut out, c));
        }
        out.push_str(token.get(word.len()..).unwrap_or_default());
    }
    out
}

/// The same as a paragraph of its own, whose beginning is no list or rule either.
pub(crate) fn paragraph(text: &str) -> String {
    let text = escape(plain(text).trim());
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    let begins = |marks: &[char]| {
        rest.strip_prefix(marks).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    if digits == 0 && rest.starts_with(['-', '+', '=']) || digits > 0 && begins(&['.', ')']) {
        format!("{number}\\{rest}")
    } else {
        text
    }
}

fn escaped(out: &mut String, c: char) {
    match c {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' | '~' => {
            out.push('\\');
            out.push(c);
        }
        c => out.push(c),
    }
}

/// Whether GitHub or its like make more of a word than its letters, which no escape keeps them from: links,
/// mails, mentions, numbers of issues and merge requests, formulas, emoji.
fn is_live(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let before = |mark: char, of: fn(char) -> bool| {
        lower
            .match_indices(mark)
            .any(|(at, _)| lower.get(at..).and_then(|rest| rest.chars().nth(1)).is_some_and(of))
    };
    word.contains(['@', '$'])
        || ["://", "www.", "mailto:", "xmpp:"].iter().any(|one| lower.contains(one))
        || before('#', char::is_alphanumeric)
        || before('!', |c| c.is_ascii_digit())
        || lower.contains("gh-")
        || lower.matches(':').count() > 1
            && before(':', |c| c.is_ascii_alphabetic() || c == '+' || c == '-')
}

/// A word in which nothing is looked for; marks that could end it stand beside it.
fn code_span(out: &mut String, word: &str) {
    const MARKS: [char; 5] = ['`', '|', '<', '>', '&'];
    for part in word.split_inclusive(MARKS) {
        let letters = part.trim_end_matches(MARKS);
        if !letters.is_empty() {
            let _ = write!(out, "`{letters}`");
        }
        part.chars().skip(letters.chars().count()).for_each(|c| escaped(out, c));
    }
}

/// Text in a line of HTML, where Markdown is not read, but links and mentions are looked for.
pub(crate) fn in_html(text: &str) -> String {
    let mut out = String::new();
    for token in plain(text).split_inclusive(char::is_whitespace) {
        let word = token.trim_end_matches(char::is_whitespace);
        let live = is_live(word);
        out.push_str(if live { "<code>" } else { "" });
        for c in token.chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                // Some readers look for code in HTML, too.
                '`' => out.push_str("&#96;"),
                c => out.push(c),
            }
        }
        out.push_str(if live { "</code>" } else { "" });
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plain::steers;

    #[test]
    fn nothing_in_a_text_is_a_mark() {
        assert_eq!(escape("a|b<img>*c*\n"), "a\\|b&lt;img&gt;\\*c\\*\\\\n");
        assert_eq!(escape("[x](javascript:alert(1))"), "\\[x\\](javascript:alert(1))");
        assert_eq!(paragraph("    - a # b"), "\\- a \\# b");
        assert_eq!(paragraph("12. a"), "12\\. a");
        assert_eq!(paragraph("1.5 GiB, 50 %"), "1.5 GiB, 50 %");
    }

    #[test]
    fn links_mentions_and_references_are_code() {
        for word in [
            "https://evil.example",
            "HTTP://x",
            "www.evil.example",
            "@name",
            "a@b.example",
            "#123",
            "owner/repo#1",
            "GH-12",
            "group/project!7",
            "mailto:x",
            ":tada:",
            "$\\alpha$",
            "$12",
        ] {
            assert_eq!(escape(&format!("see {word} there")), format!("see `{word}` there"));
            assert_eq!(in_html(word), format!("<code>{word}</code>"));
        }
        assert_eq!(in_html("a`b"), "a&#96;b");
        assert_eq!(escape("@a`b|@c"), "`@a`\\``b`\\|`@c`");
        assert_eq!(escape("<https://x>"), "&lt;`https://x`&gt;");
        for word in ["memory.max", "/dev/shm:", "web-0", "12:30:45", "# a", "posix: touch: done"] {
            assert!(!escape(word).contains('`'), "{word}");
        }
    }

    /// What a reader of Markdown makes of it: the letters, and whether each stands in code.
    fn read(markdown: &str) -> Vec<(char, bool)> {
        let entities = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&')];
        let (mut read, mut code, mut rest) = (Vec::new(), false, markdown);
        while let Some(c) = rest.chars().next() {
            let entity = entities.iter().find(|(name, _)| !code && rest.starts_with(name));
            let escaped =
                rest.strip_prefix('\\').filter(|_| !code).and_then(|rest| rest.chars().next());
            let taken = match (entity, escaped) {
                (Some((name, letter)), _) => {
                    read.push((*letter, code));
                    name.len()
                }
                (_, Some(letter)) if letter.is_ascii_punctuation() => {
                    read.push((letter, code));
                    letter.len_utf8().saturating_add(1)
                }
                _ if c == '`' => {
                    code = !code;
                    1
                }
                _ => {
                    assert!(code || !"<>&|*_[]#~\\".contains(c), "{c} in {markdown:?}");
                    read.push((c, code));
                    c.len_utf8()
                }
            };
            rest = &rest[taken..];
        }
        assert!(!code, "{markdown:?}");
        read
    }

    fn anything() -> impl Strategy<Value = String> {
        let mark = prop::sample::select(
            " \\`*_[]()<>&|#~@!$:/=+-.1aw\n\u{ad}\u{2028}".chars().collect::<Vec<_>>(),
        );
        let word = prop::sample::select(vec![
            "https://", "www.", "@name", "#1", "GH-1", "mailto:", "<b>", "&lt;", "```",
        ]);
        let piece = prop_oneof![4 => mark.prop_map(String::from), 2 => any::<char>().prop_map(String::from), 1 => word.prop_map(str::to_owned)];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn whatever_is_escaped_reads_as_itself_and_nothing_of_it_is_live(text in anything()) {
            let shown = paragraph(&text);
            prop_assert!(!shown.contains(steers));
            let read = read(&shown);
            let letters: String = read.iter().map(|(c, _)| c).collect();
            let plain = plain(&text);
            prop_assert_eq!(letters, plain.trim());
            let outside: String = read.iter().map(|(c, code)| if *code { ' ' } else { *c }).collect();
            for live in ["@", "://", "www.", "WWW.", "mailto:", "$"] {
                prop_assert!(!outside.contains(live), "{} in {}", live, shown);
            }
        }

        #[test]
        fn a_line_of_html_has_no_tag_but_code(text in anything()) {
            let shown = in_html(&text);
            prop_assert!(!shown.contains(steers));
            let bare = shown.replace("<code>", "").replace("</code>", "");
            prop_assert!(!bare.contains(['<', '>']), "{}", shown);
            prop_assert!(!bare.contains('`'), "{}", shown);
            let letters = bare.replace("&lt;", "<").replace("&gt;", ">").replace("&#96;", "`");
            prop_assert_eq!(letters.replace("&amp;", "&"), plain(&text));
        }
    }
}
