//! Lines of a journal: written while a command runs, so that they are there where nobody is left to write a result.

use serde::Serialize;

use super::{IncidentRow, PeakRow, WatchDocument};
use crate::schema;

/// One line.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(crate) enum Event<'a> {
    /// It is about to begin.
    Start {
        schema: &'static str,
        version: &'static str,
        command: &'a [String],
        every_us: u64,
    },
    Incident(&'a IncidentRow),
    /// There is more in use than was told so far; at most one a second.
    Peak {
        /// Since the start.
        at_seconds: f64,
        /// The most there was until then, of each kind.
        peak: &'a PeakRow,
    },
    /// It ended: the whole document.
    End {
        document: &'a WatchDocument,
    },
}

impl<'a> Event<'a> {
    pub(crate) const fn start(command: &'a [String], every_us: u64) -> Event<'a> {
        let version = env!("CARGO_PKG_VERSION");
        Event::Start { schema: schema::WATCH, version, command, every_us }
    }
}
