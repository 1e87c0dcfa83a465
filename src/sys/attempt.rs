//! Tries to make an empty segment of each kind, in a child: what a filter of system calls kills for trying is
//! that child. Nothing that is made stays.

use std::ffi::CString;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::num::NonZeroUsize;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::prctl::set_dumpable;
use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use nix::unistd::unlink;

use super::mapping::Mapping;
use super::own::refusal;
use super::patient::{Child, code, text};

/// What came of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    Made,
    Failed(Errno),
    /// The child was killed for it.
    Killed(Signal),
    /// Nobody was there to try.
    Not,
}

/// What is made, in this order.
#[derive(Clone, Copy)]
enum What<'a> {
    File(&'a File),
    SystemV,
    Memfd,
    Anonymous,
}

/// Where a file is made, and the name that it has for a moment where the file system wants one.
struct File {
    folder: CString,
    name: CString,
}

impl File {
    fn new(folder: &str) -> Result<File, Errno> {
        let number = RandomState::new().build_hasher().finish();
        let name = format!("{folder}/shmeter-try-{number:016x}");
        Ok(File { folder: text(folder)?, name: text(&name)? })
    }

    /// In the child, which may not allocate.
    fn make(&self) -> Result<(), Errno> {
        let (usual, mode) = (OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::from_bits_truncate(0o600));
        match open(self.folder.as_c_str(), usual | OFlag::O_TMPFILE, mode) {
            // A file system without O_TMPFILE (open(2)).
            Err(Errno::EOPNOTSUPP | Errno::EISDIR) => {}
            made => return made.map(drop),
        }
        // What could not be removed is not made, and then nothing is known of making it.
        if refusal(unlink(c"").err().unwrap_or(Errno::ENOENT)).is_err() {
            return Err(Errno::ECANCELED);
        }
        open(self.name.as_c_str(), usual | OFlag::O_CREAT | OFlag::O_EXCL, mode)?;
        unlink(self.name.as_c_str())
    }
}

impl What<'_> {
    /// In the child.
    fn make(self) -> Result<(), Errno> {
        match self {
            What::File(file) => file.make(),
            What::SystemV => system_v(),
            What::Memfd => memfd_create(c"shmeter", MFdFlags::MFD_CLOEXEC).map(drop),
            What::Anonymous => {
                const A_PAGE: NonZeroUsize = NonZeroUsize::new(4096).unwrap();
                Mapping::anonymous(A_PAGE, None).map(drop)
            }
        }
    }
}

/// A segment of no bytes is refused with EINVAL by who makes segments at all.
fn system_v() -> Result<(), Errno> {
    let flags = libc::IPC_CREAT | libc::IPC_EXCL | 0o600;
    // SAFETY: takes numbers, gives a number.
    let id = unsafe { libc::shmget(libc::IPC_PRIVATE, 0, flags) };
    match Errno::result(id) {
        Err(Errno::EINVAL) => Ok(()),
        Err(errno) => Err(errno),
        Ok(id) => {
            // SAFETY: removing takes a number and no buffer.
            let done = unsafe { libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut()) };
            Errno::result(done).map(drop)
        }
    }
}

/// What came of a file in the folder, if one is named, of shmget, memfd_create and mmap.
pub(crate) fn attempts(folder: Option<&str>, wait: Duration) -> [Tried; 4] {
    let file = folder.map(File::new);
    let kinds = [
        file.as_ref().and_then(|file| file.as_ref().ok()).map(What::File),
        Some(What::SystemV),
        Some(What::Memfd),
        Some(What::Anonymous),
    ];
    let mut found = [Tried::Not; 4];
    let mut first = 0_usize;
    while let Some(todo) = kinds.get(first..).filter(|todo| !todo.is_empty()) {
        let places = found.get_mut(first..).unwrap_or_default();
        match run(todo, places, wait) {
            // The next child goes on behind what killed this one.
            Some(done) => first = first.saturating_add(done).saturating_add(1),
            None => break,
        }
    }
    if let Some(Ok(file)) = file {
        // Only what killed the child between the two calls leaves a name.
        if matches!(found.first(), Some(Tried::Killed(_))) {
            let _ = unlink(file.name.as_c_str());
        }
    }
    found
}

/// Lets one child try; how many it had done when it was killed, or `None` where no other is to go on.
fn run(todo: &[Option<What<'_>>], found: &mut [Tried], wait: Duration) -> Option<usize> {
    let child = Child::start(wait, |socket| {
        // Who is killed leaves no core.
        let _ = set_dumpable(false);
        todo.iter().for_each(|what| tell(socket, *what));
    });
    let mut child = child.ok()?;
    for (at, (what, place)) in todo.iter().zip(found.iter_mut()).enumerate() {
        let mut answer = [0; size_of::<u64>()];
        match child.read(&mut answer) {
            Ok(()) if what.is_none() => {}
            Ok(()) => {
                *place = match i32::try_from(u64::from_ne_bytes(answer)) {
                    Ok(0) => Tried::Made,
                    Ok(errno) => Tried::Failed(Errno::from_raw(errno)),
                    Err(_) => Tried::Not,
                };
            }
            Err(Errno::EIO) => {
                *place = child.killed_by().map_or(Tried::Not, Tried::Killed);
                return Some(at);
            }
            Err(errno) => {
                *place = Tried::Failed(errno);
                return None;
            }
        }
    }
    None
}

/// In the child: makes one, and says what came of it.
fn tell(mut socket: &UnixStream, what: Option<What<'_>>) {
    let answer = match what.map_or(Ok(()), What::make) {
        Ok(()) => 0,
        Err(errno) => code(errno),
    };
    let _ = socket.write_all(&answer.to_ne_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(2);

    #[test]
    fn each_kind_is_tried_and_nothing_is_left() {
        let folder = tempfile::tempdir_in("/dev/shm").unwrap();
        let path = folder.path().to_str().unwrap();
        assert_eq!(attempts(Some(path), WAIT), [Tried::Made; 4]);
        assert_eq!(std::fs::read_dir(path).unwrap().count(), 0);
        let [file, rest @ ..] = attempts(None, WAIT);
        assert_eq!((file, rest), (Tried::Not, [Tried::Made; 3]));
        let gone = format!("{path}/gone");
        assert_eq!(attempts(Some(&gone), WAIT)[0], Tried::Failed(Errno::ENOENT));
    }

    #[test]
    fn a_child_that_is_killed_tells_so_and_the_next_one_goes_on() {
        let mut found = [Tried::Not; 1];
        let child = Child::start(WAIT, |_| {
            let _ = nix::sys::signal::raise(Signal::SIGSYS);
        });
        let mut child = child.unwrap();
        assert_eq!(child.read(&mut [0; 8]), Err(Errno::EIO));
        found[0] = child.killed_by().map_or(Tried::Not, Tried::Killed);
        assert_eq!(found, [Tried::Killed(Signal::SIGSYS)]);
    }
}
