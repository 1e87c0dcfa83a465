//! Programs that name the call or the file, and the error: these two tell the limit, whoever prints them.

use crate::explain::{CALL, Certainty, Entry, FILE, Fix, Meaning};

const OF_CALL: Entry = Entry { application: CALL, ..Entry::REST };
const OF_FILE: Entry = Entry { application: FILE, ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "shmget-enospc",
        meaning: Meaning::Sysv,
        certainty: Certainty::Sure,
        patterns: &[
            "shmget*{ENOSPC}",
            "shmget*error 28",
            "shmget*errno 28",
            "shmget*errno = 28",
            "shmget*ENOSPC",
        ],
        text: "shmget returned ENOSPC: kernel.shmmni segments exist already, or all together \
               would exceed kernel.shmall.",
        not: "Not the disk and not the size of /dev/shm: --shm-size does nothing for System V \
              shared memory.",
        fix: Fix::Sysv,
        setting: "`shmeter ls` and `ipcs -m` show the segments, also those that killed programs \
                  left.",
        source: "shmget(2)",
        example: "gr::vmcircbuf_sysv_shm: shmget (2): No space left on device",
        ..OF_CALL
    },
    Entry {
        id: "shmget-einval",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["shmget*Invalid argument", "shmget*errno 22", "shmget*EINVAL"],
        text: "shmget returned EINVAL: the segment is larger than kernel.shmmax, or one with that \
               key exists and is smaller.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "`ipcs -m` shows whether the key exists; ipcrm -m ID removes a leftover.",
        source: "shmget(2), https://github.com/s5z/zsim/issues/38",
        example: "Cannot resolve 'gm_create failed shmget: Invalid argument'",
        ..OF_CALL
    },
    Entry {
        id: "shmget-enomem",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["shmget*{ENOMEM}", "shmget*errno 12", "shmget*ENOMEM"],
        text: "shmget returned ENOMEM: strict overcommit refused the whole segment, or there are \
               too few huge pages (SHM_HUGETLB).",
        not: "Not kernel.shmmax, shmall or shmmni, and not the size of /dev/shm.",
        fix: Fix::Memory,
        source: "shmget(2)",
        example: "shmget: Cannot allocate memory",
        ..OF_CALL
    },
    Entry {
        id: "shmget-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "shmget*Permission denied",
            "shmget*File exists",
            "shmget*Operation not permitted",
            "shmat*Permission denied",
        ],
        text: "A segment with that key exists already: another user's, or one that a killed \
               program left; or huge pages need CAP_IPC_LOCK.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "`ipcs -m` shows key and owner; ipcrm -m ID removes a leftover.",
        source: "shmget(2), shmat(2)",
        example: "shmget: Permission denied",
        ..OF_CALL
    },
    Entry {
        id: "shmget-enosys",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["shmget*Function not implemented", "shmat*Function not implemented"],
        text: "The kernel has no System V shared memory (Android, some embedded kernels), or a \
               seccomp filter hides it.",
        not: "Not a limit.",
        fix: Fix::Setting,
        setting: "Where the program can, POSIX shared memory or none.",
        source: "shmget(2), https://github.com/ssvb/xf86-video-fbturbo/issues/53",
        example: "31/12/2016 15:55:45 shmget: Function not implemented",
        ..OF_CALL
    },
    Entry {
        id: "shmget-failed",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &["shmget() failed", "shmget failed"],
        unless: &[
            "Invalid argument",
            "{ENOSPC}",
            "error 28",
            "errno 28",
            "{ENOMEM}",
            "Permission denied",
            "File exists",
            "not permitted",
            "not implemented",
        ],
        text: "shmget was refused; the error's words, here or in the next line, tell why: \
               \"Invalid argument\" is kernel.shmmax, \"No space left on device\" kernel.shmmni \
               or shmall, \"Cannot allocate memory\" overcommit or huge pages, \"Permission \
               denied\" another user's segment.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        source: "shmget(2), https://github.com/MicrosoftDocs/WSL/issues/39",
        example: "[-]  SYSTEM ERROR : shmget() failed",
        ..OF_CALL
    },
    Entry {
        id: "shmat-enomem",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["shmat*{ENOMEM}", "shmat*Invalid argument", "shmat*Too many open files"],
        text: "A segment could not be attached: no address space (ulimit -v), or it was removed \
               meanwhile (EINVAL).",
        not: "Not the size of /dev/shm.",
        fix: Fix::Setting,
        source: "shmat(2)",
        example: "shmat: Cannot allocate memory",
        ..OF_CALL
    },
    Entry {
        id: "shm-open-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "shm_open*Permission denied",
            "shm_open*Read-only file system",
            "shm_open*errno 13",
            "shm_open*EACCES",
            "cannot open shared memory region*check user permissions",
        ],
        text: "shm_open was refused: the file in /dev/shm is another user's (in a sticky folder \
               root may not open it with O_CREAT either), or /dev/shm is not writable.",
        not: "Not a size.",
        fix: Fix::Permission,
        source: "shm_open(3), fs.protected_regular in proc_sys_fs(5)",
        example: "panic: cannot open shared memory region /envoy_shared_memory_160 check user \
                  permissions",
        ..OF_CALL
    },
    Entry {
        id: "shm-open-missing",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "shm_open*No such file or directory",
            "shm_open*errno 2)",
            "shm_open*ENOENT",
            "shm_open*Function not implemented",
        ],
        text: "There is no such object: the program that makes it did not start, ended, or has \
               another /dev/shm; or /dev/shm is missing.",
        not: "Not a size.",
        fix: Fix::SameIpc,
        source: "shm_open(3)",
        example: "shm_open failed: No such file or directory",
        ..OF_CALL
    },
    Entry {
        id: "shm-open-exists",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["shm_open*File exists", "shm_open*errno 17", "shm_open*EEXIST"],
        text: "An object of that name is there already: of another instance, or left by one that \
               was killed.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "`shmeter ls` shows whether anybody holds it; rm /dev/shm/NAME removes it.",
        source: "shm_open(3)",
        example: "shm_open: File exists",
        ..OF_CALL
    },
    Entry {
        id: "shm-open-full",
        meaning: Meaning::Inodes,
        certainty: Certainty::Likely,
        patterns: &["shm_open*{ENOSPC}", "shm_open*errno 28", "shm_open*ENOSPC"],
        text: "shm_open makes an empty file, which takes an inode of /dev/shm and no bytes: it \
               holds too many files (nr_inodes). Programs that write the call's name for all that \
               follows may mean a full /dev/shm.",
        not: "Not the disk.",
        fix: Fix::Setting,
        setting: "`shmeter ls` shows the files.",
        source: "shm_open(3), tmpfs(5)",
        example: "shm_open() failed: No space left on device",
        ..OF_CALL
    },
    Entry {
        id: "shm-open-files",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["shm_open*Too many open files", "memfd_create*Too many open files"],
        text: "The limit of open files (ulimit -n) is reached.",
        not: "Not the size of /dev/shm.",
        fix: Fix::OpenFiles,
        source: "shm_open(3)",
        example: "shm_open: Too many open files",
        ..OF_CALL
    },
    Entry {
        id: "shm-open-failed",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &["shm_open failed", "shm_open() failed"],
        unless: &[
            "{ENOSPC}",
            "errno 28",
            "Permission denied",
            "Read-only",
            "errno 13",
            "No such file",
            "not implemented",
            "File exists",
            "errno 17",
            "errno 2)",
            "Too many open files",
        ],
        text: "shm_open was refused: /dev/shm may not be written to, is missing or another one \
               (a sandbox's), or holds a file of that name of another user. The error's words are \
               not in the line.",
        not: "Not a size: it makes an empty file.",
        fix: Fix::Permission,
        source: "shm_open(3)",
        example: "[error] shm_open() failed (id 7)",
        ..OF_CALL
    },
    Entry {
        id: "mmap-not-permitted",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &["mmap(): Operation not permitted", "mmap failed: Operation not permitted"],
        text: "mmap returned EPERM: memory was to be executed from a file on a file system that is \
               mounted noexec (/dev/shm in most containers), a sealed memfd was to be written, or \
               the address is below vm.mmap_min_addr.",
        not: "Not a size.",
        fix: Fix::Exec,
        source: "mmap(2)",
        example: "shmem: mmap failed: Operation not permitted",
        ..OF_CALL
    },
    Entry {
        id: "mlock-refused",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "mlock*{ENOMEM}",
            "mlockall*{ENOMEM}",
            "mlock*Operation not permitted",
            "Unable to lock JVM Memory",
        ],
        text: "The limit on locked memory (ulimit -l, RLIMIT_MEMLOCK) is reached.",
        not: "Not the size of /dev/shm and not memory, although the error says so.",
        fix: Fix::Memlock,
        source: "mlock(2)",
        example: "mlockall() failed: Cannot allocate memory",
        ..OF_CALL
    },
    Entry {
        id: "semget-enospc",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "semget*{ENOSPC}",
            "semget*errno 28",
            "sem_get()*{ENOSPC}",
            "{ENOSPC}: AH*mutex",
            "{ENOSPC}: mod_*mutex",
            "Couldn't create the*mutex*{ENOSPC}",
            "could not create accept mutex*{ENOSPC}",
            "{ENOSPC}: Couldn't create accept lock",
            "{ENOSPC}: Cannot create SSLMutex",
        ],
        unless: &["could not create semaphores"],
        text: "semget returned ENOSPC: the limits on System V semaphores (kernel.sem) are \
               reached, often by those that crashed servers left.",
        not: "Not the disk and not shared memory: semaphores have limits of their own.",
        fix: Fix::Semaphores,
        setting: "`ipcs -s` shows them, ipcrm -s ID removes one. Apache: Mutex file:/run or \
                  posixsem uses none.",
        source: "semget(2), https://github.com/concretecms/concretecms/pull/7524",
        example: "httpd: No space left on device: AH00023: Couldn't create the ssl-cache mutex",
        ..OF_CALL
    },
    Entry {
        id: "sem-open-full",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &[
            "sem_open*{ENOSPC}",
            "sem_open*errno 28",
            "failed to create named semaphore*{ENOSPC}",
        ],
        text: "A POSIX semaphore is a file of one page in /dev/shm (sem.*), and there was no \
               space or inode for it.",
        not: "Not the disk, and not kernel.sem: that is semget.",
        fix: Fix::ShmSize,
        setting: "`shmeter ls` shows what fills it; a server that leaks semaphores leaves many \
                  sem.*.",
        source: "sem_open(3), https://github.com/OpenIDC/liboauth2/issues/18",
        example: "oauth2_ipc_sema_post_config: sem_open() failed to create named semaphore \
                  /zzo-sema-8085.0x564b89a996e0: No space left on device (28)",
        ..OF_CALL
    },
    Entry {
        id: "dev-shm-named",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "/dev/shm*{ENOSPC}",
            "/dev/shm*error code 28",
            "{ENOSPC}*/dev/shm",
            "/dev/shm has only*required",
            "/dev/shm*just ran out of space",
            "Not enough space*/dev/shm",
            "not enough*space*on /dev/shm",
        ],
        unless: &["cannot create directory", "cannot touch", "touch: "],
        text: "A file in /dev/shm could not be made or written: /dev/shm is full, too small, or \
               has no inodes left.",
        not: "Not the disk.",
        fix: Fix::ShmSize,
        setting: "`shmeter ls` shows what fills it.",
        source: "write(2), tmpfs(5)",
        example: "dd: error writing '/dev/shm/x': No space left on device",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-inodes",
        meaning: Meaning::Inodes,
        certainty: Certainty::Sure,
        patterns: &[
            "cannot create directory '/dev/shm*{ENOSPC}",
            "cannot create directory ‘/dev/shm*{ENOSPC}",
            "cannot touch '/dev/shm*{ENOSPC}",
            "touch: /dev/shm*{ENOSPC}",
        ],
        text: "A folder or an empty file takes no bytes of a tmpfs, but an inode, and /dev/shm \
               has none left (nr_inodes): it holds too many files.",
        not: "Not its size: df shows room, df -i shows none.",
        fix: Fix::Setting,
        setting: "`shmeter ls` shows the files; a mount with more has docker run --tmpfs \
                  /dev/shm:size=1g,nr_inodes=1m.",
        source: "linux mm/shmem.c (shmem_reserve_inode)",
        example: "mkdir: cannot create directory '/dev/shm/cache': No space left on device",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "/dev/shm*Permission denied",
            "Permission denied*'/dev/shm",
            "/dev/shm*Read-only file system",
            "Read-only file system*'/dev/shm",
        ],
        unless: &["failed to map segment", "cannot execute", "mount: /dev/shm"],
        text: "A file in /dev/shm cannot be created or opened: its mode (it needs 1777), another \
            owner, a read-only mount, or a security module.",
        not: "Not a size.",
        fix: Fix::Permission,
        source: "open(2)",
        example: "PermissionError: [Errno 13] Permission denied: '/dev/shm/psm_4cf1a2'",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-missing",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["/dev/shm*No such file or directory", "No such file or directory*'/dev/shm"],
        unless: &["No such file or directory: '/dev/shm'", "disk./dev/shm.", "failed to mount"],
        text: "A file in /dev/shm, or /dev/shm itself, is not there: the program that creates it \
            did not start, ended, or has another /dev/shm.",
        not: "Not a size.",
        fix: Fix::SameIpc,
        source: "open(2)",
        example: "FileNotFoundError: [Errno 2] No such file or directory: '/dev/shm/plasma_q7'",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-none",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["No such file or directory: '/dev/shm'"],
        text: "There is no /dev/shm: nothing is mounted there, and the folder is missing. Android \
               and many chroots have none.",
        not: "Not a size.",
        fix: Fix::Mount,
        source: "open(2), https://github.com/termux/termux-packages/issues/8938",
        example: "os.statvfs('/dev/shm'): FileNotFoundError: [Errno 2] No such file or directory: \
                  '/dev/shm'",
        ..OF_FILE
    },
    Entry {
        id: "proc-sys-read-only",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "/proc/sys/kernel/shm*Read-only file system",
            "/proc/sys/kernel/sem*Read-only file system",
            "permission denied on key*kernel.shm",
            "permission denied on key*kernel.sem",
        ],
        text: "A container may not write to /proc/sys: limits of System V shared memory and of \
               semaphores are set when it is made.",
        not: "Not a disk, and no matter of root or sudo.",
        fix: Fix::Sysv,
        source: "https://github.com/moby/moby/issues/10176",
        example: "sysctl: setting key \"kernel.shmmax\": open /proc/sys/kernel/shmmax: Read-only \
                  file system",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-mount-refused",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "mount: /dev/shm: permission denied",
            "mount: /dev/shm: must be superuser",
            "mount: /dev/shm: operation not permitted",
        ],
        text: "A container has no right to mount, remount or unmount (CAP_SYS_ADMIN), even as \
               root: /dev/shm gets its size when the container is made.",
        not: "Not a matter of root or sudo.",
        fix: Fix::ShmSize,
        source: "mount(2)",
        example: "umount: /dev/shm: must be superuser to unmount.",
        ..OF_FILE
    },
    Entry {
        id: "disk-full-named",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "dd: error writing '*{ENOSPC}",
            "dd: writing to '*{ENOSPC}",
            "cp: error writing '*{ENOSPC}",
            "tar: *: Cannot write: {ENOSPC}",
            "write /*: no space left on device",
            "mkdir /*: no space left on device",
            "ENOSPC: no space left on device, write",
            "ENOSPC: no space left on device, copyfile",
            "ENOSPC: no space left on device, mkdir",
            "failed to register layer*no space left on device",
            "could not extend file \"*{ENOSPC}",
            "could not write to file \"*{ENOSPC}",
            "could not write block*{ENOSPC}",
            "You don't have enough free space in",
        ],
        unless: &["/dev/shm", "/run/shm"],
        text: "A file outside /dev/shm could not be written: the file system of that path is \
               full, or has no inodes left (df -i).",
        not: "Not shared memory: the path does not lie in /dev/shm.",
        fix: Fix::Disk,
        source: "write(2)",
        example: "dd: error writing '/data/out.bin': No space left on device",
        ..OF_FILE
    },
];
