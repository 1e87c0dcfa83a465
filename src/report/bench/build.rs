//! The document of what was measured.

use super::{BenchDocument, Compared, Environment, Figure, Percentiles, Quota, WIDE, Without};
use crate::bench::plan::{Plan, Request};
use crate::bench::run::{Measured, Row};
use crate::capacity::Kind;
use crate::facts::Facts;
use crate::facts::cpu::CpuFacts;
use crate::schema;
use crate::stats::{self, Summary};
use crate::units::Limit;

impl BenchDocument {
    /// The document of a bench.
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
                "{wide} of {} medians have an interval wider than {:.0} % (marked ~): other work \
                 was running, or more --rounds are needed",
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
    let (counter, overhead, resolution) = measured.clock.unwrap_or((false, 0.0, 0.0));
    let (lost, longest) = measured.lost();
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
        core_kinds: plan.cpus.iter().map(|one| cpu.core_kind(*one).map(str::to_owned)).collect(),
        memory_nodes: match cpu.nodes.as_slice() {
            [only] => Some(vec![only.number]),
            _ => Some(measured.nodes.iter().copied().collect())
                .filter(|nodes: &Vec<_>| !nodes.is_empty()),
        },
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
        clock_resolution_ns: (resolution * 100.0).round() / 100.0,
        clock_offset_ns: measured.offset().map(|offset| (offset * 10.0).round() / 10.0),
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
        preempted: row.preempted,
        stolen_ms: row.stolen.saturating_mul(10),
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
