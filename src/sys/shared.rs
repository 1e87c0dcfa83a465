//! Memory of atomics that several processes count in, and futexes on it (futex(2)).
//!
//! Never a slice of plain bytes over it: another process may write at any moment.

use std::fs::File;
use std::io::{self, Write};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd, FromRawFd, RawFd};
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::{Duration, Instant};

use memmap2::{MmapOptions, MmapRaw};
use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::stat::Mode;

/// Where rows begin, behind the head: a page of the smallest size.
const HEAD_BYTES: usize = 4096;

/// What may lie in memory that other processes write at any moment.
///
/// # Safety
/// A type may be this if every byte of it belongs to an atomic, so that any bytes are a value of it and no
/// access needs `&mut`.
pub(crate) unsafe trait Atomics: Sync {}

/// A mapping of atomics, shared with every process that was handed its file: a head, and rows behind it.
#[derive(Debug)]
pub(crate) struct Shared<Head, Row> {
    /// Whoever inherited its number only has the mapping.
    file: Option<File>,
    map: MmapRaw,
    words: PhantomData<(Head, Row)>,
}

impl<Head: Atomics, Row: Atomics> Shared<Head, Row> {
    /// The head has its place before the rows, and both begin where they may.
    const FITS: () = assert!(
        size_of::<Head>() <= HEAD_BYTES
            && align_of::<Head>() <= HEAD_BYTES
            && align_of::<Row>() <= HEAD_BYTES
            && size_of::<Row>() > 0
    );

    /// New memory with so many rows, all zero. Processes that are started later inherit its file.
    ///
    /// # Errors
    /// When the kernel refuses the file or the mapping.
    pub(crate) fn create(rows: usize) -> io::Result<Shared<Head, Row>> {
        let file = file(rows.saturating_mul(size_of::<Row>()).saturating_add(HEAD_BYTES))?;
        let mut memory = Shared::inherit(file.as_raw_fd())?;
        memory.file = Some(file);
        Ok(memory)
    }

    /// Maps the memory that a process was handed as descriptor `fd`.
    ///
    /// # Errors
    /// When there is no such descriptor, it is too small, or it cannot be mapped.
    pub(crate) fn inherit(fd: RawFd) -> io::Result<Shared<Head, Row>> {
        let () = Self::FITS;
        // SAFETY: it is asked for its size and never closed; a wrong number is an error of that.
        let file = ManuallyDrop::new(unsafe { File::from_raw_fd(fd) });
        let bytes = usize::try_from(file.metadata()?.len()).unwrap_or(0);
        if bytes < HEAD_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let map = MmapOptions::new().len(bytes).map_raw(&*file)?;
        Ok(Shared { file: None, map, words: PhantomData })
    }

    /// The descriptor that other processes inherit.
    #[must_use]
    pub(crate) fn descriptor(&self) -> i32 {
        self.file.as_ref().map_or(-1, AsRawFd::as_raw_fd)
    }

    /// What stands before the rows.
    #[must_use]
    pub(crate) fn head(&self) -> &Head {
        // SAFETY: the mapping begins at a page, has HEAD_BYTES at least, which hold a head, and lives as
        // long as `self`; it is only ever accessed as these atomics, of which any bytes are a value.
        unsafe { &*self.map.as_ptr().cast::<Head>() }
    }

    #[must_use]
    pub(crate) fn rows(&self) -> &[Row] {
        let rows = self.map.len().saturating_sub(HEAD_BYTES).div_euclid(size_of::<Row>());
        let start = self.map.as_ptr().wrapping_add(HEAD_BYTES).cast::<Row>();
        // SAFETY: behind the head, at a multiple of what a row is aligned to, and within the mapping; the
        // rest as for the head.
        unsafe { std::slice::from_raw_parts(start, rows) }
    }
}

/// Where a file without a name is looked for, where there is no memfd_create(2).
const FOLDERS: [&str; 3] = ["/dev/shm", "/tmp", "/run"];

