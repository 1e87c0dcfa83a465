//! PostgreSQL, Oracle, DB2, SQLite, Squid.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const POSTGRESQL: Entry = Entry { application: "PostgreSQL", ..Entry::REST };
const ORACLE: Entry = Entry { application: "Oracle Database", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "postgresql-dsm-resize",
        versions: "10 and later",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "could not resize shared memory segment*{ENOSPC}",
            "/PostgreSQL.*bytes: {ENOSPC}",
            "/PostgreSQL.*{ENOSPC}",
        ],
        text: "posix_fallocate on a file of PostgreSQL in /dev/shm returned ENOSPC: /dev/shm was \
               full. Parallel queries (hash joins, index builds) share their memory there. The \
               query failed; the server goes on.",
        not: "Not the disk, although it reads so, and not shared_buffers: they are no file in \
              /dev/shm.",
        fix: Fix::ShmSize,
        setting: "A parallel hash join takes up to work_mem x hash_mem_multiplier x (workers + \
                  1), a parallel index build about maintenance_work_mem. SET \
                  max_parallel_workers_per_gather = 0 (or max_parallel_maintenance_workers = 0) \
                  does without.",
        source: "postgres src/backend/storage/ipc/dsm_impl.c (dsm_impl_posix)",
        example: "centos7-11.7-4.2.2 : ERROR:  could not resize shared memory segment \
                  \"/PostgreSQL.412969521\" to 8409088 bytes: No space left on device",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-dsm-map",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "could not map shared memory segment*{ENOMEM}",
            "could not resize shared memory segment*{ENOMEM}",
        ],
        text: "A segment of PostgreSQL in /dev/shm got ENOMEM: a limit on address space (ulimit \
               -v), strict overcommit, or on old kernels (before 4.19) the memory limit of the \
               container.",
        not: "Not the size of /dev/shm: that is ENOSPC.",
        fix: Fix::Memory,
        source: "postgres src/backend/storage/ipc/dsm_impl.c (dsm_impl_posix)",
        example: "ERROR:  could not map shared memory segment \"/PostgreSQL.1804289383\": Cannot \
                  allocate memory",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-dsm-open",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["could not open shared memory segment \"/PostgreSQL."],
        unless: &["could not open shared memory segment*{ENOSPC}"],
        text: "A segment of PostgreSQL could not be opened. With \"No such file or directory\" \
               somebody removed it while it was in use: systemd does so when the last session of \
               the user ends (RemoveIPC=yes), and so do clean-up scripts. With \"Permission \
               denied\" /dev/shm may not be written to.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Permission,
        setting: "RemoveIPC=no in /etc/systemd/logind.conf, or run the server as a system user.",
        source: "https://www.postgresql.org/docs/current/kernel-resources.html#SYSTEMD-REMOVEIPC",
        example: "WARNING:  could not open shared memory segment \"/PostgreSQL.1450751626\": No \
                  such file or directory",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-shmget-enospc",
        meaning: Meaning::Sysv,
        certainty: Certainty::Sure,
        patterns: &[
            "could not create shared memory segment*{ENOSPC}",
            "could not get shared memory segment*{ENOSPC}",
        ],
        text: "shmget returned ENOSPC: kernel.shmmni segments exist already, or all together \
               would exceed kernel.shmall.",
        not: "Not the disk and not the size of /dev/shm: --shm-size does nothing for System V \
              shared memory.",
        fix: Fix::Sysv,
        setting: "Segments that a crash left are shown by `shmeter ls` and `ipcs -m`. Since \
                  version 9.3 PostgreSQL itself needs one segment of 56 bytes.",
        source: "postgres src/backend/port/sysv_shmem.c (InternalIpcMemoryCreate)",
        example: "FATAL:  could not create shared memory segment: No space left on device",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-shmmax",
        meaning: Meaning::Sysv,
        certainty: Certainty::Sure,
        patterns: &[
            "could not create shared memory segment: Invalid argument",
            "segment exceeded your kernel's SHMMAX parameter",
        ],
        text: "shmget returned EINVAL: the segment is larger than kernel.shmmax (or smaller than \
               SHMMIN).",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "Versions before 9.3 put all shared_buffers into that segment; later ones only \
                  with shared_memory_type = sysv.",
        source: "postgres src/backend/port/sysv_shmem.c (InternalIpcMemoryCreate)",
        example: "waiting for server to start....FATAL:  could not create shared memory segment: \
                  Invalid argument",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-anonymous",
        versions: "9.3 and later",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["could not map anonymous shared memory"],
        text: "mmap of shared_buffers failed. They are an anonymous mapping: it needs memory (or, \
               with huge_pages = on, huge pages) and obeys strict overcommit and ulimit -v.",
        not: "Not the size of /dev/shm, and not kernel.shmmax.",
        fix: Fix::Memory,
        setting: "Lower shared_buffers or max_connections; huge_pages = try or off.",
        source: "postgres src/backend/port/sysv_shmem.c (CreateAnonymousSegment)",
        example: "2023-05-31 10:12:01.125 UTC [24] FATAL:  could not map anonymous shared memory: \
                  Cannot allocate memory",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-initdb-bus",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "Bus error*postgres\" --boot",
            "running bootstrap script ... Bus error",
            "child process exited with exit code 135",
            "child process was terminated by signal 7",
        ],
        text: "initdb tried the server with huge pages and got SIGBUS: the node has huge pages, \
               the container's hugetlb limit gives it none.",
        not: "Not the size of /dev/shm: `df /dev/shm` shows it healthy.",
        fix: Fix::HugePages,
        setting: "huge_pages = off, for initdb too (initdb --set huge_pages=off since version 16, \
                  or in postgresql.conf.sample).",
        source: "https://github.com/docker-library/postgres/issues/451",
        example: "sh: line 1:   153 Bus error               (core dumped) \
                  \"/usr/pgsql-13/bin/postgres\" --boot -x0 -F -c max_connections=100 -c \
                  shared_buffers=1000",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-backend-bus",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["server process (PID *was terminated by signal 7"],
        text: "A server process got SIGBUS. PostgreSQL reserves its files in /dev/shm before it \
               touches them, so usual causes are huge pages beyond the container's limit, a \
               truncated file, or the disk.",
        not: "A full /dev/shm says \"could not resize shared memory segment\" instead.",
        setting: "Look whether huge_pages is on or try, and whether the node has huge pages.",
        source: "https://github.com/docker-library/postgres/issues/946",
        example: "2022-04-05 12:06:05.719 GMT [1] LOG:  server process (PID 229) was terminated \
                  by signal 7: Bus error",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-lock-table",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "increase max_locks_per_transaction",
            "increase max_pred_locks_per_transaction",
            "ERROR:  out of shared memory",
            "ERROR: out of shared memory",
            "FATAL:  out of shared memory",
            "pq: out of shared memory",
            "PG::OutOfMemory: ERROR:*out of shared memory",
            "psycopg2.errors.OutOfMemory: out of shared memory",
        ],
        text: "A table of fixed size inside PostgreSQL's own shared memory is full, most often \
               that of locks: too many tables or partitions are locked at once.",
        not: "Not /dev/shm, not a kernel limit, not the container's memory: --shm-size does not \
              help.",
        fix: Fix::Setting,
        setting: "Raise max_locks_per_transaction (and restart), or touch fewer tables in one \
                  transaction.",
        source: "postgres src/backend/storage/lmgr/lock.c (LockAcquireExtended)",
        example: "2019-03-19 14:43:30.036 UTC [29] ERROR:  out of shared memory",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-semaphores",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["could not create semaphores: {ENOSPC}", "Failed system call was semget("],
        text: "semget returned ENOSPC: the limits on System V semaphores (kernel.sem: SEMMNI \
               sets, SEMMNS in all) are reached.",
        not: "Not the disk, not /dev/shm, not shmmni: semaphores have limits of their own.",
        fix: Fix::Semaphores,
        setting: "Fewer max_connections need fewer semaphores.",
        source: "postgres src/backend/port/sysv_sema.c (InternalIpcSemaphoreCreate)",
        example: "2020-08-06 09:40:47.034 CST [28825] FATAL:  could not create semaphores: No \
                  space left on device",
        ..POSTGRESQL
    },
    Entry {
        id: "oracle-memory-target",
        versions: "11g and later",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &["ORA-00845", "MEMORY_TARGET not supported on this system"],
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
        patterns: &["ORA-27104", "ORA-27125", "[DBT-11207]"],
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
        id: "sqlite-full",
        application: "SQLite",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["database or disk is full"],
        text: "The file system of the database, or of SQLite's temporary files, is full, or a \
               limit on the file's size (max_page_count) is reached. It is shared memory only \
               where the database or its temporary folder (SQLITE_TMPDIR, TMPDIR) lies in \
               /dev/shm.",
        not: "Not the -shm file of WAL mode as such: it lies beside the database.",
        setting: "df of the database's folder and of the temporary folder tells which.",
        source: "https://www.sqlite.org/rescode.html#full",
        example: "sqlite3.OperationalError: database or disk is full",
        ..Entry::REST
    },
    Entry {
        id: "squid-shm",
        application: "Squid",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "Ipc::Mem::Segment::create failed to shm_open",
            "Ipc::Mem::Segment::open failed to shm_open",
        ],
        text: "shm_open was refused. \"(17) File exists\": a crash left the segment, of another \
               user or in a sticky folder. \"(13) Permission denied\": /dev/shm may not be \
               written to. \"(2) No such file\": the other process has another /dev/shm, or \
               ended.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Permission,
        setting: "Remove /dev/shm/squid-* while Squid is stopped.",
        source: "squid src/ipc/mem/Segment.cc",
        example: "FATAL: Ipc::Mem::Segment::create failed to shm_open(/squid-cf__metadata.shm): \
                  (17) File exists",
        ..Entry::REST
    },
    Entry {
        id: "squid-ftruncate",
        application: "Squid",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Ipc::Mem::Segment::create failed to ftruncate"],
        text: "A segment of Squid in /dev/shm could not get its size.",
        not: "Not the disk cache.",
        fix: Fix::ShmSize,
        setting: "cache_mem x workers has to fit; memory_cache_shared off does without.",
        source: "squid src/ipc/mem/Segment.cc",
        example: "FATAL: Ipc::Mem::Segment::create failed to ftruncate(/squid-cache_mem.shm): \
                  (28) No space left on device",
        ..Entry::REST
    },
];
