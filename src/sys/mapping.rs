//! Mappings of shared memory, and what fills them. Other processes may have their memory too: it is lent
//! as atomics only, and else loaded and stored through raw pointers, here and in `stream`.

use std::ffi::c_void;
use std::fs::File;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::os::fd::AsFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64};

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap, mmap_anonymous, munmap};

/// MADV_POPULATE_WRITE (linux/mman.h, since Linux 5.14).
const POPULATE_WRITE: libc::c_int = 23;

/// A shared mapping: writable, but for the one that a probe stores to because it wants the fault.
#[derive(Debug)]
pub struct Mapping {
    start: NonNull<c_void>,
    bytes: NonZeroUsize,
    /// Made by shmat, so shmdt ends it.
    attached: bool,
}

const READ_WRITE: ProtFlags = ProtFlags::PROT_READ.union(ProtFlags::PROT_WRITE);

/// A free place for `bytes` at a multiple of `align`, as a hint; `None` leaves it to the kernel.
pub(super) fn place(bytes: NonZeroUsize, align: Option<NonZeroUsize>) -> Option<NonZeroUsize> {
    let align = align?;
    let more = bytes.checked_add(align.get())?;
    // SAFETY: a new mapping at a place of the kernel's choice; it replaces none.
    let found = unsafe { mmap_anonymous(None, more, ProtFlags::PROT_NONE, MapFlags::MAP_PRIVATE) };
    let found = found.ok()?;
    // SAFETY: the mapping made above, which nothing refers to.
    let _ = unsafe { munmap(found, more.get()) };
    let aligned = found.addr().get().checked_next_multiple_of(align.get())?;
    NonZeroUsize::new(aligned)
}

impl Mapping {
    /// Maps `bytes` of a file from `offset` on; at a multiple of `align`, where huge pages need it.
    pub(crate) fn of_file(
        file: impl AsFd,
        offset: u64,
        bytes: NonZeroUsize,
        align: Option<NonZeroUsize>,
    ) -> Result<Mapping, Errno> {
        let offset = libc::off_t::try_from(offset).map_err(|_| Errno::EOVERFLOW)?;
        let at = place(bytes, align);
        // SAFETY: the place is a hint, without MAP_FIXED: an existing mapping is never replaced.
        let start = unsafe { mmap(at, bytes, READ_WRITE, MapFlags::MAP_SHARED, file, offset) }?;
        Ok(Mapping { start, bytes, attached: false })
    }

