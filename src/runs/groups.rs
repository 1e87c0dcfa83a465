//! Many runs: what is the same in all of them, what differs, and which belong together.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use super::facts::{Fact, Role, Value};
use crate::units::{Bytes, range};

/// From so many different values on, a value that most runs have for themselves is a name.
const VARIED: usize = 20;

/// Facts that have a column; others could be as many as all runs have labels.
pub(crate) const IDS: usize = 256;

/// A column of a table over runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub id: String,
    /// Its value in each run, as people read it; `None` where a run has none.
    pub said: Vec<Option<String>>,
    /// The value that more than half of those have that have any.
    pub usual: Option<String>,
}

/// Runs whose answers are alike.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    pub members: Vec<usize>,
    /// For each column of [`Groups::differs`] its value, `-` where there is none.
    pub values: Vec<String>,
}

/// What many runs come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Groups {
    /// What all have in common.
    pub same: Vec<(String, String)>,
    /// Answers in which they differ.
    pub differs: Vec<Column>,
    /// Measurements: least, median and most, with the number of runs that have them.
    pub figures: Vec<Spread>,
    /// Measurements that are far from the median, those that are farthest first.
    pub far: Vec<Far>,
    /// Answers that most runs have for themselves.
    pub varied: Vec<(String, usize)>,
    /// The runs, those that are few first.
    pub groups: Vec<Group>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spread {
    pub id: String,
    /// As people read them.
    pub least: String,
    pub median: String,
    pub most: String,
    pub runs: usize,
}

/// A measurement of a run that is far from what others have.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Far {
    pub run: usize,
    pub id: String,
    /// As people read them.
    pub value: String,
    pub median: String,
    /// The value divided by the median.
    pub ratio: f64,
}

/// Fewer measurements have no outlier.
const FEW: usize = 5;

/// A measurement is far from the median by this factor, either way. What repeats on one machine stays well within it,
/// but for the slowest of a hundred steps.
const FACTOR: f64 = 1.5;

/// Where more than one in so many are that far, they are no exceptions: the figure varies.
const ONE_IN: usize = 10;

/// Ids of facts, in the order in which runs have them; of too many the first.
pub(crate) fn ids(runs: &[Run]) -> Vec<(String, Role)> {
    distinct(runs).take(IDS).map(|fact| (fact.id.to_string(), fact.role)).collect()
}

/// How many ids have no column.
pub(crate) fn more_ids(runs: &[Run]) -> usize {
    distinct(runs).count().saturating_sub(IDS)
}

/// The first fact of each id.
fn distinct(runs: &[Run]) -> impl Iterator<Item = &Fact> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    runs.iter().flat_map(|run| &run.facts).filter(move |fact| seen.insert(&fact.id))
}

pub(crate) fn fact<'a>(run: &'a Run, id: &str) -> Option<&'a Fact> {
    run.facts.iter().find(|fact| fact.id.as_str() == id)
}

/// One fact over all runs. Sizes that lie near each other are one value: those between which there
/// is no gap but such that both mean the same.
pub(crate) fn column(runs: &[Run], id: &str) -> Column {
    let values: Vec<Option<&Value>> =
        runs.iter().map(|run| fact(run, id).map(|fact| &fact.value)).collect();
    let near = near(&values);
    let said: Vec<Option<String>> = values
        .iter()
        .map(|value| {
            let near = |bytes| near.get(bytes).cloned().unwrap_or_default();
            value.map(|value| match value {
                Value::Bytes(bytes) => near(bytes),
                Value::AtMost(bytes) => format!("<= {}", near(bytes)),
                other => other.said(),
            })
        })
        .collect();
    Column { id: id.to_owned(), usual: usual(&said), said }
}

fn usual(said: &[Option<String>]) -> Option<String> {
    let mut count: BTreeMap<&String, usize> = BTreeMap::new();
    for one in said.iter().flatten() {
        let n = count.entry(one).or_default();
        *n = n.saturating_add(1);
    }
    let told: usize = count.values().sum();
    count.into_iter().find(|(_, n)| n.saturating_mul(2) > told).map(|(said, _)| said.clone())
}

/// For each number of bytes how the cluster is called that it lies in.
fn near(values: &[Option<&Value>]) -> BTreeMap<u64, String> {
    let mut sorted: Vec<u64> = values.iter().flatten().filter_map(|value| value.bytes()).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut names = BTreeMap::new();
    let mut cluster: Vec<u64> = Vec::new();
    let close = |cluster: &mut Vec<u64>, names: &mut BTreeMap<u64, String>| {
        let (first, last) = (cluster.first().copied(), cluster.last().copied());
        let name = range(Bytes(first.unwrap_or(0)), Bytes(last.unwrap_or(0)));
        names.extend(cluster.drain(..).map(|bytes| (bytes, name.clone())));
    };
    for bytes in sorted {
        let last = cluster.last().copied().unwrap_or(bytes);
        if !Bytes(bytes).agrees_with(Bytes(last)) {
            close(&mut cluster, &mut names);
        }
        cluster.push(bytes);
    }
    close(&mut cluster, &mut names);
    names
}

