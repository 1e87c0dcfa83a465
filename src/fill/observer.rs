//! Who is told while a fill runs.

use std::time::Duration;

use super::prediction::FillPrediction;
use super::request::Request;
use crate::capacity::Capacity;
use crate::facts::Facts;
use crate::units::Bytes;

/// Who is told while it runs.
pub trait Observer {
    /// What it will do to others, before it begins.
    fn warn(&mut self, warning: &str);
    /// It is about to begin.
    fn start(
        &mut self,
        request: &Request,
        facts: &Facts,
        capacity: &Capacity,
        prediction: Option<&FillPrediction>,
    );
    /// The steps that may be gone ahead of what was told, in bytes of all workers; `None` does not
    /// pace them.
    fn window(&self, bytes: Bytes) -> Option<Bytes>;
    /// Next they go on from `from`, at most up to `to`.
    fn before(&mut self, from: Bytes, to: Bytes);
    /// They came to `bytes` after so long.
    fn after(&mut self, bytes: Bytes, took: Duration);
    /// So it stands.
    fn progress(&mut self, bytes: Bytes, took: Duration);
}
