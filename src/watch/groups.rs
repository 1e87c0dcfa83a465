//! Who holds shared memory, in few lines: objects whose names begin alike are one.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use crate::facts::holdings::{Held, Holdings, Object};
use crate::facts::maps::Backing;
use crate::units::Bytes;

/// More groups, and more processes of one, are not told.
const MOST_GROUPS: usize = 8;
const MOST_PROCESSES: usize = 6;

/// Objects that are told as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub kind: &'static str,
    /// A name, or what several begin with and `*`; empty for what has no name.
    pub name: String,
    pub bytes: Bytes,
    pub objects: usize,
    /// `name[pid]`.
    pub processes: Vec<String>,
    /// Those that are left out of that list.
    pub more: usize,
}

/// What objects of one kind come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub bytes: Bytes,
    /// What they would take if every page of them were there.
    pub wanted: Bytes,
    pub objects: usize,
}

/// Who held what at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holders {
    pub at_us: u64,
    pub posix: Sum,
    pub sysv: Sum,
    pub memfd: Sum,
    pub anon: Sum,
    /// The largest first.
    pub groups: Vec<Group>,
}

impl Holders {
    /// What was seen of them; `own` is the process that looks. What has neither a folder nor a namespace counts
    /// where `counts` says so of one who holds it.
    #[must_use]
    pub fn of(at_us: u64, seen: &Holdings, own: u32, counts: impl Fn(u32) -> bool) -> Holders {
        let mut holders = Holders { at_us, ..Holders::default() };
        let mut groups: BTreeMap<(&'static str, String), Vec<&Object>> = BTreeMap::new();
        for object in seen.objects.iter().filter(|object| belongs(object, own, &counts)) {
            let kind = object.backing.word();
            let held = object.held.bytes().unwrap_or_default();
            let size = object.size.unwrap_or(held);
            let sum = match kind {
                "posix" => &mut holders.posix,
                "sysv" => &mut holders.sysv,
                "memfd" => &mut holders.memfd,
                _ => &mut holders.anon,
            };
            sum.bytes = sum.bytes.saturating_add(held);
            sum.wanted = sum.wanted.saturating_add(size.max(held));
            sum.objects = sum.objects.saturating_add(1);
            groups.entry((kind, prefix(&object.name).to_owned())).or_default().push(object);
        }
        let groups = groups
            .into_iter()
            .map(|((kind, prefix), objects)| group(kind, &prefix, &objects, seen, own));
        holders.groups = groups.filter(|group| group.bytes > Bytes::ZERO).collect();
        holders.groups.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
        holders.groups.truncate(MOST_GROUPS);
        holders
    }

    /// All that is in memory.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        let all = [self.posix, self.sysv, self.memfd, self.anon];
        all.iter().fold(Bytes::ZERO, |sum, one| sum.saturating_add(one.bytes))
    }
}

/// Memory that only this program shares with itself is none of the command's, nor a memfd of a stranger.
fn belongs(object: &Object, own: u32, counts: &impl Fn(u32) -> bool) -> bool {
    let mut holders = object.holders.iter().map(|holder| holder.pid).filter(|pid| *pid != own);
    match object.backing {
        Backing::Posix | Backing::Sysv => object.holders.is_empty() || holders.next().is_some(),
        Backing::Memfd | Backing::Anon => holders.any(counts),
    }
}

fn group(
    kind: &'static str,
    prefix: &str,
    objects: &[&Object],
    seen: &Holdings,
    own: u32,
) -> Group {
    let name = match objects {
        [one] => one.name.clone(),
        _ if prefix.is_empty() => String::new(),
        _ => format!("{prefix}*"),
    };
    let held = |object: &&Object| match object.held {
        Held::Exact(bytes) | Held::AtLeast(bytes) => bytes,
        Held::Unknown => Bytes::ZERO,
    };
    let bytes = objects.iter().map(held).fold(Bytes::ZERO, Bytes::saturating_add);
    let pids = objects.iter().flat_map(|object| &object.holders).map(|holder| holder.pid);
    let mut pids: Vec<u32> = pids.filter(|pid| *pid != own).collect();
    pids.sort_unstable();
    pids.dedup();
    let named = |pid: &u32| {
        let name = seen.who.get(pid).map_or("?", |who| who.name.as_str());
        format!("{name}[{pid}]")
    };
    Group {
        kind,
        name,
        bytes,
        objects: objects.len(),
        processes: pids.iter().take(MOST_PROCESSES).map(named).collect(),
        more: pids.len().saturating_sub(MOST_PROCESSES),
    }
}

/// What names of one application begin with: up to the first mark behind which something changes.
#[must_use]
pub fn prefix(name: &str) -> &str {
    const MARKS: [char; 5] = ['_', '-', '.', ':', '/'];
    let after = |from: usize| {
        let rest = name.get(from..)?;
        let mark = rest.find(MARKS)?;
        from.checked_add(mark)?.checked_add(1)
    };
    // Named semaphores of all programs begin with this.
    let begin = if name.starts_with("sem.") { 4 } else { 0 };
    let end = after(begin).filter(|end| end.saturating_sub(begin) > 1);
    let digits = name.find(|c: char| c.is_ascii_digit()).filter(|at| *at > 1);
    match (end, digits) {
        (Some(end), Some(digits)) => name.get(..end.min(digits)).unwrap_or(name),
        (Some(end), None) => name.get(..end).unwrap_or(name),
        (None, Some(digits)) => name.get(..digits).unwrap_or(name),
        (None, None) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_application_begin_alike() {
        for (name, begins) in [
            ("torch_31_4242_0", "torch_"),
            ("psm_1a2b3c4d", "psm_"),
            ("nccl-AbC123", "nccl-"),
            ("PostgreSQL.1234567", "PostgreSQL."),
            ("sem.mp-x7k", "sem.mp-"),
            ("sem.loky-1-abc", "sem.loky-"),
            ("ring7", "ring"),
            ("cache", "cache"),
            ("7", "7"),
            ("", ""),
        ] {
            assert_eq!(prefix(name), begins, "{name}");
        }
    }
}
