//! Pages that are touched and given back at once.

use std::num::NonZeroUsize;

use nix::errno::Errno;
use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, munmap};

/// Bytes that are held at the same time, or one page.
const AT_ONCE: usize = 64 << 10;

/// Touches so many pages of `page` bytes, a few at a time.
///
/// # Errors
/// When the kernel refuses; what was touched is given back.
pub(crate) fn touch(pages: u64, page: NonZeroUsize) -> Result<(), Errno> {
    let bytes = NonZeroUsize::new(AT_ONCE).filter(|all| *all > page).unwrap_or(page);
    let each = u64::try_from(bytes.get().div_euclid(page.get())).unwrap_or(1).max(1);
    let rights = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    // SAFETY: a new mapping at a place of the kernel's choice; it replaces none.
    let start = unsafe { mmap_anonymous(None, bytes, rights, MapFlags::MAP_PRIVATE) }?;
    let mut done = Ok(());
    for _ in 0..pages.div_ceil(each) {
        for offset in (0..bytes.get()).step_by(page.get()) {
            let at = start.cast::<u8>().as_ptr().wrapping_add(offset);
            // SAFETY: inside of the mapping made above, of which nobody has a reference.
            unsafe { at.write_volatile(1) };
        }
        // SAFETY: the same mapping; nothing in it is needed any more.
        done = unsafe { madvise(start, bytes.get(), MmapAdvise::MADV_DONTNEED) };
        if done.is_err() {
            break;
        }
    }
    // SAFETY: the mapping made above, which nothing refers to.
    let _ = unsafe { munmap(start, bytes.get()) };
    done
}
