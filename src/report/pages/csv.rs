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
    let mut line = vec![text(&run.title), text(&plain(&run.source))];
    line.extend(
        ids.iter()
            .map(|(id, _)| fact(run, id).map_or_else(String::new, |fact| text(&fact.value.raw()))),
    );
    line
}

/// A cell that a spreadsheet takes for text, not for a formula.
fn text(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(text("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(text("@SUM"), "'@SUM");
        assert_eq!(text("64.0 MiB"), "64.0 MiB");
    }
}
