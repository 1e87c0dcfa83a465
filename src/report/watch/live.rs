//! What is seen without a command: a screen of a terminal, or a line of JSON a second.

use std::fmt::Write as _;

use anstyle::Style;
use serde::Serialize;

use super::{HolderRow, seconds};
use crate::plain::fit;
use crate::report::style::{BAD, BOLD, CARE, DIM, GOOD};
use crate::schema;
use crate::units::{Bytes, Limit};
use crate::watch::View;
use crate::watch::groups::Group;

/// Columns of a bar, of a name, and of a line.
const BAR: usize = 24;
const NAME: usize = 14;
const WIDTH: usize = 79;

/// Holders that a screen shows, and processes of each.
const HOLDERS: usize = 8;
const SHOWN: usize = 2;

/// One line of JSON (docs/contract.md).
#[derive(Clone, Debug, Serialize)]
pub struct SampleLine {
    schema: &'static str,
    event: &'static str,
    at_seconds: f64,
    posix: Option<LevelRow>,
    sysv: Option<LevelRow>,
    memory: Option<LevelRow>,
    /// Shared memory of the cgroup, of all kinds.
    shmem_bytes: Option<Bytes>,
    oom_kill: u64,
    /// Bytes a second by which /dev/shm grew.
    rate: i64,
    holders: Vec<HolderRow>,
}

#[derive(Clone, Debug, Serialize)]
struct LevelRow {
    bytes: Bytes,
    limit: Limit,
    peak_bytes: Bytes,
    objects: Option<u64>,
}

/// A ceiling and how far it is used.
struct Level {
    name: &'static str,
    used: Bytes,
    limit: Limit,
    peak: Bytes,
    objects: Option<u64>,
}

fn posix(view: &View<'_>) -> Option<Level> {
    let posix = view.sample.posix?;
    let (used, limit, peak) = (posix.used, posix.size, view.peaks.posix.bytes);
    Some(Level { name: "/dev/shm", used, limit, peak, objects: Some(posix.files) })
}

fn sysv(view: &View<'_>) -> Option<Level> {
    let sysv = view.sample.sysv?;
    let (used, peak) = (sysv.held, view.peaks.sysv.bytes);
    let objects = Some(sysv.segments);
    Some(Level { name: "System V", used, limit: Limit::Unlimited, peak, objects })
}

fn memory(view: &View<'_>, limit: Option<Bytes>) -> Option<Level> {
    let used = view.sample.memory?.used;
    let limit = limit.map_or(Limit::Unlimited, Limit::At);
    Some(Level { name: "memory", used, limit, peak: view.peaks.used.bytes, objects: None })
}

impl Level {
    fn row(&self) -> LevelRow {
        let (bytes, limit, objects) = (self.used, self.limit, self.objects);
        LevelRow { bytes, limit, peak_bytes: self.peak, objects }
    }
}

impl SampleLine {
    /// What is seen now; `limit` is the tightest one of memory.
    pub(crate) fn new(view: &View<'_>, limit: Option<Bytes>) -> SampleLine {
        let holders = view.holders.iter().flat_map(|holders| &holders.groups);
        SampleLine {
            schema: schema::WATCH,
            event: "sample",
            at_seconds: seconds(view.sample.at_us),
            posix: posix(view).map(|level| level.row()),
            sysv: sysv(view).map(|level| level.row()),
            memory: memory(view, limit).map(|level| level.row()),
            shmem_bytes: view.sample.memory.map(|memory| memory.shmem),
            oom_kill: view.peaks.oom_kills(),
            rate: view.rate,
            holders: holders.map(HolderRow::new).collect(),
        }
    }
}

/// A screen: no line is longer than 79 columns.
pub(crate) fn screen(view: &View<'_>, whose: &str, limit: Option<Bytes>) -> String {
    let mut out = String::new();
    let rate = Bytes(view.rate.unsigned_abs());
    let sign = if view.rate < 0 { '-' } else { '+' };
    let _ = writeln!(out, "{BOLD}shared memory {}{BOLD:#}  {sign}{rate}/s", fit(whose, 40));
    let levels = [posix(view), sysv(view), memory(view, limit)];
    for level in levels.into_iter().flatten() {
        bar(&mut out, &level);
    }
    if let Some(memory) = view.sample.memory {
        let _ = writeln!(out, "{:NAME$}{} of it is shared", "", memory.shmem);
    }
    out.push('\n');
    let groups = view.holders.iter().flat_map(|holders| &holders.groups);
    for group in groups.take(HOLDERS) {
        holder(&mut out, group);
    }
    let mut events = view.events.iter().peekable();
    if events.peek().is_some() {
        out.push('\n');
    }
    for event in events {
        let text = format!("{:>9.2} s  {}", seconds(event.at_us), event.text);
        let _ = writeln!(out, "{}", fit(&text, WIDTH));
    }
    out
}

fn bar(out: &mut String, level: &Level) {
    let name = level.name;
    let Limit::At(limit) = level.limit else {
        let objects = level.objects.map_or(String::new(), |count| format!(", {count} objects"));
        let _ = writeln!(out, "{name:NAME$}{} (peak {}{objects})", level.used, level.peak);
        return;
    };
    let style = tone(level.used, limit);
    let part = |bytes: Bytes| {
        let columns = u128::try_from(BAR).unwrap_or(0);
        let part = Bytes(bytes.min(limit).0).scaled(columns, u128::from(limit.0.max(1)));
        usize::try_from(part.0).unwrap_or(0).min(BAR)
    };
    let (filled, mark) = (part(level.used), part(level.peak));
    let drawn: String = (0..BAR)
        .map(|at| match at {
            at if at < filled => '#',
            at if at.saturating_add(1) == mark => '|',
            _ => '.',
        })
        .collect();
    let (used, peak) = (level.used, level.peak);
    let _ = writeln!(out, "{name:NAME$}{style}[{drawn}]{style:#} {used} of {limit} (peak {peak})");
}

fn tone(used: Bytes, limit: Bytes) -> Style {
    if used.saturating_mul(20) >= limit.saturating_mul(19) {
        BAD
    } else if used.saturating_mul(4) >= limit.saturating_mul(3) {
        CARE
    } else {
        GOOD
    }
}

fn holder(out: &mut String, group: &Group) {
    let name = if group.name.is_empty() { group.kind } else { &group.name };
    let mut who = group.processes.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let more = group.processes.len().saturating_sub(SHOWN).saturating_add(group.more);
    if who.is_empty() {
        who = "nobody that is seen".to_owned();
    } else if more > 0 {
        let _ = write!(who, " +{more}");
    }
    let bytes = group.bytes.to_string();
    let line = format!("{bytes:>10}  {:<24} {:>4}  {who}", fit(name, 24), group.objects);
    let _ = writeln!(out, "{DIM}{}{DIM:#}", fit(&line, WIDTH));
}
