//! A System V segment, removed as soon as it is attached.

use std::num::NonZeroUsize;

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::Signal;

use crate::sys::mapping::Mapping;
use crate::sys::own;
use crate::sys::system_v::SystemV;

/// Makes one with this key, attached at a multiple of `align`.
///
/// A process that is to die with its parent is not killed on that ground between making and
/// removing, or else the segment would stay: the key tells nobody then.
pub(crate) fn make(
    key: i32,
    bytes: NonZeroUsize,
    align: Option<NonZeroUsize>,
) -> Result<Mapping, Errno> {
    let parent = own::parent();
    // Where that may not be asked, nothing was set either.
    let dies_with_it = prctl::get_pdeathsig().ok().flatten();
    if dies_with_it.is_none() {
        return SystemV::mapping(key, bytes, align);
    }
    prctl::set_pdeathsig(None)?;
    let made = SystemV::mapping(key, bytes, align);
    prctl::set_pdeathsig(dies_with_it)?;
    if own::parent() != parent {
        let _ = nix::sys::signal::raise(Signal::SIGKILL);
    }
    made
}
