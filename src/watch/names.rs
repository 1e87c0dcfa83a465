//! Names that came and went in /dev/shm: also those of files that no look could see. In memory that is taken once.
#![forbid(unsafe_code)]

use super::groups::prefix;
use crate::facts::name_events::{Change, NameEvent};

/// Groups of names that begin alike; of names of more groups only the number is kept.
const MOST: usize = 24;

/// Bytes of a name that are kept.
const LONGEST: usize = 56;

/// Files that were just made and have nothing in them yet.
const NEW: usize = 512;

/// Listening makes each write(2) to a file in /dev/shm about 1 us slower, so it ends after looks that saw some for
/// so long; of a long time between two looks only a part counts.
const ENOUGH_US: u64 = 300_000;
const PART_US: u64 = 50_000;

/// What begins the name of a POSIX semaphore, which gets its bytes under another name first (sem_overview(7)).
const SEMAPHORE: &[u8] = b"sem.";

/// How many names did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub came: u64,
    pub went: u64,
    /// Came and went between two looks.
    pub brief: u64,
    /// Went without anything written to them: as after a request that was refused.
    pub empty: u64,
}

/// Names that begin alike.
#[derive(Clone, Copy, Debug)]
struct Group {
    name: [u8; LONGEST],
    length: usize,
    /// So much of it they have in common; all of it where it is always the same name.
    common: usize,
    counts: Counts,
}

/// A file that is new.
#[derive(Clone, Copy, Debug)]
struct New {
    hash: u64,
    written: bool,
    look: u64,
}

/// All that is kept of them.
#[derive(Clone, Debug)]
pub struct Names {
    counts: Counts,
    groups: Vec<Group>,
    new: Vec<New>,
    look: u64,
    looked_us: u64,
    /// Something was written since the last look; and for how long that was so.
    writes: bool,
    writes_us: u64,
    /// Names of more groups.
    pub more: u64,
    /// Events were lost.
    pub lost: bool,
    /// All that was written is known.
    pub writes_known: bool,
}

/// A group, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameGroup {
    /// A name, or what several begin with and `*`.
    pub name: String,
    pub counts: Counts,
}

impl Default for Names {
    fn default() -> Names {
        Names {
            counts: Counts::default(),
            groups: Vec::with_capacity(MOST),
            new: Vec::with_capacity(NEW),
            look: 0,
            looked_us: 0,
            writes: false,
            writes_us: 0,
            more: 0,
            lost: false,
            writes_known: true,
        }
    }
}

impl Names {
    /// Notes an event.
    pub fn note(&mut self, event: NameEvent<'_>) {
        let NameEvent::Of(change, name) = event else {
            self.lost = true;
            return;
        };
        let hash = hash(name);
        let mut of_it = Counts::default();
        match change {
            Change::Came | Change::MovedHere => {
                of_it.came = 1;
                let written = change == Change::MovedHere || name.starts_with(SEMAPHORE);
                if self.new.len() < NEW {
                    self.new.push(New { hash, written, look: self.look });
                }
            }
            Change::Written => {
                self.writes = true;
                if let Some(new) = self.new.iter_mut().find(|new| new.hash == hash) {
                    new.written = true;
                }
                return;
            }
            Change::Went => {
                of_it.went = 1;
                if let Some(at) = self.new.iter().position(|new| new.hash == hash) {
                    let new = self.new.swap_remove(at);
                    of_it.brief = u64::from(new.look == self.look);
                    of_it.empty = u64::from(!new.written);
                }
            }
        }
        self.counts.add(of_it);
        self.count(name, of_it);
    }

    /// A look is over. Whether what is written is to be listened to no more, as there is too much of it.
    pub fn end_look(&mut self, at_us: u64) -> bool {
        if std::mem::take(&mut self.writes) {
            let part = at_us.saturating_sub(self.looked_us).min(PART_US);
            self.writes_us = self.writes_us.saturating_add(part);
        }
        self.looked_us = at_us;
        let much = self.writes_us > ENOUGH_US && self.writes_known;
        self.writes_known &= !much;
        self.look = self.look.wrapping_add(1);
        // What has something in it can be seen from now on.
        let keep = self.writes_known;
        self.new.retain(|new| keep && !new.written);
        much
    }

    fn count(&mut self, name: &[u8], more: Counts) {
        let text = text(name);
        let begin = prefix(text);
        let full = self.groups.len() >= MOST;
        match self.groups.iter_mut().find(|group| group.is_of(text, begin)) {
            Some(group) => {
                if group.common != begin.len() && !group.is_name(text) {
                    group.common = begin.len().min(LONGEST);
                }
                group.counts.add(more);
            }
            None if full => self.more = self.more.saturating_add(more.came),
            None => self.groups.push(Group::new(text, more)),
        }
    }

    /// All of them.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Files that went without anything written to them, where that is known.
    #[must_use]
    pub fn empty(&self) -> Option<u64> {
        (self.writes_known && !self.lost).then_some(self.counts.empty)
    }

    /// Those of which most came are first.
    #[must_use]
    pub fn groups(&self) -> Vec<NameGroup> {
        let mut groups: Vec<NameGroup> = self.groups.iter().map(Group::told).collect();
        groups.sort_by(|a, b| b.counts.came.cmp(&a.counts.came).then_with(|| a.name.cmp(&b.name)));
        groups
    }
}

impl Counts {
    fn add(&mut self, more: Counts) {
        self.came = self.came.saturating_add(more.came);
        self.went = self.went.saturating_add(more.went);
        self.brief = self.brief.saturating_add(more.brief);
        self.empty = self.empty.saturating_add(more.empty);
    }
}

