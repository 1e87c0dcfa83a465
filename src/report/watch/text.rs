//! What a person reads at the end: what it came to, the most it took, who held that, what happened, what to do.

use std::fmt::Write as _;

use anstyle::Style;

use super::{HolderRow, IncidentRow, KindRow, WatchDocument};
use crate::plain::{fit, plain};
use crate::report::style::{BAD, BOLD, CARE, DIM, GOOD, WIDTH};
use crate::units::{Bytes, Limit};
use crate::watch::likely::Likely;
use crate::watch::needed::Basis;
use crate::watch::verdict::Verdict;

/// Columns in which a command is shown.
const COMMAND: usize = 68;

/// Incidents and holders that are shown; the document has all.
const MOST: usize = 6;

/// The summary.
#[must_use]
pub fn render(document: &WatchDocument) -> String {
    let mut out = String::new();
    let style = tone(document.verdict);
    let _ = writeln!(out, "{BOLD}shmeter watch{BOLD:#}: {style}{}{style:#}", headline(document));
    row(&mut out, "why", &document.why);
    row(&mut out, "command", &command(document));
    peaks(&mut out, document);
    holders(&mut out, document);
    names(&mut out, document);
    incidents(&mut out, document);
    needed(&mut out, document);
    for message in document.messages.iter().take(MOST) {
        row(&mut out, "message", &format!("{}: {}", message.application, message.text));
    }
    if let Some(why) = &document.trace_refused {
        let text = format!("signals could not be traced ({why}): only samples were taken");
        row(&mut out, "note", &text);
    }
    out
}

fn headline(document: &WatchDocument) -> String {
    let likely = match document.likely {
        Some(Likely::SharedMemory) => ", likely shared memory",
        Some(Likely::NotSharedMemory) => ", likely not shared memory",
        None => "",
    };
    format!("{}{likely}", document.verdict.words())
}

const fn tone(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Ok => GOOD,
        Verdict::SharedMemory | Verdict::Memory => BAD,
        Verdict::NotSharedMemory => CARE,
        Verdict::Unknown => DIM,
    }
}

fn command(document: &WatchDocument) -> String {
    let words = document.command.join(" ");
    let ended = match &document.exit {
        super::ExitRow::Code(code) => format!("exit code {code}"),
        super::ExitRow::Signal(name) => name.clone(),
    };
    format!("{} ({ended} after {:.2} s)", fit(&words, COMMAND), document.seconds)
}

fn peaks(out: &mut String, document: &WatchDocument) {
    let peak = &document.peak;
    let posix = &peak.posix;
    let of = match posix.limit {
        Limit::At(size) => format!("{} of {size}", posix.bytes),
        Limit::Unlimited => posix.bytes.to_string(),
    };
    let files = if posix.objects == 1 { "file" } else { "files" };
    let mut text = format!(
        "/dev/shm {of} at {:.2} s ({} {files}, {} before)",
        posix.at_seconds, posix.objects, posix.before_bytes
    );
    if posix.wanted_bytes > posix.bytes {
        let _ = write!(text, "; promised {}", posix.wanted_bytes);
    }
    row(out, "peak", &text);
    let kinds = [("System V", &peak.sysv), ("memfd", &peak.memfd), ("anonymous", &peak.anon)];
    let used = kinds.into_iter().filter(|(_, kind)| kind.bytes > Bytes::ZERO);
    let mut others: Vec<String> = used.map(|(name, kind)| other(name, kind)).collect();
    if let Some(cgroup) = &peak.cgroup {
        let of = match cgroup.limit {
            Limit::At(limit) => format!(" of {limit}"),
            Limit::Unlimited => String::new(),
        };
        let (all, shared) = (cgroup.bytes, cgroup.shmem_bytes);
        others.push(format!("memory {all}{of}, shared {shared}"));
    }
    if !others.is_empty() {
        row(out, "", &others.join("; "));
    }
}

fn other(name: &str, kind: &KindRow) -> String {
    if kind.wanted_bytes > kind.bytes {
        format!("{name} {} (promised {})", kind.bytes, kind.wanted_bytes)
    } else {
        format!("{name} {}", kind.bytes)
    }
}

