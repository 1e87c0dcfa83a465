//! Servers with shared memory or semaphores of their own: Kamailio, Zabbix, Pi-hole, Samba and others.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
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
            ": no more shm",
            "tcpconn_new(): mem. allocation failure",
            "out of shm memory",
            "no shm memory left",
            "short of cell shmem",
        ],
        text: "The server's own pool of shared memory, of the size that -m gives it, is used up, \
               or something leaks.",
        not: "Not /dev/shm, not kernel.shmmax and not the container's memory.",
        fix: Fix::Setting,
        setting: "A larger -m (megabytes; S_MEMORY or SHM_MEMORY of the service); if it fills \
                  again, look for a leak.",
        source: "kamailio src/core/mem/f_malloc.c, \
                 https://github.com/OpenSIPS/opensips/issues/3159",
        example: "ERROR:tm:build_uac_req: no more shm memory",
        ..Entry::REST
    },
    Entry {
        id: "opensips-left",
        application: "OpenSIPS, Kamailio",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["not enough free shm memory (*bytes left, need"],
        instead_of: &["kamailio-pool"],
        text: "The server's own pool of shared memory, of the size that -m gives it, has no free piece of that size. Where it has less \
               left than it needs, it is used up, or something leaks. Where far more is left, its free pieces are too \
               small, or its list of them is damaged (\"freeing already freed\" in the log).",
        not: "Not /dev/shm, not kernel.shmmax and not the container's memory.",
        fix: Fix::Setting,
        setting: "Used up: a larger -m (megabytes; S_MEMORY or SHM_MEMORY of the service). Far more left: a newer version, and to find the \
                  fault, OpenSIPS with -a Q_MALLOC_DBG.",
        source: "opensips mem/f_malloc_dyn.h, https://github.com/OpenSIPS/opensips/issues/3159, \
                 https://github.com/OpenSIPS/opensips/issues/1165",
        example: "ERROR:core:fm_malloc: not enough free shm memory (1034 bytes left, need 2136), please increase the \"-m\" \
                  command line parameter!",
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
            "zbx_mem_realloc(): please increase",
            "zbx_mem_malloc(): please increase",
            "zbx_shmem_realloc(): please increase",
            "zbx_shmem_malloc(): please increase",
            "please increase CacheSize",
            "please increase ValueCacheSize",
            "please increase HistoryCacheSize",
            "please increase TrendCacheSize",
            "please increase VMwareCacheSize",
        ],
        text: "A cache of a fixed size, which the server made at its start, is used up. The line \"please increase\" \
               names the parameter.",
        not: "Not /dev/shm, not kernel.shmmax and not the container's memory.",
        fix: Fix::Setting,
        setting: "A larger value of the parameter that is named: CacheSize, HistoryCacheSize, TrendCacheSize, \
                  ValueCacheSize or VMwareCacheSize (in its images ZBX_CACHESIZE and so on).",
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
    Entry {
        id: "arkime-memlock",
        application: "Arkime (Moloch)",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["memlock in limits.conf must be unlimited"],
        text: "The limit on locked memory (ulimit -l, RLIMIT_MEMLOCK) is lower than capture wants; it goes on \
               without locking its memory.",
        not: "A warning. Not the size of /dev/shm.",
        fix: Fix::Memlock,
        setting: "LimitMEMLOCK=infinity in the systemd unit, which does not read limits.conf.",
        source: "arkime capture/main.c, https://github.com/arkime/arkime/issues/261",
        example: "main.c:451 moloch_mlockall_init(): WARNING: memlock in limits.conf must be unlimited or at least \
                  4000000, currently 64",
        ..Entry::REST
    },
    Entry {
        id: "qconf-leftover",
        application: "QConf",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["qconf_agent.cc*Failed to init share memory", "qconf_shm.cc*Failed to"],
        text: "The System V segment of QConf is there with the layout of an older version, and the agent cannot \
               use it.",
        not: "No limit of the kernel, as a rule, and not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "Stop the agent, ipcrm -M 0x10cf21d1, start it again; version 1.2.1 does so itself. If no such \
                  segment is there, look at kernel.shmmax.",
        source: "https://github.com/Qihoo360/QConf/issues/66",
        example: "2017/05/15 01:59:57 - [pid: 29640][FATAL ERROR][qconf_agent.cc 155] - Failed to init share memory!",
        ..Entry::REST
    },
    Entry {
        id: "cherokee-shm",
        application: "Cherokee",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["Could initialize SHM"],
        text: "\"Could not initialize SHM\" is meant: the web server could not make or map its object in /dev/shm, \
               which is not mounted or may not be written to.",
        not: "Not a size, as a rule.",
        fix: Fix::Mount,
        source: "https://github.com/cherokee/webserver/issues/560",
        example: "2. Could initialize SHM",
        ..Entry::REST
    },
    Entry {
        id: "sssd-cache-full",
        application: "SSSD",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "sss_mmap_cache_init*{ENOSPC or 28}",
            "Failed to initialize * mmap cache: '{ENOSPC}",
        ],
        text: "SSSD maps its caches from files in /var/lib/sss/mc, and that file system is full or too small. It \
               goes on without the cache, more slowly.",
        not: "Not /dev/shm, and no limit of shared memory.",
        fix: Fix::Disk,
        setting: "df -h /var/lib/sss/mc; smaller memcache_size_passwd, _group and _initgroups in sssd.conf.",
        source: "sssd src/responder/nss/nsssrv.c (setup_memcaches), https://github.com/SSSD/sssd/pull/5370",
        example: "[nss] [setup_memcaches] (0x0020): Failed to initialize passwd mmap cache: 'No space left on \
                  device'",
        ..Entry::REST
    },
    Entry {
        id: "sssd-cache-bus",
        application: "SSSD",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["[svc_child_info]*terminated with signal [7]"],
        text: "SIGBUS: a page of a cache that SSSD maps from /var/lib/sss/mc could not be had, because that file \
               system is full.",
        not: "Not /dev/shm, and not memory.",
        fix: Fix::Disk,
        setting: "df -h /var/lib/sss/mc.",
        source: "sssd src/monitor/monitor.c (svc_child_info), https://github.com/SSSD/sssd/issues/5369",
        example: "[sssd] [svc_child_info] (0x0040): Child [14647] ('nss':'nss') terminated with signal [7]",
        ..Entry::REST
    },
    Entry {
        id: "gitlab-sysctl",
        application: "GitLab (Omnibus)",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["[execute] sysctl: *kernel.shm", "[execute] sysctl: *kernel.sem"],
        text: "GitLab's package (its Chef recipes) sets limits of the kernel for its PostgreSQL, and a container may \
               not.",
        not: "No limit is reached: PostgreSQL since 9.3 needs hardly any System V shared memory.",
        fix: Fix::Setting,
        setting: "package['modify_kernel_parameters'] = false in gitlab.rb, as the official image has it. Where a \
                  value is needed: docker run --sysctl kernel.shmmax=BYTES.",
        source: "omnibus-gitlab docker/assets/gitlab.rb, https://github.com/ravermeister/gitlab/issues/4",
        example: "[execute] sysctl: setting key \"kernel.shmall\": Read-only file system",
        ..Entry::REST
    },
    Entry {
        id: "zabbix-lock",
        application: "Zabbix",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["lock failed: [22] Invalid argument", "lock failed: [43] Identifier removed"],
        text: "The set of System V semaphores of the server was removed while it ran: by systemd when the last session of its user ended \
               (RemoveIPC=yes), or by ipcrm.",
        not: "Not a size, and not CacheSize.",
        fix: Fix::Setting,
        setting: "RemoveIPC=no in /etc/systemd/logind.conf, or run it as a system user; then restart it.",
        source: "zabbix src/libs/zbxmutexs/mutexs.c (__zbx_mutex_lock), logind.conf(5), \
                 https://github.com/jjmartres/Zabbix/issues/131",
        example: "zabbix_server [7613]: [file:'selfmon.c',line:380] lock failed: [22] Invalid argument",
        ..Entry::REST
    },
];
