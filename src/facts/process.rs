//! A process's own limits and rights, and the processes beside it.

use super::rights::{Namespace, User};
use super::{ParseError, Reading};
use crate::units::{Bytes, Limit};

/// CAP_SYS_ADMIN (linux/capability.h).
const CAP_SYS_ADMIN: u32 = 21;

/// CAP_SYS_RESOURCE (linux/capability.h).
const CAP_SYS_RESOURCE: u32 = 24;

/// What a process may do and how the kernel would treat it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessFacts {
    /// RLIMIT_FSIZE, the soft limit.
    pub file_size: Reading<Limit>,
    /// RLIMIT_AS, the soft limit.
    pub addresses: Reading<Limit>,
    /// RLIMIT_MEMLOCK, the soft limit.
    pub locked: Reading<Limit>,
    /// How far it may raise these itself.
    pub hard: HardLimits,
    /// /proc/PID/oom_score_adj; -1000 cannot be killed.
    pub oom_score_adj: Reading<i64>,
    pub status: Reading<Status>,
    /// Its user namespace.
    pub namespace: Namespace,
}

impl ProcessFacts {
    /// Whether it may lift a limit of its own: beyond the hard one the kernel asks for CAP_SYS_RESOURCE in the
    /// machine's own user namespace (`do_prlimit`, kernel/sys.c). What is not known may be so.
    #[must_use]
    pub(crate) fn may_lift(&self, hard: Option<Limit>) -> bool {
        let is_free = !matches!(hard, Some(Limit::At(_)));
        let may = |status: &Status| status.has(CAP_SYS_RESOURCE);
        is_free || self.status.known().is_none_or(may) && !self.namespace.is_below_the_machine()
    }

    /// What it acts as, where that is known.
    #[must_use]
    pub(crate) fn user(&self) -> Option<&User> {
        self.status.known()?.user.as_ref()
    }
}

/// Of /proc/PID/status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The process's number in its own PID namespace.
    pub pid: u32,
    /// Effective user.
    pub euid: u32,
    /// Effective capabilities, a bit each.
    pub capabilities: u64,
    /// What it and its children can ever get: the bounding set, a bit each; `None` where it is not told.
    pub bounding: Option<u64>,
    /// Pages in its address space, in bytes.
    pub virtual_size: Bytes,
    /// What it acts as; `None` where a line of that is missing.
    pub user: Option<User>,
}

impl Status {
    /// Whether it may use the memory that is reserved for administrators.
    #[must_use]
    pub(crate) fn is_admin(&self) -> bool {
        self.has(CAP_SYS_ADMIN)
    }

    /// Whether root in its place may mount: the kernel asks for CAP_SYS_ADMIN, which it may have lost for good.
    #[must_use]
    pub(crate) fn may_ever_mount(&self) -> bool {
        self.bounding
            .is_none_or(|set| set.checked_shr(CAP_SYS_ADMIN).is_some_and(|bits| bits & 1 == 1))
    }

    /// Whether it may mount file systems, in its own user namespace.
    #[must_use]
    pub(crate) fn may_mount(&self) -> bool {
        self.has(CAP_SYS_ADMIN)
    }

    /// Whether it may look into processes of others, in its own user namespace.
    #[must_use]
    pub(crate) fn traces_others(&self) -> bool {
        const CAP_SYS_PTRACE: u32 = 19;
        self.has(CAP_SYS_PTRACE)
    }

    fn has(&self, capability: u32) -> bool {
        self.capabilities.checked_shr(capability).is_some_and(|bits| bits & 1 == 1)
    }
}

/// Another process of the same cgroup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    pub pid: u32,
    pub name: String,
    /// Resident memory.
    pub resident: Bytes,
    /// How the OOM killer weighs it.
    pub oom_score_adj: i64,
}

/// Reads the `Max file size` line of /proc/PID/limits.
///
/// # Errors
/// When the line is missing or holds no number.
pub fn parse_file_size_limit(text: &str) -> Result<Limit, ParseError> {
    parse_limit(text, "Max file size")
}

