//! A file without a name on the kernel's own mount.

use std::fs::File;

use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};

pub(crate) fn make() -> Result<File, Errno> {
    memfd_create(c"shmeter", MFdFlags::MFD_CLOEXEC).map(File::from)
}
