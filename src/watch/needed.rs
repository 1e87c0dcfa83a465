//! What the run needs of shared memory: the peak is measured, the advice is another thing. And how to set it.
#![forbid(unsafe_code)]

use serde::Serialize;

use super::groups::Holders;
use super::likely::Short;
use super::seen::{About, Run};
use super::verdict::{Judgement, Verdict};
use crate::capacity::advice::{Change, Site, fix};
use crate::capacity::{Kind, assess, sizing};
use crate::facts::Facts;
use crate::units::{Bytes, Limit};

/// What the advice rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The peak of a run that ended well, and a quarter more.
    Peak,
    /// It failed there: it needs that and more.
    AtLeast,
    /// It still grew when it ended.
    Growing,
    /// The cause is another one, or not known.
    None,
}

/// What it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    pub shm: Option<Bytes>,
    pub memory: Option<Bytes>,
    pub basis: Basis,
    /// What to do, one thing a line.
    pub fix: String,
}

/// A quarter more than the peak.
const MARGIN: (u128, u128) = (5, 4);

/// Promises of more than so many times the size are address space that nobody means to use.
const ABSURD: u64 = 64;

/// Decides what it needs, and how that is set where it ran. `most` are the holders at the peak.
#[must_use]
pub fn needed(
    facts: &Facts,
    run: &Run<'_>,
    judgement: &Judgement,
    most: Option<&Holders>,
) -> Needed {
    match judgement.verdict {
        Verdict::SharedMemory => match of_sysv(run) {
            Some(fix) => nothing(format!(
                "No size of /dev/shm helps: a limit of System V was reached.\n{fix}"
            )),
            None => too_small(facts, run, most),
        },
        Verdict::Memory => more_memory(facts, run),
        Verdict::Ok if run.peaks.grows() => growing(run),
        Verdict::Ok if run.peaks.full_at.is_some() || hardly_fit(run) => {
            too_small(facts, run, most)
        }
        Verdict::Ok => enough(facts, run),
        Verdict::NotSharedMemory => {
            nothing("No size of /dev/shm helps: the cause is another one.".to_owned())
        }
        Verdict::Unknown => nothing(to_try(facts, run, judgement, most)),
    }
}

/// What to try where evidence hints at a shortage: that is no size that it needs.
fn to_try(facts: &Facts, run: &Run<'_>, judgement: &Judgement, most: Option<&Holders>) -> String {
    let short = judgement.guess.as_ref().and_then(|guess| guess.short);
    let change = match short {
        Some(Short::Size) => {
            let size = run.peaks.size().unwrap_or(run.peaks.posix.bytes);
            let promised = most.map_or(Bytes::ZERO, |most| most.posix.wanted);
            let promised = promised.min(size.saturating_mul(ABSURD)).scaled(MARGIN.0, MARGIN.1);
            // Nothing tells how much was asked for.
            let try_with = whole(size.saturating_mul(2).max(promised));
            change(facts, try_with, memory_for(facts, run, try_with))
        }
        Some(Short::Setting(name, value)) => {
            fix(&Site::of(facts), &Change::Sysctl(name, value.to_string()))
        }
        None => return String::new(),
    };
    let begin = if run.scanned {
        "It may be shared memory. To find out, try:"
    } else {
        "Run it with --scan, which explains what it prints. If it was shared memory:"
    };
    format!("{begin}\n{change}")
}

const fn nothing(fix: String) -> Needed {
    Needed { shm: None, memory: None, basis: Basis::None, fix }
}

fn growing(run: &Run<'_>) -> Needed {
    let fix = format!(
        "/dev/shm still grew when it ended ({} at the end): a longer run needs more, so no size is right. Look for \
         what is never removed (shmeter ls), or limit the length of a run.",
        run.peaks.posix.bytes
    );
    Needed { shm: None, memory: None, basis: Basis::Growing, fix }
}

fn enough(facts: &Facts, run: &Run<'_>) -> Needed {
    let peak = run.peaks.posix.bytes;
    let shm = whole(peak.scaled(MARGIN.0, MARGIN.1));
    let memory = memory_for(facts, run, shm);
    let before = run.peaks.first.posix.map_or(Bytes::ZERO, |posix| posix.used);
    let used = peak > before;
    let fix = match run.peaks.size() {
        _ if !used => "It put nothing into /dev/shm: its size does not matter.".to_owned(),
        Some(size) if size >= shm && is_held(facts, memory) => {
            format!("/dev/shm is large enough: {size}.")
        }
        _ => change(facts, shm, memory),
    };
    let shm = used.then_some(shm);
    Needed { shm, memory: shm.and(memory), basis: Basis::Peak, fix }
}

