//! Which CPUs a measurement runs on: how near the second one is to the first. Pure.
#![forbid(unsafe_code)]

use crate::facts::cpu::{CpuFacts, Near};

/// How near two CPUs are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// Two threads of one core.
    Smt,
    /// Two cores that share their last cache.
    Core,
    /// Two cores of one socket that share no cache.
    Cache,
    /// Two sockets.
    Socket,
}

impl Pair {
    /// All of them, the nearest first.
    pub const ALL: [Pair; 4] = [Pair::Smt, Pair::Core, Pair::Cache, Pair::Socket];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Pair::Smt => "smt",
            Pair::Core => "core",
            Pair::Cache => "cache",
            Pair::Socket => "socket",
        }
    }

    const fn near(self) -> Near {
        match self {
            Pair::Smt => Near::SameCore,
            Pair::Core => Near::SameCache,
            Pair::Cache => Near::Apart,
            Pair::Socket => Near::OtherSocket,
        }
    }
}

/// No two CPUs are as near as asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--pair {} needs {}, and CPU {first} has no such partner among the allowed CPUs", pair.word(), pair.near().words())]
pub struct NoPair {
    /// What was asked for.
    pair: Pair,
    /// The CPU that has no such neighbour.
    first: usize,
}

/// The CPUs of `allowed`, the second one as near to the first one as asked for, or the best one: another core that
/// shares the last cache. Cores of the first one's kind come before others.
///
/// # Errors
/// When there is none as near as asked for.
pub(super) fn nearest(
    allowed: &[usize],
    pair: Option<Pair>,
    facts: &CpuFacts,
) -> Result<Vec<usize>, NoPair> {
    let Some((first, others)) = allowed.split_first() else { return Ok(Vec::new()) };
    let mut others = others.to_vec();
    if let Some(pair) = pair {
        others.retain(|other| facts.near(*first, *other) == pair.near());
        if others.is_empty() {
            return Err(NoPair { pair, first: *first });
        }
    }
    // Threads of one core share all its units, so they come last.
    others.sort_by_key(|other| {
        let near = match facts.near(*first, *other) {
            Near::SameCache => 0,
            Near::Apart | Near::Unknown => 1,
            Near::OtherSocket => 2,
            Near::SameCore | Near::SameCpu => 3,
        };
        (facts.core_kind(*first) != facts.core_kind(*other), near)
    });
    Ok([&[*first], others.as_slice()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::cpu::{Cache, CoreKind};
    use crate::units::Bytes;

    #[test]
    fn the_second_cpu_is_another_core_of_the_same_cache_or_as_near_as_asked_for() {
        // Two sockets of eight CPUs: two threads a core, four CPUs a cache.
        let facts = CpuFacts {
            caches: vec![Cache { level: 3, bytes: Bytes::mib(32), shared: vec![0, 1, 2, 3] }],
            core: vec![0, 1],
            socket: (0..8).collect(),
            ..CpuFacts::default()
        };
        let all: Vec<usize> = (0..16).collect();
        let asks = |pair, allowed: &[usize]| nearest(allowed, pair, &facts);
        assert_eq!(asks(None, &all).unwrap()[..3], [0, 2, 3]);
        assert_eq!(asks(None, &[0, 1, 9]), Ok(vec![0, 9, 1]));
        assert_eq!(asks(None, &[0, 1]), Ok(vec![0, 1]));
        let seconds = Pair::ALL.map(|pair| asks(Some(pair), &all).map(|cpus| cpus[1]));
        assert_eq!(seconds, [Ok(1), Ok(2), Ok(4), Ok(8)]);
        let none = asks(Some(Pair::Socket), &[0, 1, 2]).unwrap_err();
        assert!(none.to_string().contains("two sockets"), "{none}");
    }

    #[test]
    fn a_core_of_the_same_kind_comes_before_a_nearer_one_of_another_kind() {
        let kind =
            |name: &str, cpus: &[usize]| CoreKind { name: name.to_owned(), cpus: cpus.to_vec() };
        let facts = CpuFacts {
            caches: vec![Cache { level: 3, bytes: Bytes::mib(32), shared: vec![0, 1] }],
            core_kinds: vec![kind("performance", &[0, 2]), kind("efficiency", &[1, 3])],
            ..CpuFacts::default()
        };
        assert_eq!(nearest(&[0, 1, 2, 3], None, &facts).unwrap(), [0, 2, 1, 3]);
    }
}
