//! A steady clock that costs little: the CPU's own counter, or the kernel's monotonic clock.

use std::time::{Duration, Instant};

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

/// Long enough to know the counter's rate to some parts in a million.
const CALIBRATE: Duration = Duration::from_millis(40);

impl Clock {
    /// The CPU's counter where it runs evenly, also across CPUs (`steady`; /proc/cpuinfo has
    /// constant_tsc and nonstop_tsc then, and aarch64's always does); the kernel's clock elsewhere.
    #[must_use]
    pub(crate) fn new(steady: bool) -> Clock {
        let kernel = Clock { counter: Counter::Kernel, ticks_a_nanosecond: 1.0 };
        if !steady || !cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
            return kernel;
        }
        let (start, ticks) = (Instant::now(), cpu_ticks());
        while start.elapsed() < CALIBRATE {
            std::hint::spin_loop();
        }
        let (took, ticks) = (start.elapsed(), cpu_ticks().wrapping_sub(ticks));
        let rate = float(ticks) / float(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
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

#[cfg(test)]
mod tests {
    use super::*;

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
