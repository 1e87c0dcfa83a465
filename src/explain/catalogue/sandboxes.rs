//! LXC, Apptainer, and what shuts desktop programs in: Flatpak, bubblewrap, snapd, Gramine.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "lxc-dev-shm-mount",
        application: "LXC",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["failed to mount*dev/shm", "Failed to mount*dev/shm"],
        unless: &["shm tmpfs"],
        text: "An entry of the container's configuration mounts something on /dev/shm, and the \
               folder is not there when it does: the container does not start.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "create=dir among the options of that lxc.mount.entry.",
        source: "lxc.container.conf(5), https://github.com/tpokorra/lxc-scripts/issues/9",
        example: "lxc-start: conf.c: mount_entry: 1711 No such file or directory - failed to mount \
                  'tmpfs' on '/usr/lib/lxc/rootfs//dev/shm'",
        ..Entry::REST
    },
    Entry {
        id: "flatpak-dev-shm",
        application: "Flatpak",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["Not sharing \"/dev/shm\" with sandbox"],
        text: "--filesystem= does not reach into /dev: the application keeps a /dev/shm of its \
               own.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "flatpak override --device=shm APP shares the host's /dev/shm; --device=all does \
                  not include it.",
        source: "https://github.com/flatpak/flatpak/issues/6399",
        example: "F: Not sharing \"/dev/shm\" with sandbox: Path \"/dev\" is reserved by Flatpak",
        ..Entry::REST
    },
    Entry {
        id: "bubblewrap-dev-shm",
        application: "bubblewrap, Flatpak",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["bwrap: Can't mount tmpfs on /newroot/dev/shm"],
        text: "The host's /dev has no folder shm: it is missing, or a link to /run/shm, which is \
               not there in the sandbox.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "Make /dev/shm the mount point on the host, and /run/shm the link.",
        source: "https://github.com/flatpak/flatpak/issues/2267",
        example: "bwrap: Can't mount tmpfs on /newroot/dev/shm: No such file or directory",
        ..Entry::REST
    },
    Entry {
        id: "gramine-sysv",
        application: "Gramine",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "Unsupported system call semget",
            "Unsupported system call shmget",
            "Unsupported system call msgget",
        ],
        text: "Gramine has no System V semaphores, shared memory or queues: the call returns ENOSYS.",
        not: "Not a limit.",
        fix: Fix::Setting,
        setting: "Let the program take another kind (Apache: Mutex pthread or fcntl; POSIX shared memory).",
        source: "https://github.com/gramineproject/examples/issues/13",
        example: "[P1:T1:httpd] warning: Unsupported system call semget",
        ..Entry::REST
    },
    Entry {
        id: "snap-link",
        application: "snapd",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["\"/dev/shm\" is a symlink"],
        text: "The snap has a private folder in /dev/shm that is mounted over it, and snapd refuses that where \
               /dev/shm is a link, as in WSL, where it leads to /run/shm.",
        not: "Not a size, and not its mode.",
        fix: Fix::Setting,
        setting: "As root: rm /dev/shm, mkdir -m 1777 /dev/shm, mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs \
                  /dev/shm. In WSL at each start, or a version of WSL that has no link there.",
        source: "snapd interfaces/builtin/shared_memory.go, https://github.com/microsoft/WSL/issues/8996",
        example: "cannot obtain mount security snippets for snap \"joplin-desktop\": shared-memory plug with \
                  \"private: true\" cannot be connected if \"/dev/shm\" is a symlink",
        ..Entry::REST
    },
    Entry {
        id: "apptainer-bind-skipped",
        application: "Apptainer, Singularity",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["Skipping /dev/shm/*bind mount"],
        text: "A folder below /dev/shm cannot be bound by itself: the container has the whole /dev of the host, or \
               one of its own (--contain), and the bind is left out.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "Without --contain the host's /dev/shm is there already; else bind the folder to a path outside \
                  of /dev.",
        source: "apptainer internal/pkg/runtime/engine/singularity/container_linux.go, \
                 https://github.com/apptainer/singularity/issues/5157",
        example: "WARNING: Skipping /dev/shm/dist bind mount: /dev is already mounted",
        ..Entry::REST
    },
];
