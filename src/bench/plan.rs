//! What a measurement is to do, of what was asked for and what the machine is. Pure.
#![forbid(unsafe_code)]

use super::pair::{self, NoPair, Pair};
use super::{Case, Test, bandwidth, fault, leader, ping_pong, ring};
use crate::capacity::neighbours::{Neighbours, Resource, nearest};
use crate::capacity::{ByKind, Capacity, Kind};
use crate::facts::Facts;
use crate::facts::cpu::CpuFacts;
use crate::facts::others::Others;
use crate::units::Bytes;

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub tests: Vec<Test>,
    pub kinds: Vec<Kind>,
    /// Processes that take part, at most; `None`: one a CPU, up to two.
    pub procs: Option<u32>,
    /// CPUs to use; empty: the first allowed one, and those that are near it in the way of `pair`.
    pub cpus: Vec<usize>,
    /// How near the second CPU is; `None`: another core that shares the last cache, or the next best.
    pub pair: Option<Pair>,
    /// Bytes of memory for bandwidth, instead of sizes by the caches.
    pub bytes: Option<Bytes>,
    /// How often.
    pub rounds: u32,
    /// Bytes of one segment at most, whatever fits.
    pub most: Option<Bytes>,
    /// Somebody typed one of these sizes, and it is no default.
    pub sized: bool,
    /// Nobody else uses this shared memory, by the word of whoever asks.
    pub exclusive: bool,
    /// Measure although others would be hit.
    pub force: bool,
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
    /// What is watched while it measures: it gives all back where a neighbour grows there.
    pub watched: Vec<Resource>,
}

impl Plan {
    /// Bytes of shared memory that it has at once, at most.
    #[must_use]
    pub(crate) fn largest(&self) -> Bytes {
        Bytes(self.cases.iter().map(|case| case.bytes).max().unwrap_or(0)).max(LEAST)
    }
}

/// Why there is nothing to measure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A CPU that this process may not use.
    #[error("CPU {0} is not among those that this process may use ({1}): see --cpus")]
    Cpu(usize, String),
    /// No two CPUs are so near.
    #[error(transparent)]
    Pair(#[from] NoPair),
    /// More processes than CPUs.
    #[error(
        "--procs {0} needs as many CPUs, and there are {1}: processes that share a CPU would \
         measure how long they wait for it"
    )]
    Procs(u32, usize),
    /// What was asked for is left out, all of it.
    #[error("nothing is left to measure: {0}")]
    Nothing(String),
    /// Others use it.
    #[error("{0}: give a size, such as --bytes 64Mi, or use --force")]
    Shared(String),
    /// Nothing fits.
    #[error("no kind of shared memory has {0} free: nothing can be measured safely")]
    Memory(Bytes),
}

/// Bytes of bandwidth that a quick measurement takes at most: with 2 GiB, four times the last cache of
/// some servers, it took two minutes.
const QUICK: Bytes = Bytes::mib(256);

/// Bytes that must fit for anything to be measured: what a fault sample touches, and the rest.
const LEAST: Bytes = Bytes::mib(24);

/// Bytes of one segment at most, and why not more.
#[derive(Clone, Copy)]
struct Most {
    bytes: Bytes,
    why: &'static str,
}

impl Most {
    fn new(safe: Bytes, asked: Option<Bytes>) -> Most {
        match asked {
            Some(bytes) if bytes < safe => Most { bytes, why: "that is the budget" },
            _ => Most { bytes: safe, why: "that is half of what fits" },
        }
    }
}

/// Names what is left out.
fn left_out(cases: &[Case], why: &str) -> Option<String> {
    let name = |case: &Case| match case.test {
        Test::Bandwidth => format!("bandwidth {} of {}", case.op, case.procs),
        test => format!("{} {}", test.word(), case.op),
    };
    let mut names: Vec<String> = cases.iter().map(name).collect();
    names.dedup();
    let (last, first) = names.split_last()?;
    let names =
        if first.is_empty() { last.clone() } else { format!("{} and {last}", first.join(", ")) };
    Some(format!("skipped: {names}: {why}"))
}

