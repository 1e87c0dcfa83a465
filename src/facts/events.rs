//! What the kernel counts of limits that were hit and processes that were killed: proof of an end.

use serde::Serialize;

use super::cgroup::keyed;

/// Counters of one level of the memory hierarchy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LevelEvents {
    /// Processes of this level that the OOM killer took (v1: memory.oom_control; v2:
    /// memory.events, of this level and those below).
    pub oom_kill: Option<u64>,
    /// Charges that found this level's limit hit and nothing left to take back
    /// (v2: memory.events.local).
    pub oom: Option<u64>,
    /// Charges that hit this level's limit (v2: memory.events.local `max`; v1: memory.failcnt).
    pub max: Option<u64>,
    /// Charges above memory.high (v2: memory.events.local).
    pub high: Option<u64>,
    /// Kills of a whole group (v2: memory.events).
    pub oom_group_kill: Option<u64>,
}

/// Counters of a machine, as far as they can be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// The process's own level first, then its ancestors.
    pub levels: Vec<LevelEvents>,
    /// Processes that the OOM killer took on the whole machine (/proc/vmstat, since Linux 4.13).
    pub machine: Option<u64>,
    /// Huge pages given to shared memory on the whole machine (/proc/vmstat thp_file_alloc).
    pub huge_pages: Option<u64>,
}

fn growth(before: Option<u64>, after: Option<u64>) -> Option<u64> {
    Some(after?.saturating_sub(before?))
}

impl LevelEvents {
    /// Reads the files of one level; `None` for those that do not exist.
    ///
    /// `events`: memory.events, `local`: memory.events.local (since Linux 5.2; before, the former
    /// counted this level alone), `control`: memory.oom_control, `failures`: memory.failcnt.
    #[must_use]
    pub fn parse(
        events: Option<&str>,
        local: Option<&str>,
        control: Option<&str>,
        failures: Option<&str>,
    ) -> LevelEvents {
        let own = local.or(events);
        let of = |text: Option<&str>, key| text.and_then(|text| keyed(text, key));
        LevelEvents {
            oom_kill: of(events, "oom_kill").or_else(|| of(control, "oom_kill")),
            oom: of(own, "oom"),
            max: of(own, "max").or_else(|| failures.and_then(|text| text.trim().parse().ok())),
            high: of(own, "high"),
            oom_group_kill: of(events, "oom_group_kill"),
        }
    }

    fn since(&self, before: &LevelEvents) -> LevelEvents {
        LevelEvents {
            oom_kill: growth(before.oom_kill, self.oom_kill),
            oom: growth(before.oom, self.oom),
            max: growth(before.max, self.max),
            high: growth(before.high, self.high),
            oom_group_kill: growth(before.oom_group_kill, self.oom_group_kill),
        }
    }
}

impl Events {
    /// The machine's counters of /proc/vmstat.
    #[must_use]
    pub fn with_vmstat(mut self, text: Option<&str>) -> Events {
        self.machine = text.and_then(|text| keyed(text, "oom_kill"));
        self.huge_pages = text.and_then(|text| keyed(text, "thp_file_alloc"));
        self
    }

    /// What was added since.
    #[must_use]
    pub(crate) fn since(&self, before: &Events) -> Events {
        let pairs = self.levels.iter().zip(&before.levels);
        Events {
            levels: pairs.map(|(after, before)| after.since(before)).collect(),
            machine: growth(before.machine, self.machine),
            huge_pages: growth(before.huge_pages, self.huge_pages),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_form_tells_the_own_limit_and_the_other_one_the_kills_below() {
        let level = LevelEvents::parse(
            Some("low 0\nhigh 3\nmax 9\noom 4\noom_kill 2\noom_group_kill 1\n"),
            Some("low 0\nhigh 0\nmax 0\noom 0\noom_kill 2\noom_group_kill 0\n"),
            None,
            None,
        );
        assert_eq!((level.oom_kill, level.oom, level.max), (Some(2), Some(0), Some(0)));
        assert_eq!((level.high, level.oom_group_kill), (Some(0), Some(1)));
        let v1 = LevelEvents::parse(
            None,
            None,
            Some("oom_kill_disable 0\nunder_oom 0\noom_kill 7\n"),
            Some("12\n"),
        );
        assert_eq!((v1.oom_kill, v1.oom, v1.max), (Some(7), None, Some(12)));
        assert_eq!(LevelEvents::parse(None, None, Some("rubbish"), None), LevelEvents::default());
    }

    #[test]
    fn what_cannot_be_read_twice_did_not_grow_by_nothing() {
        let level = |oom_kill| LevelEvents { oom_kill, ..LevelEvents::default() };
        let before = Events { levels: vec![level(Some(1)), level(None)], ..Events::default() };
        let after = Events { levels: vec![level(Some(3)), level(Some(5))], ..Events::default() };
        let grown = after.since(&before);
        assert_eq!(grown.levels.iter().map(|l| l.oom_kill).collect::<Vec<_>>(), [Some(2), None]);
        assert_eq!(grown.machine, None);
    }
}
