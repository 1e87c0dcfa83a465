//! stat(2) that waits for nobody.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use nix::errno::Errno;

use crate::units::Bytes;

/// Of a mode, all but the type.
const PERMISSIONS: u32 = 0o7777;

/// What stat(2) tells of a file, as the kernel says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    /// Major number of its device.
    pub major: u64,
    /// Minor number of its device.
    pub minor: u64,
    pub inode: u64,
    pub size: Bytes,
    /// What it takes.
    pub held: Bytes,
    /// User who owns it.
    pub owner: u32,
    pub group: u32,
    /// Permissions, set-id bits and the sticky bit.
    pub mode: u32,
    /// How many names it has.
    pub names: u64,
    /// It is a file, and no folder, pipe or device.
    pub regular: bool,
    pub folder: bool,
}

/// What the kernel knows of an open file, also of one that cannot be read. A network file system is not
/// asked: a server that is gone would keep us waiting for ever, and what lies on it is no shared memory.
pub(crate) fn stat_of(file: &impl AsFd) -> Result<Stat, Errno> {
    let file = file.as_fd();
    let mut found = MaybeUninit::<libc::statx>::zeroed();
    // SAFETY: the path is a string with its end, and `found` has room for what is written; both outlive the
    // call, which keeps neither.
    let done = unsafe {
        libc::statx(
            file.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH | libc::AT_STATX_DONT_SYNC,
            libc::STATX_BASIC_STATS,
            found.as_mut_ptr(),
        )
    };
    match Errno::result(done) {
        Ok(_) => {}
        // An old seccomp filter does not know the call.
        Err(Errno::EPERM | Errno::ENOSYS) => return with_stat(file),
        Err(errno) => return Err(errno),
    }
    // SAFETY: all its fields are numbers, for which zeros are values too.
    let found = unsafe { found.assume_init() };
    Ok(Stat {
        major: found.stx_dev_major.into(),
        minor: found.stx_dev_minor.into(),
        inode: found.stx_ino,
        size: Bytes(found.stx_size),
        held: Bytes(found.stx_blocks).saturating_mul(512),
        owner: found.stx_uid,
        group: found.stx_gid,
        mode: u32::from(found.stx_mode) & PERMISSIONS,
        names: found.stx_nlink.into(),
        regular: u32::from(found.stx_mode) & libc::S_IFMT == libc::S_IFREG,
        folder: u32::from(found.stx_mode) & libc::S_IFMT == libc::S_IFDIR,
    })
}

/// A number whose C type differs between machines.
fn count(n: impl TryInto<u64>) -> u64 {
    n.try_into().unwrap_or(0)
}

fn with_stat(file: BorrowedFd<'_>) -> Result<Stat, Errno> {
    let found = nix::sys::stat::fstat(file)?;
    Ok(Stat {
        major: nix::sys::stat::major(found.st_dev),
        minor: nix::sys::stat::minor(found.st_dev),
        inode: found.st_ino,
        size: Bytes(count(found.st_size)),
        held: Bytes(count(found.st_blocks)).saturating_mul(512),
        owner: found.st_uid,
        group: found.st_gid,
        mode: found.st_mode & PERMISSIONS,
        names: count(found.st_nlink),
        regular: found.st_mode & libc::S_IFMT == libc::S_IFREG,
        folder: found.st_mode & libc::S_IFMT == libc::S_IFDIR,
    })
}
