//! What became of a look at something: its value, nothing, or why it could not be read.

use std::fmt;

use nix::errno::Errno;

/// One thing that was looked for. Unknown is not zero and not absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading<T> {
    /// Read and understood.
    Known(T),
    /// It does not exist on this machine.
    Absent,
    /// It exists, or may exist, and could not be read or understood.
    Unknown(Why),
}

impl<T> Reading<T> {
    /// The value, if it was read.
    pub fn known(&self) -> Option<&T> {
        match self {
            Reading::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Why there is no value although there should be one.
    pub(crate) fn why(&self) -> Option<String> {
        match self {
            Reading::Unknown(why) => Some(why.to_string()),
            _ => None,
        }
    }

    /// The same reading with its value changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reading<U> {
        match self {
            Reading::Known(value) => Reading::Known(change(value)),
            Reading::Absent => Reading::Absent,
            Reading::Unknown(why) => Reading::Unknown(why),
        }
    }

    /// The reading by reference.
    pub(crate) fn as_ref(&self) -> Reading<&T> {
        match self {
            Reading::Known(value) => Reading::Known(value),
            Reading::Absent => Reading::Absent,
            Reading::Unknown(why) => Reading::Unknown(why.clone()),
        }
    }
}

impl Reading<String> {
    /// What `parse` makes of the text; a text it refuses becomes unknown, with the reason.
    pub(crate) fn parse<T>(self, parse: impl FnOnce(&str) -> Result<T, ParseError>) -> Reading<T> {
        match self {
            Reading::Known(text) => match parse(&text) {
                Ok(value) => Reading::Known(value),
                Err(error) => Reading::Unknown(Why::Words(error.to_string())),
            },
            Reading::Absent => Reading::Absent,
            Reading::Unknown(why) => Reading::Unknown(why),
        }
    }
}

/// Why something could not be read or understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The kernel's answer.
    Errno(Errno),
    /// Anything else, in words.
    Words(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Errno(errno) => write!(f, "{errno:?}"),
            Why::Words(words) => f.write_str(words),
        }
    }
}

/// By its name, as a capture has it.
impl From<String> for Why {
    fn from(text: String) -> Why {
        /// The kernel has less than that (asm-generic/errno.h).
        const LARGEST: i32 = 160;
        if !text.starts_with('E') {
            return Why::Words(text);
        }
        let errno = (1..LARGEST).map(Errno::from_raw).find(|errno| format!("{errno:?}") == text);
        errno.map_or(Why::Words(text), Why::Errno)
    }
}

impl From<&str> for Why {
    fn from(text: &str) -> Why {
        text.to_owned().into()
    }
}

/// A text that is not of the form its kernel file has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot understand `{text}` as {wanted}")]
pub struct ParseError {
    /// What was wanted, in words.
    pub wanted: &'static str,
    /// The beginning of what stood there.
    pub text: String,
}

impl ParseError {
    /// An error that quotes the beginning of `text`, as far as it is printable.
    #[must_use]
    pub(crate) fn new(wanted: &'static str, text: &str) -> Self {
        const LONGEST: usize = 40;
        // What is not printed as itself (`{:?}` knows) steers a terminal, or hides something.
        let shown = |c: &char| *c == '\'' || *c == '"' || *c == '\\' || c.escape_debug().len() == 1;
        ParseError { wanted, text: text.trim().chars().take(LONGEST).take_while(shown).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_errno_is_known_by_its_name_and_written_by_it() {
        for (text, why) in [
            ("EACCES", Why::Errno(Errno::EACCES)),
            ("ESRCH", Why::Errno(Errno::ESRCH)),
            ("EHWPOISON", Why::Errno(Errno::EHWPOISON)),
            ("ENOSUCH", Why::Words("ENOSUCH".to_owned())),
            ("UnknownErrno", Why::Words("UnknownErrno".to_owned())),
            ("no process is in it", Why::Words("no process is in it".to_owned())),
        ] {
            assert_eq!((Why::from(text), why.to_string().as_str()), (why, text));
        }
    }
}
