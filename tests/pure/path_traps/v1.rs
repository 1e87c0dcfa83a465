//! Control groups of version 1.

use super::*;

#[test]
fn v1_levels_are_counted_up_to_the_root() {
    let machine = Machine::v1("/docker/abc")
        .level_v1("/sys/fs/cgroup/memory/docker", 128 * MIB, 28 * MIB, 128 * MIB)
        .level_v1("/sys/fs/cgroup/memory/docker/abc", 256 * MIB, MIB, 128 * MIB);
    let json = machine.json();
    assert_eq!(paths(&json), ["/docker/abc", "/docker"]);
    assert_eq!(json["cgroup"]["version"], "v1");
    assert!(near(&posix(&json)["available_bytes"], touched(100 * MIB)));
    assert_eq!(certainty(&json, "posix"), "exact");
}

#[test]
fn co_mounted_v1_controllers_are_found_in_any_order() {
    for (line, options) in
        [("memory,hugetlb", "rw,hugetlb,memory"), ("hugetlb,memory", "rw,memory,hugetlb")]
    {
        let machine = Machine::v1("/x")
            .file("/proc/self/cgroup", &format!("3:{line}:/x\n1:name=systemd:/y\n"))
            .mount_instead(6, &format!("6 3 0:6 / {V1} rw - cgroup cgroup {options}"))
            .level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, 0, 64 * MIB)
            .pool(2048, 100, 100, 0)
            .file("/sys/fs/cgroup/memory/x/hugetlb.2MB.limit_in_bytes", "4194304\n")
            .file("/sys/fs/cgroup/memory/x/hugetlb.2MB.usage_in_bytes", "0\n");
        let json = machine.json();
        assert_eq!(paths(&json), ["/x"], "{line} {options}");
        assert_eq!(json["huge_pages"][0]["cgroup_limit"], 4 * MIB);
        assert_eq!(json["huge_pages"][0]["available_bytes"], 4 * MIB);
    }
}

#[test]
fn a_named_hierarchy_called_memory_is_not_the_memory_controller() {
    let machine = Machine::v1("/x")
        .file("/proc/self/cgroup", "9:name=memory:/wrong\n3:memory:/x\n")
        .mount("7 3 0:7 / /sys/fs/cgroup/named rw - cgroup cgroup rw,name=memory")
        .level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, 0, 64 * MIB);
    assert_eq!(paths(&machine.json()), ["/x"]);
}

#[test]
fn hybrid_takes_the_memory_controller_where_it_is() {
    let in_v1 = Machine::v1("/x")
        .file("/proc/self/cgroup", "4:memory:/x\n0::/y\n")
        .mount("7 3 0:7 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw")
        .level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, 0, 64 * MIB);
    let json = in_v1.json();
    assert_eq!((json["cgroup"]["version"].as_str(), paths(&json)), (Some("hybrid"), vec!["/x"]));
    let in_v2 = Machine::v2("/y")
        .file("/proc/self/cgroup", "4:cpu:/x\n1:name=systemd:/x\n0::/y\n")
        .level("/sys/fs/cgroup/y", "67108864", 0);
    let json = in_v2.json();
    assert_eq!((json["cgroup"]["version"].as_str(), paths(&json)), (Some("hybrid"), vec!["/y"]));
    assert!(near(&posix(&json)["available_bytes"], touched(64 * MIB)));
}

#[test]
fn a_parent_with_use_hierarchy_0_does_not_count_its_children() {
    let machine = Machine::v1("/p/x")
        .kernel("5.10.0")
        .level_v1("/sys/fs/cgroup/memory/p", MIB, 0, MIB)
        .file("/sys/fs/cgroup/memory/p/memory.use_hierarchy", "0\n")
        .level_v1("/sys/fs/cgroup/memory/p/x", 64 * MIB, 0, 64 * MIB);
    assert!(near(&posix(&machine.json())["available_bytes"], touched(64 * MIB)));
}

#[test]
fn use_hierarchy_0_of_the_leaf_itself_does_not_hide_its_own_limit() {
    let machine = Machine::v1("/x")
        .level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, 0, 64 * MIB)
        .file("/sys/fs/cgroup/memory/x/memory.use_hierarchy", "0\n");
    assert!(near(&posix(&machine.json())["available_bytes"], touched(64 * MIB)));
}

#[test]
fn a_hidden_v1_limit_is_told_by_memory_stat_and_is_at_most() {
    let machine = Machine::v1("/docker/abc")
        .mount_instead(6, "6 3 0:6 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory")
        .without("/sys/fs/cgroup/memory/release_agent")
        .level_v1(V1, V1_UNLIMITED, 8 * MIB, 64 * MIB);
    let json = machine.json();
    assert_eq!(json["cgroup"]["levels"][0]["limit"], "unlimited");
    assert_eq!(json["cgroup"]["levels"][0]["hierarchical_limit"], 64 * MIB);
    assert!(near(&posix(&json)["available_bytes"], touched(56 * MIB)));
    assert_eq!(certainty(&json, "posix"), "at-most");
}