    /// Maps new memory that only children share.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn anonymous(bytes: NonZeroUsize, align: Option<NonZeroUsize>) -> Result<Mapping, Errno> {
        let at = place(bytes, align);
        // SAFETY: the place is a hint, without MAP_FIXED: an existing mapping is never replaced.
        let start = unsafe { mmap_anonymous(at, bytes, READ_WRITE, MapFlags::MAP_SHARED) }?;
        Ok(Mapping { start, bytes, attached: false })
    }

    /// The mapping that shmat(2) made.
    ///
    /// # Safety
    /// It begins there, has these bytes, and nothing else detaches it.
    pub(super) const unsafe fn attached(start: NonNull<c_void>, bytes: NonZeroUsize) -> Mapping {
        Mapping { start, bytes, attached: true }
    }

    /// Maps a file, or new memory, with other rights or flags than usual.
    pub(crate) fn with(
        file: Option<&File>,
        bytes: NonZeroUsize,
        rights: ProtFlags,
        flags: MapFlags,
    ) -> Result<Mapping, Errno> {
        let flags = flags.difference(MapFlags::MAP_FIXED) | MapFlags::MAP_SHARED;
        let start = match file {
            // SAFETY: a place of the kernel's choice, without MAP_FIXED: it replaces no mapping.
            Some(file) => unsafe { mmap(None, bytes, rights, flags, file, 0) }?,
            // SAFETY: the same.
            None => unsafe { mmap_anonymous(None, bytes, rights, flags) }?,
        };
        Ok(Mapping { start, bytes, attached: false })
    }

    /// Makes the mapping longer, where that is possible (mremap(2)).
    ///
    /// # Errors
    /// When the kernel refuses; then it is as it was.
    pub(crate) fn grow(&mut self, bytes: NonZeroUsize) -> Result<(), Errno> {
        if self.attached {
            return Err(Errno::EINVAL); // shmdt would not find it again
        }
        let (old, new) = (self.bytes.get(), bytes.get());
        // SAFETY: a mapping of ours that nothing refers to, as `self` is borrowed for change.
        let moved = unsafe { libc::mremap(self.start.as_ptr(), old, new, libc::MREMAP_MAYMOVE) };
        match NonNull::new(moved) {
            Some(start) if start.addr().get() != usize::MAX => {
                (self.start, self.bytes) = (start, bytes);
                Ok(())
            }
            _ => Err(Errno::last()),
        }
    }

    /// Keeps it in memory (mlock(2)).
    ///
    /// # Errors
    /// Where RLIMIT_MEMLOCK forbids.
    pub(crate) fn lock(&self) -> Result<(), Errno> {
        // SAFETY: a mapping of ours; its content stays.
        unsafe { nix::sys::mman::mlock(self.start, self.bytes.get()) }
    }

    /// Bytes of it that are in memory, of whoever made them (mincore(2)).
    ///
    /// # Errors
    /// When the kernel refuses.
    pub(crate) fn resident(&self) -> Result<usize, Errno> {
        let page = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE)?;
        let page = page.and_then(|page| usize::try_from(page).ok()).unwrap_or(4096).max(1);
        let mut seen = vec![0_u8; self.bytes.get().div_ceil(page)];
        let (start, size, seen_at) = (self.start.as_ptr(), self.bytes.get(), seen.as_mut_ptr());
        // SAFETY: a mapping of ours, and room for a byte for each of its pages.
        Errno::result(unsafe { libc::mincore(start, size, seen_at) })?;
        let pages = seen.iter().filter(|byte| **byte & 1 == 1).count();
        Ok(pages.saturating_mul(page).min(size))
    }

    /// Binds it to the first NUMA node (mbind(2)).
    ///
    /// # Errors
    /// Where policies are not allowed, or unknown.
    pub(crate) fn bind_to_first_node(&self) -> Result<(), Errno> {
        const MPOL_BIND: libc::c_int = 2;
        let nodes: libc::c_ulong = 1;
        let bits: libc::c_ulong = 64;
        let (start, size, none) = (self.start.as_ptr(), self.bytes.get(), 0_u32);
        // SAFETY: a mapping of ours and a mask of one word, of which 63 bits are read.
        let done = unsafe {
            libc::syscall(libc::SYS_mbind, start, size, MPOL_BIND, &raw const nodes, bits, none)
        };
        Errno::result(done).map(|_| ())
    }

    /// Asks for pages on a node of memory, and where that has none for those on others (mbind(2)). A file keeps this for
    /// whoever maps it.
    ///
    /// # Errors
    /// Where policies are not allowed, there is no such node, or its number is above 63.
    pub(crate) fn prefer_node(&self, node: u32) -> Result<(), Errno> {
        const MPOL_PREFERRED: libc::c_int = 1;
        let nodes: libc::c_ulong = 1_u64.checked_shl(node).ok_or(Errno::EINVAL)?;
        // One more than there are bits: the kernel leaves the last one out.
        let bits: libc::c_ulong = 65;
        let (start, size, none) = (self.start.as_ptr(), self.bytes.get(), 0_u32);
        // SAFETY: a mapping of ours and a mask of one word, of which 64 bits are read.
        let done = unsafe {
            libc::syscall(
                libc::SYS_mbind,
                start,
                size,
                MPOL_PREFERRED,
                &raw const nodes,
                bits,
                none,
            )
        };
        Errno::result(done).map(|_| ())
    }

    /// The nodes of memory on which its pages lie, by some of them (move_pages(2), which moves nothing without a list of
    /// nodes); none where that may not be asked.
    #[must_use]
    pub(crate) fn nodes(&self) -> Vec<u32> {
        const LOOKS: usize = 64;
        let step = self.bytes.get().div_ceil(LOOKS);
        let looks = (0..self.bytes.get()).step_by(step);
        let pages: Vec<*mut u8> = looks.map(|at| self.start().wrapping_add(at)).collect();
        let mut found = vec![-1_i32; pages.len()];
        let none = std::ptr::null::<i32>();
        let (own, count) = (0_i32, pages.len());
        // SAFETY: as many addresses are read and as many numbers written as both lists have.
        let done = unsafe {
            libc::syscall(
                libc::SYS_move_pages,
                own,
                count,
                pages.as_ptr(),
                none,
                found.as_mut_ptr(),
                0_i32,
            )
        };
        let mut nodes: Vec<u32> =
            found.into_iter().filter_map(|node| u32::try_from(node).ok()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        if done == 0 { nodes } else { Vec::new() }
    }

    /// Bytes of the mapping.
    #[must_use]
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes.get()
    }

    /// Where it starts, for `sys::stream`.
    pub(super) const fn start(&self) -> *mut u8 {
        self.start.as_ptr().cast()
    }

    /// The first 4 KiB of it as atomics.
    #[must_use]
    pub(crate) fn words(&self) -> &[AtomicU64] {
        let words = self.bytes.get().min(4096).div_euclid(size_of::<AtomicU64>());
        // SAFETY: a page-aligned mapping of ours, at least so long, which lives as long as `self`;
        // every bit pattern is a valid value, and whoever else has it may change it at any time.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr().cast::<AtomicU64>(), words) }
    }

    /// These words of it as atomics; none where not all of them are inside.
    #[must_use]
    #[inline(always)]
    pub(crate) fn words_of(&self, range: Range<usize>) -> &[AtomicU64] {
        let words = self.bytes.get().div_euclid(size_of::<AtomicU64>());
        if range.end > words || range.start > range.end {
            return &[];
        }
        let start = self.start.as_ptr().cast::<AtomicU64>().wrapping_add(range.start);
        // SAFETY: inside of a page-aligned mapping of ours, which lives as long as `self`; every bit pattern is a valid
        // value, and whoever else has it may change it at any time.
        unsafe { std::slice::from_raw_parts(start, range.len()) }
    }

    /// The third 4 KiB of it, as atomics that a process can sleep on.
    #[must_use]
    pub(crate) fn small_words(&self) -> &[AtomicU32] {
        if self.bytes.get() < 12 << 10 {
            return &[];
        }
        let at = self.start().wrapping_add(8 << 10).cast::<AtomicU32>();
        // SAFETY: inside of a mapping of ours, aligned, which lives as long as `self`; every bit
        // pattern is a valid value, and whoever else has it may change it at any time.
        unsafe { std::slice::from_raw_parts(at, 1024) }
    }

    /// Stores one byte at `offset`, if that lies inside.
    pub(crate) fn touch(&self, offset: usize, value: u8) {
        if offset < self.bytes.get() {
            let at = self.start.cast::<u8>().as_ptr().wrapping_add(offset);
            // SAFETY: inside of a mapping of ours, of which nobody has a reference but to atomics. Where the kernel
            // has no page for it, SIGBUS comes, which a handler takes (`sys::bus`).
            unsafe { at.write_volatile(value) };
        }
    }

    /// Lets the kernel allocate a range (MADV_POPULATE_WRITE).
    ///
    /// # Errors
    /// EFAULT where a store would be SIGBUS, EINVAL before Linux 5.14, and others.
    pub(crate) fn populate(&self, offset: usize, bytes: usize) -> Result<(), Errno> {
        let bytes = bytes.min(self.bytes.get().saturating_sub(offset));
        let at = self.start.as_ptr().wrapping_byte_add(offset);
        // SAFETY: the range lies inside of a mapping of ours; its content stays.
        let done = unsafe { libc::madvise(at, bytes, POPULATE_WRITE) };
        Errno::result(done).map(|_| ())
    }

    /// Asks for huge pages; whether they are granted only counters tell.
    ///
    /// # Errors
    /// On kernels without them.
    pub(crate) fn advise_huge(&self) -> Result<(), Errno> {
        // SAFETY: advice on a mapping of ours changes no content.
        unsafe { madvise(self.start, self.bytes.get(), MmapAdvise::MADV_HUGEPAGE) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if self.attached {
            // SAFETY: attached by shmat; no reference into it outlives `self`.
            let _ = unsafe { libc::shmdt(self.start.as_ptr()) };
        } else {
            // SAFETY: mapped above with this length; no reference into it outlives `self`.
            let _ = unsafe { munmap(self.start, self.bytes.get()) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lie_on_a_node_that_there_is_and_no_node_is_asked_for_that_cannot_be_named() {
        let mapping = Mapping::anonymous(NonZeroUsize::new(1 << 20).unwrap(), None).unwrap();
        assert_eq!(mapping.prefer_node(64), Err(Errno::EINVAL));
        let preferred = mapping.prefer_node(0);
        // A seccomp profile or a kernel without NUMA may refuse it.
        assert!(matches!(preferred, Ok(()) | Err(Errno::EPERM | Errno::ENOSYS)), "{preferred:?}");
        for offset in (0..1 << 20).step_by(4096) {
            mapping.touch(offset, 1);
        }
        let nodes = mapping.nodes();
        if preferred.is_ok() {
            assert_eq!(nodes, [0]);
        }
    }
}
