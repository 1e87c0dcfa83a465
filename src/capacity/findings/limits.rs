//! Findings about limits of a process and of an IPC namespace, beside those of memory.

use super::listing::{in_its_ipc, ls};
use super::{Finding, Severity, finding};
use crate::capacity::advice::{Change, Site, Ulimit, fix, quantity, reserve_huge_pages};
use crate::capacity::ceiling::{Ceiling, Unit};
use crate::capacity::{Capacity, Source};
use crate::facts::sysvipc::{Segment, Semaphores};
use crate::facts::{Facts, HugePool, PageSize};
use crate::units::{Bytes, Limit};

/// What locks its shared memory into memory gets less than there is.
pub(super) fn memlock(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    let limit = facts.process.locked.known()?.bytes()?;
    let available = posix.available()?;
    let user = facts.process.user();
    // The capability counts in the machine's own user namespace only.
    let in_namespace = facts.process.namespace.is_below_the_machine();
    let exempt = user.is_some_and(|user| user.locks_memory()) && !in_namespace;
    if exempt || limit >= available {
        return None;
    }
    finding(
        "memlock",
        Severity::Info,
        format!(
            "a process may lock {limit} of memory (RLIMIT_MEMLOCK): programs that lock more \
             shared memory, such as Zenoh, RDMA and GPU libraries with pinned buffers, get \
             ENOMEM, even if memory is free."
        ),
        Some(fix(&Site::of(facts), &Change::Unlimited(Ulimit::Memlock))),
    )
}

/// A process may not map what the folder has room for.
pub(super) fn address_limit(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    let ceiling = posix.binding().filter(|ceiling| ceiling.source == Source::RlimitAs)?;
    let limit = ceiling.limit.known()?;
    let used = ceiling.used.unwrap_or_default();
    finding(
        "address-limit",
        Severity::Warn,
        format!(
            "a process may map {limit} in total (ulimit -v), and this one has mapped {used}: \
             mapping more fails with ENOMEM. write() and fallocate() are not limited by it."
        ),
        Some(fix(&Site::of(facts), &Change::Unlimited(Ulimit::Addresses))),
    )
}

/// Segments or pages of System V are used up, or nearly.
pub(super) fn sysv_exhausted(facts: &Facts, sysv: &Capacity) -> Option<Finding> {
    let segments = facts.ipc.segments.known()?;
    if segments.is_empty() || sysv.refusal().is_some() {
        return None;
    }
    let spent = |source| {
        let ceiling = sysv.ceilings.iter().find(|ceiling| ceiling.source == source);
        ceiling.and_then(|ceiling| Spent::of(ceiling, facts.page_size))
    };
    let spent = spent(Source::Shmmni).or_else(|| spent(Source::Shmall))?;
    let kept: Vec<&Segment> = segments.iter().filter(|segment| segment.attached == 0).collect();
    let bytes = kept.iter().fold(Bytes::ZERO, |sum, one| sum.saturating_add(one.size));
    let nobody = match kept.len() {
        0 => "All of them are attached to processes.".to_owned(),
        n => format!("{n} of these segments ({bytes}) are attached to no process."),
    };
    let then = if spent.none_left {
        "shmget fails with \"No space left on device\" (ENOSPC), even if memory is free."
    } else {
        "beyond that shmget fails with ENOSPC, even if memory is free."
    };
    finding(
        "sysv-exhausted",
        Severity::Warn,
        format!("{}: {then} {nobody}", spent.what),
        Some(format!(
            "to see who holds them: {}\nto remove one that nobody needs: {}{}\nor to allow more: {}",
            ls(facts),
            in_its_ipc(facts),
            removal(&kept),
            fix(&Site::of(facts), &Change::Sysctl(spent.setting.0, spent.setting.1.to_string()))
        )),
    )
}

