//! What lies below /proc/PID/root: whoever is in there decides what that is, and may change it at any time.
//! Nothing there is read but files of control groups, from a mount that the kernel has told of.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::os::fd::AsFd;
use std::time::Duration;

use nix::errno::Errno;

use crate::sys::beneath::{Names, Reach, open};
use crate::sys::own::{mount_of, reopen_to_read};
use crate::sys::patient::{Found, Place, look};

/// CGROUP_SUPER_MAGIC and CGROUP2_SUPER_MAGIC (linux/magic.h).
const CGROUPS: [u64; 2] = [0x27_e0eb, 0x6367_7270];

/// What a run waits for servers that do not answer, all in all.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks what another one leads to, in a child, for as long as there is patience left.
#[derive(Debug)]
pub(super) struct Patience(Cell<bool>);

impl Default for Patience {
    fn default() -> Self {
        Patience(Cell::new(true))
    }
}

impl Patience {
    /// After the first one that does not answer in time nobody is asked any more.
    pub(super) fn spend<T>(
        &self,
        ask: impl FnOnce(Duration) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        if !self.0.get() {
            return Err(Errno::ETIMEDOUT);
        }
        let answer = ask(PATIENCE);
        self.0.set(!matches!(answer, Err(Errno::ETIMEDOUT)));
        answer
    }

    pub(super) fn look(&self, place: Place<'_>) -> Result<Found, Errno> {
        self.spend(|wait| look(place, wait))
    }
}

/// The root of another process and what lies below it, if a path leads there.
pub(super) fn split(path: &str) -> Option<(&str, &str)> {
    let (pid, rest) = path.strip_prefix("/proc/")?.split_once('/')?;
    let inside = rest.strip_prefix("root/")?;
    pid.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    let root = path.get(..path.len().checked_sub(inside.len())?.checked_sub(1)?)?;
    Some((root, inside))
}

/// The mounts below it that were verified, each with the folder that leads to it.
#[derive(Debug, Default)]
pub(super) struct Verified(RefCell<Vec<(String, Found)>>);

impl Verified {
    /// Whether the folder is that mount, and of control groups.
    pub(super) fn add(&self, patience: &Patience, folder: &str, mount: u64) -> bool {
        let Some((root, inside)) = split(folder) else { return false };
        if self.0.borrow().iter().any(|(known, _)| known == folder) {
            return true;
        }
        let Ok(found) = patience.look(Place::Within(root, inside)) else { return false };
        let is_it = found.is_folder()
            && found.statfs.first().is_some_and(|magic| CGROUPS.contains(magic))
            && mount_of(&found.file) == Ok(mount);
        if is_it {
            self.0.borrow_mut().push((folder.to_owned(), found));
        }
        is_it
    }

    /// A file, or a folder, of one of these mounts and of nothing that is mounted or linked below it.
    pub(super) fn open(&self, path: &str) -> Result<File, Errno> {
        let mounts = self.0.borrow();
        let below = |folder: &String| {
            let rest = path.strip_prefix(folder.as_str())?;
            (rest.is_empty() || rest.starts_with('/')).then_some(rest)
        };
        let all = mounts.iter().filter_map(|(folder, found)| Some((below(folder)?, found)));
        let (rest, mount) = all.min_by_key(|(rest, _)| rest.len()).ok_or(Errno::EXDEV)?;
        let opened = open(mount.file.as_fd(), &Names::of(rest)?, Reach::Mount)?;
        // It is on that mount: nothing but the kernel makes files there.
        let file = reopen_to_read(&opened);
        file.map_err(|error| Errno::try_from(error).unwrap_or(Errno::UnknownErrno))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_root_of_another_process_is_somebody_elses() {
        for (path, parts) in [
            ("/proc/7/root/dev/shm", Some(("/proc/7/root", "dev/shm"))),
            ("/proc/7/root/", Some(("/proc/7/root", ""))),
            ("/proc/7/root", None),
            ("/proc/self/root/dev", None),
            ("/proc/7/rooted/dev", None),
            ("/proc/7/fd/3", None),
            ("/sys/fs/cgroup", None),
        ] {
            assert_eq!(split(path), parts, "{path}");
        }
    }
}
