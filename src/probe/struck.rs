//! What a SIGBUS struck: asked of a process that is stopped for it, so nothing moves meanwhile.

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use nix::sys::statfs::fstatfs;

use super::live::of_nix;
use super::{Live, Source};
use crate::facts::maps::{DELETED, FileId, Mapping, parse_mapping};
use crate::facts::meminfo::parse_meminfo;
use crate::facts::mountinfo::{Mount, parse_mountinfo};
use crate::facts::struck::{BusCode, Hit, Struck};
use crate::facts::sysvipc::parse_segments;
use crate::facts::{FileSystem, Reading, StatFs, parse_number};
use crate::sys::stat::{Stat, stat_of};
use crate::units::Bytes;

/// Asks all of it.
#[must_use]
pub(crate) fn struck(source: &Live, pid: i32, code: i32, address: u64) -> Struck {
    let code = BusCode::of(code);
    // A signal that a process sent has no address, and one of broken memory needs none explained.
    let hit = match code {
        BusCode::Sent | BusCode::Alignment => None,
        _ => hit(source, pid, address),
    };
    Struck { code, address, hit, page: source.page_size(), promises_left: promises_left(source) }
}

/// The name of a process.
#[must_use]
pub(crate) fn name_of(source: &Live, pid: i32) -> Option<String> {
    source.read(&format!("/proc/{pid}/comm")).known().map(|name| name.trim_end().to_owned())
}

/// Whether a process was started by another one, or by one that it started.
#[must_use]
pub(crate) fn descends_from(source: &Live, pid: u32, ancestor: u32) -> bool {
    /// More generations than people start.
    const MOST: usize = 64;
    let parent = |pid: &u32| {
        let status = source.read(&format!("/proc/{pid}/status"));
        let line = status.known()?.lines().find_map(|line| line.strip_prefix("PPid:"))?;
        line.trim().parse::<u32>().ok().filter(|parent| *parent > 0)
    };
    let mut generations = std::iter::successors(parent(&pid), parent).take(MOST);
    generations.any(|parent| parent == ancestor)
}

/// The process that a thread belongs to.
#[must_use]
pub(crate) fn process_of(source: &Live, thread: i32) -> i32 {
    let status = source.read(&format!("/proc/{thread}/status"));
    let line =
        status.known().and_then(|text| text.lines().find_map(|line| line.strip_prefix("Tgid:")));
    line.and_then(|number| number.trim().parse().ok()).unwrap_or(thread)
}

fn hit(source: &Live, pid: i32, address: u64) -> Option<Hit> {
    let process = format!("/proc/{pid}");
    let maps = source.read(&format!("{process}/maps"));
    let mut mappings = maps.known()?.lines().filter_map(parse_mapping);
    let mapping = mappings.find(|mapping| (mapping.start..mapping.end).contains(&address))?;
    let mounts = source.read(&format!("{process}/mountinfo")).map(|text| parse_mountinfo(&text));
    let none = Vec::new();
    let mounts = mounts.known().unwrap_or(&none);
    let gone = mapping.path.strip_suffix(DELETED);
    let shm = source.folder(&format!("{process}/root/dev/shm")).ok();
    let shm_device = shm.as_ref().and_then(|folder| stat_of(&**folder).ok());
    let in_shm = shm_device
        .is_some_and(|stat| (stat.major, stat.minor) == (mapping.file.major, mapping.file.minor));
    let found = Found::of(source, &process, &mapping, mounts);
    let statfs = match (&found, &shm) {
        (Some(found), _) if found.statfs.is_some() => found.statfs,
        (_, Some(shm)) if in_shm => fstatfs(&**shm).ok().as_ref().map(of_nix),
        _ => None,
    };
    let segment =
        mapping.path.starts_with("/SYSV").then(|| segment(source, mapping.file)).flatten();
    let fstype = of_device(mounts, mapping.file).map(|mount| mount.fstype.as_str());
    let known = statfs.is_some() || fstype.is_some();
    Some(Hit {
        path: gone.unwrap_or(mapping.path).to_owned(),
        file: mapping.file,
        unlinked: gone.is_some(),
        offset: mapping.offset.saturating_add(address.saturating_sub(mapping.start)),
        size: found.as_ref().map(|found| found.stat.size).or(segment.map(|(size, _)| size)),
        held: found.as_ref().map(|found| found.stat.held).or(segment.map(|(_, held)| held)),
        file_system: known.then(|| FileSystem::of(statfs.map(|statfs| statfs.magic), fstype)),
        statfs,
        in_shm,
    })
}

