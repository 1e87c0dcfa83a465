//! X11, Wayland, Wine, WSLg.

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
        id: "x11-shm-alloc",
        application: "X clients",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["error_code 11 request_code *(MIT-SHM)", "BadAlloc*(MIT-SHM)"],
        instead_of: &["x11-mit-shm"],
        text: "The X server had the client's segment, and could make nothing of it (BadAlloc): with minor_code 5 a picture that is larger than \
               32767 pixels in one direction, or for which the server has no memory; with minor_code 1 it could not attach one more.",
        not: "No other IPC namespace and no right: those give BadAccess or BadShmSeg. Not /dev/shm.",
        fix: Fix::Setting,
        setting: "Start the session anew, as servers leak; xrestop shows whose pictures take memory. Without the extension: the server's \
                  -extension MIT-SHM.",
        source: "xserver Xext/shm.c (ProcShmCreatePixmap), https://github.com/dbeaver/dbeaver/issues/10500",
        example: "  (Details: serial 102710 error_code 11 request_code 131 (MIT-SHM) minor_code 5)",
        ..Entry::REST
    },
    Entry {
        id: "x11-mit-shm",
        application: "X clients",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "(MIT-SHM)",
            "X_ShmAttach",
            "BadShmSeg",
            "X_ShmPutImage",
            // Where a client did not ask for its name; the number is Xorg's.
            "request_code 130 (unknown)",
            "X11 MIT Shared Memory Attach failed",
        ],
        instead_of: &["words-failed"],
        unless: &["error_code 11", "BadAlloc"],
        text: "The X server cannot attach the client's segment: the two are in different IPC \
               namespaces (a container and its host), or run as different users.",
        not: "Not a size.",
        fix: Fix::SameIpc,
        setting: "Without it: QT_X11_NO_MITSHM=1 (Qt), x11vnc -noshm, or the extension off in the server (-extension MIT-SHM).",
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
                  WINEESYNC and WINEFSYNC (Proton: PROTON_NO_ESYNC=1, PROTON_NO_FSYNC=1 do without).",
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
    Entry {
        id: "wine-leftover",
        application: "Wine, Proton",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["a previous shm file*was not properly removed"],
        text: "A wineserver that was killed left its file of esync or fsync in /dev/shm (wine-*-fsync); the new \
               one removed it, and goes on.",
        not: "A warning, and not why a program fails. Not a size.",
        fix: Fix::Setting,
        setting: "If Wine hangs, end all of its processes (wineserver -k) and look at its other messages.",
        source: "proton wine server/fsync.c, https://github.com/Open-Wine-Components/umu-launcher/issues/489",
        example: "fsync: warning: a previous shm file /wine-26ce2e-fsync was not properly removed",
        ..Entry::REST
    },
    Entry {
        id: "steam-shared-size",
        application: "Steam",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Error 75 getting shared memory size"],
        text: "EOVERFLOW: fstat of a program of 32 bits cannot tell of a file in /dev/shm whose number has more \
               than 32 bits: it is mounted with inode64.",
        not: "Not the size of /dev/shm, and not a lack of memory.",
        fix: Fix::Setting,
        setting: "As root: mount -o remount,inode32 /dev/shm, then start Steam again; or start the machine again.",
        source: "https://github.com/ValveSoftware/steam-for-linux/issues/9514, tmpfs(5)",
        example: "CreateSharedMemory: Error 75 getting shared memory size",
        ..Entry::REST
    },
    Entry {
        id: "synaptics-shared",
        application: "Xorg's synaptics driver (synclient, xSwipe)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["SHMConfig disabled?"],
        text: "The driver of the touchpad shares its state only where its option SHMConfig is on, and newer \
               versions have no such option.",
        not: "No limit of shared memory.",
        fix: Fix::Setting,
        setting: "Option \"SHMConfig\" \"on\" in the InputClass of the touchpad (xorg.conf.d), or a program that \
                  uses xinput or libinput.",
        source: "xf86-input-synaptics tools/synclient.c, https://github.com/iberianpig/xSwipe/issues/1",
        example: "xSwipe: Can't access shared memory area. SHMConfig disabled?",
        ..Entry::REST
    },
    Entry {
        id: "x11-put-image",
        application: "X clients",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Minor opcode*(X_ShmPutImage)", "Minor opcode*(X_ShmGetImage)"],
        after: &["BadValue", "BadMatch"],
        instead_of: &["x11-mit-shm"],
        text: "The X server has attached a segment of that number, and the image does not fit into it. In a container that is as a rule \
               another segment: numbers begin with 0 in each IPC namespace. Else a proxy or a virtual machine between the \
               two (muvm), or a fault of the client.",
        not: "Not a limit, and not a size of /dev/shm.",
        fix: Fix::SameIpc,
        setting: "Or without it: QT_X11_NO_MITSHM=1, GDK_DISABLE_SHM=1, or for all clients the extension off in the server \
                  (-extension MIT-SHM).",
        source: "xorg-server Xext/shm.c, https://github.com/AsahiLinux/muvm/issues/172, \
                 https://github.com/jessfraz/dockerfiles/issues/359",
        example: "X Error of failed request:  BadValue (integer parameter out of range for operation)  Minor \
                  opcode of failed request:  3 (X_ShmPutImage)",
        ..Entry::REST
    },
    Entry {
        id: "gdk-shmget",
        application: "GTK 2",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "Gdk-WARNING*shmget failed*{EACCES or 13}",
            "Gdk-WARNING*shmget failed*{EPERM or 1}",
            "Gdk-WARNING*shmget failed*{ENOSYS or 38}",
        ],
        text: "GTK 2 asked for a private System V segment (IPC_PRIVATE) for an image, and was refused. Such a \
               segment has no key and no other owner: the kernel, a sandbox or a security module allows no System V \
               shared memory (Android, proot, seccomp, SELinux). GTK goes on and draws without it.",
        not: "Not a leftover: ipcs and ipcrm have nothing to show or to remove. No limit, and no failure.",
        fix: Fix::Setting,
        setting: "Nothing has to be done: drawing is a little slower.",
        source: "gtk+ 2 gdk/x11/gdkimage-x11.c (_gdk_image_new_for_depth), \
                 https://github.com/corbinlc/GNURootDebian/issues/256",
        example: "(gimp:512): Gdk-WARNING **: shmget failed: error 38 (Function not implemented)",
        ..Entry::REST
    },
    Entry {
        id: "gdk-shmget-limit",
        application: "GTK 2",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "Gdk-WARNING*shmget failed*{ENOSPC or 28}",
            "Gdk-WARNING*shmget failed*{ENOMEM or 12}",
        ],
        text: "GTK 2 asked for a private System V segment (IPC_PRIVATE) for an image, and got none: 28 (ENOSPC) is \
               kernel.shmmni or shmall, 12 (ENOMEM) strict overcommit. GTK goes on and draws without it.",
        not: "Not the disk and not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "`ipcs -m` shows the segments, also those that killed programs left.",
        source: "gtk+ 2 gdk/x11/gdkimage-x11.c (_gdk_image_new_for_depth)",
        example: "(gitk:77): Gdk-WARNING **: shmget failed: error 28 (No space left on device)",
        ..Entry::REST
    },
    Entry {
        id: "gtk-surface-too-large",
        application: "GTK on Wayland",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Unable to create Cairo image surface: invalid value (typically too big)"],
        text: "A window is larger than Cairo can draw (32767 pixels a side): the application or the compositor asked \
               for a size that makes no sense.",
        not: "Not the size of /dev/shm: its picture is in a memfd, and was made.",
        fix: Fix::Setting,
        setting: "The size of the window in the application.",
        source: "gtk gdk/wayland/gdkdisplay-wayland.c, https://github.com/wmww/gtk-layer-shell/issues/130",
        example: "Gdk-CRITICAL **: Unable to create Cairo image surface: invalid value (typically too big) for the size of \
                  the input (surface, pattern, etc.)",
        ..Entry::REST
    },
    Entry {
        id: "tigervnc-shm-image",
        application: "TigerVNC",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Failed to create SHM image, falling back to Xlib image"],
        instead_of: &["words-failed"],
        text: "The viewer or server could share no picture with the X server (a System V segment; the X server is on another machine or \
               in another IPC namespace), and goes on without, only slower.",
        not: "No failure, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "The line before it names the call (shmget, shmat, XShmAttach). In a container --ipc=container:NAME of the X server.",
        source: "tigervnc vncviewer/Surface_X11.cxx, unix/tx, https://github.com/TigerVNC/tigervnc/issues/1630",
        example: "Image: Failed to create SHM image, falling back to Xlib image",
        ..Entry::REST
    },
];
