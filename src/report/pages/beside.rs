//! A few runs beside each other: the answers in one table, then what differs, then what does not.

use super::blocks::{Block, Cell, Mark, Table, Tone, cell};
use super::single;
use crate::plain::plain;
use crate::report::charts::Chart;
use crate::report::grouped;
use crate::runs::Run;
use crate::runs::changes::Changes;
use crate::runs::facts::{Role, Value};
use crate::runs::groups::{Groups, column, fact, ids};
use crate::runs::words::between;
use crate::units::{Bytes, range};

/// So many columns of runs stand beside each other; more of them would be read by nobody.
const WIDE: usize = 8;

/// So many benches are told of in a headline.
const MOST: usize = 3;

/// Of the answers, in this order.
const ANSWERS: [&str; 3] = ["usable", "stopped by", "df size"];

/// The blocks of some runs.
pub(crate) fn blocks(runs: &[Run]) -> Vec<Block> {
    let groups = Groups::of(runs);
    let changes = changes(runs);
    let mut blocks = vec![answer(runs, &changes)];
    let answers = answers(runs);
    // Of benches alone there is no answer but what changed.
    let benches_alone = answers.head.len() == 1;
    if benches_alone {
        blocks.extend(warnings(runs));
        blocks.extend(compared(runs, &changes));
    } else {
        blocks.push(Block::Table(answers));
    }
    for run in runs.iter().filter(|run| run.is_cut_off()) {
        let state = match run.cut() {
            Some((_, cut)) => {
                let end = cut.end.unwrap_or("unknown");
                format!("{}, {}, end: {end}", run.state(), between(cut))
            }
            None => run.state(),
        };
        blocks.push(Block::Note(format!("{}: {state}", run.title)));
    }
    blocks.push(Block::Charts((0..runs.len()).collect(), &[Chart::Ladder]));
    if !benches_alone {
        blocks.extend(warnings(runs));
        blocks.extend(compared(runs, &changes));
    }
    let table = differences(runs, &groups, !changes.is_empty());
    if runs.len() <= WIDE && !table.rows.is_empty() {
        blocks.push(Block::Table(table));
    }
    if runs.len() == 2 {
        blocks.extend(speeds(runs));
    }
    if !groups.same.is_empty() {
        blocks.push(Block::Heading("the same everywhere".to_owned()));
        blocks.push(Block::Rows(groups.same));
    }
    for (at, run) in runs.iter().enumerate() {
        blocks.push(Block::Fold(run.title.clone(), single::blocks(run, at)));
    }
    blocks
}

/// The charts and the figures of benches; of more than two the figures are folded.
fn compared(runs: &[Run], changes: &[Compared<'_>]) -> Vec<Block> {
    if changes.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Charts((0..runs.len()).collect(), &[Chart::Changes])];
    let are_two = changes.len() == 1;
    let has_answer = runs.iter().any(|run| fact(run, "usable").is_some());
    for Compared { before, after, changes } in changes {
        let title = format!("{before} → {after}");
        let mut told = vec![Block::Changes { title: title.clone(), changes: changes.clone() }];
        told.extend(changes.notes([before, after]).into_iter().map(Block::Note));
        let summary = changes.summary();
        if are_two {
            blocks.extend(told);
            // Else it stands above all.
            blocks.extend(has_answer.then_some(Block::Note(summary)));
        } else {
            blocks.push(Block::Note(format!("bench, {title}: {summary}")));
            blocks.push(Block::Fold(format!("bench: {title}"), told));
        }
    }
    blocks
}

/// A bench compared with the first one.
struct Compared<'a> {
    /// Titles of both.
    before: &'a str,
    after: &'a str,
    changes: Changes,
}

