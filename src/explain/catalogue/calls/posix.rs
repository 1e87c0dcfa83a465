//! `shm_open` and what goes with it: programs that name the call and the error.

use crate::explain::{CALL, Certainty, Entry, Fix, Meaning};

const OF_CALL: Entry = Entry { application: CALL, ..Entry::REST };

pub(in crate::explain::catalogue) const ENTRIES: &[Entry] = &[
    Entry {
        id: "shm-open-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["shm_open*{EACCES or 13}", "shm_open*{EROFS or 30}", "shm_open*{EPERM or 1}"],
        text: "shm_open was refused: the file in /dev/shm is another user's (in a sticky folder \
               root may not open it with O_CREAT either), /dev/shm is not writable, or a security \
               module forbids it.",
        not: "Not a size.",
        fix: Fix::Permission,
        source: "shm_open(3), fs.protected_regular in proc_sys_fs(5)",
        example: "shm_open failed: Permission denied",
        ..OF_CALL
    },
    Entry {
        id: "shm-open-missing",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["shm_open*{ENOENT or 2}", "shm_open*{ENOSYS or 38}"],
        text: "There is no such object: the program that makes it did not start, ended, or has another /dev/shm. The \
               program that makes it itself (O_CREAT) gets this only where there is no /dev/shm.",
        not: "Not a size.",
        fix: Fix::Permission,
        source: "shm_open(3)",
        example: "shm_open failed: No such file or directory",
        ..OF_CALL
    },
    Entry {
        id: "shm-open-exists",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["shm_open*{EEXIST or 17}"],
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
        patterns: &["shm_open*{ENOSPC or 28}"],
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
        id: "shm-name-long",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "shm_open*{ENAMETOOLONG or 36}",
            "shm_open*errno 63",
            "shm_unlink*{ENAMETOOLONG or 36}",
            "sem_open*{ENAMETOOLONG or 36}",
            "shared memory*{ENAMETOOLONG}",
            "shared-memory*{ENAMETOOLONG}",
            "sharedmem*{ENAMETOOLONG}",
            "{ENAMETOOLONG}*shared memory",
            " shm *{ENAMETOOLONG}",
            " shm: *{ENAMETOOLONG}",
            "semaphore*{ENAMETOOLONG}",
            "[Errno 63] File name too long: '/psm_",
        ],
        text: "The name of a shared memory object or semaphore is too long: more than 255 bytes \
               on Linux (NAME_MAX; 251 of a semaphore), or more than 31 with its slash on macOS \
               (PSHMNAMLEN).",
        not: "Not a size and no limit of memory.",
        fix: Fix::Setting,
        setting: "A shorter name, prefix, instance or user name; a version of the program that knows \
                  of macOS.",
        source: "shm_open(3), https://github.com/woodruffw/kbs2/issues/66, \
                 https://github.com/squid-cache/squid/pull/1783",
        example: "ERROR: LoadError: SystemError: shm_open() failed for \
                  /jl-073248-HwtDQWQkm64lrHd4tut6: File name too long",
        ..OF_CALL
    },
    Entry {
        id: "shm-open-files",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "shm_open*{EMFILE or 24}",
            "memfd_create*{EMFILE or 24}",
            "memfd open() failed: {EMFILE or 24}",
            "sem_open*{EMFILE or 24}",
        ],
        text: "The limit of open files (ulimit -n) is reached.",
        not: "Not the size of /dev/shm.",
        fix: Fix::OpenFiles,
        source: "shm_open(3)",
        example: "shm_open: Too many open files",
        ..OF_CALL
    },
    Entry {
        id: "shm-open-name",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["shm_open*{EINVAL or 22}", "sem_open*{EINVAL or 22}"],
        text: "The name is not allowed: it is to begin with one slash and to have none after that, \
               and is not to be empty.",
        not: "Not a size and not a limit.",
        fix: Fix::Setting,
        setting: "Another name, where the program can set it (a prefix, an instance's name).",
        source: "shm_open(3), sem_open(3)",
        example: "shm_open(/app/cache) failed: Invalid argument",
        ..OF_CALL
    },
    Entry {
        id: "shm-open-failed",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "shm_open failed",
            "shm_open() failed",
            "shm_open error",
            "failed to shm_open",
            "could not shm_open",
            "cannot shm_open",
            "unable to shm_open",
        ],
        unless: &[
            "{ENOSPC or 28}",
            "{EACCES or 13}",
            "{EROFS or 30}",
            "{EPERM or 1}",
            "{ENOENT or 2}",
            "{ENOSYS or 38}",
            "{EEXIST or 17}",
            "{EMFILE or 24}",
            "{EINVAL or 22}",
            "{ENOMEM or 12}",
            "{EAGAIN or 11}",
            "{ENAMETOOLONG or 36}",
        ],
        names_no_error: true,
        text: "shm_open was refused, and the line does not say why: what was to be opened is not there yet or is gone (ENOENT), or is there \
               already (EEXIST), the name has a second slash (EINVAL), /dev/shm may not be written to or the file is another user's \
               (EACCES), or there is no /dev/shm (Android has none).",
        not: "Not a size: it makes an empty file.",
        fix: Fix::Permission,
        setting: "strerror(errno), or strace -f -e trace=openat PROGRAM, tells which.",
        source: "shm_open(3)",
        example: "[error] shm_open() failed (id 7)",
        ..OF_CALL
    },
    Entry {
        id: "memfd-missing",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "memfd_create*{ENOSYS or 38}",
            "memfd_create*{EINVAL or 22}",
            "memfd open() failed: Function not implemented",
            "memfd open() failed: Invalid argument",
        ],
        text: "The kernel knows no memfd_create (before Linux 3.17, WSL 1, a seccomp filter), or \
               not the flags that were given (MFD_NOEXEC_SEAL needs Linux 6.3). Most programs go \
               on without.",
        not: "Not a size, and not /dev/shm: a memfd has no file there.",
        fix: Fix::Setting,
        setting: "A newer kernel; PulseAudio: enable-memfd = no.",
        source: "memfd_create(2), https://github.com/kunquat/kunquat/issues/580, \
                 https://github.com/termux-pacman/glibc-packages/issues/174",
        example: "Oct 16 22:40:05 tetra pulseaudio[441]: shared memfd open() failed: Function not \
                  implemented",
        ..OF_CALL
    },
    Entry {
        id: "memfd-note",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "memfd_create() called without MFD_EXEC or MFD_NOEXEC_SEAL",
            "memfd_create() without MFD_EXEC nor MFD_NOEXEC_SEAL",
        ],
        text: "A note of the kernel (6.3 and later): a program made a memfd without saying whether \
               it is to be executed. Nothing failed.",
        not: "No error, and no matter of size.",
        fix: Fix::Setting,
        source: "linux mm/memfd.c, https://github.com/fastfetch-cli/fastfetch/issues/1448",
        example: "Dec 18 06:42:21 neo kernel: fastfetch[7010]: memfd_create() called without \
                  MFD_EXEC or MFD_NOEXEC_SEAL set",
        ..OF_CALL
    },
    Entry {
        id: "memfd-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["memfd_create*{EACCES or 13}", "memfd_create*{EPERM or 1}"],
        text: "An executable memfd was refused: vm.memfd_noexec is 2, or a security module or \
               seccomp filter forbids it.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "sysctl vm.memfd_noexec (of the container's PID namespace), or the security \
                  profile.",
        source: "memfd_create(2), linux mm/memfd.c",
        example: "failed to create memfd: memfd_create: Permission denied",
        ..OF_CALL
    },
    Entry {
        id: "fallocate-full",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Ambiguous,
        patterns: &["posix_fallocate*{ENOSPC or 28}", "fallocate*{ENOSPC or 28}"],
        unless: &[
            "/var/lib",
            "/home/",
            "Call to posix_fallocate failed",
            "could not extend file",
            "journal",
        ],
        text: "The file system of that file has too little space: /dev/shm, if the file is shared \
               memory (its path begins with /dev/shm, or its name comes from shm_open or is a \
               short one such as /psm_1), else the disk.",
        not: "Not memory, and not kernel.shmmax.",
        fix: Fix::ShmSize,
        setting: "df of the path that the lines around it name tells which.",
        source: "posix_fallocate(3), fallocate(2)",
        example: "posix_fallocate() failed: No space left on device",
        ..OF_CALL
    },
    Entry {
        id: "fallocate-unsupported",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["fallocate*{EOPNOTSUPP or 95}"],
        text: "The file system of that file cannot reserve space (NFS before 4.2, ZFS, some \
               overlays). tmpfs can.",
        not: "Not a lack of space, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "Another file system, or the program's setting without preallocation.",
        source: "fallocate(2)",
        example: "fallocate failed: Operation not supported",
        ..OF_CALL
    },
    Entry {
        id: "ftruncate-refused",
        patterns: &[
            "ftruncate*{EINVAL or 22}",
            "ftruncate*{EFBIG or 27}",
            "ftruncate*{EPERM or 1}",
            "ftruncate*{EACCES or 13}",
        ],
        text: "The size of a file could not be set. EINVAL: the size is negative, or the object \
               has a size already (macOS), or was not opened for writing; of huge pages, it is no multiple of \
               a page (2 MiB). EFBIG: ulimit -f. EPERM: a sealed memfd.",
        not: "Not a full /dev/shm: a tmpfs gives any size, and fails when pages are touched \
              (SIGBUS).",
        setting: "The size that the lines around it name tells whether the program computed a \
                  wrong one.",
        source: "ftruncate(2)",
        example: "ftruncate(3, -1): Invalid argument",
        ..OF_CALL
    },
    Entry {
        id: "ftruncate-full",
        patterns: &["ftruncate*{ENOSPC or 28}", "ftruncate*{ENOMEM or 12}"],
        text: "A file could not get its size. On a tmpfs of Linux that does not happen for lack of \
               space: the file lies on a disk or in hugetlbfs, the program writes the call's name \
               for all that follows, or the kernel is another one (gVisor, macOS).",
        not: "It names no place: df of the path that the lines around it name tells.",
        setting: "If the file is in /dev/shm, look at df /dev/shm.",
        source: "ftruncate(2), linux mm/shmem.c (shmem_setattr)",
        example: "ftruncate() failed: No space left on device",
        ..OF_CALL
    },
    Entry {
        id: "sem-open-full",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["sem_open*{ENOSPC or 28}", "failed to create named semaphore*{ENOSPC}"],
        text: "A POSIX semaphore is a file of one page in /dev/shm (sem.*), and there was no space \
               or inode for it.",
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
        id: "sem-open-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["sem_open*{EACCES or 13}", "sem_open*{EROFS or 30}", "sem_open*{EEXIST or 17}"],
        text: "A POSIX semaphore is a file in /dev/shm (sem.*), and it could not be made or \
               opened: it is another user's or a killed program's, or /dev/shm may not be written \
               to.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "`shmeter ls` shows it; rm /dev/shm/sem.NAME removes it.",
        source: "sem_open(3)",
        example: "sem_open: Permission denied",
        ..OF_CALL
    },
    Entry {
        id: "sem-open-missing",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["sem_open*{ENOSYS or 38}", "sem_open*{ENOENT or 2}"],
        text: "A POSIX semaphore is a file in /dev/shm (sem.*). \"Function not implemented\": \
               /dev/shm is not mounted, or is no tmpfs. \"No such file\": that, or the program \
               that makes the semaphore did not start.",
        not: "Not a missing function of the kernel, and not a size.",
        fix: Fix::Mount,
        source: "sem_open(3)",
        example: "sem_open failed: Function not implemented",
        ..OF_CALL
    },
    Entry {
        id: "mq-open-limit",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "mq_open*{EMFILE or 24}",
            "mq_open*{ENOSPC or 28}",
            "mq_open*{EINVAL or 22}",
            "mq_open*{ENOMEM or 12}",
        ],
        text: "A limit of POSIX message queues: EMFILE is ulimit -q (RLIMIT_MSGQUEUE, 800 KiB by \
               default), ENOSPC fs.mqueue.queues_max, EINVAL a queue larger than fs.mqueue.msg_max \
               or msgsize_max.",
        not: "Not shared memory, not the disk, and EMFILE is as a rule not the number of open files.",
        fix: Fix::Setting,
        setting: "EMFILE: ulimit -q unlimited, in a container --ulimit msgqueue=-1; the others: sysctl \
                  fs.mqueue.queues_max=1024 fs.mqueue.msg_max=100. ls /dev/mqueue shows what killed programs left \
                  (mount -t mqueue none /dev/mqueue).",
        source: "mq_overview(7), mq_open(3)",
        example: "mq_open: Too many open files",
        ..OF_CALL
    },
];
