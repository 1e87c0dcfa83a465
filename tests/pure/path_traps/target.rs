//! Another process (`--pid`).

use super::*;

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

/// A target with the same cgroups mounted as the reader, where it says otherwise.
fn with_two_views() -> Machine {
    with_target()
        .mount("6 3 0:6 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw")
        .file("/proc/7/cgroup", "0::/app\n")
        .file(
            "/proc/7/mountinfo",
            "50 49 0:50 / / rw - overlay o rw\n53 50 0:6 / /sys/fs/cgroup rw - cgroup2 c rw\n",
        )
        .file("/sys/fs/cgroup/cgroup.controllers", "memory\n")
        .level("/sys/fs/cgroup/app", "67108864", 0)
        .file("/sys/fs/cgroup/app/cgroup.procs", "7\n")
        .file("/proc/7/root/sys/fs/cgroup/cgroup.controllers", "memory\n")
        .level("/proc/7/root/sys/fs/cgroup/app", "1048576", 0)
}

#[test]
fn what_the_reader_has_mounted_himself_comes_before_what_the_target_has() {
    let both = with_two_views();
    assert_eq!(both.json_of(7)["cgroup"]["levels"][0]["limit"], 64 * MIB);
    // A capture of an earlier version has read the other one only.
    let earlier = both.without("/sys/fs/cgroup/app/cgroup.procs");
    assert_eq!(earlier.json_of(7)["cgroup"]["levels"][0]["limit"], MIB);
}

#[test]
fn a_mount_in_the_place_of_the_targets_cgroup_is_not_read() {
    let machine = with_two_views().without("/sys/fs/cgroup/app/cgroup.procs").file(
        "/proc/7/mountinfo",
        "50 49 0:50 / / rw - overlay o rw\n53 50 0:6 / /sys/fs/cgroup rw - cgroup2 c rw\n\
         54 53 0:54 / /sys/fs/cgroup/app rw - tmpfs t rw\n",
    );
    let levels = machine.json_of(7)["cgroup"]["levels"].clone();
    assert!(levels.as_array().unwrap().iter().all(|level| level["limit"] != MIB), "{levels}");
}
