//! Whether a line holds a message: literal parts in their order, ASCII letters in either case.
//!
//! `*` stands for anything between two parts, `^` at the begin and `$` at the end for the line's ends without
//! blanks. A part that begins or ends with a digit is a whole number there: `137` is not in `1370`. One that begins or
//! ends with a name in capitals is a whole word there: `EFAULT` is not in `default`. `|` at the begin or end of a part
//! demands that of any other part.

use super::words;

/// A part of so many bytes is rare enough to be looked for.
const RARE: usize = 4;

/// Capitals in a row that are a name: EPERM, SIGBUS.
const NAME: usize = 4;

/// What has to stand in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    text: String,
    /// Whether a word begins, or ends, where it does.
    begins: bool,
    ends: bool,
}

/// A pattern, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    parts: Vec<Part>,
    /// The part that is looked for first, in all of a text.
    key: usize,
    at_start: bool,
    at_end: bool,
}

/// Which ends of its line a piece has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    pub start: bool,
    pub end: bool,
}

impl Pattern {
    /// A pattern, in each language that it stands for.
    pub(super) fn all(text: &str) -> Vec<Pattern> {
        // Where a call and an error stand in it, the call is what fewer lines have.
        let call = parts(text.trim_matches(['^', '$'])).enumerate();
        let call = call.filter(|(_, part)| !part.contains('{') && part.len() >= RARE);
        let call = call.max_by_key(|(_, part)| part.len()).map(|(at, _)| at);
        let spelled = words::spelled(text);
        let several = spelled.len() > 1;
        let of = |text: &String| {
            let pattern = Pattern::of(text);
            match call.filter(|_| several) {
                Some(key) => Pattern { key, ..pattern },
                None => pattern,
            }
        };
        spelled.iter().map(of).collect()
    }

    fn of(text: &str) -> Pattern {
        let (text, at_start) = text.strip_prefix('^').map_or((text, false), |rest| (rest, true));
        let (text, at_end) = text.strip_suffix('$').map_or((text, false), |rest| (rest, true));
        let parts: Vec<Part> = parts(text).map(Part::of).collect();
        let longest = parts.iter().enumerate().max_by_key(|(_, part)| part.text.len());
        let key = longest.map_or(0, |(at, _)| at);
        Pattern { parts, key, at_start, at_end }
    }

    /// The part that is looked for first, in all of a text: as a rule the longest one.
    pub(super) fn key(&self) -> &str {
        self.parts.get(self.key).map_or("", |part| part.text.as_str())
    }

    /// All of its parts.
    pub(super) fn parts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| part.text.as_str())
    }

    /// Where it begins in a line.
    pub(super) fn find(&self, line: &[u8], ends: Ends) -> Option<usize> {
        let (last, rest) = self.parts.split_last()?;
        let (from, until) = trimmed(line);
        if (self.at_start && !ends.start) || (self.at_end && !ends.end) {
            return None;
        }
        let (mut at, mut begin) = (from, None);
        for part in rest {
            let found = self.next(line, part, at, begin.is_none())?;
            begin = begin.or(Some(found));
            at = found.saturating_add(part.text.len());
        }
        let first = begin.is_none();
        let found = if self.at_end {
            let found = until.checked_sub(last.text.len())?;
            let fits = found >= at && (!self.at_start || !first || found == from);
            (fits && last.is_at(line, found)).then_some(found)?
        } else {
            self.next(line, last, at, first)?
        };
        Some(begin.unwrap_or(found))
    }

    /// Where a part comes next; the first one of a pattern may have to stand at the begin.
    fn next(&self, line: &[u8], part: &Part, from: usize, first: bool) -> Option<usize> {
        if self.at_start && first {
            return part.is_at(line, from).then_some(from);
        }
        let last = line.len().checked_sub(part.text.len())?;
        (from..=last).find(|at| part.is_at(line, *at))
    }
}

impl Part {
    fn of(text: &str) -> Part {
        let (text, begins) = text.strip_prefix('|').map_or((text, false), |rest| (rest, true));
        let (text, ends) = text.strip_suffix('|').map_or((text, false), |rest| (rest, true));
        let is_name = |bytes: &mut dyn Iterator<Item = u8>| {
            bytes.take_while(u8::is_ascii_uppercase).count() >= NAME
        };
        let begins = begins || is_name(&mut text.bytes());
        let ends = ends || is_name(&mut text.bytes().rev());
        Part { text: text.to_owned(), begins, ends }
    }

