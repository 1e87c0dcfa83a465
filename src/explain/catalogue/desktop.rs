//! X11, GStreamer, cameras, audio, virtual machines.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "x11vnc-tile",
        application: "x11vnc",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "shmget(tile) failed",
            "shmget(scanline) failed",
            "shmget(tile_row) failed",
            "shmget(fullscreen) failed",
            "shmget(snaprect) failed",
        ],
        text: "x11vnc could not make a System V segment; the line after it names the error: \"No \
               space left\" is kernel.shmmni or shmall, \"Function not implemented\" a kernel \
               without System V, \"Invalid argument\" kernel.shmmax.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "x11vnc -noshm does without.",
        source: "https://github.com/ssvb/xf86-video-fbturbo/issues/53",
        example: "10/05/2024 00:28:33 shmget(scanline) failed.",
        ..Entry::REST
    },
    Entry {
        id: "x11-mit-shm",
        application: "X clients",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["(MIT-SHM)", "X_ShmAttach", "BadShmSeg", "X_ShmPutImage"],
        text: "The X server cannot attach the client's segment: the two are in different IPC \
               namespaces (a container and its host), or run as different users.",
        not: "Not a size.",
        fix: Fix::SameIpc,
        setting: "QT_X11_NO_MITSHM=1, GDK_DISABLE_SHM=1, or the extension off in the server \
                  (-extension MIT-SHM).",
        source: "https://github.com/osrf/docker_images/issues/21",
        example: "  Extension:    130 (MIT-SHM)",
        ..Entry::REST
    },
    Entry {
        id: "gstreamer-shmsink-buffer",
        application: "GStreamer shmsink",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Shared memory area of size*is smaller than"],
        text: "The area of shmsink (its property shm-size, 32 MiB by default) is smaller than one \
               buffer.",
        not: "Not the size of /dev/shm, although the property has the name of Docker's option.",
        fix: Fix::Setting,
        setting: "shmsink shm-size=... of several buffers.",
        source: "gstreamer subprojects/gst-plugins-bad/sys/shm/gstshmsink.c",
        example: "ERROR: from element /GstPipeline:pipeline0/GstShmSink:shmsink0: Shared memory \
                  area of size 200000 is smaller thanbuffer of size 3110400",
        ..Entry::REST
    },
    Entry {
        id: "gstreamer-shm-open",
        application: "GStreamer shmsink, shmsrc",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["Could not open shm area", "shm_open failed on /shmpipe"],
        text: "shm_open of the area (/shmpipe.*) failed; the number and words behind it tell why. \
               \"(2)\": shmsrc has another /dev/shm than shmsink. \"(13)\": another user.",
        not: "Not a size: one that is too large is created nevertheless, and ends in a bus error.",
        fix: Fix::SameIpc,
        source: "gstreamer subprojects/gst-plugins-bad/sys/shm/shmpipe.c",
        example: "shm_open failed on /shmpipe.   12.    0 (2): No such file or directory",
        ..Entry::REST
    },
    Entry {
        id: "gstreamer-ximage",
        application: "GStreamer ximagesink",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["could not get shared memory of*bytes"],
        text: "shmget for a picture failed: kernel.shmmax, shmall or shmmni.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        source: "gstreamer subprojects/gst-plugins-base/sys/ximage/ximagepool.c",
        example: "gstximagesink.c: could not get shared memory of 8294400 bytes",
        ..Entry::REST
    },
    Entry {
        id: "frigate-shm",
        application: "Frigate",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &["The current SHM size of*is too small"],
        text: "Frigate computed from its cameras how much of /dev/shm their frames need, and it \
               has less. It goes on with fewer frames, or dies of a bus error.",
        not: "Not the disk of the recordings.",
        fix: Fix::ShmSize,
        setting: "The message names the size; smaller detect streams need less. In Home \
                  Assistant's add-on it cannot be set.",
        source: "frigate frigate/camera/maintainer.py",
        example: "The current SHM size of 268.4MB is too small, recommend increasing it to at \
                  least 674.6999999999999MB.",
        ..Entry::REST
    },
    Entry {
        id: "frigate-frames",
        application: "Frigate",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["consider increasing SHM size if this continues"],
        text: "Frames were overwritten before they were read: /dev/shm holds too few of them.",
        not: "Nothing crashed.",
        fix: Fix::ShmSize,
        source: "frigate frigate/output/output.py",
        example: "frigate.output.output ERROR : Failed to retrieve many frames for driveway from \
                  SHM, consider increasing SHM size if this continues.",
        ..Entry::REST
    },
    Entry {
        id: "zoneminder-mmap",
        application: "ZoneMinder",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &[
            "Can't map file*zm.mmap",
            "zm.mmap*{ENOSPC}",
            "[Got signal 7 (Bus error), crashing]",
        ],
        text: "A monitor's buffer of pictures in /dev/shm (zm.mmap.*) could not be mapped, or not \
               be filled.",
        not: "Not the disk of the events.",
        fix: Fix::ShmSize,
        setting: "A buffer takes width x height x colours x Image Buffer Size; fewer pictures \
                  need less.",
        source: "zoneminder src/zm_monitor.cpp, \
                 https://github.com/dlandon/zoneminder.machine.learning/issues/150",
        example: "ERR [zmu] [Got signal 7 (Bus error), crashing]",
        ..Entry::REST
    },
    Entry {
        id: "zoneminder-shmget",
        application: "ZoneMinder",
        versions: "built without mapped memory",
        meaning: Meaning::Sysv,
        certainty: Certainty::Sure,
        patterns: &["Can't shmget, probably not enough shared memory"],
        text: "shmget for a monitor's buffer was refused: with \"Invalid argument\" it exceeds \
               kernel.shmmax, with \"No space left\" shmall or shmmni.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "A buffer takes width x height x colours x Image Buffer Size; fewer pictures \
                  need less.",
        source: "zoneminder src/zm_monitor.cpp",
        example: "Aug  5 15:56:06 Desktop-Luton zmc_dvideo0[4081]: ERR [Can't shmget, probably \
                  not enough shared memory space free: Invalid argument]",
        ..Entry::REST
    },
    Entry {
        id: "jack-mlock",
        application: "JACK",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["Cannot lock down*memory area (Cannot allocate memory)"],
        text: "mlock was refused: the limit on locked memory (ulimit -l, RLIMIT_MEMLOCK). JACK \
               goes on, with the risk of dropouts.",
        not: "Not the size of /dev/shm and not memory, although it says so.",
        fix: Fix::Memlock,
        source: "jack2 linux and common/JackShmMem.cpp",
        example: "Cannot lock down 82278944 byte memory area (Cannot allocate memory)",
        ..Entry::REST
    },
    Entry {
        id: "qemu-backing-store",
        application: "QEMU",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "unable to map backing store for guest RAM",
            "os_mem_prealloc: Insufficient free host memory",
            "preallocate memory: Bad address",
        ],
        text: "The file of the guest's memory could not be mapped or filled: too few huge pages \
               where it lies in /dev/hugepages, a full /dev/shm where it lies there, or memory.",
        not: "Which one, mem-path in the line tells.",
        fix: Fix::HugePages,
        source: "qemu system/physmem.c (file_ram_alloc)",
        example: "qemu-system-ppc64: unable to map backing store for guest RAM: Cannot allocate \
                  memory",
        ..Entry::REST
    },
    Entry {
        id: "qemu-guest-memory",
        application: "QEMU",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["cannot set up guest memory*{ENOMEM}"],
        text: "mmap of the guest's memory was refused: more than strict overcommit, ulimit -v or \
               the machine (less than the guest is to have) allows.",
        not: "Not the size of /dev/shm: this memory has no file.",
        fix: Fix::Setting,
        setting: "A smaller -m, or a machine with more memory.",
        source: "qemu system/physmem.c (ram_block_add)",
        example: "qemu-system-aarch64: cannot set up guest memory 'mach-virt.ram': Cannot \
                  allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "qemu-kvm-fault",
        application: "QEMU",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["kvm run failed Bad address"],
        text: "The kernel could not get a page of the guest's memory. Where it lies in /dev/shm \
               (memory-backend-file, as virtiofs and Kata have it) the host's /dev/shm is full; \
               with huge pages there were none left.",
        not: "Not the guest, and it names no cause.",
        setting: "df /dev/shm on the host; mount -o remount,size=90% /dev/shm there.",
        source: "qemu accel/kvm/kvm-all.c, https://github.com/zTrix/qemu-compose/pull/26",
        example: "error: kvm run failed Bad address",
        ..Entry::REST
    },
    Entry {
        id: "dosemu-noexec",
        application: "dosemu2",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["ERROR: shared memory map failed 0x"],
        text: "Memory that is to be executed was mapped from a file in /dev/shm, which is mounted \
               noexec.",
        not: "Not a size.",
        fix: Fix::Exec,
        source: "https://github.com/dosemu2/dosemu2/issues/2159",
        example: "ERROR: shared memory map failed 0xffffffffffffffff 0x7f2a8e1f0000, exiting",
        ..Entry::REST
    },
    Entry {
        id: "envoy-bus",
        application: "Envoy",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Caught Bus error, suspect faulting address"],
        text: "Envoy got SIGBUS when it started: its hot restart keeps a segment in /dev/shm, and \
            a page could not be allocated.",
        not: "Not memory as such.",
        fix: Fix::ShmSize,
        setting: "--disable-hot-restart does without.",
        source: "https://github.com/envoyproxy/envoy/issues/4235",
        example: "Caught Bus error, suspect faulting address 0x7fdbf98e2028",
        ..Entry::REST
    },
];
