//! Python's multiprocessing and SharedMemory, and what is taken for them.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const PYTHON: Entry = Entry { application: "Python multiprocessing", ..Entry::REST };
const SEMLOCK: &[&str] = &["SemLock(", "SemLock.__init__", "multiprocessing/synchronize.py"];

const OF_LAMBDA: Entry = Entry {
    application: "Python on AWS Lambda",
    meaning: Meaning::Permission,
    certainty: Certainty::Sure,
    instead_of: &["python-semlock-missing", "python-enosys"],
    text: "AWS Lambda has no /dev/shm, in which multiprocessing makes the semaphore of each Lock, Queue and Pool.",
    not: "Not a missing function of the kernel, not a size, and nothing can be mounted there.",
    fix: Fix::Setting,
    setting: "Threads (concurrent.futures.ThreadPoolExecutor, threading.Lock), or multiprocessing.Process with Pipe.",
    source: "https://aws.amazon.com/blogs/compute/parallel-processing-in-python-with-aws-lambda/, \
             https://github.com/timberio/timber-python/issues/17",
    ..Entry::REST
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "python-no-temporary",
        application: "Python",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["No usable temporary directory found in"],
        text: "Python found no folder in which it may write a file: /tmp, /var/tmp, /usr/tmp and the current folder are read-only, \
               full, or another user's, as in a container whose root is read-only.",
        not: "Not /dev/shm.",
        fix: Fix::Setting,
        setting: "docker run --tmpfs /tmp; in Kubernetes an emptyDir at /tmp; or TMPDIR at a folder that can be written to.",
        source: "cpython Lib/tempfile.py (_get_default_tempdir)",
        example: "FileNotFoundError: [Errno 2] No usable temporary directory found in ['/tmp', '/var/tmp', '/usr/tmp', '/app']",
        ..Entry::REST
    },
    Entry {
        id: "python-semlock-full",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["[Errno 28]"],
        after: SEMLOCK,
        text: "A lock, queue or pool makes a POSIX semaphore, a file of one page in /dev/shm \
               (sem.*), and there was no space for it: /dev/shm is full of something else, or out \
               of inodes.",
        not: "Not the disk. On macOS it is the number of semaphores.",
        fix: Fix::ShmSize,
        setting: "`shmeter ls` shows what fills it.",
        source: "https://github.com/python/cpython/issues/93253",
        example: "    sl = self._semlock = _multiprocessing.SemLock( OSError: [Errno 28] No space \
                  left on device",
        ..PYTHON
    },
    Entry {
        id: "python-semlock-missing",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["[Errno 38] Function not implemented", "/loky-*[Errno 38] ENOSYS"],
        after: &["SemLock", "multiprocessing", "synchronize.py"],
        text: "sem_open or shm_open found no /dev/shm: it is not mounted, or is not a tmpfs. AWS Lambda and \
            some chroots have none.",
        not: "Not a missing function of the kernel, and not a size.",
        fix: Fix::Mount,
        setting: "Threads, or multiprocessing.Pipe and Process without locks, need no semaphore.",
        source: "https://github.com/celery/celery/issues/185, sem_open(3)",
        example: "_multiprocessing.SemLock( OSError: [Errno 38] Function not implemented",
        ..PYTHON
    },
    Entry {
        id: "python-lambda",
        patterns: &["[Errno 38] Function not implemented"],
        after: &["/var/task/", "/var/lang/", "/var/runtime/", "\"errorMessage\": "],
        example: "  File \"/var/task/handler.py\", line 9, in run\nOSError: [Errno 38] Function not implemented",
        ..OF_LAMBDA
    },
    Entry {
        id: "python-lambda-lock",
        patterns: &["SemLock(", "SemLock.__init__", "_semlock = _$"],
        after: &["/var/task/", "/var/lang/"],
        instead_of: &[
            "python-semlock-missing",
            "python-semlock-denied",
            "python-semlock",
            "python-enosys",
        ],
        example: "[ERROR] PermissionError: [Errno 13] Permission denied\n  File \"/var/lang/lib/python3.10/multiprocessing/\
                  synchronize.py\", line 57, in __init__\n    sl = self._semlock = _multiprocessing.SemLock(",
        ..OF_LAMBDA
    },
    Entry {
        // Its log has the error first.
        id: "python-lambda-log",
        patterns: &["/var/task/", "/var/lang/"],
        after: &["[Errno 38] Function not implemented: OSError"],
        example: "[Errno 38] Function not implemented: OSError\n  File \"/var/task/handler.py\", line 130, in now_handler",
        ..OF_LAMBDA
    },
    Entry {
        id: "python-semlock-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "[Errno 13] Permission denied",
            "OSError(13, 'Permission denied')",
            "[Errno 30] Read-only file system",
            "[Errno 2] No such file or directory$",
        ],
        after: SEMLOCK,
        text: "A POSIX semaphore (a file in /dev/shm) cannot be created: /dev/shm is not writable \
            for this user, is read-only, or is missing. With Errno 2 below SemLock._rebuild it cannot be opened: the process that \
            made it ended, or systemd removed it when its user logged out (RemoveIPC).",
        not: "Not a size.",
        fix: Fix::Permission,
        source: "cpython Modules/_multiprocessing/semaphore.c, sem_open(3)",
        example: "    sl = self._semlock = _multiprocessing.SemLock( PermissionError: [Errno 13] \
                  Permission denied",
        ..PYTHON
    },
    Entry {
        id: "python-without-semlock",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "cannot import name 'SemLock' from '_multiprocessing'",
            "This platform lacks a functioning sem_open implementation",
        ],
        instead_of: &["python-semlock-missing", "python-enosys"],
        text: "This Python was built without POSIX semaphores: the C library has none (Android), or none were found, as where no \
               /dev/shm is mounted while it is built. Nothing is refused now.",
        not: "Not a limit, and a /dev/shm that is mounted now does not mend it.",
        fix: Fix::Setting,
        setting: "Another Python (the distribution's, conda, uv; in Termux pkg upgrade python), or build it again with a tmpfs on /dev/shm (mode 1777). Threads and \
                  multiprocessing.Pipe without locks need none.",
        source: "cpython Lib/multiprocessing/synchronize.py, https://github.com/python/cpython/issues/48020, \
                 https://github.com/termux/termux-packages/issues/8938",
        example: "ImportError: cannot import name 'SemLock' from '_multiprocessing' \
                  (/usr/lib/python3.10/lib-dynload/_multiprocessing.cpython-310.so)",
        ..PYTHON
    },
    Entry {
        id: "python-psm-missing",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["No such file or directory: '/psm_"],
        unless: &["resource_tracker:"],
        text: "A SharedMemory block is gone, or was never in this /dev/shm: its resource tracker \
            unlinked it when another process ended, the creator ended first, or the processes \
            have different /dev/shm.",
        not: "Not a size: a block that is too large is created nevertheless, and ends in a bus \
            error.",
        fix: Fix::SameIpc,
        setting: "SharedMemory(track=False) (3.13) in those that only attach.",
        source: "cpython Lib/multiprocessing/shared_memory.py, \
                 https://github.com/python/cpython/issues/82300",
        example: "FileNotFoundError: [Errno 2] No such file or directory: '/psm_33bfb96e'",
        ..PYTHON
    },
    Entry {
        id: "python-leaked",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "leaked shared_memory objects to clean up",
            "leaked semaphore objects to clean up",
            "leaked folder objects to clean up",
            "leaked file objects to clean up",
        ],
        text: "A note at the end of a process: its blocks or semaphores are still there, and the \
            tracker removes them now. Usually because it was killed or crashed before: look for \
            that. Before Python 3.13 a process that only attaches to a block says so too, and \
            removes it under the others' feet (track=False prevents it).",
        not: "Not a failure by itself, and not a size.",
        fix: Fix::Setting,
        setting: "Look for the first error above it: a process was killed or crashed, and this follows from that. If there is none: \
                  unlink() for each SharedMemory, close() and join() for pools.",
        source: "cpython Lib/multiprocessing/resource_tracker.py",
        example: "multiprocessing/resource_tracker.py:224: UserWarning: resource_tracker: There \
                  appear to be 2 leaked shared_memory objects to clean up at shutdown",
        ..PYTHON
    },
    Entry {
        id: "python-bus",
        application: "Python",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["Fatal Python error: {SIGBUS}", "Fatal Python error: *Bus error"],
        text: "Python got SIGBUS: a page of a mapped file could not be allocated. With \
            SharedMemory, torch or plasma in the traceback below it is a full /dev/shm; with \
            mmap, numpy.memmap, LMDB or HDF5 a truncated file or a full disk.",
        not: "Not a lack of memory as such: that is \"Killed\" or MemoryError.",
        setting: "The traceback below it names the mapping. Programs of several processes that share frames, such as Frigate, as a rule \
                  need a larger /dev/shm.",
        source: "cpython Modules/faulthandler.c, \
                 https://github.com/blakeblackshear/frigate/issues/1354",
        example: "Fatal Python error: Bus error",
        ..Entry::REST
    },
    Entry {
        id: "gunicorn-sigkill",
        application: "Gunicorn",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "was sent SIGKILL! Perhaps out of memory?",
            "Worker (pid*was terminated due to signal 9",
        ],
        text: "A worker was killed: by the OOM killer (the memory limit counts /dev/shm too), or \
               by Gunicorn itself after \"WORKER TIMEOUT\", which then stands before it.",
        not: "Not the size of /dev/shm: that is a bus error (signal 7).",
        fix: Fix::Memory,
        source: "gunicorn gunicorn/arbiter.py (reap_workers)",
        example: "[2026-05-26 19:49:12 +0200] [56] [ERROR] Worker (pid:66) was sent SIGKILL! \
                  Perhaps out of memory?",
        ..Entry::REST
    },
    Entry {
        id: "python-shm-missing",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["[Errno 2] No such file or directory: '/"],
        unless: &["'/psm_", "'/dev/shm", "shm_unlink", "resource_tracker:", "'/home/", "'/tmp/"],
        after: &["_posixshmem.shm_open", "multiprocessing/shared_memory.py"],
        text: "A SharedMemory block of that name is not in this /dev/shm: the process that makes \
               it did not start, ended (its resource tracker unlinks it then), or has another \
               /dev/shm.",
        not: "Not a size: a block that is too large is made nevertheless, and ends in a bus error.",
        fix: Fix::SameIpc,
        setting: "SharedMemory(track=False) (3.13) in those that only attach.",
        source: "cpython Lib/multiprocessing/shared_memory.py",
        example: "File \"/usr/lib/python3.10/multiprocessing/shared_memory.py\", line 104, in \
                  __init__ FileNotFoundError: [Errno 2] No such file or directory: '/cam_front'",
        ..PYTHON
    },
    Entry {
        id: "python-shm-exists",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["[Errno 17] File exists: '/"],
        unless: &["_locals'", "_epoch_shape'", "_barrier", "'/home/", "'/tmp/", "'/mnt/"],
        after: &[
            "_posixshmem.shm_open",
            "multiprocessing/shared_memory.py",
            "BuiltinSharedMemory(",
        ],
        text: "A SharedMemory block of that name is in /dev/shm already: another process of this \
               run made it, or a run that was killed left it.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "`shmeter ls` shows whether anybody holds it; rm /dev/shm/NAME removes it. \
                  mosaicml-streaming, where no run is alive: streaming.base.util.clean_stale_shared_memory().",
        source: "cpython Lib/multiprocessing/shared_memory.py, \
                 https://github.com/mosaicml/streaming/issues/717",
        example: "self._fd = _posixshmem.shm_open( FileExistsError: [Errno 17] File exists: \
                  '/psm_shared_frame'",
        ..PYTHON
    },
    Entry {
        id: "mosaic-exists",
        application: "MosaicML Streaming",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "File exists: '/*_epoch_shape'",
            "File exists: '/*_epoch_data'",
            "File exists: '/*_locals'",
            "File exists: '/*_barrier",
            "File exists: '/*_next_epoch",
            "File exists: '/*_cache_usage",
            "File exists: '/*_shard_states",
            "File exists: '/*_shard_access_times",
            "File exists: \"/*_locals\"",
        ],
        text: "Shared memory blocks of that name are in /dev/shm already: a run that was killed \
               left them, or several ranks each make them because they are not told that they \
               belong together (RANK, WORLD_SIZE, LOCAL_WORLD_SIZE; spawned or notebook \
               launchers), or two runs took the same number at once.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "Start one run with torchrun or composer. Runs beside each other (pytest-xdist): one after the other, or each in a \
                  container of its own, as they take the same names. `shmeter ls` shows what nobody holds; only where no run is \
                  alive, streaming.base.util.clean_stale_shared_memory() removes all of it.",
        source: "https://github.com/mosaicml/streaming/issues/767, \
                 https://github.com/mosaicml/streaming/issues/689",
        example: "FileExistsError: [Errno 17] File exists: '/000006_locals'",
        ..Entry::REST
    },
    Entry {
        id: "python-shm-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["[Errno 13] Permission denied: '/"],
        unless: &["'/dev/shm", "'/home/", "'/tmp/"],
        after: &["_posixshmem.shm_open", "multiprocessing/shared_memory.py"],
        text: "A SharedMemory block in /dev/shm could not be opened: it is another user's, or \
               /dev/shm may not be written to.",
        not: "Not a size.",
        fix: Fix::Permission,
        source: "cpython Lib/multiprocessing/shared_memory.py",
        example: "self._fd = _posixshmem.shm_open( PermissionError: [Errno 13] Permission denied: \
                  '/frames'",
        ..PYTHON
    },
    Entry {
        id: "python-shm-full",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["[Errno 28]"],
        after: &["_posixshmem.shm_open", "multiprocessing/shared_memory.py"],
        text: "A SharedMemory block is a file in /dev/shm, and it could not be made or filled: its \
               space or its inodes are used up.",
        not: "Not the disk.",
        fix: Fix::ShmSize,
        setting: "`shmeter ls` shows what fills it.",
        source: "cpython Lib/multiprocessing/shared_memory.py",
        example: "File \"/usr/lib/python3.11/multiprocessing/shared_memory.py\", line 104, in \
                  __init__ OSError: [Errno 28] No space left on device: '/psm_21467_46075'",
        ..PYTHON
    },
    Entry {
        id: "python-shm-nomem",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["[Errno 12] Cannot allocate memory"],
        after: &["_posixshmem.shm_open", "multiprocessing/shared_memory.py"],
        text: "mmap of a SharedMemory block was refused: a limit on address space (ulimit -v), \
               strict overcommit, or too many mappings (vm.max_map_count).",
        not: "Not the size of /dev/shm.",
        fix: Fix::Refused,
        source: "cpython Lib/multiprocessing/shared_memory.py, mmap(2)",
        example: "File \"/usr/lib/python3.8/multiprocessing/shared_memory.py\", line 111, in \
                  __init__ OSError: [Errno 12] Cannot allocate memory",
        ..PYTHON
    },
    Entry {
        id: "python-shm-empty",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["cannot mmap an empty file"],
        text: "A SharedMemory block (or another file) has no bytes yet: the process that makes it \
               has not set its size when this one attaches, or died before it did.",
        not: "Not a size of /dev/shm.",
        fix: Fix::Setting,
        setting: "Wait until the other process says that it is ready, or try again.",
        source: "cpython Modules/mmapmodule.c, Lib/multiprocessing/shared_memory.py",
        example: "self._mmap = mmap.mmap(self._fd, size) ValueError: cannot mmap an empty file",
        ..PYTHON
    },
    Entry {
        id: "python-tracker",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "resource_tracker: '/*[Errno 2] No such file or directory",
            "resource_tracker: '/*FileNotFoundError",
            "resource_tracker.py*KeyError: '/",
        ],
        text: "A note at the end: the resource tracker wanted to unlink a block or semaphore that \
               somebody had unlinked already. It is harmless.",
        not: "Not a failure, not a size, and no other container.",
        fix: Fix::Setting,
        setting: "SharedMemory(track=False) (3.13) in those that only attach.",
        source: "cpython Lib/multiprocessing/resource_tracker.py, \
                 https://github.com/python/cpython/issues/82300",
        example: "resource_tracker.py:237: UserWarning: resource_tracker: '/psm_d5ef2a1c': [Errno \
                  2] No such file or directory: '/psm_d5ef2a1c'",
        ..PYTHON
    },
    Entry {
        id: "python-shm-name",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["[Errno 63] File name too long: '/", "[Errno 36] File name too long: '/"],
        unless: &["'/home/", "'/tmp/", "'/Users/", "'/var/", "'/mnt/", "'/data/", "'/usr/"],
        after: &["_posixshmem.shm_open", "multiprocessing/shared_memory.py", "SharedMemory("],
        text: "The name of a SharedMemory block is too long: more than 31 characters with its \
               slash on macOS, more than 255 on Linux.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "A shorter name, or none: SharedMemory(create=True) makes one up.",
        source: "https://github.com/goodboy/tractor/issues/340, \
                 https://github.com/pikers/piker/issues/306",
        example: "self._fd = _posixshmem.shm_open( OSError: [Errno 63] File name too long: \
                  '/btcusdt.binance.fsp.dolla_vlm.pikerd'",
        ..PYTHON
    },
    Entry {
        id: "pip-disk",
        application: "pip",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Could not install packages due to an*{ENOSPC}"],
        unless: &["/dev/shm"],
        text: "pip unpacks and builds in TMPDIR (/tmp) and then copies to where packages are installed: one of \
               these is full. /tmp may be a small tmpfs: 10 % of the memory in systemd-nspawn, 100 MiB in \
               Pterodactyl's Wings (tmpfs_size), or what --tmpfs /tmp was given.",
        not: "Not /dev/shm, unless TMPDIR is there.",
        fix: Fix::Disk,
        setting: "df -h /tmp; TMPDIR=/var/tmp pip install --no-cache-dir moves it to a disk.",
        source: "pip src/pip/_internal/commands/install.py, https://github.com/systemd/systemd/issues/30540, \
                 https://github.com/pterodactyl/panel/issues/3541",
        example: "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        ..Entry::REST
    },
    Entry {
        id: "python-sharedarray-exists",
        application: "Python SharedArray",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["FileExistsError: [Errno 17]", "OSError: [Errno 17] {EEXIST}"],
        after: &["sa.create(", "SharedArray.create(", "'file:///dev/shm/", "'shm://"],
        text: "An array of that name is in /dev/shm already: a run that ended or was killed left it, as an array stays until \
               it is deleted. With tens of thousands of them (DDFacet, killMS) the process has as many mappings as \
               vm.max_map_count allows (65530), which is reported so too.",
        not: "No size, and no permission.",
        fix: Fix::Setting,
        setting: "SharedArray.list() shows them, SharedArray.delete(NAME) removes one, and so does rm /dev/shm/NAME; use a name \
                  of its own for each run. With tens of thousands: sysctl -w vm.max_map_count=1048576 on the host.",
        source: "SharedArray README (create, delete), shm_open(3) EEXIST, \
                 https://github.com/mhardcastle/ddf-pipeline/issues/150",
        example: "    sa_array = sa.create(name, shape, dtype) FileExistsError: [Errno 17] File exists: 'train_x'",
        ..Entry::REST
    },
    Entry {
        id: "python-semlock",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "SemLock.__init__(self, SEMAPHORE",
            "SemLock.__init__(self, RECURSIVE_MUTEX",
            "_semlock = _$",
        ],
        unless: &["[Errno", "Error:"],
        text: "A lock, queue or pool makes a POSIX semaphore, a file in /dev/shm, and could not; the last line of the \
               traceback says why. 28: /dev/shm is full. 13 or 30: it may not be written to. 38: there is no tmpfs at /dev/shm, or it \
               is a link that leads nowhere in the container (/run/shm).",
        not: "Not System V semaphores (kernel.sem).",
        fix: Fix::Tell,
        setting: "Give the last line too. `shmeter inspect` tells which of them it is here.",
        source: "cpython Lib/multiprocessing/synchronize.py, sem_open(3), \
                 https://github.com/apptainer/singularity/issues/875",
        example: "    SemLock.__init__(self, SEMAPHORE, 1, 1)",
        ..PYTHON
    },
    Entry {
        id: "python-tracker-relaunched",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["resource_tracker: process died unexpectedly, relaunching"],
        text: "The helper process that removes what a program leaves in /dev/shm ended (it was killed, or a tool started another \
               interpreter in its place) and is started again; what it had noted is lost.",
        not: "No failure by itself, and not a size.",
        fix: Fix::Setting,
        setting: "See what is left: `shmeter ls`; remove blocks (/psm_*) that nobody has open.",
        source: "cpython Lib/multiprocessing/resource_tracker.py (ensure_running), \
                 https://github.com/plasma-umass/scalene/issues/231",
        example: "/usr/lib/python3.9/multiprocessing/resource_tracker.py:96: UserWarning: resource_tracker: process died \
                  unexpectedly, relaunching.  Some resources might leak.",
        ..PYTHON
    },
    Entry {
        id: "python-name-exists",
        application: "Python SharedMemory",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &["FileExistsError: [Errno 17] File exists: '/"],
        unless: &["File exists: '/*/"],
        text: "A name with a slash before it and none in it is, as a rule, one of shared memory: a block of that name is in /dev/shm already, \
               of another process of this run or of one that was killed. It may also be a file or folder in /.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "ls -l /dev/shm shows whether it is there, `shmeter ls` whether anybody holds it.",
        source: "cpython Lib/multiprocessing/shared_memory.py",
        example: "FileExistsError: [Errno 17] File exists: '/frames'",
        ..Entry::REST
    },
    Entry {
        id: "python-unlinked-before",
        application: "Python SharedMemory",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["[Errno 2] No such file or directory: '/"],
        after: &["_posixshmem.shm_unlink"],
        unless: &["resource_tracker:"],
        instead_of: &["python-shm-missing", "python-psm-missing"],
        text: "unlink() of a block that is gone already: another process unlinked it, or the resource tracker of one that only attached \
               (before Python 3.13), as it ended.",
        not: "Not a size, and no other /dev/shm: the block was here.",
        fix: Fix::Setting,
        setting: "Only who made it unlinks; the others attach with SharedMemory(track=False) (3.13). In what cleans up, catch \
                  FileNotFoundError.",
        source: "cpython Lib/multiprocessing/shared_memory.py, https://github.com/mlcommons/storage/issues/768",
        example: "    _posixshmem.shm_unlink(self._name)\nFileNotFoundError: [Errno 2] No such file or directory: '/ckpt_452136_0'",
        ..PYTHON
    },
];
