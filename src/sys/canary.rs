//! The canary: memory that the kernel takes back before it kills anyone.
//!
//! Private pages that were written and then marked MADV_FREE stay charged to their cgroup, but
//! reclaim drops them like clean file cache, with or without swap (madvise(2), since Linux 4.5).
//! A dropped page reads as zeros, and reading does not revive it.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, munmap};

/// A page in so many is looked at: the first loss is a run of some 60 pages, a reclaim batch.
const STRIDE: usize = 16;

/// What the pages hold until they are dropped.
const SONG: u8 = 0x5a;

/// Memory that is watched for being taken back.
#[derive(Debug)]
pub struct Canary {
    start: NonNull<c_void>,
    bytes: NonZeroUsize,
    page: NonZeroUsize,
}

impl Canary {
    /// Writes `bytes` of memory and marks them.
    ///
    /// # Errors
    /// When the kernel refuses the mapping or the marking.
    pub fn new(bytes: NonZeroUsize, page: NonZeroUsize) -> Result<Canary, Errno> {
        let flags = MapFlags::MAP_PRIVATE;
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at a place of the kernel's choice; it replaces none.
        let start = unsafe { mmap_anonymous(None, bytes, protection, flags) }?;
        let canary = Canary { start, bytes, page };
        // SAFETY: the range is the mapping made above; the advice changes no content. Kernels
        // without huge pages refuse it, which is as good.
        let _ = unsafe { madvise(start, bytes.get(), MmapAdvise::MADV_NOHUGEPAGE) };
        // SAFETY: the mapping is `bytes` long, writable, and nobody else has it.
        unsafe { start.cast::<u8>().as_ptr().write_bytes(SONG, bytes.get()) };
        // SAFETY: the range is our own private mapping; losing its content is what it is for.
        unsafe { madvise(start, bytes.get(), MmapAdvise::MADV_FREE) }?;
        Ok(canary)
    }

    /// Bytes that are watched.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes.get()
    }

    /// Whether any of the sampled pages was taken back.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        let stride = self.page.get().saturating_mul(STRIDE);
        (0..self.bytes.get()).step_by(stride.max(1)).any(|at| {
            // SAFETY: `at` is below the mapping's length.
            let byte = unsafe { self.start.cast::<u8>().add(at) };
            // SAFETY: the byte is mapped and readable; volatile, because the kernel may zero it.
            unsafe { byte.as_ptr().read_volatile() != SONG }
        })
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new`, and no reference into it outlives `self`.
        let _ = unsafe { munmap(self.start, self.bytes.get()) };
    }
}
