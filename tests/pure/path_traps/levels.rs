//! Levels of control groups: which there are, where they are found, and what each counts.

use super::*;

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
fn measuring_is_advised_in_a_container_of_its_own_where_another_process_is_seen() {
    let fix = |machine: Machine| {
        let json = machine.json();
        let findings = json["findings"].as_array().unwrap();
        let one = findings.iter().find(|one| one["id"] == "hidden-ancestors").unwrap();
        one["fix"].as_str().unwrap().to_owned()
    };
    let alone = || Machine::v2("/").level(CG, "268435456", 0);
    let beside = alone()
        .file(&format!("{CG}/cgroup.procs"), "100\n7\n")
        .file("/proc/7/statm", "5000 4096 0 0 0 0 0\n")
        .file("/proc/7/oom_score_adj", "0\n")
        .file("/proc/7/comm", "app\n");
    assert_eq!(fix(alone()), "shmeter inspect --measure");
    assert!(fix(beside).starts_with("in a container of its own"));
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
    let _ = ends(move || gather(&machine.0, &Target::default()));
}
