//! Traps of paths, mounts, cgroups and numbers, on machines that do not exist.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[path = "common/machine.rs"]
mod machine;

use std::cell::Cell;
use std::time::{Duration, Instant};

use machine::*;
use serde_json::{Value, json};
use shmeter::capacity::{Certainty, End, Kind, Method, assess};
use shmeter::facts::{Reading, StatFs};
use shmeter::probe::capture::Capture;
use shmeter::probe::{FileStat, ProbeError, Source, Target, gather};
use shmeter::report::inspect::openmetrics;

const CG: &str = "/sys/fs/cgroup";
const V1: &str = "/sys/fs/cgroup/memory";

/// A container of three levels whose middle one is the tightest.
fn three_levels() -> Machine {
    Machine::v2("/pods/pod/app")
        .level("/sys/fs/cgroup/pods", "4294967296", 300 * MIB)
        .level("/sys/fs/cgroup/pods/pod", "268435456", 100 * MIB)
        .level("/sys/fs/cgroup/pods/pod/app", "max", 10 * MIB)
}

fn limited(max: u64, used: u64) -> Machine {
    Machine::v2("/app").level("/sys/fs/cgroup/app", &max.to_string(), used)
}

fn posix(json: &Value) -> &Value {
    &json["segments"]["posix"]
}

fn end(json: &Value, kind: &str, method: &str) -> String {
    json["segments"][kind]["methods"][method]["ends_in"].as_str().unwrap_or("null").to_owned()
}

fn certainty(json: &Value, kind: &str) -> String {
    json["segments"][kind]["certainty"].as_str().unwrap().to_owned()
}

// ---- cgroup levels ------------------------------------------------------------------------

#[test]
fn a_limit_at_a_middle_level_binds_with_the_usage_of_that_level() {
    let json = three_levels().json();
    assert_eq!(paths(&json), ["/pods/pod/app", "/pods/pod", "/pods"]);
    assert!(near(&posix(&json)["available_bytes"], touched(156 * MIB)), "{}", posix(&json));
    assert_eq!(json["cgroup"]["hidden_ancestors"], false);
    assert_eq!(certainty(&json, "posix"), "exact");
    assert_eq!(end(&json, "posix", "write"), "oom-kill");
}

#[test]
fn what_is_reclaimable_is_counted_at_its_own_level_only() {
    let stat = "inactive_file 31457280\nactive_file 10485760\nslab_reclaimable 10485760\nshmem 5\n";
    let json = three_levels().file("/sys/fs/cgroup/pods/pod/memory.stat", stat).json();
    assert!(near(&posix(&json)["available_bytes"], touched(206 * MIB)));
    assert_eq!(json["cgroup"]["levels"][1]["reclaimable_bytes"], 50 * MIB);
    assert_eq!(json["cgroup"]["levels"][0]["reclaimable_bytes"], 0);
}

#[test]
fn a_level_that_is_used_up_leaves_nothing_and_not_less() {
    let json = limited(64 * MIB, 65 * MIB).json();
    assert_eq!(posix(&json)["available_bytes"], 0);
    assert_eq!(certainty(&json, "posix"), "exact");
}

#[test]
fn more_reclaimable_than_used_frees_no_more_than_the_limit() {
    let machine = limited(64 * MIB, MIB)
        .file("/sys/fs/cgroup/app/memory.stat", "inactive_file 18446744073709551615\n");
    assert!(near(&posix(&machine.json())["available_bytes"], touched(64 * MIB)));
}

#[test]
fn a_limit_of_zero_is_zero_and_not_unlimited() {
    let json = limited(0, 0).json();
    assert_eq!(json["cgroup"]["levels"][0]["limit"], 0);
    assert_eq!(posix(&json)["available_bytes"], 0);
}

#[test]
fn a_missing_leaf_folder_leaves_the_parent() {
    let machine = three_levels().file("/proc/self/cgroup", "0::/pods/pod/gone (deleted)\n");
    let json = machine.json();
    assert_eq!(paths(&json), ["/pods/pod", "/pods"]);
    assert!(near(&posix(&json)["available_bytes"], touched(156 * MIB)));
}

#[test]
fn a_leaf_without_the_memory_controller_is_counted_by_its_parent() {
    let machine = three_levels().without("/sys/fs/cgroup/pods/pod/app/memory.max");
    assert_eq!(paths(&machine.json()), ["/pods/pod", "/pods"]);
}

#[test]
fn the_real_root_without_memory_max_is_normal() {
    let json = three_levels().json();
    assert!(!finds(&json, "hidden-ancestors"));
    assert_eq!(json["cgroup"]["levels"].as_array().unwrap().len(), 3);
}

#[test]
fn a_root_with_memory_max_has_levels_above() {
    let machine = Machine::v2("/").level(CG, "268435456", 0);
    let json = machine.json();
    assert_eq!(json["cgroup"]["hidden_ancestors"], true);
    assert_eq!(certainty(&json, "posix"), "at-most");
    assert!(finds(&json, "hidden-ancestors"));
}

#[test]
fn colons_and_spaces_in_cgroup_names_are_part_of_the_name() {
    let machine = Machine::v2("/a:b:c/d e").level("/sys/fs/cgroup/a:b:c/d e", "67108864", 0);
    let json = machine.json();
    assert_eq!(paths(&json), ["/a:b:c/d e"]);
    assert!(near(&posix(&json)["available_bytes"], touched(64 * MIB)));
}

#[test]
fn escapes_in_the_root_and_in_the_point_of_a_cgroup_mount_are_undone() {
    let machine = Machine::v2("/my pods/x")
        .mount_instead(6, "6 3 0:6 /my\\040pods /sys/fs/cg\\040\\134two rw - cgroup2 none rw")
        .level("/sys/fs/cg \\two", "max", 0)
        .level("/sys/fs/cg \\two/x", "67108864", 0);
    assert_eq!(paths(&machine.json()), ["/my pods/x", "/my pods"]);
}

