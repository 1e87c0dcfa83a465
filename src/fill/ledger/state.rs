//! What a worker says of itself, as numbers in the ledger.

use std::io;

use nix::errno::Errno;

/// Where a worker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It has not said anything.
    Started,
    /// It has its segment and waits to be released.
    Ready,
    /// It could not be set up.
    Failed,
    /// It fills.
    Filling,
    /// It filled what it could and holds it.
    Holding,
    /// It gave it back.
    Left,
}

impl State {
    const ALL: [State; 6] =
        [State::Started, State::Ready, State::Failed, State::Filling, State::Holding, State::Left];

    pub(super) fn number(self) -> u64 {
        Self::ALL.iter().zip(0..).find(|(state, _)| **state == self).map_or(0, |(_, n)| n)
    }

    pub(super) fn of(number: u64) -> State {
        let at = usize::try_from(number).unwrap_or(0);
        Self::ALL.get(at).copied().unwrap_or(State::Started)
    }
}

/// Why a worker stopped by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It did not stop by itself.
    None,
    /// It has all that was asked for.
    Full,
    /// The kernel refused with this errno.
    Refused(Errno),
    /// The canary was taken.
    Edge,
    /// The team was to stop.
    Stopped,
}

impl Reason {
    pub(super) fn number(self) -> u64 {
        match self {
            Reason::None => 0,
            Reason::Full => 1,
            Reason::Edge => 2,
            Reason::Stopped => 3,
            Reason::Refused(errno) => {
                let code = io::Error::from(errno).raw_os_error().unwrap_or(0);
                u64::from(code.unsigned_abs()).saturating_add(1000)
            }
        }
    }

    pub(super) fn of(number: u64) -> Reason {
        match number {
            0 => Reason::None,
            1 => Reason::Full,
            2 => Reason::Edge,
            3 => Reason::Stopped,
            other => {
                let code = i32::try_from(other.saturating_sub(1000)).unwrap_or(0);
                Reason::Refused(Errno::from_raw(code))
            }
        }
    }
}

/// Which call could not be done when a worker was set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Segment,
    Canary,
    /// Anything else.
    Other,
}
