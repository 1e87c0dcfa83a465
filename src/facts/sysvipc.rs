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
    /// Its key; 0 is IPC_PRIVATE, and what is to be removed.
    pub key: u32,
    /// Permissions, and SHM_DEST.
    pub mode: u32,
    /// User who owns it.
    pub owner: u32,
    /// The process that made it; 0 where that is in no PID namespace that can be seen.
    pub creator: u32,
    /// The process that attached or detached it last; 0 where nobody has.
    pub last: u32,
}

impl Segment {
    /// SHM_DEST: it goes with the last process that is attached (linux/shm.h).
    const DEST: u32 = 0o1000;

    /// Whether it was removed while somebody was attached.
    #[must_use]
    pub(crate) const fn is_removed(&self) -> bool {
        self.mode & Self::DEST != 0
    }
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
    /// kernel.sem: limits of System V semaphores, which are often taken for those of shared memory.
    pub semaphores: Reading<Semaphores>,
    /// Sets of semaphores there are.
    pub semaphore_sets: Reading<u64>,
}

/// The four numbers of kernel.sem (proc_sys_kernel(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Semaphores {
    /// SEMMSL: semaphores per set.
    pub per_set: u64,
    /// SEMMNS: semaphores in all sets.
    pub total: u64,
    /// SEMOPM: operations per call.
    pub per_call: u64,
    /// SEMMNI: number of sets.
    pub sets: u64,
}

/// Reads /proc/sys/kernel/sem.
///
/// # Errors
/// When it has no four numbers.
pub fn parse_semaphores(text: &str) -> Result<Semaphores, ParseError> {
    let numbers: Option<Vec<u64>> = text.split_whitespace().map(|word| word.parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[per_set, total, per_call, sets]) => {
            Ok(Semaphores { per_set, total, per_call, sets })
        }
        _ => Err(ParseError::new("the limits of semaphores", text)),
    }
}

/// Reads how many sets /proc/sysvipc/sem lists below its first line.
///
/// # Errors
/// When the first line names no sets.
pub fn parse_semaphore_sets(text: &str) -> Result<u64, ParseError> {
    let mut lines = text.lines();
    if !lines.next().is_some_and(|names| names.split_whitespace().any(|name| name == "semid")) {
        return Err(ParseError::new("the list of semaphores", text));
    }
    Ok(u64::try_from(lines.count()).unwrap_or(u64::MAX))
}

impl IpcFacts {
    /// Pages that the segments take from shmall: each is rounded up to pages.
    #[must_use]
    pub(crate) fn pages_used(segments: &[Segment], page: PageSize) -> u64 {
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
    let (key, mode, owner) = (column("key"), column("perms"), column("uid"));
    let (creator, last) = (column("cpid"), column("lpid"));
    let segments = lines
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let number = |at: usize| words.get(at)?.parse::<u64>().ok();
            let short = |at: Option<usize>| words.get(at?)?.parse::<u32>().ok();
            let octal = |at: usize| u32::from_str_radix(words.get(at)?, 8).ok();
            // The key is printed with a sign.
            let bits = |at: Option<usize>| words.get(at?)?.parse::<i32>().ok();
            Some(Segment {
                id: words.get(id)?.parse().ok()?,
                size: Bytes(number(size)?),
                attached: number(attached)?,
                resident: Bytes(resident.and_then(number).unwrap_or(0)),
                swapped: Bytes(swapped.and_then(number).unwrap_or(0)),
                key: bits(key).map_or(0, i32::cast_unsigned),
                mode: mode.and_then(octal).unwrap_or(0),
                owner: short(owner).unwrap_or(0),
                creator: short(creator).unwrap_or(0),
                last: short(last).unwrap_or(0),
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
        assert_eq!(
            (segments[0].creator, segments[0].last, segments[0].is_removed()),
            (1, 2, false)
        );
        assert!(parse_segments("garbage").is_err());
        let page = PageSize::new(4096).unwrap();
        assert_eq!(IpcFacts::pages_used(&segments, page), 2);
    }

    #[test]
    fn the_limits_of_semaphores_are_four_numbers() {
        let limits = Semaphores { per_set: 250, total: 32000, per_call: 32, sets: 128 };
        assert_eq!(parse_semaphores("250\t32000\t32\t128\n"), Ok(limits));
        assert!(parse_semaphores("250 32000 32").is_err());
        let list = "       key      semid perms      nsems   uid\n 0 1 600 5 0\n 0 2 600 5 0\n";
        assert_eq!(parse_semaphore_sets(list), Ok(2));
        assert!(parse_semaphore_sets("key shmid\n").is_err());
    }

    #[test]
    fn a_removed_segment_and_a_key_above_31_bits_are_understood() {
        let text = "key shmid perms size cpid lpid nattch uid\n\
                    -559038737 7 1600 4096 1 2 1 1000\n";
        let segments = parse_segments(text).unwrap();
        assert_eq!((segments[0].key, segments[0].owner), (0xdead_beef, 1000));
        assert!(segments[0].is_removed());
    }
}
