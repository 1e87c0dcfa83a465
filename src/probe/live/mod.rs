//! The machine itself. What it looks at may be an attacker's: see the files beside this one.

mod attempts;
mod descriptor;
mod root;
mod served;

use std::cell::{OnceCell, RefCell};
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::rc::Rc;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

use super::{FileStat, Source};
use crate::facts::maps::FileId;
use crate::facts::{Attempts, Owner, Reading, StatFs, Why};
use crate::sys::beneath::{self, Names, Reach};
use crate::sys::own::path_of;
use crate::sys::patient::{Found, Place, read_all};
use crate::sys::stat::{Stat, stat_of};

/// More than any kernel file that is read here has.
const LARGEST_FILE: usize = 16 << 20;

/// Reads the running machine.
#[derive(Debug, Default)]
pub struct Live {
    /// What a file is read into, kept from one to the next.
    buffer: RefCell<Vec<u8>>,
    patience: root::Patience,
    verified: root::Verified,
    served: served::Served,
    mounts: descriptor::Mounts,
    /// The last folder that was listed or in which a file was looked at: no second way leads there.
    folder: RefCell<Option<(String, Rc<OwnedFd>)>>,
    /// What came of making segments, once known or not wanted.
    attempts: OnceCell<Attempts>,
}

/// What an error means: not there, or not readable and why.
fn failed<T>(errno: Errno) -> Reading<T> {
    match errno {
        Errno::ENOENT | Errno::ENOTDIR => Reading::Absent,
        other => Reading::Unknown(Why::Errno(other)),
    }
}

/// A number whose C type differs between libraries and machines.
pub(super) fn count(n: impl TryInto<u64>) -> u64 {
    n.try_into().unwrap_or(0)
}

