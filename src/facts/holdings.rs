//! Who holds shared memory: each object once, with all the processes that have it mapped or open.
//! Must not read; `probe::holdings` hands in what it sees.

use std::collections::{BTreeMap, HashMap};

use super::maps::{Backing, DELETED, FileId, Mapping};
use super::sysvipc::Segment;
use super::{FileSystem, Reading};
use crate::units::Bytes;

/// Bytes that an object really takes from memory or swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Told by the file system or the IPC namespace.
    Exact(Bytes),
    /// What one of its processes sees of it; others may have touched more.
    AtLeast(Bytes),
    /// Nobody may look at it.
    Unknown,
}

impl Held {
    /// The bytes that are known of.
    #[must_use]
    pub const fn bytes(self) -> Option<Bytes> {
        match self {
            Held::Exact(bytes) | Held::AtLeast(bytes) => Some(bytes),
            Held::Unknown => None,
        }
    }
}

/// A process that holds an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its number.
    pub pid: u32,
    /// How many mappings it has of it.
    pub mappings: u64,
    /// It has it open as well, or only.
    pub open: bool,
}

/// One piece of shared memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub backing: Backing,
    /// Path below the folder, name of a memfd; empty for System V and anonymous memory.
    pub name: String,
    /// The name is not exactly so: it had bytes that are no text.
    pub lossy: bool,
    /// Which file it is.
    pub file: FileId,
    /// No path leads to it any more, or ever did.
    pub unlinked: bool,
    /// Its size as `ls -l` would tell it.
    pub size: Option<Bytes>,
    /// What it really takes.
    pub held: Held,
    /// User who owns it.
    pub owner: Option<u32>,
    /// What the IPC namespace tells of it.
    pub segment: Option<Segment>,
    /// Who holds it, in the order of their numbers.
    pub holders: Vec<Holder>,
}

/// Who holds an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HeldBy {
    /// Processes that were seen.
    Processes,
    /// No process.
    Nobody,
    /// Processes that cannot be seen: System V counts them.
    Unseen,
    /// No process that was seen, but not all could be looked into.
    Unknown,
}

impl Object {
    /// Who holds it. `looked_into_all`: no process was left out.
    #[must_use]
    pub fn held_by(&self, looked_into_all: bool) -> HeldBy {
        match &self.segment {
            _ if !self.holders.is_empty() => HeldBy::Processes,
            Some(segment) if segment.attached == 0 => HeldBy::Nobody,
            Some(_) => HeldBy::Unseen,
            None if looked_into_all => HeldBy::Nobody,
            None => HeldBy::Unknown,
        }
    }
}

/// A process that holds something, or made it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// Its name.
    pub name: String,
    /// Its memory cgroup.
    pub cgroup: Option<String>,
}

/// What was seen of the processes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Processes there are.
    pub processes: usize,
    /// Those that could not be looked into.
    pub refused: Vec<u32>,
    /// Processes of others may be there that /proc does not show: a PID namespace, or hidepid.
    pub hidden: Option<Hidden>,
}

/// Why /proc does not show all processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hidden {
    /// This is a PID namespace below the machine's own.
    PidNamespace,
    /// /proc is mounted with hidepid.
    Hidepid,
}

/// Shared memory that belongs elsewhere: another container's /dev/shm or IPC namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// How many objects.
    pub objects: usize,
    /// A process of each place, to look again with `--pid`.
    pub pids: Vec<u32>,
}

/// The folder that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// As asked for.
    pub asked: String,
    /// The path that leads to it from here.
    pub reached: String,
    /// Which file system; absent where there is no such folder.
    pub file_system: Reading<FileSystem>,
    /// Folders below it that could not be read.
    pub refused: usize,
    /// There are more files than are looked at.
    pub cut: bool,
}

impl Folder {
    /// Whether files there are shared memory.
    #[must_use]
    pub fn is_memory(&self) -> bool {
        matches!(
            self.file_system,
            Reading::Known(FileSystem::Tmpfs | FileSystem::Ramfs | FileSystem::Hugetlbfs)
        )
    }
}

/// All that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holdings {
    /// Whose view it is, where that is not the one that looks.
    pub pid: Option<u32>,
    /// The folder.
    pub folder: Folder,
    /// Why System V segments could not be listed.
    pub segments_unread: Option<String>,
    /// The IPC namespace of `pid` is another one than that of the reader.
    pub other_ipc: bool,
    /// Every object.
    pub objects: Vec<Object>,
    /// Those who hold one.
    pub who: BTreeMap<u32, Who>,
    /// How many processes could be looked into.
    pub looked: Looked,
    /// What belongs elsewhere.
    pub elsewhere: Elsewhere,
    /// Shared memory charged to the cgroup of the one whose view it is, and the cgroup.
    pub charged: Option<(String, Bytes)>,
}

