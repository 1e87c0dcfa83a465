//! Makes a segment of each kind, so that its name is gone before anything is in it: a SIGKILL at any
//! later moment leaves nothing. Must not know who fills it or why.

pub(crate) mod anon;
pub(crate) mod memfd;
pub(crate) mod posix;
pub(crate) mod sysv;

use std::fs::File;
use std::io;
use std::num::NonZeroUsize;

use nix::errno::Errno;
use serde::{Deserialize, Serialize};

use crate::capacity::Kind;
use crate::sys::mapping::Mapping;
use crate::sys::system_v;

/// Errors of the standard library as the kernel's.
#[must_use]
pub(crate) fn errno(error: io::Error) -> Errno {
    Errno::try_from(error).unwrap_or(Errno::EIO)
}

/// What is to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub kind: Kind,
    /// The folder of posix files.
    pub folder: String,
    /// The key of System V segments: chosen before, so a survivor can remove what a kill left.
    pub key: i32,
    /// What the name of a posix file ends with, where it needs one for a moment.
    pub number: u64,
    /// Bytes of the huge pages that are asked for.
    pub huge: Option<u64>,
    /// Bytes of a page of the segment: its sizes are multiples.
    pub unit: u64,
}

/// A segment, empty.
#[derive(Debug)]
pub enum Segment {
    /// A file without a name, which grows.
    File(File),
    /// A mapping that was made with its size.
    Whole(Mapping),
}

impl Order {
    /// Makes one. `bytes` is for kinds that are made with their size.
    ///
    /// # Errors
    /// The kernel's refusal.
    pub fn make(&self, bytes: u64) -> Result<Segment, Errno> {
        let size = || {
            let size = usize::try_from(bytes).ok().and_then(NonZeroUsize::new);
            size.ok_or(Errno::EINVAL)
        };
        match self.kind {
            Kind::Posix => posix::make(&self.folder, self.number).map(Segment::File),
            Kind::Memfd => memfd::make().map(Segment::File),
            Kind::Sysv => sysv::make(self.key, size()?, self.align()).map(Segment::Whole),
            Kind::Anon => anon::make(size()?, self.align()).map(Segment::Whole),
        }
    }

    /// Removes what a kill left between making the segment and removing its name.
    pub(crate) fn sweep(&self) {
        match self.kind {
            Kind::Posix => posix::sweep(&self.folder, self.number),
            Kind::Sysv if self.key != 0 => system_v::sweep(self.key),
            _ => {}
        }
    }

    /// What mappings are aligned to: huge pages are only granted where address and offset fit.
    #[must_use]
    pub(crate) fn align(&self) -> Option<NonZeroUsize> {
        usize::try_from(self.huge?).ok().and_then(NonZeroUsize::new)
    }

    /// Whether the kind is made with its size.
    #[must_use]
    pub(crate) const fn is_whole(&self) -> bool {
        matches!(self.kind, Kind::Sysv | Kind::Anon)
    }

    /// The largest segment of at most `most` bytes that the kernel grants, and why not a larger one.
    ///
    /// # Errors
    /// When it grants none, not even of one page.
    pub(crate) fn largest(&self, most: u64) -> Result<(Segment, Option<Errno>), Errno> {
        let unit = self.unit.max(1);
        let first = match self.make(most) {
            Ok(segment) => return Ok((segment, None)),
            Err(errno) if !self.is_whole() => return Err(errno),
            Err(errno) => errno,
        };
        // Whole pages between what is granted and what is refused.
        let (mut granted, mut refused) = (0_u64, most.checked_div(unit).unwrap_or(0));
        let mut why = first;
        while refused.saturating_sub(granted) > 1 {
            let middle = granted.midpoint(refused);
            match self.make(middle.saturating_mul(unit)) {
                Ok(_) => granted = middle,
                Err(errno) => (refused, why) = (middle, errno),
            }
        }
        if granted == 0 {
            return Err(why);
        }
        self.make(granted.saturating_mul(unit)).map(|segment| (segment, Some(why)))
    }
}
