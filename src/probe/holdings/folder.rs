//! The folder of POSIX shared memory, with all that has a name in it.

use std::fs::ReadDir;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use nix::errno::Errno;

use super::stat::of_sys;
use crate::facts::holdings::{Collector, Folder};
use crate::facts::{FileSystem, Reading, ShmPath};
use crate::probe::live::{Live, stat_in};
use crate::sys::beneath::{Names, Reach, open};
use crate::sys::own::path_of;
use crate::sys::stat::stat_of;

/// More files than this are not looked at.
const MOST_FILES: usize = 1 << 18;

/// A folder of shared memory, opened once.
pub(crate) struct Opened {
    folder: Rc<OwnedFd>,
    /// Major and minor number of its file system.
    pub device: (u64, u64),
}

/// The folder, opened where it is shared memory. Whatever its path leads to later, this is what is looked at.
pub(crate) fn look(source: &Live, shm: &ShmPath, root: &str) -> (Folder, Option<Opened>) {
    let reached = format!("{root}{}", shm.resolved);
    let fstype = shm.mount.known().map(|mount| mount.fstype.as_str());
    let file_system = match &shm.statfs {
        _ if !shm.is_folder => Reading::Absent,
        statfs => statfs.as_ref().map(|statfs| FileSystem::of(Some(statfs.magic), fstype)),
    };
    let folder = Folder { asked: shm.asked.clone(), reached, file_system, refused: 0, cut: false };
    let opened = folder.is_memory().then(|| source.folder(&folder.reached).ok()).flatten();
    let opened = opened.and_then(|opened| {
        let found = stat_of(&*opened).ok()?;
        Some(Opened { folder: opened, device: (found.major, found.minor) })
    });
    (folder, opened)
}

/// Notes every file below the folder that is on its mount.
pub(crate) fn walk(
    mut folder: Folder,
    opened: Option<&Opened>,
    collector: &mut Collector,
) -> Folder {
    let Some(opened) = opened else { return folder };
    let mut files = 0_usize;
    let mut todo = vec![PathBuf::new()];
    while let Some(next) = todo.pop() {
        let (inside, entries) = match list(opened, &next) {
            Ok(listed) => listed,
            Err(Errno::ENOENT) => continue, // removed meanwhile
            Err(_) => {
                folder.refused = folder.refused.saturating_add(1);
                continue;
            }
        };
        for entry in entries.flatten() {
            if files >= MOST_FILES {
                folder.cut = true;
                return folder;
            }
            files = files.saturating_add(1);
            if entry.file_type().is_ok_and(|kind| !kind.is_file() && !kind.is_dir()) {
                continue; // neither a link nor a pipe holds pages
            }
            let name = next.join(entry.file_name());
            match stat_in(&inside, entry.file_name().as_bytes()) {
                Ok(Some(found)) if (found.major, found.minor) != opened.device => {}
                Ok(Some(found)) if found.regular => collector.named(&name, &of_sys(&found)),
                Ok(Some(_)) => todo.push(name),
                Ok(None) | Err(Errno::ENOENT) => {} // a link, another mount, or removed meanwhile
                Err(_) => folder.refused = folder.refused.saturating_add(1),
            }
        }
    }
    folder
}

/// A folder below, and what is in it.
fn list(opened: &Opened, below: &Path) -> Result<(OwnedFd, ReadDir), Errno> {
    let names = Names::of(below.as_os_str().as_bytes())?;
    let inside = open(opened.folder.as_fd(), &names, Reach::Mount)?;
    let entries = std::fs::read_dir(path_of(&inside));
    let entries = entries.map_err(|error| Errno::try_from(error).unwrap_or(Errno::EIO))?;
    Ok((inside, entries))
}
