//! Throughput over the fill level, with the ceilings drawn in where they are met.

use maud::{Markup, html};

use super::{Drawn, HEAD, heading, n, size};
use crate::plain::{fit, plain};
use crate::runs::Run;
use crate::runs::papers::Fill;
use crate::runs::words;
use crate::stats::float;
use crate::units::speed;

const HEIGHT: f64 = 120.0;

/// A line across the level.
struct Wall {
    name: String,
    bytes: u64,
    class: &'static str,
}

/// One chart a fill that has a course.
pub(crate) fn draw(run: &Run, width: f64) -> Vec<Drawn> {
    run.fills.iter().filter_map(|fill| one(run, fill, width)).collect()
}

fn one(run: &Run, fill: &Fill, width: f64) -> Option<Drawn> {
    let course: Vec<(u64, f64)> = fill
        .course
        .iter()
        .filter_map(|stretch| Some((stretch.bytes.count()?, stretch.bytes_per_second.number()?)))
        .collect();
    let end = course.iter().map(|(bytes, _)| *bytes).max().filter(|_| course.len() > 1)?;
    let fastest = course.iter().map(|(_, rate)| *rate).fold(0.0, f64::max);
    if end == 0 || fastest <= 0.0 {
        return None;
    }
    let (walls, beyond) = walls(run, fill, end);
    let far = walls.iter().map(|wall| wall.bytes).max().unwrap_or(0).max(end);
    let top = HEAD + 10.0 + 12.0 * float(u64::try_from(walls.len()).unwrap_or(0)) + 4.0;
    let bottom = top + HEIGHT;
    let x = |bytes: u64| float(bytes) / float(far) * width * 0.97;
    let y = |rate: f64| bottom - rate / fastest * HEIGHT;
    let title = format!("{}: speed by fill level", fill.name());
    let ended = format!("{}, {}", size(end), fill.end().unwrap_or("-"));
    let (curve, area) = paths(&course, &x, &y, bottom);
    let class = if words::harms(fill.end().unwrap_or("-")) { "care" } else { "good" };
    let last = course.last().map_or(0.0, |(_, rate)| *rate);
    let body = html! {
        (heading(&title, &run.title, width))
        line.line x1="0" x2=(n(width)) y1=(n(bottom)) y2=(n(bottom)) {}
        line.line x1="0" x2=(n(width)) y1=(n(top)) y2=(n(top)) stroke-dasharray="1 4" {}
        path.area d=(area) {}
        path.curve d=(curve) {}
        (drawn_walls(&walls, &x, bottom, width))
        circle.(class) cx=(n(x(end))) cy=(n(y(last))) r="4.5" {}
        text.s x="0" y=(n(bottom + 14.0)) { "0" }
        text.s x=(n(x(end).max(140.0))) y=(n(bottom + 14.0)) text-anchor="end" { (plain(&ended)) }
        text.s x="0" y=(n(top - 4.0)) { (speed(fastest)) }
        @if !beyond.is_empty() {
            text.s x="0" y=(n(bottom + 29.0)) { (fit(&beyond, super::letters(width * 1.12))) }
        }
    };
    let height = bottom + if beyond.is_empty() { 18.0 } else { 34.0 };
    Some(Drawn { title: format!("{}: {title}", run.title), size: (width, height), body })
}

/// The curve as steps, and what lies below it.
fn paths(
    course: &[(u64, f64)],
    x: &impl Fn(u64) -> f64,
    y: &impl Fn(f64) -> f64,
    bottom: f64,
) -> (String, String) {
    let mut curve = String::new();
    let mut from = 0_u64;
    for (bytes, rate) in course {
        let step = if curve.is_empty() { "M" } else { "L" };
        curve.push_str(&format!(
            "{step}{} {} L{} {} ",
            n(x(from)),
            n(y(*rate)),
            n(x(*bytes)),
            n(y(*rate))
        ));
        from = *bytes;
    }
    let area = format!("{curve}L{} {} L0 {} Z", n(x(from)), n(bottom), n(bottom));
    (curve, area)
}

/// The prediction and the ceilings that lie near; the next one of those that lie further, in words.
fn walls(run: &Run, fill: &Fill, end: u64) -> (Vec<Wall>, String) {
    let mut all: Vec<Wall> = Vec::new();
    if let Some(bytes) = fill.predicted.as_ref().and_then(|predicted| predicted.bytes.count()) {
        all.push(Wall { name: format!("predicted {}", size(bytes)), bytes, class: "limit" });
    }
    let segment = run.inspect.as_ref().and_then(|i| i.segments.get(fill.kind.word()));
    for ceiling in segment.map(|segment| segment.ceilings.as_slice()).unwrap_or_default() {
        if let Some(bytes) = ceiling.headroom_bytes.count() {
            let name = format!("{} {}", ceiling.source.word(), size(bytes));
            all.push(Wall { name, bytes, class: "wall" });
        }
    }
    all.sort_by_key(|wall| wall.bytes);
    let reach = end.saturating_add(end / 2);
    let (near, far): (Vec<Wall>, Vec<Wall>) = all.into_iter().partition(|wall| wall.bytes <= reach);
    let far = far.first().map(|wall| format!("further right: {}", wall.name));
    (near, far.unwrap_or_default())
}

fn drawn_walls(walls: &[Wall], x: &impl Fn(u64) -> f64, bottom: f64, width: f64) -> Markup {
    let rows = std::iter::successors(Some(HEAD + 8.0), |y| Some(y + 12.0));
    html! {
        @for (wall, row) in walls.iter().zip(rows) {
            @let at = x(wall.bytes);
            line.(wall.class) x1=(n(at)) x2=(n(at)) y1=(n(row - 8.0)) y2=(n(bottom)) {}
            @if at > width / 2.0 {
                text.s x=(n(at - 4.0)) y=(n(row)) text-anchor="end" { (plain(&wall.name)) }
            } @else {
                text.s x=(n(at + 4.0)) y=(n(row)) { (plain(&wall.name)) }
            }
        }
    }
}
