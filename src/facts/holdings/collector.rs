//! Puts together what is seen of the folder, the IPC namespace and the processes.

use std::collections::HashMap;
use std::path::Path;

use super::{Elsewhere, Held, Holder, Object, Stat};
use crate::facts::maps::{Backing, DELETED, FileId, Mapping};
use crate::facts::sysvipc::Segment;
use crate::units::Bytes;

/// Where a mapping lies, to ask for the size of what it maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub pid: u32,
    /// First address.
    pub start: u64,
    /// The address behind the last one.
    pub end: u64,
}

/// Where the files lie that are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
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
pub(crate) struct Collector {
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
    pub(crate) fn new(place: Option<Place>) -> Collector {
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
    pub(crate) fn may_count(&self, stat: &Stat) -> bool {
        let device = (stat.file.major, stat.file.minor);
        let here = self.place.as_ref().is_some_and(|place| place.device == device);
        stat.regular && (here || (stat.file.major == 0 && stat.names == 0))
    }

    /// A file found by its name below the folder. Of several names the first one stays.
    pub(crate) fn named(&mut self, name: &Path, stat: &Stat) {
        if self.files.contains_key(&stat.file) {
            return;
        }
        let at = self.add(Backing::Posix, stat.file, name.to_string_lossy().into_owned());
        if let Some(object) = self.objects.get_mut(at) {
            object.lossy = name.to_str().is_none();
        }
        self.sized(at, stat);
    }

    /// A System V segment of the IPC namespace.
    pub(crate) fn segment(&mut self, segment: Segment) {
        let Ok(id) = u64::try_from(segment.id) else { return };
        let at = self.objects.len();
        self.segments.insert(id, at);
        self.objects.push(Object {
            size: Some(segment.size),
            held: Held::Exact(segment.resident.saturating_add(segment.swapped)),
            owner: Some(segment.owner),
            mode: Some(segment.mode & 0o777),
            unlinked: segment.is_removed(),
            segment: Some(segment),
            ..Object::new(Backing::Sysv, FileId { inode: id, ..FileId::default() })
        });
    }

    /// A mapping of `pid`. `other_ipc` is asked only for System V: the process's IPC namespace,
    /// where that is not the one that is listed.
    pub(crate) fn mapped(
        &mut self,
        pid: u32,
        mapping: &Mapping<'_>,
        other_ipc: impl FnOnce() -> Option<String>,
    ) {
        let backing = Backing::without_file_system(mapping.path);
        let at = match backing {
            Some(Backing::Sysv) => {
                if let Some(namespace) = other_ipc() {
                    self.elsewhere.entry((mapping.file, Some(namespace))).or_insert(pid);
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
                    self.elsewhere.entry((mapping.file, None)).or_insert(pid);
                }
                return;
            }
        };
        let Some(object) = self.objects.get_mut(at) else { return };
        object.hold(Holder { pid, mappings: 1, open: false });
        if object.held == Held::Unknown {
            let end = mapping.offset.saturating_add(mapping.length());
            object.size = object.size.max(Some(Bytes(end)));
            let range = Range { pid, start: mapping.start, end: mapping.end };
            self.ranges.entry(at).or_default().push(range);
        }
    }

    /// A descriptor of `pid`, with the path that the kernel gives it.
    pub(crate) fn opened(&mut self, pid: u32, stat: &Stat, path: &str) {
        let at = match Backing::without_file_system(path) {
            // Nobody has those open but through /proc/PID/map_files.
            Some(Backing::Sysv | Backing::Anon) => return,
            Some(backing) => self.found(backing, stat.file, path),
            None if self.is_here(stat.file, path) => self.found(Backing::Posix, stat.file, path),
            None => return,
        };
        if let Some(object) = self.objects.get_mut(at) {
            object.hold(Holder { pid, mappings: 0, open: true });
        }
        self.sized(at, stat);
    }

    /// Objects whose size nobody has told yet, with the places where they are mapped.
    #[must_use]
    pub(crate) fn without_size(&self) -> Vec<(usize, FileId, Vec<Range>)> {
        let unknown = self.objects.iter().enumerate().filter(|(_, o)| o.held == Held::Unknown);
        unknown
            .filter_map(|(at, object)| Some((at, object.file, self.ranges.get(&at)?.clone())))
            .collect()
    }

    /// What an object takes, as one of its processes sees it.
    pub(crate) fn at_least(&mut self, at: usize, bytes: Bytes) {
        if let Some(object) = self.objects.get_mut(at) {
            let known = object.held.bytes().unwrap_or(Bytes::ZERO);
            object.held = Held::AtLeast(known.max(bytes));
        }
    }

    /// What stat(2) tells of an object.
    pub(crate) fn sized(&mut self, at: usize, stat: &Stat) {
        if let Some(object) = self.objects.get_mut(at)
            && !matches!(object.held, Held::Exact(_))
        {
            object.size = Some(stat.size);
            object.held = Held::Exact(stat.held);
            object.owner = Some(stat.owner);
            object.mode = Some(stat.mode);
            object.unlinked |= stat.names == 0;
        }
    }

    /// All objects, and what belongs elsewhere.
    #[must_use]
    pub(crate) fn finish(self) -> (Vec<Object>, Elsewhere) {
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
        // Every segment's file is `deleted`; whether the segment was removed, this does not tell.
        let at = self.add(backing, file, name.to_owned());
        if let Some(object) = self.objects.get_mut(at) {
            object.unlinked = gone.is_some() && backing != Backing::Sysv;
        }
        at
    }

    fn add(&mut self, backing: Backing, file: FileId, name: String) -> usize {
        let at = self.objects.len();
        self.files.insert(file, at);
        self.objects.push(Object { name, ..Object::new(backing, file) });
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::holdings::HeldBy;
    use crate::facts::maps::parse_mapping;
    use crate::facts::sysvipc::parse_segments;

    fn collector() -> Collector {
        Collector::new(Some(Place {
            device: (0, 0x1b),
            folder: "/dev/shm".to_owned(),
            whole: true,
        }))
    }

    fn map(collector: &mut Collector, pid: u32, line: &str, namespace: Option<&str>) {
        let mapping = parse_mapping(line).unwrap();
        collector.mapped(pid, &mapping, || namespace.map(str::to_owned));
    }

    fn stat(inode: u64, names: u64) -> Stat {
        let file = FileId { major: 0, minor: 0x1b, inode };
        Stat {
            file,
            size: Bytes(9),
            held: Bytes(4096),
            owner: 5,
            mode: 0o600,
            names,
            regular: true,
        }
    }

    #[test]
    fn an_object_of_many_holders_is_one() {
        let mut collector = collector();
        collector.named(Path::new("a"), &stat(5, 2));
        collector.named(Path::new("link-to-a"), &stat(5, 2));
        for pid in [7, 8] {
            map(&mut collector, pid, "1000-2000 rw-s 00000000 00:1b 5 /dev/shm/a", None);
            map(&mut collector, pid, "3000-4000 rw-s 00001000 00:1b 5 /dev/shm/a", None);
        }
        collector.opened(8, &stat(5, 2), "/dev/shm/a");
        let (objects, _) = collector.finish();
        assert_eq!(objects.len(), 1);
        let holder = |pid, open| Holder { pid, mappings: 2, open };
        assert_eq!(objects[0].holders, [holder(7, false), holder(8, true)]);
        assert_eq!((objects[0].name.as_str(), objects[0].unlinked), ("a", false));
    }

    #[test]
    fn what_has_no_name_is_known_by_its_mapping_and_sized_later() {
        let mut collector = collector();
        map(&mut collector, 7, "1000-3000 rw-s 00002000 00:1b 5 /dev/shm/x/a (deleted)", None);
        map(&mut collector, 7, "5000-6000 rw-s 00000000 00:01 6 /memfd:b c (deleted)", None);
        map(&mut collector, 7, "5000-6000 rw-s 00000000 00:01 7 /dev/zero (deleted)", None);
        map(&mut collector, 7, "5000-6000 rw-p 00000000 00:0f 8 /anon_hugepage (deleted)", None);
        map(&mut collector, 7, "5000-6000 r--p 00000000 00:1c 5 /usr/lib/libc.so", None);
        let sizes: Vec<(usize, u64)> =
            collector.without_size().iter().map(|(at, file, _)| (*at, file.inode)).collect();
        assert_eq!(sizes, [(0, 5), (1, 6), (2, 7)]);
        collector.at_least(0, Bytes(1));
        collector.at_least(0, Bytes(3));
        collector.at_least(0, Bytes(2));
        collector.sized(1, &stat(6, 0));
        let (objects, _) = collector.finish();
        let names: Vec<&str> = objects.iter().map(|object| object.name.as_str()).collect();
        assert_eq!(names, ["x/a", "b c", ""]);
        assert_eq!(
            (objects[0].held, objects[0].size),
            (Held::AtLeast(Bytes(3)), Some(Bytes(0x4000)))
        );
        assert_eq!((objects[1].held, objects[1].size), (Held::Exact(Bytes(4096)), Some(Bytes(9))));
        assert_eq!(objects[2].held, Held::Unknown);
        assert!(objects.iter().all(|object| object.unlinked));
    }

    #[test]
    fn a_segment_of_another_namespace_is_not_taken_for_one_of_this() {
        let text = "shmid size nattch\n0 4096 1\n1 4096 0\n2 4096 2\n";
        let mut collector = collector();
        parse_segments(text).unwrap().into_iter().for_each(|one| collector.segment(one));
        let line = "1000-2000 rw-s 00000000 00:01 0 /SYSV00000000 (deleted)";
        map(&mut collector, 7, line, None);
        map(&mut collector, 8, line, Some("ipc:[1]"));
        map(&mut collector, 9, line, Some("ipc:[1]"));
        map(&mut collector, 10, line, Some("ipc:[2]"));
        map(&mut collector, 11, "1000-2000 rw-s 00000000 00:2c 4 /dev/shm/theirs", None);
        let (objects, elsewhere) = collector.finish();
        let held: Vec<HeldBy> = objects.iter().map(|object| object.held_by(false)).collect();
        assert_eq!(held, [HeldBy::Processes, HeldBy::Nobody, HeldBy::Unseen]);
        assert_eq!(objects[0].holders.len(), 1);
        assert_eq!((elsewhere.objects, elsewhere.pids.as_slice()), (3, &[8, 10, 11][..]));
    }

    #[test]
    fn of_a_folder_inside_a_file_system_only_its_own_files_count() {
        let mut collector = Collector::new(Some(Place {
            device: (0, 0x1b),
            folder: "/dev/shm/mine".to_owned(),
            whole: false,
        }));
        map(&mut collector, 7, "1000-2000 rw-s 00000000 00:1b 5 /dev/shm/mine/a (deleted)", None);
        map(&mut collector, 7, "1000-2000 rw-s 00000000 00:1b 6 /dev/shm/mine-not/b", None);
        collector.opened(7, &stat(7, 1), "/dev/shm/c");
        let (objects, elsewhere) = collector.finish();
        assert_eq!((objects.len(), objects[0].name.as_str()), (1, "a"));
        assert_eq!(elsewhere, Elsewhere::default());
    }
}
