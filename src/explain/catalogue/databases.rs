//! MySQL, Redis, LMDB, SQLite and others.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "innodb-buffer-pool",
        application: "MySQL, MariaDB",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "InnoDB: mmap(*errno 12",
            "cannot allocate memory for the buffer pool",
            "InnoDB: Failed to allocate*bytes of memory*errno 12",
        ],
        text: "InnoDB's buffer pool did not fit into the memory that the kernel gives: the machine \
               has too little, or overcommit is strict.",
        not: "Not /dev/shm and not kernel.shmmax: the pool is ordinary memory.",
        fix: Fix::Refused,
        setting: "Lower innodb_buffer_pool_size, or add swap.",
        source: "mysql-server storage/innobase/buf/buf0buf.cc, \
                 https://github.com/docker-library/mysql/issues/248",
        example: "2016-12-29T15:17:43.851927Z 0 [ERROR] InnoDB: mmap(137428992 bytes) failed; \
                  errno 12",
        ..Entry::REST
    },
    Entry {
        id: "innodb-large-pages",
        application: "MySQL, MariaDB",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "InnoDB: HugeTLB: Warning: Failed to allocate",
            "InnoDB: Warning: Failed to allocate*bytes. errno",
            "InnoDB: HugeTLB: Warning: Using conventional memory pool",
        ],
        text: "large-pages is on, and shmget or mmap was refused: errno 12 is too few free huge \
               pages, errno 22 kernel.shmmax (5.7 and older), errno 1 no right to them. It goes on \
               with ordinary memory.",
        not: "Not the size of /dev/shm, and no failure.",
        fix: Fix::HugePages,
        setting: "Set vm.nr_hugepages, or large-pages off.",
        source: "mysql-server storage/innobase/ut/ut0mem.cc (os_mem_alloc_large)",
        example: "InnoDB: HugeTLB: Warning: Failed to allocate 2147483648 bytes. errno 12",
        ..Entry::REST
    },
    Entry {
        id: "innodb-file-space",
        application: "MySQL, MariaDB",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "InnoDB: preallocating*failed with error 28",
            "InnoDB: *number 28*means 'No space left on device'",
            "InnoDB: Error number 28 means 'No space left on device'",
        ],
        text: "A file of InnoDB did not fit into the file system of its folder (datadir, \
               innodb_log_group_home_dir, innodb_tmpdir).",
        not: "Not shared memory, unless that folder lies in /dev/shm or on another tmpfs.",
        fix: Fix::Disk,
        setting: "df of datadir; smaller innodb_log_file_size.",
        source: "mariadb storage/innobase/os/os0file.cc, \
                 https://github.com/Automattic/vip-container-images/pull/262",
        example: "2022-06-20  7:31:10 0 [ERROR] InnoDB: preallocating 50331648 bytes for file \
                  ./ib_logfile1 failed with error 28",
        ..Entry::REST
    },
    Entry {
        id: "redis-fork",
        application: "Redis, Valkey",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["Can't save in background: fork: {ENOMEM}"],
        text: "Redis forks to save, and the kernel would not promise the memory for a whole copy: vm.overcommit_memory is 0 and memory \
               is short, or it is 2.",
        not: "Not /dev/shm.",
        fix: Fix::Setting,
        setting: "sysctl vm.overcommit_memory=1 on the host, or a lower maxmemory.",
        source: "redis src/rdb.c (rdbSaveBackground), src/server.c",
        example: "1:M 12 Mar 2023 09:21:55.100 # Can't save in background: fork: Cannot allocate \
                  memory",
        ..Entry::REST
    },
    Entry {
        id: "lmdb-map-full",
        application: "LMDB",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["MDB_MAP_FULL"],
        text: "The database has reached the map size that the program set (mdb_env_set_mapsize).",
        not: "Not /dev/shm, not the disk, not memory.",
        fix: Fix::Setting,
        setting: "A larger map_size.",
        source: "lmdb libraries/liblmdb/lmdb.h",
        example: "lmdb.MapFullError: mdb_put: MDB_MAP_FULL: Environment mapsize limit reached",
        ..Entry::REST
    },
    Entry {
        id: "lmdb-file-system",
        application: "LMDB",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "lmdb.Error: *: Function not implemented",
            "lmdb.Error: *: Invalid argument",
            "lmdb.Error: *: No such device",
            "lmdb environment: Operation not supported",
            "lmdb environment: Function not implemented",
            "lmdb environment: Invalid argument",
        ],
        text: "LMDB maps its file, and the file system does not know such a mapping (cluster and \
               network file systems, shares of virtual machines).",
        not: "Not memory, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "Put the database on a local disk.",
        source: "https://github.com/jnwatson/py-lmdb/issues/100",
        example: "lmdb.Error: ./data_L/lmdb/Set5: Function not implemented",
        ..Entry::REST
    },
    Entry {
        id: "lmdb-memory",
        application: "LMDB",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "lmdb.MemoryError: *{ENOMEM}",
            "mdb_env_open*{ENOMEM or 12}",
            "lmdb environment*{ENOMEM}",
        ],
        text: "The map (map_size) did not fit into the address space: ulimit -v, strict \
               overcommit, or a very large map_size.",
        not: "Not the size of /dev/shm; a map takes no memory before it is filled.",
        fix: Fix::Setting,
        setting: "A smaller map_size, or ulimit -v unlimited.",
        source: "lmdb libraries/liblmdb/mdb.c (mdb_env_map), \
                 https://github.com/kkteru/grail/issues/20",
        example: "lmdb.MemoryError: utils/../data/WN18RR_v1/subgraphs_en_True_neg_1_hop_3: Cannot \
                  allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "redis-overcommit",
        application: "Redis, Valkey",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Memory overcommit must be enabled", "overcommit_memory is set to 0"],
        text: "A warning at the start, and nothing failed: with vm.overcommit_memory = 0 the kernel may refuse the fork of a later save, \
               rewrite or replication if memory is short then.",
        not: "Not /dev/shm, and no failure.",
        fix: Fix::Setting,
        setting: "sysctl -w vm.overcommit_memory=1 on the host (to keep it: /etc/sysctl.d); a container cannot set it.",
        source: "redis src/syscheck.c, src/server.c, https://github.com/redis/docker-library-redis/issues/14",
        example: "WARNING overcommit_memory is set to 0! Background save may fail under low memory condition.",
        ..Entry::REST
    },
    Entry {
        id: "max-map-count",
        application: "Elasticsearch, OpenSearch, ClickHouse and others",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["max virtual memory areas vm.max_map_count", "vm.max_map_count*is too low"],
        text: "The number of mappings that a process may have (vm.max_map_count, 65530 by default) \
               is too small for this program.",
        not: "Not memory, not the container's limit and not /dev/shm.",
        fix: Fix::Setting,
        setting: "sysctl -w vm.max_map_count=262144 on the host (to keep it: /etc/sysctl.d; Docker Desktop and WSL: in \
                  the virtual machine). A container can set it only if it is privileged.",
        source: "https://www.elastic.co/docs/deploy-manage/deploy/self-managed/vm-max-map-count",
        example: "bootstrap check failure [1] of [1]: max virtual memory areas vm.max_map_count \
                  [65530] is too low, increase to at least [262144]",
        ..Entry::REST
    },
    Entry {
        id: "firebird-region",
        application: "Firebird",
        patterns: &[
            "Cannot initialize the shared memory region",
            "operating system directive shmem_data->sh_mem_length_mapped is 0 failed",
            "Shared memory area is probably already created by another engine instance",
        ],
        text: "A table that Firebird's processes share could not be made or mapped; the next lines \
               name the call and why. On Linux it is a file in FIREBIRD_LOCK (/tmp/firebird by \
               default): \"Permission denied\" is one of another user, \"No space left\" that file \
               system. \"created by another engine instance\": two servers, or a server and an \
               embedded client, with the same tables.",
        not: "Not the size of /dev/shm, and no kernel.shm*.",
        setting: "ls -l /tmp/firebird; connect by localhost: as long as a server runs; LockMemSize in \
                  firebird.conf.",
        source: "https://github.com/FirebirdSQL/firebird/issues/7347, \
                 https://github.com/FirebirdSQL/firebird/issues/7470",
        example: "MappingIpc: Cannot initialize the shared memory region",
        ..Entry::REST
    },
    Entry {
        id: "firebird-lock-manager",
        application: "Firebird",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Process disappeared in LockManager::acquire_shmem"],
        text: "The lock table that Firebird's processes share was in a state that must not be: a fault \
               of that version, or a process that was killed while it held the table.",
        not: "Not a limit and not a size, although it names shared memory and \"Invalid argument\".",
        fix: Fix::Setting,
        setting: "A newer Firebird (5.0, 4.0.5); no kill -9 of its processes.",
        source: "https://github.com/FirebirdSQL/firebird/issues/7809, \
                 https://github.com/FirebirdSQL/firebird/issues/8539",
        example: "Fatal lock manager error: Process disappeared in LockManager::acquire_shmem, errno: \
                  22 --Invalid argument",
        ..Entry::REST
    },
    Entry {
        id: "sap-es-global",
        application: "SAP NetWeaver",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["EsCreateShared() failed", "EgInit: Es", "EsILock"],
        text: "The kernel of SAP could not make a part of its extended global memory: profile parameters \
               that do not fit each other (em/global_area_MB, abap/shared_objects_size_MB, \
               ES/SHM_SEG_SIZE), or /dev/shm or a limit of System V below what they add up to.",
        not: "Not the disk.",
        fix: Fix::Setting,
        setting: "sappfpar check pf=PROFILE says what the parameters need and where they contradict; the \
                  lines before it in dev_disp or dev_w0 name the call.",
        source: "https://help.sap.com (em/global_area_MB)",
        example: "*** ERROR => EgInit: EsCreateShared() failed. info='EG_GLOBAL_AREA',",
        ..Entry::REST
    },
    Entry {
        id: "map-count-near",
        application: "ArangoDB",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["near the maximum number of memory mappings"],
        text: "The process has almost as many mappings as vm.max_map_count allows; beyond that mmap fails.",
        not: "Not a lack of memory, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "sysctl vm.max_map_count=1048576 on the host.",
        source: "arangodb MaxMapCountFeature.cpp, https://github.com/arangodb/arangodb/issues/5325",
        example: "ERROR {memory} process is near the maximum number of memory mappings. current: 127997, maximum: \
                  128000.",
        ..Entry::REST
    },
    Entry {
        id: "manticore-map-count",
        application: "Manticore Search",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["prealloc failed: failed to mmap file*{ENOMEM or 12}"],
        text: "The server maps some files for each chunk of a table, and the process has as many mappings as \
               vm.max_map_count allows (65530).",
        not: "Not a lack of memory, although it says so, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "sysctl vm.max_map_count=1048576 on the host; fewer chunks (OPTIMIZE TABLE).",
        source: "https://github.com/manticoresoftware/manticoresearch/issues/3253",
        example: "WARNING: rt: table tbl failed to load disk chunk after RAM save: prealloc failed: failed to mmap file \
                  'var/data//tbl/tbl.165.spa': Cannot allocate memory (length=4437816)",
        ..Entry::REST
    },
    Entry {
        id: "ibm-mq-limits",
        application: "IBM MQ (mqconfig)",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "shmmax *IBM>=*WARN",
            "shmmax *IBM>=*FAIL",
            "shmall *IBM>=*WARN",
            "shmall *IBM>=*FAIL",
            "shmmni *IBM>=*WARN",
            "shmmni *IBM>=*FAIL",
        ],
        text: "The limit of System V shared memory in the line is lower than what IBM wants for a queue manager: \
               32 MiB is the old default of the kernel's shmmax.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "At least the number behind IBM>=.",
        source: "https://github.com/ibm-messaging/mq-docker/issues/2",
        example: "  shmmax              33554432 bytes                     IBM>=268435456    WARN",
        ..Entry::REST
    },
    Entry {
        id: "starcounter-storage",
        application: "Starcounter",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["ScErrOutOfSharedStorageAbort", "(SCERR8012)"],
        text: "The memory of the database is used up, or the machine has none left for it.",
        not: "Not /dev/shm, and no limit of System V.",
        fix: Fix::Setting,
        setting: "More memory for the machine, or a smaller database.",
        source: "https://github.com/Starcounter/Starcounter/issues/2860",
        example: "ScErrOutOfSharedStorageAbort (SCERR8012): The transaction was aborted because of a failure to \
                  allocate shared storage memory",
        ..Entry::REST
    },
    Entry {
        id: "elasticsearch-memory-lock",
        application: "Elasticsearch, OpenSearch",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "Unable to lock JVM Memory",
            "memory locking requested*but memory is not locked",
        ],
        text: "Elasticsearch or OpenSearch was told to lock its heap (bootstrap.memory_lock), and the limit on \
               locked memory is too low. Bound to a loopback address it goes on, and may be swapped out; bound to \
               another one it does not start (bootstrap checks), unless discovery.type is single-node.",
        not: "Not the size of /dev/shm, and no lack of memory.",
        fix: Fix::Memlock,
        setting: "Where that cannot be had, as in Kubernetes: bootstrap.memory_lock: false, and no swap.",
        source: "elasticsearch JNANatives.java (tryMlockall)",
        example: "[WARN ][o.e.b.JNANatives         ] Unable to lock JVM Memory: error=12, reason=Cannot allocate \
                  memory",
        ..Entry::REST
    },
    Entry {
        id: "firebird-tip-cache",
        application: "Firebird",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Incorrect attempt to release shared memory"],
        text: "Firebird's cache of the states of transactions was to be released while it was in use: a fault of some \
               versions (snapshots of 4.0.3).",
        not: "No limit and no size, although it names shared memory.",
        fix: Fix::Setting,
        setting: "A newer Firebird (5.0, 4.0.3 or later).",
        source: "firebird src/jrd/tpc.cpp (TipCache), https://github.com/FirebirdSQL/firebird/issues/7348",
        example: "internal Firebird consistency check (Incorrect attempt to release shared memory)",
        ..Entry::REST
    },
    Entry {
        id: "badger-mmap",
        application: "Badger",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "Unable to mmap*log file*{ENOMEM}",
            "Unable to mmap*log file: cannot allocate memory",
            "while mmapping*value log*{ENOMEM}",
            ".vlog err: cannot allocate memory",
        ],
        instead_of: &["errno-12", "mmap-enomem"],
        text: "Badger maps twice the size of a value log (2 GiB by default), and the address space has no room for it: ulimit -v, a \
               system of 32 bits, or overcommit.",
        not: "Not /dev/shm, and not memory in use: the file is on a disk.",
        fix: Fix::Refused,
        setting: "A build for 64 bits; else a smaller ValueLogFileSize, and before version 2 ValueLogLoadingMode = options.FileIO.",
        source: "badger value.go, https://github.com/dgraph-io/badger/issues/246",
        example: "Unable to mmap RDWR log file: cannot allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "elasticsearch-bootstrap",
        application: "Elasticsearch, OpenSearch",
        patterns: &["bootstrap checks failed. You must address the points"],
        unless: &["max virtual memory areas", "memory locking requested"],
        text: "Elasticsearch found settings of the machine that it does not start with; the lines \"bootstrap check failure\" around this one \
               name them: as a rule vm.max_map_count of the host, else the number of open files, or locked memory.",
        not: "Not /dev/shm.",
        setting: "sysctl -w vm.max_map_count=262144 on the host, if nothing else is named (to keep it: /etc/sysctl.d).",
        source: "https://www.elastic.co/docs/deploy-manage/deploy/self-managed/bootstrap-checks",
        example: "ERROR: [1] bootstrap checks failed. You must address the points described in the following [1] lines before starting \
                  Elasticsearch.",
        ..Entry::REST
    },
];
