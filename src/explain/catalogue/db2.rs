//! Db2.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "db2-shared-memory",
        application: "Db2",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["SQL1084C", "SQL1220N"],
        text: "Db2 could not get its System V shared memory: kernel.shmmax, shmall or shmmni, or \
               the memory limit.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "Db2 sets these itself at its start where it may (docker run --privileged, or \
                  --ipc with --sysctl kernel.shm*); lower INSTANCE_MEMORY and DATABASE_MEMORY.",
        source: "https://www.ibm.com/docs/en/db2/11.5?topic=messages-sql1000-1249#sql1084c",
        example: "SQL1084C  The database manager failed to allocate shared memory because an \
                  operating system kernel memory limit has been reached.  SQLSTATE=57019",
        ..Entry::REST
    },
    Entry {
        id: "db2-several-segments",
        application: "Db2",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["Unable to allocate*in a single segment"],
        instead_of: &["db2-call"],
        text: "Db2 got its shared memory, but in several System V segments instead of one: kernel.shmmax is smaller \
               than the size in the message, or the system allows no segment of that size. The database works. \
               Versions without the fix of APAR IT19442 may fail fenced routines with SQL1646N then; and a later \
               activation may fail with SQL1084C or SQL1478W, as the segments have to lie one behind the other \
               (IC82029).",
        not: "Not a failure, not kernel.shmall or shmmni, and not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "kernel.shmmax at least as large as the database memory: sysctl -w kernel.shmmax=BYTES on the host, \
                  docker run --sysctl kernel.shmmax=BYTES; and a current fix pack of Db2.",
        source: "Db2 APARs IT19442 and IC82029",
        example: "DATA #1 : <preformatted> Unable to allocate 56832 MB in a single segment, 14 segments \
                  were required.",
        ..Entry::REST
    },
    Entry {
        id: "db2-no-segment",
        application: "Db2",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &["SQLO_NOSEG", "ZRC=0x850F0005", "0x850F0005="],
        text: "Db2 could not make or attach a segment of System V shared memory. At the \
               activation of a database: kernel.shmmni (256 for each GB of RAM), shmall or shmmax \
               are too small, often after an update of the kernel set them back. With \"CALLED: \
               OS, -, shmat\" and EINVAL (22): the address was taken (address space layout \
               randomisation), which goes away with a new process.",
        not: "Not the size of /dev/shm. \"No Storage\" is no disk.",
        fix: Fix::Sysv,
        setting: "\"CALLED: OS, -, shmget\" or shmat, and OSERR, in db2diag.log tell which it is; \
                  `ipcs -l` and `ipcs -u` show the limits.",
        source: "https://virtual-dba.com/blog/resolving-sql0930n-memory-errors-after-upgrade/, \
                 https://www.ibm.com/support/pages/node/384757",
        example: "FUNCTION: DB2 UDB, SQO Memory Management, sqlocshr, probe:180 MESSAGE : \
                  ZRC=0x850F0005=-2062614523=SQLO_NOSEG",
        ..Entry::REST
    },
    Entry {
        id: "db2-call",
        application: "Db2",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "OS, -, shmget*OSERR",
            "sqloMemCreateSingleSegment",
            "sqloGetSharedMemoryFromOs",
        ],
        unless: &["SQLO_NOSEG"],
        text: "A call of Db2 for System V shared memory was refused. shmget with EINVAL (22): \
               kernel.shmmax, or a size beyond what the kernel can map; Db2 then tries smaller \
               segments. ENOSPC (28): kernel.shmmni or shmall. ENOMEM (12): memory.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "The error after OSERR decides; `ipcs -l` shows the limits.",
        source: "https://www.ibm.com/support/pages/node/384757, Db2 APAR IC79934",
        example: "CALLED  : OS, -, shmget                           OSERR: EINVAL (22)",
        ..Entry::REST
    },
    Entry {
        id: "db2-shmat",
        application: "Db2",
        patterns: &["OS, -, shmat*OSERR"],
        unless: &["SQLO_NOSEG"],
        text: "Db2 could not attach a segment that is there. EINVAL (22): its address was taken \
               (address space layout randomisation before Db2 10.1, and in tools such as db2pd), or \
               the segment is gone. EACCES (13): it is another user's. ENOMEM (12): memory.",
        not: "Not a limit on the size of segments: that is refused by shmget.",
        setting: "Start the tool again; setarch -R db2pd ... starts it without randomisation.",
        source: "https://www.ibm.com/support/pages/node/384757",
        example: "CALLED  : OS, -, shmat                            OSERR: EINVAL (22)",
        ..Entry::REST
    },
    Entry {
        id: "db2-unexpected",
        application: "Db2",
        patterns: &["SQL1042C"],
        text: "Db2 met an error that it does not name. In containers: the file system of the \
               instance knows no O_DIRECT (AUFS, some overlays), or IPC is not allowed (before \
               Docker 1.10 without --privileged).",
        not: "It names no limit; a limit on shared memory says SQL1084C or SQL1220N.",
        setting: "db2diag.log names the call that failed. Put the instance on a volume; \
                  --cap-add=IPC_LOCK --cap-add=IPC_OWNER.",
        source: "https://github.com/jbonhag/db2-docker/issues/2, \
                 https://github.com/testcontainers/testcontainers-java/pull/9460",
        example: "SQL1042C  An unexpected system error occurred.  SQLSTATE=58004",
        ..Entry::REST
    },
];
