//! Oracle, Db2, Informix.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const ORACLE: Entry = Entry { application: "Oracle Database", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "oracle-memory-target",
        versions: "11g and later",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "ORA-00845",
            "MEMORY_TARGET not supported on this system",
            "You are trying to use the MEMORY_TARGET feature",
        ],
        text: "Automatic memory management keeps the SGA in files in /dev/shm, and less than \
               MEMORY_TARGET is free there.",
        not: "Not an unsupported system, and not kernel.shmmax.",
        fix: Fix::ShmSize,
        setting: "/dev/shm needs at least MEMORY_TARGET; or set SGA_TARGET and \
                  PGA_AGGREGATE_TARGET instead.",
        source: "https://docs.oracle.com/error-help/db/ora-00845/",
        example: "dbca_log: ORA-00845: MEMORY_TARGET not supported on this system",
        ..ORACLE
    },
    Entry {
        id: "oracle-shm-limits",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["ORA-27104", "[DBT-11207]"],
        text: "The SGA does not fit into the limits on System V shared memory (kernel.shmmax, \
               shmall), or into the memory that Oracle sees.",
        not: "Not the size of /dev/shm: without MEMORY_TARGET Oracle uses System V shared memory.",
        fix: Fix::Sysv,
        setting: "Lower SGA_TARGET below kernel.shmmax, kernel.shmall x 4 KiB and the memory \
                  limit.",
        source: "https://github.com/gvenzl/oci-oracle-xe/issues/154",
        example: "SQL> ORA-27104: system-defined limits for shared memory was misconfigured",
        ..ORACLE
    },
    Entry {
        id: "oracle-create-segment",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &["ORA-27125"],
        unless: &["DBT-11207"],
        text: "The SGA's segment could not be made; the line \"Linux-x86_64 Error:\" below it \
               tells why. 22 (EINVAL): kernel.shmmax. 28 (ENOSPC): kernel.shmall or shmmni. 12 \
               (ENOMEM): memory or huge pages. 1 (EPERM): a seccomp profile, or huge pages that \
               the group (vm.hugetlb_shm_group) or limit on locked memory does not allow.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        source: "https://github.com/moby/moby/issues/20733, \
                 https://docs.oracle.com/error-help/db/ora-27125/",
        example: "SQL> startup ORA-27125: unable to create shared memory segment",
        ..ORACLE
    },
    Entry {
        id: "oracle-attach-segment",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["ORA-27123"],
        text: "The SGA's segment could not be attached: another user made it, the oracle binary \
               lost its setuid bit, or (error 22) it is too large for the address space or is \
               gone.",
        not: "Not the size of /dev/shm, and not kernel.shmmax.",
        fix: Fix::Permission,
        setting: "ls -l $ORACLE_HOME/bin/oracle should show mode 6751; `ipcs -m` shows the owner.",
        source: "https://docs.oracle.com/error-help/db/ora-27123/",
        example: "ORA-27123: unable to attach to shared memory segment",
        ..ORACLE
    },
    Entry {
        id: "oracle-no-memory",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["ORA-27102"],
        text: "The operating system refused memory for the SGA: a memory limit, ulimit, \
               kernel.shmall or too few huge pages. The lines \"Linux-x86_64 Error: 12\" (ENOMEM) \
               or \"Error: 28\" (ENOSPC: shmall or shmmni) below it tell which.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Memory,
        setting: "Lower SGA_TARGET; use_large_pages = false where huge pages are too few.",
        source: "https://docs.oracle.com/error-help/db/ora-27102/",
        example: "ORA-27102: out of memory",
        ..ORACLE
    },
    Entry {
        id: "oracle-process-memory",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["ORA-04030"],
        text: "A server process could not get private memory (PGA): the container's or the \
               machine's memory, ulimit -v, or vm.max_map_count.",
        not: "Not the SGA, not /dev/shm and not kernel.shmmax.",
        fix: Fix::Memory,
        setting: "Lower PGA_AGGREGATE_LIMIT, or raise the memory limit or vm.max_map_count.",
        source: "https://docs.oracle.com/error-help/db/ora-04030/",
        example: "ORA-04030: out of process memory when trying to allocate 169040 bytes (pga \
                  heap,kgh stack)",
        ..ORACLE
    },
    Entry {
        id: "oracle-noexec",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["ORA-04035", "shared object cache \"JOXSHM\""],
        text: "Oracle's Java compiles into /dev/shm and maps it executable; the mount has noexec.",
        not: "Not the size of /dev/shm, although it reads \"unable to allocate\".",
        fix: Fix::Exec,
        source: "https://github.com/oracle/docker-images/issues/223",
        example: "ORA-04035: unable to allocate 4096 bytes of shared memory in shared object \
                  cache \"JOXSHM\" of size \"1073741824\"",
        ..ORACLE
    },
    Entry {
        id: "oracle-shared-pool",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["ORA-04031"],
        text: "A pool inside the SGA (shared pool, large pool, streams pool) is full or \
               fragmented.",
        not: "Not a limit of the operating system: neither /dev/shm nor kernel.shmmax.",
        fix: Fix::Setting,
        setting: "Raise SHARED_POOL_SIZE or SGA_TARGET; use bind variables.",
        source: "https://docs.oracle.com/error-help/db/ora-04031/",
        example: "ORA-04031: unable to allocate 4096 bytes of shared memory (\"shared \
                  pool\",\"unknown object\",\"sga heap(1,0)\",\"KKSSP^1\")",
        ..ORACLE
    },
    Entry {
        id: "oracle-not-started",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["ORA-27101", "shared memory realm does not exist"],
        text: "No instance of that name runs: it was not started, ended, or ORACLE_SID and \
               ORACLE_HOME are another one's.",
        not: "Not a size, and not /dev/shm: why it does not run, the lines before and the alert \
              log tell.",
        fix: Fix::Setting,
        setting: "STARTUP, with the instance's ORACLE_SID.",
        source: "https://docs.oracle.com/error-help/db/ora-27101/",
        example: "ORA-27101: shared memory realm does not exist",
        ..ORACLE
    },
    Entry {
        id: "oracle-semaphores",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "operation:semget failed with status: 28",
            "failure occurred at: sskgpcreates",
            "failure occurred at: sskgpsemsper",
        ],
        text: "semget was refused: the limits on System V semaphores (kernel.sem) are reached. \
               PROCESSES sets how many the instance needs.",
        not: "Not the disk, although ORA-27301 says so, and not shared memory.",
        fix: Fix::Semaphores,
        setting: "A smaller PROCESSES needs fewer.",
        source: "https://docs.oracle.com/error-help/db/ora-27300/",
        example: "ORA-27300: OS system dependent operation:semget failed with status: 28",
        ..ORACLE
    },
    Entry {
        id: "oracle-os-operation",
        patterns: &[
            "ORA-27300: OS system dependent operation:",
            "ORA-27301: OS failure message:",
            "ORA-27302: failure occurred at:",
        ],
        unless: &["semget", "sskgpcreates", "sskgpsemsper"],
        text: "A call of the operating system failed; ORA-27300 names the call and the error's \
               number. semget with 28 is kernel.sem, shmget with 22 kernel.shmmax, shmget with 28 \
               kernel.shmall or shmmni, fork with 11 the limit on processes, open or access with \
               13 an owner.",
        not: "It names no limit without ORA-27300.",
        setting: "The call and the number in ORA-27300 tell which.",
        source: "https://docs.oracle.com/error-help/db/ora-27300/",
        example: "ORA-27300: OS system dependent operation:fork failed with status: 11",
        ..ORACLE
    },
    Entry {
        id: "oracle-dbca-check",
        application: "Oracle DBCA",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["DBT-11217"],
        text: "DBCA could not do its check of shared memory, and goes on. In a container that is \
               usual.",
        not: "No shortage was found: a later error is the cause, if there is one.",
        fix: Fix::Setting,
        source: "https://github.com/MaksymBilenko/docker-oracle-12c/issues/140",
        example: "[WARNING] [DBT-11217] Unable to check available shared memory on specified \
                  node(s) ([null]).",
        ..ORACLE
    },
    Entry {
        id: "db2-shared-memory",
        application: "Db2",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["SQL1084C", "SQL1220N"],
        text: "Db2 could not get its System V shared memory: kernel.shmmax, shmall or shmmni, or \
               the memory limit.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "Db2 sets these itself at its start where it may (docker run --privileged, or \
                  --ipc with --sysctl kernel.shm*); lower INSTANCE_MEMORY and DATABASE_MEMORY.",
        source: "https://www.ibm.com/docs/en/db2/11.5?topic=messages-sql1000-1249#sql1084c",
        example: "SQL1084C  The database manager failed to allocate shared memory because an \
                  operating system kernel memory limit has been reached.  SQLSTATE=57019",
        ..Entry::REST
    },
    Entry {
        id: "db2-unexpected",
        application: "Db2",
        patterns: &["SQL1042C"],
        text: "Db2 met an error that it does not name. In containers: the file system of the \
               instance knows no O_DIRECT (AUFS, some overlays), or IPC is not allowed (before \
               Docker 1.10 without --privileged).",
        not: "It names no limit; a limit on shared memory says SQL1084C or SQL1220N.",
        setting: "db2diag.log names the call that failed. Put the instance on a volume; \
                  --cap-add=IPC_LOCK --cap-add=IPC_OWNER.",
        source: "https://github.com/jbonhag/db2-docker/issues/2, \
                 https://github.com/testcontainers/testcontainers-java/pull/9460",
        example: "SQL1042C  An unexpected system error occurred.  SQLSTATE=58004",
        ..Entry::REST
    },
    Entry {
        id: "informix-create",
        application: "Informix",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "Fatal error in shared memory creation",
            "shmget: [EINVAL][22]",
            "shmget: [ENOMEM][12]",
        ],
        text: "The server could not make its segments, which are System V shared memory; \
               online.log names the call and the error. EINVAL: kernel.shmmax, or a segment with \
               that key is there (SERVERNUM). ENOSPC: kernel.shmall or shmmni. ENOMEM: memory. \
               EPERM or EACCES: a folder or file that is not informix's.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "Smaller SHMVIRTSIZE and BUFFERPOOL; tail online.log.",
        source: "https://github.com/0x1fff/docker-informix/issues/5",
        example: "oninit: Fatal error in shared memory creation",
        ..Entry::REST
    },
    Entry {
        id: "informix-not-started",
        application: "Informix",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["shared memory not initialized for INFORMIXSERVER"],
        text: "No server of that name runs here: it was not started, still starts, or ended.",
        not: "Not a size and not a limit: why it does not run, online.log tells.",
        fix: Fix::Setting,
        setting: "oninit -v, with INFORMIXSERVER of that server; wait until it is up.",
        source: "https://github.com/KonnexionsGmbH/db_seeder/issues/41",
        example: "shared memory not initialized for INFORMIXSERVER 'dev'",
        ..Entry::REST
    },
];
