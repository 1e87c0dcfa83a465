//! cgroup v2 without swap.

use std::time::Duration;

use super::Setting;
use crate::cells::{Cell, fill, safe};
use crate::emulated::pages;
use crate::guest::cases;
use crate::machine::{Hierarchy, Machine};

const MAX: &str = "a/memory.max";

fn on(tree: &str, settings: &[(&str, &str)], cells: &[Cell]) -> Setting {
    Setting::new("guest, v2", tree, settings, cells)
}

cases! {
    Machine {
        memory_mib: 512,
        swap_mib: 0,
        hierarchy: Hierarchy::V2,
        files: Vec::new(),
        patience: Duration::from_secs(240),
    };

    files_larger_than_the_limit: on("a", &[(MAX, "32M")], &[
        fill("posix write 1", "oom-kill"),
        fill("posix write 2", "oom-kill"),
        fill("posix write 4", "oom-kill"),
        fill("posix fallocate 1", "oom-kill"),
        fill("posix fallocate 2", "oom-kill"),
        fill("posix touch 1", "oom-kill"),
        fill("posix touch 4", "oom-kill"),
        fill("posix populate 2", "oom-kill"),
        safe("posix touch 2"),
        safe("posix write 4"),
    ]).shm("size=256m");

    other_kinds_larger_than_the_limit: on("a", &[(MAX, "32M")], &[
        fill("sysv touch 1", "oom-kill"),
        fill("sysv populate 4", "oom-kill"),
        fill("memfd write 2", "oom-kill"),
        fill("memfd fallocate 4", "oom-kill"),
        fill("memfd touch 1", "oom-kill"),
        fill("anon touch 2", "oom-kill"),
        fill("anon populate 4", "oom-kill"),
        safe("sysv touch 2"),
        safe("memfd fallocate 1"),
        safe("anon populate 4"),
    ]);

    a_size_just_below_the_limit: on("a", &[(MAX, "40M")], &[
        fill("posix write 2", "enospc"),
        fill("posix fallocate 1", "enospc"),
        fill("posix touch 2", "sigbus"),
        fill("posix populate 1", "efault"),
    ]).shm("size=36m");

    a_size_just_above_the_limit: on("a", &[(MAX, "40M")], &[
        fill("posix write 1", "oom-kill"),
        fill("posix touch 2", "oom-kill"),
    ]).shm("size=41m");

    a_size_far_below_the_limit: on("a", &[(MAX, "64M")], &[
        fill("posix write 1", "enospc"),
        fill("posix write 4", "enospc"),
        fill("posix touch 1", "sigbus"),
        fill("posix touch 4", "sigbus"),
        fill("posix populate 2", "efault"),
        fill("posix fallocate 4", "enospc"),
        fill("posix touch 2", "sigbus").until("safe"),
        fill("posix write 2", "full").until("12Mi"),
        fill("memfd touch 1", "oom-kill"),
    ]).shm("size=16m");

    no_limit_and_a_size: on("a", &[(MAX, "max")], &[
        fill("posix write 2", "enospc"),
        fill("posix touch 2", "sigbus"),
    ]).shm("size=24m");

    a_limit_of_the_parent: on("a/b", &[(MAX, "32M")], &[
        fill("posix touch 2", "oom-kill"),
        fill("memfd write 4", "oom-kill"),
    ]);

    a_limit_that_a_namespace_hides: on("a/b", &[(MAX, "48M")], &[
        fill("posix write 1", "oom-kill").up_to(1024).options("--force"),
        fill("posix touch 4", "oom-kill").up_to(1024).options("--force"),
        fill("sysv touch 2", "oom-kill").up_to(1024).options("--force"),
        fill("memfd fallocate 2", "oom-kill").up_to(1024).options("--force"),
        safe("posix touch 4").up_to(1024).options("--force"),
        safe("memfd write 2").up_to(1024).options("--force"),
    ]).hidden();

    a_limit_that_a_namespace_hides_and_a_measurement_feels: on("a/b", &[(MAX, "48M")], &[
        fill("posix write 1", "oom-kill").options("--measure --force"),
        fill("posix touch 4", "oom-kill").options("--measure --force"),
        fill("sysv touch 2", "oom-kill").options("--measure --force"),
        fill("memfd fallocate 2", "oom-kill").options("--measure --force"),
        safe("posix touch 4").options("--measure"),
        safe("memfd write 2").options("--measure"),
    ]).hidden();

    no_inode_is_free: on("a", &[(MAX, "32M")], &[
        fill("posix touch 1", "enospc").options("--force").nothing(),
        fill("posix write 2", "enospc").options("--force").nothing(),
    ]).shm("size=256m,nr_inodes=2").before("echo > /dev/shm/held");

    inodes_for_some_of_the_workers: on("a", &[(MAX, "64M")], &[
        fill("posix write 4", "enospc"),
    ]).shm("size=16m,nr_inodes=3");

    shmmax: on("a", &[(MAX, "64M")], &[
        fill("sysv touch 1", "einval"),
        fill("sysv populate 2", "einval"),
    ]).sysctls(&[("kernel/shmmax", "8388608")]);

    shmall: on("a", &[(MAX, "64M")], &[
        fill("sysv touch 1", "enospc"),
        fill("sysv touch 4", "enospc"),
    ]).sysctls(&[("kernel/shmall", &pages(16 << 20))]);

    shmmni: on("a", &[(MAX, "64M")], &[
        fill("sysv touch 2", "enospc").nothing(),
    ]).sysctls(&[("kernel/shmmni", "0")]);

    overcommit_2: on("a", &[(MAX, "max")], &[
        fill("posix write 1", "enospc").options("--force"),
        fill("posix touch 2", "sigbus").options("--force"),
        fill("posix populate 1", "efault").options("--force"),
        fill("memfd touch 1", "sigbus").options("--force"),
        fill("sysv touch 1", "enomem").options("--force"),
        fill("anon touch 2", "enomem").options("--force"),
    ]).sysctls(&[("vm/overcommit_ratio", "12"), ("vm/overcommit_memory", "2")]);

    workers_that_cannot_be_killed: on("a", &[(MAX, "32M")], &[
        fill("posix write 1", "enomem").options("--oom-score-adj -1000"),
        fill("memfd fallocate 2", "enomem").options("--oom-score-adj -1000"),
        fill("anon populate 1", "enomem").options("--oom-score-adj -1000"),
    ]);
}
