//! Sizes, limits, speeds and times: how they are typed, compared and printed.
//! Knows nothing of where a number was read.
#![forbid(unsafe_code)]

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// From here on a limit bounds nothing: the kernel's defaults lie near 2^64.
pub(crate) const BOUNDLESS: Bytes = Bytes(1 << 60);

/// A number of bytes.
// Sums and products saturate: kernel defaults lie near 2^64 on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub struct Bytes(pub u64);

impl Bytes {
    /// Nothing.
    pub const ZERO: Bytes = Bytes(0);

    /// One KiB times `n`; /proc/meminfo and mount options count so.
    #[must_use]
    pub const fn kib(n: u64) -> Bytes {
        Bytes(n.saturating_mul(1 << 10))
    }

    /// One MiB times `n`.
    #[must_use]
    pub const fn mib(n: u64) -> Bytes {
        Bytes(n.saturating_mul(1 << 20))
    }

    /// The sum, or the largest count there is.
    #[must_use]
    pub const fn saturating_add(self, other: Bytes) -> Bytes {
        Bytes(self.0.saturating_add(other.0))
    }

    /// The difference, or nothing.
    #[must_use]
    pub const fn saturating_sub(self, other: Bytes) -> Bytes {
        Bytes(self.0.saturating_sub(other.0))
    }

    /// The product, or the largest count there is.
    #[must_use]
    pub const fn saturating_mul(self, n: u64) -> Bytes {
        Bytes(self.0.saturating_mul(n))
    }

    /// As people write it, without rounding: `4042 MiB` rather than `3.9 GiB`.
    #[must_use]
    pub fn exact(self) -> String {
        let rounded = self.to_string();
        if rounded.parse() == Ok(self) {
            return rounded;
        }
        let units = [(1_u64 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
        let whole = units.into_iter().find(|(unit, _)| self.0.is_multiple_of(*unit));
        let (unit, word) = whole.unwrap_or((1, "B"));
        format!("{} {word}", self.0.checked_div(unit).unwrap_or(self.0))
    }

    /// How far another figure may lie from this one and still mean the same: a MiB, or half a percent.
    #[must_use]
    pub fn tolerance(self) -> Bytes {
        Bytes::mib(1).max(Bytes(self.0 / 200))
    }

    /// Whether this means the same as `other`.
    #[must_use]
    pub fn agrees_with(self, other: Bytes) -> bool {
        self.0.abs_diff(other.0) <= other.tolerance().0
    }

    /// `self * numerator / denominator`, exact in between; the largest count where it does not
    /// fit or where the denominator is zero.
    #[must_use]
    pub fn scaled(self, numerator: u128, denominator: u128) -> Bytes {
        u128::from(self.0)
            .checked_mul(numerator)
            .and_then(|n| n.checked_div(denominator))
            .and_then(|n| u64::try_from(n).ok())
            .map_or(Bytes(u64::MAX), Bytes)
    }
}

/// A size, or from one to another where they read differently.
#[must_use]
pub fn range(least: Bytes, most: Bytes) -> String {
    let (least, most) = (least.to_string(), most.to_string());
    if least == most { least } else { format!("{least} to {most}") }
}

/// A rate as people write it.
#[must_use]
#[allow(clippy::as_conversions)] // whole bytes are enough, and no rate is negative
pub fn speed(bytes_per_second: f64) -> String {
    format!("{}/s", Bytes(bytes_per_second as u64))
}

/// A time as people write it.
#[must_use]
pub fn time(nanoseconds: u64) -> String {
    let count = std::time::Duration::from_nanos(nanoseconds);
    match nanoseconds {
        0..1_000 => format!("{nanoseconds} ns"),
        1_000..1_000_000 => format!("{:.1} us", count.as_secs_f64() * 1e6),
        1_000_000..1_000_000_000 => format!("{:.1} ms", count.as_secs_f64() * 1e3),
        _ => format!("{:.1} s", count.as_secs_f64()),
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        bytesize::ByteSize::b(self.0).display().iec().fmt(f)
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

/// Why a text is no size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    /// The text does not start with a number.
    #[error("a size starts with a number, such as 268435456, 256Mi, 256M, 1.5Gi or 64m")]
    NoNumber,
    /// The letters behind the number name no unit.
    #[error(
        "`{0}` is not a unit: use Ki Mi Gi Ti, k M G T (powers of 1000), or Docker's b m g; 1 GiB \
         is 1Gi"
    )]
    Unit(String),
    /// More than 2^64 - 1 bytes.
    #[error("more bytes than a 64-bit number holds")]
    TooLarge,
}

impl FromStr for Bytes {
    type Err = SizeError;

