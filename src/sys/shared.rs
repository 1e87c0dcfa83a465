//! Memory of atomics that several processes count in, and futexes on it (futex(2)).
//!
//! Never a slice of plain bytes over it: another process may write at any moment.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::Duration;

use memmap2::{MmapOptions, MmapRaw};
use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};

/// The first so many bytes are words of 32 bits, the rest words of 64 bits.
const SMALL_BYTES: usize = 4096;

/// A mapping of atomics, shared with every process that was handed its file.
#[derive(Debug)]
pub struct Shared {
    file: File,
    map: MmapRaw,
}

impl Shared {
    /// Words of 32 bits.
    pub const SMALL: usize = SMALL_BYTES / size_of::<AtomicU32>();

    /// New memory with `large` words of 64 bits, all zero. Processes that are started later inherit
    /// its file.
    ///
    /// # Errors
    /// When the kernel refuses the file or the mapping.
    pub fn create(large: usize) -> io::Result<Shared> {
        let file = File::from(memfd_create(c"shmeter-ledger", MFdFlags::empty())?);
        let bytes = large.saturating_mul(size_of::<AtomicU64>()).saturating_add(SMALL_BYTES);
        file.set_len(u64::try_from(bytes).unwrap_or(u64::MAX))?;
        let map = MmapOptions::new().len(bytes).map_raw(&file)?;
        Ok(Shared { file, map })
    }

    /// Maps the memory that a process was handed as descriptor `fd`.
    ///
    /// # Errors
    /// When there is no such descriptor, or it cannot be mapped.
    pub fn inherit(fd: i32) -> io::Result<Shared> {
        // Whether it is open is asked first, so a wrong number is an error and nobody else's file.
        // SAFETY: the descriptor is only borrowed, for the one call that copies it.
        let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
        let file = File::from(borrowed.try_clone_to_owned()?);
        let bytes = usize::try_from(file.metadata()?.len()).unwrap_or(0);
        let map = MmapOptions::new().len(bytes).map_raw(&file)?;
        Ok(Shared { file, map })
    }

    /// The descriptor that other processes inherit.
    #[must_use]
    pub fn descriptor(&self) -> i32 {
        self.file.as_raw_fd()
    }

    /// The words of 32 bits.
    #[must_use]
    pub fn small(&self) -> &[AtomicU32] {
        let start = self.map.as_ptr().cast::<AtomicU32>();
        let words = self.map.len().min(SMALL_BYTES).div_euclid(size_of::<AtomicU32>());
        // SAFETY: the mapping is page-aligned, this long, lives as long as `self`, and is only ever
        // accessed as atomics of this size here; every bit pattern is a valid value.
        unsafe { std::slice::from_raw_parts(start, words) }
    }

    /// The words of 64 bits.
    #[must_use]
    pub fn large(&self) -> &[AtomicU64] {
        let words = self.map.len().saturating_sub(SMALL_BYTES).div_euclid(size_of::<AtomicU64>());
        let start = self.map.as_ptr().wrapping_add(self.map.len().min(SMALL_BYTES));
        // SAFETY: behind the words of 32 bits, at a multiple of 4096 bytes, so long as the mapping;
        // only ever accessed as atomics of this size; every bit pattern is a valid value.
        unsafe { std::slice::from_raw_parts(start.cast::<AtomicU64>(), words) }
    }
}

/// Sleeps while `word` is `value`, at most so long. It may wake for no reason.
pub fn wait(word: &AtomicU32, value: u32, most: Duration) {
    let timeout = libc::timespec {
        tv_sec: libc::time_t::try_from(most.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: most.subsec_nanos().into(),
    };
    sleep(word, value, &raw const timeout);
}

/// The same without a deadline, so that the kernel sets no timer for it. For who is ended by others if
/// nobody wakes it.
pub fn wait_for_wake(word: &AtomicU32, value: u32) {
    sleep(word, value, std::ptr::null());
}

fn sleep(word: &AtomicU32, value: u32, timeout: *const libc::timespec) {
    // SAFETY: the word lives for the call, and the kernel only reads it and the timeout, which is none
    // or lives in the caller.
    let _ =
        unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, value, timeout) };
}

/// Wakes all that sleep on `word`.
pub fn wake(word: &AtomicU32) {
    // SAFETY: the word lives for the call; nothing is written.
    let _ = unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, i32::MAX) };
}

/// The bit that the kernel sets in the word of a thread that ended while it held it.
pub const OWNER_DIED: u32 = libc::FUTEX_OWNER_DIED;

/// Makes the kernel mark `word` the moment that this thread dies, however it dies: before any of
/// its memory is given back (`exit_robust_list`, kernel/futex/core.c). `list` is what the kernel
/// walks then: the head's three words, and the one entry.
///
/// # Errors
/// When the kernel has no robust futexes.
pub fn mark_on_death(word: &'static AtomicU32, list: &'static [AtomicU64; 4]) -> Result<(), Errno> {
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