#[test]
fn a_mount_of_docker_abc_is_no_parent_of_docker_abcd() {
    let machine = Machine::v1("/docker/abcd")
        .mount_instead(6, "6 3 0:6 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory")
        .level_v1(V1, 64 * MIB, 0, 64 * MIB);
    let json = machine.json();
    assert_eq!(paths(&json), Vec::<&str>::new());
    assert_eq!(json["cgroup"]["hidden_ancestors"], true);
    assert_eq!(certainty(&json, "posix"), "at-most");
}

#[test]
fn a_cgroup_mount_with_an_empty_source_is_found() {
    let machine =
        limited(64 * MIB, 0).mount_instead(6, "6 3 0:6 / /sys/fs/cgroup rw -  cgroup2  rw");
    // `-  cgroup2` has an empty type: that line is none. An empty source is `- cgroup2  rw`.
    assert!(paths(&machine.json()).is_empty());
    let machine =
        limited(64 * MIB, 0).mount_instead(6, "6 3 0:6 / /sys/fs/cgroup rw - cgroup2  rw");
    assert_eq!(paths(&machine.json()), ["/app"]);
}

#[test]
fn a_sibling_above_the_namespace_is_matched_by_the_root_of_its_mount() {
    let machine = Machine::v2("/../x")
        .mount_instead(6, "6 3 0:6 /../x /sys/fs/cgroup rw - cgroup2 cgroup rw")
        .level(CG, "67108864", 0);
    let json = machine.json();
    assert_eq!(paths(&json), ["/../x"]);
    assert_eq!(json["cgroup"]["hidden_ancestors"], true);
}

#[test]
fn a_process_outside_of_the_mounted_tree_is_not_given_the_limits_of_that_tree() {
    let machine = Machine::v2("/../other").level(CG, "67108864", 0);
    let json = machine.json();
    assert_eq!(paths(&json), Vec::<&str>::new());
    assert_eq!(certainty(&json, "posix"), "at-most");
}

fn namespace_without_its_own_mount() -> Machine {
    Machine::v2("/")
        .mount_instead(6, "6 3 0:6 /../.. /sys/fs/cgroup rw - cgroup2 cgroup rw")
        .level("/sys/fs/cgroup/pods", "134217728", 0)
        .level("/sys/fs/cgroup/pods/app", "268435456", 0)
        .file("/sys/fs/cgroup/pods/app/cgroup.procs", "7\n100\n")
        .level("/sys/fs/cgroup/pods/other", "1048576", 0)
}

#[test]
fn a_namespace_without_its_own_mount_is_found_in_the_hosts_tree_by_its_process() {
    let json = namespace_without_its_own_mount().json();
    assert_eq!(paths(&json), ["/../../pods/app", "/../../pods"]);
    assert_eq!(json["cgroup"]["hidden_ancestors"], false);
    assert!(near(&posix(&json)["available_bytes"], touched(128 * MIB)));
}

#[test]
fn the_search_in_the_hosts_tree_counts_folders_and_not_their_files() {
    // 150 services of 60 files each are an ordinary host.
    let mut machine = namespace_without_its_own_mount();
    for service in 0..150 {
        let folder = format!("/sys/fs/cgroup/aaa.slice/s{service}.service");
        machine = machine.level("/sys/fs/cgroup/aaa.slice", "max", 0).level(&folder, "max", 0);
        for file in 0..50 {
            machine = machine.file(&format!("{folder}/memory.file{file}"), "");
        }
    }
    machine = machine.mount_instead(6, "6 3 0:6 /../../.. /sys/fs/cgroup rw - cgroup2 cgroup rw");
    machine = machine.level("/sys/fs/cgroup/pods/app/in", "33554432", 0);
    machine = machine.file("/sys/fs/cgroup/pods/app/in/cgroup.procs", "100\n");
    assert_eq!(machine.json()["cgroup"]["levels"].as_array().unwrap().len(), 3);
}

#[test]
fn the_search_finds_cgroups_whose_names_look_like_files() {
    let machine = Machine::v2("/")
        .mount_instead(6, "6 3 0:6 /../.. /sys/fs/cgroup rw - cgroup2 cgroup rw")
        .level("/sys/fs/cgroup/misc.slice", "134217728", 0)
        .level("/sys/fs/cgroup/misc.slice/io.example.app", "max", 0)
        .file("/sys/fs/cgroup/misc.slice/io.example.app/cgroup.procs", "100\n");
    assert_eq!(machine.json()["cgroup"]["levels"].as_array().unwrap().len(), 2);
}

#[test]
fn the_view_that_shows_the_most_levels_wins_for_another_process() {
    // On the host: the container mounts its own folder only, the host's mount shows the pod too.
    let machine = three_levels()
        .file("/proc/self/cgroup", "0::/admin\n")
        .process("/proc/7", 7)
        .file("/proc/7/cgroup", "0::/pods/pod/app\n")
        .file(
            "/proc/7/mountinfo",
            "50 49 0:50 / / rw - overlay o rw\n\
             51 50 0:6 /pods/pod/app /sys/fs/cgroup ro - cgroup2 cgroup rw\n\
             52 50 0:52 / /dev/shm rw - tmpfs shm rw,size=1048576k\n",
        )
        .level("/proc/7/root/sys/fs/cgroup", "max", 10 * MIB)
        .statfs("/proc/7/root/dev/shm", statfs(TMPFS, GIB, GIB));
    let json = machine.json_of(7);
    assert_eq!(json["cgroup"]["levels"].as_array().unwrap().len(), 3, "{}", json["cgroup"]);
    assert_eq!(json["cgroup"]["hidden_ancestors"], false);
    assert!(near(&posix(&json)["available_bytes"], touched(156 * MIB)), "{}", posix(&json));
}

