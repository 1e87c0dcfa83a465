//! stat(2) as a fact.

use crate::facts::holdings::Stat;
use crate::facts::maps::FileId;
use crate::sys;

pub(crate) fn of_sys(found: &sys::stat::Stat) -> Stat {
    Stat {
        file: FileId { major: found.major, minor: found.minor, inode: found.inode },
        size: found.size,
        held: found.held,
        owner: found.owner,
        mode: found.mode,
        names: found.names,
        regular: found.regular,
    }
}
