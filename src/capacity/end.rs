//! How bytes come into a segment, and how a fill ends where no more do.

use serde::{Deserialize, Serialize};

/// A way to fill a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// write(2).
    Write,
    /// fallocate(2), in steps.
    Fallocate,
    /// A store to each page of a mapping.
    Touch,
    /// MADV_POPULATE_WRITE.
    Populate,
}

impl Method {
    pub const ALL: [Method; 4] =
        [Method::Write, Method::Fallocate, Method::Touch, Method::Populate];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Method::Write => "write",
            Method::Fallocate => "fallocate",
            Method::Touch => "touch",
            Method::Populate => "populate",
        }
    }

    /// Whether it maps the segment and so needs page tables.
    #[must_use]
    pub(crate) const fn maps(self) -> bool {
        matches!(self, Method::Touch | Method::Populate)
    }
}

/// How a fill ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// It reached the requested size.
    Full,
    /// No space left on device.
    Enospc,
    /// Killed by SIGBUS.
    Sigbus,
    /// Cannot allocate memory.
    Enomem,
    /// Bad address, of MADV_POPULATE_WRITE.
    Efault,
    /// Invalid argument.
    Einval,
    /// File too large (and SIGXFSZ).
    Efbig,
    /// Disk quota exceeded.
    Edquot,
    /// Read-only file system.
    Erofs,
    /// Permission denied.
    Eacces,
    /// Operation not permitted.
    Eperm,
    /// Function not implemented.
    Enosys,
    /// Killed by SIGSYS: a filter of system calls.
    Sigsys,
    /// OOM kill.
    OomKill,
    /// No progress: throttled, or stuck.
    Stall,
    /// shmeter stopped at the edge: the kernel reclaims memory, and would kill or throttle next.
    Edge,
    /// shmeter stopped earlier, on purpose.
    Stopped,
    /// SIGKILL without proof of an OOM kill.
    Killed,
}

impl End {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            End::Full => "full",
            End::Enospc => "enospc",
            End::Sigbus => "sigbus",
            End::Enomem => "enomem",
            End::Efault => "efault",
            End::Einval => "einval",
            End::Efbig => "efbig",
            End::Edquot => "edquot",
            End::Erofs => "erofs",
            End::Eacces => "eacces",
            End::Eperm => "eperm",
            End::Enosys => "enosys",
            End::Sigsys => "sigsys",
            End::OomKill => "oom-kill",
            End::Stall => "stall",
            End::Edge => "edge",
            End::Stopped => "stopped",
            End::Killed => "killed",
        }
    }

    /// What a person sees.
    #[must_use]
    pub(crate) const fn title(self) -> &'static str {
        match self {
            End::Full => "all of it fits",
            End::Enospc => "\"No space left on device\" (ENOSPC)",
            End::Sigbus => "\"Bus error\" (SIGBUS)",
            End::Enomem => "\"Cannot allocate memory\" (ENOMEM)",
            End::Efault => "\"Bad address\" (EFAULT)",
            End::Einval => "\"Invalid argument\" (EINVAL)",
            End::Efbig => "\"File too large\" (EFBIG, SIGXFSZ)",
            End::Edquot => "\"Disk quota exceeded\" (EDQUOT)",
            End::Erofs => "\"Read-only file system\" (EROFS)",
            End::Eacces => "\"Permission denied\" (EACCES)",
            End::Eperm => "\"Operation not permitted\" (EPERM)",
            End::Enosys => "\"Function not implemented\" (ENOSYS)",
            End::Sigsys => "\"Bad system call\" (SIGSYS)",
            End::OomKill => "OOM kill (SIGKILL, exit code 137)",
            End::Stall => "no progress: throttled by the kernel",
            End::Edge => "stopped at the edge: an OOM kill or throttling would come next",
            End::Stopped => "stopped early, on purpose",
            End::Killed => "SIGKILL, without proof of an OOM kill",
        }
    }

    /// Whether no segment can be made at all.
    #[must_use]
    pub(crate) const fn is_refusal(self) -> bool {
        matches!(self, End::Erofs | End::Eacces | End::Eperm | End::Enosys | End::Sigsys)
    }

    /// Whether processes die that did nothing wrong, or stand still.
    #[must_use]
    pub(crate) const fn is_harmful(self) -> bool {
        matches!(self, End::OomKill | End::Stall)
    }
}

/// How a ceiling ends each method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Of write.
    pub write: End,
    /// Of fallocate in steps.
    pub fallocate: End,
    /// Of touching.
    pub touch: End,
    /// Of MADV_POPULATE_WRITE.
    pub populate: End,
}

impl Ends {
    /// The same end for every method.
    #[must_use]
    pub(crate) const fn all(end: End) -> Ends {
        Ends { write: end, fallocate: end, touch: end, populate: end }
    }

    /// How a full tmpfs ends them: `end` for calls, a signal for touching (mm/shmem.c).
    #[must_use]
    pub(crate) const fn of_full_file_system(end: End) -> Ends {
        Ends { write: end, fallocate: end, touch: End::Sigbus, populate: End::Efault }
    }

    /// The end of one method.
    #[must_use]
    pub(crate) const fn of(&self, method: Method) -> End {
        match method {
            Method::Write => self.write,
            Method::Fallocate => self.fallocate,
            Method::Touch => self.touch,
            Method::Populate => self.populate,
        }
    }
}
