//! A command that was watched: what it used, how it ended, what it needs.

use super::blocks::Tone;
use crate::runs::papers::{Watch, WatchIncident};
use crate::runs::scalar::Scalar;
use crate::runs::words::size;
use crate::units::Bytes;

/// Incidents that are shown.
const MOST: usize = 6;

/// The most there was of files in /dev/shm.
pub(crate) fn headline(watch: &Watch) -> String {
    let posix = &watch.peak.posix;
    let so_far = if watch.unfinished { " until the last line" } else { "" };
    match (posix.bytes.count(), posix.limit.count()) {
        (Some(bytes), Some(limit)) => {
            format!("at most {} of {} of /dev/shm{so_far}", Bytes(bytes), Bytes(limit))
        }
        (Some(bytes), None) => format!("at most {} of /dev/shm{so_far}", Bytes(bytes)),
        (None, _) if watch.unfinished => "unfinished, without a line about a peak".to_owned(),
        (None, _) => "no peak of /dev/shm is told".to_owned(),
    }
}

/// How that is meant.
pub(crate) fn tone(watch: &Watch) -> Tone {
    match watch.verdict.text() {
        Some("ok") => Tone::Good,
        Some("shared-memory" | "memory") => Tone::Bad,
        Some(_) => Tone::Care,
        None => Tone::Plain,
    }
}

/// Names and what is said of them.
pub(crate) fn rows(watch: &Watch) -> Vec<(&'static str, String)> {
    let mut rows = vec![("command", watch.words())];
    rows.extend(watch.end().map(|end| ("ended", end)));
    rows.extend(watch.why.text().map(|why| ("why", why.to_owned())));
    if watch.unfinished {
        let until =
            watch.seconds.number().map(|seconds| format!(" ({seconds:.2} s after the start)"));
        let until = until.unwrap_or_default();
        let text = format!(
            "the last peak that the journal tells{until}; watch was killed or still runs, so the command may have \
             used more"
        );
        rows.push(("peak", text));
    }
    let sysv = &watch.peak.sysv.bytes;
    if sysv.count().is_some_and(|bytes| bytes > 0) {
        rows.push(("System V", format!("at most {}", size(sysv))));
    }
    if let Some(cgroup) = &watch.peak.cgroup {
        let of =
            cgroup.limit.count().map_or(String::new(), |limit| format!(" of {}", Bytes(limit)));
        let (used, shared) = (size(&cgroup.bytes), size(&cgroup.shmem_bytes));
        rows.push(("memory", format!("at most {used}{of}, shared {shared}")));
    }
    for incident in watch.incidents.iter().take(MOST) {
        rows.push(("event", event(incident)));
    }
    let more = watch.incidents.len().saturating_sub(MOST);
    if more > 0 {
        rows.push(("", format!("and {more} more")));
    }
    if let Some(bytes) = watch.needed.shm_bytes.count() {
        let least = if watch.needed.basis.text() == Some("at-least") { "at least " } else { "" };
        rows.push(("needs", format!("{least}{} of /dev/shm", Bytes(bytes))));
    }
    let fix = watch.needed.fix.text().unwrap_or_default();
    for (at, line) in fix.lines().enumerate() {
        rows.push((if at == 0 { "fix" } else { "" }, line.to_owned()));
    }
    rows
}

fn event(incident: &WatchIncident) -> String {
    let who = match (incident.process.text(), incident.pid.count()) {
        (Some(name), Some(pid)) => format!(" {name}[{pid}]"),
        (None, Some(pid)) => format!(" process {pid}"),
        _ => String::new(),
    };
    let text = |scalar: &Scalar| scalar.text().map_or(String::new(), |text| format!(" {text}"));
    let at = incident.at_seconds.number().unwrap_or_default();
    format!("{at:.2} s{who}{}:{}", text(&incident.signal), text(&incident.why))
}
