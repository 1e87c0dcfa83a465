//! A fleet: groups of runs whose answers are alike, those that are few first.

use super::beside::verdicts;
use super::blocks::{Block, GroupBlock, Table, Tone, cell};
use crate::runs::Run;
use crate::runs::groups::{Group, Groups};

/// Groups that are told one by one.
const GROUPS: usize = 30;

/// Names that are told of a group whose answers are not those of most runs.
const NAMES: usize = 32;

/// Names that are told of a larger group that most runs are in.
const USUAL: usize = 4;

/// Measurements that are told one by one.
const FAR: usize = 20;

/// The blocks of many runs.
pub(crate) fn blocks(runs: &[Run]) -> Vec<Block> {
    let groups = Groups::of(runs);
    let mut blocks = vec![answer(runs, &groups)];
    let told = groups.groups.iter().take(GROUPS).map(|group| block(runs, &groups, group));
    blocks.push(Block::Groups(told.collect(), runs.len()));
    let left: Vec<&Group> = groups.groups.iter().skip(GROUPS).collect();
    if !left.is_empty() {
        let runs: usize = left.iter().map(|group| group.members.len()).sum();
        blocks.push(Block::Note(format!(
            "{} more groups with {runs} runs: --format csv lists every run",
            left.len()
        )));
    }
    if !groups.far.is_empty() {
        blocks.push(Block::Table(far(runs, &groups)));
        if let Some(more) = groups.far.len().checked_sub(FAR).filter(|more| *more > 0) {
            blocks.push(Block::Note(format!("{more} more: --format csv lists every run")));
        }
    }
    if !groups.figures.is_empty() {
        blocks.push(Block::Table(figures(&groups)));
    }
    for (id, count) in &groups.varied {
        blocks.push(Block::Note(format!("{id}: {count} different values; not used for groups")));
    }
    if !groups.same.is_empty() {
        blocks.push(Block::Heading("the same everywhere".to_owned()));
        blocks.push(Block::Rows(groups.same));
    }
    blocks
}

fn answer(runs: &[Run], groups: &Groups) -> Block {
    let most = groups.groups.iter().map(|group| group.members.len()).max().unwrap_or(0);
    let others = runs.len().saturating_sub(most);
    let mut headline = match (groups.groups.len(), others) {
        (1, _) => "all the same".to_owned(),
        (count, others) => format!("{count} groups: {most} runs are the same, {others} differ"),
    };
    let mut far: Vec<usize> = groups.far.iter().map(|far| far.run).collect();
    far.sort_unstable();
    far.dedup();
    match far.len() {
        0 => {}
        1 => headline.push_str(", 1 is far from the median in what it measured"),
        n => headline.push_str(&format!(", {n} are far from the median in what they measured")),
    }
    let verdicts = verdicts(runs);
    let tone = match verdicts.as_str() {
        some if some.contains(" fail") => Tone::Bad,
        some if some.contains(" warn") => Tone::Care,
        "" => Tone::Plain,
        _ => Tone::Good,
    };
    Block::Answer { title: format!("{} runs", runs.len()), headline, tone, badge: verdicts }
}

fn block(runs: &[Run], groups: &Groups, group: &Group) -> GroupBlock {
    let count = group.members.len();
    let is_usual = count.saturating_mul(2) > runs.len();
    let told = if is_usual && count > NAMES { USUAL } else { NAMES };
    let named = group.members.iter().take(told).filter_map(|at| runs.get(*at));
    let mut names: Vec<String> = named.map(|run| run.title.clone()).collect();
    let left = count.saturating_sub(names.len());
    if left > 0 {
        names.push(format!("and {left} more: --format csv lists every run"));
    }
    let values = groups.differs.iter().zip(&group.values).map(|(column, value)| {
        let usual = column.usual.clone().filter(|usual| usual != value);
        (column.id.clone(), value.clone(), usual)
    });
    GroupBlock { count, names: names.join(", "), values: values.collect() }
}

/// Measurements that are exceptions: a node that is only slow gives the same answers as the others.
fn far(runs: &[Run], groups: &Groups) -> Table {
    let rows = groups.far.iter().take(FAR).map(|far| {
        let name = runs.get(far.run).map_or_else(String::new, |run| run.title.clone());
        let ratio = format!("{:.2}", far.ratio);
        [name, far.id.clone(), far.value.clone(), far.median.clone(), ratio].map(cell).into()
    });
    Table {
        title: "far from the median of all runs".to_owned(),
        head: ["run", "", "measured", "median", "ratio"].map(str::to_owned).into(),
        rows: rows.collect(),
    }
}

fn figures(groups: &Groups) -> Table {
    let rows = groups.figures.iter().map(|spread| {
        let spread = spread.clone();
        [spread.id, spread.least, spread.median, spread.most, spread.runs.to_string()]
            .map(cell)
            .into()
    });
    Table {
        title: "measured".to_owned(),
        head: ["", "least", "median", "most", "runs"].map(str::to_owned).into(),
        rows: rows.collect(),
    }
}
