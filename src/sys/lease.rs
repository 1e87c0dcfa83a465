//! Whether anybody else has a file open or mapped, as the kernel knows it: fcntl(2), F_SETLEASE.

use std::fs::File;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::unistd::{Uid, setfsuid};

/// As in include/uapi/asm-generic/fcntl.h, which libc has not.
const F_SETSIG: libc::c_int = 10;

/// A lease for writing is given where no other open file description of the file exists, whoever could have one:
/// a mapping keeps its own. It is given back at once; who opens the file meanwhile waits for that. `file` is open
/// for reading and is the only one of this process.
///
/// # Errors
/// EAGAIN where somebody has it open; EACCES of another user's file without CAP_LEASE and CAP_SETUID; EINVAL where
/// there are no leases.
pub(crate) fn is_only_ours(file: &File, owner: Uid) -> Result<(), Errno> {
    // Somebody who opens it is told to this process by SIGIO, which would end it. SIGURG is ignored.
    control(file, F_SETSIG, libc::SIGURG)?;
    match lease(file) {
        // Root of a container has no CAP_LEASE, but may do as the owner does.
        Err(Errno::EACCES) => {
            let own = setfsuid(owner);
            let given = lease(file);
            setfsuid(own);
            given
        }
        given => given,
    }
}

fn lease(file: &File) -> Result<(), Errno> {
    control(file, libc::F_SETLEASE, libc::F_WRLCK)?;
    control(file, libc::F_SETLEASE, libc::F_UNLCK)
}

fn control(file: &File, command: libc::c_int, value: libc::c_int) -> Result<(), Errno> {
    // SAFETY: both commands take a number, and no memory; the descriptor is open as long as `file`.
    Errno::result(unsafe { libc::fcntl(file.as_raw_fd(), command, value) }).map(drop)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::num::NonZeroUsize;

    use super::*;
    use crate::sys::mapping::Mapping;

    const PAGES: NonZeroUsize = NonZeroUsize::new(8192).unwrap();

    #[test]
    fn who_has_it_open_or_mapped_is_known_without_a_process_that_is_seen() {
        let folder = tempfile::tempdir_in("/dev/shm").unwrap();
        let path = folder.path().join("file");
        fs::write(&path, [0; 8192]).unwrap();
        let ask = || is_only_ours(&File::open(&path).unwrap(), Uid::effective());
        assert_eq!(ask(), Ok(()));
        for write in [false, true] {
            let opened = fs::OpenOptions::new().read(true).write(write).open(&path).unwrap();
            assert_eq!(ask(), Err(Errno::EAGAIN), "open, to be written: {write}");
            let mapped = write.then(|| Mapping::of_file(&opened, 0, PAGES, None).unwrap());
            drop(opened);
            assert_eq!(ask().is_ok(), !write, "mapped: {write}");
            drop(mapped);
            assert_eq!(ask(), Ok(()));
        }
        let other = folder.path().join("other name");
        fs::hard_link(&path, &other).unwrap();
        let open = File::open(&other).unwrap();
        assert_eq!(ask(), Err(Errno::EAGAIN));
        drop(open);
        assert_eq!(ask(), Ok(()));
    }
}
