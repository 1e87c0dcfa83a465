//! The loops of `stream` on aarch64: pairs of registers of 16 bytes (NEON), which every such CPU has. Past the caches:
//! `stnp`, which says that nobody will read it soon.

use core::arch::aarch64::{
    uint64x2_t, vaddq_u64, vcombine_u64, vcreate_u64, vdupq_n_u64, veorq_u64, vgetq_lane_u64,
    vld1q_u64, vst1q_u64,
};

use super::{Range, TURN};

/// Bytes between the places that a copy past the caches works on in turn: a small page, as on x86.
const PAGE: usize = 4 << 10;

/// Bytes between two places that are read at the same time, as on x86.
const APART: usize = 64 << 10;

/// Bytes of a pair of registers.
const PAIR: usize = 32;

/// Parts of half a turn, each a constant: a loop over them would stay one, as the program is built to be small.
macro_rules! parts {
    ($part:ident => $body:expr) => {
        parts!(@ $part => $body; 0 32 64 96);
    };
    (@ $part:ident => $body:expr; $($at:literal)*) => {
        $({
            let $part: usize = $at;
            $body;
        })*
    };
}

/// Stores a pair of registers past the caches.
///
/// # Safety
/// There are 32 bytes to store to, at a multiple of 16.
#[target_feature(enable = "neon")]
#[inline]
unsafe fn store_past(at: *mut u8, (low, high): (uint64x2_t, uint64x2_t)) {
    // SAFETY: the caller's word.
    unsafe {
        core::arch::asm!(
            "stnp {low:q}, {high:q}, [{at}]",
            low = in(vreg) low,
            high = in(vreg) high,
            at = in(reg) at,
            options(nostack, preserves_flags)
        );
    }
}

/// Stores a pair of registers.
///
/// # Safety
/// As of `store_past`.
#[target_feature(enable = "neon")]
#[inline]
unsafe fn store_plain(at: *mut u8, (low, high): (uint64x2_t, uint64x2_t)) {
    // SAFETY: the caller's word.
    unsafe { vst1q_u64(at.cast(), low) };
    // SAFETY: the same.
    unsafe { vst1q_u64(at.wrapping_add(16).cast(), high) };
}

/// Loads a pair of registers.
///
/// # Safety
/// There are 32 bytes to load, at a multiple of 16.
#[target_feature(enable = "neon")]
#[inline]
unsafe fn load(at: *const u8) -> (uint64x2_t, uint64x2_t) {
    // SAFETY: the caller's word.
    let low = unsafe { vld1q_u64(at.cast()) };
    // SAFETY: the same.
    let high = unsafe { vld1q_u64(at.wrapping_add(16).cast()) };
    (low, high)
}

/// Waits until what was stored is where others see it.
fn stores_are_done() {
    // SAFETY: waits; touches no memory of its own.
    unsafe { core::arch::asm!("dsb ishst", options(nostack, preserves_flags)) };
}

#[target_feature(enable = "neon")]
pub(crate) fn store<const PAST: bool, const GOES_UP: bool>(range: Range) {
    let two = |low: u64, high: u64| vcombine_u64(vcreate_u64(low), vcreate_u64(high));
    let (mut low, mut high) = (two(1, 2), two(3, 4));
    let more = vdupq_n_u64(if GOES_UP { 4 } else { 0 });
    for half in (0..range.bytes).step_by(TURN / 2) {
        let start = range.at.wrapping_add(half);
        parts!(part => {
            let at = start.wrapping_add(part);
            if PAST {
                // SAFETY: 32 bytes inside of the range, which starts at a multiple of 64.
                unsafe { store_past(at, (low, high)) };
            } else {
                // SAFETY: the same.
                unsafe { store_plain(at, (low, high)) };
            }
            if GOES_UP {
                (low, high) = (vaddq_u64(low, more), vaddq_u64(high, more));
            }
        });
    }
    if PAST {
        stores_are_done();
    }
    std::hint::black_box(range.at);
}

#[target_feature(enable = "neon")]
pub(crate) fn read(range: Range) -> u64 {
    let mut sums = [(vdupq_n_u64(0), vdupq_n_u64(0)); 4];
    let block = APART.wrapping_mul(4);
    let blocks = range.bytes.div_euclid(block).wrapping_mul(block);
    for start in (0..blocks).step_by(block) {
        for at in (0..APART).step_by(TURN / 2) {
            let at = range.at.wrapping_add(start).wrapping_add(at);
            read_half(&mut sums, at);
            read_half(&mut sums, at.wrapping_add(APART));
            read_half(&mut sums, at.wrapping_add(APART.wrapping_mul(2)));
            read_half(&mut sums, at.wrapping_add(APART.wrapping_mul(3)));
        }
    }
    for at in (blocks..range.bytes).step_by(TURN / 2) {
        read_half(&mut sums, range.at.wrapping_add(at));
    }
    let all =
        sums.iter().fold(vdupq_n_u64(0), |all, (low, high)| veorq_u64(all, veorq_u64(*low, *high)));
    vgetq_lane_u64::<0>(all) ^ vgetq_lane_u64::<1>(all)
}

/// Loads 128 bytes of a range, from a multiple of 128 on.
#[target_feature(enable = "neon")]
#[inline]
fn read_half(sums: &mut [(uint64x2_t, uint64x2_t); 4], at: *mut u8) {
    for (sum, part) in sums.iter_mut().zip((0..).step_by(PAIR)) {
        // SAFETY: 32 bytes inside of the range, which starts at a multiple of 64.
        let (low, high) = unsafe { load(at.wrapping_add(part)) };
        *sum = (veorq_u64(sum.0, low), veorq_u64(sum.1, high));
    }
}

#[target_feature(enable = "neon")]
pub(crate) fn copy(range: Range) {
    for half in (0..range.bytes).step_by(TURN / 2) {
        copy_half::<false>(range, half);
    }
    std::hint::black_box(range.at);
}

#[target_feature(enable = "neon")]
pub(crate) fn copy_past(range: Range) {
    let block = PAGE.wrapping_mul(4);
    let blocks = range.bytes.div_euclid(block).wrapping_mul(block);
    for start in (0..blocks).step_by(block) {
        for at in (0..PAGE).step_by(TURN / 2) {
            let at = start.wrapping_add(at);
            copy_half::<true>(range, at);
            copy_half::<true>(range, at.wrapping_add(PAGE));
            copy_half::<true>(range, at.wrapping_add(PAGE.wrapping_mul(2)));
            copy_half::<true>(range, at.wrapping_add(PAGE.wrapping_mul(3)));
        }
    }
    for at in (blocks..range.bytes).step_by(TURN / 2) {
        copy_half::<true>(range, at);
    }
    stores_are_done();
    std::hint::black_box(range.at);
}

/// Copies 128 bytes of a range, from a multiple of 128 on, to the range behind it.
#[target_feature(enable = "neon")]
#[inline]
fn copy_half<const PAST: bool>(range: Range, at: usize) {
    let from = range.at.wrapping_add(at);
    let to = from.wrapping_add(range.bytes);
    parts!(part => {
        // SAFETY: 32 bytes inside of the first range, at a multiple of 32.
        let pair = unsafe { load(from.wrapping_add(part)) };
        let to = to.wrapping_add(part);
        if PAST {
            // SAFETY: 32 bytes inside of the second range, at a multiple of 32.
            unsafe { store_past(to, pair) };
        } else {
            // SAFETY: the same.
            unsafe { store_plain(to, pair) };
        }
    });
}