/// Files that the kernel makes a record at a time: a short read is not their end. All others that
/// are read here are made in one piece (`single_open`, sysctl, kernfs attributes).
fn has_records(path: &str) -> bool {
    ["/mountinfo", "maps", "/cgroup.procs", "/sysvipc/shm", "/sysvipc/sem", "/vmstat"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// Bounded, and with as few calls as can be: half of an inspect's time is in them.
fn read_text(path: &str, file: &mut File, buffer: &mut Vec<u8>) -> io::Result<String> {
    const ROOM: usize = 16 << 10;
    let mut filled = 0_usize;
    loop {
        if buffer.len().saturating_sub(filled) < ROOM {
            buffer.resize(filled.saturating_add(ROOM), 0);
        }
        let room = buffer.get_mut(filled..).unwrap_or_default();
        let asked = room.len();
        match file.read(room) {
            Ok(0) => break,
            Ok(n) => {
                filled = filled.saturating_add(n);
                if n < asked && !has_records(path) {
                    break;
                }
                if filled >= LARGEST_FILE {
                    return Err(io::Error::from_raw_os_error(libc::EFBIG));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(lossy(buffer.get(..filled).unwrap_or_default()))
}

/// Whether the value of a variable says what its name does: gitlab-ci-local runs jobs with GITLAB_CI=false.
fn says_yes(value: &OsStr) -> bool {
    !value.is_empty() && !value.eq_ignore_ascii_case("false")
}

fn lossy(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn errno_of(error: io::Error) -> Errno {
    Errno::try_from(error).unwrap_or(Errno::UnknownErrno)
}

/// As it was asked for, and without the slash or the dot that asks for a folder.
fn of_folder(path: &str) -> (&str, bool) {
    path.strip_suffix("/.").map_or((path, false), |path| (path, true))
}

impl Live {
    /// One that makes no segment to try whether it may: somebody else has done that.
    #[must_use]
    pub(crate) fn without_attempts() -> Live {
        Live { attempts: OnceCell::from(Attempts::NONE), ..Live::default() }
    }

    /// Whose a folder or a file is.
    fn owned(&self, path: &str) -> Result<Owner, Errno> {
        let found = match of_folder(path) {
            (folder, true) => stat_of(&*self.folder(folder)?)?,
            (file, false) => self.named(file)?.ok_or(Errno::ENOENT)?,
        };
        Ok(Owner { uid: found.owner, gid: found.group, mode: found.mode })
    }

    fn text(&self, path: &str) -> Result<String, Errno> {
        let mut file = if root::split(path).is_some() {
            self.verified.open(path)?
        } else if self.is_served(path) {
            let bytes = self.patience.spend(|wait| read_all(path, LARGEST_FILE, wait))?;
            return Ok(lossy(&bytes));
        } else {
            // A pipe that somebody put in the place of a file must not keep us waiting.
            let mut options = OpenOptions::new();
            options.read(true).custom_flags(libc::O_NONBLOCK).open(path).map_err(errno_of)?
        };
        read_text(path, &mut file, &mut self.buffer.borrow_mut()).map_err(errno_of)
    }

    /// A file of the kernel, to be read again and again.
    pub(in crate::probe) fn open(&self, path: &str) -> Result<File, Errno> {
        if root::split(path).is_some() {
            return self.verified.open(path);
        }
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(libc::O_NONBLOCK).open(path).map_err(errno_of)
    }

    /// What a path below the root of another process leads to.
    pub(in crate::probe) fn reach(&self, root: &str, path: &str) -> Result<Found, Errno> {
        self.patience.look(Place::Within(root, path))
    }

    /// Whether another program answers for a path of the reader's own.
    pub(in crate::probe) fn is_served(&self, path: &str) -> bool {
        const MOUNTS: &str = "/proc/self/mountinfo";
        path != MOUNTS && self.served.has(path, || self.text(MOUNTS).ok())
    }

    /// What a path leads to that is not the reader's own, or that another program serves.
    fn found(&self, path: &str) -> Option<Result<Found, Errno>> {
        let place = match root::split(path) {
            Some((root, inside)) => Place::Within(root, inside),
            None if self.is_served(path) => Place::Within("/", path),
            None => return None,
        };
        Some(self.patience.look(place))
    }

    /// A folder of shared memory, or one of the reader's own.
    ///
    /// # Errors
    /// EXDEV where it is somebody else's and no shared memory.
    pub(in crate::probe) fn folder(&self, path: &str) -> Result<Rc<OwnedFd>, Errno> {
        if let Some((known, folder)) = &*self.folder.borrow()
            && known == path
        {
            return Ok(Rc::clone(folder));
        }
        let folder = match self.found(path) {
            None => {
                let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
                let root = open("/", flags, Mode::empty())?;
                let folder = beneath::open(root.as_fd(), &Names::of(path)?, Reach::Root)?;
                if !stat_of(&folder)?.folder {
                    return Err(Errno::ENOTDIR);
                }
                folder
            }
            Some(found) => {
                let found = found?;
                let in_memory = found.statfs.first().copied().is_some_and(descriptor::is_memory);
                if found.link.is_some() {
                    return Err(Errno::ELOOP);
                } else if !found.is_folder() {
                    return Err(Errno::ENOTDIR);
                } else if !in_memory {
                    return Err(Errno::EXDEV);
                }
                found.file
            }
        };
        let folder = Rc::new(folder);
        *self.folder.borrow_mut() = Some((path.to_owned(), Rc::clone(&folder)));
        Ok(folder)
    }

    fn names(&self, path: &str) -> Result<Vec<String>, Errno> {
        let of_another = root::split(path).is_some();
        let entries = match self.verified.open(path) {
            Ok(file) if of_another => std::fs::read_dir(path_of(&file)),
            Err(errno) if of_another && errno != Errno::EXDEV => return Err(errno),
            _ if of_another || self.is_served(path) => {
                std::fs::read_dir(path_of(&*self.folder(path)?))
            }
            _ => std::fs::read_dir(path),
        };
        let names = entries.map_err(errno_of)?.map(|entry| {
            entry.map_err(errno_of).map(|entry| entry.file_name().to_string_lossy().into_owned())
        });
        names.collect()
    }

    /// What is known of a file in a folder: nothing where it is a link, or on another file system.
    fn named(&self, path: &str) -> Result<Option<Stat>, Errno> {
        let (parent, name) = path.rsplit_once('/').ok_or(Errno::EINVAL)?;
        let folder = self.folder(if parent.is_empty() { "/" } else { parent })?;
        stat_in(&*folder, name)
    }

    /// What a process has open under that number; nothing where it is not in memory.
    pub(in crate::probe) fn opened(
        &self,
        process: &str,
        descriptor: &str,
    ) -> Result<Option<Stat>, Errno> {
        self.mounts.stat(&self.patience, process, descriptor, |path| self.text(path))
    }

    /// What a process has mapped there, if that is this file, and in memory.
    pub(in crate::probe) fn mapped(
        &self,
        path: &str,
        file: FileId,
        folder: Option<(u64, u64)>,
    ) -> Option<Stat> {
        let device = (file.major, file.minor);
        if Some(device) != folder && !self.mounts.are_the_kernels_own(device) {
            return None;
        }
        let opened = open(path, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty()).ok()?;
        let stat = stat_of(&opened).ok()?;
        // The process may have mapped another file there since.
        ((stat.major, stat.minor, stat.inode) == (file.major, file.minor, file.inode))
            .then_some(stat)
    }
}

/// What is known of a file in a folder: nothing where it is a link, or on another file system.
pub(in crate::probe) fn stat_in(
    folder: &impl AsFd,
    name: impl AsRef<[u8]>,
) -> Result<Option<Stat>, Errno> {
    match beneath::open(folder.as_fd(), &Names::of(name)?, Reach::Mount) {
        Ok(file) => {
            let stat = stat_of(&file)?;
            Ok((stat.regular || stat.folder).then_some(stat))
        }
        Err(Errno::EXDEV) => Ok(None),
        Err(errno) => Err(errno),
    }
}

fn reading<T>(found: Result<T, Errno>) -> Reading<T> {
    found.map_or_else(failed, Reading::Known)
}

impl Source for Live {
    fn read(&self, path: &str) -> Reading<String> {
        reading(self.text(path))
    }

    fn read_again(&self, path: &str) -> Reading<String> {
        self.read(path)
    }

    fn stir(&self, pages: u64) -> bool {
        attempts::stir(pages, self.page_size())
    }

    fn attempts(&self, folder: Option<&str>) -> Attempts {
        self.attempts.get_or_init(|| attempts::of(&self.patience, folder)).clone()
    }

    fn owner(&self, path: &str) -> Reading<Owner> {
        reading(self.owned(path))
    }

    fn link(&self, path: &str) -> Reading<String> {
        match self.found(path) {
            Some(Ok(Found { link: Some(link), .. })) => return Reading::Known(link),
            Some(Ok(_)) => return Reading::Absent,
            Some(Err(errno)) => return failed(errno),
            None => {}
        }
        match nix::fcntl::readlink(path) {
            Ok(target) => Reading::Known(target.to_string_lossy().into_owned()),
            Err(Errno::EINVAL) => Reading::Absent, // no link
            Err(errno) => failed(errno),
        }
    }

    fn list(&self, path: &str) -> Reading<Vec<String>> {
        reading(self.names(path))
    }

    fn verify(&self, folder: &str, mount: u64) -> bool {
        root::split(folder).is_none() || self.verified.add(&self.patience, folder, mount)
    }

    fn statfs(&self, path: &str) -> Reading<StatFs> {
        let (place, as_folder) = of_folder(path);
        if let Some(found) = self.found(place) {
            return match found {
                Ok(found) if found.link.is_some() => failed(Errno::ELOOP),
                Ok(found) if as_folder && !found.is_folder() => Reading::Absent,
                Ok(Found {
                    statfs: [magic, bsize, blocks, bfree, bavail, files, ffree], ..
                }) => Reading::Known(StatFs { magic, bsize, blocks, bfree, bavail, files, ffree }),
                Err(errno) => failed(errno),
            };
        }
        match nix::sys::statfs::statfs(path) {
            Ok(stat) => Reading::Known(of_nix(&stat)),
            Err(errno) => failed(errno),
        }
    }

    fn stat(&self, path: &str) -> Reading<FileStat> {
        let found = match path.rsplit_once("/fd/") {
            Some((process, descriptor)) if process.starts_with("/proc/") => {
                self.opened(process, descriptor)
            }
            _ => self.named(path),
        };
        match found {
            Ok(Some(stat)) => Reading::Known(FileStat {
                major: stat.major,
                minor: stat.minor,
                inode: stat.inode,
                bytes: stat.held.0,
            }),
            Ok(None) => Reading::Absent,
            Err(errno) => failed(errno),
        }
    }

    fn is_set(&self, variable: &str) -> bool {
        std::env::var_os(variable).is_some_and(|value| says_yes(&value))
    }

    fn page_size(&self) -> u64 {
        let size = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE);
        size.ok().flatten().and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
    }

    fn is_capture(&self) -> bool {
        false
    }
}

/// What statfs(2) says.
pub(super) fn of_nix(stat: &nix::sys::statfs::Statfs) -> StatFs {
    StatFs {
        magic: count(stat.filesystem_type().0),
        bsize: count(stat.block_size()),
        blocks: count(stat.blocks()),
        bfree: count(stat.blocks_free()),
        bavail: count(stat.blocks_available()),
        files: count(stat.files()),
        ffree: count(stat.files_free()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_says_no_is_as_good_as_none() {
        for (value, yes) in
            [("true", true), ("1", true), ("", false), ("false", false), ("False", false)]
        {
            assert_eq!(says_yes(OsStr::new(value)), yes, "{value}");
        }
    }
}
