//! Details of version 2: swap, memory.high, old kernels, who is killed, huge pages.

use super::*;

#[test]
fn the_least_swap_of_all_levels_counts() {
    let machine = three_levels()
        .meminfo(8 * GIB, 6 * GIB, 2 * GIB)
        .file("/sys/fs/cgroup/pods/memory.swap.max", "33554432\n")
        .file("/sys/fs/cgroup/pods/memory.swap.current", "1048576\n")
        .file("/sys/fs/cgroup/pods/pod/memory.swap.max", "67108864\n");
    let json = machine.json();
    assert!(near(&posix(&json)["available_bytes"], touched((156 + 31) * MIB)), "{}", posix(&json));
}

#[test]
fn swappiness_0_keeps_v2_cgroups_out_of_swap_but_not_the_machine() {
    let machine = limited(64 * MIB, 0)
        .meminfo(8 * GIB, 6 * GIB, 2 * GIB)
        .file("/proc/sys/vm/swappiness", "0\n");
    let json = machine.json();
    assert!(near(&posix(&json)["available_bytes"], touched(64 * MIB)));
    let host = ceilings(&json, "posix", "host-memory")[0];
    assert!(near(&host["headroom_bytes"], touched(8 * GIB)), "{host}");
}

#[test]
fn a_tmpfs_with_noswap_does_not_swap_where_a_memfd_does() {
    let machine = limited(64 * MIB, 0)
        .meminfo(8 * GIB, 6 * GIB, 64 * MIB)
        .mount_instead(5, "5 4 0:5 / /dev/shm rw - tmpfs v rw,size=1048576k,noswap");
    let json = machine.json();
    assert!(near(&posix(&json)["available_bytes"], touched(64 * MIB)));
    assert!(near(&json["segments"]["memfd"]["available_bytes"], touched(128 * MIB)));
}

#[test]
fn memory_high_stalls_since_5_4_and_not_in_5_3() {
    let machine = limited(512 * MIB, 0).file("/sys/fs/cgroup/app/memory.high", "67108864\n");
    let json = machine.json();
    assert_eq!(posix(&json)["binding"], "cgroup-high");
    assert_eq!(end(&json, "posix", "touch"), "stall");
    assert!(posix(&json)["available_bytes"].as_u64().unwrap() > 60 * MIB);
    let old = machine.kernel("5.3.0-1-amd64").json();
    assert_eq!(posix(&old)["binding"], "cgroup-memory");
}

#[test]
fn before_4_19_a_write_over_the_cgroup_limit_is_refused_and_a_touch_kills() {
    let json = limited(64 * MIB, 0).kernel("4.18.0-553.el8.x86_64").json();
    assert_eq!(end(&json, "posix", "write"), "enomem");
    assert_eq!(end(&json, "posix", "touch"), "oom-kill");
    assert_eq!(end(&json, "posix", "populate"), "einval");
}

#[test]
fn before_5_14_populate_is_refused() {
    let json = limited(64 * MIB, 0).kernel("5.13.19").json();
    assert_eq!(end(&json, "memfd", "populate"), "einval");
    assert_eq!(json["segments"]["memfd"]["methods"]["populate"]["available_bytes"], 0);
    assert_eq!(end(&limited(64 * MIB, 0).kernel("5.14.0").json(), "memfd", "populate"), "oom-kill");
}

#[test]
fn the_kernel_release_of_a_capture_counts_where_the_file_is_missing() {
    let mut machine = limited(64 * MIB, 0).without("/proc/sys/kernel/osrelease");
    machine.0.kernel_release = "4.18.0".into();
    let json = machine.json();
    assert_eq!(json["subject"]["kernel"], "4.18.0");
    assert_eq!(end(&json, "posix", "write"), "enomem");
}

#[test]
fn who_cannot_be_killed_is_refused_under_a_cgroup_limit() {
    let json = limited(64 * MIB, 0).file("/proc/self/oom_score_adj", "-1000\n").json();
    assert_eq!(end(&json, "posix", "write"), "enomem");
    assert_eq!(end(&json, "posix", "touch"), "stall");
}

