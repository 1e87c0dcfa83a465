//! X11, GStreamer, cameras, audio, Wine.

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
        certainty: Certainty::Likely,
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
        id: "x11-shm-error",
        application: "X clients",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "error_kind: Value*\"MIT-SHM\"",
            "error_kind: Length*\"MIT-SHM\"",
            "error_kind: Match*\"MIT-SHM\"",
        ],
        text: "The client called the extension for shared memory with a wrong argument (a size, a segment or a \
               drawable): a fault of the program.",
        not: "Not a size, and not the IPC namespace: that is an Access error.",
        fix: Fix::Setting,
        setting: "A newer version of the program.",
        source: "https://github.com/psychon/x11rb/issues/736, X11 extension MIT-SHM",
        example: "X11Error { error_kind: Value, error_code: 2, sequence: 7, bad_value: 0, minor_opcode: 4, \
                  major_opcode: 130, extension_name: Some(\"MIT-SHM\"), request_name: Some(\"GetImage\") })",
        ..Entry::REST
    },
    Entry {
        id: "x11-access",
        application: "X clients",
        patterns: &["BadAccess (attempt to access private resource denied)"],
        text: "The X server refused a request. With MIT-SHM in one of the next lines (opcode 130) it cannot attach \
               the client's segment: another IPC namespace, or another user. With another extension it is something else.",
        not: "Not a size.",
        setting: "The next lines name the extension. For MIT-SHM: QT_X11_NO_MITSHM=1, or one IPC namespace \
                  (--ipc=host).",
        source: "X11 protocol, https://github.com/marazmista/radeon-profile/issues/8",
        example: "X Error: BadAccess (attempt to access private resource denied) 10",
        ..Entry::REST
    },
    Entry {
        id: "jack-registry",
        application: "JACK",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["jack_shm_lock_registry fails"],
        text: "JACK's registry of shared memory could not be locked: its semaphore was removed, or is another \
               user's or another version's.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "Stop all clients and servers of JACK, remove /dev/shm/jack* and its semaphore (ipcs -s), and start again.",
        source: "jack2 common/shm.c (jack_shm_lock_registry)",
        example: "jack_shm_lock_registry fails...",
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
        id: "dosemu-noexec",
        application: "dosemu2",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "ERROR: shared memory map failed 0x",
            "ERROR: shared memory map failed, exiting",
        ],
        text: "Memory that is to be executed was mapped from a file in /dev/shm, which is mounted \
               noexec.",
        not: "Not a size.",
        fix: Fix::Exec,
        source: "https://github.com/dosemu2/dosemu2/issues/2159",
        example: "ERROR: shared memory map failed 0xffffffffffffffff 0x7f2a8e1f0000, exiting",
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
        id: "wine-sync",
        application: "Wine, Proton",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "Failed to open esync shared memory file",
            "Failed to open fsync shared memory file",
            "Failed to open msync shared memory file",
            "Server is running with WINEESYNC but this process is not",
            "Server is running with WINEFSYNC but this process is not",
        ],
        text: "A wineserver of that prefix runs already with another kind of synchronisation \
               (esync, fsync, none); its file in /dev/shm is not the one that is looked for.",
        not: "Not a size of /dev/shm, and no missing right.",
        fix: Fix::Setting,
        setting: "End all of Wine's processes of that prefix (wineserver -k), or give all the same \
                  WINEESYNC and WINEFSYNC.",
        source: "https://github.com/vinegarhq/vinegar/issues/381, \
                 https://github.com/bottlesdevs/programs/issues/17",
        example: "01f8:err:esync:esync_init Failed to open esync shared memory file; make sure no \
                  stale wineserver instances are running without WINEESYNC.",
        ..Entry::REST
    },
    Entry {
        id: "open-files-wine",
        application: "Wine, Proton (esync)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["eventfd: {EMFILE or 24}", "NtCreateFile Too many open files"],
        text: "esync needs a descriptor for each object, and the limit of open files is reached.",
        not: "Not /dev/shm.",
        fix: Fix::OpenFiles,
        setting: "DefaultLimitNOFILE=524288 in /etc/systemd/system.conf, or PROTON_NO_ESYNC=1.",
        source: "https://github.com/ValveSoftware/Proton/issues/32",
        example: "eventfd: Too many open files",
        ..Entry::REST
    },
    Entry {
        id: "x11-get-image",
        application: "X clients that record the screen",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Can't get image (using shared memory)", "X_ShmGetImage*BadMatch"],
        text: "XShmGetImage was refused: the area lies partly outside of the screen, or the \
               screen's size has changed since.",
        not: "Not a lack of shared memory: the segment is there.",
        fix: Fix::Setting,
        setting: "Choose the area anew; start the recorder again after a change of resolution.",
        source: "https://github.com/MaartenBaert/ssr/issues/656",
        example: "[X11Input::InputThread] Error: Can't get image (using shared memory)!",
        ..Entry::REST
    },
    Entry {
        id: "audacity-instance",
        application: "Audacity",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Unable to acquire semaphores"],
        text: "Audacity finds its other instance by System V semaphores and a segment, and could \
               not make them: kernel.sem or shmmni is exhausted, or the system has none.",
        not: "Not memory.",
        fix: Fix::Semaphores,
        setting: "`ipcs -s` and `ipcs -m` show leftovers; ipcrm removes them.",
        source: "https://github.com/audacity/audacity/pull/3285",
        example: "Unable to acquire semaphores. This is likely due to a resource shortage and a \
                  reboot may be required.",
        ..Entry::REST
    },
    Entry {
        id: "wayland-shm-format",
        application: "Wayland clients and compositors",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "unsupported wl_shm format",
            "unsupported wl_shm_format",
            "unknown wl_shm format",
            "invalid wl_shm format",
            "unsupported shm format",
            "wl_shm*error 0: invalid format",
            "wl_shm*invalid format",
            "wl_shm*unsupported format",
        ],
        text: "The program does not know the format of the pixels in a buffer that the compositor \
               offers (a number, or four letters such as BG24). wl_shm is only the name of the \
               protocol.",
        not: "Not a size and no limit: memory is not involved.",
        fix: Fix::Setting,
        setting: "A newer version of the program or compositor; another format or output in its \
                  settings.",
        source: "https://github.com/emersion/xdg-desktop-portal-wlr/issues/299, \
                 https://github.com/emersion/grim/issues/24",
        example: "xdg-desktop-portal-wlr[911]: [ERROR] - wlroots: unsupported wl_shm format \
                  0x34324742",
        ..Entry::REST
    },
    Entry {
        id: "wayland-empty-buffer",
        application: "Wayland clients and compositors",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Creating a buffer file for 0 B failed", "[Wayland]*mmap failed: {EINVAL}"],
        text: "The program made a buffer for a window whose width or height was still 0: a fault of \
               the program or of its decorations (libdecor).",
        not: "Not a limit and not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "A newer version; X11 instead (SDL_VIDEODRIVER=x11).",
        source: "https://github.com/libretro/RetroArch/pull/13740, \
                 https://github.com/libsdl-org/SDL/issues/12258",
        example: "[ERROR] [Wayland] [SHM]: Creating a buffer file for 0 B failed: Invalid argument",
        ..Entry::REST
    },
    Entry {
        id: "wayland-create-pool",
        application: "Wayland clients and compositors",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "invalid arguments for wl_shm*create_pool",
            "file descriptor expected, object*create_pool",
        ],
        text: "The file descriptor of a buffer did not arrive with its message. As a rule that is a fault of the \
               client: it sent none, or not together with the request. It can also be at its limit of open files.",
        not: "Not a size, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "A newer version of the client; where it also says \"Too many open files\", ulimit -n.",
        source: "https://github.com/microsoft/wslg/issues/862",
        example: "(EE) wl_display@1: error 1: invalid arguments for wl_shm@7.create_pool",
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
        id: "supercollider-world",
        application: "SuperCollider (scsynth)",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "Exception in World_New: {EACCES or 13}",
            "Exception in World_New: {EEXIST or 17}",
        ],
        text: "The server's shared memory object for its port (/dev/shm/SuperColliderServer_PORT) is there and \
               another user's: a server that was killed left it.",
        not: "Not the sound card, and not a size.",
        fix: Fix::Permission,
        setting: "rm /dev/shm/SuperColliderServer_*, as its owner, while no server runs; or another port.",
        source: "supercollider common/server_shm.hpp",
        example: "Exception in World_New: Permission denied",
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
        id: "wslg-shared-memory",
        application: "WSLg (Weston)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["/mnt/shared_memory/{", "rdp_allocate_shared_memory: Failed"],
        text: "WSLg hands pictures of windows to Windows in files in /mnt/shared_memory, a mount of Windows' own \
               (virtiofs), and one of them could not be made: the side of Windows (msrdc.exe) has gone, or a \
               name is left over.",
        not: "Not /dev/shm, and not the memory of WSL: a larger one of either does not help.",
        fix: Fix::Setting,
        setting: "wsl --shutdown, and wsl --update. Without these files (WESTON_RDP_DISABLE_SHARED_MEMORY=true \
                  in .wslgconfig) it copies the pictures.",
        source: "https://github.com/microsoft/wslg/issues/827, https://github.com/microsoft/wslg/issues/1320, \
                 https://github.com/microsoft/weston-mirror/pull/45",
        example: "[11:40:36.158] rdp_allocate_shared_memory: Failed to open \
                  \"/mnt/shared_memory/{7961255c-5555-41c7-a030-405562599c63}\" with error: Input/output error",
        ..Entry::REST
    },
];