impl Group {
    fn new(text: &str, counts: Counts) -> Group {
        let mut name = [0; LONGEST];
        let length = text.len().min(LONGEST);
        for (to, from) in name.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        Group { name, length, common: length, counts }
    }

    fn text(&self) -> &str {
        let name = self.name.get(..self.length).unwrap_or_default();
        text(name)
    }

    /// Whether it is about names that begin so.
    fn is_of(&self, text: &str, begin: &str) -> bool {
        let own = self.text();
        self.is_name(text) || prefix(own) == begin && begin.len() < text.len().max(own.len())
    }

    fn is_name(&self, text: &str) -> bool {
        text.bytes().take(LONGEST).eq(self.text().bytes())
    }

    fn told(&self) -> NameGroup {
        let whole = self.common >= self.length;
        let text = self.text();
        let name = match text.get(..self.common) {
            Some(begin) if !whole => format!("{begin}*"),
            _ => text.to_owned(),
        };
        NameGroup { name, counts: self.counts }
    }
}

/// As much of a name as is text.
fn text(name: &[u8]) -> &str {
    std::str::from_utf8(name).unwrap_or_else(|error| {
        let valid = name.get(..error.valid_up_to()).unwrap_or_default();
        std::str::from_utf8(valid).unwrap_or_default()
    })
}

/// FNV-1a.
fn hash(name: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    name.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAME: Change = Change::Came;
    const WRITTEN: Change = Change::Written;
    const WENT: Change = Change::Went;

    fn note(names: &mut Names, events: &[(Change, &str)]) {
        for (change, name) in events {
            names.note(NameEvent::Of(*change, name.as_bytes()));
        }
    }

    fn told(names: &Names) -> Vec<(String, [u64; 4])> {
        let row = |group: NameGroup| {
            let Counts { came, went, brief, empty } = group.counts;
            (group.name, [came, went, brief, empty])
        };
        names.groups().into_iter().map(row).collect()
    }

    #[test]
    fn names_that_begin_alike_are_one_and_a_single_one_is_told_whole() {
        let mut names = Names::default();
        note(&mut names, &[(CAME, "torch_1_1"), (WRITTEN, "torch_1_1"), (CAME, "torch_1_2")]);
        note(&mut names, &[(CAME, "ring_7"), (WRITTEN, "ring_7"), (WENT, "ring_7")]);
        assert!(!names.end_look(0));
        note(&mut names, &[(WRITTEN, "torch_1_2")]);
        names.end_look(0);
        note(&mut names, &[(WENT, "torch_1_1"), (WENT, "torch_1_2")]);
        assert_eq!(
            told(&names),
            [("torch_*".to_owned(), [2, 2, 0, 0]), ("ring_7".to_owned(), [1, 1, 1, 0])]
        );
        assert_eq!((names.counts().came, names.empty()), (3, Some(0)));
    }

    #[test]
    fn a_file_that_went_without_a_byte_is_told_and_a_semaphore_is_none() {
        let mut names = Names::default();
        note(&mut names, &[(CAME, "PostgreSQL.17"), (WENT, "PostgreSQL.17")]);
        note(&mut names, &[(CAME, "sem.mp-1"), (WENT, "sem.mp-1")]);
        note(&mut names, &[(Change::MovedHere, "cache"), (WENT, "cache")]);
        note(&mut names, &[(CAME, "later")]);
        (0..9).for_each(|_| assert!(!names.end_look(0)));
        note(&mut names, &[(WENT, "later")]);
        assert_eq!((names.counts().empty, names.counts().brief), (2, 3));
    }

    #[test]
    fn memory_is_bounded_and_what_is_left_out_is_counted() {
        let mut names = Names::default();
        for at in 0..100_000_u64 {
            // Letters alone, so that none begins like another.
            let letter = |n: u64| {
                let digit = u32::try_from((at >> (3 * n)) & 7).unwrap();
                char::from_digit(10 + digit, 36).unwrap()
            };
            let name: String = (0..6).map(letter).collect();
            note(&mut names, &[(CAME, &name)]);
            if at % 1000 == 0 {
                names.end_look(0);
            }
        }
        assert_eq!((names.groups.len(), names.new.len()), (MOST, NEW));
        assert_eq!((names.groups.capacity(), names.new.capacity()), (MOST, NEW));
        let of_groups: u64 = names.groups().iter().map(|group| group.counts.came).sum();
        assert_eq!(of_groups + names.more, 100_000);
    }

    #[test]
    fn a_flood_of_writes_is_not_listened_to_and_then_nothing_is_called_empty() {
        let mut names = Names::default();
        let at = |names: &mut Names, writes: bool| {
            if writes {
                note(names, &[(WRITTEN, "b_1")]);
            }
            names.end_look(names.looked_us + 10_000)
        };
        // Now and then it is none.
        for look in 0..2000 {
            assert!(!at(&mut names, look % 100 == 0));
        }
        let looks = (0..100).filter(|_| at(&mut names, true)).count();
        assert_eq!(looks, 1, "it is said once");
        assert_eq!(names.empty(), None);
        let mut names = Names::default();
        names.note(NameEvent::Lost);
        assert!(names.lost && names.empty().is_none());
    }

    #[test]
    fn any_name_is_survived() {
        let mut names = Names::default();
        let long = "x".repeat(255);
        for name in [
            &b"\xff\xfe"[..],
            b"",
            long.as_bytes(),
            "\u{fc}".repeat(60).as_bytes(),
            b"_",
            b"a_\xff",
        ] {
            for change in [CAME, WRITTEN, WENT, CAME, Change::MovedHere] {
                names.note(NameEvent::Of(change, name));
            }
        }
        assert!(names.groups().iter().all(|group| group.name.len() <= LONGEST + 1));
    }
}
