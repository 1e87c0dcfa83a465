//! Reads what the kernel tells of the CPUs.

use super::Source;
use crate::facts::cpu::{
    Cache, CoreKind, CpuFacts, Node, has_counter, kinds_by_capacity, parse_cache_size,
    parse_cpuinfo, parse_list, parse_quota, parse_stolen, parse_throttled,
};
use crate::facts::firmware::{Firmware, is_guest};
use crate::facts::{CgroupFacts, Reading};

/// More caches than any CPU has.
const MOST_CACHES: u32 = 16;

/// What there is to know of `first`, on which a measurement begins.
pub(crate) fn cpus(source: &dyn Source, cgroup: &CgroupFacts, first: usize) -> CpuFacts {
    let read = |path: &str| match source.read(path) {
        Reading::Known(text) => Some(text),
        _ => None,
    };
    let (model, even, guest) = parse_cpuinfo(&read("/proc/cpuinfo").unwrap_or_default());
    // A counter that the kernel found to run unevenly is no source of its clock any more.
    let sources = read("/sys/devices/system/clocksource/clocksource0/available_clocksource");
    let steady = even && sources.is_none_or(|names| has_counter(&names));
    let cpu = format!("/sys/devices/system/cpu/cpu{first}");
    let cache = |index: u32| {
        let file = |name: &str| read(&format!("{cpu}/cache/index{index}/{name}"));
        let data = file("type").is_some_and(|kind| kind.trim() != "Instruction");
        let level = file("level")?.trim().parse().ok()?;
        let bytes = parse_cache_size(&file("size")?)?;
        let shared = parse_list(&file("shared_cpu_list").unwrap_or_default());
        data.then_some(Cache { level, bytes, shared })
    };
    let mut caches: Vec<Cache> = (0..MOST_CACHES).filter_map(cache).collect();
    caches.sort_by_key(|cache| cache.level);
    let core = read(&format!("{cpu}/topology/thread_siblings_list")).unwrap_or_default();
    // The older name of package_cpus_list, which all kernels have.
    let socket = read(&format!("{cpu}/topology/core_siblings_list")).unwrap_or_default();
    let governor = read(&format!("{cpu}/cpufreq/scaling_governor"));
    let time = folder(&read, cgroup);
    let in_time = |name: &str| read(&format!("{time}/{name}"));
    let quota = in_time("cpu.max").or_else(|| {
        let (quota, period) = (in_time("cpu.cfs_quota_us")?, in_time("cpu.cfs_period_us")?);
        Some(format!("{} {}", quota.trim(), period.trim()))
    });
    CpuFacts {
        model,
        steady,
        guest: guest || is_guest_of_firmware(&read),
        caches,
        core: parse_list(&core),
        socket: parse_list(&socket),
        nodes: nodes(&read),
        core_kinds: core_kinds(&read),
        governor: governor.map(|text| text.trim().to_owned()),
        quota: quota.and_then(|text| parse_quota(&text)),
        throttled: in_time("cpu.stat").map_or(0, |text| parse_throttled(&text)),
        stolen: read("/proc/stat").map_or(0, |text| parse_stolen(&text, "cpu")),
    }
}

/// More nodes, and more CPUs, than any machine has that this is for.
const MOST: usize = 1024;

fn nodes(read: &impl Fn(&str) -> Option<String>) -> Vec<Node> {
    let folder = "/sys/devices/system/node";
    let numbers = parse_list(&read(&format!("{folder}/online")).unwrap_or_default());
    let node = |number: usize| {
        let cpus = parse_list(&read(&format!("{folder}/node{number}/cpulist"))?);
        Some(Node { number: u32::try_from(number).ok()?, cpus })
    };
    numbers.into_iter().take(MOST).filter_map(node).collect()
}

/// Kinds of cores: x86 has a device for each, others tell what each CPU can do.
fn core_kinds(read: &impl Fn(&str) -> Option<String>) -> Vec<CoreKind> {
    let devices = [("cpu_core", "performance"), ("cpu_atom", "efficiency")];
    let of = |(device, name): (&str, &str)| {
        let cpus = parse_list(&read(&format!("/sys/devices/{device}/cpus"))?);
        Some(CoreKind { name: name.to_owned(), cpus })
    };
    let kinds: Vec<CoreKind> = devices.into_iter().filter_map(of).collect();
    if !kinds.is_empty() {
        return kinds;
    }
    let folder = "/sys/devices/system/cpu";
    let cpus = parse_list(&read(&format!("{folder}/online")).unwrap_or_default());
    let mut capacities = Vec::new();
    for cpu in cpus.into_iter().take(MOST) {
        let text = read(&format!("{folder}/cpu{cpu}/cpu_capacity"));
        let Some(capacity) = text.and_then(|text| text.trim().parse().ok()) else { break };
        capacities.push((cpu, capacity));
    }
    kinds_by_capacity(&capacities)
}

/// Whether the firmware tells of a hypervisor. Containers do not see all of it.
fn is_guest_of_firmware(read: &impl Fn(&str) -> Option<String>) -> bool {
    let text = |path: &str| read(path).unwrap_or_default();
    is_guest(Firmware {
        vendor: &text("/sys/class/dmi/id/sys_vendor"),
        product: &text("/sys/class/dmi/id/product_name"),
        tree: &text("/proc/device-tree/compatible"),
        node: &text("/proc/device-tree/hypervisor/compatible"),
        told: &text("/sys/hypervisor/type"),
    })
}

/// Ticks of 10 ms that the hypervisor gave to others so far, of these CPUs.
pub(crate) fn stolen(source: &dyn Source, cpus: &[usize]) -> u64 {
    let text = source.read("/proc/stat");
    let text = text.known().map(String::as_str).unwrap_or_default();
    let of = |cpu: &usize| parse_stolen(text, &format!("cpu{cpu}"));
    cpus.iter().map(of).fold(0, u64::saturating_add)
}

/// The folder of the cgroup that grants CPU time: that of the memory cgroup on v2, on v1 the one of
/// the controller `cpu`, which a container sees as the root of its mount.
fn folder(read: &impl Fn(&str) -> Option<String>, cgroup: &CgroupFacts) -> String {
    if let Some(leaf) = cgroup.levels.first().filter(|_| cgroup.unified) {
        return leaf.folder.clone();
    }
    let own = read("/proc/self/cgroup").unwrap_or_default();
    let path = own.lines().find_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        controllers.split(',').any(|name| name == "cpu").then_some(path)
    });
    let below = format!("/sys/fs/cgroup/cpu{}", path.unwrap_or_default().trim_end_matches('/'));
    let seen = read(&format!("{below}/cpu.stat")).is_some();
    if seen { below } else { "/sys/fs/cgroup/cpu".to_owned() }
}
