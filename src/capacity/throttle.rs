//! `memory.high`: where the kernel begins to slow a fill down, and where it stands still.

use super::ceiling::{Ceiling, Cost, Source};
use super::end::{End, Ends};
use crate::facts::{Facts, Level, PageSize};
use crate::units::{Bytes, Limit};

/// Seconds of throttling above `memory.high` after which a fill counts as standing still.
pub const STALL_SECONDS: f64 = 8.0;

/// `memory.high` slows a fill until it stands still (since Linux 5.4; before, it only reclaimed).
pub(super) fn of_high(facts: &Facts, level: &Level, cost: Cost, swap: Bytes) -> Option<Ceiling> {
    let high = level.high.known()?.bytes()?;
    if facts.release.before((5, 4)) {
        return None;
    }
    let used = level.used.known().copied().unwrap_or_default();
    let over = overage(high, facts.page_size);
    Some(Ceiling {
        room: Limit::At(
            high.saturating_add(over)
                .saturating_sub(used.saturating_sub(level.reclaimable))
                .saturating_add(swap),
        ),
        cost,
        ends: Ends::all(End::Stall),
        ..Ceiling::new(
            Source::CgroupHigh,
            format!("{}/memory.high", level.folder),
            Limit::At(high),
            used,
        )
    })
}

/// Bytes by which a fill may pass `memory.high` before it has been held up for [`STALL_SECONDS`].
///
/// From `calculate_high_delay` in mm/memcontrol.c: each batch of 64 charged pages sleeps
/// 64 s times the squared fraction of the overage, at most 2 s. Summed over the way, the
/// overage after t seconds is (3 t page high²)^(1/3), until the sleeps reach their 2 s.
#[must_use]
pub(crate) fn overage(high: Bytes, page: PageSize) -> Bytes {
    let seconds = STALL_SECONDS;
    let (high, page) = (to_float(high.0), to_float(page.bytes()));
    if high <= 0.0 {
        return Bytes(to_bytes(seconds / 2.0 * 64.0 * page));
    }
    let capped_fraction = (2.0_f64 / 64.0).sqrt();
    let capped_after = high / page * capped_fraction.powi(3) / 3.0;
    Bytes(to_bytes(if capped_after >= seconds {
        (3.0 * seconds * page * high * high).cbrt()
    } else {
        high * capped_fraction + (seconds - capped_after) / 2.0 * 64.0 * page
    }))
}

/// A 64-bit count as a float; counts above 2^53 lose their last bits, which a model may.
#[allow(clippy::as_conversions)]
fn to_float(n: u64) -> f64 {
    n as f64
}

/// A float as a count; out of range saturates (`as` between float and integer does).
#[allow(clippy::as_conversions)]
fn to_bytes(x: f64) -> u64 {
    x as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_throttle_above_high_is_where_it_was_measured() {
        // 128 MiB, 4 KiB pages: fills stood still between 145.2 and 145.7 million bytes.
        let page = PageSize::new(4096).unwrap();
        let over = overage(Bytes::mib(128), page).0;
        assert!((11_900_000..12_300_000).contains(&over), "{over}");
        let small = overage(Bytes::mib(1), page);
        assert!(small < Bytes::mib(2) && small > Bytes::mib(1), "{small}");
    }
}
