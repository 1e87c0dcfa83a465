//! The lines of a journal: of a run, and of a fill.

use super::head::Head;
use super::papers::{Cut, Fill, Predicted};
use super::reader::Reader;
use super::scalar::Scalar;
use super::{Fate, MANY, Step};
use crate::report::journal::{Start, Story};
use crate::schema;

impl Reader {
    pub(crate) fn start(&mut self, whose: &str, text: &str, head: &Head<'_>) {
        if head.schema.text() == Some(schema::WATCH) {
            return self.watch_start(whose, text);
        }
        if head.schema.text() != Some(schema::RUN) {
            return self.unknown(&head.schema);
        }
        let planned =
            |step: &Scalar| Some(Step { name: step.text()?.to_owned(), fate: Fate::Planned });
        let mut steps: Vec<Step> = head.steps.iter().flatten().filter_map(planned).collect();
        let more = steps.len().saturating_sub(MANY);
        steps.truncate(MANY);
        let run = self.new_run(whose);
        run.journal = true;
        run.environment = head.environment.clone().unwrap_or_default().into();
        run.steps = steps;
        run.planned = true;
        self.left_out(whose, |left| &mut left.steps, more);
    }

    /// A step of a run: before it, within it, after it, or left out.
    pub(crate) fn step(&mut self, whose: &str, name: &str, head: &Head<'_>) {
        let event = head.event.word().to_owned();
        let run = self.same_run(whose);
        run.journal = true;
        let fate = match event.as_str() {
            "skipped" => Fate::Skipped(head.why.word().to_owned()),
            "after" if head.document.is_none() && head.error.text().is_some() => {
                Fate::Failed(head.error.word().to_owned())
            }
            "after" => Fate::Done,
            _ => Fate::Began,
        };
        let room = run.steps.len() < MANY;
        match run.steps.iter_mut().find(|step| step.name == name) {
            Some(step) => step.fate = fate,
            None if room => run.steps.push(Step { name: name.to_owned(), fate }),
            // Its other lines are not counted again.
            None if event == "before" || event == "skipped" => {
                self.left_out(whose, |left| &mut left.steps, 1);
            }
            None => {}
        }
        if event != "progress" {
            let texts = [name, head.why.word(), head.error.word()].map(str::len);
            self.taken(whose, texts.into_iter().fold(size_of::<Step>(), usize::saturating_add));
        }
        match (event.as_str(), head.document, head.line) {
            ("after", Some(document), _) => self.document_of(whose, document.get()),
            ("progress", _, Some(line)) => self.fill_line(whose, line.get()),
            ("before" | "after", ..) => {
                if let Some(stream) = self.streams.get_mut(whose) {
                    stream.fill = None;
                }
            }
            _ => {}
        }
    }

    /// A line of a fill's own journal.
    pub(crate) fn fill_line(&mut self, whose: &str, text: &str) {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
            return self.other(1);
        };
        if value.get("event").and_then(serde_json::Value::as_str) == Some("start") {
            let mut story = Story::default();
            story.take(value);
            return self.fill_start(whose, story);
        }
        // Of a fill whose start is missing nothing can be told.
        let Some((at, story)) =
            self.streams.get_mut(whose).and_then(|stream| stream.fill.as_deref_mut())
        else {
            return self.other(1);
        };
        story.take(value);
        let (at, cut) = (*at, cut(story));
        if let Some(fill) = self.same_run(whose).fills.get_mut(at) {
            fill.cut = Some(cut);
        }
    }

    /// A fill begins.
    fn fill_start(&mut self, whose: &str, story: Story) {
        let Some(start) = &story.start else { return self.other(1) };
        let fill = Fill { cut: Some(cut(&story)), ..planned(start) };
        let run =
            self.run(whose, |run| !run.journal && run.fills.iter().any(|one| one.is_like(&fill)));
        let at = run.fills.len();
        if at < MANY {
            run.fills.push(fill);
        } else {
            self.left_out(whose, |left| &mut left.fills, 1);
        }
        if let Some(stream) = self.streams.get_mut(whose) {
            stream.fill = Some(Box::new((at, story)));
        }
        self.taken(whose, size_of::<Fill>());
    }
}

/// How far a story came.
fn cut(story: &Story) -> Cut {
    Cut {
        at_least: story.at_least,
        at_most: story.at_most.unwrap_or(story.at_least).max(story.at_least),
        end: story.end().map(crate::capacity::End::word),
        oom_group: story.start.as_ref().is_some_and(|start| start.oom_group),
    }
}

/// A fill of which only its plan is known.
fn planned(start: &Start) -> Fill {
    let predicted = start.predicted.as_ref().map(|predicted| Predicted {
        bytes: Scalar::Count(predicted.bytes),
        ends_in: Scalar::of(predicted.ends_in.word()),
        certainty: Scalar::of(predicted.certainty.word()),
    });
    Fill {
        kind: Scalar::of(start.kind.word()),
        method: Scalar::of(start.method.word()),
        predicted,
        ..Fill::default()
    }
}
