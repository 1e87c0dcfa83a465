//! What any program may print: told only where nothing better is known of a line.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "bus-error",
        patterns: &[
            "{SIGBUS}",
            "SIGBUS",
            "signal 7",
            "signal: 7",
            "signal (7)",
            "exit code 135",
            "exit code: 135",
            "exited with code 135",
            "exit status 135",
            "Exit Code:*135$",
            "error 135$",
            "exit code -7",
            "exit with code -7",
            "exitcode: -7",
            "exitcode : -7",
            "return code = -7",
            "exitcode -7",
        ],
        unless: &["signal 7*SIGEMT"],
        text: "SIGBUS (signal 7; exit codes 135 and -7 mean it too): a page of a mapped file \
            could not be allocated. Causes: a full /dev/shm (or another full tmpfs); a file that \
            was truncated while it was mapped; a full disk below a mapped file; huge pages \
            beyond their limit.",
        not: "Not a lack of memory as such: that is SIGKILL (137). On ARM and SPARC it can be a \
              misaligned address, rarely it is broken memory (the kernel's log says so).",
        setting: "df /dev/shm while it runs: at 100 % it was that. If it never fills, look for \
                  files that the program maps.",
        source: "mmap(2), signal(7)",
        example: "./run.sh: line 7:    18 Bus error               (core dumped) python3.7 -u \
                  detect_objects.py",
        ..Entry::REST
    },
    Entry {
        id: "killed",
        fix: Fix::Memory,
        patterns: &[
            "^{SIGKILL}$",
            ": line * {SIGKILL} ",
            "signal 9",
            "signal: 9",
            "signal: killed",
            "SIGKILL",
            "exit code 137",
            "exit code: 137",
            "exited with code 137",
            "exit status 137",
            "Exit Code:*137$",
            "error 137$",
            "errno 137",
            "exit code -9",
            "exitcode: -9",
            "exitcode : -9",
            "return code = -9",
            "exitcode -9",
            "command failed*exit 137",
        ],
        text: "SIGKILL (signal 9; exit codes 137 and -9 mean it too), usually by the OOM killer: \
            the container's memory limit, which counts what is in /dev/shm, or the machine's \
            memory. `docker stop` after its grace period, a failed liveness probe and an \
            eviction send it too.",
        not: "Not a full /dev/shm: that is a bus error (135) or \"No space left on device\". A \
            larger /dev/shm does not help, it takes the same memory.",
        setting: "It was the OOM killer if oom_kill in memory.events grew, `docker inspect` says \
                  OOMKilled, or the kernel's log says \"Memory cgroup out of memory\".",
        source: "signal(7), linux mm/oom_kill.c",
        example: "ERROR 2025-04-05T00:01:19.509514570Z ./entrypoint.sh: line 48: 28 Killed \
                  python3 -m sglang.launch_server --host 0.0.0.0 --port ...",
        ..Entry::REST
    },
    Entry {
        id: "errno-28",
        patterns: &[
            "{ENOSPC}",
            "Errno 28",
            "os error 28",
            "errno 28",
            "errno = 28",
            "error 28",
            "ENOSPC",
        ],
        text: "ENOSPC: some space is used up. Of a file in /dev/shm: its size or its inodes. Of \
               another file: the disk (df), its inodes (df -i) or a quota. Of shmget: \
               kernel.shmmni or shmall. Of semget: kernel.sem. Of inotify: its watches.",
        not: "The message alone names neither the call nor the place.",
        setting: "The path or the call in the lines around it tells which. Paths like /psm_*, \
                  /torch_*, /dev/shm/*, sem.* are shared memory.",
        source: "errno(3), shmget(2), semget(2), tmpfs(5)",
        example: "OSError: [Errno 28] No space left on device",
        ..Entry::REST
    },
    Entry {
        id: "errno-12",
        fix: Fix::Memory,
        meaning: Meaning::Memory,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "{ENOMEM}",
            "Errno 12",
            "os error 12",
            "std::bad_alloc",
            "MemoryError$",
            "Failed to allocate*Out of memory",
        ],
        text: "ENOMEM, or an allocation that failed: memory or address space was refused: strict \
               overcommit (vm.overcommit_memory 2), ulimit -v, too many mappings \
               (vm.max_map_count), locked memory (ulimit -l), processes or huge pages.",
        not: "Not a full /dev/shm: that is ENOSPC or a bus error. A memory limit of a container \
              kills instead of refusing.",
        setting: "The call in the lines around it tells which: mmap, mlock, fork, shmget.",
        source: "mmap(2), mlock(2), fork(2)",
        example: "fork: Cannot allocate memory",
        ..Entry::REST
    },
];
