//! The machine itself.

use std::cell::RefCell;
use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;

use nix::errno::Errno;

use super::{FileStat, Source};
use crate::facts::{Reading, StatFs, Why};

/// More than any kernel file that is read here has.
const LARGEST_FILE: usize = 16 << 20;

/// Reads the running machine.
#[derive(Debug, Default)]
pub struct Live {
    /// What a file is read into, kept from one to the next.
    buffer: RefCell<Vec<u8>>,
}

/// What an error means: not there, or not readable and why.
fn failed<T>(errno: Errno) -> Reading<T> {
    match errno {
        Errno::ENOENT | Errno::ENOTDIR => Reading::Absent,
        other => Reading::Unknown(Why::Errno(other)),
    }
}

/// A number whose C type differs between libraries and machines.
fn count(n: impl TryInto<u64>) -> u64 {
    n.try_into().unwrap_or(0)
}

fn failed_io<T>(error: io::Error) -> Reading<T> {
    failed(Errno::try_from(error).unwrap_or(Errno::UnknownErrno))
}

/// Files that the kernel makes a record at a time: a short read is not their end. All others that
/// are read here are made in one piece (`single_open`, sysctl, kernfs attributes).
fn has_records(path: &str) -> bool {
    ["/mountinfo", "maps", "/cgroup.procs", "/sysvipc/shm", "/vmstat"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// Bounded, and with as few calls as can be: half of an inspect's time is in them.
fn read_text(path: &str, buffer: &mut Vec<u8>) -> io::Result<String> {
    const ROOM: usize = 16 << 10;
    // A pipe that somebody put in the place of a file must not keep us waiting.
    let mut file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
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
    let bytes = buffer.get(..filled).unwrap_or_default();
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    })
}

impl Source for Live {
    fn read(&self, path: &str) -> Reading<String> {
        match read_text(path, &mut self.buffer.borrow_mut()) {
            Ok(text) => Reading::Known(text),
            Err(error) => failed_io(error),
        }
    }

    fn link(&self, path: &str) -> Reading<String> {
        match nix::fcntl::readlink(path) {
            Ok(target) => Reading::Known(target.to_string_lossy().into_owned()),
            Err(Errno::EINVAL) => Reading::Absent, // no link
            Err(errno) => failed(errno),
        }
    }

    fn list(&self, path: &str) -> Reading<Vec<String>> {
        match std::fs::read_dir(path) {
            Ok(entries) => Reading::Known(
                entries
                    .flatten()
                    .map(|entry| entry.file_name().to_string_lossy().into_owned())
                    .collect(),
            ),
            Err(error) => failed_io(error),
        }
    }

    fn statfs(&self, path: &str) -> Reading<StatFs> {
        match nix::sys::statfs::statfs(path) {
            Ok(stat) => Reading::Known(StatFs {
                magic: count(stat.filesystem_type().0),
                bsize: count(stat.block_size()),
                blocks: count(stat.blocks()),
                bfree: count(stat.blocks_free()),
                bavail: count(stat.blocks_available()),
                files: count(stat.files()),
                ffree: count(stat.files_free()),
            }),
            Err(errno) => failed(errno),
        }
    }

    fn stat(&self, path: &str) -> Reading<FileStat> {
        match nix::sys::stat::stat(path) {
            Ok(stat) => Reading::Known(FileStat {
                major: nix::sys::stat::major(stat.st_dev),
                minor: nix::sys::stat::minor(stat.st_dev),
                inode: stat.st_ino,
                bytes: count(stat.st_blocks).saturating_mul(512),
            }),
            Err(errno) => failed(errno),
        }
    }

    fn page_size(&self) -> u64 {
        let size = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE);
        size.ok().flatten().and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
    }

    fn is_capture(&self) -> bool {
        false
    }
}
