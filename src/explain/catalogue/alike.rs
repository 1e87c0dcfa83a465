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
];
