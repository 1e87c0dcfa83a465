//! The journal of a fill: a line before and after each step, so that the last one tells how far it
//! came where everything was killed. And what such a story says when it was cut off.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fill::{FillDocument, Predicted};
use crate::capacity::{End, Kind, Method};
use crate::plain::plain_json;
use crate::units::Bytes;

/// A line of the journal of `shmeter fill`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event<'a> {
    /// The workers are ready.
    Start(Start),
    /// The workers may go on.
    Before {
        /// Bytes of all workers so far.
        bytes: u64,
        /// How far they may go before the next line.
        to_bytes: u64,
    },
    /// The workers have come so far.
    After {
        /// Bytes of all workers.
        bytes: u64,
        /// Seconds since the start.
        seconds: f64,
    },
    /// The fill has ended.
    End { document: &'a FillDocument },
}

/// The plan of a fill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Start {
    /// Version of shmeter.
    pub version: String,
    pub kind: Kind,
    pub method: Method,
    /// Number of processes.
    pub procs: u32,
    /// The value of `--until`: `safe`, `limit`, or bytes as a decimal number.
    pub until: String,
    /// The prediction; null where there is none.
    pub predicted: Option<Predicted>,
    /// `memory.oom.group`: an OOM kill takes the whole container, shmeter too.
    pub oom_group: bool,
}

impl Event<'_> {
    /// The line, with its end.
    #[must_use]
    pub fn line(&self) -> String {
        serde_json::to_string(self).map_or_else(|_| String::new(), plain_json)
    }
}

/// What a journal tells, also a cut-off one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// What was planned, if that line is there.
    pub start: Option<Start>,
    /// Bytes that were surely filled.
    pub at_least: u64,
    /// Bytes that it could have come to before the next line.
    pub at_most: Option<u64>,
    /// The document, if it came to its end.
    pub document: Option<Value>,
}

impl Story {
    /// Reads a journal. Lines that are none of it, or were cut, are passed over.
    #[must_use]
    pub fn read(text: &str) -> Story {
        let mut story = Story::default();
        for line in text.lines() {
            if let Ok(value) = serde_json::from_str::<Value>(line) {
                story.take(value);
            }
        }
        story
    }

    /// Goes on with one line.
    pub fn take(&mut self, mut line: Value) {
        let number = |key: &str| line.get(key).and_then(Value::as_u64);
        match line.get("event").and_then(Value::as_str) {
            Some("start") => {
                *self = Story { start: serde_json::from_value(line).ok(), ..Story::default() };
            }
            Some("before") => {
                self.at_least = number("bytes").unwrap_or(0).max(self.at_least);
                self.at_most = number("to_bytes").max(self.at_most);
            }
            Some("after") => self.at_least = number("bytes").unwrap_or(0).max(self.at_least),
            Some("end") => self.document = line.get_mut("document").map(Value::take),
            _ => {}
        }
    }

    /// How it ended, as far as the story tells: in its document, or else, where it was cut off in a
    /// container that dies as a whole while an OOM kill was predicted in reach, in that kill.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        if let Some(document) = &self.document {
            let word = document.pointer("/measured/ended_in")?;
            return serde_json::from_value(word.clone()).ok();
        }
        let start = self.start.as_ref()?;
        let predicted = start.predicted.as_ref()?;
        let tolerance = Bytes(predicted.bytes).tolerance();
        let near = self.at_most?.saturating_add(tolerance.0) >= predicted.bytes;
        (start.oom_group && predicted.ends_in == End::OomKill && near).then_some(End::OomKill)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::{Certainty, Source};

    fn journal() -> String {
        let start = Start {
            version: "1".into(),
            kind: Kind::Posix,
            method: Method::Touch,
            procs: 2,
            until: "limit".into(),
            predicted: Some(Predicted {
                bytes: 64 << 20,
                ends_in: End::OomKill,
                binding: Some(Source::CgroupMemory),
                certainty: Certainty::Exact,
                swap_bytes: 0,
            }),
            oom_group: true,
        };
        [
            Event::Start(start),
            Event::Before { bytes: 0, to_bytes: 32 << 20 },
            Event::After { bytes: 30 << 20, seconds: 0.1 },
            Event::Before { bytes: 30 << 20, to_bytes: 64 << 20 },
            Event::After { bytes: 63 << 20, seconds: 0.2 },
        ]
        .iter()
        .map(Event::line)
        .collect()
    }

    #[test]
    fn a_story_that_was_cut_off_at_the_foretold_kill_names_it() {
        let story = Story::read(&journal());
        assert_eq!((story.at_least, story.at_most), (63 << 20, Some(64 << 20)));
        assert_eq!(story.end(), Some(End::OomKill));
    }

    #[test]
    fn a_story_that_was_cut_off_long_before_names_no_end() {
        let text = journal();
        let early: Vec<&str> = text.lines().take(3).collect();
        let story = Story::read(&early.join("\n"));
        assert_eq!((story.at_least, story.at_most), (30 << 20, Some(32 << 20)));
        assert_eq!(story.end(), None);
    }

    #[test]
    fn a_journal_cut_at_any_byte_never_tells_more_than_it_holds() {
        let text = journal();
        let whole = Story::read(&text);
        for end in 0..text.len() {
            let story = Story::read(&text[..end]);
            assert!(story.at_least <= whole.at_least && story.at_most <= whole.at_most, "{end}");
            assert!(story.document.is_none());
        }
        assert_eq!(Story::read("noise\n{\"event\":7}\n[]"), Story::default());
    }
}