/// Reads the `Max address space` line of it.
///
/// # Errors
/// As above.
pub fn parse_address_limit(text: &str) -> Result<Limit, ParseError> {
    parse_limit(text, "Max address space")
}

/// Reads the `Max locked memory` line of it.
///
/// # Errors
/// As above.
pub fn parse_locked_limit(text: &str) -> Result<Limit, ParseError> {
    parse_limit(text, "Max locked memory")
}

/// Hard limits; `None` where they are not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HardLimits {
    /// RLIMIT_FSIZE.
    pub file_size: Option<Limit>,
    /// RLIMIT_AS.
    pub addresses: Option<Limit>,
    /// RLIMIT_MEMLOCK.
    pub locked: Option<Limit>,
}

impl HardLimits {
    /// Reads them of /proc/PID/limits.
    #[must_use]
    pub fn parse(text: &str) -> HardLimits {
        let hard = |name| limit_of(text, name, 1).ok();
        HardLimits {
            file_size: hard("Max file size"),
            addresses: hard("Max address space"),
            locked: hard("Max locked memory"),
        }
    }
}

fn parse_limit(text: &str, name: &str) -> Result<Limit, ParseError> {
    limit_of(text, name, 0)
}

fn limit_of(text: &str, name: &str, column: usize) -> Result<Limit, ParseError> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name));
    match rest.and_then(|rest| rest.split_whitespace().nth(column)) {
        Some("unlimited") => Ok(Limit::Unlimited),
        Some(number) => number
            .parse()
            .map(|n| Limit::At(Bytes(n)))
            .map_err(|_| ParseError::new("a limit of a process", number)),
        None => Err(ParseError::new("the limits of a process", text)),
    }
}

/// The `oom_score_adj` of what cannot be killed (OOM_SCORE_ADJ_MIN, linux/oom.h).
pub(crate) const UNKILLABLE: i64 = -1000;

/// Reads oom_score_adj.
///
/// # Errors
/// When it is no number.
pub fn parse_score(text: &str) -> Result<i64, ParseError> {
    text.trim().parse().map_err(|_| ParseError::new("a number", text))
}

/// Reads /proc/PID/status.
///
/// # Errors
/// When it has no `Pid:` line.
pub fn parse_status(text: &str) -> Result<Status, ParseError> {
    let mut status = Status::default();
    let mut found = false;
    let (mut uid, mut gid, mut groups, mut capabilities) = (None, None, Vec::new(), None);
    // The real, the effective, the saved one, and that of file systems.
    let fourth = |rest: &str| rest.split_whitespace().nth(3)?.parse::<u32>().ok();
    for line in text.lines() {
        let Some((key, rest)) = line.split_once(':') else { continue };
        let mut words = rest.split_whitespace();
        match key {
            "Pid" => {
                if let Some(pid) = words.next().and_then(|word| word.parse().ok()) {
                    (status.pid, found) = (pid, true);
                }
            }
            "Uid" => {
                status.euid = words.nth(1).and_then(|w| w.parse().ok()).unwrap_or(u32::MAX);
                uid = fourth(rest);
            }
            "Gid" => gid = fourth(rest),
            "Groups" => groups = words.filter_map(|word| word.parse().ok()).collect(),
            "VmSize" => {
                status.virtual_size =
                    Bytes::kib(words.next().and_then(|w| w.parse().ok()).unwrap_or(0));
            }
            "CapEff" => {
                capabilities = words.next().and_then(|w| u64::from_str_radix(w, 16).ok());
                status.capabilities = capabilities.unwrap_or(0);
            }
            "CapBnd" => {
                status.bounding = words.next().and_then(|w| u64::from_str_radix(w, 16).ok());
            }
            _ => {}
        }
    }
    if let (Some(uid), Some(gid), Some(capabilities)) = (uid, gid, capabilities) {
        status.user = Some(User { uid, gid, groups, capabilities });
    }
    if found { Ok(status) } else { Err(ParseError::new("the status of a process", text)) }
}