impl Request {
    /// What can be done of it on this machine. At most half of what still fits is used.
    ///
    /// # Errors
    /// When nothing can.
    pub fn plan(
        &self,
        allowed: &[usize],
        cpu: &CpuFacts,
        capacities: &ByKind<Capacity>,
        facts: &Facts,
        others: &Others,
    ) -> Result<Plan, PlanError> {
        let watched = self.spare(capacities, facts, others)?;
        let cpus = self.choose(allowed, cpu)?;
        let mut warnings = Vec::new();
        let room = |kind: Kind| capacities[kind].available();
        let mut kinds = Vec::new();
        for kind in &self.kinds {
            match room(*kind) {
                Some(room) if room >= LEAST => kinds.push(*kind),
                Some(room) => warnings.push(format!(
                    "{} is skipped: {room} are free, and {LEAST} are needed",
                    kind.word()
                )),
                None => warnings
                    .push(format!("{} is skipped: it is not known how much fits", kind.word())),
            }
        }
        let least = kinds.iter().filter_map(|kind| room(*kind)).min();
        let Some(least) = least else { return Err(PlanError::Memory(LEAST)) };
        let most = Most::new(Bytes(least.0 / 2), self.most);
        let sizes = self.sizes(cpu, most, &mut warnings);
        self.warn_of_cpus(cpu, &cpus, &mut warnings);
        let known = (cpu, facts.huge_page);
        let cases = self.cases(&sizes, cpus.len(), known, most, &mut warnings);
        if cases.is_empty() {
            return Err(PlanError::Nothing(warnings.join("; ")));
        }
        Ok(Plan { cpus, cases, kinds, warnings, watched })
    }

    /// What is to be watched for neighbours that grow: of everything that may be shared it takes half
    /// at most.
    fn spare(
        &self,
        capacities: &ByKind<Capacity>,
        facts: &Facts,
        others: &Others,
    ) -> Result<Vec<Resource>, PlanError> {
        let mut watched = Vec::new();
        if self.exclusive || self.force {
            return Ok(watched);
        }
        for capacity in capacities.iter().filter(|one| self.kinds.contains(&one.kind)) {
            for (resource, neighbours) in nearest(facts, others, capacity) {
                match neighbours {
                    Neighbours::Shared(why) if !self.sized => return Err(PlanError::Shared(why)),
                    Neighbours::Alone => {}
                    _ if watched.contains(&resource) => {}
                    _ => watched.push(resource),
                }
            }
        }
        Ok(watched)
    }

