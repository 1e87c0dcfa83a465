//! Whether a segment can be made at all: modes, owners, groups, capabilities, user namespaces, and what came
//! of an attempt.

use super::*;
use shmeter::probe::capture::OwnerRecord;

/// CAP_DAC_OVERRIDE alone.
const OVERRIDE: u64 = 1 << 1;
/// What Docker gives to root.
const DOCKER: u64 = 0xa804_25fb;

impl Machine {
    /// The process is another user.
    fn user(self, uid: u32, gid: u32, groups: &str, capabilities: u64) -> Machine {
        self.user_of("/proc/self", uid, gid, groups, capabilities)
    }

    fn user_of(self, folder: &str, uid: u32, gid: u32, groups: &str, caps: u64) -> Machine {
        let text = format!(
            "Name:\tapp\nState:\tS (sleeping)\nPid:\t100\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n\
             Gid:\t{gid}\t{gid}\t{gid}\t{gid}\nGroups:\t{groups} \nVmSize:\t 3200 kB\n\
             CapEff:\t{caps:016x}\n"
        );
        self.file(&format!("{folder}/status"), &text)
    }

    /// The folder belongs to somebody.
    fn owned(self, mode: u32, uid: u32, gid: u32) -> Machine {
        self.owner_of("/dev/shm/.", mode, uid, gid)
    }

    fn owner_of(mut self, path: &str, mode: u32, uid: u32, gid: u32) -> Machine {
        self.0.owners.insert(path.into(), OwnerRecord { mode: format!("{mode:o}"), uid, gid });
        self
    }

    /// /dev/shm with other options of its tmpfs.
    fn tmpfs(self, options: &str) -> Machine {
        self.mount_instead(5, &format!("5 4 0:5 / /dev/shm rw,nosuid - tmpfs volume {options}"))
    }

    fn tried(mut self, kind: &str, came: &str) -> Machine {
        self.0.attempts.insert(kind.into(), came.into());
        self
    }

    fn maps(self, users: &str, groups: &str) -> Machine {
        self.file("/proc/self/uid_map", users).file("/proc/self/gid_map", groups)
    }
}

/// Whether files can be made, or how that ends; that nothing fits then, exactly, and that it is told.
fn made(machine: &Machine) -> Result<(), String> {
    let json = machine.json();
    if !finds(&json, "cannot-create") && !finds(&json, "read-only") {
        assert!(posix(&json)["available_bytes"].as_u64().unwrap() > 0);
        return Ok(());
    }
    for method in ["write", "fallocate", "touch", "populate"] {
        assert_eq!(posix(&json)["methods"][method]["available_bytes"], 0, "{method}");
    }
    assert_eq!(posix(&json)["certainty"], "exact", "none is none");
    assert_eq!(posix(&json)["binding"].as_str().map(|word| word != "tmpfs-size"), Some(true));
    assert_eq!(json["verdict"], "fail");
    Err(end(&json, "posix", "touch"))
}

const DENIED: Result<(), &str> = Err("eacces");

fn check(cases: &[(&str, Machine, Result<(), &str>)]) {
    for (name, machine, wanted) in cases {
        assert_eq!(made(machine), wanted.map_err(str::to_owned), "{name}");
    }
}

fn machine() -> Machine {
    limited(256 * MIB, 0)
}

#[test]
fn the_class_of_the_folder_s_mode_that_the_process_is_in_decides() {
    let with = |mode, uid, gid, groups| machine().owned(mode, 0, 50).user(uid, gid, groups, 0);
    check(&[
        ("everybody's", with(0o1777, 1000, 1000, ""), Ok(())),
        ("root's", with(0o755, 1000, 1000, ""), DENIED),
        ("a group's that may only read", with(0o750, 1000, 50, ""), DENIED),
        ("a group's", with(0o770, 1000, 50, ""), Ok(())),
        ("one of many groups'", with(0o770, 1000, 1000, "4 27 50"), Ok(())),
        ("of none of them", with(0o770, 1000, 1000, "4 27"), DENIED),
        ("a set-group-id folder", with(0o2775, 1000, 50, ""), Ok(())),
        ("root's own, without capabilities", with(0o755, 0, 0, ""), Ok(())),
        ("root's own that it may not write to", with(0o555, 0, 0, ""), DENIED),
        ("the group is kept out where others are not", with(0o1707, 1000, 50, ""), DENIED),
    ]);
}

