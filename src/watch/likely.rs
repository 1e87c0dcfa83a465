//! What is likely where a command failed without a signal, and nothing tells why: a request that is refused as a whole
//! takes nothing, so no look sees it. Evidence is told as such, and is no verdict.
#![forbid(unsafe_code)]

use serde::Serialize;

use super::seen::Run;
use crate::units::Bytes;

/// Less than this part of /dev/shm is too little for most requests.
const PART: u64 = 16;

/// Less than that part of it is hardly used.
const HARDLY: u64 = 4;

/// Promises of more than so many times the size are address space that nobody means to use.
const ABSURD: u64 = 64;

/// What is likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Likely {
    SharedMemory,
    NotSharedMemory,
}

/// What may have been too small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Short {
    /// /dev/shm.
    Size,
    /// A setting of System V, and a value to try.
    Setting(&'static str, u64),
}

/// The evidence, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    pub likely: Likely,
    /// Where it is shared memory.
    pub short: Option<Short>,
    pub why: String,
}

/// What is likely of a command that failed; `None` where nothing hints at either.
#[must_use]
pub fn likely(run: &Run<'_>) -> Option<Guess> {
    let shared = |(short, why)| Guess { likely: Likely::SharedMemory, short: Some(short), why };
    let of_files = || {
        let found = refused(run).or_else(|| promised(run)).or_else(|| little_left(run))?;
        Some((Short::Size, found))
    };
    of_files().or_else(|| segments(run)).map(shared).or_else(|| hardly_used(run))
}

/// A file that went without anything written to it is what is left of a refused fallocate(2).
fn refused(run: &Run<'_>) -> Option<String> {
    let names = run.names?;
    let size = run.peaks.size()?;
    names.empty().filter(|empty| *empty > 0)?;
    let groups = names.groups();
    let group = groups.iter().find(|group| group.counts.empty > 0)?;
    Some(format!(
        "{} in /dev/shm ({size}) was created and removed without anything written to it, as after a request for \
         space that was refused",
        group.name
    ))
}

/// Sparse files that could never have been filled.
fn promised(run: &Run<'_>) -> Option<String> {
    let size = run.peaks.size()?;
    let absurd = size.saturating_mul(ABSURD);
    (run.promised > size && run.promised <= absurd)
        .then(|| format!("files in /dev/shm were to hold {} of {size}", run.promised))
}

/// The least that was free.
fn little_left(run: &Run<'_>) -> Option<String> {
    let (size, least) = (run.peaks.size()?, run.peaks.least_free?);
    let one_more = each(run.peaks.posix.bytes, run.peaks.files).filter(|_| run.peaks.files > 1);
    let of_one = one_more.filter(|one| least < *one && least < Bytes(size.0 / 2));
    let little = least < Bytes(size.0 / PART);
    let text = format!("only {least} of {size} in /dev/shm were free at its peak");
    match of_one {
        Some(one) => Some(format!("{text}, less than a file there takes on average ({one})")),
        None => little.then_some(text),
    }
}

fn each(bytes: Bytes, count: u64) -> Option<Bytes> {
    bytes.0.checked_div(count).map(Bytes)
}

/// A limit of System V that one more segment would have gone beyond.
fn segments(run: &Run<'_>) -> Option<(Short, String)> {
    let (limits, peaks) = (run.sysv, run.peaks);
    if let Some(most) = limits.segments.filter(|most| peaks.segments >= *most) {
        let why = format!("all {most} System V segments (kernel.shmmni) were in use");
        return Some((Short::Setting("kernel.shmmni", most.saturating_mul(2)), why));
    }
    // The average of those there were: nothing tells of one that was refused.
    let one = each(peaks.sysv_promised, peaks.segments)?;
    let with_one = peaks.sysv_promised.saturating_add(one);
    if let Some(all) = limits.all.filter(|all| with_one > *all) {
        let pages = with_one.saturating_mul(2).0.div_ceil(limits.page.max(1));
        let why = format!(
            "System V segments had {} of {all} in all (kernel.shmall), and one more of {one} would not have fit",
            peaks.sysv_promised
        );
        return Some((Short::Setting("kernel.shmall", pages), why));
    }
    let each = limits.each.filter(|each| one.saturating_mul(2) > *each)?;
    let why = format!(
        "a System V segment has {one} on average, and none may have more than {each} (kernel.shmmax)"
    );
    Some((Short::Setting("kernel.shmmax", each.0.saturating_mul(4)), why))
}

/// What was used is little of what there was, and nothing was made in vain.
fn hardly_used(run: &Run<'_>) -> Option<Guess> {
    let names = run.names?;
    let empty = names.empty()?;
    let (size, least) = (run.peaks.size()?, run.peaks.least_free?);
    let little = empty == 0 && size.saturating_sub(least) < Bytes(size.0 / HARDLY);
    let files = match names.counts().came {
        0 => "it created no file in /dev/shm".to_owned(),
        1 => "the file that it created in /dev/shm was written to".to_owned(),
        came => {
            format!("each of the {came} files that it created in /dev/shm was written to or kept")
        }
    };
    little.then(|| Guess {
        likely: Likely::NotSharedMemory,
        short: None,
        why: format!("{files}, and {least} of {size} were always free"),
    })
}
