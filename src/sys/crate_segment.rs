//! A segment of the crate `shared_memory`, as a Rust program uses it.

use nix::errno::Errno;
use shared_memory::{Shmem, ShmemConf, ShmemError};

/// A segment that the crate holds.
pub(crate) struct CrateSegment(Shmem);

fn errno(error: &ShmemError) -> Errno {
    match error {
        ShmemError::MapCreateFailed(code) | ShmemError::MapOpenFailed(code) => {
            Errno::from_raw(i32::try_from(*code).unwrap_or(0))
        }
        ShmemError::MappingIdExists => Errno::EEXIST,
        _ => Errno::EINVAL,
    }
}

impl CrateSegment {
    /// Makes one; its name goes when it is dropped.
    ///
    /// # Errors
    /// What the crate was told.
    pub(crate) fn make(name: &str, bytes: usize) -> Result<CrateSegment, Errno> {
        ShmemConf::new().os_id(name).size(bytes).create().map(CrateSegment).map_err(|e| errno(&e))
    }

    /// Opens the one with this name, as another process does.
    ///
    /// # Errors
    /// What the crate was told.
    pub(crate) fn open(name: &str) -> Result<CrateSegment, Errno> {
        ShmemConf::new().os_id(name).open().map(CrateSegment).map_err(|error| errno(&error))
    }

    /// Lets the name stay when it is dropped.
    pub(crate) fn keep_name(&mut self) {
        self.0.set_owner(false);
    }

    /// Stores one byte at `offset`, if that lies inside.
    pub(crate) fn touch(&self, offset: usize, value: u8) {
        if offset < self.0.len() {
            let at = self.0.as_ptr().wrapping_add(offset);
            // SAFETY: inside of a writable mapping that the crate holds as long as `self` lives.
            unsafe { at.write_volatile(value) };
        }
    }
}
