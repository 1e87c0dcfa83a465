//! Opens what lies below a folder, whatever somebody else puts there meanwhile. What comes out can be asked
//! what it is, and not yet be read: that opens no device and no pipe.
//!
//! By nix and not by the crates pathrs or cap-std: they hand out files of any kind, and neither runs in a child
//! that may not allocate.

use std::ffi::{CStr, CString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat, openat2};
use nix::sys::stat::{Mode, fstat};

use super::own::mount_of;

/// How far a name may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Anywhere below the folder, as if that were the root.
    Root,
    /// To nothing but the mount that the folder is on.
    Mount,
}

/// A path, whole and by its names: a child of a process with threads may not allocate.
#[derive(Debug)]
pub(crate) struct Names {
    whole: CString,
    each: Vec<CString>,
}

impl Names {
    /// # Errors
    /// When a name leads up, or holds what no name holds.
    pub(crate) fn of(path: impl AsRef<[u8]>) -> Result<Names, Errno> {
        let text = |bytes: &[u8]| CString::new(bytes).map_err(|_| Errno::EINVAL);
        let names = path.as_ref().split(|byte| *byte == b'/');
        let mut names: Vec<&[u8]> = names.filter(|n| !n.is_empty() && *n != b".").collect();
        if names.contains(&&b".."[..]) {
            return Err(Errno::EINVAL);
        }
        if names.is_empty() {
            names.push(b".");
        }
        let each = names.iter().map(|name| text(name)).collect::<Result<_, _>>()?;
        Ok(Names { whole: text(&names.join(&b'/'))?, each })
    }
}

fn flags() -> OFlag {
    OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC
}

/// Opens it; no link on the way is followed, and one at the end is opened itself. Allocates nothing where
/// `reach` is [`Reach::Root`].
pub(crate) fn open(folder: BorrowedFd<'_>, names: &Names, reach: Reach) -> Result<OwnedFd, Errno> {
    let always = ResolveFlag::RESOLVE_NO_MAGICLINKS | ResolveFlag::RESOLVE_NO_SYMLINKS;
    let resolve = match reach {
        Reach::Root => ResolveFlag::RESOLVE_IN_ROOT,
        Reach::Mount => ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_XDEV,
    };
    let how = OpenHow::new().flags(flags()).resolve(always | resolve);
    match openat2(folder, names.whole.as_c_str(), how) {
        // Before Linux 5.6, and where an older seccomp profile does not know the call.
        Err(Errno::ENOSYS | Errno::EPERM) => walk(folder, names, reach),
        opened => opened,
    }
}

/// The same one name after the other.
fn walk(folder: BorrowedFd<'_>, names: &Names, reach: Reach) -> Result<OwnedFd, Errno> {
    let mount = match reach {
        Reach::Root => None,
        Reach::Mount => Some(mount_of(folder)?),
    };
    let step = |at: BorrowedFd<'_>, name: &CStr| {
        let opened = openat(at, name, flags(), Mode::empty())?;
        match mount {
            Some(mount) if mount_of(opened.as_fd())? != mount => Err(Errno::EXDEV),
            _ => Ok(opened),
        }
    };
    let (first, rest) = names.each.split_first().ok_or(Errno::EINVAL)?;
    rest.iter().try_fold(step(folder, first)?, |at, name| {
        // Nothing is below a link: the kernel would say the same, but not of a link's own descriptor.
        if fstat(at.as_fd())?.st_mode & libc::S_IFMT == libc::S_IFLNK {
            return Err(Errno::ELOOP);
        }
        step(at.as_fd(), name)
    })
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::symlink;

    use super::*;

    type Open = fn(BorrowedFd<'_>, &Names, Reach) -> Result<OwnedFd, Errno>;

    /// What the kernel does by itself, and the way without that.
    const WAYS: [Open; 2] = [open, walk];

    #[test]
    fn no_link_leads_anywhere_and_no_name_leads_up() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).unwrap();
        fs::write(inside.join("file"), "x").unwrap();
        symlink("/etc", inside.join("out")).unwrap();
        symlink("file", inside.join("in")).unwrap();
        symlink("/proc/self/root", inside.join("magic")).unwrap();
        let root = File::open(folder.path()).unwrap();
        for (open, reach) in WAYS.iter().flat_map(|w| [(w, Reach::Root), (w, Reach::Mount)]) {
            let open = |path: &str| {
                let opened = open(root.as_fd(), &Names::of(path)?, reach)?;
                Ok::<_, Errno>(fstat(opened)?.st_mode & libc::S_IFMT)
            };
            assert_eq!(open("inside/file"), Ok(libc::S_IFREG));
            assert_eq!(open("/inside//./"), Ok(libc::S_IFDIR));
            assert_eq!(open(""), Ok(libc::S_IFDIR));
            assert_eq!(open("inside/in"), Ok(libc::S_IFLNK));
            assert_eq!(open("inside/out/passwd"), Err(Errno::ELOOP));
            assert_eq!(open("inside/magic/etc"), Err(Errno::ELOOP));
            assert_eq!(open("inside/gone"), Err(Errno::ENOENT));
            assert_eq!(open("inside/file/below"), Err(Errno::ENOTDIR));
            assert_eq!(open("inside/../inside"), Err(Errno::EINVAL));
        }
    }

    #[test]
    fn a_mount_is_left_only_where_that_is_meant() {
        let root = File::open("/").unwrap();
        let proc = Names::of("proc/version").unwrap();
        for open in WAYS {
            assert!(open(root.as_fd(), &proc, Reach::Root).is_ok());
            let refused = open(root.as_fd(), &proc, Reach::Mount);
            assert_eq!(refused.err(), Some(Errno::EXDEV));
        }
    }
}
