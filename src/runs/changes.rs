//! Two benches compared, figure by figure.

use std::collections::{BTreeMap, BTreeSet};

use super::papers::{Bench, Figure, Without};
use super::scalar::Scalar;
use crate::stats::rounded;
use crate::units::{Bytes, time};

/// Fewer rounds give no interval of 95 %.
const ROUNDS: u64 = 6;

/// From so many percent of a CPU's time on `bench` warns of other work. A control of the same container beside such work
/// differed in a quarter of its figures (results/2026-11-27-vm-2cpu/twelve-tasks.md).
const LOST: f64 = 2.0;

/// An interval wider than this part of its median is marked by `bench`; so is a bench with so many of them, of 100.
const WIDE: f64 = 0.25;
const MANY: usize = 10;

/// A figure of two benches.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    /// What was measured, of which kind.
    pub name: String,
    pub unit: String,
    pub before: f64,
    pub after: f64,
    /// `after` divided by `before`.
    pub ratio: f64,
    /// The interval of 95 % of the ratio, where both have one.
    pub ci95: Option<[f64; 2]>,
    /// Other work ran beside one of the two, which an interval does not tell.
    pub disturbed: bool,
}

/// What is known of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trend {
    Faster,
    Slower,
    /// It could be the other work that ran.
    Unsure,
    /// The interval has 1 in it.
    Noise,
    /// There is no interval.
    Unknown,
}

/// All figures that two benches have in common, those that changed most first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Changes {
    pub figures: Vec<Change>,
    /// Figures that only the first one has, and those that only the second one has.
    pub alone: [Vec<Alone>; 2],
    /// Beside which of the two other work ran.
    pub disturbed: [bool; 2],
}

/// A figure that only one of two benches has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Alone {
    pub test: String,
    pub op: String,
    /// Bytes of memory, where the other one measured the same with another size.
    pub resized: Option<u64>,
    /// Why the other one did not measure it, where it says so.
    pub why: Option<String>,
}

impl Trend {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Trend::Faster => "faster",
            Trend::Slower => "slower",
            Trend::Unsure => "differs",
            Trend::Noise => "within noise",
            Trend::Unknown => "no interval",
        }
    }
}

impl Change {
    fn new(before: &Figure, after: &Figure, disturbed: bool) -> Option<Change> {
        let median = |figure: &Figure| figure.median.number().filter(|median| *median > 0.0);
        let (one, other) = (median(before)?, median(after)?);
        let ratio = other / one;
        Some(Change {
            name: name(before),
            unit: before.unit.word().to_owned(),
            before: one,
            after: other,
            ratio,
            ci95: interval(before, after),
            disturbed,
        })
    }

    pub(crate) fn trend(&self) -> Trend {
        let is_time = self.unit == "ns";
        match self.ci95 {
            None => Trend::Unknown,
            Some([low, high]) if low <= 1.0 && high >= 1.0 => Trend::Noise,
            Some(_) if self.disturbed => Trend::Unsure,
            Some(_) if (self.ratio > 1.0) == is_time => Trend::Slower,
            Some(_) => Trend::Faster,
        }
    }

    /// How far the ratio is from 1, in either direction.
    fn distance(&self) -> f64 {
        self.ratio.ln().abs()
    }

    /// "5.90 → 6.20 GiB/s"; a unit that both have stands once.
    pub(crate) fn values(&self) -> String {
        let (one, other) = (amount(self.before, &self.unit), amount(self.after, &self.unit));
        match (one.split_once(' '), other.split_once(' ')) {
            (Some((number, unit)), Some((_, same))) if unit == same => {
                format!("{number} → {other}")
            }
            _ => format!("{one} → {other}"),
        }
    }

    /// "× 1.05 (0.98 to 1.11)".
    pub(crate) fn times(&self) -> String {
        match self.ci95 {
            Some([low, high]) => format!("× {:.2} ({low:.2} to {high:.2})", self.ratio),
            None => format!("× {:.2}", self.ratio),
        }
    }
}

