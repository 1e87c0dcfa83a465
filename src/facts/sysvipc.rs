//! The IPC namespace: System V limits and the segments in it.

use super::{PageSize, ParseError, Reading};
use crate::units::Bytes;

/// One line of /proc/sysvipc/shm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// shmid.
    pub id: i64,
    /// Size in bytes.
    pub size: Bytes,
    /// Processes attached.
    pub attached: u64,
    /// Bytes in memory.
    pub resident: Bytes,
    /// Bytes in swap.
    pub swapped: Bytes,
}

/// Limits and use of System V shared memory in one IPC namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpcFacts {
    /// kernel.shmmax: bytes a segment.
    pub shmmax: Reading<Bytes>,
    /// kernel.shmall: pages in all.
    pub shmall: Reading<u64>,
    /// kernel.shmmni: segments in all.
    pub shmmni: Reading<u64>,
    /// The segments there are.
    pub segments: Reading<Vec<Segment>>,
}

impl IpcFacts {
    /// Pages that the segments take from shmall: each is rounded up to pages.
    #[must_use]
    pub fn pages_used(segments: &[Segment], page: PageSize) -> u64 {
        segments
            .iter()
            .map(|segment| segment.size.0.div_ceil(page.bytes()))
            .fold(0, u64::saturating_add)
    }
}

/// Reads /proc/sysvipc/shm by the names in its first line. A line that is not of its form is
/// left out.
///
/// # Errors
/// When the first line names no segments.
pub fn parse_segments(text: &str) -> Result<Vec<Segment>, ParseError> {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap_or("").split_whitespace().collect();
    let column = |name: &str| names.iter().position(|other| *other == name);
    let (Some(id), Some(size), Some(attached)) =
        (column("shmid"), column("size"), column("nattch"))
    else {
        return Err(ParseError::new("the list of System V segments", text));
    };
    let (resident, swapped) = (column("rss"), column("swap"));
    let segments = lines
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let number = |at: usize| words.get(at)?.parse::<u64>().ok();
            Some(Segment {
                id: words.get(id)?.parse().ok()?,
                size: Bytes(number(size)?),
                attached: number(attached)?,
                resident: Bytes(resident.and_then(number).unwrap_or(0)),
                swapped: Bytes(swapped.and_then(number).unwrap_or(0)),
            })
        })
        .collect();
    Ok(segments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_read_by_column_name() {
        let text = "key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap\n\
                    0 7 600 4097 1 2 0 0 0 0 0 0 0 0 4096 8192\n\
                    garbage\n";
        let segments = parse_segments(text).unwrap();
        assert_eq!(segments.len(), 1);
        assert_eq!((segments[0].id, segments[0].attached), (7, 0));
        assert_eq!(segments[0].swapped, Bytes(8192));
        assert!(parse_segments("garbage").is_err());
        let page = PageSize::new(4096).unwrap();
        assert_eq!(IpcFacts::pages_used(&segments, page), 2);
    }
}