    /// Kubernetes quantities (`256Mi`, `1.5Gi`, `256M` = 10^6) and Docker's suffixes (`64m` and
    /// `2g` are binary; `64mb`, `64mib` as Docker takes them). `k` is 1000 as in Kubernetes.
    fn from_str(text: &str) -> Result<Bytes, SizeError> {
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let unit = unit.trim_start();
        let factor: u64 = match unit {
            "" | "b" | "B" => 1,
            "k" => 1_000,
            "M" => 1_000_000,
            "G" => 1_000_000_000,
            "T" => 1_000_000_000_000,
            "P" => 1_000_000_000_000_000,
            "E" => 1_000_000_000_000_000_000,
            "Ki" | "KiB" | "kib" | "kb" | "K" => 1 << 10,
            "Mi" | "MiB" | "mib" | "mb" | "m" => 1 << 20,
            "Gi" | "GiB" | "gib" | "gb" | "g" => 1 << 30,
            "Ti" | "TiB" | "tib" | "tb" | "t" => 1 << 40,
            "Pi" | "PiB" | "pib" | "pb" | "p" => 1 << 50,
            // As the largest sizes are printed.
            "Ei" | "EiB" | "eib" | "eb" | "e" => 1 << 60,
            other => {
                return Err(if number.is_empty() {
                    SizeError::NoNumber
                } else {
                    SizeError::Unit(other.trim().chars().take(20).collect())
                });
            }
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(SizeError::NoNumber);
        }
        let parse = |s: &str| -> Result<u64, SizeError> {
            if s.is_empty() { Ok(0) } else { s.parse().map_err(|_| SizeError::TooLarge) }
        };
        let whole = parse(whole)?.checked_mul(factor).ok_or(SizeError::TooLarge)?;
        // Nine digits behind the point; what they leave out is below a kilobyte up to a TiB.
        let fraction = fraction.get(..fraction.len().min(9)).unwrap_or("");
        let scale = 10_u128.saturating_pow(u32::try_from(fraction.len()).unwrap_or(0));
        let part = Bytes(factor).scaled(u128::from(parse(fraction)?), scale);
        whole.checked_add(part.0).map(Bytes).ok_or(SizeError::TooLarge)
    }
}

/// A number of things, such as inodes and segments: no bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(pub u64);

impl Count {
    /// The difference, or none.
    #[must_use]
    pub const fn saturating_sub(self, other: Count) -> Count {
        Count(self.0.saturating_sub(other.0))
    }
}

/// A limit as the kernel states it. Unlimited is larger than every number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit<T = Bytes> {
    /// Bounded at so many.
    At(T),
    /// Stated to be without a bound.
    Unlimited,
}

impl Limit {
    /// The bytes of a bounded limit.
    #[must_use]
    pub const fn bytes(self) -> Option<Bytes> {
        match self {
            Limit::At(bytes) => Some(bytes),
            Limit::Unlimited => None,
        }
    }
}

impl<T> Limit<T> {
    /// The same limit with its number changed; unlimited stays unlimited.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Limit<U> {
        match self {
            Limit::At(number) => Limit::At(change(number)),
            Limit::Unlimited => Limit::Unlimited,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::At(bytes) => bytes.fmt(f),
            Limit::Unlimited => f.pad("unlimited"),
        }
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Limit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limit".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A limit: an integer, or `unlimited`.",
            "oneOf": [{"type": "integer", "minimum": 0}, {"const": "unlimited"}]
        })
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Limit::At(bytes) => bytes.serialize(serializer),
            Limit::Unlimited => serializer.serialize_str("unlimited"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_size_loses_nothing() {
        for (bytes, said) in [
            (4042 << 20, "4042 MiB"),
            (1536 << 20, "1.5 GiB"),
            (1 << 40, "1.0 TiB"),
            ((1 << 40) + (1 << 30), "1025 GiB"),
            (5 << 16, "320.0 KiB"),
            ((1 << 20) + 1, "1048577 B"),
            (7, "7 B"),
            (0, "0 B"),
        ] {
            assert_eq!(Bytes(bytes).exact(), said);
            assert_eq!(said.parse(), Ok(Bytes(bytes)));
        }
    }

    #[test]
    fn sizes_are_read_as_kubernetes_and_docker_write_them() {
        for (text, bytes) in [
            ("268435456", 268_435_456),
            ("256Mi", 268_435_456),
            ("256M", 256_000_000),
            ("1.5Gi", 1_610_612_736),
            ("64m", 67_108_864),
            ("2g", 2_147_483_648),
            ("0", 0),
            (" 1Ki ", 1024),
            ("1 GiB", 1 << 30),
            ("2.0 EiB", 2 << 60),
            ("1E", 1_000_000_000_000_000_000),
            ("0.5k", 500),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_says_why() {
        assert_eq!("12 parsecs".parse::<Bytes>(), Err(SizeError::Unit("parsecs".into())));
        assert_eq!("parsecs".parse::<Bytes>(), Err(SizeError::NoNumber));
        assert_eq!("".parse::<Bytes>(), Err(SizeError::NoNumber));
        assert_eq!("-1".parse::<Bytes>(), Err(SizeError::NoNumber));
        assert_eq!("1.2.3".parse::<Bytes>(), Err(SizeError::NoNumber));
        assert_eq!("99999999999Ti".parse::<Bytes>(), Err(SizeError::TooLarge));
        assert_eq!("99999999999999999999".parse::<Bytes>(), Err(SizeError::TooLarge));
    }

    #[test]
    fn figures_agree_within_a_mib_or_half_a_percent() {
        let (small, large) = (Bytes::mib(64), Bytes::mib(1000));
        assert!(small.agrees_with(small.saturating_add(Bytes::mib(1))));
        assert!(!small.agrees_with(small.saturating_add(Bytes(Bytes::mib(1).0 + 1))));
        assert!(large.saturating_sub(Bytes::mib(5)).agrees_with(large));
        assert!(!large.saturating_sub(Bytes(Bytes::mib(5).0 + 1)).agrees_with(large));
    }

    #[test]
    fn unlimited_is_larger_than_any_number() {
        assert!(Limit::Unlimited > Limit::At(Bytes(u64::MAX)));
        assert_eq!(Limit::At(Bytes(5)).min(Limit::Unlimited), Limit::At(Bytes(5)));
    }
}
