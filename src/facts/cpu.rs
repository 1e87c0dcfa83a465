//! The CPUs: what they are, which caches they have and share, how much of their time is granted.

use super::arm;
use crate::units::Bytes;

/// What a measurement must tell of the CPUs that it used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuFacts {
    /// Their name, as far as the kernel tells one.
    pub model: String,
    /// Their counter runs evenly, whatever their frequency and sleep.
    pub steady: bool,
    /// It is a guest of a hypervisor.
    pub guest: bool,
    /// Caches of data of the first one, smallest first.
    pub caches: Vec<Cache>,
    /// CPUs of the first one's core (threads), itself among them.
    pub core: Vec<usize>,
    /// CPUs of its socket; empty where the kernel does not tell.
    pub socket: Vec<usize>,
    /// Nodes of memory (NUMA); empty where the kernel does not tell.
    pub nodes: Vec<Node>,
    /// Kinds of cores; empty where all are alike.
    pub core_kinds: Vec<CoreKind>,
    /// How the frequency is chosen, where that can be read.
    pub governor: Option<String>,
    /// CPUs' worth of time that the cgroup grants, in thousandths; `None`: all there is.
    pub quota: Option<u64>,
    /// Nanoseconds that the cgroup was throttled for so far.
    pub throttled: u64,
    /// Ticks of 10 ms that the hypervisor gave to others so far, of all CPUs.
    pub stolen: u64,
}

/// A part of the memory, and the CPUs that it is near to (numa(7)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub number: u32,
    pub cpus: Vec<usize>,
}

/// Cores that are alike, of a CPU that has several kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreKind {
    pub name: String,
    pub cpus: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// 1 is next to the core.
    pub level: u32,
    /// How large it is.
    pub bytes: Bytes,
    /// CPUs that share it.
    pub shared: Vec<usize>,
}

/// How near two CPUs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Near {
    /// One and the same.
    SameCpu,
    /// Two threads of one core.
    SameCore,
    /// Two cores that share their last-level cache.
    SameCache,
    /// Two cores of one socket that share no cache.
    Apart,
    /// Two cores of two sockets.
    OtherSocket,
    /// The kernel does not tell.
    Unknown,
}

impl Near {
    #[must_use]
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Near::SameCpu => "one CPU",
            Near::SameCore => "two threads of one core",
            Near::SameCache => "two cores that share their last cache",
            Near::Apart => "two cores that share no cache",
            Near::OtherSocket => "two cores of two sockets",
            Near::Unknown => "two CPUs; how near the kernel does not tell",
        }
    }
}

impl CpuFacts {
    /// How near another CPU is to the first one.
    #[must_use]
    pub(crate) fn near(&self, first: usize, other: usize) -> Near {
        // Where the first cache is all that is listed, as where no firmware tells of more, there may be others.
        let beyond_the_first = self.caches.last().filter(|cache| cache.level > 1);
        match beyond_the_first {
            _ if first == other => Near::SameCpu,
            _ if self.core.contains(&other) => Near::SameCore,
            Some(last) if last.shared.contains(&other) => Near::SameCache,
            _ if !self.socket.is_empty() && !self.socket.contains(&other) => Near::OtherSocket,
            Some(_) => Near::Apart,
            None => Near::Unknown,
        }
    }

    /// The node of memory that a CPU is near to.
    #[must_use]
    pub(crate) fn node_of(&self, cpu: usize) -> Option<u32> {
        self.nodes.iter().find(|node| node.cpus.contains(&cpu)).map(|node| node.number)
    }

    /// Of which kind a core is, where there are several.
    #[must_use]
    pub(crate) fn core_kind(&self, cpu: usize) -> Option<&str> {
        self.core_kinds.iter().find(|kind| kind.cpus.contains(&cpu)).map(|kind| kind.name.as_str())
    }

    /// Bytes of the cache of a level.
    #[must_use]
    pub(crate) fn cache(&self, level: u32) -> Option<Bytes> {
        self.caches.iter().find(|cache| cache.level == level).map(|cache| cache.bytes)
    }

    /// Bytes of the last one.
    #[must_use]
    pub(crate) fn last_cache(&self) -> Option<Bytes> {
        self.caches.last().map(|cache| cache.bytes)
    }
}

