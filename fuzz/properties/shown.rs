//! What may stand in any output. None of this is taken from the program, which could be wrong in the same way.

/// Categories Cf, Zl and Zp of Unicode, which turn the writing direction, end lines or are not seen.
const UNSEEN: [(u32, u32); 21] = [
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

/// The styles of reports for people: reset, bold, dimmed, red, green, yellow; and underlined, in help.
const STYLES: [&str; 7] =
    ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[4m"];

/// Whether a character steers a terminal, or hides something on it.
pub fn steers(c: char) -> bool {
    let code = u32::from(c);
    c.is_control() || UNSEEN.iter().any(|(first, last)| (*first..=*last).contains(&code))
}

fn begin(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Bytes of ASCII that are seen, and the end of a line. A table, as comparisons are what the engine counts, and slow.
static HARMLESS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0x20;
    while byte < 0x7f {
        table[byte] = true;
        byte += 1;
    }
    table[0x0a] = true;
    table
};

/// That nothing in a text steers a terminal but the ends of its lines.
pub fn steers_nothing(text: &str) {
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if HARMLESS[usize::from(byte)] {
            continue;
        }
        let c = text[at..].chars().next().unwrap_or_default();
        if steers(c) {
            let before: Vec<char> = text[..at].chars().rev().take(60).collect();
            let before: String = before.into_iter().rev().collect();
            panic!("{c:?} behind {before:?}");
        }
        if c.len_utf8() > 1 {
            bytes.nth(c.len_utf8() - 2);
        }
    }
}

/// The same of a report for people: its own styles are taken off.
pub fn without_styles(text: &str) -> String {
    let mut bare = text.to_owned();
    for style in STYLES {
        bare = bare.replace(style, "");
    }
    steers_nothing(&bare);
    bare
}

/// That it is one line for stderr.
pub fn is_one_line(text: &str) {
    steers_nothing(text);
    assert!(!text.contains('\n') && !text.trim().is_empty(), "{text:?}");
}

/// Lines of 80 columns; words that are longer stay whole, and so does what is to be pasted.
pub fn fits_a_terminal(text: &str) {
    for line in text.lines() {
        if line.starts_with(" fix: ") || line.starts_with("      ") {
            continue;
        }
        let longest = line.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
        assert!(line.chars().count() <= 80 || longest > 40, "{line}");
    }
}

pub fn json(text: &str) -> serde_json::Value {
    steers_nothing(text);
    assert!(text.ends_with('\n'), "{:?}", begin(text));
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {}", begin(text)))
}

/// That it is OpenMetrics text as far as lines go: metadata, samples with a finite name and a number, and its end.
pub fn openmetrics(text: &str) {
    steers_nothing(text);
    let body = text.strip_suffix("# EOF\n").unwrap_or_else(|| panic!("no end: {}", begin(text)));
    let mut seen = std::collections::BTreeSet::new();
    for line in body.lines() {
        if let Some(meta) = line.strip_prefix("# ") {
            let word = meta.split(' ').next().unwrap_or_default();
            assert!(["HELP", "TYPE", "UNIT"].contains(&word), "{line}");
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        assert!(value.parse::<f64>().is_ok_and(|value| !value.is_nan()), "{line}");
        assert!(seen.insert(series), "twice: {line}");
        let (name, labels) = series.split_once('{').unwrap_or_else(|| panic!("{line}"));
        let plain = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(name.starts_with("shmeter_") && name.chars().all(plain), "{line}");
        let labels = labels.strip_suffix('}').unwrap_or_else(|| panic!("{line}"));
        // Quotes within values are escaped, so that those that are not come in pairs.
        let mut quotes = 0;
        let mut chars = labels.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => assert!(matches!(chars.next(), Some('\\' | '"' | 'n')), "{line}"),
                '"' => quotes += 1,
                _ => {}
            }
        }
        assert_eq!(quotes % 2, 0, "{line}");
    }
}

/// Elements of pages and charts.
const ELEMENTS: [&str; 44] = [
    "html", "head", "meta", "link", "title", "style", "body", "main", "header", "section", "p",
    "h1", "h2", "h3", "span", "b", "dl", "dt", "dd", "div", "table", "thead", "tbody", "tr", "th",
    "td", "pre", "details", "summary", "svg", "g", "rect", "text", "tspan", "line", "path",
    "circle", "polyline", "polygon", "code", "footer", "a", "caption", "defs",
];

