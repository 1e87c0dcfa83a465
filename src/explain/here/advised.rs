//! What to do there: what inspect advises, else in the words of whoever runs the container.

use super::super::{Beyond, Details, Entry, Fix, Meaning, Refusal};
use super::{COMMIT, Limits, PLENTY};
use crate::capacity::advice::{self, Change, Site, Ulimit};
use crate::capacity::findings::namespace;
use crate::capacity::{Source, assess, posix, sizing};
use crate::facts::{Facts, FileSystem, Manager, Runtime};
use crate::units::{BOUNDLESS, Bytes, Limit};

/// A message that asks for more than half of this is damaged, or means something else.
const MOST: Bytes = Bytes::mib(1 << 20);

/// What was looked at need not be where it happened.
const ELSEWHERE: &str = "If the program ran in another container, run shmeter explain there, or give a capture of it \
    with --from.";

impl Limits {
    /// In the words of whoever runs it, else as inspect advises.
    pub(super) fn fix(&self, entry: &Entry, details: Details) -> Option<String> {
        if let Some(advised) = self.advised(entry) {
            return Some(advised.to_owned());
        }
        let facts = self.facts.as_ref()?;
        let change = match entry.fix {
            Fix::ShmSize => match larger(facts, entry, details.asked) {
                Change::Size(size)
                    if self.df().is_some_and(|(total, _)| {
                        total >= size || details.asked.is_none() && total >= PLENTY
                    }) =>
                {
                    return Some(
                        match self.df().filter(|_| self.may_be_small(entry, details.asked)) {
                            Some((total, _)) => still_larger(facts, total),
                            None => self.large_enough(details.asked),
                        },
                    );
                }
                change => change,
            },
            Fix::Sysv => match self.of_sysv(facts, details.asked) {
                Some(change) => change,
                // A request that was refused leaves nothing in use.
                None => {
                    return small_limits(facts, details.beyond).or_else(|| self.no_limit_of_sysv());
                }
            },
            Fix::SameIpc if facts.runtime.manager == Some(Manager::Flatpak) => {
                return Some(
                    "For System V, as X11's MIT-SHM has it: flatpak override --user --share=ipc APP; for files in /dev/shm: \
                     --device=shm."
                        .to_owned(),
                );
            }
            Fix::SameIpc | Fix::Permission if details.refusal == Some(Refusal::Missing) => {
                return self.gone(facts);
            }
            Fix::Permission => return self.of_file(details.refusal).map(str::to_owned),
            Fix::Memory => return self.more_memory(facts),
            Fix::Sysctl => Change::Sysctl(details.setting?, "VALUE".to_owned()),
            Fix::Refused => return too_much(facts, details.asked),
            Fix::Mount if !self.is_odd() && self.is_tmpfs(facts) => {
                if details.refusal == Some(Refusal::Missing) {
                    return Some(format!(
                        "{} is there here, so it happened elsewhere. {ELSEWHERE}",
                        self.mount()
                    ));
                }
                return Some(format!(
                    "{} is a tmpfs here, and files can be made in it: another call is missing then (a seccomp filter, gVisor, \
                     an old kernel). {ELSEWHERE}",
                    self.mount()
                ));
            }
            // Inspect has nothing to say of them.
            Fix::Semaphores => return no_limit_of_semaphores(facts),
            Fix::Memlock if facts.process.locked.known() == Some(&Limit::Unlimited) => {
                return Some(format!(
                    "No limit on locked memory is set here: it was somewhere else, or something else refused it, as a network card \
                     does that has no room for more regions (dmesg). {ELSEWHERE}"
                ));
            }
            Fix::Memlock => Change::Unlimited(Ulimit::Memlock),
            Fix::Exec => Change::Executable,
            Fix::HugePages => return huge_pages(facts),
            _ if entry.meaning == Meaning::Ambiguous => return self.if_it_is_small(entry),
            // A size is for what is mounted: the words of the fix mount it.
            _ => return None,
        };
        Some(advice::fix(&Site::of(facts), &change))
    }

    /// What inspect found that has to do with it, and advises.
    fn advised(&self, entry: &Entry) -> Option<&str> {
        let ids: &[&str] = match entry.fix {
            Fix::ShmSize => {
                &["not-shared-memory", "shm-full", COMMIT, "size-not-applied", "kill-before-enospc"]
            }
            Fix::Mount => &["not-shared-memory"],
            // A sandbox's own has no file of others, whatever their modes.
            Fix::Permission => &["sandbox-shm", "not-shared-memory", "cannot-create", "read-only"],
            Fix::Memlock => &["memlock"],
            Fix::Exec => &["noexec"],
            Fix::Semaphores => &["semaphores"],
            Fix::Refused => &["address-limit", COMMIT],
            // Where memory is short somewhere else, these are no cause.
            _ if entry.meaning == Meaning::Ambiguous => &[COMMIT, "huge-pages-refused"],
            _ if entry.meaning == Meaning::Memory => &["address-limit"],
            _ => &[],
        };
        ids.iter().find_map(|id| self.finding(id)?.fix.text())
    }

