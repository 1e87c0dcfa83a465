//! A queue from one process to another in a segment: numbers of what was sent and of what was taken,
//! each on a line of its own, and places for messages that are used in turn.

mod message;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use message::{Message, Word};

use super::stage::{Pass, Stage, size, wait};
use super::{Case, offset};
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

/// How a ring is used: the taker that finds nothing looks again at once; it waits a while; that, and the sender
/// tells of several messages at once; or messages come at a rate, to see how long one takes.
pub(crate) const FORMS: [&str; 3] = ["spin", "backoff", "batched"];
pub(crate) const LATENCY: &str = "latency";

/// Messages a second that are sent to see how long one takes.
const RATE: u32 = 100_000;

/// How many of these a sample.
const TIMED: u64 = 2_000;

/// Messages that are told of at once where they are batched: a power of two.
const BATCH: u64 = 32;

/// Nanoseconds that a taker waits which found nothing, if it backs off. Looking again at once takes the line
/// with the count from the sender for each message; after a while messages come in runs, whose lines travel
/// together: two to three times as many where it was measured, and each takes longer.
const BACK_OFF: f64 = 4_000.0;

/// Nanoseconds of a sample, as fast as the unmeasured pass was: 20 ms at least, also where that was slow.
const SAMPLE: f64 = 30e6;

/// Messages of a sample, about, that are timed under load: one in a power of two.
const SEEN: u64 = 4_096;

/// Where the messages begin.
const FIRST: usize = 8192;

/// Bytes of all places, less for the smallest messages; a large message has four. More than the second cache holds:
/// a line that the other CPU still has is dearer than one of the last cache, up to four times on CPUs far apart.
const PLACES: u64 = 4 << 20;

/// Word of the count that was sent, and of the count that was taken.
const SENT: usize = 0;
const TAKEN: usize = 32; // 256 bytes further: no line that is fetched along

/// Word where the sender says when it put a message that is timed, one of so many in turn.
const PUT: usize = 64;
const PUTS: u64 = 256;

/// Word of how many messages are to be sent.
const MESSAGES: usize = 448;

/// The op's word of a size and a form.
#[must_use]
pub(crate) fn op(word: &str, form: &str) -> String {
    format!("{word}-{form}")
}

/// Bytes that a ring of such messages needs.
#[must_use]
pub(crate) fn room(message: u64) -> u64 {
    let first = u64::try_from(FIRST).unwrap_or(0);
    slots(message).saturating_mul(stride(message)).saturating_add(first)
}

fn stride(message: u64) -> u64 {
    if message < 64 { 8 } else { message.next_multiple_of(64) }
}

/// Places: a power of two.
fn slots(message: u64) -> u64 {
    let slots = PLACES.checked_div(stride(message)).unwrap_or(0).clamp(4, 65_536);
    slots.checked_next_power_of_two().unwrap_or(4)
}

/// How a ring is used.
struct Form {
    slots: u64,
    stride: u64,
    /// Messages that are told of at once.
    batch: u64,
    messages: u64,
    /// They come at a rate, and each is timed.
    paced: bool,
    /// Nanoseconds that the taker waits which found nothing.
    back_off: f64,
    /// One message of so many is timed.
    every: u64,
}

impl Form {
    fn new(case: &Case, messages: u64) -> Form {
        let (slots, paced) = (slots(case.bytes), is_paced(case));
        let batched = case.op.ends_with("batched");
        let batch = if batched { BATCH.min(slots / 2) } else { 1 };
        let whole = messages.checked_div(batch).unwrap_or(1).saturating_mul(batch);
        let back_off = if batched || case.op.ends_with("backoff") { BACK_OFF } else { 0.0 };
        // Not so often that a word is used again before it is read. Where messages come at a rate each has its time in
        // itself.
        let every = (messages / SEEN).max(slots / (PUTS / 2)).max(1);
        let every = if paced { 1 } else { every.checked_next_power_of_two().unwrap_or(1) };
        Form { slots, stride: stride(case.bytes), batch, messages: whole, paced, back_off, every }
    }

    #[inline(always)]
    fn place(&self, number: u64) -> usize {
        let slot = number & self.slots.wrapping_sub(1);
        FIRST.wrapping_add(size(slot.wrapping_mul(self.stride)))
    }

