//! Programs that speak of shared memory and name the error, or not even that.

use crate::explain::{Certainty, Entry, Fix, Meaning, WORDS};

const OF_WORDS: Entry = Entry { application: WORDS, ..Entry::REST };

pub(in crate::explain::catalogue) const ENTRIES: &[Entry] = &[
    Entry {
        id: "words-enospc",
        patterns: &[
            "shared memory*{ENOSPC or 28}",
            "shared-memory*{ENOSPC or 28}",
            "sharedmemory*{ENOSPC or 28}",
            "share memory*{ENOSPC or 28}",
            "shm segment*{ENOSPC or 28}",
            "{ENOSPC}*shared memory",
            " shm *{ENOSPC or 28}",
            " shm: *{ENOSPC or 28}",
            "shm file*{ENOSPC or 28}",
            "shm region*{ENOSPC or 28}",
        ],
        text: "Space for shared memory is used up, and not that of a disk. A name that begins with \
               a slash, or a path, is a file in /dev/shm: its size or its inodes. A key (0x...) or \
               an id is System V: kernel.shmmni segments exist, or kernel.shmall is reached.",
        not: "Not the disk. For System V --shm-size does nothing, for /dev/shm the kernel.shm* \
              settings do nothing.",
        fix: Fix::ShmSize,
        setting: "df /dev/shm and df -i /dev/shm show the one, `ipcs -m -u` and `ipcs -l` the \
                  other; `shmeter ls` shows both.",
        source: "shm_open(3), shmget(2), tmpfs(5)",
        example: "Unable to create shared memory segment for scoreboard: No space left on device",
        ..OF_WORDS
    },
    Entry {
        id: "words-einval",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "shared memory*{EINVAL or 22}",
            "shared-memory*{EINVAL or 22}",
            "share memory*{EINVAL or 22}",
            "shm segment*{EINVAL or 22}",
            " shm *{EINVAL or 22}",
            " shm: *{EINVAL or 22}",
            "shm file*{EINVAL or 22}",
            "shm region*{EINVAL or 22}",
        ],
        text: "Usually System V (shmget): the segment is larger than kernel.shmmax, or one with \
               that key is there with a smaller size. When an existing one is attached, it is \
               gone. With a name (shm_open) the name is not allowed; from mmap it is a length of \
               0.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "`ipcs -l` shows the limits, `ipcs -m` whether a segment with that key is there; \
                  ipcrm -m ID removes a leftover.",
        source: "shmget(2), shm_open(3), https://github.com/gammu/gammu/issues/255",
        example: "gammu-smsd[30801]: Failed to allocate shared memory segment!, Error 22: Invalid \
                  argument",
        ..OF_WORDS
    },
    Entry {
        id: "words-enomem",
        meaning: Meaning::Memory,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "shared memory*{ENOMEM or 12}",
            "shared-memory*{ENOMEM or 12}",
            "share memory*{ENOMEM or 12}",
            "shm segment*{ENOMEM or 12}",
            " shm *{ENOMEM or 12}",
            " shm: *{ENOMEM or 12}",
            "shm file*{ENOMEM or 12}",
            "shm region*{ENOMEM or 12}",
        ],
        unless: &["shared memory per", "shared memory limit"],
        text: "The kernel refused memory or address space for it: strict overcommit \
               (vm.overcommit_memory 2), ulimit -v, too few huge pages (SHM_HUGETLB, MAP_HUGETLB), \
               or the limit on locked memory (ulimit -l) where it is locked.",
        not: "Not a full /dev/shm: that is \"No space left on device\" or a bus error. If the \
              program means a pool of its own, none of these.",
        fix: Fix::Memory,
        setting: "A smaller size in the program's settings; `ulimit -a` and `sysctl \
                  vm.overcommit_memory` tell which limit there is.",
        source: "shmget(2), mmap(2), mlock(2)",
        example: "[alert] could not allocate shared memory zone: Cannot allocate memory",
        ..OF_WORDS
    },
    Entry {
        id: "words-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "shared memory*{EACCES or 13}",
            "shared-memory*{EACCES or 13}",
            "shared memory*{EPERM or 1}",
            "shared memory*{EROFS or 30}",
            "share memory*{EACCES or 13}",
            "{EACCES}*shared memory",
            " shm *{EACCES or 13}",
            " shm: *{EACCES or 13}",
            "shm file*{EACCES or 13}",
            "shm region*{EACCES or 13}",
            " shm *{EROFS or 30}",
            " shm: *{EROFS or 30}",
            "shm file*{EROFS or 30}",
            "shm region*{EROFS or 30}",
        ],
        text: "It may not be made or opened. A name or path is a file in /dev/shm: of another user \
               (root may not open it with O_CREAT either), or /dev/shm may not be written to. A \
               key (0x...) is a System V segment of another user. \"Operation not permitted\" is a \
               security module, or huge pages without CAP_IPC_LOCK.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "ls -ld /dev/shm, ls -l /dev/shm and `ipcs -m` show owners; remove what another \
                  user's run left.",
        source: "shm_open(3), shmget(2)",
        example: "err: failed to open shared memory 'sharedgl_shared_memory': Permission denied",
        ..OF_WORDS
    },
    Entry {
        id: "words-exists",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "shared memory*{EEXIST or 17}",
            "shared-memory*{EEXIST or 17}",
            "share memory*{EEXIST or 17}",
            " shm *{EEXIST or 17}",
            " shm: *{EEXIST or 17}",
            "shm file*{EEXIST or 17}",
            "shm region*{EEXIST or 17}",
            "shared memory*already exists",
        ],
        text: "It is there already: another instance runs, or one that was killed left it: a file \
               in /dev/shm, or a System V segment.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "`shmeter ls` shows both, and whether anybody holds them; rm /dev/shm/NAME or \
                  ipcrm -m ID removes a leftover.",
        source: "shm_open(3), shmget(2), https://github.com/Jiefei-Wang/SharedObject/issues/8",
        example: "Error: An error has occured in allocating shared memory: File exists",
        ..OF_WORDS
    },
    Entry {
        id: "words-missing",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "shared memory*{ENOENT or 2}",
            "shared-memory*{ENOENT or 2}",
            "share memory*{ENOENT or 2}",
            "shared memory*{EIDRM or 43}",
            "shared memory*does not exist",
            "shared memory*not found",
            " shm *{ENOENT or 2}",
            " shm: *{ENOENT or 2}",
            "shm file*{ENOENT or 2}",
            "shm region*{ENOENT or 2}",
        ],
        text: "It is not there: the program that makes it does not run, ended, or has another \
               /dev/shm or IPC namespace (another container); or somebody removed it. If every \
               program says so, /dev/shm is not mounted.",
        not: "Not a size.",
        fix: Fix::SameIpc,
        setting: "ls /dev/shm and `ipcs -m` on both sides show whether they see the same.",
        source: "shm_open(3), shmget(2)",
        example: "collector: cannot attach shared memory /stats_7: No such file or directory",
        ..OF_WORDS
    },
    Entry {
        id: "words-enosys",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "shared memory*{ENOSYS or 38}",
            "share memory*{ENOSYS or 38}",
            " shm *{ENOSYS or 38}",
            " shm: *{ENOSYS or 38}",
            "shm file*{ENOSYS or 38}",
            "shm region*{ENOSYS or 38}",
        ],
        text: "With a name (shm_open): /dev/shm is not mounted, or is no tmpfs. With a key \
               (shmget): the kernel has no System V shared memory (Android, WSL 1), or a seccomp \
               filter hides it.",
        not: "Not a limit.",
        fix: Fix::Mount,
        source: "shm_open(3), shmget(2)",
        example: "Failed to create shared memory: Function not implemented",
        ..OF_WORDS
    },
    Entry {
        id: "words-failed",
        patterns: &[
            "failed to create shared memory",
            "failed to create a shared memory",
            "failed to allocate shared memory",
            "failed to open shared memory",
            "failed to open the shared memory",
            "failed to map shared memory",
            "failed to map the shared memory",
            "failed to attach to shared memory",
            "failed to attach shared memory",
            "failed to initialize shared memory",
            "failed to init shared memory",
            "failed to init share memory",
            "failed to get shared memory",
            "could not create shared memory",
            "could not allocate shared memory",
            "could not open shared memory",
            "could not attach shared memory",
            "could not attach to shared memory",
            "could not map shared memory",
            "could not initialize shared memory",
            "cannot create shared memory",
            "cannot allocate shared memory",
            "cannot open shared memory",
            "cannot attach shared memory",
            "cannot attach to shared memory",
            "cannot map shared memory",
            "can't create shared memory",
            "can't allocate shared memory",
            "can't open shared memory",
            "can't attach to shared memory",
            "can't attach shared memory",
            "can't access shared memory",
            "couldn't get shared-memory segment",
            "unable to create shared memory",
            "unable to create the shared memory",
            "unable to allocate shared memory",
            "unable to open shared memory",
            "unable to attach to shared memory",
            "unable to attach shared memory",
            "unable to map shared memory",
            "unable to initialize shared memory",
            "unable to get shared memory",
            "error creating shared memory",
            "error allocating shared memory",
            "error opening shared memory",
            "error attaching shared memory",
            "error attaching to shared memory",
            "shared memory allocation failed",
            "shared memory creation failed",
            "shared memory error",
            "shared memory can not be created",
            "error in shared memory creation",
            "insufficient shared memory",
            "not enough shared memory",
            "out of shared memory",
            "ran out of shared memory",
            "no shared memory left",
            "failed to create shm",
            "failed to open shm",
            "failed to map shm",
            "failed to attach shm",
            "failed to allocate shm",
            "unable to open shm",
            "unable to create shm",
            "could not open shm",
            "could not create shm",
            "cannot open shm",
            "cannot create shm",
            "error opening shm",
            "failed to get shm",
            "can't open shm",
            "into shared memory: /",
            "cannot map file into shared memory",
            "unable to map file into shared memory",
            "failed*shared memory",
            "unable to*shared memory",
            "could not*shared memory",
            "couldn't*shared memory",
            "cannot*shared memory",
            "can't*shared memory",
            "shared memory*failed",
            "error*shared memory",
            "shared memory map failed",
            "failed*shared-memory",
            "failed*share memory",
        ],
        unless: &[
            "{ENOSPC or 28}",
            "{EINVAL or 22}",
            "{ENOMEM or 12}",
            "{EACCES or 13}",
            "{EPERM or 1}",
            "{EROFS or 30}",
            "{EEXIST or 17}",
            "{ENOENT or 2}",
            "{ENOSYS or 38}",
            "CUDA",
            "GPU",
            "OpenCL",
            "Kokkos",
            "per block",
            "triton",
            "ptxas",
            "Metal",
            "exceeds",
            "(EXTENSION)",
        ],
        text: "The program could not get or open its shared memory; the line does not say why. The \
               error's words in the lines around it do: \"No space left\" is a full /dev/shm (or, \
               with a key, kernel.shmmni or shmall), \"Invalid argument\" kernel.shmmax, \"Cannot \
               allocate memory\" overcommit, \"Permission denied\" or \"File exists\" what another \
               user or a killed program left, \"No such file\" another container or no /dev/shm. \
               \"Out of\", \"not enough\" and \"no ... left\" often mean a pool of the program's \
               own, with its own setting.",
        not: "It names no limit by itself.",
        setting: "strace -f -e trace=openat,shmget,mmap,ftruncate shows the call; `shmeter ls` \
                  shows what is there.",
        source: "shm_open(3), shmget(2), mmap(2)",
        example: "opentrack: protocol Wine: Can't open shared memory mapping",
        ..OF_WORDS
    },
];
