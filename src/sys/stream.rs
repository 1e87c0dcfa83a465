//! Runs through memory as fast as the CPU can: what is stored, loaded and copied is never lent, and
//! no compiler can leave it out.

use super::mapping::Mapping;

/// What is done to a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The same words are stored everywhere.
    Fill,
    /// The same, past the caches.
    FillPast,
    /// Numbers that go up are stored.
    Write,
    /// The same, past the caches.
    WritePast,
    /// Each word is loaded.
    Read,
    /// The range is copied to a second one of the same size right behind it, by plain loads and stores: C's memcpy
    /// stores past the caches from a size of its own on.
    Copy,
    /// The same, past the caches.
    CopyPast,
}

/// Bytes that one turn of a loop does: ranges are multiples.
const TURN: usize = 256;

/// Whether this CPU can store past its caches.
#[must_use]
pub(crate) fn can_pass_caches() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx2");
    #[cfg(target_arch = "aarch64")]
    return std::arch::is_aarch64_feature_detected!("neon");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    false
}

/// Loops over pairs of registers.
#[cfg(target_arch = "aarch64")]
#[path = "neon.rs"]
mod wide;

impl Mapping {
    /// Runs through `bytes` from `offset` on, rounded down to 256; a number that hangs on what was
    /// read. Does nothing where the range is not inside, or the CPU cannot.
    #[must_use]
    pub fn stream(&self, stream: Stream, offset: usize, bytes: usize) -> u64 {
        let bytes = bytes.checked_div(TURN).unwrap_or(0).saturating_mul(TURN);
        let copies = matches!(stream, Stream::Copy | Stream::CopyPast);
        let all = if copies { bytes.saturating_mul(2) } else { bytes };
        if !offset.is_multiple_of(64)
            || offset.checked_add(all).is_none_or(|end| end > self.bytes())
        {
            return 0;
        }
        let at = self.start().wrapping_add(offset);
        let past = matches!(stream, Stream::FillPast | Stream::WritePast | Stream::CopyPast);
        if past && !can_pass_caches() {
            return 0;
        }
        let range = Range { at, bytes };
        match stream {
            Stream::Read => range.read(),
            Stream::Fill => range.store::<false>(),
            Stream::Write => range.store::<true>(),
            Stream::Copy => range.copy(),
            Stream::FillPast | Stream::WritePast | Stream::CopyPast => range.pass(stream),
        }
    }

    /// Stores a message at `offset`, if it fits. Part of whatever loop it is in: with a size known there it is a few
    /// instructions.
    #[inline(always)]
    pub fn put(&self, offset: usize, message: &[u8]) {
        if offset.checked_add(message.len()).is_some_and(|end| end <= self.bytes()) {
            let at = self.start().wrapping_add(offset);
            // A copy of a size that the compiler knows is two stores, any other one a call.
            if let Ok(line) = <&[u8; 64]>::try_from(message) {
                // SAFETY: inside of a writable mapping of ours; whoever else has it does not look
                // there before it is told to. A place for bytes may lie anywhere.
                unsafe { at.cast::<[u8; 64]>().write_unaligned(*line) };
            } else if let Ok(word) = <&[u8; 8]>::try_from(message) {
                // SAFETY: the same.
                unsafe { at.cast::<[u8; 8]>().write_unaligned(*word) };
            } else {
                // SAFETY: the same.
                unsafe { at.copy_from_nonoverlapping(message.as_ptr(), message.len()) };
            }
        }
    }

    /// Loads a message from `offset`, if that is inside.
    #[inline(always)]
    pub fn get(&self, offset: usize, message: &mut [u8]) {
        if offset.checked_add(message.len()).is_some_and(|end| end <= self.bytes()) {
            let at = self.start().wrapping_add(offset);
            if let Ok(line) = <&mut [u8; 64]>::try_from(&mut *message) {
                // SAFETY: inside of a mapping of ours, and behind no reference; whoever wrote it has
                // told so, and writes there no more before it is told to. Bytes may lie anywhere.
                *line = unsafe { at.cast::<[u8; 64]>().read_unaligned() };
            } else if let Ok(word) = <&mut [u8; 8]>::try_from(&mut *message) {
                // SAFETY: the same.
                *word = unsafe { at.cast::<[u8; 8]>().read_unaligned() };
            } else {
                // SAFETY: the same.
                unsafe { at.copy_to_nonoverlapping(message.as_mut_ptr(), message.len()) };
            }
        }
    }
}

