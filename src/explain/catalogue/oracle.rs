//! Oracle, Informix, Sybase.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const ORACLE: Entry = Entry { application: "Oracle Database", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "oracle-memory-target",
        versions: "11g and later",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "ORA-00845",
            "MEMORY_TARGET not supported on this system",
            "You are trying to use the MEMORY_TARGET feature",
        ],
        text: "Automatic memory management keeps the SGA in files in /dev/shm, and less than \
               MEMORY_TARGET is free there.",
        not: "Not an unsupported system, and not kernel.shmmax.",
        fix: Fix::ShmSize,
        setting: "MEMORY_TARGET (MEMORY_MAX_TARGET) has to be free there, for all instances together, beside what is used (the alert log \
                  has both numbers); or set SGA_TARGET and PGA_AGGREGATE_TARGET instead.",
        source: "https://docs.oracle.com/error-help/db/ora-00845/",
        example: "dbca_log: ORA-00845: MEMORY_TARGET not supported on this system",
        ..ORACLE
    },
    Entry {
        id: "oracle-shm-limits",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["ORA-27104", "[DBT-11207]"],
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
        id: "oracle-create-segment",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &["ORA-27125"],
        unless: &["DBT-11207"],
        text: "The SGA's segment could not be made; the line \"Linux-x86_64 Error:\" below it \
               tells why. 22 (EINVAL): kernel.shmmax. 28 (ENOSPC): kernel.shmall or shmmni. 12 \
               (ENOMEM): memory or huge pages. 1 (EPERM): a seccomp profile, or huge pages that \
               the group (vm.hugetlb_shm_group) or limit on locked memory does not allow.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        source: "https://github.com/moby/moby/issues/20733, \
                 https://docs.oracle.com/error-help/db/ora-27125/",
        example: "SQL> startup ORA-27125: unable to create shared memory segment",
        ..ORACLE
    },
    Entry {
        id: "oracle-einval",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["EINVAL creating segment of size", "fix shm parameters in /etc/system"],
        text: "shmget returned EINVAL for the SGA: the segment is larger than the limit of one \
               segment. On Linux that is kernel.shmmax; on Solaris the project's \
               project.max-shm-memory (a quarter of the memory by default), before Solaris 10 \
               shmsys:shminfo_shmmax in /etc/system. Oracle then tries several smaller segments.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "On Solaris: projmod -s -K \"project.max-shm-memory=(privileged,16G,deny)\" of the \
                  oracle user's project; prctl shows it.",
        source: "https://docs.oracle.com/cd/E19683-01/806-7009/chapter2-74/index.html, \
                 https://www.postgresql.org/docs/current/kernel-resources.html",
        example: "WARNING: EINVAL creating segment of size 0x0000000181000000",
        ..ORACLE
    },
    Entry {
        id: "oracle-attach-segment",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["ORA-27123"],
        text: "The SGA's segment could not be attached: another user made it, the oracle binary \
               lost its setuid bit, or (error 22) it is too large for the address space or is \
               gone.",
        not: "Not the size of /dev/shm, and not kernel.shmmax.",
        fix: Fix::Permission,
        setting: "ls -l $ORACLE_HOME/bin/oracle should show mode 6751; `ipcs -m` shows the owner.",
        source: "https://docs.oracle.com/error-help/db/ora-27123/",
        example: "ORA-27123: unable to attach to shared memory segment",
        ..ORACLE
    },
    Entry {
        id: "oracle-no-memory",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["ORA-27102"],
        unless: &["Error: 22:", "Error: 28:"],
        text: "The operating system refused memory for the SGA. The line \"Linux-x86_64 Error\" \
               below it tells which limit: 12 (ENOMEM) is memory, its limit, or too few huge \
               pages; 28 (ENOSPC) is kernel.shmall or shmmni; 22 (EINVAL) is kernel.shmmax.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Tell,
        setting: "Lower SGA_TARGET; use_large_pages = false where huge pages are too few.",
        source: "https://docs.oracle.com/error-help/db/ora-27102/",
        example: "ORA-27102: out of memory",
        ..ORACLE
    },
    Entry {
        id: "oracle-sysv-error",
        meaning: Meaning::Sysv,
        certainty: Certainty::Sure,
        patterns: &["Linux*Error: 28:", "Linux*Error: 22:"],
        after: &["ORA-27102", "ORA-27125"],
        text: "shmget was refused for the SGA: 28 (ENOSPC) is kernel.shmall, which counts pages \
               of all segments together, or kernel.shmmni; 22 (EINVAL) is kernel.shmmax, below \
               the size of the SGA.",
        not: "Not a full disk and not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "Or lower SGA_TARGET.",
        source: "https://man7.org/linux/man-pages/man2/shmget.2.html",
        example: "ORA-27102: out of memory Linux-x86_64 Error: 28: No space left on device",
        ..ORACLE
    },
    Entry {
        id: "oracle-sysv-solaris",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["SVR4 Error: 28:", "SVR4 Error: 22:"],
        after: &["ORA-27102", "ORA-27125"],
        text: "shmget was refused on Solaris: 28 (ENOSPC) is the number of segments of the project \
               (project.max-shm-ids), 22 (EINVAL) their memory (project.max-shm-memory, a quarter of the \
               machine's by default).",
        not: "Not a full disk, and no kernel.shm* of Linux.",
        fix: Fix::Setting,
        setting: "projmod -s -K \"project.max-shm-ids=(priv,1000,deny)\" of the project of the user; ipcs -m shows \
                  the segments.",
        source: "http://blog.moellenkamp.org/solaris/2021/02/20/out-of-shared-memory-ids.html",
        example: "ORA-27125: unable to create shared memory segment SVR4 Error: 28: No space left on device",
        ..ORACLE
    },
    Entry {
        id: "oracle-process-memory",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["ORA-04030"],
        text: "A server process could not get private memory (PGA): the container's or the \
               machine's memory, ulimit -v, or vm.max_map_count.",
        not: "Not the SGA, not /dev/shm and not kernel.shmmax.",
        fix: Fix::Refused,
        setting: "Lower PGA_AGGREGATE_LIMIT, or raise the memory limit or vm.max_map_count.",
        source: "https://docs.oracle.com/error-help/db/ora-04030/",
        example: "ORA-04030: out of process memory when trying to allocate 169040 bytes (pga \
                  heap,kgh stack)",
        ..ORACLE
    },
    Entry {
        id: "oracle-noexec",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "ORA-04035",
            "shared object cache \"JOXSHM\"",
            "ORA-29516*joez.c",
            "insufficient shm-object",
            "pesldl03_MMap: errno 1",
        ],
        text: "Oracle's Java compiles into /dev/shm and maps it executable; the mount has noexec.",
        not: "Not the size of /dev/shm, although it reads \"unable to allocate\" and \"insufficient\".",
        fix: Fix::Exec,
        setting: "Or without the compiler: alter system set java_jit_enabled = false.",
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
        id: "oracle-semaphores",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "operation:semget failed with status: 28",
            "failure occurred at: sskgpcreates",
            "failure occurred at: sskgpsemsper",
        ],
        text: "semget was refused: the limits on System V semaphores (kernel.sem) are reached. \
               PROCESSES sets how many the instance needs.",
        not: "Not the disk, although ORA-27301 says so, and not shared memory.",
        fix: Fix::Semaphores,
        setting: "A smaller PROCESSES needs fewer.",
        source: "https://docs.oracle.com/error-help/db/ora-27300/",
        example: "ORA-27300: OS system dependent operation:semget failed with status: 28",
        ..ORACLE
    },
    Entry {
        id: "oracle-no-sysv",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "Cannot open /proc/sys/kernel/shm",
            "ksmcsg: failed to get total shm available",
        ],
        text: "The kernel tells no limits of System V shared memory (/proc/sys/kernel/shm* is missing): \
               WSL 1 and some sandboxes have none.",
        not: "Not a size and not a limit.",
        fix: Fix::Setting,
        setting: "WSL 2 (wsl --set-version DISTRO 2), or a machine with a Linux kernel.",
        source: "https://github.com/microsoft/WSL/issues/10945",
        example: "ORA-27300: OS system dependent operation:Cannot open /proc/sys/kernel/shm failed with \
                  status: 2",
        ..ORACLE
    },
    Entry {
        id: "oracle-os-operation",
        patterns: &[
            "ORA-27300: OS system dependent operation:",
            "ORA-27301: OS failure message:",
            "ORA-27302: failure occurred at:",
        ],
        unless: &["semget", "sskgpcreates", "sskgpsemsper", "/proc/sys/kernel/shm"],
        text: "A call of the operating system failed; ORA-27300 names the call and the error's \
               number. semget with 28 is kernel.sem, shmget with 22 kernel.shmmax, shmget with 28 \
               kernel.shmall or shmmni, fork with 11 the limit on processes, open or access with \
               13 an owner.",
        not: "It names no limit without ORA-27300.",
        setting: "The call and the number in ORA-27300 tell which.",
        source: "https://docs.oracle.com/error-help/db/ora-27300/",
        example: "ORA-27300: OS system dependent operation:fork failed with status: 11",
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
        id: "informix-create",
        application: "Informix",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "Fatal error in shared memory creation",
            "shmget: [EINVAL][22]",
            "shmget: [ENOMEM][12]",
        ],
        text: "The server could not make its segments, which are System V shared memory; \
               online.log names the call and the error. EINVAL: kernel.shmmax, or a segment with \
               that key is there (SERVERNUM). ENOSPC: kernel.shmall or shmmni. ENOMEM: memory. \
               EPERM or EACCES: a folder or file that is not informix's.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "Smaller SHMVIRTSIZE and BUFFERPOOL; tail online.log.",
        source: "https://github.com/0x1fff/docker-informix/issues/5",
        example: "oninit: Fatal error in shared memory creation",
        ..Entry::REST
    },
    Entry {
        id: "informix-attach",
        application: "Informix",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["shmat: [22]: operating system error", "shmat: [EINVAL][22]"],
        text: "A utility (ontape, oncheck, onbar) could not attach to the server's segments: \
               kernel.shmmax is smaller than SHMVIRTSIZE or the resident part, so that the system \
               made several segments of each, and their keys are not the ones that the utility \
               computes.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "`onstat -g seg` and `ipcs -m` show whether the keys are sequential; a larger \
                  kernel.shmmax, then a new start of the server.",
        source: "https://www.ibm.com/support/pages (swg21238293: Informix utilities cannot attach \
                 to shared memory, errno 22)",
        example: "ontape:     shmat: [22]: operating system error",
        ..Entry::REST
    },
    Entry {
        id: "informix-shmat",
        application: "Informix",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "shmat: [*]: operating system error",
            "shmget: [*]: operating system error",
            "shmat: [E*][",
            "shmget: [E*][",
        ],
        unless: &["[22]", "[ENOMEM][12]"],
        text: "The call before the brackets was refused with the error in them. 13 (EACCES): the \
               segment is another user's, or the utility has lost its setuid bit. 12 (ENOMEM): \
               memory, or for shmget kernel.shmall. 28 (ENOSPC): kernel.shmmni or shmall. 17 \
               (EEXIST): two servers with the same SERVERNUM. 24 (EMFILE): too many segments \
               (shmseg).",
        not: "Not the size of /dev/shm.",
        setting: "`ipcs -m` and `ipcs -l`; online.log names the segment.",
        source: "shmget(2), shmat(2), https://www.ibm.com/support/pages (swg21238293)",
        example: "onmode: shmat: [13]: operating system error",
        ..Entry::REST
    },
    Entry {
        id: "informix-not-started",
        application: "Informix",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["shared memory not initialized for INFORMIXSERVER"],
        text: "No server of that name runs here: it was not started, still starts, or ended.",
        not: "Not a size and not a limit: why it does not run, online.log tells.",
        fix: Fix::Setting,
        setting: "oninit -v, with INFORMIXSERVER of that server; wait until it is up.",
        source: "https://github.com/KonnexionsGmbH/db_seeder/issues/41",
        example: "shared memory not initialized for INFORMIXSERVER 'dev'",
        ..Entry::REST
    },
    Entry {
        id: "sybase-attach",
        application: "SAP ASE (Sybase)",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "os_attach_region: shmat",
            "os_create_region: shmget",
            "os_create_region: can't allocate",
            "os_create_region: Shared memory segment",
        ],
        text: "The server could not make or attach its System V segment; the text behind the call \
               is the error's. EINVAL of shmget: kernel.shmmax; ENOSPC: kernel.shmall or shmmni; \
               of shmat: shmseg (not on Linux), or the address space.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "A smaller \"max memory\" in its configuration, or larger limits.",
        source: "http://infocenter.sybase.com/help/topic/com.sybase.infocenter.dc00729.1500/html/errMessageAdvRes/BABGCCBD.htm",
        example: "kernel  os_attach_region: shmat(1441795): Too many open files",
        ..Entry::REST
    },
    Entry {
        id: "oracle-xe-image",
        application: "Oracle Database XE (image)",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "needs at least 1 GB of shared memory (/dev/shm)",
            "/dev/shm (--shm-size) needs to be at least 1G",
        ],
        text: "The start script of the image looks at the size of /dev/shm before it starts the database, and ends.",
        not: "Not the memory limit, although the line above says memory.",
        fix: Fix::ShmSize,
        source: "oracle/docker-images, runOracle.sh (11.2.0.2 XE)",
        example: "A database XE container needs at least 1 GB of shared memory (/dev/shm). You currently only have 64 MB",
        ..Entry::REST
    },
    Entry {
        id: "oracle-edition-memory",
        application: "Oracle Database XE",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["ORA-47500"],
        text: "The parameters of memory are above what this edition allows, or are not set: XE 11g takes 1 GB of SGA and PGA together, \
               later ones 2 GB.",
        not: "Not /dev/shm, no limit of the kernel, and not the container's memory.",
        fix: Fix::Setting,
        setting: "SGA_TARGET and PGA_AGGREGATE_TARGET (or MEMORY_TARGET) within that; a newer image where it sets them itself.",
        source: "https://docs.oracle.com (ORA-47500), https://github.com/gvenzl/oci-oracle-xe/issues/71",
        example: "ORA-47500: XE edition memory parameter invalid or not specified",
        ..Entry::REST
    },
    Entry {
        id: "oracle-sga-too-small",
        application: "Oracle Database",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["ORA-00821"],
        text: "The instance needs more SGA than sga_target or sga_max_size gives; the least that it needs grows with the CPUs that \
               it sees.",
        not: "No limit of the system or of the container, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "Fewer CPUs, which is all that XE takes: docker run --cpuset-cpus=0-1; or a larger sga_target, at least as the message says \
                  (images of other editions: DBCA_TOTAL_MEMORY, INIT_SGA_SIZE).",
        source: "https://docs.oracle.com/error-help/db/ora-00821/, \
                 https://github.com/MaksymBilenko/docker-oracle-12c/issues/31",
        example: "ORA-00821: Specified value of sga_target 768M is too small, needs to be at least 1096M",
        ..Entry::REST
    },
];
