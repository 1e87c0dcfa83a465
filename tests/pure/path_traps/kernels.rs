//! Kernels that are another's, files that others answer for, and controllers that are off.

use super::*;

const CGROUPS: &str =
    "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t0\t95\t1\nmemory\t0\t95\t0\n";

/// A container in a cgroup namespace whose kernel has no memory controller.
fn without_controller() -> Machine {
    Machine::bare()
        .mount("6 3 0:6 / /sys/fs/cgroup ro - cgroup2 cgroup2 rw")
        .file("/proc/self/cgroup", "0::/\n")
        .file("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io pids\n")
        .file("/sys/fs/cgroup/cgroup.type", "domain\n")
        .file("/sys/fs/cgroup/cgroup.procs", "1\n")
}

#[test]
fn without_a_memory_controller_no_limit_can_hide() {
    let machine = without_controller().file("/proc/cgroups", CGROUPS);
    let json = machine.json();
    assert_eq!(
        (certainty(&json, "posix").as_str(), posix(&json)["binding"].as_str()),
        ("exact", Some("tmpfs-size"))
    );
    assert!(finds(&json, "no-memory-controller") && !finds(&json, "hidden-ancestors"));
    let text = machine.text(&Target::default(), false);
    assert!(text.contains("cgroup_enable=memory") && !text.contains("--memory="), "{text}");
    // The mount alone says no such thing: the controller may be held back by whoever is above.
    let json = without_controller().json();
    assert_eq!(certainty(&json, "posix"), "at-most");
    assert!(!finds(&json, "no-memory-controller"));
    let on = without_controller().file("/proc/cgroups", &CGROUPS.replace("95\t0", "95\t1"));
    assert_eq!(certainty(&on.json(), "posix"), "at-most");
}

#[test]
fn a_controller_that_is_off_on_version_1_is_told_too() {
    let machine = Machine::bare()
        .mount("6 3 0:6 / /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu")
        .file("/proc/self/cgroup", "2:cpu:/docker/abc\n1:name=systemd:/docker/abc\n")
        .file("/proc/cgroups", CGROUPS);
    let json = machine.json();
    assert_eq!(certainty(&json, "posix"), "exact");
    assert!(finds(&json, "no-memory-controller"));
    // The same beside a unified hierarchy without controllers.
    let hybrid = machine
        .mount("7 3 0:7 / /sys/fs/cgroup/unified ro - cgroup2 cgroup2 rw")
        .file("/proc/self/cgroup", "2:cpu:/docker/abc\n0::/docker/abc\n")
        .file("/sys/fs/cgroup/unified/cgroup.type", "domain\n")
        .file("/sys/fs/cgroup/unified/docker/abc/cgroup.procs", "1\n");
    assert_eq!(certainty(&hybrid.json(), "posix"), "exact");
}

#[test]
fn a_kernel_built_without_the_controller_lists_none_until_6_11() {
    let none = CGROUPS.replace("memory\t0\t95\t0\n", "");
    let json = without_controller().file("/proc/cgroups", &none).kernel("5.15.0").json();
    assert!(finds(&json, "no-memory-controller"));
    let json = without_controller().file("/proc/cgroups", &none).kernel("6.18.0").json();
    assert!(!finds(&json, "no-memory-controller"), "one of version 2 only is not listed");
}

/// A container of 512 MiB in LXC, of which `free` are free.
fn in_lxc(fstype: &str, total: u64, free: u64) -> Machine {
    Machine::bare()
        .mount("6 3 0:6 / /sys/fs/cgroup rw - cgroup2 none rw")
        .mount(&format!("9 2 0:44 /proc/meminfo /proc/meminfo rw - {fstype} lxcfs rw"))
        .file("/proc/self/cgroup", "0::/\n")
        .level(CG, "536870912", 100 * MIB)
        .file("/proc/sys/vm/min_free_kbytes", "90112\n")
        .file("/proc/sys/vm/overcommit_memory", "0\n")
        .meminfo(total, free, 0)
        .statfs("/dev/shm", statfs(TMPFS, 8 * GIB, 8 * GIB))
}

