//! Kubernetes, Docker, Podman, Slurm, Flatpak, runc and the kernel's log.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "kernel-oom-cgroup",
        application: "Linux kernel",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["Memory cgroup out of memory: Kill", "oom-kill:constraint=CONSTRAINT_MEMCG"],
        text: "A memory limit was reached, and the kernel killed a process. Shared memory counts \
               against that limit; shmem-rss in the line is the part that this process had \
               mapped, and files in /dev/shm that nobody maps count too.",
        not: "Not a full /dev/shm. Where shmem-rss is small and /dev/shm is nearly empty, shared \
              memory was not the cause.",
        fix: Fix::Memory,
        setting: "Files in /dev/shm and System V segments survive the kill: `shmeter ls`.",
        source: "linux mm/oom_kill.c (__oom_kill_process)",
        example: "[337533.314412] Memory cgroup out of memory: Killed process 23793 (leaker) \
                  total-vm:2623712kB, anon-rss:506500kB, file-rss:1268kB, shmem-rss:0kB",
        ..Entry::REST
    },
    Entry {
        id: "kernel-oom-host",
        application: "Linux kernel",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "Out of memory: Killed process",
            "Out of memory: Kill process",
            "oom-kill:constraint=CONSTRAINT_NONE",
        ],
        unless: &["Memory cgroup out of memory"],
        text: "The whole machine ran out of memory, and the kernel killed a process. Files in \
            /dev/shm and System V segments count as memory, no matter who created them.",
        not: "Not the limit of a container, and not a full /dev/shm.",
        fix: Fix::Memory,
        source: "linux mm/oom_kill.c (out_of_memory)",
        example: "[ 1584.087068] Out of memory: Killed process 3070 (java) total-vm:7104156kB, \
                  anon-rss:3415228kB, file-rss:0kB, shmem-rss:0kB",
        ..Entry::REST
    },
    Entry {
        id: "kubernetes-oomkilled",
        application: "Kubernetes, Docker",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["OOMKilled"],
        unless: &["OOMKilled\": false", "OOMKilled: false", "OOMKilled=false"],
        text: "The container reached its memory limit. What it holds in /dev/shm (an emptyDir \
               with medium: Memory) counts; of an emptyDir it stays charged to the pod after the \
               container restarts, so that every restart can end the same way.",
        not: "Not a full /dev/shm: that is a bus error or \"No space left on device\".",
        fix: Fix::Memory,
        setting: "An emptyDir with a sizeLimit safely below the memory limit turns the kill into \
                  an error. Delete the pod to free it.",
        source: "https://github.com/kubernetes/kubernetes/issues/128339",
        example: "      Reason:       OOMKilled",
        ..Entry::REST
    },
    Entry {
        id: "runc-init-oom",
        application: "runc (Kubernetes, Docker)",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["container init was OOM-killed"],
        text: "The container's first process was killed before the application started: nothing \
               is left below the memory limit. Either the limit is too small for any start, or \
               files in an emptyDir with medium: Memory are still charged to the pod.",
        not: "Not the application.",
        fix: Fix::Memory,
        setting: "Delete the pod: a restart of the container does not free what is in its \
                  emptyDir.",
        source: "runc libcontainer/process_linux.go",
        example: "OCI runtime create failed: runc create failed: unable to start container \
                  process: container init was OOM-killed (memory limit too low?)",
        ..Entry::REST
    },
    Entry {
        id: "kubernetes-emptydir-evicted",
        application: "Kubernetes",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Usage of EmptyDir volume*exceeds the limit"],
        text: "The kubelet evicted the pod, as a volume held more than its sizeLimit. It is \
               shared memory only if that volume is mounted on /dev/shm; with medium: Memory its \
               file system is as large as sizeLimit since Kubernetes 1.22, so this then means a \
               volume without it, on the node's disk.",
        not: "Not the memory limit, and no OOM kill.",
        fix: Fix::ShmSize,
        setting: "Raise sizeLimit, and set medium: Memory where it is meant as shared memory.",
        source: "kubernetes pkg/kubelet/eviction/eviction_manager.go",
        example: "Usage of EmptyDir volume \"dshm\" exceeds the limit \"1Gi\".",
        ..Entry::REST
    },
    Entry {
        id: "podman-locks",
        application: "Podman",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["failed*locks in /libpod", "error*libpod_lock", "error*libpod_rootless_lock"],
        text: "Podman keeps its locks in /dev/shm (libpod_lock), and could not open or make them: \
               somebody removed or owns them, or /dev/shm is missing or full.",
        not: "Not the container's /dev/shm: the host's.",
        fix: Fix::Permission,
        setting: "`podman system renumber` while no container runs.",
        source: "podman libpod/lock/shm/shm_lock.go",
        example: "Error: failed to open 2048 locks in /libpod_rootless_lock_1000: permission \
                  denied",
        ..Entry::REST
    },
    Entry {
        id: "podman-shm-mount",
        application: "Podman, CRI-O",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["failed to mount shm tmpfs"],
        text: "The container's /dev/shm could not be mounted, and the container does not start. \
               \"invalid argument\": the mount asks for an SELinux label that the kernel does not \
               know. \"operation not permitted\": Podman runs where it may not mount.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "The package container-selinux, or --security-opt label=disable.",
        source: "podman libpod/container_internal_linux.go (mountSHM), \
                 https://github.com/podman-container-tools/podman/issues/14376",
        example: "Error: failed to mount shm tmpfs \
                  \"/var/lib/containers/storage/overlay-containers/67c8/userdata/shm\": operation \
                  not permitted",
        ..Entry::REST
    },
    Entry {
        id: "docker-ipc-host",
        application: "Docker",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["is not mounted, but must be for --ipc=host"],
        text: "The machine that the engine runs on (Docker Desktop: its virtual machine) has no \
               /dev/shm, and --ipc=host would share it.",
        not: "Not a size, and not the image.",
        fix: Fix::Setting,
        setting: "Run it without --ipc=host, with --shm-size.",
        source: "moby daemon/container_operations_unix.go",
        example: "docker: Error response from daemon: /dev/shm is not mounted, but must be for \
                  --ipc=host.",
        ..Entry::REST
    },
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
        id: "slurm-oom",
        application: "Slurm",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["slurmstepd*oom-kill event", "slurmstepd*oom_kill event"],
        text: "The job reached its memory limit, and the kernel killed a process of it. Files \
               that the job made in /dev/shm count against that limit.",
        not: "Not a full /dev/shm: that is a bus error or \"No space left on device\".",
        fix: Fix::Memory,
        setting: "sbatch --mem or --mem-per-cpu. Files that a job left in /dev/shm are removed by \
                  nobody unless the cluster does so: `shmeter ls`.",
        source: "slurm src/plugins/task/cgroup/task_cgroup_memory.c",
        example: "slurmstepd: error: Detected 1 oom_kill event in StepId=6767023.0. Some of the \
                  step tasks have been OOM Killed.",
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
        id: "selinux-denied",
        application: "SELinux, AppArmor",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "avc:*denied*tmpfs*shm",
            "avc:*denied*{*}*dev=\"tmpfs\"",
            "apparmor=\"DENIED\"*/dev/shm",
        ],
        text: "The security module denied access to a file in /dev/shm.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "The volume's label (:z, :Z), or the profile's rule for /dev/shm.",
        source: "https://docs.docker.com/engine/storage/bind-mounts/#configure-the-selinux-label",
        example: "audit: type=1400 audit(1612345678.123:99): apparmor=\"DENIED\" \
                  operation=\"open\" profile=\"snap.x\" name=\"/dev/shm/sem.kq9Xw\" pid=1",
        ..Entry::REST
    },
];
