//! PHP: OPcache, APCu, sysvshm, shmop.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "php-opcache-small",
        application: "PHP OPcache",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["initialize shared memory structures - probably not enough shared memory"],
        text: "OPcache's own memory is too small for its tables.",
        not: "Not /dev/shm, not a limit of the kernel.",
        fix: Fix::Setting,
        setting: "Raise opcache.memory_consumption, or lower opcache.max_accelerated_files.",
        source: "php-src ext/opcache/ZendAccelerator.c",
        example: "Fatal Error Failure to initialize shared memory structures - probably not \
                  enough shared memory.",
        ..Entry::REST
    },
    Entry {
        id: "php-opcache-insufficient",
        application: "PHP OPcache",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "Fatal Error Insufficient shared memory",
            "cannot allocate buffer for interned strings",
        ],
        text: "OPcache's own memory (opcache.memory_consumption) is smaller than what is to be taken from it \
               (opcache.interned_strings_buffer). On Solaris, where it comes in segments of 32 MiB at most, the buffer of the JIT is larger \
               than one of them.",
        not: "Not /dev/shm, not a kernel limit and not memory.",
        fix: Fix::Setting,
        setting: "Raise opcache.memory_consumption above opcache.interned_strings_buffer, or lower that. On Solaris \
                  opcache.jit_buffer_size below 32M, or opcache.jit=off.",
        source: "php-src ext/opcache/ZendAccelerator.c, \
                 https://github.com/php/php-src/issues/11848",
        example: "Mon Jul 31 17:59:24 2023 (2241): Fatal Error Insufficient shared memory!",
        ..Entry::REST
    },
    Entry {
        id: "php-opcache",
        application: "PHP OPcache, APCu",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "Unable to allocate shared memory segment of*bytes",
            "apc_mmap: Failed to mmap",
            "apc_mmap: mmap failed",
        ],
        unless: &["unknown:"],
        text: "The cache's anonymous shared mapping was refused: memory, its limit, strict \
               overcommit, or address space.",
        not: "Not the size of /dev/shm: the mapping has no file there.",
        fix: Fix::Refused,
        setting: "Lower opcache.memory_consumption or apc.shm_size.",
        source: "php-src ext/opcache/zend_shared_alloc.c",
        example: "Fatal Error Unable to allocate shared memory segment of 134217728 bytes: mmap: \
                  Cannot allocate memory (12)",
        ..Entry::REST
    },
    Entry {
        id: "php-opcache-lock",
        application: "PHP OPcache",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Shared memory lock not obtained"],
        text: "OPcache had no lock when it wanted to write: a fault of OPcache, met with \
               file_cache and JIT together.",
        not: "Not a lack of memory, and no limit.",
        fix: Fix::Setting,
        setting: "opcache.file_cache off or opcache.jit off; a newer PHP.",
        source: "https://github.com/php/php-src/issues/15497",
        example: "Tue Aug 20 10:12:01 2024 (71): Fatal Error Error: Shared memory lock not \
                  obtained",
        ..Entry::REST
    },
    Entry {
        id: "php-opcache-model",
        application: "PHP OPcache",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Unable to allocate shared memory segment*unknown:"],
        text: "This build of OPcache has no way to share memory: configure found none, as it does where it cannot run its tests \
               (cross-compiled). The error behind it is an older one.",
        not: "Not a lack of memory, although it says so, and no file that is missing.",
        fix: Fix::Setting,
        setting: "Another build of PHP (configure takes php_cv_shm_mmap_anon=yes since 8.4), or opcache.file_cache_only=1 with opcache.file_cache.",
        source: "php-src ext/opcache/zend_shared_alloc.c, ext/opcache/config.m4, \
                 https://github.com/Optware/Optware-ng/issues/210, https://github.com/termux/termux-packages/issues/2234",
        example: "Sun Mar  8 20:48:31 2015 (26900): Fatal Error Unable to allocate shared memory \
                  segment of 8388608 bytes: unknown: Numerical result out of range (34)",
        ..Entry::REST
    },
    Entry {
        id: "php-apc-pool",
        application: "PHP APCu",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Unable to allocate memory for pool"],
        text: "APCu's own memory (apc.shm_size, 32M by default) is full or fragmented.",
        not: "Not /dev/shm, not a kernel limit and not memory.",
        fix: Fix::Setting,
        setting: "Raise apc.shm_size, or lower apc.ttl.",
        source: "apcu apc_cache.c, https://www.php.net/manual/en/apcu.configuration.php",
        example: "PHP Warning:  apcu_store(): Unable to allocate memory for pool. in \
                  /srv/app/cache.php on line 40",
        ..Entry::REST
    },
    Entry {
        id: "php-sysvshm-full",
        application: "PHP sysvshm",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["shm_put_var()*not enough shared memory left"],
        text: "The segment of shm_attach has the size that the program gave it (sysvshm.init_mem, 10000 bytes by default), and the \
               variable does not fit: it is too large, or the segment is spoiled, because PHP takes no lock and several \
               processes wrote to it at once.",
        not: "Not /dev/shm and not a kernel limit.",
        fix: Fix::Setting,
        setting: "With several writers: sem_acquire() before shm_get_var and shm_put_var, and sem_release() behind them. Else a larger size \
                  in shm_attach. Either way remove the old segment first (shm_remove, ipcrm -m).",
        source: "php-src ext/sysvshm/sysvshm.c (shm_put_var)",
        example: "PHP Warning:  shm_put_var(): Not enough shared memory left in \
                  /srv/app/counter.php on line 9",
        ..Entry::REST
    },
    Entry {
        id: "php-shmop",
        application: "PHP shmop",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["Unable to attach or create shared memory segment"],
        unless: &["{ENOSPC or 28}", "{EINVAL or 22}", "\"No error\""],
        text: "shmop_open was refused; the words behind it tell why. \"Invalid argument\": \
               kernel.shmmax, or the segment is there with a smaller size. \"No space left\": \
               shmmni or shmall. \"Permission denied\": another user's. \"No such file\": there is \
               none (mode \"a\" or \"w\"). \"File exists\": mode \"n\".",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "`ipcs -m` shows what is there; ipcrm -m ID removes a leftover.",
        source: "php-src ext/shmop/shmop.c",
        example: "PHP Warning:  shmop_open(): Unable to attach or create shared memory segment \
                  \"No such file or directory\" in /srv/app/q.php on line 5",
        ..Entry::REST
    },
    Entry {
        id: "php-shmop-limit",
        application: "PHP shmop",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "Unable to attach or create shared memory segment*{ENOSPC or 28}",
            "Unable to attach or create shared memory segment*{EINVAL or 22}",
        ],
        text: "shmget was refused. \"No space left\": kernel.shmmni segments exist already, as a rule because \
               nobody removed them, or kernel.shmall is reached. \"Invalid argument\": the size is above \
               kernel.shmmax, or the segment is there with a smaller one.",
        not: "Not the disk and not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "`ipcs -m` shows what is there; ipcrm -m ID removes a leftover (nattch 0).",
        source: "php-src ext/shmop/shmop.c, https://github.com/duncan3dc/fork-helper/issues/7",
        example: "Warning: shmop_open(): unable to attach or create shared memory segment 'No space left on \
                  device'",
        ..Entry::REST
    },
    Entry {
        id: "php-yac",
        application: "PHP yac",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["Shared memory allocator startup failed at 'mmap'"],
        text: "yac could not map its cache (yac.keys_memory_size and values_memory_size) as \
               shared memory that has no name: memory or address space was refused.",
        not: "Not the size of /dev/shm, and not kernel.shmmax.",
        fix: Fix::Refused,
        setting: "Smaller yac.values_memory_size.",
        source: "https://github.com/laruence/yac/issues/82, yac storage/allocator",
        example: "PHP Fatal error:  Shared memory allocator startup failed at 'mmap': Cannot \
                  allocate memory in Unknown on line 0",
        ..Entry::REST
    },
    Entry {
        id: "php-yac-start",
        application: "PHP yac",
        patterns: &["Shared memory allocator startup failed at '", "Unable to start yac module"],
        unless: &["startup failed at 'mmap'"],
        text: "yac could not make its cache; the call stands in the quotes and the error behind \
               it. 'shmget': kernel.shmmax, shmall or shmmni. 'info.State' and 'MapViewOfFileEx': \
               Windows, where a file of an earlier run names an address that is taken.",
        not: "Not the size of /dev/shm.",
        setting: "On Windows remove Yac.MemoryBase@USER in the folder of temporary files.",
        source: "https://github.com/laruence/yac/issues/49, \
                 https://github.com/laruence/yac/pull/130",
        example: "Fatal error: Shared memory allocator startup failed at 'info.State': No such file \
                  or directory in Unknown on line 0",
        ..Entry::REST
    },
    Entry {
        id: "php-apcu-structures",
        application: "PHP APCu",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "Unable to allocate shared memory for cache structures",
            "Unable to allocate*bytes of shared memory for cache structures",
            "Perhaps your shared memory size isn't large enough",
        ],
        text: "APCu has its own pool of shared memory, of the size of apc.shm_size, and its \
               tables (apc.entries_hint) do not fit into it.",
        not: "Not /dev/shm, and no limit of the system.",
        fix: Fix::Setting,
        setting: "A larger apc.shm_size, or a smaller apc.entries_hint.",
        source: "https://github.com/krakjoe/apcu/pull/326",
        example: "PHP Fatal error:  Unable to allocate 37616 bytes of shared memory for cache \
                  structures. Perhaps your shared memory size isn't large enough? in Unknown on line \
                  0",
        ..Entry::REST
    },
    Entry {
        id: "php-swoole-table",
        application: "PHP Swoole",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "swShareMemory_mmap_create: mmap(*{ENOMEM or 12}",
            "Swoole\\Table::create(): unable to allocate memory",
        ],
        text: "A table takes rows x columns at once, as shared memory that has no name, and that is \
               more than the machine gives (overcommit, ulimit -v).",
        not: "Not the size of /dev/shm, and not kernel.shmmax.",
        fix: Fix::Refused,
        setting: "Fewer rows: new Swoole\\Table(1024), or shorter strings in its columns.",
        source: "https://github.com/kasuganosoras/SyncMusic/issues/7",
        example: "WARNING swShareMemory_mmap_create: mmap(10318800632) failed. Error: Cannot allocate \
                  memory[12]",
        ..Entry::REST
    },
    Entry {
        id: "swoole-table",
        application: "PHP Swoole",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Table::set(): *unable to allocate memory"],
        text: "A table of Swoole has a fixed number of rows, and of places for keys with the same hash: these are \
               used up.",
        not: "Not a lack of memory, although it says so, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "new Table(SIZE, 1.0): a larger size, or a larger conflict_proportion (0.2 by default). Restart \
                  the server.",
        source: "https://github.com/swoole/swoole-src/issues/5225, https://github.com/laravel/octane/pull/818",
        example: "Swoole\\Table::set(): failed to set('36998'), unable to allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "nextcloud-opcache",
        application: "Nextcloud, PHP OPcache",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "OPcache buffer is nearly full",
            "OPcache interned strings buffer is nearly full",
        ],
        text: "The memory that OPcache made at PHP's start for compiled scripts is nearly used up.",
        not: "Not /dev/shm, and no failure: scripts are compiled again.",
        fix: Fix::Setting,
        setting: "A larger opcache.memory_consumption (MiB) or opcache.interned_strings_buffer in php.ini, and PHP started again; \
                  in its image PHP_OPCACHE_MEMORY_CONSUMPTION.",
        source: "nextcloud apps/settings/lib/SetupChecks/PhpOpcacheSetup.php",
        example: "The OPcache buffer is nearly full. To assure that all scripts can be hold in cache",
        ..Entry::REST
    },
    Entry {
        id: "php-apc-file",
        application: "PHP APCu",
        certainty: Certainty::Ambiguous,
        meaning: Meaning::Ambiguous,
        patterns: &[
            "apc_mmap: ftruncate failed",
            "apc_mmap: mkstemp on*failed",
            "apc_mmap: shm_open on*failed",
        ],
        text: "APCu's memory is a file here (apc.mmap_file_mask), which could not be made, or not with the size of apc.shm_size: its \
               folder is missing or may not be written to, a limit on the size of files (ulimit -f) is lower, or the value is none.",
        not: "Not the memory limit. Without a mask there is no file.",
        fix: Fix::Setting,
        setting: "An empty apc.mmap_file_mask (memory without a file), or a folder that is there and a smaller apc.shm_size, with its \
                  unit (64M).",
        source: "apcu apc_mmap.c, https://github.com/weprovide/valet-plus/issues/45",
        example: "PHP Fatal error:  PHP Startup: apc_mmap: ftruncate failed: in Unknown on line 0",
        ..Entry::REST
    },
    Entry {
        id: "php-xcache",
        application: "PHP XCache",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["XCache: Cannot create shm", "Failed creating file mapping"],
        instead_of: &["errno-12"],
        text: "XCache's memory is one mapping of /dev/zero, as large as xcache.size and xcache.var_size, and it was refused: address \
               space (ulimit -v), strict overcommit, or memory.",
        not: "Not the size of /dev/shm: the mapping has no file there.",
        fix: Fix::Refused,
        setting: "A smaller xcache.size and xcache.var_size.",
        source: "xcache mmap.c, https://github.com/stuporglue/mailreader/issues/6",
        example: "PHP Fatal error:  XCache: Cannot create shm in Unknown on line 0",
        ..Entry::REST
    },
];