/// A range of a mapping, whole turns of a loop.
#[derive(Clone, Copy)]
struct Range {
    at: *mut u8,
    bytes: usize,
}

impl Range {
    fn read(self) -> u64 {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the CPU has it.
            return unsafe { wide::read(self) };
        }
        #[cfg(target_arch = "aarch64")]
        if can_pass_caches() {
            // SAFETY: the CPU has it.
            return unsafe { wide::read(self) };
        }
        self.words().fold(0, |sum, word| {
            // SAFETY: an aligned word inside of the range.
            sum ^ unsafe { word.read_volatile() }
        })
    }

    fn store<const GOES_UP: bool>(self) -> u64 {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the CPU has it.
            unsafe { wide::store::<false, GOES_UP>(self) };
            return 0;
        }
        #[cfg(target_arch = "aarch64")]
        if can_pass_caches() {
            // SAFETY: the CPU has it.
            unsafe { wide::store::<false, GOES_UP>(self) };
            return 0;
        }
        for (word, value) in self.words().zip(1_u64..) {
            // SAFETY: an aligned word inside of the range.
            unsafe { word.write_volatile(if GOES_UP { value } else { 1 }) };
        }
        0
    }

    fn copy(self) -> u64 {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the CPU has it; the caller knows that the second range is inside too.
            unsafe { wide::copy(self) };
            return 0;
        }
        #[cfg(target_arch = "aarch64")]
        if can_pass_caches() {
            // SAFETY: the CPU has it; the caller knows that the second range is inside too.
            unsafe { wide::copy(self) };
            return 0;
        }
        for word in self.words() {
            let to = word.wrapping_byte_add(self.bytes);
            // SAFETY: an aligned word inside of the range.
            let value = unsafe { word.read_volatile() };
            // SAFETY: the same of the second range, which the caller knows to be there.
            unsafe { to.write_volatile(value) };
        }
        0
    }

    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    fn pass(self, stream: Stream) -> u64 {
        match stream {
            // SAFETY: the caller asked whether the CPU has it.
            Stream::FillPast => unsafe { wide::store::<true, false>(self) },
            // SAFETY: the same.
            Stream::WritePast => unsafe { wide::store::<true, true>(self) },
            // SAFETY: the same; the caller knows that the second range is inside too.
            _ => unsafe { wide::copy_past(self) },
        }
        0
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn pass(self, _: Stream) -> u64 {
        0
    }

    fn words(self) -> impl Iterator<Item = *mut u64> {
        (0..self.bytes).step_by(8).map(move |at| self.at.wrapping_add(at).cast::<u64>())
    }
}

/// Loops over 32 bytes at a time (AVX2).
#[cfg(target_arch = "x86_64")]
mod wide {
    use core::arch::x86_64::{
        __m256i, _mm_sfence, _mm256_add_epi64, _mm256_extract_epi64, _mm256_load_si256,
        _mm256_set_epi64x, _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_store_si256,
        _mm256_stream_si256, _mm256_xor_si256,
    };

    use super::{Range, TURN};

    /// Bytes between the places that a copy past the caches works on in turn: a page. Four of them keep the memory
    /// busier than one, which a CPU fetches ahead of only within a page.
    const PAGE: usize = 4 << 10;

    /// Parts of a turn, each a constant: a loop over them would stay one, as the program is built to
    /// be small.
    macro_rules! parts {
        ($part:ident => $body:expr) => {
            parts!(@ $part => $body; 0 32 64 96 128 160 192 224);
        };
        (@ $part:ident => $body:expr; $($at:literal)*) => {
            $({
                let $part: usize = $at;
                $body;
            })*
        };
    }

