//! Whether a segment can be made at all: the folder's mode and owner against the rights of the process,
//! and what came of an attempt, which security modules and filters of system calls show themselves in.

use nix::errno::Errno;

use super::{Capacity, Certainty, End, Kind, Source};
use crate::facts::attempts::Attempt;
use crate::facts::rights::{IdMap, Namespace, User};
use crate::facts::{Facts, FileSystem, Mount, Owner, Reading};

/// What keeps every segment from being made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    source: Source,
    end: End,
    /// By what.
    origin: String,
}

/// Takes everything from a capacity whose kind cannot be made.
pub(super) fn apply(facts: &Facts, capacity: &mut Capacity) {
    // What is no shared memory, or not there, is told as that.
    if capacity.certainty == Certainty::Unknown {
        return;
    }
    if let Some(Refusal { source, end, origin }) = refusal(facts, capacity.kind) {
        capacity.refuse(source, end, origin);
    }
}

fn refusal(facts: &Facts, kind: Kind) -> Option<Refusal> {
    let attempts = &facts.attempts;
    let attempt = match kind {
        Kind::Posix => &attempts.posix,
        Kind::Sysv => &attempts.sysv,
        Kind::Memfd => &attempts.memfd,
        Kind::Anon => &attempts.anon,
    };
    match attempt.known() {
        Some(Attempt::Made) => None,
        Some(Attempt::Refused(errno)) => Some(refused(facts, kind, *errno)),
        Some(Attempt::Killed) => Some(Refusal {
            source: Source::Refused,
            end: End::Sigsys,
            origin: format!("{}: a seccomp filter kills the process that tries", call(facts, kind)),
        }),
        None => match kind {
            Kind::Posix => by_folder(facts),
            Kind::Sysv => by_kernel(facts),
            Kind::Memfd | Kind::Anon => None,
        },
    }
}

/// The call that makes a segment of a kind.
fn call(facts: &Facts, kind: Kind) -> String {
    match kind {
        Kind::Posix => format!("open in {}", facts.shm.asked),
        Kind::Sysv => "shmget".to_owned(),
        Kind::Memfd => "memfd_create".to_owned(),
        Kind::Anon => "mmap with MAP_SHARED".to_owned(),
    }
}

/// What an attempt ended in, with the reason where the folder tells it.
fn refused(facts: &Facts, kind: Kind, errno: Errno) -> Refusal {
    let by_folder = (kind == Kind::Posix).then(|| by_folder(facts)).flatten();
    let end = match errno {
        Errno::EACCES => End::Eacces,
        Errno::EROFS => End::Erofs,
        Errno::ENOSYS => End::Enosys,
        _ => End::Eperm,
    };
    if let Some(told) = by_folder.filter(|told| told.end == end) {
        return told;
    }
    let source =
        if end == End::Eacces || end == End::Erofs { Source::Permission } else { Source::Refused };
    Refusal { source, end, origin: format!("{}: tried, {errno:?}", call(facts, kind)) }
}

/// What mount and mode say.
fn by_folder(facts: &Facts) -> Option<Refusal> {
    let shm = &facts.shm;
    if shm.mount.known().is_some_and(Mount::read_only) {
        let origin = format!("mount options of {}: ro", shm.asked);
        return Some(Refusal { source: Source::Permission, end: End::Erofs, origin });
    }
    let Denied { owner, user } = Denied::of(facts)?;
    let origin = format!(
        "{}: mode {:04o}, owner {}:{}; the process is {}:{}",
        shm.asked, owner.mode, owner.uid, owner.gid, user.uid, user.gid
    );
    Some(Refusal { source: Source::Permission, end: End::Eacces, origin })
}

/// A folder that a process may not make files in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Denied<'a> {
    pub owner: Owner,
    pub user: &'a User,
}

impl Denied<'_> {
    /// By mode, owner and capabilities; what is not known denies nothing.
    pub(super) fn of(facts: &Facts) -> Option<Denied<'_>> {
        let user = facts.process.user()?;
        let namespace = &facts.process.namespace;
        let (owner, acts_as, from_outside) = match &facts.shm.owner {
            Reading::Known(owner) => (*owner, user.clone(), namespace.seen_from_outside),
            Reading::Absent => {
                (owner_by_mount(facts)?, seen_from_outside(user, namespace, facts)?, true)
            }
            Reading::Unknown(_) => return None,
        };
        let namespace = Namespace { seen_from_outside: from_outside, ..namespace.clone() };
        let denied = !owner.lets_make(&acts_as) && !overrides(&owner, user, &namespace);
        denied.then_some(Denied { owner, user })
    }
}

