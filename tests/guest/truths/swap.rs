//! cgroup v2 with swap, memory.high, and what --measure feels: the slow ones.

use std::time::Duration;

use super::{KILLS, Truth, touch, write};
use crate::guest::cases;
use crate::machine::{Hierarchy, Machine};

const MAX: &str = "a/memory.max";

cases! {
    // --measure leaves 512 MiB to the machine.
    Machine {
        memory_mib: 1024,
        swap_mib: 48,
        hierarchy: Hierarchy::V2,
        files: Vec::new(),
        patience: Duration::from_secs(240),
    };

    swap_that_is_forbidden_adds_nothing:
        Truth::new("a", &[(MAX, "32M"), ("a/memory.swap.max", "0")], &KILLS[..3]).with_swap();

    limited_swap_adds_what_its_limit_says:
        Truth::new("a", &[(MAX, "32M"), ("a/memory.swap.max", "24M")], &KILLS[..4]).into_swap();

    unlimited_swap_adds_what_is_free:
        Truth::new("a", &[(MAX, "32M")], &[KILLS[0], KILLS[4]]).into_swap();

    a_swap_limit_of_the_parent_counts:
        Truth::new("a/b", &[("a/b/memory.max", "32M"), ("a/memory.swap.max", "16M")], &KILLS[..2])
            .into_swap();

    memory_high_alone_ends_in_a_stall:
        Truth::new("a", &[("a/memory.high", "32M")], &[write("stall"), touch("memfd", "stall")])
            .with(stalls);

    memory_high_of_the_parent_ends_in_a_stall:
        Truth::new("a/b", &[("a/memory.high", "48M")], &[write("stall")]).with(stalls);

    a_limit_just_above_memory_high_ends_in_an_oom_kill:
        Truth::new("a", &[("a/memory.high", "32M"), (MAX, "34M")], &KILLS[..2]);

    a_limit_hidden_by_a_namespace_is_felt_and_nobody_dies:
        Truth::new("a/b", &[(MAX, "48M")], &KILLS[..3]).hidden().with(felt);

    what_a_hidden_neighbour_holds_is_felt_too:
        Truth::new("a/b", &[(MAX, "64M")], &KILLS[..2])
            .before("mkdir $root/a/n; hold a/n 16777216; rmdir $root/a/n")
            .hidden()
            .with(felt);
}

/// Long enough to be held up for as long as the model counts with.
fn stalls(truth: &mut Truth) {
    (truth.patience, truth.permille) = (10, 15);
}

fn felt(truth: &mut Truth) {
    (truth.options, truth.certainty) = ("--measure", "measured");
}
