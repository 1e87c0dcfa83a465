//! Which other processes were seen that could use the same shared memory, and what was not seen.
//! Must not judge: whether a fill is alone is for `capacity::neighbours`.

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    /// Its name (comm).
    pub name: String,
}

/// What was seen of one thing that processes share. Unknown is not nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Users {
    /// These processes use it, or could not be looked into; the one that looks, its ancestors and its
    /// children are left out. Empty: nobody that was seen.
    Seen(Vec<Process>),
    /// Why nothing is known.
    Unknown(String),
}

/// Who else was seen, and where somebody could hide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Others {
    /// Why processes may exist that /proc does not show; `None` in a PID namespace of its own, whose
    /// /proc hides nothing.
    pub hidden: Option<String>,
    /// This is a container of a pod, whose other containers are not seen.
    pub in_a_pod: bool,
    /// The IPC namespace is the machine's own; `None` where that cannot be told.
    pub machine_ipc: Option<bool>,
    /// Who has the same tmpfs mounted.
    pub tmpfs: Users,
    /// Names in the folder; `None` where they cannot be listed.
    pub names: Option<usize>,
    /// Who is in the same IPC namespace.
    pub ipc: Users,
    /// Who is charged to each level of the memory hierarchy, in the order of its levels.
    pub levels: Vec<Users>,
}

impl Others {
    /// Where nothing could be seen, for the same reason everywhere.
    #[must_use]
    pub(crate) fn unseen(why: &str) -> Others {
        let unknown = || Users::Unknown(why.to_owned());
        Others {
            hidden: Some(why.to_owned()),
            in_a_pod: false,
            machine_ipc: None,
            tmpfs: unknown(),
            names: None,
            ipc: unknown(),
            levels: Vec::new(),
        }
    }
}

/// Programs that start others and use no shared memory themselves: an ancestor of this name is no
/// neighbour. Shells, the init processes of containers, and wrappers of commands.
const STARTERS: [&str; 42] = [
    "sh",
    "bash",
    "dash",
    "ash",
    "ksh",
    "zsh",
    "fish",
    "busybox",
    "init",
    "tini",
    "tini-static",
    "docker-init",
    "dumb-init",
    "catatonit",
    "podman-init",
    "s6-svscan",
    "s6-supervise",
    "runit",
    "runsv",
    "systemd",
    "env",
    "timeout",
    "time",
    "nice",
    "ionice",
    "nohup",
    "setsid",
    "setpriv",
    "chroot",
    "unshare",
    "nsenter",
    "su",
    "su-exec",
    "gosu",
    "sudo",
    "strace",
    "taskset",
    "chrt",
    "prlimit",
    "xargs",
    "watch",
    "shmeter",
];

/// Whether a program of this name only starts others.
#[must_use]
pub(crate) fn starts_others(name: &str) -> bool {
    STARTERS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_and_inits_start_others_and_applications_do_not() {
        assert!(["sh", "tini", "timeout"].into_iter().all(starts_others));
        assert!(!["postgres", "python3", "java", ""].into_iter().any(starts_others));
    }
}