    /// What message `number` begins with: in the timed pass another number than the unmeasured one left in its
    /// place.
    #[inline(always)]
    fn mark(&self, number: u64) -> u64 {
        number.wrapping_add(self.messages)
    }

    /// The word where message `number`, one that is timed, is said to have been put.
    #[inline]
    fn put<'a>(&self, stage: &Stage<'a>, number: u64) -> Option<&'a AtomicU64> {
        let turn = number.checked_div(self.every).unwrap_or(0) & PUTS.wrapping_sub(1);
        stage.segment.words().get(PUT.wrapping_add(size(turn)))
    }
}

/// Of a power of two: a division a message is a good part of what a small one takes.
#[inline(always)]
fn is_multiple(number: u64, of: u64) -> bool {
    number & of.wrapping_sub(1) == 0
}

/// The next multiple of a power of two.
#[inline(always)]
fn next_multiple(number: u64, of: u64) -> u64 {
    (number | of.wrapping_sub(1)).wrapping_add(1)
}

/// Whether messages come at a rate, and each is timed.
#[must_use]
pub(crate) fn is_paced(case: &Case) -> bool {
    case.op.ends_with(LATENCY)
}

fn counts<'a>(stage: &Stage<'a>) -> Option<(&'a AtomicU64, &'a AtomicU64)> {
    let words = stage.segment.words();
    Some((words.get(SENT)?, words.get(TAKEN)?))
}

/// Messages of the unmeasured pass: all places that are used, once.
#[must_use]
pub(crate) fn first(case: &Case) -> u64 {
    if is_paced(case) { TIMED } else { slots(case.bytes) }
}

/// Messages of the timed pass, after one of [`first`] took so many nanoseconds: all places once at least.
#[must_use]
pub(crate) fn sample(case: &Case, nanoseconds: f64) -> u64 {
    let first = first(case);
    if is_paced(case) {
        return first;
    }
    at_pace(first, nanoseconds).max(first)
}

/// Messages of a sample, where so many took so many nanoseconds.
#[must_use]
#[allow(clippy::as_conversions)] // rounds down, and no number is negative or larger than a u64
pub(crate) fn at_pace(messages: u64, nanoseconds: f64) -> u64 {
    (float(messages) / nanoseconds * SAMPLE) as u64
}

/// Whether a timed pass was shorter than it should be: the unmeasured one was held up.
#[must_use]
pub(crate) fn is_short(case: &Case, nanoseconds: f64) -> bool {
    !is_paced(case) && nanoseconds < SAMPLE * (2.0 / 3.0)
}

/// Makes the ring empty, for so many messages, before anybody begins.
pub(crate) fn clear(stage: &Stage<'_>, messages: u64) {
    for word in stage.segment.words() {
        word.store(0, Ordering::Relaxed);
    }
    if let Some(word) = stage.segment.words().get(MESSAGES) {
        word.store(messages, Ordering::Relaxed);
    }
}

fn form(stage: &Stage<'_>, case: &Case) -> Form {
    let word = stage.segment.words().get(MESSAGES);
    Form::new(case, word.map_or(0, |word| word.load(Ordering::Relaxed)))
}

/// The part of the one that sends. Each message begins with its number, or with the time when it was
/// to be sent: what waits for room waits in the figure too.
pub(crate) fn send(stage: &Stage<'_>, case: &Case, pass: Pass) {
    let form = form(stage, case);
    if pass == Pass::WarmUp {
        offset::answer(stage);
    }
    let Some((sent, taken)) = counts(stage) else { return };
    let ends = Ends { stage, form: &form, sent, taken };
    let mut message = Buffer::new(case.bytes);
    // A copy of a size that the compiler knows is a few instructions, any other one a call.
    stage.span(|| match case.bytes {
        _ if form.paced => ends.send_at_a_rate(message.bytes()),
        8 => ends.send(&mut Word),
        64 => ends.send(&mut [0x5a_u8; 64]),
        _ => ends.send(message.bytes()),
    });
}

