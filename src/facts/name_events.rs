//! What inotify(7) gives of a folder: names that come, go, and are written to. Read without a copy of anything.

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new name: a file, or another name for one.
    Came,
    /// A file with what is in it was renamed to this name.
    MovedHere,
    /// The name is gone.
    Went,
    /// It was written to, or got another size.
    Written,
}

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameEvent<'a> {
    Of(Change, &'a [u8]),
    /// Events were lost: there were more than the kernel keeps.
    Lost,
}

/// `struct inotify_event`: descriptor, mask, cookie, and the bytes of the name behind it.
const HEAD: usize = 16;

/// linux/inotify.h.
const MODIFY: u32 = 0x2;
const MOVED_FROM: u32 = 0x40;
const MOVED_TO: u32 = 0x80;
const CREATE: u32 = 0x100;
const DELETE: u32 = 0x200;
const OVERFLOW: u32 = 0x4000;
const FOLDER: u32 = 0x4000_0000;

/// The events in what read(2) gave; what is cut off is left out.
pub fn events(bytes: &[u8]) -> impl Iterator<Item = NameEvent<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (event, more) = first(rest)?;
        rest = more;
        Some(event)
    })
    .flatten()
}

/// The first one, if it is about a file, and what comes behind it.
fn first(bytes: &[u8]) -> Option<(Option<NameEvent<'_>>, &[u8])> {
    let number = |at: usize| -> Option<u32> {
        let number = bytes.get(at..at.checked_add(4)?)?;
        Some(u32::from_ne_bytes(number.try_into().ok()?))
    };
    let (mask, length) = (number(4)?, usize::try_from(number(12)?).ok()?);
    let end = HEAD.checked_add(length)?;
    let name = bytes.get(HEAD..end)?;
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let is = |bit: u32| mask & bit != 0;
    let change = if is(FOLDER) {
        None
    } else if is(CREATE) {
        Some(Change::Came)
    } else if is(MOVED_TO) {
        Some(Change::MovedHere)
    } else if is(DELETE | MOVED_FROM) {
        Some(Change::Went)
    } else if is(MODIFY) {
        Some(Change::Written)
    } else {
        None
    };
    let event = if is(OVERFLOW) {
        Some(NameEvent::Lost)
    } else {
        change.filter(|_| !name.is_empty()).map(|change| NameEvent::Of(change, name))
    };
    Some((event, bytes.get(end..)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An event as the kernel writes it: names are filled up with zeros.
    fn event(mask: u32, name: &str) -> Vec<u8> {
        let length = if name.is_empty() { 0 } else { name.len().next_multiple_of(16) };
        let head = [1, mask, 0, u32::try_from(length).unwrap()];
        let mut bytes: Vec<u8> = head.into_iter().flat_map(u32::to_ne_bytes).collect();
        bytes.extend_from_slice(name.as_bytes());
        bytes.resize(HEAD.saturating_add(length), 0);
        bytes
    }

    #[test]
    fn names_that_come_go_and_are_written_to_are_told_in_their_order() {
        let bytes = [
            event(CREATE, "psm_1"),
            event(CREATE | FOLDER, "folder"),
            event(MODIFY, "psm_1"),
            event(MODIFY, ""),
            event(DELETE, "psm_1"),
            event(OVERFLOW, ""),
            event(0x8000, ""),
            event(MOVED_TO, "a-name-that-is-longer-than-sixteen"),
            event(MOVED_FROM, "b"),
        ]
        .concat();
        let told: Vec<NameEvent<'_>> = events(&bytes).collect();
        assert_eq!(
            told,
            [
                NameEvent::Of(Change::Came, b"psm_1"),
                NameEvent::Of(Change::Written, b"psm_1"),
                NameEvent::Of(Change::Went, b"psm_1"),
                NameEvent::Lost,
                NameEvent::Of(Change::MovedHere, b"a-name-that-is-longer-than-sixteen"),
                NameEvent::Of(Change::Went, b"b"),
            ]
        );
        for end in 0..bytes.len() {
            assert!(events(&bytes[..end]).count() <= told.len());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(events(&bytes).count() <= bytes.len() / HEAD);
        }
    }
}
