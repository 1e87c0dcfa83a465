//! /proc/PID/maps and smaps: which files a process has mapped, and where.

use super::cgroup::keyed;
use crate::units::Bytes;

/// A file as the kernel names it, whatever its path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId {
    /// Major number of its device.
    pub major: u64,
    /// Minor number of its device.
    pub minor: u64,
    pub inode: u64,
}

/// One line of /proc/PID/maps that tells of a file (proc_pid_maps(5)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping<'a> {
    /// First address.
    pub start: u64,
    /// The address behind the last one.
    pub end: u64,
    /// Stores go to the file, and to everybody who maps it.
    pub shared: bool,
    /// This process may write to it, now; what the linker wrote before may lie in others.
    pub writable: bool,
    /// It is code.
    pub executable: bool,
    /// Where in the file it begins.
    pub offset: u64,
    pub file: FileId,
    /// Its path, with ` (deleted)` behind it where it has no name any more.
    pub path: &'a str,
}

impl Mapping<'_> {
    /// Bytes of addresses.
    #[must_use]
    pub(crate) const fn length(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

/// `start-end perms offset major:minor inode path`; nothing where no file is mapped.
#[must_use]
pub fn parse_mapping(line: &str) -> Option<Mapping<'_>> {
    let hex = |text: &str| u64::from_str_radix(text, 16).ok();
    let mut words = line.splitn(6, ' ');
    let (start, end) = words.next()?.split_once('-')?;
    let permissions = words.next()?;
    let offset = words.next()?;
    let (major, minor) = words.next()?.split_once(':')?;
    let inode = words.next()?.parse().ok()?;
    // Blanks fill the line up to the path.
    let path = words.next().unwrap_or_default().trim_start_matches(' ');
    // Nothing that is no file has an inode, but the first segment of an IPC namespace has none too.
    if inode == 0 && !path.starts_with("/SYSV") {
        return None;
    }
    Some(Mapping {
        start: hex(start)?,
        end: hex(end)?,
        shared: permissions.ends_with('s'),
        writable: permissions.contains('w'),
        executable: permissions.contains('x'),
        offset: hex(offset)?,
        file: FileId { major: hex(major)?, minor: hex(minor)?, inode },
        path,
    })
}

/// What smaps tells of one mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resident {
    pub file: FileId,
    /// Where in it the mapping begins.
    pub offset: u64,
    /// Bytes of the mapping.
    pub length: u64,
    /// Pages that this process has touched, and those in swap.
    pub held: Bytes,
}

/// Reads smaps: the mappings of files, with the bytes of them that the process sees.
#[must_use]
pub fn parse_smaps(text: &str) -> Vec<Resident> {
    let mut found: Vec<Resident> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if let Some(mapping) = parse_mapping(line) {
            let length = mapping.length();
            let (file, offset) = (mapping.file, mapping.offset);
            found.push(Resident { file, offset, length, held: Bytes::ZERO });
            inside = true;
        } else if line.starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_lowercase()) {
            inside = false; // a mapping without a file
        } else if inside
            && let Some(last) = found.last_mut()
            && let Some(kib) = ["Rss:", "Swap:", "Shared_Hugetlb:", "Private_Hugetlb:"]
                .into_iter()
                .find_map(|key| keyed_kib(line, key))
        {
            last.held = last.held.saturating_add(Bytes::kib(kib));
        }
    }
    found
}

/// What one process sees of a file: mappings of the same part count once.
#[must_use]
pub fn seen_of(file: FileId, mappings: &[Resident]) -> Bytes {
    let mut of_it: Vec<&Resident> = mappings.iter().filter(|one| one.file == file).collect();
    of_it.sort_by_key(|one| (one.offset, std::cmp::Reverse(one.held)));
    let (mut sum, mut end) = (Bytes::ZERO, 0);
    for one in of_it {
        if one.offset >= end {
            sum = sum.saturating_add(one.held);
            end = one.offset.saturating_add(one.length);
        }
    }
    sum
}

fn keyed_kib(line: &str, key: &str) -> Option<u64> {
    keyed(line.strip_suffix(" kB")?, key)
}

/// What backs shared memory, by the path that the kernel gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Backing {
    /// A file on a tmpfs.
    Posix,
    /// shmget.
    Sysv,
    /// memfd_create.
    Memfd,
    /// mmap with MAP_SHARED and MAP_ANONYMOUS, or a shared mapping of /dev/zero.
    Anon,
}

