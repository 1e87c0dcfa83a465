//! Eight times the text takes about eight times the time. Told by the CPU time of this thread, so that a busy machine
//! changes nothing, and only where it is far off three times in a row.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// Bytes of the smaller text of a first look, and of the look that must confirm it.
const FIRST: usize = 8 << 10;
const CONFIRMING: usize = 32 << 10;

/// So many times as much text.
const MORE: usize = 8;

/// Where time grows with the square of the text it is 64.
const MOST: u32 = 24;

/// What 64 KiB may take, on the slowest machine and without optimisation.
const LONGEST: Duration = Duration::from_secs(4);

/// What takes less than this is no matter, in the first look and in the confirming one.
const SOON: [Duration; 2] = [Duration::from_millis(4), Duration::from_millis(60)];

fn cpu_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap().into()
}

/// One input in `many` is measured; which ones is told by their bytes, so that one that was found is found again.
pub fn is_measured(data: &[u8], many: usize) -> bool {
    number(data).is_multiple_of(many)
}

/// A number that the bytes of an input tell, and that looks random (FNV-1a).
pub fn number(data: &[u8]) -> usize {
    let hash = data.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    usize::try_from(hash >> 40).unwrap_or(0)
}

/// `text` over and over, `bytes` of it at least, and nothing of a text without a byte.
pub fn repeated(text: &str, bytes: usize) -> String {
    if text.is_empty() { String::new() } else { text.repeat(bytes.div_ceil(text.len())) }
}

/// That the time of `work` does not grow faster than what `input` makes for a number of bytes.
pub fn is_linear<T>(what: &str, input: impl Fn(usize) -> T, work: impl Fn(&T)) {
    let time = |input: &T| {
        let before = cpu_time();
        work(input);
        cpu_time() - before
    };
    for (bytes, soon) in [FIRST, CONFIRMING].into_iter().zip(SOON) {
        let (small, large) = (input(bytes), input(bytes * MORE));
        let mut measured = Vec::new();
        for _ in 0..3 {
            // The least of two: a first one may be slowed by what was just made.
            let few = time(&small).min(time(&small));
            let many = time(&large);
            assert!(bytes != FIRST || many < LONGEST, "{what}: 64 KiB take {many:?}");
            if many < soon || many < few * MOST {
                return;
            }
            measured.push((few, many));
        }
        assert!(
            bytes != CONFIRMING,
            "{what}: {MORE} times of {bytes} bytes takes too long: {measured:?}"
        );
    }
}
