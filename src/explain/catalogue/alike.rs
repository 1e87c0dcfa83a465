//! What reads as if it were shared memory, and is not: heaps, GPUs, disks, semaphores, other resources.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const JAVA: Entry = Entry { application: "Java", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "cuda-memory",
        application: "CUDA",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "CUDA out of memory",
            "CUDA error: out of memory",
            "torch.OutOfMemoryError: CUDA",
            "torch.cuda.OutOfMemoryError",
            "CUDA_ERROR_OUT_OF_MEMORY",
            "cudaErrorMemoryAllocation",
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
        id: "java-heap",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "java.lang.OutOfMemoryError: Java heap space",
            "OutOfMemoryError: GC overhead limit",
            "OutOfMemoryError: Metaspace",
            "OutOfMemoryError: Direct buffer memory",
            "Cannot reserve*bytes of direct buffer memory",
        ],
        text: "A limit of the virtual machine itself (-Xmx, -XX:MaxMetaspaceSize, \
               -XX:MaxDirectMemorySize) is reached.",
        not: "Not /dev/shm, and not the container's limit: that kills without a message.",
        fix: Fix::Setting,
        setting: "Raise that option, within the container's memory limit.",
        source: "openjdk src/hotspot/share/gc/shared/memAllocator.cpp",
        example: "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space",
        ..JAVA
    },
    Entry {
        id: "java-mmap",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "java.lang.OutOfMemoryError: Map failed",
            "java.io.IOException: Map failed",
            "Native memory allocation (mmap) failed to map",
        ],
        text: "mmap was refused: too many mappings (vm.max_map_count), a limit on address space, \
               strict overcommit, or no memory.",
        not: "Not the size of /dev/shm: a mapping there is created nevertheless, and fails when \
            it is touched.",
        fix: Fix::Memory,
        setting: "Raise vm.max_map_count on the host.",
        source: "openjdk src/java.base/unix/native/libnio/ch/UnixFileDispatcherImpl.c, \
                 https://www.elastic.co/docs/deploy-manage/deploy/self-managed/vm-max-map-count",
        example: "Caused by: java.lang.OutOfMemoryError: Map failed",
        ..JAVA
    },
    Entry {
        id: "java-unsafe-access",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "a fault occurred in a recent unsafe memory access",
            "a fault occurred in an unsafe memory access",
        ],
        text: "A page of a mapped file could not be allocated (SIGBUS, which Java turns into this \
            error): its file system is full, or the file was truncated. Aeron, Chronicle, Kafka, \
            Lucene and zip files map files.",
        not: "Not the heap. It is /dev/shm only if the file lies there.",
        setting: "The stack below it names the file's owner; df of that folder tells.",
        source: "openjdk src/hotspot/share/runtime/javaThread.cpp",
        example: "java.lang.InternalError: a fault occurred in a recent unsafe memory access \
                  operation in compiled Java code",
        ..JAVA
    },
    Entry {
        id: "java-sigbus",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["SIGBUS (0x7) at pc=", "si_signo: 7 (SIGBUS)"],
        text: "The virtual machine died of SIGBUS: a page of a mapped file could not be \
            allocated. With PerfMemory in the problematic frame it is a full /tmp (hsperfdata), \
            else the file system of a mapped file, or a truncated one.",
        not: "Not the heap. It is /dev/shm only if the mapped file lies there.",
        setting: "-XX:+PerfDisableSharedMem does without hsperfdata.",
        source: "https://github.com/bazelbuild/bazel/issues/3236, \
                 https://github.com/camunda/camunda/issues/8099",
        example: "#  SIGBUS (0x7) at pc=0x00007f50e1e9df2e, pid=29, tid=0x00007f50c3afa700",
        ..JAVA
    },
    Entry {
        id: "lmdb-map-full",
        application: "LMDB",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["MDB_MAP_FULL"],
        text: "The database has reached the map size that the program set (mdb_env_set_mapsize).",
        not: "Not /dev/shm, not the disk, not memory.",
        fix: Fix::Setting,
        setting: "A larger map_size.",
        source: "lmdb libraries/liblmdb/lmdb.h",
        example: "lmdb.MapFullError: mdb_put: MDB_MAP_FULL: Environment mapsize limit reached",
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
        id: "noexec-map",
        application: "dynamic loader, JIT compilers",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "/dev/shm*failed to map segment from shared object",
            "/dev/shm*cannot execute: Permission denied",
        ],
        text: "A library or program was mapped executable from /dev/shm, which is mounted noexec, \
               as in many containers.",
        not: "\"Shared object\" is a library, no shared memory; and it is no size.",
        fix: Fix::Exec,
        setting: "TMPDIR (or the program's own option) on a file system without noexec.",
        source: "glibc elf/dl-load.c, mmap(2) EPERM",
        example: "ImportError: /dev/shm/_MEIxY3f/libz.so.1: failed to map segment from shared \
                  object",
        ..Entry::REST
    },
    Entry {
        id: "noexec-map-elsewhere",
        application: "dynamic loader, JIT compilers",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["failed to map segment from shared object"],
        unless: &["/dev/shm"],
        text: "A library was mapped executable from a file system that is mounted noexec: as a \
               rule /tmp, where a packed program unpacks itself.",
        not: "\"Shared object\" is a library, no shared memory. It is /dev/shm only if TMPDIR is.",
        fix: Fix::Setting,
        setting: "TMPDIR (or the program's own option) on a file system without noexec.",
        source: "glibc elf/dl-load.c, mmap(2) EPERM, https://github.com/docker/compose/issues/1339",
        example: "./app: error while loading shared libraries: libz.so.1: failed to map segment \
                  from shared object: Operation not permitted",
        ..Entry::REST
    },
    Entry {
        id: "php-opcache-small",
        application: "PHP OPcache",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["initialize shared memory structures - probably not enough shared memory"],
        text: "OPcache's own memory is too small for its tables.",
        not: "Not /dev/shm, not a limit of the kernel.",
        fix: Fix::Setting,
        setting: "Raise opcache.memory_consumption, or lower opcache.max_accelerated_files.",
        source: "php-src ext/opcache/ZendAccelerator.c",
        example: "Fatal Error Failure to initialize shared memory structures - probably not \
                  enough shared memory.",
        ..Entry::REST
    },
    Entry {
        id: "php-opcache",
        application: "PHP OPcache, APCu",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "Unable to allocate shared memory segment of*bytes",
            "apc_mmap: Failed to mmap",
        ],
        text: "The cache's anonymous shared mapping was refused: memory, its limit, strict \
               overcommit, or address space.",
        not: "Not the size of /dev/shm: the mapping has no file there.",
        fix: Fix::Memory,
        setting: "Lower opcache.memory_consumption or apc.shm_size.",
        source: "php-src ext/opcache/zend_shared_alloc.c",
        example: "Fatal Error Unable to allocate shared memory segment of 134217728 bytes: mmap: \
                  Cannot allocate memory (12)",
        ..Entry::REST
    },
];
