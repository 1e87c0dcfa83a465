//! Benches compared: the ratio of each figure with its interval, on one scale.

use maud::{Markup, html};

use super::{Drawn, HEAD, heading, label, n};
use crate::runs::Run;
use crate::runs::changes::{Change, Changes, Trend};
use crate::stats::float;

const ROW: f64 = 30.0;

/// So many figures are drawn: those that changed most.
const MOST: usize = 24;

/// The chart of two benches that have figures in common.
pub(crate) fn draw(before: &Run, after: &Run, width: f64) -> Option<Drawn> {
    let changes = Changes::of(before.bench.as_ref()?, after.bench.as_ref()?);
    let drawn: Vec<&Change> = changes.figures.iter().take(MOST).collect();
    let reach = drawn.iter().map(|one| reach(one)).fold(0.0, f64::max);
    if drawn.is_empty() {
        return None;
    }
    // A little room, and never so much that noise looks like a change.
    let reach = (reach * 1.05).max(1.1_f64.ln());
    let x = |ratio: f64| (ratio.ln().clamp(-reach, reach) / reach + 1.0) * width / 2.0;
    let bottom = HEAD + ROW * float(u64::try_from(drawn.len()).unwrap_or(0));
    let title = "benches compared";
    let said = format!("{} → {}: ratio, interval of 95 %", before.title, after.title);
    let tops = std::iter::successors(Some(HEAD), |top| Some(top + ROW));
    let left = changes.figures.len().saturating_sub(drawn.len());
    let ends = [(-reach).exp(), 1.0, reach.exp()];
    let body = html! {
        (heading(title, &said, width))
        line.wall x1=(n(x(1.0))) x2=(n(x(1.0))) y1=(n(HEAD)) y2=(n(bottom)) {}
        @for (change, top) in drawn.iter().zip(tops) { (row(change, top, width, &x)) }
        @for (ratio, anchor) in ends.into_iter().zip(["start", "middle", "end"]) {
            text.s x=(n(x(ratio))) y=(n(bottom + 13.0)) text-anchor=(anchor) { "× " (format!("{ratio:.2}")) }
        }
        @if left > 0 {
            text.s x="0" y=(n(bottom + 28.0)) { (left) " figures that changed less are not drawn" }
        }
    };
    let height = bottom + if left > 0 { 32.0 } else { 17.0 };
    Some(Drawn { title: format!("{said}: {title}"), size: (width, height), body })
}

/// How far from 1 a change goes, with its interval.
fn reach(change: &Change) -> f64 {
    let ends = change.ci95.into_iter().flatten();
    ends.chain([change.ratio]).map(|ratio| ratio.ln().abs()).fold(0.0, f64::max)
}

fn row(change: &Change, top: f64, width: f64, x: &impl Fn(f64) -> f64) -> Markup {
    let class = match change.trend() {
        Trend::Faster => "good",
        Trend::Slower => "bad",
        Trend::Unsure | Trend::Noise | Trend::Unknown => "ceiling",
    };
    let value = match change.trend() {
        Trend::Noise => format!("× {:.2}", change.ratio),
        trend => format!("× {:.2}, {}", change.ratio, trend.words()),
    };
    let y = n(top + 19.0);
    html! {
        (label(top + 11.0, width, &change.name, &value))
        @if let Some([low, high]) = change.ci95 {
            line.span x1=(n(x(low))) x2=(n(x(high))) y1=(y) y2=(y) {}
        }
        circle.(class) cx=(n(x(change.ratio))) cy=(y) r="4" {}
    }
}
