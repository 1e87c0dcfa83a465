//! STAR, AFL, R, pandarallel.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "star-genome",
        application: "STAR",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "Shared memory error: *, errno: Invalid argument",
            "Shared memory error: *, errno: No space left",
        ],
        text: "shmget for the genome was refused: it is larger than kernel.shmmax (Invalid \
               argument), or kernel.shmall or shmmni is reached (No space left).",
        not: "Not the size of /dev/shm, unless STAR was built with POSIXSHARED.",
        fix: Fix::Sysv,
        setting: "STAR --genomeLoad NoSharedMemory does without. kernel.shmmax has to exceed the \
                  genome's size (some 30 GB for human).",
        source: "STAR source/SharedMemory.cpp, https://github.com/alexdobin/STAR/issues/841",
        example: "Shared memory error: 4, errno: Invalid argument(22)",
        ..Entry::REST
    },
    Entry {
        id: "star-memory",
        application: "STAR",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["Shared memory error: *, errno: Cannot allocate memory"],
        text: "shmget for the genome was refused for lack of memory: the machine or the job has \
               less than the genome needs (some 30 GB for human).",
        not: "Not the size of /dev/shm.",
        fix: Fix::Refused,
        setting: "STAR --genomeLoad NoSharedMemory tells it more plainly, and needs as much.",
        source: "STAR source/SharedMemory.cpp, \
                 https://github.com/CGATOxford/CGATPipelines/issues/53",
        example: "Shared memory error: 4, errno: Cannot allocate memory(12)",
        ..Entry::REST
    },
    Entry {
        id: "star-shared",
        application: "STAR",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &["problems with shared memory: error from shmget() or shm_open()"],
        text: "The segment for the genome could not be made; the line before it (\"Shared memory \
               error: ..., errno\") tells why: 22 is kernel.shmmax, 28 kernel.shmall or shmmni, 12 \
               memory.",
        not: "Not the size of /dev/shm, unless STAR was built with POSIXSHARED.",
        fix: Fix::Sysv,
        setting: "STAR --genomeLoad NoSharedMemory does without.",
        source: "STAR source/SharedMemory.cpp, https://github.com/alexdobin/STAR/issues/841",
        example: "EXITING because of FATAL ERROR: problems with shared memory: error from shmget() \
                  or shm_open().",
        ..Entry::REST
    },
    Entry {
        id: "star-options",
        application: "STAR",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["cannot be used with shared memory genome"],
        text: "Two options exclude each other: junctions that are inserted while mapping (two \
               passes) and a genome in shared memory.",
        not: "Not a limit.",
        fix: Fix::Setting,
        setting: "STAR --genomeLoad NoSharedMemory.",
        source: "STAR source/Parameters.cpp, https://github.com/alexdobin/STAR/issues/277",
        example: "EXITING because of fatal PARAMETERS error: on the fly junction insertion and \
                  2-pass mappng cannot be used with shared memory genome",
        ..Entry::REST
    },
    Entry {
        id: "afl-shm",
        application: "AFL",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "OS message : Invalid argument",
            "OS message : No space left on device",
            "OS message : Function not implemented",
            "OS message : Cannot allocate memory",
        ],
        after: &["shmget() failed", "shm_open() failed"],
        text: "AFL's map of coverage, a System V segment (AFL++ can use POSIX). \"Invalid \
               argument\": larger than kernel.shmmax, or WSL 1 without System V. \"No space \
               left\": kernel.shmmni segments, which killed fuzzers left. \"Function not \
               implemented\": a kernel without it.",
        not: "Not the disk, and not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "`ipcs -m` shows leftovers; ipcrm -m ID removes one.",
        source: "AFL afl-fuzz.c (setup_shm), https://github.com/MicrosoftDocs/WSL/issues/39",
        example: "setup_shm(): shmget() failed OS message : Invalid argument",
        ..Entry::REST
    },
    Entry {
        id: "r-mori",
        application: "R (mori)",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["mori: failed to create shared memory"],
        text: "An object that is to be shared is a file in /dev/shm, and it could not be made: too \
               large, no space left, or a name that is there already.",
        not: "Not R's own memory.",
        fix: Fix::ShmSize,
        setting: "df /dev/shm; `shmeter ls` shows leftovers.",
        source: "https://github.com/shikokuchuo/mori/issues/29",
        example: "Error in `mori::share()`: ! mori: failed to create shared memory",
        ..Entry::REST
    },
    Entry {
        id: "r-sharedobject-index",
        application: "R (SharedObject)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["error in recording a shared memory info", "error in record a shared memory"],
        instead_of: &["words-unknown", "words-failed"],
        text: "SharedObject keeps a list of all shared objects in a file of 8 MiB in /dev/shm, which it makes once \
               and leaves there when R ends. The list took no further entry: it is full of what earlier sessions \
               left, or one that was killed damaged it.",
        not: "Not the size of /dev/shm, however small the object is: the object itself was made before.",
        fix: Fix::Setting,
        setting: "While no R session uses it: rm /dev/shm/shared_object_package_space*.",
        source: "SharedObject src/memoryManager.cpp (DATA_LIST_SIZE), \
                 https://github.com/Jiefei-Wang/SharedObject/issues/6",
        example: "Error in C_createSharedMemory(x, dataInfo) : error in recording a shared memory info",
        ..Entry::REST
    },
    Entry {
        id: "vineyard-pool",
        application: "Vineyard (GraphScope)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "Not enough memory: Failed to allocate memory of size*total available memory size are",
        ],
        text: "Vineyard's pool, of the size that it was started with (vineyardd --size, \
               vineyard_shared_mem, 4 GiB by default), is used up.",
        not: "Not the machine's memory. The pool lies in /dev/shm: a larger one needs a larger \
              /dev/shm.",
        fix: Fix::Setting,
        setting: "A larger vineyard_shared_mem (about five times the data), and /dev/shm of that \
                  size.",
        source: "https://github.com/alibaba/GraphScope/issues/1890, \
                 https://graphscope.io/docs/frequently_asked_questions.html",
        example: "Check failed: Not enough memory: Failed to allocate memory of size 828797872, \
                  total available memory size are 4294967296, and 3617130488 are already in use in \
                  \"this->Build(client)\"",
        ..Entry::REST
    },
    Entry {
        id: "armci-window",
        application: "ARMCI-MPI (NWChem, Global Arrays)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["ARMCI assert fail in gmr_create()"],
        text: "MPI_Win_allocate gave no memory, and no error: a fault of Open MPI's one-sided communication \
               across several machines.",
        not: "Not the size of /dev/shm, as a rule, and not a lack of memory.",
        fix: Fix::Setting,
        setting: "ARMCI_USE_WIN_ALLOCATE=0, MPICH, or another Open MPI.",
        source: "https://github.com/pmodels/armci-mpi/issues/33, https://github.com/open-mpi/ompi/issues/10026",
        example: "[31] ARMCI assert fail in gmr_create() [src/gmr.c:109]: \"alloc_slices[alloc_me].base != NULL\"",
        ..Entry::REST
    },
    Entry {
        id: "r-bigmemory-allocate",
        application: "R (bigmemory)",
        patterns: &["memory could not be allocated for instance of type big.matrix"],
        text: "bigmemory hides why a big.matrix could not be made. Shared, as it is by default: /dev/shm is too \
               small, or a killed session left an object of that name. With backingfile: the folder backingpath \
               has no room, may not be written to, or has that file already. On Windows: memory or the page file.",
        not: "Not R's own memory limit, and it names no cause.",
        setting: "big.matrix(..., shared = FALSE) tells whether it was shared memory; df -h of /dev/shm and of \
                  backingpath.",
        source: "https://github.com/kaneplusplus/bigmemory/issues/89, \
                 https://github.com/kaneplusplus/bigmemory/issues/19",
        example: "Error: memory could not be allocated for instance of type big.matrix",
        ..Entry::REST
    },
    Entry {
        id: "r-bigmemory",
        application: "R",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["_bigmemory_CreateSharedMatrix"],
        after: &["*** caught bus error ***"],
        text: "bigmemory keeps a big.matrix in /dev/shm, which is full: an engine makes it 64 MiB large.",
        not: "Not R's memory limit, and not the container's: that kills.",
        fix: Fix::ShmSize,
        setting: "options(bigmemory.default.shared = FALSE) keeps it in ordinary memory.",
        source: "https://github.com/kaneplusplus/bigmemory/issues/81",
        example: "*** caught bus error *** 1: .Call(`_bigmemory_CreateSharedMatrix`, row, col, colnames, rownames,",
        ..Entry::REST
    },
    Entry {
        id: "afl-futex",
        application: "AFL++",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["shmget failed for futex"],
        text: "AFL++ (5.01) makes a small System V segment for each fork server, and there are as many segments as \
               the system allows: on macOS kern.sysv.shmmni, 32 by default, on Linux kernel.shmmni. Killed fuzzers \
               leave theirs.",
        not: "Not a size: the segment has 4 bytes.",
        fix: Fix::Setting,
        setting: "ipcs -m shows the segments, ipcrm -m ID removes one. On macOS a larger kern.sysv.shmmni can be \
                  set only at boot.",
        source: "AFL++ src/afl-forkserver.c, https://github.com/AFLplusplus/AFLplusplus/issues/2833",
        example: "Seeing \"shmget failed for futex\" on macOS in CI",
        ..Entry::REST
    },
    Entry {
        id: "libafl-files",
        application: "LibAFL",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["code: 24*Failed to shm_open map with id"],
        text: "The limit of open files (ulimit -n) is reached: older LibAFL keeps the descriptor of each shared \
               map open.",
        not: "Not the size of /dev/shm.",
        fix: Fix::OpenFiles,
        setting: "A newer LibAFL.",
        source: "LibAFL libafl_bolts/src/shmem.rs, https://github.com/AFLplusplus/LibAFL/pull/2298",
        example: "OsError(Os { code: 24, kind: Uncategorized, message: \"Too many open files\" }, \"Failed to \
                  shm_open map with id [47, 108]\")",
        ..Entry::REST
    },
    Entry {
        id: "pandarallel-memory-fs",
        application: "pandarallel",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["It seems you use Memory File System"],
        text: "pandarallel hands the pieces of a data frame over as files in /dev/shm (pandarallel_*), and one could \
               not be written. It says this of any error: as a rule /dev/shm is too small or full of what killed \
               runs left, else it may not be written to.",
        not: "Not the machine's memory as such, and not the disk.",
        fix: Fix::ShmSize,
        setting: "pandarallel.initialize(use_memory_fs=False) does without; rm /dev/shm/pandarallel_* while nothing \
                  runs.",
        source: "pandarallel pandarallel/core.py, https://github.com/nalepae/pandarallel/issues/143",
        example: "OSError: It seems you use Memory File System and you don't have enough available space in \
                  `dev/shm`.",
        ..Entry::REST
    },
    Entry {
        id: "pandarallel-full",
        application: "pandarallel",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["[Errno 28]"],
        after: &["pandarallel/", "pandarallel.py"],
        text: "pandarallel hands the pieces of a data frame and their results over as files in /dev/shm \
               (pandarallel_*), and there was no space left for one.",
        not: "Not the machine's memory as such, and not the disk.",
        fix: Fix::ShmSize,
        setting: "pandarallel.initialize(use_memory_fs=False) does without; rm /dev/shm/pandarallel_* while nothing \
                  runs.",
        source: "pandarallel pandarallel/core.py, https://github.com/nalepae/pandarallel/issues/127",
        example: "File \"site-packages/pandarallel/core.py\", line 120, in wrapper: OSError: [Errno 28] No space \
                  left on device",
        ..Entry::REST
    },
    Entry {
        id: "r-sharedobject-exists",
        application: "R (SharedObject)",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["error has occured in allocating shared memory: File exists"],
        after: &["C_createSharedMemory"],
        instead_of: &["words-unknown", "words-failed", "words-exists"],
        text: "An object of that number is in /dev/shm already: a session that was killed left it, or two sessions number theirs \
               alike.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "With no R at work remove what is left in /dev/shm (`shmeter ls` names it); a newer SharedObject.",
        source: "https://github.com/Jiefei-Wang/SharedObject/issues/8",
        example: "Error in C_createSharedMemory(x, dataInfo) : An error has occured in allocating shared memory: File exists",
        ..Entry::REST
    },
    Entry {
        id: "r-fork-memory",
        application: "R (parallel)",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["unable to fork, possible reason: {ENOMEM}"],
        instead_of: &["errno-12"],
        text: "mclapply and makeForkCluster fork R, and the kernel would not promise its memory once more: overcommit is strict \
               (vm.overcommit_memory), or memory and swap are short.",
        not: "Not /dev/shm: forked processes share pages, and no file.",
        fix: Fix::Refused,
        setting: "Fewer cores (mc.cores), and rm() and gc() of what is large before; or sysctl vm.overcommit_memory=1 on the host.",
        source: "R src/library/parallel/src/fork.c (mc_fork)",
        example: "Error in mcfork(detached) : unable to fork, possible reason: Cannot allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "osrm-denied",
        application: "OSRM",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["[fatal error] exception: Permission denied"],
        text: "osrm-datastore and osrm-routed keep locks and data of fixed names in /dev/shm (osrm-*), and those that are there are another \
               user's, as of a run by root before.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "ls -l /dev/shm/*osrm* shows whose they are; that user or root removes them (osrm-datastore --remove-locks, or rm), while \
                  none runs.",
        source: "osrm-backend include/storage/shared_memory.hpp, https://github.com/Project-OSRM/osrm-backend/issues/910",
        example: "$ osrm-datastore map.osrm\n[fatal error] exception: Permission denied",
        ..Entry::REST
    },
    Entry {
        id: "ldm-uldb",
        application: "Unidata LDM",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["sm_setShmId() {EACCES}", "uldbutil*{EACCES}"],
        instead_of: &["words-failed", "words-unknown"],
        text: "LDM's list of its processes is a System V segment, and another user's is there: as a rule LDM ran as root once, or as another \
               user in a container with the same IPC namespace.",
        not: "Not the size of /dev/shm, and no limit.",
        fix: Fix::Setting,
        setting: "Stop LDM; ipcs -m shows the segment and its owner, ipcrm -m SHMID removes it as that user or root. Then run LDM as one user.",
        source: "LDM ulog/uldb.c (sm_setShmId), shmget(2) EACCES, https://github.com/Unidata/ldm-docker/issues/45",
        example: "20171120T203001Z uldbutil[454] ERROR uldb.c:1071:sm_setShmId() Permission denied",
        ..Entry::REST
    },
];
