//! What samples come to: medians with intervals, and whether two rows of samples differ. Pure.
#![forbid(unsafe_code)]

use serde::{Deserialize, Serialize};

/// The middle of the samples; the mean of the middle two where their number is even. 0 of none.
/// Sorts them.
#[must_use]
pub fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    let middle = samples.len() / 2;
    let at = |n: usize| samples.get(n).copied().unwrap_or(0.0);
    if samples.len().is_multiple_of(2) {
        f64::midpoint(at(middle.saturating_sub(1)), at(middle))
    } else {
        at(middle)
    }
}

/// The middle of counts.
#[must_use]
pub fn median_of(counts: &[u64]) -> f64 {
    median(&mut counts.iter().map(|count| float(*count)).collect::<Vec<f64>>())
}

/// A count as a number that can be divided; beyond 2^53 the last bits are lost.
#[must_use]
#[allow(clippy::as_conversions)]
pub fn float(count: u64) -> f64 {
    count as f64
}

/// A time to whole nanoseconds, at least one.
#[must_use]
#[allow(clippy::as_conversions)] // rounds, and no time is negative
pub fn rounded(nanoseconds: f64) -> u64 {
    (nanoseconds.round() as u64).max(1)
}

/// Summary of samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Summary {
    /// Number of samples: one value per round.
    pub runs: usize,
    /// Median of the samples.
    pub median: f64,
    pub min: f64,
    pub max: f64,
    /// Confidence interval of 95 % of the median; the whole range where there are fewer than six samples.
    pub ci95: [f64; 2],
    /// Samples further from the quartiles than 1.5 times the interquartile range (Tukey).
    pub outliers: usize,
}

impl Summary {
    /// Of samples; `None` where there are none.
    #[must_use]
    pub fn of(samples: &[f64]) -> Option<Summary> {
        let mut sorted = samples.to_vec();
        let median = median(&mut sorted);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let (low, high) = ranks(sorted.len());
        let at = |n: usize| sorted.get(n).copied().unwrap_or(median);
        let runs = sorted.len();
        let quarter = runs / 4;
        let (first, third) = (at(quarter), at(runs.saturating_sub(1).saturating_sub(quarter)));
        let reach = 1.5 * (third - first);
        let far = |x: &&f64| **x < first - reach || **x > third + reach;
        let outliers = sorted.iter().filter(far).count();
        Some(Summary { runs, median, min, max, ci95: [at(low), at(high)], outliers })
    }

    /// Width of the interval, as a part of the median.
    #[must_use]
    pub fn spread(&self) -> f64 {
        let [low, high] = self.ci95;
        if self.median > 0.0 { (high - low) / self.median } else { 0.0 }
    }

    /// Whether a value lies outside the interval.
    #[must_use]
    pub fn leaves_out(&self, value: f64) -> bool {
        let [low, high] = self.ci95;
        low > value || high < value
    }
}

/// Which of `n` sorted samples bound the median with at least 95 % probability: those whose binomial
/// tail of p = 1/2 is at most 2.5 %.
fn ranks(n: usize) -> (usize, usize) {
    let last = n.saturating_sub(1);
    let trials = i32::try_from(n).unwrap_or(i32::MAX);
    let mut chance = 0.5_f64.powi(trials); // of no sample below the median
    let mut tail = chance;
    let mut rank = 0_usize;
    for k in 1..=n / 2 {
        // From "k - 1 below it" to "k below it".
        let k = f64::from(u32::try_from(k).unwrap_or(u32::MAX));
        chance *= (f64::from(trials) - k + 1.0) / k;
        if tail + chance > 0.025 {
            break;
        }
        tail += chance;
        rank = rank.saturating_add(1);
    }
    let low = if tail <= 0.025 { rank } else { 0 };
    (low, last.saturating_sub(low))
}

/// How many times as much the first of each pair is as the second.
#[must_use]
pub fn ratio(pairs: &[(f64, f64)]) -> Option<Summary> {
    let ratios: Vec<f64> =
        pairs.iter().filter(|(_, other)| *other > 0.0).map(|(one, other)| one / other).collect();
    Summary::of(&ratios)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(median(&mut []), 0.0);
    }

    #[test]
    fn the_interval_is_that_of_the_sign_test() {
        // Known ranks (from 1) of the 95 % interval of a median: none below n = 6.
        for (n, low) in
            [(5, 1), (6, 1), (8, 1), (9, 2), (10, 2), (11, 2), (12, 3), (15, 4), (20, 6), (25, 8)]
        {
            let samples: Vec<f64> = (1..=n).map(f64::from).collect();
            let [from, to] = Summary::of(&samples).unwrap().ci95;
            assert_eq!((from, to), (f64::from(low), f64::from(n + 1 - low)), "{n} samples");
        }
    }

    #[test]
    fn a_sample_far_from_the_others_is_told() {
        let summary = Summary::of(&[1.0, 1.1, 0.9, 1.2, 1.05, 0.95, 0.8, 9.0]).unwrap();
        assert_eq!((summary.outliers, summary.max, summary.runs), (1, 9.0, 8));
        assert_eq!(Summary::of(&[1.0; 10]).unwrap().outliers, 0);
        assert!(Summary::of(&[]).is_none());
    }

    #[test]
    fn paired_ratios_see_what_drifts_together() {
        let pairs: Vec<(f64, f64)> = (1..=11).map(|n| (f64::from(n) * 1.1, f64::from(n))).collect();
        let ratio = ratio(&pairs).unwrap();
        assert!((ratio.median - 1.1).abs() < 1e-9 && ratio.spread() < 1e-9);
    }
}
