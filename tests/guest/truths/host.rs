//! No limit but the machine itself.

use std::time::Duration;

use super::Reach::Predicted;
use super::{KILLS, Truth};
use crate::guest::cases;
use crate::machine::{Hierarchy, Machine};

/// Fills in the root cgroup. Segments are made without asking whether memory is left, or else the
/// larger ones would be refused whole. After a fragmented allocation the kernel may keep some MiB
/// more free for a while (`boost_watermark`, mm/page_alloc.c); that is turned off. The first fill
/// after the boot also has what the kernel kept for itself until then and no file tells: a fast write
/// came up to 1.004 MiB beyond what was foretold so, and 0.6 MiB short of it as a later round. So a
/// touched mapping goes first.
fn alone(rounds: &[usize], more: &[(&str, &str)]) -> Truth {
    let rounds: Vec<_> = rounds.iter().map(|at| KILLS[*at].beyond(24 << 20, Predicted)).collect();
    let mut sysctls = vec![("vm/overcommit_memory", "1"), ("vm/watermark_boost_factor", "0")];
    sysctls.extend(more);
    Truth::new("", &[], &rounds)
        .sysctls(&sysctls)
        // Others may take the machine's memory meanwhile; nobody does so here but what fills, and the kernel
        // for it: 17 fills reached 0.1 to 1.02 MiB less (median 0.64), which is within the larger part.
        .with(|truth| {
            truth.certainty = "at-most";
            truth.permille = 10;
        })
}

cases! {
    Machine {
        memory_mib: 192,
        swap_mib: 32,
        hierarchy: Hierarchy::V2,
        files: Vec::new(),
        patience: Duration::from_secs(240),
    };

    without_a_limit_the_machine_ends_it_in_an_oom_kill: alone(&[1, 2, 0], &[]);
    swap_adds_to_the_machine: alone(&[0, 3], &[]).into_swap();
    what_the_kernel_keeps_free_is_not_for_anyone: alone(&[0], &[("vm/min_free_kbytes", "16384")]);
}
