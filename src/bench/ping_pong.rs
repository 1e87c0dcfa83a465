//! A message to another process and one back: spinning on a word, on a line of 64 bytes, or sleeping on a futex.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::Case;
use super::stage::{Pass, Stage};
use crate::stats::{median, median_of, rounded};
use crate::sys::{cpu, shared};

/// The ops: spinning on a word; on a line of 64 bytes whose last word is the message's number, as a put of UCX
/// does; sleeping, on two CPUs and on one.
pub(crate) const OPS: [&str; 4] = ["spin", WITH_MESSAGE, "futex", "futex-one-cpu"];
const WITH_MESSAGE: &str = "spin-64B";

/// Round trips that are timed together: the clock costs a good part of a single one.
const BATCH: u32 = 64;
/// Batches of spinning round trips a sample.
const BATCHES: usize = 200;
/// Round trips with sleep a sample.
const SLEEPS: usize = 200;
/// Nanoseconds after which the one that answers sleeps.
const FALLS_ASLEEP: f64 = 20_000.0;
/// Round trips before anything is timed, spinning and with sleep.
const WARM_UP: u32 = 500;
const FIRST_SLEEPS: u32 = 20;

/// Words of the leader's message, and of the answer's.
const ASK: std::ops::Range<usize> = 0..8;
const ANSWER: std::ops::Range<usize> = 64..72; // 512 bytes further: no line that is fetched along

/// A message of a line: its number stands in the last word, which is stored last.
type Message = [u64; 8];

/// What a sample tells: nanoseconds of a round trip, and of single ones where they are long enough to be timed
/// one by one.
pub(crate) type Told = (f64, Vec<u64>);

/// Makes both sides begin at nothing.
pub(crate) fn clear(stage: &Stage<'_>) {
    for word in stage.segment.words() {
        word.store(0, Ordering::Relaxed);
    }
    for word in stage.segment.small_words() {
        word.store(0, Ordering::Relaxed);
    }
}

fn trips(op: &str, pass: Pass) -> u32 {
    let count = |n: usize| u32::try_from(n).unwrap_or(0);
    match pass {
        Pass::WarmUp if sleeps(op) => FIRST_SLEEPS,
        Pass::WarmUp => WARM_UP,
        Pass::Timed if sleeps(op) => count(SLEEPS),
        Pass::Timed => BATCH.saturating_mul(count(BATCHES)),
    }
}

/// Whether a process that waits sleeps.
#[must_use]
pub(crate) fn sleeps(op: &str) -> bool {
    op.starts_with("futex")
}

/// The leader's part.
pub(crate) fn lead(stage: &Stage<'_>, case: &Case, pass: Pass) -> Told {
    let mut number = 0_u64;
    let mut next = || {
        number = number.wrapping_add(1);
        number
    };
    // A loop for each: to ask in each round trip which one it is would be timed as well.
    if sleeps(&case.op) {
        return asleep(stage, pass, case.op == "futex", &mut || ask_asleep(stage, next()));
    }
    if case.op != WITH_MESSAGE {
        return awake(stage, pass, &mut || ask(stage, next()));
    }
    let mut message = Message::default();
    let told = awake(stage, pass, &mut || ask_message(stage, next(), &mut message));
    if message.first() != Some(&number) {
        stage.board.wrong().store(1, Ordering::Release);
    }
    told
}

fn awake(stage: &Stage<'_>, pass: Pass, trip: &mut impl FnMut()) -> Told {
    let clock = stage.clock;
    if pass == Pass::WarmUp {
        (0..WARM_UP).for_each(|_| trip());
        return (0.0, Vec::new());
    }
    let mut batches = [0.0_f64; BATCHES];
    stage.span(|| {
        for batch in &mut batches {
            let start = clock.ticks();
            (0..BATCH).for_each(|_| trip());
            *batch = clock.nanoseconds(clock.ticks().wrapping_sub(start)) / f64::from(BATCH);
        }
    });
    (median(&mut batches), Vec::new())
}

fn asleep(stage: &Stage<'_>, pass: Pass, pauses: bool, trip: &mut impl FnMut()) -> Told {
    let clock = stage.clock;
    if pass == Pass::WarmUp {
        (0..FIRST_SLEEPS).for_each(|_| trip());
        return (0.0, Vec::new());
    }
    let mut singles = [0_u64; SLEEPS];
    let pause = clock.of_nanoseconds(FALLS_ASLEEP);
    stage.span(|| {
        for single in &mut singles {
            // The other one must sleep, or else no sleep is measured.
            let before = clock.ticks();
            while pauses && clock.ticks().wrapping_sub(before) < pause {}
            let start = clock.ticks();
            trip();
            *single = rounded(clock.nanoseconds(clock.ticks().wrapping_sub(start)));
        }
    });
    (median_of(&singles), singles.to_vec())
}

