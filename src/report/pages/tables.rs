//! The tables of one run that only who looks for them reads: ceilings, figures of bench, compare.

use std::collections::BTreeMap;

use super::blocks::{Block, Cell, Table, cell};
use crate::report::bench::WIDE;
use crate::runs::facts::amount;
use crate::runs::papers::{Bench, Figure, Inspect};
use crate::runs::words::size;
use crate::runs::{KINDS, Run};
use crate::units::Bytes;

/// Every ceiling of files in /dev/shm.
pub(crate) fn ceilings(inspect: &Inspect) -> Block {
    let posix = inspect.segments.get("posix").map(|posix| posix.ceilings.as_slice());
    let rows = posix.unwrap_or_default().iter().map(|ceiling| {
        let limit = match ceiling.unit.text() {
            None | Some("bytes") => size(&ceiling.limit),
            Some(unit) => format!("{} {unit}", ceiling.limit),
        };
        let [source, origin] = [&ceiling.source, &ceiling.origin].map(ToString::to_string);
        [source, limit, size(&ceiling.headroom_bytes), origin].map(cell).into()
    });
    Block::Table(Table {
        title: String::new(),
        head: ["ceiling", "limit", "room", "read from"].map(str::to_owned).into(),
        rows: rows.collect(),
    })
}

/// The figures that matter most, kinds beside each other; all of them folded.
pub(crate) fn figures(bench: &Bench) -> Vec<Block> {
    let main = |figure: &&Figure| {
        matches!(
            (figure.test.word(), figure.op.word()),
            ("bandwidth", "read" | "write" | "copy")
                | ("fault", "page")
                | ("ping-pong", "spin" | "futex")
                | ("ring", "64B" | "64B-spin" | "64B-backoff")
        ) && figure
            .procs
            .count()
            .is_none_or(|procs| figure.test.word() != "bandwidth" || procs == 1)
    };
    let some: Vec<&Figure> = bench.results.iter().filter(main).collect();
    let all: Vec<&Figure> = bench.results.iter().collect();
    let mut blocks = vec![Block::Table(figure_table("speed (median)", &some))];
    let more = vec![Block::Table(figure_table("", &all))];
    blocks.push(Block::Fold(format!("all {} figures of bench", all.len()), more));
    blocks
}

fn figure_table(title: &str, figures: &[&Figure]) -> Table {
    let case = |one: &Figure| {
        (one.test.to_string(), one.op.to_string(), one.bytes.count(), one.procs.count())
    };
    // A row a case, in the order of figures; of a case and a kind the first one counts.
    let mut places = BTreeMap::new();
    let mut cases: Vec<(&Figure, BTreeMap<&str, &Figure>)> = Vec::new();
    for figure in figures {
        let at = *places.entry(case(figure)).or_insert(cases.len());
        if at == cases.len() {
            cases.push((figure, BTreeMap::new()));
        }
        if let Some((_, kinds)) = cases.get_mut(at) {
            kinds.entry(figure.kind.word()).or_insert(figure);
        }
    }
    let rows = cases.iter().map(|(first, kinds)| {
        let memory = first.bytes.count().map_or_else(String::new, |n| Bytes(n).to_string());
        let procs = first.procs.count().map_or_else(String::new, |n| n.to_string());
        let mut row: Vec<Cell> =
            [format!("{} {}", first.test, first.op), memory, procs].map(cell).into();
        row.extend(KINDS.iter().map(|kind| {
            let one = kinds.get(kind);
            let said = one.and_then(|one| {
                let mark = if is_wide(one) { "~" } else { "" };
                Some(format!("{mark}{}", amount(one.median.number()?, one.unit.word())))
            });
            cell(said.unwrap_or_else(|| "-".to_owned()))
        }));
        row
    });
    let mut head: Vec<String> = ["", "memory", "procs"].map(str::to_owned).into();
    head.extend(KINDS.map(str::to_owned));
    Table { title: title.to_owned(), head, rows: rows.collect() }
}

/// Whether the interval is one that bench warns of.
fn is_wide(figure: &Figure) -> bool {
    let [low, high] = figure.ci95.as_slice() else { return false };
    match (low.number(), figure.median.number(), high.number()) {
        (Some(low), Some(median), Some(high)) => median > 0.0 && (high - low) / median > WIDE,
        _ => false,
    }
}

/// What compare saw.
pub(crate) fn compared(run: &Run) -> Option<Block> {
    let compare = run.compare.as_ref()?;
    let columns = ["posix", "sysv", "memfd", "anon", "crate"];
    let rows = compare.rows.iter().map(|row| {
        let mut cells = vec![cell(row.title.to_string())];
        cells.extend(columns.iter().map(|column| {
            let said = row.cells.get(*column).map_or("-", |cell| cell.said.word());
            cell(said)
        }));
        cells
    });
    let mut head = vec![String::new()];
    head.extend(columns.map(str::to_owned));
    let table = Table { title: String::new(), head, rows: rows.collect() };
    Some(Block::Fold("the kinds compared (compare)".to_owned(), vec![Block::Table(table)]))
}
