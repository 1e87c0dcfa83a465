//! The kinds beside each other: what fits of each and where its fill ended, and how fast it copies.

use maud::{Markup, html};

use super::{Drawn, HEAD, heading, label, n, size};
use crate::runs::facts::amount;
use crate::runs::{KINDS, Run, words};
use crate::stats::float;

const ROW: f64 = 36.0;

/// A bar of a kind, with a thin one below it, or its interval.
struct Bar {
    name: &'static str,
    value: String,
    length: f64,
    below: Option<(f64, &'static str)>,
    interval: Option<(f64, f64)>,
}

impl Bar {
    /// How far it goes, with all that belongs to it.
    fn reach(&self) -> f64 {
        let below = self.below.map_or(0.0, |(below, _)| below);
        self.interval.map_or(0.0, |(_, high)| high).max(below).max(self.length)
    }
}

/// What a full bar stands for: bytes, and the speed of copies.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    fits: f64,
    copies: f64,
}

/// The scale that suits all of these runs.
pub(crate) fn scale(runs: &[&Run]) -> Scale {
    let longest = |bars: fn(&Run) -> Vec<Bar>| {
        let bars = runs.iter().flat_map(|run| bars(run));
        bars.map(|bar| bar.reach()).fold(0.0, f64::max).max(f64::MIN_POSITIVE)
    };
    Scale { fits: longest(fits), copies: longest(copies) }
}

/// The chart of a run that says anything of kinds.
pub(crate) fn draw(run: &Run, width: f64, scale: Scale) -> Option<Drawn> {
    let parts = [
        ("what still fits; thin: what was filled", fits(run), scale.fits),
        (
            "speed of copies from the most memory measured; line: interval of 95 %",
            copies(run),
            scale.copies,
        ),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|(_, bars, _)| !bars.is_empty()).collect();
    if parts.is_empty() {
        return None;
    }
    let title = "the kinds compared";
    let mut top = HEAD - 4.0;
    let mut drawn: Vec<Markup> = Vec::new();
    for (said, bars, longest) in &parts {
        drawn.push(html! { text.d x="0" y=(n(top + 10.0)) { (said) } });
        top += 18.0;
        for bar in bars {
            drawn.push(row(bar, top, width, *longest));
            top += ROW;
        }
    }
    let body = html! {
        (heading(title, &run.title, width))
        @for part in &drawn { (part) }
    };
    Some(Drawn { title: format!("{}: {title}", run.title), size: (width, top.max(HEAD)), body })
}

fn row(bar: &Bar, top: f64, width: f64, longest: f64) -> Markup {
    html! {
        (label(top + 12.0, width, bar.name, &bar.value))
        rect.track x="0" y=(n(top + 17.0)) width=(n(width)) height="9" rx="2" {}
        rect.bind x="0" y=(n(top + 17.0)) width=(n((bar.length / longest * width).max(1.0))) height="9" rx="2" {}
        @if let Some((length, class)) = bar.below {
            rect.(class) x="0" y=(n(top + 28.0)) width=(n((length / longest * width).max(1.0))) height="3" rx="1" {}
        }
        @if let Some((low, high)) = bar.interval {
            line.usable x1=(n(low / longest * width)) x2=(n(high / longest * width)) y1=(n(top + 29.0)) y2=(n(top + 29.0)) {}
        }
    }
}

fn fits(run: &Run) -> Vec<Bar> {
    let Some(inspect) = &run.inspect else { return Vec::new() };
    let bars = KINDS.into_iter().filter_map(|kind| {
        let segment = inspect.segments.get(kind)?;
        let bytes = segment.available_bytes.count()?;
        let fill = run.fills.iter().find(|fill| fill.kind.text() == Some(kind));
        let end = fill.and_then(|fill| fill.end()).unwrap_or("-");
        let below = fill
            .and_then(|fill| fill.bytes())
            .map(|bytes| (float(bytes), if words::harms(end) { "care" } else { "good" }));
        let stop = segment.binding.word();
        let value =
            format!("{}, {stop}", words::at_most(&segment.available_bytes, &segment.certainty));
        Some(Bar { name: kind, value, length: float(bytes), below, interval: None })
    });
    bars.collect()
}

/// By one process, of the most memory that was measured.
fn copies(run: &Run) -> Vec<Bar> {
    let Some(bench) = &run.bench else { return Vec::new() };
    let bars = KINDS.into_iter().filter_map(|kind| {
        let all = bench.of("bandwidth", "copy", kind, 1);
        let one = all.max_by_key(|one| one.bytes.count())?;
        let median = one.median.number()?;
        let memory = one.bytes.count().map_or_else(String::new, |b| format!(" of {}", size(b)));
        let value = format!("{}{memory}", amount(median, one.unit.word()));
        let interval = match one.ci95.as_slice() {
            [low, high] => low.number().zip(high.number()),
            _ => None,
        };
        Some(Bar { name: kind, value, length: median, below: None, interval })
    });
    bars.collect()
}
