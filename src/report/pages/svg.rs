//! One chart of all runs as a file for a README.

use crate::report::charts::{self, Chart};
use crate::runs::{Run, Runs};

/// Wide enough for a page, narrow enough that letters stay readable where it is scaled down.
const WIDTH: f64 = 640.0;

/// So many charts are one picture.
const MOST: usize = 16;

/// The picture, of the first of these charts that the runs have anything for; `None` where there is none.
pub(crate) fn render(runs: &Runs, charts: &[Chart]) -> Option<String> {
    let some: Vec<&Run> = runs.runs.iter().take(MOST).collect();
    charts.iter().find_map(|chart| {
        let mut drawn = charts::draw(*chart, &some, WIDTH);
        drawn.truncate(MOST);
        if drawn.is_empty() { None } else { Some(charts::file(&drawn)) }
    })
}
