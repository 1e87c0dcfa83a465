//! Looks at what a server may never answer for, in a child that is left behind then.

use std::ffi::CString;
use std::io::{self, Read, Write};
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::{Mode, fstat};
use nix::sys::statfs::fstatfs;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork, read};

use super::beneath::{self, Names, Reach};
use super::handover;
use super::shared::pause;

/// As long as any path.
const LONGEST_LINK: usize = 4096;

/// Numbers of an answer: the error, the mode, the length of the link, and what statfs(2) tells.
const NUMBERS: usize = 10;
const NUMBER: usize = size_of::<u64>();
const ANSWER: usize = NUMBERS * NUMBER + LONGEST_LINK;

/// What a file is, and the file, opened so that it can be asked more but not be read.
#[derive(Debug)]
pub(crate) struct Found {
    pub file: OwnedFd,
    /// Of what kind, and the rights.
    pub mode: u32,
    /// Type, bytes a block, blocks, free ones, those for all, inodes, free ones; zeros of a link.
    pub statfs: [u64; 7],
    /// Where it points, if it is a link.
    pub link: Option<String>,
}

impl Found {
    #[must_use]
    pub(crate) const fn is_folder(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFDIR
    }
}

/// What to look at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    /// What a path leads to, links followed.
    Path(&'a str),
    /// What lies below a folder, no link followed: one at the end is what was looked for.
    Within(&'a str, &'a str),
}

pub(super) fn text(path: &str) -> Result<CString, Errno> {
    CString::new(path).map_err(|_| Errno::EINVAL)
}

/// Opens a file and asks what it is.
///
/// # Errors
/// ETIMEDOUT where nobody answers in time; that of the call that failed.
pub(crate) fn look(place: Place<'_>, wait: Duration) -> Result<Found, Errno> {
    let (first, names) = match place {
        Place::Path(path) => (text(path)?, None),
        Place::Within(root, path) => (text(root)?, Some(Names::of(path)?)),
    };
    let child = Child::start(wait, |socket| {
        let mut answer = [0; ANSWER];
        let opened = (|| {
            let flags = OFlag::O_PATH | OFlag::O_CLOEXEC;
            let first = open(first.as_c_str(), flags, Mode::empty())?;
            let file = match &names {
                None => first,
                Some(names) => beneath::open(first.as_fd(), names, Reach::Root)?,
            };
            ask(&file, &mut answer)?;
            Ok(file)
        })();
        match opened {
            Ok(file) => handover::send(socket.as_raw_fd(), &answer, Some(file.as_raw_fd())),
            Err(errno) => {
                put(&mut answer, 0, code(errno));
                handover::send(socket.as_raw_fd(), &answer, None);
            }
        }
    })?;
    child.receive()
}

/// Reads a file, up to `most` bytes.
///
/// # Errors
/// ETIMEDOUT where nobody answers in time, EFBIG for a file that is longer; that of the call that failed.
pub(crate) fn read_all(path: &str, most: usize, wait: Duration) -> Result<Vec<u8>, Errno> {
    let path = text(path)?;
    let mut child = Child::start(wait, |mut socket| {
        let mut buffer = [0; 16 << 10];
        let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let done = open(path.as_c_str(), flags, Mode::empty()).and_then(|file| {
            loop {
                // Its length before each part: 0 is the end.
                let filled = read(&file, &mut buffer)?;
                let part = buffer.get(..filled).unwrap_or_default();
                let length = i64::try_from(filled).unwrap_or(0);
                let sent = socket.write_all(&length.to_ne_bytes());
                if filled == 0 || sent.and_then(|()| socket.write_all(part)).is_err() {
                    return Ok(());
                }
            }
        });
        if let Err(errno) = done {
            let failed = i64::try_from(code(errno)).unwrap_or(0).saturating_neg();
            let _ = socket.write_all(&failed.to_ne_bytes());
        }
    })?;
    let mut all = Vec::new();
    loop {
        let mut length = [0; NUMBER];
        child.read(&mut length)?;
        let length = i64::from_ne_bytes(length);
        let part = match usize::try_from(length) {
            Ok(0) => return Ok(all),
            Ok(part) => part,
            Err(_) => {
                let errno = i32::try_from(length.saturating_neg()).unwrap_or(0);
                return Err(Errno::from_raw(errno));
            }
        };
        let filled = all.len();
        if filled.saturating_add(part) > most {
            return Err(Errno::EFBIG);
        }
        all.resize(filled.saturating_add(part), 0);
        child.read(all.get_mut(filled..).unwrap_or_default())?;
    }
}

