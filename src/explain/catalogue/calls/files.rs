//! Programs that name a file and the error: these two tell the limit, whoever prints them.

use crate::explain::{Certainty, Entry, FILE, Fix, Meaning};

const OF_FILE: Entry = Entry { application: FILE, ..Entry::REST };

pub(in crate::explain::catalogue) const ENTRIES: &[Entry] = &[
    Entry {
        id: "dev-shm-named",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "/dev/shm*{ENOSPC}",
            "/dev/shm*error code 28",
            "{ENOSPC}*/dev/shm",
            "/dev/shm has only*required",
            "/dev/shm*just ran out of space",
            "Not enough space*/dev/shm",
            "not enough*space*on /dev/shm",
        ],
        unless: &[
            "cannot create directory",
            "cannot touch",
            "touch: ",
            "mounting",
            "to rootfs",
            "creating mount source path",
        ],
        text: "A file in /dev/shm could not be made or written: /dev/shm is full, too small, or \
               has no inodes left.",
        not: "Not the disk.",
        fix: Fix::ShmSize,
        setting: "`shmeter ls` shows what fills it.",
        source: "write(2), tmpfs(5)",
        example: "dd: error writing '/dev/shm/x': No space left on device",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-inodes",
        meaning: Meaning::Inodes,
        certainty: Certainty::Sure,
        patterns: &[
            "cannot create directory '/dev/shm*{ENOSPC}",
            "cannot create directory ‘/dev/shm*{ENOSPC}",
            "cannot touch '/dev/shm*{ENOSPC}",
            "touch: /dev/shm*{ENOSPC}",
        ],
        text: "A folder or an empty file takes no bytes of a tmpfs, but an inode, and /dev/shm \
               has none left (nr_inodes): it holds too many files.",
        not: "Not its size: df shows room, df -i shows none.",
        fix: Fix::Setting,
        setting: "`shmeter ls` shows the files; a mount with more has docker run --tmpfs \
                  /dev/shm:size=1g,nr_inodes=NUMBER, a larger one than df -i shows.",
        source: "linux mm/shmem.c (shmem_reserve_inode)",
        example: "mkdir: cannot create directory '/dev/shm/cache': No space left on device",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "/dev/shm*Permission denied",
            "Permission denied*'/dev/shm",
            "/dev/shm*Read-only file system",
            "Read-only file system*'/dev/shm",
        ],
        unless: &[
            "failed to map segment",
            "cannot execute",
            "mount: /dev/shm",
            "fork/exec ",
            "exec failed",
            "Cannot run program",
            "mount:",
            ": line *: /dev/shm/",
            "sh: *: /dev/shm/",
            "lack of access to /dev/shm",
            "exec: *\"/dev/shm/",
        ],
        text: "A file in /dev/shm cannot be created or opened: its mode (it needs 1777), another \
            owner, a read-only mount, or a security module.",
        not: "Not a size.",
        fix: Fix::Permission,
        source: "open(2)",
        example: "PermissionError: [Errno 13] Permission denied: '/dev/shm/psm_4cf1a2'",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-exists",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["{EEXIST}: '/dev/shm/", "'/dev/shm/*{EEXIST}", "‘/dev/shm/*{EEXIST}"],
        text: "A file or folder of that name is in /dev/shm already: an earlier run that was killed left it, or \
               another one uses it just now.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "rm -r /dev/shm/NAME removes it.",
        source: "open(2), mkdir(2), https://github.com/ratt-ru/CubiCal/issues/200",
        example: "FileExistsError: [Errno 17] File exists: '/dev/shm/cubical.1234'",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-missing",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["/dev/shm*No such file or directory", "No such file or directory*'/dev/shm"],
        unless: &[
            "No such file or directory: '/dev/shm'",
            "disk./dev/shm.",
            "failed to mount",
            "cannot access '/dev/shm'",
            "/dev/shm: No such file",
            "/dev/shm: no such file",
            "mounting",
            "exec: ",
            "bind source path",
        ],
        text: "A file in /dev/shm is not there: the program that creates it did not start, ended, or has another \
               /dev/shm. Where the file was to be created, it is /dev/shm itself that is missing.",
        not: "Not a size.",
        fix: Fix::Permission,
        source: "open(2)",
        example: "FileNotFoundError: [Errno 2] No such file or directory: '/dev/shm/plasma_q7'",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-unusable",
        application: "BitBake (Yocto)",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["/dev/shm does not exist or is not writable"],
        text: "/dev/shm is missing, is a file or a link to one instead of a folder, or this user may not write to it.",
        not: "Not its size.",
        fix: Fix::Tell,
        setting: "ls -ld /dev/shm/ tells. Missing: mkdir -p /dev/shm && mount -t tmpfs -o mode=1777 tmpfs /dev/shm. No folder: rm what lies there \
                  first. Another mode: chmod 1777 /dev/shm. WSL 1: wsl --set-version DISTRIBUTION 2.",
        source: "bitbake lib/bb/server/process.py, lib/bb/asyncrpc, https://github.com/microsoft/WSL/issues/16",
        example: "ERROR: /dev/shm does not exist or is not writable",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-none",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "No such file or directory: '/dev/shm'",
            "cannot access '/dev/shm': No such file",
            "/dev/shm: No such file or directory",
            "/dev/shm does not exist",
            "/dev/shm not found",
            "/dev/shm is not mounted",
        ],
        unless: &[
            "but must be for --ipc=host",
            "mounting",
            "bind source path",
            "/newroot/dev/shm",
            "access(W_OK",
            "or is not writable",
        ],
        text: "There is no /dev/shm: nothing is mounted there, and the folder is missing. Android \
               and many chroots have none.",
        not: "Not a size.",
        fix: Fix::Mount,
        source: "open(2), https://github.com/termux/termux-packages/issues/8938",
        example: "os.statvfs('/dev/shm'): FileNotFoundError: [Errno 2] No such file or directory: \
                  '/dev/shm'",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-exec",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "fork/exec /dev/shm/*permission denied",
            "exec failed*/dev/shm/*permission denied",
            "/dev/shm/*cannot execute: Permission denied",
            "Cannot run program \"/dev/shm/*Permission denied",
            "exec: *\"/dev/shm/*permission denied",
        ],
        text: "A program in /dev/shm was to be executed, and /dev/shm is mounted noexec, as in \
               most containers, or the file has no right to be executed.",
        not: "Not a size, and not the mode of /dev/shm.",
        fix: Fix::Exec,
        setting: "Execute it from another folder.",
        source: "execve(2), mount(8)",
        example: "panic: fork/exec /dev/shm/agent-7f31: permission denied",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-exec-or-open",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &[
            ": line *: /dev/shm/*: Permission denied",
            "sh: *: /dev/shm/*: Permission denied",
            "bash: /dev/shm/*: Permission denied",
        ],
        unless: &["cannot create", "cannot open", "mount"],
        text: "A shell could not execute that file, or not open it. Execute: /dev/shm is mounted \
               noexec, as in most containers. Open: the file is another user's, or /dev/shm may \
               not be written to.",
        not: "Not a size.",
        fix: Fix::Exec,
        setting: "If the line of the script runs that file it is noexec (mount shows it): use \
                  another folder. If it has > or < there it is an owner: ls -ld /dev/shm, ls -l of \
                  the file.",
        source: "execve(2), open(2), https://github.com/rsvp/speedtest-linux/issues/1",
        example: "./speedtest: line 116: /dev/shm/88_speedtest_tmp.3pYeaVRNKb: Permission denied",
        ..OF_FILE
    },
    Entry {
        id: "dev-shm-mount-refused",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "mount: /dev/shm: permission denied",
            "mount: /dev/shm: must be superuser",
            "mount: /dev/shm: operation not permitted",
            "mount:*/dev/shm*permission denied",
            "mount:*/dev/shm*must be superuser",
            "mount:*/dev/shm*only root can",
        ],
        text: "A container has no right to mount, remount or unmount (CAP_SYS_ADMIN), even as \
               root: /dev/shm gets its size when the container is made.",
        not: "Not a matter of root or sudo.",
        fix: Fix::ShmSize,
        source: "mount(2)",
        example: "umount: /dev/shm: must be superuser to unmount.",
        ..OF_FILE
    },
    Entry {
        id: "disk-full-named",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "dd: error writing '*{ENOSPC}",
            "dd: writing to '*{ENOSPC}",
            "cp: error writing '*{ENOSPC}",
            "tar: *: Cannot write: {ENOSPC}",
            "write /*: no space left on device",
            "mkdir /*: no space left on device",
            "ENOSPC: no space left on device, copyfile",
            "ENOSPC: no space left on device, mkdir",
            "failed to register layer*no space left on device",
            "could not extend file \"*{ENOSPC}",
            "could not write to file \"*{ENOSPC}",
            "could not write block*{ENOSPC}",
            "You don't have enough free space in",
            "sort: write failed: /*{ENOSPC}",
            // mariadb mysys/errors.c (EE_DISK_FULL)
            "Disk is full writing '/*Errcode: 28",
            "write failed*/tmp*{ENOSPC}",
        ],
        unless: &["/dev/shm", "/run/shm", "/sys/fs/cgroup"],
        text: "A file outside /dev/shm could not be written: the file system of that path is \
               full, or has no inodes left (df -i).",
        not: "Not shared memory: the path does not lie in /dev/shm.",
        fix: Fix::Disk,
        source: "write(2)",
        example: "dd: error writing '/data/out.bin': No space left on device",
        ..OF_FILE
    },
    Entry {
        id: "path-full",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "{ENOSPC}: '/*/",
            "{ENOSPC} : '/*/",
            "{ENOSPC}: \"/*/",
            "{ENOSPC} @ * - /*/",
            "open /*: no space left on device",
            "create /*: no space left on device",
            "'/tmp/*{ENOSPC}",
            "\"/tmp/*{ENOSPC}",
            " /tmp/*{ENOSPC}",
            "(/tmp/*{ENOSPC}",
            "{ENOSPC}*/tmp/",
            "/var/tmp/*{ENOSPC}",
            "/run/user/*{ENOSPC}",
            "{ENOSPC}*/run/user/",
            "creating fifo /*{ENOSPC}",
            " /var/*: {ENOSPC}",
            " /run/*: {ENOSPC}",
        ],
        unless: &[
            "error writing",
            "writing to",
            "Cannot write",
            "write failed",
            "write /",
            "mkdir /",
            "copyfile",
            "could not write",
            "could not extend",
            "register layer",
            "enough free space",
            "shm",
            "shared mem",
            "/sys/fs/cgroup",
            "semget",
            "semaphore",
            "mq_open",
            "msgget",
            "memfd",
            "inotify",
            "watch",
        ],
        text: "The file system of the path in the line is full, or has no inodes left. It may be a tmpfs or \
               another small one: /tmp and /run of many machines, /tmp of a container whose root is read-only, \
               the overlay of an Apptainer container (64 MiB, sessiondir max size in apptainer.conf).",
        not: "Not /dev/shm: the path does not lie there.",
        fix: Fix::Disk,
        setting: "TMPDIR moves a program's files from /tmp to another folder.",
        source: "write(2), tmpfs(5), https://github.com/IDEALLab/EngiBench/issues/180, \
                 https://github.com/flatpak/flatpak/issues/4726",
        example: "OSError: [Errno 28] No space left on device: '/tmp/tmpzo20nluh/libadflow.so'",
        ..OF_FILE
    },
    Entry {
        id: "cgroup-limit",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["/sys/fs/cgroup*{ENOSPC}"],
        text: "A cgroup could not be made or filled: the kernel has no number left for it (too \
               many cgroups, on old kernels leaked ones), or its cpuset is empty.",
        not: "Not the disk and not shared memory, although the error is the same.",
        fix: Fix::Setting,
        setting: "Restart what leaks cgroups, or the machine; grep . /proc/cgroups shows how many \
                  there are.",
        source: "linux kernel/cgroup/cgroup.c, https://github.com/moby/moby/issues/29638",
        example: "mkdir /sys/fs/cgroup/memory/docker/8f2a: no space left on device: unknown",
        ..OF_FILE
    },
    Entry {
        id: "strace-dev-shm-full",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["write(*= -1 ENOSPC", "fallocate(*= -1 ENOSPC", "ftruncate(*= -1 ENOSPC"],
        after: &["open(\"/dev/shm/", "openat(AT_FDCWD, \"/dev/shm/"],
        instead_of: &["errno-28"],
        text: "strace shows a file in /dev/shm that is opened, and the kernel's answer as it was to grow: /dev/shm is full or \
               too small. The number before the comma is the file's descriptor: compare it with that of open.",
        not: "Not the disk, and no limit of System V.",
        fix: Fix::ShmSize,
        setting: "`shmeter ls` shows what fills it.",
        source: "write(2), https://github.com/moby/moby/issues/4981",
        example: "open(\"/dev/shm/Intel_MPI_LECnRQ\", O_RDWR|O_CREAT|O_EXCL, 0600) = 12\nwrite(12, \"\\0\", 1) = -1 \
                  ENOSPC (No space left on device)",
        ..OF_FILE
    },
];