    /// What inspect advises of a small or full /dev/shm, where that is one of the causes.
    fn if_it_is_small(&self, entry: &Entry) -> Option<String> {
        // Some name it to say what tells it apart: a killed worker needs no larger one.
        let is_one = entry.text.contains("/dev/shm") && !entry.not.contains("/dev/shm");
        let fix =
            ["shm-full", "runtime-default"].iter().find_map(|id| self.finding(id)?.fix.text());
        let fix = fix.filter(|_| is_one)?;
        let is = if self.finding("shm-full").is_some() { "full or nearly" } else { "small" };
        Some(format!("If it was {}, which is {is} here:\n{fix}", self.mount()))
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
                "No limit of System V is reached here now: it was then, or somewhere else, or the error was another one (the lines \
                 around it name it); ipcs -m shows the segments. {ELSEWHERE}"
            )
        })
    }

    /// Twice the limit, in the words of whoever runs it.
    fn more_memory(&self, facts: &Facts) -> Option<String> {
        let Some((_, limit)) = self.tightest() else {
            let limit = match facts.cgroup.hidden_ancestors {
                true => {
                    "A limit that cannot be seen from here may be set (of the job, the pod, the machine): raise that"
                }
                false => "There is no memory limit to raise here: take a machine with more memory",
            };
            return Some(format!(
                "{limit}, or use less: heap, workers, files in /dev/shm. {ELSEWHERE}"
            ));
        };
        let change = Change::Memory(Bytes::mib(limit.0.saturating_mul(2).div_ceil(1 << 20)));
        let more = advice::fix(&Site::of(facts), &change);
        Some(format!(
            "Raise the memory limit, for example to twice as much:\n{more}\nor use less: heap, workers, files in \
             /dev/shm."
        ))
    }

    /// What else made a file be missing, where the folder is there.
    fn gone(&self, facts: &Facts) -> Option<String> {
        if self.is_odd() {
            return None;
        }
        let site = Site::of(facts);
        let other = match site.runtime {
            runtime if !runtime.is_container() => {
                return Some(
                    "Find out why it is gone: the program that makes it failed or ended first (see its messages; shmeter ls), \
                     or systemd removed it when the last session of its user ended: RemoveIPC=no in \
                     /etc/systemd/logind.conf, or loginctl enable-linger USER. A program in a container or a sandbox has \
                     another /dev/shm."
                        .to_owned(),
                );
            }
            _ if site.pod => {
                "both in one pod, and with the same volume at /dev/shm if they have one"
            }
            Runtime::Podman => {
                "podman run --ipc=container:NAME, or both in one pod, which shares it since Podman 2.2"
            }
            Runtime::Docker | Runtime::Oci => {
                "docker run --ipc=container:NAME, and the other one with --ipc=shareable"
            }
            _ => "both in one container, or with the same folder mounted at /dev/shm",
        };
        Some(format!(
            "{} is there, so find out why the file is not: the program that makes it failed or ended first (see its messages; \
             shmeter ls), or runs elsewhere and has another /dev/shm ({other}).",
            self.mount()
        ))
    }

    fn is_tmpfs(&self, facts: &Facts) -> bool {
        posix::file_system(facts) == FileSystem::Tmpfs
            && self.df().is_some_and(|(total, _)| total > Bytes::ZERO)
    }

    /// Whether something is wrong with the folder itself.
    fn is_odd(&self) -> bool {
        ["not-shared-memory", "cannot-create", "read-only"]
            .iter()
            .any(|id| self.finding(id).is_some())
    }

    /// Of a file that was refused, where the folder itself is in order.
    fn of_file(&self, refusal: Option<Refusal>) -> Option<&'static str> {
        (refusal == Some(Refusal::Denied) && !self.is_odd()).then_some(
            "The folder itself may be written to here. Look at the owner of the file (ls -l /dev/shm), and whether a \
             security module denies it: dmesg | grep -i denied. If it happened elsewhere, look at ls -ld /dev/shm there (it \
             needs mode 1777), or run shmeter explain there.",
        )
    }
}

/// A size that memory has room for, as inspect suggests it, or a higher limit too where a message asks for more.
fn larger(facts: &Facts, entry: &Entry, asked: Option<Bytes>) -> Change {
    let wanted = enough(asked).max(entry.enough).saturating_add(in_use(facts));
    let posix = posix::capacity(facts);
    match sizing::safe_size(facts, &posix, None) {
        // Memory is short: as much as was asked for, and no more than a little.
        Some(fits) if fits < wanted && asked.is_some_and(|asked| asked > fits) => {
            let least = asked.unwrap_or_default().scaled(9, 8).saturating_add(in_use(facts));
            let shm = Bytes::mib(least.0.div_ceil(1 << 20)).min(wanted);
            match posix.limit_of(Source::CgroupMemory) {
                Some(Limit::At(_)) => {
                    Change::Both { shm, memory: sizing::memory_for(facts, &posix, shm, None) }
                }
                // Where nothing but the machine limits memory, a limit is none that has to grow.
                _ => {
                    let most = facts.memory.known().map(|memory| Bytes::mib(memory.total.0 >> 20));
                    Change::Size(most.map_or(shm, |most| shm.min(most)))
                }
            }
        }
        Some(fits) => Change::Size(fits.min(wanted)),
        None => Change::Size(wanted),
    }
}

