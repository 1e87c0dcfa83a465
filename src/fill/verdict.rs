//! How a team's run ended, with the evidence: exits, ledger and counters in, ends out. Pure.
#![forbid(unsafe_code)]

use nix::errno::Errno;
use serde::Serialize;

use super::ledger::Reason;
use crate::capacity::End;
use crate::facts::events::Events;
use crate::sys::bus::EXIT_CODE;
use crate::sys::limits::REFUSED;
use crate::units::Bytes;

/// SIGBUS (asm-generic/signal.h, the same on every machine that Linux runs these on).
const SIGBUS: i32 = 7;
/// SIGKILL.
const SIGKILL: i32 = 9;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// In order, with this code.
    Code(i32),
    /// By a signal.
    Signal(i32),
}

/// What is known of one worker when all is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WorkerReport {
    /// Bytes it filled.
    pub(crate) bytes: Bytes,
    /// Why it stopped, if it said so.
    pub(crate) reason: Reason,
    /// It noted a SIGBUS.
    pub(crate) bus: bool,
    /// How its process ended.
    pub(crate) exit: Exit,
    /// The supervisor killed it, because it stood still or did not stop when asked.
    pub(crate) ended_by_us: bool,
}

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WorkerOutcome {
    /// Bytes that it filled.
    pub bytes: Bytes,
    /// How it ended; `stopped` where the end of another worker stopped it.
    pub ended_in: End,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

/// Whose limit caused an OOM kill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LimitOf {
    /// The own cgroup.
    Own,
    /// A parent that can be seen.
    Ancestor,
    /// The machine: every level can be seen, and none hit its limit.
    Machine,
    /// A parent that cannot be seen, or the machine.
    AncestorOrMachine,
}

/// How much the kernel's counters grew. A counter is null where it does not exist: cgroup v1 has no `oom` and `high`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// OOM kills in the own cgroup; on the machine where that counter cannot be read.
    pub oom_kill: Option<u64>,
    /// How often the own limit was hit with nothing left to reclaim.
    pub oom: Option<u64>,
    /// How often the own limit was hit (`memory.failcnt` in cgroup v1).
    pub max: Option<u64>,
    /// How often `memory.high` was exceeded.
    pub high: Option<u64>,
    /// How often the limit of a visible parent was hit.
    pub ancestors: Option<u64>,
    /// OOM kills on the machine.
    pub machine_oom_kill: Option<u64>,
    /// One of the kills took the process that stood in for the supervisor, not a worker.
    pub stand_in_killed: bool,
    /// Whose limit caused the kill; null without a kill.
    pub limit_of: Option<LimitOf>,
}

/// Reads the evidence from what the counters grew by. `all_seen`: no level above is hidden.
#[must_use]
pub(crate) fn evidence(growth: &Events, all_seen: bool) -> Evidence {
    let own = growth.levels.first().copied().unwrap_or_default();
    let above = growth.levels.get(1..).unwrap_or_default();
    let hits = above.iter().filter_map(|level| level.oom.or(level.max));
    let ancestors = hits.reduce(u64::saturating_add);
    let oom_kill = own.oom_kill.or(growth.machine);
    let grew = |count: Option<u64>| count.is_some_and(|count| count > 0);
    let limit_of = grew(oom_kill).then(|| {
        if grew(own.oom.or(own.max)) {
            LimitOf::Own
        } else if grew(ancestors) {
            LimitOf::Ancestor
        } else if all_seen {
            LimitOf::Machine
        } else {
            LimitOf::AncestorOrMachine
        }
    });
    Evidence {
        oom_kill,
        oom: own.oom,
        max: own.max,
        high: own.high,
        ancestors,
        machine_oom_kill: growth.machine,
        stand_in_killed: false,
        limit_of,
    }
}

/// What ended the fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndedBy {
    /// All of them ended, and nothing else came first.
    Workers,
    /// They made no progress for too long.
    Stall,
    /// A signal asked for it.
    Signal,
    /// Its time was over.
    Time,
    /// Others needed what it would have taken.
    Neighbours,
}