/// A child at work, and the way to hear of it.
pub(super) struct Child {
    pid: Pid,
    socket: UnixStream,
    until: Instant,
    /// It ended and was waited for: its number may be another's by now.
    is_gone: bool,
}

impl Child {
    /// Starts one. `work` must not allocate: another thread of this process may hold the allocator's lock.
    pub(super) fn start(wait: Duration, work: impl FnOnce(&UnixStream)) -> Result<Child, Errno> {
        let pair = UnixStream::pair();
        let (ours, theirs) = pair.map_err(|error| errno_of(&error))?;
        let until = Instant::now().checked_add(wait).ok_or(Errno::EINVAL)?;
        // SAFETY: the child makes only system calls, which any thread may after a fork: it opens, asks,
        // writes and leaves; it takes no lock, does not allocate, and does not return from here.
        match unsafe { fork() }? {
            ForkResult::Parent { child } => {
                Ok(Child { pid: child, socket: ours, until, is_gone: false })
            }
            ForkResult::Child => {
                close_all_but(theirs.as_raw_fd());
                work(&theirs);
                // SAFETY: _exit ends the child without anything of the parent's that would run at its end.
                unsafe { libc::_exit(0) }
            }
        }
    }

    /// Waits until there is something to read; never longer than was said at the start.
    fn be_patient(&self) -> Result<(), Errno> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Errno::ETIMEDOUT);
        }
        self.socket.set_read_timeout(Some(left)).map_err(|error| errno_of(&error))
    }

    /// The signal that ended it; `None` where it has not ended, or by itself.
    pub(super) fn killed_by(mut self) -> Option<Signal> {
        match self.wait()? {
            WaitStatus::Signaled(_, signal, _) => Some(signal),
            _ => None,
        }
    }

    /// Waits a moment for its end.
    fn wait(&mut self) -> Option<WaitStatus> {
        const A_MOMENT: Duration = Duration::from_millis(1);
        const MOMENTS: u32 = 220;
        const SHORT_ONES: u32 = 200;
        for moment in 0..MOMENTS {
            match waitpid(self.pid, Some(WaitPidFlag::WNOHANG)) {
                // One that has answered is about to leave by itself.
                Ok(WaitStatus::StillAlive) if moment < SHORT_ONES => std::thread::yield_now(),
                Ok(WaitStatus::StillAlive) => pause(A_MOMENT),
                ended => {
                    self.is_gone = true;
                    return ended.ok();
                }
            }
        }
        None
    }

    pub(super) fn read(&mut self, mut buffer: &mut [u8]) -> Result<(), Errno> {
        while !buffer.is_empty() {
            self.be_patient()?;
            match (&self.socket).read(buffer) {
                Ok(0) => return Err(Errno::EIO), // it was killed
                Ok(n) => buffer = buffer.get_mut(n..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(timed_out(errno_of(&error))),
            }
        }
        Ok(())
    }

    fn receive(mut self) -> Result<Found, Errno> {
        let mut bytes = [0; ANSWER];
        self.be_patient()?;
        let (received, file) = loop {
            match handover::receive(self.socket.as_raw_fd(), &mut bytes) {
                Err(Errno::EINTR) => self.be_patient()?,
                received => break received.map_err(timed_out)?,
            }
        };
        if received == 0 {
            return Err(Errno::EIO);
        }
        self.read(bytes.get_mut(received..).unwrap_or_default())?;
        match (i32::try_from(number(&bytes, 0)), file) {
            (Ok(0), Some(file)) => {
                let length = usize::try_from(number(&bytes, 2)).unwrap_or(0);
                let start = NUMBERS.saturating_mul(NUMBER);
                let link = bytes.get(start..start.saturating_add(length)).unwrap_or_default();
                let link = String::from_utf8_lossy(link).into_owned();
                Ok(Found {
                    file,
                    mode: u32::try_from(number(&bytes, 1)).unwrap_or(0),
                    statfs: std::array::from_fn(|at| number(&bytes, at.saturating_add(3))),
                    link: (length > 0).then_some(link),
                })
            }
            (Ok(errno), _) if errno != 0 => Err(Errno::from_raw(errno)),
            _ => Err(Errno::EIO),
        }
    }
}

impl Drop for Child {
    /// One that hangs in the kernel cannot even be killed: it goes when the server does.
    fn drop(&mut self) {
        if !self.is_gone {
            let _ = kill(self.pid, Signal::SIGKILL);
            self.wait();
        }
    }
}