impl Column {
    /// Whether the runs that have a value have different ones.
    pub(crate) fn differs(&self) -> bool {
        let mut told = self.said.iter().flatten();
        let first = told.next();
        told.any(|one| Some(one) != first)
    }

    /// Whether a value is not what most have.
    pub(crate) fn is_odd(&self, said: Option<&String>) -> bool {
        said.is_some() && self.usual.is_some() && said != self.usual.as_ref()
    }
}

impl Groups {
    pub(crate) fn of(runs: &[Run]) -> Groups {
        let mut groups = Groups::default();
        for (id, role) in ids(runs) {
            match role {
                Role::Name => {}
                Role::Figure | Role::Single => {
                    groups.figures.extend(spread(runs, &id));
                    groups.far.extend(far(runs, &id));
                }
                Role::Answer => groups.answer(runs, &id),
            }
        }
        groups.gather(runs.len());
        // Who differs in an answer is told already.
        let usual = groups.groups.last().map_or(&[][..], |group| &group.members);
        groups.far.retain(|far| usual.contains(&far.run));
        let distance = |far: &Far| far.ratio.ln().abs();
        groups.far.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
        groups
    }

    fn answer(&mut self, runs: &[Run], id: &str) {
        let column = column(runs, id);
        let mut different: Vec<&Option<String>> = column.said.iter().collect();
        different.sort_unstable();
        different.dedup();
        let count = different.len();
        match different.as_slice() {
            [Some(one)] => self.same.push((id.to_owned(), one.clone())),
            _ if count > VARIED && count.saturating_mul(2) > runs.len() => {
                self.varied.push((id.to_owned(), count));
            }
            _ => self.differs.push(column),
        }
    }

    fn gather(&mut self, runs: usize) {
        let mut by_values: BTreeMap<Vec<&str>, Vec<usize>> = BTreeMap::new();
        for at in 0..runs {
            let values = self
                .differs
                .iter()
                .map(|column| column.said.get(at).and_then(Option::as_deref).unwrap_or("-"));
            by_values.entry(values.collect()).or_default().push(at);
        }
        let mut groups: Vec<Group> = by_values
            .into_iter()
            .map(|(values, members)| Group {
                members,
                values: values.into_iter().map(str::to_owned).collect(),
            })
            .collect();
        groups.sort_by_key(|group| (group.members.len(), group.members.first().copied()));
        self.groups = groups;
    }
}

/// The values of a fact with the run of each, the least first.
fn sorted<'a>(runs: &'a [Run], id: &str) -> Vec<(f64, usize, &'a Value)> {
    let mut values: Vec<(f64, usize, &Value)> = runs
        .iter()
        .enumerate()
        .filter_map(|(at, run)| Some((at, &fact(run, id)?.value)))
        .filter_map(|(at, value)| Some((value.number()?, at, value)))
        .collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    values
}

/// The runs whose value is an exception.
fn far(runs: &[Run], id: &str) -> Vec<Far> {
    let values = sorted(runs, id);
    let Some((median, _, of_median)) = values.get(values.len() / 2) else { return Vec::new() };
    let is_far = |value: f64| value > median * FACTOR || value * FACTOR < *median;
    let exceptions: Vec<&(f64, usize, &Value)> =
        values.iter().filter(|(value, ..)| is_far(*value)).collect();
    let most = values.len().div_ceil(ONE_IN);
    if id.ends_with(" p99") || values.len() < FEW || *median <= 0.0 || exceptions.len() > most {
        return Vec::new();
    }
    let far = exceptions.into_iter().map(|(value, run, said)| Far {
        run: *run,
        id: id.to_owned(),
        value: said.said(),
        median: of_median.said(),
        ratio: value / median,
    });
    far.collect()
}

fn spread(runs: &[Run], id: &str) -> Option<Spread> {
    let values = sorted(runs, id);
    let said = |at: usize| values.get(at).map(|(.., value)| value.said());
    Some(Spread {
        id: id.to_owned(),
        least: said(0)?,
        median: said(values.len() / 2)?,
        most: said(values.len().saturating_sub(1))?,
        runs: values.len(),
    })
}
