//! What a run came to, with the evidence: what was not seen is not said.
#![forbid(unsafe_code)]

use serde::Serialize;

use super::exit::{Exit, SIGKILL, name_of};
use super::incident::{Incident, What};
use super::likely::{Guess, Likely, likely};
use super::peaks::Peaks;
use super::seen::{About, Run};
use crate::units::time;

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Ok,
    SharedMemory,
    Memory,
    NotSharedMemory,
    Unknown,
}

impl Verdict {
    /// The words for it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::SharedMemory => "shared memory was too small",
            Verdict::Memory => "out of memory",
            Verdict::NotSharedMemory => "shared memory is not the cause",
            Verdict::Unknown => "cause unknown",
        }
    }
}

/// The answer, and the evidence in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub why: String,
    /// What evidence hints at, where the verdict is that nothing is known.
    pub guess: Option<Guess>,
}

impl Judgement {
    fn new(verdict: Verdict, why: String) -> Judgement {
        Judgement { verdict, why, guess: None }
    }
}

/// Decides.
#[must_use]
pub fn judge(run: &Run<'_>) -> Judgement {
    let is_bus = |incident: &Incident| incident.what == What::Sigbus;
    if let Some(bus) = run.first(|one| is_bus(one) && one.cause.is_shared_memory()) {
        return Judgement::new(
            Verdict::SharedMemory,
            format!("SIGBUS in {}: {}", bus.who(), bus.why),
        );
    }
    if run.peaks.oom_kills() > 0 {
        return Judgement::new(Verdict::Memory, killed(run));
    }
    if let Some(other) = run.first(|one| one.cause.is_something_else()) {
        let what = if is_bus(other) { "SIGBUS in " } else { "" };
        let why = format!("{what}{}: {}", other.who(), other.why);
        return Judgement::new(Verdict::NotSharedMemory, why);
    }
    if let Some(judgement) = of_messages(run) {
        return judgement;
    }
    match (run.bus(), full(run.peaks)) {
        (Some(bus), Some(full)) => {
            Judgement::new(Verdict::SharedMemory, format!("{bus}, and {full}"))
        }
        (Some(bus), None) => {
            let hint = if run.traced {
                "the signals told no cause"
            } else {
                "run it again with --trace signals to see which file it was"
            };
            let why = format!("{bus}; {}; {hint}", never_short(run.peaks));
            Judgement::new(Verdict::Unknown, why)
        }
        (None, Some(full)) if run.failed() => {
            Judgement::new(Verdict::SharedMemory, format!("{}, and {full}", run.exit.words()))
        }
        (None, Some(full)) => Judgement::new(
            Verdict::Ok,
            format!("nothing failed, but {full}: a part of it may have gone without"),
        ),
        (None, None) if run.failed() => failed(run),
        (None, None) => Judgement::new(Verdict::Ok, ended_well(run)),
    }
}

fn ended_well(run: &Run<'_>) -> String {
    let ended = match run.asked_to_end {
        Some(signal) if run.exit != Exit::Code(0) => {
            format!("it was told to end ({})", name_of(signal))
        }
        _ => "it ended without an error".to_owned(),
    };
    format!("{ended}; {}", never_short(run.peaks))
}

/// What the OOM killer took, and how much of the memory was shared.
fn killed(run: &Run<'_>) -> String {
    let kills = run.peaks.oom_kills();
    let processes = if kills == 1 { "a process".to_owned() } else { format!("{kills} processes") };
    let Some((shmem, used, _)) = run.peaks.at_kill else {
        return format!("the OOM killer ended {processes} of its cgroup");
    };
    let of = run.memory_limit.unwrap_or(used);
    let part = if shmem.saturating_mul(10) < of {
        "not the cause".to_owned()
    } else if shmem.saturating_mul(2) >= of {
        "most of it".to_owned()
    } else {
        "a part of it".to_owned()
    };
    format!("the OOM killer ended {processes}; shared memory was {shmem} of {of}: {part}")
}

/// When nothing was left of /dev/shm.
fn full(peaks: &Peaks) -> Option<String> {
    let at = |us: u64| time(us.saturating_mul(1000));
    match (peaks.full_at, peaks.no_inode_at) {
        (Some(us), _) => {
            let size = peaks.size().map_or(String::new(), |size| format!(" ({size})"));
            Some(format!("/dev/shm{size} was full at {}", at(us)))
        }
        (None, Some(us)) => Some(format!("/dev/shm had no inode left at {}", at(us))),
        (None, None) => None,
    }
}

fn never_short(peaks: &Peaks) -> String {
    let samples = peaks.samples;
    match peaks.size() {
        Some(size) => {
            format!("/dev/shm held at most {} of {size} in {samples} samples", peaks.posix.bytes)
        }
        None => format!("/dev/shm held at most {} in {samples} samples", peaks.posix.bytes),
    }
}