/// What a read says whose time is up.
fn timed_out(errno: Errno) -> Errno {
    if errno == Errno::EAGAIN { Errno::ETIMEDOUT } else { errno }
}

fn errno_of(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)
}

pub(super) fn code(errno: Errno) -> u64 {
    let code = io::Error::from(errno).raw_os_error();
    code.and_then(|code| u64::try_from(code).ok()).unwrap_or(0)
}

/// A number whose C type differs between libraries and machines.
fn count(n: impl TryInto<u64>) -> u64 {
    n.try_into().unwrap_or(0)
}

fn put(answer: &mut [u8; ANSWER], at: usize, n: u64) {
    if let Some(place) = answer.chunks_exact_mut(NUMBER).nth(at) {
        place.copy_from_slice(&n.to_ne_bytes());
    }
}

fn number(answer: &[u8; ANSWER], at: usize) -> u64 {
    let bytes = answer.chunks_exact(NUMBER).nth(at).and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u64::from_ne_bytes)
}

/// In the child: asks what a file is.
fn ask(file: &OwnedFd, answer: &mut [u8; ANSWER]) -> Result<(), Errno> {
    let mode = fstat(file)?.st_mode;
    put(answer, 1, mode.into());
    if mode & libc::S_IFMT == libc::S_IFLNK {
        let place = answer.get_mut(NUMBERS.saturating_mul(NUMBER)..).unwrap_or_default();
        // SAFETY: the empty path is a string with its end, and the kernel writes no more than the length of
        // `place`, which outlives the call.
        let length = unsafe {
            libc::readlinkat(file.as_raw_fd(), c"".as_ptr(), place.as_mut_ptr().cast(), place.len())
        };
        put(answer, 2, count(Errno::result(length)?));
        return Ok(());
    }
    let stat = fstatfs(file)?;
    let all = [
        count(stat.filesystem_type().0),
        count(stat.block_size()),
        count(stat.blocks()),
        count(stat.blocks_free()),
        count(stat.blocks_available()),
        count(stat.files()),
        count(stat.files_free()),
    ];
    for (at, n) in (3..).zip(all) {
        put(answer, at, n);
    }
    Ok(())
}

/// In the child: a descriptor that it keeps would keep whoever reads its other end waiting, for as long as
/// the child hangs.
fn close_all_but(kept: RawFd) {
    const MANY: RawFd = 4096;
    let (Ok(below), Ok(above)) =
        (u32::try_from(kept.saturating_sub(1)), u32::try_from(kept.saturating_add(1)))
    else {
        return;
    };
    // SAFETY: nothing of this process uses them any more: the child only looks and leaves.
    let first = unsafe { libc::syscall(libc::SYS_close_range, 0_u32, below, 0_u32) };
    // SAFETY: as above.
    let last = unsafe { libc::syscall(libc::SYS_close_range, above, u32::MAX, 0_u32) };
    if first != 0 || last != 0 {
        // Before Linux 5.9.
        for file in (0..MANY).filter(|file| *file != kept) {
            // SAFETY: as above.
            unsafe { libc::close(file) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(2);

    #[test]
    fn it_tells_what_a_file_is_and_hands_it_over() {
        let found = look(Place::Within("/proc/self/root", "/proc/self/status"), WAIT);
        assert_eq!(found.unwrap_err(), Errno::ELOOP, "/proc/self is a link");
        let found = look(Place::Within("/", "proc/self"), WAIT).unwrap();
        assert!(found.link.is_some_and(|link| link.parse::<u32>().is_ok()));
        let found = look(Place::Path("/proc/self/status"), WAIT).unwrap();
        assert_eq!((found.is_folder(), found.link, found.statfs[0]), (false, None, 0x9fa0));
        assert!(fstat(found.file).is_ok());
    }

    #[test]
    fn it_reads_what_is_longer_than_a_part() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..100_000_u32).flat_map(u32::to_ne_bytes).collect();
        std::fs::write(file.path(), &bytes).unwrap();
        let path = file.path().to_str().unwrap();
        assert_eq!(read_all(path, 1 << 20, WAIT).unwrap(), bytes);
        assert_eq!(read_all(path, 1000, WAIT), Err(Errno::EFBIG));
        assert_eq!(read_all("/nowhere", 1000, WAIT), Err(Errno::ENOENT));
    }

    #[test]
    fn who_never_answers_is_not_waited_for() {
        let child = Child::start(Duration::from_millis(50), |_| {
            loop {
                nix::unistd::pause();
            }
        });
        assert_eq!(child.unwrap().receive().unwrap_err(), Errno::ETIMEDOUT);
    }
}
