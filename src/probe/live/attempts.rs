//! What the reader does instead of reading: it tries to make segments, and brings counts together.

use std::num::NonZeroUsize;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::root::Patience;
use crate::facts::attempts::Attempt;
use crate::facts::{Attempts, Reading, Why};
use crate::sys::attempt::{Tried, attempts};
use crate::sys::stir::touch;

/// Tries them all, as long as there is patience left.
pub(super) fn of(patience: &Patience, folder: Option<&str>) -> Attempts {
    let tried = patience.spend(|wait: Duration| {
        let tried = attempts(folder, wait);
        if tried.contains(&Tried::Failed(Errno::ETIMEDOUT)) {
            Err(Errno::ETIMEDOUT)
        } else {
            Ok(tried)
        }
    });
    match tried {
        Ok([posix, sysv, memfd, anon]) => Attempts {
            posix: reading(posix),
            sysv: reading(sysv),
            memfd: reading(memfd),
            anon: reading(anon),
        },
        Err(errno) => {
            let unknown = || Reading::Unknown(Why::Errno(errno));
            Attempts { posix: unknown(), sysv: unknown(), memfd: unknown(), anon: unknown() }
        }
    }
}

/// What has to do with rights. What failed otherwise, such as for want of memory, says nothing of them.
fn reading(tried: Tried) -> Reading<Attempt> {
    match tried {
        Tried::Made => Reading::Known(Attempt::Made),
        Tried::Killed(Signal::SIGSYS) => Reading::Known(Attempt::Killed),
        Tried::Failed(errno) if Attempt::is_refusal(errno) => {
            Reading::Known(Attempt::Refused(errno))
        }
        Tried::Failed(errno) => Reading::Unknown(Why::Errno(errno)),
        Tried::Killed(_) | Tried::Not => Reading::Absent,
    }
}

/// Touches pages and gives them back, where that takes no longer than some milliseconds.
pub(super) fn stir(pages: u64, page: u64) -> bool {
    /// Bytes that are cleared in all.
    const MOST: u64 = 32 << 20;
    let page_size = usize::try_from(page).ok().and_then(NonZeroUsize::new);
    pages.saturating_mul(page) <= MOST && page_size.is_some_and(|page| touch(pages, page).is_ok())
}
