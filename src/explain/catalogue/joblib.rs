//! joblib and loky: pools of Python's workers, and what they keep in /dev/shm.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "joblib-worker-signal",
        application: "joblib, loky",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "A worker process managed by the executor was unexpectedly terminated",
            "A process in the process pool was terminated abruptly",
            "The exit codes of the workers are {SIG",
        ],
        unless: &["{SIGABRT", "{SIGKILL", "{SIGSEGV"],
        text: "A worker is gone. SIGBUS(-7) in \"The exit codes of the workers are\" is a full \
               /dev/shm (joblib keeps large arrays there) or a truncated file, SIGKILL(-9) the \
               OOM killer, SIGSEGV(-11) a fault in the program.",
        not: "It names no cause without the exit code.",
        setting: "JOBLIB_TEMP_FOLDER=/tmp keeps joblib's arrays on the disk.",
        source: "loky loky/process_executor.py",
        example: "joblib.externals.loky.process_executor.TerminatedWorkerError: A worker process \
                  managed by the executor was unexpectedly terminated. This could be caused by a \
                  segmentation fault while calling the function or by an excessive memory usage",
        ..Entry::REST
    },
    Entry {
        id: "joblib-memmap-full",
        application: "joblib, loky",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["[Errno 28]"],
        after: &[
            "joblib_memmapping_folder",
            "joblib/_memmapping_reducer.py",
            "joblib/numpy_pickle",
            "loky/backend",
        ],
        text: "joblib writes large arrays for its workers into /dev/shm (or TMPDIR where that is \
               small), and there was no space.",
        not: "Not memory of the workers.",
        fix: Fix::ShmSize,
        setting: "JOBLIB_TEMP_FOLDER=/tmp, or max_nbytes=None.",
        source: "joblib joblib/_memmapping_reducer.py (_get_temp_dir)",
        example: "  File \"joblib/numpy_pickle.py\", line 107, in write_array OSError: [Errno 28] \
                  No space left on device",
        ..Entry::REST
    },
    Entry {
        id: "joblib-serial-full",
        application: "joblib, loky",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["[Errno 28]*joblib will operate in serial mode"],
        text: "joblib tried a POSIX semaphore, a file of one page in /dev/shm, and there was no \
               space for it: /dev/shm is full, or out of inodes. It goes on without workers.",
        not: "Not the disk.",
        fix: Fix::ShmSize,
        setting: "`shmeter ls` shows what fills it.",
        source: "joblib joblib/_multiprocessing_helpers.py",
        example: "UserWarning: [Errno 28] No space left on device.  joblib will operate in serial \
                  mode",
        ..Entry::REST
    },
    Entry {
        id: "joblib-serial",
        application: "joblib, loky",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["joblib will operate in serial mode"],
        // The line of its source stands below each of its warnings.
        unless: &["[Errno 28]", "warnings.warn("],
        text: "joblib tried a POSIX semaphore, a file in /dev/shm, and may not make one: \
               \"Permission denied\" is its mode or owner, \"Function not implemented\" a missing \
               /dev/shm. It goes on without workers.",
        not: "Not a size, and no failure.",
        fix: Fix::Permission,
        source: "joblib joblib/_multiprocessing_helpers.py",
        example: "UserWarning: [Errno 13] Permission denied.  joblib will operate in serial mode",
        ..Entry::REST
    },
    Entry {
        id: "joblib-worker-killed",
        application: "joblib, loky",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["The exit codes of the workers are {SIGKILL"],
        instead_of: &["joblib-worker-signal"],
        text: "A worker was killed (SIGKILL), as a rule by the OOM killer: the memory limit, or the machine's memory.",
        not: "Not a full /dev/shm: that is SIGBUS. What joblib keeps in /dev/shm counts as memory, though.",
        fix: Fix::Memory,
        setting: "Fewer workers (n_jobs); JOBLIB_TEMP_FOLDER=/tmp keeps large arrays on the disk.",
        source: "loky loky/process_executor.py",
        example: "joblib.externals.loky.process_executor.TerminatedWorkerError: The exit codes of the workers are {SIGKILL(-9)}",
        ..Entry::REST
    },
    Entry {
        id: "joblib-worker-fault",
        application: "joblib, loky",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "The exit codes of the workers are {SIGABRT",
            "The exit codes of the workers are {SIGSEGV",
        ],
        instead_of: &["joblib-worker-signal"],
        text: "A worker ended by a fault of its own code: abort() (an assertion, std::bad_alloc, the C library's checks), or a wrong address.",
        not: "Not a full /dev/shm: that is SIGBUS. Not the OOM killer: that is SIGKILL.",
        fix: Fix::Setting,
        setting: "Read what the worker wrote above it; with n_jobs=1 the fault shows itself. A library that was forked after it had started \
                  threads (OpenMP) does so too.",
        source: "loky loky/process_executor.py, https://github.com/scikit-learn-contrib/skope-rules/issues/18",
        example: "joblib.externals.loky.process_executor.TerminatedWorkerError: The exit codes of the workers are {SIGABRT(-6)}",
        ..Entry::REST
    },
    Entry {
        id: "joblib-windows",
        application: "joblib on Windows",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["[Errno 28]"],
        after: &["joblib\\numpy_pickle", "joblib\\_memmapping_reducer", "loky\\backend"],
        instead_of: &["errno-28"],
        text: "joblib writes large arrays for its workers into a folder of %TEMP%, and that drive is full.",
        not: "Not /dev/shm: Windows has none.",
        fix: Fix::Setting,
        setting: "JOBLIB_TEMP_FOLDER (or temp_folder=) on a drive with room, max_nbytes=None, or fewer jobs.",
        source: "joblib joblib/_memmapping_reducer.py",
        example: "  File \"D:\\Anaconda3\\lib\\site-packages\\joblib\\numpy_pickle.py\", line 104, in write_array\n\
                  OSError: [Errno 28] No space left on device",
        ..Entry::REST
    },
];
