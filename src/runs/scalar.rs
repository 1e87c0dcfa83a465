//! One value of a document that another version, or anybody, may have written: whatever stands
//! there is taken as it is, and what is no single value counts as nothing.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Letters of a text that are kept.
const LONGEST: usize = 2_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Scalar {
    /// `null`, a list, an object, or not there.
    #[default]
    Nothing,
    Truth(bool),
    Count(u64),
    Number(f64),
    Text(String),
}

impl Scalar {
    pub(crate) const fn count(&self) -> Option<u64> {
        match self {
            Scalar::Count(count) => Some(*count),
            _ => None,
        }
    }

    /// A number that is not negative.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Scalar::Count(count) => Some(crate::stats::float(*count)),
            Scalar::Number(number) => Some(*number).filter(|number| *number >= 0.0),
            _ => None,
        }
    }

    /// A text that is not empty.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Scalar::Text(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// A text, or `-`.
    pub fn word(&self) -> &str {
        self.text().unwrap_or("-")
    }

    pub(crate) const fn truth(&self) -> Option<bool> {
        match self {
            Scalar::Truth(truth) => Some(*truth),
            _ => None,
        }
    }

    pub(crate) fn of(text: &str) -> Scalar {
        Scalar::Text(text.chars().take(LONGEST).collect())
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Nothing => f.pad("-"),
            Scalar::Truth(truth) => truth.fmt(f),
            Scalar::Count(count) => count.fmt(f),
            Scalar::Number(number) => number.fmt(f),
            Scalar::Text(text) => f.pad(text),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Scalar, E> {
        Ok(Scalar::Truth(truth))
    }

    fn visit_u64<E>(self, count: u64) -> Result<Scalar, E> {
        Ok(Scalar::Count(count))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
        let size = crate::stats::float(number.unsigned_abs());
        Ok(Scalar::Number(if number < 0 { -size } else { size }))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::of(text))
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Scalar, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_there_is_taken_and_never_an_error() {
        for (json, scalar) in [
            ("null", Scalar::Nothing),
            ("[1,{\"a\":2}]", Scalar::Nothing),
            ("{\"a\":[]}", Scalar::Nothing),
            ("true", Scalar::Truth(true)),
            ("18446744073709551615", Scalar::Count(u64::MAX)),
            ("-3", Scalar::Number(-3.0)),
            ("1.5", Scalar::Number(1.5)),
            ("\"unlimited\"", Scalar::of("unlimited")),
        ] {
            assert_eq!(serde_json::from_str::<Scalar>(json).unwrap(), scalar, "{json}");
        }
        assert_eq!(Scalar::Number(-3.0).number(), None);
        assert_eq!(Scalar::of("").word(), "-");
    }
}
