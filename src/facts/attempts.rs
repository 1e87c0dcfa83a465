//! What came of making an empty segment of each kind: modes do not tell what a security module or a filter
//! of system calls refuses.

use std::fmt;

use nix::errno::Errno;

use super::{ParseError, Reading};

/// What came of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It was made, and is gone again.
    Made,
    /// The call is not allowed, or not known.
    Refused(Errno),
    /// A filter killed the process that tried, with SIGSYS.
    Killed,
}

impl Attempt {
    const MADE: &'static str = "made";
    const KILLED: &'static str = "SIGSYS";

    /// Whether an errno says that the call is not allowed at all, and nothing of sizes and numbers.
    #[must_use]
    pub(crate) const fn is_refusal(errno: Errno) -> bool {
        matches!(errno, Errno::EACCES | Errno::EPERM | Errno::EROFS | Errno::ENOSYS)
    }
}

/// As a capture has it.
impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Attempt::Made => f.write_str(Attempt::MADE),
            Attempt::Refused(errno) => write!(f, "{errno:?}"),
            Attempt::Killed => f.write_str(Attempt::KILLED),
        }
    }
}

/// Reads what a capture has of an attempt.
///
/// # Errors
/// When it is neither of these words nor the name of a refusal.
pub fn parse_attempt(text: &str) -> Result<Attempt, ParseError> {
    const REFUSALS: [Errno; 4] = [Errno::EACCES, Errno::EPERM, Errno::EROFS, Errno::ENOSYS];
    match text {
        Attempt::MADE => Ok(Attempt::Made),
        Attempt::KILLED => Ok(Attempt::Killed),
        _ => REFUSALS
            .into_iter()
            .find(|errno| format!("{errno:?}") == text)
            .map(Attempt::Refused)
            .ok_or_else(|| ParseError::new("what came of making a segment", text)),
    }
}

/// What came of each kind. Absent: nobody tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempts {
    /// A file in the folder.
    pub posix: Reading<Attempt>,
    /// shmget.
    pub sysv: Reading<Attempt>,
    /// memfd_create.
    pub memfd: Reading<Attempt>,
    /// mmap with MAP_SHARED and MAP_ANONYMOUS.
    pub anon: Reading<Attempt>,
}

impl Attempts {
    /// Nobody tried.
    pub(crate) const NONE: Attempts = Attempts {
        posix: Reading::Absent,
        sysv: Reading::Absent,
        memfd: Reading::Absent,
        anon: Reading::Absent,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_is_read_as_it_is_written() {
        for attempt in [
            Attempt::Made,
            Attempt::Killed,
            Attempt::Refused(Errno::EPERM),
            Attempt::Refused(Errno::EROFS),
        ] {
            assert_eq!(parse_attempt(&attempt.to_string()), Ok(attempt));
        }
        assert!(parse_attempt("ENOSPC").is_err() && parse_attempt("").is_err());
    }
}
