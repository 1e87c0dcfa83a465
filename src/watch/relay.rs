//! Passes on what a command prints on stderr, unchanged and at once, and lets somebody hear it.

use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{pipe2, read, write};

/// Bytes that are taken at once: as much as a pipe holds.
const PIECE: usize = 64 << 10;

/// Who hears it.
pub(crate) trait Ear: Send {
    fn hear(&mut self, bytes: &[u8]);
}

/// The way from the command's stderr to this program's.
pub(super) struct Relay {
    from: OwnedFd,
    ear: Box<dyn Ear>,
    piece: Vec<u8>,
}

impl Relay {
    /// One, and what to give the command as its stderr.
    pub(super) fn new(ear: Box<dyn Ear>) -> Result<(Relay, OwnedFd), Errno> {
        let (from, given) = pipe2(OFlag::O_CLOEXEC)?;
        Ok((Relay { from, ear, piece: vec![0; PIECE] }, given))
    }

    /// Passes on until nobody has the other end any more, or `stop` is closed and all that came is passed on.
    pub(super) fn run(mut self, stop: &OwnedFd) {
        let mut waits = true;
        loop {
            if waits {
                let mut files = [
                    PollFd::new(self.from.as_fd(), PollFlags::POLLIN),
                    PollFd::new(stop.as_fd(), PollFlags::POLLIN),
                ];
                if poll(&mut files, PollTimeout::NONE).is_err() {
                    continue;
                }
                let [_, stopped] = files.map(|file| file.any().unwrap_or(false));
                if stopped {
                    waits = false;
                    let _ = fcntl(&self.from, FcntlArg::F_SETFL(OFlag::O_NONBLOCK));
                }
            }
            match read(&self.from, &mut self.piece) {
                Ok(0) => return,
                Ok(count) => self.pass(count),
                Err(Errno::EINTR) => {}
                Err(_) => return,
            }
        }
    }

    fn pass(&mut self, count: usize) {
        let bytes = self.piece.get(..count).unwrap_or_default();
        let mut rest = bytes;
        while !rest.is_empty() {
            match write(std::io::stderr(), rest) {
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => {
                    let stderr = std::io::stderr();
                    let mut file = [PollFd::new(stderr.as_fd(), PollFlags::POLLOUT)];
                    let _ = poll(&mut file, PollTimeout::NONE);
                }
                // Nobody reads it any more.
                Err(_) => break,
            }
        }
        self.ear.hear(bytes);
    }
}
