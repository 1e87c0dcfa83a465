//! The document of `shmeter explain`: each message that was found, what it means, what holds here, what to do.
//! Pure.

pub mod text;

use serde::Serialize;

use crate::explain::catalogue::entries;
use crate::explain::fix::fix;
use crate::explain::here::Here;
use crate::explain::scan::{Found, Match};
use crate::explain::{Certainty, Entry, Meaning};
use crate::schema;
use crate::units::Bytes;

/// What was found in a text (docs/contract.md).
#[derive(Clone, Debug, Serialize)]
pub struct ExplainDocument {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    /// Lines that were read.
    pub(crate) lines: u64,
    /// What tells most first.
    pub(crate) matches: Vec<MatchRow>,
}

/// A message that was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MatchRow {
    pub entry: &'static str,
    pub application: &'static str,
    pub meaning: Meaning,
    pub certainty: Certainty,
    /// The first line that holds it, or the part of it with the message.
    pub line: String,
    /// Its number, from 1.
    pub first_line: u64,
    /// Lines that hold it.
    pub count: u64,
    /// Bytes that it says were asked for.
    pub asked_bytes: Option<Bytes>,
    /// What it means.
    pub text: &'static str,
    /// What it does not mean.
    pub not: &'static str,
    /// What holds here; null where that says nothing of it.
    pub here: Option<String>,
    pub fix: String,
    pub source: &'static str,
}

impl ExplainDocument {
    /// What was found, joined with what holds here.
    #[must_use]
    pub fn new(found: &Found, here: Option<&Here>) -> ExplainDocument {
        ExplainDocument {
            schema: schema::EXPLAIN,
            version: env!("CARGO_PKG_VERSION"),
            lines: found.lines,
            matches: found.matches.iter().map(|one| MatchRow::new(one, here)).collect(),
        }
    }
}

impl MatchRow {
    fn new(found: &Match, here: Option<&Here>) -> MatchRow {
        let entry = found.entry;
        let asked = found.asked.map(Bytes);
        MatchRow {
            entry: entry.id,
            application: entry.application,
            meaning: entry.meaning,
            certainty: entry.certainty,
            line: found.shown.clone(),
            first_line: found.line,
            count: found.count,
            asked_bytes: asked,
            text: entry.text,
            not: entry.not,
            here: here.and_then(|here| here.say(entry, asked)),
            fix: fix(entry, here, asked),
            source: entry.source,
        }
    }
}

/// Every message that is known.
#[derive(Clone, Debug, Serialize)]
pub struct CatalogueDocument {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    pub(crate) entries: Vec<EntryRow>,
}

/// A message that is known.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EntryRow {
    pub entry: &'static str,
    pub application: &'static str,
    /// Since when or until when it is printed; null where that is not told.
    pub versions: Option<&'static str>,
    pub meaning: Meaning,
    pub certainty: Certainty,
    pub patterns: &'static [&'static str],
    pub text: &'static str,
    pub not: &'static str,
    pub fix: String,
    pub source: &'static str,
    /// A line that holds it.
    pub example: &'static str,
}

impl CatalogueDocument {
    /// The whole catalogue.
    #[must_use]
    pub fn new() -> CatalogueDocument {
        let (schema, version) = (schema::EXPLAIN, env!("CARGO_PKG_VERSION"));
        CatalogueDocument { schema, version, entries: entries().map(EntryRow::new).collect() }
    }
}

impl Default for CatalogueDocument {
    fn default() -> CatalogueDocument {
        CatalogueDocument::new()
    }
}

impl EntryRow {
    fn new(entry: &'static Entry) -> EntryRow {
        EntryRow {
            entry: entry.id,
            application: entry.application,
            versions: Some(entry.versions).filter(|versions| !versions.is_empty()),
            meaning: entry.meaning,
            certainty: entry.certainty,
            patterns: entry.patterns,
            text: entry.text,
            not: entry.not,
            fix: fix(entry, None, None),
            source: entry.source,
            example: entry.example,
        }
    }
}
