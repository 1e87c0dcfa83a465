//! How large is what has no name: asked through the mappings of those who hold it.

use std::collections::BTreeMap;

use super::stat::of_sys;
use crate::facts::holdings::Collector;
use crate::facts::maps::{FileId, parse_smaps, seen_of};
use crate::probe::{Live, Source};

/// Fills in sizes that no descriptor told: exactly where map_files may be followed (CAP_SYS_ADMIN
/// or CAP_CHECKPOINT_RESTORE), else what the processes see of it.
pub(crate) fn ask(source: &Live, device: Option<(u64, u64)>, collector: &mut Collector) {
    let mut by_process: BTreeMap<u32, Vec<(usize, FileId)>> = BTreeMap::new();
    for (at, file, ranges) in collector.without_size() {
        let link =
            |pid: u32, start: u64, end: u64| format!("/proc/{pid}/map_files/{start:x}-{end:x}");
        let exact = ranges.iter().find_map(|range| {
            source.mapped(&link(range.pid, range.start, range.end), file, device)
        });
        match exact {
            Some(found) => collector.sized(at, &of_sys(&found)),
            None => {
                for range in ranges {
                    let of_process = by_process.entry(range.pid).or_default();
                    if of_process.last() != Some(&(at, file)) {
                        of_process.push((at, file));
                    }
                }
            }
        }
    }
    for (pid, objects) in by_process {
        let smaps = source.read(&format!("/proc/{pid}/smaps"));
        let Some(mappings) = smaps.known().map(|text| parse_smaps(text)) else { continue };
        for (at, file) in objects {
            collector.at_least(at, seen_of(file, &mappings));
        }
    }
}
