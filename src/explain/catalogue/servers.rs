//! Servers with shared memory or semaphores of their own: nginx, Squid, Kamailio, Zabbix and others.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "nginx-zone-locked",
        application: "nginx",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["shared memory zone*was locked by"],
        text: "A worker died while it held the lock of a shared zone, and the master unlocked it. What counts is why the \
               worker died: an earlier line tells (exited on signal 11, often a module).",
        not: "Not a full /dev/shm: zones are anonymous memory.",
        fix: Fix::Setting,
        setting: "Find the line of the worker's end; if the zone was full (\"no memory\"), make it larger.",
        source: "nginx src/os/unix/ngx_process.c (ngx_unlock_mutexes)",
        example: "2017/11/28 09:52:35 [alert] 103990#0: shared memory zone \"rate\" was locked by 49547",
        ..Entry::REST
    },
    Entry {
        id: "nginx-zone-full",
        application: "nginx",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "ngx_slab_alloc() failed: no memory",
            "could not allocate node in *zone",
            "could not allocate new session in SSL session shared cache",
            "[emerg] zone \"*is too small",
            "ngx_slab_alloc_locked() failed",
        ],
        text: "A zone of nginx's own, of the size that its configuration gives it, is full or too \
               small.",
        not: "Not /dev/shm, not a kernel limit and not the container's memory.",
        fix: Fix::Setting,
        setting: "A larger size of that zone: limit_req_zone ... zone=NAME:10m, keys_zone, zone, \
                  ssl_session_cache shared:SSL:10m.",
        source: "nginx src/core/ngx_slab.c, https://github.com/vozlt/nginx-module-vts/issues/95",
        example: "2017/08/14 08:55:53 [crit] 71#71: ngx_slab_alloc() failed: no memory in \
                  vhost_traffic_status_zone \"ngx_http_vhost_traffic_status\"",
        ..Entry::REST
    },
    Entry {
        id: "nginx-zone-unknown",
        application: "nginx",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "zero size shared memory zone",
            "is already declared for a different use",
            "conflicts with already declared size",
        ],
        text: "The configuration uses a zone that no directive defines (no file with it is \
               included), or defines one name twice.",
        not: "Not a lack of memory: no size is wrong.",
        fix: Fix::Setting,
        setting: "Define that zone once, in the http block (limit_req_zone, limit_conn_zone, \
                  proxy_cache_path ... keys_zone).",
        source: "nginx src/core/ngx_cycle.c, \
                 https://github.com/mariusv/nginx-badbot-blocker/issues/170",
        example: "nginx: [emerg] zero size shared memory zone \"flood\"",
        ..Entry::REST
    },
    Entry {
        id: "nginx-mmap",
        application: "nginx",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["mmap(MAP_ANON|MAP_SHARED*failed (12", "shmget(*failed (12"],
        text: "All zones are memory that nginx maps as it starts; the kernel refused one: the \
               zones of the configuration are larger than memory or strict overcommit allow. A \
               reload needs those of the old and the new workers at once.",
        not: "Not /dev/shm, and not kernel.shmmax.",
        fix: Fix::Memory,
        setting: "Smaller or fewer zones: count zone=NAME:SIZE over all included files.",
        source: "nginx src/os/unix/ngx_shmem.c, \
                 https://github.com/NeusoftSecurity/SEnginx/issues/46",
        example: "13:51:11 [alert] 845779#0: mmap(MAP_ANON|MAP_SHARED, 524288000) failed (12: \
                  Cannot allocate memory)",
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
        unless: &["{ENOSPC}", "{EINVAL}", "{EMFILE}", "{ENOMEM}"],
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
    Entry {
        id: "kamailio-pool",
        application: "Kamailio, OpenSIPS",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "not enough free shm memory",
            "no more share memory",
            "could not allocate shared memory from shm pool",
            ":shm_*: no shared memory left",
            "no more shm memory",
            "out of shm memory",
            "no shm memory left",
        ],
        text: "The server's own pool of shared memory, of the size that -m gives it, is used up, \
               or something leaks.",
        not: "Not /dev/shm, not kernel.shmmax and not the container's memory.",
        fix: Fix::Setting,
        setting: "A larger -m (megabytes; S_MEMORY or SHM_MEMORY of the service); if it fills \
                  again, look for a leak.",
        source: "kamailio src/core/mem/f_malloc.c, \
                 https://github.com/OpenSIPS/opensips/issues/3159",
        example: "ERROR:core:fm_malloc: not enough free shm memory (1034 bytes left, need 2136), \
                  please increase the \"-m\" command line parameter!",
        ..Entry::REST
    },
    Entry {
        id: "varnish-not-seen",
        application: "Varnish",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "VSM: Could not get hold of varnishd",
            "Could not get hold of varnishd, is it running",
        ],
        text: "varnishlog, varnishstat and the like read files of varnishd in its working folder \
               (/var/lib/varnish/HOSTNAME), and there are none: it does not run, runs with another \
               name (-n), or in a container whose folder is not shared.",
        not: "Not a size, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "The same volume at /var/lib/varnish and the same -n NAME for both: the name is \
                  the container's host name by default.",
        source: "https://github.com/varnish/docker-varnish/issues/25",
        example: "VSM: Could not get hold of varnishd, is it running?",
        ..Entry::REST
    },
    Entry {
        id: "envoy-bus",
        application: "Envoy",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Caught Bus error, suspect faulting address"],
        text: "Envoy got SIGBUS when it started: its hot restart keeps a segment in /dev/shm, and \
            a page could not be allocated.",
        not: "Not memory as such.",
        fix: Fix::ShmSize,
        setting: "--disable-hot-restart does without.",
        source: "https://github.com/envoyproxy/envoy/issues/4235",
        example: "Caught Bus error, suspect faulting address 0x7fdbf98e2028",
        ..Entry::REST
    },
    Entry {
        id: "zabbix-cache",
        application: "Zabbix",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "zbx_mem_realloc(): out of memory",
            "zbx_mem_malloc(): out of memory",
            "zbx_shmem_realloc(): out of memory",
            "zbx_shmem_malloc(): out of memory",
        ],
        text: "A cache of a fixed size, which the server made at its start, is used up. The next \
               line names the parameter.",
        not: "Not /dev/shm, not kernel.shmmax and not the container's memory.",
        fix: Fix::Setting,
        setting: "A larger CacheSize (ZBX_CACHESIZE), ValueCacheSize or TrendCacheSize.",
        source: "zabbix src/libs/zbxshmem/shmem.c, \
                 https://github.com/zabbix/zabbix-docker/issues/580",
        example: "10582:20190729:003449.780 [file:dbconfig.c,line:94] __zbx_mem_malloc(): out of \
                  memory (requested 512 bytes)",
        ..Entry::REST
    },
    Entry {
        id: "zabbix-shmget",
        application: "Zabbix",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "cannot get private shared memory of size",
            "cannot allocate shared memory of size",
            "cannot attach shared memory for",
        ],
        text: "shmget for a cache was refused; the error's words behind it tell why: \"Invalid \
               argument\" is kernel.shmmax, \"No space left\" kernel.shmall or shmmni, \"Cannot \
               allocate memory\" overcommit.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "A smaller CacheSize, HistoryCacheSize, TrendCacheSize or ValueCacheSize needs \
                  less.",
        source: "zabbix src/libs/zbxshmem/shmem.c",
        example: "zabbix_server [4711]: cannot initialize configuration cache: cannot get private \
                  shared memory of size 8589934592 for configuration cache: [22] Invalid argument",
        ..Entry::REST
    },
    Entry {
        id: "pihole-shm",
        application: "Pi-hole FTL",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "create_shm(): Failed to create shared memory object",
            "shared memory object \"FTL-*Permission denied",
            "shared memory object \"FTL-*File exists",
        ],
        text: "A file FTL-* in /dev/shm could not be made: an earlier FTL, as another user, left \
               it, or /dev/shm may not be written to.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "Stop pihole-FTL, rm /dev/shm/FTL-*, start it again.",
        source: "https://github.com/pi-hole/FTL/issues/1340",
        example: "[2022-04-24 18:03:17.245 20515M] FATAL: create_shm(): Failed to create shared \
                  memory object \"FTL-lock\": Permission denied",
        ..Entry::REST
    },
    Entry {
        id: "pihole-shortage",
        application: "Pi-hole FTL",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "Shared memory shortage (/dev/shm) ahead",
            "RAM shortage (/dev/shm",
            "Could not resize*shared memory*FTL-",
        ],
        text: "FTL keeps its data in /dev/shm (FTL-*), and that is nearly full.",
        not: "Not the disk.",
        fix: Fix::ShmSize,
        setting: "Fewer days of history (MAXDBDAYS, MAXLOGAGE) need less; 64 MiB are too few for \
                  busy networks.",
        source: "https://docs.pi-hole.net/ftldns/troubleshooting/",
        example: "WARNING: Shared memory shortage (/dev/shm) ahead: 92% is used (61.7MB used, \
                  67.1MB total)",
        ..Entry::REST
    },
    Entry {
        id: "sysrepo-shm",
        application: "sysrepo",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "Failed to open shared memory (Function not implemented)",
            "SR: Failed to open shared memory (",
        ],
        unless: &["{ENOSPC}"],
        text: "shm_open failed. \"Function not implemented\": /dev/shm is not mounted, or is no \
               tmpfs. \"Permission denied\": a file there is another user's.",
        not: "Not a size.",
        fix: Fix::Mount,
        source: "sysrepo src/shm.c, https://github.com/sysrepo/sysrepo/issues/1947",
        example: "[ERR]: SR: Failed to open shared memory (Permission denied).",
        ..Entry::REST
    },
    Entry {
        id: "ansible-semaphores",
        application: "Ansible",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["lack of access to /dev/shm"],
        unless: &["{ENOSYS or 38}"],
        text: "Python could not make a semaphore, a file in /dev/shm: it may not be written to, is \
               read-only, or is missing. The error stands behind it.",
        not: "Not a size, unless the error is \"No space left on device\".",
        fix: Fix::Permission,
        setting: "\"No such file\": mount a tmpfs on /dev/shm.",
        source: "ansible lib/ansible/executor/task_queue_manager.py, \
                 https://github.com/containers/toolbox/issues/9",
        example: "ERROR! Unable to use multiprocessing, this is normally caused by lack of access \
                  to /dev/shm: [Errno 30] Read-only file system",
        ..Entry::REST
    },
    Entry {
        id: "gunicorn-heartbeat",
        application: "Gunicorn",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["[Errno 28]"],
        after: &["gunicorn/workers/workertmp.py", "WorkerTmp("],
        text: "Each worker has a small file by which the master sees that it lives, in \
               worker_tmp_dir (often set to /dev/shm, else /tmp), and there was no space or inode \
               for it.",
        not: "Not the disk of the application, if worker_tmp_dir is /dev/shm.",
        fix: Fix::ShmSize,
        setting: "`shmeter ls` shows what fills it: files that other code leaves there, as metrics \
                  of Prometheus.",
        source: "gunicorn gunicorn/workers/workertmp.py, \
                 https://github.com/goauthentik/authentik/issues/16386",
        example: "File \
                  \"/ak-root/.venv/lib/python3.13/site-packages/gunicorn/workers/workertmp.py\", \
                  line 23, in __init__ OSError: [Errno 28] No space left on device",
        ..Entry::REST
    },
    Entry {
        id: "squid-xcalloc",
        application: "Squid",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["xcalloc: Unable to allocate"],
        text: "Squid makes a table with an entry for each file that it may open, and the limit of \
               open files is huge here (1073741816, from the engine's unit): the table does not \
               fit into memory.",
        not: "Not /dev/shm, and not cache_mem.",
        fix: Fix::OpenFiles,
        setting: "max_filedescriptors 65536 in squid.conf, or docker run --ulimit \
                  nofile=65536:65536.",
        source: "https://github.com/stacklok/toolhive/pull/1559, \
                 https://github.com/langgenius/dify/issues/4371",
        example: "FATAL: xcalloc: Unable to allocate 1073741816 blocks of 392 bytes!",
        ..Entry::REST
    },
    Entry {
        id: "nginx-dictionary",
        application: "Kong, OpenResty",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "Could not write to shm after*tries",
            "could not write to lua_shared_dict: no memory",
            "lua_shared_dict*no memory",
            "shared dict*no memory",
            "(no memory), it is either fragmented or cannot allocate more memory",
        ],
        text: "A dictionary that nginx's workers share (lua_shared_dict) is full or fragmented: it has \
               the size that its directive gives it.",
        not: "Not /dev/shm, and not the container's memory.",
        fix: Fix::Setting,
        setting: "A larger lua_shared_dict; in Kong mem_cache_size.",
        source: "https://github.com/Kong/kong/issues/5203",
        example: "[error] Could not write to shm after 3 tries (no memory), it is either fragmented or \
                  cannot allocate more memory, consider increasing 'opts.shm_set_tries'",
        ..Entry::REST
    },
    Entry {
        id: "envoy-region",
        application: "Envoy",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "cannot open shared memory region*envoy",
            "cannot open shared memory region*check user",
        ],
        text: "shm_open failed; the line does not say why. With a restart epoch above 0 the region of the \
               process before is missing (another base-id, another /dev/shm); else a file of that name \
               is another user's.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "ls -l /dev/shm/envoy_shared_memory_*; --restart-epoch 0 for a first start, and a \
                  --base-id for each Envoy of a machine.",
        source: "envoy source/server/hot_restart_impl.cc",
        example: "panic: cannot open shared memory region /envoy_shared_memory_160 check user permissions",
        ..Entry::REST
    },
    Entry {
        id: "varnish-compile",
        application: "Varnish",
        patterns: &["Running VCC-compiler failed", "VCL compilation failed"],
        text: "The configuration could not be compiled. The lines above it tell whether that is an error \
               in it, or whether there was no room in the working folder (/var/lib/varnish, often a tmpfs), \
               which holds what is compiled and the log in shared memory (about 80 MiB).",
        not: "Not /dev/shm, unless the working folder is there.",
        fix: Fix::Tell,
        setting: "df of the folder of -n (/var/lib/varnish).",
        source: "varnish bin/varnishd/mgt/mgt_vcc.c",
        example: "Running VCC-compiler failed, exited with 2",
        ..Entry::REST
    },
    Entry {
        id: "samba-tdb-full",
        application: "Samba (tdb)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["tdb*expand_file*{ENOSPC or 28}", "tdb_expand*{ENOSPC or 28}"],
        text: "The database file could not grow: the file system of the path in the line is full, often a \
               small tmpfs for locks.",
        not: "Not /dev/shm, unless that path is there.",
        fix: Fix::Disk,
        setting: "lock directory and state directory in smb.conf.",
        source: "samba lib/tdb/common/io.c (tdb_expand_file)",
        example: "tdb(/run/samba/locking.tdb): expand_file to 1740800 failed (No space left on device)",
        ..Entry::REST
    },
    Entry {
        id: "samba-tdb-map",
        application: "Samba (tdb)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["tdb_new_database failed*{EINVAL or 22}", "tdb_mmap failed*{EINVAL or 22}"],
        text: "The file system of that path cannot map a file for writing by several processes (jffs2, \
               some FUSE and network file systems).",
        not: "Not a size, and not kernel.shmmax, although the error is the same.",
        fix: Fix::Setting,
        setting: "The folder on another file system, such as a tmpfs (lock directory, state directory).",
        source: "samba lib/tdb/common/io.c, mmap(2)",
        example: "tdb_open_ex: tdb_new_database failed for /var/lib/samba/x.tdb: Invalid argument",
        ..Entry::REST
    },
];