/// Of /proc/PID/stat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessStat {
    pub name: String,
    /// R, S, D, T and others (proc_pid_stat(5)).
    pub state: char,
    pub parent: u32,
    /// When it started, in ticks since the machine did.
    pub started: Option<u64>,
}

/// Reads /proc/PID/stat. The name stands in brackets and may hold some itself (proc_pid_stat(5)).
///
/// # Errors
/// When it has no name or no parent.
pub fn parse_stat(text: &str) -> Result<ProcessStat, ParseError> {
    let stat = || {
        let (head, rest) = text.rsplit_once(") ")?;
        let (_, name) = head.split_once('(')?;
        // The third of all fields and those behind it.
        let mut fields = rest.split_whitespace();
        let state = fields.next()?.chars().next()?;
        let parent = fields.next()?.parse().ok()?;
        // The 22nd.
        let started = fields.nth(17).and_then(|word| word.parse().ok());
        Some(ProcessStat { name: name.to_owned(), state, parent, started })
    };
    stat().ok_or_else(|| ParseError::new("the state of a process", text))
}

/// Reads /proc/PID/statm: the resident pages.
///
/// # Errors
/// When there is no second number.
pub fn parse_resident_pages(text: &str) -> Result<u64, ParseError> {
    text.split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .ok_or_else(|| ParseError::new("the memory of a process", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_file_size_limit_is_read() {
        let text =
            "Limit  Soft Limit  Hard Limit  Units\nMax file size  1048576  unlimited  bytes\n";
        assert_eq!(parse_file_size_limit(text), Ok(Limit::At(Bytes::mib(1))));
        assert!(parse_file_size_limit("Max cpu time unlimited").is_err());
    }

    #[test]
    fn a_state_a_parent_and_a_start_are_read_behind_any_name() {
        let stat = |name: &str, state, parent, started| {
            Ok(ProcessStat { name: name.to_owned(), state, parent, started })
        };
        assert_eq!(parse_stat("7 (sh) S 1 7 7 0"), stat("sh", 'S', 1, None));
        assert_eq!(parse_stat("7 (a) R 9 (b) T 12 7"), stat("a) R 9 (b", 'T', 12, None));
        let text = "500 (a) 1 2 (b) S 400 500 500 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 1 0 7777 10";
        assert_eq!(parse_stat(text), stat("a) 1 2 (b", 'S', 400, Some(7777)));
        assert!(["7 (sh", "500 (a)", ""].into_iter().all(|text| parse_stat(text).is_err()));
    }

    #[test]
    fn a_user_is_known_only_where_all_of_it_is_told() {
        let text = "Pid:\t7\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t27 100 \nCapEff:\t02\n";
        let user = parse_status(text).unwrap().user.unwrap();
        assert_eq!((user.uid, user.gid, user.groups.as_slice()), (4, 8, &[27, 100][..]));
        assert!(user.overrides_modes() && !user.locks_memory());
        assert!(user.is_in(8) && user.is_in(100) && !user.is_in(7));
        let without = text.replace("CapEff", "CapBnd");
        assert_eq!(parse_status(&without).unwrap().user, None);
    }

    #[test]
    fn an_administrator_is_known_by_a_capability_bit() {
        let status =
            parse_status("Pid:\t7\nUid:\t0\t5\t0\t0\nCapEff:\t0000000000200000\n").unwrap();
        assert_eq!((status.pid, status.euid, status.is_admin()), (7, 5, true));
        let docker = parse_status("Pid:\t7\nCapEff:\t00000000a80425fb\n").unwrap();
        assert!(!docker.is_admin() && !docker.traces_others());
        assert!(parse_status("Pid:\t7\nCapEff:\t0000000000080000\n").unwrap().traces_others());
    }
}
