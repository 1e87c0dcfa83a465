//! What holds where a message was printed, or where somebody asks: as a document of inspect or of watch says it.

use super::watched::Watched;
use super::{Details, Entry, Fix, Meaning, Refusal};
use crate::capacity::advice::{self, Change, Site, Ulimit};
use crate::capacity::{posix, sizing};
use crate::facts::Facts;
use crate::runs::papers::{Ceiling, Inspect};
use crate::units::{BOUNDLESS, Bytes};

/// Less than this is as good as nothing.
const LITTLE: Bytes = Bytes::mib(1);

/// A message that asks for more than half of this is damaged, or means something else.
const MOST: Bytes = Bytes::mib(1 << 20);

/// What a container runtime gives where nobody asks for a size.
const BY_DEFAULT: Bytes = Bytes::mib(64);

/// So much is too small for none of the messages.
const PLENTY: Bytes = Bytes::mib(1024);

/// What was looked at need not be where it happened.
const ELSEWHERE: &str = "If the program ran in another container, run shmeter explain there, or give a capture of it \
    with --from.";

/// What is known of where it happened.
#[derive(Clone, Debug)]
pub struct Here(Known);

#[derive(Clone, Debug)]
enum Known {
    Limits(Box<Limits>),
    Run(Box<Watched>),
}

/// A container, as an inspect saw it.
#[derive(Clone, Debug)]
struct Limits {
    inspect: Inspect,
    /// What the document was made of: it does not tell enough of who runs the container.
    facts: Option<Facts>,
}

impl Here {
    /// What a document of inspect tells; another text tells nothing.
    #[must_use]
    pub fn of(document: &str) -> Option<Here> {
        let inspect = serde_json::from_str(document).ok()?;
        Some(Here(Known::Limits(Box::new(Limits { inspect, facts: None }))))
    }

    /// What a document of watch tells; another text tells nothing.
    #[must_use]
    pub fn of_watch(document: &str) -> Option<Here> {
        Watched::of(document).map(|run| Here(Known::Run(Box::new(run))))
    }

    /// The same with what the document was made of.
    #[must_use]
    pub fn with(self, facts: &Facts) -> Here {
        Here(match self.0 {
            Known::Limits(limits) => {
                Known::Limits(Box::new(Limits { facts: Some(facts.clone()), ..*limits }))
            }
            run @ Known::Run(_) => run,
        })
    }

    /// What holds here of what an entry is about.
    #[must_use]
    pub fn say(&self, entry: &Entry, asked: Option<Bytes>) -> Option<String> {
        match &self.0 {
            Known::Limits(limits) => limits.say(entry, asked),
            Known::Run(run) => run.say(entry, asked),
        }
    }

    /// Whether the size of the file system here is none that the message could be about.
    #[must_use]
    pub fn is_large_enough(&self, entry: &Entry, asked: Option<Bytes>) -> bool {
        match &self.0 {
            Known::Limits(limits) => entry.meaning == Meaning::ShmSize && limits.has_plenty(asked),
            Known::Run(_) => false,
        }
    }

    /// What to do here.
    #[must_use]
    pub fn fix(&self, entry: &Entry, details: Details) -> Option<String> {
        match &self.0 {
            Known::Limits(limits) => limits.fix(entry, details),
            Known::Run(run) => run.fix(entry),
        }
    }
}

