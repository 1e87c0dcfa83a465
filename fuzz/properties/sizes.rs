//! Sizes, times and counts: what is printed reads as the same, and nothing overflows.

use shmeter::stats::{float, rounded};
use shmeter::units::{Bytes, Limit, range, speed, time};

use super::shown;

/// Up to 16 bytes are also two numbers; the whole is a text.
pub fn hold(data: &[u8]) {
    let number = |from: usize| {
        let mut bytes = [0; 8];
        let part = data.get(from..).unwrap_or_default();
        bytes.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
        u64::from_le_bytes(bytes)
    };
    numbers(number(0), number(8));
    text(&String::from_utf8_lossy(data));
}

fn text(text: &str) {
    match text.parse::<Bytes>() {
        Ok(bytes) => {
            numbers(bytes.0, 0);
            // An oracle in floating point, and exact for whole numbers.
            let digits = text.trim().find(|c: char| !c.is_ascii_digit() && c != '.');
            let (amount, unit) = text.trim().split_at(digits.unwrap_or(text.trim().len()));
            let factor = factor(unit.trim()).unwrap_or_else(|| panic!("{text:?} has a unit"));
            match amount.parse::<u128>() {
                Ok(whole) => assert_eq!(u128::from(bytes.0), whole * factor, "{text:?}"),
                Err(_) => {
                    let wanted = amount.trim_matches('.').parse::<f64>();
                    let wanted =
                        if amount.starts_with('.') { format!("0{amount}").parse() } else { wanted };
                    let wanted = wanted.unwrap_or_else(|_| panic!("{text:?} is no number"));
                    let wanted = wanted * factor as f64;
                    let room = wanted / 1e9 + factor as f64 / 1e9 + 1.0;
                    assert!(
                        (float(bytes.0) - wanted).abs() <= room,
                        "{text:?} is {wanted}, not {}",
                        bytes.0
                    );
                }
            }
        }
        Err(error) => {
            let error = error.to_string();
            assert!(!error.is_empty() && error.chars().count() < 160, "{error}");
        }
    }
}

/// Bytes of a unit, as docs/guide.md lists them.
fn factor(unit: &str) -> Option<u128> {
    const LETTERS: &str = "kmgtpe";
    let lower = unit.to_ascii_lowercase();
    let (letter, rest) = lower.split_at_checked(1).unwrap_or(("", ""));
    if lower.is_empty() || lower == "b" {
        return Some(1);
    }
    let power = u32::try_from(LETTERS.find(letter)?).unwrap() + 1;
    let decimal =
        unit == "k" || rest.is_empty() && unit != "K" && unit.starts_with(char::is_uppercase);
    assert!(["", "i", "b", "ib"].contains(&rest), "{unit}");
    Some(if decimal { 1000_u128.pow(power) } else { 1024_u128.pow(power) })
}

fn numbers(one: u64, other: u64) {
    let (bytes, more) = (Bytes(one), Bytes(other));
    assert_eq!(one.to_string().parse(), Ok(bytes));
    // As people read it: to a tenth of its unit, and it can be typed again.
    let said = bytes.to_string();
    let unit = said.split(' ').nth(1).and_then(factor).unwrap_or_else(|| panic!("{said}"));
    let tenth = u64::try_from(unit / 10).unwrap();
    match said.parse::<Bytes>() {
        Ok(read) => assert!(read.0.abs_diff(one) <= tenth, "{one} is shown as {said}"),
        // What is rounded up to 2^64 is the only one that cannot be typed.
        Err(error) => assert!(one > u64::MAX - tenth, "{said}: {error}"),
    }
    assert_eq!(format!("{}", Limit::At(bytes)), said);
    // Sums and products stay within 64 bits, and are exact where these hold them.
    let (sum, product) = (u128::from(one) + u128::from(other), u128::from(one) * u128::from(other));
    let most = u128::from(u64::MAX);
    assert_eq!(u128::from(bytes.saturating_add(more).0), sum.min(most));
    assert_eq!(u128::from(bytes.saturating_mul(other).0), product.min(most));
    assert_eq!(bytes.saturating_sub(more).0, one.saturating_sub(other));
    let scaled = bytes.scaled(u128::from(other), 1000);
    assert_eq!(u128::from(scaled.0), (product / 1000).min(most));
    assert_eq!(bytes.scaled(u128::from(other), 0), Bytes(u64::MAX));
    assert!(bytes.agrees_with(bytes));
    assert_eq!(Bytes::kib(one), bytes.saturating_mul(1024));
    assert_eq!(Bytes::mib(one), bytes.saturating_mul(1 << 20));
    let (least, most) = (bytes.min(more), bytes.max(more));
    assert!(range(least, most).starts_with(&least.to_string()));
    assert!(range(least, most).ends_with(&most.to_string()));
    times(one);
    let rate = f64::from_bits(one);
    let said = speed(rate);
    assert!(said.ends_with("/s"), "{said}");
    shown::is_one_line(&said);
    // A count that becomes a float and a count again is the same as far as a float holds it.
    let back = rounded(float(one));
    assert!(back.abs_diff(one.max(1)) <= one >> 52, "{one} came back as {back}");
    let _ = rounded(rate);
}

/// A time reads as itself to a tenth of its unit.
fn times(nanoseconds: u64) {
    let said = time(nanoseconds);
    let (number, unit) = said.split_once(' ').unwrap_or_else(|| panic!("{said}"));
    let unit = match unit {
        "ns" => 1.0,
        "us" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        other => panic!("no unit: {other}"),
    };
    let read = number.parse::<f64>().unwrap() * unit;
    let room = unit * 0.051 + read / 1e12;
    assert!((read - float(nanoseconds)).abs() <= room, "{nanoseconds} is shown as {said}");
}
