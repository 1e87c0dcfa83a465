//! The words of documents as people read them.

use serde::de::DeserializeOwned;

use super::papers::{Ceiling, Cut, Segment};
use super::scalar::Scalar;
use crate::capacity::{End, Source};
use crate::units::Bytes;

fn known<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

/// What a ceiling is; a word that is not known stays as it is.
pub(crate) fn source(word: &str) -> String {
    known::<Source>(word).map_or_else(|| word.to_owned(), |source| source.title().to_owned())
}

/// What an end looks like.
pub(crate) fn end(word: &str) -> String {
    known::<End>(word).map_or_else(|| word.to_owned(), |end| end.title().to_owned())
}

/// Whether it is one that harms.
pub(crate) fn harms(word: &str) -> bool {
    known::<End>(word).is_some_and(|end| end.is_harmful() || end == End::Killed)
}

/// Bytes as people write them; another word as it is.
pub(crate) fn size(scalar: &Scalar) -> String {
    scalar.count().map_or_else(|| scalar.to_string(), |bytes| Bytes(bytes).to_string())
}

/// The same with what stands for an upper bound.
pub(crate) fn at_most(bytes: &Scalar, certainty: &Scalar) -> String {
    let bounds = bytes.count() != Some(0);
    let most = if bounds && certainty.text() == Some("at-most") { "<= " } else { "" };
    format!("{most}{}", size(bytes))
}

/// The ceiling that binds: of several of that kind the one with the least room.
pub(crate) fn binding(segment: &Segment) -> Option<&Ceiling> {
    let word = segment.binding.text()?;
    segment
        .ceilings
        .iter()
        .filter(|ceiling| ceiling.source.text() == Some(word))
        .min_by_key(|ceiling| ceiling.headroom_bytes.count().unwrap_or(u64::MAX))
}

/// Between which bytes a fill was cut off.
pub(crate) fn between(cut: &Cut) -> String {
    format!("{} to {} bytes ({})", cut.at_least, cut.at_most, cut.range())
}
