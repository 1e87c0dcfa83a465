//! Two benches compared, figure by figure.

use std::collections::BTreeMap;

use super::papers::{Bench, Figure};
use super::scalar::Scalar;
use crate::stats::rounded;
use crate::units::{Bytes, time};

/// Fewer rounds give no interval of 95 %.
const ROUNDS: u64 = 6;

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
}

/// What is known of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trend {
    Faster,
    Slower,
    /// The interval has 1 in it.
    Noise,
    /// There is no interval.
    Unknown,
}

/// All figures that two benches have in common, those that changed most first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Changes {
    pub figures: Vec<Change>,
    /// Figures that only one of them has.
    pub alone: usize,
}

impl Trend {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Trend::Faster => "faster",
            Trend::Slower => "slower",
            Trend::Noise => "within noise",
            Trend::Unknown => "no interval",
        }
    }
}

impl Change {
    fn new(before: &Figure, after: &Figure) -> Option<Change> {
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
        })
    }

    pub(crate) fn trend(&self) -> Trend {
        let is_time = self.unit == "ns";
        match self.ci95 {
            None => Trend::Unknown,
            Some([low, high]) if low <= 1.0 && high >= 1.0 => Trend::Noise,
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
        let firsts = |bench: &'_ Bench| {
            let mut figures: BTreeMap<Key, Figure> = BTreeMap::new();
            for figure in &bench.results {
                figures.entry(key(figure)).or_insert_with(|| figure.clone());
            }
            figures
        };
        let (before, after) = (firsts(before), firsts(after));
        let pairs = before.iter().filter_map(|(key, one)| Some((one, after.get(key)?)));
        let mut figures: Vec<Change> =
            pairs.filter_map(|(one, other)| Change::new(one, other)).collect();
        let order = |change: &Change| match change.trend() {
            Trend::Faster | Trend::Slower => 0,
            Trend::Unknown => 1,
            Trend::Noise => 2,
        };
        figures.sort_by(|a, b| {
            order(a).cmp(&order(b)).then_with(|| b.distance().total_cmp(&a.distance()))
        });
        let both = figures.len().saturating_mul(2);
        let alone = before.len().saturating_add(after.len()).saturating_sub(both);
        Changes { figures, alone }
    }

    pub(crate) fn count(&self, trend: Trend) -> usize {
        self.figures.iter().filter(|one| one.trend() == trend).count()
    }

    /// "2 faster, 1 slower, 129 within noise".
    pub(crate) fn summary(&self) -> String {
        let all = [Trend::Faster, Trend::Slower, Trend::Noise, Trend::Unknown];
        let told = all.into_iter().filter_map(|trend| {
            let count = Some(self.count(trend)).filter(|count| *count > 0)?;
            let words = if trend == Trend::Unknown { "without an interval" } else { trend.words() };
            Some(format!("{count} {words}"))
        });
        told.collect::<Vec<_>>().join(", ")
    }
}

impl Changes {
    /// What is to be known of them beside.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let changed = self.count(Trend::Faster).saturating_add(self.count(Trend::Slower));
        if changed > 0 {
            notes.push(
                "with intervals of 95 %, 1 figure in 20 may seem to change by chance".to_owned(),
            );
        }
        match self.alone {
            0 => {}
            1 => notes.push("1 figure is in one of the benches only".to_owned()),
            more => notes.push(format!("{more} figures are in one of the benches only")),
        }
        notes
    }
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
        assert_eq!(changes.alone, 1);
        assert_eq!(changes.summary(), "1 faster, 1 slower, 1 within noise, 1 without an interval");
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
        assert_eq!(Changes::of(&odd, &odd), Changes { figures: Vec::new(), alone: 2 });
        let odd = bench(&[("bandwidth", "copy", 1, [6.0, 5.0, 4.0], 10)]);
        assert_eq!(Changes::of(&odd, &odd).figures[0].trend(), Trend::Unknown);
    }
}
