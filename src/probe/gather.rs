//! All facts of one process and one folder, read once.

use super::dds::dds;
use super::hierarchy::{Memberships, MountView};
use super::holdings::hidden;
use super::marks;
use super::path::{elsewhere, shm_path};
use super::target::{Target, check_process, is_gone, own_pid};
use super::{
    ProbeError, Source, holders, host, hugepages, levels, rights, size_of_transparent_pages,
};
use crate::facts::meminfo::parse_meminfo;
use crate::facts::mountinfo::{covering, parse_mountinfo};
use crate::facts::process::{
    HardLimits, parse_address_limit, parse_file_size_limit, parse_locked_limit, parse_score,
    parse_status,
};
use crate::facts::runtime::is_of_a_kubelet;
use crate::facts::sysvipc::{parse_segments, parse_semaphore_sets, parse_semaphores};
use crate::facts::{
    Attempts, Facts, FileSystem, IpcFacts, MemInfoOf, Overcommit, PageSize, ProcessFacts, Reading,
    Release, Runtime, ShmPath, View, Why, parse_number,
};
use crate::units::{Bytes, Limit};

/// Reads everything.
///
/// # Errors
/// When the process does not exist, ends meanwhile or may not be looked into, or when an
/// explicit folder is none.
pub fn gather(source: &dyn Source, target: &Target) -> Result<Facts, ProbeError> {
    let page_size =
        PageSize::new(source.page_size()).ok_or(ProbeError::PageSize(source.page_size()))?;
    let process = target.pid.map_or("/proc/self".to_owned(), |pid| format!("/proc/{pid}"));
    let root = target.pid.map_or(String::new(), |_| format!("{process}/root"));
    if let Some(pid) = target.pid {
        check_process(source, pid, &source.read(&format!("{process}/status")))?;
    }
    let own_pid = target.pid.unwrap_or_else(|| own_pid(source));

    let mountinfo = source.read(&format!("{process}/mountinfo"));
    let mounts = mountinfo.as_ref().map(|text| parse_mountinfo(text));
    let shm = shm_path(source, target, &root, &mounts)?;
    let none = Vec::new();
    let mounts_seen = mounts.known().unwrap_or(&none);
    let own_mounts = match target.pid {
        Some(_) => source.read("/proc/self/mountinfo").map(|text| parse_mountinfo(&text)),
        None => Reading::Absent,
    };
    let in_a_pod = is_of_a_kubelet(own_mounts.known().unwrap_or(mounts_seen));
    let mut views = vec![MountView { mounts: mounts_seen, prefix: &root }];
    if let Reading::Known(own) = &own_mounts {
        views.push(MountView { mounts: own, prefix: "" });
    }
    let memberships = Memberships::of(source, &process);
    let memory = source.read("/proc/meminfo").parse(parse_meminfo);
    let release = release(source);
    let release = Release::parse(release.known().map_or("", String::as_str));
    let needs = levels::Needs {
        swap: memory.known().is_none_or(|memory| memory.swap_total > Bytes::ZERO),
        release: &release,
        page: page_size,
        mounts: own_mounts.known().unwrap_or(mounts_seen),
        own: target.pid.is_none(),
    };
    let cgroup = levels::memory(source, &memberships, &views, own_pid, &needs);
    let overcommit = overcommit(source, needs.swap);
    // Where /proc itself is in no list, nothing is known to be over it.
    let memory_of = covering(needs.mounts, "/proc/meminfo")
        .filter(|mount| mount.point.starts_with("/proc"))
        .map(|mount| mount.fstype.as_str());
    let process_facts = process_facts(source, &process, target.pid);
    let ipc = ipc(source, target.pid);
    let limited = cgroup.levels.iter().any(|l| matches!(l.limit, Reading::Known(Limit::At(_))));
    let neighbours = match cgroup.levels.first() {
        Some(leaf) if limited => holders::neighbours(source, &leaf.folder, own_pid, page_size),
        _ => Vec::new(),
    };
    // An empty tmpfs holds nothing that somebody could have left.
    let in_use = shm.statfs.known().is_some_and(|statfs| {
        FileSystem::of(Some(statfs.magic), None) == FileSystem::Tmpfs && statfs.used() > Bytes::ZERO
    });
    let place = format!("{root}{}", shm.resolved);
    let folder = in_use.then_some(place.as_str());
    let known = marks::Known {
        process: &process,
        mounts: mounts_seen,
        release: &release,
        hidden_ancestors: cgroup.hidden_ancestors,
        in_a_pod,
    };
    let runtime = marks::runtime(source, &known);
    let memory_of = MemInfoOf::of(memory_of, runtime.runtime == Runtime::Gvisor);
    let facts = Facts {
        attempts: attempts(source, target.pid, &place, &shm),
        protected: folder
            .and_then(|folder| rights::protected(source, folder, &shm, process_facts.user())),
        dds: dds(source, folder, &shm, process_facts.user(), target.pid.is_none()),
        removes_ipc_of: host::removes_ipc_of(source, target.pid, process_facts.user(), &ipc),
        map_count: source.read("/proc/sys/vm/max_map_count").parse(parse_number),
        pid: target.pid,
        view: if target.pid.is_some() { View::Target } else { View::Own },
        in_a_pod,
        runtime,
        page_size,
        release,
        elsewhere: elsewhere(source, target, own_pid, &shm, &mountinfo, &cgroup),
        leftovers: holders::leftovers(source, folder, &shm.asked, &ipc),
        hidden: hidden(source),
        shm,
        huge_pools: hugepages::pools(source, &memberships, &views, own_pid, &memory),
        mounts: mounts_seen.to_vec(),
        memory,
        memory_of,
        overcommit,
        process: process_facts,
        shmem_huge: source
            .read("/sys/kernel/mm/transparent_hugepage/shmem_enabled")
            .map(|text| chosen(&text)),
        huge_page: size_of_transparent_pages(source).unwrap_or(page_size.huge()),
        cgroup,
        ipc,
        neighbours,
    };
    match target.pid {
        // What vanished under the reader must not pass for what does not exist.
        Some(pid) if is_gone(source, pid) => Err(ProbeError::Ended(pid)),
        _ => Ok(facts),
    }
}

