//! The steps of a run: which there are, and what each may take of the budget. Pure.

use std::time::Duration;

use crate::capacity::{Kind, Method};
use crate::cli::{RunArgs, RunStep};

/// The ways that differ in how they end, or in what counts them.
const FILLS: [(Kind, Method); 4] = [
    (Kind::Posix, Method::Touch),
    (Kind::Posix, Method::Write),
    (Kind::Sysv, Method::Touch),
    (Kind::Memfd, Method::Write),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Inspect,
    Compare,
    Bench,
    Fill(Kind, Method),
}

impl Step {
    /// What was chosen, in order.
    pub(super) fn chosen(args: &RunArgs) -> Vec<Step> {
        let mut steps = vec![Step::Inspect, Step::Compare, Step::Bench];
        steps.extend(FILLS.map(|(kind, method)| Step::Fill(kind, method)));
        let asked = |step: &Step| {
            let word = step.word();
            !args.skip.contains(&word) && (args.only.is_empty() || args.only.contains(&word))
        };
        steps.retain(asked);
        steps
    }

    const fn word(self) -> RunStep {
        match self {
            Step::Inspect => RunStep::Inspect,
            Step::Compare => RunStep::Compare,
            Step::Bench => RunStep::Bench,
            Step::Fill(..) => RunStep::Fill,
        }
    }

    /// The name in journals and documents.
    pub(super) fn name(self) -> String {
        match self {
            Step::Inspect => "inspect".to_owned(),
            Step::Compare => "compare".to_owned(),
            Step::Bench => "bench".to_owned(),
            Step::Fill(kind, method) => format!("fill {} {}", kind.word(), method.word()),
        }
    }

    /// What it needs to be worth beginning: twice what it takes on an idle machine.
    pub(super) const fn least(self) -> Duration {
        match self {
            Step::Inspect => Duration::ZERO,
            Step::Compare => Duration::from_secs(4),
            Step::Bench => Duration::from_secs(6),
            Step::Fill(..) => Duration::from_millis(500),
        }
    }

    /// Its part of the time that is left: fills share it evenly, and a
    /// compare or a bench leaves half of it to the steps after it.
    pub(super) fn share(self, left: Duration, after: &[Step]) -> Duration {
        let fills = after.iter().filter(|step| matches!(step, Step::Fill(..))).count();
        let fills = u32::try_from(fills).unwrap_or(u32::MAX);
        let parts = match self {
            Step::Inspect => 1,
            Step::Compare | Step::Bench if after.is_empty() => 1,
            Step::Compare | Step::Bench => 2,
            Step::Fill(..) => fills.saturating_add(1),
        };
        left.checked_div(parts).unwrap_or(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compare_and_bench_leave_half_of_the_time_to_what_follows_and_fills_share_it() {
        let second = Duration::from_secs;
        let fills = FILLS.map(|(kind, method)| Step::Fill(kind, method));
        assert_eq!(Step::Bench.share(second(60), &fills), second(30));
        assert_eq!(Step::Bench.share(second(60), &[]), second(60));
        assert_eq!(Step::Compare.share(second(60), &[Step::Bench]), second(30));
        assert_eq!(Step::Compare.share(second(60), &fills), second(30));
        assert_eq!(Step::Compare.share(second(60), &[]), second(60));
        assert_eq!(fills[0].share(second(40), &fills[1..]), second(10));
        assert_eq!(fills[3].share(second(10), &[]), second(10));
    }
}
