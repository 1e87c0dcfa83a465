//! What a measurement is to do, of what was asked for and what the machine is. Pure.
#![forbid(unsafe_code)]

use super::{Case, Test, bandwidth, fault, leader, ping_pong, ring};
use crate::capacity::{Capacity, Kind, Method};
use crate::facts::cpu::CpuFacts;
use crate::units::Bytes;

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which tests.
    pub tests: Vec<Test>,
    /// Which kinds.
    pub kinds: Vec<Kind>,
    /// Processes that take part, at most; `None`: one a CPU, up to two.
    pub procs: Option<u32>,
    /// CPUs to use; empty: the first allowed ones.
    pub cpus: Vec<usize>,
    /// Bytes of memory for bandwidth, instead of sizes by the caches.
    pub bytes: Option<Bytes>,
    /// How often.
    pub rounds: u32,
    /// Fewer sizes.
    pub quick: bool,
    /// The folder of posix files.
    pub folder: String,
}

/// How it is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Where each process runs.
    pub cpus: Vec<usize>,
    /// What is measured of each kind.
    pub cases: Vec<Case>,
    /// Kinds that can be measured.
    pub kinds: Vec<Kind>,
    /// What could not be had, or makes figures useless.
    pub warnings: Vec<String>,
}

/// Why there is nothing to measure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A CPU that this process may not use.
    #[error("CPU {0} is not among those that this process may use ({1}): see --cpus")]
    Cpu(usize, String),
    /// More processes than CPUs.
    #[error(
        "--procs {0}: there are {1} CPUs to run on, and processes that wait for a CPU measure that"
    )]
    Procs(u32, usize),
    /// Nothing fits.
    #[error("no kind of shared memory has {0} to spare: nothing can be measured safely")]
    Memory(Bytes),
}

/// Bytes of bandwidth that a quick measurement takes at most: with 2 GiB, four times the last cache of
/// some servers, it took two minutes.
const QUICK: Bytes = Bytes::mib(256);

/// Bytes that must fit for anything to be measured: what a fault sample touches, and the rest.
const LEAST: Bytes = Bytes::mib(24);

impl Request {
    /// What can be done of it on this machine. At most half of what still fits is used.
    ///
    /// # Errors
    /// When nothing can.
    pub fn plan(
        &self,
        allowed: &[usize],
        cpu: &CpuFacts,
        capacities: &[Capacity],
    ) -> Result<Plan, PlanError> {
        let cpus = self.choose(allowed)?;
        let mut warnings = Vec::new();
        let room = |kind: Kind| {
            let capacity = capacities.iter().find(|capacity| capacity.kind == kind)?;
            capacity.reaches.iter().find(|reach| reach.method == Method::Touch)?.available
        };
        let mut kinds = Vec::new();
        for kind in &self.kinds {
            match room(*kind) {
                Some(room) if room >= LEAST => kinds.push(*kind),
                Some(room) => warnings.push(format!(
                    "{} is left out: only {room} are free, {LEAST} are needed",
                    kind.word()
                )),
                None => warnings
                    .push(format!("{} is left out: what still fits cannot be told", kind.word())),
            }
        }
        let least = kinds.iter().filter_map(|kind| room(*kind)).min();
        let Some(least) = least else { return Err(PlanError::Memory(LEAST)) };
        let most = Bytes(least.0 / 2);
        let sizes = self.sizes(cpu, most, &mut warnings);
        self.warn_of_cpus(cpu, &cpus, &mut warnings);
        let cases = self.cases(&sizes, cpus.len(), most, &mut warnings);
        Ok(Plan { cpus, cases, kinds, warnings })
    }

    fn choose(&self, allowed: &[usize]) -> Result<Vec<usize>, PlanError> {
        let chosen = if self.cpus.is_empty() { allowed } else { &self.cpus };
        for cpu in chosen {
            if !allowed.contains(cpu) {
                let list: Vec<String> = allowed.iter().map(usize::to_string).collect();
                return Err(PlanError::Cpu(*cpu, list.join(",")));
            }
        }
        let procs = self.procs.map_or(2, |procs| procs.max(1));
        let wanted = usize::try_from(procs).unwrap_or(usize::MAX);
        if self.procs.is_some() && wanted > chosen.len() {
            return Err(PlanError::Procs(procs, chosen.len()));
        }
        Ok(chosen.iter().copied().take(wanted).collect())
    }

    fn warn_of_cpus(&self, cpu: &CpuFacts, cpus: &[usize], warnings: &mut Vec<String>) {
        let needed = u64::try_from(cpus.len()).unwrap_or(0).saturating_mul(1000);
        if let Some(quota) = cpu.quota.filter(|quota| *quota < needed) {
            let (whole, rest) = (quota / 1000, quota % 1000);
            warnings.push(format!(
                "the cgroup grants {whole}.{rest:03} CPUs and {} are used: expect pauses of tens of \
                 ms, in which nothing runs",
                cpus.len()
            ));
        }
    }

