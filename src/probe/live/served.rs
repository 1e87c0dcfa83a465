//! Which of the reader's own files another program serves, so that it may never answer: lxcfs over files of
//! /proc, and any FUSE or network file system.

use std::cell::OnceCell;

use crate::facts::mountinfo::{is_below, parse_mountinfo};

/// File systems that the kernel answers for by itself, or that are on a disk.
const OF_THE_KERNEL: [&str; 27] = [
    "bpf",
    "btrfs",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "erofs",
    "ext2",
    "ext3",
    "ext4",
    "f2fs",
    "hugetlbfs",
    "mqueue",
    "overlay",
    "proc",
    "pstore",
    "ramfs",
    "rootfs",
    "securityfs",
    "squashfs",
    "sysfs",
    "tmpfs",
    "tracefs",
    "xfs",
];

/// The mounts of the reader, where there are any of others.
#[derive(Debug, Default)]
pub(super) struct Served(OnceCell<Vec<(String, bool)>>);

impl Served {
    /// Whether a path leads to what another program serves. `mountinfo` is asked for once.
    pub(super) fn has(&self, path: &str, mountinfo: impl FnOnce() -> Option<String>) -> bool {
        let mounts = self.0.get_or_init(|| {
            let mounts = parse_mountinfo(&mountinfo().unwrap_or_default());
            let all = mounts.into_iter().map(|mount| {
                let served = !OF_THE_KERNEL.contains(&mount.fstype.as_str());
                (mount.point, served)
            });
            let all: Vec<(String, bool)> = all.collect();
            if all.iter().any(|(_, served)| *served) { all } else { Vec::new() }
        });
        if !mounts.iter().any(|(point, served)| *served && is_below(path, point)) {
            return false; // the usual case
        }
        let over = mounts.iter().filter(|(point, _)| is_below(path, point));
        // The nearest one; of several at one place the last.
        over.max_by_key(|(point, _)| point.trim_end_matches('/').len())
            .is_some_and(|(_, served)| *served)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mounted_nearest_to_a_file_serves_it() {
        let mounts = "1 0 0:1 / / rw - fuse.fuse-overlayfs x rw\n2 1 0:2 / /proc rw - proc proc rw\n\
                      3 2 0:3 / /proc/meminfo rw - fuse.lxcfs lxcfs rw\n4 1 0:4 / /dev/shm rw - tmpfs x rw\n";
        let served = Served::default();
        for (path, is_served) in [
            ("/proc/meminfo", true),
            ("/proc/self/status", false),
            ("/dev/shm", false),
            ("/dev/shm/x", false),
            ("/dev", true),
        ] {
            assert_eq!(served.has(path, || Some(mounts.to_owned())), is_served, "{path}");
        }
        assert!(!Served::default().has("/proc/meminfo", || None));
    }
}
