//! A mapping that is shared with children only.

use std::num::NonZeroUsize;

use nix::errno::Errno;

use crate::sys::mapping::Mapping;

/// Makes one, at a multiple of `align`.
pub(crate) fn make(bytes: NonZeroUsize, align: Option<NonZeroUsize>) -> Result<Mapping, Errno> {
    Mapping::anonymous(bytes, align)
}
