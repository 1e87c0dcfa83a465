//! The document of `shmeter explain`: each message that was found, what it means, what holds here, what to do.
//! Pure.

pub mod text;

use serde::Serialize;

use crate::explain::catalogue::entries;
use crate::explain::fix::fix;
use crate::explain::here::Here;
use crate::explain::scan::{Found, Match};
use crate::explain::{Certainty, Details, Entry, Fix, Meaning, Refusal};
use crate::schema;
use crate::units::Bytes;

/// The result of `shmeter explain`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ExplainDocument {
    /// Name and version of this format.
    #[cfg_attr(test, schemars(extend("const" = schema::EXPLAIN)))]
    pub(crate) schema: &'static str,
    /// Version of shmeter.
    pub(crate) version: &'static str,
    /// Number of lines that were read.
    pub(crate) lines: u64,
    /// The messages that were found, the most telling first, each once.
    pub(crate) matches: Vec<MatchRow>,
}

/// A message that was found.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MatchRow {
    /// Name of the entry. Entries are added and renamed freely.
    pub entry: &'static str,
    pub application: &'static str,
    pub meaning: Meaning,
    pub certainty: Certainty,
    /// What it is in a few words, for people.
    #[serde(skip)]
    pub title: String,
    /// The first line with the message; of a long line the part with the message.
    pub line: String,
    /// Number of that line, from 1.
    pub first_line: u64,
    /// Number of lines with the message.
    pub count: u64,
    /// Bytes that the line says were requested.
    pub asked_bytes: Option<Bytes>,
    /// What it means.
    pub text: &'static str,
    /// What it does not mean.
    pub not: &'static str,
    /// How it compares with the limits here; null where they say nothing about it.
    pub here: Option<String>,
    /// What to do.
    pub fix: String,
    /// Where the message was verified.
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
        let details = found.details();
        let asked = details.asked;
        let is_elsewhere = here.is_some_and(|here| here.is_large_enough(entry, asked));
        MatchRow {
            entry: entry.id,
            application: entry.application,
            meaning: entry.meaning,
            certainty: entry.certainty,
            title: title(entry, details.refusal, is_elsewhere),
            line: found.shown.clone(),
            first_line: found.line,
            count: found.count,
            asked_bytes: asked,
            text: entry.text,
            not: entry.not,
            here: here.and_then(|here| here.say(entry, asked)),
            fix: fix(entry, here, details),
            source: entry.source,
        }
    }
}

/// In a few words what it is: more exactly than the word of a document where the line tells more.
fn title(entry: &Entry, refusal: Option<Refusal>, is_large_enough_here: bool) -> String {
    let word = match (entry.meaning, entry.fix, refusal) {
        (Meaning::Ambiguous, ..) => return "ambiguous".to_owned(),
        (Meaning::Permission, Fix::Mount, _) => "no /dev/shm",
        (Meaning::Permission, _, Some(Refusal::Missing))
        | (Meaning::Permission, Fix::SameIpc, _) => "missing, or in another namespace",
        (Meaning::Permission, _, Some(Refusal::Exists)) => "exists already",
        (meaning, ..) => meaning.word(),
    };
    let here = if is_large_enough_here { ", but not with the size here" } else { "" };
    format!("{word}, {}{here}", entry.certainty.word())
}

/// The result of `shmeter explain --list`: every known message.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CatalogueDocument {
    /// Name and version of this format.
    #[cfg_attr(test, schemars(extend("const" = schema::EXPLAIN)))]
    pub(crate) schema: &'static str,
    /// Version of shmeter.
    pub(crate) version: &'static str,
    pub(crate) entries: Vec<EntryRow>,
}

/// A known message.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct EntryRow {
    /// Name of the entry. Entries are added and renamed freely.
    pub entry: &'static str,
    pub application: &'static str,
    /// The versions that print it; null where that is not known.
    pub versions: Option<&'static str>,
    pub meaning: Meaning,
    pub certainty: Certainty,
    /// What it is in a few words, for people.
    #[serde(skip)]
    pub title: String,
    /// What the message is recognized by.
    pub patterns: &'static [&'static str],
    /// What it means.
    pub text: &'static str,
    /// What it does not mean.
    pub not: &'static str,
    /// What to do.
    pub fix: String,
    /// Where the message was verified.
    pub source: &'static str,
    /// A line with the message.
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
            title: title(entry, None, false),
            patterns: entry.patterns,
            text: entry.text,
            not: entry.not,
            fix: fix(entry, None, Details::default()),
            source: entry.source,
            example: entry.example,
        }
    }
}