/// How each worker ended, and the team. At most as many are called OOM-killed as the counter
/// counted.
#[must_use]
pub(crate) fn judge(
    reports: &[WorkerReport],
    evidence: &Evidence,
    ended: EndedBy,
) -> (Vec<WorkerOutcome>, End) {
    let of_workers = |kills: u64| kills.saturating_sub(evidence.stand_in_killed.into());
    let mut kills_left = evidence.oom_kill.map_or(0, of_workers);
    let workers: Vec<WorkerOutcome> = reports
        .iter()
        .map(|worker| {
            let ended_in = of_worker(worker, ended, &mut kills_left);
            let signal = match worker.exit {
                Exit::Signal(signal) => Some(signal),
                Exit::Code(EXIT_CODE) if worker.bus => Some(SIGBUS),
                Exit::Code(_) => None,
            };
            WorkerOutcome { bytes: worker.bytes, ended_in, signal }
        })
        .collect();
    let team = of_team(&workers, ended);
    (workers, team)
}

fn of_worker(worker: &WorkerReport, ended: EndedBy, kills_left: &mut u64) -> End {
    if worker.ended_by_us {
        return if ended == EndedBy::Stall { End::Stall } else { End::Stopped };
    }
    if worker.bus {
        return End::Sigbus;
    }
    match (worker.exit, worker.reason) {
        (Exit::Signal(SIGKILL), _) if *kills_left > 0 => {
            *kills_left = kills_left.saturating_sub(1);
            End::OomKill
        }
        (Exit::Signal(SIGBUS), _) => End::Sigbus,
        // It said on stderr that its own memory does not fit.
        (Exit::Code(REFUSED), Reason::None) => End::Enomem,
        (Exit::Signal(_), _) | (_, Reason::None) => End::Killed,
        (_, Reason::Full) => End::Full,
        (_, Reason::Edge) => End::Edge,
        // It was held up with the others, and came back when the team was told to stop.
        (_, Reason::Stopped) if ended == EndedBy::Stall => End::Stall,
        (_, Reason::Stopped) => End::Stopped,
        // No limit of memory: `refused_otherwise` says what it was.
        (_, Reason::Refused(errno)) => of_errno(errno).unwrap_or(End::Stopped),
    }
}

/// The end that an errno is; `None` for those that no limit of memory causes.
#[must_use]
pub(crate) const fn of_errno(errno: Errno) -> Option<End> {
    Some(match errno {
        Errno::ENOSPC => End::Enospc,
        Errno::EDQUOT => End::Edquot,
        Errno::ENOMEM => End::Enomem,
        Errno::EFAULT => End::Efault,
        Errno::EINVAL => End::Einval,
        Errno::EFBIG => End::Efbig,
        Errno::EROFS => End::Erofs,
        _ => return None,
    })
}

/// An errno that is no end of a fill, such as EIO, if one came.
#[must_use]
pub(crate) fn refused_otherwise(reports: &[WorkerReport]) -> Option<Errno> {
    reports.iter().find_map(|worker| match worker.reason {
        Reason::Refused(errno) if of_errno(errno).is_none() => Some(errno),
        _ => None,
    })
}

