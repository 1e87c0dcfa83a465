//! What is said of what holds there.

use super::super::{Certainty, Entry, Fix, Meaning};
use super::{ABUNDANT, COMMIT, Limits, PLENTY};
use crate::runs::papers::Ceiling;
use crate::units::{BOUNDLESS, Bytes};

/// Less than this is as good as nothing.
const LITTLE: Bytes = Bytes::mib(1);

/// What a container runtime gives where nobody asks for a size.
const BY_DEFAULT: Bytes = Bytes::mib(64);

impl Limits {
    pub(super) fn say(&self, entry: &Entry, asked: Option<Bytes>) -> Option<String> {
        let told = match entry.meaning {
            Meaning::ShmSize => self.size(asked, entry.certainty),
            Meaning::Sysv => self.sysv(),
            Meaning::Memory if entry.fix == Fix::Memory => self.memory(),
            Meaning::Ambiguous => self.ambiguous(entry),
            Meaning::Inodes => self.inodes(),
            Meaning::NotSharedMemory if entry.fix == Fix::Disk => self.small_tmp(),
            Meaning::Memory | Meaning::Permission | Meaning::NotSharedMemory => None,
        };
        let found = findings_of(entry).iter().filter_map(|id| self.finding(id)?.message.text());
        let all: Vec<String> = told.into_iter().chain(found.map(str::to_owned)).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }

    fn size(&self, asked: Option<Bytes>, certainty: Certainty) -> Option<String> {
        let mount = self.mount();
        let Some((total, free)) = self.df() else {
            return Some(format!("The size of {mount} could not be read."));
        };
        if total == Bytes::ZERO {
            return Some(format!(
                "{mount} has no size limit, so it was another container's, or memory."
            ));
        }
        let has = format!("{mount} has {free} of {total} free now");
        Some(match asked {
            Some(asked) if asked > total => {
                format!(
                    "{mount} has {total} in all, and the message asks for {asked}: it cannot fit."
                )
            }
            Some(asked) if asked > free => {
                format!("{has}, and the message asks for {asked}: it does not fit.")
            }
            _ if free < LITTLE && free < total => {
                format!("{mount} is full: {free} of {total} are free.")
            }
            _ if total <= BY_DEFAULT => {
                format!("{has}; 64 MiB is what runtimes give by default.{}", self.usable(free))
            }
            None if free >= PLENTY && certainty == Certainty::Sure => format!(
                "{has}. That was too little when the message was printed: it was full then, more was asked for, \
                 or it was another container's.{}",
                self.usable(free)
            ),
            None if certainty == Certainty::Ambiguous => format!("{has}.{}", self.usable(free)),
            None if free >= PLENTY && free < ABUNDANT => format!(
                "{has}. That is too little for some programs with several workers or GPUs; if it was not full when the \
                 message was printed, the cause is another one.{}",
                self.usable(free)
            ),
            _ if free >= PLENTY => format!(
                "{has}: its size was not the cause, unless it was full then or it was another \
                 container's.{}",
                self.usable(free)
            ),
            _ => format!("{has}.{}", self.usable(free)),
        })
    }

    /// What df does not know.
    fn usable(&self, free: Bytes) -> String {
        let usable = self.inspect.segments.get("posix").and_then(|one| one.available_bytes.count());
        match usable.map(Bytes) {
            Some(usable) if usable < free && !usable.agrees_with(free) => {
                let by = match self
                    .inspect
                    .segments
                    .get("posix")
                    .map_or("-", |one| one.binding.word())
                {
                    "host-memory" => "the machine's memory",
                    "cgroup-memory" => "the memory limit",
                    other => other,
                };
                format!(" Of these only {usable} really fit: {by}.")
            }
            _ => String::new(),
        }
    }

    fn sysv(&self) -> Option<String> {
        let one = |source: &str| self.ceilings("sysv", source).next();
        let bytes = |ceiling: &Ceiling| match ceiling.limit.count() {
            Some(limit) if limit < BOUNDLESS.0 => Bytes(limit).to_string(),
            _ => "no limit".to_owned(),
        };
        let segments = one("shmmni").map(|ceiling| {
            let used = ceiling.used_bytes.count().unwrap_or_default();
            format!("{used} of {} segments (kernel.shmmni) are in use", ceiling.limit)
        });
        let all = one("shmall").map(|ceiling| match ceiling.limit.count() {
            Some(limit) if limit < BOUNDLESS.0 => {
                let used = Bytes(ceiling.used_bytes.count().unwrap_or_default());
                format!("{used} of {} in all (kernel.shmall)", Bytes(limit))
            }
            _ => "no limit in all (kernel.shmall)".to_owned(),
        });
        let each = one("shmmax").map(|one| format!("{} each (kernel.shmmax)", bytes(one)));
        let told: Vec<String> = [segments, all, each].into_iter().flatten().collect();
        (!told.is_empty()).then(|| format!("System V: {}.", told.join(", ")))
    }

    fn memory(&self) -> Option<String> {
        Some(match self.tightest() {
            Some((room, limit)) => {
                format!("The memory limit is {limit}, of which {room} are left now.")
            }
            None => "No memory limit can be seen from here.".to_owned(),
        })
    }

    /// What there is to choose from.
    fn ambiguous(&self, entry: &Entry) -> Option<String> {
        let tmp = self.small_tmp().filter(|_| entry.patterns.contains(&"{ENOSPC}"));
        let told: Vec<String> =
            [self.size(None, entry.certainty), tmp, self.memory()].into_iter().flatten().collect();
        Some(told.join(" "))
    }

    /// A /tmp in memory, which is full long before a disk is.
    fn small_tmp(&self) -> Option<String> {
        let mounts = &self.facts.as_ref()?.mounts;
        let tmp = mounts.iter().rev().find(|mount| mount.point == "/tmp")?;
        let size = tmp.size_option().filter(|_| tmp.fstype == "tmpfs")?;
        Some(format!("/tmp is a tmpfs of {size}, and no disk."))
    }

    fn inodes(&self) -> Option<String> {
        let ceiling = self.ceilings("posix", "tmpfs-inodes").next()?;
        let used = ceiling.used_bytes.count()?;
        Some(format!("{used} of {} inodes of {} are in use.", ceiling.limit, self.mount()))
    }
}

/// What else inspect says that has to do with it.
fn findings_of(entry: &Entry) -> &'static [&'static str] {
    match (entry.meaning, entry.fix) {
        (_, Fix::Mount | Fix::Permission) => &["not-shared-memory", "cannot-create", "read-only"],
        (_, Fix::Exec) => &["noexec"],
        (_, Fix::Memlock) => &["memlock"],
        (_, Fix::Semaphores) => &["semaphores"],
        (_, Fix::Refused) => &["address-limit", COMMIT],
        (Meaning::Ambiguous, _) => &["oom-killed", COMMIT, "huge-pages-refused"],
        (Meaning::Memory, _) => &["oom-killed", "address-limit"],
        (Meaning::ShmSize, _) => &["not-shared-memory", COMMIT, "inodes-low"],
        _ => &[],
    }
}
