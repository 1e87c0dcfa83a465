//! Files on the tmpfs at /dev/shm: its size, inodes and quota come before memory itself.

use super::ceiling::{Ceiling, Number, Source, Unit};
use super::end::{End, Ends};
use super::memory::{Made, of_file_size, of_memory};
use super::{Capacity, Certainty, Kind, hugetlb, memory_certainty};
use crate::facts::{Facts, FileSystem, Mount, Reading, StatFs};
use crate::units::{Bytes, Limit};

/// The file system of the path.
#[must_use]
pub(crate) fn file_system(facts: &Facts) -> FileSystem {
    let magic = facts.shm.statfs.known().map(|statfs| statfs.magic);
    FileSystem::of(magic, facts.shm.mount.known().map(|mount| mount.fstype.as_str()))
}

/// What files at the path can still hold.
#[must_use]
pub(crate) fn capacity(facts: &Facts) -> Capacity {
    let unknown =
        |why: String| Capacity::under(Kind::Posix, Vec::new(), Certainty::Unknown, Some(why));
    let statfs = match &facts.shm.statfs {
        Reading::Known(_) if !facts.shm.is_folder => {
            return unknown(format!("{} is not a directory", facts.shm.asked));
        }
        Reading::Known(statfs) => statfs,
        Reading::Absent => return unknown(format!("{} does not exist", facts.shm.asked)),
        Reading::Unknown(why) => return unknown(format!("statfs {}: {why}", facts.shm.asked)),
    };
    let mount = facts.shm.mount.known();
    let mut ceilings = vec![of_file_size(facts)];
    match file_system(facts) {
        FileSystem::Tmpfs => {
            ceilings.push(of_size(facts, statfs));
            ceilings.push(of_inodes(facts, statfs));
            ceilings.extend(of_quota(facts, mount));
        }
        FileSystem::Ramfs => {}
        FileSystem::Hugetlbfs => return hugetlb::capacity(facts, statfs),
        FileSystem::Other(name) => {
            return unknown(format!("{} is {name}, not shared memory", facts.shm.asked));
        }
    }
    let ramfs = file_system(facts) == FileSystem::Ramfs;
    let swaps = !ramfs && !mount.is_some_and(|mount| mount.has("noswap"));
    let huge = !ramfs && gets_huge_pages(facts);
    ceilings.extend(of_memory(facts, Made { huge, swaps, whole: false }));
    let (mut certainty, mut why) = memory_certainty(facts);
    if let Reading::Unknown(reason) = &facts.shm.mount {
        // Whether it is read-only, swaps or has a quota stands there.
        (certainty, why) = (Certainty::AtMost, Some(format!("mountinfo: {reason}")));
    }
    if ceilings.iter().any(|ceiling| ceiling.source == Source::TmpfsQuota) {
        let reason = "what is used of the tmpfs quota cannot be read";
        (certainty, why) = (Certainty::AtMost, Some(reason.to_owned()));
    }
    // A kubelet's folder of volumes, seen from the node: those who write there are charged to their own pod.
    let of_a_pod = facts.shm.resolved.contains("/volumes/kubernetes.io~empty-dir/");
    if of_a_pod && certainty == Certainty::Exact {
        let reason =
            "the memory limit of the pod that has this volume applies to what the pod writes here";
        (certainty, why) = (Certainty::AtMost, Some(reason.to_owned()));
    }
    let mut capacity = Capacity::under(Kind::Posix, ceilings, certainty, why);
    capacity.without_populate(facts);
    capacity
}

/// The mount's own policy, unless the global one forbids or forces them
/// (Documentation/admin-guide/mm/transhuge.rst).
fn gets_huge_pages(facts: &Facts) -> bool {
    match facts.shmem_huge.known().map(String::as_str) {
        Some("deny") => false,
        Some("force") => true,
        _ => {
            let policy = facts.shm.mount.known().and_then(|mount| mount.option("huge"));
            matches!(policy, Some("always" | "within_size"))
        }
    }
}

fn of_size(facts: &Facts, statfs: &StatFs) -> Ceiling {
    let limit = statfs.size_limit();
    Ceiling {
        room: limit.map(|_| statfs.available()),
        ends: Ends::of_full_file_system(End::Enospc),
        ..Ceiling::new(
            Source::TmpfsSize,
            format!("statfs {}", facts.shm.asked),
            limit,
            statfs.used(),
        )
    }
}

fn of_inodes(facts: &Facts, statfs: &StatFs) -> Ceiling {
    let number = Number { limit: statfs.inode_limit(), used: statfs.inodes_used() };
    let origin = format!("statfs {}", facts.shm.asked);
    Ceiling::of_number(Source::TmpfsInodes, origin, Unit::Inodes, number)
}

/// tmpfs quota (since Linux 6.6). What is used of it cannot be read from here; user 0 is exempt.
fn of_quota(facts: &Facts, mount: Option<&Mount>) -> Option<Ceiling> {
    let mount = mount?;
    let root = facts.process.status.known().is_some_and(|status| status.euid == 0);
    let limit = ["usrquota_block_hardlimit", "grpquota_block_hardlimit"]
        .iter()
        .filter_map(|option| mount.option(option)?.parse().ok())
        .map(Bytes)
        .min()?;
    (!root).then(|| Ceiling {
        ends: Ends::of_full_file_system(End::Edquot),
        ..Ceiling::new(
            Source::TmpfsQuota,
            format!("mount options of {}", mount.point),
            Limit::At(limit),
            Bytes::ZERO,
        )
    })
}
