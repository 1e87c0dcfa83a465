//! What processes have open, without asking the file systems that it is on: one whose server is gone would
//! keep us waiting for ever. The kernel tells of each descriptor through which mount it was opened.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::stat::Mode;

use super::root::Patience;
use crate::facts::mountinfo::parse_mountinfo;
use crate::sys::own::mount_of;
use crate::sys::patient::Place;
use crate::sys::stat::{Stat, stat_of};

/// Types of file systems in memory: tmpfs, ramfs and hugetlbfs (linux/magic.h).
const IN_MEMORY: [u64; 3] = [0x0102_1994, 0x8584_58f6, 0x9584_58f6];

/// Whether statfs(2) tells of a file system in memory.
pub(super) fn is_memory(magic: u64) -> bool {
    IN_MEMORY.contains(&magic)
}

/// What is known of mounts, by their numbers, which are the same for all processes.
#[derive(Debug, Default)]
pub(super) struct Mounts {
    in_memory: RefCell<HashMap<u64, bool>>,
    /// The mount namespaces that were read.
    read: RefCell<HashSet<String>>,
    kernels_own_devices: OnceCell<Vec<(u64, u64)>>,
}

impl Mounts {
    /// What a descriptor is, if it is on a file system in memory; `None` if it is not. `file` reads what
    /// /proc tells of its process.
    pub(super) fn stat(
        &self,
        patience: &Patience,
        process: &str,
        descriptor: &str,
        file: impl Fn(&str) -> Result<String, Errno>,
    ) -> Result<Option<Stat>, Errno> {
        let path = format!("{process}/fd/{descriptor}");
        // Pipes, sockets and the like; to ask more of some of them waits for what their process does.
        let target = nix::fcntl::readlink(path.as_str())?;
        if !target.to_string_lossy().starts_with('/') {
            return Ok(None);
        }
        let info = file(&format!("{process}/fdinfo/{descriptor}"))?;
        let line = info.lines().find_map(|line| line.strip_prefix("mnt_id:"));
        let mount = line.and_then(|id| id.trim().parse().ok()).ok_or(Errno::ENODATA)?;
        if !self.is_in_memory(patience, process, mount, &path, file)? {
            return Ok(None);
        }
        let opened = open(path.as_str(), OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())?;
        // Another file may have that number by now.
        if mount_of(&opened)? != mount {
            return Ok(None);
        }
        stat_of(&opened).map(Some)
    }

    fn is_in_memory(
        &self,
        patience: &Patience,
        process: &str,
        mount: u64,
        path: &str,
        file: impl Fn(&str) -> Result<String, Errno>,
    ) -> Result<bool, Errno> {
        let known = || self.in_memory.borrow().get(&mount).copied();
        if self.in_memory.borrow().is_empty() {
            self.note_the_kernels_own();
        }
        if let Some(known) = known() {
            return Ok(known);
        }
        let namespace = nix::fcntl::readlink(format!("{process}/ns/mnt").as_str());
        if let Ok(namespace) = namespace
            && self.read.borrow_mut().insert(namespace.to_string_lossy().into_owned())
            && let Ok(text) = file(&format!("{process}/mountinfo"))
        {
            let mut all = self.in_memory.borrow_mut();
            for mount in parse_mountinfo(&text) {
                let in_memory = ["tmpfs", "devtmpfs", "ramfs", "hugetlbfs"];
                all.insert(mount.id, in_memory.contains(&mount.fstype.as_str()));
            }
        }
        if let Some(known) = known() {
            return Ok(known);
        }
        // A mount that no process sees any more, or only one that was not looked at yet.
        let found = patience.look(Place::Path(path))?;
        let in_memory = found.statfs.first().is_some_and(|magic| is_memory(*magic));
        if mount_of(&found.file) == Ok(mount) {
            self.in_memory.borrow_mut().insert(mount, in_memory);
        }
        Ok(in_memory)
    }

    /// Whether a device is one of what only the kernel has mounted: of memfd_create, of shmget, and of
    /// shared memory without a file.
    pub(super) fn are_the_kernels_own(&self, device: (u64, u64)) -> bool {
        let devices = self.kernels_own_devices.get_or_init(|| {
            let stats = kernels_own().into_iter().filter_map(|file| stat_of(&file).ok());
            stats.map(|stat| (stat.major, stat.minor)).collect()
        });
        devices.contains(&device)
    }

    /// The mounts of what memfd_create makes, which stand in no list.
    fn note_the_kernels_own(&self) {
        let mut all = self.in_memory.borrow_mut();
        for file in kernels_own() {
            if let Ok(mount) = mount_of(&file) {
                all.insert(mount, true);
            }
        }
    }
}

/// A file on each of the file systems that only the kernel has mounted.
fn kernels_own() -> Vec<OwnedFd> {
    let mut kinds = vec![MFdFlags::MFD_CLOEXEC];
    if let Ok(names) = std::fs::read_dir("/sys/kernel/mm/hugepages") {
        for name in names.flatten() {
            let name = name.file_name();
            let kib = name.to_str().and_then(|name| {
                name.strip_prefix("hugepages-")?.strip_suffix("kB")?.parse::<u32>().ok()
            });
            let Some(log) = kib.and_then(u32::checked_ilog2) else { continue };
            let size = log.saturating_add(10).checked_shl(26).unwrap_or(0);
            let size = MFdFlags::from_bits_retain(size);
            kinds.push(MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_HUGETLB | size);
        }
    }
    kinds.into_iter().filter_map(|kind| memfd_create(c"shmeter-probe", kind).ok()).collect()
}
