//! How far apart the counters of two CPUs are, by trips there and back.

use std::sync::atomic::Ordering;

use super::stage::{Stage, wait};

/// Round trips.
const COMPARED: u32 = 1_000;

/// Words of the segment: what is asked, what is answered, and when.
const ASKED: usize = 384;
const ANSWERED: usize = 416;
const WHEN: usize = 417;

/// The leader's part: how many ticks the other CPU's counter is ahead. The fastest trip there and the fastest trip
/// back take equally long, so the offset is half of what they seem to differ by.
pub(crate) fn ahead(stage: &Stage<'_>) -> i64 {
    let words = stage.segment.words();
    let (Some(asked), Some(answered), Some(when)) =
        (words.get(ASKED), words.get(ANSWERED), words.get(WHEN))
    else {
        return 0;
    };
    let (mut there, mut back) = (i64::MAX, i64::MAX);
    for number in 1..=u64::from(COMPARED) {
        let begin = stage.clock.ticks();
        asked.store(number, Ordering::Release);
        wait(|| {}, || answered.load(Ordering::Acquire) == number);
        let end = stage.clock.ticks();
        let its = when.load(Ordering::Relaxed);
        there = there.min(its.wrapping_sub(begin).cast_signed());
        back = back.min(end.wrapping_sub(its).cast_signed());
    }
    there.wrapping_sub(back) / 2
}

/// The part of the other process.
pub(crate) fn answer(stage: &Stage<'_>) {
    let words = stage.segment.words();
    let (Some(asked), Some(answered), Some(when)) =
        (words.get(ASKED), words.get(ANSWERED), words.get(WHEN))
    else {
        return;
    };
    for number in 1..=u64::from(COMPARED) {
        wait(|| {}, || asked.load(Ordering::Acquire) == number);
        when.store(stage.clock.ticks(), Ordering::Relaxed);
        answered.store(number, Ordering::Release);
    }
}
