//! Which runs are kept, and how little of each.

use std::sync::Arc;

use super::facts::{Fact, Role, Value};
use super::papers::Environment;
use super::shared::Texts;
use super::{FEW, Run};
use crate::units::Bytes;

/// Bytes of what runs say that are kept.
const KEPT: usize = 96 << 20;

/// All that are kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    pub runs: Vec<Run>,
    /// Bytes that they hold.
    bytes: usize,
    left_out: u64,
    texts: Texts,
    /// An empty one, for all that need theirs no more.
    nowhere: Arc<Environment>,
}

impl Kept {
    /// Takes a run whose facts are known: of a fleet only these are kept.
    pub(crate) fn take(&mut self, mut run: Run) {
        if self.runs.len() < FEW {
            return self.runs.push(run);
        }
        if self.bytes >= KEPT {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        run.slim(&self.nowhere);
        // A title is made of them, once all runs are known.
        let title = run.source.len();
        let own = [size_of::<Run>(), run.source.len(), title].into_iter();
        let own = own.fold(0, usize::saturating_add);
        let facts = run.facts.iter_mut().map(|fact| share(&mut self.texts, fact));
        self.bytes = self.bytes.saturating_add(facts.fold(own, usize::saturating_add));
        self.runs.push(run);
    }

    /// What is said of those that are not kept.
    pub(crate) fn note(&self) -> Option<String> {
        let kept = Bytes(KEPT.try_into().unwrap_or(0));
        let note =
            format!("{} more runs are left out: a report keeps {kept} of data", self.left_out);
        (self.left_out > 0).then_some(note)
    }
}

/// Holds once what runs have in common; the bytes that a fact takes.
fn share(texts: &mut Texts, fact: &mut Fact) -> usize {
    let id = texts.share(&mut fact.id);
    let value = match &mut fact.value {
        Value::Word(word) if fact.role != Role::Name => texts.share(word),
        Value::Word(word) | Value::Number(_, word) => word.len(),
        Value::Bytes(_) | Value::AtMost(_) => 0,
    };
    size_of::<Fact>().saturating_add(id).saturating_add(value)
}
