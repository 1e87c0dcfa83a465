//! One chart of all runs as a file for a README.

use crate::report::charts::{self, Chart};
use crate::runs::Runs;

/// Wide enough for a page, narrow enough that letters stay readable where it is scaled down.
const WIDTH: f64 = 640.0;

/// So many charts are one picture.
const MOST: usize = 16;

/// The picture; `None` where no run has what it shows.
pub(crate) fn render(runs: &Runs, chart: Chart) -> Option<String> {
    let some = || runs.runs.iter().take(MOST);
    let scale = charts::scale(some());
    let drawn: Vec<_> =
        some().flat_map(|run| charts::draw(chart, run, WIDTH, scale)).take(MOST).collect();
    if drawn.is_empty() { None } else { Some(charts::file(&drawn)) }
}