    /// Whether it stands there, no number or word of it cut.
    fn is_at(&self, line: &[u8], at: usize) -> bool {
        let part = self.text.as_bytes();
        let end = at.saturating_add(part.len());
        if !line.get(at..end).is_some_and(|piece| piece.eq_ignore_ascii_case(part)) {
            return false;
        }
        let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let letter = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        };
        let before = at.checked_sub(1).and_then(|before| line.get(before));
        let behind = line.get(end);
        let cut_number =
            (digit(part.first()) && digit(before)) || (digit(part.last()) && digit(behind));
        // Some languages have no blanks between words: their letters are not of ASCII.
        let cut_word = (self.begins && letter(part.first()) && letter(before))
            || (self.ends && letter(part.last()) && letter(behind));
        !cut_number && !cut_word
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split('*').filter(|part| !part.is_empty())
}

/// Where a line begins and ends without blanks.
fn trimmed(line: &[u8]) -> (usize, usize) {
    let from = line.len().saturating_sub(line.trim_ascii_start().len());
    (from, line.trim_ascii_end().len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WHOLE: Ends = Ends { start: true, end: true };

    fn finds(pattern: &str, line: &str) -> Option<usize> {
        Pattern::of(pattern).find(line.as_bytes(), WHOLE)
    }

    #[test]
    fn parts_stand_in_their_order_and_in_either_case() {
        assert_eq!(finds("b*d", "aBcDe"), Some(1));
        assert_eq!(finds("d*b", "abcde"), None);
        assert_eq!(finds("ab*ab", "ab"), None);
        assert_eq!(finds("ab*ab", "abab"), Some(0));
        assert_eq!(finds("", "anything"), None);
    }

    #[test]
    fn the_ends_of_a_line_are_those_without_blanks() {
        assert_eq!(finds("^Killed$", "  killed \r\n"), Some(2));
        assert_eq!(finds("^Killed$", "was killed"), None);
        assert_eq!(finds("^Killed$", "killed by"), None);
        assert_eq!(finds("killed$", "was killed"), Some(4));
        assert_eq!(finds("^a*b$", "a x b"), Some(0));
        assert_eq!(finds("^a*b$", "b a"), None);
        assert_eq!(finds("a*a$", "a"), None);
        let piece = Ends { start: false, end: true };
        assert_eq!(Pattern::of("^Killed$").find(b"Killed", piece), None);
        let piece = Ends { start: true, end: false };
        assert_eq!(Pattern::of("Killed$").find(b"Killed", piece), None);
        assert_eq!(Pattern::of("Killed").find(b"Killed", piece), Some(0));
    }

    #[test]
    fn a_number_is_whole() {
        assert_eq!(finds("code 137", "exit code 137."), Some(5));
        assert_eq!(finds("code 137", "exit code 1370"), None);
        assert_eq!(finds("7 (Bus", "17 (Bus error"), None);
        assert_eq!(finds("code 137", "code 1375 code 137"), Some(10));
    }

    #[test]
    fn a_name_in_capitals_is_a_whole_word() {
        assert_eq!(finds("EFAULT", "using default settings"), None);
        assert_eq!(finds("EFAULT", "efault: bad address"), Some(0));
        assert_eq!(finds("EMFILE", "cannot load memfile"), None);
        assert_eq!(finds("EMFILE", "memfile, then -EMFILE"), Some(15));
        assert_eq!(finds("shm*EPERM", "shm_open(filepermission)"), None);
        assert_eq!(finds("EPERM", "错误EPERM。"), Some(6));
        assert_eq!(finds("ENOENT", "UV_ENOENT"), None);
        assert_eq!(finds("shmget", "do_shmget()"), Some(3));
    }

    #[test]
    fn a_bar_demands_a_whole_word() {
        assert_eq!(finds("|bus error|", "modbus error"), None);
        assert_eq!(finds("|bus error|", "Bus errors"), None);
        assert_eq!(finds("|bus error|", "modbus error, bus error."), Some(14));
        assert_eq!(finds("a|b", "A|b"), Some(0));
        assert_eq!(finds("|错误|", "x错误x"), Some(1));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived_and_a_find_is_within_the_line(
            pattern in "[\\^]?[ab*1|]{0,6}[$]?",
            line in prop::collection::vec(prop::sample::select(b"abAB1 \n\xff".to_vec()), 0..24),
        ) {
            let pattern = Pattern::of(&pattern);
            for (start, end) in [(true, true), (true, false), (false, true), (false, false)] {
                if let Some(at) = pattern.find(&line, Ends { start, end }) {
                    prop_assert!(pattern.parts[0].is_at(&line, at));
                }
            }
        }
    }
}
