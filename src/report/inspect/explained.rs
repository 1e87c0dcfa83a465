//! Every ceiling and where it was read, for who wants to know why.

use std::fmt::Write as _;

use super::{CeilingRow, CgroupLevel, Document, LimitValue};
use crate::capacity::ceiling::Unit;
use crate::capacity::{End, Kind, Scope};
use crate::facts::Reading;
use crate::plain::fit;
use crate::report::style::{BOLD, DIM, wrap};
use crate::units::{BOUNDLESS, Bytes, Limit};

/// Ceilings, levels of the memory cgroup, pools of huge pages.
pub(crate) fn render(out: &mut String, document: &Document) {
    ceilings(out, document);
    levels(out, document);
    huge_pages(out, document);
    others(out, document);
}

fn ceilings(out: &mut String, document: &Document) {
    let _ = writeln!(out, "\n{BOLD}every ceiling{BOLD:#} (room for one process that touches)");
    // A ceiling that several kinds share is one line with all of them.
    let mut rows: Vec<(&CeilingRow, Vec<Kind>)> = Vec::new();
    for (kind, segment) in document.segments.each() {
        for ceiling in &segment.ceilings {
            let same = |row: &CeilingRow| {
                (row.source, &row.origin, &row.headroom_bytes)
                    == (ceiling.source, &ceiling.origin, &ceiling.headroom_bytes)
            };
            match rows.iter_mut().find(|(row, _)| same(row)) {
                Some((_, kinds)) => kinds.push(kind),
                None => rows.push((ceiling, vec![kind])),
            }
        }
    }
    rows.sort_by_key(|(row, _)| row.room());
    for (ceiling, kinds) in rows {
        let kinds: Vec<&str> = kinds.into_iter().map(Kind::word).collect();
        let _ = writeln!(
            out,
            "  {BOLD}{:<14}{BOLD:#} {:<16} {}",
            ceiling.source.word(),
            left(ceiling),
            kinds.join(" ")
        );
        let each = if ceiling.scope == Scope::Segment { " each" } else { "" };
        let count = |bytes: Bytes| match ceiling.unit {
            Unit::Bytes => bytes.to_string(),
            Unit::Inodes | Unit::Segments => bytes.0.to_string(),
        };
        let limit = match ceiling.limit.0 {
            Reading::Known(Limit::At(bytes)) if bytes >= BOUNDLESS => "none".to_owned(),
            Reading::Known(Limit::At(bytes)) => count(bytes),
            _ => ceiling.limit.to_string(),
        };
        let used = ceiling.used_bytes.map_or("unknown".to_owned(), count);
        indented(out, &format!("limit {limit}{each}, used {used}, ends in {}", ends(ceiling)));
        let _ = writeln!(out, "             {DIM}{}{DIM:#}", fit(&ceiling.origin, 66));
        if let Some(why) = &ceiling.why {
            indented(out, why);
        }
    }
}

fn indented(out: &mut String, text: &str) {
    wrap(out, "             ", "             ", text);
}

/// The kernel's defaults near 2^64 bound nothing; of names and segments it is their number.
fn left(ceiling: &CeilingRow) -> String {
    match ceiling.headroom_bytes.0 {
        Reading::Known(Limit::At(bytes)) if bytes < BOUNDLESS => format!("{bytes} left"),
        Reading::Known(_) if ceiling.unit != Unit::Bytes => {
            match (&ceiling.limit.0, ceiling.used_bytes) {
                (Reading::Known(Limit::At(most)), Some(used)) => {
                    format!("{} left", most.saturating_sub(used).0)
                }
                _ => "no limit".to_owned(),
            }
        }
        Reading::Known(_) => "no limit".to_owned(),
        _ => "unknown".to_owned(),
    }
}

