//! The bench document: docs/contract.md says what others rely on. How a person reads it: `text`.

pub mod text;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::bench::plan::{Plan, Request};
use crate::bench::run::{Measured, Row};
use crate::bench::{Case, Test, Unit};
use crate::capacity::Kind;
use crate::facts::Facts;
use crate::facts::cpu::{CpuFacts, Near};
use crate::schema;
use crate::stats::{self, Summary};
use crate::units::{Bytes, Limit};

/// An interval wider than this part of the median makes a figure of little use.
const WIDE: f64 = 0.25;

/// All that a bench says.
#[derive(Clone, Debug, Serialize)]
pub struct BenchDocument {
    /// [`schema::BENCH`].
    pub schema: &'static str,
    /// The version of the program.
    pub version: &'static str,
    /// Where it was measured.
    pub environment: Environment,
    /// The figures.
    pub results: Vec<Figure>,
    /// What differs between the kinds, and what does not.
    pub compared: Vec<Compared>,
    /// What could not be measured.
    pub without: Vec<Without>,
    /// What makes figures useless, or was not done as asked.
    pub warnings: Vec<String>,
    /// A signal ended it.
    pub interrupted: bool,
}

/// Where it was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Environment {
    /// The kernel's release.
    pub kernel: String,
    /// The CPUs' name.
    pub cpu: String,
    /// A guest of a hypervisor.
    pub guest: bool,
    /// Where each process ran.
    pub cpus: Vec<usize>,
    /// How near the first two are.
    pub near: Option<Near>,
    /// Bytes of the second and of the last cache.
    pub l2_bytes: Option<Bytes>,
    /// Bytes of the last cache.
    pub last_cache_bytes: Option<Bytes>,
    /// How the frequency is chosen.
    pub governor: Option<String>,
    /// Thousandths of a CPU that the cgroup grants.
    pub cpu_quota_millis: Quota,
    /// The least limit on memory that can be seen.
    pub memory_limit: Limit,
    /// Bytes a page.
    pub page_size: u64,
    /// The policy of huge pages for shared memory.
    pub shmem_huge: Option<String>,
    /// Options of the tmpfs.
    pub tmpfs_options: Option<String>,
    /// What times are read from, and what a reading costs: what the harness adds to a sample.
    pub clock: &'static str,
    /// Nanoseconds of a reading.
    pub clock_overhead_ns: f64,
    /// Per cent of the time in which something else had the CPU, by a loop that spins for 100 ms.
    pub lost_percent: f64,
    /// The longest such pause, in nanoseconds.
    pub longest_pause_ns: f64,
    /// How often each was measured.
    pub rounds: u32,
}

/// What a cgroup grants of CPU time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Quota {
    /// As much as there is.
    Unlimited,
    /// Thousandths of a CPU.
    #[serde(untagged)]
    Millis(u64),
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What was measured.
    #[serde(flatten)]
    pub case: Case,
    /// Which kind.
    pub kind: Kind,
    /// What it counts.
    pub unit: Unit,
    /// Median, least, most, runs, interval, outliers.
    #[serde(flatten)]
    pub summary: Summary,
    /// Nanoseconds of single events.
    pub percentiles: Option<Percentiles>,
}

/// Percentiles of single events, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    /// The least.
    pub min: u64,
    /// Half of them took no longer, and so on.
    pub p50: u64,
    /// 90 of 100.
    pub p90: u64,
    /// 99 of 100.
    pub p99: u64,
    /// 999 of 1000.
    pub p999: u64,
    /// 9999 of 10,000.
    pub p9999: u64,
    /// The longest.
    pub max: u64,
    /// How many there were.
    pub count: u64,
}

/// Two kinds in one test.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// What was measured.
    #[serde(flatten)]
    pub case: Case,
    /// The kind that is compared with posix.
    pub kind: Kind,
    /// Median of its figure divided by that of posix in the same round, and the interval.
    pub ratio: f64,
    /// The interval.
    pub ci95: [f64; 2],
    /// Whether the interval leaves 1 out.
    pub differs: bool,
}

/// What could not be measured.
#[derive(Clone, Debug, Serialize)]
pub struct Without {
    /// Which kind.
    pub kind: Kind,
    /// Which test.
    pub test: Test,
    /// What of it.
    pub op: String,
    /// Why.
    pub why: String,
}

impl Percentiles {
    /// Of times and how often each came; `None` of none.
    #[must_use]
    pub fn of(times: &BTreeMap<u64, u64>) -> Option<Percentiles> {
        const HOUR: u64 = 3_600_000_000_000;
        let mut histogram = hdrhistogram::Histogram::<u64>::new_with_bounds(1, HOUR, 3).ok()?;
        for (time, count) in times {
            histogram.saturating_record_n(*time, *count);
        }
        let at = |quantile| histogram.value_at_quantile(quantile);
        (!histogram.is_empty()).then(|| Percentiles {
            min: histogram.min(),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            p9999: at(0.9999),
            max: histogram.max(),
            count: histogram.len(),
        })
    }
}

