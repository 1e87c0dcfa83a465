//! Pools of huge pages: hugetlbfs and its limits.

use super::*;

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
