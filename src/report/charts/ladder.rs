//! The capacity ladder: what df says, each ceiling, and where fills ended, as bars of one scale.

use maud::{Markup, html};

use super::{Drawn, HEAD, heading, label, n, size};
use crate::runs::Run;
use crate::runs::papers::Fill;
use crate::runs::words;
use crate::stats::float;
use crate::units::Bytes;

const ROW: f64 = 33.0;

struct Bar {
    name: String,
    value: String,
    bytes: u64,
    /// Up to there it could have come.
    maybe: u64,
    class: &'static str,
}

/// The ladder of a run that says anything of bytes.
pub(crate) fn draw(run: &Run, width: f64, scale: Option<f64>) -> Option<Drawn> {
    let bars = bars(run);
    let full = scale.or_else(|| self::scale(run))?;
    if bars.is_empty() {
        return None;
    }
    let usable = run.posix().and_then(|posix| posix.available_bytes.count());
    let said = said(run);
    let bottom = HEAD + ROW * float(u64::try_from(bars.len()).unwrap_or(0));
    let at = |bytes: u64| (float(bytes) / full).min(1.0) * width;
    let body = html! {
        (heading(&run.title, &said, width))
        @for (bar, top) in bars.iter().zip(tops()) {
            (label(top + 11.0, width, &bar.name, &bar.value))
            rect.track x="0" y=(n(top + 16.0)) width=(n(width)) height="9" rx="2" {}
            @if bar.maybe > bar.bytes {
                rect.(bar.class).maybe x="0" y=(n(top + 16.0)) width=(n(at(bar.maybe))) height="9" rx="2" {}
            }
            rect.(bar.class) x="0" y=(n(top + 16.0)) width=(n(at(bar.bytes).max(1.0))) height="9" rx="2" {}
            @if float(bar.bytes) > full * 1.001 { (beyond(top, width)) }
        }
        @if let Some(usable) = usable.filter(|usable| float(*usable) <= full) {
            @let x = n(at(usable));
            @for (_, top) in bars.iter().zip(tops()) {
                line.usable x1=(x) x2=(x) y1=(n(top + 14.0)) y2=(n(top + 27.0)) {}
            }
        }
    };
    Some(Drawn { title: format!("{}: {said}", run.title), size: (width, bottom), body })
}

fn tops() -> impl Iterator<Item = f64> {
    std::iter::successors(Some(HEAD), |top| Some(top + ROW))
}

/// Two cuts through a bar that goes on beyond the scale.
fn beyond(top: f64, width: f64) -> Markup {
    html! {
        @for x in [width - 18.0, width - 12.0] {
            line.cut x1=(n(x)) x2=(n(x + 4.0)) y1=(n(top + 27.0)) y2=(n(top + 14.0)) {}
        }
    }
}

/// The bytes of a full bar: what was filled and what fits show best; more than four times of that
/// goes beyond.
pub(crate) fn scale(run: &Run) -> Option<f64> {
    let usable = run.posix().and_then(|posix| posix.available_bytes.count()).unwrap_or(0);
    let filled = run
        .fills
        .iter()
        .map(|fill| fill.cut.as_ref().map_or_else(|| fill.bytes().unwrap_or(0), |cut| cut.at_most));
    let most = filled.max().unwrap_or(0).max(usable);
    let df = run.inspect.as_ref().and_then(|inspect| inspect.df.available_bytes.count());
    let df = df.unwrap_or(0);
    let full = if most == 0 { df } else { most.max(df.min(most.saturating_mul(4))) };
    Some(float(full)).filter(|full| *full > 0.0)
}

fn said(run: &Run) -> String {
    let posix = run.posix();
    if let Some((posix, bytes)) = posix.and_then(|one| Some((one, one.available_bytes.count()?))) {
        let touch = posix.methods.get("touch").and_then(|row| row.ends_in.text());
        let then = touch.map_or_else(String::new, |end| format!(", then {end}"));
        return format!("{}{} usable{then}", posix.at_most(), Bytes(bytes));
    }
    run.state()
}

fn bars(run: &Run) -> Vec<Bar> {
    let mut bars = Vec::new();
    if let Some(bytes) = run.inspect.as_ref().and_then(|i| i.df.available_bytes.count()) {
        let name = "df: free".to_owned();
        bars.push(Bar { name, value: size(bytes), bytes, maybe: 0, class: "df" });
    }
    if let Some(posix) = run.posix() {
        let binding = posix.binding.text();
        let mut rungs: Vec<Bar> = posix
            .ceilings
            .iter()
            .filter_map(|ceiling| {
                let bytes = ceiling.headroom_bytes.count()?;
                let word = ceiling.source.word();
                let class = if Some(word) == binding { "bind" } else { "ceiling" };
                let name = words::source(word);
                Some(Bar { name, value: size(bytes), bytes, maybe: 0, class })
            })
            .collect();
        rungs.sort_by_key(|rung| std::cmp::Reverse(rung.bytes));
        bars.extend(rungs);
    }
    bars.extend(run.fills.iter().filter_map(filled));
    bars
}

fn filled(fill: &Fill) -> Option<Bar> {
    let name = format!("filled: {}", fill.name());
    if let Some(cut) = &fill.cut {
        let value = format!("{}, {}", cut.range(), cut.end.unwrap_or("cut off"));
        return Some(Bar { name, value, bytes: cut.at_least, maybe: cut.at_most, class: "care" });
    }
    let bytes = fill.bytes()?;
    let end = fill.end().unwrap_or("-");
    let class = match fill.agrees.truth() {
        Some(false) => "bad",
        _ if words::harms(end) => "care",
        _ => "good",
    };
    Some(Bar { name, value: format!("{}, {end}", size(bytes)), bytes, maybe: 0, class })
}
