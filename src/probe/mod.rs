//! Reads a machine, or a capture of one, through one door, into facts.
//! Must not judge: what the facts mean is for `capacity`.

pub mod capture;
mod container;
mod counts;
mod cpu;
mod dds;
mod environment;
mod events;
mod gather;
mod hierarchy;
mod holders;
mod holdings;
mod host;
mod hugepages;
mod levels;
mod live;
mod marks;
mod meter;
mod names;
mod others;
mod path;
mod program;
mod rights;
mod struck;
mod target;
mod usage;

use crate::facts::{Attempts, Owner, Reading, StatFs, Why};

pub use capture::{Capture, Recorder};
pub(crate) use container::{enter_ipc, find_container, is_of_container};
pub(crate) use counts::{
    bytes_of_segments, is_stopped, pages_of_segments, size_of_default_huge_pages,
    size_of_transparent_pages,
};
pub(crate) use cpu::{cpus, stolen};
pub(crate) use environment::environment;
pub(crate) use events::{events, machine_events};
pub use gather::gather;
pub(crate) use gather::release;
pub use holdings::{Unheld, holdings};
pub use live::Live;
pub(crate) use meter::Meter;
pub(crate) use names::NameWatch;
pub use others::others;
pub(crate) use program::{code, program};
pub(crate) use struck::{descends_from, name_of, process_of, struck};
pub use target::Target;

/// Device, inode and size of a file (stat(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FileStat {
    /// Major number of its device.
    pub major: u64,
    /// Minor number of its device.
    pub minor: u64,
    pub inode: u64,
    /// Bytes that it occupies.
    pub bytes: u64,
}

/// The one door: everything that is read of a machine goes through it, so a capture can replay it.
pub trait Source {
    /// The text of a file.
    fn read(&self, path: &str) -> Reading<String>;
    /// The text of a file that was read before, as it is now. Absent where that was not looked at.
    fn read_again(&self, _path: &str) -> Reading<String> {
        Reading::Absent
    }
    /// Touches so many pages of its own and gives them back, so that counts which lag are brought together;
    /// whether that was done.
    fn stir(&self, _pages: u64) -> bool {
        false
    }
    /// Tries to make an empty segment of each kind, and a file in the folder if one is named. Nothing stays.
    fn attempts(&self, _folder: Option<&str>) -> Attempts {
        Attempts::NONE
    }
    /// Whose a file in a folder is, or a folder that is named with `/.` behind it, and its mode. No link is
    /// followed.
    fn owner(&self, _path: &str) -> Reading<Owner> {
        Reading::Absent
    }
    /// Where a symbolic link points; absent where the path is none.
    fn link(&self, path: &str) -> Reading<String>;
    /// The names in a folder.
    fn list(&self, path: &str) -> Reading<Vec<String>>;
    /// statfs(2) of a path.
    fn statfs(&self, path: &str) -> Reading<StatFs>;
    /// What a file in a folder is, or what a process has open: /proc/PID/fd/N. No other link is followed.
    fn stat(&self, path: &str) -> Reading<FileStat>;
    /// Whether a folder below /proc/PID/root is the mount with that number, and one of control groups.
    /// Only what lies on such a mount is read there: whoever is in there decides what all else is.
    fn verify(&self, _folder: &str, _mount: u64) -> bool {
        true
    }
    /// Whether a variable is set in the environment of the process that looks. What it holds may be a secret.
    fn is_set(&self, _variable: &str) -> bool {
        false
    }
    /// Bytes a page.
    fn page_size(&self) -> u64;
    /// Whether this is a record and not the machine itself.
    fn is_capture(&self) -> bool;
}

/// Why no facts could be gathered at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// There is no such process.
    #[error("cannot inspect process {0}: there is no such process in this PID namespace")]
    NoProcess(u32),
    /// It ended before everything was read.
    #[error("cannot inspect process {0}: it ended while it was read")]
    Ended(u32),
    /// A capture knows nothing of it.
    #[error(
        "cannot inspect process {0}: the capture holds nothing of it; make one with `shmeter capture --pid {0}`"
    )]
    NotCaptured(u32),
    /// It may not be looked into.
    #[error(
        "cannot read process {pid}: {why}; that needs root with CAP_SYS_PTRACE (docker run --user \
         0 --cap-add SYS_PTRACE; kubectl shmeter POD does it) or the same user. Or run shmeter \
         inside that container: kubectl exec, docker exec"
    )]
    Denied {
        pid: u32,
        /// The error of the call.
        why: Why,
    },
    /// The folder asked for does not exist or is none.
    #[error("cannot inspect {path}: {why}")]
    Path {
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody of that container is seen.
    #[error("no process of container {id} is among the {seen} that are visible here; {why}")]
    NoContainer {
        /// Its ID, as it was asked for.
        id: String,
        /// Processes that /proc shows.
        seen: usize,
        /// Why that may be.
        why: &'static str,
    },
    /// More than one container is meant.
    #[error("{containers} containers have an ID that begins with {id}: give more of its digits")]
    Containers { id: String, containers: usize },
    /// The process that stood for it is gone.
    #[error("container {0} ended while it was read")]
    ContainerEnded(String),
    /// Who runs here cannot be listed.
    #[error("cannot list the processes in /proc: {why}; {fix}")]
    Processes { why: String, fix: &'static str },
    /// The page size is none that Linux has.
    #[error("cannot use a page size of {0} bytes")]
    PageSize(u64),
}
