//! Each run in values that can be compared, put into a table, and counted.

use std::collections::{BTreeMap, BTreeSet};

use super::papers::{Bench, Fill, Segment, Watch};
use super::scalar::Scalar;
use super::shared::Shared;
use super::{FEW, KINDS, Run};
use crate::plain::plain;
use crate::stats::{float, rounded};
use crate::units::{Bytes, speed, time};

/// What a fact is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Part of the answer: runs in which it differs are no alike runs.
    Answer,
    /// A measurement, which differs a little from run to run.
    Figure,
    /// A measurement of one fill, which is no benchmark: it may differ much from the next one.
    Single,
    /// Tells runs apart.
    Name,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Word(Shared),
    Bytes(u64),
    /// An upper bound of bytes.
    AtMost(u64),
    /// A number with its unit as people write it.
    Number(f64, Shared),
}

/// One value of a run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fact {
    /// Its name in tables for programs.
    pub id: Shared,
    pub role: Role,
    pub value: Value,
}

impl Value {
    /// For people.
    pub(crate) fn said(&self) -> String {
        match self {
            Value::Word(word) => plain(word).into_owned(),
            Value::AtMost(bytes) => format!("<= {}", Bytes(*bytes)),
            Value::Bytes(bytes) => Bytes(*bytes).to_string(),
            Value::Number(_, said) => plain(said).into_owned(),
        }
    }

    /// Bytes, or what bounds them.
    pub(crate) fn bytes(&self) -> Option<u64> {
        match self {
            Value::Bytes(bytes) | Value::AtMost(bytes) => Some(*bytes),
            Value::Number(..) | Value::Word(_) => None,
        }
    }

    /// What can be measured against others.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Value::Bytes(bytes) | Value::AtMost(bytes) => Some(float(*bytes)),
            Value::Number(number, _) => Some(*number),
            Value::Word(_) => None,
        }
    }

    /// For programs.
    pub(crate) fn raw(&self) -> String {
        match self {
            Value::Word(word) => plain(word).into_owned(),
            Value::Bytes(bytes) | Value::AtMost(bytes) => bytes.to_string(),
            Value::Number(number, _) => number.to_string(),
        }
    }
}

struct Facts(Vec<Fact>);

impl Facts {
    fn add(&mut self, role: Role, id: &str, value: Value) {
        // Labels and fills name some of them.
        self.0.push(Fact { id: plain(id).as_ref().into(), role, value });
    }

    fn word(&mut self, role: Role, id: &str, scalar: &Scalar) {
        if *scalar != Scalar::Nothing {
            self.add(role, id, Value::Word(scalar.to_string().into()));
        }
    }

    fn size(&mut self, role: Role, id: &str, scalar: &Scalar) {
        match scalar.count() {
            Some(bytes) => self.add(role, id, Value::Bytes(bytes)),
            None => self.word(role, id, scalar),
        }
    }
}

/// All facts of a run, in the order of tables.
pub(crate) fn of(run: &Run) -> Vec<Fact> {
    let mut facts = Facts(Vec::new());
    let e = &run.environment;
    for (id, name) in [("node", &e.node), ("pod", &e.pod), ("hostname", &e.hostname)] {
        facts.word(Role::Name, id, name);
    }
    facts.word(Role::Name, "time", &e.time);
    for (key, value) in e.labels.iter().take(FEW) {
        facts.word(Role::Answer, &format!("label {key}"), value);
    }
    facts.add(Role::Answer, "state", Value::Word(run.state().into()));
    if let Some(verdict) = run.verdict() {
        facts.add(Role::Answer, "verdict", Value::Word(verdict.into()));
    }
    inspected(&mut facts, run);
    for fill in run.fills.iter().take(FEW) {
        filled(&mut facts, fill);
    }
    if let Some(watch) = &run.watch {
        watched(&mut facts, watch);
    }
    if let Some(bench) = &run.bench {
        benched(&mut facts, bench);
    }
    if let Some(kernel) = run.kernel() {
        facts.add(Role::Answer, "kernel", Value::Word(kernel.into()));
    }
    facts.word(Role::Answer, "container", &e.container);
    facts.word(Role::Figure, "cpu", &e.cpu);
    facts.word(Role::Figure, "cpus", &e.cpus);
    facts.size(Role::Figure, "memory", &e.memory_bytes);
    facts.word(Role::Answer, "version", &e.version);
    facts.0
}

