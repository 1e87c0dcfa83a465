//! A message of a ring: what it takes to write a run of them to their places, and to take them from there.

use std::ops::Range;
use std::sync::atomic::Ordering;

use super::{Ends, mark_of};

/// A message as either end has it; runs of them, which end at the last place at the latest.
pub(super) trait Message {
    /// Writes them to their places; with `each` the count of what was sent is told after each.
    fn put(&mut self, ends: &Ends<'_>, run: Range<u64>, each: bool);

    /// Takes them; zero if each is the one that was to come.
    fn get(&mut self, ends: &Ends<'_>, run: Range<u64>) -> u64;
}

/// A message that is one word: it has no memory of its own.
pub(super) struct Word;

impl Message for Word {
    #[inline(always)]
    fn put(&mut self, ends: &Ends<'_>, run: Range<u64>, each: bool) {
        let Ends { form, sent, .. } = *ends;
        let words = ends.words(&run).iter().zip(run);
        if each {
            for (word, number) in words {
                word.store(form.mark(number), Ordering::Relaxed);
                sent.store(number.wrapping_add(1), Ordering::Release);
            }
        } else {
            for (word, number) in words {
                word.store(form.mark(number), Ordering::Relaxed);
            }
        }
    }

    #[inline(always)]
    fn get(&mut self, ends: &Ends<'_>, run: Range<u64>) -> u64 {
        let words = ends.words(&run);
        let is_whole = u64::try_from(words.len()) == Ok(run.end.wrapping_sub(run.start));
        let words = words.iter().zip(run);
        words.fold(u64::from(!is_whole), |wrong, (word, number)| {
            wrong | word.load(Ordering::Relaxed) ^ ends.form.mark(number)
        })
    }
}

impl<M: AsMut<[u8]> + ?Sized> Message for M {
    #[inline(always)]
    fn put(&mut self, ends: &Ends<'_>, run: Range<u64>, each: bool) {
        let Ends { stage, form, sent, .. } = *ends;
        let message = self.as_mut();
        for number in run {
            if let Some(first) = message.first_chunk_mut() {
                *first = form.mark(number).to_le_bytes();
            }
            stage.segment.put(form.place(number), message);
            if each {
                sent.store(number.wrapping_add(1), Ordering::Release);
            }
        }
    }

    #[inline(always)]
    fn get(&mut self, ends: &Ends<'_>, run: Range<u64>) -> u64 {
        let message = self.as_mut();
        run.fold(0, |wrong, number| {
            ends.stage.segment.get(ends.form.place(number), message);
            wrong | mark_of(message) ^ ends.form.mark(number)
        })
    }
}
