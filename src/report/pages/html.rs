//! One page without scripts and without anything from outside, for phones and screens, light and
//! dark.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::blocks::{self, Block, Cell, Mark, Part, Table, Tone};
use super::sheet;
use crate::plain::plain;
use crate::report::charts::{self, Chart};
use crate::runs::Runs;

/// Width of a chart in its own units: a phone's.
const CHART: f64 = 360.0;

pub fn render(runs: &Runs) -> String {
    let blocks = sheet::of(runs);
    let title = match blocks.first() {
        Some(Block::Answer { title, headline, .. }) => format!("{title}: {headline}"),
        _ => "nothing was found".to_owned(),
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                // No icon is asked for, and nothing else could be loaded.
                link rel="icon" href="data:,";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                title { (plain(&title)) " - shmeter" }
                style {
                    (PreEscaped(charts::COLOURS)) (PreEscaped(charts::STYLE))
                    (PreEscaped(include_str!("page.css")))
                }
            }
            body { main { (self::blocks(&blocks, runs, Place::Page)) } }
        }
    }
    .into_string()
        + "\n"
}

/// Where blocks stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Page,
    Fold,
}

fn blocks(blocks: &[Block], runs: &Runs, place: Place) -> Markup {
    html! { @for block in blocks { (self::block(block, runs, place)) } }
}

fn block(block: &Block, runs: &Runs, place: Place) -> Markup {
    match block {
        Block::Answer { title, headline, tone, badge } => {
            answer(title, headline, *tone, badge, place)
        }
        Block::Rows(rows) => html! {
            dl { @for (name, said) in rows { dt { (plain(name)) } dd { (plain(said)) } } }
        },
        Block::Table(table) => self::table(table, ""),
        Block::Changes { title, changes } => self::table(&blocks::of_changes(title, changes), ""),
        Block::Finding { severity, id, message, fix } => {
            let tone = match severity.as_str() {
                "fail" => Tone::Bad,
                "warn" => Tone::Care,
                _ => Tone::Plain,
            };
            html! {
                div.finding {
                    span class={"badge " (tone.class())} { (plain(severity)) } " " b { (plain(id)) }
                    p { (plain(message)) }
                    @for part in fix.iter().flat_map(|fix| blocks::parts(fix)) {
                        @match part {
                            Part::Said(text) => { p { (plain(&text)) } }
                            Part::Typed(text) => { pre { (blocks::plain_lines(&text)) } }
                        }
                    }
                }
            }
        }
        Block::Groups(groups, total) => {
            table(&blocks::of_groups(groups, format!("of {total}")), "names")
        }
        Block::Charts(which, charts) => self::charts(runs, which, charts),
        Block::Heading(text) => html! { h3 { (plain(text)) } },
        Block::Note(text) => html! { p.note { (plain(text)) } },
        Block::Fold(title, inner) => html! {
            details { summary { (plain(title)) } (self::blocks(inner, runs, Place::Fold)) }
        },
    }
}

fn answer(title: &str, headline: &str, tone: Tone, badge: &str, place: Place) -> Markup {
    html! {
        header class=(tone.class()) {
            p { (plain(title)) }
            @if place == Place::Page { h1 { (plain(headline)) } } @else { h2 { (plain(headline)) } }
            @if !badge.is_empty() { span.badge { (plain(badge)) } }
        }
    }
}

fn table(table: &Table, names: &str) -> Markup {
    if table.rows.is_empty() {
        return html! {};
    }
    html! {
        @if !table.title.is_empty() { h3 { (plain(&table.title)) } }
        div.scroll tabindex="0" {
            table {
                thead { tr { @for head in &table.head { th.names[head == names] { (plain(head)) } } } }
                tbody {
                    @for row in &table.rows {
                        tr { @for (cell, head) in row.iter().zip(&table.head) { (td(cell, head == names)) } }
                    }
                }
            }
        }
    }
}

fn td(cell: &Cell, names: bool) -> Markup {
    let long = cell.text.chars().count() > 26;
    // A number stays beside its unit.
    let number = !long && cell.text.starts_with(|c: char| c.is_ascii_digit() || c == '<');
    html! {
        td.differs[cell.mark != Mark::None].names[names].long[long].number[number] { (plain(&cell.text)) }
    }
}

fn charts(runs: &Runs, which: &[usize], charts: &[Chart]) -> Markup {
    let runs: Vec<_> = which.iter().filter_map(|at| runs.runs.get(*at)).collect();
    let drawn: Vec<_> =
        charts.iter().flat_map(|chart| charts::draw(*chart, &runs, CHART)).collect();
    html! {
        @if !drawn.is_empty() {
            div.charts { @for chart in &drawn { (chart.inline()) } }
        }
    }
}
