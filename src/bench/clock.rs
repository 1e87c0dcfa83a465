//! A steady clock that costs little: the CPU's own counter, or the kernel's monotonic clock.

use crate::stats::float;
use crate::sys::clock::{cpu_ticks, now};

/// Which counter is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counter {
    /// The time stamp counter of x86, or the generic timer of aarch64.
    Cpu,
    /// CLOCK_MONOTONIC.
    Kernel,
}

/// A counter and how fast it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Clock {
    /// What is read.
    pub(crate) counter: Counter,
    ticks_a_nanosecond: f64,
}

/// Nanoseconds: long enough to know the counter's rate to some parts in a million.
const CALIBRATE: u64 = 40_000_000;

/// The kernel's clock and the CPU's counter at one moment: of some readings the one whose two looks at the
/// counter, before and after the clock, are least apart.
fn both() -> (u64, u64) {
    const READINGS: u32 = 32;
    let readings = (0..READINGS).map(|_| {
        let before = cpu_ticks();
        let time = now();
        (cpu_ticks().wrapping_sub(before), time, before)
    });
    let least = readings.min().unwrap_or_default();
    (least.1, least.2.wrapping_add(least.0 / 2))
}

impl Clock {
    /// The CPU's counter where it runs evenly, also across CPUs (`steady`; /proc/cpuinfo has
    /// constant_tsc and nonstop_tsc then, and aarch64's always does); the kernel's clock elsewhere.
    #[must_use]
    pub(crate) fn new(steady: bool) -> Clock {
        let kernel = Clock { counter: Counter::Kernel, ticks_a_nanosecond: 1.0 };
        if !steady || !cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
            return kernel;
        }
        let (start, first) = both();
        while now().wrapping_sub(start) < CALIBRATE {
            std::hint::spin_loop();
        }
        let (end, last) = both();
        let rate = float(last.wrapping_sub(first)) / float(end.wrapping_sub(start).max(1));
        if rate > 0.0 { Clock { counter: Counter::Cpu, ticks_a_nanosecond: rate } } else { kernel }
    }

    /// Ticks since whenever.
    #[inline]
    #[must_use]
    pub(crate) fn ticks(&self) -> u64 {
        match self.counter {
            Counter::Cpu => cpu_ticks(),
            Counter::Kernel => now(),
        }
    }

    /// Nanoseconds of so many ticks.
    #[inline]
    #[must_use]
    pub(crate) fn nanoseconds(&self, ticks: u64) -> f64 {
        float(ticks) / self.ticks_a_nanosecond
    }

    /// Ticks of so many nanoseconds.
    #[must_use]
    #[allow(clippy::as_conversions)] // rounds down, and no time is negative
    pub(crate) fn of_nanoseconds(&self, nanoseconds: f64) -> u64 {
        (nanoseconds * self.ticks_a_nanosecond) as u64
    }

    /// Spins for so long and looks for readings that are more than a microsecond apart: the part of
    /// the time in which something else had this CPU, and the longest such pause in nanoseconds.
    #[must_use]
    pub(crate) fn lost(&self, nanoseconds: f64) -> (f64, f64) {
        let pause = self.of_nanoseconds(1000.0);
        let (start, end) = (self.ticks(), self.of_nanoseconds(nanoseconds));
        let (mut last, mut lost, mut longest) = (start, 0_u64, 0_u64);
        while last.wrapping_sub(start) < end {
            let now = self.ticks();
            let gap = now.wrapping_sub(last);
            if gap > pause {
                lost = lost.saturating_add(gap);
                longest = longest.max(gap);
            }
            last = now;
        }
        let all = last.wrapping_sub(start).max(1);
        (float(lost) / float(all), self.nanoseconds(longest))
    }

    /// Nanoseconds of its smallest step.
    #[must_use]
    pub(crate) fn resolution(&self) -> f64 {
        const READINGS: u32 = 10_000;
        let mut last = self.ticks();
        let steps = (0..READINGS).filter_map(|_| {
            let now = self.ticks();
            let step = now.wrapping_sub(last);
            last = now;
            (step > 0).then_some(step)
        });
        self.nanoseconds(greatest_common(steps))
    }

    /// Nanoseconds between two readings of which nothing is: what a sample costs more than what it
    /// measures.
    #[must_use]
    pub(crate) fn overhead(&self) -> f64 {
        const READINGS: u32 = 10_000;
        let start = self.ticks();
        for _ in 1..READINGS {
            let _ = std::hint::black_box(self.ticks());
        }
        self.nanoseconds(self.ticks().wrapping_sub(start)) / f64::from(READINGS)
    }
}

/// What all of them are multiples of.
fn greatest_common(steps: impl Iterator<Item = u64>) -> u64 {
    steps.fold(0, |mut all, mut step| {
        while step != 0 {
            (all, step) = (step, all.checked_rem(step).unwrap_or(0));
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn a_counter_that_goes_by_threes_has_steps_of_three() {
        assert_eq!(greatest_common([9, 3, 12].into_iter()), 3);
        assert_eq!(greatest_common(std::iter::empty()), 0);
    }

    #[test]
    fn a_pause_takes_as_long_on_either_clock() {
        for clock in [Clock::new(true), Clock::new(false)] {
            let (start, ticks) = (Instant::now(), clock.ticks());
            std::thread::sleep(Duration::from_millis(20));
            let took = clock.nanoseconds(clock.ticks().wrapping_sub(ticks));
            let other = start.elapsed().as_secs_f64() * 1e9;
            assert!(took >= 19e6 && took <= other * 1.01, "{took} against {other}");
            assert!(clock.overhead() > 0.0);
            let (lost, longest) = clock.lost(1e6);
            assert!((0.0..=1.0).contains(&lost) && longest <= 1e9, "{lost} {longest}");
        }
    }
}
