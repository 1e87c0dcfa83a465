//! The report that a tired person reads: the answer first, then df, then what to do.
//! Styles are always written; whoever prints strips them where there is no terminal.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use super::document::{CeilingRow, CgroupLevel, Document, LimitValue, Segment};
use super::style::{self, BAD, BOLD, CARE, DIM, GOOD, wrap};
use crate::capacity::ceiling::{Scope, Unit};
use crate::capacity::findings::{Finding, Severity};
use crate::capacity::{Certainty, End, Kind, Source};
use crate::facts::Reading;
use crate::plain::{fit, plain};
use crate::units::{Bytes, Limit};

/// The whole report; `explain` adds every ceiling and where it was read.
#[must_use]
pub fn render(document: &Document, explain: bool) -> String {
    let mut out = String::new();
    answer(&mut out, document);
    kinds(&mut out, document);
    findings(&mut out, document);
    if explain {
        ceilings(&mut out, document);
        levels(&mut out, document);
        huge_pages(&mut out, document);
    }
    out
}

fn row(out: &mut String, name: &str, text: &str) {
    let first = format!("  {name:<10} ");
    wrap(out, &first, "             ", text);
}

/// What fits, what stops it, what then, and what df says.
pub(super) fn answer(out: &mut String, document: &Document) {
    let posix = &document.segments.posix;
    let (style, usable) = match posix.available_bytes {
        None if document.findings.iter().any(|finding| finding.id == "not-shared-memory") => {
            (BAD, "no shared memory".to_owned())
        }
        None => (BAD, "cannot tell how much is usable".to_owned()),
        Some(bytes) => {
            let style = match document.verdict {
                super::document::Verdict::Ok => GOOD,
                super::document::Verdict::Warn => CARE,
                super::document::Verdict::Fail => BAD,
            };
            (style, format!("{}{bytes} usable now", posix.at_most()))
        }
    };
    let subject = &document.subject;
    style::headline(out, &subject.mount, subject.pid, style, &usable);
    if document.findings.iter().any(|finding| finding.id == "wrong-view") {
        row(out, "but", "that is not the folder that process 1 uses: see wrong-view");
    }
    if let Some(binding) = binding_row(posix) {
        let limit = match binding.unit {
            Unit::Bytes => format!(", {}", binding.limit),
            Unit::Inodes | Unit::Segments => String::new(),
        };
        row(out, "stops at", &format!("{}{limit}", binding.source.title()));
        row(out, "", &fit(&binding.origin, 66));
    }
    if let Some(then) = then(posix) {
        row(out, "then", &then);
    }
    df_row(out, document);
    if let (Some(required), Some(available)) = (document.require_bytes, posix.available_bytes) {
        let met = match (available >= required, posix.certainty) {
            (false, _) => "not met",
            (true, Certainty::AtMost) => "met, if no limit is tighter that cannot be seen",
            (true, _) => "met",
        };
        row(out, "required", &format!("{required}: {met}"));
    }
    match (&posix.why, posix.certainty) {
        (Some(why), certainty) => row(out, "certainty", &format!("{}: {why}", certainty.word())),
        (None, Certainty::Measured) => row(out, "certainty", "measured, by a fill to the edge"),
        _ => {}
    }
}

fn binding_row(segment: &Segment) -> Option<&CeilingRow> {
    let binding = segment.binding?;
    segment
        .ceilings
        .iter()
        .filter(|ceiling| ceiling.source == binding)
        .min_by_key(|ceiling| room(ceiling))
}

fn then(segment: &Segment) -> Option<String> {
    let touch = segment.methods.touch.as_ref()?.ends_in?;
    let write = segment.methods.write.as_ref().and_then(|row| row.ends_in);
    Some(match write {
        Some(write) if write != touch => {
            format!("{} when written, {} when touched", write.title(), touch.title())
        }
        _ => touch.title().to_owned(),
    })
}

fn df_row(out: &mut String, document: &Document) {
    let df = &document.df;
    let (Some(total), Some(available)) = (df.total_bytes, df.available_bytes) else {
        return;
    };
    let unlimited = document.segments.posix.ceilings.iter().any(|ceiling| {
        ceiling.source == Source::TmpfsSize && ceiling.limit.0 == Reading::Known(Limit::Unlimited)
    });
    let shown = if unlimited {
        "a size of 0, which means no limit".to_owned()
    } else {
        format!("{available} free of {total} ({})", plain(&df.filesystem))
    };
    let text = match (df.overstates_bytes, document.segments.posix.available_bytes) {
        (Some(excess), Some(_)) => format!("{shown}: {excess} more than really fit"),
        (None, Some(_)) if !unlimited => format!("{shown}: right for files there"),
        _ => shown,
    };
    row(out, "df says", &text);
}

