//! Apache httpd and its modules.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "apache-mutex-removed",
        application: "Apache httpd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["(43)Identifier removed", "couldn't grab the accept mutex"],
        text: "Apache's set of semaphores was removed while it ran: by systemd when its user logged out (RemoveIPC), by \
               ipcrm or a clean-up script, or by another instance that ended.",
        not: "Not a limit, and not shared memory.",
        fix: Fix::Setting,
        setting: "Restart it. RemoveIPC=no in /etc/systemd/logind.conf, or Mutex pthread (or fcntl) in its \
                  configuration, which needs no semaphores.",
        source: "httpd server/mpm/prefork/prefork.c, https://github.com/mschlenstedt/Loxberry/issues/634",
        example: "[mpm_prefork:emerg] [pid 601] (43)Identifier removed: AH00144: couldn't grab the accept mutex",
        ..Entry::REST
    },
    Entry {
        id: "apache-mutex-file",
        application: "Apache httpd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["AH00023: Couldn't create the*mutex (file "],
        unless: &["{ENOSPC}", "{EINVAL}: AH", "{ENOSYS}: AH", "{EOPNOTSUPP}: AH"],
        instead_of: &["apache-mutex"],
        text: "This mutex is a lock on a file, which the line names, and the file could not be made: its folder is missing (No such file), or may \
               not be written to (Permission denied, Read-only file system).",
        not: "No semaphore, no shared memory and no limit.",
        fix: Fix::Setting,
        setting: "Make that folder, writable for the user that starts Apache (mkdir -p, chown); or another kind: Mutex posixsem.",
        source: "httpd server/util_mutex.c",
        example: "(13)Permission denied: AH00023: Couldn't create the rewrite-map mutex (file \
                  /var/lock/apache2/rewrite-map.19)",
        ..Entry::REST
    },
    Entry {
        id: "apache-mutex",
        application: "Apache httpd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["AH00023: Couldn't create the*mutex", "AH02478: failed to create"],
        unless: &["{ENOSPC}", "{EINVAL}: AH", "{ENOSYS}: AH", "{EOPNOTSUPP}: AH", "mutex (file "],
        text: "A mutex could not be made. By default it is a System V semaphore, and there are \
               none left (kernel.sem): servers that were killed leave theirs.",
        not: "Not shared memory and not the disk.",
        fix: Fix::Semaphores,
        setting: "Mutex posixsem or pthread in its configuration needs no System V semaphore.",
        source: "httpd server/util_mutex.c, \
                 https://github.com/KloxoNGCommunity/kloxong/issues/33",
        example: "[core:emerg] AH00023: Couldn't create the rewrite-map mutex",
        ..Entry::REST
    },
    Entry {
        id: "apache-mutex-kind",
        application: "Apache httpd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "{EINVAL}: AH02478",
            "{ENOSYS}: AH02478",
            "{EOPNOTSUPP}: AH02478",
            "{EINVAL}: AH00023: Couldn't create the*mutex",
            "{ENOSYS}: AH00023: Couldn't create the*mutex",
            "{EOPNOTSUPP}: AH00023: Couldn't create the*mutex",
        ],
        text: "A mutex could not be made, as the system does not have its kind: by default a System V or POSIX \
               semaphore. A sandbox or seccomp filter, Android with proot, Cygwin without cygserver and emulated \
               processors have none, or not all of it.",
        not: "Not shared memory, and no limit.",
        fix: Fix::Setting,
        setting: "Mutex file:/tmp default in its configuration needs a file only; Mutex pthread none.",
        source: "httpd modules/proxy/mod_proxy.c (proxy_post_config), https://github.com/google/honggfuzz/issues/239",
        example: "[proxy:crit] [pid 72604] (95)Operation not supported: AH02478: failed to create proxy mutex",
        ..Entry::REST
    },
    Entry {
        id: "apache-mutex-owner",
        application: "Apache httpd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["AH00024: Couldn't set permissions on the*mutex"],
        text: "Apache, started as root, makes its mutexes and gives them to the user of its workers, and could not: \
               User and Group are missing in its configuration, or not known on this system.",
        not: "Not shared memory, and no limit.",
        fix: Fix::Setting,
        setting: "User and Group in its configuration.",
        source: "httpd server/util_mutex.c (AH00024)",
        example: "(22)Invalid argument: AH00024: Couldn't set permissions on the rewrite-map mutex; check User and \
                  Group directives",
        ..Entry::REST
    },
    Entry {
        id: "apache-scoreboard",
        application: "Apache httpd",
        patterns: &[
            "Unable to create or access scoreboard",
            "Unable to create scoreboard",
            "Unable to create access scoreboard",
            "unable to create or access scoreboard",
        ],
        unless: &["(70023)"],
        text: "The scoreboard could not be made. \"(anonymous shared memory failure)\": mmap or \
               shmget was refused (memory, kernel.shmmax, shmmni). \"(name-based shared memory \
               failure)\": the file of ScoreBoardFile is there already, or its folder may not be \
               written to.",
        not: "Not the size of /dev/shm, unless ScoreBoardFile lies there.",
        setting: "Remove the old scoreboard file and `ipcrm -m` the leftover segment; the words \
                  before AH tell the error.",
        source: "httpd server/scoreboard.c",
        example: "[core:crit] [pid 7] (17)File exists: AH00001: unable to create or access \
                  scoreboard \"/run/apache2/scoreboard\" (name-based shared memory failure)",
        ..Entry::REST
    },
    Entry {
        id: "apache-no-named-memory",
        application: "Apache httpd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["(70023)*scoreboard", "(70023)*shared memory", "(70023)*shm"],
        text: "APR_ENOTIMPL: on this system, or in this build, APR has no shared memory with a name. With \
               ScoreBoardFile httpd asks for that.",
        not: "Not a size, not a leftover, and no right that is missing.",
        fix: Fix::Setting,
        setting: "Remove ScoreBoardFile (and modules that need it): then the scoreboard has no name.",
        source: "apr include/apr_errno.h (APR_ENOTIMPL), httpd server/scoreboard.c, \
                 https://github.com/haikuports/haikuports/issues/11124",
        example: "(70023)This function has not been implemented on this platform: AH00001: unable to create or \
                  access scoreboard \"/var/shm/httpd.scoreboard\" (name-based shared memory failure)",
        ..Entry::REST
    },
    Entry {
        id: "apache-module-shm",
        application: "Apache httpd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "'shmcb' session cache not supported",
            "Failed to lookup provider 'shm' for 'slotmem'",
        ],
        text: "A module that is not loaded: mod_socache_shmcb for SSLSessionCache shmcb, \
               mod_slotmem_shm for balancers.",
        not: "Not a lack of shared memory.",
        fix: Fix::Setting,
        setting: "a2enmod socache_shmcb or slotmem_shm (LoadModule ...).",
        source: "https://github.com/sous-chefs/apache2/issues/127, \
                 https://github.com/sous-chefs/apache2/issues/182",
        example: "[proxy_balancer:emerg] [pid 7404] AH01177: Failed to lookup provider 'shm' for \
                  'slotmem': is mod_slotmem_shm loaded??",
        ..Entry::REST
    },
    Entry {
        id: "allocation-aborted",
        application: "Apache httpd",
        meaning: Meaning::Memory,
        certainty: Certainty::Ambiguous,
        patterns: &["[crit] Memory allocation failed, aborting process"],
        text: "The C library gave no memory: a limit of the process (ulimit -v, RLimitMEM), strict \
               overcommit, or a damaged pool.",
        not: "Not the size of /dev/shm. A container's memory limit kills instead.",
        fix: Fix::Refused,
        setting: "ulimit -a of the server; if there is no limit it is a fault of a module.",
        source: "httpd server/main.c (abort_on_oom)",
        example: "[crit] Memory allocation failed, aborting process.",
        ..Entry::REST
    },
    Entry {
        id: "pagespeed-note",
        application: "mod_pagespeed, ngx_pagespeed",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Attempt to destroy unknown SHM segment"],
        text: "A note as the server ends: segments that were never made are to be removed. It is \
               harmless; why the server ended stands elsewhere (often an error of its \
               configuration).",
        not: "Not a lack of shared memory.",
        fix: Fix::Setting,
        setting: "apachectl configtest, and the lines before it.",
        source: "https://github.com/apache/incubator-pagespeed-mod/issues/1003",
        example: "[Mon Oct 20 14:01:59 2014] [error] [mod_pagespeed 1.8.31.4-4056 @32475] Attempt \
                  to destroy unknown SHM segment [1]globalstatistics.",
        ..Entry::REST
    },
    Entry {
        id: "pagespeed-setup",
        application: "mod_pagespeed, ngx_pagespeed",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "Problem during shared memory setup; statistics functionality unavailable",
            "Using null shared memory runtime",
        ],
        text: "Its statistics need POSIX shared memory or mutexes between processes, and could not \
               get them: a system without (FreeBSD jails), or a /dev/shm that may not be written \
               to. It goes on without statistics.",
        not: "Not a size, and no failure.",
        fix: Fix::Permission,
        setting: "ModPagespeedStatistics off says so no more.",
        source: "https://github.com/apache/incubator-pagespeed-mod/issues/729",
        example: "[warn] [mod_pagespeed 1.2.24.1-0 @80696] Problem during shared memory setup; \
                  statistics functionality unavailable.",
        ..Entry::REST
    },
    Entry {
        id: "apache-module-exists",
        application: "Apache httpd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "{EEXIST}: Upload Progress cache",
            "(17)File exists: *shared memory",
            "(17)File exists: *shmem",
            "(17)File exists: *slotmem",
            "(17)File exists: *shm",
        ],
        unless: &["scoreboard"],
        text: "A module makes shared memory with the name of a file, and that file is there \
               already: it was left by a server that was killed, or the module makes it again at \
               a reload before the old one is gone (mod_upload_progress).",
        not: "Not a size and not a limit.",
        fix: Fix::Setting,
        setting: "Stop httpd, remove the file (in its run folder or DefaultRuntimeDir; /tmp/upload_progress_cache) and what \
                  `ipcs -m` shows of it, start it again; a restart instead of a reload; a newer \
                  module.",
        source: "https://github.com/drogus/apache-upload-progress-module/issues/37, \
                 https://github.com/modcluster/mod_proxy_cluster/pull/30",
        example: "[:error] [pid 311] (17)File exists: Upload Progress cache: could not create shared \
                  memory segment",
        ..Entry::REST
    },
];