#[test]
fn a_hidden_v1_limit_that_is_unlimited_hides_nothing() {
    let machine = Machine::v1("/docker/abc")
        .mount_instead(6, "6 3 0:6 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory")
        .without("/sys/fs/cgroup/memory/release_agent");
    assert_eq!(certainty(&machine.json(), "posix"), "exact");
}

#[test]
fn without_swap_accounting_no_memsw_limit_can_hide() {
    // memcg1_stat_format writes hierarchical_memsw_limit exactly when memsw is accounted.
    let machine = Machine::v1("/docker/abc")
        .mount_instead(6, "6 3 0:6 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory")
        .without("/sys/fs/cgroup/memory/release_agent")
        .without("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes")
        .without("/sys/fs/cgroup/memory/memory.memsw.usage_in_bytes")
        .file(
            "/sys/fs/cgroup/memory/memory.stat",
            "hierarchical_memory_limit 9223372036854771712\ntotal_inactive_file 0\n",
        );
    assert_eq!(certainty(&machine.json(), "posix"), "exact");
}

#[test]
fn v1_unlimited_of_64_kib_pages_is_unlimited() {
    let unlimited = 9_223_372_036_854_710_272;
    let machine = Machine::v1("/x").page_size(65536).level_v1(
        "/sys/fs/cgroup/memory/x",
        unlimited,
        0,
        unlimited,
    );
    let json = machine.json();
    assert_eq!(json["cgroup"]["levels"][0]["limit"], "unlimited");
    assert_eq!(json["cgroup"]["levels"][0]["hierarchical_limit"], "unlimited");
}

#[test]
fn v1_unlimited_of_huge_pages_is_rounded_down_to_a_huge_page() {
    // hugetlb_cgroup_css_alloc: round_down(PAGE_COUNTER_MAX, pages of a huge page).
    for (kib, name, unlimited) in [
        (2048, "2MB", 9_223_372_036_852_678_656_u64),
        (1_048_576, "1GB", 9_223_372_035_781_033_984),
    ] {
        let machine = Machine::v1("/x")
            .file("/proc/self/cgroup", "3:hugetlb:/x\n4:memory:/x\n")
            .mount("7 3 0:7 / /sys/fs/cgroup/hugetlb rw - cgroup cgroup rw,hugetlb")
            .pool(kib, 4, 4, 0)
            .file(
                &format!("/sys/fs/cgroup/hugetlb/x/hugetlb.{name}.limit_in_bytes"),
                &format!("{unlimited}\n"),
            )
            .file(&format!("/sys/fs/cgroup/hugetlb/x/hugetlb.{name}.usage_in_bytes"), "0\n");
        assert_eq!(machine.json()["huge_pages"][0]["cgroup_limit"], "unlimited", "{name}");
    }
}

#[test]
fn memsw_bounds_memory_and_swap_together() {
    let machine = Machine::v1("/x")
        .meminfo(8 * GIB, 6 * GIB, 2 * GIB)
        .level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, 4 * MIB, 64 * MIB)
        .file("/sys/fs/cgroup/memory/x/memory.memsw.limit_in_bytes", "100663296\n");
    let json = machine.json();
    assert!(near(&posix(&json)["available_bytes"], touched(92 * MIB)), "{}", posix(&json));
    let row = ceilings(&json, "posix", "cgroup-memory")
        .into_iter()
        .find(|row| row["origin"] == "/sys/fs/cgroup/memory/x/memory.memsw.limit_in_bytes")
        .expect("the file that binds is named");
    assert_eq!(row["limit"], 96 * MIB, "the limit is what the named file says");
}

#[test]
fn v1_swappiness_0_keeps_a_cgroup_out_of_swap() {
    let machine = Machine::v1("/x")
        .meminfo(8 * GIB, 6 * GIB, 2 * GIB)
        .level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, 0, 64 * MIB)
        .file("/sys/fs/cgroup/memory/x/memory.swappiness", "0\n");
    assert!(near(&posix(&machine.json())["available_bytes"], touched(64 * MIB)));
}

#[test]
fn v1_with_oom_kill_disabled_refuses_writes_and_hangs_a_touch() {
    let machine = Machine::v1("/x")
        .level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, 0, 64 * MIB)
        .file("/sys/fs/cgroup/memory/x/memory.oom_control", "oom_kill_disable 1\nunder_oom 0\n");
    let json = machine.json();
    assert_eq!(end(&json, "posix", "write"), "enomem");
    assert_eq!(end(&json, "posix", "touch"), "stall");
    assert_eq!(end(&json, "posix", "populate"), "enomem");
}

#[test]
fn a_v1_machine_without_the_memory_controller_has_no_hidden_memory_limit() {
    let machine = Machine::bare().file("/proc/self/cgroup", "2:cpu:/x\n1:name=systemd:/x\n");
    let json = machine.json();
    assert_eq!(json["cgroup"]["hidden_ancestors"], false);
    assert_eq!(certainty(&json, "posix"), "exact");
}
