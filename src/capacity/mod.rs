//! How much shared memory of each kind still fits, which ceiling binds, and what happens there.
//! Pure: facts in, capacities out. Must not know how facts are read or how a report looks.
#![forbid(unsafe_code)]

pub(crate) mod advice;
pub(crate) mod anon;
pub mod ceiling;
mod end;
pub mod findings;
pub(crate) mod hugetlb;
mod kind;
pub(crate) mod memfd;
pub(crate) mod memory;
pub mod neighbours;
pub(crate) mod oom;
pub mod origin;
pub(crate) mod posix;
pub mod predict;
pub(crate) mod sizing;
pub(crate) mod sysv;
pub mod throttle;

use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Reading, ShmPath};
use crate::units::{Bytes, Limit};

pub use ceiling::{Ceiling, Scope, Source};
pub use end::{End, Ends, Method};
pub use kind::{ByKind, Kind};
pub use origin::Origin;

/// How far a capacity can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Every limit was seen.
    Exact,
    /// A tighter limit may hide where it cannot be seen.
    AtMost,
    /// A fill to the edge showed it.
    Measured,
    /// A needed fact could not be read.
    Unknown,
}

impl Certainty {
    /// The word for it.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Certainty::Exact => "exact",
            Certainty::AtMost => "at-most",
            Certainty::Measured => "measured",
            Certainty::Unknown => "unknown",
        }
    }
}

/// What one method reaches with one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The way of filling.
    pub method: Method,
    /// Bytes that still fit; `None` where that cannot be known.
    pub available: Option<Bytes>,
    /// What happens at the next byte; `None` where that cannot be known.
    pub end: Option<End>,
}

/// What one kind of shared memory can still hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    pub kind: Kind,
    /// How far to trust it.
    pub certainty: Certainty,
    /// Why it is not exact.
    pub why: Option<String>,
    /// Every ceiling, whether it binds or not.
    pub ceilings: Vec<Ceiling>,
    /// Each method's reach.
    pub reaches: Vec<Reach>,
    /// The ceiling that binds a process that touches one segment.
    pub binding: Option<usize>,
    /// Bytes over as many segments as the limits allow, where more than one segment helps.
    pub all_segments: Option<Bytes>,
}

impl Capacity {
    /// The capacity of a kind under its ceilings.
    #[must_use]
    pub(crate) fn under(
        kind: Kind,
        ceilings: Vec<Ceiling>,
        certainty: Certainty,
        why: Option<String>,
    ) -> Self {
        let reaches: Vec<Reach> = kind
            .methods()
            .iter()
            .map(|&method| {
                let tightest = predict::tightest(&ceilings, method, 1, |_| true);
                let reach = tightest.and_then(|(ceiling, room)| Some((ceiling, room.bytes()?)));
                match reach {
                    Some((ceiling, room)) if certainty != Certainty::Unknown => {
                        Reach { method, available: Some(room), end: Some(ceiling.ends.of(method)) }
                    }
                    _ => Reach { method, available: None, end: None },
                }
            })
            .collect();
        let known = reaches.iter().any(|reach| reach.available.is_some());
        let binding = predict::tightest(&ceilings, Method::Touch, 1, |_| true)
            .filter(|_| known)
            .and_then(|(tightest, _)| ceilings.iter().position(|c| std::ptr::eq(c, tightest)));
        let all_segments =
            predict::tightest(&ceilings, Method::Touch, 1, |c| c.scope == Scope::All)
                .filter(|_| known)
                .and_then(|(_, room)| room.bytes());
        let certainty = if known { certainty } else { Certainty::Unknown };
        // A limit that could not be read may be tighter than all that could.
        let unread = ceilings
            .iter()
            .find_map(|ceiling| Some(format!("{}: {}", ceiling.origin, ceiling.limit.why()?)));
        let (certainty, why) = match (certainty, unread) {
            (Certainty::Exact, Some(why)) => (Certainty::AtMost, Some(why)),
            (certainty, _) => (certainty, why),
        };
        let doubt = binding.and_then(|at| ceilings.get(at)).and_then(Ceiling::doubt);
        let (certainty, why) = match (certainty, doubt) {
            (Certainty::Exact, Some(doubt)) => (Certainty::AtMost, Some(doubt.to_owned())),
            (certainty, _) => (certainty, why),
        };
        // Less than nothing fits under no limit that hides. A pool that was not read shows none as well.
        let of_pool = |ceiling: &Ceiling| {
            matches!(ceiling.source, Source::HugetlbPool | Source::HugetlbCgroup)
        };
        let none = known
            && reaches.iter().all(|reach| reach.available == Some(Bytes::ZERO))
            && !binding.and_then(|at| ceilings.get(at)).is_some_and(of_pool);
        let (certainty, why) = if none { (Certainty::Exact, None) } else { (certainty, why) };
        let why = why.or_else(|| (!known).then(|| "no limit could be read".to_owned()));
        Capacity { kind, certainty, why, ceilings, reaches, binding, all_segments }
    }