/// CAP_DAC_OVERRIDE holds for what has an owner and a group in the user namespace
/// (`capable_wrt_inode_uidgid`, kernel/capability.c).
fn overrides(owner: &Owner, user: &User, namespace: &Namespace) -> bool {
    let knows = |map: &Reading<IdMap>, id: u32| {
        map.known().is_none_or(|map| {
            if namespace.seen_from_outside { map.has_outside(id) } else { map.has_inside(id) }
        })
    };
    user.overrides_modes()
        && knows(&namespace.users, owner.uid)
        && knows(&namespace.groups, owner.gid)
}

/// The owner and the mode that a tmpfs was mounted with, where the folder itself was not asked: it shows
/// a mode that is not 1777 (shmem_show_options, mm/shmem.c).
fn owner_by_mount(facts: &Facts) -> Option<Owner> {
    let mount = facts.shm.mount.known()?;
    let whole = mount.root == "/" && mount.point == facts.shm.resolved;
    let tmpfs = FileSystem::of(None, Some(&mount.fstype)) == FileSystem::Tmpfs;
    let mode = mount.option("mode").filter(|_| whole && tmpfs)?;
    let number = |key: &str| mount.option(key).map_or(Some(0), |id| id.parse().ok());
    Some(Owner {
        mode: u32::from_str_radix(mode, 8).ok()?,
        uid: number("uid")?,
        gid: number("gid")?,
    })
}

/// A user as the machine's own user namespace calls it, which mount options speak of; `None` where that
/// cannot be told.
fn seen_from_outside(user: &User, namespace: &Namespace, facts: &Facts) -> Option<User> {
    match (namespace.users.known(), namespace.groups.known()) {
        (Some(users), Some(groups)) => Some(User {
            uid: users.to_outside(user.uid)?,
            gid: groups.to_outside(user.gid)?,
            groups: user.groups.iter().filter_map(|gid| groups.to_outside(*gid)).collect(),
            capabilities: user.capabilities,
        }),
        _ => {
            // Another owner than root may well be this one, in a user namespace that nobody told of.
            let mount = facts.shm.mount.known()?;
            let of_root = mount.option("uid").is_none() && mount.option("gid").is_none();
            of_root.then(|| user.clone())
        }
    }
}

/// A kernel without System V shared memory has none of its files, where it has others.
fn by_kernel(facts: &Facts) -> Option<Refusal> {
    let ipc = &facts.ipc;
    let none = ipc.shmmax == Reading::Absent
        && ipc.shmall == Reading::Absent
        && ipc.shmmni == Reading::Absent
        && ipc.segments == Reading::Absent;
    let has_proc = facts.memory.known().is_some();
    (none && has_proc).then(|| Refusal {
        source: Source::Refused,
        end: End::Enosys,
        origin: "shmget: this kernel has no System V shared memory".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::rights::parse_id_map;

    fn user(uid: u32, gid: u32, groups: &[u32], capabilities: u64) -> User {
        User { uid, gid, groups: groups.to_vec(), capabilities }
    }

    #[test]
    fn a_capability_holds_for_what_the_user_namespace_knows() {
        let map = |text: &str| Reading::Known(parse_id_map(text).unwrap());
        let namespace = |text: &str, seen_from_outside| Namespace {
            users: map(text),
            groups: map(text),
            seen_from_outside,
        };
        let (owner, root) = (Owner { uid: 0, gid: 0, mode: 0o755 }, user(0, 0, &[], 2));
        let whole = namespace("0 0 4294967295", false);
        assert!(overrides(&owner, &root, &whole));
        assert!(!overrides(&owner, &user(0, 0, &[], 1), &whole), "another capability");
        assert!(overrides(&owner, &root, &namespace("0 100000 65536", false)));
        let nobody = Owner { uid: 65534, gid: 65534, mode: 0o755 };
        assert!(!overrides(&nobody, &root, &namespace("0 1000 1", false)));
        // Seen from outside, root of the machine is nobody to the container.
        assert!(!overrides(&owner, &root, &namespace("0 100000 65536", true)));
        let untold =
            Namespace { users: Reading::Absent, groups: Reading::Absent, seen_from_outside: false };
        assert!(overrides(&owner, &root, &untold));
    }
}
