//! What an object in a line says that it is, before all of it is read.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::papers::Environment;
use super::scalar::Scalar;

/// One object, as far as it tells what it is.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Head<'a> {
    pub event: Scalar,
    pub schema: Scalar,
    pub format: Scalar,
    pub step: Scalar,
    pub why: Scalar,
    pub error: Scalar,
    pub steps: Option<Vec<Scalar>>,
    pub environment: Option<Environment>,
    #[serde(borrow)]
    pub document: Option<&'a RawValue>,
    #[serde(borrow)]
    pub line: Option<&'a RawValue>,
}

/// The same of an object whose other fields are of another form than those of a journal's line.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Name {
    pub event: Scalar,
    pub schema: Scalar,
    pub format: Scalar,
}

/// The schema of a document that begins with it, as all of ours do: a large one need not be parsed to
/// know what it is.
pub(crate) fn first_schema(text: &str) -> Option<Scalar> {
    let rest = text.trim_start().strip_prefix('{')?.trim_start().strip_prefix("\"schema\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let (schema, rest) = rest.split_once('"')?;
    let begin = rest.get(..64).unwrap_or(rest);
    (schema.starts_with("shmeter.") && !begin.contains("\"event\"")).then(|| Scalar::of(schema))
}

impl Head<'_> {
    /// What a document says that it is.
    pub(crate) fn of(text: &str) -> Option<Self> {
        if let Some(schema) = first_schema(text) {
            return Some(Head { schema, ..Head::default() });
        }
        let Name { schema, format, .. } = serde_json::from_str(text).ok()?;
        Some(Head { schema, format, ..Head::default() })
    }
}