/// Each bench compared with the first one.
fn changes(runs: &[Run]) -> Vec<Compared<'_>> {
    let mut benches = runs.iter().filter_map(|run| Some((run, run.bench.as_ref()?)));
    let Some((first, before)) = benches.next() else { return Vec::new() };
    let compared = benches.map(|(run, after)| Compared {
        before: &first.title,
        after: &run.title,
        changes: Changes::of(before, after),
    });
    compared.filter(|one| !one.changes.is_empty()).collect()
}

/// What benches warn of, each with the runs that do.
fn warnings(runs: &[Run]) -> Vec<Block> {
    let warnings = runs.iter().flat_map(|run| {
        let warnings = run.bench.iter().flat_map(|bench| &bench.warnings);
        warnings.filter_map(|warning| Some((warning.text()?, run.title.as_str())))
    });
    let told = grouped(warnings).into_iter();
    told.map(|(warning, of)| Block::Note(format!("warning ({}): {warning}", of.join(", "))))
        .collect()
}

/// How much is usable, in the order of runs where these are two.
fn usable(runs: &[Run]) -> Option<String> {
    let usable: Vec<u64> =
        runs.iter().filter_map(|run| fact(run, "usable")?.value.bytes()).collect();
    let (least, most) = (usable.iter().min()?, usable.iter().max()?);
    let between = range(Bytes(*least), Bytes(*most));
    Some(match usable.as_slice() {
        [before, after] if runs.len() == 2 => {
            if column(runs, "usable").differs() {
                format!("usable {} → {}", Bytes(*before), Bytes(*after))
            } else {
                format!("usable {between} in both")
            }
        }
        _ => format!("{between} usable"),
    })
}

