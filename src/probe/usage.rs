//! Reads what a level of the memory cgroup is charged for, in an order that tells what CPUs charged ahead:
//! first the counts that each CPU keeps for itself are brought together, then usage, parts and usage again.

use std::cell::OnceCell;

use super::Source;
use crate::facts::cgroup::{MemoryStat, Standing, parse_memory_stat};
use crate::facts::{PageSize, Reading, Release, parse_number};
use crate::units::Bytes;

/// How often the parts are read anew where the usage moved meanwhile.
const TRIES: u32 = 3;

/// Figures of memory.stat are counted by each CPU for itself since Linux 5.13, and brought together when
/// so many updates have come for each CPU (MEMCG_CHARGE_BATCH, mm/memcontrol.c), or after two seconds.
const UPDATES_A_CPU: u64 = 64;

/// Updates that a page makes which is touched and given back: a fault, and a page more and a page less.
const UPDATES_A_PAGE: u64 = 3;

/// Where the files of a level lie, and what they are called.
#[derive(Clone, Copy)]
pub(super) enum Files {
    V1,
    V2,
}

/// What a level is charged for.
pub(super) struct Usage {
    pub used: Reading<Bytes>,
    pub stat: Reading<MemoryStat>,
    /// What of the usage is accounted for.
    pub counted: Option<Bytes>,
    pub standing: Standing,
    /// The parts were brought together before.
    pub flushed: bool,
}

/// Brings together what the CPUs counted.
pub(super) struct Flush<'a> {
    pub source: &'a dyn Source,
    pub release: &'a Release,
    pub page: PageSize,
    pub cpus: Option<u64>,
    /// The levels are those of the process that looks, which can make updates in them.
    pub own: bool,
    /// There are levels above that cannot be seen.
    pub hidden: bool,
    pub stirred: OnceCell<bool>,
}

impl Flush<'_> {
    /// Whether they are now, for the level in this folder.
    fn level(&self, folder: &str, files: Files) -> bool {
        // Before, no file brought them together; later, cpu.stat does not do it for memory any more.
        let by_cpu_stat = !self.release.before((5, 13)) && self.release.before((6, 16));
        match files {
            Files::V2 if by_cpu_stat => {
                matches!(self.source.read(&format!("{folder}/cpu.stat")), Reading::Known(_))
            }
            _ => *self.stirred.get_or_init(|| self.stir()),
        }
    }

    /// memory.stat brings them together when it is read, after enough updates.
    fn stir(&self) -> bool {
        let (Some(cpus), true) = (self.cpus, self.own) else { return false };
        // What all CPUs can have charged ahead is within the tolerance of every figure.
        let most = Bytes(self.page.bytes()).saturating_mul(UPDATES_A_CPU).saturating_mul(cpus);
        if most <= Bytes::ZERO.tolerance() || self.release.before((5, 13)) {
            return false;
        }
        // One CPU more: this one hands on its updates by so many.
        let updates = cpus.saturating_add(1).saturating_mul(UPDATES_A_CPU);
        self.source.stir(updates.div_ceil(UPDATES_A_PAGE).saturating_add(UPDATES_A_CPU / 2))
    }
}

fn number(text: Reading<String>) -> Reading<Bytes> {
    text.parse(parse_number).map(Bytes)
}

/// Reads a level once: nothing depends on it exactly.
pub(super) fn plain(source: &dyn Source, folder: &str, files: Files) -> Usage {
    let used = match files {
        Files::V1 => "memory.usage_in_bytes",
        Files::V2 => "memory.current",
    };
    let used = number(source.read(&format!("{folder}/{used}")));
    let stat = source.read(&format!("{folder}/memory.stat")).map(|text| parse_memory_stat(&text));
    Usage { used, stat, counted: None, standing: Standing::Unknown, flushed: false }
}

/// Reads a level that has a limit.
pub(super) fn exact(flush: &Flush<'_>, folder: &str, files: Files) -> Usage {
    let source = flush.source;
    let again = match files {
        Files::V1 => format!("{folder}/memory.usage_in_bytes"),
        Files::V2 => format!("{folder}/memory.current"),
    };
    let flushed = flush.level(folder, files);
    let mut usage = plain(source, folder, files);
    for attempt in 1..=TRIES {
        usage.counted = counted(source, folder, files, &usage.stat);
        usage.standing = match (number(source.read_again(&again)), &usage.used) {
            (Reading::Known(now), Reading::Known(then)) if now == *then => Standing::Still,
            (Reading::Known(_), _) => Standing::Moving,
            _ => Standing::Unknown,
        };
        if usage.standing != Standing::Moving || attempt == TRIES {
            break;
        }
        usage = plain(source, folder, files);
    }
    Usage { flushed, ..usage }
}

/// What the parts come to. v1 keeps what the kernel needs in a file of its own.
fn counted(
    source: &dyn Source,
    folder: &str,
    files: Files,
    stat: &Reading<MemoryStat>,
) -> Option<Bytes> {
    let counted = stat.known()?.counted?;
    match files {
        Files::V2 => Some(counted),
        Files::V1 => {
            let kernel = number(source.read(&format!("{folder}/memory.kmem.usage_in_bytes")));
            Some(counted.saturating_add(*kernel.known()?))
        }
    }
}
