//! How many bytes a line says were asked for.

/// What stands before or behind a number of bytes that was asked for.
const BEFORE: [&str; 6] = ["size ", "size=", "size = ", "sizeInBytes = ", "length=", "Requested: "];
const BEHIND: [&str; 5] = [" bytes", " B ", " B)", " B,", " byte "];

/// What stands behind a number of bytes that there were, and not that were asked for.
const TOO_LITTLE: [&str; 2] = [" bytes available", " bytes free"];

/// What stands behind a number of MiB that was asked for.
const MEBIBYTES: [&str; 2] = [" MiB required", " MB required"];

/// What stands before the size of /dev/shm that Ray wants, `7.67gb` (`determine_plasma_store_config`).
const OF_RAY: &str = "passing '--shm-size=";

/// That size, in bytes.
fn of_ray(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?;
    let (_, behind) = text.split_once(OF_RAY)?;
    let (number, _) = behind.split_once("gb'")?;
    let (whole, hundredths) = number.split_once('.').unwrap_or((number, "0"));
    let (whole, hundredths): (u64, u64) = (whole.parse().ok()?, hundredths.parse().ok()?);
    let all = whole.checked_mul(100)?.checked_add(hundredths)?;
    all.checked_mul(1 << 30).map(|bytes| bytes / 100).filter(|bytes| *bytes > 0)
}

/// The bytes that a line says were asked for: the first number that is said to be that.
pub(super) fn asked(line: &[u8]) -> Option<u64> {
    if let Some(size) = of_ray(line) {
        return Some(size);
    }
    let mut at = 0;
    while at < line.len() {
        let rest = line.get(at..).unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            at = at.saturating_add(1);
            continue;
        }
        let (number, behind) = rest.split_at(digits);
        let before = line.get(..at).unwrap_or_default();
        let is_one_of =
            |words: &[&str]| words.iter().any(|word| behind.starts_with(word.as_bytes()));
        // `--shm-size=8g` is no number of bytes.
        let has_unit =
            behind.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'.');
        let is_size = !has_unit && BEFORE.iter().any(|word| before.ends_with(word.as_bytes()))
            || is_one_of(&BEHIND);
        let number = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
        let bytes = number.and_then(|number: u64| match () {
            () if is_one_of(&TOO_LITTLE) => None,
            () if is_one_of(&MEBIBYTES) => number.checked_mul(1 << 20),
            () => Some(number).filter(|number| is_size && *number > 0),
        });
        if bytes.is_some() {
            return bytes;
        }
        at = at.saturating_add(digits);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_that_was_asked_for_is_read_where_the_line_says_so() {
        for (line, size) in [
            ("segment \"/PostgreSQL.5\" to 67244032 bytes: No", Some(67_244_032)),
            ("segment /dev/shm/nccl-x7 (size 9637888), error", Some(9_637_888)),
            ("shmget(size=4263936 flags=0x7b0)", Some(4_263_936)),
            ("[ name = root, sizeInBytes = 149264720, access", Some(149_264_720)),
            ("Space Requested: 16777216 B", Some(16_777_216)),
            ("/dev/shm: 16379 MiB required, 2048 MiB available", Some(16_379 << 20)),
            ("because /dev/shm has only 5368709120 bytes available.", None),
            ("only 64 bytes available. by passing '--shm-size=7.50gb' to", Some(15 << 29)),
            ("docker run --shm-size=8gb image", None),
            ("Code 10 Bus error: 10 Backtrace", None),
            ("line 17: error 28", None),
            ("to 99999999999999999999999 bytes", None),
        ] {
            assert_eq!(asked(line.as_bytes()), size, "{line}");
        }
    }
}
