//! System V semaphores and message queues, and mutexes that are made of them: programs that name the call and the error.

use crate::explain::{CALL, Certainty, Entry, Fix, Meaning};

const OF_CALL: Entry = Entry { application: CALL, ..Entry::REST };

pub(in crate::explain::catalogue) const ENTRIES: &[Entry] = &[
    Entry {
        id: "semget-enospc",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "semget*{ENOSPC or 28}",
            "sem_get()*{ENOSPC or 28}",
            "{ENOSPC}: AH*mutex",
            "{ENOSPC}: mod_*mutex",
            "Couldn't create the*mutex*{ENOSPC}",
            "could not create accept mutex*{ENOSPC}",
            "{ENOSPC}: Couldn't create accept lock",
            "{ENOSPC}: Cannot create SSLMutex",
            "cannot create semaphore set*{ENOSPC or 28}",
            "ipcmk: create semaphore failed*{ENOSPC}",
        ],
        unless: &["could not create semaphores"],
        text: "semget returned ENOSPC: the limits on System V semaphores (kernel.sem) are reached, \
               often by those that crashed servers left.",
        not: "Not the disk and not shared memory: semaphores have limits of their own.",
        fix: Fix::Semaphores,
        setting: "`ipcs -s` shows them, ipcrm -s ID removes one. Apache: Mutex file:/run or \
                  posixsem uses none.",
        source: "semget(2), https://github.com/concretecms/concretecms/pull/7524",
        example: "httpd: No space left on device: AH00023: Couldn't create the ssl-cache mutex",
        ..OF_CALL
    },
    Entry {
        id: "mutex-enospc",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "global mutex*{ENOSPC or 28}",
            "proc mutex*{ENOSPC or 28}",
            "create mutex*{ENOSPC or 28}",
            "create*lock*mutex*{ENOSPC or 28}",
            "{ENOSPC}: *global mutex",
            "{ENOSPC}*create*mutex",
            "create*semaphore*{ENOSPC or 28}",
            "{ENOSPC}*create*semaphore",
            "allocate*semaphore*{ENOSPC or 28}",
            "get*semaphore*{ENOSPC or 28}",
        ],
        unless: &[
            "{ENOSPC}: AH",
            "{ENOSPC}: mod_",
            "SSLMutex",
            "named semaphore",
            "sem_open",
            "AH00023",
            "could not create semaphores",
            "create semaphore set",
            "create the*mutex",
            "/dev/shm",
            "SemLock",
            "semget",
            "sem_get",
            "ipcmk",
            "POSIX",
        ],
        text: "A mutex between processes, or a set of semaphores, could not be made: as a rule \
               these are System V semaphores (semget), and their limits (kernel.sem) are reached, \
               often by those that killed servers left.",
        not: "Not the disk and not shared memory: semaphores have limits of their own. Only a \
              POSIX semaphore (sem_open) is a file in /dev/shm.",
        fix: Fix::Semaphores,
        setting: "`ipcs -s -u` and `ipcs -s` show them, ipcrm -s ID removes one.",
        source: "semget(2), https://github.com/owasp-modsecurity/ModSecurity/issues/674, \
                 https://github.com/owasp-modsecurity/ModSecurity/issues/649",
        example: "[Fri Mar 07 09:48:43 2014] [1] [29636/0] Failed to create global mutex: No space \
                  left on device",
        ..OF_CALL
    },
    Entry {
        id: "mutex-denied",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "lock global mutex*{EACCES or 13}",
            "lock proc mutex*{EACCES or 13}",
            "global_mutex_lock()*{EACCES or 13}",
            "global_mutex_lock() failed [13]",
        ],
        text: "A lock between processes, as a rule a System V semaphore, was made by one user (root, at \
               the start) and is taken by another one, who may not.",
        not: "Not shared memory, and not a limit.",
        fix: Fix::Setting,
        setting: "`ipcs -s` shows its owner and mode; modules that change the user (mpm-itk, mod_ruid2) \
                  need a lock for each.",
        source: "https://github.com/owasp-modsecurity/ModSecurity/issues/454, \
                 https://github.com/OpenIDC/mod_auth_openidc/issues/1099",
        example: "Message: Audit log: Failed to lock global mutex: Permission denied",
        ..OF_CALL
    },
    Entry {
        id: "mutex-gone",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "lock*mutex*{EIDRM or 43}",
            "mutex*lock*{EIDRM or 43}",
            "semaphore*{EIDRM or 43}",
        ],
        text: "The System V semaphore behind a mutex was removed while the program ran: by ipcrm, \
               by a second instance, or by systemd's RemoveIPC=yes as the user's last session \
               ended.",
        not: "Not shared memory, and not a limit.",
        fix: Fix::Setting,
        setting: "RemoveIPC=no in /etc/systemd/logind.conf and systemctl restart systemd-logind, or run it as a system user; then start it again.",
        source: "semop(2), https://github.com/owasp-modsecurity/ModSecurity/issues/1913",
        example: "Message: collection_retrieve_ex: Failed to lock proc mutex: Identifier removed",
        ..OF_CALL
    },
    Entry {
        id: "semget-denied",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["semget*{EACCES or 13}", "semget*{EEXIST or 17}", "sem_get()*{EACCES or 13}"],
        text: "A set of System V semaphores with that key exists already: another user's, or one \
               that a killed program left.",
        not: "Not shared memory, and not a limit.",
        fix: Fix::Setting,
        setting: "`ipcs -s` shows key and owner; ipcrm -s ID removes a leftover.",
        source: "semget(2)",
        example: "PHP Warning:  sem_get(): failed for key 0x152b: Permission denied in \
                  /srv/lock.php on line 12",
        ..OF_CALL
    },
    Entry {
        id: "semget-enosys",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["semget*{ENOSYS or 38}", "kernel not configured for semaphores"],
        text: "The kernel has no System V semaphores (Android, WSL 1), or a seccomp filter hides \
               them.",
        not: "Not shared memory, and not a limit.",
        fix: Fix::Setting,
        setting: "Where the program can, POSIX semaphores or a lock file.",
        source: "semget(2), https://github.com/MicrosoftDocs/WSL/issues/39",
        example: "FATAL: semget failed: Function not implemented",
        ..OF_CALL
    },
    Entry {
        id: "semop-refused",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "semop*{EIDRM or 43}",
            "semop*{EINVAL or 22}",
            "semop*{EFBIG or 27}",
            "semop*{ENOSPC or 28}",
            "semctl*{EINVAL or 22}",
            "semctl*{EIDRM or 43}",
            "sem_lock*{EINVAL or 22}",
            "sem_lock*{EIDRM or 43}",
            "sem_unlock*{EINVAL or 22}",
            "sem_unlock*{EIDRM or 43}",
        ],
        text: "A set of System V semaphores is gone or never was (EINVAL, EIDRM): somebody removed \
               it (ipcrm, or systemd's RemoveIPC=yes as the user's last session ended). ENOSPC is \
               the limit on undo records (SEMMNU).",
        not: "Not shared memory.",
        fix: Fix::Setting,
        setting: "RemoveIPC=no in /etc/systemd/logind.conf and systemctl restart systemd-logind, or run it as a system user; then start it again.",
        source: "semop(2), \
                 https://www.postgresql.org/docs/current/kernel-resources.html#SYSTEMD-REMOVEIPC",
        example: "LOG:  semctl(9371648, 6, IPC_RMID, ...) failed: Invalid argument",
        ..OF_CALL
    },
    Entry {
        id: "msgget-enospc",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["msgget*{ENOSPC or 28}", "msg_get_queue()*{ENOSPC or 28}"],
        text: "msgget returned ENOSPC: kernel.msgmni queues exist already.",
        not: "Not the disk and not shared memory: message queues have a limit of their own.",
        fix: Fix::Setting,
        setting: "`ipcs -q` shows them, ipcrm -q ID removes one; sysctl kernel.msgmni=32000 (docker run --sysctl) \
                  allows more.",
        source: "msgget(2)",
        example: "msgget failed: No space left on device",
        ..OF_CALL
    },
    Entry {
        id: "zos-msgget",
        application: "z/OS",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["msgget*EDC5133I"],
        text: "msgget returned ENOSPC on z/OS: there are as many System V message queues as it allows (IPCMSGNIDS, \
               500 by default).",
        not: "Not the disk, not shared memory, and no kernel.msgmni of Linux.",
        fix: Fix::Setting,
        setting: "ipcs -q shows the queues, ipcrm -q ID removes one that is left over; IPCMSGNIDS in BPXPRMxx \
                  allows more.",
        source: "libuv src/unix/os390.c, https://github.com/libuv/libuv/pull/3376",
        example: "(libuv) msgget(): EDC5133I No space left on device. (errno2=0x07050305)",
        ..Entry::REST
    },
    Entry {
        id: "uwsgi-semaphores",
        application: "uWSGI",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["uwsgi_lock_ipcsem_init()/semget()*{ENOSPC or 28}"],
        instead_of: &["semop-refused"],
        text: "uWSGI makes its locks of System V semaphores, and there are as many sets as the system allows: runs \
               and reloads before left theirs. The error of semctl after it only follows from that.",
        not: "Not the disk and not shared memory: semaphores have limits of their own.",
        fix: Fix::Setting,
        setting: "ipcs -s shows them, ipcrm -s ID removes one. More: kernel.sem on Linux (docker run --sysctl \
                  \"kernel.sem=32000 1024000000 500 32000\"), kern.seminfo.semmni and semmns on OpenBSD, kern.ipc.semmni \
                  on FreeBSD.",
        source: "uwsgi core/lock.c (uwsgi_lock_ipcsem_init), https://github.com/unbit/uwsgi/issues/2042",
        example: "uwsgi_lock_ipcsem_init()/semget(): No space left on device [core/lock.c line 519]",
        ..Entry::REST
    },
];
