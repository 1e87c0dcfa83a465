//! Findings about sizes that are too small or too large, and the size to set.

use super::{Asked, Finding, Severity, finding, full, requirement};
use crate::capacity::advice::{Change, Site, Ulimit, fix};
use crate::capacity::origin::{Origin, is_default_size, origin};
use crate::capacity::predict::tightest;
use crate::capacity::sizing::{memory_for, room_beside, safe_size, usual_size};
use crate::capacity::{Capacity, End, Kind, Source};
use crate::facts::{Facts, Runtime};
use crate::units::{Bytes, Limit};

pub(super) fn runtime_default(facts: &Facts, posix: &Capacity, asked: &Asked) -> Option<Finding> {
    let Limit::At(size) = posix.limit_of(Source::TmpfsSize)? else { return None };
    // Apptainer's is set for all of a node.
    let of_node = facts.runtime.runtime == Runtime::Apptainer && size < Bytes::mib(64);
    let origin = origin(facts);
    // Somebody's own mount of that size is no decision: versions of Docker lost the size of a service's mount.
    let of_mount =
        origin == Origin::Tmpfs && is_default_size(size) && facts.runtime.runtime.is_container();
    let default = (is_default_size(size) || of_node) && origin == Origin::Runtime;
    // `shm_size: 256` of Compose is 256 bytes, of which the kernel makes a page, and so is `sizeLimit: 256`.
    let of_bytes = matches!(origin, Origin::ShmSize | Origin::Tmpfs | Origin::Emptydir)
        && size < Bytes::mib(1)
        && facts.runtime.runtime.is_container();
    if of_bytes && !requirement::is_unmet(facts, asked, posix) {
        return finding(
            "runtime-default",
            Severity::Warn,
            format!(
                "{} has {size}, less than container runtimes give by default. A size without a unit counts bytes: \
                 256 makes one page, and not 256 MiB.",
                facts.shm.asked
            ),
            fix(&Site::of(facts), &Change::Size(usual_size(facts, posix, asked.app_memory))),
        );
    }
    if !(default || of_mount) || asked.size_limit.is_some() {
        return None;
    }
    // Other findings say what stands in the way before the size does.
    if posix.refusal().is_some()
        || facts.elsewhere.is_some()
        || kill_before_enospc(facts, posix, asked).is_some()
    {
        return None;
    }
    let whose = match facts.runtime.runtime {
        _ if of_mount => "container runtimes give",
        Runtime::Docker => "Docker gives",
        Runtime::Podman => "Podman gives",
        Runtime::Buildah => "Buildah gives",
        Runtime::Apptainer if of_node => "this node gives a contained run (sessiondir max size)",
        Runtime::Apptainer => "Apptainer gives a contained run",
        _ => "a container runtime gives",
    };
    let larger = usual_size(facts, posix, asked.app_memory);
    // What is full, or nearly, says a size itself.
    let said =
        full::shm_full(facts, posix, asked).is_some() || requirement::is_unmet(facts, asked, posix);
    finding(
        "runtime-default",
        Severity::Warn,
        format!(
            "{} has {size}, which is what {whose} by default. PyTorch workers, NCCL, PostgreSQL \
             and browsers need more, and fail with \"Bus error\" or \"No space left on device\".",
            facts.shm.asked
        ),
        (larger > size && !said).then(|| fix(&Site::of(facts), &Change::Size(larger))),
    )
}

pub(super) fn kill_before_enospc(
    facts: &Facts,
    posix: &Capacity,
    asked: &Asked,
) -> Option<Finding> {
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
    let size = match posix.limit_of(Source::TmpfsSize) {
        Some(Limit::At(bytes)) => format!("a size of {bytes}"),
        _ => "no size limit".to_owned(),
    };
    let then = match end {
        End::Stall => "the kernel throttles it to a standstill".to_owned(),
        _ => format!("the kernel kills a process, and {}", what_stays(facts)),
    };
    // With nothing left the next byte does it.
    let severity = if available == Bytes::ZERO { Severity::Fail } else { Severity::Warn };
    let said = full::is_full(facts) || requirement::is_unmet(facts, asked, posix);
    finding(
        "kill-before-enospc",
        severity,
        format!(
            "{} has {size}, but the memory limit is reached after {available} more: {then}. A smaller size \
             would turn that into \"No space left on device\".",
            facts.shm.asked
        ),
        (!said).then(|| smaller(facts, posix, asked)),
    )
}

/// The size fits into memory, but not beside what the application needs.
pub(super) fn kill_beside(facts: &Facts, posix: &Capacity, asked: &Asked) -> Option<Finding> {
    let app = asked.app_memory?;
    let size = posix.limit_of(Source::TmpfsSize)?.bytes()?;
    let room = room_beside(facts, posix, app)?;
    (size > room).then_some(())?;
    let said = full::is_full(facts) || requirement::is_unmet(facts, asked, posix);
    finding(
        "kill-before-enospc",
        Severity::Warn,
        format!(
            "{} has a size of {size}, but the application needs {app}, which leaves {room} of the \
             memory limit: the kernel kills a process before it is full.",
            facts.shm.asked
        ),
        (!said).then(|| smaller(facts, posix, asked)),
    )
}

/// What a kill leaves behind.
fn what_stays(facts: &Facts) -> &'static str {
    let site = Site::of(facts);
    if site.pod && site.origin == Origin::Emptydir {
        "what was written stays, so that the pod cannot even restart"
    } else if site.origin.is_of_the_host() || site.origin == Origin::Machine {
        "what was written stays until somebody removes it"
    } else if site.origin == Origin::Tmpfs && site.runtime.is_container() {
        "what was written stays while the container runs, and in a volume longer"
    } else if site.runtime.is_container() && site.runtime != Runtime::Unknown {
        "what was written stays while the container runs"
    } else {
        "what was written stays"
    }
}

/// The size that memory allows, or with what was required the memory that it needs.
fn smaller(facts: &Facts, posix: &Capacity, asked: &Asked) -> String {
    let site = Site::of(facts);
    let safe = safe_size(facts, posix, asked.app_memory);
    let wanted = asked.require[Kind::Posix].map(|wanted| requirement::size_for(facts, wanted));
    match (safe, wanted) {
        (safe, Some(wanted)) if safe.is_none_or(|safe| safe < wanted) => {
            let memory = memory_for(facts, posix, wanted, asked.app_memory);
            fix(&site, &Change::Both { shm: wanted, memory })
        }
        (Some(safe), _) => fix(&site, &Change::Size(safe)),
        // Not even a MiB: more memory comes first.
        (None, _) => {
            let shm = Bytes::mib(64);
            let memory = memory_for(facts, posix, shm, asked.app_memory);
            fix(&site, &Change::Both { shm, memory })
        }
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
        fix(&Site::of(facts), &Change::Unlimited(Ulimit::FileSize)),
    )
}