    /// Adds a ceiling that was found later, and lowers what it lowers.
    pub(crate) fn lower(&mut self, ceiling: Ceiling) {
        for reach in &mut self.reaches {
            let (Some(available), Limit::At(room)) =
                (reach.available, ceiling.headroom(reach.method, 1))
            else {
                continue;
            };
            if room < available {
                (reach.available, reach.end) = (Some(room), Some(ceiling.ends.of(reach.method)));
                if reach.method == Method::Touch {
                    self.binding = Some(self.ceilings.len());
                }
            }
        }
        let room = ceiling.headroom(Method::Touch, 1).bytes();
        self.all_segments = match (self.all_segments, room) {
            (Some(all), Some(room)) => Some(all.min(room)),
            (all, _) => all,
        };
        self.ceilings.push(ceiling);
    }

    /// MADV_POPULATE_WRITE came with Linux 5.14; before, it is refused.
    fn without_populate(&mut self, facts: &Facts) {
        if facts.release.before((5, 14))
            && let Some(reach) = self.reaches.iter_mut().find(|r| r.method == Method::Populate)
        {
            (reach.available, reach.end) = (Some(Bytes::ZERO), Some(End::Einval));
        }
    }

    /// Nothing fits, whatever the limits: each method is refused in this way.
    fn refuse(&mut self, end: End) {
        (self.certainty, self.why) = (Certainty::Exact, None);
        for reach in &mut self.reaches {
            (reach.available, reach.end) = (Some(Bytes::ZERO), Some(end));
        }
        (self.binding, self.all_segments) = (None, Some(Bytes::ZERO));
    }

    /// The ceiling that binds.
    #[must_use]
    pub fn binding(&self) -> Option<&Ceiling> {
        self.ceilings.get(self.binding?)
    }

    /// What a method reaches, if the kind has that method.
    #[must_use]
    pub fn reach(&self, method: Method) -> Option<&Reach> {
        self.reaches.iter().find(|reach| reach.method == method)
    }

    /// What one process can still fill by touching.
    #[must_use]
    pub fn available(&self) -> Option<Bytes> {
        self.reach(Method::Touch)?.available
    }

    /// The tightest limit that a source sets, where it is known.
    #[must_use]
    pub fn limit_of(&self, source: Source) -> Option<Limit> {
        self.ceilings
            .iter()
            .filter(|ceiling| ceiling.source == source)
            .filter_map(|ceiling| ceiling.limit.known().copied())
            .min()
    }
}

/// The capacities of all kinds.
#[must_use]
pub fn assess(facts: &Facts) -> ByKind<Capacity> {
    ByKind::new(|kind| match kind {
        Kind::Posix => posix::capacity(facts),
        Kind::Sysv => sysv::capacity(facts),
        Kind::Memfd => memfd::capacity(facts),
        Kind::Anon => anon::capacity(facts),
    })
}

/// Whether every limit of memory was seen, for kinds that need nothing else.
fn memory_certainty(facts: &Facts) -> (Certainty, Option<String>) {
    let unread = facts
        .cgroup
        .levels
        .iter()
        .find_map(|level| Some(format!("{}: {}", level.folder, level.unread.as_ref()?)));
    if let Some(why) = unread.or_else(|| facts.cgroup.unread.clone()) {
        return (Certainty::AtMost, Some(why));
    }
    if facts.cgroup.hidden_ancestors && !no_hidden_limit(facts) {
        // v1 tells the tightest limit up there, v2 tells nothing.
        let told =
            facts.cgroup.levels.first().is_some_and(|l| l.hierarchical_limit.known().is_some());
        let why = if told {
            "what else is charged above this container cannot be seen from here"
        } else {
            "limits above this container cannot be seen from here"
        };
        return (Certainty::AtMost, Some(why.to_owned()));
    }
    (Certainty::Exact, None)
}

/// v1 tells the tightest limit up to the real root: where that is unlimited, none is hidden.
fn no_hidden_limit(facts: &Facts) -> bool {
    facts.cgroup.levels.first().is_some_and(|leaf| {
        leaf.hierarchical_limit == Reading::Known(Limit::Unlimited)
            && leaf.hierarchical_memsw_limit.known().is_none_or(|l| *l == Limit::Unlimited)
    })
}

/// Whether the path is the folder that a file system is mounted on.
#[must_use]
pub(crate) fn is_mount_point(shm: &ShmPath) -> bool {
    shm.mount.known().is_some_and(|mount| mount.point.trim_end_matches('/') == shm.resolved)
}
