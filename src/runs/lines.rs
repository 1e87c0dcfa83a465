//! Lines to JSON: what `kubectl logs` and others put before a line is taken off, and documents that
//! were printed over several lines are put together again.

/// Bytes of a document over several lines.
const LARGEST: usize = 32 << 20;

/// What stands in a line of a log.
#[derive(Debug, PartialEq)]
pub(crate) struct Line<'a> {
    /// What marks the pod in a log of many.
    pub whose: &'a str,
    /// What was written.
    pub rest: &'a str,
    pub part: Option<Part<'a>>,
}

/// Of a line in a node's own files, which may be one of several parts.
#[derive(Debug, PartialEq)]
pub(crate) struct Part<'a> {
    /// stdout or stderr.
    pub stream: &'a str,
    /// The line goes on in another part.
    pub goes_on: bool,
}

/// Takes off `[pod/NAME/CONTAINER] ` (kubectl --prefix), `NAME  | ` (compose), a timestamp, and
/// `stdout F ` or `stdout P ` (a node's own files).
pub(crate) fn split(line: &str) -> Line<'_> {
    let line = line.trim_end_matches(['\r', '\n']);
    let (whose, rest) = mark(line).unwrap_or(("", line));
    let rest = stamp(rest).unwrap_or(rest);
    match part(rest) {
        Some((part, rest)) => Line { whose, rest, part: Some(part) },
        None => Line { whose, rest, part: None },
    }
}

/// `stdout F ` of a whole line or the last part of one, `stdout P ` of the parts before that.
fn part(line: &str) -> Option<(Part<'_>, &str)> {
    let (stream, rest) = line.split_once(' ')?;
    let (tag, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let known = matches!(stream, "stdout" | "stderr") && matches!(tag, "F" | "P");
    known.then_some((Part { stream, goes_on: tag == "P" }, rest))
}

fn mark(line: &str) -> Option<(&str, &str)> {
    if let Some(rest) = line.strip_prefix('[') {
        let (name, rest) = rest.split_once("] ")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._/".contains(c);
        return (name.starts_with("pod/") && name.chars().all(plain)).then_some((name, rest));
    }
    let (name, rest) = line.split_once(" | ")?;
    let name = name.trim_end();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    (!name.is_empty() && name.chars().all(plain)).then_some((name, rest))
}

/// `2026-11-24T22:00:00.123456789Z ` and the like.
fn stamp(line: &str) -> Option<&str> {
    let (stamp, rest) = line.split_once(' ')?;
    let bytes = stamp.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let at = |n: usize, c: u8| bytes.get(n) == Some(&c);
    let dated = at(4, b'-') && at(7, b'-') && at(10, b'T') && at(13, b':') && at(16, b':');
    let plain = bytes.iter().all(|byte| byte.is_ascii_digit() || b"-:.TZ+".contains(byte));
    (dated && plain && digits >= 14).then_some(rest)
}

/// The parts of a line that a container runtime cut, in bytes as a cut may fall within a letter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    bytes: Vec<u8>,
    long: bool,
}

impl Parts {
    /// Bytes that are held.
    pub(crate) const fn held(&self) -> usize {
        self.bytes.len()
    }

    /// Takes the next part; of a line that is too long nothing is held.
    pub(crate) fn push(&mut self, part: &[u8]) {
        self.long |= self.bytes.len().saturating_add(part.len()) > LARGEST;
        if self.long {
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(part);
        }
    }

    /// The line; `None` where it is too long.
    pub(crate) fn join(self) -> Option<String> {
        (!self.long).then(|| String::from_utf8_lossy(&self.bytes).into_owned())
    }
}

/// A document that goes on over lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    text: String,
    lines: u64,
}

/// What a line comes to.
#[derive(Debug, PartialEq)]
pub(crate) enum Found<'a> {
    Object(std::borrow::Cow<'a, str>),
    /// It belongs to a document that goes on.
    Within,
    /// None of ours.
    Other,
}

impl Block {
    /// Takes a line; the number of lines that turned out to be none of ours.
    pub(crate) fn take<'a>(&mut self, line: &'a str) -> (Found<'a>, u64) {
        let whole = line.starts_with('{') && line.trim_end().ends_with('}') && line.len() > 2;
        if whole {
            let ours = line.contains("\"event\"") || line.contains("\"schema\"");
            let found = if ours { Found::Object(line.into()) } else { Found::Other };
            return (found, self.drop());
        }
        if line.starts_with('{') {
            // The one before never came to its end.
            let lost = self.drop();
            self.push(line);
            return (Found::Within, lost);
        }
        if self.lines == 0 {
            return (Found::Other, 0);
        }
        self.push(line);
        if line.trim_end() == "}" {
            let text = std::mem::take(&mut self.text);
            self.lines = 0;
            return (Found::Object(text.into()), 0);
        }
        if self.text.len() > LARGEST {
            return (Found::Within, self.drop());
        }
        (Found::Within, 0)
    }

    /// Bytes that are held.
    pub(crate) const fn held(&self) -> usize {
        self.text.len()
    }

    /// Gives up; how many lines that were.
    pub(crate) fn drop(&mut self) -> u64 {
        self.text = String::new();
        std::mem::take(&mut self.lines)
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
        self.lines = self.lines.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_logs_put_before_a_line_is_taken_off() {
        for (line, whose, rest) in [
            ("{\"a\":1}\r\n", "", "{\"a\":1}"),
            ("2026-11-24T22:00:00.123456789Z {", "", "{"),
            ("2026-11-24T22:00:00+01:00   \"b\"", "", "  \"b\""),
            ("[pod/x-1/y] {", "pod/x-1/y", "{"),
            ("[pod/x-1/y] 2026-11-24T22:00:00Z {", "pod/x-1/y", "{"),
            ("2026-11-24T22:00:00.1Z stdout F {", "", "{"),
            ("sweep-1  | {", "sweep-1", "{"),
            ("[3, 4] {", "", "[3, 4] {"),
            ("got {\"event\":1}", "", "got {\"event\":1}"),
        ] {
            let found = split(line);
            assert_eq!((found.whose, found.rest), (whose, rest), "{line}");
        }
    }

    #[test]
    fn a_document_over_lines_is_put_together_and_a_cut_one_is_counted() {
        let mut block = Block::default();
        assert_eq!(block.take("noise"), (Found::Other, 0));
        assert_eq!(block.take("{"), (Found::Within, 0));
        assert_eq!(block.take("  \"schema\": 1"), (Found::Within, 0));
        assert_eq!(block.take("}"), (Found::Object("{\n  \"schema\": 1\n}\n".into()), 0));
        assert_eq!(block.take("{"), (Found::Within, 0));
        assert_eq!(block.take("  \"schema\": 1"), (Found::Within, 0));
        let line = "{\"event\":1}";
        assert_eq!(block.take(line), (Found::Object(line.into()), 2));
    }
}