    #[target_feature(enable = "avx2")]
    pub(crate) fn store<const PAST: bool, const GOES_UP: bool>(range: Range) {
        let mut value = _mm256_set_epi64x(4, 3, 2, 1);
        let more = _mm256_set1_epi64x(if GOES_UP { 4 } else { 0 });
        for turn in (0..range.bytes).step_by(TURN) {
            let start = range.at.wrapping_add(turn);
            parts!(part => {
                let at = start.wrapping_add(part).cast::<__m256i>();
                if PAST {
                    // SAFETY: 32 bytes inside of the range, which starts at a multiple of 64.
                    unsafe { _mm256_stream_si256(at, value) };
                } else {
                    // SAFETY: the same.
                    unsafe { _mm256_store_si256(at, value) };
                }
                if GOES_UP {
                    value = _mm256_add_epi64(value, more);
                }
            });
        }
        if PAST {
            _mm_sfence();
        }
        std::hint::black_box(range.at);
    }

    /// Bytes between two places that are read at the same time: four of them keep the memory busier
    /// than one, by a quarter where this was measured.
    const APART: usize = 64 << 10;

    #[target_feature(enable = "avx2")]
    pub(crate) fn read(range: Range) -> u64 {
        let mut sums = [_mm256_setzero_si256(); 4];
        let block = APART.wrapping_mul(4);
        let blocks = range.bytes.div_euclid(block).wrapping_mul(block);
        for start in (0..blocks).step_by(block) {
            for at in (0..APART).step_by(128) {
                let at = range.at.wrapping_add(start).wrapping_add(at);
                half_a_turn(&mut sums, at);
                half_a_turn(&mut sums, at.wrapping_add(APART));
                half_a_turn(&mut sums, at.wrapping_add(APART.wrapping_mul(2)));
                half_a_turn(&mut sums, at.wrapping_add(APART.wrapping_mul(3)));
            }
        }
        for at in (blocks..range.bytes).step_by(128) {
            half_a_turn(&mut sums, range.at.wrapping_add(at));
        }
        let all = sums.iter().fold(_mm256_setzero_si256(), |all, sum| _mm256_xor_si256(all, *sum));
        _mm256_extract_epi64::<0>(all).cast_unsigned()
    }