/// CPUs of a list such as `0-3,8` (cpuset(7)); what is none is left out, and so are absurd numbers.
#[must_use]
pub fn parse_list(text: &str) -> Vec<usize> {
    const MOST: usize = 1 << 16;
    let mut ranges = Vec::new();
    for part in text.trim().split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (Ok(first), Ok(last)) = (first.trim().parse::<usize>(), last.trim().parse::<usize>())
        else {
            continue;
        };
        if first <= last && last < MOST {
            ranges.push((first, last));
        }
    }
    ranges.sort_unstable();
    let mut cpus: Vec<usize> = Vec::new();
    for (first, last) in ranges {
        // A CPU of several ranges is taken once, or a short list of wide ones would take gigabytes.
        let next = cpus.last().map_or(0, |cpu| cpu.saturating_add(1));
        cpus.extend(first.max(next)..=last);
    }
    cpus
}

/// Kinds of cores by what each CPU can do (cpu_capacity, of 1024 for the fastest); none where all can do the same.
#[must_use]
pub(crate) fn kinds_by_capacity(capacities: &[(usize, u32)]) -> Vec<CoreKind> {
    let mut kinds: Vec<(u32, Vec<usize>)> = Vec::new();
    for (cpu, capacity) in capacities {
        match kinds.iter_mut().find(|(one, _)| one == capacity) {
            Some((_, cpus)) => cpus.push(*cpu),
            None => kinds.push((*capacity, vec![*cpu])),
        }
    }
    if kinds.len() < 2 {
        return Vec::new();
    }
    let named = |(capacity, cpus)| CoreKind { name: format!("capacity-{capacity}"), cpus };
    kinds.into_iter().map(named).collect()
}

/// A size such as `32768K` (/sys/devices/system/cpu/cpu0/cache/index3/size).
#[must_use]
pub fn parse_cache_size(text: &str) -> Option<Bytes> {
    let text = text.trim();
    let (number, unit) = match text.strip_suffix(['K', 'M']) {
        Some(number) if text.ends_with('M') => (number, 1_u64 << 20),
        Some(number) => (number, 1 << 10),
        None => (text, 1),
    };
    Some(Bytes(number.parse::<u64>().ok()?.checked_mul(unit)?))
}

/// Model, steadiness of the counter, and whether it says that it is a guest, of /proc/cpuinfo.
#[must_use]
pub fn parse_cpuinfo(text: &str) -> (String, bool, bool) {
    let of = |key: &str| {
        let mut values = text.lines().filter_map(|line| line.split_once(':'));
        values.find(|(name, _)| name.trim() == key).map(|(_, value)| value.trim())
    };
    let model = of("model name").or_else(|| of("Processor")).map(str::to_owned);
    let model = model.or_else(|| arm::name(of("CPU implementer")?, of("CPU part")?));
    let flags = of("flags").unwrap_or_default();
    let has = |flag: &str| flags.split_whitespace().any(|word| word == flag);
    // aarch64 lists `Features`; its timer always runs evenly.
    let steady = (has("constant_tsc") && has("nonstop_tsc")) || of("Features").is_some();
    (model.unwrap_or_else(|| "unknown".to_owned()), steady, has("hypervisor"))
}

/// Thousandths of a CPU of a quota and its period: `max 100000` or `50000 100000` (cpu.max).
#[must_use]
pub fn parse_quota(text: &str) -> Option<u64> {
    let mut words = text.split_whitespace();
    let quota: u64 = words.next()?.parse().ok()?;
    let period: u64 = words.next()?.parse().ok()?;
    quota.checked_mul(1000)?.checked_div(period)
}

/// Nanoseconds of being throttled, of cpu.stat: `throttled_usec` of v2, `throttled_time` of v1.
#[must_use]
pub fn parse_throttled(text: &str) -> u64 {
    let of = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|number| number.trim().parse::<u64>().ok())
    };
    let micro = of("throttled_usec ").map(|n| n.saturating_mul(1000));
    micro.or_else(|| of("throttled_time ")).unwrap_or(0)
}

