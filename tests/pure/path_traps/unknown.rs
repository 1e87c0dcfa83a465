//! What is unknown, unlimited or zero is not taken for one of the others.

use super::*;

#[test]
fn an_unreadable_memory_max_is_unknown_with_the_reason() {
    let json = limited(64 * MIB, 0).unreadable("/sys/fs/cgroup/app/memory.max", "EACCES").json();
    let level = &json["cgroup"]["levels"][0];
    assert_eq!(level["limit"], "unknown");
    assert_eq!(level["why"], "its limit: EACCES");
    let row = ceilings(&json, "posix", "cgroup-memory")[0];
    assert_eq!(row["limit"], "unknown");
    assert_eq!(row["why"], "EACCES");
    assert_eq!(certainty(&json, "posix"), "at-most");
    assert!(posix(&json)["why"].as_str().unwrap().contains("EACCES"));
}

#[test]
fn the_headroom_under_an_unknown_limit_is_not_unlimited() {
    let json = limited(64 * MIB, 0).unreadable("/sys/fs/cgroup/app/memory.max", "EACCES").json();
    let row = ceilings(&json, "posix", "cgroup-memory")[0];
    assert_ne!(row["headroom_bytes"], "unlimited");
    let text = limited(64 * MIB, 0)
        .unreadable("/sys/fs/cgroup/app/memory.max", "EACCES")
        .text(&Target::default(), true);
    let line = text.lines().find(|line| line.trim_start().starts_with("cgroup-memory")).unwrap();
    assert!(!line.contains("no limit"), "{line}");
}

#[test]
fn garbage_in_memory_max_is_unknown() {
    for garbage in ["", "-5", "99999999999999999999999", "12 parsecs", "\u{0}\u{1}", "Max"] {
        let json = limited(64 * MIB, 0).file("/sys/fs/cgroup/app/memory.max", garbage).json();
        assert_eq!(json["cgroup"]["levels"][0]["limit"], "unknown", "{garbage:?}");
        assert_eq!(certainty(&json, "posix"), "at-most", "{garbage:?}");
    }
}

#[test]
fn an_unreadable_memory_current_is_null_and_at_most() {
    let json =
        limited(64 * MIB, 0).unreadable("/sys/fs/cgroup/app/memory.current", "EACCES").json();
    assert_eq!(json["cgroup"]["levels"][0]["used_bytes"], Value::Null);
    assert_eq!(certainty(&json, "posix"), "at-most");
}

#[test]
fn an_unknown_usage_is_not_zero_in_a_ceiling() {
    let json =
        limited(64 * MIB, 0).unreadable("/sys/fs/cgroup/app/memory.current", "EACCES").json();
    assert_ne!(ceilings(&json, "posix", "cgroup-memory")[0]["used_bytes"], 0);
}

#[test]
fn a_missing_memory_current_is_not_an_exact_zero() {
    let json = limited(64 * MIB, 0).without("/sys/fs/cgroup/app/memory.current").json();
    assert_eq!(certainty(&json, "posix"), "at-most");
}

#[test]
fn an_unreadable_memory_stat_is_not_exactly_nothing_reclaimable() {
    let json =
        limited(64 * MIB, 32 * MIB).unreadable("/sys/fs/cgroup/app/memory.stat", "EACCES").json();
    assert_ne!(certainty(&json, "posix"), "exact");
    assert!(json["cgroup"]["levels"][0]["why"].is_string());
}

#[test]
fn an_unreadable_swap_limit_is_not_exact_where_there_is_swap() {
    let json = limited(64 * MIB, 0)
        .meminfo(8 * GIB, 6 * GIB, 2 * GIB)
        .unreadable("/sys/fs/cgroup/app/memory.swap.max", "EACCES")
        .json();
    assert_eq!(json["cgroup"]["levels"][0]["swap_limit"], "unknown");
    assert_eq!(certainty(&json, "memfd"), "at-most");
}

#[test]
fn an_unreadable_memsw_limit_is_not_exact_where_there_is_swap() {
    let json = Machine::v1("/x")
        .meminfo(8 * GIB, 6 * GIB, 2 * GIB)
        .level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, 0, 64 * MIB)
        .unreadable("/sys/fs/cgroup/memory/x/memory.memsw.limit_in_bytes", "EACCES")
        .json();
    assert_eq!(json["cgroup"]["levels"][0]["memsw_limit"], "unknown");
    assert_eq!(certainty(&json, "memfd"), "at-most");
}

#[test]
fn a_hierarchical_limit_that_v2_cannot_tell_is_not_called_unlimited() {
    let json = Machine::v2("/").level(CG, "268435456", 0).json();
    assert_ne!(json["cgroup"]["levels"][0]["hierarchical_limit"], "unlimited");
}

#[test]
fn a_hierarchical_limit_that_could_not_be_read_is_not_called_unlimited() {
    let json = Machine::v1("/x")
        .level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, 0, 64 * MIB)
        .unreadable("/sys/fs/cgroup/memory/x/memory.stat", "EACCES")
        .json();
    assert_ne!(json["cgroup"]["levels"][0]["hierarchical_limit"], "unlimited");
}

#[test]
fn an_unreadable_membership_is_not_a_machine_without_cgroups() {
    let json = limited(64 * MIB, 0).unreadable("/proc/self/cgroup", "EACCES").json();
    assert_ne!(certainty(&json, "posix"), "exact");
    assert_eq!(json["cgroup"]["hidden_ancestors"], true);
    assert_ne!(json["cgroup"]["version"], "none");
}