/// A file of so many zeros and without a name, which children inherit. memfd_create(2) takes nobody's room, but
/// Linux before 3.17 and some seccomp profiles have it not.
fn file(bytes: usize) -> io::Result<File> {
    let refused = match memfd_create(c"shmeter-ledger", MFdFlags::empty()) {
        Ok(file) => return zeros(File::from(file), bytes),
        Err(errno) => errno,
    };
    let nameless = |folder: &str| {
        let flags = OFlag::O_TMPFILE | OFlag::O_RDWR;
        zeros(open(folder, flags, Mode::S_IRUSR | Mode::S_IWUSR)?.into(), bytes)
    };
    FOLDERS.into_iter().find_map(|folder| nameless(folder).ok()).ok_or_else(|| {
        let text = format!(
            "memfd_create is refused ({}), and no file can be created in any of {}: allow that \
             call, or free space there",
            refused.desc(),
            FOLDERS.join(", ")
        );
        io::Error::new(io::Error::from(refused).kind(), text)
    })
}

/// Writes them: a page of a tmpfs that has no room for it would be SIGBUS when it is needed.
fn zeros(mut file: File, bytes: usize) -> io::Result<File> {
    file.write_all(&vec![0; bytes])?;
    Ok(file)
}

/// Sleeps while `word` is `value`, at most so long. It may wake for no reason.
pub(crate) fn wait(word: &AtomicU32, value: u32, most: Duration) {
    let timeout = timespec(most);
    let _ = sleep(word, value, &raw const timeout);
}

/// Sleeps so long. Not by nanosleep(2): where a seccomp profile refuses that, the standard library panics.
pub(crate) fn pause(most: Duration) {
    let word = AtomicU32::new(0);
    let Some(until) = Instant::now().checked_add(most) else { return };
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        let timeout = timespec(left);
        if matches!(sleep(&word, 0, &raw const timeout), Err(Errno::EPERM | Errno::ENOSYS)) {
            std::thread::yield_now();
        }
    }
}

/// The same without a deadline, so that the kernel sets no timer for it. For who is ended by others if
/// nobody wakes it.
pub(crate) fn wait_for_wake(word: &AtomicU32, value: u32) {
    let _ = sleep(word, value, std::ptr::null());
}

fn timespec(time: Duration) -> libc::timespec {
    libc::timespec {
        // Its type has another name in each C library.
        tv_sec: time.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: time.subsec_nanos().into(),
    }
}

fn sleep(word: &AtomicU32, value: u32, timeout: *const libc::timespec) -> Result<(), Errno> {
    // SAFETY: the word lives for the call, and the kernel only reads it and the timeout, which is none
    // or lives in the caller.
    let done =
        unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, value, timeout) };
    Errno::result(done).map(|_| ())
}

/// Wakes all that sleep on `word`.
pub(crate) fn wake(word: &AtomicU32) {
    // SAFETY: the word lives for the call; nothing is written.
    let _ = unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, i32::MAX) };
}

/// The bit that the kernel sets in the word of a thread that ended while it held it.
pub(crate) const OWNER_DIED: u32 = libc::FUTEX_OWNER_DIED;

/// Makes the kernel mark `word` the moment that this thread dies, however it dies: before any of
/// its memory is given back (`exit_robust_list`, kernel/futex/core.c). `list` is what the kernel
/// walks then: the head's three words, and the one entry.
///
/// # Errors
/// When the kernel has no robust futexes.
pub(crate) fn mark_on_death(
    word: &'static AtomicU32,
    list: &'static [AtomicU64; 4],
) -> Result<(), Errno> {
    use std::sync::atomic::Ordering::Relaxed;
    let [next, offset, pending, entry] = list;
    let address = |word: &AtomicU64| u64::try_from(word.as_ptr().addr()).unwrap_or(0);
    let at = u64::try_from(word.as_ptr().addr()).unwrap_or(0);
    next.store(address(entry), Relaxed);
    entry.store(address(next), Relaxed);
    offset.store(at.wrapping_sub(address(entry)), Relaxed);
    pending.store(0, Relaxed);
    word.store(u32::try_from(nix::unistd::gettid().as_raw()).unwrap_or(0), Relaxed);
    // SAFETY: both live as long as the process, so the list is there when the thread dies. C's
    // runtime loses its own list by this, which nothing here uses.
    let done = unsafe { libc::syscall(libc::SYS_set_robust_list, next.as_ptr(), 24_usize) };
    Errno::result(done).map(|_| ())
}
