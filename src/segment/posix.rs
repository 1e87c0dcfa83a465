//! A file on a tmpfs, as shm_open makes it, but never with a name where the file system allows that.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;

use nix::errno::Errno;
use nix::libc;

use super::errno;
use crate::sys::own;

/// The name that a file has for a moment, where it needs one.
fn name(folder: &str, number: u64) -> String {
    format!("{folder}/shmeter-fill-{number:016x}")
}

/// Removes what a kill left between making the file and removing its name.
pub(crate) fn sweep(folder: &str, number: u64) {
    let _ = std::fs::remove_file(name(folder, number));
}

/// Makes a file in this folder; nobody else may use `number` for one.
pub(crate) fn make(folder: &str, number: u64) -> Result<File, Errno> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    match options.clone().custom_flags(libc::O_TMPFILE).open(folder).map_err(errno) {
        // A file system without O_TMPFILE (open(2)): hugetlbfs and ramfs had none for long.
        Err(Errno::EOPNOTSUPP | Errno::EISDIR) => {}
        made => return made,
    }
    own::may_remove_names()?;
    let name = name(folder, number);
    let file = options.create_new(true).open(&name).map_err(errno)?;
    std::fs::remove_file(&name).map_err(errno)?;
    Ok(file)
}
