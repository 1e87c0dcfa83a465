//! Charts as SVG, one file a chart. The same for pages (narrow) and for files (wide); their colours
//! follow the reader's light or dark.

mod changes;
mod course;
mod kinds;
mod ladder;
mod latency;

use maud::{Markup, PreEscaped, html};

use crate::plain::{fit, plain};
use crate::runs::Run;
use crate::units::Bytes;

/// The colours of pages and charts, for light and dark.
pub(crate) const COLOURS: &str = include_str!("colours.css");

/// The classes of charts.
pub(crate) const STYLE: &str = include_str!("chart.css");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chart {
    /// df, each ceiling, and where fills ended.
    Ladder,
    /// Throughput over the fill level, with the ceilings.
    Course,
    /// Percentiles of times.
    Latency,
    /// The kinds compared.
    Kinds,
    /// Benches compared, each with the first one.
    Changes,
}

impl Chart {
    /// Those of a run, in the order of pages.
    pub(crate) const ALL: [Chart; 4] = [Chart::Ladder, Chart::Course, Chart::Latency, Chart::Kinds];

    /// What is drawn where none was chosen: the first that there is anything for.
    pub(crate) const USUAL: &[Chart] =
        &[Chart::Ladder, Chart::Changes, Chart::Kinds, Chart::Latency, Chart::Course];

    /// What it needs, for who asked in vain.
    pub(crate) const fn needs(self) -> &'static str {
        match self {
            Chart::Ladder => "ladder needs a result of inspect or fill",
            Chart::Course => "course needs a document of fill",
            Chart::Latency => "latency needs a document of fill or bench",
            Chart::Kinds => "kinds needs a result of inspect or bench",
            Chart::Changes => "changes needs two documents of bench with figures in common",
        }
    }
}

pub(crate) struct Drawn {
    /// What it shows, in words.
    pub title: String,
    /// Its width and height.
    pub size: (f64, f64),
    body: Markup,
}

/// The charts of these runs, on one scale; `width` in units of its letters' size.
pub(crate) fn draw(chart: Chart, runs: &[&Run], width: f64) -> Vec<Drawn> {
    let each = runs.iter().copied();
    match chart {
        Chart::Ladder => {
            let scale = each.clone().filter_map(ladder::scale).reduce(f64::max);
            each.filter_map(|run| ladder::draw(run, width, scale)).collect()
        }
        Chart::Course => each.flat_map(|run| course::draw(run, width)).collect(),
        Chart::Latency => each.filter_map(|run| latency::draw(run, width)).collect(),
        Chart::Kinds => {
            let scale = kinds::scale(runs);
            each.filter_map(|run| kinds::draw(run, width, scale)).collect()
        }
        Chart::Changes => {
            let mut benches = each.filter(|run| run.bench.is_some());
            let first = benches.next();
            let pairs = benches.filter_map(|run| changes::draw(first?, run, width));
            pairs.collect()
        }
    }
}

impl Drawn {
    /// Within a page.
    pub(crate) fn inline(&self) -> Markup {
        let (width, height) = self.size;
        html! {
            svg.chart viewBox={"0 0 " (n(width)) " " (n(height))} role="img" aria-label=(plain(&self.title)) {
                (self.body)
            }
        }
    }
}

/// Charts below each other, as a file of their own.
pub(crate) fn file(charts: &[Drawn]) -> String {
    const MARGIN: f64 = 20.0;
    const GAP: f64 = 28.0;
    let widest = charts.iter().map(|chart| chart.size.0).fold(0.0, f64::max);
    let mut top = MARGIN;
    let mut places = Vec::new();
    for chart in charts {
        places.push((top, chart));
        top += chart.size.1 + GAP;
    }
    let (width, height) = (widest + 2.0 * MARGIN, top - GAP + MARGIN);
    let titles: Vec<&str> = charts.iter().map(|chart| chart.title.as_str()).collect();
    html! {
        svg.chart xmlns="http://www.w3.org/2000/svg" viewBox={"0 0 " (n(width)) " " (n(height))}
            width=(n(width)) height=(n(height)) role="img" {
            title { (plain(&titles.join("; "))) }
            style { (PreEscaped(COLOURS)) (PreEscaped(STYLE)) }
            rect.ground x="0.5" y="0.5" width=(n(width - 1.0)) height=(n(height - 1.0)) rx="8" {}
            @for (top, chart) in places {
                g transform={"translate(" (n(MARGIN)) " " (n(top)) ")"} { (chart.body) }
            }
        }
    }
    .into_string()
        + "\n"
}

fn n(value: f64) -> String {
    format!("{value:.1}")
}

/// So many letters fit into that width, of a font whose letters are rather wide.
fn letters(width: f64) -> usize {
    const LETTER: f64 = 7.2;
    std::iter::successors(Some(LETTER), |used| Some(used + LETTER))
        .take_while(|used| *used < width)
        .count()
}

/// The heading of a chart, and what it says in short.
fn heading(title: &str, said: &str, width: f64) -> Markup {
    html! {
        text.h x="0" y="13" { (fit(title, letters(width * 0.85))) }
        text.d x="0" y="30" { (fit(said, letters(width))) }
    }
}

const HEAD: f64 = 42.0;

/// A name on the left and a value on the right, above a bar.
fn label(y: f64, width: f64, name: &str, value: &str) -> Markup {
    let room = letters(width).saturating_sub(value.chars().count()).saturating_sub(2);
    html! {
        text.t x="0" y=(n(y)) { (fit(name, room)) }
        text.v x=(n(width)) y=(n(y)) text-anchor="end" { (plain(value)) }
    }
}

fn size(bytes: u64) -> String {
    Bytes(bytes).to_string()
}
