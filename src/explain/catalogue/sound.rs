//! Sound: JACK, SuperCollider, Audacity.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
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
        id: "jack-mlock",
        application: "JACK",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["Cannot lock down*memory area (Cannot allocate memory)"],
        text: "mlock was refused: the limit on locked memory (ulimit -l, RLIMIT_MEMLOCK). JACK \
               goes on, with the risk of dropouts.",
        not: "Not memory, although it says so. A bus error below it, or an area larger than /dev/shm: then /dev/shm is too small.",
        fix: Fix::Memlock,
        source: "jack2 linux and common/JackShmMem.cpp",
        example: "Cannot lock down 82278944 byte memory area (Cannot allocate memory)",
        ..Entry::REST
    },
    Entry {
        id: "jack-bus",
        application: "JACK",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Bus error", "SIGBUS"],
        after: &["Cannot lock down"],
        instead_of: &["jack-mlock", "bus-error", "gdb-sigbus"],
        text: "jackd's segment is a file in /dev/shm, which is smaller than the segment (some 80 MB): locking it failed for that, and the \
               first page beyond it is a bus error.",
        not: "Not the limit on locked memory alone, which only costs a warning.",
        fix: Fix::ShmSize,
        setting: "Fewer ports (jackd -p 512) need less.",
        source: "jack2 common/JackShmMem.cpp, mlock(2), https://github.com/jackaudio/jack2/issues/381",
        example: "Cannot lock down 82274202 byte memory area (Cannot allocate memory)\nBus error (core dumped)",
        ..Entry::REST
    },
    Entry {
        id: "jack-database",
        application: "JACK",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["jack_db/__db*{EACCES}", "cannot open DB environment: {EACCES}"],
        text: "jackd keeps its metadata in /dev/shm/jack_db, and another user's is there: as a rule root started jackd once.",
        not: "No size, and no filter.",
        fix: Fix::Setting,
        setting: "Stop jackd, remove it as its owner or root (rm -r /dev/shm/jack_db*), and start jackd as one user only.",
        source: "jack2 common/JackMetadata.cpp, https://github.com/jackaudio/jack2/issues/537",
        example: "cannot open DB environment: Permission denied",
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
        id: "jack-lock-denied",
        application: "JACK",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "named futex name*{EACCES or 13}",
            "named futex name*{EPERM or 1}",
            "named semaphore name*{EACCES or 13}",
            "Cannot create shm registry segment*{EACCES or 13}",
        ],
        text: "JACK's locks and its registry are files in /dev/shm (jack_sem.*, jack-shm-registry), and this one \
               is another user's: a server that ran as root, for example, left it. Or /dev/shm may not be \
               written to, as on Android.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "Stop all servers and clients, rm /dev/shm/jack* as the owner or as root, and start JACK as one \
                  user only.",
        source: "jack2 linux/JackLinuxFutex.cpp, common/shm.c, https://github.com/jackaudio/jack2/issues/240",
        example: "Sun Dec 11 17:53:20 2016: ERROR: Allocate: can't check in named futex name = jack_sem.system err = \
                  Permission denied",
        ..Entry::REST
    },
    Entry {
        id: "jack-no-server",
        application: "JACK",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "jack server is not running or cannot be started",
            "JACK server isn't running",
            "Cannot connect to server request channel",
        ],
        text: "The client found no JACK server: none runs as this user, or the client is in a container or a \
               sandbox with another /dev/shm than the server's, where the server's sockets and segments are \
               missing. Where one runs as a service and its clients fail since a logout, systemd removed its files then (RemoveIPC).",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "Start the server as this user; for a service RemoveIPC=no in /etc/systemd/logind.conf, or loginctl enable-linger USER. Flatpak does not support JACK itself, and --device=shm alone does not \
                  do: use PipeWire's (pw-jack). A container needs the host's /dev/shm (--ipc=host) and the same \
                  user.",
        source: "jack2 common/JackLibClient.cpp, https://github.com/flatpak/flatpak/issues/1509, \
                 https://github.com/flatpak/flatpak/issues/3622",
        example: "[jack] jack server is not running or cannot be started",
        ..Entry::REST
    },
    Entry {
        id: "pipewire-mlock",
        application: "PipeWire",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["Failed to mlock memory*This is not a problem"],
        text: "PipeWire would lock its buffers in memory, and the limit on locked memory (ulimit -l, \
               RLIMIT_MEMLOCK) is less than they need. It goes on without: harmless, but for gaps in the sound \
               when memory is short.",
        not: "No failure, not /dev/shm, and no lack of memory.",
        fix: Fix::Memlock,
        setting: "Of a user: @audio - memlock unlimited in /etc/security/limits.d/audio.conf, then log in again.",
        source: "pipewire src/pipewire/filter.c, src/pipewire/stream.c, \
                 https://github.com/NixOS/nixpkgs/pull/104553",
        example: "pipewire-pulse[961]: Failed to mlock memory 0x7fd93c124000 32832: This is not a problem but for \
                  best performance, consider increasing RLIMIT_MEMLOCK",
        ..Entry::REST
    },
    Entry {
        id: "pulseaudio-memfd",
        application: "PulseAudio",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["block reference with non-registered memfd ID"],
        text: "A client and the server disagree about which shared blocks (memfd) they know: a fault of \
               PulseAudio. It then copies that block over the socket.",
        not: "No limit, no size, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "A newer PulseAudio; enable-memfd = no in client.conf and daemon.conf does without.",
        source: "pulseaudio src/pulsecore/pstream.c, https://github.com/wwmm/easyeffects/issues/337",
        example: "[pulseaudio] pstream.c: Ignoring received block reference with non-registered memfd ID = \
                  2113341418",
        ..Entry::REST
    },
    Entry {
        id: "jack-registry-full",
        application: "JACK",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["shm registry full"],
        text: "JACK's own table of segments (256, MAX_SHM_ID) is full, as a rule of what ended clients left in it.",
        not: "Not the size of /dev/shm, and no limit of the kernel.",
        fix: Fix::Setting,
        setting: "Stop all clients and servers of JACK, remove /dev/shm/jack*, and start the server again.",
        source: "jack2 common/shm.c (jack_get_free_shm_info), https://github.com/jackaudio/jack2/issues/213",
        example: "Cannot create shm segment: shm registry full",
        ..Entry::REST
    },
    Entry {
        id: "pulse-no-server",
        application: "PulseAudio",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "pa_context_connect() failed: Connection refused",
            "Connection failure: Connection refused",
        ],
        after: &["pa_context_connect", "memfd open() failed"],
        instead_of: &["memfd-missing"],
        text: "The client found no server: none runs here, or its socket is not mounted in the container. A line about memfd \
               before it is harmless: PulseAudio goes on without.",
        not: "Not shared memory, and no size.",
        fix: Fix::Setting,
        setting: "Start one (pulseaudio --start), or mount the host's socket and set PULSE_SERVER=unix:PATH.",
        source: "pulseaudio src/utils/pactl.c, https://github.com/linuxserver/docker-baseimage-guacgui/issues/15",
        example: "Connection failure: Connection refused\npa_context_connect() failed: Connection refused",
        ..Entry::REST
    },
    Entry {
        id: "alsa-ipc",
        application: "ALSA (dmix, dsnoop, dshare)",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["unable to create IPC semaphore", "unable to create IPC shm instance"],
        text: "Programs that share a sound card through dmix share System V segments and semaphores of one key: those that are there are \
               another user's (ipc_perm), or in another IPC namespace, or there may be no more.",
        not: "Not the size of /dev/shm.",
        fix: Fix::SameIpc,
        setting: "One user for all, or ipc_perm 0666 and ipc_gid audio in the pcm's definition; ipcs -m -s shows whose they are.",
        source: "alsa-lib src/pcm/pcm_direct.c (snd_pcm_direct_semaphore_create_or_connect, snd_pcm_direct_shm_create_or_connect)",
        example: "ALSA lib pcm_dmix.c:1043:(snd_pcm_dmix_open) unable to create IPC semaphore",
        ..Entry::REST
    },
    Entry {
        id: "pulseaudio-pool",
        application: "PulseAudio",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Failed to allocate shared*memory pool. Falling back to a normal memory pool"],
        text: "A warning only: PulseAudio shares no memory with its clients, and copies the sound over its socket. It has no POSIX \
               shared memory there (Android), or may make none.",
        not: "Not why it ends, and not a size: look at the lines below it.",
        fix: Fix::Setting,
        setting: "enable-shm = no in daemon.conf and client.conf keeps it silent.",
        source: "pulseaudio src/pulsecore/core.c, https://github.com/termux/termux-packages/issues/3364",
        example: "W: [pulseaudio] core.c: Failed to allocate shared posix-shm memory pool. Falling back to a normal memory pool.",
        ..Entry::REST
    },
];
