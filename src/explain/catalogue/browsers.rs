//! Chrome and Chromium, and what drives them.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const CHROME: Entry = Entry {
    application: "Chrome, Chromium",
    setting: "--disable-dev-shm-usage keeps these files in /tmp.",
    ..Entry::REST
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "chrome-shm-full",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "Creating shared memory in /dev/shm/*{ENOSPC}",
            "/dev/shm/.org.chromium.Chromium*{ENOSPC}",
            "/dev/shm/.com.google.Chrome*{ENOSPC}",
        ],
        text: "A shared buffer, a file in /dev/shm (.org.chromium.Chromium.*), got ENOSPC.",
        not: "Not the disk.",
        fix: Fix::ShmSize,
        source: "chromium base/memory/platform_shared_memory_region_posix.cc, \
                 https://issues.chromium.org/issues/40517415",
        example: "[17:35:0607/134420.137:ERROR:platform_shared_memory_region_posix.cc(268)] \
                  Creating shared memory in /dev/shm/.org.chromium.Chromium.JwBSnH failed: No \
                  space left on device (28)",
        ..CHROME
    },
    Entry {
        id: "chrome-temp-full",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "Creating shared memory in /*{ENOSPC}",
            "/.org.chromium.Chromium*{ENOSPC}",
            "/.com.google.Chrome*{ENOSPC}",
        ],
        unless: &["/dev/shm/"],
        text: "A shared buffer, a file in the folder that the message names, got ENOSPC: with \
               --disable-dev-shm-usage, or without a /dev/shm, these files are in /tmp, and its \
               file system is full.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Disk,
        setting: "A larger /tmp or TMPDIR; or a large enough /dev/shm and no \
                  --disable-dev-shm-usage.",
        source: "chromium base/memory/platform_shared_memory_region_posix.cc, base/files/\
                 file_util_posix.cc (GetShmemTempDir)",
        example: "[0612/093011.871:ERROR:platform_shared_memory_region_posix.cc(250)] Creating \
                  shared memory in /tmp/.org.chromium.Chromium.h2Qe7x failed: No space left on \
                  device (28)",
        ..Entry { application: "Chrome, Chromium", ..Entry::REST }
    },
    Entry {
        id: "chrome-shm-small",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["of free space in temporary directory for shared memory files"],
        text: "Chrome found less than 64 MB of free space where its shared buffers are files: \
               /dev/shm, which the engine makes 64 MiB large by default. It halves what pages may \
               keep there, and goes on.",
        not: "A warning, no failure. With --disable-dev-shm-usage the folder is /tmp.",
        fix: Fix::ShmSize,
        source: "chromium components/discardable_memory/service/\
                 discardable_shared_memory_manager.cc, \
                 https://github.com/chrome-php/chrome/issues/389",
        example: "WARNING:discardable_shared_memory_manager.cc(197)] Less than 64MB of free space \
                  in temporary directory for shared memory files: 62",
        ..CHROME
    },
    Entry {
        id: "firefox-pipe",
        application: "Firefox",
        patterns: &[
            "WARNING: pipe error*Connection reset by peer*ipc_channel_posix.cc",
            "WARNING: pipe error*Broken pipe*ipc_channel_posix.cc",
            "IPC message 'PContent::Msg_*' discarded: actor cannot send",
            "[Parent*WARNING: pipe error*ipc_channel",
            "[Child*WARNING: pipe error*ipc_channel",
            "[MessageChannel] Error: (msgtype=",
            "###!!! [Parent]*Error: Channel error: cannot send/recv",
            "###!!! [Child]*Channel error: cannot send/recv",
        ],
        text: "One of Firefox's processes lost the other one: it ended or died. That is also what \
               an ordinary end looks like. If pages crash: in containers usually a /dev/shm of 64 \
               MiB, else the memory limit or a fault of Firefox.",
        not: "It names no cause, and nothing is wrong if Firefox was closed just then.",
        fix: Fix::ShmSize,
        setting: "Look for \"signal 7\" or \"content process crashed\" before it; df /dev/shm \
                  while it runs.",
        source: "https://github.com/SeleniumHQ/docker-selenium/issues/388, \
                 https://bugzilla.mozilla.org/show_bug.cgi?id=1338771",
        example: "selenium-firefox_1  | [Child 870, Chrome_ChildThread] WARNING: pipe error (15): \
                  Connection reset by peer: file /builds/worker/workspace/build/src/ipc/chromium/\
                  src/chrome/common/ipc_channel_posix.cc, line 353",
        ..Entry::REST
    },
    Entry {
        id: "chrome-sandbox-shm",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "Creating shared memory in *failed: No such process",
            "Unable to access(W_OK|X_OK)*No such process",
        ],
        instead_of: &["chrome-shm-denied"],
        text: "A process in the browser's sandbox made the shared buffer itself and was refused: \"No such \
               process\" is an answer of the sandbox, not of the file system: the process sees no files there. The sandbox does \
               not fit this system (an AppImage, restricted user namespaces, a new glibc) or the other options.",
        not: "Not the mode of /dev/shm or /tmp, although the next line says so, and not a size.",
        fix: Fix::Setting,
        setting: "--no-sandbox shows whether it is the sandbox. If so: a package instead of the AppImage (its chrome-sandbox has to be \
                  root's, mode 4755), or another version of the program.",
        source: "https://github.com/getpaseo/paseo/issues/2640, \
                 https://github.com/LightnigFast/Project-Lightning/issues/24, \
                 https://github.com/electron/electron/pull/31091",
        example: "[338762:0809/160631.130600:ERROR:base/memory/platform_shared_memory_region_posix.cc:214] \
                  Creating shared memory in /tmp/.org.chromium.Chromium.J63aWd failed: No such process (3)",
        ..CHROME
    },
    Entry {
        id: "chrome-shm-missing",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["Creating shared memory in /dev/shm/*{ENOENT}"],
        instead_of: &["chrome-shm-denied"],
        text: "The browser makes this file itself, so that ENOENT means that its process sees no /dev/shm: there is none, or the process is \
               in the browser's own sandbox (of an AppImage, or where user namespaces are restricted), which sees no files.",
        not: "Not a size, no right, and no file that is gone; the next line's chmod does not help where /dev/shm has mode 1777.",
        fix: Fix::Setting,
        setting: "ls -ld /dev/shm: where it is missing, mount a tmpfs there (mode 1777). Else it is the sandbox: a package instead of the \
                  AppImage (its chrome-sandbox has to be root's, mode 4755), another version; --no-sandbox shows whether it is that.",
        source: "chromium base/memory/platform_shared_memory_region_posix.cc, https://github.com/getpaseo/paseo/issues/1016",
        example: "[21366:0514/122048.460712:ERROR:base/memory/platform_shared_memory_region_posix.cc:214] Creating shared memory in \
                  /dev/shm/.org.chromium.Chromium.TsCj7y failed: No such file or directory (2)",
        ..CHROME
    },
    Entry {
        id: "chrome-shm-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "Creating shared memory in /dev/shm/*failed",
            "Unable to access(W_OK|X_OK) /dev/shm",
            "caused by incorrect permissions on /dev/shm",
        ],
        unless: &[
            "Creating shared memory in /dev/shm/*{ENOSPC}",
            "Creating shared memory in /dev/shm/*{ENOENT}",
            "No such process",
        ],
        text: "A shared buffer in /dev/shm could not be made: it is missing, read-only, or not writable for this \
               user (it needs mode 1777), or a security module forbids it (the AppArmor profile of a snap). Where \
               its mode is right, it is the browser's own sandbox: Electron before 13.5 with glibc 2.34 or later.",
        not: "Not a size.",
        fix: Fix::Permission,
        setting: "If that is in order: a newer Electron or Chromium; --disable-seccomp-filter-sandbox shows \
                  whether it is the sandbox. --disable-dev-shm-usage keeps these files in /tmp. In a snap the \
                  plug shared-memory with private: true, or browser-support with allow-sandbox: true.",
        source: "chromium base/memory/platform_shared_memory_region_posix.cc, \
                 https://github.com/electron/electron/issues/30758",
        example: "[0100/000000.416:ERROR:platform_shared_memory_region_posix.cc(46)] Unable to \
                  access(W_OK|X_OK) /dev/shm: No such file or directory (2)",
        ..CHROME
    },
    Entry {
        id: "chrome-bus",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Received signal 7 BUS_ADRERR"],
        text: "A page of a shared buffer could not be had: /dev/shm was full.",
        not: "Not the memory limit: that kills without a message.",
        fix: Fix::ShmSize,
        source: "chromium base/debug/stack_trace_posix.cc, \
                 https://github.com/adieuadieu/serverless-chrome/issues/136",
        example: "Received signal 7 BUS_ADRERR 7f1d2c0a5000",
        ..CHROME
    },
    Entry {
        id: "firefox-shm-denied",
        application: "Firefox",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["failed to open shm: Permission denied"],
        text: "A shared buffer in /dev/shm could not be made: /dev/shm may not be written to by \
               this user (it needs mode 1777).",
        not: "Not a size.",
        fix: Fix::Permission,
        source: "firefox ipc/chromium/src/base/shared_memory_posix.cc",
        example: "[Parent 61, Main Thread] WARNING: failed to open shm: Permission denied: file \
                  /build/firefox/ipc/chromium/src/base/shared_memory_posix.cc:338",
        ..Entry::REST
    },
    Entry {
        id: "firefox-tab-crash",
        application: "Firefox",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["Gah. Your tab just crashed"],
        text: "The process of a tab died: in a container of a full /dev/shm of 64 MiB (older versions), of the memory limit, or \
               since a filter of system calls refuses what its sandbox needs.",
        not: "The page itself does not say which.",
        setting: "A larger /dev/shm (--shm-size=2g) first, then more memory; as a test of the filter --security-opt \
                  seccomp=unconfined.",
        source: "firefox browser/locales/en-US/browser/aboutTabCrashed.ftl, \
                 https://github.com/jlesage/docker-firefox/issues/62",
        example: "Gah. Your tab just crashed.",
        ..Entry::REST
    },
    Entry {
        id: "chrome-page-crash",
        application: "Selenium",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "session deleted because of page crash",
            "from tab crashed",
            "message: tab crashed",
            "Renderer process crashed",
            "browser process has crashed",
            "tab crashed",
        ],
        text: "The browser's process of a page died. Chrome before about version 120 kept buffers in /dev/shm and \
               died of a full one; later ones use memfd, and die of the memory limit.",
        not: "Not the driver's fault. A newer browser does not need a large /dev/shm.",
        fix: Fix::ShmSize,
        setting: "--disable-dev-shm-usage for a Chrome of 65 to 120, more memory for a newer one.",
        source: "https://github.com/SeleniumHQ/docker-selenium/issues/589, \
                 https://github.com/microsoft/playwright/issues/8578, measured with Chromium 156",
        example: "org.openqa.selenium.WebDriverException: unknown error: session deleted because \
                  of page crash",
        ..Entry::REST
    },
    Entry {
        id: "chrome-out-of-memory",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["FATAL:memory.cc*Out of memory. size="],
        text: "A process of the browser could not map a buffer: /dev/shm was full (older \
               versions), or memory or address space was.",
        not: "The size that it names is that of one buffer, not what is missing.",
        fix: Fix::ShmSize,
        source: "https://github.com/stephen-fox/chrome-docker/issues/8",
        example: "[778:7:0131/235140.910186:FATAL:memory.cc(22)] Out of memory. size=524288",
        ..CHROME
    },
    Entry {
        id: "chrome-not-started",
        application: "ChromeDriver, Puppeteer",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        names_no_error: true,
        patterns: &[
            "DevToolsActivePort file doesn't exist",
            "websocket url timeout reached",
            "Failed to launch the browser process",
            "waiting for the WS endpoint URL",
        ],
        text: "Chrome ended before it was ready: usually the sandbox (root without --no-sandbox), \
            a missing library or display; a /dev/shm that is full or missing is one cause of \
            several.",
        not: "It names no cause.",
        setting: "Start the same Chrome by hand: its stderr tells.",
        source: "https://developer.chrome.com/docs/chromedriver/help/devtoolsactiveport",
        example: "selenium.common.exceptions.WebDriverException: Message: unknown error: Chrome \
                  failed to start: exited abnormally. (unknown error: DevToolsActivePort file \
                  doesn't exist)",
        ..Entry::REST
    },
    Entry {
        id: "firefox-signal-bus",
        application: "Firefox (geckodriver)",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &[
            "Browser process stopped: signal: 7",
            "Process unexpectedly closed with signal 7",
            "Process unexpectedly closed with signal: 7",
        ],
        text: "Firefox got SIGBUS: a page of a shared buffer in /dev/shm could not be had.",
        not: "Not the memory limit: that is signal 9.",
        fix: Fix::ShmSize,
        setting: "256 MiB are enough for most pages, 2 GiB for all.",
        source: "https://github.com/mozilla/geckodriver/issues/1453, \
                 https://bugzilla.mozilla.org/show_bug.cgi?id=1338771",
        example: "1545314553412 geckodriver::marionette DEBUG Browser process stopped: signal: 7",
        ..Entry::REST
    },
    Entry {
        id: "firefox-content-crash",
        application: "Firefox (Selenium)",
        patterns: &[
            "A content process crashed and MOZ_CRASHREPORTER_SHUTDOWN is set",
            "Failed to decode response from marionette",
            "Tried to run command without establishing a connection",
        ],
        instead_of: &["firefox-pipe"],
        text: "Firefox or one of its processes died. In containers the usual cause is a /dev/shm \
               of 64 MiB; else the memory limit, or a fault of Firefox.",
        not: "It names no cause, and it is not the driver's fault.",
        fix: Fix::ShmSize,
        setting: "df /dev/shm while it runs: at 100 % it was that. oom_kill in memory.events tells \
                  of the memory limit.",
        source: "https://github.com/SeleniumHQ/docker-selenium/issues/951, \
                 https://github.com/mozilla/geckodriver/issues/285",
        example: "selenium_1  | A content process crashed and MOZ_CRASHREPORTER_SHUTDOWN is set, \
                  shutting down",
        ..Entry::REST
    },
    Entry {
        id: "electron-window-crashed",
        application: "Visual Studio Code, Electron",
        patterns: &[
            "The window has crashed (reason: '",
            "The window terminated unexpectedly (reason: '",
        ],
        text: "The process that draws the window ended. The code tells how: 133 (5, SIGTRAP) is a check of Chromium that \
               failed, in a container often for a small /dev/shm, and 135 (7) a bus error; 132 (4) and 139 (11) are faults of \
               the program, 137 (9) is a kill, as a rule for memory.",
        not: "It names no cause.",
        setting: "--disable-dev-shm-usage tells whether it was /dev/shm, --disable-gpu whether it was the GPU.",
        source: "vscode src/vs/platform/windows/electron-main/windowImpl.ts, \
                 https://github.com/mongodb-js/mongosh/pull/2737",
        example: "[main 2026-06-01T09:11:07.000Z] CodeWindow: renderer process gone (reason: crashed, code: 133)\nThe window has \
                  crashed (reason: 'crashed', code: '133')",
        ..Entry::REST
    },
    Entry {
        id: "webdriver-session",
        application: "Selenium",
        patterns: &[
            "NoSuchSessionError: invalid session id",
            "Message: invalid session id",
            "unknown error: invalid session id",
            "^invalid session id",
            "InvalidSessionIdException",
            "NoSuchSessionException",
        ],
        text: "The browser's session is gone: the browser or its tab crashed (in containers a \
               /dev/shm of 64 MiB for old browsers, the memory limit, the sandbox), or it was quit \
               before.",
        not: "It names no cause.",
        setting: "Look for \"crash\" before it; --disable-dev-shm-usage and --no-sandbox tell \
                  whether it was one of these.",
        source: "https://www.selenium.dev/documentation/webdriver/troubleshooting/errors/, \
                 https://github.com/jasmine/jasmine-browser-runner/pull/29",
        example: "selenium.common.exceptions.InvalidSessionIdException: Message: invalid session \
                  id",
        ..Entry::REST
    },
    Entry {
        id: "chrome-files",
        application: "Chrome, Chromium (Electron, CEF)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Shared memory creation failed; out of file descriptors"],
        text: "The limit of open files (ulimit -n) is reached: each shared buffer takes a descriptor.",
        not: "Not the size of /dev/shm.",
        fix: Fix::OpenFiles,
        source: "chromium base/memory/shared_memory_posix.cc, \
                 https://github.com/ValveSoftware/steam-for-linux/issues/3639",
        example: "[1221/132646:WARNING:shared_memory_posix.cc(386)] Shared memory creation failed; out of file \
                  descriptors",
        ..Entry::REST
    },
    Entry {
        id: "chrome-broker",
        patterns: &["Received unexpected number of handles"],
        text: "A process of the browser asked for a shared buffer and got none: it could not be made. Older \
               versions keep these in /dev/shm, which is full, small or not writable then; else it is the limit \
               of open files or the memory limit. Pages may crash after that.",
        not: "It names no cause.",
        fix: Fix::ShmSize,
        setting: "--disable-dev-shm-usage tells whether it was /dev/shm.",
        source: "chromium mojo/core/broker_posix.cc, https://github.com/WPO-Foundation/wptagent/issues/327",
        example: "[0614/120000.1:ERROR:broker_posix.cc(46)] Received unexpected number of handles",
        ..CHROME
    },
    Entry {
        id: "wasm-address-space",
        application: "WebAssembly (Node.js, Chrome)",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "WebAssembly.Instance(): Out of memory",
            "WebAssembly.instantiate(): Out of memory",
            "WebAssembly.Memory(): could not allocate memory",
        ],
        text: "The engine reserves some 10 GiB of addresses for each instance, of which few become memory, and a \
               limit on address space (ulimit -v) or strict overcommit (vm.overcommit_memory 2) refused that.",
        not: "Not a lack of memory, although it says so, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "ulimit -v unlimited; node --disable-wasm-trap-handler needs less. To limit memory use the \
                  container's memory limit.",
        source: "https://github.com/openSUSE/obs-build/issues/854, https://github.com/nodejs/node/issues/56596",
        example: "[   37s] RangeError: WebAssembly.Instance(): Out of memory: wasm memory",
        ..Entry::REST
    },
    Entry {
        id: "browser-gone",
        application: "Playwright, Puppeteer",
        patterns: &[
            "Target page, context or browser has been closed",
            "Protocol error (*): Target closed",
            "Navigation failed because browser has disconnected",
            "Protocol error: Connection closed. Most likely the page has been closed",
        ],
        text: "The browser or its page is gone: it crashed (the memory limit, the sandbox, a browser of another version than the \
               library wants), or the test closed it, or ended, while something still waited.",
        not: "It names no cause; as a rule not /dev/shm.",
        setting: "Puppeteer: launch with dumpio: true, Playwright: DEBUG=pw:browser, to see the browser's own last words, and see whether an await is \
                  missing. Both pass --disable-dev-shm-usage themselves, so that /dev/shm is a cause only where that was taken away.",
        source: "playwright packages/playwright-core/src/client/errors.ts, puppeteer packages/puppeteer-core/src/cdp",
        example: "browserType.launch: Target page, context or browser has been closed",
        ..Entry::REST
    },
    Entry {
        id: "chrome-sandbox",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "No usable sandbox!",
            "Failed to move to new namespace: PID namespaces supported",
        ],
        text: "Chrome may make no user namespace for its sandbox: the container's seccomp profile, or a sysctl of the machine \
               (kernel.apparmor_restrict_unprivileged_userns in Ubuntu 24.04, kernel.unprivileged_userns_clone in Debian), forbids it.",
        not: "Not /dev/shm, and no size.",
        fix: Fix::Setting,
        setting: "docker run --security-opt seccomp=PROFILE with Chrome's profile (or --cap-add=SYS_ADMIN); --no-sandbox where only \
                  trusted pages are opened.",
        source: "chromium content/browser/zygote_host/zygote_host_impl_linux.cc, \
                 https://pptr.dev/troubleshooting",
        example: "[FATAL:zygote_host_impl_linux.cc(127)] No usable sandbox! Update your kernel",
        ..CHROME
    },
    Entry {
        id: "browser-page-crash",
        application: "Puppeteer, Playwright",
        patterns: &[
            "Error: Page crashed!",
            "page.goto: Page crashed",
            ": Page crashed",
            ": Target crashed",
            "Page crashed!",
            "The page crashed",
            "Target page, context or browser has been closed*crash",
        ],
        text: "The browser's process of a page died. Both pass --disable-dev-shm-usage to Chrome themselves (Puppeteer since 2018), so that it is \
               as a rule memory: the container's limit, or a page that takes too much. WebKit and Firefox in Playwright: in a container \
               often that they run as root.",
        not: "It names no cause; a small /dev/shm only where that option was taken away (ignoreDefaultArgs) or in an old Puppeteer.",
        setting: "oom_kill in memory.events tells of the limit: more memory, or fewer pages at once. Else --disable-gpu; WebKit in Playwright's \
                  image as its user pwuser. In an old Puppeteer --disable-dev-shm-usage, or docker run --shm-size=1g.",
        source: "puppeteer packages/puppeteer-core/src/node/ChromeLauncher.ts, \
                 https://github.com/microsoft/playwright/issues/8578",
        example: "    at Page._onTargetCrashed\nError: Page crashed!",
        ..Entry::REST
    },
    Entry {
        id: "chrome-child-died",
        patterns: &["crash_handler_host_linux.cc*Failed to write crash dump for pid"],
        text: "A process of Chrome crashed, and the note about it could not be written either. In containers an old Chrome does so for a \
               /dev/shm of 64 MiB; else the memory limit, a seccomp profile, or a fault of Chrome.",
        not: "It names no cause. \"Failed to connect to the bus\" beside it is no cause: a container has no D-Bus.",
        setting: "--disable-dev-shm-usage tells whether it was /dev/shm; df /dev/shm while it runs.",
        source: "chromium components/crash/content/browser/crash_handler_host_linux.cc, \
                 https://github.com/jessfraz/dockerfiles/issues/292",
        example: "[1:1685:0822/123913.749894:ERROR:crash_handler_host_linux.cc(436)] Failed to write crash dump for pid 1693",
        ..CHROME
    },
    Entry {
        id: "cypress-renderer-crash",
        application: "Cypress",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "We detected that the*Renderer process just crashed",
            "We detected that the*renderer process just crashed",
        ],
        text: "The browser's process of the tests died, as a rule of memory: its own, the container's limit, or the machine's. Cypress \
               before 7.0.1 (2021) also died of a /dev/shm of 64 MiB; since then it passes --disable-dev-shm-usage itself.",
        not: "Not /dev/shm, with Cypress 7.0.1 or newer.",
        fix: Fix::Memory,
        setting: "experimentalMemoryManagement: true, numTestsKeptInMemory: 0, fewer tests in a spec. Cypress before 7.0.1: docker run --ipc=host \
                  or --shm-size=1g.",
        source: "cypress packages/server/lib/errors, https://github.com/cypress-io/cypress/pull/15825",
        example: "We detected that the Chromium Renderer process just crashed.",
        ..Entry::REST
    },
];