#[test]
fn root_without_capabilities_is_a_user_like_others() {
    let folder = || machine().owned(0o755, 1000, 1000);
    check(&[
        ("none", folder().user(0, 0, "", 0), DENIED),
        ("all of docker's", folder().user(0, 0, "", DOCKER), Ok(())),
        ("docker's but that one", folder().user(0, 0, "", DOCKER & !OVERRIDE), DENIED),
        ("a user with it", folder().user(7, 7, "", OVERRIDE), Ok(())),
    ]);
}

#[test]
fn a_capability_does_not_reach_beyond_its_user_namespace() {
    let root = |uid, gid| machine().owned(0o755, uid, gid).user(0, 0, "", DOCKER);
    let small = ("0 1000 1\n", "0 1000 1\n");
    check(&[
        ("of a user inside", root(500, 500).maps("0 100000 65536\n", "0 100000 65536\n"), Ok(())),
        ("of nobody there", root(65534, 65534).maps(small.0, small.1), DENIED),
        (
            "of a group that is not there",
            root(0, 65534).user(5, 5, "", OVERRIDE).maps("0 0 10\n", small.1),
            DENIED,
        ),
        (
            "of the machine's namespace",
            root(65534, 65534).maps("0 0 4294967295\n", "0 0 4294967295\n"),
            Ok(()),
        ),
    ]);
}

#[test]
fn what_a_tmpfs_was_mounted_with_counts_where_the_folder_was_not_asked() {
    let user = |options: &str| machine().tmpfs(options).user(1000, 1000, "", 0);
    check(&[
        ("a mode", user("rw,size=1048576k,mode=755"), DENIED),
        ("none, which is 1777", user("rw,size=1048576k"), Ok(())),
        (
            "the user's own",
            user("rw,size=1048576k,mode=755,uid=1000,gid=1000")
                .maps("0 0 4294967295\n", "0 0 4294967295\n"),
            Ok(()),
        ),
        (
            "the user's group",
            user("rw,size=1048576k,mode=770,gid=1000").maps("0 0 4294967295\n", "0 0 4294967295\n"),
            Ok(()),
        ),
        (
            "a folder in it, whose mode is its own",
            user("rw,size=1048576k,mode=755")
                .mount_instead(5, "5 4 0:5 /sub /dev/shm rw - tmpfs v rw,mode=755"),
            Ok(()),
        ),
        (
            "root with the capability",
            machine().tmpfs("rw,mode=755,uid=5").user(0, 0, "", DOCKER),
            Ok(()),
        ),
        (
            "the mode that it has now wins",
            user("rw,size=1048576k,mode=755").owned(0o1777, 0, 0),
            Ok(()),
        ),
    ]);
}

#[test]
fn mount_options_call_users_as_the_machine_does() {
    let rootless = |options: &str| machine().tmpfs(options).user(0, 0, "", 0);
    let (users, groups) = ("0 1042 1\n1 100000 65536\n", "0 1042 1\n1 100000 65536\n");
    let mounted = "rw,size=64000k,mode=755,uid=1042,gid=1042";
    check(&[
        ("its own", rootless(mounted).maps(users, groups), Ok(())),
        ("another's", rootless("rw,mode=755,uid=1043,gid=1043").maps(users, groups), DENIED),
        ("nobody told which namespace", rootless(mounted), Ok(())),
        (
            "the user of the map",
            rootless("rw,mode=755,uid=100004,gid=5").user(5, 9, "", 0).maps(users, groups),
            Ok(()),
        ),
    ]);
}