impl Changes {
    pub(crate) fn of(before: &Bench, after: &Bench) -> Changes {
        let (one, other) = (firsts(before), firsts(after));
        let disturbed = [before, after].map(is_disturbed);
        let either = disturbed.contains(&true);
        let pairs = one.iter().filter_map(|(key, figure)| Some((*figure, *other.get(key)?)));
        let mut figures: Vec<Change> =
            pairs.filter_map(|(one, other)| Change::new(one, other, either)).collect();
        let alone = [alone(&one, &other, after), alone(&other, &one, before)];
        let order = |change: &Change| match change.trend() {
            Trend::Faster | Trend::Slower | Trend::Unsure => 0,
            Trend::Unknown => 1,
            Trend::Noise => 2,
        };
        figures.sort_by(|a, b| {
            order(a).cmp(&order(b)).then_with(|| b.distance().total_cmp(&a.distance()))
        });
        Changes { figures, alone, disturbed }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.figures.is_empty() && self.alone.iter().all(Vec::is_empty)
    }

    fn is_disturbed(&self) -> bool {
        self.disturbed.contains(&true)
    }

    pub(crate) fn count(&self, trend: Trend) -> usize {
        self.figures.iter().filter(|one| one.trend() == trend).count()
    }

    /// "2 faster, 1 slower, 129 within noise", or that it says nothing.
    pub(crate) fn summary(&self) -> String {
        if self.figures.is_empty() {
            return "no figure in common".to_owned();
        }
        let unsure = self.count(Trend::Unsure);
        let all = [Trend::Faster, Trend::Slower, Trend::Noise, Trend::Unknown];
        let told = all.into_iter().filter_map(|trend| {
            let count = Some(self.count(trend)).filter(|count| *count > 0)?;
            let words = if trend == Trend::Unknown { "without an interval" } else { trend.words() };
            Some(format!("{count} {words}"))
        });
        let differ = self.is_disturbed().then(|| {
            let differ = match unsure {
                0 => "none differs".to_owned(),
                1 => "1 differs".to_owned(),
                more => format!("{more} differ"),
            };
            format!("no conclusion, since other work or a quota had the CPUs: {differ}")
        });
        differ.into_iter().chain(told).collect::<Vec<_>>().join(", ")
    }
}

impl Changes {
    /// What is to be known of them beside; `names` are those of the two benches.
    pub(crate) fn notes(&self, names: [&str; 2]) -> Vec<String> {
        let mut notes = Vec::new();
        let changed = self.count(Trend::Faster).saturating_add(self.count(Trend::Slower));
        if changed > 0 {
            notes.push(
                "with intervals of 95 %, 1 figure in 20 may seem to change by chance".to_owned(),
            );
        }
        if self.is_disturbed() {
            let beside = self.disturbed.into_iter().zip(names).filter(|(disturbed, _)| *disturbed);
            let beside: Vec<&str> = beside.map(|(_, name)| name).collect();
            notes.push(format!(
                "other work, or a CPU quota, had the CPUs during {}: measure both again on idle CPUs, and {} twice: \
                 what differs between two runs of the same is noise",
                beside.join(" and "),
                names[0]
            ));
        }
        for (alone, name) in self.alone.iter().zip(names).filter(|(alone, _)| !alone.is_empty()) {
            notes.push(format!("only in {name}: {}", counted(alone)));
        }
        notes.extend(self.sizes(names));
        for (alone, name) in self.alone.iter().zip(names.into_iter().rev()) {
            let mut said = BTreeSet::new();
            for Alone { test, op, why, .. } in alone {
                let why = why.as_ref().map(|why| format!("{test} {op} is not in {name}: {why}"));
                notes.extend(why.filter(|why| said.insert(why.clone())));
            }
        }
        notes
    }

    /// What was measured with another size in each, and how to get the same.
    fn sizes(&self, [first, second]: [&str; 2]) -> Vec<String> {
        let [before, after] = &self.alone;
        let tests: BTreeSet<&str> = before.iter().map(|one| one.test.as_str()).collect();
        let told = tests.into_iter().filter_map(|test| {
            let of = |alone: &[Alone]| {
                let sizes = alone.iter().filter(|one| one.test == test);
                sizes.filter_map(|one| one.resized).collect::<BTreeSet<u64>>()
            };
            let (one, other) = (of(before), of(after));
            let least = *one.last()?.min(other.last()?);
            let how = match test {
                "bandwidth" => format!("measure both with --bytes {}", option(least)),
                _ => "bench takes at most half of what is free".to_owned(),
            };
            let (one, other) = (listed(&one), listed(&other));
            Some(format!("{test}: {first} measured {one}, {second} {other}: {how}"))
        });
        told.collect()
    }
}