/// The kernel's release, as it writes it.
pub(crate) fn release(source: &dyn Source) -> Reading<String> {
    source.read("/proc/sys/kernel/osrelease")
}

/// A process's limits and rights.
fn process_facts(source: &dyn Source, process: &str, target: Option<u32>) -> ProcessFacts {
    let file = |name: &str| source.read(&format!("{process}/{name}"));
    let limits = file("limits");
    ProcessFacts {
        addresses: limits.clone().parse(parse_address_limit),
        locked: limits.clone().parse(parse_locked_limit),
        hard: limits.known().map(|text| HardLimits::parse(text)).unwrap_or_default(),
        file_size: limits.parse(parse_file_size_limit),
        oom_score_adj: file("oom_score_adj").parse(parse_score),
        status: file("status").parse(parse_status),
        namespace: rights::namespace(source, process, target),
    }
}

/// What comes of making segments. Not for another process, whose rights these would not be.
fn attempts(source: &dyn Source, target: Option<u32>, place: &str, shm: &ShmPath) -> Attempts {
    if target.is_some() {
        return Attempts::NONE;
    }
    let magic = shm.statfs.known().map(|statfs| statfs.magic);
    let fstype = shm.mount.known().map(|mount| mount.fstype.as_str());
    let in_memory =
        magic.is_some() && !matches!(FileSystem::of(magic, fstype), FileSystem::Other(_));
    source.attempts((in_memory && shm.is_folder).then_some(place))
}

/// How memory is promised. The reserves matter only where promises are counted.
fn overcommit(source: &dyn Source, swap: bool) -> Overcommit {
    let number = |name: &str| source.read(&format!("/proc/sys/vm/{name}")).parse(parse_number);
    let mode = number("overcommit_memory");
    let kib = |name: &str| match mode {
        Reading::Known(2) => Bytes::kib(number(name).known().copied().unwrap_or(0)),
        _ => Bytes::ZERO,
    };
    Overcommit {
        admin_reserve: kib("admin_reserve_kbytes"),
        user_reserve: kib("user_reserve_kbytes"),
        min_free: Bytes::kib(number("min_free_kbytes").known().copied().unwrap_or(0)),
        swappiness: if swap { number("swappiness") } else { Reading::Absent },
        mode,
    }
}

/// The IPC namespace's limits. /proc shows the reader's own, so those of a process in another
/// namespace cannot be read from here.
fn ipc(source: &dyn Source, pid: Option<u32>) -> IpcFacts {
    if let Some(pid) = pid {
        let own = source.link("/proc/self/ns/ipc");
        let other = source.link(&format!("/proc/{pid}/ns/ipc"));
        let why = match (own, other) {
            (Reading::Known(own), Reading::Known(other)) if own != other => Some(format!(
                "process {pid} is in another IPC namespace; run `nsenter -t {pid} -i shmeter inspect --pid {pid}`"
            )),
            (Reading::Unknown(why), _) | (_, Reading::Unknown(why)) => {
                Some(format!("/proc/{pid}/ns/ipc: {why}"))
            }
            _ => None, // the same one, or a capture that does not tell
        };
        if let Some(why) = why.map(Why::Words) {
            return IpcFacts {
                shmmax: Reading::Unknown(why.clone()),
                shmall: Reading::Unknown(why.clone()),
                shmmni: Reading::Unknown(why.clone()),
                segments: Reading::Unknown(why.clone()),
                semaphores: Reading::Unknown(why.clone()),
                semaphore_sets: Reading::Unknown(why),
            };
        }
    }
    let number = |name: &str| source.read(&format!("/proc/sys/kernel/{name}")).parse(parse_number);
    IpcFacts {
        shmmax: number("shmmax").map(Bytes),
        shmall: number("shmall"),
        shmmni: number("shmmni"),
        segments: source.read("/proc/sysvipc/shm").parse(parse_segments),
        semaphores: source.read("/proc/sys/kernel/sem").parse(parse_semaphores),
        semaphore_sets: source.read("/proc/sysvipc/sem").parse(parse_semaphore_sets),
    }
}

/// The word in brackets of a setting such as `always [never]`.
fn chosen(text: &str) -> String {
    let inside = text.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    inside.map_or(text, |(word, _)| word).trim().to_owned()
}
