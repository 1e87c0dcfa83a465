//! cgroup v1.

use std::time::Duration;

use super::{KILLS, Truth, touch, write};
use crate::guest::cases;
use crate::machine::{Hierarchy, Machine};

const MEMORY: &str = "a/memory.limit_in_bytes";
const BOTH: &str = "a/memory.memsw.limit_in_bytes";

cases! {
    Machine {
        memory_mib: 512,
        swap_mib: 48,
        hierarchy: Hierarchy::V1,
        files: Vec::new(),
        patience: Duration::from_secs(240),
    };

    a_limit_ends_in_an_oom_kill:
        Truth::new("a", &[(MEMORY, "32M")], &KILLS);

    memory_and_swap_together_are_limited:
        Truth::new("a", &[(MEMORY, "32M"), (BOTH, "48M")], &KILLS[..3]).into_swap();

    memory_and_swap_limited_alike_leave_no_swap:
        Truth::new("a", &[(MEMORY, "32M"), (BOTH, "32M")], &KILLS[..2]).with_swap();

    swap_without_a_limit_adds_what_is_free:
        Truth::new("a", &[(MEMORY, "32M")], &KILLS[..2]).into_swap();

    a_swappiness_of_0_forbids_swap:
        Truth::new("a", &[(MEMORY, "32M"), ("a/memory.swappiness", "0")], &KILLS[..2]).with_swap();

    a_limit_of_the_parent_counts:
        Truth::new("a/b", &[(MEMORY, "32M")], &KILLS[..2]);

    a_hidden_limit_of_the_parent_is_told_by_memory_stat:
        Truth::new("a/b", &[(MEMORY, "32M")], &KILLS[..3]).hidden();

    a_hidden_limit_of_the_parent_with_a_neighbour_is_an_upper_bound:
        Truth::new("a/b", &[(MEMORY, "64M")], &KILLS.map(|round| round.at_most())[..2])
            .hidden()
            .before("mkdir $root/a/n; hold a/n 16777216; rmdir $root/a/n");

    with_the_oom_killer_off_a_write_is_refused_and_a_touch_hangs:
        Truth::new("a", &[(MEMORY, "32M"), ("a/memory.oom_control", "1")],
            &[write("enomem").prepared(), touch("posix", "stall")])
        .with(|truth| truth.patience = 2);

    what_cannot_be_killed_is_refused:
        Truth::new("a", &[(MEMORY, "32M")], &[write("enomem").prepared()])
            .with(|truth| truth.case.score = Some(-1000));
}
