//! For spreadsheets: a line a run, a column a fact, sizes in bytes.

use crate::plain::plain;
use crate::runs::groups::{fact, ids};
use crate::runs::{Run, Runs};

///
/// # Errors
/// Where the writer refuses, in its words.
pub(crate) fn render(runs: &Runs) -> Result<String, String> {
    let ids = ids(&runs.runs);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut head = vec!["run".to_owned(), "file".to_owned()];
    head.extend(ids.iter().map(|(id, _)| text(id)));
    writer.write_record(&head).map_err(|error| error.to_string())?;
    for run in &runs.runs {
        writer.write_record(line(run, &ids)).map_err(|error| error.to_string())?;
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

fn line<R>(run: &Run, ids: &[(String, R)]) -> Vec<String> {
    let mut line = vec![text(&run.title), text(&run.source)];
    line.extend(
        ids.iter()
            .map(|(id, _)| fact(run, id).map_or_else(String::new, |fact| text(&fact.value.raw()))),
    );
    line
}

/// A cell that a spreadsheet takes for text, not for a formula: also where it leaves out the blanks before it,
/// takes full-width signs for their like, or has semicolons between cells.
fn text(text: &str) -> String {
    let mut out = String::new();
    let mut begins = true;
    if text.trim_start().starts_with(FORMULA) || text.starts_with(['\t', '\r', '\n']) {
        out.push('\'');
        begins = false;
    }
    for c in plain(text).chars() {
        if begins && FORMULA.contains(&c) {
            out.push('\'');
        }
        begins = c == ';' || begins && c.is_whitespace();
        out.push(c);
    }
    out
}

/// What a formula begins with, ASCII and full-width.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(text("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(text("@SUM"), "'@SUM");
        assert_eq!(text("64.0 MiB"), "64.0 MiB");
        assert_eq!(text("a-b=c, d"), "a-b=c, d");
        for blank in ["", " ", "\u{a0}", "\u{3000} ", "\u{2003}"] {
            for sign in FORMULA {
                let cell = text(&format!("{blank}{sign}1"));
                assert_eq!(cell, format!("'{blank}{sign}1"));
                assert_eq!(text(&format!("a;{blank}{sign}1")), format!("a;{blank}'{sign}1"));
            }
        }
        assert_eq!(text("\t=1"), "'\\t=1");
        assert_eq!(text("\r=1"), "'\\r=1");
    }
}
