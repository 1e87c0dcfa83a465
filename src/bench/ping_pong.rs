//! A message to another process and one back: spinning on one cache line, with 64 bytes, or sleeping
//! on a futex.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::Case;
use super::twins::Stage;
use crate::stats::{median, median_of, rounded};
use crate::sys::{cpu, shared};

/// The ops: spinning on one line; the same with a message of 64 bytes; sleeping, on two CPUs and on
/// one.
pub(crate) const OPS: [&str; 4] = ["spin", WITH_MESSAGE, "futex", "futex-one-cpu"];
const WITH_MESSAGE: &str = "spin-64B";

/// Round trips that are timed together: the clock costs a good part of a single one.
const BATCH: u32 = 64;
/// Batches of spinning round trips, and single ones, a sample.
const BATCHES: u32 = 120;
const SINGLES: u32 = 4_000;
/// Round trips with sleep a sample.
const SLEEPS: u32 = 200;
/// Nanoseconds after which the one that answers sleeps.
const FALLS_ASLEEP: f64 = 20_000.0;
/// Round trips before anything is timed, spinning and with sleep.
const WARM_UP: u32 = 500;
const FIRST_SLEEPS: u32 = 20;

/// Word of the leader's message, and of the answer's number.
const ASK: usize = 0;
const ANSWER: usize = 64; // 512 bytes further: no line that is fetched along

/// Bytes of the message and where they lie.
const MESSAGE: usize = 64;
const ASKED: usize = 4096;
const ANSWERED: usize = 4096 + 512;

/// What a sample tells: nanoseconds of a round trip, and of single ones.
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

fn trips(op: &str) -> u32 {
    if sleeps(op) {
        FIRST_SLEEPS.saturating_add(SLEEPS)
    } else {
        WARM_UP.saturating_add(BATCH.saturating_mul(BATCHES)).saturating_add(SINGLES)
    }
}

fn sleeps(op: &str) -> bool {
    op.starts_with("futex")
}

/// The leader's part.
pub(crate) fn lead(stage: &Stage<'_>, case: &Case) -> Told {
    let mut number = 0_u64;
    let mut next = || {
        number = number.wrapping_add(1);
        number
    };
    // A loop for each: to ask in each round trip which one it is would be timed as well.
    if sleeps(&case.op) {
        return asleep(stage, case.op == "futex", &mut || ask_asleep(stage, next()));
    }
    if case.op != WITH_MESSAGE {
        return awake(stage, &mut || ask(stage, next()));
    }
    let mut message = [0_u8; MESSAGE];
    let told = awake(stage, &mut || ask_message(stage, next(), &mut message));
    if message.first_chunk().map(|n| u64::from_le_bytes(*n)) != Some(number) {
        stage.board.wrong().store(1, Ordering::Release);
    }
    told
}

fn awake(stage: &Stage<'_>, trip: &mut impl FnMut()) -> Told {
    let clock = stage.clock;
    (0..WARM_UP).for_each(|_| trip());
    let mut batches: Vec<f64> = (0..BATCHES)
        .map(|_| {
            let start = clock.ticks();
            (0..BATCH).for_each(|_| trip());
            clock.nanoseconds(clock.ticks().wrapping_sub(start)) / f64::from(BATCH)
        })
        .collect();
    let mut singles = Vec::new();
    let mut last = clock.ticks();
    for _ in 0..SINGLES {
        trip();
        let now = clock.ticks();
        singles.push(rounded(clock.nanoseconds(now.wrapping_sub(last))));
        last = now;
    }
    (median(&mut batches), singles)
}

fn asleep(stage: &Stage<'_>, pauses: bool, trip: &mut impl FnMut()) -> Told {
    let clock = stage.clock;
    (0..FIRST_SLEEPS).for_each(|_| trip());
    let mut singles = Vec::new();
    let pause = clock.of_nanoseconds(FALLS_ASLEEP);
    for _ in 0..SLEEPS {
        // The other one must sleep, or else no sleep is measured.
        let before = clock.ticks();
        while pauses && clock.ticks().wrapping_sub(before) < pause {}
        let start = clock.ticks();
        trip();
        singles.push(rounded(clock.nanoseconds(clock.ticks().wrapping_sub(start))));
    }
    (median_of(&singles), singles)
}

/// The part of the one that answers.
pub(crate) fn answer(stage: &Stage<'_>, case: &Case) {
    if case.op == "futex-one-cpu"
        && let Some(cpu) = stage.cpus.first()
    {
        let _ = cpu::pin(*cpu);
    }
    let numbers = 1..=u64::from(trips(&case.op));
    if sleeps(&case.op) {
        numbers.for_each(|number| answer_asleep(stage, number));
    } else if case.op == WITH_MESSAGE {
        let mut message = [0_u8; MESSAGE];
        numbers.for_each(|number| answer_message(stage, number, &mut message));
    } else {
        numbers.for_each(|number| answer_awake(stage, number));
    }
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
    let Some(word) = stage.segment.words().get(ASK) else { return };
    let number = number.wrapping_mul(2);
    word.store(number.wrapping_sub(1), Ordering::Release);
    wait_for(word, number);
}

fn answer_awake(stage: &Stage<'_>, number: u64) {
    let Some(word) = stage.segment.words().get(ASK) else { return };
    let number = number.wrapping_mul(2);
    wait_for(word, number.wrapping_sub(1));
    word.store(number, Ordering::Release);
}

fn ask_message(stage: &Stage<'_>, number: u64, message: &mut [u8; MESSAGE]) {
    let words = stage.segment.words();
    let (Some(ask), Some(answer)) = (words.get(ASK), words.get(ANSWER)) else { return };
    if let Some(first) = message.first_chunk_mut() {
        *first = number.to_le_bytes();
    }
    stage.segment.put(ASKED, message);
    ask.store(number, Ordering::Release);
    wait_for(answer, number);
    stage.segment.get(ANSWERED, message);
}

fn answer_message(stage: &Stage<'_>, number: u64, message: &mut [u8; MESSAGE]) {
    let words = stage.segment.words();
    let (Some(ask), Some(answer)) = (words.get(ASK), words.get(ANSWER)) else { return };
    wait_for(ask, number);
    stage.segment.get(ASKED, message);
    stage.segment.put(ANSWERED, message);
    answer.store(number, Ordering::Release);
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