#[test]
fn a_membership_of_garbage_is_not_a_machine_without_cgroups() {
    let json = limited(64 * MIB, 0).file("/proc/self/cgroup", "garbage\n\u{0}\n").json();
    assert_ne!(certainty(&json, "posix"), "exact");
}

#[test]
fn an_unreadable_mountinfo_is_not_exact() {
    for why in ["EACCES", "EPERM", "EIO"] {
        let json = limited(64 * MIB, 0).unreadable("/proc/self/mountinfo", why).json();
        assert_eq!(certainty(&json, "posix"), "at-most");
        assert_eq!(json["cgroup"]["hidden_ancestors"], true);
    }
}

#[test]
fn an_unreadable_mountinfo_is_not_exact_without_cgroups_either() {
    // Read-only, noswap and the quota stand in it.
    let json = Machine::bare().unreadable("/proc/self/mountinfo", "EACCES").json();
    assert_eq!(certainty(&json, "posix"), "at-most");
}

#[test]
fn an_unreadable_mountinfo_does_not_make_a_plain_directory_of_dev_shm() {
    let json = limited(64 * MIB, 0).unreadable("/proc/self/mountinfo", "EACCES").json();
    assert!(!finds(&json, "not-shared-memory"), "{}", json["findings"]);
}

#[test]
fn an_unreadable_meminfo_is_at_most() {
    let json = limited(64 * MIB, 0).unreadable("/proc/meminfo", "EACCES").json();
    assert_eq!(certainty(&json, "posix"), "at-most");
    assert_eq!(ceilings(&json, "posix", "host-memory")[0]["limit"], "unknown");
}

#[test]
fn without_proc_nothing_is_exact() {
    let mut machine = Machine::bare();
    machine.0.files.clear();
    let json = machine.json();
    assert_ne!(certainty(&json, "posix"), "exact", "{}", posix(&json));
}

#[test]
fn a_meminfo_of_garbage_is_not_exact() {
    for garbage in ["", "MemTotal: x kB\nMemFree: 5 kB\n", "garbage"] {
        let json = limited(64 * MIB, 0).file("/proc/meminfo", garbage).json();
        assert_eq!(certainty(&json, "posix"), "at-most", "{garbage:?}");
    }
}

#[test]
fn a_line_of_meminfo_that_is_no_number_is_not_zero() {
    let text = Machine::bare().0.files["/proc/meminfo"].clone();
    let text = text + "Active(file): 99999999999999999999999 kB\n";
    let json = Machine::bare().file("/proc/meminfo", &text).json();
    assert_ne!(certainty(&json, "memfd"), "exact");
}

#[test]
fn an_unreadable_overcommit_mode_is_at_most() {
    let json = limited(64 * MIB, 0).unreadable("/proc/sys/vm/overcommit_memory", "EACCES").json();
    for kind in ["posix", "sysv", "memfd", "anon"] {
        assert_eq!(certainty(&json, kind), "at-most", "{kind}");
    }
}

#[test]
fn an_unreadable_file_size_limit_is_at_most() {
    let json = limited(64 * MIB, 0).unreadable("/proc/self/limits", "EACCES").json();
    assert_eq!(certainty(&json, "posix"), "at-most");
    assert_eq!(certainty(&json, "memfd"), "at-most");
}

#[test]
fn each_unreadable_system_v_limit_is_at_most() {
    for name in ["kernel/shmmax", "kernel/shmall", "kernel/shmmni"] {
        let json = limited(64 * MIB, 0).unreadable(&format!("/proc/sys/{name}"), "EACCES").json();
        assert_eq!(certainty(&json, "sysv"), "at-most", "{name}");
        assert!(json["segments"]["sysv"]["why"].as_str().unwrap().contains("EACCES"), "{name}");
    }
    let json = limited(64 * MIB, 0).unreadable("/proc/sysvipc/shm", "EACCES").json();
    assert_eq!(certainty(&json, "sysv"), "at-most");
}

#[test]
fn a_segment_list_of_garbage_is_not_an_empty_one() {
    let json = limited(64 * MIB, 0).file("/proc/sysvipc/shm", "garbage\n").json();
    assert_ne!(certainty(&json, "sysv"), "exact");
}

#[test]
fn a_kernel_without_system_v_ipc_has_no_exact_room_for_it() {
    let json = limited(64 * MIB, 0)
        .without("/proc/sys/kernel/shmmax")
        .without("/proc/sys/kernel/shmall")
        .without("/proc/sys/kernel/shmmni")
        .without("/proc/sysvipc/shm")
        .json();
    let sysv = &json["segments"]["sysv"];
    assert!(sysv["available_bytes"] == 0 || certainty(&json, "sysv") != "exact", "{sysv}");
}

#[test]
fn null_never_stands_for_an_amount_that_is_known() {
    let machines = [
        limited(64 * MIB, 0),
        three_levels(),
        Machine::bare(),
        limited(64 * MIB, 0).unreadable("/dev/shm", "EACCES"),
        Machine::bare().unreadable("/proc/meminfo", "EACCES"),
        Machine::bare().without_statfs("/dev/shm"),
    ];
    for machine in machines {
        let json = machine.json();
        for kind in ["posix", "sysv", "memfd", "anon"] {
            let segment = &json["segments"][kind];
            assert_eq!(
                segment["available_bytes"].is_null(),
                segment["certainty"] == "unknown",
                "{kind}: {segment}"
            );
        }
    }
}
