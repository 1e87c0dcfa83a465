//! Boost.Interprocess.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "boost-what",
        application: "Boost.Interprocess",
        patterns: &[
            "after throwing an instance of 'boost::interprocess::interprocess_exception'",
            "boost::interprocess::shared_memory_object::priv_open_or_create",
            "boost::interprocess::not_found_error",
        ],
        unless: &["what():"],
        names_no_error: true,
        text: "Boost could not make, open or size shared memory, or a file that it maps: it is not there (open_only), is there already \
               (create_only), or may not be opened. What what() says tells which.",
        not: "It names neither the object nor a limit.",
        setting: "Give the line with what() too (in gdb: catch throw, then print what()). ls -l /dev/shm shows whether the name is there, and \
                  whose; remove what a killed run left while none runs.",
        source: "boost/interprocess/exceptions.hpp, https://github.com/CoatiSoftware/Sourcetrail/issues/918",
        example: "terminate called after throwing an instance of 'boost::interprocess::interprocess_exception'",
        ..Entry::REST
    },
    Entry {
        id: "boost-no-space",
        application: "Boost.Interprocess",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["{ENOSPC}"],
        after: &["boost::interprocess::interprocess_exception"],
        text: "A managed segment or mutex of Boost.Interprocess is a file in /dev/shm, and it \
               could not be made or get its size.",
        not: "Not the disk, unless the program uses managed_mapped_file.",
        fix: Fix::ShmSize,
        source: "boost libs/interprocess (errors.hpp, shared_memory_object.hpp)",
        example: "terminate called after throwing an instance of \
                  'boost::interprocess::interprocess_exception' what():  No space left on device",
        ..Entry::REST
    },
    Entry {
        id: "boost-denied",
        application: "Boost.Interprocess",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["Permission denied"],
        unless: &["Permission denied:"],
        after: &["boost::interprocess::interprocess_exception"],
        text: "A segment or mutex of Boost.Interprocess is a file in /dev/shm, and it is another \
               user's, or /dev/shm may not be written to.",
        not: "Not a size.",
        fix: Fix::Permission,
        source: "boost libs/interprocess (errors.hpp, shared_memory_object.hpp)",
        example: "terminate called after throwing an instance of \
                  'boost::interprocess::interprocess_exception' what():  Permission denied",
        ..Entry::REST
    },
    Entry {
        id: "boost-missing",
        application: "Boost.Interprocess",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["No such file or directory$", "File exists$"],
        unless: &["No such file or directory:"],
        after: &["boost::interprocess::interprocess_exception"],
        text: "A segment of Boost.Interprocess, a file in /dev/shm, is not there (the program that \
               makes it did not start, or has another /dev/shm, or there is none), or is there already (a run that \
               was killed left it).",
        not: "Not a size.",
        fix: Fix::SameIpc,
        setting: "`shmeter ls` shows what is there; rm /dev/shm/NAME removes a leftover.",
        source: "boost libs/interprocess (errors.hpp, shared_memory_object.hpp)",
        example: "terminate called after throwing an instance of \
                  'boost::interprocess::interprocess_exception' what():  No such file or directory",
        ..Entry::REST
    },
    Entry {
        id: "boost-pool",
        application: "Boost.Interprocess",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["boost::interprocess::bad_alloc", "boost::interprocess_exception::bad_alloc"],
        text: "A managed segment, of the size that the program gave it, is full or fragmented.",
        not: "Not /dev/shm and not memory: the segment was made in full before.",
        fix: Fix::Setting,
        setting: "A larger segment in the program's settings (and then a larger /dev/shm), or one \
                  that is made anew: an old, smaller one may have been opened.",
        source: "boost libs/interprocess (exceptions.hpp), \
                 https://github.com/irods/irods_resource_plugin_s3/issues/2033",
        example: "terminate called after throwing an instance of 'boost::interprocess::bad_alloc'",
        ..Entry::REST
    },
    Entry {
        id: "boost-windows",
        application: "Boost.Interprocess on Windows",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["intermodule_singleton initialization failed"],
        unless: &["what():", "terminate called"],
        text: "Boost names the folder of its files (ProgramData\\boost_interprocess) after the last start of the \
               machine, which it reads from the system's event log, and could not: the log was cleared (by a \
               cleaner), or the folder may not be written to.",
        not: "Not /dev/shm: Windows has none. Not a size and no limit of memory.",
        fix: Fix::Setting,
        setting: "Start Windows again, which writes that event anew; remove ProgramData\\boost_interprocess \
                  while nothing uses it.",
        source: "boost/interprocess/detail/intermodule_singleton_common.hpp, \
                 https://github.com/supercollider/supercollider/issues/2409, \
                 https://github.com/psmoveservice/PSMoveService/issues/322",
        example: "Exception in World_New: boost::interprocess::intermodule_singleton initialization failed",
        ..Entry::REST
    },
    Entry {
        id: "boost-intermodule",
        application: "Boost.Interprocess on Linux",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "what():*intermodule_singleton initialization failed",
            "terminate called*intermodule_singleton initialization failed",
        ],
        text: "Boost keeps what the modules of a process share in a file in /dev/shm, and could not make or open it: a program \
               of another user left one of that name, or /dev/shm may not be written to.",
        not: "As a rule not the size: it is a file of 64 KiB.",
        fix: Fix::Permission,
        setting: "`shmeter ls` shows whose files there are: remove what is left of programs that have ended. On a cluster give each job a \
                  /dev/shm of its own (Slurm: job_container/tmpfs; apptainer --contain).",
        source: "boost/interprocess/detail/intermodule_singleton_common.hpp, portable_intermodule_singleton.hpp",
        example: "  what():  Boost.Interprocess: intermodule_singleton initialization failed",
        ..Entry::REST
    },
    Entry {
        id: "boost-library-error",
        application: "Boost.Interprocess",
        patterns: &[
            "boost::interprocess_exception::library_error",
            "boost::interprocess::lock_exception",
            "boost::interprocess_exception::library",
        ],
        unless: &["RTPS_", "DATASHARING"],
        text: "A segment in /dev/shm is not as expected: a run that was killed left it half made \
               or locked, another version of the program made it, or it is full.",
        not: "It names no limit.",
        setting: "Stop all programs that use it, remove its file in /dev/shm (`shmeter ls`), start \
                  again; df /dev/shm.",
        source: "boost libs/interprocess, https://github.com/ChimeraTK/DeviceAccess/pull/461, \
                 https://github.com/CoatiSoftware/Sourcetrail/issues/786",
        example: "Loading of dots_kernel failed with exception description: \
                  boost::interprocess_exception::library_error and strerror(errno) returned this \
                  info: No error",
        ..Entry::REST
    },
    Entry {
        id: "boost-interrupted",
        application: "Boost.Interprocess (bigmemory and others)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["interprocess_exception: Interrupted system call"],
        text: "The program waited for a lock in shared memory that nobody gave back, and was interrupted (Ctrl-C): \
               a killed run holds the lock, or, on Apple Silicon, another run was of the other architecture.",
        not: "No limit, and no size.",
        fix: Fix::Setting,
        setting: "End all runs and remove what they left (/tmp/boost_interprocess on macOS, /dev/shm on Linux); \
                  bigmemory: shared = FALSE.",
        source: "https://github.com/kaneplusplus/bigmemory/issues/112, \
                 https://github.com/boostorg/interprocess/issues/176",
        example: "libc++abi: terminating with uncaught exception of type \
                  boost::interprocess::interprocess_exception: Interrupted system call",
        ..Entry::REST
    },
];
