//! A System V segment.

use std::num::NonZeroUsize;
use std::ptr::NonNull;
use std::sync::OnceLock;

use nix::errno::Errno;

use super::mapping::{Mapping, place};
use super::own;

/// A System V segment; dropping it removes it, and who has it attached keeps it.
#[derive(Debug)]
pub(crate) struct SystemV {
    id: libc::c_int,
    bytes: NonZeroUsize,
}

impl SystemV {
    /// Makes one with this key, or with none (`IPC_PRIVATE`, 0).
    pub(crate) fn make(key: i32, bytes: NonZeroUsize) -> Result<SystemV, Errno> {
        SystemV::make_as(key, bytes, 0)
    }

    /// The same with flags such as `SHM_HUGETLB` (shmget(2)).
    pub(crate) fn make_as(key: i32, bytes: NonZeroUsize, flags: i32) -> Result<SystemV, Errno> {
        // What cannot be removed is not made: it would stay when all processes are gone.
        may_remove()?;
        let flags = libc::IPC_CREAT | libc::IPC_EXCL | 0o600 | flags;
        // SAFETY: takes numbers, gives a number.
        let id = Errno::result(unsafe { libc::shmget(key, bytes.get(), flags) })?;
        Ok(SystemV { id, bytes })
    }

    /// Makes a System V segment with this key, attaches and removes it: it lives as long as it is
    /// attached.
    ///
    /// # Errors
    /// When the kernel refuses to make or to attach it; then it is removed.
    pub(crate) fn mapping(
        key: i32,
        bytes: NonZeroUsize,
        align: Option<NonZeroUsize>,
    ) -> Result<Mapping, Errno> {
        let segment = SystemV::make(key, bytes)?;
        segment.attach(place(bytes, align))
        // Dropping it removes it; who has it attached keeps it.
    }

    /// The one with this key, as another process finds it; dropping it removes it too.
    ///
    /// # Errors
    /// When there is none of this size, or it may not be used.
    pub(crate) fn find(key: i32, bytes: NonZeroUsize) -> Result<SystemV, Errno> {
        // SAFETY: takes numbers, gives a number; without IPC_CREAT it makes nothing.
        let id = Errno::result(unsafe { libc::shmget(key, bytes.get(), 0) })?;
        Ok(SystemV { id, bytes })
    }

    /// Attaches it, near `at` where that is free.
    pub(crate) fn attach(&self, at: Option<NonZeroUsize>) -> Result<Mapping, Errno> {
        self.attach_as(at, 0)
    }

    /// The same with flags such as `SHM_RDONLY` (shmat(2)), but never `SHM_REMAP`.
    pub(crate) fn attach_as(&self, at: Option<NonZeroUsize>, flags: i32) -> Result<Mapping, Errno> {
        let at = std::ptr::without_provenance(at.map_or(0, NonZeroUsize::get));
        // SAFETY: without SHM_REMAP it replaces no mapping; a place that is taken is an error.
        let start = unsafe { libc::shmat(self.id, at, flags & !libc::SHM_REMAP) };
        // shmat fails with the address -1.
        match NonNull::new(start) {
            Some(start) if start.addr().get() != usize::MAX => {
                // SAFETY: the kernel attached the whole segment there just now.
                Ok(unsafe { Mapping::attached(start, self.bytes) })
            }
            _ => Err(Errno::last()),
        }
    }

    /// Removes it; who has it attached keeps it.
    ///
    /// # Errors
    /// When it is another user's, or gone.
    pub(crate) fn remove(&self) -> Result<(), Errno> {
        self.control(libc::IPC_RMID)
    }

    /// Keeps it in memory (`SHM_LOCK`).
    ///
    /// # Errors
    /// Where RLIMIT_MEMLOCK forbids.
    pub(crate) fn lock(&self) -> Result<(), Errno> {
        self.control(libc::SHM_LOCK)
    }

    fn control(&self, command: libc::c_int) -> Result<(), Errno> {
        // SAFETY: these commands take a number and no buffer.
        let done = unsafe { libc::shmctl(self.id, command, std::ptr::null_mut()) };
        Errno::result(done).map(|_| ())
    }
}

impl Drop for SystemV {
    fn drop(&mut self) {
        let _ = self.remove();
    }
}

/// Whether this process may remove segments at all; a seccomp profile may refuse the call.
fn may_remove() -> Result<(), Errno> {
    static ANSWER: OnceLock<Result<(), Errno>> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        // SAFETY: takes numbers; no segment has this one.
        let done = unsafe { libc::shmctl(-1, libc::IPC_RMID, std::ptr::null_mut()) };
        own::refusal(Errno::result(done).err().unwrap_or(Errno::EINVAL))
    })
}

/// Removes the System V segment with this key, if there is one of this user's that nobody has attached:
/// the key was drawn by chance, so it could be somebody else's.
pub(crate) fn sweep(key: i32) {
    // SAFETY: takes numbers, gives a number; without IPC_CREAT it makes nothing.
    let id = unsafe { libc::shmget(key, 0, 0) };
    if id < 0 {
        return;
    }
    let mut told = std::mem::MaybeUninit::<libc::shmid_ds>::zeroed();
    // SAFETY: the kernel writes no more than such a struct into `told`, which lives for the call.
    let done = unsafe { libc::shmctl(id, libc::IPC_STAT, told.as_mut_ptr()) };
    // SAFETY: zeros are a valid value of it, and the kernel may have written others.
    let told = unsafe { told.assume_init() };
    if done == 0 && told.shm_nattch == 0 && Some(told.shm_perm.cuid) == own::user() {
        // SAFETY: removing takes a number and no buffer.
        let _ = unsafe { libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut()) };
    }
}