#[test]
fn the_rights_of_a_target_are_its_own() {
    let target = |capabilities| {
        machine()
            .process("/proc/7", 7)
            .user_of("/proc/7", 1000, 1000, "", capabilities)
            .file("/proc/7/cgroup", "0::/app\n")
            .file("/proc/7/mountinfo", "5 4 0:5 / /dev/shm rw - tmpfs shm rw,size=65536k\n")
            .statfs("/proc/7/root/dev/shm", statfs(TMPFS, 64 * MIB, 64 * MIB))
            .owner_of("/proc/7/root/dev/shm/.", 0o755, 0, 0)
            // What the one that looks could do there says nothing.
            .tried("posix", "made")
    };
    let json = target(0).json_of(7);
    assert_eq!(
        (end(&json, "posix", "write"), finds(&json, "cannot-create")),
        ("eacces".into(), true)
    );
    assert!(!finds(&target(OVERRIDE).json_of(7), "cannot-create"));
    // Of a container with users of its own, root of the machine is none of them.
    let below = target(OVERRIDE)
        .file("/proc/self/uid_map", "0 0 4294967295\n")
        .file("/proc/7/uid_map", "0 100000 65536\n")
        .file("/proc/7/gid_map", "0 100000 65536\n");
    assert!(finds(&below.json_of(7), "cannot-create"));
}

#[test]
fn an_attempt_says_more_than_a_mode() {
    let with =
        |came: &str| machine().owned(0o1777, 0, 0).user(1000, 1000, "", 0).tried("posix", came);
    check(&[
        ("made", with("made"), Ok(())),
        ("a security module", with("EACCES"), DENIED),
        ("a filter", with("EPERM"), Err("eperm")),
        ("an unknown call", with("ENOSYS"), Err("enosys")),
        ("a filter that kills", with("SIGSYS"), Err("sigsys")),
        ("nothing that has to do with rights", with("ENOSPC"), Ok(())),
        // An access list may let in whom the mode keeps out.
        ("an access list", with("made").owned(0o755, 0, 0), Ok(())),
    ]);
}

#[test]
fn a_read_only_mount_holds_exactly_nothing() {
    let machine = machine().mount_instead(5, "5 4 0:5 / /dev/shm ro - tmpfs shm rw,size=64000k");
    assert_eq!(made(&machine), Err("erofs".to_owned()));
    let hidden = Machine::bare()
        .mount("6 3 0:6 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw")
        .file("/proc/self/cgroup", "0::/\n")
        .level(CG, "536870912", 0)
        .mount_instead(5, "5 4 0:5 / /dev/shm ro - tmpfs shm rw,size=64000k");
    let text = hidden.text(&Target::default(), false);
    assert!(text.contains("0 B usable now") && !text.contains("at most 0 B"), "{text}");
    assert_eq!(made(&hidden), Err("erofs".to_owned()));
}

#[test]
fn what_other_kinds_are_refused_is_told_and_posix_is_not_touched() {
    for (kind, came, ended) in [
        ("sysv", "EPERM", "eperm"),
        ("sysv", "SIGSYS", "sigsys"),
        ("memfd", "ENOSYS", "enosys"),
        ("anon", "EACCES", "eacces"),
    ] {
        let json = machine().tried("posix", "made").tried(kind, came).json();
        assert_eq!(json["segments"][kind]["available_bytes"], 0, "{kind} {came}");
        assert_eq!(
            (end(&json, kind, "touch").as_str(), certainty(&json, kind).as_str()),
            (ended, "exact")
        );
        assert!(finds(&json, "cannot-create") && json["verdict"] == "warn", "{kind} {came}");
        assert!(posix(&json)["available_bytes"].as_u64().unwrap() > 0);
    }
}

