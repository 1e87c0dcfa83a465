//! Counts in which shared memory is seen.

use super::Source;
use crate::facts::process::parse_shared_resident;
use crate::facts::sysvipc::parse_segments;
use crate::units::Bytes;

/// Sizes of all System V segments of this IPC namespace together.
pub(crate) fn bytes_of_segments(source: &dyn Source) -> Option<Bytes> {
    let segments = source.read("/proc/sysvipc/shm").parse(parse_segments);
    Some(
        segments.known()?.iter().fold(Bytes::ZERO, |sum, segment| sum.saturating_add(segment.size)),
    )
}

/// Shared memory that this process has resident.
pub(crate) fn shared_resident(source: &dyn Source) -> Option<Bytes> {
    source.read("/proc/self/status").parse(parse_shared_resident).known().copied()
}
