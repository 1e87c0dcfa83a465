//! Bytes a second of running through a segment, each process through a part of its own.

use super::stage::{Pass, Stage, size};
use super::{Case, Unit};
use crate::stats::float;
use crate::sys::stream::{Stream, can_pass_caches};

/// The ops, with their words; those with `-nt` store past the caches (non-temporal stores).
pub(crate) const OPS: [(&str, Stream); 7] = [
    ("fill", Stream::Fill),
    ("fill-nt", Stream::FillPast),
    ("write", Stream::Write),
    ("write-nt", Stream::WritePast),
    ("read", Stream::Read),
    ("copy", Stream::Copy),
    ("copy-nt", Stream::CopyPast),
];

/// Why an op cannot be had on this machine.
#[must_use]
pub(crate) fn why_not(op: &str) -> Option<String> {
    (op.ends_with("-nt") && !can_pass_caches())
        .then(|| "shmeter knows no non-temporal stores of this CPU".to_owned())
}

fn stream(op: &str) -> Option<Stream> {
    OPS.iter().find(|(word, _)| *word == op).map(|(_, stream)| *stream)
}

fn copies(stream: Stream) -> bool {
    matches!(stream, Stream::Copy | Stream::CopyPast)
}

/// Bytes of one process in one pass. A copy goes from one half to the other.
fn share(case: &Case, stream: Stream) -> usize {
    let parts = u64::from(case.procs).saturating_mul(if copies(stream) { 2 } else { 1 });
    let bytes = case.bytes.checked_div(parts).unwrap_or(0);
    size(bytes).checked_div(4096).unwrap_or(0).saturating_mul(4096)
}

/// Whether there is a page at least for each process.
#[must_use]
pub(crate) fn has_parts(case: &Case) -> bool {
    stream(&case.op).is_some_and(|stream| share(case, stream) > 0)
}

/// Passes of a sample: the first ones after stores of another kind are slower, and one alone is an outlier.
const LEAST_PASSES: u64 = 3;

/// How often a process runs through its share for a sample of so many bytes in all.
fn passes(case: &Case, stream: Stream) -> u64 {
    // At 10 GiB/s this takes 40 ms, out of a cache some ms.
    const SAMPLE: u64 = 384 << 20;
    let all = case.bytes.checked_div(if copies(stream) { 2 } else { 1 }).unwrap_or(1);
    SAMPLE.checked_div(all.max(1)).unwrap_or(1).max(LEAST_PASSES)
}

/// The part of each process.
pub(crate) fn part(stage: &Stage<'_>, case: &Case, pass: Pass) {
    let Some(stream) = stream(&case.op) else { return };
    let bytes = share(case, stream);
    let stride = bytes.saturating_mul(if copies(stream) { 2 } else { 1 });
    let offset = stage.proc.saturating_mul(stride);
    let run = || std::hint::black_box(stage.segment.stream(stream, offset, bytes));
    match pass {
        Pass::WarmUp => {
            run();
        }
        Pass::Timed => stage.span(|| {
            for _ in 0..passes(case, stream) {
                run();
            }
        }),
    }
}

/// GiB a second of all processes.
#[must_use]
pub(crate) fn value(case: &Case, nanoseconds: f64) -> (Unit, f64) {
    let Some(stream) = stream(&case.op) else { return (Unit::Rate, 0.0) };
    let each = u64::try_from(share(case, stream)).unwrap_or(0);
    let bytes = each.saturating_mul(passes(case, stream)).saturating_mul(case.procs.into());
    (Unit::Rate, float(bytes) / nanoseconds * (1e9 / f64::from(1 << 30)))
}