impl Limits {
    fn say(&self, entry: &Entry, asked: Option<Bytes>) -> Option<String> {
        let told = match entry.meaning {
            Meaning::ShmSize => self.size(asked),
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

    /// In the words of whoever runs it, else as inspect advises.
    fn fix(&self, entry: &Entry, details: Details) -> Option<String> {
        if let Some(advised) = self.advised(entry) {
            return Some(advised.to_owned());
        }
        let facts = self.facts.as_ref()?;
        let change = match entry.fix {
            Fix::ShmSize => match larger(facts, details.asked) {
                Change::Size(size) if self.df().is_some_and(|(total, _)| total >= size) => {
                    return Some(self.large_enough(details.asked));
                }
                change => change,
            },
            Fix::Sysv => match self.of_sysv(facts, details.asked) {
                Some(change) => change,
                None => return self.no_limit_of_sysv(),
            },
            Fix::Permission => return self.of_file(details.refusal).map(str::to_owned),
            Fix::Memory => return self.more_memory(facts),
            Fix::Semaphores => Change::Sysctl("kernel.sem", "250 32000 100 1024".to_owned()),
            Fix::Memlock => Change::Unlimited(Ulimit::Memlock),
            Fix::Exec => Change::Executable,
            Fix::Mount => Change::Size(PLENTY),
            _ => return None,
        };
        Some(advice::fix(&Site::of(facts), &change))
    }

    /// That the size was not the cause, and how to go on.
    fn large_enough(&self, asked: Option<Bytes>) -> String {
        let next = if self.has_plenty(asked) {
            "To see whether it fills while the program runs: shmeter watch -- COMMAND."
        } else {
            "See what fills it: shmeter ls."
        };
        format!("{} is large enough here. {next} {ELSEWHERE}", self.mount())
    }

    /// Whether so much is free that no size of it was too small.
    fn has_plenty(&self, asked: Option<Bytes>) -> bool {
        self.df().is_some_and(|(total, free)| {
            let is_nearly_empty = free >= total.scaled(1, 2);
            is_nearly_empty && free >= PLENTY && asked.is_none_or(|asked| asked <= free)
        })
    }

    /// Which limit of System V is reached, or is less than what was asked for.
    fn of_sysv(&self, facts: &Facts, asked: Option<Bytes>) -> Option<Change> {
        let numbers = |source: &str| {
            let one = self.ceilings("sysv", source).next()?;
            let limit = one.limit.count().filter(|limit| *limit < BOUNDLESS.0)?;
            Some((limit, one.used_bytes.count().unwrap_or_default()))
        };
        if let Some((limit, used)) = numbers("shmmni").filter(|(limit, used)| used >= limit) {
            return Some(Change::Sysctl(
                "kernel.shmmni",
                used.max(limit).saturating_mul(2).to_string(),
            ));
        }
        let asked = asked?;
        let wanted = Bytes::mib(asked.0.div_ceil(1 << 20));
        if numbers("shmmax").is_some_and(|(limit, _)| asked.0 > limit) {
            return Some(Change::Sysctl("kernel.shmmax", wanted.0.to_string()));
        }
        let (_, used) =
            numbers("shmall").filter(|(limit, used)| asked.0.saturating_add(*used) > *limit)?;
        let pages = wanted.0.saturating_add(used).div_ceil(facts.page_size.bytes());
        Some(Change::Sysctl("kernel.shmall", pages.to_string()))
    }

    /// Twice the limit, in the words of whoever runs it.
    fn more_memory(&self, facts: &Facts) -> Option<String> {
        let (_, limit) = self.tightest()?;
        let change = Change::Memory(Bytes::mib(limit.0.saturating_mul(2).div_ceil(1 << 20)));
        let more = advice::fix(&Site::of(facts), &change);
        Some(format!(
            "Raise the memory limit, for example to twice as much:\n{more}\nor use less: heap, workers, files in \
             /dev/shm."
        ))
    }

    /// That none of them was the cause.
    fn no_limit_of_sysv(&self) -> Option<String> {
        let is_far = |source: &str| {
            self.ceilings("sysv", source).next().is_some_and(|one| {
                let limit = one.limit.count().unwrap_or(u64::MAX);
                limit >= BOUNDLESS.0 || one.used_bytes.count().unwrap_or_default() < limit / 2
            })
        };
        let is_bounded = |source: &str| {
            let one = self.ceilings("sysv", source).next();
            one.and_then(|one| one.limit.count()).is_some_and(|limit| limit < BOUNDLESS.0)
        };
        let is_none = is_far("shmmni") && is_far("shmall") && !is_bounded("shmmax");
        is_none.then(|| {
            format!(
                "No limit of System V is reached here now: ipcs -m shows the segments. {ELSEWHERE}"
            )
        })
    }

    /// Of a file that was refused, where the folder itself is in order.
    fn of_file(&self, refusal: Option<Refusal>) -> Option<&'static str> {
        let is_odd = ["not-shared-memory", "cannot-create", "read-only"]
            .iter()
            .any(|id| self.finding(id).is_some());
        (refusal == Some(Refusal::Denied) && !is_odd).then_some(
            "The folder itself may be written to here. Look at the owner of the file (ls -l /dev/shm), and whether a \
             security module denies it: dmesg | grep -i denied.",
        )
    }

    /// What inspect found that has to do with it, and advises.
    fn advised(&self, entry: &Entry) -> Option<&str> {
        let ids: &[&str] = match entry.fix {
            Fix::ShmSize | Fix::Mount => {
                &["not-shared-memory", "shm-full", "size-not-applied", "kill-before-enospc"]
            }
            Fix::Permission => &["not-shared-memory", "cannot-create", "read-only"],
            Fix::Memlock => &["memlock"],
            Fix::Exec => &["noexec"],
            Fix::Semaphores => &["semaphores"],
            // Where memory is short somewhere else, these are no cause.
            _ if entry.meaning == Meaning::Ambiguous => &["huge-pages-refused"],
            _ if entry.meaning == Meaning::Memory => &["address-limit"],
            _ => &[],
        };
        ids.iter().find_map(|id| self.finding(id)?.fix.text())
    }

    fn finding(&self, id: &str) -> Option<&crate::runs::papers::Finding> {
        self.inspect.findings.iter().find(|finding| finding.id.text() == Some(id))
    }

    fn mount(&self) -> &str {
        self.inspect.subject.mount.text().unwrap_or("/dev/shm")
    }

    /// Bytes in all, and free ones.
    fn df(&self) -> Option<(Bytes, Bytes)> {
        let df = &self.inspect.df;
        Some((Bytes(df.total_bytes.count()?), Bytes(df.available_bytes.count()?)))
    }

    fn size(&self, asked: Option<Bytes>) -> Option<String> {
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
            _ if free < LITTLE => format!("{mount} is full: {free} of {total} are free."),
            _ if total <= BY_DEFAULT => {
                format!("{has}; 64 MiB is what runtimes give by default.{}", self.usable(free))
            }
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
                let by = self.inspect.segments.get("posix").map_or("-", |one| one.binding.word());
                format!(" Of these only {usable} really fit: {by}.")
            }
            _ => String::new(),
        }
    }

    fn ceilings(&self, kind: &str, source: &str) -> impl Iterator<Item = &Ceiling> {
        let of = self.inspect.segments.get(kind).into_iter().flat_map(|segment| &segment.ceilings);
        of.filter(move |ceiling| ceiling.source.text() == Some(source))
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

    /// The memory limit whose room is least: that room, and the limit.
    fn tightest(&self) -> Option<(Bytes, Bytes)> {
        let levels = self.ceilings("anon", "cgroup-memory");
        let known = levels
            .filter_map(|one| Some((one.headroom_bytes.count()?, one.limit.count()?)))
            .filter(|(_, limit)| *limit < BOUNDLESS.0);
        known.min().map(|(room, limit)| (Bytes(room), Bytes(limit)))
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
        let tmp = self.small_tmp().filter(|_| entry.id == "errno-28");
        let told: Vec<String> =
            [self.size(None), tmp, self.memory()].into_iter().flatten().collect();
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

/// A size that memory has room for, as inspect suggests it, or a higher limit too where a message asks for more.
fn larger(facts: &Facts, asked: Option<Bytes>) -> Change {
    let (wanted, posix) = (enough(asked), posix::capacity(facts));
    match sizing::safe_size(facts, &posix, None) {
        Some(fits) if fits < wanted && asked.is_some_and(|asked| asked > fits) => {
            Change::Both { shm: wanted, memory: sizing::memory_for(facts, &posix, wanted, None) }
        }
        Some(fits) => Change::Size(fits.min(wanted)),
        None => Change::Size(wanted),
    }
}

/// Twice what was asked for, and not less than what most need.
fn enough(asked: Option<Bytes>) -> Bytes {
    asked.map_or(PLENTY, |asked| asked.saturating_mul(2).min(MOST)).max(PLENTY)
}

/// What else inspect says that has to do with it.
fn findings_of(entry: &Entry) -> &'static [&'static str] {
    match (entry.meaning, entry.fix) {
        (_, Fix::Mount | Fix::Permission) => &["not-shared-memory", "cannot-create", "read-only"],
        (_, Fix::Exec) => &["noexec"],
        (_, Fix::Memlock) => &["memlock"],
        (_, Fix::Semaphores) => &["semaphores"],
        (Meaning::Ambiguous, _) => &["oom-killed", "huge-pages-refused"],
        (Meaning::Memory, _) => &["oom-killed", "address-limit"],
        (Meaning::ShmSize, _) => &["not-shared-memory", "inodes-low"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::entries;
    use super::*;

    fn here(total: u64, free: u64, more: &str) -> Here {
        let text = format!(
            r#"{{"subject": {{"mount": "/dev/shm"}}, "df": {{"total_bytes": {total}, "available_bytes": {free}}}, {more}}}"#
        );
        Here::of(&text).unwrap()
    }

    fn said(here: &Here, id: &str, asked: Option<u64>) -> String {
        let entry = entries().find(|entry| entry.id == id).unwrap();
        here.say(entry, asked.map(Bytes)).unwrap_or_default()
    }

    const MIB: u64 = 1 << 20;

    #[test]
    fn the_size_of_dev_shm_is_held_against_what_the_message_asks_for() {
        let small = here(64 * MIB, 60 * MIB, r#""segments": {}"#);
        let asks = |asked| said(&small, "postgresql-dsm-resize", Some(asked));
        assert_eq!(
            asks(67_244_032 + MIB),
            "/dev/shm has 64.0 MiB in all, and the message asks for 65.1 MiB: it cannot fit."
        );
        assert!(asks(62 * MIB).contains("it does not fit"));
        assert!(asks(MIB).contains("64 MiB is what runtimes give by default"));
        let full = here(64 * MIB, 0, r#""segments": {}"#);
        let said_of_full = said(&full, "pytorch-worker-bus", None);
        assert_eq!(said_of_full, "/dev/shm is full: 0 B of 64.0 MiB are free.");
        let large = here(12 << 30, 12 << 30, r#""segments": {}"#);
        assert!(said(&large, "nccl-shm-enospc", None).contains("was not the cause, unless"));
    }

    #[test]
    fn what_df_overstates_is_said() {
        let more =
            r#""segments": {"posix": {"available_bytes": 104857600, "binding": "cgroup-memory"}}"#;
        let here = here(12 << 30, 12 << 30, more);
        assert!(
            said(&here, "frigate-shm", None).ends_with("only 100.0 MiB really fit: cgroup-memory.")
        );
    }

    #[test]
    fn limits_of_system_v_and_of_memory_are_said_where_a_message_is_about_them() {
        let more = r#""segments": {"sysv": {"ceilings": [
                {"source": "shmmni", "limit": 4096, "used_bytes": 4096, "unit": "segments"},
                {"source": "shmall", "limit": 18446744073692770304, "used_bytes": 0},
                {"source": "shmmax", "limit": 33554432}]},
              "anon": {"ceilings": [
                {"source": "cgroup-memory", "limit": 536870912, "headroom_bytes": 1048576},
                {"source": "cgroup-memory", "limit": "unlimited", "headroom_bytes": "unlimited"}]}}"#;
        let here = here(64 * MIB, 64 * MIB, more);
        assert_eq!(
            said(&here, "ucx-shmget-enospc", None),
            "System V: 4096 of 4096 segments (kernel.shmmni) are in use, no limit in all \
             (kernel.shmall), 32.0 MiB each (kernel.shmmax)."
        );
        assert_eq!(
            said(&here, "kernel-oom-cgroup", None),
            "The memory limit is 512.0 MiB, of which 1.0 MiB are left now."
        );
        let both = said(&here, "bus-error", None);
        assert!(both.contains("/dev/shm has") && both.contains("The memory limit is"), "{both}");
        assert_eq!(said(&here, "cuda-memory", None), "");
    }

    #[test]
    fn findings_of_inspect_are_joined_with_what_a_message_is_about() {
        let more = r#""findings": [
            {"id": "oom-killed", "message": "3 processes were killed.", "fix": null},
            {"id": "shm-full", "message": "64 MiB.", "fix": "docker run --shm-size=1g ..."}]"#;
        let here = here(64 * MIB, 64 * MIB, more);
        assert!(said(&here, "killed", None).ends_with("3 processes were killed."));
        let entry = entries().find(|entry| entry.id == "frigate-shm").unwrap();
        assert_eq!(
            here.fix(entry, Details::default()).as_deref(),
            Some("docker run --shm-size=1g ...")
        );
    }

    #[test]
    fn what_inspect_found_says_the_fix() {
        let more = r#""findings": [
            {"id": "read-only", "message": "It is read-only.", "fix": "mount -o remount,rw /dev/shm"},
            {"id": "huge-pages-refused", "message": "No huge pages.", "fix": "limits: hugepages-2Mi"},
            {"id": "address-limit", "message": "4 GiB.", "fix": "ulimit -v unlimited"}]"#;
        let here = here(64 * MIB, 64 * MIB, more);
        let fix = |id: &str| {
            let entry = entries().find(|entry| entry.id == id).unwrap();
            (here.fix(entry, Details::default()), here.say(entry, None).unwrap_or_default())
        };
        let refused = entries().find(|entry| entry.fix == Fix::Permission).unwrap();
        for (id, fixed, said) in [
            (refused.id, "mount -o remount,rw /dev/shm", "It is read-only."),
            ("bus-error", "limits: hugepages-2Mi", "No huge pages."),
            ("errno-12", "ulimit -v unlimited", "4 GiB."),
        ] {
            let (fix, told) = fix(id);
            assert_eq!(fix.as_deref(), Some(fixed), "{id}");
            assert!(told.contains(said), "{id}: {told}");
        }
    }

    #[test]
    fn a_larger_size_has_room_for_what_was_asked_for() {
        assert_eq!(enough(None), Bytes::mib(1024));
        assert_eq!(enough(Some(Bytes::mib(3000))), Bytes::mib(6000));
        assert_eq!(enough(Some(Bytes(u64::MAX))), MOST);
    }

    #[test]
    fn a_document_of_any_form_is_survived() {
        assert!(Here::of("no document").is_none());
        let here =
            Here::of(r#"{"df": {"total_bytes": "many"}, "segments": {"sysv": {}}}"#).unwrap();
        for entry in entries() {
            let _ = here.say(entry, Some(Bytes(u64::MAX)));
        }
    }
}
