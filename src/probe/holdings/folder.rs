//! The folder of POSIX shared memory, with all that has a name in it.

use std::path::PathBuf;

use nix::errno::Errno;

use super::stat::stat;
use crate::facts::holdings::{Collector, Folder};
use crate::facts::{FileSystem, Reading, ShmPath};

/// More files than this are not looked at.
const MOST_FILES: usize = 1 << 18;

/// The folder, and its device where it is shared memory.
pub(crate) fn look(shm: &ShmPath, root: &str) -> (Folder, Option<(u64, u64)>) {
    let reached = format!("{root}{}", shm.resolved);
    let fstype = shm.mount.known().map(|mount| mount.fstype.as_str());
    let file_system = match &shm.statfs {
        _ if !shm.is_folder => Reading::Absent,
        statfs => statfs.as_ref().map(|statfs| FileSystem::of(Some(statfs.magic), fstype)),
    };
    let folder = Folder { asked: shm.asked.clone(), reached, file_system, refused: 0, cut: false };
    let found = if folder.is_memory() { stat(folder.reached.as_str()).ok() } else { None };
    let device = found.map(|found| (found.file.major, found.file.minor));
    (folder, device)
}

/// Notes every file below the folder that is on its file system.
pub(crate) fn walk(
    mut folder: Folder,
    device: Option<(u64, u64)>,
    collector: &mut Collector,
) -> Folder {
    let root = PathBuf::from(&folder.reached);
    let mut todo = if device.is_some() { vec![root.clone()] } else { Vec::new() };
    let mut files = 0_usize;
    while let Some(next) = todo.pop() {
        let entries = match std::fs::read_dir(&next) {
            Ok(entries) => entries,
            Err(error) => {
                if error.kind() != std::io::ErrorKind::NotFound {
                    folder.refused = folder.refused.saturating_add(1);
                }
                continue;
            }
        };
        for entry in entries.flatten() {
            if files >= MOST_FILES {
                folder.cut = true;
                return folder;
            }
            files = files.saturating_add(1);
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| !kind.is_file() && !kind.is_dir()) {
                continue; // neither a link nor a pipe holds pages
            }
            match stat(path.as_path()) {
                Ok(found) if Some((found.file.major, found.file.minor)) != device => {}
                Ok(found) if found.regular => {
                    let name = path.strip_prefix(&root).unwrap_or(&path);
                    collector.named(name, &found);
                }
                Ok(_) => todo.push(path),
                Err(Errno::ENOENT) => {} // removed meanwhile
                Err(_) => folder.refused = folder.refused.saturating_add(1),
            }
        }
    }
    folder
}
