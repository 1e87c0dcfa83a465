//! What reads as if it were shared memory, and is not: GPUs, quotas, threads, other resources.

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
        id: "inotify-watches",
        application: "programs that watch files",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "ENOSPC: System limit for number of file watchers reached",
            "upper limit on inotify watches",
            "inotify_add_watch*{ENOSPC}",
            "watch ENOSPC",
            "inotify add watch failed*{ENOSPC}",
            "failed to create fsnotify watcher: {ENOSPC}",
        ],
        text: "The user's limit of inotify watches (fs.inotify.max_user_watches) is reached.",
        not: "Neither the disk nor /dev/shm, although the error is the same.",
        fix: Fix::Setting,
        setting: "sysctl fs.inotify.max_user_watches=524288 on the host.",
        source: "inotify_add_watch(2)",
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
        ],
        text: "The pool of private memory that each process has, of the size that -M gives it, is used up, or \
               something leaks.",
        not: "Not shared memory (-m), not /dev/shm and not the container's memory.",
        fix: Fix::Setting,
        setting: "A larger -M (megabytes; PKG_MEMORY of the service), or fewer rows at once (fetch_rows).",
        source: "kamailio src/core/mem/pkg.c",
        example: "ERROR: db_mysql [km_res.c:81]: db_mysql_get_columns(): no private memory left",
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
