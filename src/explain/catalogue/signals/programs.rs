//! SIGBUS and SIGKILL, as compilers, debuggers and the runtimes of languages print them.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(in crate::explain::catalogue) const ENTRIES: &[Entry] = &[
    Entry {
        id: "compiler-killed",
        application: "GCC, Clang",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "Killed signal terminated program",
            "internal compiler error: Killed (program",
            "error: unable to execute command: Killed",
            "cannot execute 'cc1plus'*Killed",
        ],
        text: "The compiler was killed by the OOM killer: the container's or the machine's memory.",
        not: "Not /dev/shm.",
        fix: Fix::Memory,
        setting: "Fewer jobs at once (make -j2), more memory or swap.",
        source: "gcc gcc/gcc.cc (execute)",
        example: "c++: fatal error: Killed signal terminated program cc1plus",
        ..Entry::REST
    },
    Entry {
        id: "linker-bus",
        application: "ld, LLD",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "ld terminated with signal 7 [Bus error]",
            "linker command failed due to signal (use -v to see invocation)",
            "unable to execute command: Bus error",
        ],
        text: "The linker maps the file that it writes, and a page could not be had: the file \
               system of the output, or of TMPDIR, is full.",
        not: "Not memory as such. It is /dev/shm only if the output or TMPDIR lies there.",
        fix: Fix::Disk,
        setting: "df of the folder of the build and of TMPDIR.",
        source: "llvm llvm/lib/Support/FileOutputBuffer.cpp, signal(7)",
        example: "collect2: fatal error: ld terminated with signal 7 [Bus error], core dumped",
        ..Entry::REST
    },
    Entry {
        id: "go-sigbus",
        application: "Go programs",
        patterns: &[
            "[signal SIGBUS: bus error code=0x2",
            "[signal SIGBUS: bus error",
            "signal arrived during cgo execution*SIGBUS",
        ],
        text: "A page of a mapped file could not be had (code=0x2): a database file that is mapped \
               (bbolt, Badger, Prometheus) was cut or its disk is full, or a file in /dev/shm did \
               not fit. code=0x1 is a misaligned address.",
        not: "Not the memory limit: that kills without a message.",
        setting: "The stack below it names the package that maps; df of its data folder, and of \
                  /dev/shm.",
        source: "go src/runtime/signal_unix.go, signal(7)",
        example: "[signal SIGBUS: bus error code=0x2 addr=0x7f4e5c1d3000 pc=0x4a2f37]",
        ..Entry::REST
    },
    Entry {
        id: "glog-sigbus",
        application: "C++ programs (glog, folly)",
        patterns: &["*** SIGBUS (@0x", "*** Signal 7 (SIGBUS) (0x"],
        text: "A page of a mapped file could not be had (\"nonexistent physical address\"): a full \
               /dev/shm if the memory is shared, a cut file or a full disk if it is a file of its \
               own.",
        not: "Not the memory limit: that kills without a message.",
        setting: "The stack below it shows who touched it; df /dev/shm while it runs, and df of \
                  the files that it maps.",
        source: "glog src/signalhandler.cc, folly folly/debugging/symbolizer/SignalHandler.cpp, \
                 https://github.com/mhx/dwarfs/issues/50",
        example: "*** Signal 7 (SIGBUS) (0x7f3559c9b000) received by PID 5233 (pthread TID \
                  0x7f35853eb700) (code: nonexistent physical address), stack trace: ***",
        ..Entry::REST
    },
    Entry {
        id: "fortran-sigbus",
        application: "programs of gfortran",
        patterns: &[
            "Program received signal SIGBUS: Access to an undefined portion of a memory object",
        ],
        text: "A page of a mapped file could not be had: under MPI mostly one of its segments in a full /dev/shm; else a \
               cut file or a full disk below a mapped file.",
        not: "Not the memory limit: that is SIGKILL.",
        setting: "df /dev/shm while it runs: at 100 % it was that.",
        source: "gcc libgfortran/runtime/compile_options.c (backtrace_handler)",
        example: "Program received signal SIGBUS: Access to an undefined portion of a memory object.",
        ..Entry::REST
    },
    Entry {
        id: "gdb-sigbus",
        application: "gdb, lldb",
        unless: &["Access to an undefined portion"],
        patterns: &[
            "received signal SIGBUS",
            "terminated with signal SIGBUS",
            "stop reason = signal SIGBUS",
            "terminated with signal 7, {SIGBUS}",
        ],
        text: "A page of a mapped file could not be had: a full /dev/shm if the address lies in a \
               mapping there, a cut file or a full disk if in another file, huge pages beyond \
               their limit if in /dev/hugepages or an anonymous huge mapping.",
        not: "Not the memory limit: that is SIGKILL.",
        setting: "p $_siginfo._sifields._sigfault.si_addr, and info proc mappings: the mapping of \
                  that address names the file.",
        source: "signal(7), https://github.com/spdk/spdk/issues/597",
        example: "Thread 1 \"perf\" received signal SIGBUS, Bus error.",
        ..Entry::REST
    },
    Entry {
        id: "rust-sigbus",
        application: "Rust (cargo)",
        patterns: &["(signal: 7, SIGBUS"],
        text: "The program got SIGBUS: a page of a mapped file could not be had: a full /dev/shm \
               if it shares memory (iceoryx2, shared_memory, ipc-channel), a cut file or a full \
               disk with memmap2.",
        not: "Not the memory limit: that is signal 9.",
        setting: "df /dev/shm while it runs, and df of the files that it maps.",
        source: "signal(7)",
        example: "error: process didn't exit successfully: `target/debug/pub` (signal: 7, SIGBUS: \
                  access to undefined memory)",
        ..Entry::REST
    },
    Entry {
        id: "python-subprocess-bus",
        application: "Python (subprocess)",
        patterns: &[
            "<Signals.SIGBUS: 7>",
            "returned non-zero exit status -7",
            "returned non-zero exit status 135",
        ],
        text: "The program that was started got SIGBUS: a page of a mapped file could not be had: \
               a full /dev/shm if it shares memory, a cut file or a full disk if it maps one.",
        not: "Not the memory limit: that is -9.",
        setting: "df /dev/shm while that program runs, and df of the files that it maps.",
        source: "cpython Lib/subprocess.py, signal(7)",
        example: "subprocess.CalledProcessError: Command '['./run']' died with <Signals.SIGBUS: \
                  7>.",
        ..Entry::REST
    },
    Entry {
        id: "python-subprocess-killed",
        application: "Python (subprocess)",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "<Signals.SIGKILL: 9>",
            "returned non-zero exit status -9",
            "returned non-zero exit status 137",
        ],
        text: "The program that was started got SIGKILL, as a rule from the OOM killer: the memory \
               limit, or the machine's memory.",
        not: "Not the size of /dev/shm: that is -7.",
        fix: Fix::Memory,
        source: "cpython Lib/subprocess.py",
        example: "subprocess.CalledProcessError: Command '['python3', 'train.py']' died with \
                  <Signals.SIGKILL: 9>.",
        ..Entry::REST
    },
    Entry {
        id: "julia-sigbus",
        application: "Julia",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["signal (7): Bus error", "signal 7 (2): Bus error"],
        text: "A page of a mapping could not be had: with SharedArrays or Distributed /dev/shm was \
               full, with Mmap a file was cut or its disk is full.",
        not: "Not the memory limit: that kills without a message.",
        fix: Fix::ShmSize,
        setting: "df /dev/shm while it runs.",
        source: "julia src/signal-handling.c, https://github.com/docker/for-linux/issues/150",
        example: "[48] signal (7): Bus error in expression starting at /app/train.jl:12",
        ..Entry::REST
    },
    Entry {
        id: "r-sigbus",
        application: "R",
        patterns: &["*** caught bus error ***", "cause 'non-existent physical address'"],
        text: "A page of a mapping could not be had: a full /dev/shm with mori, bigmemory, \
               SharedObject or torch; a cut file or a full disk with ff, fst, arrow or a package \
               that was installed anew while it was loaded.",
        not: "Not R's memory limit, and not the container's: that kills.",
        setting: "The traceback below it names the package; df /dev/shm while it runs.",
        source: "r-source src/main/main.c (sigactionSegv)",
        example: "*** caught bus error *** address 0x7f01a3e14000, cause 'non-existent physical \
                  address'",
        ..Entry::REST
    },
    Entry {
        id: "mysqld-bus",
        application: "MySQL, MariaDB",
        patterns: &["mysqld got signal 7", "mariadbd got signal 7"],
        text: "The server got SIGBUS: huge pages (large-pages) beyond the container's limit, a \
               full disk below a mapped file (the doublewrite or Galera's cache), or broken \
               memory.",
        not: "Not the size of /dev/shm: InnoDB's memory is not there.",
        setting: "large-pages off; df of datadir; the kernel's log.",
        source: "mysql-server sql/signal_handler.cc, signal(7)",
        example: "10:03:45 UTC - mysqld got signal 7 ;",
        ..Entry::REST
    },
    Entry {
        id: "jest-killed",
        application: "Jest",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "jest worker process*signal=SIGKILL",
            "was terminated by another process: signal=SIGKILL",
        ],
        text: "A worker got SIGKILL, as a rule from the OOM killer: the memory of the CI's \
               container.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Memory,
        setting: "jest --maxWorkers=2 or --workerIdleMemoryLimit.",
        source: "jest packages/jest-worker/src/workers/ChildProcessWorker.ts",
        example: "A jest worker process (pid=301) was terminated by another process: \
                  signal=SIGKILL, exitCode=null.",
        ..Entry::REST
    },
    Entry {
        id: "make-killed",
        application: "make, ninja",
        patterns: &[
            "make*: *** [*] Killed",
            "make*: *** [*] Error 137",
            "ninja: build stopped: subcommand failed*137",
        ],
        text: "A command of the build got SIGKILL, as a rule from the OOM killer; or somebody \
               ended it.",
        not: "Not /dev/shm.",
        fix: Fix::Memory,
        setting: "Fewer jobs at once (make -j2); the kernel's log says \"Out of memory\" if it was \
                  that.",
        source: "make src/job.c, signal(7)",
        example: "make[2]: *** [CMakeFiles/app.dir/main.cpp.o] Error 137",
        ..Entry::REST
    },
    Entry {
        id: "gdb-deleted-mapping",
        application: "gdb",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Can't open file /dev/shm/*during file-backed mapping note processing"],
        text: "The program had mapped a file in /dev/shm that has no name any more, as is usual, so gdb cannot show what is in \
               it.",
        not: "Not why the program crashed.",
        fix: Fix::Setting,
        setting: "Nothing has to be done. The signal and the stack below it tell more.",
        source: "binutils-gdb gdb/corelow.c (core_target::build_file_mappings)",
        example: "warning: Can't open file /dev/shm/mako-LikKLi (deleted) during file-backed mapping note processing",
        ..Entry::REST
    },
];