const ATTRIBUTES: [&str; 40] = [
    "lang",
    "charset",
    "name",
    "content",
    "http-equiv",
    "class",
    "tabindex",
    "viewBox",
    "role",
    "aria-label",
    "xmlns",
    "width",
    "height",
    "transform",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "rx",
    "ry",
    "cx",
    "cy",
    "r",
    "d",
    "points",
    "stroke-dasharray",
    "text-anchor",
    "rel",
    "href",
    "title",
    "open",
    "id",
    "dx",
    "dy",
    "fill",
    "stroke",
    "style",
    "scope",
];

/// That every tag is one of the program's own, and that they are closed in order.
pub fn html(text: &str) {
    steers_nothing(text);
    let text = text.strip_prefix("<!DOCTYPE html>").unwrap_or(text);
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        // What stands in a style is ours, and has its `>`.
        assert!(
            open.last() == Some(&"style") || !before.contains('>'),
            "a bare > in {}",
            begin(before)
        );
        let end = end_of_tag(tag).unwrap_or_else(|| panic!("no end: {}", begin(tag)));
        let inner = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = inner.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closed in another order");
            continue;
        }
        let name = inner.split(' ').next().unwrap_or_default();
        assert!(ELEMENTS.contains(&name), "an element of others: <{}>", begin(inner));
        attributes(&inner[name.len()..]);
        if !["meta", "link"].contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "never closed: {open:?}");
}

/// Where the tag at the beginning ends: a `>` within quotes does not count.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quoted = false;
    tag.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == '>' && !quoted).then_some(at)
    })
}

fn attributes(text: &str) {
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (name, value) = rest.split_once("=\"").unwrap_or_else(|| match rest {
            "open" => ("open", "\""),
            other => panic!("no value: {other}"),
        });
        assert!(ATTRIBUTES.contains(&name), "an attribute of others: {name}");
        let (value, after) = value.split_once('"').unwrap_or_else(|| panic!("no end: {value}"));
        assert!(!value.contains(['<', '>']), "{value}");
        assert!(name != "href" || value == "data:," || value.starts_with('#'), "{value}");
        rest = after.trim_start();
    }
}

/// That no word of others is alive in Markdown: a tag, a link, a mention.
pub fn markdown(text: &str) {
    steers_nothing(text);
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        match fence {
            Some(end) if line == end => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => fence = Some(line),
            None => live_line(line),
        }
    }
    assert_eq!(fence, None, "a fence without its end");
}

/// The parts of HTML that are written around folded text.
const OWN_TAGS: [&str; 6] =
    ["<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"];

fn live_line(line: &str) {
    let bare = without_code(line);
    let mut rest = bare.as_str();
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let own = OWN_TAGS.iter().find(|own| rest.starts_with(**own));
        rest = &rest[own.unwrap_or_else(|| panic!("a tag of others: {line}")).len()..];
    }
    for live in ["@", "://", "www.", "mailto:", "$"] {
        assert!(!bare.to_ascii_lowercase().contains(live), "{live} is alive in {line}");
    }
}

/// A line without its spans of code, and without what is escaped by a backslash.
fn without_code(line: &str) -> String {
    let mut bare = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '`' => {
                // Spans of this program have one mark at each end.
                assert!(chars.by_ref().any(|c| c == '`'), "a span without its end: {line}");
            }
            c => bare.push(c),
        }
    }
    let mut out = String::new();
    let mut rest = bare.as_str();
    while let Some((before, after)) = rest.split_once("<code>") {
        out.push_str(before);
        rest = after.split_once("</code>").unwrap_or_else(|| panic!("{line}")).1;
    }
    out + rest
}

/// The rows of CSV; no cell begins a formula.
pub fn csv(text: &str) -> usize {
    steers_nothing(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> =
        reader.records().map(|row| row.unwrap_or_else(|error| panic!("{error}"))).collect();
    for cell in rows.iter().flatten() {
        for part in cell.split(';') {
            let first = part.trim_start().chars().next();
            assert!(!first.is_some_and(|c| "=+-@＝＋－＠".contains(c)), "a formula: {cell:?}");
        }
    }
    rows.len()
}
