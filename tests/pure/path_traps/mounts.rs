//! What is mounted at the path, and what leads there.

use super::*;

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
    let _ = ends(move || gather(&machine.0, &Target::default()));
}

#[test]
fn hundreds_of_thousands_of_mounts_beside_the_path_are_read_in_bounded_time() {
    let mut text = Machine::v2("/app").0.files["/proc/self/mountinfo"].clone();
    for id in 100..400_100 {
        text += &format!("{id} 1 0:{id} / /mnt/{id} rw - tmpfs x rw\n");
    }
    let machine = limited(64 * MIB, 0).file("/proc/self/mountinfo", &text);
    assert_eq!(ends(move || machine.facts()).shm.mount.known().unwrap().source, "volume");
}

#[test]
fn hundreds_of_thousands_of_mounts_on_top_of_each_other_are_read_in_bounded_time() {
    let mut text = Machine::bare().0.files["/proc/self/mountinfo"].clone();
    let mut below = 5;
    for id in 100..400_100 {
        text += &format!("{id} {below} 0:{id} / /dev/shm rw - tmpfs x{id} rw\n");
        below = id;
    }
    let machine = Machine::bare().file("/proc/self/mountinfo", &text);
    assert_eq!(ends(move || machine.facts()).shm.mount.known().unwrap().source, "x400099");
}

#[test]
fn hundreds_of_thousands_of_cgroup_mounts_are_read_in_bounded_time() {
    let mut text = Machine::v2("/app").0.files["/proc/self/mountinfo"].clone();
    for id in 100..400_100 {
        text += &format!("{id} 1 0:6 / /mnt/{id} rw - cgroup2 x rw\n");
    }
    let machine = limited(64 * MIB, 0).file("/proc/self/mountinfo", &text);
    assert_eq!(ends(move || machine.facts()).cgroup.levels.len(), 1);
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
