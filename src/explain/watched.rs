//! What a report of `shmeter watch` tells of a message: what was in use, and whether its verdict agrees.

use super::{Entry, Fix, Meaning};
use crate::runs::papers::Watch;
use crate::units::Bytes;

/// A run, as a watch saw it.
#[derive(Clone, Debug)]
pub(super) struct Watched(Watch);

/// What the verdict of the report says of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// The same cause.
    Agrees,
    /// Which of several causes it is.
    Decides,
    /// Another cause.
    Contradicts,
    /// Nothing failed.
    EndedWell,
    Nothing,
}

impl Watched {
    /// What a document of watch tells; another text tells nothing.
    pub(super) fn of(document: &str) -> Option<Watched> {
        serde_json::from_str(document).ok().map(Watched)
    }

    pub(super) fn say(&self, entry: &Entry, asked: Option<Bytes>) -> Option<String> {
        let used = match entry.meaning {
            Meaning::ShmSize => self.posix(asked),
            Meaning::Inodes => self.posix(None),
            Meaning::Sysv => self.sysv(),
            Meaning::Memory if entry.fix == Fix::Memory => self.memory(),
            Meaning::Ambiguous => [self.posix(None), self.memory()]
                .into_iter()
                .flatten()
                .reduce(|all, more| format!("{all} {more}")),
            Meaning::Memory | Meaning::Permission | Meaning::NotSharedMemory => None,
        };
        let said = self.says(entry);
        let judged = match said {
            Says::Nothing => None,
            _ => Some(format!("Verdict of the report: {}.", self.verdict())),
        };
        let hint = match said {
            Says::Contradicts => Some(
                "That contradicts the message. Check that the message is of this run; if so, follow the report, \
                 which has the evidence.",
            ),
            Says::EndedWell => Some(
                "So the message is of another run, or the command went on without what it asked for.",
            ),
            Says::Decides => Some("That tells which of the causes it was."),
            Says::Agrees | Says::Nothing => None,
        };
        let all = [used, judged, hint.map(str::to_owned)];
        all.into_iter().flatten().reduce(|all, more| format!("{all} {more}"))
    }

    /// What the report advises, where it is about the cause of the message.
    pub(super) fn fix(&self, entry: &Entry) -> Option<String> {
        let is_of_it = match (self.says(entry), entry.fix) {
            // The report advises a size of /dev/shm, which is no limit of System V.
            (Says::Agrees, fix) => {
                matches!(fix, Fix::ShmSize | Fix::Memory | Fix::Refused | Fix::Tell)
            }
            (Says::Decides | Says::Contradicts, _) => true,
            (Says::EndedWell | Says::Nothing, _) => false,
        };
        let fix = self.0.needed.fix.text().filter(|_| is_of_it);
        fix.map(str::to_owned)
    }

    fn says(&self, entry: &Entry) -> Says {
        let is_size = matches!(entry.meaning, Meaning::ShmSize | Meaning::Sysv | Meaning::Inodes);
        match (self.0.verdict.text(), entry.meaning) {
            (Some("ok"), _) => Says::EndedWell,
            (Some("shared-memory" | "memory" | "not-shared-memory"), Meaning::Ambiguous) => {
                Says::Decides
            }
            (Some("shared-memory"), _) if is_size => Says::Agrees,
            (Some("memory"), Meaning::Memory) => Says::Agrees,
            // A disk, a heap or a right may be the cause that the report found, or one beside it.
            (Some("memory"), Meaning::NotSharedMemory) => Says::Agrees,
            (Some("not-shared-memory"), _) if !is_size => Says::Agrees,
            (Some("shared-memory" | "memory" | "not-shared-memory"), _) => Says::Contradicts,
            _ => Says::Nothing,
        }
    }

    fn verdict(&self) -> String {
        let words = match self.0.verdict.word() {
            "shared-memory" => "shared memory was too small",
            "memory" => "out of memory",
            "not-shared-memory" => "shared memory is not the cause",
            other => other,
        };
        match self.0.why.text() {
            Some(why) => format!("{words} ({})", why.trim_end_matches('.')),
            None => words.to_owned(),
        }
    }

    fn posix(&self, asked: Option<Bytes>) -> Option<String> {
        let row = &self.0.peak.posix;
        let peak = Bytes(row.bytes.count()?);
        let Some(limit) = row.limit.count().map(Bytes) else {
            return Some(format!(
                "In the watched run /dev/shm held at most {peak}, without a limit."
            ));
        };
        let used = format!("In the watched run /dev/shm held at most {peak} of {limit}");
        let left = limit.saturating_sub(peak);
        Some(match asked {
            Some(asked) if asked > limit => {
                format!("{used}, and the message asks for {asked}: it cannot fit.")
            }
            Some(asked) if asked > left => {
                format!("{used}, and the message asks for {asked}: beside that it does not fit.")
            }
            Some(asked) => format!("{used}, and the message asks for {asked}: there was room."),
            None => format!("{used}."),
        })
    }

    fn sysv(&self) -> Option<String> {
        let row = &self.0.peak.sysv;
        let held = Bytes(row.bytes.count()?);
        let (segments, wanted) = (row.objects.count()?, Bytes(row.wanted_bytes.count()?));
        let what = if segments == 1 { "segment" } else { "segments" };
        Some(format!(
            "In the watched run there were at most {segments} {what} of System V of {wanted} in all, \
             {held} of it in memory."
        ))
    }

