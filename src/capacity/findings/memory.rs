//! Findings about memory: who is killed or slowed down, and what cannot be seen.

use super::requirement::is_unmet;
use super::{Asked, Finding, Severity, finding};
use crate::capacity::advice::{Change, Site, fix};
use crate::capacity::origin::Origin;
use crate::capacity::predict::tightest;
use crate::capacity::sizing::{memory_for, usual_size};
use crate::capacity::{Capacity, Certainty, End, Method, Source, no_hidden_limit, oom, posix};
use crate::facts::process::UNKILLABLE;
use crate::facts::{Facts, FileSystem, MemInfoOf, Reading, Runtime, View};
use crate::units::{Bytes, Limit};

fn ends_in_kill(posix: &Capacity) -> bool {
    posix.reaches.iter().any(|reach| reach.end == Some(End::OomKill))
}

pub(super) fn oom_group(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    let level = facts.cgroup.levels.iter().find(|level| level.oom_group)?;
    let severity = if ends_in_kill(posix) { Severity::Warn } else { Severity::Info };
    finding(
        "oom-group",
        severity,
        format!(
            "memory.oom.group is 1 in {}: an OOM kill there ends every process of the container \
             at once, and their output is lost.",
            level.folder
        ),
        None,
    )
}

/// The process that the kernel would choose.
pub(super) fn bystander(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    /// What a program that only writes has resident itself, at most.
    const WRITER: Bytes = Bytes::mib(8);
    let (ceiling, _) = tightest(&posix.ceilings, Method::Write, 1, |_| true)?;
    let own = facts.process.oom_score_adj.known().copied().unwrap_or(0);
    // One that cannot be killed is refused only when nobody else is left.
    let kills = ceiling.ends.write == End::OomKill || own == UNKILLABLE;
    if !kills || ceiling.source != Source::CgroupMemory || ceiling.room == Limit::Unlimited {
        return None;
    }
    let total = posix.limit_of(Source::CgroupMemory)?.bytes()?;
    // Of equals the last one.
    let victim = oom::victims(facts, total, WRITER, own)
        .into_iter()
        .max_by_key(|one| oom::weight(total, one.resident, one.oom_score_adj))?;
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

pub(super) fn throttled(facts: &Facts, posix: &Capacity) -> Option<Finding> {
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
            "memory.high is {high} in {}: after {} more the kernel throttles every process in it, \
             soon to a standstill. No error is returned.",
            level.folder,
            high.saturating_sub(held)
        ),
        Some("set memory.max instead, or keep the tmpfs smaller than memory.high".to_owned()),
    )
}

/// Worth telling only where steps and one call end differently.
pub(super) fn one_big_fallocate(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    let binding = posix.binding()?;
    (binding.swaps && binding.ends.fallocate == End::OomKill).then_some(())?;
    finding(
        "fallocate-one-call",
        Severity::Info,
        format!(
            "one large fallocate() in {} fails with ENOMEM and keeps nothing. The same in small \
             steps swaps, and then ends in an OOM kill.",
            facts.shm.asked
        ),
        None,
    )
}

/// Of less than this most programs do not even start.
const LITTLE: Bytes = Bytes::mib(64);

/// The machine promises no more memory than it has (vm.overcommit_memory 2), and that comes before all other limits.
pub(super) fn commit_limit(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    let binding = posix.binding().filter(|one| one.source == Source::CommitLimit)?;
    let (limit, used) = (binding.limit.known()?.bytes()?, binding.used?);
    let left = posix.available()?;
    let severity = match left {
        Bytes::ZERO => Severity::Fail,
        left if left < LITTLE => Severity::Warn,
        _ => Severity::Info,
    };
    finding(
        "commit-limit",
        severity,
        format!(
            "the machine may promise {limit} of memory to all its programs (vm.overcommit_memory is 2), and has \
             promised {used}: {left} of shared memory fit. Beyond that a program gets \"Cannot allocate memory\" or \
             \"No space left on device\", even if memory and {} are free.",
            facts.shm.asked
        ),
        Some(
            "on the machine, as root: sysctl -w vm.overcommit_memory=0\n\
             or allow more: a higher vm.overcommit_ratio, or more swap (CommitLimit in /proc/meminfo)"
                .to_owned(),
        ),
    )
}