fn failed(run: &Run<'_>) -> Judgement {
    let short = never_short(run.peaks);
    let ended = run.exit.words();
    if run.exit.signal() == Some(SIGKILL) {
        return if run.machine_kills > 0 {
            let why = format!(
                "{ended}: the OOM killer ended a process on this machine meanwhile, but none that its cgroup \
                 counts; {short}"
            );
            Judgement::new(Verdict::Unknown, why)
        } else if run.peaks.last.memory.is_some() {
            let why = format!(
                "{ended}, and its cgroup counts no OOM kill: another process sent it; {short}"
            );
            Judgement::new(Verdict::NotSharedMemory, why)
        } else {
            Judgement::new(Verdict::Unknown, format!("{ended}; {short}"))
        };
    }
    // A refused fallocate or shmget takes nothing, so no look can see it.
    let to_know = if run.told {
        "what it printed allows several causes (shmeter explain)"
    } else if run.scanned {
        "it printed no message that is known"
    } else {
        "see what it printed (--scan, or shmeter explain)"
    };
    let Some(guess) = likely(run) else {
        let why = format!(
            "{ended}; {short}. A request that is refused as a whole does not show there: {to_know}"
        );
        return Judgement::new(Verdict::Unknown, why);
    };
    let what = match guess.likely {
        Likely::SharedMemory => "likely, but not proven, a lack of shared memory",
        Likely::NotSharedMemory => "likely, but not proven, no lack of shared memory",
    };
    let why = format!("{ended}; {what}: {}. To know, {to_know}", guess.why);
    Judgement { guess: Some(guess), ..Judgement::new(Verdict::Unknown, why) }
}

