//! Pools that belong to the application itself, each with a setting of its own: neither /dev/shm nor the kernel limits
//! them.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const POOL: Entry = Entry {
    meaning: Meaning::NotSharedMemory,
    certainty: Certainty::Sure,
    fix: Fix::Setting,
    ..Entry::REST
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "kamailio-fragment",
        application: "Kamailio, OpenSIPS",
        patterns: &["Free fragment not found"],
        instead_of: &["errno-12"],
        text: "A pool of the server itself has no free piece of that size: the pool of shared memory (-m), or the \
               private pool of each process (-M). The name of the function does not tell which; a line after it does (\"no \
               more shm memory\", \"pkg memory\").",
        not: "Not the machine's memory, although \"cannot allocate memory\" stands beside it, not /dev/shm, and no \
              limit of the kernel.",
        setting: "See which one is full: kamcmd core.shmmem for -m, kamcmd pkg.stats for -M (both in megabytes), and make that \
                  one larger. If it fills again it is a leak, as a rule mended in a newer version.",
        source: "kamailio src/core/mem/q_malloc.c (qm_find_free), https://github.com/kamailio/kamailio/issues/1513",
        example: "ERROR: <core> [mem/q_malloc.c:292]: qm_find_free(): qm_find_free(0x809132000, 3976); Free \
                  fragment not found!",
        ..POOL
    },
    Entry {
        id: "bdb-lock-table",
        application: "Berkeley DB",
        patterns: &["Lock table is out of available"],
        instead_of: &["errno-12"],
        text: "The lock table of the Berkeley DB environment is full: it holds as many locks, lockers or objects \
               as it was made for. The call that needed one more returns ENOMEM.",
        not: "Not the machine's memory, although \"Cannot allocate memory\" stands beside it, and no shared memory.",
        setting: "set_lk_max_locks 100000 in the file DB_CONFIG of the environment (set_lk_max_lockers, \
                  set_lk_max_objects for the others), then start the program again; db_stat -c shows what is used. \
                  Of rpm: rm /var/lib/rpm/__db.* while no rpm runs.",
        source: "berkeleydb src/lock/lock.c (__db_lock_err), \
                 https://github.com/dreamland-mud/dreamland_code/issues/332",
        example: "rpmdb: Lock table is out of available locker entries",
        ..POOL
    },
    Entry {
        id: "bdb-mutex-region",
        application: "Berkeley DB",
        patterns: &["unable to allocate memory for mutex"],
        instead_of: &["errno-12"],
        text: "The environment of Berkeley DB has no mutex left: it holds as many as it was made for, and \
               processes that were killed may have left theirs.",
        not: "Not the machine's memory, although it says so, and no limit of the kernel.",
        setting: "mutex_set_increment 50000 in the file DB_CONFIG of the environment, then start the program \
                  again. Of rpm: rm /var/lib/rpm/__db.* while no rpm runs; of others: their recovery (svnadmin \
                  recover, db_recover).",
        source: "berkeleydb src/mutex/mut_alloc.c, https://github.com/microsoft/WSL/issues/1812",
        example: "svn: bdb: unable to allocate memory for mutex; resize mutex region",
        ..POOL
    },
    Entry {
        id: "tarantool-memtx",
        application: "Tarantool",
        patterns: &["bytes in slab allocator for", "salloc.cc*mmap: "],
        instead_of: &["errno-28", "errno-12"],
        text: "The memory that Tarantool gives itself for its data (memtx_memory, in old versions \
               slab_alloc_arena) is used up, or has no free piece of that size. Tarantool 1.5 says the same where \
               mmap of that memory failed.",
        not: "Not the machine's memory, not the disk, and no shared memory.",
        setting: "A larger memtx_memory in box.cfg; box.slab.info() shows how much of it is used.",
        source: "tarantool src/box/errcode.h (ER_MEMORY_ISSUE), \
                 https://github.com/tarantool/tarantool/issues/3633, \
                 https://github.com/tarantool/tarantool/issues/99",
        example: "error: Failed to allocate 1048567 bytes in slab allocator for memtx_tuple",
        ..POOL
    },
    Entry {
        id: "tarantool-preallocate",
        application: "Tarantool",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["failed to preallocate * bytes: {ENOMEM}"],
        text: "Tarantool maps all of the memory for its data (memtx_memory, in old versions slab_alloc_arena) at \
               its start, and mmap refused it: more than the machine has, strict overcommit \
               (vm.overcommit_memory=2), or ulimit -v.",
        not: "Not shared memory: it is private.",
        fix: Fix::Refused,
        setting: "A smaller memtx_memory in box.cfg.",
        source: "tarantool src/box (slab_arena_create), https://github.com/tarantool/tarantool/issues/512",
        example: "main/101/app.lua F> failed to preallocate 1073741824 bytes: Cannot allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "grappa-region",
        application: "Grappa",
        patterns: &["LocaleSharedMemory.cpp*Allocation of"],
        text: "Grappa's own region of shared memory (locale_shared_size, as a rule half of the node's memory) has \
               no free piece of that size; the line tells what is free.",
        not: "No call was refused: the region is there. Only the region as a whole is bounded by /dev/shm.",
        setting: "--locale_shared_size=BYTES, or a larger --locale_shared_fraction.",
        source: "grappa system/LocaleSharedMemory.cpp (allocate_aligned), \
                 https://github.com/uwsampa/grappa/issues/148",
        example: "E0227 19:52:38.147748 11703 LocaleSharedMemory.cpp:188] Allocation of 532480 bytes with \
                  alignment 4096 failed with 776080 free, 104857600 total.",
        ..POOL
    },
    Entry {
        id: "openidc-cache",
        application: "mod_auth_openidc (Apache httpd)",
        patterns: &[
            "could NOT store * bytes in shm cache backend",
            "oidc_cache_shm_set: could not store value",
        ],
        text: "An entry did not fit into the module's own cache: it is larger than OIDCCacheShmEntrySizeMax, its \
               key is too long, or all entries (OIDCCacheShmMax) are in use. The line before tells which.",
        not: "Not /dev/shm, and no limit of the kernel.",
        setting: "A larger OIDCCacheShmEntrySizeMax (bytes) or OIDCCacheShmMax (entries); OIDCCacheType file or \
                  redis needs neither.",
        source: "mod_auth_openidc src/cache/shm.c, src/cache/common.c, \
                 https://github.com/OpenIDC/mod_auth_openidc/issues/397",
        example: "[auth_openidc:warn] [pid 1676] oidc_cache_set: could NOT store 263 bytes in shm cache backend \
                  for key x",
        ..POOL
    },
    Entry {
        id: "ndo-message-queue",
        application: "NDOUtils (Nagios)",
        patterns: &["max retries exceeded sending message to queue", "Kernel queue parameters may"],
        text: "The System V message queue between ndo2db's processes is full: it holds as many bytes as \
               kernel.msgmnb allows, because the database takes them too slowly.",
        not: "Not shared memory, and not /dev/shm: message queues have limits of their own.",
        setting: "sysctl kernel.msgmnb=131072000 kernel.msgmax=131072000 (docker run --sysctl), then restart \
                  ndo2db; ipcs -q shows how full it is.",
        source: "ndoutils src/queue.c (ndo2db_queue_send), https://support.nagios.com/kb/print-139.html",
        example: "ndo2db: Error: max retries exceeded sending message to queue. Kernel queue parameters may neeed \
                  to be tuned. See README.",
        ..POOL
    },
    Entry {
        id: "dpdk-memseg-lists",
        application: "DPDK, SPDK, VPP",
        certainty: Certainty::Likely,
        patterns: &["find suitable memseg_list"],
        instead_of: &["dpdk-huge-pages"],
        text: "DPDK keeps its pages in lists whose length is set when it is built (RTE_MAX_MEMSEG_PER_LIST, \
               RTE_MAX_MEM_MB_PER_LIST, RTE_MAX_MEM_MB_PER_TYPE). No list for that page size and socket has room \
               for so many pages in one piece.",
        not: "Not too few huge pages, if grep HugePages_Free /proc/meminfo shows free ones, and not /dev/shm.",
        setting: "--single-file-segments, huge pages of 1 GiB, less memory in one piece, or a DPDK that is built \
                  with larger values.",
        source: "dpdk lib/eal/linux/eal_memalloc.c (eal_memalloc_alloc_seg_bulk), \
                 https://github.com/spdk/spdk/issues/922",
        example: "EAL: eal_memalloc_alloc_seg_bulk(): couldn't find suitable memseg_list",
        ..POOL
    },
    Entry {
        id: "php-shmop-id",
        application: "PHP shmop",
        patterns: &["no shared memory segment with an id of"],
        text: "The script uses an id that shmop_open did not return: it closed the segment before, or shmop_open \
               had failed (id 0) and the script went on.",
        not: "No limit, and not /dev/shm.",
        setting: "Test what shmop_open returns; the warning of a shmop_open that failed stands before this one.",
        source: "php-src ext/shmop/shmop.c (before PHP 8), https://github.com/klaussilveira/SimpleSHM/issues/7",
        example: "PHP Warning: shmop_close(): no shared memory segment with an id of [0]",
        ..POOL
    },
    Entry {
        id: "php-shmop-windows",
        application: "PHP shmop (Windows)",
        certainty: Certainty::Likely,
        patterns: &["Unable to attach or create shared memory segment \"No error\""],
        text: "PHP on Windows makes these segments itself. One of that key is still there, with a smaller size: it \
               goes away when the last process that holds it ends.",
        not: "No limit of the kernel: Windows has no ipcs and no kernel.shmmax.",
        setting: "End the PHP processes that hold it, or use another key or the same size.",
        source: "https://github.com/php/php-src/issues/14537",
        example: "Warning: shmop_open(): Unable to attach or create shared memory segment \"No error\" in \
                  C:\\work\\test.php",
        ..POOL
    },
];