fn usable(segment: &Segment) -> Option<Value> {
    let bytes = segment.available_bytes.count()?;
    let at_most = segment.certainty.text() == Some("at-most");
    Some(if at_most && bytes > 0 { Value::AtMost(bytes) } else { Value::Bytes(bytes) })
}

fn inspected(facts: &mut Facts, run: &Run) {
    let Some(inspect) = &run.inspect else { return };
    if let Some(posix) = run.posix() {
        match usable(posix) {
            Some(value) => facts.add(Role::Answer, "usable", value),
            None => facts.add(Role::Answer, "usable", Value::Word("unknown".into())),
        }
        facts.word(Role::Answer, "stopped by", &posix.binding);
        let touch = posix.methods.get("touch").map_or(&Scalar::Nothing, |row| &row.ends_in);
        facts.word(Role::Answer, "then", touch);
    }
    facts.size(Role::Answer, "df size", &inspect.df.total_bytes);
    facts.size(Role::Figure, "df free", &inspect.df.available_bytes);
    if let Some(level) = inspect.cgroup.levels.first() {
        facts.size(Role::Answer, "memory limit", &level.limit);
    }
    for kind in KINDS.into_iter().skip(1) {
        if let Some(value) = inspect.segments.get(kind).and_then(usable) {
            facts.add(Role::Answer, &format!("usable {kind}"), value);
        }
    }
    let ids: BTreeSet<&str> = inspect.findings.iter().filter_map(|f| f.id.text()).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let found = if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
    facts.add(Role::Answer, "findings", Value::Word(found.into()));
    facts.word(Role::Answer, "cgroup", &inspect.cgroup.version);
}

fn filled(facts: &mut Facts, fill: &Fill) {
    let name = fill.name();
    match (&fill.cut, fill.bytes()) {
        (Some(cut), _) => {
            let value = Value::Number(float(cut.at_least), cut.range().into());
            facts.add(Role::Figure, &format!("fill {name}"), value);
        }
        (None, Some(bytes)) => {
            facts.add(Role::Figure, &format!("fill {name}"), Value::Bytes(bytes));
        }
        (None, None) => {}
    }
    let end = fill.end().unwrap_or("unknown").to_owned();
    facts.add(Role::Answer, &format!("fill {name} end"), Value::Word(end.into()));
    if let Some(agrees) = fill.agrees.truth() {
        let word = if agrees { "yes" } else { "no" };
        facts.add(Role::Answer, &format!("fill {name} as predicted"), Value::Word(word.into()));
    }
    if let Some(rate) = fill.bytes_per_second.number().filter(|rate| *rate > 0.0) {
        facts.add(
            Role::Single,
            &format!("fill {name} speed"),
            Value::Number(rate, speed(rate).into()),
        );
    }
    if let Some(p99) = fill.step_latency_ns.p99.count().filter(|p99| *p99 > 0) {
        let value = Value::Number(float(p99), time(p99).into());
        facts.add(Role::Single, &format!("fill {name} step p99"), value);
    }
}

/// What a command used, and what it needs.
fn watched(facts: &mut Facts, watch: &Watch) {
    facts.add(Role::Name, "command", Value::Word(watch.words().into()));
    if let Some(end) = watch.end() {
        facts.add(Role::Answer, "ended", Value::Word(end.into()));
    }
    let peak = &watch.peak;
    facts.size(Role::Figure, "peak posix", &peak.posix.bytes);
    facts.size(Role::Answer, "peak posix limit", &peak.posix.limit);
    facts.size(Role::Figure, "peak sysv", &peak.sysv.bytes);
    if let Some(cgroup) = &peak.cgroup {
        facts.size(Role::Figure, "peak memory", &cgroup.bytes);
        facts.size(Role::Figure, "peak memory shared", &cgroup.shmem_bytes);
        facts.size(Role::Answer, "memory limit", &cgroup.limit);
        facts.word(Role::Answer, "OOM kills", &cgroup.oom_kill);
    }
    facts.size(Role::Figure, "needs posix", &watch.needed.shm_bytes);
}

