//! The folder that is looked at: links, the mount that covers it, and what others see there.

use nix::errno::Errno;

use super::holdings::in_the_machines_pids;
use super::target::{Target, is_gone};
use super::{ProbeError, Source};
use crate::facts::cgroup::LONGEST_PATH;
use crate::facts::mountinfo::{Mount, covering, is_below, parse_mountinfo};
use crate::facts::runtime::is_of_a_machine;
use crate::facts::{CgroupFacts, CgroupVersion, FileSystem, Reading, ShmPath, Why};

/// Links followed before a path counts as a loop, as in the kernel.
const MOST_LINKS: usize = 40;

/// The folder asked for, with its links resolved and the mount that covers it.
///
/// # Errors
/// When an explicit folder is none, or another process may not be looked into.
pub(crate) fn shm_path(
    source: &dyn Source,
    target: &Target,
    root: &str,
    mounts: &Reading<Vec<Mount>>,
) -> Result<ShmPath, ProbeError> {
    let fault = |why: &str| ProbeError::Path { path: target.path.clone(), why: why.to_owned() };
    if !target.path.starts_with('/') {
        return Err(fault("it must be an absolute path, such as /dev/shm"));
    }
    let resolved = resolve(source, root, &target.path)
        .ok_or_else(|| fault("a loop of symbolic links, or too long"))?;
    // statfs takes a file as well; a folder is asked for with a slash behind it.
    let place = format!("{root}{resolved}");
    let statfs = source.statfs(&place);
    let explicit = target.path != Target::DEFAULT_PATH;
    let mut is_folder = true;
    match (&statfs, target.pid) {
        (Reading::Unknown(why @ Why::Errno(Errno::EACCES | Errno::EPERM)), Some(pid)) => {
            return Err(ProbeError::Denied { pid, why: why.clone() });
        }
        (Reading::Absent, Some(pid)) if is_gone(source, pid) => {
            return Err(ProbeError::Ended(pid));
        }
        (Reading::Absent, _) if explicit => return Err(fault("no such directory")),
        (Reading::Known(_), _) if !is_a_folder(source, &place) => {
            if explicit {
                return Err(fault("not a directory"));
            }
            is_folder = false;
        }
        _ => {}
    }
    let mount = match mounts {
        Reading::Known(mounts) => match covering(mounts, &resolved) {
            Some(mount) => Reading::Known(mount.clone()),
            None => Reading::Absent,
        },
        Reading::Absent => Reading::Absent,
        Reading::Unknown(why) => Reading::Unknown(why.clone()),
    };
    let owner = if is_folder { source.owner(&format!("{place}/.")) } else { Reading::Absent };
    Ok(ShmPath { asked: target.path.clone(), resolved, mount, statfs, is_folder, owner })
}

/// Whether what is there is a folder. A capture tells it by whose owner it holds: the folder's, or that of another file.
fn is_a_folder(source: &dyn Source, place: &str) -> bool {
    let folder = format!("{place}/.");
    if source.is_capture() {
        return source.owner(&folder).known().is_some() || source.owner(place).known().is_none();
    }
    let is_folder = source.statfs(&folder) != Reading::Absent;
    if !is_folder {
        // For who records what is read here.
        let _ = source.owner(place);
    }
    is_folder
}

/// Follows links as the process itself would, inside its own root. `None` for a loop and for what
/// is longer than any path.
fn resolve(source: &dyn Source, root: &str, path: &str) -> Option<String> {
    let reversed = |path: &str| path.split('/').rev().map(str::to_owned).collect::<Vec<_>>();
    let mut todo = reversed(path);
    let mut done = root.to_owned();
    let mut links = 0_usize;
    while let Some(part) = todo.pop() {
        match part.as_str() {
            "" | "." => {}
            ".." => {
                let end = done.rfind('/').unwrap_or(0).max(root.len());
                done.truncate(end);
            }
            _ => {
                let before = done.len();
                done.push('/');
                done.push_str(&part);
                if let Reading::Known(link) = source.link(&done) {
                    links = links.saturating_add(1);
                    if links > MOST_LINKS || link.len() > LONGEST_PATH {
                        return None;
                    }
                    done.truncate(if link.starts_with('/') { root.len() } else { before });
                    todo.extend(reversed(&link));
                }
                if done.len().saturating_sub(root.len()) > LONGEST_PATH {
                    return None;
                }
            }
        }
    }
    let resolved = done.get(root.len()..).unwrap_or_default();
    Some(if resolved.is_empty() { "/".to_owned() } else { resolved.to_owned() })
}

/// What process 1 of this PID namespace has at the same path, if that is another file system: so
/// it is in a debug container that shares the target's PID namespace.
pub(crate) fn elsewhere(
    source: &dyn Source,
    target: &Target,
    own: u32,
    shm: &ShmPath,
    mountinfo: &Reading<String>,
    cgroup: &CgroupFacts,
) -> Option<Mount> {
    // Where no cgroup is hidden, this is the host and no debug container.
    let contained = cgroup.hidden_ancestors || cgroup.version == CgroupVersion::None;
    if target.pid.is_some() || own == 1 || !contained {
        return None;
    }
    let mine = shm.mount.known()?;
    let text = source.read("/proc/1/mountinfo");
    if text == *mountinfo {
        return None; // the usual case, and cheap
    }
    let mounts = parse_mountinfo(text.known()?);
    // In the machine's PID namespace process 1 is the machine's own, and no target.
    let pids = in_the_machines_pids(source);
    if pids == Some(true) || pids.is_none() && is_of_a_machine(&mounts) {
        return None;
    }
    let theirs = covering(&mounts, &target.path)?;
    let shared_memory = FileSystem::of(None, Some(&theirs.fstype)) == FileSystem::Tmpfs;
    (theirs.device != mine.device && shared_memory && is_below(&theirs.point, "/dev/shm"))
        .then(|| theirs.clone())
}