/// What stat(2) tells of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Which file.
    pub file: FileId,
    /// Its size.
    pub size: Bytes,
    /// What it takes.
    pub held: Bytes,
    /// User who owns it.
    pub owner: u32,
    /// How many names it has.
    pub names: u64,
    /// It is a file, and no folder, pipe or device.
    pub regular: bool,
}

/// Where a mapping lies, to ask for the size of what it maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Which process.
    pub pid: u32,
    /// First address.
    pub start: u64,
    /// The address behind the last one.
    pub end: u64,
}

/// Where the files lie that are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Major and minor number of the file system.
    pub device: (u64, u64),
    /// The folder, as its processes name it.
    pub folder: String,
    /// The folder is all of the file system.
    pub whole: bool,
}

impl Place {
    /// The name of a path below the folder.
    fn below<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.folder.trim_end_matches('/'))?.strip_prefix('/')
    }
}

/// Puts together what is seen, each object once.
#[derive(Debug, Default)]
pub struct Collector {
    /// The folder, where it is shared memory.
    place: Option<Place>,
    objects: Vec<Object>,
    files: HashMap<FileId, usize>,
    segments: HashMap<u64, usize>,
    /// Where objects without a size are mapped.
    ranges: HashMap<usize, Vec<Range>>,
    /// By file, and for System V by IPC namespace: numbers of segments are the same in many.
    elsewhere: HashMap<(FileId, Option<String>), u32>,
}

impl Collector {
    /// One that looks for files of `place`.
    #[must_use]
    pub fn new(place: Option<Place>) -> Collector {
        Collector { place, ..Collector::default() }
    }

    /// Whether a file without a known name belongs to the folder.
    fn is_here(&self, file: FileId, path: &str) -> bool {
        self.place.as_ref().is_some_and(|place| {
            place.device == (file.major, file.minor)
                && (place.whole || self.files.contains_key(&file) || place.below(path).is_some())
        })
    }

    /// Whether a file may be one that counts: on the folder's file system, or of the kernel's own.
    #[must_use]
    pub fn may_count(&self, stat: &Stat) -> bool {
        let device = (stat.file.major, stat.file.minor);
        let here = self.place.as_ref().is_some_and(|place| place.device == device);
        stat.regular && (here || (stat.file.major == 0 && stat.names == 0))
    }

    /// A file found by its name. Of several names the first one stays.
    pub fn named(&mut self, name: String, lossy: bool, stat: &Stat) {
        if self.files.contains_key(&stat.file) {
            return;
        }
        let at = self.add(Backing::Posix, stat.file, name, false);
        if let Some(object) = self.objects.get_mut(at) {
            object.lossy = lossy;
        }
        self.sized(at, stat);
    }

    /// A System V segment of the IPC namespace.
    pub fn segment(&mut self, segment: Segment) {
        let Ok(id) = u64::try_from(segment.id) else { return };
        let at = self.objects.len();
        self.segments.insert(id, at);
        self.objects.push(Object {
            size: Some(segment.size),
            held: Held::Exact(segment.resident.plus(segment.swapped)),
            owner: Some(segment.owner),
            unlinked: segment.is_removed(),
            segment: Some(segment),
            ..Object::new(Backing::Sysv, FileId { inode: id, ..FileId::default() })
        });
    }

    /// A mapping of `pid`. `other_ipc` is asked only for System V: the process's IPC namespace,
    /// where that is not the one that is listed.
    pub fn mapped(
        &mut self,
        pid: u32,
        mapping: &Mapping<'_>,
        other_ipc: impl FnOnce() -> Option<String>,
    ) {
        let backing = Backing::without_file_system(mapping.path);
        let at = match backing {
            Some(Backing::Sysv) => {
                if let Some(namespace) = other_ipc() {
                    self.elsewhere.insert((mapping.file, Some(namespace)), pid);
                    return;
                }
                match self.segments.get(&mapping.file.inode) {
                    Some(at) => *at,
                    // The namespace could not be read, or it was made since.
                    None => self.found(Backing::Sysv, mapping.file, mapping.path),
                }
            }
            // A private mapping of it would be anonymous memory without a file.
            Some(Backing::Anon) if !mapping.shared => return,
            Some(backing) => self.found(backing, mapping.file, mapping.path),
            None if self.is_here(mapping.file, mapping.path) => {
                self.found(Backing::Posix, mapping.file, mapping.path)
            }
            None => {
                // Only the kernel's file systems without a disk have major number 0.
                let here = self.place.as_ref().map(|place| place.device);
                if mapping.file.major == 0
                    && mapping.path.starts_with("/dev/shm/")
                    && here != Some((mapping.file.major, mapping.file.minor))
                {
                    self.elsewhere.insert((mapping.file, None), pid);
                }
                return;
            }
        };
        let Some(object) = self.objects.get_mut(at) else { return };
        object.hold(pid, 1, false);
        if object.held == Held::Unknown {
            let end = mapping.offset.saturating_add(mapping.length());
            object.size = object.size.max(Some(Bytes(end)));
            let range = Range { pid, start: mapping.start, end: mapping.end };
            self.ranges.entry(at).or_default().push(range);
        }
    }