fn ends(ceiling: &CeilingRow) -> String {
    let ends = ceiling.ends_in;
    let all = [
        ("write", ends.write),
        ("fallocate", ends.fallocate),
        ("touch", ends.touch),
        ("populate", ends.populate),
    ];
    let told: Vec<(&str, End)> =
        all.into_iter().filter_map(|(name, end)| Some((name, end?))).collect();
    match told.split_first() {
        Some(((_, first), rest)) if rest.iter().all(|(_, end)| end == first) => {
            first.word().to_owned()
        }
        _ => {
            let words: Vec<String> =
                told.iter().map(|(name, end)| format!("{name} {}", end.word())).collect();
            words.join(", ")
        }
    }
}

fn levels(out: &mut String, document: &Document) {
    let cgroup = &document.cgroup;
    let version = cgroup.version.word();
    let _ = writeln!(out, "\n{BOLD}memory cgroup{BOLD:#} ({version}), own level first");
    if cgroup.levels.is_empty() {
        let _ = writeln!(out, "  none that is visible");
    }
    for level in &cgroup.levels {
        let _ = writeln!(out, "  {}", fit(&level.path, 76));
        let used = level.used_bytes.map_or("unknown".to_owned(), |bytes| bytes.to_string());
        let mut text = format!(
            "limit {}, used {used}, of which {} can be reclaimed",
            level.limit, level.reclaimable_bytes
        );
        more(&mut text, level);
        wrap(out, "    ", "    ", &text);
        let _ = writeln!(out, "    {DIM}{}{DIM:#}", fit(&level.folder, 74));
    }
    if cgroup.hidden_ancestors {
        let _ = writeln!(out, "  ... and parents that are not visible from here");
    }
}

fn more(text: &mut String, level: &CgroupLevel) {
    let mut add = |name: &str, value: &LimitValue| {
        if value.0 != Reading::Absent {
            let _ = write!(text, ", {name} {value}");
        }
    };
    add("high", &level.high);
    add("swap", &level.swap_limit);
    add("memory+swap", &level.memsw_limit);
    if let Some(tightest) = &level.hierarchical_limit {
        add("lowest up to the root", tightest);
    }
    if level.oom_group {
        text.push_str(", oom.group");
    }
}

/// Limits beside those of memory, and who may make files.
fn others(out: &mut String, document: &Document) {
    let (subject, limits) = (&document.subject, &document.limits);
    let _ = writeln!(out, "\n{BOLD}other limits{BOLD:#}");
    if let Some(folder) = &subject.folder {
        let text = format!("folder: mode {}, owner {}:{}", folder.mode, folder.uid, folder.gid);
        wrap(out, "  ", "    ", &text);
    }
    let mut text = String::from("process: ");
    if let (Some(uid), Some(gid)) = (subject.uid, subject.gid) {
        let _ = write!(text, "user {uid}, group {gid}; ");
    }
    let _ = write!(text, "may lock {}, may map {}", limits.locked_memory, limits.address_space);
    if let Some(mappings) = limits.mappings {
        let _ = write!(text, " in {mappings} mappings");
    }
    wrap(out, "  ", "    ", &text);
    if let Some(semaphores) = limits.semaphores {
        let sets = limits.semaphore_sets.map_or(String::new(), |sets| format!(", {sets} exist"));
        let text = format!(
            "System V semaphores (kernel.sem): {} per set, {} in total, {} operations per call, \
             {} sets{sets}",
            semaphores.per_set, semaphores.total, semaphores.per_call, semaphores.sets
        );
        wrap(out, "  ", "    ", &text);
    }
}

fn huge_pages(out: &mut String, document: &Document) {
    for pool in &document.huge_pages {
        let _ = writeln!(out, "\n{BOLD}huge pages{BOLD:#} of {}", pool.page_bytes);
        let text = format!(
            "{} left of {}, cgroup limit {}",
            pool.available_bytes, pool.limit_bytes, pool.cgroup_limit
        );
        wrap(out, "    ", "    ", &text);
    }
}