/// The leader's part: takes all messages; nanoseconds of those that are timed. `ahead` is how many ticks the
/// sender's counter is ahead of this CPU's.
pub(crate) fn take(stage: &Stage<'_>, case: &Case, ahead: i64) -> Vec<u64> {
    let form = form(stage, case);
    let Some((sent, taken)) = counts(stage) else { return Vec::new() };
    let ends = Ends { stage, form: &form, sent, taken };
    let mut message = Buffer::new(case.bytes);
    // Written to now, so that no page of it is missing later.
    let mut times = vec![1_u64; size(form.messages.div_ceil(form.every))];
    let mut all_right = true;
    stage.span(|| {
        all_right = match case.bytes {
            _ if form.paced => ends.take_at_a_rate(message.bytes(), &mut times),
            8 => ends.take(&mut Word, &mut times),
            64 => ends.take(&mut [0x5a_u8; 64], &mut times),
            _ => ends.take(message.bytes(), &mut times),
        }
    });
    if !all_right {
        stage.board.wrong().store(1, Ordering::Release);
    }
    for time in &mut times {
        // Less than nothing is what the offset is not known to.
        let ticks = time.wrapping_add_signed(ahead).cast_signed().max(0).cast_unsigned();
        *time = rounded(stage.clock.nanoseconds(ticks));
    }
    times
}

/// What a process has of its own to send from or to take into: in the middle of a page, as places begin one.
/// Where a copy begins 16 bytes further in its page than what it is of, as a large allocation does, a CPU took 42 us for
/// 64 KiB instead of 2 (AMD EPYC of family 25, glibc's memcpy).
struct Buffer {
    memory: Vec<u8>,
    from: usize,
    bytes: usize,
}

impl Buffer {
    fn new(bytes: u64) -> Buffer {
        const PAGE: usize = 4096;
        let bytes = size(bytes);
        let memory = vec![0x5a_u8; bytes.saturating_add(PAGE.saturating_mul(2))];
        let from = memory.as_ptr().align_offset(PAGE).saturating_add(PAGE / 2);
        Buffer { memory, from, bytes }
    }

    fn bytes(&mut self) -> &mut [u8] {
        self.memory
            .get_mut(self.from..)
            .and_then(|rest| rest.get_mut(..self.bytes))
            .unwrap_or_default()
    }
}

/// What either end of a ring has.
#[derive(Clone, Copy)]
struct Ends<'a> {
    stage: &'a Stage<'a>,
    form: &'a Form,
    sent: &'a AtomicU64,
    taken: &'a AtomicU64,
}

