//! Counts in which shared memory is seen.

use super::Source;
use crate::facts::meminfo::parse_meminfo;
use crate::facts::process::parse_stat;
use crate::facts::sysvipc::parse_segments;
use crate::facts::{IpcFacts, PageSize, parse_number};
use crate::units::Bytes;

/// Sizes of all System V segments of this IPC namespace together.
pub(crate) fn bytes_of_segments(source: &dyn Source) -> Option<Bytes> {
    let segments = source.read("/proc/sysvipc/shm").parse(parse_segments);
    Some(
        segments.known()?.iter().fold(Bytes::ZERO, |sum, segment| sum.saturating_add(segment.size)),
    )
}

/// Pages of System V segments, as kernel.shmall counts them.
pub(crate) fn pages_of_segments(source: &dyn Source, page: PageSize) -> Option<u64> {
    let segments = source.read("/proc/sysvipc/shm").parse(parse_segments);
    Some(IpcFacts::pages_used(segments.known()?, page))
}

/// Whether a process was stopped by a signal, or by whoever traces it.
pub(crate) fn is_stopped(source: &dyn Source, pid: u32) -> bool {
    let stat = source.read(&format!("/proc/{pid}/stat")).parse(parse_stat);
    stat.known().is_some_and(|stat| matches!(stat.state, 'T' | 't'))
}

/// The size of a huge page of the pool that is taken where none is named, where the kernel tells it.
pub(crate) fn size_of_default_huge_pages(source: &dyn Source) -> Option<Bytes> {
    source.read("/proc/meminfo").parse(parse_meminfo).known()?.huge_default
}

/// The size of a transparent huge page, where the kernel tells it.
pub(crate) fn size_of_transparent_pages(source: &dyn Source) -> Option<Bytes> {
    let size = source.read("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size");
    size.parse(parse_number).known().copied().map(Bytes)
}
