//! What a report tells, before it has a form: blocks in reading order, the answer first.

use crate::plain::plain;
use crate::report::charts::Chart;
use crate::runs::changes::{Changes, Trend};

/// How something is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Care,
    Bad,
    /// None of these.
    Plain,
}

impl Tone {
    /// Of a verdict.
    pub(crate) fn of(verdict: Option<&str>) -> Tone {
        match verdict {
            Some("ok") => Tone::Good,
            Some("warn") => Tone::Care,
            Some("fail") => Tone::Bad,
            _ => Tone::Plain,
        }
    }

    /// The class in a page.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Care => "care",
            Tone::Bad => "bad",
            Tone::Plain => "plain",
        }
    }
}

/// What is to be noticed of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    #[default]
    None,
    /// It is not what most have.
    Odd,
    /// It is worth a look by itself.
    Strong,
}

impl Mark {
    /// `self` where that is so.
    pub(crate) fn when(self, is_so: bool) -> Mark {
        if is_so { self } else { Mark::None }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
    pub text: String,
    pub mark: Mark,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub title: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GroupBlock {
    /// How many of how many, and some of their names.
    pub count: usize,
    pub names: String,
    /// Fact, its value here, and the value that most have.
    pub values: Vec<(String, String, Option<String>)>,
}

/// A part of a report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Block {
    /// What is to be read first.
    Answer {
        /// What it is about.
        title: String,
        headline: String,
        /// How it is meant.
        tone: Tone,
        /// ok, warn, fail, cut off.
        badge: String,
    },
    /// Names and what is said of them.
    Rows(Vec<(String, String)>),
    Table(Table),
    /// Two benches compared.
    Changes {
        title: String,
        changes: Changes,
    },
    /// Something worth telling, and what to do.
    Finding {
        /// info, warn or fail.
        severity: String,
        id: String,
        message: String,
        fix: Option<String>,
    },
    /// Groups of a fleet, with the total.
    Groups(Vec<GroupBlock>, usize),
    /// These charts of these runs.
    Charts(Vec<usize>, &'static [Chart]),
    Heading(String),
    Note(String),
    /// What only who looks for it reads.
    Fold(String, Vec<Block>),
}

/// A cell that says what is usual.
pub(crate) fn cell(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), mark: Mark::None }
}

/// Groups as a table: a row each, with how many runs it has below `count`.
pub(crate) fn of_groups(groups: &[GroupBlock], count: String) -> Table {
    let Some(first) = groups.first() else { return Table::default() };
    let mut head = vec![count, "names".to_owned()];
    head.extend(first.values.iter().map(|(id, ..)| id.clone()));
    let rows = groups.iter().map(|group| {
        let mut row = vec![cell(group.count.to_string()), cell(group.names.clone())];
        row.extend(group.values.iter().map(|(_, value, usual)| Cell {
            text: value.clone(),
            mark: Mark::Odd.when(usual.is_some()),
        }));
        row
    });
    Table { title: String::new(), head, rows: rows.collect() }
}

/// Two benches compared, as a table: a row a figure.
pub(crate) fn of_changes(title: &str, changes: &Changes) -> Table {
    let rows = changes.figures.iter().map(|change| {
        let trend = change.trend();
        let interval = change
            .ci95
            .map_or_else(|| "-".to_owned(), |[low, high]| format!("{low:.2} to {high:.2}"));
        let ratio = format!("× {:.2}", change.ratio);
        let mut row: Vec<Cell> = vec![cell(change.name.clone()), cell(change.values())];
        row.extend([cell(ratio), cell(interval)]);
        let changed = matches!(trend, Trend::Faster | Trend::Slower);
        row.push(Cell { text: trend.words().to_owned(), mark: Mark::Strong.when(changed) });
        row
    });
    let head = ["figure", "medians", "ratio", "interval of 95 %", ""];
    Table { title: title.to_owned(), head: head.map(str::to_owned).into(), rows: rows.collect() }
}

/// A part of a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Where to type the next one, or what to do.
    Said(String),
    /// What is typed, or written into a file.
    Typed(String),
}

/// What begins a line of a fix that is said, up to its first colon.
const SAID: [&str; 27] = [
    "a", "add", "an", "and", "as", "before", "by", "for", "free", "if", "in", "instead", "look",
    "on", "open", "or", "raise", "remove", "see", "set", "the", "to", "under", "use", "where",
    "with", "without",
];

/// What is said of a fix, apart from what is typed.
pub(crate) fn parts(fix: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut typed: Vec<&str> = Vec::new();
    for line in fix.lines() {
        let first = line.split([' ', ',']).next().unwrap_or_default();
        if !SAID.contains(&first) {
            typed.push(line);
            continue;
        }
        if !typed.is_empty() {
            parts.push(Part::Typed(std::mem::take(&mut typed).join("\n")));
        }
        match line.split_once(": ") {
            Some((said, rest)) => {
                parts.push(Part::Said(format!("{said}:")));
                typed.push(rest);
            }
            None => parts.push(Part::Said(line.to_owned())),
        }
    }
    if !typed.is_empty() {
        parts.push(Part::Typed(typed.join("\n")));
    }
    parts
}

/// Text whose lines stay.
pub(crate) fn plain_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| plain(line).into_owned()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_fix_is_apart_from_what_is_typed() {
        let said = |text: &str| Part::Said(text.to_owned());
        let typed = |text: &str| Part::Typed(text.to_owned());
        for (fix, wanted) in [
            ("docker run --shm-size=1g ...", vec![typed("docker run --shm-size=1g ...")]),
            (
                "docker run --shm-size=1g ...\nor in Compose: shm_size: 1g\nmem_limit: 2g",
                vec![
                    typed("docker run --shm-size=1g ..."),
                    said("or in Compose:"),
                    typed("shm_size: 1g\nmem_limit: 2g"),
                ],
            ),
            (
                "see who holds it, and remove what nobody needs:\nshmeter ls",
                vec![said("see who holds it, and remove what nobody needs:"), typed("shmeter ls")],
            ),
            (
                "resources: {limits: {memory: 1Gi}}",
                vec![typed("resources: {limits: {memory: 1Gi}}")],
            ),
        ] {
            assert_eq!(parts(fix), wanted, "{fix}");
        }
    }
}
