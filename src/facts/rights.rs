//! Who may make a file in a folder: the folder's owner and mode, and the rights of a process.
//! Must not judge: `capacity::rights` does.

use super::{ParseError, Reading};

/// CAP_DAC_OVERRIDE (linux/capability.h).
const DAC_OVERRIDE: u32 = 1;
/// CAP_IPC_LOCK.
const IPC_LOCK: u32 = 14;

/// Whose a folder is, and its mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    pub uid: u32,
    pub gid: u32,
    /// Permissions, set-id bits and the sticky bit; not the type.
    pub mode: u32,
}

impl Owner {
    /// The sticky bit: only its owner removes a file.
    #[must_use]
    pub(crate) const fn is_sticky(&self) -> bool {
        self.mode & 0o1000 != 0
    }

    /// Whether the mode lets a user make files: to write and to search (path_resolution(7)). The first
    /// class that the user is in decides.
    #[must_use]
    pub(crate) fn lets_make(&self, user: &User) -> bool {
        const WRITE_AND_SEARCH: u32 = 0o3;
        let class = if user.uid == self.uid {
            self.mode >> 6
        } else if user.is_in(self.gid) {
            self.mode >> 3
        } else {
            self.mode
        };
        class & WRITE_AND_SEARCH == WRITE_AND_SEARCH
    }
}

/// What a process acts as when it opens a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The file system user, which is the effective one but for NFS servers.
    pub uid: u32,
    pub gid: u32,
    /// Supplementary groups.
    pub groups: Vec<u32>,
    /// Effective capabilities, a bit each.
    pub capabilities: u64,
}

impl User {
    fn has(&self, capability: u32) -> bool {
        self.capabilities.checked_shr(capability).is_some_and(|bits| bits & 1 == 1)
    }

    /// Whether modes do not bind it, in its own user namespace.
    #[must_use]
    pub(crate) fn overrides_modes(&self) -> bool {
        self.has(DAC_OVERRIDE)
    }

    /// Whether RLIMIT_MEMLOCK does not bind it, in the machine's own user namespace.
    #[must_use]
    pub(crate) fn locks_memory(&self) -> bool {
        self.has(IPC_LOCK)
    }

    /// Whether it is in a group.
    #[must_use]
    pub(crate) fn is_in(&self, gid: u32) -> bool {
        self.gid == gid || self.groups.contains(&gid)
    }
}

/// The users or groups of a user namespace: /proc/PID/uid_map, /proc/PID/gid_map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdMap(Vec<Range>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    inside: u32,
    outside: u32,
    count: u32,
}

fn offset(id: u32, first: u32, count: u32) -> Option<u32> {
    id.checked_sub(first).filter(|offset| *offset < count)
}

impl IdMap {
    /// Whether the namespace knows this number, as it is called inside.
    #[must_use]
    pub(crate) fn has_inside(&self, id: u32) -> bool {
        self.0.iter().any(|range| offset(id, range.inside, range.count).is_some())
    }

    /// The same of a number as the parent namespace calls it.
    #[must_use]
    pub(crate) fn has_outside(&self, id: u32) -> bool {
        self.0.iter().any(|range| offset(id, range.outside, range.count).is_some())
    }

    /// How the parent namespace calls a number.
    #[must_use]
    pub(crate) fn to_outside(&self, id: u32) -> Option<u32> {
        self.0
            .iter()
            .find_map(|range| range.outside.checked_add(offset(id, range.inside, range.count)?))
    }

    /// Whether it is that of the machine's own user namespace, which knows all.
    #[must_use]
    pub(crate) fn is_whole(&self) -> bool {
        self.0.iter().any(|range| (range.inside, range.outside, range.count) == (0, 0, u32::MAX))
    }
}

/// Reads /proc/PID/uid_map or gid_map (user_namespaces(7)).
///
/// # Errors
/// When a line has no three numbers. A namespace without any has no lines.
pub fn parse_id_map(text: &str) -> Result<IdMap, ParseError> {
    let range = |line: &str| {
        let mut numbers = line.split_whitespace().map(|word| word.parse::<u32>().ok());
        let mut next = || numbers.next().flatten();
        Some(Range { inside: next()?, outside: next()?, count: next()? })
    };
    let ranges: Option<Vec<Range>> = text.lines().map(range).collect();
    ranges.map(IdMap).ok_or_else(|| ParseError::new("a map of users", text))
}

/// A user namespace, as far as it decides over files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    pub users: Reading<IdMap>,
    pub groups: Reading<IdMap>,
    /// The numbers of the folder are those of the reader, who is in another user namespace.
    pub seen_from_outside: bool,
}

impl Namespace {
    /// Whether it is known not to be the machine's own.
    #[must_use]
    pub(crate) fn is_below_the_machine(&self) -> bool {
        self.users.known().is_some_and(|map| !map.is_whole())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_class_that_a_user_is_in_decides() {
        let user =
            |uid, gid, groups: &[u32]| User { uid, gid, groups: groups.to_vec(), capabilities: 0 };
        for (mode, user, may) in [
            (0o1777, user(9, 9, &[]), true),
            (0o755, user(9, 9, &[]), false),
            (0o755, user(1, 9, &[]), true),
            (0o750, user(9, 2, &[]), false),
            (0o770, user(9, 2, &[]), true),
            (0o770, user(9, 9, &[5, 2]), true),
            (0o770, user(9, 9, &[5]), false),
            // The owner's own bits hold for the owner, whatever others may.
            (0o577, user(1, 2, &[]), false),
            (0o707, user(9, 2, &[]), false),
            // Who may write and not search makes nothing.
            (0o722, user(9, 9, &[]), false),
        ] {
            assert_eq!(Owner { uid: 1, gid: 2, mode }.lets_make(&user), may, "{mode:o} {user:?}");
        }
    }

    #[test]
    fn a_map_tells_how_a_user_is_called_outside() {
        let map = parse_id_map("         0    1000000      65536\n 70000 5 1\n").unwrap();
        assert_eq!(map.to_outside(42), Some(1_000_042));
        assert_eq!((map.to_outside(65536), map.to_outside(70000)), (None, Some(5)));
        assert!(map.has_inside(0) && !map.has_inside(65536));
        assert!(map.has_outside(1_000_000) && !map.has_outside(0) && !map.is_whole());
        assert!(parse_id_map("0 0 4294967295\n").unwrap().is_whole());
        assert!(!parse_id_map("").unwrap().has_inside(0));
        assert!(parse_id_map("0 zero 1").is_err());
    }
}
