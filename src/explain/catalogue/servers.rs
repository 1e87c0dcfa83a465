//! Servers with shared memory or semaphores of their own: Apache httpd, Zabbix, sysrepo.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "apache-mutex",
        application: "Apache httpd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["AH00023: Couldn't create the*mutex"],
        unless: &["{ENOSPC}"],
        text: "A mutex could not be made. By default it is a System V semaphore, and there are \
               none left (kernel.sem): servers that were killed leave theirs. \"Permission \
               denied\" and \"Read-only file system\" are the folder of lock files.",
        not: "Not shared memory and not the disk.",
        fix: Fix::Semaphores,
        setting: "Mutex posixsem or pthread in its configuration needs no System V semaphore.",
        source: "httpd server/util_mutex.c, \
                 https://github.com/KloxoNGCommunity/kloxong/issues/33",
        example: "(13)Permission denied: AH00023: Couldn't create the rewrite-map mutex (file \
                  /var/lock/apache2/rewrite-map.19)",
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
];
