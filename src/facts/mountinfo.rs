//! /proc/PID/mountinfo: which mount really covers a path.
//! Must not look at the file system itself.

use std::collections::BTreeSet;

use crate::units::Bytes;

/// One line of mountinfo (proc_pid_mountinfo(5)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The mount's number.
    pub id: u64,
    /// The number of the mount it is on.
    pub parent: u64,
    /// `major:minor`; the same for every mount of one file system.
    pub device: String,
    /// The folder of the file system that is mounted.
    pub root: String,
    /// Where, relative to the process's root.
    pub point: String,
    /// Options of this mount (`ro,noexec,idmapped`).
    pub options: String,
    /// Type of the file system.
    pub fstype: String,
    /// What was mounted; may be empty.
    pub source: String,
    /// Options of the file system (`rw,size=65536k,noswap`).
    pub super_options: String,
}

/// What a path's file system means for shared memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSystem {
    /// Memory, with a size.
    Tmpfs,
    /// Memory without a size and without swap.
    Ramfs,
    /// Huge pages from a pool.
    Hugetlbfs,
    /// Anything else, by name: a disk, an overlay.
    Other(String),
}

impl FileSystem {
    /// By statfs magic (linux/magic.h), and by name where the magic says nothing.
    #[must_use]
    pub(crate) fn of(magic: Option<u64>, fstype: Option<&str>) -> FileSystem {
        match (magic, fstype) {
            (Some(0x0102_1994), _) | (None, Some("tmpfs" | "devtmpfs")) => FileSystem::Tmpfs,
            (Some(0x8584_58f6), _) | (None, Some("ramfs")) => FileSystem::Ramfs,
            (Some(0x9584_58f6), _) | (None, Some("hugetlbfs")) => FileSystem::Hugetlbfs,
            (_, Some(name)) => FileSystem::Other(name.to_owned()),
            (Some(magic), None) => FileSystem::Other(format!("file system 0x{magic:x}")),
            (None, None) => FileSystem::Other("unknown".to_owned()),
        }
    }

    #[must_use]
    pub(crate) fn name(&self) -> &str {
        match self {
            FileSystem::Tmpfs => "tmpfs",
            FileSystem::Ramfs => "ramfs",
            FileSystem::Hugetlbfs => "hugetlbfs",
            FileSystem::Other(name) => name,
        }
    }
}

impl Mount {
    /// Whether the file system has a flag such as `noswap`.
    #[must_use]
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.super_options.split(',').any(|option| option == flag)
    }

    /// The value of an option of the file system, such as `huge`.
    #[must_use]
    pub(crate) fn option(&self, key: &str) -> Option<&str> {
        self.super_options.split(',').find_map(|option| option.strip_prefix(key)?.strip_prefix('='))
    }

    /// The `size=` that was asked for; not shown where it is the default.
    #[must_use]
    pub(crate) fn size_option(&self) -> Option<Bytes> {
        parse_tmpfs_size(self.option("size")?)
    }

    /// Whether new files cannot be made through it.
    #[must_use]
    pub(crate) fn read_only(&self) -> bool {
        self.options.split(',').any(|option| option == "ro") || self.has("ro")
    }
}

/// A size as tmpfs shows it: bytes, or with k, m or g.
fn parse_tmpfs_size(text: &str) -> Option<Bytes> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text.get(digits.len()..)? {
        "" => 1,
        "k" | "K" => 1 << 10,
        "m" | "M" => 1 << 20,
        "g" | "G" => 1 << 30,
        _ => return None,
    };
    digits.parse().ok().map(|n: u64| Bytes(n).saturating_mul(factor))
}

