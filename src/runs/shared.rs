//! A text that many runs have, held once.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A text that several may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shared(Arc<str>);

impl Shared {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Shared {
    fn from(text: &str) -> Shared {
        Shared(text.into())
    }
}

impl From<String> for Shared {
    fn from(text: String) -> Shared {
        Shared(text.into())
    }
}

impl Deref for Shared {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The texts that there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts(BTreeSet<Arc<str>>);

impl Texts {
    /// Holds it once; the bytes that this takes more.
    pub(crate) fn share(&mut self, text: &mut Shared) -> usize {
        if let Some(known) = self.0.get(&text.0) {
            text.0 = Arc::clone(known);
            return 0;
        }
        self.0.insert(Arc::clone(&text.0));
        text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_held_once_and_counted_once() {
        let mut texts = Texts::default();
        let (mut one, mut other) = (Shared::from("kernel"), Shared::from("kernel".to_owned()));
        assert_eq!((texts.share(&mut one), texts.share(&mut other)), (6, 0));
        assert!(Arc::ptr_eq(&one.0, &other.0));
        assert_eq!(texts.share(&mut Shared::from("cpu")), 3);
    }
}