#[test]
fn what_lxcfs_tells_is_the_container_s_and_keeps_nothing_free() {
    let machine = in_lxc("fuse.lxcfs", 512 * MIB, 412 * MIB);
    let json = machine.json();
    assert_eq!(posix(&json)["binding"], "cgroup-memory");
    assert!(near(&posix(&json)["available_bytes"], touched(412 * MIB)), "{}", posix(&json));
    assert_eq!(certainty(&json, "posix"), "at-most");
    // Nor is a segment refused that the machine has memory for.
    assert!(ceilings(&json, "sysv", "commit-limit").is_empty());
    assert!(!finds(&json, "host-wide"));
    // The same file from proc: the kernel keeps its reserve.
    let json = in_lxc("proc", 512 * MIB, 412 * MIB).json();
    assert_eq!(posix(&json)["binding"], "host-memory");
}

#[test]
fn lxcfs_sees_limits_above_docker_in_lxc() {
    // Docker's own limit is 512 MiB; that of the LXC container around it is 300, and nobody shows it.
    let json = in_lxc("fuse.lxcfs", 300 * MIB, 200 * MIB).json();
    assert_eq!(posix(&json)["binding"], "cgroup-memory");
    assert!(near(&posix(&json)["available_bytes"], touched(200 * MIB)), "{}", posix(&json));
    let row = ceilings(&json, "posix", "cgroup-memory");
    assert!(row.iter().any(|row| row["origin"] == "/proc/meminfo (lxcfs)"), "{row:?}");
    // Without a limit of its own there is only that.
    let open =
        in_lxc("fuse.lxcfs", 300 * MIB, 200 * MIB).file("/sys/fs/cgroup/memory.max", "max\n");
    assert!(near(&posix(&open.json())["available_bytes"], touched(200 * MIB)));
}

#[test]
fn any_other_file_over_meminfo_is_not_the_machine_s_either() {
    let json = in_lxc("ext4", 512 * MIB, 412 * MIB).json();
    assert_eq!(posix(&json)["binding"], "cgroup-memory");
    assert!(near(&posix(&json)["available_bytes"], touched(412 * MIB)), "{}", posix(&json));
}

#[test]
fn gvisor_is_named_and_never_exact() {
    for version in [
        "Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n",
        "Linux version 4.19.0-gvisor #1 SMP Sun Jan 10 15:06:54 PST 2016\n",
    ] {
        let machine = Machine::bare()
            .file("/proc/version", version)
            .meminfo(2 * GIB, GIB + GIB / 2, 0)
            .without("/proc/self/cgroup");
        let json = machine.json();
        for kind in Kind::ALL {
            assert_eq!(certainty(&json, kind.word()), "at-most");
        }
        assert!(finds(&json, "sandboxed-kernel") && !finds(&json, "host-wide"));
        assert!(machine.text(&Target::default(), false).contains("gVisor"));
        // A limit that it shows is not the only one.
        let limited = limited(64 * MIB, 0).file("/proc/version", version);
        assert_eq!(certainty(&limited.json(), "posix"), "at-most");
    }
    let real =
        Machine::bare().file("/proc/version", "Linux version 4.4.0-21-generic (buildd@lgw01)\n");
    assert!(!finds(&real.json(), "sandboxed-kernel"));
    assert_eq!(certainty(&real.json(), "posix"), "exact");
}

#[test]
fn without_meminfo_the_machine_is_unknown_and_not_empty() {
    let json = limited(64 * MIB, 0).without("/proc/meminfo").json();
    assert!(near(&posix(&json)["available_bytes"], touched(64 * MIB)));
    assert_eq!(certainty(&json, "posix"), "at-most");
}