/// No limit of memory is seen, and the tmpfs is as large as a good part of the machine.
pub(super) fn host_wide(facts: &Facts, posix: &Capacity, asked: &Asked) -> Option<Finding> {
    let memory = facts.memory.known().filter(|_| facts.memory_of == MemInfoOf::Machine)?;
    posix.available()?;
    let is_promised = posix.binding().is_some_and(|one| one.source == Source::CommitLimit);
    if posix.refusal().is_some() || is_promised {
        return None;
    }
    if !matches!(posix::file_system(facts), FileSystem::Tmpfs | FileSystem::Ramfs) {
        return None;
    }
    let limited = [Source::CgroupMemory, Source::CgroupHigh]
        .into_iter()
        .any(|source| posix.limit_of(source).is_some_and(|limit| limit != Limit::Unlimited));
    let size = posix.limit_of(Source::TmpfsSize).unwrap_or(Limit::Unlimited);
    // Half of the machine is the kernel's default; a part of it is somebody's decision.
    if limited || size < Limit::At(memory.total.scaled(2, 5)) {
        return None;
    }
    let site = Site::of(facts);
    let by_size = posix.binding().is_some_and(|ceiling| ceiling.source == Source::TmpfsSize);
    // Where the size comes first, it bounds: of a pod it is told, as filling it evicts others.
    if by_size && !(site.pod && posix.available() > Some(Bytes::ZERO)) {
        return None;
    }
    let contained = facts.cgroup.hidden_ancestors || facts.view == View::Target;
    let severity = if contained { Severity::Warn } else { Severity::Info };
    let bound = if by_size {
        "no memory limit is visible"
    } else {
        "no visible limit is lower than the memory of the machine"
    };
    // Kata's machine is the pod's own guest.
    let (whose, then) = match site.kata {
        true => ("guest's", " Beyond that the guest's kernel kills processes of the pod."),
        false if site.pod => (
            "machine's",
            " A fill takes the memory of the node, and the node then evicts pods, also unrelated ones.",
        ),
        false => ("machine's", ""),
    };
    finding(
        "host-wide",
        severity,
        format!(
            "{bound}: {} can take {size} of the {whose} {}.{then}",
            facts.shm.asked, memory.total
        ),
        // A machine's own is as large as its administrator wants it. A limit of memory has no effect without a controller,
        // which has a finding of its own.
        (facts.runtime.runtime.is_container()
            && !is_unmet(facts, asked, posix)
            // A limit below what is in use would end it.
            && super::full::shm_full(facts, posix, asked).is_none()
            && !facts.cgroup.no_controller)
            .then(|| bounded(facts, posix, asked, &site)),
    )
}

/// A size that leaves the machine its memory, and a limit.
fn bounded(facts: &Facts, posix: &Capacity, asked: &Asked, site: &Site) -> String {
    // A figure that nobody asked for would kill what needs more. A pod's neighbours are evicted without one.
    if asked.app_memory.is_none() && !site.pod {
        return "a memory limit with room for the program and its files there; for a figure: --app-memory SIZE"
            .to_owned();
    }
    let shm = asked.size_limit.unwrap_or_else(|| usual_size(facts, posix, asked.app_memory));
    let memory = memory_for(facts, posix, shm, asked.app_memory);
    // Who shares the host's on purpose keeps it.
    if site.origin == Origin::HostIpc && !site.pod {
        return fix(site, &Change::Memory(memory));
    }
    fix(site, &Change::Both { shm, memory })
}

pub(super) fn hidden_ancestors(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    if !facts.cgroup.hidden_ancestors || no_hidden_limit(facts) {
        return None;
    }
    let whose = match facts.runtime.runtime {
        Runtime::Ecs => " (the task's)",
        _ if Site::of(facts).pod => " (the pod's, the node's)",
        _ => "",
    };
    let measured = posix.certainty == Certainty::Measured;
    let told = facts.cgroup.levels.first().and_then(|leaf| leaf.hierarchical_limit.known());
    let message = match told {
        Some(limit)
            if facts.cgroup.levels.iter().any(|level| level.limit.known() == Some(limit)) =>
        {
            format!(
                "no parent cgroup has a lower limit than the container's own {limit}, but other \
                 memory that is charged to parents is not visible from here."
            )
        }
        Some(limit) => format!(
            "a parent cgroup{whose} has a limit of {limit} (by memory.stat); other memory that is \
             charged to it is not visible from here."
        ),
        None => {
            format!("parent cgroups{whose} are not visible from here, and may have a lower limit.")
        }
    };
    // It fills all that is left, so it is refused beside another process.
    let measure = if facts.neighbours.is_empty() {
        "shmeter inspect --measure"
    } else {
        "in a container of its own with the same limits: shmeter inspect --measure"
    };
    finding(
        "hidden-ancestors",
        Severity::Info,
        message,
        // Only a process of the container itself can feel them.
        (!measured && facts.view == View::Own).then(|| measure.to_owned()),
    )
}
