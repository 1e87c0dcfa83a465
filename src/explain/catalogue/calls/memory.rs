//! mmap, mlock and what locks memory: programs that name the call and the error.

use crate::explain::{CALL, Certainty, Entry, Fix, Meaning};

const OF_CALL: Entry = Entry { application: CALL, ..Entry::REST };

pub(in crate::explain::catalogue) const ENTRIES: &[Entry] = &[
    Entry {
        id: "mmap-enomem",
        meaning: Meaning::Memory,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "mmap(*{ENOMEM or 12}",
            "mmap: *{ENOMEM or 12}",
            "mmap failed*{ENOMEM or 12}",
            "mmap error*{ENOMEM or 12}",
            "mmap returned*{ENOMEM or 12}",
            "failed to mmap*{ENOMEM or 12}",
            "failed to map memory*{ENOMEM or 12}",
            "unable to mmap*{ENOMEM or 12}",
            "cannot mmap*{ENOMEM or 12}",
            "can't mmap*{ENOMEM or 12}",
            "could not mmap*{ENOMEM or 12}",
            "mmap /*{ENOMEM or 12}",
            "mmap of *{ENOMEM or 12}",
            "Map failed*{ENOMEM}",
            "mremap*{ENOMEM or 12}",
        ],
        unless: &["bcm2835", "gpio mmap"],
        text: "mmap was refused: too many mappings (vm.max_map_count), a limit on address space (ulimit -v, one \
               that the program sets itself, or a program of 32 bits), overcommit, too few huge pages \
               (MAP_HUGETLB), or the limit on locked memory after mlockall.",
        not: "Not the size of /dev/shm: a mapping there is made nevertheless, and fails when it is \
              touched (SIGBUS). A memory limit of a container kills instead of refusing.",
        fix: Fix::Refused,
        setting: "The size that the line names tells: a huge one is address space or overcommit (or a number that \
                  overflowed in the program), a small one the number of mappings.",
        source: "mmap(2)",
        example: "failed to mmap 1073741824 bytes: Cannot allocate memory",
        ..OF_CALL
    },
    Entry {
        id: "mmap-locked",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "mmap(*{EAGAIN or 11}",
            "mmap: *{EAGAIN or 11}",
            "mmap failed*{EAGAIN or 11}",
            "mmap error*{EAGAIN or 11}",
            "failed to mmap*{EAGAIN or 11}",
            "mmap /*{EAGAIN or 11}",
        ],
        text: "mmap of locked memory was refused: the limit on locked memory (ulimit -l, \
               RLIMIT_MEMLOCK) is reached, with MAP_LOCKED or after mlockall.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Memlock,
        source: "mmap(2)",
        example: "mmap failed: Resource temporarily unavailable",
        ..OF_CALL
    },
    Entry {
        id: "mmap-file-system",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "mmap(*{ENODEV or 19}",
            "mmap: *{ENODEV or 19}",
            "mmap failed*{ENODEV or 19}",
            "mmap error*{ENODEV or 19}",
            "failed to mmap*{ENODEV or 19}",
            "mmap /*{ENODEV or 19}",
            "mmap(*{EINVAL or 22}",
            "mmap: *{EINVAL or 22}",
            "mmap failed*{EINVAL or 22}",
            "mmap error*{EINVAL or 22}",
            "failed to mmap*{EINVAL or 22}",
            "mmap /*{EINVAL or 22}",
            "{EINVAL} - error in mmap",
            "mmap(*{ENOSYS or 38}",
            "mmap: *{ENOSYS or 38}",
            "mmap failed*{ENOSYS or 38}",
            "mmap error*{ENOSYS or 38}",
            "failed to mmap*{ENOSYS or 38}",
            "mmap /*{ENOSYS or 38}",
            "mmap(*{EOPNOTSUPP or 95}",
            "mmap: *{EOPNOTSUPP or 95}",
            "mmap failed*{EOPNOTSUPP or 95}",
            "mmap error*{EOPNOTSUPP or 95}",
            "failed to mmap*{EOPNOTSUPP or 95}",
            "mmap /*{EOPNOTSUPP or 95}",
        ],
        text: "The file cannot be mapped: its file system does not know shared mappings (shares of \
               virtual machines, some network and FUSE file systems), the file is empty (a length \
               of 0), or the offset is no multiple of a page.",
        not: "Not a lack of memory, and not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "Move the file to a local file system; if it is empty, find out who did not fill \
                  it. A toolkit's own buffer (QWaylandShmBuffer) has a window without width or height.",
        source: "mmap(2), https://github.com/boltdb/bolt/issues/272",
        example: "store: mmap /shared/index.db: Invalid argument",
        ..OF_CALL
    },
    Entry {
        id: "mmap-not-permitted",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "mmap(*{EPERM or 1}",
            "mmap: *{EPERM or 1}",
            "mmap failed*{EPERM or 1}",
            "mmap error*{EPERM or 1}",
            "failed to mmap*{EPERM or 1}",
            "mmap /*{EPERM or 1}",
        ],
        unless: &["perf"],
        text: "mmap returned EPERM: memory was to be executed from a file on a file system that is \
               mounted noexec (/dev/shm in most containers), a sealed memfd was to be written, or \
               the address is below vm.mmap_min_addr.",
        not: "Not a size.",
        fix: Fix::Exec,
        source: "mmap(2)",
        example: "shmem: mmap failed: Operation not permitted",
        ..OF_CALL
    },
    Entry {
        id: "mmap-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "mmap(*{EACCES or 13}",
            "mmap: *{EACCES or 13}",
            "mmap failed*{EACCES or 13}",
            "mmap error*{EACCES or 13}",
            "failed to mmap*{EACCES or 13}",
            "mmap /*{EACCES or 13}",
        ],
        text: "mmap returned EACCES: the file was not opened for what is to be done with it \
               (writing, or reading), or a security module forbids the mapping.",
        not: "Not a size, and not the mode of /dev/shm: open would have failed then.",
        fix: Fix::Permission,
        source: "mmap(2)",
        example: "shmem: mmap failed: Permission denied",
        ..OF_CALL
    },
    Entry {
        id: "mlock-refused",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "mlock*{ENOMEM or 12}",
            "mlock*{EPERM or 1}",
            "mlock*{EAGAIN or 11}",
            "mlock*RLIMIT_MEMLOCK",
            "mlock*ulimit -l",
            "increasing RLIMIT_MEMLOCK",
            // monero contrib/epee/src/mlocker.cpp
            "{ENOMEM}, subsequent mlock errors will be silenced",
            "{EPERM}, subsequent mlock errors will be silenced",
            "{EAGAIN}, subsequent mlock errors will be silenced",
            "Failed to lock*in memory: {ENOMEM}",
            "lock memory*{ENOMEM or 12}",
            "lock memory*{EPERM or 1}",
        ],
        unless: &["{EPERM or 1}: mlockall is not"],
        text: "The limit on locked memory (ulimit -l, RLIMIT_MEMLOCK) is reached.",
        not: "Not the size of /dev/shm and not memory, although the error says so.",
        fix: Fix::Memlock,
        source: "mlock(2), https://github.com/manticoresoftware/manticoresearch/issues/466, \
                 https://github.com/qdrant/qdrant/pull/1885",
        example: "mlockall() failed: Cannot allocate memory",
        ..OF_CALL
    },
    Entry {
        id: "perf-locked",
        application: "perf, and programs that use its events",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "perf_event*mmap*{EPERM or 1}",
            "|perf|*mmap*{EPERM or 1}",
            "Permission error mapping pages",
            "perf_event_mlock_kb",
        ],
        text: "The buffers of perf events are locked memory with a limit of their own for each user \
               (kernel.perf_event_mlock_kb), and it is used up.",
        not: "Not shared memory, not a size, and not noexec.",
        fix: Fix::Setting,
        setting: "sysctl kernel.perf_event_mlock_kb=2048 on the host, smaller buffers (perf -m), or CAP_IPC_LOCK.",
        source: "linux kernel/events/core.c (perf_mmap), https://github.com/async-profiler/async-profiler/issues/875",
        example: "[WARN] perf_event mmap failed: Operation not permitted",
        ..Entry::REST
    },
    Entry {
        id: "bpf-map-memory",
        application: "programs that use eBPF",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["libbpf: map*failed to create: {ENOMEM}", "|map create*{ENOMEM or 12}"],
        text: "The kernel has no memory for a map of eBPF of that size: it is larger than the machine, or the \
               memory limit, allows (max_entries).",
        not: "Not shared memory, and not locked memory: that is \"Operation not permitted\".",
        fix: Fix::Memory,
        setting: "Or fewer max_entries.",
        source: "https://github.com/lockc-project/lockc/issues/82, linux kernel/bpf/syscall.c (bpf_map_area_alloc)",
        example: "libbpf: map 'processes': failed to create: Cannot allocate memory(-12)",
        ..Entry::REST
    },
    Entry {
        id: "gnupg-secure-memory",
        application: "GnuPG",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "gpg-agent*{ENOMEM}",
            "unprotect the secret key*{ENOMEM}",
            "out of core in secure memory",
        ],
        text: "gpg-agent's own secure memory (32 KiB that are locked) is used up, as by many requests at once.",
        not: "Not the machine's memory, not a limit of the container, and not shared memory.",
        fix: Fix::Setting,
        setting: "auto-expand-secmem in gpg-agent.conf, or fewer requests at once.",
        source: "https://github.com/ronf/asyncssh/issues/115",
        example: "gpg-agent[95514]: failed to unprotect the secret key: Cannot allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "mutex-not-owner",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["unlock*{EPERM or 1}"],
        text: "A thread unlocked a mutex that it does not own (pthread_mutex_unlock, EPERM): a fault of the program, \
               or its holder died and another one took it over.",
        not: "Not a right that is missing, and not a size.",
        fix: Fix::Setting,
        setting: "A newer version of the program; restart all its processes.",
        source: "pthread_mutex_unlock(3p), https://github.com/pi-hole/FTL/pull/2351",
        example: "ERROR Failed to unlock SHM lock: Operation not permitted in api_history_clients()",
        ..OF_CALL
    },
    Entry {
        id: "bpf-refused",
        application: "programs that use eBPF",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "MEMLOCK may be too low",
            "|map create*{EPERM or 1}",
            "ebpf_create_map() failed: {EPERM or 1}",
            "failed to create*map*{EPERM or 1}",
        ],
        text: "The kernel refused a map of eBPF: the process has no CAP_BPF (before Linux 5.8 \
               CAP_SYS_ADMIN), or, before Linux 5.11, the limit on locked memory is reached. The hint \
               at MEMLOCK is printed for both.",
        not: "Not shared memory and not a size.",
        fix: Fix::Setting,
        setting: "docker run --cap-add BPF --cap-add PERFMON (or --privileged); with an older kernel also \
                  --ulimit memlock=-1.",
        source: "https://github.com/cilium/ebpf (map.go, haveMapCreate), bpf(2), capabilities(7)",
        example: "map create: operation not permitted (MEMLOCK may be too low, consider \
                  rlimit.RemoveMemlock)",
        ..Entry::REST
    },
    Entry {
        id: "rdma-locked",
        application: "RDMA (NCCL, Open MPI, UCX, libfabric)",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "ibv_reg_mr*{ENOMEM or 12}",
            "ibv_create_cq*{ENOMEM or 12}",
            "ibv_create_qp*{ENOMEM or 12}",
            "ibv_create_srq*{ENOMEM or 12}",
            "ibv_alloc_pd*{ENOMEM or 12}",
            "fi_mr_reg*{ENOMEM or 12}",
            "RLIMIT_MEMLOCK*InfiniBand",
        ],
        text: "A network card's memory has to be locked, and that was refused: as a rule the limit on locked memory (ulimit -l, \
               RLIMIT_MEMLOCK) is reached. Where that is unlimited, the card has no room for more regions (dmesg).",
        not: "Not memory, although the error says so, not GPU memory and not /dev/shm.",
        fix: Fix::Memlock,
        source: "https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html, \
                 https://github.com/deepseek-ai/DeepEP/issues/143",
        example: "h200-2:4016:4653 [7] misc/ibvwrap.cc:190 NCCL WARN Call to ibv_create_cq failed \
                  with error Cannot allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "io-uring-locked",
        application: "programs that use io_uring",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "io_uring_setup*{ENOMEM or 12}",
            "io_uring_queue_init*{ENOMEM or 12}",
            "io_uring_register*{ENOMEM or 12}",
            "ENOMEM*io_uring_register",
            "ENOMEM*io_uring_setup",
        ],
        text: "The rings of io_uring count as locked memory (before Linux 5.12, again since 6.14, and registered \
               buffers always): the limit (ulimit -l, RLIMIT_MEMLOCK) is reached.",
        not: "Not memory, although the error says so, and not /dev/shm.",
        fix: Fix::Memlock,
        source: "io_uring_setup(2), io_uring_register(2)",
        example: "io_uring_queue_init failed: Cannot allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "bpf-aya",
        application: "programs that use eBPF (aya)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Operation not permitted (os error 1)"],
        after: &["failed to create map `"],
        instead_of: &["bpf-refused"],
        text: "The kernel refused a map of eBPF: the process has no CAP_BPF (before Linux 5.8 CAP_SYS_ADMIN), or, \
               before Linux 5.11, the limit on locked memory is reached.",
        not: "Not shared memory and not a size.",
        fix: Fix::Setting,
        setting: "Root, or docker run --cap-add BPF --cap-add PERFMON (or --privileged); with an older kernel also \
                  --ulimit memlock=-1.",
        source: "aya src/maps/mod.rs (CreateError), https://github.com/aya-rs/aya/issues/609, bpf(2)",
        example: "failed to create map `AYA_LOG_BUF` with code -1: Operation not permitted (os error 1)",
        ..Entry::REST
    },
    Entry {
        id: "memlock-shell",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "max locked memory: cannot modify limit",
            "max locked memory: value exceeds hard limit",
        ],
        text: "A shell may raise a limit up to the hard one only, which here is lower; root, or whoever starts the container, sets that.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Memlock,
        source: "setrlimit(2)",
        example: "bash: ulimit: max locked memory: cannot modify limit: Operation not permitted",
        ..OF_CALL
    },
];
