//! What is told while it happens.

use super::incident::Incident;
use super::looker::Seen;
use super::peaks::Peaks;

/// Hears of it: a journal.
pub(crate) trait Notes: Send {
    fn incident(&mut self, incident: &Incident);

    /// There is more in use than was told so far.
    fn peak(&mut self, peaks: &Peaks, seen: &Seen);
}
