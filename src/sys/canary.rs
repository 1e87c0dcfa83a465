//! The canary: memory that the kernel takes back before it kills anyone.
//!
//! Private pages that were written and then marked MADV_FREE stay charged to their cgroup, but
//! reclaim drops them like clean file cache, with or without swap (madvise(2), since Linux 4.5).
//! Whether a page is still there is asked with mincore(2). Reading it would mark it as used, and
//! reclaim then takes it last: a canary of 4 MiB whose pages were read was noticed 3 to 5 MiB later
//! (Linux 6.18, cgroup v1, 16 fills under 96 MiB), when next to nothing of it was left.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, munmap};

/// What the pages hold until they are dropped.
const SONG: u8 = 0x5a;

/// Memory that is watched for being taken back.
#[derive(Debug)]
pub struct Canary {
    start: NonNull<c_void>,
    bytes: NonZeroUsize,
    /// A byte a page, of what mincore says.
    seen: Vec<u8>,
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
        let seen = vec![0; bytes.get().div_ceil(page.get())];
        let canary = Canary { start, bytes, seen };
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

    /// Whether any page was taken back (1024 pages: 3 us).
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn is_lost(&mut self) -> Result<bool, Errno> {
        let seen = self.seen.as_mut_ptr();
        // SAFETY: the range is our own mapping, and `seen` has a byte for each of its pages.
        let answer = unsafe { libc::mincore(self.start.as_ptr(), self.bytes.get(), seen) };
        Errno::result(answer)?;
        Ok(self.seen.iter().any(|page| page & 1 == 0))
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new`, and no reference into it outlives `self`.
        let _ = unsafe { munmap(self.start, self.bytes.get()) };
    }
}
