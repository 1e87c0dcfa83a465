//! What reads as if it were shared memory, and is not: GPUs, disks, pools of applications.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "cuda-memory",
        application: "CUDA",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "CUDA out of memory",
            "torch.OutOfMemoryError: CUDA",
            "torch.cuda.OutOfMemoryError",
            "HIP out of memory",
            "cupy.cuda.memory.OutOfMemoryError",
        ],
        text: "The GPU's own memory is full.",
        not: "Not /dev/shm and not the container's memory: no --shm-size helps.",
        fix: Fix::Setting,
        setting: "Smaller batches, models or caches; nvidia-smi shows which process holds it.",
        source: "pytorch c10/cuda/CUDACachingAllocator.cpp",
        example: "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 \
                  has a total capacity of 23.69 GiB",
        ..Entry::REST
    },
    Entry {
        id: "cuda-allocation",
        application: "CUDA",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "CUDA error: out of memory",
            "CUDA_ERROR_OUT_OF_MEMORY",
            "cudaErrorMemoryAllocation",
            "cudaFuncSetAttribute(*out of memory",
            "hipErrorOutOfMemory",
        ],
        unless: &["CUDA out of memory", "torch.OutOfMemoryError", "torch.cuda.OutOfMemoryError"],
        text: "The GPU's own memory is full, or memory of the machine could not be pinned \
               (cudaHostAlloc, cudaHostRegister, pin_memory): the same error stands for both.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "nvidia-smi shows what is left on the GPU. If there is enough, it was pinned memory: the \
                  container's memory limit, ulimit -l, or too many mappings (vm.max_map_count).",
        source: "https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__TYPES.html",
        example: "cudaAssert: cudaErrorMemoryAllocation out of memory, file Platforms/CUDA/Memory.hpp",
        ..Entry::REST
    },
    Entry {
        id: "video-bandwidth",
        application: "cameras (V4L2)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "VIDIOC_STREAMON*{ENOSPC or 28}",
            "turning on stream: {ENOSPC or 28}",
            "uvcvideo*Failed to*{ENOSPC or 28}",
        ],
        text: "The USB bus has no bandwidth left for another camera's stream.",
        not: "Not the disk and not /dev/shm, although the error says so.",
        fix: Fix::Setting,
        setting: "Another USB controller, a lower resolution, MJPEG instead of raw frames, or the \
                  module's option uvcvideo quirks=128.",
        source: "https://docs.kernel.org/userspace-api/media/v4l/vidioc-streamon.html",
        example: "libv4l2: error turning on stream: No space left on device",
        ..Entry::REST
    },
    Entry {
        id: "shell-here-document",
        application: "shells (bash)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["cannot create temp file for here*document"],
        text: "The shell keeps a here-document in a file in TMPDIR (/tmp), and could not make it: its \
               file system is full or read-only, or the folder is missing.",
        not: "Not /dev/shm, unless TMPDIR is there.",
        fix: Fix::Disk,
        setting: "df -h /tmp, df -i /tmp; or another TMPDIR.",
        source: "bash redir.c (here_document_to_fd)",
        example: "bash: cannot create temp file for here-document: No space left on device",
        ..Entry::REST
    },
    Entry {
        id: "apt-disk",
        application: "apt",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["E: * - write (28: ", "E: * - open (28: ", "E: * - rename (28: "],
        text: "A file system on disk is full: that of /var/lib/apt, /var/cache/apt or the root.",
        not: "Not /dev/shm.",
        fix: Fix::Disk,
        setting: "df -h /var; apt-get clean.",
        source: "apt apt-pkg/contrib/error.cc",
        example: "E: Write error - write (28: No space left on device)",
        ..Entry::REST
    },
    Entry {
        id: "gpu-shared-limit",
        application: "GPU kernels (CUDA, HIP, XLA)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "Shared memory size limit exceeded",
            "shared memory per block",
            "too many resources requested for launch",
            "exceeds shared memory limit",
            "allowed dynamic shared memory size",
            "Kokkos::Impl*insufficient shared memory",
        ],
        text: "The shared memory of a GPU's multiprocessor (some 48 to 228 KiB), or its registers, \
               are too few for a kernel.",
        not: "Not /dev/shm, not System V, not the container: no --shm-size helps.",
        fix: Fix::Setting,
        setting: "Smaller blocks, fewer stages or threads, another kernel, or a GPU with more.",
        source: "https://docs.nvidia.com/cuda/cuda-c-programming-guide/#shared-memory, openxla \
                 xla/backends/gpu/codegen/triton/fusion_emitter.cc",
        example: "jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Shared memory size \
                  limit exceeded: requested 120832, available: 101376",
        ..Entry::REST
    },
    Entry {
        id: "videocore-service",
        application: "Linux kernel on a Raspberry Pi",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["vc_sm*failed to initialize shared memory service", "vc_sm_connected_init"],
        text: "The driver for memory that is shared with the graphics processor found no service \
               of the firmware (too little gpu_mem, or a small firmware). The system goes on \
               without.",
        not: "Not /dev/shm and not System V shared memory.",
        fix: Fix::Setting,
        setting: "gpu_mem=64 or more in config.txt, if that driver is needed.",
        source: "https://github.com/raspberrypi/firmware/issues/1000",
        example: "[    2.404626] [vc_sm_connected_init]: failed to initialize shared memory \
                  service",
        ..Entry::REST
    },
    Entry {
        id: "gpio-mmap",
        application: "programs that use the pins of a Raspberry Pi",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["bcm2835_init: *mmap failed", "gpio mmap failed", "mmap*/dev/mem*failed"],
        text: "The registers of the pins could not be mapped from /dev/mem or /dev/gpiomem: the \
               program does not know this model of the board, or may not do so in a container.",
        not: "Not memory, although it says so, and no shared memory.",
        fix: Fix::Setting,
        setting: "A version of the program for this board; docker run --device /dev/gpiomem.",
        source: "https://github.com/pimoroni/hyperpixel4/issues/40",
        example: "bcm2835_init: gpio mmap failed: Cannot allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "fork-memory",
        application: "any program that starts processes",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "fork: {ENOMEM}",
            "fork: retry: {ENOMEM}",
            "fork failed*{ENOMEM or 12}",
            "fork()*{ENOMEM or 12}",
        ],
        unless: &["Can't save in background"],
        text: "No further process could be started: memory or strict overcommit \
               (vm.overcommit_memory=2), a limit on memory, or a PID namespace whose first process has \
               ended (unshare without --fork, exec into a container that stops).",
        not: "Not /dev/shm, and no limit of System V.",
        fix: Fix::Setting,
        setting: "free -m and the memory limit; unshare --fork --pid.",
        source: "fork(2), pid_namespaces(7)",
        example: "bash: fork: Cannot allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "server-private-memory",
        application: "Kamailio, OpenSIPS",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "no private memory left",
            "no more private memory",
            "no pkg memory left",
            "no more pkg mem",
            "enough free pkg mem",
            "no free pkg mem",
            "no more free pkg mem",
        ],
        text: "The pool of private memory that each process has, of the size that -M gives it, is used up, or \
               something leaks.",
        not: "Not shared memory (-m), not /dev/shm and not the container's memory.",
        fix: Fix::Setting,
        setting: "A larger -M (megabytes; PKG_MEMORY of the service), or fewer rows at once (fetch_rows).",
        source: "kamailio src/core/mem/pkg.c, opensips mem/common.h",
        example: "ERROR: db_mysql [km_res.c:81]: db_mysql_get_columns(): no private memory left",
        ..Entry::REST
    },
    Entry {
        id: "node-enospc",
        application: "Node.js (npm, yarn)",
        patterns: &["ENOSPC: no space left on device, write"],
        unless: &["inotify", "watch"],
        text: "A file could not be written; the line does not name it. npm and yarn write to their cache, to \
               TMPDIR and to node_modules: the file system of one of them is full. Where a build puts its \
               cache into /dev/shm, that is 64 MiB by default.",
        not: "A path or an address in the line is what was fetched, and not what is full.",
        fix: Fix::Tell,
        setting: "df of npm config get cache (yarn cache dir), TMPDIR and the working folder.",
        source: "https://nodejs.org/api/errors.html#common-system-errors",
        example: "error An unexpected error occurred: \"https://registry.example/webpack.tgz: ENOSPC: no space \
                  left on device, write\".",
        ..Entry::REST
    },
    Entry {
        id: "sqlserver-provider",
        application: "SQL Server",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Shared Memory Provider"],
        text: "\"Shared Memory\" is the protocol of a client on the same machine. The connection was made and \
               then refused or lost: login, encryption (TLS), or a server that ends.",
        not: "No limit of shared memory, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "tcp:localhost,1433 as the server shows the error itself; the server's errorlog tells why.",
        source: "https://learn.microsoft.com/sql/tools/configuration-manager/shared-memory-properties",
        example: "(provider: Shared Memory Provider, error: 0 - No process is on the other end of the pipe.)",
        ..Entry::REST
    },
    Entry {
        id: "gpu-exhausted",
        application: "JAX, TensorFlow (XLA)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "RESOURCE_EXHAUSTED: Failed to allocate request",
            "RESOURCE_EXHAUSTED: Out of memory while trying to allocate",
            "ResourceExhaustedError: OOM when allocating tensor",
        ],
        text: "The GPU's own memory is full, or what the program may take of it.",
        not: "Not /dev/shm, and not the container's memory.",
        fix: Fix::Setting,
        setting: "A smaller batch; XLA_PYTHON_CLIENT_PREALLOCATE=false, XLA_PYTHON_CLIENT_MEM_FRACTION; \
                  nvidia-smi shows who else holds some.",
        source: "https://docs.jax.dev/en/latest/gpu_memory_allocation.html",
        example: "RESOURCE_EXHAUSTED: Failed to allocate request for 176.00MiB (184549376B) on device ordinal 0",
        ..Entry::REST
    },
    Entry {
        id: "erlang-allocate",
        application: "Erlang (RabbitMQ, CouchDB, ejabberd)",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "Cannot allocate * bytes of memory (of type",
            "Cannot reallocate * bytes of memory (of type",
        ],
        text: "The virtual machine asked for memory and was refused. Where the number is absurd (many GiB at \
               once) it is a fault in it or in the program, or a table sized by a huge limit of open files.",
        not: "Not /dev/shm, and no limit of System V.",
        fix: Fix::Setting,
        setting: "A small number: the memory limit. A huge one: a newer Erlang/OTP; ulimit -n of 65536, or \
                  ERL_MAX_PORTS.",
        source: "erlang erts/emulator/beam/erl_alloc.c",
        example: "Slogan: temp_alloc: Cannot reallocate 34359738368 bytes of memory (of type \"estack\").",
        ..Entry::REST
    },
    Entry {
        id: "journald-full",
        application: "systemd-journald",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["systemd-journald*Failed to*{ENOSPC}", "Failed to rotate /*/journal*{ENOSPC}"],
        text: "The file system of the journal is full: /var/log/journal on disk, or /run/log/journal in memory. \
               On btrfs it can be its metadata.",
        not: "Not /dev/shm.",
        fix: Fix::Disk,
        setting: "df -h /var/log /run; journalctl --vacuum-size=200M; btrfs filesystem usage /.",
        source: "systemd src/journal/journald-server.c",
        example: "systemd-journald[706]: Failed to rotate /var/log/journal/dae9/system.journal: No space left on \
                  device",
        ..Entry::REST
    },
    Entry {
        id: "jellyfin-space",
        application: "Jellyfin",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["has insufficient free space*Required: "],
        text: "The file system of the path in the line has less room than Jellyfin wants to have at its start. \
               /tmp is a tmpfs of half the memory on newer systems (Debian 13).",
        not: "Not /dev/shm.",
        fix: Fix::Disk,
        setting: "df -h of that path; TMPDIR=/var/tmp for Jellyfin's service, or a larger /tmp (mount -o \
                  remount,size=4G /tmp).",
        source: "jellyfin Jellyfin.Server.Implementations/StorageHelpers (TestDataDirectorySize), \
                 https://github.com/jellyfin/jellyfin/issues/15036",
        example: "The path `/tmp/jellyfin` has insufficient free space. Required: at least 2GB.",
        ..Entry::REST
    },
];