/// The figures that are compared between runs, of posix: the largest memory where there are several.
fn benched(facts: &mut Facts, bench: &Bench) {
    let wanted = [
        ("bandwidth", "copy", 1),
        ("bandwidth", "read", 1),
        ("fault", "page", 1),
        ("ping-pong", "spin", 2),
        ("ping-pong", "futex", 2),
        ("ring", "64B-backoff", 2),
    ];
    for (test, op, procs) in wanted {
        let mut found = bench.of(test, op, "posix", procs);
        let largest = found.next().map(|first| {
            found.fold(
                first,
                |most, one| {
                    if one.bytes.count() > most.bytes.count() { one } else { most }
                },
            )
        });
        if let Some((figure, median)) = largest.and_then(|one| Some((one, one.median.number()?))) {
            let value = Value::Number(median, amount(median, figure.unit.word()).into());
            facts.add(Role::Figure, &format!("bench {test} {op}"), value);
        }
    }
}

/// A median with its unit.
pub(crate) fn amount(median: f64, unit: &str) -> String {
    match unit {
        "ns" => time(rounded(median)),
        "msg/s" if median >= 1e6 => format!("{:.1} M/s", median / 1e6),
        "msg/s" => format!("{:.0} k/s", median / 1e3),
        unit => format!("{median:.1} {unit}"),
    }
}

/// Gives each run a title of its own: its node or pod; else, where several files are given, the file, and
/// otherwise its labels where these tell all runs apart.
pub(crate) fn titles(runs: &mut [Run], are_of_files: bool) {
    let by_labels = !are_of_files && are_told_apart(runs, |run| place(run).or_else(|| labels(run)));
    let mut named: Vec<Named> = vec![Named::Short; runs.len()];
    for next in [Some(Named::Parent), Some(Named::Whole), None] {
        for (run, named) in runs.iter_mut().zip(&named) {
            run.title = title(run, *named, by_labels, are_of_files);
        }
        let again = repeated(runs);
        let (Some(next), true) = (next, again.contains(&true)) else { break };
        for (named, _) in named.iter_mut().zip(again).filter(|(_, again)| *again) {
            *named = next;
        }
    }
    // Runs of the same file and name.
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let again = repeated(runs);
    for (run, _) in runs.iter_mut().zip(again).filter(|(_, again)| *again) {
        run.title = title(run, Named::Short, by_labels, are_of_files);
        let count = seen.entry(run.title.clone()).or_default();
        *count = count.saturating_add(1);
        if *count > 1 {
            run.title = format!("{} ({count})", run.title);
        }
    }
}

/// How much of its file's path names a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    /// The name of the file.
    Short,
    /// With its folder.
    Parent,
    /// All of it.
    Whole,
}

fn title(run: &Run, named: Named, by_labels: bool, are_of_files: bool) -> String {
    let file = match named {
        Named::Short => short(&run.source, 1),
        Named::Parent => short(&run.source, 2),
        Named::Whole => &run.source,
    };
    let title = match place(run) {
        // Several runs of one node.
        Some(place) if are_of_files && named == Named::Parent => {
            format!("{place} ({})", short(&run.source, 1))
        }
        Some(place) if are_of_files && named == Named::Whole => format!("{place} ({file})"),
        Some(place) => place,
        None => by_labels.then(|| labels(run)).flatten().unwrap_or_else(|| file.to_owned()),
    };
    plain(&title).into_owned()
}

/// Which of the titles are those of others too.
fn repeated(runs: &[Run]) -> Vec<bool> {
    let mut count: BTreeMap<&str, u32> = BTreeMap::new();
    for run in runs {
        let n = count.entry(&run.title).or_default();
        *n = n.saturating_add(1);
    }
    runs.iter().map(|run| count.get(run.title.as_str()).is_some_and(|n| *n > 1)).collect()
}

/// Whether each run has a name, and none that of another.
fn are_told_apart(runs: &[Run], name: impl Fn(&Run) -> Option<String>) -> bool {
    let mut seen = BTreeSet::new();
    runs.iter().all(|run| name(run).is_some_and(|name| seen.insert(name)))
}