    /// Bytes for bandwidth: inside of the second cache, and four times the last one.
    fn sizes(&self, cpu: &CpuFacts, most: Bytes, warnings: &mut Vec<String>) -> Vec<u64> {
        let round = |bytes: u64| (bytes >> 16 << 16).max(1 << 16);
        if let Some(bytes) = self.bytes {
            let used = bytes.min(most);
            if used < bytes {
                warnings.push(format!("{used} are used instead of {bytes}: more may not be safe"));
            }
            return vec![round(used.0)];
        }
        let second = cpu.cache(2).unwrap_or(Bytes::mib(1));
        let last = cpu.last_cache().unwrap_or(Bytes::mib(32));
        let large = last.times(4);
        let mut sizes = vec![second.0 / 4];
        if !self.quick {
            sizes.extend([second.0, last.0 / 2, last.0]);
        }
        let (most, why) = if self.quick && QUICK < most {
            (QUICK, "more takes too long for --quick")
        } else {
            (most, "more may not be safe")
        };
        sizes.push(large.min(most).0);
        if most < large {
            warnings.push(format!(
                "{most} are used instead of four times the last cache ({large}): {why}, so the figures \
                 tell of the cache too"
            ));
        }
        sizes.retain(|bytes| *bytes <= most.0);
        let mut sizes: Vec<u64> = sizes.into_iter().map(round).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    fn cases(
        &self,
        sizes: &[u64],
        cpus: usize,
        most: Bytes,
        warnings: &mut Vec<String>,
    ) -> Vec<Case> {
        let mut cases = Vec::new();
        let mut add = |test: Test, op: &str, procs: u32, bytes: u64| {
            let case = Case { test, op: op.to_owned(), procs, bytes };
            if self.tests.contains(&test) && leader::room(&case) <= most.0 {
                cases.push(case);
            }
        };
        let all = u32::try_from(cpus).unwrap_or(1).max(1);
        let mut teams = vec![1];
        if self.procs.is_none() || all > 1 {
            let mut n = 2;
            while n < all {
                teams.push(n);
                n = n.saturating_mul(2);
            }
            teams.push(all);
            teams.dedup();
        }
        for bytes in sizes {
            for procs in &teams {
                for (op, _) in bandwidth::OPS {
                    if bandwidth::why_not(op).is_none() {
                        add(Test::Bandwidth, op, *procs, *bytes);
                    }
                }
            }
        }
        if all > 1 {
            for op in ping_pong::OPS {
                add(Test::PingPong, op, 2, if op == "spin-64B" { 64 } else { 8 });
            }
            for (bytes, word) in ring::SIZES {
                if self.quick && matches!(word, "512B" | "64KiB") {
                    continue;
                }
                for form in ["", "batched"] {
                    add(Test::Ring, &ring::op(word, form), 2, bytes);
                }
            }
            add(Test::Ring, &ring::op("64B", "latency"), 2, 64);
        } else if self.tests.iter().any(|test| matches!(test, Test::PingPong | Test::Ring)) {
            warnings.push("ping-pong and ring are left out: they need two CPUs".to_owned());
        }
        for op in fault::OPS {
            add(Test::Fault, op, 1, fault::BYTES);
        }
        add(Test::Lifecycle, "whole", 1, 64 << 10);
        cases
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::cpu::Cache;

    fn request() -> Request {
        Request {
            tests: Test::ALL.to_vec(),
            kinds: Kind::ALL.to_vec(),
            procs: None,
            cpus: Vec::new(),
            bytes: None,
            rounds: 10,
            quick: false,
            folder: "/dev/shm".to_owned(),
        }
    }

    fn caches(last: Bytes) -> CpuFacts {
        let cache = |level, bytes| Cache { level, bytes, shared: vec![0, 1] };
        CpuFacts { caches: vec![cache(2, Bytes::mib(2)), cache(3, last)], ..CpuFacts::default() }
    }

    fn sizes(request: &Request, last: Bytes, most: Bytes) -> (Vec<u64>, usize) {
        let mut warnings = Vec::new();
        let sizes = request.sizes(&caches(last), most, &mut warnings);
        (sizes.into_iter().map(|bytes| bytes >> 10).collect(), warnings.len())
    }

    #[test]
    fn sizes_go_from_inside_of_the_second_cache_to_four_times_the_last_one() {
        let (found, warnings) = sizes(&request(), Bytes::mib(32), Bytes::mib(4096));
        assert_eq!((found, warnings), (vec![512, 2048, 16_384, 32_768, 131_072], 0));
        let quick = Request { quick: true, ..request() };
        let (found, warnings) = sizes(&quick, Bytes::mib(32), Bytes::mib(4096));
        assert_eq!((found, warnings), (vec![512, 131_072], 0));
    }

    #[test]
    fn what_is_too_much_for_the_memory_or_the_time_is_told() {
        let (found, warnings) = sizes(&request(), Bytes::mib(32), Bytes::mib(100));
        assert_eq!((found, warnings), (vec![512, 2048, 16_384, 32_768, 102_400], 1));
        let quick = Request { quick: true, ..request() };
        let (found, warnings) = sizes(&quick, Bytes::mib(480), Bytes::mib(8192));
        assert_eq!((found, warnings), (vec![512, 262_144], 1));
        let asked = Request { bytes: Some(Bytes::mib(512)), ..quick };
        assert_eq!(sizes(&asked, Bytes::mib(480), Bytes::mib(8192)), (vec![524_288], 0));
        assert_eq!(sizes(&asked, Bytes::mib(480), Bytes::mib(64)), (vec![65_536], 1));
    }

    #[test]
    fn a_cpu_that_may_not_be_used_and_too_many_processes_are_refused() {
        let asks = |request: &Request| request.choose(&[0, 3]);
        assert_eq!(asks(&request()), Ok(vec![0, 3]));
        assert_eq!(asks(&Request { cpus: vec![3], ..request() }), Ok(vec![3]));
        let other = Request { cpus: vec![1], ..request() };
        assert_eq!(asks(&other), Err(PlanError::Cpu(1, "0,3".to_owned())));
        let many = Request { procs: Some(3), ..request() };
        assert_eq!(asks(&many), Err(PlanError::Procs(3, 2)));
    }
}
