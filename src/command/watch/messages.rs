//! What a command prints on stderr, past the catalogue of explain: a check before, or another way that was taken,
//! makes no call fail and no signal come.

use std::sync::{Arc, Mutex, PoisonError};

use crate::command::{Code, Failure};
use crate::explain::fix::fix;
use crate::explain::scan::{Match, Scanner};
use crate::explain::{Certainty, Details, Meaning};
use crate::report::watch::MessageRow;
use crate::units::Bytes;
use crate::watch::Ear;
use crate::watch::seen::{About, Message};

/// What was heard so far.
pub(super) struct Scan(Arc<Mutex<Option<Scanner>>>);

/// Hears it.
pub(super) struct Listener(Arc<Mutex<Option<Scanner>>>);

impl Scan {
    pub(super) fn new() -> Result<Scan, Failure> {
        let scanner = Scanner::new().map_err(|error| {
            Failure::new(
                Code::Refused,
                format!("cannot prepare the catalogue of messages: {error}"),
            )
        })?;
        Ok(Scan(Arc::new(Mutex::new(Some(scanner)))))
    }

    pub(super) fn ear(&self) -> Listener {
        Listener(Arc::clone(&self.0))
    }

    /// What was found: to be told, and what proves a cause.
    pub(super) fn finish(self) -> (Vec<MessageRow>, Vec<Message>) {
        let scanner = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let found = scanner.map(Scanner::finish).unwrap_or_default();
        let mut proofs: Vec<Message> = found.matches.iter().filter_map(proof).collect();
        // How much was asked for may stand in another line of the same message.
        let of_size = found.matches.iter().filter(|one| one.entry.meaning == Meaning::ShmSize);
        let asked = of_size.filter_map(|one| one.asked).max().map(Bytes);
        for proof in proofs.iter_mut().filter(|proof| proof.about == About::SharedMemory) {
            proof.asked = proof.asked.max(asked);
        }
        (found.matches.iter().map(row).collect(), proofs)
    }
}

impl Ear for Listener {
    fn hear(&mut self, bytes: &[u8]) {
        if let Some(scanner) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            scanner.feed(bytes);
        }
    }
}

fn row(found: &Match) -> MessageRow {
    let entry = found.entry;
    MessageRow {
        entry: entry.id,
        application: entry.application,
        line: found.shown.clone(),
        text: entry.text,
    }
}

/// Only a message whose source allows one cause proves one.
fn proof(found: &Match) -> Option<Message> {
    let entry = found.entry;
    let about = match entry.meaning {
        _ if entry.certainty != Certainty::Sure => return None,
        Meaning::ShmSize | Meaning::Inodes => About::SharedMemory,
        Meaning::Sysv => About::Sysv,
        Meaning::Memory => About::Memory,
        Meaning::Permission | Meaning::NotSharedMemory => About::SomethingElse,
        Meaning::Ambiguous => return None,
    };
    let fix = fix(entry, None, Details::default());
    Some(Message { entry: entry.id, about, asked: found.asked.map(Bytes), fix })
}