/// What mends it, where a limit of System V was reached and the size of /dev/shm was not.
fn of_sysv<'a>(run: &'a Run<'_>) -> Option<&'a str> {
    let is = |about: About| run.messages.iter().find(|message| message.about == about);
    let full = run.peaks.full_at.is_some() || is(About::SharedMemory).is_some();
    is(About::Sysv).filter(|_| !full).map(|message| message.fix.as_str())
}

/// So little was left that a request may have been refused, of which a run that ended well says nothing.
fn hardly_fit(run: &Run<'_>) -> bool {
    const PART: u64 = 50;
    // What others keep there is no need of this command.
    let before = run.peaks.first.posix.map_or(Bytes::ZERO, |posix| posix.used);
    match (run.peaks.size(), run.peaks.least_free) {
        (Some(size), Some(least)) => run.peaks.posix.bytes > before && least < Bytes(size.0 / PART),
        _ => false,
    }
}

/// It needs what it had, what it was promised and did not get, and perhaps more.
fn too_small(facts: &Facts, run: &Run<'_>, most: Option<&Holders>) -> Needed {
    if run.peaks.grows() {
        return growing(run);
    }
    let peak = run.peaks.posix.bytes;
    let absurd = run.peaks.size().map_or(peak, |size| size.max(peak)).saturating_mul(ABSURD);
    let promised = most.map_or(Bytes::ZERO, |most| most.posix.wanted);
    // What a message says was asked for comes on top of what was there.
    let asked = run.messages.iter().filter_map(|message| message.asked).max();
    let asked = asked.map_or(Bytes::ZERO, |asked| asked.saturating_add(peak));
    let missing = promised.max(asked);
    let known = missing > peak && missing <= absurd;
    let told = run.messages.iter().any(|message| message.about == About::SharedMemory);
    let had = match run.peaks.full_at {
        None if !told && !hardly_fit(run) => peak,
        // The size that it had did not suffice.
        _ => run.peaks.size().unwrap_or(peak).max(peak),
    };
    let least = whole(if known { missing.max(had) } else { had });
    if least == Bytes::ZERO && !known {
        let fix = "What it asked for was refused as a whole, so no look saw it: the message tells how much it was \
                   (shmeter explain).";
        return Needed { shm: None, memory: None, basis: Basis::AtLeast, fix: fix.to_owned() };
    }
    // Where nothing tells how much was missing, twice as much is a size to try.
    let try_with = if known { least.scaled(MARGIN.0, MARGIN.1) } else { least.saturating_mul(2) };
    let try_with = whole(try_with);
    let memory = memory_for(facts, run, try_with);
    let fix = format!(
        "{}\nThen run shmeter watch again: a run that ends well tells what it needs.",
        change(facts, try_with, memory)
    );
    Needed { shm: Some(least), memory, basis: Basis::AtLeast, fix }
}

fn more_memory(facts: &Facts, run: &Run<'_>) -> Needed {
    let used = run.memory_limit.unwrap_or(run.peaks.used.bytes);
    let memory = whole(used.scaled(MARGIN.0, MARGIN.1));
    let shared = run.peaks.at_kill.map_or(Bytes::ZERO, |(shmem, ..)| shmem);
    let less = if shared.saturating_mul(10) < used {
        "Or use less: heap, workers, caches."
    } else {
        "Or use less: files in /dev/shm are charged to that limit too (shmeter ls)."
    };
    let fix = format!("{}\n{less}", fix(&Site::of(facts), &Change::Memory(memory)));
    Needed { shm: None, memory: Some(memory), basis: Basis::AtLeast, fix }
}

/// The memory limit that has to hold a /dev/shm of that size and all else that was held at once.
fn memory_for(facts: &Facts, run: &Run<'_>, shm: Bytes) -> Option<Bytes> {
    limit(facts)?;
    let capacities = assess(facts);
    let posix = &capacities[Kind::Posix];
    Some(sizing::memory_for(facts, posix, shm, Some(run.peaks.beside)))
}

/// The tightest limit of memory that is seen.
#[must_use]
pub fn limit(facts: &Facts) -> Option<Bytes> {
    let limits = facts.cgroup.levels.iter().filter_map(|level| level.limit.known());
    limits
        .filter_map(|limit| match limit {
            Limit::At(bytes) => Some(*bytes),
            Limit::Unlimited => None,
        })
        .min()
}

fn is_held(facts: &Facts, memory: Option<Bytes>) -> bool {
    match (memory, limit(facts)) {
        (Some(memory), Some(limit)) => memory <= limit,
        _ => true,
    }
}

fn change(facts: &Facts, shm: Bytes, memory: Option<Bytes>) -> String {
    let change = match memory {
        Some(memory) if !is_held(facts, Some(memory)) => Change::Both { shm, memory },
        _ => Change::Size(shm),
    };
    fix(&Site::of(facts), &change)
}

/// Whole MiB, rounded up.
fn whole(bytes: Bytes) -> Bytes {
    Bytes::mib(bytes.0.div_ceil(1 << 20))
}
