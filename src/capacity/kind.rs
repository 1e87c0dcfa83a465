//! The four ways to get shared memory, and what there is once for each.

use std::ops::Index;

use serde::{Deserialize, Serialize};

use super::Method;

/// A kind of shared memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// shm_open: a file on the tmpfs at /dev/shm.
    Posix,
    /// shmget.
    Sysv,
    /// memfd_create.
    Memfd,
    /// mmap with MAP_SHARED and MAP_ANONYMOUS.
    Anon,
}

impl Kind {
    /// Every kind, in the order of reports.
    pub const ALL: [Kind; 4] = [Kind::Posix, Kind::Sysv, Kind::Memfd, Kind::Anon];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Posix => "posix",
            Kind::Sysv => "sysv",
            Kind::Memfd => "memfd",
            Kind::Anon => "anon",
        }
    }

    /// The ways to fill it; System V and anonymous segments have no file to write to.
    #[must_use]
    pub(crate) const fn methods(self) -> &'static [Method] {
        match self {
            Kind::Posix | Kind::Memfd => &Method::ALL,
            Kind::Sysv | Kind::Anon => &[Method::Touch, Method::Populate],
        }
    }
}

/// One of it for each kind, in the order of [`Kind::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByKind<T>([T; 4]);

impl<T> ByKind<T> {
    /// What `make` says of each kind.
    #[must_use]
    pub fn new(make: impl FnMut(Kind) -> T) -> ByKind<T> {
        ByKind(Kind::ALL.map(make))
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// All of them, to be changed.
    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.0.iter_mut()
    }

    /// That of one kind, without the others.
    #[must_use]
    pub fn take(self, kind: Kind) -> T {
        let [posix, sysv, memfd, anon] = self.0;
        match kind {
            Kind::Posix => posix,
            Kind::Sysv => sysv,
            Kind::Memfd => memfd,
            Kind::Anon => anon,
        }
    }
}

impl<T> Index<Kind> for ByKind<T> {
    type Output = T;

    fn index(&self, kind: Kind) -> &T {
        ByKind(self.0.each_ref()).take(kind)
    }
}

impl<T> IntoIterator for ByKind<T> {
    type Item = T;
    type IntoIter = std::array::IntoIter<T, 4>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a ByKind<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut ByKind<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_finds_its_own() {
        let by_kind = ByKind::new(Kind::word);
        for (kind, word) in Kind::ALL.into_iter().zip(by_kind) {
            assert_eq!((by_kind[kind], by_kind.take(kind)), (kind.word(), word));
        }
    }
}
