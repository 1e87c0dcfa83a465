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
            ".org.chromium.Chromium*{ENOSPC}",
            "/dev/shm/.com.google.Chrome*{ENOSPC}",
        ],
        text: "A shared buffer, a file in /dev/shm (.org.chromium.Chromium.*), got ENOSPC.",
        not: "Not the disk, unless --disable-dev-shm-usage moved these files to /tmp.",
        fix: Fix::ShmSize,
        source: "chromium base/memory/platform_shared_memory_region_posix.cc, \
                 https://issues.chromium.org/issues/40517415",
        example: "[17:35:0607/134420.137:ERROR:platform_shared_memory_region_posix.cc(268)] \
                  Creating shared memory in /dev/shm/.org.chromium.Chromium.JwBSnH failed: No \
                  space left on device (28)",
        ..CHROME
    },
    Entry {
        id: "chrome-shm-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "Creating shared memory in /dev/shm/*failed",
            "Unable to access(W_OK|X_OK) /dev/shm",
            "caused by incorrect permissions on /dev/shm",
        ],
        unless: &["Creating shared memory in /dev/shm/*{ENOSPC}"],
        text: "A shared buffer in /dev/shm could not be made: it is missing, read-only, or not \
               writable for this user (it needs mode 1777).",
        not: "Not a size.",
        fix: Fix::Permission,
        source: "chromium base/memory/platform_shared_memory_region_posix.cc",
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
        id: "chrome-page-crash",
        application: "Selenium, Puppeteer, Playwright, Cypress",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "session deleted because of page crash",
            "from tab crashed",
            "Error: Page crashed!",
            "page.goto: Page crashed",
            ": Page crashed",
            ": Target crashed",
            "message: tab crashed",
            "Renderer process crashed",
            "Renderer process just crashed",
        ],
        text: "The browser's process of a page died. Chrome before about version 120 kept buffers \
               in /dev/shm and died of a full one; later ones use memfd, and die of the memory \
               limit.",
        not: "Not the driver's fault. A newer browser does not need a large /dev/shm.",
        fix: Fix::ShmSize,
        setting: "--disable-dev-shm-usage for old browsers, more memory for new ones.",
        source: "https://github.com/SeleniumHQ/docker-selenium/issues/589, measured with Chromium \
                 156",
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
        application: "ChromeDriver",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["DevToolsActivePort file doesn't exist"],
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
];
