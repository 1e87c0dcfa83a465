//! A queue from one process to another in a segment: numbers of what was sent and of what was taken,
//! each on a line of its own, and places for messages that are used in turn.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Case;
use super::twins::{Stage, size};
use crate::stats::{float, rounded};

/// Bytes of messages, with their words.
pub(crate) const SIZES: [(u64, &str); 6] = [
    (8, "8B"),
    (64, "64B"),
    (512, "512B"),
    (4 << 10, "4KiB"),
    (64 << 10, "64KiB"),
    (1 << 20, "1MiB"),
];

/// Messages a second that are sent to see how long one takes.
const RATE: u32 = 100_000;

/// How many of these a sample.
const TIMED: u64 = 2_000;

/// Messages that are told of at once where they are batched.
const BATCH: u64 = 32;

/// Pauses of a taker that found nothing: looking again at once takes the line with the count from the
/// sender for each message. With the pauses messages come in runs, whose lines travel together: two to three
/// times as fast where it was measured. Each message takes longer then, so there are none where that
/// counts.
const PAUSES: u32 = 400;

/// Where the messages begin.
const FIRST: usize = 8192;

/// Bytes of all places; a large message has four. More than the second cache holds: a line that the
/// other CPU still has is dearer than one of the last cache, up to four times on CPUs far apart.
const PLACES: u64 = 4 << 20;

/// Word of the count that was sent, and of the count that was taken.
const SENT: usize = 0;
const TAKEN: usize = 32; // 256 bytes further: no line that is fetched along

/// The op's word of a size: as fast as it goes, batched, or at a rate.
#[must_use]
pub(crate) fn op(word: &str, form: &str) -> String {
    if form.is_empty() { word.to_owned() } else { format!("{word}-{form}") }
}

/// Bytes that a ring of such messages needs.
#[must_use]
pub(crate) fn room(message: u64) -> u64 {
    let first = u64::try_from(FIRST).unwrap_or(0);
    Form::new(message, false).slots.saturating_mul(stride(message)).saturating_add(first)
}

fn stride(message: u64) -> u64 {
    if message < 64 { 8 } else { message.next_multiple_of(64) }
}

/// How a ring is used.
struct Form {
    slots: u64,
    stride: u64,
    /// Messages that are told of at once.
    batch: u64,
    messages: u64,
}

impl Form {
    fn new(message: u64, batched: bool) -> Form {
        let slots = PLACES.checked_div(stride(message)).unwrap_or(0).clamp(4, 65_536);
        let slots = slots.checked_next_power_of_two().unwrap_or(4);
        // Some ms: 6 GiB/s or 30 ns a message, whichever takes longer.
        let messages = (64_u64 << 20).checked_div(message.max(1)).unwrap_or(1).min(200_000);
        let batch = if batched { BATCH.min(slots / 2) } else { 1 };
        let whole = messages.checked_div(batch).unwrap_or(1).saturating_mul(batch);
        Form { slots, stride: stride(message), batch, messages: whole }
    }

    fn place(&self, number: u64) -> usize {
        let slot = number & self.slots.wrapping_sub(1);
        FIRST.wrapping_add(size(slot.wrapping_mul(self.stride)))
    }
}

fn is_timed(case: &Case) -> bool {
    case.op.ends_with("-latency")
}

fn form(case: &Case) -> Form {
    let mut form = Form::new(case.bytes, case.op.ends_with("-batched"));
    if is_timed(case) {
        form.messages = TIMED;
    }
    form
}

fn counts<'a>(stage: &Stage<'a>) -> Option<(&'a AtomicU64, &'a AtomicU64)> {
    let words = stage.segment.words();
    Some((words.get(SENT)?, words.get(TAKEN)?))
}

/// Makes the ring empty, before anybody begins.
pub(crate) fn clear(stage: &Stage<'_>) {
    if let Some((sent, taken)) = counts(stage) {
        sent.store(0, Ordering::Relaxed);
        taken.store(0, Ordering::Relaxed);
    }
}

/// The part of the one that sends. Each message begins with its number, or with the time when it was
/// to be sent: what waits for room waits in the figure too.
pub(crate) fn send(stage: &Stage<'_>, case: &Case) {
    let Some((sent, taken)) = counts(stage) else { return };
    let form = form(case);
    let mut message = vec![0x5a_u8; size(case.bytes)];
    let mut known = 0_u64;
    let period = stage.clock.of_nanoseconds(1e9 / f64::from(RATE));
    let mut due = stage.clock.ticks();
    for number in 0..form.messages {
        let mark = if is_timed(case) {
            due = due.wrapping_add(period);
            while stage.clock.ticks() < due {
                std::hint::spin_loop();
            }
            due
        } else {
            number
        };
        wait(0, || {
            if number.wrapping_sub(known) >= form.slots {
                known = taken.load(Ordering::Acquire);
            }
            number.wrapping_sub(known) < form.slots
        });
        if let Some(first) = message.first_chunk_mut() {
            *first = mark.to_le_bytes();
        }
        stage.segment.put(form.place(number), &message);
        let next = number.wrapping_add(1);
        if form.batch == 1 || next.is_multiple_of(form.batch) {
            sent.store(next, Ordering::Release);
        }
    }
}

/// The leader's part: takes all messages; nanoseconds of each, where they are timed.
pub(crate) fn take(stage: &Stage<'_>, case: &Case) -> Vec<u64> {
    let Some((sent, taken)) = counts(stage) else { return Vec::new() };
    let form = form(case);
    let mut message = vec![0_u8; size(case.bytes)];
    let mut times = Vec::new();
    let mut known = 0_u64;
    // The sender needs to know only before the places are used up.
    let tell = (form.slots / 4).max(1);
    let mut wrong = false;
    let pauses = if is_timed(case) { 0 } else { PAUSES };
    for number in 0..form.messages {
        wait(pauses, || {
            if known <= number {
                known = sent.load(Ordering::Acquire);
            }
            known > number
        });
        stage.segment.get(form.place(number), &mut message);
        let mark = message.first_chunk().map_or(0, |mark| u64::from_le_bytes(*mark));
        if is_timed(case) {
            let now = stage.clock.ticks();
            times.push(rounded(stage.clock.nanoseconds(now.saturating_sub(mark))));
        } else {
            wrong |= mark != number;
        }
        let next = number.wrapping_add(1);
        if next.is_multiple_of(tell) {
            taken.store(next, Ordering::Release);
        }
    }
    if wrong {
        stage.board.wrong().store(1, Ordering::Release);
    }
    times
}

/// Spins until something is so, with some pauses more before it looks again. The other process may
/// need this CPU for it.
#[inline]
fn wait(pauses: u32, mut is_so: impl FnMut() -> bool) {
    let mut turns = 0_u32;
    while !is_so() {
        for _ in 0..pauses {
            std::hint::spin_loop();
        }
        turns = turns.wrapping_add(1);
        if turns.is_multiple_of(1 << 16) {
            std::thread::yield_now();
        }
        std::hint::spin_loop();
    }
}

/// Messages a second.
#[must_use]
pub(crate) fn rate(case: &Case, nanoseconds: f64) -> f64 {
    float(form(case).messages) / nanoseconds * 1e9
}