/// Reads mountinfo. A line that is not of its form is left out.
#[must_use]
pub fn parse_mountinfo(text: &str) -> Vec<Mount> {
    text.lines().filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<Mount> {
    // Split at single spaces: an empty source leaves two beside each other.
    let mut fields = line.split(' ');
    let id = fields.next()?.parse().ok()?;
    let parent = fields.next()?.parse().ok()?;
    let device = fields.next()?.to_owned();
    let root = unescape(fields.next()?);
    let point = unescape(fields.next()?);
    let options = unescape(fields.next()?);
    // Optional fields, ended by a dash.
    fields.by_ref().find(|field| *field == "-")?;
    let fstype = unescape(fields.next()?);
    let source = unescape(fields.next()?);
    let super_options = unescape(fields.next().unwrap_or(""));
    Some(Mount { id, parent, device, root, point, options, fstype, source, super_options })
}

/// Undoes the kernel's `\040` for space, tab, newline, backslash and hash.
fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let code = after.get(1..4).filter(|code| code.bytes().all(|b| (b'0'..=b'7').contains(&b)));
        match code.and_then(|code| u8::from_str_radix(code, 8).ok()) {
            Some(byte) => {
                out.push(char::from(byte));
                rest = after.get(4..).unwrap_or("");
            }
            None => {
                out.push('\\');
                rest = after.get(1..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}

/// Whether `path` is `prefix` or lies below it: at a name boundary, so `/a/bc` is not below
/// `/a/b`.
#[must_use]
pub(crate) fn is_below(path: &str, prefix: &str) -> bool {
    let prefix = prefix.trim_end_matches('/');
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The mount that a look-up of `path` ends in.
///
/// It goes as the kernel does: from the root's mount on, at each name, into what is mounted
/// there, and into what is mounted on top of that. So a mount that a later one covers is not
/// chosen, in whatever order the lines stand.
#[must_use]
pub fn covering<'a>(mounts: &'a [Mount], path: &str) -> Option<&'a Mount> {
    let on_the_way: Vec<&Mount> = mounts.iter().filter(|m| is_below(path, &m.point)).collect();
    let mut ids: Vec<u64> = on_the_way.iter().map(|mount| mount.id).collect();
    ids.sort_unstable();
    let mut by_parent = on_the_way.clone();
    by_parent.sort_by_key(|mount| mount.parent); // stable: later lines stay behind
    let depth = |mount: &Mount| mount.point.trim_end_matches('/').len();
    // The root's own mount has a parent outside of the list (or itself).
    let starts = |m: &&&Mount| m.id == m.parent || ids.binary_search(&m.parent).is_err();
    let mut current = *on_the_way.iter().filter(starts).min_by_key(|mount| depth(mount))?;
    // Each step goes to another mount, but those of a damaged list may point at each other in a circle.
    let mut entered = BTreeSet::new();
    while entered.insert(current.id) {
        let first = by_parent.partition_point(|mount| mount.parent < current.id);
        let children = by_parent.get(first..).unwrap_or_default().iter();
        let children = children
            .take_while(|mount| mount.parent == current.id)
            // A process does not enter what was mounted over its own root later.
            .filter(|mount| mount.id != current.id && depth(mount) > 0);
        // Of several at the same place the last one is on top.
        match children.reduce(|best, other| if depth(other) <= depth(best) { other } else { best })
        {
            Some(child) => current = child,
            None => break,
        }
    }
    Some(current)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covering_device(text: &str, path: &str) -> Option<String> {
        covering(&parse_mountinfo(text), path).map(|m| m.device.clone())
    }

    #[test]
    fn the_topmost_of_stacked_mounts_covers_the_path() {
        let text = "36 36 0:2 / / rw - rootfs rootfs rw\n\
                    42 41 0:26 / /dev/shm rw - tmpfs shm rw,size=524288k\n\
                    40 36 0:6 / /dev rw - devtmpfs dev rw\n\
                    41 40 0:24 / /dev/shm rw - tmpfs shm rw\n";
        assert_eq!(covering_device(text, "/dev/shm").as_deref(), Some("0:26"));
        assert_eq!(covering_device(text, "/dev/shmoo").as_deref(), Some("0:6"));
        assert_eq!(covering_device(text, "/").as_deref(), Some("0:2"));
    }

    #[test]
    fn a_mount_below_a_later_one_is_hidden() {
        let text = "1 0 0:1 / / rw - ext4 d rw\n\
                    2 1 0:2 / /dev/shm rw - tmpfs hidden rw\n\
                    3 1 0:3 / /dev rw - tmpfs dev rw\n";
        assert_eq!(covering_device(text, "/dev/shm").as_deref(), Some("0:3"));
    }

    #[test]
    fn an_empty_source_and_escapes_are_understood() {
        let text = "5 1 0:9 / /mnt/a\\040b\\134 ro,idmapped shared:1 - tmpfs  rw,size=64k,noswap";
        let mounts = parse_mountinfo(text);
        assert_eq!(mounts[0].point, "/mnt/a b\\");
        assert_eq!(mounts[0].source, "");
        assert_eq!(mounts[0].size_option(), Some(Bytes(65536)));
        assert!(mounts[0].has("noswap") && mounts[0].read_only());
    }

    #[test]
    fn mounts_that_point_at_each_other_do_not_loop() {
        let text = "1 2 0:1 / / rw - tmpfs a rw\n2 1 0:2 / / rw - tmpfs b rw\n";
        let _ = covering_device(text, "/dev/shm");
    }

    #[test]
    fn a_circle_below_the_root_is_gone_through_once() {
        let circle = "1 2 0:1 / /dev rw - tmpfs a rw\n2 1 0:2 / /dev rw - tmpfs b rw\n";
        let text = format!("9 0 0:9 / / rw - tmpfs r rw\n1 9 0:3 / /dev rw - tmpfs c rw\n{circle}");
        assert_eq!(covering_device(&text, "/dev/shm").as_deref(), Some("0:1"));
    }

    #[test]
    fn a_disk_is_no_shared_memory_and_a_magic_wins_over_a_name() {
        assert_eq!(FileSystem::of(Some(0xef53), Some("ext4")), FileSystem::Other("ext4".into()));
        assert_eq!(FileSystem::of(Some(0x0102_1994), Some("x")), FileSystem::Tmpfs);
        assert_eq!(FileSystem::of(Some(0x0102_1994), Some("devtmpfs")), FileSystem::Tmpfs);
        assert_eq!(FileSystem::of(None, Some("hugetlbfs")), FileSystem::Hugetlbfs);
    }
}