/// Whether other work ran beside it.
fn is_disturbed(bench: &Bench) -> bool {
    let lost = bench.environment.lost_percent.number();
    let is_wide = |figure: &&Figure| {
        let [low, high] = figure.ci95.as_slice() else { return false };
        let all = (low.number(), high.number(), figure.median.number());
        matches!(all, (Some(low), Some(high), Some(median)) if high - low > WIDE * median)
    };
    let wide = bench.results.iter().filter(is_wide).count();
    let are_many = wide.saturating_mul(100) >= bench.results.len().saturating_mul(MANY);
    lost.is_some_and(|lost| lost >= LOST) || wide > 0 && are_many
}

/// "60 figures of bandwidth, 4 of fault".
fn counted(alone: &[Alone]) -> String {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for one in alone {
        let n = count.entry(&one.test).or_default();
        *n = n.saturating_add(1);
    }
    let told = count.iter().enumerate().map(|(at, (test, n))| match (at, n) {
        (0, 1) => format!("1 figure of {test}"),
        (0, n) => format!("{n} figures of {test}"),
        (_, n) => format!("{n} of {test}"),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// "64.0 MiB and 128.0 MiB".
fn listed(sizes: &BTreeSet<u64>) -> String {
    let sizes: Vec<String> = sizes.iter().map(|bytes| Bytes(*bytes).to_string()).collect();
    sizes.join(" and ")
}

/// Bytes as an option takes them, exactly.
fn option(bytes: u64) -> String {
    Bytes(bytes).exact().replace(".0 ", "").replace(' ', "").trim_end_matches('B').to_owned()
}

/// The figures of a bench that can be compared; of those that are alike the first one counts.
fn firsts(bench: &Bench) -> BTreeMap<Key, &Figure> {
    let mut figures: BTreeMap<Key, &Figure> = BTreeMap::new();
    let told = |figure: &&Figure| figure.median.number().is_some_and(|median| median > 0.0);
    for figure in bench.results.iter().filter(told) {
        figures.entry(key(figure)).or_insert(figure);
    }
    figures
}

/// Of one bench what the other one has not, of which `bench` is the document.
fn alone(
    one: &BTreeMap<Key, &Figure>,
    other: &BTreeMap<Key, &Figure>,
    bench: &Bench,
) -> Vec<Alone> {
    let of_any_size = |figure: &Figure| {
        [&figure.test, &figure.op, &figure.kind, &figure.procs].map(Scalar::to_string)
    };
    let others: BTreeSet<[String; 4]> = other.values().map(|figure| of_any_size(figure)).collect();
    let alone = one.iter().filter(|(key, _)| !other.contains_key(*key)).map(|(_, figure)| {
        let is_same = |without: &&Without| {
            [&without.test, &without.op, &without.kind] == [&figure.test, &figure.op, &figure.kind]
        };
        Alone {
            test: figure.test.word().to_owned(),
            op: figure.op.word().to_owned(),
            resized: figure.bytes.count().filter(|_| others.contains(&of_any_size(figure))),
            why: bench
                .without
                .iter()
                .find(is_same)
                .and_then(|one| Some(one.why.text()?.to_owned())),
        }
    });
    alone.collect()
}

/// What tells a figure from the others of a bench.
type Key = [String; 5];

fn key(figure: &Figure) -> Key {
    [&figure.test, &figure.op, &figure.kind, &figure.bytes, &figure.procs].map(Scalar::to_string)
}

fn name(figure: &Figure) -> String {
    let (test, op, kind) = (figure.test.word(), figure.op.word(), figure.kind.word());
    if test != "bandwidth" {
        return format!("{test} {op}, {kind}");
    }
    let memory = figure.bytes.count().map_or_else(String::new, |n| format!(", {}", Bytes(n)));
    let procs = match figure.procs.count() {
        Some(procs) if procs > 1 => format!(", {procs} processes"),
        _ => String::new(),
    };
    format!("{op}, {kind}{memory}{procs}")
}

/// The interval of a ratio of two medians, each with an interval of its own: their distances are added as
/// squares, on a logarithmic scale (MOVER: Zou and Donner, Statistics in Medicine 27, 2008).
fn interval(before: &Figure, after: &Figure) -> Option<[f64; 2]> {
    let logs = |figure: &Figure| {
        if figure.runs.count().is_some_and(|runs| runs < ROUNDS) {
            return None;
        }
        let [low, high] = figure.ci95.as_slice() else { return None };
        let all = [low.number()?, figure.median.number()?, high.number()?];
        let is_one = all.iter().all(|one| *one > 0.0) && all.is_sorted();
        is_one.then(|| all.map(f64::ln))
    };
    let ([low, middle, high], [from, median, to]) = (logs(before)?, logs(after)?);
    let ratio = median - middle;
    let (down, up) = ((median - from).hypot(high - middle), (to - median).hypot(middle - low));
    Some([(ratio - down).exp(), (ratio + up).exp()])
}

/// Three digits of a figure, with its unit.
fn amount(median: f64, unit: &str) -> String {
    let digits = |x: f64| match x {
        x if x >= 100.0 => format!("{x:.0}"),
        x if x >= 10.0 => format!("{x:.1}"),
        x => format!("{x:.2}"),
    };
    match unit {
        "ns" => time(rounded(median)),
        "msg/s" if median >= 1e6 => format!("{} M/s", digits(median / 1e6)),
        "msg/s" => format!("{} k/s", digits(median / 1e3)),
        unit => format!("{} {unit}", digits(median)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bench(figures: &[(&str, &str, u64, [f64; 3], u64)]) -> Bench {
        let figure =
            |(test, op, bytes, [low, median, high], runs): &(&str, &str, u64, [f64; 3], u64)| {
                let unit = if *test == "bandwidth" { "GiB/s" } else { "ns" };
                Figure {
                    test: Scalar::of(test),
                    kind: Scalar::of("posix"),
                    op: Scalar::of(op),
                    procs: Scalar::Count(1),
                    bytes: Scalar::Count(*bytes),
                    unit: Scalar::of(unit),
                    median: Scalar::Number(*median),
                    ci95: vec![Scalar::Number(*low), Scalar::Number(*high)],
                    runs: Scalar::Count(*runs),
                    percentiles: None,
                }
            };
        Bench { results: figures.iter().map(figure).collect(), ..Bench::default() }
    }

    #[test]
    fn a_figure_is_faster_or_slower_only_where_the_interval_leaves_1_out() {
        let before = bench(&[
            ("bandwidth", "copy", 256 << 20, [5.7, 5.9, 6.1], 10),
            ("bandwidth", "read", 256 << 20, [9.9, 10.0, 10.1], 10),
            ("fault", "page", 4096, [99.0, 100.0, 101.0], 10),
            ("fault", "huge-page", 4096, [99.0, 100.0, 101.0], 5),
            ("bandwidth", "fill", 64, [1.0, 1.0, 1.0], 10),
        ]);
        let after = bench(&[
            ("bandwidth", "copy", 256 << 20, [5.8, 6.2, 6.5], 10),
            ("bandwidth", "read", 256 << 20, [11.9, 12.0, 12.1], 10),
            ("fault", "page", 4096, [149.0, 150.0, 151.0], 10),
            ("fault", "huge-page", 4096, [149.0, 150.0, 151.0], 10),
        ]);
        let changes = Changes::of(&before, &after);
        let said: Vec<String> = changes
            .figures
            .iter()
            .map(|one| {
                format!("{}: {}, {}, {}", one.name, one.values(), one.times(), one.trend().words())
            })
            .collect();
        assert_eq!(
            said,
            [
                "fault page, posix: 100 → 150 ns, × 1.50 (1.48 to 1.52), slower",
                "read, posix, 256.0 MiB: 10.0 → 12.0 GiB/s, × 1.20 (1.18 to 1.22), faster",
                "fault huge-page, posix: 100 → 150 ns, × 1.50, no interval",
                "copy, posix, 256.0 MiB: 5.90 → 6.20 GiB/s, × 1.05 (0.98 to 1.11), within noise",
            ]
        );
        assert_eq!(
            changes.notes(["a", "b"]),
            [
                "with intervals of 95 %, 1 figure in 20 may seem to change by chance",
                "only in a: 1 figure of bandwidth"
            ]
        );
        assert_eq!(changes.summary(), "1 faster, 1 slower, 1 within noise, 1 without an interval");
    }

    #[test]
    fn beside_other_work_nothing_is_said_to_be_faster() {
        let quiet = |copy: f64| {
            let copy = ("bandwidth", "copy", 64 << 20, [copy - 0.1, copy, copy + 0.1], 10);
            bench(&[copy, ("bandwidth", "read", 64 << 20, [9.9, 10.0, 10.1], 10)])
        };
        let (before, mut after) = (quiet(5.0), quiet(6.0));
        assert_eq!(Changes::of(&before, &after).summary(), "1 faster, 1 within noise");
        after.environment.lost_percent = Scalar::Number(3.2);
        let changes = Changes::of(&before, &after);
        assert_eq!(
            changes.summary(),
            "no conclusion, since other work or a quota had the CPUs: 1 differs, 1 within noise"
        );
        assert_eq!(
            changes.notes(["a", "b"]),
            [
                "other work, or a CPU quota, had the CPUs during b: measure both again on idle CPUs, and a twice: what \
              differs between two runs of the same is noise"
            ]
        );
        let mut same = quiet(5.0);
        same.environment.lost_percent = Scalar::Number(3.2);
        assert_eq!(
            Changes::of(&before, &same).summary(),
            "no conclusion, since other work or a quota had the CPUs: none differs, 2 within noise"
        );
        // So are intervals that wide.
        let noisy = bench(&[("bandwidth", "copy", 64 << 20, [4.0, 6.0, 6.1], 10)]);
        assert_eq!(Changes::of(&before, &noisy).disturbed, [false, true]);
    }

    #[test]
    fn the_interval_of_a_run_beside_itself_has_1_in_it_and_is_wider_than_each() {
        let one = bench(&[("bandwidth", "copy", 1, [4.0, 5.0, 6.0], 10)]);
        let changes = Changes::of(&one, &one);
        let [low, high] = changes.figures[0].ci95.unwrap();
        assert!(low < 4.0 / 5.0 && high > 6.0 / 5.0, "{low} {high}");
        assert_eq!(changes.figures[0].trend(), Trend::Noise);
        assert_eq!(changes.figures[0].ratio, 1.0);
    }

    #[test]
    fn what_no_bench_has_gives_no_change() {
        let odd = bench(&[("bandwidth", "copy", 1, [4.0, 0.0, 6.0], 10)]);
        assert!(Changes::of(&odd, &odd).is_empty());
        let odd = bench(&[("bandwidth", "copy", 1, [6.0, 5.0, 4.0], 10)]);
        assert_eq!(Changes::of(&odd, &odd).figures[0].trend(), Trend::Unknown);
    }

    #[test]
    fn figures_of_one_bench_only_are_named_with_the_reason() {
        let figures = |bytes| {
            bench(&[
                ("bandwidth", "copy", bytes, [4.9, 5.0, 5.1], 10),
                ("bandwidth", "read", bytes, [4.9, 5.0, 5.1], 10),
                ("fault", "page", bytes, [4.9, 5.0, 5.1], 10),
                ("ring", "64B", 64, [4.9, 5.0, 5.1], 10),
            ])
        };
        let (mut before, mut after) = (figures(64 << 20), figures((32 << 20) - (64 << 10)));
        let without = |op: &str, why: &str| Without {
            test: Scalar::of("fault"),
            op: Scalar::of(op),
            kind: Scalar::of("posix"),
            why: Scalar::of(why),
        };
        let huge = bench(&[("fault", "huge-page", 4096, [4.9, 5.0, 5.1], 10)]);
        before.results.extend(huge.results);
        after.without = vec![without("huge-page", "not granted")];
        assert_eq!(
            Changes::of(&before, &after).notes(["a", "b"]),
            [
                "only in a: 2 figures of bandwidth, 2 of fault",
                "only in b: 2 figures of bandwidth, 1 of fault",
                "bandwidth: a measured 64.0 MiB, b 31.9 MiB: measure both with --bytes 32704Ki",
                "fault: a measured 64.0 MiB, b 31.9 MiB: bench takes at most half of what is free",
                "fault huge-page is not in b: not granted",
            ]
        );
        assert_eq!(Changes::of(&before, &before).notes(["a", "b"]), [""; 0]);
    }

    #[test]
    fn a_size_is_given_as_the_option_takes_it() {
        for (bytes, said) in
            [(3 << 29, "1.5Gi"), (1027 << 20, "1027Mi"), ((5 << 16) + 1024, "321Ki"), (7, "7")]
        {
            assert_eq!(option(bytes), said);
        }
    }
}
