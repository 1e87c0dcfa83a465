//! Percentiles of times on a logarithmic axis: of a fill's steps, and of bench's single events.

use maud::html;

use super::{Drawn, HEAD, heading, label, n};
use crate::runs::Run;
use crate::runs::papers::Latency;
use crate::stats::float;
use crate::units::time;

const ROW: f64 = 36.0;

/// Of bench, what people ask about.
const EVENTS: [(&str, &str); 5] = [
    ("fault", "page"),
    ("ping-pong", "spin"), // of versions before 0.2
    ("ping-pong", "futex"),
    ("ring", "64B-latency"),
    ("lifecycle", "whole"),
];

struct Row {
    name: String,
    /// p50, p99, p99.9, max.
    at: [u64; 4],
}

fn row(name: String, latency: &Latency) -> Option<Row> {
    let [p50, p99, p999, max] =
        [&latency.p50, &latency.p99, &latency.p999, &latency.max].map(|scalar| scalar.count());
    let at = [p50?, p99?, p999?, max?];
    (at.iter().all(|time| *time > 0)).then_some(Row { name, at })
}

fn rows(run: &Run) -> Vec<Row> {
    let fills = run.fills.iter();
    let mut rows: Vec<Row> = fills
        .filter_map(|fill| row(format!("{}, a step", fill.name()), &fill.step_latency_ns))
        .collect();
    let figures = run.bench.iter().flat_map(|bench| &bench.results);
    for figure in figures.filter(|figure| figure.kind.text() == Some("posix")) {
        let name = (figure.test.word(), figure.op.word());
        if let (true, Some(latency)) = (EVENTS.contains(&name), &figure.percentiles) {
            rows.extend(row(format!("{} {}", name.0, name.1), latency));
        }
    }
    rows
}

/// The chart of a run in which anything was timed.
pub(crate) fn draw(run: &Run, width: f64) -> Option<Drawn> {
    let rows = rows(run);
    let least = rows.iter().filter_map(|row| row.at.iter().min()).min()?;
    let most = rows.iter().filter_map(|row| row.at.iter().max()).max()?;
    let (from, to) = (float(*least).log10().floor(), float(*most).log10().ceil());
    let span = (to - from).max(1.0);
    let x = |time: u64| 6.0 + (float(time).log10() - from) / span * (width - 12.0);
    let bottom = HEAD + ROW * float(u64::try_from(rows.len()).unwrap_or(0));
    let decades = std::iter::successors(Some(from), |at| Some(at + 1.0)).take_while(|at| *at <= to);
    let title = "single events, each timed by itself";
    let anchor = |x: f64| match x {
        x if x < 12.0 => "start",
        x if x > width - 12.0 => "end",
        _ => "middle",
    };
    let body = html! {
        (heading(title, &run.title, width))
        @for at in decades {
            @let x = 6.0 + (at - from) / span * (width - 12.0);
            line.line x1=(n(x)) x2=(n(x)) y1=(n(HEAD)) y2=(n(bottom)) {}
            text.s x=(n(x)) y=(n(bottom + 13.0)) text-anchor=(anchor(x)) { (decade(at)) }
        }
        text.s x="0" y=(n(bottom + 28.0)) {
            "dots: p50, p99, p99.9, max of events, with the reading of the clock"
        }
        text.s x="0" y=(n(bottom + 41.0)) { "(tables have medians of rounds)" }
        @for (row, top) in rows.iter().zip(std::iter::successors(Some(HEAD), |top| Some(top + ROW))) {
            @let [p50, p99, p999, max] = row.at;
            (label(top + 12.0, width, &row.name, &format!("p50 {}, p99 {}", time(p50), time(p99))))
            line.span x1=(n(x(p50))) x2=(n(x(max))) y1=(n(top + 24.0)) y2=(n(top + 24.0)) {}
            circle.hollow cx=(n(x(max))) cy=(n(top + 24.0)) r="3" {}
            circle.hollow cx=(n(x(p999))) cy=(n(top + 24.0)) r="3.5" {}
            circle.hollow cx=(n(x(p99))) cy=(n(top + 24.0)) r="4" {}
            circle.bind cx=(n(x(p50))) cy=(n(top + 24.0)) r="5" {}
        }
    };
    Some(Drawn { title: format!("{}: {title}", run.title), size: (width, bottom + 45.0), body })
}

/// A power of ten of nanoseconds.
fn decade(power: f64) -> String {
    let (unit, less) = match power {
        p if p < 3.0 => ("ns", 0.0),
        p if p < 6.0 => ("us", 3.0),
        p if p < 9.0 => ("ms", 6.0),
        _ => ("s", 9.0),
    };
    format!("{:.0} {unit}", 10_f64.powf(power - less))
}