#[test]
fn a_kernel_without_system_v_has_none_of_its_files() {
    let without = |machine: Machine| {
        [
            "/proc/sys/kernel/shmmax",
            "/proc/sys/kernel/shmall",
            "/proc/sys/kernel/shmmni",
            "/proc/sysvipc/shm",
        ]
        .into_iter()
        .fold(machine, |machine, file| machine.without(file))
    };
    let json = without(machine()).json();
    assert_eq!(json["segments"]["sysv"]["available_bytes"], 0);
    assert_eq!(end(&json, "sysv", "touch"), "enosys");
    // An attempt that succeeds knows better, and one missing file is not all of them.
    assert_ne!(
        without(machine()).tried("sysv", "made").json()["segments"]["sysv"]["available_bytes"],
        0
    );
    let some = machine().without("/proc/sysvipc/shm").without("/proc/sys/kernel/shmmax");
    assert_ne!(end(&some.json(), "sysv", "touch"), "enosys");
}

#[test]
fn what_is_not_known_of_rights_refuses_nothing() {
    let full = machine().owned(0o700, 0, 0).user(1000, 1000, "", 0);
    assert!(made(&full).is_err());
    let untold = full
        .clone()
        .file("/proc/self/status", "Name:\tapp\nPid:\t100\nUid:\t1000\t1000\t1000\t1000\n");
    assert_eq!(made(&untold), Ok(()));
    let unread = full.clone().unreadable("/proc/self/status", "EACCES");
    assert_eq!(made(&unread), Ok(()));
    let mut unasked =
        full.unreadable("/dev/shm/.", "EACCES").statfs("/dev/shm", statfs(TMPFS, GIB, GIB));
    unasked.0.owners.clear();
    assert_eq!(made(&unasked), Ok(()));
}

#[test]
fn the_fix_of_a_mode_is_told_and_a_pod_gets_its_own() {
    let machine = machine().tmpfs("rw,size=1048576k,mode=755").user(1000, 1000, "", 0);
    let text = machine.text(&Target::default(), false);
    assert!(text.contains("1777"), "{text}");
    let pod = machine
        .mount("8 1 8:1 /var/lib/kubelet/pods/x/etc-hosts /etc/hosts rw - ext4 /dev/vda rw")
        .mount("9 4 8:1 /x /dev/termination-log rw - ext4 /dev/vda rw");
    let text = pod.text(&Target::default(), false);
    assert!(text.contains("on the node: chmod 1777"), "{text}");
}

#[test]
fn noexec_is_told_where_files_can_be_made() {
    let options = |options: &str| {
        machine().mount_instead(5, &format!("5 4 0:5 / /dev/shm {options} - tmpfs v rw,size=1g"))
    };
    assert!(finds(&options("rw,nosuid,nodev,noexec").json(), "noexec"));
    assert!(!finds(&options("rw,nosuid,nodev").json(), "noexec"));
    assert!(!finds(&options("ro,noexec").json(), "noexec"));
}

#[test]
fn a_file_of_a_third_user_in_a_sticky_folder_is_protected() {
    let with = |level: &str, mode, owner| {
        machine()
            .owned(mode, 0, 0)
            .user(0, 0, "", DOCKER)
            .statfs("/dev/shm", statfs(TMPFS, GIB, GIB - MIB))
            .file("/proc/sys/fs/protected_regular", level)
            .file("/dev/shm/app", "")
            .owner_of("/dev/shm/app", 0o666, owner, owner)
    };
    let found = |machine: Machine| finds(&machine.json(), "protected-regular");
    assert!(found(with("1\n", 0o1777, 1000)));
    assert!(found(with("2\n", 0o1770, 1000)), "a group counts at 2");
    assert!(!found(with("1\n", 0o1770, 1000)), "and not at 1");
    assert!(!found(with("0\n", 0o1777, 1000)));
    assert!(!found(with("1\n", 0o777, 1000)));
    assert!(!found(with("1\n", 0o1777, 0)), "its own");
}
