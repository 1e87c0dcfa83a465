//! Hears of names that come and go in a folder (inotify(7)), in memory that is taken once.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};
use nix::unistd::read;

/// Bytes that are read at once: of some 2000 short names.
const ROOM: usize = 64 << 10;

/// How long the kernel takes to forget a folder that is not listened to any more.
const FORGETS: Duration = Duration::from_micros(500);

/// A folder that is listened to.
#[derive(Debug)]
pub(crate) struct NameWatch {
    inotify: Inotify,
    watched: WatchDescriptor,
    folder: PathBuf,
    buffer: Vec<u8>,
}

impl NameWatch {
    /// Begins to listen to a folder.
    ///
    /// # Errors
    /// When there is no such folder, or the user has no more inotify instances.
    pub(crate) fn new(folder: &str) -> Result<NameWatch, Errno> {
        let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
        let folder = PathBuf::from(folder);
        let watched = inotify.add_watch(&folder, names() | AddWatchFlags::IN_MODIFY)?;
        Ok(NameWatch { inotify, watched, folder, buffer: vec![0; ROOM] })
    }

    /// What happened since the last time, as the kernel wrote it, as far as there is room; none where nothing did.
    pub(crate) fn read(&mut self) -> Option<&[u8]> {
        let count = read(&self.inotify, &mut self.buffer).ok().filter(|count| *count > 0)?;
        self.buffer.get(..count)
    }

    /// Listens to names alone from now on, and no more to what is written; whether it could.
    pub(crate) fn names_alone(&self) -> bool {
        // The same folder keeps its place, and gets this in the place of what it had.
        self.inotify.add_watch(&self.folder, names()).is_ok()
    }
}

/// Closed at once it would wait 10 to 20 ms (Linux 6.18): the folder and the instance each wait until no CPU reads their
/// marks, and who comes second waits for the timer. One after the other both are done at once.
impl Drop for NameWatch {
    fn drop(&mut self) {
        if self.inotify.rm_watch(self.watched).is_ok() {
            thread::sleep(FORGETS);
        }
    }
}

const fn names() -> AddWatchFlags {
    AddWatchFlags::IN_CREATE
        .union(AddWatchFlags::IN_DELETE)
        .union(AddWatchFlags::IN_MOVED_FROM)
        .union(AddWatchFlags::IN_MOVED_TO)
        .union(AddWatchFlags::IN_ONLYDIR)
}
