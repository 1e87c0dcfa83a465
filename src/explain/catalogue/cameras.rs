//! Cameras and video: Frigate, ZoneMinder, GStreamer.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
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
               \"(2)\": shmsrc has another /dev/shm than shmsink; of shmsink, there is none. \"(13)\": another user.",
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
        id: "frigate-read",
        application: "Frigate",
        patterns: &[
            "Unable to read frames from ffmpeg process",
            "memoryview assignment: lvalue and rvalue have different structures",
        ],
        text: "A frame has not the size that is expected: the camera's stream broke off, detect's \
               width and height are not the stream's, or frames of an old size are left in \
               /dev/shm after they were changed.",
        not: "Not a full /dev/shm: that is a bus error.",
        setting: "After a change of detect's size: stop Frigate, rm /dev/shm/CAMERA_frame*, start \
                  it. Else look at ffmpeg's own lines.",
        source: "https://github.com/blakeblackshear/frigate/issues/22716, \
                 https://github.com/blakeblackshear/frigate/issues/528",
        example: "2024-06-20 17:55:26.269042479  [2024-06-20 17:55:26] frigate.video \
                  ERROR   : outside_klima: Unable to read frames from ffmpeg process.",
        ..Entry::REST
    },
    Entry {
        id: "zoneminder-not-initialised",
        application: "ZoneMinder",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Shared data not initialised by capture daemon"],
        text: "The capture daemon (zmc) has not made its file in /dev/shm (zm.mmap.ID): /dev/shm has no room \
               for its image buffer, or zmc does not run or waits for its camera. Its own log tells.",
        not: "Not kernel.shmmax: ZoneMinder maps files.",
        fix: Fix::ShmSize,
        setting: "Fewer images in the buffer, or a lower resolution.",
        source: "zoneminder src/zm_monitor.cpp",
        example: "zma_m6[5058].ERR-zm_monitor.cpp/501 [Shared data not initialised by capture daemon for \
                  monitor Patio]",
        ..Entry::REST
    },
    Entry {
        id: "zoneminder-no-file",
        application: "ZoneMinder",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["zmc might not be running", "zm.mmap*does not exist"],
        text: "It follows from something else: the capture daemon (zmc), which makes that file, does not run, waits for its camera, or died.",
        not: "By itself not a size.",
        fix: Fix::Setting,
        setting: "The log of zmc (zmc_mN) has the cause: the camera, the owner of /dev/shm/zm.mmap.*, or a bus error (then df /dev/shm).",
        source: "zoneminder scripts/ZoneMinder/lib/ZoneMinder/Memory/Mapped.pm, \
                 https://github.com/ZoneMinder/zmdockerfiles/issues/55",
        example: "Memory map file '/dev/shm/zm.mmap.1' does not exist.  zmc might not be running.",
        ..Entry::REST
    },
    Entry {
        id: "gstreamer-shm-peer",
        application: "GStreamer (shmsink, shmsrc)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Sending new shm area failed"],
        text: "The client at the socket has gone: it could not open the area (another /dev/shm, as in another \
               container or sandbox), or ended.",
        not: "Not a size.",
        fix: Fix::SameIpc,
        setting: "The client's own messages tell why it left.",
        source: "gst-plugins-bad sys/shm/shmpipe.c",
        example: "Sending new shm area failed: Broken pipe",
        ..Entry::REST
    },
    Entry {
        id: "zoneminder-mmap-size",
        application: "ZoneMinder",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["Memory map file '*should have been"],
        text: "A monitor's file in /dev/shm is smaller than ZoneMinder's scripts expect. 0 bytes: the capture daemon \
               (zmc) is starting, or could not give it its size; its own log tells whether /dev/shm is full. Another \
               size: a zmc of another version, or with other settings, still runs.",
        not: "It does not say that /dev/shm is full.",
        fix: Fix::Tell,
        setting: "df /dev/shm and the log of zmc. Else stop ZoneMinder, rm /dev/shm/zm.mmap.*, and start it again.",
        source: "zoneminder scripts/ZoneMinder/lib/ZoneMinder/Memory/Mapped.pm (zmMemAttach)",
        example: "zmwatch[2210].ERR [Memory map file '/dev/shm/zm.mmap.3' should have been 896 but was instead 0]",
        ..Entry::REST
    },
    Entry {
        id: "frigate-bus",
        application: "Frigate",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Bus error*detect_objects.py", "Bus error*frigate"],
        text: "Frigate got SIGBUS: it shares frames in /dev/shm, and a page was not to be had.",
        not: "Not the machine's memory as such.",
        fix: Fix::ShmSize,
        setting: "shm_size of the container: its documentation tells how to compute it from the cameras.",
        source: "https://github.com/blakeblackshear/frigate/issues/142",
        example: "./run.sh: line 4:    15 Bus error               (core dumped) python3.7 -u detect_objects.py",
        ..Entry::REST
    },
    Entry {
        id: "gstreamer-shmsink-poll",
        application: "GStreamer shmsink",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Failed waiting on fd activity"],
        text: "shmsink waits for its clients in a thread, and that was told to stop while it waited (errno EBUSY), as happens at \
               the end of a pipeline.",
        not: "Not the size of /dev/shm, and no limit.",
        fix: Fix::Setting,
        setting: "At the end of the pipeline it can be ignored; elsewhere the lines before it say what stopped the pipeline.",
        source: "gstreamer subprojects/gst-plugins-bad/sys/shm/gstshmsink.c (pollthread_func), \
                 https://github.com/fzwoch/obs-gstreamer/issues/12",
        example: "error: Failed waiting on fd activity",
        ..Entry::REST
    },
    Entry {
        id: "zoneminder-unlocked",
        application: "ZoneMinder",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Unable to map file*to locked memory, trying unlocked"],
        text: "A note for debugging: the limit on locked memory is small, and the file is mapped unlocked, which the next line says.",
        not: "No failure, and no full /dev/shm.",
        fix: Fix::Setting,
        setting: "None is needed. What waits for the capture daemon: see the log of that monitor's zmc.",
        source: "zoneminder src/zm_monitor.cpp, https://github.com/ZoneMinder/zoneminder/issues/3091",
        example: "zma_m2[1129966].DB1-zm_monitor.cpp/597 [Unable to map file /dev/shm/zm.mmap.2 (12678168 bytes) to locked memory, trying \
                  unlocked]",
        ..Entry::REST
    },
];
