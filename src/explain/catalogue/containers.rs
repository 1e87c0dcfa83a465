//! Docker, runc and what else starts containers.

use crate::explain::{Certainty, Entry, Fix, Meaning};

/// How runtimes say that it was not their limit.
pub(super) const NOT_OOM: &[&str] = &[
    "OOMKilled\": false",
    "OOMKilled\":false",
    "OOMKilled\" : false",
    "OOMKilled\\\":false",
    "OOMKilled: false",
    "OOMKilled:false",
    "OOMKilled=false",
    "OOMKilled = false",
    "OOMKilled false",
    "OOMKilled is false",
    "OOMKilled was false",
    "not OOMKilled",
    "no OOMKilled",
];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "docker-not-oomkilled",
        application: "Docker, Podman, containerd",
        patterns: NOT_OOM,
        after: &[
            "ExitCode:137",
            "ExitCode: 137",
            "ExitCode\": 137",
            "ExitCode\":137",
            "ExitCode=137",
            "exit code 137",
            "exit code: 137",
            "exited with code 137",
            "Exited (137)",
            "status 137",
        ],
        text: "137 is SIGKILL, and the runtime says that its memory limit was not the reason: \
               somebody else sent it (docker kill, docker stop after its 10 seconds, a health \
               check, an orchestrator), the machine's own memory was full, or only a child was \
               killed, of which the flag does not always tell.",
        not: "Not the size of /dev/shm, and by what the runtime says not the container's memory \
              limit.",
        setting: "The kernel's log (\"Out of memory: Killed process\", \"Memory cgroup out of \
                  memory\"), oom_kill in memory.events and `docker events` tell which it was.",
        source: "https://github.com/kubernetes/kubernetes/issues/19825, \
                 https://github.com/AbdBarho/stable-diffusion-webui-docker/issues/457",
        example: "State: { \"ExitCode\": 137, \"Error\": \"\", \"Running\": false, \
                  \"OOMKilled\": false, \"Dead\": false",
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
        id: "mount-limit",
        application: "Docker, containerd, runc",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "mounting shm tmpfs: {ENOSPC}",
            "mounting*/dev/shm*caused*{ENOSPC}",
            "mounting*/shm*to rootfs*{ENOSPC}",
            "error mounting*shm*to rootfs*{ENOSPC}",
        ],
        text: "The container's /dev/shm could not be mounted because the mount namespace holds too \
               many mounts (fs.mount-max, 100000): something on the node leaks mounts.",
        not: "Not the disk, and not the size of /dev/shm: mount returned ENOSPC.",
        fix: Fix::Setting,
        setting: "wc -l /proc/self/mountinfo on the node shows how many; unmount or restart what \
                  leaks them.",
        source: "linux fs/namespace.c (count_mounts), \
                 https://github.com/hpe-storage/python-hpedockerplugin/issues/360, \
                 https://github.com/moby/moby/issues/41391",
        example: "docker: Error response from daemon: mounting shm tmpfs: no space left on device.",
        ..Entry::REST
    },
    Entry {
        id: "docker-shm-bind",
        application: "Docker Desktop",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["error while creating mount source path '/dev/shm'"],
        text: "-v /dev/shm:/dev/shm names a folder that the machine of Docker Desktop (Windows, \
               macOS) does not have in that form.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "docker run --shm-size=1g instead of the volume.",
        source: "https://github.com/Tiryoh/docker-ros2-desktop-vnc/issues/3",
        example: "docker.exe: Error response from daemon: error while creating mount source path \
                  '/dev/shm': mkdir /dev/shm: file exists.",
        ..Entry::REST
    },
    Entry {
        id: "docker-shm-zero",
        application: "Docker",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "SHM size must be greater",
            "SHM size can not be less than 0",
            "invalid shm-size",
        ],
        text: "The size that was given for /dev/shm is not a positive number. Who gave none has a tool that sent 0, which only Docker before \
               1.10 refuses.",
        not: "Not a lack of memory.",
        fix: Fix::Setting,
        setting: "--shm-size=1g; in Compose shm_size: 1g.",
        source: "moby daemon/daemon_unix.go, https://github.com/kubernetes/kubernetes/issues/24588",
        example: "docker: Error response from daemon: SHM size must be greater than 0.",
        ..Entry::REST
    },
    Entry {
        id: "compose-shm-size",
        application: "Docker Compose, Swarm",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "Ignoring unsupported options:*shm_size",
            "Additional property shm-size is not allowed",
            "Unsupported config option for*shm-size",
        ],
        text: "docker stack deploy (Swarm) does not know shm_size, and Compose spells it shm_size, \
               not shm-size. /dev/shm has 64 MiB.",
        not: "Nothing failed yet.",
        fix: Fix::Setting,
        setting: "Compose: shm_size: 1g. Swarm: volumes: [{type: tmpfs, target: /dev/shm, tmpfs: \
                  {size: 1073741824}}].",
        source: "docker/cli cli/compose/types/types.go, https://github.com/moby/moby/issues/26714",
        example: "Ignoring unsupported options: build, restart, shm_size",
        ..Entry::REST
    },
    Entry {
        id: "docker-shm-links",
        application: "Docker, Podman",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "/dev/shm*evalSymlinksInScope: too many links",
            "/dev/shm*too many levels of symbolic links",
        ],
        text: "/dev/shm of the image, or of a /dev that is mounted from the host, is a link that leads in a circle: \
               nothing can be mounted there.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "Do not mount the host's /dev (-v /dev:/dev); make /dev/shm of the image a folder.",
        source: "https://github.com/delphix/appliance-build/pull/71",
        example: "mounting \"/var/lib/docker/containers/8f2a/shm\" to rootfs at \"/dev/shm\" caused \
                  \"evalSymlinksInScope: too many links in /merged/dev/shm\"",
        ..Entry::REST
    },
    Entry {
        id: "docker-ipc-private",
        application: "Docker",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["non-shareable IPC", "can't join IPC of container", "cannot join IPC of"],
        text: "The other container was started with an IPC namespace and a /dev/shm of its own \
               (--ipc=private, the default), which no other container may join.",
        not: "Not a size.",
        fix: Fix::SameIpc,
        source: "moby daemon/container_operations_unix.go (getIPCContainer), \
                 https://github.com/rycus86/podlike/issues/7",
        example: "Error response from daemon: can't join IPC of container 36eb8e4da11d: non-shareable \
                  IPC (hint: use IpcMode:shareable for the donor container)",
        ..Entry::REST
    },
    Entry {
        id: "docker-dev-shm-twice",
        application: "Docker",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["Duplicate mount point*/dev/shm"],
        text: "Two mounts on /dev/shm were asked for: two volumes or --tmpfs and a volume; Docker before \
               18.03 also took its own one beside --tmpfs for a second one.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "Keep one of them. For a size alone: docker run --shm-size=1g; with an old Docker \
                  --mount type=tmpfs,dst=/dev/shm,tmpfs-size=1g.",
        source: "https://github.com/moby/moby/issues/35455",
        example: "docker: Error response from daemon: linux mounts: Duplicate mount point '/dev/shm'.",
        ..Entry::REST
    },
    Entry {
        id: "shm-mount-busy",
        application: "CRI-O, containerd, Docker",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "/shm: device or resource busy",
            "/shm\": device or resource busy",
            "/mounts/shm*busy",
        ],
        text: "The tmpfs that a sandbox or container had at /dev/shm is still mounted somewhere, so that its folder \
               cannot be removed: a mount that leaked into another process's namespace.",
        not: "Not a size, and nothing is full.",
        fix: Fix::Setting,
        setting: "grep -l ID /proc/*/mountinfo names who has it; umount it there, or restart that process. A newer \
                  runtime.",
        source: "https://github.com/cri-o/cri-o/pull/3073",
        example: "failed to remove pod sandbox: unlinkat /run/containers/storage/overlay-containers/0f0f/userdata/shm: \
                  device or resource busy",
        ..Entry::REST
    },
    Entry {
        id: "compose-size-unit",
        application: "Docker Compose",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "strconv.ParseInt: parsing \"*b\": invalid syntax",
            "strconv.ParseInt: parsing \"*g\": invalid syntax",
        ],
        text: "A size with a unit stands where this version takes bytes: shm_size, or another size of the file.",
        not: "Not a lack of memory.",
        fix: Fix::Setting,
        setting: "shm_size: 536870912 instead of 512mb, or a newer Compose.",
        source: "compose-go",
        example: "strconv.ParseInt: parsing \"512mb\": invalid syntax",
        ..Entry::REST
    },
    Entry {
        id: "docker-ipc-unmount",
        application: "Docker",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "cleanup: failed to unmount IPC: umount*no such file or directory",
            "cleanup: failed to umount*shm: no such file or directory",
        ],
        text: "A warning while Docker cleans up after a container that has ended: the mount that was its /dev/shm is \
               gone already, or never was (--ipc=host, none or container:NAME, as in a Kubernetes pod).",
        not: "Not why the container ended, and no lack of memory.",
        fix: Fix::Setting,
        setting: "Nothing has to be done; newer versions do not say so. Look at the exit code, or at the error of \
                  the start before this line.",
        source: "moby daemon/start.go (Cleanup), container/container_unix.go (UnmountIpcMount), \
                 https://github.com/moby/moby/issues/16902",
        example: "level=warning msg=\"51d1 cleanup: failed to unmount IPC: umount \
                  /var/lib/docker/containers/51d1/mounts/shm, flags: 0x2: no such file or directory\"",
        ..Entry::REST
    },
    Entry {
        id: "cri-host-ipc",
        application: "containerd, Kubernetes",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["is not available for host ipc"],
        text: "A pod with hostIPC: true gets the /dev/shm of the node, and there is none where containerd runs.",
        not: "Not the container's own /dev/shm, and not a size.",
        fix: Fix::Setting,
        setting: "On the node: mkdir -p /dev/shm && mount -t tmpfs -o mode=1777 shm /dev/shm; where containerd or \
                  the kubelet runs in a container, in that one. Or hostIPC: false.",
        source: "containerd internal/cri/server/podsandbox (setupSandboxFiles), \
                 https://github.com/siderolabs/talos/issues/439",
        example: "failed to setup sandbox files: host \"/dev/shm\" is not available for host ipc: stat /dev/shm: no \
                  such file or directory",
        ..Entry::REST
    },
    Entry {
        id: "docker-device-shm",
        application: "Docker",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["adding custom device \"/dev/shm\": not a device node"],
        text: "/dev/shm is a file system, and no device that --device could pass.",
        not: "No size that is reached.",
        fix: Fix::Setting,
        setting: "Instead of --device /dev/shm: --shm-size=1g for one of its own, or --ipc=host for the host's; where code is mapped \
                  there: --tmpfs /dev/shm:exec,size=1g.",
        source: "moby oci/devices_linux.go (DevicesFromPath), https://github.com/sickcodes/Docker-OSX/issues/95",
        example: "docker: Error response from daemon: error gathering device information while adding custom device \
                  \"/dev/shm\": not a device node.",
        ..Entry::REST
    },
    Entry {
        id: "crun-no-dev-shm",
        application: "crun (Podman, Distrobox)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "openat2 `dev/shm`: No such file",
            "openat2 `/dev/shm`: No such file",
            "crun: cannot open /dev/shm: No such file",
        ],
        instead_of: &["dev-shm-none"],
        text: "The runtime mounts something on /dev/shm of the container, which there is a link that leads nowhere (/dev/shm to /run/shm, as \
               on WSL, where the host's /dev is shared).",
        not: "Not a size, and no command that was not found.",
        fix: Fix::Setting,
        setting: "ls -ld /dev/shm on the host. If it is a link: rm /dev/shm && mkdir -m 1777 /dev/shm && mount -t tmpfs -o mode=1777 \
                  tmpfs /dev/shm, and make the container anew.",
        source: "crun src/libcrun/utils.c (safe_openat), https://github.com/89luca89/distrobox/issues/671",
        example: "Error: unable to start container \"9c9d\": crun: openat2 `dev/shm`: No such file or directory: OCI runtime attempted \
                  to invoke a command that was not found",
        ..Entry::REST
    },
    Entry {
        id: "shm-size-flag",
        application: "Docker, Podman, Kamal",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "unknown flag: --shm_size",
            "unknown flag: --shm-size",
            "unrecognized arguments: --shm-size",
            "unrecognized arguments: --shm_size",
            "flag provided but not defined: -shm-size",
            "unknown flag: --shmsize",
            "Unsupported config option*shm_size",
            "dditional property shm_size is not allowed",
            "dditional property shm-size is not allowed",
            "dditional properties 'shm-size' not allowed",
            "dditional properties 'shm_size' not allowed",
        ],
        text: "That command or file has no such option, and nothing was started: docker and podman run write it --shm-size, Compose \
               shm_size, beside the image of a service and since Compose 1.7; docker exec and start, docker service create, and podman pod \
               create before 4.2 have none.",
        not: "Not a lack of memory.",
        fix: Fix::Setting,
        setting: "docker run --shm-size=1g IMAGE (before the image's name); Compose: shm_size: 1g; Kamal: options: {shm-size: \
                  1g}; a swarm's service: --mount type=tmpfs,target=/dev/shm,tmpfs-size=1g; Docker's API: \
                  HostConfig.ShmSize (docker-py: shm_size).",
        source: "https://github.com/basecamp/kamal/issues/766, https://github.com/containers/podman/issues/14609",
        example: "docker stderr: unknown flag: --shm_size",
        ..Entry::REST
    },
    Entry {
        id: "shm-bind-refused",
        application: "containerd, CRI-O, Podman (runc, crun)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "to rootfs at*/dev/shm*flags: 0x*{EPERM}",
            "to rootfs at*/dev/shm*flags: 0x*{EACCES}",
        ],
        text: "The runtime may not mount the pod's /dev/shm in the container: in a user namespace a bind has to keep the flags of \
               the mount (nosuid, nodev, noexec), which containerd before 1.6.5 did not; or a security module denies it.",
        not: "Not its size, and not the rights of the files in it.",
        fix: Fix::Setting,
        setting: "A newer containerd and runc; without user namespaces (rootless, userns) it does not happen. dmesg tells what \
                  SELinux or AppArmor denied.",
        source: "https://github.com/containerd/containerd/issues/6911, https://github.com/containerd/containerd/pull/6913",
        example: "error mounting \"/run/containerd/io.containerd.grpc.v1.cri/sandboxes/ab87/shm\" to rootfs at \"/dev/shm\": mount \
                  /proc/self/fd/6:/dev/shm (via /proc/self/fd/8), flags: 0x5021: operation not permitted",
        ..Entry::REST
    },
    Entry {
        id: "mount-option",
        application: "mount, the kernel",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "tmpfs: Bad value for '",
            "tmpfs: Bad mount option",
            "tmpfs: Unknown parameter",
            "/dev/shm: mount point not mounted or bad option",
        ],
        text: "The mount was refused for what was given to it: an option or a value that tmpfs does not know (size=1G, size=50%, mode=1777, \
               nr_inodes=1m are such), or a remount of what is not mounted.",
        not: "No lack of memory.",
        fix: Fix::Setting,
        setting: "dmesg names the option. findmnt /dev/shm shows what is mounted; where nothing is: mount -t tmpfs -o mode=1777,size=1g \
                  tmpfs /dev/shm.",
        source: "linux mm/shmem.c (shmem_parse_one), mount(8)",
        example: "mount: /dev/shm: mount point not mounted or bad option.",
        ..Entry::REST
    },
    Entry {
        id: "docker-disk",
        application: "Docker, Podman, Buildah, containerd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "Error response from daemon:*{ENOSPC}",
            "writing blob*{ENOSPC}",
            "adding layer*{ENOSPC}",
            "register layer*{ENOSPC}",
            "extract layer*{ENOSPC}",
            "ApplyLayer*{ENOSPC}",
            "processing tar file*{ENOSPC}",
        ],
        unless: &["shm", "cgroup", "mount "],
        instead_of: &["errno-28"],
        text: "The engine could not write in its own folder: the disk of its images (docker info: Docker Root Dir; podman info: graphRoot) is \
               full, in bytes or in inodes.",
        not: "Not the container's /dev/shm.",
        fix: Fix::Disk,
        setting: "docker (or podman) system df shows what takes it, system prune removes what nothing uses.",
        source: "https://docs.docker.com/reference/cli/docker/system/prune/",
        example: "docker: Error response from daemon: no space left on device",
        ..Entry::REST
    },
];
