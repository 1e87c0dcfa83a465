//! Settings of the kernel that a container may not change, and calls that it may not make.

use crate::explain::{CALL, Certainty, Entry, FILE, Fix, Meaning};

const OF_CALL: Entry = Entry { application: CALL, ..Entry::REST };

const OF_FILE: Entry = Entry { application: FILE, ..Entry::REST };

pub(in crate::explain::catalogue) const ENTRIES: &[Entry] = &[
    Entry {
        id: "proc-sys-read-only",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "/proc/sys/kernel/shm*Read-only file system",
            "/proc/sys/kernel/sem*Read-only file system",
            "/proc/sys/kernel/msg*Read-only file system",
            "\"kernel.shm*Read-only file system",
            "\"kernel.sem*Read-only file system",
            "\"kernel.msg*Read-only file system",
            "permission denied on key*kernel.shm",
            "permission denied on key*kernel.sem",
        ],
        text: "Limits of System V shared memory and of semaphores cannot be set from here: a container may not write \
               to /proc/sys, its runtime sets them. On a machine itself \"permission denied\" is an ordinary \
               user.",
        not: "Not a disk, and no limit that is reached. In a container root and sudo do not help.",
        fix: Fix::Sysctl,
        source: "https://github.com/moby/moby/issues/10176",
        example: "sysctl: setting key \"kernel.shmmax\": open /proc/sys/kernel/shmmax: Read-only \
                  file system",
        ..OF_FILE
    },
    Entry {
        id: "proc-sys-value",
        meaning: Meaning::Sysv,
        certainty: Certainty::Sure,
        patterns: &[
            "/proc/sys/kernel/shm*{EINVAL}",
            "/proc/sys/kernel/sem*{EINVAL}",
            "/proc/sys/kernel/msgmni*{EINVAL}",
            "\"kernel.shm*{EINVAL}",
            "\"kernel.sem*{EINVAL}",
        ],
        text: "The kernel does not take that value: kernel.shmmni and the fourth number of kernel.sem are at most 32768 \
               (16777216 where it was booted with ipcmni_extend).",
        not: "No missing right, and no limit that is used up.",
        fix: Fix::Setting,
        setting: "A smaller value: --sysctl kernel.shmmni=32768.",
        source: "linux ipc/ipc_sysctl.c, ipc/util.h (IPCMNI), https://github.com/sap-tutorials/Tutorials/issues/3318",
        example: "error during container init: open sysctl kernel.shmmni file: write /proc/sys/kernel/shmmni: invalid argument",
        ..OF_FILE
    },
    Entry {
        id: "proc-sys-refused",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "sysctl*kernel.shm*is not in a separate kernel namespace",
            "sysctl*kernel.shm*not allowed",
            "SysctlForbidden*kernel.shm",
            "forbidden sysctl*kernel.shm",
            "forbidden sysctl*kernel.sem",
            "kernel.shm*Operation not permitted",
        ],
        text: "A limit of System V shared memory may not be set so: with --ipc=host it is the \
               host's, and in Kubernetes the kubelet has to allow it.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "With --ipc=host: no --sysctl, but sysctl -w on the host; or no --ipc=host. \
                  Kubernetes: --allowed-unsafe-sysctls=kernel.shm*,kernel.sem of the kubelet; \
                  kernel.shm_rmid_forced is allowed as it is.",
        source: "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/",
        example: "forbidden sysctl: \"kernel.shmmax\" not allowlisted",
        ..OF_FILE
    },
    Entry {
        id: "proc-sys-user-namespace",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "/proc/sys/kernel/shm*{EACCES}",
            "/proc/sys/kernel/sem*{EACCES}",
            "/proc/sys/kernel/msg*{EACCES}",
            "setup sysctl parameters kernel.shm",
            "setup sysctl parameters kernel.sem",
            "setup sysctl parameters kernel.msg",
        ],
        text: "Before Linux 6.9 only the machine's own root may set kernel.shm*, kernel.sem and kernel.msg*, not \
               the root of a user namespace: rootless Podman and Docker, an unprivileged container of LXC, LXD or \
               Incus.",
        not: "Not a size. The same option again, or another mode, does not help.",
        fix: Fix::Setting,
        setting: "Leave the option out: kernel.shmmax and shmall bound nothing by default. Else Linux 6.9, a \
                  container without a user namespace (rootful, security.privileged), or root on the host: nsenter \
                  -t PID -i sysctl -w kernel.shmmni=8192.",
        source: "linux ipc/ipc_sysctl.c (50ec499b9a43), https://github.com/nestybox/sysbox-fs/pull/105, \
                 https://github.com/lxc/lxc/issues/3033",
        example: "Error: OCI permission denied: crun: open /proc/sys/kernel/shmmax: Permission denied",
        ..OF_FILE
    },
    Entry {
        id: "numa-refused",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "mbind: {EPERM or 1}",
            "mbind*failed*{EPERM or 1}",
            "set_mempolicy*{EPERM or 1}",
            "get_mempolicy*{EPERM or 1}",
        ],
        text: "The seccomp profile of the container does not allow to place memory on NUMA nodes without \
               CAP_SYS_NICE. The program goes on without.",
        not: "Harmless: no lack of memory, no size of /dev/shm, and no reason for --privileged.",
        fix: Fix::Setting,
        setting: "If it matters: docker run --cap-add SYS_NICE (in Kubernetes capabilities: {add: [SYS_NICE]}).",
        source: "mbind(2), https://github.com/docker-library/mysql/issues/303, \
                 https://github.com/docker-library/cassandra/issues/203",
        example: "mysql_1  | mbind: Operation not permitted",
        ..OF_CALL
    },
];