    fn choose(&self, allowed: &[usize], facts: &CpuFacts) -> Result<Vec<usize>, PlanError> {
        let chosen = if self.cpus.is_empty() {
            pair::nearest(allowed, self.pair, facts)?
        } else {
            self.cpus.clone()
        };
        for cpu in &chosen {
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
        Ok(chosen.into_iter().take(wanted).collect())
    }

    fn warn_of_cpus(&self, cpu: &CpuFacts, cpus: &[usize], warnings: &mut Vec<String>) {
        let needed = u64::try_from(cpus.len()).unwrap_or(0).saturating_mul(1000);
        if let Some(quota) = cpu.quota.filter(|quota| *quota < needed) {
            let (whole, rest) = (quota / 1000, quota % 1000);
            warnings.push(format!(
                "the CPU quota of the cgroup is {whole}.{rest:03} CPUs, and {} are used: expect \
                 pauses of tens of ms",
                cpus.len()
            ));
        }
        let mut kinds = cpus.iter().filter_map(|one| Some((one, cpu.core_kind(*one)?)));
        if let Some((first, kind)) = kinds.next()
            && let Some((other, another)) = kinds.find(|(_, another)| *another != kind)
        {
            warnings.push(format!(
                "CPU {first} is a core of kind {kind} and CPU {other} of kind {another}: figures \
                 of both together describe neither"
            ));
        }
    }

    /// Bytes for bandwidth: inside of the second cache, and four times the last one.
    fn sizes(&self, cpu: &CpuFacts, most: Most, warnings: &mut Vec<String>) -> Vec<u64> {
        let round = |bytes: u64| (bytes >> 16 << 16).max(1 << 16);
        if let Some(bytes) = self.bytes {
            let used = bytes.min(most.bytes);
            let taken = round(used.0);
            if used < bytes {
                warnings.push(format!("{used} are used instead of {bytes}: {}", most.why));
            } else if taken != bytes.0 {
                warnings.push(format!(
                    "{} are used instead of {bytes}: bandwidth is measured with multiples of 64 KiB",
                    Bytes(taken)
                ));
            }
            return vec![taken];
        }
        let second = cpu.cache(2).unwrap_or(Bytes::mib(1));
        let last = cpu.last_cache().unwrap_or(Bytes::mib(32));
        let large = last.saturating_mul(4);
        let mut sizes = vec![second.0 / 4];
        if !self.quick {
            sizes.extend([second.0, last.0 / 2, last.0]);
        }
        let Most { bytes: most, why } = if self.quick && QUICK < most.bytes {
            Most { bytes: QUICK, why: "more takes too long for --quick" }
        } else {
            most
        };
        sizes.push(large.min(most).0);
        if most < large {
            warnings.push(format!(
                "{most} are used instead of four times the last-level cache ({large}): {why}. The \
                 figures are in part those of the cache"
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
        (cpu, huge_page): (&CpuFacts, Bytes),
        most: Most,
        warnings: &mut Vec<String>,
    ) -> Vec<Case> {
        let (mut cases, mut large, mut small) = (Vec::new(), Vec::new(), Vec::new());
        let mut throttled = Vec::new();
        // Both processes spin, so that one that is stopped stops the other.
        let may_spin = cpu.quota.is_none_or(|quota| quota >= 2000);
        let spins = |test: Test, op: &str| match test {
            Test::PingPong => !ping_pong::sleeps(op),
            test => test == Test::Ring,
        };
        let mut add = |test: Test, op: &str, procs: u32, bytes: u64| {
            let case = Case { test, op: op.to_owned(), procs, bytes };
            if !self.tests.contains(&test) {
                return;
            }
            if spins(test, op) && !may_spin {
                throttled.push(case);
            } else if leader::room(&case) > most.bytes.0 {
                large.push(case);
            } else if test == Test::Bandwidth && !bandwidth::has_parts(&case) {
                small.push(case);
            } else {
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
                for form in ring::FORMS {
                    add(Test::Ring, &ring::op(word, form), 2, bytes);
                }
            }
            add(Test::Ring, &ring::op("64B", ring::LATENCY), 2, 64);
        } else if self.tests.iter().any(|test| matches!(test, Test::PingPong | Test::Ring)) {
            warnings.push("ping-pong and ring are skipped: they need two CPUs".to_owned());
        }
        let last_cache = cpu.last_cache().unwrap_or_default();
        for op in fault::OPS {
            add(
                Test::Fault,
                op,
                1,
                fault::bytes(op, self.quick, last_cache, most.bytes, huge_page),
            );
        }
        add(Test::Lifecycle, "whole", 1, 64 << 10);
        let why = format!("they need more than {}, and {}", most.bytes, most.why);
        warnings.extend(left_out(&large, &why));
        warnings.extend(left_out(&throttled, "two processes that spin need two whole CPUs"));
        warnings.extend(left_out(&small, "a part for each process is less than a page"));
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
            pair: None,
            bytes: None,
            rounds: 10,
            most: None,
            sized: false,
            exclusive: false,
            force: false,
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
        let sizes = request.sizes(&caches(last), Most::new(most, None), &mut warnings);
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

    /// The cases that are planned where so much fits, and the warnings.
    fn planned(request: &Request, cpus: usize, safe: Bytes) -> (Vec<Case>, String) {
        let (most, mut warnings) = (Most::new(safe, request.most), Vec::new());
        let sizes = request.sizes(&caches(Bytes::mib(32)), most, &mut warnings);
        let known = (&CpuFacts::default(), Bytes::mib(2));
        let cases = request.cases(&sizes, cpus, known, most, &mut warnings);
        (cases, warnings.join("\n"))
    }

    #[test]
    fn a_size_that_is_no_multiple_of_64_kib_is_named() {
        let most = Most::new(Bytes::mib(4096), None);
        for (asked, taken, told) in [
            (Bytes::kib(64), 64 << 10, None),
            (Bytes::kib(100), 64 << 10, Some("64.0 KiB are used instead of 100.0 KiB")),
            (Bytes::mib(5000), 4 << 30, Some("4.0 GiB are used instead of 4.9 GiB")),
        ] {
            let mut warnings = Vec::new();
            let request = Request { bytes: Some(asked), ..request() };
            assert_eq!(request.sizes(&CpuFacts::default(), most, &mut warnings), [taken]);
            assert_eq!(warnings.len(), usize::from(told.is_some()), "{warnings:?}");
            assert!(told.is_none_or(|told| warnings[0].starts_with(told)), "{warnings:?}");
        }
    }

    #[test]
    fn what_there_is_no_room_for_is_named() {
        let asked = Request { bytes: Some(Bytes::mib(4)), ..request() };
        let (cases, warnings) = planned(&asked, 2, Bytes::mib(16));
        assert_eq!(warnings, "");
        assert!(cases.iter().any(|case| case.op == "huge-page"));
        let (cases, warnings) = planned(&asked, 2, Bytes::mib(12));
        assert!(cases.iter().all(|case| case.op != "page" && case.op != "huge-page"));
        assert!(warnings.contains("skipped: fault page and fault huge-page"), "{warnings}");
        assert!(
            warnings.contains("more than 12.0 MiB, and that is half of what fits"),
            "{warnings}"
        );
    }

    #[test]
    fn no_case_takes_more_than_was_allowed() {
        let asked = Request { bytes: Some(Bytes::mib(64)), most: Some(Bytes::mib(1)), ..request() };
        let (cases, warnings) = planned(&asked, 2, Bytes::mib(4096));
        assert!(cases.iter().all(|case| leader::room(case) <= 1 << 20), "{cases:?}");
        assert!(cases.iter().any(|case| case.test == Test::Lifecycle));
        for word in ["1.0 MiB are used instead of 64.0 MiB", "ring 1MiB", "fault page"] {
            assert!(warnings.contains(word), "{word}: {warnings}");
        }
    }

    #[test]
    fn a_part_below_a_page_is_no_case() {
        let asked = Request { bytes: Some(Bytes::kib(64)), ..request() };
        let (cases, warnings) = planned(&asked, 16, Bytes::mib(4096));
        let copies = |procs| cases.iter().any(|case| case.op == "copy" && case.procs == procs);
        assert!(copies(8) && !copies(16));
        assert!(warnings.contains("skipped: bandwidth copy of 16"), "{warnings}");
        assert!(cases.iter().any(|case| case.op == "read" && case.procs == 16));
    }

    #[test]
    fn a_cpu_that_may_not_be_used_and_too_many_processes_are_refused() {
        let asks = |request: &Request| request.choose(&[0, 3], &CpuFacts::default());
        assert_eq!(asks(&request()), Ok(vec![0, 3]));
        assert_eq!(asks(&Request { cpus: vec![3], ..request() }), Ok(vec![3]));
        let other = Request { cpus: vec![1], ..request() };
        assert_eq!(asks(&other), Err(PlanError::Cpu(1, "0,3".to_owned())));
        let many = Request { procs: Some(3), ..request() };
        assert_eq!(asks(&many), Err(PlanError::Procs(3, 2)));
    }
    /// CPUs of which the cgroup grants so many thousandths.
    fn granted(quota: u64) -> CpuFacts {
        CpuFacts { quota: Some(quota), ..CpuFacts::default() }
    }

    #[test]
    fn below_the_time_of_two_cpus_nothing_spins() {
        let (most, mut warnings) = (Most::new(Bytes::mib(4096), None), Vec::new());
        let known = (&granted(1500), Bytes::mib(2));
        let cases = request().cases(&[1 << 20], 2, known, most, &mut warnings);
        let left: Vec<&str> = cases
            .iter()
            .filter(|case| matches!(case.test, Test::PingPong | Test::Ring))
            .map(|case| case.op.as_str())
            .collect();
        assert_eq!(left, ["futex", "futex-one-cpu"]);
        let said = warnings.join("\n");
        assert!(said.contains("ping-pong spin") && said.contains("two whole CPUs"), "{said}");
        let known = (&granted(2000), Bytes::mib(2));
        let enough = request().cases(&[1 << 20], 2, known, most, &mut Vec::new());
        assert!(enough.iter().any(|case| case.op == "spin"));
    }
}
