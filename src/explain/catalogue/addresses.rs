//! Address space and mappings that were refused: programs that limit themselves, 32 bits, and reserves for later.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const ADDRESSES: Entry = Entry {
    meaning: Meaning::Memory,
    certainty: Certainty::Likely,
    fix: Fix::Setting,
    ..Entry::REST
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "dovecot-vsz-limit",
        application: "Dovecot",
        patterns: &[
            "Out of memory*vsz_limit=",
            "block_alloc(*): Out of memory",
            "pool_system_malloc(*): Out of memory",
            "pool_system_realloc(*): Out of memory",
            "mmap(size=*) failed with file *{ENOMEM}",
        ],
        text: "Dovecot limits the address space of each of its processes itself (vsz_limit), and this service has \
               used it up, as with a large index or cache file.",
        not: "Not the machine's memory, not shared memory, and no limit of the container.",
        setting: "service imap { vsz_limit = 1 G } for the service that the line names (lmtp, imap), or \
                  default_vsz_limit; mail_cache_max_size bounds the cache file.",
        source: "dovecot src/master/service-process.c (FATAL_OUTOFMEM), src/lib/mempool-alloconly.c, \
                 https://github.com/AlternC/AlternC/issues/636, \
                 https://github.com/docker-mailserver/docker-mailserver/issues/974",
        example: "lmtp: Fatal: master: service(lmtp): child 25980 returned error 83 (Out of memory (service lmtp { \
                  vsz_limit=256 MB }, you may need to increase it)",
        ..ADDRESSES
    },
    Entry {
        id: "prometheus-mmap",
        application: "Prometheus",
        patterns: &["mmap files*{ENOMEM}"],
        text: "Prometheus maps all blocks of its storage. On a system of 32 bits a process has 2 to 3 GiB of \
               addresses for them, and they are used up. On 64 bits it is a limit (ulimit -v, vm.max_map_count).",
        not: "Not the machine's memory, not a memory limit, and not /dev/shm.",
        setting: "getconf LONG_BIT tells which. A system and a build of 64 bits, or a shorter \
                  --storage.tsdb.retention.time.",
        source: "prometheus tsdb/chunks/chunks.go, https://github.com/prometheus/prometheus/issues/4392",
        example: "err=\"reload blocks: open block /data/01CTXC4Z59TK1K0WBKFYDNKD1F: mmap files: mmap: cannot \
                  allocate memory\"",
        ..ADDRESSES
    },
    Entry {
        id: "spades-mmap",
        application: "SPAdes",
        patterns: &["mmap(2) failed. Reason: {ENOMEM}"],
        text: "SPAdes limits its own address space to what -m gives it (RLIMIT_AS, 250 GB by default), and a file \
               of k-mers did not fit any more. Else it is ulimit -v, vm.max_map_count or the machine's memory.",
        not: "Not /dev/shm.",
        setting: "A larger -m (GB), in a job with as much memory.",
        source: "spades src/common/io/kmers/mmapped_reader.hpp, https://github.com/ablab/spades/issues/610",
        example: "(mmapped_reader.hpp        :  52)   mmap(2) failed. Reason: Cannot allocate memory. Error code: \
                  12",
        ..ADDRESSES
    },
    Entry {
        id: "ydb-mmap",
        application: "YDB",
        patterns: &["aligned_page_pool.cpp*mmap failed to allocate"],
        text: "YDB asked for private memory in small pieces, and mmap refused one: the process has as many \
               mappings as vm.max_map_count allows, or memory is short.",
        not: "Not shared memory, and not /dev/shm.",
        fix: Fix::Refused,
        source: "ydb yql/essentials/minikql/aligned_page_pool.cpp, https://github.com/ydb-platform/ydb/issues/12671",
        example: "Error: yql/essentials/minikql/aligned_page_pool.cpp:496: Mmap failed to allocate 131072 bytes: \
                  Cannot allocate memory",
        ..ADDRESSES
    },
    Entry {
        id: "sanitizer-memory",
        application: "AddressSanitizer and other sanitizers",
        patterns: &[
            "ReserveShadowMemoryRange failed",
            "Sanitizer failed to allocate*(errno: 12)",
            "Sanitizer: out of memory: failed to",
            "Sanitizer: out of memory: allocator",
        ],
        text: "The sanitizer reserves terabytes of addresses for its shadow memory, or maps memory later, and was \
               refused: a limit on address space (ulimit -v), strict overcommit (vm.overcommit_memory=2), or, for \
               a small size, the number of mappings (vm.max_map_count).",
        not: "Shadow memory is no shared memory. Not the machine's memory, and not /dev/shm.",
        setting: "ulimit -v unlimited in the shell that starts it; sysctl vm.overcommit_memory=0 on the host.",
        source: "llvm compiler-rt/lib/sanitizer_common (ReportMmapFailureAndDie, ReserveShadowMemoryRange), \
                 https://github.com/google/sanitizers/issues/1467, \
                 https://github.com/llvm/llvm-project/issues/212764",
        example: "==70588==ReserveShadowMemoryRange failed while trying to map 0xdfff0001000 bytes. Perhaps you're \
                  using ulimit -v",
        ..ADDRESSES
    },
    Entry {
        id: "uwsgi-memory",
        application: "uWSGI",
        patterns: &["unable to allocate * bytes (*MB)$", "mmap(): {ENOMEM} [core/"],
        text: "uWSGI asked for memory (a cache, a shared area, a queue), and mmap refused it. A size near 2^64 \
               (17592186042921MB) is a number that overflowed: older versions compute the size of a sharedarea of \
               2 GiB and more wrongly.",
        not: "Not /dev/shm, and no limit of System V.",
        setting: "A smaller cache or sharedarea; with an absurd number the size in bytes, or a newer uWSGI.",
        source: "uwsgi core/utils.c, https://github.com/unbit/uwsgi/issues/922",
        example: "unable to allocate 18446744072142524416 bytes (17592186042921MB)",
        ..ADDRESSES
    },
    Entry {
        id: "js-array-buffer",
        application: "JavaScript (browsers, Node.js)",
        patterns: &["Array buffer allocation failed"],
        text: "The engine could not get an ArrayBuffer or SharedArrayBuffer of that size: more than it allows for \
               one, or the process has no memory or addresses left.",
        not: "Not /dev/shm: a SharedArrayBuffer is memory of one process.",
        setting: "A smaller buffer, fewer tabs, or a browser of 64 bits.",
        source: "v8 src/common/message-template.h (kArrayBufferAllocationFailed), \
                 https://github.com/QwikDev/partytown/issues/689",
        example: "RangeError: Array buffer allocation failed",
        ..ADDRESSES
    },
    Entry {
        id: "android-cursor-window",
        application: "Android apps",
        patterns: &["Could not allocate CursorWindow", "Cursor window allocation of"],
        text: "The result of each query is a region of shared memory (2 MiB) in the app, and one more could not be \
               made: the process has no addresses left (error -12) or no file descriptors (-24). As a rule cursors \
               are not closed.",
        not: "Not /dev/shm, which Android has not, and not the database.",
        setting: "Close each Cursor (in finally, or with use).",
        source: "android frameworks/base core/jni/android_database_CursorWindow.cpp, \
                 https://github.com/greenrobot/greenDAO/issues/1080",
        example: "Could not allocate CursorWindow '/data/user/0/com.example/databases/a' of size 2097152 due to \
                  error -12.",
        ..ADDRESSES
    },
    Entry {
        id: "uae-natmem",
        application: "FS-UAE, WinUAE",
        patterns: &["NATMEM: *area failed to allocate", "NATMEM: No special area could be"],
        text: "The emulator reserves one area for all memory of the Amiga, no larger than what the (virtual) \
               machine has, and got none.",
        not: "No limit of shared memory, although the code calls it shm.",
        setting: "Less Zorro III and graphics memory for the Amiga, or more memory for the virtual machine.",
        source: "fs-uae src/mman.cpp (init_shm), https://github.com/FrodeSolheim/fs-uae/issues/85",
        example: "NATMEM: 320M area failed to allocate, err=9 (Z3=64M,RTG=16M)",
        ..ADDRESSES
    },
];
