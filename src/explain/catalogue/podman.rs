//! Podman.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "podman-locks-no-shm",
        application: "Podman",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["failed to create*locks in /libpod*{ENOENT}"],
        instead_of: &["podman-locks"],
        text: "Podman makes its locks in a file in /dev/shm, and there is no /dev/shm where it runs: a chroot, a container, or a \
               machine that mounts none.",
        not: "No file that is gone: it was to be made.",
        fix: Fix::Mount,
        setting: "Or without one: lock_type = \"file\" in containers.conf, [engine].",
        source: "podman libpod/lock/shm/shm_lock.go, https://github.com/lxc/lxc-ci/issues/692",
        example: "failed to get new shm lock manager: failed to create 2048 locks in /libpod_lock: no such file or directory",
        ..Entry::REST
    },
    Entry {
        id: "podman-locks",
        application: "Podman",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "failed*locks in /libpod",
            "error*libpod_lock",
            "error*libpod_rootless_lock",
            "error initializing SHM locking",
        ],
        unless: &["{ERANGE or 34}"],
        text: "Podman keeps its locks in /dev/shm (libpod_lock), and could not open or make them: \
               somebody removed or owns them, or /dev/shm is missing or full.",
        not: "Not the container's /dev/shm: the host's.",
        fix: Fix::Permission,
        setting: "`podman system renumber` while no container runs; where it is only gone, a newer Podman makes it again.",
        source: "podman libpod/lock/shm/shm_lock.go",
        example: "Error: failed to open 2048 locks in /libpod_rootless_lock_1000: permission \
                  denied",
        ..Entry::REST
    },
    Entry {
        id: "podman-lock-count",
        application: "Podman",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "locks in /libpod*{ERANGE or 34}",
            "libpod_lock*{ERANGE or 34}",
            "libpod_rootless_lock*{ERANGE or 34}",
        ],
        text: "The file of Podman's locks in the host's /dev/shm (libpod_lock, libpod_rootless_lock_UID) \
               is there, and has another number of locks than num_locks in containers.conf says.",
        not: "Not a size of /dev/shm, and no right that is missing.",
        fix: Fix::Setting,
        setting: "Stop all containers, then podman system renumber: it makes the file anew. Or num_locks \
                  as it was.",
        source: "podman libpod/lock/shm/shm_lock.c (open_lock_shm), \
                 https://github.com/containers/podman/issues/16119",
        example: "Error: failed to open 4096 locks in /libpod_lock: numerical result out of range",
        ..Entry::REST
    },
    Entry {
        id: "podman-shm-mount",
        application: "Podman, CRI-O",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["failed to mount shm tmpfs*{EINVAL}"],
        text: "The container's /dev/shm could not be mounted, and the container does not start: the mount asks for an \
               SELinux label that the kernel does not know.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "The package container-selinux, or --security-opt label=disable.",
        source: "podman libpod/container_internal_linux.go (mountSHM), \
                 https://github.com/podman-container-tools/podman/issues/14376",
        example: "Error: failed to mount shm tmpfs \
                  \"/var/lib/containers/storage/overlay-containers/67c8/userdata/shm\": invalid argument",
        ..Entry::REST
    },
    Entry {
        id: "podman-shm-not-permitted",
        application: "Podman, CRI-O",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["failed to mount shm tmpfs*{EPERM}", "failed to mount shm tmpfs*{EACCES}"],
        text: "The container's /dev/shm could not be mounted, and the container does not start: Podman runs where it may \
               not mount, in a container without rights, or in a user namespace that it joined with --net=container: or \
               --pid=container:.",
        not: "Not a size, and no SELinux label.",
        fix: Fix::Setting,
        setting: "Give it the other container's too: --ipc=container:NAME, or --ipc=host; of Podman 1.1 and older, a newer \
                  one. In a container: run that one with --privileged, or Podman with --ipc=host.",
        source: "podman libpod/container_internal_linux.go (mountSHM), \
                 https://github.com/containers/podman/issues/2556",
        example: "Error: failed to mount shm tmpfs \
                  \"/var/lib/containers/storage/overlay-containers/67c8/userdata/shm\": operation \
                  not permitted",
        ..Entry::REST
    },
    Entry {
        id: "podman-shm-ipc",
        application: "Podman",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["cannot set shmsize when running in the"],
        text: "--shm-size and --ipc=host (or --ipc=container:, a pod's) exclude each other: the \
               /dev/shm of the other side is used, with its size.",
        not: "Not a lack of memory.",
        fix: Fix::Setting,
        setting: "In a pod: podman pod create --shm-size=1g (Podman 4.2; in a quadlet, [Pod]: PodmanArgs=--shm-size=1g). \
                  With --ipc=host leave --shm-size out.",
        source: "podman libpod/options.go",
        example: "Error: cannot set shmsize when running in the {host } IPC Namespace: invalid \
                  argument",
        ..Entry::REST
    },
    Entry {
        id: "podman-lock-slots",
        application: "Podman",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["allocating lock for*{ENOSPC}", "allocation failed; exceeded num_locks"],
        text: "Podman keeps its locks in a file of fixed size in /dev/shm, and all of its slots are taken: each \
               container, pod and volume has one.",
        not: "Not the disk, and not a full /dev/shm.",
        fix: Fix::Setting,
        setting: "podman container prune; podman volume prune, which removes the data of unused volumes; or a larger num_locks in containers.conf, then \
                  podman system renumber.",
        source: "podman libpod/lock/shm/shm_lock.c, containers.conf(5)",
        example: "Error: error allocating lock for new container: no space left on device",
        ..Entry::REST
    },
];
