//! Web servers and proxies: nginx, Squid, Varnish, Envoy, HAProxy.

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
        patterns: &["zero size shared memory zone"],
        text: "The configuration uses a zone that nothing gives a size: no directive defines it, or the file that \
               does is not included.",
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
        id: "nginx-zone-twice",
        application: "nginx",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "is already declared for a different use",
            "conflicts with already declared size",
        ],
        text: "Two directives define a zone of one name: of different kinds, or with different sizes.",
        not: "Not a lack of memory.",
        fix: Fix::Setting,
        setting: "With two sizes: change the size where the zone is declared first, and remove the second. For two uses: give each a name of its own.",
        source: "nginx src/core/ngx_cycle.c (ngx_shared_memory_add)",
        example: "nginx: [emerg] the shared memory zone \"perip\" is already declared for a different use in \
                  /etc/nginx/conf.d/a.conf:4",
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
        fix: Fix::Refused,
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
        unless: &[
            "{ENOSPC}",
            "{EINVAL}",
            "{EMFILE}",
            "{ENOMEM}",
            "Segment::create failed to shm_open*{ENOENT}",
        ],
        text: "shm_open was refused. \"(17) File exists\": a crash left the segment, of another user or in a sticky \
               folder. \"(13) Permission denied\": /dev/shm may not be written to. \"(2) No such file\" of \
               Segment::open: a worker looks for what the master process made, which ended or has another /dev/shm.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Permission,
        setting: "Remove /dev/shm/squid-* while Squid is stopped.",
        source: "squid src/ipc/mem/Segment.cc",
        example: "FATAL: Ipc::Mem::Segment::create failed to shm_open(/squid-cf__metadata.shm): \
                  (17) File exists",
        ..Entry::REST
    },
    Entry {
        id: "squid-no-dev-shm",
        application: "Squid",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["Segment::create failed to shm_open*{ENOENT}"],
        text: "Squid makes this segment itself (O_CREAT), so it is not the segment that is missing: there is no \
               /dev/shm.",
        not: "Not another process, not a leftover and not a size.",
        fix: Fix::Mount,
        setting: "Mount it before Squid starts; chmod 1777 /dev/shm if the folder is there and Squid may not write \
                  to it.",
        source: "squid src/ipc/mem/Segment.cc (createFresh), \
                 https://github.com/Entware/Prehistoric-Entware/issues/143",
        example: "2023/04/02 21:14:07 kid1| FATAL: Ipc::Mem::Segment::create failed to \
                  shm_open(/squid-cf__queues.shm): (2) No such file or directory",
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
        id: "squid-no-segments",
        application: "Squid",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Cannot fake shared segments in SMP config"],
        text: "This build of Squid has no shm_open, as on Android, and several workers need it.",
        not: "Not a size, and not the mode of /dev/shm.",
        fix: Fix::Setting,
        setting: "workers 1 in squid.conf, or a build with shared memory.",
        source: "squid src/ipc/mem/Segment.cc, https://github.com/termux/termux-packages/issues/5651",
        example: "kid4| FATAL: Ipc::Mem::Segment: Cannot fake shared segments in SMP config (Fake segment creation)",
        ..Entry::REST
    },
    Entry {
        id: "varnish-vsm",
        application: "Varnish",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["Assert error in VSMW_New()"],
        text: "The child of varnishd may not make the files of its log and counters in the working folder \
               (/var/lib/varnish/NAME, or that of -n): it runs as another user, or the folder is mounted \
               read-only or without room.",
        not: "Not the size of /dev/shm, unless the folder lies there.",
        fix: Fix::Setting,
        setting: "\"errno =\" two lines below tells which; give the folder, and those above it, to the user of \
                  the child (varnish, vcache).",
        source: "varnish lib/libvarnish/vsmw.c, https://github.com/varnishcache/varnish-cache/issues/2417",
        example: "Info: Child (19827) said Assert error in VSMW_New(), vsmw.c line 291:",
        ..Entry::REST
    },
    Entry {
        id: "haproxy-session-cache",
        application: "HAProxy",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["Unable to allocate SSL session cache"],
        text: "The cache of TLS sessions is anonymous shared memory of tune.ssl.cachesize blocks (200 bytes \
               each), and mmap was refused: memory, or a limit on address space. While a reload runs, the old \
               processes still hold theirs.",
        not: "Not /dev/shm, and not kernel.shmmax.",
        fix: Fix::Refused,
        setting: "A smaller tune.ssl.cachesize.",
        source: "haproxy src/ssl_sock.c, https://github.com/haproxy/haproxy/issues/800",
        example: "haproxy: [ALERT] 217/182124 (62369) : Unable to allocate SSL session cache.",
        ..Entry::REST
    },
    Entry {
        id: "modsecurity-shared",
        application: "ModSecurity 3",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["Failed to allocate shared memory (1)"],
        text: "ModSecurity's log keeps its state in a System V segment, and shmget was refused. \"Invalid \
               argument\": one with that key and another size is there, of another version or program, or it \
               exceeds kernel.shmmax. \"Permission denied\": it is another user's.",
        not: "Not a zone of nginx, and not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "`ipcs -m` shows the segments; ipcrm -m ID removes a leftover.",
        source: "https://github.com/owasp-modsecurity/ModSecurity/pull/1306",
        example: "nginx: [emerg] \"proxy_pass\" directive Failed to allocate shared memory (1): Invalid argument in \
                  /etc/nginx/nginx.conf:80",
        ..Entry::REST
    },
    Entry {
        id: "varnish-mlock",
        application: "Varnish",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["mlock() of VSM failed"],
        text: "Varnish could not lock its counters and its log (VSM) in memory: the limit on locked memory \
               (RLIMIT_MEMLOCK) is too low. It is a warning: Varnish goes on, and these pages may be swapped out.",
        not: "Not the size of /dev/shm and not memory, although the error says so.",
        fix: Fix::Memlock,
        setting: "On a machine without swap it does no harm.",
        source: "varnish-cache common_vsmw.c (vsmw_newcluster), \
                 https://github.com/varnishcache/varnish-cache/issues/4193",
        example: "Warning: mlock() of VSM failed: Cannot allocate memory (12)",
        ..Entry::REST
    },
    Entry {
        id: "modsecurity-log-segment",
        application: "ModSecurity (nginx)",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "modsecurity_rules_file*attach shared memory",
            "modsecurity_rules_file*allocate shared memory",
        ],
        text: "ModSecurity 3 keeps a small segment of System V shared memory for each of its log files (SecAuditLog, \
               SecDebugLog), and could not get one: segments that reloads left use kernel.shmmni or shmall up, or the \
               kernel or jail has no System V.",
        not: "Not the size of /dev/shm, and not a zone of nginx.",
        fix: Fix::Sysv,
        setting: "ipcs -m shows what is left, ipcrm -m ID removes what nobody has attached; a newer libmodsecurity; no \
                  SecDebugLog.",
        source: "ModSecurity src/utils/shared_files.cc (SharedFiles::add_new_handler), \
                 https://github.com/owasp-modsecurity/ModSecurity-nginx/issues/127",
        example: "nginx: [emerg] \"modsecurity_rules_file\" directive Failed to attach shared memory (1): Invalid argument",
        ..Entry::REST
    },
    Entry {
        id: "openresty-dict-size",
        application: "OpenResty (lua-nginx-module)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["invalid lua shared dict size"],
        text: "A lua_shared_dict takes 8 KiB at least, and one that is of use some 100 KiB.",
        not: "No limit of the system, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "A larger one in that line: lua_shared_dict NAME 1m.",
        source: "lua-nginx-module src/ngx_http_lua_directive.c, \
                 https://github.com/openresty/lua-nginx-module/issues/615",
        example: "nginx: [emerg] invalid lua shared dict size \"1k\" in ./conf/nginx.conf:32",
        ..Entry::REST
    },
];
