//! Writes all of a text to where it was asked to go, or tells why not.

use std::os::fd::{AsFd, BorrowedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::stat::{FileStat, SFlag, fstat};

use super::{Code, Failure, say};
use crate::sys::signals::asked_to_end;

/// What a pipe takes without waiting, once it takes anything (PIPE_BUF, pipe(7)).
const PIECE: usize = 4096;

/// Milliseconds of a look whether a reader takes anything.
const LOOK: u16 = 100;

/// Looks for which a reader may take nothing after a signal asked for an end.
const PATIENCE: u32 = 10;

/// Writes all of it. A reader that takes nothing is waited for until a signal asks for an end.
pub(super) fn write(to: BorrowedFd<'_>, bytes: &[u8]) -> Result<(), Errno> {
    let most = if is_file(to) { usize::MAX } else { PIECE };
    let (mut rest, mut looks) = (bytes, 0_u32);
    while !rest.is_empty() {
        let piece = rest.get(..most).unwrap_or(rest);
        let written = if takes(to) { nix::unistd::write(to, piece) } else { Err(Errno::EAGAIN) };
        match written {
            Ok(0) => return Err(Errno::EIO),
            Ok(written) => (rest, looks) = (rest.get(written..).unwrap_or_default(), 0),
            Err(Errno::EINTR | Errno::EAGAIN) if looks >= PATIENCE => return Err(Errno::EINTR),
            Err(Errno::EINTR | Errno::EAGAIN) => {
                looks = looks.saturating_add(u32::from(asked_to_end()));
            }
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Whether it takes something now, or refuses it at once.
fn takes(to: BorrowedFd<'_>) -> bool {
    let mut asked = [PollFd::new(to, PollFlags::POLLOUT)];
    !matches!(poll(&mut asked, LOOK), Ok(0) | Err(Errno::EINTR))
}

/// Whether it is a file, and no pipe, terminal or device.
pub(super) fn is_file(one: BorrowedFd<'_>) -> bool {
    fstat(one).is_ok_and(|one| kind(&one) == SFlag::S_IFREG)
}

/// What else goes there, into stdout or stderr.
pub(super) fn taken(file: BorrowedFd<'_>) -> Option<&'static str> {
    let (out, err) = (std::io::stdout(), std::io::stderr());
    let others = [(out.as_fd(), "stdout"), (err.as_fd(), "stderr")];
    others.into_iter().find(|(other, _)| is_same(file, *other)).map(|(_, name)| name)
}

/// Whether both are the same file or pipe, so that one would be written into the other. Of a terminal or
/// another device that is no harm.
pub(super) fn is_same(one: BorrowedFd<'_>, other: BorrowedFd<'_>) -> bool {
    let (Ok(one), Ok(other)) = (fstat(one), fstat(other)) else { return false };
    let same = (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino);
    same && kind(&one) != SFlag::S_IFCHR
}

fn kind(file: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(file.st_mode) & SFlag::S_IFMT
}

/// Why an output is not whole, and the code of that.
pub(super) fn lost(what: &str, why: Errno) -> Failure {
    // Nobody took it until a signal asked for an end.
    let code = if why == Errno::EINTR { Code::Interrupted } else { Code::Refused };
    Failure::new(code, format!("cannot write {what}: {}", why.desc()))
}

/// What a command comes to whose output was written or lost: that it was lost is told always, and stands in
/// the exit code where that would be 0.
pub(super) fn finish(
    written: Result<(), Failure>,
    done: Result<Code, Failure>,
) -> Result<Code, Failure> {
    match (written, done) {
        (Ok(()), done) => done,
        (Err(lost), Ok(Code::Done)) => Err(lost),
        (Err(lost), done) => {
            say(&lost.to_string());
            done
        }
    }
}
