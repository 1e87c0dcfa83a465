//! What a SIGBUS struck: the address, the file that is mapped there, and what its file system said then.

use super::maps::FileId;
use super::{FileSystem, StatFs};
use crate::units::Bytes;

/// si_code of a SIGBUS (sigaction(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusCode {
    /// BUS_ADRALN: an address that is not aligned.
    Alignment,
    /// BUS_ADRERR: no page behind the address.
    Address,
    /// BUS_OBJERR: an error of the object itself.
    Object,
    /// BUS_MCEERR_AR and BUS_MCEERR_AO: memory that is broken.
    Memory,
    /// Sent by a process: kill, tgkill, sigqueue.
    Sent,
    /// Anything else, such as the kernel's own without a reason.
    Other(i32),
}

impl BusCode {
    /// By its number.
    #[must_use]
    pub const fn of(code: i32) -> BusCode {
        match code {
            1 => BusCode::Alignment,
            2 => BusCode::Address,
            3 => BusCode::Object,
            4 | 5 => BusCode::Memory,
            i32::MIN..=0 => BusCode::Sent,
            other => BusCode::Other(other),
        }
    }
}

/// The file that is mapped at the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its path, as its process sees it, without ` (deleted)`.
    pub path: String,
    pub file: FileId,
    /// It has no name any more, or never had one.
    pub unlinked: bool,
    /// The address as an offset in the file.
    pub offset: u64,
    /// Its size; `None` where it could not be asked.
    pub size: Option<Bytes>,
    /// What it takes.
    pub held: Option<Bytes>,
    /// What it lies on; `None` where that is not known.
    pub file_system: Option<FileSystem>,
    /// What that said then.
    pub statfs: Option<StatFs>,
    /// It lies on the file system at /dev/shm.
    pub in_shm: bool,
}

/// All that is known of a SIGBUS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struck {
    pub code: BusCode,
    pub address: u64,
    /// The file, where the address lies in a mapping of one.
    pub hit: Option<Hit>,
    /// Bytes a page.
    pub page: u64,
    /// Memory that may still be promised, where promises are counted (vm.overcommit_memory 2).
    pub promises_left: Option<Bytes>,
}
