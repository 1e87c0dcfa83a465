//! PostgreSQL.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const POSTGRESQL: Entry = Entry { application: "PostgreSQL", ..Entry::REST };

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
        setting: "The size in the message is one segment, so a query needs that at least. A parallel hash join takes up \
                  to work_mem x hash_mem_multiplier x (workers + 1), for each query at once; a parallel index build \
                  about maintenance_work_mem. shmeter --require SIZE says whether that fits. SET \
                  max_parallel_workers_per_gather = 0 (or max_parallel_maintenance_workers = 0) does without.",
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
        fix: Fix::Refused,
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
        unless: &[
            "could not open shared memory segment*{ENOSPC}",
            "could not open shared memory segment*{EACCES}",
        ],
        text: "A segment of PostgreSQL could not be opened: somebody removed it while it was in use. systemd does so \
               when the last session of the user ends (RemoveIPC=yes), and so do clean-up scripts. When the server \
               starts it makes its first segment: \"No such file\" means then that there is no /dev/shm.",
        not: "Not the size of /dev/shm, and no other container: a server's processes share one.",
        fix: Fix::Setting,
        setting: "RemoveIPC=no in /etc/systemd/logind.conf (of the container, where systemd is its process 1), or run the server as a \
                  system user; then restart both. If it does not start: mount a tmpfs on /dev/shm (mode 1777).",
        source: "postgres src/backend/storage/ipc/dsm_impl.c (dsm_impl_posix), \
                 https://www.postgresql.org/docs/current/kernel-resources.html#SYSTEMD-REMOVEIPC",
        example: "WARNING:  could not open shared memory segment \"/PostgreSQL.1450751626\": No \
                  such file or directory",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-dsm-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["could not open shared memory segment \"/PostgreSQL.*{EACCES}"],
        text: "The server's user may not make files in /dev/shm: its mode is not 1777, or it belongs to somebody else (as \
               in LXC containers and chroots). It does so at its start, too.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Permission,
        setting: "chmod 1777 /dev/shm; dynamic_shared_memory_type = mmap, if that cannot be had.",
        source: "postgresql src/backend/storage/ipc/dsm_impl.c, https://github.com/PyAr/pyarweb/issues/408",
        example: "FATAL:  could not open shared memory segment \"/PostgreSQL.1804289383\": Permission denied",
        ..POSTGRESQL
    },
    Entry {
        id: "pgpool-request",
        application: "Pgpool-II",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["could not create shared memory for request size"],
        text: "shmget was refused: as a rule kernel.shmmni or shmall is reached, often by segments that killed runs of \
               pgpool left.",
        not: "Not the size of /dev/shm: pgpool takes System V segments.",
        fix: Fix::Sysv,
        setting: "ipcs -m shows the segments; ipcrm -m ID removes one that nobody has attached.",
        source: "pgpool2 src/utils/pool_shmem.c, https://github.com/pgpool/pgpool2/issues/6",
        example: "pid 51116: FATAL:  could not create shared memory for request size: 6144",
        ..Entry::REST
    },
    Entry {
        id: "postgresql-shmget-enospc",
        meaning: Meaning::Sysv,
        certainty: Certainty::Sure,
        patterns: &[
            "could not create shared memory segment*{ENOSPC}",
            "could not get shared memory segment*{ENOSPC}",
            "IpcMemoryCreate: shmget*{ENOSPC}",
            "you need to raise the SHMMNI parameter",
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
            "IpcMemoryCreate: shmget*Invalid argument",
        ],
        text: "shmget returned EINVAL: the segment is larger than kernel.shmmax (or smaller than \
               SHMMIN).",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "kernel.shmmax (macOS: kern.sysv.shmmax and kern.sysv.shmall) has to be as large as the message says, or shared_buffers \
                  smaller: versions before 9.3 put all of them into that segment, later ones only with shared_memory_type = sysv.",
        source: "postgres src/backend/port/sysv_shmem.c (InternalIpcMemoryCreate)",
        example: "waiting for server to start....FATAL:  could not create shared memory segment: \
                  Invalid argument",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-sysv-nomem",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "could not create shared memory segment: {ENOMEM}",
            "exceeded your kernel's SHMALL parameter",
        ],
        text: "shmget returned ENOMEM: overcommit or a memory limit refused the segment; on BSD \
               and macOS kernel.shmall is reached.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "Versions before 9.3 put all shared_buffers into that segment: lower them.",
        source: "postgres src/backend/port/sysv_shmem.c (InternalIpcMemoryCreate)",
        example: "FATAL:  could not create shared memory segment: Cannot allocate memory",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-anonymous",
        versions: "9.3 and later",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "could not map anonymous shared memory",
            "exceeded available memory, swap space, or huge pages",
        ],
        unless: &["{EINVAL}", "{EPERM}", "{EACCES}", "{EEXIST}"],
        text: "mmap of shared_buffers failed. They are an anonymous mapping: it needs memory (or, \
               with huge_pages = on, huge pages) and obeys strict overcommit and ulimit -v.",
        not: "Not the size of /dev/shm, and not kernel.shmmax.",
        fix: Fix::Refused,
        setting: "Lower shared_buffers or max_connections; huge_pages = try or off.",
        source: "postgres src/backend/port/sysv_shmem.c (CreateAnonymousSegment)",
        example: "2023-05-31 10:12:01.125 UTC [24] FATAL:  could not map anonymous shared memory: \
                  Cannot allocate memory",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-block-in-use",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["pre-existing shared memory block"],
        text: "A process of an earlier server of the same data folder still runs and holds its \
               segment (or one of another container that shares the data folder and the IPC \
               namespace).",
        not: "Not a size and not a limit.",
        fix: Fix::Setting,
        setting: "End those processes. If there are none, as after a restart of the machine or of a container, the ID can be that \
                  of another program's segment: look at ipcs -m -p, and remove postmaster.pid rather than the segment.",
        source: "postgres src/backend/utils/init/miscinit.c (CreateLockFile)",
        example: "FATAL:  pre-existing shared memory block (key 5432001, ID 32768) is still in use",
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
            // internal/cmd/manager of CloudNativePG
            "PostgreSQL process exited with errors*bus error",
        ],
        text: "initdb, or the server, tried huge pages and got SIGBUS: the node has huge pages, \
               the container's hugetlb limit gives it none.",
        not: "Not the size of /dev/shm: `df /dev/shm` shows it healthy.",
        fix: Fix::HugePages,
        setting: "huge_pages = off, for initdb too (initdb --set huge_pages=off since version 16, or in postgresql.conf.sample). \
                  CloudNativePG: resources: {limits: {hugepages-2Mi: SIZE}}, as its initdb takes no such parameter.",
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
        patterns: &["process (PID *was terminated by signal 7"],
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
        id: "postgresql-killed",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["process (PID *was terminated by signal 9"],
        text: "A server process was killed, as a rule by the OOM killer: the container's memory \
               limit (which counts shared_buffers and /dev/shm) or the machine's memory.",
        not: "Not the size of /dev/shm: that is an error of the query.",
        fix: Fix::Memory,
        setting: "Lower work_mem, max_connections or shared_buffers, or raise the limit.",
        source: "https://www.postgresql.org/docs/current/kernel-resources.html#LINUX-MEMORY-OVERCOMMIT",
        example: "LOG:  server process (PID 18201) was terminated by signal 9: Killed",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-possibly-corrupted",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["possibly corrupted shared memory"],
        text: "Another server process crashed or was killed, and the server ends all of them to be \
               safe. Why it ended stands before it: \"terminated by signal 9\" is the OOM killer \
               or somebody's kill, 7 a bus error, 11 a fault in a program or extension.",
        not: "No limit on shared memory, and nothing is known to be damaged.",
        fix: Fix::Setting,
        setting: "Look for \"was terminated by signal\" before it.",
        source: "postgres src/backend/tcop/postgres.c (quickdie), \
                 https://github.com/pipelinedb/pipelinedb/issues/1279",
        example: "DETAIL:  The postmaster has commanded this server process to roll back the \
                  current transaction and exit, because another server process exited abnormally \
                  and possibly corrupted shared memory.",
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
        patterns: &[
            "could not create semaphores: {ENOSPC}",
            "Failed system call was semget(",
            "maximum number of semaphore sets (SEMMNI)",
        ],
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
        id: "postgresql-extend",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "could not extend file \"*: wrote only",
            "could not extend file*{EDQUOT}",
            "could not write lock file*{ENOSPC}",
        ],
        instead_of: &["postgresql-possibly-corrupted"],
        text: "A file of a table could not grow: the disk of the data folder is full, or a quota is used up.",
        not: "Not /dev/shm, and nothing is known to be damaged.",
        fix: Fix::Disk,
        setting: "df of the data folder (and of the tablespace). Then the server goes on by itself.",
        source: "postgres src/backend/storage/smgr/md.c (mdextend), https://github.com/dwyl/learn-postgresql/issues/125",
        example: "ERROR:  could not extend file \"base/16511/16540\": wrote only 4096 of 8192 bytes at block 13986",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-huge-sysv",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["huge pages not supported with the current \"shared_memory_type\" setting"],
        text: "huge_pages = on goes with shared_memory_type = mmap only.",
        not: "No lack of huge pages or of memory.",
        fix: Fix::Setting,
        setting: "shared_memory_type = mmap (the default), or huge_pages = off.",
        source: "postgres src/backend/port/sysv_shmem.c (PGSharedMemoryCreate)",
        example: "FATAL:  huge pages not supported with the current \"shared_memory_type\" setting",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-popen",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["popen failure: {ENOMEM}"],
        instead_of: &["errno-12"],
        text: "initdb could not start another program, and its C library says so as a lack of memory: a new glibc in an image starts it \
               by clone3, which the seccomp profile of an old container runtime refuses.",
        not: "As a rule no lack of memory, and no limit: more of them does not help.",
        fix: Fix::Setting,
        setting: "A newer Docker, containerd, runc and libseccomp on the node, or an image with an older base.",
        source: "postgres src/common/exec.c (pipe_read_line), https://github.com/bitnami/charts/issues/24050, \
                 https://github.com/moby/moby/issues/42680",
        example: "popen failure: Cannot allocate memory\ninitdb: error: program \"postgres\" is needed by initdb but was not found",
        ..POSTGRESQL
    },
    Entry {
        id: "postgresql-huge-page-bus",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "PGSharedMemoryCreate (",
            "PGSharedMemoryCreate(size",
            "CreateAnonymousSegment",
        ],
        after: &["SIGBUS", "Bus error"],
        instead_of: &["gdb-sigbus", "bus-error"],
        text: "PostgreSQL touches its shared memory for the first time here. It has no file, so a SIGBUS means huge pages: the mapping \
               was granted, and the container's limit on huge pages (hugetlb) is used up.",
        not: "Not the size of /dev/shm, and not the memory limit: that is SIGKILL.",
        fix: Fix::Setting,
        setting: "huge_pages = off in postgresql.conf (or initdb -c huge_pages=off, PostgreSQL 16), or a limit of huge pages for all of \
                  shared_buffers: in Kubernetes resources.limits: {hugepages-2Mi: ...}.",
        source: "postgresql src/backend/port/sysv_shmem.c, https://github.com/yugabyte/yugabyte-db/issues/28816",
        example: "* thread #1, name = 'postgres', stop reason = signal SIGBUS\n  * frame #0: 0x000055a3ecec456f postgres`PGSharedMemoryCreate(size=1073741824, port=<unavailable>) at pg_shmem.c:754:2",
        ..POSTGRESQL
    },
];