impl BenchDocument {
    /// The document of a bench.
    #[must_use]
    pub fn new(
        request: &Request,
        plan: &Plan,
        facts: &Facts,
        cpu: &CpuFacts,
        measured: &Measured,
    ) -> BenchDocument {
        let mut results: Vec<Figure> = measured.rows.iter().filter_map(figure).collect();
        results.sort_by_key(|figure| (figure.case.test, figure.case.bytes, figure.case.procs));
        let mut warnings = plan.warnings.clone();
        let wide = results.iter().filter(|figure| figure.summary.spread() > WIDE).count();
        if wide > 0 {
            warnings.push(format!(
                "{wide} of {} medians are known to no better than {:.0} % (marked ~): something \
                 else ran meanwhile, or more --rounds are needed",
                results.len(),
                WIDE * 100.0
            ));
        }
        let without = measured.without.iter().map(|(kind, test, op, why)| Without {
            kind: *kind,
            test: *test,
            op: op.clone(),
            why: why.clone(),
        });
        BenchDocument {
            schema: schema::BENCH,
            version: env!("CARGO_PKG_VERSION"),
            environment: environment(request, plan, facts, cpu, measured),
            compared: compared(&measured.rows),
            results,
            without: without.collect(),
            warnings,
            interrupted: measured.interrupted,
        }
    }
}

fn environment(
    request: &Request,
    plan: &Plan,
    facts: &Facts,
    cpu: &CpuFacts,
    measured: &Measured,
) -> Environment {
    let limits = facts.cgroup.levels.iter().filter_map(|level| level.limit.known().copied());
    let (counter, overhead) = measured.clock.unwrap_or((false, 0.0));
    let (lost, longest) = measured.lost.unwrap_or((0.0, 0.0));
    let near = match plan.cpus.as_slice() {
        [first, second, ..] => Some(cpu.near(*first, *second)),
        _ => None,
    };
    Environment {
        kernel: facts.release.text.clone(),
        cpu: cpu.model.clone(),
        guest: cpu.guest,
        cpus: plan.cpus.clone(),
        near,
        l2_bytes: cpu.cache(2),
        last_cache_bytes: cpu.last_cache(),
        governor: cpu.governor.clone(),
        cpu_quota_millis: cpu.quota.map_or(Quota::Unlimited, Quota::Millis),
        memory_limit: limits.min().unwrap_or(Limit::Unlimited),
        page_size: facts.page_size.bytes(),
        shmem_huge: facts.shmem_huge.known().cloned(),
        tmpfs_options: facts.shm.mount.known().map(|mount| mount.super_options.clone()),
        clock: if counter { "cpu-counter" } else { "clock_gettime" },
        clock_overhead_ns: (overhead * 10.0).round() / 10.0,
        lost_percent: (lost * 1e4).round() / 100.0,
        longest_pause_ns: longest.round(),
        rounds: request.rounds,
    }
}

fn figure(row: &Row) -> Option<Figure> {
    Some(Figure {
        case: row.case.clone(),
        kind: row.kind,
        unit: row.unit,
        summary: Summary::of(&row.figures())?,
        percentiles: Percentiles::of(&row.times),
    })
}

/// Each kind beside posix, round by round.
fn compared(rows: &[Row]) -> Vec<Compared> {
    let beside = |row: &Row| {
        let posix =
            rows.iter().find(|other| other.kind == Kind::Posix && other.case == row.case)?;
        let ratio = stats::ratio(&row.beside(posix)).filter(|ratio| ratio.runs >= 6)?;
        Some(Compared {
            case: row.case.clone(),
            kind: row.kind,
            ratio: ratio.median,
            ci95: ratio.ci95,
            differs: ratio.leaves_out(1.0),
        })
    };
    rows.iter().filter(|row| row.kind != Kind::Posix).filter_map(beside).collect()
}

/// A line a figure, with a head.
#[must_use]
pub fn csv(document: &BenchDocument) -> String {
    let mut out = String::from(
        "test,kind,op,procs,bytes,unit,median,ci95_low,ci95_high,min,max,runs,p50_ns,p99_ns,p999_ns,max_ns\n",
    );
    for figure in &document.results {
        let Summary { median, min, max, runs, ci95: [low, high], .. } = figure.summary;
        let unit = text::unit(figure.unit);
        let _ = write!(
            out,
            "{},{},{},{},{},{unit},{median},{low},{high},{min},{max},{runs}",
            figure.case.test.word(),
            figure.kind.word(),
            figure.case.op,
            figure.case.procs,
            figure.case.bytes
        );
        match figure.percentiles {
            Some(p) => {
                let _ = writeln!(out, ",{},{},{},{}", p.p50, p.p99, p.p999, p.max);
            }
            None => out.push_str(",,,,\n"),
        }
    }
    out
}