/// A ceiling of which little is left.
struct Spent {
    what: String,
    /// What would be enough: twice as much.
    setting: (&'static str, u64),
    none_left: bool,
}

impl Spent {
    /// Nearly: less than a twentieth.
    fn of(ceiling: &Ceiling, page: PageSize) -> Option<Spent> {
        if ceiling.unit == Unit::Segments {
            let number = ceiling.number?;
            let Limit::At(most) = number.limit else { return None };
            let left = most.saturating_sub(number.used).0;
            let setting = ("kernel.shmmni", most.0.saturating_mul(2));
            let what =
                format!("{} of {} System V segments exist (kernel.shmmni)", number.used.0, most.0);
            return (left <= most.0 / 20).then_some(Spent { what, setting, none_left: left == 0 });
        }
        let most = ceiling.limit.known()?.bytes()?;
        let used = ceiling.used?;
        let left = most.saturating_sub(used);
        let pages = most.0.div_ceil(page.bytes()).saturating_mul(2);
        let setting = ("kernel.shmall", pages);
        let what = format!("System V segments take {used} of {most} (kernel.shmall)");
        let nearly = used > Bytes::ZERO && left.0 <= most.0 / 20;
        nearly.then_some(Spent { what, setting, none_left: left == Bytes::ZERO })
    }
}

/// The command that removes the first of them.
fn removal(kept: &[&Segment]) -> String {
    const SHOWN: usize = 3;
    if kept.is_empty() {
        return "ipcrm -m SHMID".to_owned();
    }
    let ids = kept.iter().take(SHOWN).map(|segment| format!(" -m {}", segment.id));
    let more = if kept.len() > SHOWN { " ..." } else { "" };
    format!("ipcrm{}{more}", ids.collect::<String>())
}

/// Semaphores have limits of their own, whose ENOSPC is often taken for one of shared memory.
pub(super) fn semaphores(facts: &Facts) -> Option<Finding> {
    let limits = facts.ipc.semaphores.known()?;
    if spent(facts, limits) || !is_small(limits) {
        return None;
    }
    finding(
        "semaphores",
        Severity::Info,
        of_semaphores(facts, limits),
        more_semaphores(facts, limits),
    )
}

/// Nearly all sets exist, as a rule those of servers that were killed.
pub(super) fn semaphores_spent(facts: &Facts) -> Option<Finding> {
    let limits = facts.ipc.semaphores.known()?;
    spent(facts, limits).then_some(())?;
    let inside = in_its_ipc(facts);
    let mut fix = format!(
        "to see who owns them: {inside}ipcs -s\nto remove one that a program left behind: {inside}ipcrm -s SEMID"
    );
    if let Some(more) = more_semaphores(facts, limits) {
        fix.push_str(&format!("\nor to allow more: {more}"));
    }
    finding("semaphores", Severity::Warn, of_semaphores(facts, limits), fix)
}

/// Less than a twentieth is left.
fn spent(facts: &Facts, limits: &Semaphores) -> bool {
    let sets = sets(facts);
    sets > 0 && limits.sets.saturating_sub(sets) <= limits.sets / 20
}

fn sets(facts: &Facts) -> u64 {
    facts.ipc.semaphore_sets.known().copied().unwrap_or(0)
}

fn of_semaphores(facts: &Facts, limits: &Semaphores) -> String {
    let Semaphores { per_set, total, per_call, sets: most } = *limits;
    format!(
        "System V semaphores have their own limits: kernel.sem allows {per_set} per set, {total} in \
         total, {per_call} operations per call and {most} sets, of which {} exist. Beyond that semget \
         fails with ENOSPC, which is not a lack of shared memory.",
        sets(facts)
    )
}

/// The defaults since Linux 3.19 (include/uapi/linux/sem.h), and none of the numbers less than it is; nothing where all
/// are as large.
fn more_semaphores(facts: &Facts, limits: &Semaphores) -> Option<String> {
    let Semaphores { per_set, total, per_call, sets } = *limits;
    let more = Semaphores {
        per_set: per_set.max(32_000),
        total: total.max(1_024_000_000),
        per_call: per_call.max(500),
        sets: sets.max(32_000),
    };
    (more != *limits).then(|| {
        let Semaphores { per_set, total, per_call, sets } = more;
        let value = format!("{per_set} {total} {per_call} {sets}");
        fix(&Site::of(facts), &Change::Sysctl("kernel.sem", value))
    })
}

/// A mapping of huge pages is made, and its first touch is a SIGBUS: the cgroup's limit counts then only
/// (mm/hugetlb_cgroup.c).
pub(super) fn huge_pages_refused(facts: &Facts) -> Option<Finding> {
    let limit = |pool: &HugePool| pool.cgroup_limit.known().and_then(|limit| limit.bytes());
    let refused = |pool: &&HugePool| {
        let left = limit(pool).map(|limit| limit.saturating_sub(pool.cgroup_used));
        pool.headroom() > Bytes::ZERO && left.is_some_and(|left| left < pool.page)
    };
    let pool = facts.huge_pools.iter().find(refused)?;
    let (page, free, limit) = (pool.page, pool.headroom(), limit(pool)?);
    let field = if page == Bytes::mib(1024) { "hugepages-1Gi" } else { "hugepages-2Mi" };
    let is_none = limit < page;
    let give = if Site::of(facts).pod {
        let (word, enough) = match is_none {
            true => ("some", Bytes::mib(1024)),
            false => ("more", limit.saturating_mul(2)),
        };
        format!("or give it {word}: resources: {{limits: {{{field}: {}}}}}", quantity(enough))
    } else {
        format!("or raise the limit: {}", pool.cgroup_origin)
    };
    let may = match is_none {
        true => "none of them".to_owned(),
        false => format!("no more of them than the {limit} that it has in use"),
    };
    finding(
        "huge-pages-refused",
        Severity::Warn,
        format!(
            "the machine has {free} of free huge pages of {page}, and this container may use {may} \
             (hugetlb cgroup): a program that maps some succeeds, and gets \"Bus error\" (SIGBUS) when it \
             touches them, as PostgreSQL does with huge_pages = try."
        ),
        Some(format!("in the program: no huge pages (PostgreSQL: huge_pages = off)\n{give}")),
    )
}

/// Nearly all huge pages that the machine has are taken, which is not seen where they are asked for.
pub(super) fn huge_pages_low(facts: &Facts) -> Option<Finding> {
    let is_low = |pool: &&HugePool| {
        let left = pool.headroom().0.checked_div(pool.page.0).unwrap_or(0);
        pool.pages > 0 && left <= pool.pages / 20
    };
    let pool = facts.huge_pools.iter().find(is_low)?;
    let (page, pages) = (pool.page, pool.pages);
    let left = pool.headroom().0.checked_div(page.0).unwrap_or(0);
    finding(
        "huge-pages-low",
        Severity::Info,
        format!(
            "{left} of {pages} huge pages of {page} are free: programs that map more of them (DPDK, Oracle, Java, \
             PostgreSQL with huge_pages = on) get ENOMEM, even if memory is free."
        ),
        Some(format!(
            "see who has them: grep -lE '_Hugetlb: +[1-9]' /proc/[0-9]*/smaps, and files that an ended program left in a hugetlbfs (findmnt -t \
             hugetlbfs)\nor more, on the machine, as root: {}",
            reserve_huge_pages(facts, page, "NUMBER")
        )),
    )
}

/// Less than kernels have had as a default since Linux 3.19.
fn is_small(limits: &Semaphores) -> bool {
    limits.per_set < 32000
        || limits.total < 1_024_000_000
        || limits.per_call < 500
        || limits.sets < 32000
}

/// Fewer mappings a process than by default.
pub(super) fn map_count(facts: &Facts) -> Option<Finding> {
    const DEFAULT: u64 = 65530;
    let most = *facts.map_count.known()?;
    (most < DEFAULT).then_some(())?;
    finding(
        "map-count",
        Severity::Info,
        format!(
            "a process may have {most} mappings (vm.max_map_count, by default {DEFAULT}): a \
             program that maps more segments gets ENOMEM, even if memory is free."
        ),
        Some(format!("on the host: sysctl -w vm.max_map_count={DEFAULT}")),
    )
}

/// systemd removes a user's segments at logout.
pub(super) fn remove_ipc(facts: &Facts) -> Option<Finding> {
    let user = facts.removes_ipc_of?;
    finding(
        "remove-ipc",
        Severity::Info,
        format!(
            "systemd removes the files in {} and the System V segments of user {user} when the last \
             session of that user ends (RemoveIPC=yes, logind.conf): a service that runs as this user \
             loses them.",
            facts.shm.asked
        ),
        Some(
            "run it as a system user (useradd --system), or set RemoveIPC=no in \
             /etc/systemd/logind.conf and restart systemd-logind"
                .to_owned(),
        ),
    )
}