    /// Loads 128 bytes of a range, from a multiple of 128 on.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn half_a_turn(sums: &mut [__m256i; 4], at: *mut u8) {
        let [a, b, c, d] = sums;
        // SAFETY: 32 bytes inside of the range, which starts at a multiple of 64.
        *a = _mm256_xor_si256(*a, unsafe { _mm256_load_si256(at.cast()) });
        // SAFETY: the same.
        *b = _mm256_xor_si256(*b, unsafe { _mm256_load_si256(at.wrapping_add(32).cast()) });
        // SAFETY: the same.
        *c = _mm256_xor_si256(*c, unsafe { _mm256_load_si256(at.wrapping_add(64).cast()) });
        // SAFETY: the same.
        *d = _mm256_xor_si256(*d, unsafe { _mm256_load_si256(at.wrapping_add(96).cast()) });
    }

    #[target_feature(enable = "avx2")]
    pub(crate) fn copy(range: Range) {
        let to = range.at.wrapping_add(range.bytes);
        for turn in (0..range.bytes).step_by(TURN) {
            let (from, to) = (range.at.wrapping_add(turn), to.wrapping_add(turn));
            parts!(part => {
                // SAFETY: 32 bytes inside of the first range, at a multiple of 32.
                let value = unsafe { _mm256_load_si256(from.wrapping_add(part).cast::<__m256i>()) };
                // SAFETY: 32 bytes inside of the second range, at a multiple of 32.
                unsafe { _mm256_store_si256(to.wrapping_add(part).cast::<__m256i>(), value) };
            });
        }
        std::hint::black_box(to);
    }

    #[target_feature(enable = "avx2")]
    pub(crate) fn copy_past(range: Range) {
        let block = PAGE.wrapping_mul(4);
        let blocks = range.bytes.div_euclid(block).wrapping_mul(block);
        for start in (0..blocks).step_by(block) {
            for at in (0..PAGE).step_by(128) {
                let at = start.wrapping_add(at);
                half_a_turn_past(range, at);
                half_a_turn_past(range, at.wrapping_add(PAGE));
                half_a_turn_past(range, at.wrapping_add(PAGE.wrapping_mul(2)));
                half_a_turn_past(range, at.wrapping_add(PAGE.wrapping_mul(3)));
            }
        }
        for at in (blocks..range.bytes).step_by(128) {
            half_a_turn_past(range, at);
        }
        _mm_sfence();
        std::hint::black_box(range.at);
    }

    /// Copies 128 bytes of a range, from a multiple of 128 on, past the caches.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn half_a_turn_past(range: Range, at: usize) {
        let from = range.at.wrapping_add(at).cast::<__m256i>();
        let to = from.wrapping_byte_add(range.bytes);
        // SAFETY: 128 bytes inside of the first range, at a multiple of 32.
        let a = unsafe { _mm256_load_si256(from) };
        // SAFETY: the same.
        let b = unsafe { _mm256_load_si256(from.wrapping_add(1)) };
        // SAFETY: the same.
        let c = unsafe { _mm256_load_si256(from.wrapping_add(2)) };
        // SAFETY: the same.
        let d = unsafe { _mm256_load_si256(from.wrapping_add(3)) };
        // SAFETY: 128 bytes inside of the second range, at a multiple of 32.
        unsafe { _mm256_stream_si256(to, a) };
        // SAFETY: the same.
        unsafe { _mm256_stream_si256(to.wrapping_add(1), b) };
        // SAFETY: the same.
        unsafe { _mm256_stream_si256(to.wrapping_add(2), c) };
        // SAFETY: the same.
        unsafe { _mm256_stream_si256(to.wrapping_add(3), d) };
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    fn mapping() -> Mapping {
        Mapping::anonymous(NonZeroUsize::new(1 << 20).unwrap(), None).unwrap()
    }

    fn bytes(mapping: &Mapping, offset: usize) -> [u8; 64] {
        let mut found = [0; 64];
        mapping.get(offset, &mut found);
        found
    }

    #[test]
    fn a_range_is_filled_to_its_last_byte_and_not_beyond() {
        for stream in [Stream::Fill, Stream::FillPast, Stream::Write, Stream::WritePast] {
            if stream != Stream::Fill && stream != Stream::Write && !can_pass_caches() {
                continue;
            }
            let mapping = mapping();
            let _ = mapping.stream(stream, 64, 4096);
            assert_eq!(bytes(&mapping, 0), [0; 64], "{stream:?}");
            assert_ne!(bytes(&mapping, 64), [0; 64], "{stream:?}");
            assert_ne!(bytes(&mapping, 4096)[56..], [0; 8], "{stream:?}");
            assert_eq!(bytes(&mapping, 4160), [0; 64], "{stream:?}");
        }
    }

    #[test]
    fn a_copy_is_the_same_and_lies_behind() {
        for stream in [Stream::Copy, Stream::CopyPast] {
            if stream == Stream::CopyPast && !can_pass_caches() {
                continue;
            }
            let mapping = mapping();
            let message: Vec<u8> = (0..=255).cycle().take(512).collect();
            mapping.put(0, &message);
            let _ = mapping.stream(stream, 0, 512);
            let mut copied = vec![0; 512];
            mapping.get(512, &mut copied);
            assert_eq!(copied, message);
            assert_eq!(bytes(&mapping, 1024), [0; 64]);
        }
    }

    #[test]
    fn what_is_read_hangs_on_every_word() {
        let mapping = mapping();
        let before = mapping.stream(Stream::Read, 0, 4096);
        mapping.put(4064, &7_u64.to_le_bytes());
        let after = mapping.stream(Stream::Read, 0, 4096);
        assert_eq!((before, after), (0, 7));
        // Each word that takes part in the sum, once, also where four places are read at a time.
        for (offset, value) in [(0, 8_u64), (96 << 10, 16), (255 << 10, 32), ((300 << 10) - 32, 64)]
        {
            mapping.put(offset, &value.to_le_bytes());
        }
        assert_eq!(mapping.stream(Stream::Read, 0, 300 << 10), 127);
    }

    #[test]
    fn nothing_outside_is_touched() {
        let mapping = mapping();
        let _ = mapping.stream(Stream::Fill, 64, 1 << 20);
        let _ = mapping.stream(Stream::Copy, 0, 1 << 20);
        mapping.put((1 << 20) - 4, &[1; 8]);
        assert_eq!(mapping.stream(Stream::Read, 0, 1 << 20), 0);
    }
}