impl Backing {
    /// The kind's word.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Backing::Posix => "posix",
            Backing::Sysv => "sysv",
            Backing::Memfd => "memfd",
            Backing::Anon => "anon",
        }
    }

    /// The backing that has no file system that anybody can see (mm/shmem.c, mm/memfd.c,
    /// ipc/shm.c, fs/hugetlbfs/inode.c). Such a file has never had a name: it is always `deleted`.
    #[must_use]
    pub fn without_file_system(path: &str) -> Option<Backing> {
        let name = path.strip_suffix(DELETED)?;
        match name {
            "/dev/zero" | "/anon_hugepage" => Some(Backing::Anon),
            _ if name.starts_with("/memfd:") => Some(Backing::Memfd),
            _ if name.starts_with("/SYSV") => Some(Backing::Sysv),
            _ => None,
        }
    }
}

/// Stands behind the path of what has no name any more.
pub(crate) const DELETED: &str = " (deleted)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_range_file_and_path() {
        let line = "7f94bbd000-7f94bbf000 rw-s 00001000 00:1b 5965                       /dev/shm/a  b\\012c (deleted)";
        let mapping = parse_mapping(line).unwrap();
        assert_eq!((mapping.length(), mapping.offset, mapping.shared), (8192, 4096, true));
        assert_eq!(mapping.file, FileId { major: 0, minor: 0x1b, inode: 5965 });
        assert_eq!(mapping.path, "/dev/shm/a  b\\012c (deleted)");
    }

    #[test]
    fn what_maps_no_file_is_left_out() {
        for line in [
            "7ffe1-7ffe2 rw-p 00000000 00:00 0                          [stack]",
            "7ffe1-7ffe2 rw-p 00000000 00:00 0 ",
            "7ffe1 rw-p 0 00:00 1 /x",
            "garbage",
            "",
            "-",
        ] {
            assert_eq!(parse_mapping(line), None, "{line}");
        }
    }

    #[test]
    fn the_first_segment_of_a_namespace_has_inode_0() {
        let line =
            "7f00-7f01 rw-s 00000000 00:01 0                          /SYSV00000000 (deleted)";
        assert_eq!(parse_mapping(line).unwrap().file.inode, 0);
    }

    #[test]
    fn the_kernels_own_files_are_known_by_their_paths() {
        for (path, backing) in [
            ("/memfd:a b (deleted)", Some(Backing::Memfd)),
            ("/SYSV0052e2c1 (deleted)", Some(Backing::Sysv)),
            ("/dev/zero (deleted)", Some(Backing::Anon)),
            ("/anon_hugepage (deleted)", Some(Backing::Anon)),
            ("/dev/zero", None),
            ("/dev/shm/memfd:x (deleted)", None),
            ("/memfd:named", None),
        ] {
            assert_eq!(Backing::without_file_system(path), backing, "{path}");
        }
    }

    #[test]
    fn smaps_gives_each_file_what_the_process_sees_of_it() {
        let text = "7f00-7f02 rw-s 00000000 00:01 9 /dev/zero (deleted)\n\
                    Size:                  8 kB\nRss:                   4 kB\nPss: 2 kB\nSwap:   4 kB\nVmFlags: rd\n\
                    8f00-8f02 rw-p 00000000 00:00 0 [heap]\nRss: 400 kB\n\
                    9f00-9f01 rw-s 00001000 00:01 9 /dev/zero (deleted)\nRss:   16 kB\n";
        let found = parse_smaps(text);
        let held: Vec<(u64, Bytes)> = found.iter().map(|one| (one.offset, one.held)).collect();
        assert_eq!(held, [(0, Bytes::kib(8)), (4096, Bytes::kib(16))]);
    }

    #[test]
    fn a_file_that_is_mapped_twice_counts_once() {
        let file = FileId { inode: 9, ..FileId::default() };
        let part = |offset, kib| Resident { file, offset, length: 8192, held: Bytes::kib(kib) };
        let mappings = [part(0, 4), part(8192, 8), part(0, 8), part(4096, 8)];
        assert_eq!(seen_of(file, &mappings), Bytes::kib(16));
        assert_eq!(seen_of(FileId::default(), &mappings), Bytes::ZERO);
    }
}
