//! The canary: memory that the kernel takes back before it kills anyone.
//!
//! Private pages that were written and then marked MADV_FREE stay charged to their cgroup, but
//! reclaim drops them like clean file cache, with or without swap (madvise(2), since Linux 4.5).
//! Whether a page is still there is asked with mincore(2): reading it would mark it as used, and
//! reclaim would then take it last.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, munmap};

/// What the pages hold until they are dropped.
const SONG: u8 = 0x5a;

/// Memory that is watched for being taken back.
#[derive(Debug)]
pub(crate) struct Canary {
    start: NonNull<c_void>,
    bytes: NonZeroUsize,
    page: NonZeroUsize,
    /// A byte a page, of what mincore says.
    seen: Vec<u8>,
    /// Pages that are written before they are marked.
    batch: usize,
}

impl Canary {
    /// Writes `bytes` of memory and marks them, `batch` pages at a time.
    ///
    /// # Errors
    /// When the kernel refuses the mapping or the marking.
    pub(crate) fn new(
        bytes: NonZeroUsize,
        page: NonZeroUsize,
        batch: usize,
    ) -> Result<Canary, Errno> {
        let pages = bytes.get().div_ceil(page.get());
        let bytes = NonZeroUsize::new(pages.saturating_mul(page.get())).ok_or(Errno::EINVAL)?;
        let flags = MapFlags::MAP_PRIVATE;
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at a place of the kernel's choice; it replaces none.
        let start = unsafe { mmap_anonymous(None, bytes, protection, flags) }?;
        let batch = batch.max(1);
        let mut canary = Canary { start, bytes, page, seen: vec![0; pages], batch };
        // SAFETY: the range is the mapping made above; the advice changes no content. Kernels
        // without huge pages refuse it, which is as good.
        let _ = unsafe { madvise(start, bytes.get(), MmapAdvise::MADV_NOHUGEPAGE) };
        canary.rearm()?;
        Ok(canary)
    }

    /// Bytes that are watched.
    #[must_use]
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes.get()
    }

    /// Bytes of one of its pages.
    #[must_use]
    pub(crate) const fn page(&self) -> usize {
        self.page.get()
    }

    /// Pages that are watched.
    #[must_use]
    pub(crate) fn pages(&self) -> usize {
        self.seen.len()
    }

    /// Pages that were taken back (256 pages: 1 us).
    pub(crate) fn lost(&mut self) -> Result<usize, Errno> {
        let seen = self.seen.as_mut_ptr();
        // SAFETY: the range is our own mapping, and `seen` has a byte for each of its pages.
        let answer = unsafe { libc::mincore(self.start.as_ptr(), self.bytes.get(), seen) };
        Errno::result(answer)?;
        Ok(self.seen.iter().filter(|page| **page & 1 == 0).count())
    }

    /// Writes and marks again what the last [`Canary::lost`] saw missing.
    pub(crate) fn rearm(&mut self) -> Result<(), Errno> {
        let mut at = 0_usize;
        for batch in self.seen.chunks(self.batch) {
            let mut written = false;
            for (place, page) in batch.iter().enumerate() {
                if *page & 1 == 0 {
                    let offset = at.saturating_add(place).saturating_mul(self.page.get());
                    let start = self.start.cast::<u8>().as_ptr().wrapping_add(offset);
                    // SAFETY: `seen` has an entry for each page of our own writable mapping, so the
                    // page lies inside, and nobody else has it.
                    unsafe { start.write_bytes(SONG, self.page.get()) };
                    written = true;
                }
            }
            if written {
                let offset = at.saturating_mul(self.page.get());
                let bytes = batch.len().saturating_mul(self.page.get());
                let start = self.start.as_ptr().wrapping_byte_add(offset);
                // SAFETY: the range lies in our own private mapping; losing its content is what it
                // is for.
                let marked = unsafe { libc::madvise(start, bytes, libc::MADV_FREE) };
                Errno::result(marked)?;
            }
            at = at.saturating_add(batch.len());
        }
        Ok(())
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new`, and no reference into it outlives `self`.
        let _ = unsafe { munmap(self.start, self.bytes.get()) };
    }
}