impl Ends<'_> {
    /// The places of a run of words.
    #[inline(always)]
    fn words(&self, run: &Range<u64>) -> &[AtomicU64] {
        let first = self.form.place(run.start).div_euclid(size_of::<u64>());
        let end = first.wrapping_add(size(run.end.wrapping_sub(run.start)));
        self.stage.segment.words_of(first..end)
    }

    /// Waits until there is a place for message `number`; what is known to be taken then.
    #[inline]
    fn room_for(&self, number: u64) -> u64 {
        let mut known = 0;
        wait(
            || {},
            || {
                known = self.taken.load(Ordering::Acquire);
                number.wrapping_sub(known) < self.form.slots
            },
        );
        known
    }

    /// Waits until message `number` is sent; what is known to be sent then.
    #[inline]
    fn arrival_of(&self, number: u64, pause: u64) -> u64 {
        let mut known = 0;
        wait(
            || back_off(self.stage, pause),
            || {
                known = self.sent.load(Ordering::Acquire);
                known > number
            },
        );
        known
    }

    #[inline(always)]
    fn send<M: Message + ?Sized>(&self, message: &mut M) {
        let Ends { stage, form, sent, .. } = *self;
        let (messages, slots, batch, every) = (form.messages, form.slots, form.batch, form.every);
        // From where no compiler knows that nobody looks at what is not looked at here.
        let message = std::hint::black_box(message);
        let (mut known, mut number) = (0_u64, 0_u64);
        while number < messages {
            if number.wrapping_sub(known) >= slots {
                known = self.room_for(number);
            }
            if is_multiple(number, every)
                && let Some(put) = form.put(stage, number)
            {
                put.store(stage.clock.ticks(), Ordering::Relaxed);
            }
            // As far as nothing else is to be done: what a loop asks at each message is most of what a small one takes.
            let step = if batch == 1 { every } else { batch };
            let end = next_multiple(number, step.min(slots)).min(next_multiple(number, every));
            let end = end.min(known.wrapping_add(slots)).min(messages);
            message.put(self, number..end, batch == 1);
            number = end;
            if batch > 1 && is_multiple(number, batch) {
                sent.store(number, Ordering::Release);
            }
        }
    }

    /// Takes all messages, and whether each was the one that was to come; ticks of those that are timed.
    #[inline(always)]
    fn take<M: Message + ?Sized>(&self, message: &mut M, times: &mut [u64]) -> bool {
        let Ends { stage, form, taken, .. } = *self;
        let (messages, every) = (form.messages, form.every);
        // From where no compiler knows that nobody looks at what is not looked at here.
        let message = std::hint::black_box(message);
        let mut times = times.iter_mut();
        // The sender needs to know only before the places are used up.
        let tell = (form.slots / 4).max(1);
        let pause = stage.clock.of_nanoseconds(form.back_off);
        let (mut known, mut number, mut wrong) = (0_u64, 0_u64, 0_u64);
        while number < messages {
            if known <= number {
                known = self.arrival_of(number, pause);
            }
            let is_timed = is_multiple(number, every);
            let end = if is_timed {
                number.wrapping_add(1)
            } else {
                next_multiple(number, tell).min(next_multiple(number, every)).min(known)
            };
            wrong |= message.get(self, number..end);
            if is_timed
                && let Some(put) = form.put(stage, number)
                && let Some(time) = times.next()
            {
                *time = stage.clock.ticks().wrapping_sub(put.load(Ordering::Relaxed));
            }
            number = end;
            if is_multiple(number, tell) {
                taken.store(number, Ordering::Release);
            }
        }
        wrong == 0
    }

    /// Sends messages at [`RATE`]: each begins with the time when it was due.
    fn send_at_a_rate(&self, message: &mut [u8]) {
        let Ends { stage, form, sent, .. } = *self;
        let period = stage.clock.of_nanoseconds(1e9 / f64::from(RATE));
        let mut due = stage.clock.ticks();
        let mut known = 0_u64;
        for number in 0..form.messages {
            due = due.wrapping_add(period);
            while stage.clock.ticks() < due {
                std::hint::spin_loop();
            }
            if number.wrapping_sub(known) >= form.slots {
                known = self.room_for(number);
            }
            if let Some(first) = message.first_chunk_mut() {
                *first = due.to_le_bytes();
            }
            stage.segment.put(form.place(number), message);
            sent.store(number.wrapping_add(1), Ordering::Release);
        }
    }

    /// Takes these, and how many ticks after that time each came. Nothing of them can be held against what was to come.
    fn take_at_a_rate(&self, message: &mut [u8], times: &mut [u64]) -> bool {
        let Ends { stage, form, taken, .. } = *self;
        for (number, time) in (0..form.messages).zip(times) {
            self.arrival_of(number, 0);
            stage.segment.get(form.place(number), message);
            *time = stage.clock.ticks().wrapping_sub(mark_of(message));
            taken.store(number.wrapping_add(1), Ordering::Release);
        }
        true
    }
}

/// What a message begins with.
#[inline(always)]
fn mark_of(message: &[u8]) -> u64 {
    message.first_chunk().map_or(0, |mark| u64::from_le_bytes(*mark))
}

#[inline]
fn back_off(stage: &Stage<'_>, pause: u64) {
    if pause > 0 {
        let start = stage.clock.ticks();
        while stage.clock.ticks().wrapping_sub(start) < pause {
            std::hint::spin_loop();
        }
    }
}

/// Messages a second.
#[must_use]
pub(crate) fn rate(case: &Case, messages: u64, nanoseconds: f64) -> f64 {
    float(Form::new(case, messages).messages) / nanoseconds * 1e9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Test;

    #[test]
    fn each_message_that_comes_at_a_rate_is_timed() {
        let case = Case { test: Test::Ring, op: op("64B", LATENCY), procs: 2, bytes: 64 };
        assert_eq!(Form::new(&case, first(&case)).every, 1);
        assert_eq!(sample(&case, 1.0), TIMED);
    }

    #[test]
    fn no_word_for_a_time_is_used_twice_before_it_is_read() {
        for (bytes, word) in SIZES {
            for form in FORMS {
                let case = Case { test: Test::Ring, op: op(word, form), procs: 2, bytes };
                for messages in [first(&case), sample(&case, 1e6), sample(&case, 1e12)] {
                    let form = Form::new(&case, messages);
                    assert!(form.slots.div_ceil(form.every) < PUTS, "{} {messages}", case.op);
                    assert!(form.slots.is_power_of_two() && form.batch.is_power_of_two());
                    assert!(form.messages >= form.slots, "{} {messages}", case.op);
                }
            }
        }
    }
}