/// A System V segment, which is known by its number: size, and what it takes.
fn segment(source: &Live, file: FileId) -> Option<(Bytes, Bytes)> {
    let segments = source.read("/proc/sysvipc/shm").parse(parse_segments);
    let of_it = |id: i64| u64::try_from(id) == Ok(file.inode);
    let segment = segments.known()?.iter().find(|segment| of_it(segment.id))?;
    Some((segment.size, segment.resident.saturating_add(segment.swapped)))
}

fn of_device(mounts: &[Mount], file: FileId) -> Option<&Mount> {
    let device = format!("{}:{}", file.major, file.minor);
    mounts.iter().find(|mount| mount.device == device)
}

/// What is known of the mapped file.
struct Found {
    stat: Stat,
    statfs: Option<StatFs>,
}

impl Found {
    /// Through the mapping itself (CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE), through a descriptor of the
    /// process, or by its path.
    fn of(source: &Live, process: &str, mapping: &Mapping<'_>, mounts: &[Mount]) -> Option<Found> {
        let mapped = format!("{process}/map_files/{:x}-{:x}", mapping.start, mapping.end);
        let asks = may_be_asked(mapping, mounts);
        let through = |path: &str| Found::through(path, mapping.file, asks).ok().flatten();
        through(&mapped)
            .or_else(|| {
                let folder = format!("{process}/fd");
                let Reading::Known(names) = source.list(&folder) else { return None };
                names.iter().find_map(|name| through(&format!("{folder}/{name}")))
            })
            .or_else(|| Found::by_path(source, process, mapping))
    }

    /// Through a link of /proc, which leads to the file itself. Of what another program serves only what the
    /// kernel knows is asked: that program may be the one that is stopped.
    fn through(path: &str, file: FileId, asks: bool) -> Result<Option<Found>, Errno> {
        let opened = open(path, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())?;
        let stat = stat_of(&opened)?;
        if (stat.major, stat.minor, stat.inode) != (file.major, file.minor, file.inode) {
            return Ok(None);
        }
        let statfs = if asks { Some(of_nix(&fstatfs(&opened)?)) } else { None };
        Ok(Some(Found { stat, statfs }))
    }

    /// An overlay tells another device of a file than its mappings do, so there the inode has to do.
    fn by_path(source: &Live, process: &str, mapping: &Mapping<'_>) -> Option<Found> {
        if !mapping.path.starts_with('/') || mapping.path.ends_with(DELETED) {
            return None;
        }
        let found = source.reach(&format!("{process}/root"), mapping.path).ok()?;
        let stat = stat_of(&found.file).ok()?;
        let [magic, bsize, blocks, bfree, bavail, files, ffree] = found.statfs;
        let statfs = StatFs { magic, bsize, blocks, bfree, bavail, files, ffree };
        (stat.inode == mapping.file.inode && stat.regular)
            .then_some(Found { stat, statfs: Some(statfs) })
    }
}

/// Whether statfs(2) of it waits for nobody.
fn may_be_asked(mapping: &Mapping<'_>, mounts: &[Mount]) -> bool {
    const SERVED: [&str; 9] =
        ["fuse", "nfs", "cifs", "smb3", "9p", "ceph", "virtiofs", "afs", "glusterfs"];
    let fstype = of_device(mounts, mapping.file).map(|mount| mount.fstype.as_str());
    !fstype.is_some_and(|fstype| SERVED.iter().any(|served| fstype.starts_with(served)))
}

/// Where promises of memory are counted: what may still be promised.
fn promises_left(source: &Live) -> Option<Bytes> {
    let mode = source.read("/proc/sys/vm/overcommit_memory").parse(parse_number);
    if mode.known() != Some(&2) {
        return None;
    }
    let memory = source.read("/proc/meminfo").parse(parse_meminfo);
    memory.known().map(|memory| memory.commit_limit.saturating_sub(memory.committed))
}
