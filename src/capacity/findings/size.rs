//! Findings about sizes that are too small, too large or not as asked, and the size to set.

use super::{Asked, Finding, RUNTIME_DEFAULT, Severity, finding, memory_room};
use crate::capacity::predict::tightest;
use crate::capacity::{Capacity, End, Source};
use crate::facts::Facts;
use crate::units::{Bytes, Limit};

/// A size to configure: for a pod, or where that is not known in both notations.
fn fix_of_size(facts: &Facts, size: Bytes) -> String {
    let volume = format!(
        "under spec.volumes, mounted at /dev/shm:\n\
         - {{name: shm, emptyDir: {{medium: Memory, sizeLimit: {}}}}}",
        kubernetes_size(size)
    );
    if facts.in_a_pod {
        volume
    } else {
        format!("docker run --shm-size={} ...\nor in Kubernetes, {volume}", docker_size(size))
    }
}

/// The same with a memory limit: a third more, for the programs themselves.
fn fix_of_both(facts: &Facts, size: Bytes) -> String {
    let memory = size.saturating_add(Bytes(size.0 / 3));
    if facts.in_a_pod {
        format!(
            "resources: {{limits: {{memory: {}}}}}\nand {}",
            kubernetes_size(memory),
            fix_of_size(facts, size)
        )
    } else {
        format!(
            "docker run --memory={} --shm-size={} ...\n\
             or in Kubernetes the same as resources.limits.memory and emptyDir.sizeLimit",
            docker_size(memory),
            docker_size(size)
        )
    }
}

/// A size for the tmpfs that ends in ENOSPC with room left for the programs' own memory: three
/// quarters of what fits now, rounded down a little.
fn safe_size(facts: &Facts, posix: &Capacity) -> Option<Bytes> {
    let used = facts.shm.statfs.known().map_or(Bytes::ZERO, |statfs| statfs.used());
    let memory = memory_room(posix)?;
    let wanted = used.saturating_add(memory.scaled(3, 4)).0 >> 20;
    let grain = match wanted {
        0..64 => 1,
        64..1024 => 16,
        _ => 128,
    };
    Some(Bytes::mib(wanted.checked_div(grain)?.saturating_mul(grain).max(1)))
}

pub(super) fn requirement(facts: &Facts, posix: &Capacity, asked: &Asked) -> Option<Finding> {
    let required = asked.require?;
    // Of a range the least counts.
    let available = posix.range.map_or(posix.available()?, |(least, _)| least);
    if available >= required {
        return None;
    }
    let binding = posix.binding();
    let by = binding.map_or("a mount that cannot be written to", |c| c.source.title());
    let memory = memory_room(posix).unwrap_or(Bytes(u64::MAX));
    let fix = match binding.map(|ceiling| ceiling.source) {
        // Have findings of their own.
        Some(Source::RlimitFsize | Source::RlimitAs | Source::Permission | Source::Refused) => None,
        _ if memory < required => Some(fix_of_both(facts, required)),
        Some(Source::TmpfsSize) => Some(fix_of_size(facts, required)),
        _ => None,
    };
    finding(
        "require-not-met",
        Severity::Fail,
        format!("{required} are required, {available} are usable: bounded by {by}."),
        fix,
    )
}

pub(super) fn runtime_default(facts: &Facts, posix: &Capacity, asked: &Asked) -> Option<Finding> {
    let mount = facts.shm.mount.known()?;
    let default = posix.limit_of(Source::TmpfsSize)? == Limit::At(RUNTIME_DEFAULT);
    if !default || mount.source != "shm" || asked.size_limit.is_some() {
        return None;
    }
    // Other findings say what stands in the way before the size does.
    if posix.refusal().is_some() {
        return None;
    }
    if facts.elsewhere.is_some() || kill_before_enospc(facts, posix).is_some() {
        return None;
    }
    let size = safe_size(facts, posix).unwrap_or(Bytes::mib(1024)).min(Bytes::mib(1024));
    let size = asked.require.filter(|required| *required > size).unwrap_or(size);
    finding(
        "runtime-default",
        Severity::Warn,
        format!(
            "{} has 64 MiB, which is what a container runtime gives when nobody asks for a size. \
             PyTorch workers, NCCL, PostgreSQL and browsers need more, and fail with \"Bus error\" \
             or \"No space left on device\".",
            facts.shm.asked
        ),
        (size > RUNTIME_DEFAULT).then(|| fix_of_size(facts, size)),
    )
}

pub(super) fn kill_before_enospc(facts: &Facts, posix: &Capacity) -> Option<Finding> {
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
        .min_by_key(|(available, _)| *available)?;
    let size =
        posix.limit_of(Source::TmpfsSize).map_or("no size limit".to_owned(), |limit| match limit {
            Limit::At(bytes) => format!("a size of {bytes}"),
            Limit::Unlimited => "no size limit".to_owned(),
        });
    let then = match end {
        End::Stall => "the kernel throttles it to a standstill",
        _ => {
            "the kernel kills a process, and what was written stays: a Kubernetes pod then cannot \
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
        safe_size(facts, posix).map(|size| {
            if !is_of_the_host(facts) {
                fix_of_size(facts, size)
            } else if facts.in_a_pod {
                format!("without hostIPC: true, {}", fix_of_size(facts, size))
            } else {
                let size = docker_size(size);
                format!("docker run without --ipc=host, which ignores it: --shm-size={size} ...")
            }
        }),
    )
}

fn docker_size(size: Bytes) -> String {
    in_units(size, "g", "m")
}

fn kubernetes_size(size: Bytes) -> String {
    in_units(size, "Gi", "Mi")
}

/// Whole GiB or MiB, rounded up.
fn in_units(size: Bytes, gib: &str, mib: &str) -> String {
    let count = size.0.div_ceil(1 << 20).max(1);
    if count.is_multiple_of(1024) {
        format!("{}{gib}", count / 1024)
    } else {
        format!("{count}{mib}")
    }
}

/// One file may not hold what the mount has room for.
pub(super) fn file_size_limit(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    let ceiling = posix.binding().filter(|ceiling| ceiling.source == Source::RlimitFsize)?;
    let limit = ceiling.limit.known()?;
    let all = posix.all_segments?;
    finding(
        "file-size-limit",
        Severity::Warn,
        format!(
            "a file may not grow beyond {limit} (ulimit -f); over several files {all} fit into {}.",
            facts.shm.asked
        ),
        Some("docker run --ulimit fsize=-1 ..., or: ulimit -f unlimited".to_owned()),
    )
}

/// The machine's own /dev/shm seen from a container: `--ipc=host`, `hostIPC: true`.
fn is_of_the_host(facts: &Facts) -> bool {
    let half = facts.memory.known().map_or(Bytes(u64::MAX), |memory| memory.total.scaled(2, 5));
    let size = facts.shm.statfs.known().map_or(Bytes::ZERO, |statfs| statfs.total());
    let source = facts.shm.mount.known().map_or("", |mount| mount.source.as_str());
    facts.cgroup.hidden_ancestors && source != "shm" && size >= half
}