fn kinds(out: &mut String, document: &Document) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["  kind", "usable now", "stopped by", "if written", "if touched"]);
    for (kind, segment) in document.segments.each() {
        let usable = match (segment.available_bytes, segment.certainty) {
            (None, _) => "unknown".to_owned(),
            (Some(bytes), Certainty::AtMost) => format!("<= {bytes}"),
            (Some(bytes), _) => bytes.to_string(),
        };
        let end = |row: Option<&super::document::MethodRow>| {
            row.and_then(|row| row.ends_in).map_or("-", End::word)
        };
        table.add_row([
            format!("  {}", kind.word()).as_str(),
            &usable,
            segment.binding.map_or("-", Source::word),
            end(segment.methods.write.as_ref()),
            end(segment.methods.touch.as_ref()),
        ]);
    }
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let _ = writeln!(out);
    style::table(out, "", DIM, &table);
    let _ = writeln!(
        out,
        "{DIM}  (posix: files in /dev/shm, sysv: shmget, anon: mmap MAP_SHARED|MAP_ANONYMOUS){DIM:#}"
    );
    for (kind, segment) in document.segments.each() {
        // Why it is not exact, where that is not what stands above already.
        if let Some(why) = segment.why.as_ref().filter(|_| kind != Kind::Posix)
            && segment.why != document.segments.posix.why
            && segment.why != document.segments.memfd.why
        {
            wrap(out, "  ", "  ", &format!("{}: {}: {why}", kind.word(), segment.certainty.word()));
        }
        if let (Some(one), Some(all)) = (segment.available_bytes, segment.all_segments_bytes)
            && all > one
        {
            let text = format!("{}: {all} in all, over several segments", kind.word());
            wrap(out, "  ", "  ", &text);
        }
    }
}

/// What is worth telling; the row about df has said of df already.
pub(super) fn findings(out: &mut String, document: &Document) {
    for finding in document.findings.iter().filter(|finding| finding.id != "df-overstates") {
        self::finding(out, finding);
    }
}

/// One of them, with its fix.
fn finding(out: &mut String, finding: &Finding) {
    let (style, word) = match finding.severity {
        Severity::Info => (DIM, "info"),
        Severity::Warn => (CARE, "warn"),
        Severity::Fail => (BAD, "fail"),
    };
    let _ = writeln!(out, "\n{style}{word}{style:#}  {BOLD}{}{BOLD:#}", finding.id);
    wrap(out, "      ", "      ", &finding.message);
    for (at, line) in finding.fix.iter().flat_map(|fix| fix.lines()).enumerate() {
        wrap(out, if at == 0 { " fix: " } else { "      " }, "      ", line);
    }
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
    rows.sort_by_key(|(row, _)| room(row));
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
            Reading::Known(Limit::At(bytes)) => count(bytes),
            _ => ceiling.limit.to_string(),
        };
        let used = ceiling.used_bytes.map_or("unknown".to_owned(), count);
        row(out, "", &format!("limit {limit}{each}, used {used}, ends in {}", ends(ceiling)));
        let _ = writeln!(out, "             {DIM}{}{DIM:#}", fit(&ceiling.origin, 66));
        if let Some(why) = &ceiling.why {
            row(out, "", why);
        }
    }
}

/// The room of a ceiling; one that is not known comes last.
fn room(ceiling: &CeilingRow) -> Limit {
    ceiling.headroom_bytes.0.known().copied().unwrap_or(Limit::Unlimited)
}

/// The kernel's defaults near 2^64 bound nothing.
fn left(ceiling: &CeilingRow) -> String {
    match ceiling.headroom_bytes.0 {
        Reading::Known(Limit::At(bytes)) if bytes < Bytes(1 << 60) => format!("{bytes} left"),
        Reading::Known(_) => "bounds nothing".to_owned(),
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
        let _ = writeln!(out, "  no level with a limit can be seen");
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
        let _ = writeln!(out, "  ... and levels above that cannot be seen from here");
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
        add("tightest up to the root", tightest);
    }
    if level.oom_group {
        text.push_str(", oom.group");
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
