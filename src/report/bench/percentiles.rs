//! How long single events took.

use std::collections::BTreeMap;

use serde::Serialize;

/// Percentiles of single events, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Percentiles {
    pub min: u64,
    pub p50: u64,
    pub p90: u64,
    pub p99: u64,
    pub p999: u64,
    pub p9999: u64,
    pub max: u64,
    /// Number of events.
    pub count: u64,
}

impl Percentiles {
    /// Of times and how often each came; `None` of none.
    pub(crate) fn of(times: &BTreeMap<u64, u64>) -> Option<Percentiles> {
        const HOUR: u64 = 3_600_000_000_000;
        let mut histogram = hdrhistogram::Histogram::<u64>::new_with_bounds(1, HOUR, 3).ok()?;
        for (time, count) in times {
            histogram.saturating_record_n(*time, *count);
        }
        let at = |quantile| histogram.value_at_quantile(quantile);
        (!histogram.is_empty()).then(|| Percentiles {
            min: histogram.min(),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            p9999: at(0.9999),
            max: histogram.max(),
            count: histogram.len(),
        })
    }
}