/// The node, or else the pod, that a run ran on.
fn place(run: &Run) -> Option<String> {
    let said = |id: &str| {
        let fact = run.facts.iter().find(|fact| fact.role == Role::Name && fact.id.as_str() == id);
        fact.map(|fact| fact.value.said())
    };
    said("node").or_else(|| said("pod"))
}

/// What a run was labelled with.
fn labels(run: &Run) -> Option<String> {
    let labels = run.facts.iter().filter_map(|fact| {
        let key = fact.id.as_str().strip_prefix("label ")?;
        Some(format!("{key}={}", fact.value.said()))
    });
    let labels: Vec<String> = labels.collect();
    (!labels.is_empty()).then(|| labels.join(" "))
}

/// The last parts of a file's path, without its ending; of a log of many, the pod.
fn short(source: &str, parts: usize) -> &str {
    if let Some((_, pod)) = source.split_once(" pod/") {
        return pod;
    }
    let start = source
        .rmatch_indices('/')
        .nth(parts.saturating_sub(1))
        .map_or(0, |(at, _)| at.saturating_add(1));
    let file = source.get(start..).unwrap_or(source);
    let stem = file.strip_suffix(".json").or_else(|| file.strip_suffix(".jsonl"));
    stem.unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The titles of runs of these files, nodes and labels; a node or label that is empty is none.
    fn titled(runs: &[(&str, &str, &str)], are_of_files: bool) -> Vec<String> {
        let mut runs: Vec<Run> = runs
            .iter()
            .map(|(source, node, label)| {
                let mut facts = Facts(Vec::new());
                let scalar =
                    |text: &str| if text.is_empty() { Scalar::Nothing } else { Scalar::of(text) };
                facts.word(Role::Name, "node", &scalar(node));
                facts.word(Role::Answer, "label size", &scalar(label));
                Run { source: (*source).to_owned(), facts: facts.0, ..Run::default() }
            })
            .collect();
        titles(&mut runs, are_of_files);
        runs.into_iter().map(|run| run.title).collect()
    }

    #[test]
    fn runs_are_called_by_what_tells_them_apart() {
        let files = |runs: &[(&str, &str, &str)]| titled(runs, true);
        assert_eq!(files(&[("d/1.log", "", "1g"), ("d/2.log", "", "1g")]), ["1.log", "2.log"]);
        assert_eq!(files(&[("d/1.json", "", "1g"), ("d/2.json", "", "2g")]), ["1", "2"]);
        assert_eq!(files(&[("1.log", "gpu-1", ""), ("2.log", "gpu-2", "")]), ["gpu-1", "gpu-2"]);
        // One node, before and after.
        assert_eq!(
            files(&[("x/before.json", "gpu-1", ""), ("x/after.json", "gpu-1", "")]),
            ["gpu-1 (before)", "gpu-1 (after)"]
        );
        assert_eq!(
            files(&[("old/a.json", "", ""), ("new/a.json", "", ""), ("b.json", "", "")]),
            ["old/a", "new/a", "b"]
        );
        assert_eq!(
            files(&[("x/old/a.json", "", ""), ("y/old/a.json", "", "")]),
            ["x/old/a.json", "y/old/a.json"]
        );
    }

    #[test]
    fn runs_of_one_file_are_called_by_their_labels_where_these_tell_them_apart() {
        let one = |runs: &[(&str, &str, &str)]| titled(runs, false);
        assert_eq!(one(&[("a.json", "", "1g")]), ["size=1g"]);
        assert_eq!(one(&[("a", "", "1g"), ("a #2", "", "2g")]), ["size=1g", "size=2g"]);
        assert_eq!(one(&[("a", "", "1g"), ("a #2", "", "1g")]), ["a", "a #2"]);
        assert_eq!(
            one(&[("a pod/p-1/c", "", "1g"), ("a pod/p-2/c", "", "1g")]),
            ["p-1/c", "p-2/c"]
        );
        assert_eq!(one(&[("a", "n", ""), ("a #2", "n", "")]), ["n", "n (2)"]);
        // Its writer went on after its run was taken as over.
        assert_eq!(one(&[("a pod/p/c", "", ""), ("a pod/p/c", "", "")]), ["p/c", "p/c (2)"]);
        assert_eq!(titled(&[("d/a.json", "", ""), ("d/a.json", "", "")], true), ["a", "a (2)"]);
    }
}
