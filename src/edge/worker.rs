//! The child: fills a memfd in small steps and looks at its canary after each.
//! It holds no name of the segment, so a kill at any moment leaves nothing.

use std::fs::File;
use std::io::{self, Read, Write};
use std::num::NonZeroUsize;

use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;

use super::{Felt, FeltEnd};
use crate::sys::canary::Canary;

/// Bytes of the canary: a reclaim batch takes some 60 pages, so one step loses a small part of it.
const CANARY: usize = 4 << 20;
/// Bytes a step: far below half of the canary.
const STEP: usize = 64 << 10;

/// Fills up to `most` bytes, prints what it felt as one line of JSON, and holds what it filled
/// until its stdin ends.
///
/// # Errors
/// When the segment or the canary could not be made, or nobody reads the line.
pub fn work(most: u64) -> io::Result<()> {
    // Whoever started this is gone: so is the reason to fill.
    set_pdeathsig(Signal::SIGKILL)?;
    // Should a kill come all the same, it is to hit this process first.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let mut segment = File::from(memfd_create(c"shmeter-edge", MFdFlags::MFD_CLOEXEC)?);
    let felt = fill(&mut segment, most)?;
    let line = serde_json::to_string(&felt)?;
    writeln!(io::stdout(), "{line}")?;
    io::stdin().read_to_end(&mut Vec::new()).map(|_| ())
}

fn fill(segment: &mut File, most: u64) -> io::Result<Felt> {
    let page = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE)?.unwrap_or(4096);
    let page = usize::try_from(page).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN);
    let pattern: Vec<u8> = (1..=251_u8).cycle().take(STEP).collect();
    let bytes = NonZeroUsize::new(CANARY).unwrap_or(NonZeroUsize::MIN);
    let mut canary = Canary::new(bytes, page)?;
    let canary_bytes = u64::try_from(canary.bytes()).unwrap_or(0);
    let felt = |bytes, ended_in| Felt { bytes, canary_bytes, ended_in };
    let mut filled = 0_u64;
    while filled < most {
        if canary.is_lost()? {
            return Ok(felt(filled, FeltEnd::Edge));
        }
        let step = usize::try_from(most.saturating_sub(filled)).unwrap_or(STEP).min(STEP);
        match segment.write(pattern.get(..step).unwrap_or_default()) {
            Ok(0) => return Ok(felt(filled, FeltEnd::Refused)),
            Ok(n) => filled = filled.saturating_add(u64::try_from(n).unwrap_or(0)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Ok(felt(filled, FeltEnd::Refused)),
        }
    }
    Ok(felt(filled, if canary.is_lost()? { FeltEnd::Edge } else { FeltEnd::Full }))
}
