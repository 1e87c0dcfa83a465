//! What is worth telling a person, and the fix to paste.
//! Must not know how a report looks.

use serde::Serialize;

use super::ceiling::{Ceiling, End, Method, Source};
use super::predict::tightest;
use super::{Capacity, Certainty, Kind, is_mount_point, posix};
use crate::facts::{Facts, FileSystem, Reading, View};
use crate::units::{Bytes, Limit};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Will bite under load.
    Warn,
    /// Wrong now.
    Fail,
}

/// One thing worth telling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A word that scripts can match.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is so, and what comes of it.
    pub message: String,
    /// What to do, where something can be done; meant to be pasted.
    pub fix: Option<String>,
}

/// What was asked of an inspect beside the numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// posix must have so much.
    pub require: Option<Bytes>,
    /// The emptyDir sizeLimit that was meant to apply.
    pub size_limit: Option<Bytes>,
    /// An explicit folder instead of /dev/shm.
    pub other_path: bool,
}

/// Docker and the CRI runtimes mount 64 MiB where nobody says otherwise.
const RUNTIME_DEFAULT: Bytes = Bytes::mib(64);

/// Every finding, the worst first.
#[must_use]
pub fn findings(facts: &Facts, capacities: &[Capacity], asked: &Asked) -> Vec<Finding> {
    let Some(posix) = capacities.iter().find(|capacity| capacity.kind == Kind::Posix) else {
        return Vec::new();
    };
    let candidates = [
        not_shared_memory(facts, asked),
        read_only(facts),
        requirement(posix, asked),
        size_not_applied(facts, posix, asked),
        wrong_view(facts),
        runtime_default(facts, posix, asked),
        kill_before_enospc(facts, posix),
        oom_group(facts, posix),
        bystander(facts, posix),
        throttled(facts, posix),
        one_big_fallocate(facts, posix),
        host_wide(facts, posix),
        df_overstates(facts, posix),
        inodes_low(facts),
        leftover(facts),
        hidden_ancestors(facts, posix),
    ];
    let mut findings: Vec<Finding> = candidates.into_iter().flatten().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn finding(
    id: &'static str,
    severity: Severity,
    message: String,
    fix: impl Into<Option<String>>,
) -> Option<Finding> {
    Some(Finding { id, severity, message, fix: fix.into() })
}

/// A size to configure, in both notations.
fn fix_of_size(size: Bytes) -> String {
    let mib = (size.0 >> 20).max(1);
    let (number, docker, kubernetes) =
        if mib.is_multiple_of(1024) { (mib / 1024, "g", "Gi") } else { (mib, "m", "Mi") };
    format!(
        "docker run --shm-size={number}{docker} ...\n\
         Kubernetes, in the pod's spec:\n\
         volumes: [{{name: shm, emptyDir: {{medium: Memory, sizeLimit: {number}{kubernetes}}}}}]\n\
         and in the container: volumeMounts: [{{name: shm, mountPath: /dev/shm}}]"
    )
}

/// A size for the tmpfs that ends in ENOSPC with room left for the programs' own memory: three
/// quarters of what fits now, in a round number.
fn safe_size(facts: &Facts, posix: &Capacity) -> Option<Bytes> {
    let used = facts.shm.statfs.known().map_or(Bytes::ZERO, |statfs| statfs.used());
    let memory = memory_room(posix)?;
    let wanted = used.plus(memory.scaled(3, 4)).0 >> 20;
    let grain = match wanted {
        0..16 => 1,
        16..256 => 16,
        256..2048 => 64,
        _ => 256,
    };
    Some(Bytes::mib(wanted.checked_div(grain)?.saturating_mul(grain).max(1)))
}

/// The room under the limits of memory alone, the tmpfs left aside.
#[must_use]
pub fn memory_room(capacity: &Capacity) -> Option<Bytes> {
    let of_memory = |ceiling: &Ceiling| {
        matches!(ceiling.source, Source::CgroupMemory | Source::CgroupHigh | Source::HostMemory)
    };
    tightest(&capacity.ceilings, Method::Write, 1, of_memory)?.1.bytes()
}

fn not_shared_memory(facts: &Facts, asked: &Asked) -> Option<Finding> {
    let path = &facts.shm.asked;
    let fix = "mount a tmpfs there: docker run without --ipc=none, or in Kubernetes \
               emptyDir: {medium: Memory, sizeLimit: 1Gi}";
    let (severity, message) = match (&facts.shm.statfs, posix::file_system(facts)) {
        _ if !facts.shm.is_folder => {
            (Severity::Fail, format!("{path} is not a directory: shm_open fails with ENOTDIR."))
        }
        (Reading::Absent, _) => (
            Severity::Fail,
            format!("{path} does not exist: shm_open fails with ENOENT (Python: ENOSYS)."),
        ),
        (_, FileSystem::Other(name)) if name != "unknown" => (
            Severity::Fail,
            format!(
                "{path} is on {name}, not on a tmpfs: what is written there goes to a disk, is \
                 slow, and counts against the node's storage."
            ),
        ),
        (Reading::Known(_), FileSystem::Tmpfs)
            if !asked.other_path && !is_mount_point(&facts.shm) =>
        {
            let point = &facts.shm.mount.known()?.point;
            (
                Severity::Warn,
                format!(
                    "{path} is a plain directory on the tmpfs at {point}, which it shares with \
                     all that lies there."
                ),
            )
        }
        _ => return None,
    };
    finding("not-shared-memory", severity, message, Some(fix.to_owned()))
}

fn read_only(facts: &Facts) -> Option<Finding> {
    let mount = facts.shm.mount.known()?;
    let memory = posix::file_system(facts) == FileSystem::Tmpfs;
    if !(mount.read_only() && memory) {
        return None;
    }
    finding(
        "read-only",
        Severity::Fail,
        format!("{} is mounted read-only: no segment can be made there.", facts.shm.asked),
        Some("mount it writable: readOnly: false on the volumeMount".to_owned()),
    )
}

fn requirement(posix: &Capacity, asked: &Asked) -> Option<Finding> {
    let required = asked.require?;
    let available = posix.available()?;
    if available >= required {
        return None;
    }
    let by = posix.binding().map_or("", |ceiling| ceiling.source.title());
    finding(
        "require-not-met",
        Severity::Fail,
        format!("{required} are required, {available} are usable: bounded by {by}."),
        None,
    )
}

fn size_not_applied(facts: &Facts, posix: &Capacity, asked: &Asked) -> Option<Finding> {
    let wanted = asked.size_limit?;
    let path = &facts.shm.asked;
    let total = posix.limit_of(Source::TmpfsSize)?;
    let page = facts.page_size.bytes();
    if total == Limit::At(Bytes(wanted.0.div_ceil(page).saturating_mul(page))) {
        return None;
    }
    let memory = posix.limit_of(Source::CgroupMemory).unwrap_or(Limit::Unlimited);
    let (reason, fix) = if total == Limit::At(RUNTIME_DEFAULT) {
        (
            "that is the runtime's default: the volume is not mounted there",
            "in the container: volumeMounts: [{name: shm, mountPath: /dev/shm}]",
        )
    } else if total < Limit::At(wanted) && total == memory {
        (
            "the memory limit is smaller than the sizeLimit, and wins",
            "raise resources.limits.memory, or lower the sizeLimit below it",
        )
    } else {
        (
            "the kubelet takes the smallest of sizeLimit, the pod's memory limit and the node's \
             allocatable memory",
            "kubectl get pod POD -o yaml, and compare the volume's sizeLimit; a running pod does \
             not take a change",
        )
    };
    finding(
        "size-not-applied",
        Severity::Fail,
        format!("a sizeLimit of {wanted} was asked for, {path} has {total}: {reason}."),
        Some(fix.to_owned()),
    )
}

fn wrong_view(facts: &Facts) -> Option<Finding> {
    let other = facts.elsewhere.as_ref()?;
    let size = other.size_option().map_or("no size of its own".to_owned(), |s| s.to_string());
    finding(
        "wrong-view",
        Severity::Warn,
        format!(
            "this is not the {} that process 1 uses: there it is another {} ({size}). A debug \
             container sees the pod's sandbox, not the target's volume.",
            facts.shm.asked, other.fstype
        ),
        Some("shmeter inspect --pid 1".to_owned()),
    )
}

fn runtime_default(facts: &Facts, posix: &Capacity, asked: &Asked) -> Option<Finding> {
    let mount = facts.shm.mount.known()?;
    let default = posix.limit_of(Source::TmpfsSize)? == Limit::At(RUNTIME_DEFAULT);
    if !default || mount.source != "shm" || asked.size_limit.is_some() {
        return None;
    }
    let size = safe_size(facts, posix).unwrap_or(Bytes::mib(1024)).min(Bytes::mib(1024));
    finding(
        "runtime-default",
        Severity::Warn,
        format!(
            "{} has the container runtime's default of 64 MiB. PyTorch workers, NCCL, PostgreSQL \
             and browsers need more, and fail with \"Bus error\" or \"No space left on device\".",
            facts.shm.asked
        ),
        (size > RUNTIME_DEFAULT).then(|| fix_of_size(size)),
    )
}

fn kill_before_enospc(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    // Any method counts: page tables make touching dearer than writing.
    let (available, end) = posix
        .reaches
        .iter()
        .filter_map(|reach| {
            let (ceiling, _) = tightest(&posix.ceilings, reach.method, 1, |_| true)?;
            let by_cgroup = matches!(ceiling.source, Source::CgroupMemory | Source::CgroupHigh);
            let end = reach.end.filter(|end| end.is_harmful() && by_cgroup)?;
            Some((reach.available?, end))
        })
        .max_by_key(|(available, _)| *available)?;
    let size =
        posix.limit_of(Source::TmpfsSize).map_or("no size limit".to_owned(), |limit| match limit {
            Limit::At(bytes) => format!("a size of {bytes}"),
            Limit::Unlimited => "no size limit".to_owned(),
        });
    let then = match end {
        End::Stall => "the kernel throttles it to a standstill",
        _ => {
            "the kernel kills a process, and what was written stays charged: a pod then cannot \
             even restart"
        }
    };
    finding(
        "kill-before-enospc",
        Severity::Warn,
        format!(
            "{} has {size}, but memory ends after {available} more: {then}. A smaller size would \
             turn that into \"No space left on device\".",
            facts.shm.asked
        ),
        safe_size(facts, posix).map(fix_of_size),
    )
}

fn ends_in_kill(posix: &Capacity) -> bool {
    posix.reaches.iter().any(|reach| reach.end == Some(End::OomKill))
}

fn oom_group(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    let level = facts.cgroup.levels.iter().find(|level| level.oom_group)?;
    let severity = if ends_in_kill(posix) { Severity::Warn } else { Severity::Info };
    finding(
        "oom-group",
        severity,
        format!(
            "memory.oom.group is 1 in {}: an OOM kill there ends every process of the container \
             at once, with their output.",
            level.folder
        ),
        None,
    )
}

/// The process that the kernel would choose: resident memory plus its score's share of the
/// limit (`oom_badness`, mm/oom_kill.c).
fn bystander(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    /// What a program that only writes has resident itself, at most.
    const WRITER: Bytes = Bytes::mib(8);
    let (ceiling, _) = tightest(&posix.ceilings, Method::Write, 1, |_| true)?;
    let own = facts.process.oom_score_adj.known().copied().unwrap_or(0);
    // One that cannot be killed is refused only when nobody else is left.
    let kills = ceiling.ends.write == End::OomKill || own == -1000;
    if !kills || ceiling.source != Source::CgroupMemory || ceiling.room == Limit::Unlimited {
        return None;
    }
    let total = posix.limit_of(Source::CgroupMemory)?.bytes()?;
    let weight = |resident: Bytes, score: i64| -> i128 {
        i128::from(total.0)
            .saturating_mul(i128::from(score))
            .checked_div(1000)
            .unwrap_or(0)
            .saturating_add(i128::from(resident.0))
    };
    let victim = facts
        .neighbours
        .iter()
        .filter(|neighbour| neighbour.oom_score_adj != -1000)
        .max_by_key(|neighbour| weight(neighbour.resident, neighbour.oom_score_adj))
        .filter(|n| weight(n.resident, n.oom_score_adj) > weight(WRITER, own))?;
    finding(
        "bystander-dies",
        Severity::Warn,
        format!(
            "a program that fills {} with write() has little memory of its own, so the kernel \
             kills {} (pid {}, {} resident) first.",
            facts.shm.asked, victim.name, victim.pid, victim.resident
        ),
        None,
    )
}

fn throttled(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    let level = facts
        .cgroup
        .levels
        .iter()
        .find(|level| matches!(level.high, Reading::Known(Limit::At(_))))?;
    let high = level.high.known()?.bytes()?;
    let held = level.held().known().copied().unwrap_or_default();
    let free = posix.binding().is_some_and(|ceiling| ceiling.source == Source::CgroupHigh);
    let severity = if held >= high || free { Severity::Warn } else { Severity::Info };
    finding(
        "throttled",
        severity,
        format!(
            "memory.high is {high} in {}: from {} more on the kernel slows every process of it \
             down, to a standstill a little further on. No error is given.",
            level.folder,
            high.less(held)
        ),
        Some("set memory.max instead, or keep the tmpfs smaller than memory.high".to_owned()),
    )
}

/// Worth telling only where steps and one call end differently.
fn one_big_fallocate(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    let binding = posix.binding()?;
    (binding.swaps && binding.ends.fallocate == End::OomKill).then_some(())?;
    finding(
        "fallocate-one-call",
        Severity::Info,
        format!(
            "one big fallocate() in {} gives up with ENOMEM and keeps nothing, where the same in \
             small steps swaps and then ends in an OOM kill.",
            facts.shm.asked
        ),
        None,
    )
}

fn host_wide(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    let memory = facts.memory.known()?;
    posix.available()?;
    if !matches!(posix::file_system(facts), FileSystem::Tmpfs | FileSystem::Ramfs) {
        return None;
    }
    let limited = posix.limit_of(Source::CgroupMemory).is_some_and(|l| l != Limit::Unlimited);
    let size = posix.limit_of(Source::TmpfsSize).unwrap_or(Limit::Unlimited);
    // Half of the machine is the kernel's default; a part of it is somebody's decision.
    if limited || size < Limit::At(memory.total.scaled(2, 5)) {
        return None;
    }
    let contained = facts.cgroup.hidden_ancestors || facts.view == View::Target;
    let severity = if contained { Severity::Warn } else { Severity::Info };
    finding(
        "host-wide",
        severity,
        format!(
            "nothing that can be seen bounds this below the machine itself: {} may take {size} of \
             the machine's {}. In a cluster the node then evicts pods, innocent ones too.",
            facts.shm.asked, memory.total
        ),
        Some(
            "set a memory limit (docker run --memory=..., resources.limits.memory) and a \
             sizeLimit below it"
                .to_owned(),
        ),
    )
}

/// By how much df is off: within a MiB or half a percent counts as right.
#[must_use]
pub fn df_excess(facts: &Facts, posix: &Capacity) -> Option<Bytes> {
    let shown = facts.shm.statfs.known()?.available();
    let available = posix.available()?;
    let excess = shown.less(available);
    (excess > Bytes::mib(1).max(Bytes(available.0 / 200))).then_some(excess)
}

fn df_overstates(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    let excess = df_excess(facts, posix)?;
    let shown = facts.shm.statfs.known()?.available();
    let by = posix.binding()?.source.title();
    finding(
        "df-overstates",
        Severity::Info,
        format!("df shows {shown} as free, {excess} more than fit: {by} comes first."),
        None,
    )
}

fn inodes_low(facts: &Facts) -> Option<Finding> {
    let statfs = facts.shm.statfs.known()?;
    let low = statfs.files > 0 && statfs.ffree < (statfs.files / 100).max(16);
    if !low || posix::file_system(facts) != FileSystem::Tmpfs {
        return None;
    }
    let severity = if statfs.ffree == 0 { Severity::Fail } else { Severity::Warn };
    finding(
        "inodes-low",
        severity,
        format!(
            "{} of {} inodes are free in {}: without one, a new segment fails with \"No space \
             left on device\", however many bytes are free.",
            statfs.ffree, statfs.files, facts.shm.asked
        ),
        Some("remove files there, or mount it with a larger nr_inodes=".to_owned()),
    )
}

fn leftover(facts: &Facts) -> Option<Finding> {
    let first = facts.leftovers.first()?;
    let bytes = facts.leftovers.iter().fold(Bytes::ZERO, |sum, item| sum.plus(item.bytes));
    let names: Vec<&str> = facts.leftovers.iter().take(3).map(|l| l.name.as_str()).collect();
    let more = facts.leftovers.len().saturating_sub(names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let fix = match first.name.strip_prefix("shmid ") {
        Some(id) => Some(format!("ipcrm -m {id}")),
        None if first.name.contains(char::is_control) => None,
        // /dev/shm is anybody's to write: a name is quoted before it is pasted.
        None => Some(format!("rm -- '{}'", first.name.replace('\'', "'\\''"))),
    };
    finding(
        "leftover",
        Severity::Info,
        format!(
            "{bytes} are held by no process that can be seen from here: {}{more}.",
            names.join(", ")
        ),
        fix.map(|fix| format!("if it is not needed: {fix}")),
    )
}

fn hidden_ancestors(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    if !facts.cgroup.hidden_ancestors || super::no_hidden_limit(facts) {
        return None;
    }
    let measured = posix.certainty == Certainty::Measured;
    let told = facts.cgroup.levels.first().and_then(|leaf| leaf.hierarchical_limit.known());
    let message = match told {
        Some(limit) => format!(
            "there are cgroups above this one that cannot be read. The tightest limit up there \
             is {limit} (memory.stat tells), but not what else is charged to it."
        ),
        None => "there are cgroups above this one (the pod's, the node's) that cannot be seen \
                 from here; a tighter limit may hide there."
            .to_owned(),
    };
    finding(
        "hidden-ancestors",
        Severity::Info,
        message,
        (!measured).then(|| "shmeter inspect --measure".to_owned()),
    )
}
