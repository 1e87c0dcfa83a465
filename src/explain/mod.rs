//! What does it mean that an application printed this? A catalogue of messages, each verified in the
//! application's source or a public report (`catalogue`), a search for them in any text (`scan`), and what
//! holds where it happened (`here`) or was seen of the run (`watched`). Pure.
#![forbid(unsafe_code)]

mod asked;
pub mod catalogue;
pub mod fix;
pub mod here;
mod parts;
mod pattern;
mod refused;
pub mod scan;
mod watched;
mod words;

use serde::Serialize;

use crate::units::Bytes;

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// The file system at /dev/shm is too small or full.
    ShmSize,
    /// A limit of System V shared memory: shmmax, shmall or shmmni.
    Sysv,
    /// Memory, its limit, or a limit on locked memory.
    Memory,
    /// The number of files, not their bytes.
    Inodes,
    /// Shared memory must not be created, opened or mapped executable, or is in another namespace.
    Permission,
    /// Shared memory or something else: the message alone does not tell.
    Ambiguous,
    /// Not shared memory, although it reads like it.
    NotSharedMemory,
}

impl Meaning {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Meaning::ShmSize => "shm-size",
            Meaning::Sysv => "sysv",
            Meaning::Memory => "memory",
            Meaning::Inodes => "inodes",
            Meaning::Permission => "permission",
            Meaning::Ambiguous => "ambiguous",
            Meaning::NotSharedMemory => "not-shared-memory",
        }
    }
}

/// How certain the meaning of a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// It has several causes; `text` says how to tell them apart.
    Ambiguous,
    /// It has one usual cause.
    Likely,
    /// The source of the application allows one cause only.
    Sure,
}

impl Certainty {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Certainty::Ambiguous => "ambiguous",
            Certainty::Likely => "likely",
            Certainty::Sure => "sure",
        }
    }
}

/// Why something was refused, as a line says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// EACCES, EPERM.
    Denied,
    /// ENOENT.
    Missing,
    /// EEXIST.
    Exists,
}

/// Which limits of System V an error is about (shmget(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// EINVAL: kernel.shmmax.
    OneSegment,
    /// ENOSPC: kernel.shmall, kernel.shmmni.
    AllSegments,
}

/// What a line itself tells beside the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The bytes that were asked for.
    pub asked: Option<Bytes>,
    pub refusal: Option<Refusal>,
    pub beyond: Option<Beyond>,
    /// The setting of the IPC namespace that it names.
    pub setting: Option<&'static str>,
}

/// What kind of thing mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// A larger /dev/shm.
    ShmSize,
    /// kernel.shmmax, shmall or shmmni.
    Sysv,
    /// A higher memory limit, or less use of memory.
    Memory,
    /// Which limit refused memory: a memory limit kills instead.
    Refused,
    /// `ulimit -l`.
    Memlock,
    /// `ulimit -n`.
    OpenFiles,
    /// A /dev/shm, where there is none.
    Mount,
    /// Its owner, mode or a leftover file.
    Permission,
    /// A /dev/shm without noexec.
    Exec,
    /// The same IPC namespace for both sides.
    SameIpc,
    /// A setting of the IPC namespace, from where it may be set.
    Sysctl,
    /// kernel.sem.
    Semaphores,
    /// Huge pages in the limits, or none used.
    HugePages,
    /// Another file system than /dev/shm is full.
    Disk,
    /// Find out which of several causes it was.
    Tell,
    /// Only the application's own setting, or nothing.
    Setting,
}

/// An application of which nothing is known.
pub const ANY: &str = "any program";

/// An application of which nothing is known but the call that failed.
pub const CALL: &str = "any program that names the call";

/// An application of which nothing is known but that it speaks of shared memory.
pub const WORDS: &str = "any program that speaks of shared memory";

/// An application of which nothing is known but the file.
pub const FILE: &str = "any program that names the file";

/// Errors of a file system that is too small or full.
const FULL: [&str; 2] = ["{ENOSPC}", "ENOSPC"];