    /// A descriptor of `pid`, with the path that the kernel gives it.
    pub fn opened(&mut self, pid: u32, stat: &Stat, path: &str) {
        let at = match Backing::without_file_system(path) {
            // Nobody has those open but through /proc/PID/map_files.
            Some(Backing::Sysv | Backing::Anon) => return,
            Some(backing) => self.found(backing, stat.file, path),
            None if self.is_here(stat.file, path) => self.found(Backing::Posix, stat.file, path),
            None => return,
        };
        if let Some(object) = self.objects.get_mut(at) {
            object.hold(pid, 0, true);
        }
        self.sized(at, stat);
    }

    /// Objects whose size nobody has told yet, with the places where they are mapped.
    #[must_use]
    pub fn without_size(&self) -> Vec<(usize, FileId, Vec<Range>)> {
        let unknown = self.objects.iter().enumerate().filter(|(_, o)| o.held == Held::Unknown);
        unknown
            .filter_map(|(at, object)| Some((at, object.file, self.ranges.get(&at)?.clone())))
            .collect()
    }

    /// What an object takes, as one of its processes sees it.
    pub fn at_least(&mut self, at: usize, bytes: Bytes) {
        if let Some(object) = self.objects.get_mut(at) {
            let known = object.held.bytes().unwrap_or(Bytes::ZERO);
            object.held = Held::AtLeast(known.max(bytes));
        }
    }

    /// What stat(2) tells of an object.
    pub fn sized(&mut self, at: usize, stat: &Stat) {
        if let Some(object) = self.objects.get_mut(at)
            && !matches!(object.held, Held::Exact(_))
        {
            object.size = Some(stat.size);
            object.held = Held::Exact(stat.held);
            object.owner = Some(stat.owner);
            object.unlinked |= stat.names == 0;
        }
    }

    /// All objects, and what belongs elsewhere.
    #[must_use]
    pub fn finish(self) -> (Vec<Object>, Elsewhere) {
        let mut pids: Vec<u32> = self.elsewhere.values().copied().collect();
        pids.sort_unstable();
        pids.dedup();
        (self.objects, Elsewhere { objects: self.elsewhere.len(), pids })
    }

    /// The object of a file, made where it is new.
    fn found(&mut self, backing: Backing, file: FileId, path: &str) -> usize {
        if let Some(at) = self.files.get(&file) {
            return *at;
        }
        let gone = path.strip_suffix(DELETED);
        let name = gone.unwrap_or(path);
        let name = match backing {
            Backing::Memfd => name.strip_prefix("/memfd:").unwrap_or(name),
            Backing::Posix => self.place.as_ref().and_then(|p| p.below(name)).unwrap_or(name),
            Backing::Sysv | Backing::Anon => "",
        };
        self.add(backing, file, name.to_owned(), gone.is_some())
    }

    fn add(&mut self, backing: Backing, file: FileId, name: String, unlinked: bool) -> usize {
        let at = self.objects.len();
        self.files.insert(file, at);
        self.objects.push(Object { name, unlinked, ..Object::new(backing, file) });
        at
    }
}

impl Object {
    fn new(backing: Backing, file: FileId) -> Object {
        Object {
            backing,
            name: String::new(),
            lossy: false,
            file,
            unlinked: false,
            size: None,
            held: Held::Unknown,
            owner: None,
            segment: None,
            holders: Vec::new(),
        }
    }

    /// Notes a holder; processes are looked at one after the other.
    fn hold(&mut self, pid: u32, mappings: u64, open: bool) {
        match self.holders.last_mut().filter(|holder| holder.pid == pid) {
            Some(holder) => {
                holder.mappings = holder.mappings.saturating_add(mappings);
                holder.open |= open;
            }
            None => self.holders.push(Holder { pid, mappings, open }),
        }
    }
}
