//! NCCL.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const NCCL: Entry = Entry { application: "NCCL", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "nccl-shm-enospc",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "Error while creating shared memory segment*nccl-*{ENOSPC}",
            "failed to extend /dev/shm/nccl-",
            "NCCL WARN Call to posix_fallocate failed*{ENOSPC}",
            "NCCL WARN Call to fallocate failed*{ENOSPC}",
            "failed to create shared memory file /dev/shm/nccl-*{ENOSPC}",
        ],
        text: "NCCL reserves its segments in /dev/shm with fallocate, and that returned ENOSPC. A \
               segment has about 9.2 MiB: six fit into 64 MiB, which is not enough for four GPUs.",
        not: "Not GPU memory, and not the disk. Files that a killed run left (/dev/shm/nccl-*) \
              count too.",
        fix: Fix::ShmSize,
        setting: "NCCL_SHM_DISABLE=1 does without, and is slower.",
        source: "nccl src/os/linux.cc (before 2.28: src/misc/shmutils.cc), \
                 https://github.com/NVIDIA/nccl/issues/290",
        example: "gpu2-ru7:2143:2561 [1] include/shm.h:28 NCCL WARN Call to posix_fallocate \
                  failed : No space left on device",
        ..NCCL
    },
    Entry {
        id: "nccl-shm-create",
        versions: "before 2.20 (later ones name the error)",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Error while creating shared memory segment*nccl-"],
        unless: &[
            "Error while creating shared memory segment*{ENOSPC}",
            "Error while creating shared memory segment*Invalid argument",
            "Error while creating shared memory segment*No such file",
            "Error while creating shared memory segment*denied",
        ],
        text: "A segment in /dev/shm could not be made. The line before it names the call: \
               fallocate or \"failed to extend\" is a full /dev/shm, \"Cuda failure\" is a GPU \
               driver that cannot register it.",
        not: "Not GPU memory.",
        fix: Fix::ShmSize,
        setting: "NCCL_SHM_DISABLE=1 does without, and is slower.",
        source: "https://github.com/NVIDIA/nccl/issues/525",
        example: "[3] include/shm.h:48 NCCL WARN Error while creating shared memory segment \
                  nccl-shm-recv-1462445a6f01cbfc-1-2-3 (size 9637888)",
        ..NCCL
    },
    Entry {
        id: "nccl-shm-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "NCCL WARN Call to shm_open failed*{EACCES}",
            "Error while creating shared memory segment*nccl-*{EACCES}",
        ],
        text: "NCCL makes files in /dev/shm, and may not: the mode of /dev/shm is not 1777, or a file of that name \
               is another user's.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "If its mode is another one: chmod 1777 /dev/shm as root. NCCL_SHM_DISABLE=1 does without, and is \
                  slower.",
        source: "https://github.com/NVIDIA/nccl/issues/328",
        example: "[1] include/shm.h:27 NCCL WARN Call to shm_open failed : Permission denied",
        ..NCCL
    },
    Entry {
        id: "nccl-no-dev-shm",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["Error while creating shared memory segment*nccl-*{ENOENT}"],
        text: "NCCL makes this segment itself, so it is not the segment that is missing: there is no /dev/shm.",
        not: "Not another rank, and not a size.",
        fix: Fix::Mount,
        setting: "NCCL_SHM_DISABLE=1 does without, and is slower.",
        source: "open(2), nccl src/misc/shmutils.cc",
        example: "[0] misc/shmutils.cc:87 NCCL WARN Error while creating shared memory segment /dev/shm/nccl-1zWq0L \
                  (size 7340384), error: No such file or directory (2)",
        ..NCCL
    },
    Entry {
        id: "nccl-shm-attach",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["Error while attaching to shared memory segment*nccl-"],
        unless: &["nccl-*(size 0)", "nccl- ("],
        text: "Another rank's segment was not found. The ranks run in containers with their own \
               /dev/shm, or the rank that made it failed first: its messages tell why.",
        not: "Not the size of /dev/shm.",
        fix: Fix::SameIpc,
        setting: "NCCL_SHM_DISABLE=1 does without, and is slower.",
        source: "https://github.com/NVIDIA/nccl/issues/1589",
        example: "g148:14937:69361 [0] misc/shmutils.cc:129 NCCL WARN Error while attaching to \
                  shared memory segment /dev/shm/nccl-glnlGK (size 14156128), error: No such file \
                  or directory (2)",
        ..NCCL
    },
    Entry {
        id: "nccl-system-error",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "ncclSystemError: System call",
            "NCCL error*unhandled system error",
            "NCCL failure*'unhandled system error",
            "NCCL: unhandled system error",
        ],
        text: "A system call failed in NCCL: shared memory, a socket, a device. With \
               NCCL_DEBUG=WARN the line \"NCCL WARN\" before it names which; \"/dev/shm/nccl-\" \
               there is shared memory.",
        not: "It names no cause.",
        setting: "Run again with NCCL_DEBUG=WARN.",
        source: "https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html#shared-memory",
        example: "ncclSystemError: System call (e.g. socket, malloc) or external library call \
                  failed or device error.",
        ..NCCL
    },
    Entry {
        id: "nvidia-banner",
        application: "NVIDIA container images",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &["SHMEM allocation limit is set to the default"],
        text: "A note at the start: /dev/shm has the 64 MiB that a runtime gives by default. \
               Nothing failed yet.",
        not: "No error.",
        fix: Fix::ShmSize,
        source: "https://docs.nvidia.com/deeplearning/frameworks/user-guide/index.html#setincshmem",
        example: "NOTE: The SHMEM allocation limit is set to the default of 64MB.  This may be",
        ..Entry::REST
    },
    Entry {
        id: "nccl-cumem-host",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "Error while attaching to shared memory segment /dev/shm/nccl-*(size 0)",
            "Error while attaching to shared memory segment /dev/shm/nccl- (",
        ],
        text: "The ranks do not agree on how they share host memory: some use CUDA's (cuMem), \
               others /dev/shm, and the name is that of nothing. Met where a NUMA node has no \
               memory or no CPUs.",
        not: "Not the size of /dev/shm, and not another container's.",
        fix: Fix::Setting,
        setting: "NCCL_CUMEM_HOST_ENABLE=0 makes all use /dev/shm; a newer NCCL.",
        source: "https://github.com/NVIDIA/nccl/issues/2190, \
                 https://github.com/NVIDIA/nccl/pull/2059",
        example: "[rank1]: Error while attaching to shared memory segment /dev/shm/nccl-Q? (size \
                  0), error: No such file or directory (2)",
        ..NCCL
    },
    Entry {
        id: "nccl-shm-register",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["shmutils.cc*NCCL WARN Cuda failure", "include/shm.h*NCCL WARN Cuda failure"],
        text: "NCCL had its segment in /dev/shm, and CUDA could not register it (cudaHostRegister): before 2.22 that can be a \
               full /dev/shm, whose pages are then missing; else the driver, the virtual machine, or a limit on locked \
               memory.",
        not: "Not GPU memory.",
        setting: "NCCL_SHM_DISABLE=1 does without, and is slower; ulimit -l unlimited.",
        source: "nccl src/misc/shmutils.cc, https://github.com/NVIDIA/nccl/issues/1518",
        example: "[1] misc/shmutils.cc:103 NCCL WARN Cuda failure 'invalid argument'",
        ..NCCL
    },
    Entry {
        id: "nccl-no-socket",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "Socket creation failed : Address family not supported",
            "NET/Socket : No interface found",
            "Bootstrap : no socket interface found",
        ],
        instead_of: &["nccl-system-error"],
        text: "NCCL found no network that it can use, which it needs to begin with even within a machine: the container has none, or no \
               interface of the kind that it looks for. A line about libibverbs beside it is harmless.",
        not: "Not shared memory.",
        fix: Fix::Setting,
        setting: "docker run without --network none (or with --network host), or NCCL_SOCKET_IFNAME=INTERFACE.",
        source: "nccl src/misc/socket.cc, https://github.com/NVIDIA/nccl-tests/issues/14",
        example: "e66aa18dc444:3171:3171 [0] include/socket.h:311 WARN Socket creation failed : Address family not supported by protocol",
        ..NCCL
    },
    Entry {
        id: "jax-bus",
        application: "JAX (NCCL)",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Bus error (core dumped)"],
        after: &["jax.pmap", "jax.lax.", "import jax", "jax.distributed"],
        instead_of: &["bus-error"],
        text: "JAX lets several GPUs talk through NCCL, whose segments lie in /dev/shm: one of them did not fit.",
        not: "Not GPU memory.",
        fix: Fix::ShmSize,
        setting: "NCCL_SHM_DISABLE=1 does without, and is slower.",
        source: "https://github.com/jax-ml/jax/issues/14560, https://github.com/NVIDIA/JAX-Toolbox/pull/183",
        example: ">>> jax.pmap(lambda x: jax.lax.pmean(x, 'i'), axis_name='i')(y)\nBus error (core dumped)",
        ..NCCL
    },
];
