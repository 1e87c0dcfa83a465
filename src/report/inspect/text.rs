//! The report that a tired person reads: the answer first, then df, then what to do.
//! Styles are always written; whoever prints strips them where there is no terminal.

use std::fmt::Write as _;

use anstyle::Style;
use comfy_table::{CellAlignment, Table, presets};

use super::explained;
use super::{CeilingRow, Document, MethodRow, Segment, Verdict};
use crate::capacity::ceiling::Unit;
use crate::capacity::findings::{Finding, Severity};
use crate::capacity::{Certainty, End, Kind, Source};
use crate::facts::Reading;
use crate::plain::{fit, plain};
use crate::report::style::{self, BAD, BOLD, CARE, DIM, GOOD, wrap};
use crate::units::{Bytes, Limit, range};

/// The whole report; `explain` adds every ceiling and where it was read.
pub fn render(document: &Document, explain: bool) -> String {
    let mut out = String::new();
    answer(&mut out, document);
    kinds(&mut out, document);
    findings(&mut out, document);
    if explain {
        explained::render(&mut out, document);
    }
    out
}

fn row(out: &mut String, name: &str, text: &str) {
    let first = format!("  {name:<10} ");
    wrap(out, &first, "             ", text);
}

/// What fits, what stops it, what then, and what df says.
pub(crate) fn answer(out: &mut String, document: &Document) {
    let posix = &document.segments.posix;
    usable(out, document);
    if document.findings.iter().any(|finding| finding.id == "wrong-view") {
        row(out, "but", "that is not the folder that process 1 uses: see wrong-view");
    }
    if let Some(binding) = binding_row(posix) {
        let limit = match binding.unit {
            _ if binding.source.is_refusal() => String::new(),
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
    for (kind, segment) in document.segments.each() {
        required(out, document, kind, segment);
    }
    match (&posix.why, posix.certainty) {
        (Some(why), certainty) => row(out, "certainty", &format!("{}: {why}", certainty.word())),
        (None, Certainty::Measured) => row(out, "certainty", "measured by a fill to the edge"),
        _ => {}
    }
}

/// Whether a kind has what was required of it.
fn required(out: &mut String, document: &Document, kind: Kind, segment: &Segment) {
    let (Some(required), Some(usable)) = (document.require.of(kind), segment.at_least()) else {
        return;
    };
    let met = match (document.met[kind], segment.certainty) {
        (false, _) if usable >= required => "not met beside what the application needs",
        (false, _) => "not met",
        (true, Certainty::AtMost) if segment.range_bytes.is_none() => {
            "met, unless a hidden limit is lower"
        }
        (true, _) => "met",
    };
    let of = if kind == Kind::Posix { String::new() } else { format!(" of {}", kind.word()) };
    row(out, "required", &format!("{}{of}: {met}", required.exact()));
}

pub(crate) const fn tone(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Ok => GOOD,
        Verdict::Warn => CARE,
        Verdict::Fail => BAD,
    }
}

/// The line that many read alone.
fn usable(out: &mut String, document: &Document) {
    let posix = &document.segments.posix;
    let (style, usable) = match posix.available_bytes {
        None if document.findings.iter().any(|finding| finding.id == "not-shared-memory") => {
            (BAD, "no shared memory".to_owned())
        }
        None => (BAD, "cannot tell how much is usable".to_owned()),
        Some(bytes) => {
            (tone(document.verdict), format!("{} usable now", told(posix, bytes, posix.at_most())))
        }
    };
    let subject = &document.subject;
    style::headline(out, &subject.mount, subject.pid, style, &usable);
}

/// The bytes that fit, or from how many to how many.
fn told(segment: &Segment, bytes: Bytes, before: &str) -> String {
    match segment.range_bytes {
        Some((least, most)) => range(least, most),
        None => format!("{before}{bytes}"),
    }
}

fn binding_row(segment: &Segment) -> Option<&CeilingRow> {
    let binding = segment.binding?;
    segment
        .ceilings
        .iter()
        .filter(|ceiling| ceiling.source == binding)
        .min_by_key(|ceiling| ceiling.room())
}

fn then(segment: &Segment) -> Option<String> {
    let touch = segment.methods.touch.as_ref()?.ends_in?;
    let write = segment.methods.write.as_ref().and_then(|row| row.ends_in);
    Some(match (write, more_if_written(segment)) {
        (Some(write), Some(bytes)) => format!(
            "{} when touched; {bytes} fit when written, then {}",
            touch.title(),
            write.title()
        ),
        (Some(write), None) if write != touch => {
            format!("{} when written, {} when touched", write.title(), touch.title())
        }
        _ => touch.title().to_owned(),
    })
}

/// What fits when it is written, where a limit on mappings alone ends touching long before.
fn more_if_written(segment: &Segment) -> Option<Bytes> {
    let write = segment.methods.write.as_ref()?.available_bytes?;
    let touch = segment.methods.touch.as_ref()?.available_bytes?;
    let is_of_mappings = segment.binding == Some(Source::RlimitAs);
    (is_of_mappings && write > touch && !write.agrees_with(touch)).then_some(write)
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
        (None, Some(_)) if !unlimited && is_sure(&document.segments.posix) => {
            format!("{shown}: right for files there")
        }
        _ => shown,
    };
    row(out, "df says", &text);
}

/// Whether no limit may hide that is tighter.
fn is_sure(segment: &Segment) -> bool {
    matches!(segment.certainty, Certainty::Exact | Certainty::Measured)
}

fn kinds(out: &mut String, document: &Document) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["  kind", "usable now", "stopped by", "if written", "if touched"]);
    for (kind, segment) in document.segments.each() {
        let usable = match (segment.available_bytes, segment.certainty) {
            (None, _) => "unknown".to_owned(),
            (Some(bytes), Certainty::AtMost) if bytes > Bytes::ZERO => told(segment, bytes, "<= "),
            (Some(bytes), _) => bytes.to_string(),
        };
        let end = |row: Option<&MethodRow>| row.and_then(|row| row.ends_in).map_or("-", End::word);
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
        "{DIM}  (posix: files in /dev/shm, sysv: shmget, anon: mmap MAP_SHARED|MAP_ANONYMOUS)\n  \
         (all kinds use the same memory: the numbers do not add up){DIM:#}"
    );
    kind_notes(out, document);
}

/// What a row of the table has no room for.
fn kind_notes(out: &mut String, document: &Document) {
    for (kind, segment) in document.segments.each() {
        // Why it is not exact, where that is not what stands above already.
        if let Some(why) = segment.why.as_ref().filter(|_| kind != Kind::Posix)
            && segment.why != document.segments.posix.why
            && segment.why != document.segments.memfd.why
        {
            wrap(out, "  ", "  ", &format!("{}: {}: {why}", kind.word(), segment.certainty.word()));
        }
        if let Some(bytes) = more_if_written(segment) {
            wrap(out, "  ", "  ", &format!("{}: {bytes} if written", kind.word()));
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
pub(crate) fn findings(out: &mut String, document: &Document) {
    for finding in document.findings.iter().filter(|finding| finding.id != "df-overstates") {
        self::finding(out, finding);
    }
}

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
