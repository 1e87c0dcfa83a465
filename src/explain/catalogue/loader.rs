//! The dynamic loader: shared objects are libraries.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "noexec-map",
        application: "dynamic loader, JIT compilers",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "/dev/shm*failed to map segment from shared object",
            "/dev/shm*cannot execute: Permission denied",
        ],
        unless: &["{ENOMEM}"],
        text: "A library or program was mapped executable from /dev/shm, which is mounted noexec, \
               as in many containers.",
        not: "\"Shared object\" is a library, no shared memory; and it is no size.",
        fix: Fix::Exec,
        setting: "TMPDIR (or the program's own option) on a file system without noexec.",
        source: "glibc elf/dl-load.c, mmap(2) EPERM",
        example: "ImportError: /dev/shm/_MEIxY3f/libz.so.1: failed to map segment from shared \
                  object",
        ..Entry::REST
    },
    Entry {
        id: "uml-noexec",
        application: "User Mode Linux",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["must be not mounted noexec", "Checking PROT_EXEC mmap in /dev/shm*{EPERM}"],
        text: "The kernel maps its memory, a file in /dev/shm, executable, and /dev/shm is mounted noexec, as in many \
               containers.",
        not: "No size.",
        fix: Fix::Exec,
        source: "linux arch/um/os-Linux/mem.c (check_tmpexec)",
        example: "Checking PROT_EXEC mmap in /dev/shm/...Operation not permitted",
        ..Entry::REST
    },
    Entry {
        id: "noexec-map-elsewhere",
        application: "dynamic loader, JIT compilers",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["failed to map segment from shared object"],
        unless: &["/dev/shm", "{ENOMEM}"],
        text: "A library could not be mapped. With \"Operation not permitted\" behind it, or one that was unpacked below /tmp: that file system \
               is mounted noexec. Else a limit on memory or addresses (ulimit -v, a sandbox's), which is not named there.",
        not: "\"Shared object\" is a library, no shared memory. It is /dev/shm only if TMPDIR is.",
        fix: Fix::Setting,
        setting: "TMPDIR (or the program's own option) on a file system without noexec; or a higher limit: ulimit -v.",
        source: "glibc elf/dl-load.c, mmap(2) EPERM, https://github.com/docker/compose/issues/1339",
        example: "./app: error while loading shared libraries: libz.so.1: failed to map segment \
                  from shared object: Operation not permitted",
        ..Entry::REST
    },
    Entry {
        id: "library-missing",
        application: "dynamic loader",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["error while loading shared libraries:"],
        unless: &[
            "failed to map segment",
            "cannot apply additional memory protection",
            "Permission denied",
            "{ENOMEM}",
            "executable stack",
            "prot after reloc",
            "writable for relocation",
        ],
        text: "A library that the program needs is not installed, is for another architecture, or \
               is not found (LD_LIBRARY_PATH). A shared library is code.",
        not: "No shared memory at all.",
        fix: Fix::Setting,
        setting: "Install the package with that file; ldd PROGRAM shows what is missing.",
        source: "ld.so(8)",
        example: "./solver: error while loading shared libraries: libgomp.so.1: cannot open shared \
                  object file: No such file or directory",
        ..Entry::REST
    },
    Entry {
        id: "library-no-memory",
        application: "dynamic loader",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "failed to map segment from shared object: {ENOMEM}",
            "shared object*cannot allocate memory in dlopen",
            "error while loading shared libraries:*{ENOMEM}",
        ],
        unless: &["static TLS block"],
        text: "A library could not be loaded for lack of memory or address space: ulimit -v, a \
               job's limit, strict overcommit.",
        not: "\"Shared object\" is a library, no shared memory; and it is not noexec.",
        fix: Fix::Refused,
        setting: "More memory for the job; ulimit -v unlimited.",
        source: "glibc elf/dl-map-segments.h, https://github.com/hpcflow/matflow/issues/304",
        example: "Bundle#373 start failed: libmwsl_services.so: failed to map segment from shared \
                  object: Cannot allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "static-tls",
        application: "dynamic loader",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["cannot allocate memory in static TLS block"],
        text: "A library that is loaded late wants a place in the block for thread-local \
               variables, which is full: a matter of the order in which libraries are loaded.",
        not: "Not memory, although it says so, and no shared memory.",
        fix: Fix::Setting,
        setting: "LD_PRELOAD that library, import it first, or \
                  GLIBC_TUNABLES=glibc.rtld.optional_static_tls=16384.",
        source: "glibc elf/dl-reloc.c",
        example: "ImportError: /usr/lib/aarch64-linux-gnu/libgomp.so.1: cannot allocate memory in \
                  static TLS block",
        ..Entry::REST
    },
    Entry {
        id: "library-denied",
        application: "dynamic loader",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["error while loading shared libraries:*Permission denied"],
        unless: &[
            "cannot restore segment prot after reloc",
            "can't restore segment prot after reloc",
            "cannot make segment writable for relocation",
            "cannot apply additional memory protection after relocation",
        ],
        text: "A library is there and may not be read: its mode or that of a folder, or a security \
               module (AppArmor, SELinux). A shared library is code.",
        not: "No shared memory at all.",
        fix: Fix::Setting,
        setting: "namei -l of that file shows the modes; the kernel's log shows denials of a \
                  security module.",
        source: "ld.so(8), https://github.com/moby/moby/issues/18948",
        example: "bash: error while loading shared libraries: libtinfo.so.5: cannot stat shared \
                  object: Permission denied",
        ..Entry::REST
    },
    Entry {
        id: "library-relocation",
        application: "dynamic loader",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "cannot restore segment prot after reloc",
            "can't restore segment prot after reloc",
            "cannot make segment writable for relocation",
            "cannot apply additional memory protection after relocation",
        ],
        unless: &["{ENOMEM}"],
        text: "A library was found, read and mapped, and the kernel then refused to change the protection of its \
               pages (mprotect). As a rule that is SELinux: code that was relocated may not become executable again \
               (execmod), or the files of a container have a label that it may not use.",
        not: "Not the mode or the owner of the library, and no shared memory.",
        fix: Fix::Setting,
        setting: "ausearch -m avc -ts recent names the denial. restorecon -v FILE; chcon -t textrel_shlib_t FILE for \
                  a library that was built without -fPIC. Of containers: the label of their storage (semanage \
                  fcontext -a -e /var/lib/containers FOLDER, restorecon -R FOLDER).",
        source: "glibc elf/dl-reloc.c (_dl_relocate_object), https://github.com/dinkel/docker-openldap/issues/1, \
                 podman troubleshooting.md",
        example: "svn: error while loading shared libraries: /usr/local/lib/libsvn_ra_dav-1.so.0: cannot restore \
                  segment prot after reloc: Permission denied",
        ..Entry::REST
    },
    Entry {
        id: "shm-open-undefined",
        application: "the linker",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "undefined reference to*shm_open",
            "undefined reference to*shm_unlink",
            "undefined reference to*sem_open",
            "undefined reference/symbol*shm_open",
            "undefined symbol: shm_open",
            "undefined symbol: shm_unlink",
            "cannot locate symbol \"shm_open\"",
            "implicit declaration of function*shm_open",
            "undeclared function*shm_open",
        ],
        text: "The program was built without the function: it is in librt before glibc 2.34 (in libpthread: sem_open), and the C \
               library of Android has neither shm_open nor shm_unlink.",
        not: "No limit, and not /dev/shm: the program has not run.",
        fix: Fix::Setting,
        setting: "On Linux link with -lrt and -pthread, after the objects. On Android ASharedMemory_create or memfd_create; Termux's \
                  libandroid-shmem has shmget only.",
        source: "shm_open(3), https://github.com/termux/libandroid-shmem/issues/10",
        example: "/usr/bin/ld: main.o: undefined reference to `shm_open'",
        ..Entry::REST
    },
];
