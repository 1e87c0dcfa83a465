//! A piece of shared memory of any column, with the calls that this column has for it.

use std::fs::{File, OpenOptions};
use std::num::NonZeroUsize;
use std::os::unix::fs::OpenOptionsExt;

use nix::errno::Errno;
use nix::libc;
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags};

use super::{Column, Job};
use crate::segment::errno;
use crate::sys::crate_segment::CrateSegment;
use crate::sys::mapping::Mapping;
use crate::sys::own;
use crate::sys::system_v::SystemV;

/// Bytes of a piece, where nothing else is said.
pub(crate) const SIZE: NonZeroUsize = NonZeroUsize::new(256 << 10).unwrap();

/// A piece. Dropping it removes its name.
pub(crate) enum Object {
    /// A file with a name.
    Named { file: File, path: String },
    /// A System V segment.
    Sysv(SystemV),
    /// A file without a name.
    Memfd(File),
    /// Nothing but its mapping.
    Anon,
}

/// The path of a probe's file; the crate's names lie in the same folder.
pub(crate) fn path(folder: &str, number: u64) -> String {
    format!("{folder}/{}", name(number))
}

/// The name of a probe's file.
pub(crate) fn name(number: u64) -> String {
    format!("shmeter-compare-{number:016x}")
}

/// The key of a probe's segment: "s", and the number.
pub(crate) fn key(number: u64) -> i32 {
    i32::try_from(0x7300_0000 | number & 0x00ff_ffff).unwrap_or(1)
}

impl Object {
    /// Makes a piece of `bytes`. The crate has no calls for its descriptor: where a probe needs one,
    /// it opens the crate's file by its name.
    ///
    /// # Errors
    /// The kernel's refusal.
    pub(crate) fn make(job: &Job, bytes: NonZeroUsize) -> Result<Object, Errno> {
        let set_len = |file: &File| {
            let length = u64::try_from(bytes.get()).map_err(|_| Errno::EFBIG)?;
            file.set_len(length).map_err(errno)
        };
        if matches!(job.column, Column::Posix | Column::Crate) {
            own::may_remove_names()?;
        }
        Ok(match job.column {
            Column::Posix => {
                let path = path(&job.folder, job.number);
                let mut options = OpenOptions::new();
                options.read(true).write(true).create_new(true).mode(0o600);
                let object = Object::Named { file: options.open(&path).map_err(errno)?, path };
                if let Object::Named { file, .. } = &object {
                    set_len(file)?;
                }
                object
            }
            Column::Crate => {
                let mut segment = CrateSegment::make(&name(job.number), bytes.get())?;
                segment.keep_name();
                drop(segment);
                let path = path(&job.folder, job.number);
                let file = OpenOptions::new().read(true).write(true).open(&path);
                Object::Named { file: file.map_err(errno)?, path }
            }
            Column::Sysv => Object::Sysv(SystemV::make(key(job.number), bytes)?),
            Column::Memfd => {
                let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
                let file = File::from(memfd_create(c"shmeter", flags)?);
                set_len(&file)?;
                Object::Memfd(file)
            }
            Column::Anon => Object::Anon,
        })
    }

    /// Its descriptor, if it has one.
    pub(crate) const fn file(&self) -> Option<&File> {
        match self {
            Object::Named { file, .. } | Object::Memfd(file) => Some(file),
            Object::Sysv(_) | Object::Anon => None,
        }
    }

    /// Maps it to read and write.
    ///
    /// # Errors
    /// The kernel's refusal.
    pub(crate) fn map(&self, bytes: NonZeroUsize) -> Result<Mapping, Errno> {
        self.map_as(bytes, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE)
    }

    /// Maps it with these rights.
    ///
    /// # Errors
    /// The kernel's refusal.
    pub(crate) fn map_as(&self, bytes: NonZeroUsize, rights: ProtFlags) -> Result<Mapping, Errno> {
        match self {
            Object::Sysv(segment) => {
                let mut flags = 0;
                if !rights.contains(ProtFlags::PROT_WRITE) {
                    flags |= libc::SHM_RDONLY;
                }
                if rights.contains(ProtFlags::PROT_EXEC) {
                    flags |= libc::SHM_EXEC;
                }
                segment.attach_as(None, flags)
            }
            _ => Mapping::with(self.file(), bytes, rights, MapFlags::empty()),
        }
    }

    /// Removes its name; `None` where it has none.
    pub(crate) fn remove(&self) -> Option<Result<(), Errno>> {
        match self {
            Object::Named { path, .. } => Some(std::fs::remove_file(path).map_err(errno)),
            Object::Sysv(segment) => Some(segment.remove()),
            Object::Memfd(_) | Object::Anon => None,
        }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        if let Object::Named { path, .. } = self {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Finds a piece by its name, as another process would; `None` where the column has no names.
pub(crate) fn find(job: &Job) -> Option<Result<(), Errno>> {
    match job.column {
        Column::Posix => {
            let path = path(&job.folder, job.number);
            Some(File::open(path).map(|_| ()).map_err(errno))
        }
        Column::Crate => Some(CrateSegment::open(&name(job.number)).map(|_| ())),
        // Not dropped: that would remove it.
        Column::Sysv => Some(SystemV::find(key(job.number), SIZE).map(std::mem::forget)),
        Column::Memfd | Column::Anon => None,
    }
}

/// Removes what a probe with this number left.
pub(crate) fn sweep(folder: &str, number: u64) {
    let _ = std::fs::remove_file(path(folder, number));
    crate::sys::system_v::sweep(key(number));
}