/// The part of the one that answers.
pub(crate) fn answer(stage: &Stage<'_>, case: &Case, pass: Pass) {
    if case.op == "futex-one-cpu"
        && let Some(cpu) = stage.cpus.first()
    {
        let _ = cpu::pin(*cpu);
    }
    let numbers = 1..=u64::from(trips(&case.op, pass));
    stage.span(|| {
        if sleeps(&case.op) {
            numbers.for_each(|number| answer_asleep(stage, number));
        } else if case.op == WITH_MESSAGE {
            numbers.for_each(|number| answer_message(stage, number));
        } else {
            numbers.for_each(|number| answer_awake(stage, number));
        }
    });
    if let Some(cpu) = stage.cpus.get(stage.proc) {
        let _ = cpu::pin(*cpu);
    }
}

fn wait_for(word: &AtomicU64, value: u64) {
    let mut turns = 0_u32;
    while word.load(Ordering::Acquire) != value {
        turns = turns.wrapping_add(1);
        if turns.is_multiple_of(1 << 16) {
            std::thread::yield_now();
        }
        std::hint::spin_loop();
    }
}

/// One line goes to and fro: the question is odd, the answer even.
fn ask(stage: &Stage<'_>, number: u64) {
    let Some(word) = stage.segment.words().first() else { return };
    let number = number.wrapping_mul(2);
    word.store(number.wrapping_sub(1), Ordering::Release);
    wait_for(word, number);
}

fn answer_awake(stage: &Stage<'_>, number: u64) {
    let Some(word) = stage.segment.words().first() else { return };
    let number = number.wrapping_mul(2);
    wait_for(word, number.wrapping_sub(1));
    word.store(number, Ordering::Release);
}

fn ask_message(stage: &Stage<'_>, number: u64, message: &mut Message) {
    let words = stage.segment.words();
    let (Some(ask), Some(answer)) = (line(words, ASK), line(words, ANSWER)) else { return };
    *message = [number; 8];
    put(ask, message);
    get(answer, number, message);
}

fn answer_message(stage: &Stage<'_>, number: u64) {
    let words = stage.segment.words();
    let (Some(ask), Some(answer)) = (line(words, ASK), line(words, ANSWER)) else { return };
    let mut message = Message::default();
    get(ask, number, &mut message);
    put(answer, &message);
}

fn line(words: &[AtomicU64], at: std::ops::Range<usize>) -> Option<&[AtomicU64; 8]> {
    words.get(at).and_then(|line| line.try_into().ok())
}

/// Stores a message, its number last.
fn put(line: &[AtomicU64; 8], message: &Message) {
    let ([rest @ .., number], [its @ .., last]) = (line, message);
    for (word, value) in rest.iter().zip(its) {
        word.store(*value, Ordering::Relaxed);
    }
    number.store(*last, Ordering::Release);
}

/// Waits for the message of this number, and loads it.
fn get(line: &[AtomicU64; 8], number: u64, message: &mut Message) {
    let ([rest @ .., last], [its @ .., its_last]) = (line, message);
    wait_for(last, number);
    for (word, value) in rest.iter().zip(its) {
        *value = word.load(Ordering::Relaxed);
    }
    *its_last = number;
}

fn ask_asleep(stage: &Stage<'_>, number: u64) {
    let (Some(ask), Some(answer)) = futexes(stage) else { return };
    let number = u32::try_from(number).unwrap_or(0);
    ask.store(number, Ordering::Release);
    shared::wake(ask);
    sleep_until(answer, number);
}

fn answer_asleep(stage: &Stage<'_>, number: u64) {
    let (Some(ask), Some(answer)) = futexes(stage) else { return };
    let number = u32::try_from(number).unwrap_or(0);
    sleep_until(ask, number);
    answer.store(number, Ordering::Release);
    shared::wake(answer);
}

/// Should the other one be gone, whoever started the leader ends it (`run::TIMEOUT`), and with it the
/// one that answers.
fn sleep_until(word: &AtomicU32, value: u32) {
    loop {
        let seen = word.load(Ordering::Acquire);
        if seen == value {
            return;
        }
        shared::wait_for_wake(word, seen);
    }
}

fn futexes<'a>(stage: &Stage<'a>) -> (Option<&'a AtomicU32>, Option<&'a AtomicU32>) {
    let words = stage.segment.small_words();
    (words.first(), words.get(64))
}
