//! What a run asks of the other commands.

use std::time::Duration;

use crate::bench::Test;
use crate::bench::plan::Request as BenchRequest;
use crate::capacity::{Kind, Method};
use crate::cli::{RunArgs, RunUntil};
use crate::command::subject::facts;
use crate::fill::{Budget, Request as FillRequest, Until};
use crate::sys::shared::pause;
use crate::units::Bytes;

/// Memory for bandwidth: beyond the caches of most machines, and quick.
const BENCHED: Bytes = Bytes::mib(64);

/// How often a bench measures where there is time for it.
const ROUNDS: u32 = 10;

/// Between two looks at what a cgroup holds.
const LOOK: Duration = Duration::from_millis(50);

/// What a fill takes at most where nobody says.
const BUDGET_SIZE: Bytes = Bytes::mib(4096);

/// What a fill, or a segment of a bench, takes at most.
pub(super) fn budget_size(args: &RunArgs) -> Bytes {
    args.budget_size.unwrap_or(BUDGET_SIZE)
}

/// All tests and kinds; how far that gets is a matter of time.
pub(super) fn of_bench(args: &RunArgs, folder: &str) -> BenchRequest {
    BenchRequest {
        tests: Test::ALL.to_vec(),
        kinds: Kind::ALL.to_vec(),
        procs: None,
        cpus: Vec::new(),
        pair: None,
        bytes: Some(BENCHED.min(budget_size(args))),
        rounds: ROUNDS,
        most: Some(budget_size(args)),
        sized: args.budget_size.is_some(),
        exclusive: args.exclusive,
        force: args.force,
        quick: true,
        folder: folder.to_owned(),
    }
}

/// One process, which takes no more than the budgets hold.
pub(super) fn of_fill(
    args: &RunArgs,
    folder: &str,
    (kind, method): (Kind, Method),
    share: Duration,
) -> FillRequest {
    FillRequest {
        kind,
        method,
        procs: 1,
        until: match args.until {
            RunUntil::Safe => Until::Safe,
            RunUntil::Limit => Until::Limit,
        },
        folder: folder.to_owned(),
        exclusive: args.exclusive,
        force: args.force,
        huge: false,
        score: 1000,
        budget: Budget {
            bytes: Some(budget_size(args)),
            asked: args.budget_size.is_some(),
            time: Some(share),
        },
    }
}

/// Waits until the cgroup's use falls no more, a second at most: the kernel takes off with a delay
/// what the processes of the step before held, and a fill would find more room than was predicted.
pub(super) fn settle(folder: &str) {
    const NOISE: Bytes = Bytes::kib(64);
    let used = || {
        let facts = facts(folder).ok()?;
        let files = facts.shm.statfs.known().map_or(Bytes::ZERO, |statfs| statfs.used());
        Some(facts.cgroup.levels.first()?.used.known()?.saturating_add(files))
    };
    let Some(mut before) = used() else { return };
    let mut calm = 0_u32;
    for _ in 0..20 {
        pause(LOOK);
        let now = used().unwrap_or_default();
        calm = if now.saturating_add(NOISE) < before { 0 } else { calm.saturating_add(1) };
        if calm >= 3 {
            return;
        }
        before = now;
    }
}
