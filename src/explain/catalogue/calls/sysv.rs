//! System V shared memory: programs that name the call and the error.

use crate::explain::{CALL, Certainty, Entry, Fix, Meaning};

const OF_CALL: Entry = Entry { application: CALL, ..Entry::REST };

pub(in crate::explain::catalogue) const ENTRIES: &[Entry] = &[
    Entry {
        id: "shmget-enospc",
        meaning: Meaning::Sysv,
        certainty: Certainty::Sure,
        patterns: &[
            "shmget*{ENOSPC or 28}",
            "shm_id*{ENOSPC or 28}",
            "shmid*{ENOSPC or 28}",
            "shm_attach()*{ENOSPC or 28}",
            "IPCShared*{ENOSPC or 28}",
        ],
        unless: &["OS message"],
        text: "shmget returned ENOSPC: kernel.shmmni segments exist already, or all together would \
               exceed kernel.shmall.",
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
        patterns: &["shmget*{EINVAL or 22}", "shm_attach()*{EINVAL or 22}"],
        unless: &["OS message"],
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
        certainty: Certainty::Likely,
        patterns: &["shmget*{ENOMEM or 12}", "shm_attach()*{ENOMEM or 12}"],
        unless: &["OS message", "Not enough space"],
        text: "shmget returned ENOMEM: on Linux strict overcommit refused the whole segment, or there are \
               too few huge pages (SHM_HUGETLB). On macOS and the BSDs it is shmall.",
        not: "On Linux not kernel.shmmax, shmall or shmmni; nowhere the size of /dev/shm.",
        fix: Fix::Refused,
        setting: "A smaller segment, where the program can set it.",
        source: "shmget(2), https://github.com/CMU-SAFARI/DAMOV/issues/14",
        example: "gm_create failed shmget: Cannot allocate memory",
        ..OF_CALL
    },
    Entry {
        id: "shmget-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "shmget*{EACCES or 13}",
            "shmget*{EEXIST or 17}",
            "shmget*{EPERM or 1}",
            "shmat*{EACCES or 13}",
            "shm_attach()*{EACCES or 13}",
        ],
        text: "A segment with that key exists already: another user's, or one that a killed program left; or huge \
               pages need CAP_IPC_LOCK. A private segment (IPC_PRIVATE) has no key: only a sandbox or a security \
               module refuses it (SELinux, seccomp, Android).",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "`ipcs -m` shows key and owner; ipcrm -m ID removes a leftover. Where it shows none with that key: \
                  dmesg | grep -i denied.",
        source: "shmget(2), shmat(2)",
        example: "shmget: Permission denied",
        ..OF_CALL
    },
    Entry {
        id: "shmget-missing",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["shmget*{ENOENT or 2}", "shm_attach()*{ENOENT or 2}"],
        text: "There is no segment with that key: the program that makes it did not start, ended, \
               or runs in another IPC namespace, as in another container.",
        not: "Not a size.",
        fix: Fix::SameIpc,
        setting: "`ipcs -m` shows the segments of this namespace.",
        source: "shmget(2)",
        example: "ipc_attach: shmget(0x7a6d0001): No such file or directory",
        ..OF_CALL
    },
    Entry {
        id: "shmget-files",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["shmget*{EMFILE or 24}", "shm_attach()*{EMFILE or 24}"],
        text: "On macOS: the process has attached as many segments as kern.sysv.shmseg allows (8 \
               by default). On Linux: the table of open files of the machine (fs.file-max) is \
               full.",
        not: "Not a size, and not the process's own open files.",
        fix: Fix::Setting,
        setting: "On macOS raise kern.sysv.shmseg and shmmni; else detach segments that are not \
                  needed.",
        source: "shmget(2), https://github.com/misterion/ko-process/issues/3",
        example: "Warning: shm_attach(): failed for key 0x61019b9c: Too many open files in \
                  /Users/e/src/Ko/SharedMemory.php on line 55",
        ..OF_CALL
    },
    Entry {
        id: "shmget-enosys",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "shmget*{ENOSYS or 38}",
            "shmat*{ENOSYS or 38}",
            "shmctl*{ENOSYS or 38}",
            "msgget*{ENOSYS or 38}",
            "msgctl*{ENOSYS or 38}",
            "ipcs: *{ENOSYS or 38}",
            "could not create shared memory segment: Function not implemented",
            "kernel not configured for shared memory",
        ],
        unless: &["OS message"],
        text: "The kernel has no System V shared memory (Android, WSL 1, some embedded kernels, \
               Cygwin without cygserver, a FreeBSD jail without sysvshm), or a seccomp filter \
               hides it.",
        not: "Not a limit.",
        fix: Fix::Setting,
        setting: "On Android without root libandroid-shmem, preloaded (LD_PRELOAD; Termux: pkg install libandroid-shmem), or \
                  the program in proot --sysvipc, which a distribution in proot needs; on WSL 1 wsl --set-version DISTRIBUTION 2; elsewhere, and in a chroot, a kernel with \
                  CONFIG_SYSVIPC=y. Or POSIX \
                  shared memory, where the program has the choice: PostgreSQL needs a small segment of System V always.",
        source: "shmget(2), https://github.com/ssvb/xf86-video-fbturbo/issues/53, \
                 https://github.com/MicrosoftDocs/WSL/issues/39",
        example: "31/12/2016 15:55:45 shmget: Function not implemented",
        ..OF_CALL
    },
    Entry {
        id: "shmget-failed",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "shmget() failed",
            "shmget failed",
            "shmget() error",
            "shmget error",
            "Failed system call was shmget(",
        ],
        unless: &[
            "{EINVAL or 22}",
            "{ENOSPC or 28}",
            "{ENOMEM or 12}",
            "{EACCES or 13}",
            "{EEXIST or 17}",
            "{EPERM or 1}",
            "{ENOENT or 2}",
            "{EMFILE or 24}",
            "{ENOSYS or 38}",
        ],
        names_no_error: true,
        text: "shmget was refused; the error's words, in the lines around it, tell why: \"Invalid \
               argument\" is kernel.shmmax, \"No space left on device\" kernel.shmmni or shmall, \
               \"Cannot allocate memory\" overcommit or huge pages, \"Permission denied\" another \
               user's segment, \"Function not implemented\" a kernel without System V (WSL 1, Android). PostgreSQL's segment of 48 to \
               56 bytes is never too large.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        source: "shmget(2), https://github.com/MicrosoftDocs/WSL/issues/39",
        example: "[-]  SYSTEM ERROR : shmget() failed",
        ..OF_CALL
    },
    Entry {
        id: "fio-segment",
        application: "fio",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &["error: failed to setup shm segment"],
        text: "fio keeps the state of its jobs in one System V segment, of a size for as many \
               jobs as it knows at most, and got none. On macOS and on old kernels kernel.shmmax \
               or shmall are too small for it; on Linux also kernel.shmmni, or strict overcommit.",
        not: "Not the size of /dev/shm, and not the file that is tested.",
        fix: Fix::Sysv,
        setting: "--max-jobs=8 makes it smaller (newer versions do so by themselves). macOS: sysctl \
                  -w kern.sysv.shmmax=16777216 kern.sysv.shmall=65536.",
        source: "https://github.com/axboe/fio/issues/1441, https://github.com/axboe/fio/issues/466",
        example: "fio-3.7: error: failed to setup shm segment",
        ..Entry::REST
    },
    Entry {
        id: "macos-sysv",
        application: "macOS",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "/Users/*shmget*{EINVAL or 22}",
            "shmget*{EINVAL or 22}*/Users/",
            "shm_attach()*{EINVAL or 22}*/Users/",
            "darwin*shmget*{EINVAL or 22}",
            "/Users/*shmget*{ENOSPC or 28}",
            "shmget*{ENOSPC or 28}*/Users/",
            "shm_attach()*{ENOSPC or 28}*/Users/",
            "darwin*shmget*{ENOSPC or 28}",
            "/Users/*shmget*{ENOMEM or 12}",
            "shmget*{ENOMEM or 12}*/Users/",
            "shm_attach()*{ENOMEM or 12}*/Users/",
            "darwin*shmget*{ENOMEM or 12}",
        ],
        text: "shmget was refused on macOS, whose limits are others than those of Linux, and \
               small: EINVAL is kern.sysv.shmmax (4 MiB), ENOMEM kern.sysv.shmall (1024 pages), \
               ENOSPC kern.sysv.shmmni (32 segments).",
        not: "Not /dev/shm: macOS has none. No option of a container engine helps outside a \
              container.",
        fix: Fix::Setting,
        setting: "sudo sysctl -w kern.sysv.shmmax=67108864 kern.sysv.shmall=16384 (at each boot); \
                  ipcs -m and ipcrm -m ID remove leftovers.",
        source: "https://github.com/PDP-10/its/issues/2270, \
                 https://github.com/axboe/fio/issues/466, \
                 https://github.com/NSLS2/ptycho_gui/issues/41",
        example: "/Users/ana/its/dpsup.c:119: [dp_init: shmget failed: Invalid argument]",
        ..Entry::REST
    },
    Entry {
        id: "other-systems",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "kern.sysv.shm",
            "kern.ipc.shm",
            "kern.ipc.sem",
            "kern.seminfo.",
            "kern.shminfo.",
            "project.max-shm-memory",
            "project.max-shm-ids",
            "shminfo_shm",
            "shmsys:shm",
            "/etc/system*shm",
            "shm*/etc/system",
            "allow.sysvipc",
            "sysvshm*jail",
            "jail*sysvshm",
            "shmget*Not enough space",
        ],
        text: "It speaks of shared memory on another system than Linux, whose limits are others: \
               on macOS kern.sysv.shmmax (4 MiB by default), shmall, shmmni and shmseg; on \
               FreeBSD kern.ipc.shmmax, shmall and shmmni, and in a jail allow.sysvipc or \
               sysvshm=new; on OpenBSD kern.shminfo; on Solaris and illumos the project's \
               project.max-shm-memory (a quarter of the memory) and max-shm-ids, before Solaris \
               10 shmsys:shminfo_shmmax in /etc/system. \"Not enough space\" is ENOMEM of a Unix: shmall, or \
               that of A/UX.",
        not: "Not the size of /dev/shm, and no kernel.shm* of Linux.",
        fix: Fix::Setting,
        setting: "The setting that stands in the line, on that system: sysctl, jail.conf, or \
                  projmod.",
        source: "https://www.postgresql.org/docs/current/kernel-resources.html, \
                 https://github.com/JuliaLang/julia/pull/20757, \
                 https://github.com/cbsd/cbsd/issues/372",
        example: "kern.sysv.shmmax: 4194304",
        ..OF_CALL
    },
    Entry {
        id: "perl-shm-undefined",
        application: "Perl",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "Use of uninitialized value*in shmctl",
            "Use of uninitialized value*in shmread",
            "Use of uninitialized value*in shmwrite",
            "Can't remove shm for log",
            "Can't write shm for log",
            "Can't read shm for log",
        ],
        text: "The program had no id of a segment: shmget had failed before, and it did not look \
               why. Causes: System V shared memory is not allowed (a FreeBSD jail without sysvshm \
               or allow.sysvipc, some containers), or kernel.shmmax, shmall, shmmni, or a segment \
               of another user with that key.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "perl -e 'shmget(1234567, 65536, 0600 | 01000) or die $!' run as that user tells \
                  the error; `ipcs -m` shows leftovers.",
        source: "https://github.com/RotherOSS/otobo/issues/2407, \
                 https://github.com/Perl/perl5/pull/18116",
        example: "Use of uninitialized value $id in shmwrite at t/op/taint.t line 1560.",
        ..Entry::REST
    },
    Entry {
        id: "shmat-gone",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "shmat*{EINVAL or 22}",
            "shmat*{EIDRM or 43}",
            "shmget*{EIDRM or 43}",
            "shmdt*{EINVAL or 22}",
            "Can't attach to shared memory id*Invalid argument",
            "attach to shmseg*{EINVAL or 22}",
            "attach to shared memory segment*{EINVAL or 22}",
            "shm segment*{EIDRM or 43}",
            "shared memory*{EIDRM or 43}",
        ],
        unless: &["OSERR"],
        text: "There is no segment of that id: it was removed meanwhile, or belongs to another IPC \
               namespace, as that of another container.",
        not: "Not the size of /dev/shm, and not kernel.shmmax: the segment was made.",
        fix: Fix::SameIpc,
        setting: "`ipcs -m` on both sides shows whether they see the same segments.",
        source: "shmat(2), https://github.com/neutrinolabs/xrdp/pull/2065",
        example: "[20211130-10:51:00] [ERROR] Can't attach to shared memory id 32787 from id 32780 \
                  [Invalid argument]",
        ..OF_CALL
    },
    Entry {
        id: "shmat-refused",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["shmat*{ENOMEM or 12}", "shmat*{EMFILE or 24}"],
        unless: &["operating system error"],
        text: "A segment could not be attached: there is no address space (ENOMEM: ulimit -v), or \
               the process has attached too many (EMFILE, macOS).",
        not: "Not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "ulimit -v unlimited; detach segments that are not needed.",
        source: "shmat(2)",
        example: "shmat: Cannot allocate memory",
        ..OF_CALL
    },
    Entry {
        id: "shmctl-refused",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "shmctl*{EINVAL or 22}",
            "shmctl*{EIDRM or 43}",
            "shmctl*{EPERM or 1}",
            "shmctl*{EACCES or 13}",
        ],
        text: "A segment could not be asked about, changed or removed: it is gone already (EINVAL, \
               EIDRM), or is another user's (EPERM, EACCES).",
        not: "Not a size and not a limit.",
        fix: Fix::Setting,
        setting: "`ipcs -m` shows what is there, and whose it is.",
        source: "shmctl(2)",
        example: "ipcrm: shmctl(32769): Operation not permitted",
        ..OF_CALL
    },
    Entry {
        id: "shmctl-lock",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["shmctl*{ENOMEM or 12}"],
        text: "shmctl(SHM_LOCK) was refused: the limit on locked memory (ulimit -l, \
               RLIMIT_MEMLOCK) is reached.",
        not: "Not the size of /dev/shm and not memory, although the error says so.",
        fix: Fix::Memlock,
        source: "shmctl(2)",
        example: "shmctl(SHM_LOCK): Cannot allocate memory",
        ..OF_CALL
    },
    Entry {
        id: "shm-io-fault",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "shmwrite: Bad address",
            "shmread: Bad address",
            "shmwrite: Invalid argument",
            "shmread: Invalid argument",
        ],
        text: "Perl's shmread or shmwrite reached beyond the segment's end, or the segment is \
               gone.",
        not: "Not a limit of the kernel.",
        fix: Fix::Setting,
        setting: "Position and length have to lie within the size that was given to shmget.",
        source: "perlfunc(1), https://github.com/Perl/perl5/issues/12317",
        example: "shmwrite: Bad address at ./perlshm line 28.",
        ..OF_CALL
    },
];
