//! Mappings of shared memory, and what fills them. Their memory is never read or lent: only stored
//! to by volatile access, because other processes may have it too.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::os::fd::AsFd;
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap, mmap_anonymous, munmap};

/// MADV_POPULATE_WRITE (linux/mman.h, since Linux 5.14).
const POPULATE_WRITE: libc::c_int = 23;

/// A shared mapping, writable.
#[derive(Debug)]
pub struct Mapping {
    start: NonNull<c_void>,
    bytes: NonZeroUsize,
    /// Made by shmat, so shmdt ends it.
    attached: bool,
}

const READ_WRITE: ProtFlags = ProtFlags::PROT_READ.union(ProtFlags::PROT_WRITE);

/// A free place for `bytes` at a multiple of `align`, as a hint; `None` leaves it to the kernel.
fn place(bytes: NonZeroUsize, align: Option<NonZeroUsize>) -> Option<NonZeroUsize> {
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
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn of_file(
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

    /// Makes a System V segment with this key, attaches and removes it: it lives as long as it is
    /// attached.
    ///
    /// # Errors
    /// When the kernel refuses to make or to attach it; then it is removed.
    pub fn system_v(
        key: i32,
        bytes: NonZeroUsize,
        align: Option<NonZeroUsize>,
    ) -> Result<Mapping, Errno> {
        let flags = libc::IPC_CREAT | libc::IPC_EXCL | 0o600;
        let at = place(bytes, align).map_or(0, NonZeroUsize::get);
        // SAFETY: takes numbers, gives a number.
        let id = Errno::result(unsafe { libc::shmget(key, bytes.get(), flags) })?;
        // SAFETY: without SHM_REMAP it replaces no mapping; a place that is taken is an error.
        let start = unsafe { libc::shmat(id, std::ptr::without_provenance(at), 0) };
        let errno = Errno::last();
        // SAFETY: removing takes a number; who has it attached keeps it.
        let _ = unsafe { libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut()) };
        // shmat fails with the address -1.
        match NonNull::new(start) {
            Some(start) if start.addr().get() != usize::MAX => {
                Ok(Mapping { start, bytes, attached: true })
            }
            _ => Err(errno),
        }
    }

    /// Bytes of the mapping.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes.get()
    }

    /// Stores one byte at `offset`, if that lies inside.
    pub fn touch(&self, offset: usize, value: u8) {
        if offset < self.bytes.get() {
            let at = self.start.cast::<u8>().as_ptr().wrapping_add(offset);
            // SAFETY: inside of a writable mapping of ours that is lent to nobody. Where the kernel
            // has no page for it, SIGBUS comes, which a handler takes (`sys::bus`).
            unsafe { at.write_volatile(value) };
        }
    }

    /// Lets the kernel allocate a range (MADV_POPULATE_WRITE).
    ///
    /// # Errors
    /// EFAULT where a store would be SIGBUS, EINVAL before Linux 5.14, and others.
    pub fn populate(&self, offset: usize, bytes: usize) -> Result<(), Errno> {
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
    pub fn advise_huge(&self) -> Result<(), Errno> {
        // SAFETY: advice on a mapping of ours changes no content.
        unsafe { madvise(self.start, self.bytes.get(), MmapAdvise::MADV_HUGEPAGE) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if self.attached {
            // SAFETY: attached by `system_v`; no reference into it outlives `self`.
            let _ = unsafe { libc::shmdt(self.start.as_ptr()) };
        } else {
            // SAFETY: mapped above with this length; no reference into it outlives `self`.
            let _ = unsafe { munmap(self.start, self.bytes.get()) };
        }
    }
}

/// Removes the System V segment with this key, if there is one that nobody has attached.
pub fn sweep_system_v(key: i32) {
    // SAFETY: takes numbers, gives a number; without IPC_CREAT it makes nothing.
    let id = unsafe { libc::shmget(key, 0, 0) };
    if id >= 0 {
        // SAFETY: removing takes a number; the key is one that only this team uses.
        let _ = unsafe { libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut()) };
    }
}