    fn memory(&self) -> Option<String> {
        let row = self.0.peak.cgroup.as_ref()?;
        let used = Bytes(row.bytes.count()?);
        let of = row.limit.count().map_or(String::new(), |limit| format!(" of {}", Bytes(limit)));
        let shared = row
            .shmem_bytes
            .count()
            .map_or(String::new(), |bytes| format!(", of which {} shared", Bytes(bytes)));
        let kills = match row.oom_kill.count() {
            Some(0) => ", and there was no OOM kill",
            Some(_) => ", and there was an OOM kill",
            None => "",
        };
        Some(format!("Its cgroup used at most {used}{of} of memory{shared}{kills}."))
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::entries;
    use super::*;

    const MIB: u64 = 1 << 20;

    fn run(verdict: &str, fix: &str) -> Watched {
        let text = format!(
            r#"{{"schema": "shmeter.watch/1", "verdict": "{verdict}", "why": "because",
                 "peak": {{"posix": {{"bytes": {}, "limit": {}}},
                           "sysv": {{"bytes": 4096, "wanted_bytes": {MIB}, "objects": 1}},
                           "cgroup": {{"bytes": {}, "shmem_bytes": 0, "limit": "unlimited", "oom_kill": 0}}}},
                 "needed": {{"fix": "{fix}"}}}}"#,
            3 * MIB,
            64 * MIB,
            9 * MIB
        );
        Watched::of(&text).unwrap()
    }

    fn entry(id: &str) -> &'static Entry {
        entries().find(|entry| entry.id == id).unwrap()
    }

    fn said(run: &Watched, id: &str, asked: Option<u64>) -> String {
        run.say(entry(id), asked.map(Bytes)).unwrap_or_default()
    }

    #[test]
    fn a_verdict_of_another_cause_contradicts_a_message_about_the_size() {
        for verdict in ["not-shared-memory", "memory"] {
            let run = run(verdict, "Nothing of /dev/shm.");
            for id in ["pytorch-worker-bus", "ucx-shmget-enospc"] {
                let text = said(&run, id, None);
                assert!(text.contains("(because)") && text.contains("contradicts"), "{id}: {text}");
                assert_eq!(run.fix(entry(id)).as_deref(), Some("Nothing of /dev/shm."));
            }
        }
        assert_eq!(
            said(&run("not-shared-memory", ""), "pytorch-worker-bus", None),
            "In the watched run /dev/shm held at most 3.0 MiB of 64.0 MiB. Verdict of the report: shared memory is \
             not the cause (because). That contradicts the message. Check that the message is of this run; if so, \
             follow the report, which has the evidence."
        );
    }

    #[test]
    fn a_verdict_of_a_shortage_contradicts_a_message_of_another_cause() {
        let short = run("shared-memory", "docker run --shm-size=1g");
        assert!(said(&short, "cuda-memory", None).contains("contradicts"));
        assert!(!said(&short, "pytorch-worker-bus", None).contains("contradicts"));
        let fix = |id| short.fix(entry(id));
        assert_eq!(fix("pytorch-worker-bus").as_deref(), Some("docker run --shm-size=1g"));
        assert_eq!(fix("ucx-shmget-enospc"), None, "that size is none of System V");
        assert!(!said(&run("not-shared-memory", ""), "cuda-memory", None).contains("contradicts"));
    }

    #[test]
    fn it_decides_what_a_message_alone_does_not_tell() {
        let memory = run("memory", "More memory.");
        let text = said(&memory, "bus-error", None);
        assert!(text.contains("/dev/shm held") && text.contains("Its cgroup used"), "{text}");
        assert!(text.contains("which of the causes"), "{text}");
        assert_eq!(memory.fix(entry("bus-error")).as_deref(), Some("More memory."));
    }

    #[test]
    fn a_run_that_ended_well_or_without_a_known_cause_decides_nothing() {
        let well = run("ok", "/dev/shm is large enough: 64.0 MiB.");
        assert!(said(&well, "pytorch-worker-bus", None).contains("of another run"));
        assert_eq!(well.fix(entry("pytorch-worker-bus")), None);
        let unknown = run("unknown", "");
        let asks = |asked| said(&unknown, "postgresql-dsm-resize", Some(asked));
        assert!(asks(100 * MIB).ends_with("the message asks for 100.0 MiB: it cannot fit."));
        assert!(asks(62 * MIB).ends_with("beside that it does not fit."));
        assert!(asks(MIB).ends_with("there was room."));
        assert_eq!(unknown.fix(entry("postgresql-dsm-resize")), None);
    }

    #[test]
    fn a_report_of_any_form_is_survived() {
        assert!(Watched::of("no report").is_none());
        for text in ["{}", r#"{"verdict": 7, "peak": {"posix": {"bytes": "many"}, "cgroup": {}}}"#]
        {
            let run = Watched::of(text).unwrap();
            for entry in entries() {
                let _ = (run.say(entry, Some(Bytes(u64::MAX))), run.fix(entry));
            }
        }
    }
}
