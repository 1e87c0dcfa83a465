//! What holds where a message was printed, or where somebody asks: as a document of inspect or of watch says it.

mod advised;
mod said;

use super::watched::Watched;
use super::{Certainty, Details, Entry, Meaning};
use crate::facts::Facts;
use crate::runs::papers::{Ceiling, Finding, Inspect};
use crate::units::{BOUNDLESS, Bytes};

/// What most programs do with.
const PLENTY: Bytes = Bytes::mib(1024);

/// So much is too small for none of the messages that may have other causes.
const ABUNDANT: Bytes = Bytes::mib(8192);

/// The finding where the machine promises no more memory: what is refused then may be any call.
const COMMIT: &str = "commit-limit";

/// What is known of where it happened.
#[derive(Clone, Debug)]
pub struct Here(Known);

#[derive(Clone, Debug)]
enum Known {
    Limits(Box<Limits>),
    Run(Box<Watched>),
}

/// A container, as an inspect saw it.
#[derive(Clone, Debug)]
struct Limits {
    inspect: Inspect,
    /// What the document was made of: it does not tell enough of who runs the container.
    facts: Option<Facts>,
}

impl Here {
    /// What a document of inspect tells; another text tells nothing.
    #[must_use]
    pub fn of(document: &str) -> Option<Here> {
        let inspect = serde_json::from_str(document).ok()?;
        Some(Here(Known::Limits(Box::new(Limits { inspect, facts: None }))))
    }

    /// What a document of watch tells; another text tells nothing.
    #[must_use]
    pub fn of_watch(document: &str) -> Option<Here> {
        Watched::of(document).map(|run| Here(Known::Run(Box::new(run))))
    }

    /// The same with what the document was made of.
    #[must_use]
    pub fn with(self, facts: &Facts) -> Here {
        Here(match self.0 {
            Known::Limits(limits) => {
                Known::Limits(Box::new(Limits { facts: Some(facts.clone()), ..*limits }))
            }
            run @ Known::Run(_) => run,
        })
    }

    /// What holds here of what an entry is about.
    #[must_use]
    pub fn say(&self, entry: &Entry, asked: Option<Bytes>) -> Option<String> {
        match &self.0 {
            Known::Limits(limits) => limits.say(entry, asked),
            Known::Run(run) => run.say(entry, asked),
        }
    }

    /// Whether the size of the file system here is none that the message could be about.
    #[must_use]
    pub fn is_large_enough(&self, entry: &Entry, asked: Option<Bytes>) -> bool {
        match &self.0 {
            Known::Limits(limits) => {
                entry.meaning == Meaning::ShmSize
                    && limits.has_plenty(asked)
                    && !limits.may_be_small(entry, asked)
            }
            Known::Run(_) => false,
        }
    }

    /// What to do here.
    #[must_use]
    pub fn fix(&self, entry: &Entry, details: Details) -> Option<String> {
        match &self.0 {
            Known::Limits(limits) => limits.fix(entry, details),
            Known::Run(run) => run.fix(entry),
        }
    }
}

impl Limits {
    /// Whether so much is free that no size of it was too small.
    fn has_plenty(&self, asked: Option<Bytes>) -> bool {
        self.df().is_some_and(|(total, free)| {
            let is_nearly_empty = free >= total.scaled(1, 2);
            is_nearly_empty && free >= PLENTY && asked.is_none_or(|asked| asked <= free)
        })
    }

    /// Whether a message that does not tell which size would do may be about the size here: it has no other cause, or
    /// several workers or GPUs need more than that.
    fn may_be_small(&self, entry: &Entry, asked: Option<Bytes>) -> bool {
        let is_abundant = self.df().is_some_and(|(_, free)| free >= ABUNDANT);
        asked.is_none() && (entry.certainty == Certainty::Sure || !is_abundant)
    }

    /// A commit limit that leaves much explains no error.
    fn finding(&self, id: &str) -> Option<&Finding> {
        let found = self.inspect.findings.iter().find(|finding| finding.id.text() == Some(id));
        found.filter(|finding| id != COMMIT || finding.severity.text() != Some("info"))
    }

    fn mount(&self) -> &str {
        self.inspect.subject.mount.text().unwrap_or("/dev/shm")
    }

