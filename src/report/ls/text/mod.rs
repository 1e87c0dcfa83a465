//! The ls document as a person reads it: the answer, one line an object (`table`), what nobody holds
//! (`removals`) and what could not be seen. Pure.

mod removals;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{LsDocument, Total};
use crate::plain::fit;
use crate::report::style::{self, BAD, BOLD, CARE, WIDTH, wrap};
use crate::units::Bytes;

/// So many commands, and so many cgroups, are shown.
const SHOWN: usize = 5;

/// The report that a person reads.
pub fn render(document: &LsDocument) -> String {
    let mut out = String::new();
    answer(&mut out, document);
    if !document.objects.is_empty() {
        table::objects(&mut out, &document.objects, &document.subject.folder);
        let _ = writeln!(out);
        together(&mut out, document);
        charged(&mut out, document);
        removals::removals(&mut out, document);
    }
    for note in &document.notes {
        row(&mut out, "note", note);
    }
    out
}

fn row(out: &mut String, name: &str, text: &str) {
    wrap(out, &format!("{name:<8}  "), "          ", text);
}

fn files(n: usize) -> &'static str {
    if n == 1 { "file" } else { "files" }
}

fn answer(out: &mut String, document: &LsDocument) {
    let totals = &document.totals;
    let (style, text) = if document.subject.is_unread {
        (BAD, "what is held there cannot be told".to_owned())
    } else if !document.subject.is_shared_memory {
        (BAD, "no shared memory".to_owned())
    } else if document.objects.is_empty() {
        (BOLD, "no shared memory is held here".to_owned())
    } else {
        let n = totals.posix.objects;
        let least = if totals.posix.at_least { "at least " } else { "" };
        let mut text = format!("{least}{} in {n} {}", totals.posix.bytes, files(n));
        let nobody = totals.nobody_posix.objects > 0;
        if nobody {
            let _ = write!(text, ", {} held by nobody", totals.nobody_posix.bytes);
        } else if totals.unknown_posix.objects > 0 {
            let _ =
                write!(text, ", {} held by no process visible here", totals.unknown_posix.bytes);
        }
        (if nobody { CARE } else { BOLD }, text)
    };
    style::headline(out, &document.subject.folder, document.subject.pid, style, &text);
}

/// What all of it comes to, kind by kind.
fn together(out: &mut String, document: &LsDocument) {
    let totals = &document.totals;
    let least = if totals.all.at_least { "at least " } else { "" };
    let kinds = [
        ("posix", totals.posix),
        ("sysv", totals.sysv),
        ("memfd", totals.memfd),
        ("anon", totals.anon),
    ];
    let parts: Vec<String> = kinds
        .iter()
        .filter(|(_, total)| total.objects > 0)
        .map(|(kind, total)| format!("{kind} {} ({})", total.bytes, total.objects))
        .collect();
    let text =
        format!("{least}{} in {}: {}", totals.all.bytes, counted(totals.all), parts.join(", "));
    row(out, "in all", &text);
}

fn counted(total: Total) -> String {
    format!("{} object{}", total.objects, if total.objects == 1 { "" } else { "s" })
}

/// Whom the kernel has it charged to, as far as that can be known.
fn charged(out: &mut String, document: &LsDocument) {
    if let Some(charged) = &document.charged {
        let text = format!(
            "cgroup {} is charged for {} of shared memory (shmem in memory.stat)",
            fit(&charged.cgroup, 40),
            charged.shmem_bytes
        );
        row(out, "charged", &text);
    }
    let mut by_cgroup: BTreeMap<String, Bytes> = BTreeMap::new();
    for object in &document.objects {
        let Some(first) = object.cgroups.first() else { continue };
        let cgroup = match object.cgroups.len() {
            1 => first.clone(),
            several => format!("{several} cgroups together"),
        };
        let sum = by_cgroup.entry(cgroup).or_default();
        *sum = sum.saturating_add(object.held_bytes.unwrap_or(Bytes::ZERO));
    }
    if by_cgroup.is_empty() {
        return;
    }
    let mut sums: Vec<(String, Bytes)> = by_cgroup.into_iter().collect();
    sums.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    for (at, (cgroup, bytes)) in sums.iter().take(SHOWN).enumerate() {
        let begin = if at == 0 { "cgroups" } else { "" };
        let before = format!("{bytes} held by processes of ");
        let room = WIDTH.saturating_sub(10).saturating_sub(before.len());
        row(out, begin, &format!("{before}{}", fit(cgroup, room)));
    }
    if let Some(more) = sums.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        row(out, "", &format!("and {more} more cgroups"));
    }
    let text = "(a page is charged to the cgroup whose process touched it first; the kernel does not \
        tell which)";
    row(out, "", text);
}
