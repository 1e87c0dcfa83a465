//! Boost.Interprocess, Qt.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "posix-ipc-queues",
        application: "Python posix_ipc, sysv_ipc",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["This process already has the maximum number of files open"],
        text: "mq_open returned EMFILE: of a message queue that is as a rule the user's limit on the bytes of all \
               queues (ulimit -q, RLIMIT_MSGQUEUE), and not the number of open files.",
        not: "Not a full /dev/shm.",
        fix: Fix::Setting,
        setting: "Smaller queues (max_messages, max_message_size), docker run --ulimit msgqueue=-1, and remove queues that \
                  ended programs left in /dev/mqueue.",
        source: "posix_ipc src/posix_ipc_module.c, https://github.com/osvenskan/posix_ipc/issues/42, mq_open(3)",
        example: "OSError: This process already has the maximum number of files open",
        ..Entry::REST
    },
    Entry {
        id: "sysvmq-too-long",
        application: "Ruby sysvmq",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["{EINVAL} - Failed sending message to queue", "msgsnd*{EINVAL or 22}"],
        text: "msgsnd returned EINVAL: the message is longer than kernel.msgmax, or the queue is gone.",
        not: "Not shared memory, and not its size.",
        fix: Fix::Setting,
        setting: "docker run --sysctl kernel.msgmax=65536 --sysctl kernel.msgmnb=65536 (on a machine: sysctl -w).",
        source: "msgsnd(2), https://github.com/sirupsen/sysvmq/issues/7",
        example: "Invalid argument - Failed sending message to queue (Errno::EINVAL)",
        ..Entry::REST
    },
    Entry {
        id: "safir-pool",
        application: "Safir SDK",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Ran out of shared memory while loading types"],
        text: "The segment of the type system, of the size that typesystem.ini gives it, is too \
               small.",
        not: "Not /dev/shm and not a kernel limit.",
        fix: Fix::Setting,
        setting: "A larger size in typesystem.ini.",
        source: "https://github.com/SafirSDK/safir-sdk-core/issues/348",
        example: "safir_control[224]: Ran out of shared memory while loading types and parameters. \
                  Please increase the shared memory size specified in typesystem.ini",
        ..Entry::REST
    },
    Entry {
        id: "qt-shm-denied",
        application: "Qt (QSharedMemory)",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["QSharedMemory::*permission denied", "QSharedMemory::PermissionDenied"],
        text: "A segment is another user's: \"(shm_open)\" is a file in /dev/shm, \"(shmget)\" and \
               \"(shmctl)\" a System V segment. Usually the program ran as root before.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "`shmeter ls` shows it and its owner; rm /dev/shm/NAME or ipcrm -m ID removes it.",
        source: "qtbase src/corelib/ipc/qsharedmemory.cpp, \
                 https://github.com/dail8859/NotepadNext/issues/514",
        example: "[     0.118] C: SingleApplication:  QSharedMemory::PermissionDenied \
                  \"QSharedMemory::attach (shm_open): permission denied\"",
        ..Entry::REST
    },
    Entry {
        id: "qt-shm-resources",
        application: "Qt (QSharedMemory)",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "QSharedMemory::*out of resources",
            "QSystemSemaphore::*out of resources",
            "QSharedMemory::OutOfResources",
        ],
        text: "A segment or semaphore could not be made. Qt uses System V as a rule: kernel.shmmni \
               or shmall for segments, kernel.sem for semaphores; on macOS 32 segments in all. \
               Where it uses POSIX it is /dev/shm.",
        not: "Not memory.",
        fix: Fix::Sysv,
        setting: "`ipcs -m` and `ipcs -s` show what killed programs left; ipcrm removes it.",
        source: "qtbase src/corelib/ipc/qsharedmemory.cpp, \
                 https://github.com/variar/klogg/issues/511",
        example: "SingleApplication:  7 \"QSharedMemory::create: out of resources\"",
        ..Entry::REST
    },
    Entry {
        id: "qt-shm-exists",
        application: "Qt (QSharedMemory)",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["QSharedMemory::*already exists", "QSharedMemory::AlreadyExists"],
        text: "A segment of that name is there: another instance runs, or one that crashed left \
               it.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "`shmeter ls` shows it; rm /dev/shm/NAME or ipcrm -m ID removes it.",
        source: "qtbase src/corelib/ipc/qsharedmemory.cpp, \
                 https://github.com/dail8859/NotepadNext/issues/493",
        example: "SingleApplication:  QSharedMemory::AlreadyExists \"QSharedMemory::create: \
                  already exists\"",
        ..Entry::REST
    },
    Entry {
        id: "qt-shm-missing",
        application: "Qt (QSharedMemory)",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "QSharedMemory::*doesn't exist",
            "QSharedMemory::*key file doesn't exist",
            "QSharedMemory::NotFound",
        ],
        text: "There is no such segment: the program that makes it does not run, or not in this \
               container (IPC namespace, /dev/shm, /tmp where the key file lies).",
        not: "Not a size.",
        fix: Fix::SameIpc,
        source: "qtbase src/corelib/ipc/qsharedmemory.cpp",
        example: "\"QSharedMemory::attach: doesn't exist\"",
        ..Entry::REST
    },
    Entry {
        id: "qt-shm-lock",
        application: "Qt (QSharedMemory)",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "unable to set key on lock",
            "QSharedMemory::*unable to lock",
            "QSharedMemory::*unable to make key",
        ],
        text: "The semaphore that guards the segment, or its key file in the folder of temporary \
               files, could not be made: that folder may not be written to, or System V semaphores \
               are missing or used up (kernel.sem).",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "ls -ld of /tmp (or TMPDIR); `ipcs -s` shows the semaphores.",
        source: "qtbase src/corelib/ipc/qsharedmemory.cpp, \
                 https://github.com/itay-grudev/SingleApplication/issues/58",
        example: "Critical: \"QSharedMemoryPrivate::initKey: unable to set key on lock\" \
                  ((null):0, (null))",
        ..Entry::REST
    },
    Entry {
        id: "qt-single-application",
        application: "Qt (SingleApplication)",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "SingleApplication: Unable to attach to shared memory block",
            "SingleApplication: Unable to create block",
        ],
        text: "The program finds its other instances by a segment of shared memory, and could not \
               make or open it; the next line tells why: \"permission denied\" is another user's, \
               \"already exists\" a leftover of a crash, \"out of resources\" kernel.shmmni.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "`shmeter ls` shows what is there; ipcrm -m ID or rm /dev/shm/NAME removes a \
                  leftover.",
        source: "https://github.com/variar/klogg/issues/511, \
                 https://github.com/dail8859/NotepadNext/issues/514",
        example: "[     0.062] C: SingleApplication: Unable to attach to shared memory block.",
        ..Entry::REST
    },
    Entry {
        id: "posix-ipc",
        application: "Python posix_ipc, sysv_ipc",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "posix_ipc.ExistentialError*already exists",
            "sysv_ipc.ExistentialError*already exists",
            "posix_ipc.PermissionsError",
            "sysv_ipc.PermissionsError",
        ],
        text: "A segment, semaphore or queue of that name is there: another instance runs, or one \
               that was killed left it; or it is another user's.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "`shmeter ls` shows what is there; rm /dev/shm/NAME (sem.NAME), or ipcrm.",
        source: "https://github.com/osvenskan/posix_ipc/issues/6",
        example: "posix_ipc.ExistentialError: Shared memory with the specified name already exists",
        ..Entry::REST
    },
    Entry {
        id: "posix-ipc-missing",
        application: "Python posix_ipc, sysv_ipc",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "posix_ipc.ExistentialError: No *exists with the specified",
            "sysv_ipc.ExistentialError: No *exists with the",
        ],
        text: "There is no segment, semaphore or queue of that name or key: the program that makes \
               it did not start, ended, or has another /dev/shm or IPC namespace.",
        not: "Not a size.",
        fix: Fix::SameIpc,
        source: "posix_ipc src/posix_ipc_module.c",
        example: "posix_ipc.ExistentialError: No shared memory exists with the specified name",
        ..Entry::REST
    },
    Entry {
        id: "rust-shared-memory",
        application: "Rust shared_memory",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &["Error: MapOpenFailed(", "Err(MapOpenFailed(", "value: MapOpenFailed("],
        text: "An object in /dev/shm could not be opened; the number is errno. 2: it is not there, or in another \
               container's /dev/shm. 13: another user's. 22: it has no size yet, or none any more, as another \
               process makes or removes it just then.",
        not: "Not the size of /dev/shm.",
        fix: Fix::SameIpc,
        setting: "Open it only after the other side made it, and try again.",
        source: "shared_memory src/unix.rs, https://github.com/elast0ny/shared_memory/issues/40",
        example: "thread 'main' panicked: Error: MapOpenFailed(22)",
        ..Entry::REST
    },
    Entry {
        id: "rust-shared-memory-made",
        application: "Rust shared_memory",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "Error: MapCreateFailed(",
            "Err(MapCreateFailed(",
            "value: MapCreateFailed(",
            "Creating the shared memory failed, os error ",
        ],
        text: "An object in /dev/shm could not be made; the number is errno. 13: who runs it may not write there. \
               2: there is no /dev/shm. 12: no memory or address space to map it. 24: too many open files (`ulimit -n`). \
               28: /dev/shm has as many files as it may (`df -i /dev/shm`).",
        not: "Not its bytes: they are taken as they are written, and what does not fit ends in SIGBUS then.",
        fix: Fix::Tell,
        source: "shared_memory 0.12 src/unix.rs (create_mapping), src/error.rs",
        example: "thread 'main' panicked at 'called `Result::unwrap()` on an `Err` value: MapCreateFailed(28)'",
        ..Entry::REST
    },
    Entry {
        id: "rust-shared-memory-exists",
        application: "Rust shared_memory",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "Error: MappingIdExists",
            "Err(MappingIdExists)",
            "value: MappingIdExists",
            "Error: LinkExists",
            "Err(LinkExists)",
            "value: LinkExists",
            "Shared memory OS specific ID already exists",
            "Shared memory link already exists",
        ],
        text: "An object of that name is in /dev/shm already, or its link file is: another process made it, or one \
               that was killed left it.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "Open it instead of making it; `shmeter ls` tells whether anybody has it, rm removes a leftover.",
        source: "shared_memory 0.12 src/lib.rs, src/error.rs",
        example: "Error: Shared memory OS specific ID already exists",
        ..Entry::REST
    },
    Entry {
        id: "cfe-queue-depth",
        application: "NASA cFS (OSAL)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Your queue depth may be too large"],
        text: "mq_open returned EINVAL: the queue is to hold more messages than fs.mqueue.msg_max allows (10).",
        not: "Not shared memory.",
        fix: Fix::Setting,
        setting: "sysctl fs.mqueue.msg_max=256; in a container docker run --sysctl fs.mqueue.msg_max=256.",
        source: "nasa/osal src/os/posix (OS_QueueCreate_Impl), https://github.com/nasa/cFE/issues/12",
        example: "Your queue depth may be too large for the",
        ..Entry::REST
    },
    Entry {
        id: "rocm-smi-mutex",
        application: "ROCm SMI",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Failed to initialize RSMI device mutex"],
        text: "A process that was killed holds the lock of a GPU in /dev/shm (rocm_smi*), or many start at once.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "Stop all that uses rocm_smi, rm /dev/shm/rocm_smi*, start again.",
        source: "rocm_smi_lib third_party/shared_mutex/shared_mutex.cc, \
                 https://github.com/ROCm/rocm_smi_lib/issues/88",
        example: "347: Failed to initialize RSMI device mutex after 5 seconds. Previous execution may not have shutdown \
                  cleanly. To fix problem, stop all rocm_smi programs, and then delete the rocm_smi* shared memory files \
                  in /dev/shm.: Success",
        ..Entry::REST
    },
    Entry {
        id: "scip-clang-queues",
        application: "scip-clang",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["driver caught exception {ENOSPC}"],
        text: "The message queues between its driver and its workers are files in /dev/shm (Boost.Interprocess), \
               and did not fit: a container has 64 MiB by default, and killed runs leave theirs.",
        not: "Not the disk.",
        fix: Fix::ShmSize,
        setting: "`shmeter ls` shows what earlier runs left.",
        source: "scip-clang indexer/Driver.cc (driverMain), https://github.com/sourcegraph/scip-clang/issues/180",
        example: "[18:26:41 error] driver    : driver caught exception No space left on device",
        ..Entry::REST
    },
    Entry {
        id: "node-shm-typed-array",
        application: "Node.js (shm-typed-array)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["shm-typed-array/index.js"],
        after: &["Error: Too many open files"],
        instead_of: &["too-many-open-files"],
        text: "shmat returned EMFILE: on macOS the process has as many segments attached as kern.sysv.shmseg \
               allows (8 by default).",
        not: "Not a size, and not the limit of open files (ulimit -n), although it says so.",
        fix: Fix::Setting,
        setting: "Detach segments that are not needed (detach in that package), or sudo sysctl -w \
                  kern.sysv.shmseg=64.",
        source: "shmat(2) of macOS, https://github.com/ukrbublik/shm-typed-array/issues/8",
        example: "Error: Too many open files at Object.get \
                  (/Users/ana/app/node_modules/shm-typed-array/index.js:108:16)",
        ..Entry::REST
    },
    Entry {
        id: "bettermc-sigbus",
        application: "R bettermc",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &["'memcpy' resulted in a SIGBUS (no shared memory left)"],
        instead_of: &["words-failed"],
        text: "A result of a worker was copied into a file of /dev/shm, and the kernel had no page for it: /dev/shm is full.",
        not: "Not a pool of its own.",
        fix: Fix::ShmSize,
        setting: "mclapply(..., mc.share.vectors = FALSE, mc.shm.ipc = FALSE) does without it.",
        source: "bettermc src/copy2shm.c, https://github.com/cmu-delphi/covidcast-indicators/issues/1827",
        example: "Error in bettermc::mclapply: 'memcpy' resulted in a SIGBUS (no shared memory left)",
        ..Entry::REST
    },
];
