//! The folder of POSIX shared memory, with all that has a name in it.

use std::fs::ReadDir;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use nix::errno::Errno;
use nix::unistd::Uid;

use super::stat::of_sys;
use crate::facts::holdings::{Collector, Folder, Object};
use crate::facts::maps::Backing;
use crate::facts::{FileSystem, Reading, Release, ShmPath};
use crate::probe::live::{Live, stat_in};
use crate::probe::release;
use crate::sys::beneath::{Names, Reach, open};
use crate::sys::lease;
use crate::sys::own::{path_of, reopen_to_read};
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

/// Asks the kernel of files that no process that was seen holds whether anybody has them open or mapped.
pub(crate) fn ask(source: &Live, opened: &Opened, objects: &mut [Object]) {
    let release = release(source);
    let release = Release::parse(release.known().map_or("", String::as_str));
    for object in objects {
        let by_name = object.backing == Backing::Posix
            && object.holders.is_empty()
            && !object.unlinked
            && !object.lossy;
        if !by_name || object.name.starts_with('/') {
            continue;
        }
        object.in_use = match is_only_ours(opened, object) {
            Ok(()) => Some(false),
            // Older kernels say so where anybody holds its inode, and be it to look it up.
            Err(Errno::EAGAIN) if !release.before(COUNTS_OPEN_FILES) => Some(true),
            Err(_) => None,
        };
    }
}

/// Since then a lease is refused for files that are open, and for nothing else (linux fs/locks.c, 387e3746d01c).
const COUNTS_OPEN_FILES: (u32, u32) = (5, 3);

fn is_only_ours(opened: &Opened, object: &Object) -> Result<(), Errno> {
    let file = open(opened.folder.as_fd(), &Names::of(&object.name)?, Reach::Mount)?;
    let found = of_sys(&stat_of(&file)?);
    if !found.regular || found.file != object.file {
        return Err(Errno::ESTALE);
    }
    let to_read = reopen_to_read(&file);
    let to_read = to_read.map_err(|error| Errno::try_from(error).unwrap_or(Errno::EIO))?;
    drop(file);
    lease::is_only_ours(&to_read, Uid::from_raw(found.owner))
}

/// A folder below, and what is in it.
fn list(opened: &Opened, below: &Path) -> Result<(OwnedFd, ReadDir), Errno> {
    let names = Names::of(below.as_os_str().as_bytes())?;
    let inside = open(opened.folder.as_fd(), &names, Reach::Mount)?;
    let entries = std::fs::read_dir(path_of(&inside));
    let entries = entries.map_err(|error| Errno::try_from(error).unwrap_or(Errno::EIO))?;
    Ok((inside, entries))
}
