//! What happened to a process meanwhile, and what a SIGBUS means: decided by the file that was struck and by what
//! its file system said then, never by the signal alone.
#![forbid(unsafe_code)]

use serde::Serialize;

use crate::facts::struck::{BusCode, Hit, Struck};
use crate::facts::{FileSystem, StatFs};
use crate::units::Bytes;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Sigbus,
    OomKill,
    /// Another signal ended it.
    Signal,
    /// Nothing failed that was seen, but nothing was left.
    Full,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    SharedMemory,
    TruncatedFile,
    OtherFileSystem,
    Hugetlb,
    Commit,
    Hardware,
    Alignment,
    Memory,
    Unknown,
}

impl Cause {
    /// Whether more shared memory would have helped.
    #[must_use]
    pub const fn is_shared_memory(self) -> bool {
        matches!(self, Cause::SharedMemory)
    }

    /// Whether something else is known to be the cause.
    #[must_use]
    pub const fn is_something_else(self) -> bool {
        !matches!(self, Cause::SharedMemory | Cause::Unknown)
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    pub at_us: u64,
    pub pid: Option<i32>,
    pub process: Option<String>,
    pub what: What,
    pub signal: Option<i32>,
    pub object: Option<String>,
    pub unlinked: Option<bool>,
    pub offset: Option<u64>,
    pub object_bytes: Option<Bytes>,
    pub allocated: Option<Bytes>,
    /// What its file system had left then.
    pub free: Option<Bytes>,
    /// The ceiling that was hit.
    pub limit: Option<&'static str>,
    pub cause: Cause,
    /// The evidence, as a sentence.
    pub why: String,
}

impl Incident {
    /// One of which nothing is known yet but when and what.
    #[must_use]
    pub fn new(at_us: u64, what: What) -> Incident {
        Incident {
            at_us,
            pid: None,
            process: None,
            what,
            signal: None,
            object: None,
            unlinked: None,
            offset: None,
            object_bytes: None,
            allocated: None,
            free: None,
            limit: None,
            cause: Cause::Unknown,
            why: String::new(),
        }
    }

