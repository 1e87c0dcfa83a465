//! Keys, locks, limits and semaphores of Db2, Informix, SAP, Progress OpenEdge and IBM MQ.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const OWN: Entry = Entry {
    meaning: Meaning::NotSharedMemory,
    certainty: Certainty::Likely,
    fix: Fix::Setting,
    ..Entry::REST
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "db2-ftok",
        application: "Db2",
        patterns: &["generating ftok key"],
        instead_of: &["db2-shared-memory", "words-failed"],
        text: "Db2 makes the keys of its shared memory from the file sqllib/.ftok of the instance, and that file \
               is missing or cannot be read.",
        not: "No limit: neither kernel.shmmax, shmall and shmmni nor memory.",
        setting: "As the instance owner: ls -l ~/sqllib/.ftok; ~/sqllib/bin/db2ftok makes it again.",
        source: "http://www-01.ibm.com/support/docview.wss?rs=0&q1=SQL1220N&uid=swg21217932",
        example: "Error generating ftok key for shared memory.",
        ..OWN
    },
    Entry {
        id: "informix-shmtotal",
        application: "Informix",
        certainty: Certainty::Sure,
        patterns: &["size of resident + virtual segments", "configuration parameter SHMTOTAL"],
        text: "The server wants more shared memory than its own setting SHMTOTAL allows: the line adds up both \
               parts and names the limit.",
        not: "No limit of the kernel (kernel.shmmax, shmall), and not memory.",
        setting: "A larger SHMTOTAL in the onconfig file (KiB; 0 is no limit), or smaller BUFFERPOOL and \
                  SHMVIRTSIZE.",
        source: "https://publib.boulder.ibm.com/epubs/html/25122320/adrefmst133.htm, \
                 https://ipajama.tistory.com/524",
        example: "21:45:30 size of resident + virtual segments 10443875920 + 4831838208 > 9663676416",
        ..OWN
    },
    Entry {
        id: "sybase-create-shmat",
        application: "SAP ASE (Sybase)",
        meaning: Meaning::Sysv,
        patterns: &["os_create_region: shmat*{EINVAL}", "os create region: shmat*{EINVAL}"],
        text: "The largest segment that the system allows (shmmax, on HP-UX and Tru64 shm-max) is smaller than \
               \"max memory\" of the server.",
        not: "No segment was removed, and it is not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "Or a smaller \"max memory\" in its configuration.",
        source: "https://infocenter.sybase.com/help/topic/com.sybase.infocenter.dc35890.1600/doc/html/\
                 jon1265068889138.html",
        example: "os create region: shmat \"xx\": invalid argument",
        ..OWN
    },
    Entry {
        id: "hana-segment",
        application: "SAP HANA",
        meaning: Meaning::Sysv,
        patterns: &["ShmSystem::create*{ENOSPC}"],
        instead_of: &["words-failed"],
        text: "The row store takes its memory in segments of System V (64 MiB each), and shmget returned ENOSPC: \
               there are kernel.shmmni segments already, or kernel.shmall is reached.",
        not: "Not the disk, and not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "`ipcs -m -u` and `ipcs -l` show how many there are and may be.",
        source: "https://userapps.support.sap.com/sap/support/knowledge/en/3028979, shmget(2)",
        example: "e Memory ptl_shm.cpp(00468) : ShmSystem::create (size=67108864) - No space left on device",
        ..OWN
    },
    Entry {
        id: "hana-lock-file",
        application: "SAP HANA",
        patterns: &["/tmp/.hdb_*_lock'*was deleted"],
        text: "The instance found that its lock file for shared memory in /tmp was removed, and stops: as a rule \
               something cleans /tmp (tmpwatch, systemd-tmpfiles).",
        not: "Not a size, and no limit.",
        setting: "Exclude these files from what cleans /tmp (tmpfiles.d: x /tmp/.hdb*), then start the instance \
                  again.",
        source: "https://community.sap.com/t5/technology-blogs-by-members/hana-stopped-unexpectedly-due-to-the-\
                 accidental-deletion-of-shared-memory/ba-p/13300754",
        example: "TREXNameServer.cpp(03342) : shared memory lock '/tmp/.hdb_ABC_30_lock'was deleted -> stopping \
                  instance",
        ..OWN
    },
    Entry {
        id: "openedge-in-use",
        application: "Progress OpenEdge",
        certainty: Certainty::Sure,
        patterns: &["in use by another process. (1260)", "semaphore set*errno 22. (551)"],
        text: "The database crashed, and processes are still attached to its old segment: it starts only when the \
               last of them has gone.",
        not: "No limit, and not the size of /dev/shm.",
        setting: "proutil -C dbipcs shows the segments and whether they are in use. End the processes that hold \
                  them, then start again; ipcrm -m ID removes what nobody uses.",
        source: "https://community.progress.com/articles/Knowledge/15912, \
                 https://cat.totvs.com.br/eConsultor/Cadastros/kbase_Det.aspx?kbid=18301",
        example: "Shared memory in use by another process. (1260)",
        ..OWN
    },
    Entry {
        id: "ibm-mq-semaphore",
        application: "IBM MQ",
        patterns: &["xecL_W_SEM_OWNER_DIED"],
        text: "A process of the queue manager ended while it held a semaphore; its semaphores and segments are \
               still there.",
        not: "No limit, and not the size of /dev/shm.",
        setting: "End what is left of it (ps -ef | grep -i amq), then amqiclen -x -m QMGR as the user mqm, or ipcs \
                  and ipcrm, and start it again.",
        source: "https://public.dhe.ibm.com/software/webserver/appserv/library/v50/com.ibm.support.was50.doc.zip",
        example: "| Major Errorcode :- xecL_W_SEM_OWNER_DIED",
        ..OWN
    },
];
