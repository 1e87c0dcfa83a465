//! What differs between the ways to get shared memory, as this machine shows it: each cell is what a
//! probe in a process of its own saw, so that a signal is an answer too.

mod object;
mod probes;
pub mod run;

use serde::{Deserialize, Serialize};

pub(crate) use probes::{ROWS, kind, probe};

/// The word that makes the program the process of one probe.
pub(crate) const SUBCOMMAND: &str = "probe-worker";

/// A column: a kind, or the crate `shared_memory`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Column {
    /// A file on the tmpfs at /dev/shm, as shm_open makes it.
    Posix,
    /// shmget.
    Sysv,
    /// memfd_create.
    Memfd,
    /// mmap with MAP_SHARED and MAP_ANONYMOUS.
    Anon,
    /// The crate `shared_memory`.
    Crate,
}

impl Column {
    /// All of them, in the order of the table.
    pub const ALL: [Column; 5] =
        [Column::Posix, Column::Sysv, Column::Memfd, Column::Anon, Column::Crate];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Column::Posix => "posix",
            Column::Sysv => "sysv",
            Column::Memfd => "memfd",
            Column::Anon => "anon",
            Column::Crate => "crate",
        }
    }
}

/// What one probe of one column is to find.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) row: String,
    pub(crate) column: Column,
    /// The folder of its files.
    pub(crate) folder: String,
    /// Bytes that still fit, as far as that can be told.
    pub(crate) room: u64,
    /// What names and keys of this probe end with: nobody else's do.
    pub(crate) number: u64,
    /// Whose end is its own.
    pub(crate) parent: i32,
}

/// The answer of a probe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Cell {
    /// The answer in a word or two; `-` where nothing could be seen.
    pub(crate) said: String,
    /// The error of the kernel, where that is the answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) errno: Option<String>,
    /// The signal of the kernel, where that is the answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) signal: Option<String>,
    /// Why nothing could be seen, or what the answer means.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) why: Option<String>,
}

impl Cell {
    /// Something was seen.
    #[must_use]
    pub fn said(text: impl Into<String>) -> Cell {
        Cell { said: text.into(), ..Cell::default() }
    }

    /// There is no such thing for this column.
    #[must_use]
    pub fn none(why: impl Into<String>) -> Cell {
        Cell { said: "-".to_owned(), why: Some(why.into()), ..Cell::default() }
    }

    /// The kernel refused.
    #[must_use]
    pub fn refused(errno: nix::errno::Errno) -> Cell {
        let name = format!("{errno:?}");
        Cell { said: name.clone(), errno: Some(name), ..Cell::default() }
    }

    /// The kernel sent a signal.
    #[must_use]
    pub fn signal(signal: nix::sys::signal::Signal) -> Cell {
        let name = signal.as_str().to_owned();
        Cell { said: name.clone(), signal: Some(name), ..Cell::default() }
    }

    /// With what it means.
    #[must_use]
    pub fn because(self, why: impl Into<String>) -> Cell {
        Cell { why: Some(why.into()), ..self }
    }
}
