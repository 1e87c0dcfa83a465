//! Watches what others take of shared memory while a fill or a bench goes on, so that it can give way.

use crate::capacity::ceiling::Cost;
use crate::capacity::neighbours::Resource;
use crate::facts::cgroup::parse_memory_stat;
use crate::facts::{Facts, parse_number};
use crate::probe::{Source, pages_of_segments};
use crate::units::Bytes;

/// What a neighbour takes of a file system or of System V segments is counted exactly; so much is
/// no growth worth giving way for.
const SLACK: Bytes = Bytes::kib(256);

/// Pages by which a cgroup's charge moves by itself: stacks, slab, and what CPUs have charged ahead, 64
/// pages each.
const SLACK_OF_MEMORY: u64 = 1024;

/// How much others may take before a team gives way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tolerance {
    /// Nothing: it fills up to half of what is free, and nobody asked for that by its size.
    None,
    /// Half of what a team that takes so much at most leaves to them.
    HalfOfRest(Bytes),
}

/// What is used of everything that is watched.
pub(crate) struct Growth<'a> {
    source: &'a dyn Source,
    facts: &'a Facts,
    /// What was used of each before, and what others may take of it.
    before: Vec<(Resource, Bytes, Bytes)>,
    /// Bytes that the workers' own blocks may have beyond what they filled.
    blocks: Bytes,
}

impl<'a> Growth<'a> {
    /// Notes what is used before the fill begins. `blocks`: bytes by which its files may be larger
    /// than what was filled.
    pub(crate) fn new(
        source: &'a dyn Source,
        facts: &'a Facts,
        watched: &[Resource],
        blocks: Bytes,
        tolerance: Tolerance,
    ) -> Growth<'a> {
        let mut growth = Growth { source, facts, before: Vec::new(), blocks };
        let used = watched.iter().filter_map(|one| {
            let used = growth.used(*one)?;
            let theirs = match tolerance {
                Tolerance::None => Bytes::ZERO,
                Tolerance::HalfOfRest(own) => {
                    let size = growth.size(*one).unwrap_or_default();
                    Bytes(size.saturating_sub(used).saturating_sub(own).0 / 2)
                }
            };
            Some((*one, used, theirs))
        });
        growth.before = used.collect();
        growth
    }

    /// Bytes of it in all.
    fn size(&self, resource: Resource) -> Option<Bytes> {
        match resource {
            Resource::Tmpfs => Some(self.facts.shm.statfs.known()?.total()),
            Resource::Ipc => Some(
                Bytes(self.facts.page_size.bytes()).saturating_mul(*self.facts.ipc.shmall.known()?),
            ),
            Resource::Level(at) => self.facts.cgroup.levels.get(at)?.limit.known()?.bytes(),
            Resource::HiddenLevel | Resource::Machine | Resource::Own => None,
        }
    }

    /// Whether anything is watched.
    pub(crate) fn watches(&self) -> bool {
        !self.before.is_empty()
    }

    /// What somebody else took since then, in words. `own`: the most that this team can have by now.
    pub(crate) fn grown(&self, own: impl FnOnce() -> Bytes) -> Option<String> {
        if !self.watches() {
            return None;
        }
        let own = own();
        self.before.iter().find_map(|(resource, before, theirs)| {
            let grown = self.used(*resource)?.saturating_sub(*before).saturating_sub(*theirs);
            let (own, what) = match resource {
                Resource::Tmpfs => (
                    own.saturating_add(self.blocks).saturating_add(SLACK),
                    format!("of {}", self.facts.shm.asked),
                ),
                // Its own segments were made before.
                Resource::Ipc => (SLACK, "as System V segments".to_owned()),
                Resource::Level(_) => {
                    let cost = Cost::Pages(self.facts.page_size);
                    let slack = Bytes(self.facts.page_size.bytes()).saturating_mul(SLACK_OF_MEMORY);
                    // What the pages cost besides themselves, which `fit` takes off.
                    let cost = own.saturating_sub(cost.fit(own, 1)).saturating_mul(2);
                    let own =
                        own.saturating_add(cost).saturating_add(self.blocks).saturating_add(slack);
                    (own, "of the memory that this container is limited to".to_owned())
                }
                Resource::HiddenLevel | Resource::Machine | Resource::Own => return None,
            };
            (grown > own).then(|| {
                let theirs = grown.saturating_sub(own).saturating_add(*theirs);
                format!("others took at least {theirs} {what} meanwhile, so everything was freed")
            })
        })
    }

    fn used(&self, resource: Resource) -> Option<Bytes> {
        match resource {
            Resource::Tmpfs => Some(self.source.statfs(&self.facts.shm.asked).known()?.used()),
            Resource::Ipc => {
                let page = self.facts.page_size;
                Some(Bytes(page.bytes()).saturating_mul(pages_of_segments(self.source, page)?))
            }
            Resource::Level(at) => {
                let folder = &self.facts.cgroup.levels.get(at)?.folder;
                let name = if self.facts.cgroup.unified {
                    "memory.current"
                } else {
                    "memory.usage_in_bytes"
                };
                let used = self.source.read(&format!("{folder}/{name}")).parse(parse_number);
                let stat = self.source.read(&format!("{folder}/memory.stat"));
                let reclaimable = stat.known().map(|text| parse_memory_stat(text).reclaimable);
                Some(Bytes(*used.known()?).saturating_sub(reclaimable.unwrap_or_default()))
            }
            Resource::HiddenLevel | Resource::Machine | Resource::Own => None,
        }
    }
}