/// What ended the team: a worker that was ended for all of them, or else what most of them met.
fn of_team(workers: &[WorkerOutcome], ended: EndedBy) -> End {
    const FOR_ALL: [End; 5] = [End::OomKill, End::Killed, End::Stall, End::Edge, End::Sigbus];
    let any = |end: End| workers.iter().any(|worker| worker.ended_in == end);
    // Those were told to stop; one that was killed meanwhile says nothing of the limit.
    if matches!(ended, EndedBy::Signal | EndedBy::Time | EndedBy::Neighbours) {
        return End::Stopped;
    }
    if let Some(end) = FOR_ALL.into_iter().find(|end| any(*end)) {
        return end;
    }
    let refused = workers.iter().map(|worker| worker.ended_in);
    refused.into_iter().find(|end| *end != End::Full).unwrap_or(End::Full)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::events::LevelEvents;

    fn report(bytes: u64, reason: Reason, exit: Exit) -> WorkerReport {
        WorkerReport { bytes: Bytes(bytes), reason, bus: false, exit, ended_by_us: false }
    }

    fn killed() -> WorkerReport {
        report(5, Reason::None, Exit::Signal(9))
    }

    fn grown(own: LevelEvents, above: &[LevelEvents], machine: u64) -> Events {
        let levels = [&[own], above].concat();
        Events { levels, machine: Some(machine), huge_pages: None }
    }

    fn level(oom_kill: u64, oom: u64) -> LevelEvents {
        LevelEvents { oom_kill: Some(oom_kill), oom: Some(oom), ..LevelEvents::default() }
    }

    #[test]
    fn a_kill_that_took_the_stand_in_took_no_worker() {
        let growth = grown(level(1, 1), &[], 1);
        let evidence = Evidence { stand_in_killed: true, ..evidence(&growth, true) };
        let (_, end) = judge(&[killed()], &evidence, EndedBy::Workers);
        assert_eq!(end, End::Killed);
        let growth = grown(level(2, 2), &[], 2);
        let evidence = Evidence { stand_in_killed: true, ..super::evidence(&growth, true) };
        let (_, end) = judge(&[killed()], &evidence, EndedBy::Workers);
        assert_eq!(end, End::OomKill);
    }

    #[test]
    fn a_sigkill_is_an_oom_kill_only_when_a_counter_proves_it() {
        let proof = evidence(&grown(level(1, 1), &[], 1), true);
        let (workers, team) = judge(&[killed(), killed()], &proof, EndedBy::Workers);
        let ends: Vec<End> = workers.iter().map(|worker| worker.ended_in).collect();
        assert_eq!(ends, [End::OomKill, End::Killed], "one kill was counted");
        assert_eq!(team, End::OomKill);
        let none = evidence(&grown(level(0, 0), &[], 3), true);
        assert_eq!(judge(&[killed()], &none, EndedBy::Workers).1, End::Killed, "others died");
        assert_eq!(none.limit_of, None);
    }

    #[test]
    fn a_worker_whose_own_memory_is_refused_was_not_killed() {
        let refused = report(5, Reason::None, Exit::Code(4));
        let nothing = Evidence::default();
        assert_eq!(judge(&[refused], &nothing, EndedBy::Workers).1, End::Enomem);
    }

    #[test]
    fn whose_limit_it_was_is_told_by_where_it_was_hit() {
        let of = |own, above: &[LevelEvents], seen| evidence(&grown(own, above, 1), seen).limit_of;
        assert_eq!(of(level(1, 2), &[level(1, 2)], true), Some(LimitOf::Own));
        assert_eq!(of(level(1, 0), &[level(1, 2)], true), Some(LimitOf::Ancestor));
        assert_eq!(of(level(1, 0), &[level(1, 0)], true), Some(LimitOf::Machine));
        assert_eq!(of(level(1, 0), &[], false), Some(LimitOf::AncestorOrMachine));
        // v1 counts what hit the limit in failcnt.
        let own = LevelEvents { oom_kill: Some(1), max: Some(4), ..LevelEvents::default() };
        assert_eq!(of(own, &[], false), Some(LimitOf::Own));
    }

    #[test]
    fn without_a_cgroup_counter_the_machine_s_is_proof() {
        let growth = Events { levels: Vec::new(), machine: Some(1), huge_pages: None };
        let proof = evidence(&growth, true);
        assert_eq!(judge(&[killed()], &proof, EndedBy::Workers).1, End::OomKill);
    }

    #[test]
    fn what_ended_the_team_is_told_before_what_its_members_met() {
        let held = |reason| report(9, reason, Exit::Code(0));
        let nothing = Evidence::default();
        let end = |reports: &[WorkerReport], ended| judge(reports, &nothing, ended).1;
        let refused = Reason::Refused(Errno::ENOSPC);
        assert_eq!(end(&[held(Reason::Full), held(refused)], EndedBy::Workers), End::Enospc);
        assert_eq!(end(&[held(Reason::Full); 2], EndedBy::Workers), End::Full);
        assert_eq!(end(&[held(Reason::Stopped), held(Reason::Edge)], EndedBy::Workers), End::Edge);
        let bus = WorkerReport { bus: true, ..report(3, Reason::None, Exit::Code(135)) };
        assert_eq!(end(&[held(Reason::Stopped), bus], EndedBy::Workers), End::Sigbus);
        assert_eq!(judge(&[bus], &nothing, EndedBy::Workers).0[0].signal, Some(7));
        assert_eq!(end(&[held(Reason::Stopped); 2], EndedBy::Signal), End::Stopped);
        assert_eq!(end(&[held(Reason::Stopped)], EndedBy::Stall), End::Stall);
        let hung = WorkerReport { ended_by_us: true, ..killed() };
        assert_eq!(end(&[hung], EndedBy::Stall), End::Stall);
        assert_eq!(end(&[hung], EndedBy::Signal), End::Stopped);
    }
}