fn answer(runs: &[Run], changes: &[Compared<'_>]) -> Block {
    let headline = usable(runs).unwrap_or_else(|| match changes {
        [Compared { changes, .. }] => changes.summary(),
        [] => "side by side".to_owned(),
        [first, ..] => {
            let of = |one: &Compared<'_>| format!("{}: {}", one.after, one.changes.summary());
            let told: Vec<String> = changes.iter().map(of).take(MOST).collect();
            format!("compared with {}: {}", first.before, told.join("; "))
        }
    });
    let verdicts = verdicts(runs);
    let worst = ["fail", "warn", "ok"]
        .into_iter()
        .find(|one| runs.iter().any(|run| run.verdict() == Some(one)));
    Block::Answer {
        title: format!("{} runs", runs.len()),
        headline,
        tone: Tone::of(worst),
        badge: verdicts,
    }
}

/// "2 fail, 1 warn".
pub(crate) fn verdicts(runs: &[Run]) -> String {
    let count = |word: &str| runs.iter().filter(|run| verdict(run) == Some(word)).count();
    let told = ["fail", "warn", "ok"].into_iter().filter(|word| count(word) > 0);
    let mut told: Vec<String> = told.map(|word| format!("{} {word}", count(word))).collect();
    let cut = runs
        .iter()
        .filter(|run| {
            fact(run, "state").is_some_and(|state| state.value.said().starts_with("cut off"))
        })
        .count();
    if cut > 0 {
        told.push(format!("{cut} cut off"));
    }
    told.join(", ")
}

/// As it was when all of the run was there.
fn verdict(run: &Run) -> Option<&str> {
    match &fact(run, "verdict")?.value {
        Value::Word(word) => Some(word),
        _ => None,
    }
}

/// A row a run.
fn answers(runs: &[Run]) -> Table {
    let has = |id: &str| runs.iter().any(|run| fact(run, id).is_some());
    let filled = runs.iter().any(|run| !run.fills.is_empty());
    // Where fills show how it ends, that need not be predicted here too.
    let then = (!filled).then_some("then");
    let ids = ANSWERS.into_iter().chain(then).filter(|id| has(id));
    let columns: Vec<_> = ids.map(|id| column(runs, id)).collect();
    let mut head = vec!["run".to_owned()];
    head.extend(columns.iter().map(|column| column.id.clone()));
    if filled {
        head.extend(["filled", "end", "agrees"].map(str::to_owned));
    }
    let rows = runs.iter().enumerate().map(|(at, run)| {
        let mut row = vec![cell(run.title.clone())];
        row.extend(columns.iter().map(|column| {
            let said = column.said.get(at).cloned().flatten();
            let mark = Mark::Odd.when(column.is_odd(said.as_ref()));
            Cell { text: own(run, &column.id), mark }
        }));
        if filled {
            row.extend(first_fill(run));
        }
        row
    });
    Table { title: String::new(), head, rows: rows.collect() }
}

/// A run's own value; those of runs nearby count as the same.
fn own(run: &Run, id: &str) -> String {
    fact(run, id).map_or_else(|| "-".to_owned(), |fact| fact.value.said())
}

/// What came of the first fill of a run.
fn first_fill(run: &Run) -> [Cell; 3] {
    let Some(fill) = run.fills.first() else { return ["-", "-", "-"].map(cell) };
    let name = fill.name();
    let said = |suffix: &str| {
        fact(run, &plain(&format!("fill {name}{suffix}")))
            .map_or_else(|| "-".to_owned(), |f| f.value.said())
    };
    let agrees = said(" as predicted");
    let mark = Mark::Strong.when(agrees == "no");
    [cell(said("")), cell(said(" end")), Cell { text: agrees, mark }]
}

/// Facts in which runs differ: a row a fact, a column a run.
fn differences(runs: &[Run], groups: &Groups, are_compared: bool) -> Table {
    let mut head = vec![String::new()];
    head.extend(runs.iter().map(|run| run.title.clone()));
    let mut rows = Vec::new();
    for (id, role) in ids(runs) {
        let then = id == "then" && runs.iter().all(|run| run.fills.is_empty());
        let answered = then || ANSWERS.contains(&id.as_str());
        let known = answered || groups.same.iter().any(|(one, _)| *one == id);
        let is_compared = are_compared && id.starts_with("bench ");
        let is_noise = role == Role::Single && runs.len() == 2;
        if role == Role::Name || known || is_compared || is_noise {
            continue;
        }
        let column = column(runs, &id);
        let mut row = vec![cell(id.clone())];
        row.extend(runs.iter().zip(&column.said).map(|(run, said)| {
            let is_odd = match role {
                Role::Figure => far(runs, run, &id),
                // A single fill is no benchmark.
                Role::Single => false,
                _ => column.is_odd(said.as_ref()),
            };
            Cell { text: own(run, &id), mark: Mark::Odd.when(is_odd) }
        }));
        if column.differs() {
            rows.push(row);
        }
    }
    Table { title: "what differs".to_owned(), head, rows }
}

/// How fast two runs filled, for who looks for it.
fn speeds(runs: &[Run]) -> Option<Block> {
    let ids = ids(runs).into_iter().filter(|(_, role)| *role == Role::Single);
    let rows: Vec<Vec<Cell>> = ids
        .map(|(id, _)| {
            let mut row = vec![cell(id.clone())];
            row.extend(runs.iter().map(|run| cell(own(run, &id))));
            row
        })
        .collect();
    let mut head = vec![String::new()];
    head.extend(runs.iter().map(|run| run.title.clone()));
    let title = "speed of each fill (a single fill is no benchmark: use bench)".to_owned();
    let table = Table { title: String::new(), head, rows };
    (!table.rows.is_empty()).then(|| Block::Fold(title, vec![Block::Table(table)]))
}

/// Whether a measurement is further than a tenth from the median of all. Of two neither is the odd one.
fn far(runs: &[Run], run: &Run, id: &str) -> bool {
    let number = |run: &Run| fact(run, id)?.value.number();
    let mut all: Vec<f64> = runs.iter().filter_map(number).collect();
    if all.len() <= 2 {
        return false;
    }
    let middle = crate::stats::median(&mut all);
    number(run).is_some_and(|one| (one - middle).abs() > middle / 10.0)
}
