//! Documents and journals of `shmeter watch`.

use serde::Deserialize;

use super::MANY;
use super::papers::{Watch, WatchIncident, WatchPeak};
use super::reader::Reader;
use super::scalar::Scalar;

/// A line that tells of a new peak.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Peak {
    at_seconds: Scalar,
    peak: WatchPeak,
}

impl Reader {
    /// The first line of a journal: nothing is known yet but the command.
    pub(crate) fn watch_start(&mut self, whose: &str, text: &str) {
        let begun: Watch = serde_json::from_str(text).unwrap_or_default();
        let run = self.new_run(whose);
        run.journal = true;
        run.watch = Some(Watch { unfinished: true, ..begun });
    }

    /// A later one; `event` is what it is about.
    pub(crate) fn watch_line(&mut self, whose: &str, event: &str, text: &str) {
        // Of a run whose start is missing nothing can be told.
        let Some(watch) = self.begun(whose) else { return self.other(1) };
        match event {
            "peak" => {
                let line: Peak = serde_json::from_str(text).unwrap_or_default();
                (watch.peak, watch.seconds) = (line.peak, line.at_seconds);
            }
            _ if watch.incidents.len() < MANY => {
                let line: WatchIncident = serde_json::from_str(text).unwrap_or_default();
                watch.incidents.push(line);
            }
            _ => {}
        }
        self.taken(whose, text.len());
    }

    /// The watch that a writer is about, where it goes on.
    fn begun(&mut self, whose: &str) -> Option<&mut Watch> {
        let run = self.streams.get_mut(whose)?.run.as_deref_mut()?;
        run.watch.as_mut().filter(|watch| watch.unfinished)
    }

    /// The whole document, which has all that its journal told.
    pub(crate) fn watched(&mut self, whose: &str, mut paper: Watch) {
        paper.incidents.truncate(MANY);
        let goes_on = self.begun(whose).is_some();
        let run = self.run(whose, |run| !goes_on && run.watch.is_some());
        run.watch = Some(paper);
        if goes_on {
            run.ended = true;
            self.settle(whose);
        }
    }
}

impl Watch {
    /// What was run.
    pub(crate) fn words(&self) -> String {
        let words: Vec<&str> = self.command.iter().map(Scalar::word).collect();
        words.join(" ")
    }

    /// How the command ended.
    pub(crate) fn end(&self) -> Option<String> {
        let code = self.exit.code.number().map(|code| format!("exit code {code}"));
        code.or_else(|| self.exit.signal.text().map(str::to_owned))
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::read;
    use crate::units::Bytes;

    const JOURNAL: &str = concat!(
        r#"{"event":"start","schema":"shmeter.watch/1","version":"0.2.0","command":["a","b"],"every_us":10000}"#,
        "\n",
        r#"{"event":"peak","at_seconds":1.5,"peak":{"posix":{"bytes":1048576,"limit":67108864},"cgroup":null}}"#,
        "\n",
        r#"{"event":"incident","at_seconds":1.6,"what":"sigbus","why":"because"}"#,
        "\n",
        r#"{"event":"peak","at_seconds":2.5,"peak":{"posix":{"bytes":2097152,"limit":67108864},"cgroup":null}}"#,
        "\n",
    );

    #[test]
    fn a_journal_that_was_cut_off_tells_the_last_peak_and_that_it_is_unfinished() {
        let lines: Vec<&str> = JOURNAL.split_inclusive('\n').collect();
        for (count, bytes) in [(1, None), (2, Some(1)), (3, Some(1)), (4, Some(2))] {
            let text = lines.get(..count).unwrap().concat();
            let runs = read("journal", text.as_bytes());
            assert_eq!(runs.other_lines, 0, "{:?}", runs.notes);
            let run = runs.runs.first().unwrap();
            let watch = run.watch.as_ref().unwrap();
            let peak = watch.peak.posix.bytes.count().map(Bytes);
            assert_eq!(peak, bytes.map(Bytes::mib));
            assert!(run.is_cut_off() && run.state().starts_with("unfinished"), "{}", run.state());
            assert_eq!(
                (watch.words().as_str(), watch.incidents.len()),
                ("a b", usize::from(count > 2))
            );
        }
    }

    #[test]
    fn the_document_at_its_end_is_the_whole_story() {
        let document = r#"{"schema":"shmeter.watch/1","command":["a"],"exit":{"code":0},"verdict":"ok","peak":{"posix":{"bytes":5}}}"#;
        let end = format!("{JOURNAL}{{\"event\":\"end\",\"document\":{document}}}\n{JOURNAL}");
        let runs = read("journal", end.as_bytes());
        let [whole, cut] = runs.runs.as_slice() else { panic!("{runs:?}") };
        assert_eq!((whole.state().as_str(), whole.verdict()), ("finished", Some("ok")));
        assert!(cut.is_cut_off());
        let alone = read("report", format!("{document}\n{document}\n").as_bytes());
        assert_eq!((alone.runs.len(), alone.other_lines), (2, 0));
        assert!(alone.runs.iter().all(|run| !run.is_cut_off()));
    }

    #[test]
    fn lines_without_their_start_are_of_others() {
        let rest = JOURNAL.split_once('\n').unwrap().1;
        let runs = read("journal", rest.as_bytes());
        assert_eq!((runs.runs.len(), runs.other_lines), (0, 3));
    }
}