fn holders(out: &mut String, document: &WatchDocument) {
    for (at, holder) in document.holders.iter().take(MOST).enumerate() {
        row(out, if at == 0 { "held by" } else { "" }, &held(holder));
    }
    if document.left.bytes >= Bytes::kib(64) {
        let names: Vec<&str> = document
            .left
            .holders
            .iter()
            .filter(|one| one.kind == "posix")
            .map(|one| one.name.as_str())
            .collect();
        let names =
            if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
        row(
            out,
            "left",
            &format!("{} stayed in /dev/shm{names} (shmeter ls)", document.left.bytes),
        );
    }
}

/// Files that no sample could see.
fn names(out: &mut String, document: &WatchDocument) {
    let Some(names) = document.names.as_ref().filter(|names| names.brief > 0 || names.overflow)
    else {
        return;
    };
    let brief = names.groups.iter().filter(|group| group.brief > 0);
    let brief: Vec<String> =
        brief.take(MOST).map(|group| format!("{} ({})", group.name, group.brief)).collect();
    let files = if names.brief == 1 { "file was" } else { "files were" };
    let mut text = format!("{} {files} created and removed between two samples", names.brief);
    if !brief.is_empty() {
        let _ = write!(text, ": {}", brief.join(", "));
    }
    if names.overflow {
        text.push_str("; the kernel lost events, so there were more");
    }
    row(out, "names", &text);
}

fn held(holder: &HolderRow) -> String {
    let name = match (holder.kind, holder.name.as_str()) {
        ("anon", _) => "anonymous".to_owned(),
        ("sysv", _) => "System V".to_owned(),
        ("memfd", name) => format!("memfd {name}"),
        (_, name) => name.to_owned(),
    };
    let objects = if holder.objects == 1 { "object" } else { "objects" };
    let who = if holder.processes.is_empty() {
        "nobody that is seen".to_owned()
    } else {
        holder.processes.join(", ")
    };
    format!("{} {} ({} {objects}): {who}", fit(&name, 40), holder.bytes, holder.objects)
}

fn incidents(out: &mut String, document: &WatchDocument) {
    // One that is the whole story stands there already.
    if let [one] = document.incidents.as_slice()
        && document.why.contains(&one.why)
    {
        return;
    }
    for incident in document.incidents.iter().take(MOST) {
        row(out, "event", &event(incident));
    }
    let shown = document.incidents.len().min(MOST);
    let rest = u64::try_from(document.incidents.len().saturating_sub(shown)).unwrap_or(0);
    let rest = rest.saturating_add(document.more_incidents);
    if rest > 0 {
        row(out, "", &format!("and {rest} more"));
    }
}

fn event(incident: &IncidentRow) -> String {
    let who = match (&incident.process, incident.pid) {
        (Some(name), Some(pid)) => format!("{}[{pid}] ", plain(name)),
        (None, Some(pid)) => format!("process {pid} "),
        _ => String::new(),
    };
    let signal = incident.signal.clone().unwrap_or_default();
    let whom = format!(" {who}{signal}");
    format!("{:.2} s{}: {}", incident.at_seconds, whom.trim_end(), incident.why)
}

fn needed(out: &mut String, document: &WatchDocument) {
    let needed = &document.needed;
    let memory = needed.memory_bytes.map_or(String::new(), |memory| format!("{memory} of memory"));
    let text = match (needed.basis, needed.shm_bytes) {
        (Basis::Peak, Some(shm)) => {
            let memory = if memory.is_empty() { memory } else { format!(", within {memory}") };
            format!("{shm} of /dev/shm for this run (the peak and a quarter more){memory}")
        }
        (Basis::AtLeast, Some(shm)) => format!("at least {shm} of /dev/shm"),
        (Basis::AtLeast, None) if !memory.is_empty() => format!("at least {memory}"),
        (Basis::Growing, _) => "it still grew: no size will do".to_owned(),
        _ => String::new(),
    };
    if !text.is_empty() {
        row(out, "needs", &text);
    }
    for (at, line) in needed.fix.lines().enumerate() {
        row(out, if at == 0 { "fix" } else { "" }, line);
    }
}

/// A row of 80 columns. Options of commands are not cut at their hyphens, so that they can be copied.
fn row(out: &mut String, name: &str, text: &str) {
    let first = format!("  {name:<8} ");
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(&first)
        .subsequent_indent("           ")
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false);
    for line in textwrap::wrap(&plain(text), options) {
        let _ = writeln!(out, "{}", line.trim_end());
    }
}
