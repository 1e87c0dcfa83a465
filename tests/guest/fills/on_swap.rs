//! cgroup v2 with swap, and memory.high: the slow ones.

use std::time::Duration;

use super::Setting;
use crate::cells::{Cell, fill, safe};
use crate::guest::cases;
use crate::machine::{Hierarchy, Machine};

const MAX: &str = "a/memory.max";
const SWAP: &str = "a/memory.swap.max";

fn on(tree: &str, settings: &[(&str, &str)], cells: &[Cell]) -> Setting {
    Setting::new("guest, v2", tree, settings, cells)
}

cases! {
    Machine {
        memory_mib: 512,
        swap_mib: 48,
        hierarchy: Hierarchy::V2,
        files: Vec::new(),
        patience: Duration::from_secs(240),
    };

    swap_that_is_forbidden: on("a", &[(MAX, "32M"), (SWAP, "0")], &[
        fill("posix write 1", "oom-kill"),
        fill("posix touch 4", "oom-kill"),
        fill("sysv touch 2", "oom-kill"),
    ]).with_swap();

    some_swap: on("a", &[(MAX, "32M"), (SWAP, "24M")], &[
        fill("posix write 1", "oom-kill").up_to(10),
        fill("posix touch 1", "oom-kill"),
        fill("posix touch 4", "oom-kill"),
        fill("memfd fallocate 1", "oom-kill").up_to(10),
        safe("posix touch 2"),
    ]).with_swap();

    ample_swap: on("a", &[(MAX, "32M")], &[
        fill("posix write 2", "oom-kill").up_to(10),
        fill("sysv touch 2", "oom-kill"),
        safe("posix write 1"),
    ]).with_swap();

    memory_high_alone: on("a", &[("a/memory.high", "32M")], &[
        fill("posix write 1", "stall"),
        fill("memfd touch 2", "stall"),
        safe("posix touch 2"),
        safe("posix write 1"),
    ]);

    memory_high_below_a_limit: on("a", &[("a/memory.high", "32M"), (MAX, "34M")], &[
        fill("posix write 1", "oom-kill"),
    ]);

    the_largest_size_of_a_pod_that_can_swap: on("a", &[(MAX, "32M"), (SWAP, "24M")], &[
        fill("posix touch 2", "sigbus"),
        fill("posix write 2", "enospc"),
    ]).shm("size=40m").with_swap();
}