/// That none of kernel.sem is reached.
fn no_limit_of_semaphores(facts: &Facts) -> Option<String> {
    let (limits, sets) = (facts.ipc.semaphores.known()?, facts.ipc.semaphore_sets.known()?);
    Some(format!(
        "No limit of System V semaphores is reached here now (kernel.sem allows {} sets, of which {sets} exist): it was then, or \
         somewhere else; ipcs -s shows them. {ELSEWHERE}",
        limits.sets
    ))
}

/// The limits of System V that are below what memory allows, of which an error was about some.
fn small_limits(facts: &Facts, beyond: Option<Beyond>) -> Option<String> {
    let mut settings = namespace::raised(facts, &assess(facts));
    settings.retain(|(name, _)| match beyond {
        Some(Beyond::OneSegment) => *name == "kernel.shmmax",
        Some(Beyond::AllSegments) => *name == "kernel.shmall",
        None => true,
    });
    namespace::raise(facts, &settings)
}

/// More than all memory and swap, which vm.overcommit_memory = 0 refuses (mm/util.c, __vm_enough_memory).
fn too_much(facts: &Facts, asked: Option<Bytes>) -> Option<String> {
    let (asked, memory) = (asked?, facts.memory.known()?);
    let all = memory.total.saturating_add(memory.swap_total);
    let is_heuristic = facts.overcommit.mode.known() == Some(&0);
    (is_heuristic && asked > all).then(|| {
        format!(
            "It asks for {asked}, and there are {} of memory and {} of swap: with vm.overcommit_memory = 0 the kernel refuses \
             what is more than both. Ask for less, or give the machine more memory or swap.",
            memory.total, memory.swap_total
        )
    })
}

/// What a machine that has huge pages lacks.
fn huge_pages(facts: &Facts) -> Option<String> {
    let pool = facts.huge_pools.iter().find(|pool| pool.pages > 0)?;
    let (pages, page) = (pool.pages, pool.page);
    let free = pool.headroom().0.checked_div(page.0).unwrap_or_default();
    let more = format!(
        "more of them, on the machine, as root: {}",
        advice::reserve_huge_pages(facts, page, &pages.saturating_mul(2).to_string())
    );
    Some(match free {
        0 => format!(
            "The machine has {pages} huge pages of {page}, and none of them is free. Use none, or reserve {more}."
        ),
        _ if Site::of(facts).pod => format!(
            "The node has {free} free huge pages of {page}: the pod needs some in resources.limits \
             (hugepages-2Mi or hugepages-1Gi), and programs in it a volume with medium: HugePages where they map files. Or \
             use none."
        ),
        _ => format!(
            "The machine has {free} free huge pages of {page}: fewer than the program asks for, or this user or container may use \
             none of them (vm.hugetlb_shm_group, hugetlb cgroup). Use none, or reserve {more}."
        ),
    })
}

/// What is in use of it already, where that is more than a little, in pieces of 128 MiB.
fn in_use(facts: &Facts) -> Bytes {
    const PIECE: u64 = 128 << 20;
    let statfs =
        facts.shm.statfs.known().filter(|_| posix::file_system(facts) == FileSystem::Tmpfs);
    let used = statfs.map_or(Bytes::ZERO, |statfs| statfs.used());
    let is_little =
        statfs.is_none_or(|statfs| used < statfs.total().scaled(1, 20).max(Bytes::mib(16)));
    if is_little { Bytes::ZERO } else { Bytes(used.0.next_multiple_of(PIECE)) }
}

/// Where a size of gibibytes was too little, and nobody says how much would do.
fn still_larger(facts: &Facts, total: Bytes) -> String {
    let memory = facts.memory.known().map_or(Bytes(u64::MAX), |memory| memory.total);
    if total.saturating_mul(2) > memory {
        return format!(
            "It is as large as memory allows. See how full it gets: shmeter watch -- COMMAND. {ELSEWHERE}"
        );
    }
    let change = Change::sized(sizing::larger_than(facts, &posix::capacity(facts), total, None));
    format!(
        "{}\nor see first how full it gets: shmeter watch -- COMMAND. {ELSEWHERE}",
        advice::fix(&Site::of(facts), &change)
    )
}

/// Twice what was asked for in whole MiB, and not less than what most need.
fn enough(asked: Option<Bytes>) -> Bytes {
    let twice = |asked: Bytes| Bytes::mib(asked.0 >> 20).saturating_mul(2);
    asked.map_or(PLENTY, |asked| twice(asked).min(MOST)).max(PLENTY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_size_has_room_for_what_was_asked_for() {
        assert_eq!(enough(None), Bytes::mib(1024));
        assert_eq!(enough(Some(Bytes::mib(3000))), Bytes::mib(6000));
        assert_eq!(enough(Some(Bytes(u64::MAX))), MOST);
    }
}