#[test]
fn who_cannot_be_killed_is_not_refused_by_the_machine_itself() {
    // A global OOM kills somebody else, or panics (out_of_memory, mm/oom_kill.c).
    let machine =
        Machine::bare().meminfo(8 * GIB, 512 * MIB, 0).file("/proc/self/oom_score_adj", "-1000\n");
    let json = machine.json();
    assert_eq!(posix(&json)["binding"], "host-memory");
    assert_eq!(end(&json, "posix", "write"), "oom-kill");
}

#[test]
fn others_die_for_a_writer_that_cannot_be_killed() {
    let machine = limited(64 * MIB, 20 * MIB)
        .file("/proc/self/oom_score_adj", "-1000\n")
        .file("/sys/fs/cgroup/app/cgroup.procs", "100\n200\n")
        .file("/proc/200/statm", "9000 5000 0 0 0 0 0\n")
        .file("/proc/200/oom_score_adj", "0\n")
        .file("/proc/200/comm", "victim\n");
    assert!(finds(&machine.json(), "bystander-dies"));
}

#[test]
fn a_bystander_with_more_resident_memory_is_named() {
    let machine = limited(64 * MIB, 20 * MIB)
        .file("/sys/fs/cgroup/app/cgroup.procs", "100\n0\n200\n")
        .file("/proc/200/statm", "9000 5000 0 0 0 0 0\n")
        .file("/proc/200/oom_score_adj", "0\n")
        .file("/proc/200/comm", "victim\n");
    assert!(finds(&machine.json(), "bystander-dies"));
    let spared = machine.file("/proc/200/oom_score_adj", "-1000\n");
    assert!(!finds(&spared.json(), "bystander-dies"));
}

#[test]
fn a_touch_that_is_killed_is_told_even_where_a_write_ends_in_enospc() {
    // Page tables make the touch dearer than the write.
    let size = 267_595_776; // between 254.92 and 255.42 MiB
    let machine = limited(256 * MIB, 0).statfs("/dev/shm", statfs(TMPFS, size, size));
    let json = machine.json();
    assert_eq!(end(&json, "posix", "write"), "enospc");
    assert_eq!(end(&json, "posix", "touch"), "oom-kill");
    assert!(finds(&json, "kill-before-enospc"), "{}", json["findings"]);
}

#[test]
fn larger_pages_cost_less() {
    let available = |page| {
        limited(512 * MIB, 0).page_size(page).json()["segments"]["memfd"]["available_bytes"]
            .as_u64()
            .unwrap()
    };
    let (small, middle, large) = (available(4096), available(16384), available(65536));
    assert!(small < middle && middle < large && large < 512 * MIB, "{small} {middle} {large}");
}

#[test]
fn the_global_policy_deny_turns_huge_pages_off_on_every_mount() {
    // Documentation/admin-guide/mm/transhuge.rst: deny disables huge on all mounts.
    let mounted = limited(512 * MIB, 0)
        .mount_instead(5, "5 4 0:5 / /dev/shm rw - tmpfs v rw,size=1048576k,huge=always");
    assert_eq!(posix(&mounted.json())["available_bytes"], 512 * MIB);
    let denied = mounted.file(
        "/sys/kernel/mm/transparent_hugepage/shmem_enabled",
        "always within_size advise never [deny] force\n",
    );
    assert!(near(&posix(&denied.json())["available_bytes"], touched(512 * MIB)));
}

#[test]
fn the_global_policy_force_makes_huge_pages_on_every_mount() {
    let forced = limited(512 * MIB, 0).file(
        "/sys/kernel/mm/transparent_hugepage/shmem_enabled",
        "always within_size advise never deny [force]\n",
    );
    assert_eq!(posix(&forced.json())["available_bytes"], 512 * MIB);
}
