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
pub(crate) mod machine;
pub(crate) mod memfd;
pub(crate) mod memory;
pub mod neighbours;
pub(crate) mod oom;
pub mod origin;
pub(crate) mod posix;
pub mod predict;
mod rights;
pub(crate) mod sizing;
mod stock;
pub(crate) mod sysv;
pub mod throttle;

use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Reading, Runtime, ShmPath};
use crate::units::{Bytes, Limit};

pub use ceiling::{Ceiling, Scope, Source};
pub use end::{End, Ends, Method};
pub use kind::{ByKind, Kind};
pub use origin::Origin;

/// How certain a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Every limit can be seen.
    Exact,
    /// A lower limit may exist that cannot be seen.
    AtMost,
    /// A fill up to the edge showed it.
    Measured,
    /// A needed fact cannot be read.
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
    /// From how much to how much touching reaches, where that cannot be told more exactly; what is
    /// available is then the most.
    pub range: Option<(Bytes, Bytes)>,
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
        let (ceilings, range) = with_range(ceilings);
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
        // Where something else makes it an upper bound, that is all that is said.
        let range = range.filter(|_| certainty == Certainty::Exact);
        let (certainty, why) = match range {
            Some(_) => (Certainty::AtMost, Some(STOCK.to_owned())),
            None => (certainty, why),
        };
        Capacity { kind, certainty, why, ceilings, reaches, binding, all_segments, range }
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

    /// Nothing fits, whatever the limits: each method is refused in this way. `origin` says by what.
    fn refuse(&mut self, source: Source, end: End, origin: String) {
        for reach in &mut self.reaches {
            (reach.available, reach.end) = (Some(Bytes::ZERO), Some(end));
        }
        (self.binding, self.all_segments) = (Some(self.ceilings.len()), Some(Bytes::ZERO));
        (self.certainty, self.why, self.range) = (Certainty::Exact, None, None);
        self.ceilings.push(Ceiling {
            ends: Ends::all(end),
            ..Ceiling::new(source, origin, Limit::At(Bytes::ZERO), Bytes::ZERO)
        });
    }

    /// What refuses every segment, if something does.
    #[must_use]
    pub(crate) fn refusal(&self) -> Option<&Ceiling> {
        self.binding().filter(|ceiling| ceiling.source.is_refusal())
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

    /// The same at least, where it is a range.
    #[must_use]
    pub(crate) fn at_least(&self) -> Option<Bytes> {
        self.range.map_or(self.available(), |(least, _)| Some(least))
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

/// Why a figure is a range.
const STOCK: &str = "memory that CPUs have charged ahead cannot be told from memory in use";

/// From how much to how much a process that touches reaches, where that is more than figures may differ
/// and still mean the same; then the ceilings as they are at most.
fn with_range(ceilings: Vec<Ceiling>) -> (Vec<Ceiling>, Option<(Bytes, Bytes)>) {
    let reach = |ceilings: &[Ceiling]| {
        predict::tightest(ceilings, Method::Touch, 1, |_| true).and_then(|(_, room)| room.bytes())
    };
    let (less, more): (Vec<Ceiling>, Vec<Ceiling>) =
        ceilings.iter().map(Ceiling::at_the_ends).unzip();
    match (reach(&less), reach(&ceilings), reach(&more)) {
        (Some(least), Some(likely), Some(most))
            if most.saturating_sub(least) > likely.tolerance() =>
        {
            (more, Some((least, most)))
        }
        _ => (ceilings, None),
    }
}

/// The capacities of all kinds.
#[must_use]
pub fn assess(facts: &Facts) -> ByKind<Capacity> {
    ByKind::new(|kind| {
        let mut capacity = match kind {
            Kind::Posix => posix::capacity(facts),
            Kind::Sysv => sysv::capacity(facts),
            Kind::Memfd => memfd::capacity(facts),
            Kind::Anon => anon::capacity(facts),
        };
        rights::apply(facts, &mut capacity);
        capacity
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
            "other memory that is charged to parent cgroups is not visible from here"
        } else {
            "limits of parent cgroups are not visible from here"
        };
        return (Certainty::AtMost, Some(why.to_owned()));
    }
    if facts.runtime.runtime == Runtime::Gvisor {
        return (Certainty::AtMost, Some(SANDBOX.to_owned()));
    }
    match machine::doubt(facts) {
        Some(why) => (Certainty::AtMost, Some(why)),
        None => (Certainty::Exact, None),
    }
}

/// Why nothing is exact in gVisor.
const SANDBOX: &str = "gVisor shows its sandbox; limits on the sandbox are not visible";

/// v1 tells the tightest limit up to the real root: where that is unlimited, none is hidden. Where there is
/// no memory controller, there is no limit.
pub(crate) fn no_hidden_limit(facts: &Facts) -> bool {
    facts.cgroup.no_controller
        || facts.cgroup.levels.first().is_some_and(|leaf| {
            leaf.hierarchical_limit == Reading::Known(Limit::Unlimited)
                && leaf.hierarchical_memsw_limit.known().is_none_or(|l| *l == Limit::Unlimited)
        })
}

/// Whether the path is the folder that a file system is mounted on.
#[must_use]
pub(crate) fn is_mount_point(shm: &ShmPath) -> bool {
    shm.mount.known().is_some_and(|mount| mount.point.trim_end_matches('/') == shm.resolved)
}