#[test]
fn a_target_in_an_ephemeral_view_is_found_through_its_own_root() {
    let machine = Machine::v2("/")
        .level(CG, "max", 0)
        .process("/proc/1", 1)
        .file("/proc/1/cgroup", "0::/../target\n")
        .file(
            "/proc/1/mountinfo",
            "50 49 0:50 / / rw - overlay o rw\n\
             51 50 0:6 /../target /sys/fs/cgroup ro - cgroup2 cgroup rw\n\
             52 50 0:52 / /dev/shm rw - tmpfs tmpfs rw,size=131072k,noswap\n",
        )
        .level("/proc/1/root/sys/fs/cgroup", "67108864", 0)
        .statfs("/proc/1/root/dev/shm", statfs(TMPFS, 128 * MIB, 128 * MIB));
    let json = machine.json_of(1);
    assert_eq!(paths(&json), ["/../target"]);
    assert_eq!(json["subject"], {
        let mut subject = json["subject"].clone();
        subject["view"] = "target".into();
        subject["pid"] = 1.into();
        subject
    });
    assert!(near(&posix(&json)["available_bytes"], touched(64 * MIB)));
    assert_eq!(certainty(&json, "posix"), "at-most");
}

#[test]
fn a_very_deep_cgroup_path_is_read_in_bounded_time() {
    let path = "/a".repeat(6000);
    let machine = Machine::v2(&path);
    let start = Instant::now();
    let _ = gather(&machine.0, &Target::default());
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

// ---- v1 -----------------------------------------------------------------------------------

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

// ---- v2 details ---------------------------------------------------------------------------

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

// ---- unknown, unlimited, zero ---------------------------------------------------------------

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

// ---- mounts ---------------------------------------------------------------------------------

#[test]
fn the_topmost_of_stacked_mounts_is_the_one_that_counts() {
    let machine = Machine::bare().mount("9 5 0:9 / /dev/shm rw - tmpfs top rw,size=4k,noswap");
    assert_eq!(machine.facts().shm.mount.known().unwrap().source, "top");
}

#[test]
fn a_mount_over_the_root_does_not_cover_what_an_older_process_sees() {
    // A look-up of an absolute path starts at the process's root and does not cross into a mount
    // that was put on it later; checked with `unshare -m`, `mount -t tmpfs none /`, `stat`.
    let machine = Machine::bare().mount("9 1 0:9 / / rw - tmpfs over rw");
    assert_eq!(machine.facts().shm.mount.known().unwrap().source, "volume");
}

#[test]
fn a_bind_mount_of_a_subfolder_and_an_idmapped_one_are_mount_points() {
    for line in [
        "5 4 0:5 /sub\\040folder /dev/shm rw - tmpfs volume rw,size=1048576k",
        "5 4 0:5 / /dev/shm rw,idmapped - tmpfs volume rw,size=1048576k",
    ] {
        let json = Machine::bare().mount_instead(5, line).json();
        assert!(!finds(&json, "not-shared-memory"), "{line}");
        assert_eq!(posix(&json)["available_bytes"], GIB);
    }
}

#[test]
fn an_absent_dev_shm_is_told_and_nothing_else_is_made_up() {
    let json = Machine::bare().without_statfs("/dev/shm").json();
    assert_eq!(posix(&json)["available_bytes"], Value::Null);
    assert_eq!(certainty(&json, "posix"), "unknown");
    assert_eq!(json["df"]["total_bytes"], Value::Null);
    assert_eq!(json["verdict"], "fail");
    assert!(finds(&json, "not-shared-memory"));
    assert!(!finds(&json, "host-wide"), "what does not exist fills no node: {}", json["findings"]);
}

#[test]
fn a_disk_at_dev_shm_fills_no_memory_of_the_node() {
    let json = Machine::bare()
        .statfs("/dev/shm", statfs(EXT4, GIB, GIB))
        .mount_instead(5, "5 4 8:1 /x /dev/shm rw - ext4 /dev/vda rw")
        .json();
    assert!(finds(&json, "not-shared-memory"));
    assert_eq!(json["df"]["filesystem"], "ext4");
    assert!(!finds(&json, "host-wide"), "{}", json["findings"]);
}

#[test]
fn a_plain_directory_of_another_tmpfs_is_told() {
    let lines = &[
        "1 0 8:1 / / rw - ext4 /dev/vda rw",
        "4 1 0:4 / /dev rw - tmpfs tmpfs rw,size=65536k,mode=755",
    ];
    let machine =
        Machine::bare().mounts(lines).statfs("/dev/shm", statfs(TMPFS, 64 * MIB, 60 * MIB));
    let json = machine.json();
    assert!(finds(&json, "not-shared-memory"));
    assert_eq!(posix(&json)["available_bytes"], 60 * MIB);
}

#[test]
fn a_link_is_followed_relative_and_absolute() {
    for target in ["/run/shm", "../run/shm", "../dev/../run/./shm/", "/proc/../run/shm"] {
        let machine = Machine::bare()
            .mounts(&[
                "1 0 8:1 / / rw - ext4 /dev/vda rw",
                "5 1 0:5 / /run/shm rw - tmpfs linked rw,size=65536k",
            ])
            .link("/dev/shm", target)
            .without_statfs("/dev/shm")
            .statfs("/run/shm", statfs(TMPFS, 64 * MIB, 64 * MIB));
        let json = machine.json();
        assert_eq!(json["subject"]["mount"], "/dev/shm", "{target}");
        assert_eq!(json["subject"]["mount_point"], "/run/shm", "{target}");
        assert_eq!(posix(&json)["available_bytes"], 64 * MIB, "{target}");
        assert!(!finds(&json, "not-shared-memory"), "{target}");
    }
}

#[test]
fn an_absolute_link_of_a_target_stays_inside_of_its_root() {
    let machine = Machine::bare()
        .process("/proc/7", 7)
        .file("/proc/7/cgroup", "")
        .file(
            "/proc/7/mountinfo",
            "50 49 0:50 / / rw - overlay o rw\n52 50 0:52 / /run/shm rw - tmpfs theirs rw\n",
        )
        .link("/proc/7/root/dev/shm", "/run/shm")
        .statfs("/run/shm", statfs(TMPFS, MIB, MIB))
        .statfs("/proc/7/root/run/shm", statfs(TMPFS, 64 * MIB, 64 * MIB));
    assert_eq!(posix(&machine.json_of(7))["available_bytes"], 64 * MIB);
}

#[test]
fn links_that_loop_end() {
    for (a, b) in
        [("/dev/shm", "/dev/shm"), ("shm", "shm"), ("/run/shm", "/dev/shm"), ("shm/x", "y")]
    {
        let machine = Machine::bare().link("/dev/shm", a).link("/run/shm", b);
        let _ = gather(&machine.0, &Target::default());
    }
    let machine = Machine::bare().link("/dev/shm", "/run/shm").link("/run/shm", "/dev/shm");
    assert!(matches!(gather(&machine.0, &Target::default()), Err(ProbeError::Path { .. })));
}

#[test]
fn a_link_longer_than_any_path_is_refused_in_bounded_time() {
    let machine = Machine::bare().link("/dev/shm", &"a/".repeat(30_000));
    let start = Instant::now();
    let _ = gather(&machine.0, &Target::default());
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn a_hundred_thousand_mounts_beside_the_path_are_read_in_bounded_time() {
    let mut text = Machine::v2("/app").0.files["/proc/self/mountinfo"].clone();
    for id in 100..100_100 {
        text += &format!("{id} 1 0:{id} / /mnt/{id} rw - tmpfs x rw\n");
    }
    let machine = limited(64 * MIB, 0).file("/proc/self/mountinfo", &text);
    let start = Instant::now();
    assert_eq!(machine.facts().shm.mount.known().unwrap().source, "volume");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn twenty_thousand_mounts_on_top_of_each_other_are_read_in_bounded_time() {
    let mut text = Machine::bare().0.files["/proc/self/mountinfo"].clone();
    let mut below = 5;
    for id in 100..20_100 {
        text += &format!("{id} {below} 0:{id} / /dev/shm rw - tmpfs x{id} rw\n");
        below = id;
    }
    let machine = Machine::bare().file("/proc/self/mountinfo", &text);
    let start = Instant::now();
    assert_eq!(machine.facts().shm.mount.known().unwrap().source, "x20099");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn ten_thousand_cgroup_mounts_are_read_in_bounded_time() {
    let mut text = Machine::v2("/app").0.files["/proc/self/mountinfo"].clone();
    for id in 100..10_100 {
        text += &format!("{id} 1 0:6 / /mnt/{id} rw - cgroup2 x rw\n");
    }
    let machine = limited(64 * MIB, 0).file("/proc/self/mountinfo", &text);
    let start = Instant::now();
    assert_eq!(machine.facts().cgroup.levels.len(), 1);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn a_size_of_0_is_unlimited_and_memory_binds() {
    let unlimited =
        StatFs { blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0, ..statfs(TMPFS, 0, 0) };
    let json = limited(64 * MIB, 0).statfs("/dev/shm", unlimited).json();
    assert_eq!(ceilings(&json, "posix", "tmpfs-size")[0]["limit"], "unlimited");
    assert_eq!(ceilings(&json, "posix", "tmpfs-inodes")[0]["limit"], "unlimited");
    assert!(near(&posix(&json)["available_bytes"], touched(64 * MIB)));
    assert!(!finds(&json, "inodes-low"));
}

#[test]
fn without_a_free_inode_no_new_file_fits() {
    let full = StatFs { files: 3, ffree: 0, ..statfs(TMPFS, GIB, GIB) };
    let json = Machine::bare().statfs("/dev/shm", full).json();
    assert_eq!(posix(&json)["available_bytes"], 0);
    assert_eq!(posix(&json)["binding"], "tmpfs-inodes");
    assert_eq!(end(&json, "posix", "touch"), "enospc");
    assert!(finds(&json, "inodes-low"));
}

#[test]
fn ramfs_has_no_size_and_does_not_swap() {
    let machine = limited(64 * MIB, 0)
        .meminfo(8 * GIB, 6 * GIB, 2 * GIB)
        .statfs("/dev/shm", StatFs { blocks: 0, ..statfs(RAMFS, 0, 0) })
        .mount_instead(5, "5 4 0:5 / /dev/shm rw - ramfs ramfs rw");
    let json = machine.json();
    assert_eq!(json["df"]["filesystem"], "ramfs");
    assert!(near(&posix(&json)["available_bytes"], touched(64 * MIB)));
}

#[test]
fn a_read_only_mount_leaves_nothing_whatever_the_file_system() {
    for (magic, name, line) in [
        (TMPFS, "tmpfs", "5 4 0:5 / /dev/shm ro - tmpfs v rw,size=1048576k"),
        (TMPFS, "tmpfs", "5 4 0:5 / /dev/shm rw - tmpfs v ro,size=1048576k"),
        (RAMFS, "ramfs", "5 4 0:5 / /dev/shm ro - ramfs v rw"),
        (HUGETLBFS, "hugetlbfs", "5 4 0:5 / /dev/shm ro - hugetlbfs v rw,pagesize=2M"),
    ] {
        let place = StatFs {
            bsize: if magic == HUGETLBFS { 2 << 20 } else { 4096 },
            ..statfs(magic, GIB, GIB)
        };
        let place = StatFs {
            blocks: GIB / place.bsize,
            bfree: GIB / place.bsize,
            bavail: GIB / place.bsize,
            ..place
        };
        let machine =
            Machine::bare().pool(2048, 64, 64, 0).mount_instead(5, line).statfs("/dev/shm", place);
        assert_eq!(posix(&machine.json())["available_bytes"], 0, "{name}: {line}");
    }
}

fn hugetlbfs(size: u64) -> Machine {
    let bsize = 2 * MIB;
    let blocks = size / bsize;
    Machine::bare().mount_instead(5, "5 4 0:5 / /dev/shm rw - hugetlbfs h rw,pagesize=2M").statfs(
        "/dev/shm",
        StatFs {
            magic: HUGETLBFS,
            bsize,
            blocks,
            bfree: blocks,
            bavail: blocks,
            files: 0,
            ffree: 0,
        },
    )
}

#[test]
fn hugetlbfs_takes_from_the_pool_with_a_size_and_without() {
    let json = hugetlbfs(0).pool(2048, 100, 60, 10).json();
    assert_eq!(posix(&json)["available_bytes"], 100 * MIB);
    assert_eq!(posix(&json)["binding"], "hugetlb-pool");
    assert_eq!(end(&json, "posix", "touch"), "enomem");
    let json = hugetlbfs(20 * MIB).pool(2048, 100, 60, 10).json();
    assert_eq!(posix(&json)["available_bytes"], 20 * MIB);
}

#[test]
fn hugetlbfs_takes_from_the_pool_of_its_own_page_size() {
    let json = hugetlbfs(0).pool(2048, 10, 10, 0).pool(1_048_576, 4, 4, 0).json();
    assert_eq!(posix(&json)["available_bytes"], 20 * MIB);
}

#[test]
fn an_unreadable_pool_is_not_an_exact_number() {
    let machine = hugetlbfs(20 * MIB).pool(2048, 100, 60, 10);
    let folder = "/sys/kernel/mm/hugepages/hugepages-2048kB";
    let json = machine.clone().unreadable(&format!("{folder}/nr_hugepages"), "EACCES").json();
    assert_ne!(certainty(&json, "posix"), "exact", "{}", posix(&json));
    // /sys not mounted at all.
    let json = hugetlbfs(20 * MIB).json();
    assert_ne!(certainty(&json, "posix"), "exact", "{}", posix(&json));
}

#[test]
fn huge_pages_under_hidden_cgroups_are_at_most() {
    let machine = hugetlbfs(0)
        .pool(2048, 100, 60, 0)
        .mount("6 3 0:6 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw")
        .file("/proc/self/cgroup", "0::/\n")
        .level(CG, "max", 0)
        .file("/sys/fs/cgroup/hugetlb.2MB.max", "max\n")
        .file("/sys/fs/cgroup/hugetlb.2MB.current", "0\n");
    assert_eq!(certainty(&machine.json(), "posix"), "at-most");
}

#[test]
fn the_tightest_hugetlb_level_of_v2_binds() {
    let machine = hugetlbfs(0)
        .pool(2048, 100, 60, 0)
        .mount("6 3 0:6 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw")
        .file("/proc/self/cgroup", "0::/p/x\n")
        .file("/sys/fs/cgroup/cgroup.controllers", "memory hugetlb\n")
        .file("/sys/fs/cgroup/p/hugetlb.2MB.max", "8388608\n")
        .file("/sys/fs/cgroup/p/hugetlb.2MB.current", "2097152\n")
        .file("/sys/fs/cgroup/p/x/hugetlb.2MB.max", "max\n")
        .file("/sys/fs/cgroup/p/x/hugetlb.2MB.current", "0\n");
    let json = machine.json();
    assert_eq!(posix(&json)["available_bytes"], 6 * MIB);
    assert_eq!(posix(&json)["binding"], "hugetlb-cgroup");
    assert_eq!(end(&json, "posix", "touch"), "sigbus");
}

#[test]
fn an_unreadable_hugetlb_limit_is_unknown_and_not_absent() {
    let machine = hugetlbfs(0)
        .pool(2048, 100, 60, 0)
        .mount("6 3 0:6 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw")
        .file("/proc/self/cgroup", "0::/x\n")
        .file("/sys/fs/cgroup/cgroup.controllers", "memory hugetlb\n")
        .unreadable("/sys/fs/cgroup/x/hugetlb.2MB.max", "EACCES");
    let json = machine.json();
    assert_eq!(json["huge_pages"][0]["cgroup_limit"], "unknown");
    assert_ne!(certainty(&json, "posix"), "exact");
}

#[test]
fn host_wide_is_not_said_of_huge_pages() {
    let json = hugetlbfs(0).pool(2048, 100, 60, 0).json();
    assert!(!finds(&json, "host-wide"), "{}", json["findings"]);
}

#[test]
fn a_quota_bounds_who_is_not_root_and_its_use_is_unknown() {
    let line = "5 4 0:5 / /dev/shm rw - tmpfs v rw,size=1048576k,usrquota,usrquota_block_hardlimit=16777216";
    let status = "Name:\tx\nState:\tR\nPid:\t100\nUid:\t1000\t1000\t1000\t1000\nCapEff:\t0\n";
    let machine = Machine::bare().mount_instead(5, line);
    assert_eq!(posix(&machine.json())["available_bytes"], GIB);
    let json = machine.file("/proc/self/status", status).json();
    assert_eq!(posix(&json)["binding"], "tmpfs-quota");
    assert_eq!(posix(&json)["available_bytes"], 16 * MIB);
    assert_eq!(
        certainty(&json, "posix"),
        "at-most",
        "what the user has there already is not known"
    );
}

// ---- commit limit, RLIMIT_FSIZE, System V -----------------------------------------------------

#[test]
fn with_overcommit_2_root_gets_the_reserve_and_others_do_not() {
    let machine = Machine::bare()
        .meminfo(8 * GIB, 6 * GIB, 0)
        .file("/proc/sys/vm/overcommit_memory", "2\n")
        .file(
            "/proc/meminfo",
            &Machine::bare().0.files["/proc/meminfo"]
                .replace("CommitLimit: 4194304 kB", "CommitLimit: 65536 kB"),
        );
    let json = machine.json();
    // VmSize 3200 kB / 32 = 100 KiB of the user's reserve; what is mapped counts as size too.
    let room = 64 * MIB - 100 * 1024;
    assert_eq!(posix(&json)["methods"]["write"]["available_bytes"], room);
    assert_eq!(posix(&json)["available_bytes"], room * 32 / 33);
    assert_eq!(posix(&json)["binding"], "commit-limit");
    assert_eq!(end(&json, "posix", "write"), "enospc");
    assert_eq!(end(&json, "posix", "touch"), "sigbus");
    assert_eq!(end(&json, "sysv", "touch"), "enomem");
    let status = "State:\tR\nPid:\t100\nUid:\t1\t1\t1\t1\nVmSize:\t3200 kB\nCapEff:\t0\n";
    let json = machine.file("/proc/self/status", status).json();
    let write = &posix(&json)["methods"]["write"]["available_bytes"];
    assert_eq!(*write, 56 * MIB - 100 * 1024);
}

#[test]
fn with_overcommit_0_only_whole_segments_are_checked_against_memory_and_swap() {
    let machine = Machine::bare().file("/proc/sys/vm/overcommit_memory", "0\n").meminfo(
        8 * GIB,
        6 * GIB,
        GIB,
    );
    let json = machine.json();
    assert!(ceilings(&json, "posix", "commit-limit").is_empty());
    assert!(ceilings(&json, "memfd", "commit-limit").is_empty());
    for kind in ["sysv", "anon"] {
        let row = ceilings(&json, kind, "commit-limit")[0];
        assert_eq!(row["limit"], 9 * GIB);
        assert_eq!(row["ends_in"]["touch"], "enomem");
    }
}

#[test]
fn a_file_size_limit_bounds_files_and_nothing_else() {
    let limits = "Limit Soft Hard Units\nMax file size             1048576              unlimited            bytes\n";
    let json = Machine::bare().file("/proc/self/limits", limits).json();
    assert_eq!(posix(&json)["available_bytes"], MIB);
    assert_eq!(posix(&json)["binding"], "rlimit-fsize");
    assert_eq!(json["segments"]["memfd"]["available_bytes"], MIB);
    assert!(json["segments"]["anon"]["available_bytes"].as_u64().unwrap() > GIB);
    assert_eq!(posix(&json)["all_segments_bytes"], GIB);
}

#[test]
fn every_end_is_a_word_of_the_contract() {
    let contract = include_str!("../docs/contract.md");
    let ends = contract.lines().find(|line| line.starts_with("- ends: ")).unwrap();
    let limits = "Max file size 1048576 unlimited bytes\n";
    for machine in [
        Machine::bare().file("/proc/self/limits", limits),
        Machine::bare().mount_instead(5, "5 4 0:5 / /dev/shm ro - tmpfs v rw"),
        limited(64 * MIB, 0),
    ] {
        let json = machine.json();
        for method in ["write", "fallocate", "touch", "populate"] {
            let word = end(&json, "posix", method);
            assert!(ends.contains(&format!("`{word}`")), "{method}: {word}");
        }
    }
}

#[test]
fn system_v_limits_of_0_allow_nothing_and_of_2_to_the_64_everything() {
    for (name, source, word) in [
        ("shmmax", "shmmax", "einval"),
        ("shmall", "shmall", "enospc"),
        ("shmmni", "shmmni", "enospc"),
    ] {
        let json = limited(64 * MIB, 0).file(&format!("/proc/sys/kernel/{name}"), "0\n").json();
        let sysv = &json["segments"]["sysv"];
        assert_eq!((&sysv["available_bytes"], &sysv["binding"]), (&json!(0), &json!(source)));
        assert_eq!(end(&json, "sysv", "touch"), word);
        let json = limited(64 * MIB, 0)
            .file(&format!("/proc/sys/kernel/{name}"), "18446744073709551615\n")
            .json();
        assert!(near(&json["segments"]["sysv"]["available_bytes"], touched(64 * MIB)), "{name}");
    }
}

#[test]
fn segments_in_use_count_against_shmall_in_whole_pages_and_against_shmmni() {
    let machine = limited(64 * MIB, 0)
        .file("/proc/sys/kernel/shmall", "10\n")
        .segments(&[(1, 1, 0), (4097, 1, 0)]);
    assert_eq!(machine.json()["segments"]["sysv"]["available_bytes"], 7 * 4096);
    let full = machine.file("/proc/sys/kernel/shmmni", "2\n").json();
    assert_eq!(full["segments"]["sysv"]["available_bytes"], 0);
    assert_eq!(full["segments"]["sysv"]["binding"], "shmmni");
}

#[test]
fn shmall_counts_the_machines_own_pages() {
    let machine = limited(64 * MIB, 0).page_size(65536).file("/proc/sys/kernel/shmall", "10\n");
    assert_eq!(machine.json()["segments"]["sysv"]["available_bytes"], 655_360);
}

// ---- --pid -------------------------------------------------------------------------------------

fn with_target() -> Machine {
    Machine::bare()
        .process("/proc/7", 7)
        .file("/proc/7/cgroup", "")
        .file(
            "/proc/7/mountinfo",
            "50 49 0:50 / / rw - overlay o rw\n52 50 0:52 / /dev/shm rw - tmpfs t rw\n",
        )
        .statfs("/proc/7/root/dev/shm", statfs(TMPFS, 64 * MIB, 64 * MIB))
}

#[test]
fn a_target_in_another_ipc_namespace_has_unknown_system_v_limits() {
    let machine = with_target()
        .file("/proc/sys/kernel/shmmax", "4096\n")
        .link("/proc/self/ns/ipc", "ipc:[1]")
        .link("/proc/7/ns/ipc", "ipc:[2]");
    let json = machine.json_of(7);
    assert_eq!(ceilings(&json, "sysv", "shmmax")[0]["limit"], "unknown");
    assert_eq!(certainty(&json, "sysv"), "at-most");
    let same = machine.link("/proc/7/ns/ipc", "ipc:[1]").json_of(7);
    assert_eq!(same["segments"]["sysv"]["available_bytes"], 4096);
}

#[test]
fn a_target_whose_ipc_namespace_cannot_be_read_is_not_given_the_readers_limits_as_exact() {
    let machine = with_target()
        .file("/proc/sys/kernel/shmmax", "4096\n")
        .link("/proc/self/ns/ipc", "ipc:[1]")
        .unreadable("/proc/7/ns/ipc", "EACCES");
    assert_ne!(certainty(&machine.json_of(7), "sysv"), "exact");
}

#[test]
fn a_target_that_may_not_be_read_is_refused_with_the_right_that_is_missing() {
    let machine = with_target().unreadable("/proc/7/root/dev/shm", "EACCES");
    let error = gather(&machine.0, &Target { pid: Some(7), ..Target::default() }).unwrap_err();
    assert!(error.to_string().contains("CAP_SYS_PTRACE"), "{error}");
}

#[test]
fn a_zombie_and_a_missing_process_have_ended() {
    let zombie = with_target().file("/proc/7/status", "Name:\tx\nState:\tZ (zombie)\nPid:\t7\n");
    let target = Target { pid: Some(7), ..Target::default() };
    assert_eq!(gather(&zombie.0, &target).unwrap_err(), ProbeError::Ended(7));
    let missing = with_target().without("/proc/7/status");
    assert_eq!(gather(&missing.0, &target).unwrap_err(), ProbeError::NotCaptured(7));
    let error = with_target().unreadable("/proc/7/status", "ESRCH");
    assert_eq!(gather(&error.0, &target).unwrap_err(), ProbeError::Ended(7));
}

/// A process that becomes a zombie after its status was read once.
struct Dying(Capture, Cell<bool>);

impl Source for Dying {
    fn read(&self, path: &str) -> Reading<String> {
        if path == "/proc/7/status" {
            if self.1.replace(true) {
                return Reading::Known("Name:\tx\nState:\tZ (zombie)\nPid:\t7\n".into());
            }
        } else if path == "/proc/7/mountinfo" {
            return Reading::Unknown("EINVAL".into());
        } else if path == "/proc/7/cgroup" {
            return Reading::Known("0::/ (deleted)\n".into());
        }
        self.0.read(path)
    }
    fn link(&self, path: &str) -> Reading<String> {
        self.0.link(path)
    }
    fn list(&self, path: &str) -> Reading<Vec<String>> {
        self.0.list(path)
    }
    fn statfs(&self, path: &str) -> Reading<StatFs> {
        self.0.statfs(path)
    }
    fn stat(&self, path: &str) -> Reading<FileStat> {
        self.0.stat(path)
    }
    fn page_size(&self) -> u64 {
        4096
    }
    fn is_capture(&self) -> bool {
        true
    }
}

#[test]
fn a_process_that_becomes_a_zombie_while_it_is_read_has_ended() {
    let source = Dying(with_target().0, Cell::new(false));
    let result = gather(&source, &Target { pid: Some(7), ..Target::default() });
    assert_eq!(result.map(|_| ()), Err(ProbeError::Ended(7)));
}

// ---- findings, text, metrics ----------------------------------------------------------------------

#[test]
fn a_fix_that_is_pasted_runs_no_command_of_a_file_name() {
    let mut machine = Machine::bare().statfs("/dev/shm", statfs(TMPFS, GIB, GIB - MIB));
    machine.0.folders.insert("/dev/shm".into(), vec!["x; touch owned".into()]);
    machine.0.folders.insert("/proc".into(), vec![]);
    let stat = FileStat { major: 0, minor: 5, inode: 9, bytes: MIB };
    machine.0.stat.insert("/dev/shm/x; touch owned".into(), stat);
    let json = machine.json();
    let all = json["findings"].as_array().unwrap();
    let finding = all.iter().find(|finding| finding["id"] == "leftover").expect("it is told");
    let fix = finding["fix"].as_str().unwrap();
    assert!(!fix.contains("rm /dev/shm/x; touch owned"), "{fix}");
}

fn long_path() -> String {
    format!("/mnt{}", "/a-long-folder-name".repeat(12))
}

#[test]
fn text_stays_within_80_columns_with_long_paths() {
    let path = long_path();
    let machine = limited(64 * MIB, 0)
        .mount(&format!("9 1 0:9 / {path} rw - tmpfs t rw,size=65536k"))
        .statfs(&path, statfs(TMPFS, 64 * MIB, 64 * MIB))
        .file("/proc/self/cgroup", &format!("0::{path}\n"))
        .level(&format!("/sys/fs/cgroup{path}"), "67108864", 0)
        .unreadable("/sys/fs/cgroup/mnt/memory.max", "EACCES");
    let text = machine.text(&Target { pid: None, path }, true);
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

#[test]
fn text_stays_within_80_columns_for_another_process_with_a_long_path() {
    let path = long_path();
    let machine = with_target()
        .process("/proc/4194303", 4_194_303)
        .file("/proc/4194303/cgroup", "0::/../x\n")
        .file("/proc/4194303/mountinfo", &format!("9 1 0:9 / {path} rw - tmpfs t rw,size=65536k\n"))
        .statfs(&format!("/proc/4194303/root{path}"), statfs(TMPFS, 64 * MIB, 64 * MIB));
    let text = machine.text(&Target { pid: Some(4_194_303), path }, true);
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

#[test]
fn metrics_escape_what_a_cgroup_may_be_called() {
    let machine = Machine::v2("/a\"b\\c").level("/sys/fs/cgroup/a\"b\\c", "67108864", 0);
    let text = openmetrics::render(&machine.document());
    assert!(!text.contains("/a\"b\\c/"), "an unescaped label:\n{text}");
    assert!(text.contains(r#"/a\"b\\c/"#), "{text}");
}

#[test]
fn an_unknown_limit_is_no_number_in_the_metrics() {
    let machine = limited(64 * MIB, 0).unreadable("/sys/fs/cgroup/app/memory.max", "EACCES");
    let text = openmetrics::render(&machine.document());
    assert!(!text.contains("memory.max"), "{text}");
}

// ---- anything at all --------------------------------------------------------------------------------

#[test]
fn garbage_in_any_file_neither_panics_nor_invents_more_than_the_tmpfs_holds() {
    let machines = [
        three_levels().pool(2048, 10, 10, 0).segments(&[(1, 0, 4096)]),
        Machine::v1("/x").level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, MIB, 64 * MIB),
        namespace_without_its_own_mount(),
        hugetlbfs(20 * MIB).pool(2048, 100, 60, 10),
    ];
    let garbage = [
        "",
        "\n",
        "18446744073709551615\n",
        "-9223372036854775808\n",
        "\u{0}\u{7f}\u{202e}",
        ": : : - - - , = \\777 \\04 \\",
        "0::/../../../../../../x\n0::\n:::\n",
        "1 1 0:1 / / rw - tmpfs\n1 1 0:1 / / rw -\n",
        "[[[[]]]]",
        "é\\é\\04é",
    ];
    for machine in &machines {
        for path in machine.0.files.keys() {
            for text in garbage {
                let broken = machine.clone().file(path, text);
                if let Ok(facts) = gather(&broken.0, &Target::default()) {
                    let all = assess(&facts);
                    let posix = all.iter().find(|c| c.kind == Kind::Posix).unwrap();
                    let most = facts.shm.statfs.known().map_or(0, |s| s.total().0);
                    if let Some(bytes) = posix.available() {
                        assert!(bytes.0 <= most, "{path} = {text:?}: {bytes}");
                    }
                    let _ = broken.text(&Target::default(), true);
                    let _ = openmetrics::render(&broken.document());
                }
            }
        }
    }
}

#[test]
fn losing_the_right_to_read_one_file_is_never_exact_and_more() {
    // Whatever cannot be read may hide a tighter limit: a larger number must not be called exact.
    for machine in [
        three_levels()
            .meminfo(8 * GIB, 6 * GIB, GIB)
            .file("/sys/fs/cgroup/pods/memory.swap.max", "0\n"),
        Machine::v1("/x")
            .meminfo(8 * GIB, 6 * GIB, GIB)
            .level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, MIB, 64 * MIB)
            .file("/sys/fs/cgroup/memory/x/memory.swappiness", "0\n")
            .file("/sys/fs/cgroup/memory/x/memory.memsw.limit_in_bytes", "67108864\n"),
        limited(64 * MIB, 0).file("/proc/sys/vm/overcommit_memory", "2\n").file(
            "/proc/meminfo",
            &Machine::bare().0.files["/proc/meminfo"]
                .replace("CommitLimit: 4194304", "CommitLimit: 4096"),
        ),
    ] {
        let before = assess(&machine.facts());
        for path in machine.0.files.keys() {
            let broken = machine.clone().unreadable(path, "EACCES");
            let Ok(facts) = gather(&broken.0, &Target::default()) else { continue };
            for (before, after) in before.iter().zip(assess(&facts)) {
                let (Some(old), Some(new)) = (before.available(), after.available()) else {
                    continue;
                };
                // A MiB of overheads apart is the same.
                assert!(
                    new.0 <= old.0 + MIB || after.certainty != Certainty::Exact,
                    "{}: without {path} {old} becomes exactly {new}",
                    after.kind.word()
                );
            }
        }
    }
}

#[test]
fn absurd_numbers_everywhere_do_not_overflow() {
    let max = u64::MAX;
    let everything = StatFs {
        magic: TMPFS,
        bsize: max,
        blocks: max,
        bfree: max,
        bavail: max,
        files: max,
        ffree: max,
    };
    let machine = limited(max, max)
        .statfs("/dev/shm", everything)
        .file("/sys/fs/cgroup/app/memory.high", "18446744073709551615\n")
        .file("/proc/meminfo", "MemTotal: 18446744073709551615 kB\nMemFree: 18446744073709551615 kB\nCached: 18446744073709551615 kB\nSwapFree: 18446744073709551615 kB\n")
        .segments(&[(max, max, max), (max, 0, max)])
        .pool(2048, max, max, max);
    let json = machine.json();
    assert!(json["segments"]["posix"]["available_bytes"].is_u64());
    let more_free_than_there_is =
        StatFs { blocks: 1, bfree: 100, bavail: 100, files: 1, ffree: 100, ..everything };
    let json = Machine::bare()
        .statfs("/dev/shm", StatFs { bsize: 4096, ..more_free_than_there_is })
        .json();
    assert!(json["segments"]["posix"]["available_bytes"].is_u64());
    assert_eq!(
        Machine::bare().capacity(Kind::Memfd).reach(Method::Write).unwrap().end,
        Some(End::OomKill)
    );
}

#[test]
fn a_pipe_where_a_file_should_be_is_no_reason_to_wait_for_ever() {
    // A target with rights in its own mount namespace can bind a FIFO over a file of its cgroup.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("memory.max");
    let status = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(status.success());
    let (told, heard) = std::sync::mpsc::channel();
    let name = path.to_str().unwrap().to_owned();
    std::thread::spawn(move || {
        let _ = told.send(shmeter::probe::Live::default().read(&name));
    });
    assert!(heard.recv_timeout(Duration::from_secs(2)).is_ok(), "it hangs");
}

// ---- measuring ------------------------------------------------------------------------------

fn plan(
    machine: &Machine,
) -> Result<Option<shmeter::fill::hidden::Plan>, shmeter::fill::hidden::EdgeError> {
    let facts = machine.facts();
    shmeter::fill::hidden::plan(&facts, &assess(&facts))
}

#[test]
fn where_every_limit_was_seen_a_measurement_fills_nothing() {
    assert_eq!(plan(&Machine::bare()).unwrap(), None);
    assert_eq!(plan(&limited(64 * MIB, 0)).unwrap(), None);
}

#[test]
fn a_measurement_goes_no_further_than_what_was_seen_and_leaves_the_machine_its_reserve() {
    let hidden = |max: &str| Machine::v2("/").level(CG, max, 0);
    let planned = plan(&hidden("268435456")).unwrap().unwrap();
    assert!(planned.most.0 <= 257 * MIB && planned.most.0 > 250 * MIB, "{planned:?}");
    assert!(!planned.all_or_none);
    let whole = plan(&hidden("max").meminfo(8 * GIB, 6 * GIB, 0)).unwrap().unwrap();
    assert_eq!(whole.most.0, 6 * GIB - 512 * MIB);
    let small = plan(&hidden("max").meminfo(8 * GIB, 512 * MIB, 0));
    assert!(small.is_err(), "{small:?}");
}

#[test]
fn a_measurement_says_that_a_kill_would_take_the_whole_container() {
    let machine =
        Machine::v2("/").level(CG, "268435456", 0).file(&format!("{CG}/memory.oom.group"), "1\n");
    assert!(plan(&machine).unwrap().unwrap().all_or_none);
}
