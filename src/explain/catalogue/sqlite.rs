//! SQLite: the -shm file of its WAL lies beside the database, and not in /dev/shm.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "sqlite-full",
        application: "SQLite",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["database or disk is full"],
        text: "The file system of the database, or of SQLite's temporary files, is full, or a \
               limit on the file's size (max_page_count) is reached. It is shared memory only \
               where the database or its temporary folder (SQLITE_TMPDIR, TMPDIR) lies in \
               /dev/shm.",
        not: "Not the -shm file of WAL mode as such: it lies beside the database.",
        setting: "df of the database's folder and of the temporary folder tells which.",
        source: "https://www.sqlite.org/rescode.html#full",
        example: "sqlite3.OperationalError: database or disk is full",
        ..Entry::REST
    },
    Entry {
        id: "sqlite-shm-file",
        application: "SQLite",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "SQLITE_IOERR_SHMOPEN",
            "SQLITE_IOERR_SHMMAP",
            "SQLITE_IOERR_SHMLOCK",
            "I/O error within the xShmLock method",
            "disk I/O error (code 4618",
            "disk I/O error (4618",
            "disk I/O error (5130",
            "disk I/O error (5386",
            "disk I/O error (code 5130",
            "disk I/O error (code 5386",
        ],
        text: "The file beside the database whose name ends in -shm could not be opened, mapped or locked. Mostly its file \
               system cannot do what the mode WAL needs: a folder of Windows or macOS in a container, 9p, virtiofs, \
               NFS; or it is read-only.",
        not: "Not /dev/shm: the file lies beside the database. And no full disk.",
        fix: Fix::Setting,
        setting: "Put the database on a local file system or a named volume; PRAGMA journal_mode=DELETE needs no such file.",
        source: "sqlite src/os_unix.c (unixOpenSharedMemory, unixShmMap, unixShmSystemLock)",
        example: "SqliteError: disk I/O error code: 'SQLITE_IOERR_SHMOPEN'",
        ..Entry::REST
    },
    Entry {
        id: "sqlite-no-temporary",
        application: "SQLite",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "SQLITE_IOERR_GETTEMPPATH",
            "disk I/O error (6410",
            "disk I/O error (code 6410",
        ],
        text: "SQLite found no folder for its temporary files: /var/tmp, /usr/tmp, /tmp and the current one may not be written to, as in a \
               container whose root is read-only.",
        not: "Not /dev/shm, and no broken disk.",
        fix: Fix::Setting,
        setting: "docker run --tmpfs /tmp; in Kubernetes an emptyDir at /tmp; or SQLITE_TMPDIR at a folder that can be written to.",
        source: "https://sqlite.org/rescode.html#ioerr_gettemppath, https://github.com/jouve/charts/issues/84",
        example: "level=error msg=\"[db] VACUUM: disk I/O error (6410)\"",
        ..Entry::REST
    },
    Entry {
        id: "sqlite-io",
        application: "SQLite",
        patterns: &[
            "SQLITE_IOERR: disk I/O error",
            "sqlite3.OperationalError: disk I/O error",
            "SQLite Error 10: 'disk I/O error'",
            "10 disk I/O error",
            "Underlying error: disk I/O error",
            "IOError: disk I/O error",
            "sqlite*disk I/O error",
        ],
        unless: &[
            "(code",
            "error (4618",
            "error (4874",
            "error (5130",
            "error (5386",
            "error (6410",
        ],
        text: "SQLite could not read, write, lock or map the database or a file beside it: on a share of a network or of a virtual machine (SMB, \
               NFS, mergerfs, 9p, folders of Windows and macOS), where WAL's -shm file cannot be mapped; or the disk is full, broken or \
               read-only.",
        not: "Not /dev/shm.",
        setting: "The database on a local disk or in a named volume; else PRAGMA journal_mode=DELETE. df of its folder, dmesg. The \
                  extended error code tells which it was (sqlite3_extended_errcode; 5386 is the mapping).",
        source: "https://sqlite.org/rescode.html#ioerr, https://sqlite.org/wal.html, \
                 https://github.com/colbymchenry/codegraph/issues/448",
        example: "    cursor.execute(\"PRAGMA journal_mode\")\nsqlite3.OperationalError: disk I/O error",
        ..Entry::REST
    },
    Entry {
        id: "sqlite-wal-file-system",
        application: "SQLite",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["disk I/O error"],
        instead_of: &["sqlite-io"],
        after: &[
            "journal_mode=WAL",
            "journal_mode = WAL",
            "journal_mode=\"WAL\"",
            "journal_mode', 'WAL",
        ],
        unless: &["disk I/O error (code"],
        text: "In WAL mode SQLite maps a file beside the database (its name ends in -shm), which file systems of networks and of \
               virtual machines do not offer (NFS, SMB, 9p, some of FUSE).",
        not: "Not /dev/shm, and no size.",
        fix: Fix::Setting,
        setting: "The database on a local disk or in a named volume; in the program PRAGMA journal_mode=DELETE, or PRAGMA \
                  locking_mode=EXCLUSIVE before WAL.",
        source: "https://sqlite.org/wal.html (section 8), https://github.com/rogerbinns/apsw/issues/173",
        example: ">>> c.execute(\"pragma journal_mode=WAL\").fetchall()\napsw.IOError: IOError: disk I/O error",
        ..Entry::REST
    },
    Entry {
        id: "sqlite-shm-size",
        application: "SQLite",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "SQLITE_IOERR_SHMSIZE",
            "disk I/O error (code 4874",
            "within the xShmMap method (trying to resize",
            "disk I/O error: Error code 4874",
            "disk I/O error (4874",
        ],
        text: "The file beside the database whose name ends in -shm could not be enlarged: the disk is full, a quota is used \
               up, or an earlier version left it.",
        not: "Not /dev/shm: the file lies beside the database.",
        fix: Fix::Disk,
        setting: "df of the database's folder. Where that has room: with no program at it, remove the -shm file. PRAGMA \
                  journal_mode=DELETE needs none.",
        source: "sqlite src/os_unix.c (unixShmMap), https://github.com/Tencent/wcdb/issues/243",
        example: "android.database.sqlite.SQLiteDiskIOException: disk I/O error (code 4874 SQLITE_IOERR_SHMSIZE)",
        ..Entry::REST
    },
];
