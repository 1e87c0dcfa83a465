//! Reads who may make a file in the folder, and who may open one that is there.

use super::Source;
use crate::facts::rights::{Namespace, User, parse_id_map};
use crate::facts::{ForeignFile, Owner, ShmPath};

/// More files of a folder than this are not asked whose they are.
pub(super) const MOST_FILES: usize = 256;

/// The user namespace of a process.
pub(super) fn namespace(source: &dyn Source, process: &str, target: Option<u32>) -> Namespace {
    let map = |process: &str, name: &str| source.read(&format!("{process}/{name}"));
    let users = map(process, "uid_map");
    // The same maps: the same namespace, or one that calls all users alike.
    let seen_from_outside = target.is_some() && users != map("/proc/self", "uid_map");
    Namespace {
        users: users.parse(parse_id_map),
        groups: map(process, "gid_map").parse(parse_id_map),
        seen_from_outside,
    }
}

/// A file that O_CREAT does not open, whatever its mode: in a folder that is sticky and that others may write
/// to, of neither the folder's owner nor the process (`may_create_in_sticky`, fs/namei.c).
pub(super) fn protected(
    source: &dyn Source,
    folder: &str,
    shm: &ShmPath,
    user: Option<&User>,
) -> Option<ForeignFile> {
    let owner = shm.owner.known()?;
    let user = user?;
    if !owner.is_sticky() {
        return None;
    }
    let level = source.read("/proc/sys/fs/protected_regular");
    let level: u32 = level.known()?.trim().parse().ok()?;
    let (others, group) = (owner.mode & 0o002 != 0, owner.mode & 0o020 != 0);
    if !(level >= 1 && others || level >= 2 && group) {
        return None;
    }
    let names = source.list(folder);
    names.known()?.iter().take(MOST_FILES).find_map(|name| {
        let file = source.owner(&format!("{folder}/{name}"));
        let Owner { uid, .. } = *file.known()?;
        let foreign = uid != owner.uid && uid != user.uid;
        let name = format!("{}/{name}", shm.asked);
        foreign.then_some(ForeignFile { name, owner: uid })
    })
}