fn of_messages(run: &Run<'_>) -> Option<Judgement> {
    let of = |about: About| run.messages.iter().find(|message| message.about == about);
    if let Some(message) = of(About::SharedMemory).or_else(|| of(About::Sysv)) {
        let why = format!("it printed a message of a shortage: {}", message.entry);
        return Some(Judgement::new(Verdict::SharedMemory, why));
    }
    if !run.failed() || full(run.peaks).is_some() {
        return None;
    }
    if let Some(message) = of(About::Memory) {
        let why = format!("it printed a message about memory: {}", message.entry);
        return Some(Judgement::new(Verdict::Memory, why));
    }
    let message = of(About::SomethingElse)?;
    let why = format!("it printed a message of another cause: {}", message.entry);
    Some(Judgement::new(Verdict::NotSharedMemory, why))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::incident::Cause;
    use super::super::likely::Short;
    use super::super::names::Names;
    use super::super::seen::{Message, SysvLimits};
    use super::*;
    use crate::facts::name_events::{Change, NameEvent};
    use crate::facts::sample::{MemorySample, PosixSample, Sample};
    use crate::units::{Bytes, Limit};

    pub(in crate::watch) const SIZE: Bytes = Bytes::mib(64);

    /// Two looks: at the begin, and at the most there was.
    pub(in crate::watch) fn peaks(used: Bytes, shmem: Bytes, memory: Bytes, kills: u64) -> Peaks {
        let sample = |at_us, used: Bytes, shmem, memory, oom_kill| Sample {
            at_us,
            posix: Some(PosixSample {
                used,
                free: Some(SIZE.saturating_sub(used)),
                size: Limit::At(SIZE),
                files: 1,
                inodes_left: Some(5),
            }),
            sysv: None,
            memory: Some(MemorySample { used: memory, held: memory, shmem, oom_kill }),
        };
        let first = sample(0, Bytes::ZERO, Bytes::ZERO, Bytes::mib(1), 3);
        let mut peaks = Peaks::new(&first, 4096);
        peaks.note(&sample(10_000, used, shmem, memory, 3));
        if kills > 0 {
            peaks.note(&sample(
                20_000,
                Bytes::ZERO,
                Bytes::ZERO,
                Bytes::mib(1),
                3_u64.saturating_add(kills),
            ));
        }
        peaks
    }

    pub(in crate::watch) fn run<'a>(
        exit: Exit,
        peaks: &'a Peaks,
        incidents: &'a [Incident],
    ) -> Run<'a> {
        Run {
            exit,
            asked_to_end: None,
            peaks,
            incidents,
            traced: false,
            messages: &[],
            memory_limit: Some(Bytes::mib(200)),
            machine_kills: 0,
            scanned: false,
            told: false,
            names: None,
            promised: Bytes::ZERO,
            sysv: SysvLimits::default(),
        }
    }

    fn said(run: &Run<'_>) -> (Verdict, String) {
        let judgement = judge(run);
        (judgement.verdict, judgement.why)
    }

    #[test]
    fn an_oom_kill_tells_the_part_of_the_memory_that_was_shared() {
        let heap = peaks(Bytes::ZERO, Bytes::ZERO, Bytes::mib(199), 1);
        assert_eq!(
            said(&run(Exit::Signal(9), &heap, &[])),
            (
                Verdict::Memory,
                "the OOM killer ended a process; shared memory was 0 B of 200.0 MiB: not the cause"
                    .into()
            )
        );
        let shared = peaks(Bytes::mib(60), Bytes::mib(150), Bytes::mib(199), 2);
        let (verdict, why) = said(&run(Exit::Code(1), &shared, &[]));
        assert_eq!(verdict, Verdict::Memory);
        assert!(why.ends_with("shared memory was 150.0 MiB of 200.0 MiB: most of it"), "{why}");
    }

    #[test]
    fn a_bus_error_alone_proves_nothing() {
        let low = peaks(Bytes::mib(3), Bytes::mib(3), Bytes::mib(9), 0);
        for exit in [Exit::Signal(7), Exit::Code(135)] {
            let (verdict, why) = said(&run(exit, &low, &[]));
            assert_eq!(verdict, Verdict::Unknown);
            assert!(why.contains("--trace signals"), "{why}");
        }
        let full = peaks(SIZE, SIZE, SIZE, 0);
        let (verdict, why) = said(&run(Exit::Code(135), &full, &[]));
        assert_eq!(verdict, Verdict::SharedMemory);
        assert!(why.ends_with("/dev/shm (64.0 MiB) was full at 10.0 ms"), "{why}");
    }

    #[test]
    fn what_a_traced_signal_tells_comes_before_all_else() {
        let full = peaks(SIZE, SIZE, SIZE, 0);
        let bus = |cause| Incident {
            pid: Some(31),
            process: Some("python".into()),
            signal: Some(7),
            cause,
            why: "because".into(),
            ..Incident::new(9, What::Sigbus)
        };
        let truncated = [bus(Cause::TruncatedFile)];
        assert_eq!(
            said(&run(Exit::Code(1), &full, &truncated)),
            (Verdict::NotSharedMemory, "SIGBUS in python[31]: because".into()),
            "also where it was full by chance"
        );
        let both = [bus(Cause::TruncatedFile), bus(Cause::SharedMemory)];
        assert_eq!(said(&run(Exit::Code(0), &full, &both)).0, Verdict::SharedMemory);
    }

    #[test]
    fn nothing_failed_and_nothing_was_left_are_two_things() {
        let full = peaks(SIZE, SIZE, SIZE, 0);
        let (verdict, why) = said(&run(Exit::Code(0), &full, &[]));
        assert_eq!(verdict, Verdict::Ok);
        assert!(why.starts_with("nothing failed, but /dev/shm (64.0 MiB) was full"), "{why}");
        assert_eq!(said(&run(Exit::Code(1), &full, &[])).0, Verdict::SharedMemory);
    }

    #[test]
    fn an_error_without_a_trace_is_unknown_and_an_end_that_was_asked_for_is_none() {
        let low = peaks(Bytes::mib(3), Bytes::mib(3), Bytes::mib(9), 0);
        let (verdict, why) = said(&run(Exit::Code(1), &low, &[]));
        assert_eq!(verdict, Verdict::Unknown);
        assert!(
            why.starts_with("exit code 1; /dev/shm held at most 3.0 MiB of 64.0 MiB in 2 samples")
        );
        let asked = Run { asked_to_end: Some(15), ..run(Exit::Signal(15), &low, &[]) };
        assert_eq!(said(&asked).0, Verdict::Ok);
        let killed = said(&run(Exit::Signal(9), &low, &[]));
        assert_eq!(killed.0, Verdict::NotSharedMemory, "no kill was counted");
        let elsewhere = Run { machine_kills: 1, ..run(Exit::Signal(9), &low, &[]) };
        assert_eq!(said(&elsewhere).0, Verdict::Unknown);
    }

    fn guessed(run: &Run<'_>) -> Option<Likely> {
        let judgement = judge(run);
        assert_eq!(judgement.verdict, Verdict::Unknown, "evidence is no verdict: {judgement:?}");
        let likely = judgement.guess.map(|guess| guess.likely);
        assert_eq!(likely.is_some(), judgement.why.contains("likely, but not proven"));
        likely
    }

    fn names(events: &[(Change, &str)]) -> Names {
        let mut names = Names::default();
        for (change, name) in events {
            names.note(NameEvent::Of(*change, name.as_bytes()));
        }
        names.end_look(0);
        names
    }

    #[test]
    fn a_file_that_went_without_a_byte_hints_at_a_refused_request() {
        let low = peaks(Bytes::mib(3), Bytes::mib(3), Bytes::mib(9), 0);
        let refused = names(&[(Change::Came, "PostgreSQL.17"), (Change::Went, "PostgreSQL.17")]);
        let failed = Run { names: Some(&refused), ..run(Exit::Code(1), &low, &[]) };
        assert_eq!(guessed(&failed), Some(Likely::SharedMemory));
        let why = judge(&failed).why;
        assert!(
            why.contains("PostgreSQL.17") && why.ends_with("(--scan, or shmeter explain)"),
            "{why}"
        );
        let scanned = judge(&Run { scanned: true, ..failed }).why;
        assert!(scanned.ends_with("To know, it printed no message that is known"), "{scanned}");
        assert_eq!(judge(&Run { exit: Exit::Code(0), ..failed }).verdict, Verdict::Ok);
    }

    #[test]
    fn little_that_was_left_or_more_that_was_promised_hints_at_a_shortage() {
        let nearly = peaks(Bytes::mib(62), Bytes::mib(62), Bytes::mib(70), 0);
        let failed = run(Exit::Code(1), &nearly, &[]);
        assert_eq!(guessed(&failed), Some(Likely::SharedMemory));
        assert!(judge(&failed).why.contains("only 2.0 MiB of 64.0 MiB"), "{}", judge(&failed).why);
        let low = peaks(Bytes::mib(3), Bytes::mib(3), Bytes::mib(9), 0);
        let promised = |promised| guessed(&Run { promised, ..run(Exit::Code(1), &low, &[]) });
        assert_eq!(promised(Bytes::mib(100)), Some(Likely::SharedMemory));
        assert_eq!(promised(Bytes::mib(64)), None);
        assert_eq!(promised(Bytes::mib(1 << 20)), None, "nobody means to fill that");
    }

    #[test]
    fn limits_of_system_v_hint_where_one_more_segment_is_too_many() {
        let mut few = peaks(Bytes::mib(3), Bytes::mib(3), Bytes::mib(9), 0);
        (few.segments, few.sysv_promised) = (4, Bytes::mib(40));
        let with = |sysv| {
            let failed = Run { sysv, ..run(Exit::Code(1), &few, &[]) };
            (guessed(&failed), judge(&failed).guess.and_then(|guess| guess.short))
        };
        let none = SysvLimits { page: 4096, ..SysvLimits::default() };
        let setting = |name, value| (Some(Likely::SharedMemory), Some(Short::Setting(name, value)));
        assert_eq!(with(none), (None, None));
        assert_eq!(with(SysvLimits { segments: Some(4), ..none }), setting("kernel.shmmni", 8));
        assert_eq!(with(SysvLimits { segments: Some(5), ..none }).0, None);
        let all = |mib| SysvLimits { all: Some(Bytes::mib(mib)), ..none };
        assert_eq!(with(all(49)), setting("kernel.shmall", 100 << 8));
        assert_eq!(with(all(50)).0, None);
        let each = |mib| SysvLimits { each: Some(Bytes::mib(mib)), ..none };
        assert_eq!(with(each(19)), setting("kernel.shmmax", 76 << 20));
        assert_eq!(with(each(20)).0, None);
    }

    #[test]
    fn who_hardly_used_shared_memory_is_likely_to_have_failed_of_something_else() {
        let low = peaks(Bytes::mib(3), Bytes::mib(3), Bytes::mib(9), 0);
        let events = [
            (Change::Came, "a_1"),
            (Change::Written, "a_1"),
            (Change::Went, "a_1"),
            (Change::Came, "sem.b"),
            (Change::Went, "sem.b"),
        ];
        for events in [&[][..], &events[..1], &events] {
            let names = names(events);
            let failed = Run { names: Some(&names), ..run(Exit::Code(1), &low, &[]) };
            assert_eq!(guessed(&failed), Some(Likely::NotSharedMemory), "{events:?}");
        }
        let half = peaks(Bytes::mib(30), Bytes::mib(30), Bytes::mib(40), 0);
        let names = names(&[]);
        assert_eq!(guessed(&Run { names: Some(&names), ..run(Exit::Code(1), &half, &[]) }), None);
    }

    #[test]
    fn messages_tell_what_no_look_can_see() {
        let low = peaks(Bytes::mib(3), Bytes::mib(3), Bytes::mib(9), 0);
        let judged = |about, exit| {
            let fix = "raise it".to_owned();
            let messages = [Message { entry: "x", about, asked: None, fix }];
            judge(&Run { messages: &messages, ..run(exit, &low, &[]) }).verdict
        };
        assert_eq!(judged(About::SharedMemory, Exit::Code(0)), Verdict::SharedMemory);
        assert_eq!(judged(About::Sysv, Exit::Code(1)), Verdict::SharedMemory);
        assert_eq!(judged(About::SomethingElse, Exit::Code(1)), Verdict::NotSharedMemory);
        assert_eq!(judged(About::SomethingElse, Exit::Code(0)), Verdict::Ok);
        assert_eq!(judged(About::Memory, Exit::Code(1)), Verdict::Memory);
    }
}
