//! Ray.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const RAY: Entry = Entry { application: "Ray", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "ray-tmp-instead",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &["instead of /dev/shm because /dev/shm has only", "exceeds /dev/shm size ("],
        text: "The object store does not fit into /dev/shm, so Ray keeps it in files on the disk \
               under /tmp (or refuses, above 10 GB): it works, and is slow.",
        not: "Not the memory limit. A refusal ends the program with a ValueError.",
        fix: Fix::ShmSize,
        setting: "/dev/shm needs a little more than --object-store-memory (by default 30 % of the \
                  memory).",
        source: "ray python/ray/_private/services.py (determine_plasma_store_config)",
        example: "2025-01-14 03:08:29,081 WARNING services.py:2022 -- WARNING: The object store \
                  is using /tmp instead of /dev/shm because /dev/shm has only 67108864 bytes \
                  available. This will harm performance!",
        ..RAY
    },
    Entry {
        id: "ray-plasma-request",
        application: "Ray, Arrow Plasma",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &["System memory request exceeds memory available in"],
        text: "The store was told to take more than nine tenths of what is free in its folder, which the line names \
               (/tmp where /dev/shm has too little), and takes less.",
        not: "Not the memory limit, although it says system memory.",
        fix: Fix::ShmSize,
        setting: "A smaller --object-store-memory.",
        source: "ray src/ray/object_manager/plasma/store_runner.cc",
        example: "store_runner.cc:55: System memory request exceeds memory available in /dev/shm. \
                  The request is for 10737418240 bytes, and the amount available is 60397977 \
                  bytes.",
        ..Entry::REST
    },
    Entry {
        id: "ray-store-full",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "ObjectStoreFullError",
            "Failed to put object*because it is full",
            "The local object store is full of objects that are",
        ],
        text: "Ray's object store has reached its own limit (--object-store-memory) with objects \
               that are in use.",
        not: "Not the size of /dev/shm as such: a larger one helps only with a larger store.",
        fix: Fix::Setting,
        setting: "Raise --object-store-memory (and /dev/shm with it), or drop references (`ray \
                  memory` shows them).",
        source: "ray src/ray/common/status.cc, \
                 https://docs.ray.io/en/latest/ray-core/scheduling/memory-management.html",
        example: "ray.exceptions.ObjectStoreFullError: Failed to put object \
                  00ffffff0200000001000000 in object store because it is full.",
        ..RAY
    },
    Entry {
        id: "ray-store-reduced",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &["Reducing object store memory because /dev/shm has only"],
        text: "An old Ray (before 0.6) made its object store as small as what is free in /dev/shm: later objects do not fit. Often files of \
               an earlier run that was killed fill it.",
        not: "Not the memory limit, and nothing is put into /tmp.",
        fix: Fix::ShmSize,
        setting: "See first what is left there: `shmeter ls`.",
        source: "https://github.com/ray-project/ray/pull/3149",
        example: "Reducing object store memory because /dev/shm has only 245919744 bytes available.",
        ..RAY
    },
    Entry {
        id: "ray-plasma-float",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["store.cc*Check failed: scanned == 1"],
        instead_of: &["ray-plasma-socket"],
        text: "The object store could not read its size: object_store_memory was given as a float (1e9), which old versions passed on \
               as 1000000000.0.",
        not: "Not the size of /dev/shm, and no lack of memory.",
        fix: Fix::Setting,
        setting: "A whole number: object_store_memory=10**9; or a newer Ray.",
        source: "https://github.com/ray-project/ray/issues/2249, https://github.com/ray-project/ray/pull/2337",
        example: "/ray/thirdparty/build/arrow/cpp/src/plasma/store.cc:855 Check failed: scanned == 1",
        ..RAY
    },
    Entry {
        id: "ray-plasma-socket",
        patterns: &[
            "Connection to IPC socket failed for pathname*plasma_store",
            "Could not connect to socket*plasma_store",
        ],
        text: "The object store does not answer: it did not start or died, as a rule because it \
               could not get its memory (/dev/shm too small, or the OOM killer).",
        not: "It names no cause: the log of the store (plasma_store.err, raylet.err) does.",
        setting: "Read that log first. If it was the memory: a smaller object_store_memory, or a larger /dev/shm.",
        source: "https://github.com/modin-project/modin/issues/468, \
                 https://github.com/ray-project/ray/issues/3670",
        example: "E0227 23:09:04.402408 73188 io.cc:168] Connection to IPC socket failed for \
                  pathname /tmp/ray/session_2019-02-27_23-08-59_73139/sockets/plasma_store, \
                  retrying 3 more times",
        ..RAY
    },
    Entry {
        id: "ray-actor-died",
        patterns: &[
            "The actor is dead because its worker process has died",
            "Worker unexpectedly exits with a connection error code 2",
        ],
        text: "A worker's process ended, and Ray does not know why: the OOM killer (SIGKILL), a \
               bus error because /dev/shm is full (SIGBUS), or a fault of the program (SIGSEGV).",
        not: "It names no cause: the list in the message is of what may be.",
        setting: "The worker's own log (session_latest/logs/worker-*.err) says \"Bus error\" or a \
                  traceback; the kernel's log says \"Out of memory\" if it was that.",
        source: "ray src/ray/raylet/node_manager.cc, \
                 https://github.com/vllm-project/vllm/issues/1111",
        example: "The actor is dead because its worker process has died. Worker exit type: \
                  SYSTEM_ERROR Worker exit detail: Worker unexpectedly exits with a connection \
                  error code 2. End of file.",
        ..RAY
    },
    Entry {
        id: "ray-memory-monitor",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["due to the node running low on memory", "killed due to memory pressure (OOM)"],
        text: "Ray's memory monitor ended a task or actor because the node (or container) had used \
               95 % of its memory; what is in /dev/shm counts.",
        not: "Not the size of /dev/shm, and not the object store's limit.",
        fix: Fix::Memory,
        setting: "Fewer tasks at once (num_cpus, memory= of the task), or more memory; \
                  RAY_memory_usage_threshold.",
        source: "https://docs.ray.io/en/latest/ray-core/scheduling/ray-oom-prevention.html",
        example: "ray.exceptions.OutOfMemoryError: Task was killed due to the node running low on \
                  memory.",
        ..RAY
    },
    Entry {
        id: "ray-plasma-full",
        application: "Ray, Arrow Plasma",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "There is not enough space to create this object, so evicting",
            "PlasmaStoreFull",
            "does not fit in the plasma store",
        ],
        text: "The object store has reached its own size: it drops objects that nobody used for the longest time, or refuses one that is \
               larger than what it can free.",
        not: "Not a full /dev/shm: the store was given its size when it started.",
        fix: Fix::Setting,
        setting: "A larger object_store_memory (plasma_store -m BYTES), and a /dev/shm that holds it; or smaller objects.",
        source: "ray src/ray/object_manager/plasma, https://github.com/ray-project/ray/issues/8196, \
                 https://github.com/ray-project/ray/issues/4878",
        example: "pyarrow.lib.PlasmaStoreFull: object does not fit in the plasma store",
        ..Entry::REST
    },
];