/// Ticks that the hypervisor gave to others: the eighth number of a line of /proc/stat, `cpu` of all CPUs,
/// `cpu0` of one.
#[must_use]
pub fn parse_stolen(text: &str, of: &str) -> u64 {
    let mut lines = text.lines().map(str::split_whitespace);
    let stolen = lines.find_map(|mut words| (words.next() == Some(of)).then(|| words.nth(7))?);
    stolen.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Whether the CPU's own counter is among the sources of the kernel's clock (available_clocksource).
#[must_use]
pub fn has_counter(sources: &str) -> bool {
    sources.split_whitespace().any(|name| matches!(name, "tsc" | "arch_sys_counter"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_cpus_are_read_and_absurd_ones_left_out() {
        assert_eq!(parse_list("0-3,8\n"), [0, 1, 2, 3, 8]);
        assert_eq!(parse_list("5,5,1"), [1, 5]);
        assert_eq!(parse_list("2-6,0-3,4,5-7,0-1"), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert!(parse_list("").is_empty());
        assert!(parse_list("x,3-1,0-99999999999").is_empty());
    }

    #[test]
    fn sizes_of_caches_have_units() {
        assert_eq!(parse_cache_size("32768K\n"), Some(Bytes::mib(32)));
        assert_eq!(parse_cache_size("2M"), Some(Bytes::mib(2)));
        assert_eq!(parse_cache_size("512"), Some(Bytes(512)));
        assert_eq!(parse_cache_size("much"), None);
    }

    #[test]
    fn both_architectures_tell_whether_their_counter_is_steady() {
        let x86 = "processor: 0\nmodel name\t: AMD EPYC\nflags\t\t: fpu constant_tsc nonstop_tsc hypervisor\n";
        assert_eq!(parse_cpuinfo(x86), ("AMD EPYC".to_owned(), true, true));
        let old = "model name\t: Old\nflags\t\t: fpu tsc\n";
        assert_eq!(parse_cpuinfo(old), ("Old".to_owned(), false, false));
        let arm =
            "processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
        assert_eq!(parse_cpuinfo(arm), ("Arm Neoverse N1".to_owned(), true, false));
        let half = "Features\t: fp asimd\nCPU part\t: 0x051\n";
        assert_eq!(parse_cpuinfo(half), ("unknown".to_owned(), true, false));
        assert_eq!(parse_cpuinfo(""), ("unknown".to_owned(), false, false));
    }

    #[test]
    fn quotas_and_throttling_of_both_hierarchies() {
        assert_eq!(parse_quota("max 100000"), None);
        assert_eq!(parse_quota("150000 100000"), Some(1500));
        assert_eq!(parse_quota("-1 100000"), None);
        assert_eq!(parse_quota("5 0"), None);
        assert_eq!(parse_throttled("nr_periods 3\nthrottled_usec 12\n"), 12_000);
        assert_eq!(parse_throttled("nr_throttled 1\nthrottled_time 99\n"), 99);
        let stat =
            "cpu  1 2 3 4 5 6 7 88 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\ncpu1 1 2 3 4 5 6 7 80 0 0\n";
        assert_eq!(["cpu", "cpu1", "cpu2"].map(|of| parse_stolen(stat, of)), [88, 80, 0]);
        assert_eq!(parse_stolen("", "cpu"), 0);
        assert!(has_counter("tsc kvm-clock \n") && !has_counter("kvm-clock acpi_pm"));
    }

    #[test]
    fn cores_that_can_do_the_same_are_of_one_kind() {
        let kinds = kinds_by_capacity(&[(0, 446), (1, 446), (2, 1024)]);
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name.as_str()).collect();
        assert_eq!(names, ["capacity-446", "capacity-1024"]);
        let cpus = CpuFacts { core_kinds: kinds, ..CpuFacts::default() };
        assert_eq!(
            [0, 1, 2, 3].map(|cpu| cpus.core_kind(cpu)),
            [Some("capacity-446"), Some("capacity-446"), Some("capacity-1024"), None]
        );
        assert!(kinds_by_capacity(&[(0, 1024), (1, 1024)]).is_empty());
    }

    #[test]
    fn nearness_is_told_by_cores_and_caches() {
        let cache =
            |level, shared: &str| Cache { level, bytes: Bytes::mib(1), shared: parse_list(shared) };
        let cpus = CpuFacts {
            caches: vec![cache(1, "0-1"), cache(3, "0-3")],
            core: vec![0, 1],
            socket: parse_list("0-7"),
            ..CpuFacts::default()
        };
        let near = [0, 1, 2, 4, 8].map(|other| cpus.near(0, other));
        let told = [Near::SameCpu, Near::SameCore, Near::SameCache, Near::Apart, Near::OtherSocket];
        assert_eq!(near, told);
        assert_eq!(CpuFacts { socket: Vec::new(), ..cpus }.near(0, 8), Near::Apart);
        assert_eq!(CpuFacts::default().near(0, 1), Near::Unknown);
        // No firmware told of any cache but the first.
        let first = CpuFacts { caches: vec![cache(1, "0")], core: vec![0], ..CpuFacts::default() };
        assert_eq!([0, 1].map(|other| first.near(0, other)), [Near::SameCpu, Near::Unknown]);
    }
}
