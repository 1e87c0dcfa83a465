//! Other resources that run out, and read as if it were memory or a disk: watches, threads, mappings, keys, quotas.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "inotify-watches",
        application: "programs that watch files",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "System limit for number of file watchers reached",
            "upper limit on inotify watches",
            "inotify_add_watch*{ENOSPC}",
            "watch ENOSPC",
            "inotify add watch failed*{ENOSPC}",
            "failed to create fsnotify watcher: {ENOSPC}",
            "to real time monitoring: *{ENOSPC}",
            "to real time monitoring: *-1 28",
        ],
        text: "The user's limit of inotify watches (fs.inotify.max_user_watches) is reached.",
        not: "Neither the disk nor /dev/shm, although the error is the same.",
        fix: Fix::Setting,
        setting: "sysctl fs.inotify.max_user_watches=524288 on the host.",
        source: "inotify_add_watch(2), ossec-hids src/syscheckd/run_realtime.c",
        example: "Error: ENOSPC: System limit for number of file watchers reached, watch \
                  '/app/src'",
        ..Entry::REST
    },
    Entry {
        id: "inotify-instances",
        application: "programs that watch files",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "inotify_init*Too many open files",
            "Failed to create inotify*Too many open files",
            "inotify cannot be used*Too many open files",
            "failed to create fsnotify watcher: {EMFILE or 24}",
            "user limit (128) on the number of inotify instances",
            "inotify instances has been reached",
        ],
        text: "The user's limit of inotify instances (fs.inotify.max_user_instances, 128 by \
               default) is reached.",
        not: "Not ulimit -n, and no shared memory.",
        fix: Fix::Setting,
        setting: "sysctl fs.inotify.max_user_instances=8192 on the host.",
        source: "inotify_init(2)",
        example: "failed to create fsnotify watcher: too many open files",
        ..Entry::REST
    },
    Entry {
        id: "disk-quota",
        application: "file systems with quotas",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Disk quota exceeded", "[Errno 122]"],
        unless: &["/dev/shm", "keyring", "add_key"],
        text: "The user or project has used up its quota on that file system (df shows free space \
               nevertheless).",
        not: "Not shared memory, and not a full disk.",
        fix: Fix::Disk,
        setting: "quota -s, or the project's quota (lfs quota, xfs_quota); remove files.",
        source: "write(2)",
        example: "OSError: [Errno 122] Disk quota exceeded: '/home/ana/run7/ckpt.pt'",
        ..Entry::REST
    },
    Entry {
        id: "kernel-keys",
        application: "runc, Docker",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["session keyring*quota exceeded", "add_key*Disk quota exceeded"],
        text: "The user has as many keys in the kernel as kernel.keys.maxkeys allows: each \
               container takes one.",
        not: "Not the disk, not a quota of files, and no shared memory.",
        fix: Fix::Setting,
        setting: "sysctl kernel.keys.maxkeys=2000 kernel.keys.maxbytes=2000000 on the host.",
        source: "keyrings(7)",
        example: "unable to start container process: error during container init: unable to join \
                  session keyring: unable to create session key: disk quota exceeded: unknown",
        ..Entry::REST
    },
    Entry {
        id: "thread-limit",
        application: "any program that starts threads or processes",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "fork: retry: Resource temporarily unavailable",
            "fork: Resource temporarily unavailable",
            "fork failed*Resource temporarily unavailable",
            "pthread_create*Resource temporarily unavailable",
            "OpenBLAS blas_thread_init: pthread_create failed",
            "can't start new thread",
            "unable to create native thread",
            "unable to create new native thread",
            "pthread_create failed (EAGAIN)",
            "failed to create thread: Resource temporarily unavailable",
            "failed to create new OS thread",
        ],
        text: "No further thread or process may be started: the container's limit of them \
               (pids.max, docker run --pids-limit), ulimit -u, or kernel.threads-max.",
        not: "Not memory, although some programs say so, and no shared memory.",
        fix: Fix::Setting,
        setting: "Fewer threads (OMP_NUM_THREADS, OPENBLAS_NUM_THREADS), a higher --pids-limit; on \
                  old Docker with a new libc: a newer Docker (seccomp and clone3).",
        source: "clone(2), cgroups(7) pids.max",
        example: "OpenBLAS blas_thread_init: pthread_create failed for thread 12 of 64: Resource \
                  temporarily unavailable",
        ..Entry::REST
    },
    Entry {
        id: "descriptor-table",
        application: "Java and others that make a table of their files",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["unable to allocate file descriptor table"],
        text: "The limit of open files is too high (about 2^30, from the engine's unit): a table with a row \
               for each does not fit into memory.",
        not: "Not a lack of memory, although it says so, and not too few open files.",
        fix: Fix::OpenFiles,
        setting: "LimitNOFILE=65536 in the unit of the container engine.",
        source: "openjdk src/java.base/unix/native/libnet/linux_close.c",
        example: "library initialization failed - unable to allocate file descriptor table - out of memory",
        ..Entry::REST
    },
    Entry {
        id: "aio-limit",
        application: "programs that use the kernel's AIO (Ceph, MySQL, Scylla)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "io_setup*{EAGAIN or 11}",
            "io_setup*EAGAIN",
            "aio-max-nr",
            "Could not setup Async I/O",
        ],
        text: "The machine's limit of asynchronous requests (fs.aio-max-nr) is reached.",
        not: "Not shared memory, not memory, and no limit of the container.",
        fix: Fix::Setting,
        setting: "sysctl fs.aio-max-nr=1048576 on the host; fs.aio-nr shows how many are in use.",
        source: "io_setup(2), proc_sys_fs(5)",
        example: "bdev(/var/lib/ceph/osd/ceph-0//block) _aio_start io_setup(2) failed with EAGAIN; try \
                  increasing /proc/sys/fs/aio-max-nr",
        ..Entry::REST
    },
    Entry {
        id: "map-count",
        application: "programs with many mappings (ClickHouse, JIT compilers)",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "cannot protect guard page",
            "mprotect*{ENOMEM or 12}",
            "Cannot mprotect*guard",
        ],
        text: "A mapping could not be split or protected: the process has as many as vm.max_map_count allows.",
        not: "Not a lack of memory, although it says so, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "sysctl vm.max_map_count=1048576 on the host; wc -l /proc/PID/maps shows how many there are.",
        source: "mprotect(2)",
        example: "DB::ErrnoException: FiberStack: cannot protect guard page, errno: 12, strerror: Cannot allocate \
                  memory",
        ..Entry::REST
    },
    Entry {
        id: "ros2-control-memlock",
        application: "ros2_control",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "Original error: Resource temporarily unavailable",
            "Unable to lock the memory: '",
            "nonzero RLIMIT_MEMLOCK soft resource limit, but tried to lock more memory",
        ],
        text: "The controller manager locks its memory (mlockall), and the limit on locked memory (RLIMIT_MEMLOCK) is less: the stack of \
               each further thread counts, so that one cannot be started.",
        not: "Not the size of /dev/shm, and no lack of memory. If ulimit -l says unlimited, it is the number of threads (pids.max, ulimit -u).",
        fix: Fix::Memlock,
        setting: "Or without: lock_memory: false in the controller manager's parameters.",
        source: "realtime_tools src/realtime_helpers.cpp (lock_memory), \
                 https://github.com/ros-controls/ros2_controllers/issues/1389",
        example: "[joint_trajectory_controller_top]: Original error: Resource temporarily unavailable",
        ..Entry::REST
    },
];