    /// Whom it happened to.
    #[must_use]
    pub fn who(&self) -> String {
        match (&self.process, self.pid) {
            (Some(name), Some(pid)) => format!("{name}[{pid}]"),
            (None, Some(pid)) => format!("process {pid}"),
            _ => "a process".to_owned(),
        }
    }
}

/// Fewer free pages than this are none: another process may have given some back meanwhile.
const FEW_PAGES: u64 = 16;

/// A SIGBUS; `None` for one that a process sent: that is no fault.
#[must_use]
pub fn of_bus(at_us: u64, pid: i32, process: Option<String>, struck: &Struck) -> Option<Incident> {
    if struck.code == BusCode::Sent {
        return None;
    }
    let (cause, why) = cause(struck);
    let hit = struck.hit.as_ref();
    let free = hit.and_then(|hit| hit.statfs).filter(|statfs| statfs.blocks > 0);
    Some(Incident {
        pid: Some(pid),
        process,
        signal: Some(libc_sigbus()),
        object: hit.map(|hit| hit.path.clone()),
        unlinked: hit.map(|hit| hit.unlinked),
        offset: hit.map(|hit| hit.offset),
        object_bytes: hit.and_then(|hit| hit.size),
        allocated: hit.and_then(|hit| hit.held),
        free: free.map(|statfs| statfs.available()),
        limit: match cause {
            Cause::SharedMemory => Some("tmpfs-size"),
            Cause::Hugetlb => Some("hugetlb-pool"),
            Cause::Commit => Some("commit-limit"),
            _ => None,
        },
        cause,
        why,
        ..Incident::new(at_us, What::Sigbus)
    })
}

/// SIGBUS has this number on every machine that this program is built for (signal(7)).
const fn libc_sigbus() -> i32 {
    7
}

fn cause(struck: &Struck) -> (Cause, String) {
    match struck.code {
        BusCode::Alignment => {
            let why = "the address is not aligned (BUS_ADRALN): a fault of the program".to_owned();
            return (Cause::Alignment, why);
        }
        BusCode::Memory => {
            let why = "the kernel found broken memory (BUS_MCEERR): see dmesg or mcelog".to_owned();
            return (Cause::Hardware, why);
        }
        _ => {}
    }
    let Some(hit) = &struck.hit else {
        let why = "no file is mapped at the address, so the cause is not known".to_owned();
        return (Cause::Unknown, why);
    };
    let name = name(hit);
    let at = Bytes(hit.offset);
    if let Some(size) = hit.size
        && hit.offset >= whole_pages(size, struck.page)
    {
        let why = format!(
            "offset {at} lies beyond the end of {name}, which has {size}: the file was truncated, or mapped \
             larger than it is. More shared memory does not help"
        );
        return (Cause::TruncatedFile, why);
    }
    match &hit.file_system {
        Some(FileSystem::Hugetlbfs) => {
            let why = format!(
                "no huge page was left for offset {at} of {name}: the pool or its cgroup limit is used up. The size \
                 of /dev/shm does not matter"
            );
            (Cause::Hugetlb, why)
        }
        Some(FileSystem::Tmpfs) if hit.in_shm => in_shm(struck, hit, &name),
        Some(FileSystem::Other(fstype)) => other(hit, &name, fstype),
        Some(FileSystem::Tmpfs) if is_full(hit, struck.page) => {
            let why = format!(
                "the tmpfs of {name} is full, which is not the one at /dev/shm: there was no page for offset {at}"
            );
            (Cause::OtherFileSystem, why)
        }
        _ => promised(struck, hit, &name),
    }
}

/// The size of a file in whole pages: the last one is there to its end.
fn whole_pages(size: Bytes, page: u64) -> u64 {
    size.0.checked_next_multiple_of(page.max(1)).unwrap_or(u64::MAX)
}

fn in_shm(struck: &Struck, hit: &Hit, name: &str) -> (Cause, String) {
    if !is_full(hit, struck.page) {
        return promised(struck, hit, name);
    }
    let size = hit.statfs.map_or(Bytes::ZERO, |statfs| statfs.total());
    let sparse = match (hit.size, hit.held) {
        (Some(size), Some(held)) if held < size => {
            format!(" ({held} of its {size} are allocated)")
        }
        (None, _) => " (its size could not be read)".to_owned(),
        _ => String::new(),
    };
    let why = format!(
        "/dev/shm ({size}) was full: there was no page for offset {} of {name}{sparse}",
        Bytes(hit.offset)
    );
    (Cause::SharedMemory, why)
}

fn is_full(hit: &Hit, page: u64) -> bool {
    let few = Bytes(page).saturating_mul(FEW_PAGES);
    let limited = |statfs: &StatFs| statfs.blocks > 0;
    hit.statfs.filter(limited).is_some_and(|statfs| statfs.available() < few)
}

/// Neither truncated nor full: promises, where they are counted, or nothing that is known.
fn promised(struck: &Struck, hit: &Hit, name: &str) -> (Cause, String) {
    let at = Bytes(hit.offset);
    if struck.promises_left.is_some_and(|left| left < Bytes::mib(1)) {
        let why = format!(
            "the kernel may promise no more memory (vm.overcommit_memory 2, CommitLimit in /proc/meminfo), so it \
             refused a page for offset {at} of {name}"
        );
        return (Cause::Commit, why);
    }
    let free = hit.statfs.filter(|statfs| statfs.blocks > 0);
    let free = free.map_or(String::new(), |statfs| {
        format!(", and its file system had {} left", statfs.available())
    });
    let why = format!("offset {at} of {name} is within the file{free}: the cause is not known");
    (Cause::Unknown, why)
}

fn other(hit: &Hit, name: &str, fstype: &str) -> (Cause, String) {
    let at = Bytes(hit.offset);
    let full = hit.statfs.is_some_and(|statfs| statfs.available() < Bytes::kib(64));
    let why = if full {
        format!("the disk of {name} ({fstype}) is full: there was no block for offset {at}")
    } else {
        format!(
            "{name} lies on {fstype} and not in shared memory: offset {at} could not be read or written (see dmesg)"
        )
    };
    (Cause::OtherFileSystem, why)
}

fn name(hit: &Hit) -> String {
    match (hit.path.as_str(), hit.unlinked) {
        ("/dev/zero", true) => "anonymous shared memory".to_owned(),
        (path, true) if path.starts_with("/SYSV") => format!("System V segment {}", hit.file.inode),
        (path, _) if path.starts_with("/memfd:") => {
            format!("memfd {}", path.get(7..).unwrap_or(""))
        }
        (path, true) => format!("{path} (unlinked)"),
        (path, false) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::maps::FileId;

    const PAGE: u64 = 4096;

    fn statfs(blocks: u64, left: u64) -> StatFs {
        StatFs { magic: 1, bsize: PAGE, blocks, bfree: left, bavail: left, files: 0, ffree: 0 }
    }

    fn in_shm(offset: u64, size: Option<u64>, left: u64) -> Struck {
        let hit = Hit {
            path: "/dev/shm/torch_1_7".to_owned(),
            file: FileId::default(),
            unlinked: true,
            offset,
            size: size.map(Bytes),
            held: size.map(|size| Bytes(size / 2)),
            file_system: Some(FileSystem::Tmpfs),
            statfs: Some(statfs(16384, left)),
            in_shm: true,
        };
        struck(2, Some(hit))
    }

    fn struck(code: i32, hit: Option<Hit>) -> Struck {
        Struck { code: BusCode::of(code), address: 0x1000, hit, page: PAGE, promises_left: None }
    }

    fn cause_of(struck: &Struck) -> Cause {
        of_bus(0, 7, Some("python".into()), struck).unwrap().cause
    }

    #[test]
    fn below_the_end_it_is_shared_memory_only_where_nothing_was_left() {
        let full = in_shm(8192, Some(1 << 20), 0);
        let incident = of_bus(5, 7, Some("python".into()), &full).unwrap();
        assert_eq!(incident.cause, Cause::SharedMemory);
        assert_eq!((incident.limit, incident.free), (Some("tmpfs-size"), Some(Bytes::ZERO)));
        assert_eq!(
            incident.why,
            "/dev/shm (64.0 MiB) was full: there was no page for offset 8.0 KiB of /dev/shm/torch_1_7 (unlinked) \
             (512.0 KiB of its 1.0 MiB are allocated)"
        );
        assert_eq!(cause_of(&in_shm(8192, Some(1 << 20), 9000)), Cause::Unknown);
        assert_eq!(cause_of(&in_shm(8192, None, 3)), Cause::SharedMemory);
    }

    #[test]
    fn beyond_the_last_page_the_file_was_truncated_even_where_nothing_is_left() {
        assert_eq!(cause_of(&in_shm(8192, Some(8192), 0)), Cause::TruncatedFile);
        assert_eq!(cause_of(&in_shm(0, Some(0), 9000)), Cause::TruncatedFile);
        // The last page is there to its end.
        assert_eq!(cause_of(&in_shm(8191, Some(5000), 0)), Cause::SharedMemory);
    }

    #[test]
    fn another_file_system_is_named() {
        let on = |fs: FileSystem, left| {
            let mut struck = in_shm(0, Some(1 << 20), left);
            let hit = struck.hit.as_mut().unwrap();
            (hit.file_system, hit.in_shm) = (Some(fs), false);
            of_bus(0, 7, None, &struck).unwrap()
        };
        let disk = on(FileSystem::Other("ext4".into()), 0);
        assert_eq!(disk.cause, Cause::OtherFileSystem);
        assert!(disk.why.contains("(ext4) is full"), "{}", disk.why);
        assert!(!on(FileSystem::Other("ext4".into()), 9000).why.contains("is full"));
        assert_eq!(on(FileSystem::Hugetlbfs, 0).cause, Cause::Hugetlb);
        assert_eq!(on(FileSystem::Tmpfs, 0).cause, Cause::OtherFileSystem);
        assert_eq!(on(FileSystem::Tmpfs, 9000).cause, Cause::Unknown);
    }

    #[test]
    fn promises_are_the_cause_only_where_they_are_counted_and_used_up() {
        let mut memfd = in_shm(0, Some(1 << 20), 0);
        if let Some(hit) = memfd.hit.as_mut() {
            hit.path = "/memfd:ring".to_owned();
            (hit.in_shm, hit.statfs) = (false, None);
        }
        assert_eq!(cause_of(&memfd), Cause::Unknown);
        memfd.promises_left = Some(Bytes::kib(4));
        assert_eq!(cause_of(&memfd), Cause::Commit);
        memfd.promises_left = Some(Bytes::mib(900));
        assert_eq!(cause_of(&memfd), Cause::Unknown);
    }

    #[test]
    fn what_is_no_fault_of_a_page_is_told_by_its_code() {
        assert_eq!(cause_of(&struck(1, None)), Cause::Alignment);
        assert_eq!(cause_of(&struck(4, None)), Cause::Hardware);
        assert_eq!(cause_of(&struck(5, None)), Cause::Hardware);
        assert_eq!(cause_of(&struck(2, None)), Cause::Unknown);
        for sent in [0, -1, -6] {
            assert_eq!(of_bus(0, 7, None, &struck(sent, None)), None, "raised again");
        }
    }
}
