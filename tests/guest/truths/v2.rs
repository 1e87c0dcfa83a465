//! cgroup v2 without swap.

use std::time::Duration;

use super::Reach::{All, Nothing, Predicted};
use super::{FULL, KILLS, Truth, touch, write};
use crate::emulated::pages;
use crate::guest::cases;
use crate::machine::{Hierarchy, Machine};

const MAX: &str = "a/memory.max";

cases! {
    Machine {
        memory_mib: 512,
        swap_mib: 0,
        hierarchy: Hierarchy::V2,
        files: Vec::new(),
        patience: Duration::from_secs(240),
    };

    a_limit_below_the_size_ends_in_an_oom_kill:
        Truth::new("a", &[(MAX, "32M")], &KILLS).shm("size=256m");

    a_limit_above_the_size_ends_in_enospc_or_sigbus_and_only_files_know_it:
        Truth::new("a", &[(MAX, "32M")], &[FULL[0], FULL[1], touch("memfd", "oom-kill")])
            .shm("size=16m");

    no_limit_and_a_size_end_in_enospc_or_sigbus:
        Truth::new("a", &[(MAX, "max")], &FULL).shm("size=24m");

    size_0_means_no_size_and_the_limit_ends_it:
        Truth::new("a", &[(MAX, "32M")], &KILLS[..2]).shm("size=0");

    a_limit_of_the_parent_counts:
        Truth::new("a/b", &[(MAX, "32M")], &KILLS[..3]);

    the_tightest_of_three_levels_counts:
        Truth::new(
            "a/b/c",
            &[(MAX, "64M"), ("a/b/memory.max", "48M"), ("a/b/c/memory.max", "128M")],
            &KILLS[..2],
        );

    what_a_neighbour_holds_under_the_same_parent_counts:
        Truth::new("a/b", &[(MAX, "64M")], &KILLS[..2])
            .before("mkdir $root/a/n; hold a/n 16777216; rmdir $root/a/n");

    a_limit_hidden_by_a_namespace_is_told_as_at_most:
        Truth::new("a/b", &[(MAX, "32M")], &KILLS.map(|round| round.at_most())[..3]).hidden();

    a_limit_of_its_own_in_a_namespace_is_told_as_at_most_and_is_right:
        Truth::new("a/b", &[("a/b/memory.max", "32M")], &KILLS[..2]).hidden();

    an_oom_group_ends_in_an_oom_kill:
        Truth::new("a", &[(MAX, "32M"), ("a/memory.oom.group", "1")], &KILLS[..2]);

    without_free_inodes_nothing_fits:
        Truth::new("a", &[(MAX, "32M")], &[write("enospc"), touch("posix", "enospc")])
            .shm("size=256m,nr_inodes=2")
            .before("echo > /dev/shm/other");

    over_shmmax_is_einval_and_exactly_equal_is_fine:
        Truth::new("a", &[(MAX, "32M")], &[
            touch("sysv", "full").beyond(0, All),
            touch("sysv", "einval").beyond(1, Nothing),
        ])
        .sysctls(&[("kernel/shmmax", "8388608")]);

    over_shmall_is_enospc_and_exactly_equal_is_fine:
        Truth::new("a", &[(MAX, "32M")], &[
            touch("sysv", "full").beyond(0, All),
            touch("sysv", "enospc").beyond(1, Nothing),
        ])
        .sysctls(&[("kernel/shmall", &pages(8 << 20))]);

    over_shmmni_is_enospc:
        Truth::new("a", &[(MAX, "32M")], &[touch("sysv", "enospc")])
            .sysctls(&[("kernel/shmmni", "0")]);

    the_commit_limit_stops_files_page_by_page:
        Truth::new("a", &[(MAX, "max")], &[
            write("enospc"),
            touch("posix", "sigbus").beyond(2 << 20, Predicted),
            touch("memfd", "sigbus").beyond(2 << 20, Predicted),
        ])
        .sysctls(&[("vm/overcommit_ratio", "12"), ("vm/overcommit_memory", "2")]);

    the_commit_limit_refuses_other_segments_whole:
        Truth::new("a", &[(MAX, "max")], &[
            touch("sysv", "full").beyond(-1 << 20, All),
            touch("sysv", "enomem").beyond(1 << 20, Nothing),
            touch("anon", "full").beyond(-1 << 20, All),
            touch("anon", "enomem").beyond(1 << 20, Nothing),
        ])
        .sysctls(&[("vm/overcommit_ratio", "8"), ("vm/overcommit_memory", "2")]);

    what_cannot_be_killed_is_refused:
        Truth::new("a", &[(MAX, "32M")], &[write("enomem").prepared()])
            .with(|truth| truth.case.score = Some(-1000));
}
