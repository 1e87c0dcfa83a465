//! stat(2) as a fact; it waits for no server.

use nix::NixPath;
use nix::errno::Errno;

use crate::facts::holdings::Stat;
use crate::facts::maps::FileId;
use crate::sys;

/// What the kernel knows of a file, links followed.
pub(crate) fn stat(path: &(impl NixPath + ?Sized)) -> Result<Stat, Errno> {
    let found = sys::stat::stat(path)?;
    Ok(Stat {
        file: FileId { major: found.major, minor: found.minor, inode: found.inode },
        size: found.size,
        held: found.held,
        owner: found.owner,
        names: found.names,
        regular: found.regular,
    })
}
