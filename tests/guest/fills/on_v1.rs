//! cgroup v1, with swap where a setting says so.

use std::time::Duration;

use super::Setting;
use crate::cells::{Cell, fill, safe};
use crate::guest::cases;
use crate::machine::{Hierarchy, Machine};

const MEMORY: &str = "a/memory.limit_in_bytes";
const BOTH: &str = "a/memory.memsw.limit_in_bytes";

fn on(tree: &str, settings: &[(&str, &str)], cells: &[Cell]) -> Setting {
    Setting::new("guest, v1", tree, settings, cells)
}

cases! {
    Machine {
        memory_mib: 512,
        swap_mib: 48,
        hierarchy: Hierarchy::V1,
        files: Vec::new(),
        patience: Duration::from_secs(240),
    };

    larger_than_the_limit: on("a", &[(MEMORY, "32M")], &[
        fill("posix write 1", "oom-kill"),
        fill("posix write 4", "oom-kill"),
        fill("posix touch 2", "oom-kill"),
        fill("sysv touch 2", "oom-kill"),
        fill("memfd populate 1", "oom-kill"),
        fill("anon touch 4", "oom-kill"),
        safe("posix touch 4"),
        safe("posix write 1"),
    ]);

    a_size_below_the_limit: on("a", &[(MEMORY, "32M")], &[
        fill("posix write 2", "enospc"),
        fill("posix touch 1", "sigbus"),
    ]).shm("size=16m");

    a_limit_of_the_parent_that_memory_stat_tells: on("a/b", &[(MEMORY, "32M")], &[
        fill("posix write 2", "oom-kill"),
        fill("sysv touch 1", "oom-kill"),
        safe("posix touch 2"),
    ]).hidden();

    memory_and_swap_limited_alike: on("a", &[(MEMORY, "32M"), (BOTH, "32M")], &[
        fill("posix touch 1", "oom-kill"),
    ]).with_swap();

    some_swap: on("a", &[(MEMORY, "32M"), (BOTH, "48M")], &[
        fill("posix touch 2", "oom-kill").up_to(4),
        safe("posix touch 2"),
    ]).with_swap();

    the_oom_killer_is_off: on("a", &[(MEMORY, "32M"), ("a/memory.oom_control", "1")], &[
        fill("posix write 1", "enomem"),
        fill("posix touch 2", "stall"),
    ]);
}