/// Errors that no full file system has.
const NOT_FULL: [&str; 9] = [
    "{EINVAL}",
    "{EEXIST}",
    "{ENAMETOOLONG}",
    "{ENOSYS}",
    "{EACCES}",
    "{EPERM}",
    "{EROFS}",
    "{EMFILE}",
    "{ENOENT}",
];

/// Errors that no limit of System V shared memory has.
const NOT_LIMIT: [&str; 6] =
    ["{EEXIST}", "{ENAMETOOLONG}", "{ENOSYS}", "{EACCES}", "{EROFS}", "{ENOENT}"];

/// Errors that no lack of memory has.
const NOT_MEMORY: [&str; 4] = ["{EEXIST}", "{ENAMETOOLONG}", "{ENOSYS}", "{EROFS}"];

/// Errors that nobody gets for what he may not do.
const NOT_DENIED: [&str; 1] = ["{ENAMETOOLONG}"];

/// Lines within which one message tells what another one means: a traceback of Python.
const NEAR: u64 = 30;

/// Lines that a program prints as one message: PostgreSQL's DETAIL and HINT below its ERROR.
const TOGETHER: u64 = 2;

/// A message and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// A word that scripts can match.
    pub id: &'static str,
    /// Who prints it.
    pub application: &'static str,
    /// Since when, or until when; empty where all do.
    pub versions: &'static str,
    pub meaning: Meaning,
    pub certainty: Certainty,
    /// One of these is in the line; `*` stands for anything, `^` and `$` for its ends.
    pub patterns: &'static [&'static str],
    /// None of these is.
    pub unless: &'static [&'static str],
    /// One of these was in the line, or shortly before it.
    pub after: &'static [&'static str],
    /// Entries of the lines around it that this one tells better: the error that a pool of the application passes on.
    pub instead_of: &'static [&'static str],
    /// The size of /dev/shm that most of its users do with.
    pub enough: Bytes,
    /// Whether the line names no error, so that a certain one of the lines around it tells better.
    pub names_no_error: bool,
    /// What it means: the limit, and the call that failed.
    pub text: &'static str,
    /// What it does not mean.
    pub not: &'static str,
    pub fix: Fix,
    /// What can be set in the application itself.
    pub setting: &'static str,
    /// Where that was verified.
    pub source: &'static str,
    /// A line as somebody met it, or as the source forms it.
    pub example: &'static str,
}

impl Entry {
    /// What most entries have nothing to say of.
    const REST: Entry = Entry {
        id: "",
        application: ANY,
        versions: "",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[],
        unless: &[],
        after: &[],
        instead_of: &[],
        enough: Bytes::mib(1024),
        names_no_error: false,
        text: "",
        not: "",
        fix: Fix::Tell,
        setting: "",
        source: "",
        example: "",
    };

    /// Errors that say otherwise: a line with one of them, and none of `FULL`, is not about that.
    const fn contrary(&self) -> &'static [&'static str] {
        match self.meaning {
            Meaning::ShmSize | Meaning::Inodes => &NOT_FULL,
            Meaning::Sysv => &NOT_LIMIT,
            Meaning::Memory => &NOT_MEMORY,
            Meaning::Permission => &NOT_DENIED,
            Meaning::Ambiguous | Meaning::NotSharedMemory => &[],
        }
    }

    /// Within how many lines of it another entry tells better what this one is about.
    fn told_better_within(&self, other: &Entry) -> Option<u64> {
        if other.instead_of.contains(&self.id) {
            return Some(NEAR);
        }
        let is_certain = other.application != ANY && other.certainty != Certainty::Ambiguous;
        (self.names_no_error && is_certain).then_some(TOGETHER)
    }

    /// Of several entries in one line only those that tell most are told.
    fn rank(&self) -> u8 {
        match (self.application, self.certainty) {
            (ANY, _) => 0,
            (WORDS, _) => 1,
            (CALL | FILE, _) | (_, Certainty::Ambiguous) => 2,
            _ => 3,
        }
    }
}