    /// Bytes in all, and free ones.
    fn df(&self) -> Option<(Bytes, Bytes)> {
        let df = &self.inspect.df;
        Some((Bytes(df.total_bytes.count()?), Bytes(df.available_bytes.count()?)))
    }

    fn ceilings(&self, kind: &str, source: &str) -> impl Iterator<Item = &Ceiling> {
        let of = self.inspect.segments.get(kind).into_iter().flat_map(|segment| &segment.ceilings);
        of.filter(move |ceiling| ceiling.source.text() == Some(source))
    }

    /// The memory limit whose room is least: that room, and the limit.
    fn tightest(&self) -> Option<(Bytes, Bytes)> {
        let levels = self.ceilings("anon", "cgroup-memory");
        let known = levels
            .filter_map(|one| Some((one.headroom_bytes.count()?, one.limit.count()?)))
            .filter(|(_, limit)| *limit < BOUNDLESS.0);
        known.min().map(|(room, limit)| (Bytes(room), Bytes(limit)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Fix;
    use super::super::catalogue::entries;
    use super::*;

    fn here(total: u64, free: u64, more: &str) -> Here {
        let text = format!(
            r#"{{"subject": {{"mount": "/dev/shm"}}, "df": {{"total_bytes": {total}, "available_bytes": {free}}}, {more}}}"#
        );
        Here::of(&text).unwrap()
    }

    fn said(here: &Here, id: &str, asked: Option<u64>) -> String {
        let entry = entries().find(|entry| entry.id == id).unwrap();
        here.say(entry, asked.map(Bytes)).unwrap_or_default()
    }

    const MIB: u64 = 1 << 20;

    #[test]
    fn the_size_of_dev_shm_is_held_against_what_the_message_asks_for() {
        let small = here(64 * MIB, 60 * MIB, r#""segments": {}"#);
        let asks = |asked| said(&small, "postgresql-dsm-resize", Some(asked));
        assert_eq!(
            asks(67_244_032 + MIB),
            "/dev/shm has 64.0 MiB in all, and the message asks for 65.1 MiB: it cannot fit."
        );
        assert!(asks(62 * MIB).contains("it does not fit"));
        assert!(asks(MIB).contains("64 MiB is what runtimes give by default"));
        let full = here(64 * MIB, 0, r#""segments": {}"#);
        let said_of_full = said(&full, "pytorch-worker-bus", None);
        assert_eq!(said_of_full, "/dev/shm is full: 0 B of 64.0 MiB are free.");
        let large = here(12 << 30, 12 << 30, r#""segments": {}"#);
        assert!(said(&large, "pytorch-worker-bus", None).contains("was not the cause, unless"));
        assert!(said(&large, "nccl-shm-enospc", None).contains("too little when"));
    }

    #[test]
    fn what_df_overstates_is_said() {
        let more =
            r#""segments": {"posix": {"available_bytes": 104857600, "binding": "cgroup-memory"}}"#;
        let here = here(12 << 30, 12 << 30, more);
        assert!(
            said(&here, "frigate-shm", None)
                .ends_with("only 100.0 MiB really fit: the memory limit.")
        );
    }

    #[test]
    fn limits_of_system_v_and_of_memory_are_said_where_a_message_is_about_them() {
        let more = r#""segments": {"sysv": {"ceilings": [
                {"source": "shmmni", "limit": 4096, "used_bytes": 4096, "unit": "segments"},
                {"source": "shmall", "limit": 18446744073692770304, "used_bytes": 0},
                {"source": "shmmax", "limit": 33554432}]},
              "anon": {"ceilings": [
                {"source": "cgroup-memory", "limit": 536870912, "headroom_bytes": 1048576},
                {"source": "cgroup-memory", "limit": "unlimited", "headroom_bytes": "unlimited"}]}}"#;
        let here = here(64 * MIB, 64 * MIB, more);
        assert_eq!(
            said(&here, "ucx-shmget-enospc", None),
            "System V: 4096 of 4096 segments (kernel.shmmni) are in use, no limit in all \
             (kernel.shmall), 32.0 MiB each (kernel.shmmax)."
        );
        assert_eq!(
            said(&here, "kernel-oom-cgroup", None),
            "The memory limit is 512.0 MiB, of which 1.0 MiB are left now."
        );
        let both = said(&here, "bus-error", None);
        assert!(both.contains("/dev/shm has") && both.contains("The memory limit is"), "{both}");
        assert_eq!(said(&here, "cuda-memory", None), "");
    }

    #[test]
    fn findings_of_inspect_are_joined_with_what_a_message_is_about() {
        let more = r#""findings": [
            {"id": "oom-killed", "message": "3 processes were killed.", "fix": null},
            {"id": "shm-full", "message": "64 MiB.", "fix": "docker run --shm-size=1g ..."}]"#;
        let here = here(64 * MIB, 64 * MIB, more);
        assert!(said(&here, "killed", None).ends_with("3 processes were killed."));
        let entry = entries().find(|entry| entry.id == "frigate-shm").unwrap();
        assert_eq!(
            here.fix(entry, Details::default()).as_deref(),
            Some("docker run --shm-size=1g ...")
        );
    }

    #[test]
    fn what_inspect_found_says_the_fix() {
        let more = r#""findings": [
            {"id": "read-only", "message": "It is read-only.", "fix": "mount -o remount,rw /dev/shm"},
            {"id": "huge-pages-refused", "message": "No huge pages.", "fix": "limits: hugepages-2Mi"},
            {"id": "address-limit", "message": "4 GiB.", "fix": "ulimit -v unlimited"}]"#;
        let here = here(64 * MIB, 64 * MIB, more);
        let fix = |id: &str| {
            let entry = entries().find(|entry| entry.id == id).unwrap();
            (here.fix(entry, Details::default()), here.say(entry, None).unwrap_or_default())
        };
        let refused = entries().find(|entry| entry.fix == Fix::Permission).unwrap();
        for (id, fixed, said) in [
            (refused.id, "mount -o remount,rw /dev/shm", "It is read-only."),
            ("bus-error", "limits: hugepages-2Mi", "No huge pages."),
            ("errno-12", "ulimit -v unlimited", "4 GiB."),
        ] {
            let (fix, told) = fix(id);
            assert_eq!(fix.as_deref(), Some(fixed), "{id}");
            assert!(told.contains(said), "{id}: {told}");
        }
    }

    #[test]
    fn a_commit_limit_is_the_advice_only_where_little_is_left_of_it() {
        let fix = |id: &str, severity: &str| {
            let entry = entries().find(|entry| entry.id == id).unwrap();
            let more = format!(
                r#""findings": [{{"id": "commit-limit", "severity": "{severity}", "message": "0 B fit.", "fix": "sysctl"}}]"#
            );
            here(64 * MIB, 64 * MIB, &more).fix(entry, Details::default())
        };
        for id in ["errno-12", "errno-28", "bus-error", "frigate-shm"] {
            assert_eq!(fix(id, "fail").as_deref(), Some("sysctl"), "{id}");
            assert_eq!(fix(id, "info"), None, "{id}");
        }
    }

    #[test]
    fn what_is_not_mounted_is_not_to_be_made_larger() {
        let entry = entries().find(|entry| entry.id == "python-semlock-missing").unwrap();
        let fix = |findings: &str| {
            let here = here(64 * MIB, 0, &format!(r#""findings": [{findings}]"#));
            here.fix(entry, Details::default())
        };
        let full =
            r#"{"id": "shm-full", "message": "Full.", "fix": "mount -o remount,size=1g /dev/shm"}"#;
        let none = r#"{"id": "not-shared-memory", "message": "None.", "fix": "mount -t tmpfs shm /dev/shm"}"#;
        assert_eq!(fix(full), None);
        assert_eq!(fix(&format!("{full}, {none}")).as_deref(), Some("mount -t tmpfs shm /dev/shm"));
    }

    #[test]
    fn a_document_of_any_form_is_survived() {
        assert!(Here::of("no document").is_none());
        let here =
            Here::of(r#"{"df": {"total_bytes": "many"}, "segments": {"sysv": {}}}"#).unwrap();
        for entry in entries() {
            let _ = here.say(entry, Some(Bytes(u64::MAX)));
        }
    }
}
