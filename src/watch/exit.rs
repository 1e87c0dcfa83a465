//! How a command ended, in numbers and in words.
#![forbid(unsafe_code)]

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Code(i32),
    Signal(i32),
}

/// SIGBUS and SIGKILL (signal(7)), as numbers and as a shell tells them.
pub(super) const SIGBUS: i32 = 7;
pub(super) const SIGKILL: i32 = 9;
const BY_SIGNAL: i32 = 128;

impl Exit {
    /// The signal that ended it, or that a shell in between told of.
    #[must_use]
    pub fn signal(self) -> Option<i32> {
        match self {
            Exit::Signal(signal) => Some(signal),
            Exit::Code(code) => code.checked_sub(BY_SIGNAL).filter(|n| (1..=64).contains(n)),
        }
    }

    /// In words.
    #[must_use]
    pub fn words(self) -> String {
        match (self, self.signal()) {
            (Exit::Signal(signal), _) => name_of(signal),
            (Exit::Code(code), Some(signal)) => {
                format!("exit code {code} ({})", name_of(signal))
            }
            (Exit::Code(code), None) => format!("exit code {code}"),
        }
    }
}

/// A signal's name.
#[must_use]
pub fn name_of(signal: i32) -> String {
    let known = known_name(signal);
    known.map_or_else(|| format!("signal {signal}"), str::to_owned)
}

/// Those of signal(7) that end a program.
const fn known_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => return None,
    })
}
