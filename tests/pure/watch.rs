//! What `watch` advises: the peak is measured, the size is another thing, and there is none where the cause is
//! another one.

use shmeter::facts::Facts;
use shmeter::facts::sample::{MemorySample, PosixSample, Sample};
use shmeter::probe::{Target, gather};
use shmeter::units::{Bytes, Limit};
use shmeter::watch::exit::Exit;
use shmeter::watch::groups::{Holders, Sum};
use shmeter::watch::likely::{Guess, Likely, Short};
use shmeter::watch::needed::{Basis, Needed, needed};
use shmeter::watch::peaks::Peaks;
use shmeter::watch::seen::{About, Message, Run, SysvLimits};
use shmeter::watch::verdict::{Judgement, Verdict};

use crate::common;

fn facts(case: &str) -> Facts {
    gather(&common::capture(case), &Target::default()).unwrap()
}

/// Two looks: at nothing, and at the most there was.
fn peaks(size: Bytes, used: Bytes, memory: Bytes, kills: u64) -> Peaks {
    peaks_after(Bytes::ZERO, size, used, memory, kills)
}

/// The same, where so much was there before.
fn peaks_after(before: Bytes, size: Bytes, used: Bytes, memory: Bytes, kills: u64) -> Peaks {
    let sample = |at_us, used: Bytes, memory, oom_kill| Sample {
        at_us,
        posix: Some(PosixSample {
            used,
            free: Some(size.saturating_sub(used)),
            size: Limit::At(size),
            files: 1,
            inodes_left: None,
        }),
        sysv: None,
        memory: Some(MemorySample { used: memory, held: memory, shmem: used, oom_kill }),
    };
    let mut peaks = Peaks::new(&sample(0, before, Bytes::mib(1), 0), 4096);
    peaks.note(&sample(10_000, used, memory, 0));
    peaks.note(&sample(20_000, before, Bytes::mib(1), kills));
    peaks
}

fn advised(case: &str, peaks: &Peaks, verdict: Verdict, holders: Option<&Holders>) -> Needed {
    advised_with(case, peaks, verdict, holders, &[])
}

fn advised_with(
    case: &str,
    peaks: &Peaks,
    verdict: Verdict,
    holders: Option<&Holders>,
    messages: &[Message],
) -> Needed {
    let exit = Exit::Code(i32::from(verdict != Verdict::Ok));
    let run = Run {
        exit,
        asked_to_end: None,
        peaks,
        incidents: &[],
        traced: false,
        messages,
        memory_limit: Some(Bytes::mib(256)),
        machine_kills: 0,
        scanned: false,
        told: false,
        names: None,
        promised: Bytes::ZERO,
        sysv: SysvLimits::default(),
    };
    let judgement = Judgement { verdict, why: String::new(), guess: None };
    needed(&facts(case), &run, &judgement, holders)
}

const CASE: &str = "vm-v2-max256-shm64";
const SIZE: Bytes = Bytes::mib(64);

#[test]
fn after_a_success_the_peak_and_a_quarter_more_is_enough() {
    let peaks = peaks(SIZE, Bytes::mib(40), Bytes::mib(50), 0);
    let needed = advised(CASE, &peaks, Verdict::Ok, None);
    assert_eq!((needed.basis, needed.shm), (Basis::Peak, Some(Bytes::mib(50))));
    assert_eq!(needed.fix, "/dev/shm is large enough: 64.0 MiB.");
    assert!(needed.memory.unwrap() > Bytes::mib(50));
}

#[test]
fn a_success_close_to_the_limit_is_told_the_size_that_leaves_some_room() {
    let peaks = peaks(SIZE, Bytes::mib(60), Bytes::mib(70), 0);
    let needed = advised(CASE, &peaks, Verdict::Ok, None);
    assert_eq!(needed.shm, Some(Bytes::mib(75)));
    assert!(needed.fix.contains("75m"), "{}", needed.fix);
}

#[test]
fn who_used_none_of_it_needs_none() {
    let needed = advised(CASE, &peaks(SIZE, Bytes::ZERO, Bytes::mib(9), 0), Verdict::Ok, None);
    assert_eq!((needed.shm, needed.memory, needed.basis), (None, None, Basis::Peak));
    assert!(needed.fix.contains("nothing into /dev/shm"), "{}", needed.fix);
}

#[test]
fn after_a_failure_it_is_at_least_what_was_promised() {
    let full = peaks(SIZE, SIZE, Bytes::mib(70), 0);
    let needed = advised(CASE, &full, Verdict::SharedMemory, None);
    assert_eq!((needed.basis, needed.shm), (Basis::AtLeast, Some(SIZE)));
    assert!(needed.fix.contains("128m") && needed.fix.contains("again"), "{}", needed.fix);
    let promised =
        |wanted| Holders { posix: Sum { bytes: SIZE, wanted, objects: 1 }, ..Holders::default() };
    let java = promised(Bytes::mib(100));
    let needed = advised(CASE, &full, Verdict::SharedMemory, Some(&java));
    assert_eq!(needed.shm, Some(Bytes::mib(100)));
    assert!(needed.fix.contains("125m"), "{}", needed.fix);
    // A message says what was refused as a whole, which no look can see.
    let low = peaks(SIZE, Bytes::mib(6), Bytes::mib(20), 0);
    let said = [Message {
        entry: "x",
        about: About::SharedMemory,
        asked: Some(Bytes(67_145_088)),
        fix: String::new(),
    }];
    let needed = advised_with(CASE, &low, Verdict::SharedMemory, None, &said);
    assert_eq!((needed.basis, needed.shm), (Basis::AtLeast, Some(Bytes::mib(71))));
    // Address space that nobody means to fill.
    let reserved = promised(Bytes::mib(1 << 20));
    let needed = advised(CASE, &full, Verdict::SharedMemory, Some(&reserved));
    assert_eq!(needed.shm, Some(SIZE));
}

/// A run at whose peak so much of 64 MiB was in use, and which printed that.
fn said(used: Bytes, about: About, asked: Option<Bytes>) -> Needed {
    let said = [Message { entry: "x", about, asked, fix: "raise kernel.shmall".to_owned() }];
    let peaks = peaks(SIZE, used, Bytes::mib(20), 0);
    advised_with(CASE, &peaks, Verdict::SharedMemory, None, &said)
}

#[test]
fn no_size_is_advised_that_has_failed() {
    // Refused as a whole, and nothing tells how much that was.
    let needed = said(Bytes::mib(1), About::SharedMemory, None);
    assert_eq!((needed.basis, needed.shm), (Basis::AtLeast, Some(SIZE)));
    assert!(needed.fix.contains("128m"), "{}", needed.fix);
    let needed = said(Bytes::mib(1), About::SharedMemory, Some(Bytes::mib(66)));
    assert_eq!(needed.shm, Some(Bytes::mib(67)));
    // It ended well, and all but a MiB was in use: it may have gone on without what was refused.
    let nearly = peaks(SIZE, Bytes::mib(63), Bytes::mib(70), 0);
    let needed = advised(CASE, &nearly, Verdict::Ok, None);
    assert_eq!((needed.basis, needed.shm), (Basis::AtLeast, Some(SIZE)));
    // Others had filled it before.
    let of_others = peaks_after(Bytes::mib(63), SIZE, Bytes::mib(63), Bytes::mib(70), 0);
    let needed = advised(CASE, &of_others, Verdict::Ok, None);
    assert_eq!((needed.basis, needed.shm), (Basis::Peak, None));
}

#[test]
fn where_a_limit_of_system_v_was_reached_no_size_of_dev_shm_is_advised() {
    let needed = said(Bytes::mib(8), About::Sysv, Some(Bytes::mib(4)));
    assert_eq!((needed.basis, needed.shm), (Basis::None, None));
    assert!(needed.fix.ends_with("raise kernel.shmall"), "{}", needed.fix);
    assert!(!needed.fix.contains("--shm-size"), "{}", needed.fix);
}

#[test]
fn the_memory_limit_that_has_to_hold_it_is_told_with_it() {
    let full = peaks(SIZE, SIZE, Bytes::mib(200), 0);
    let needed = advised(CASE, &full, Verdict::SharedMemory, None);
    // 128 MiB of /dev/shm beside 136 MiB of other memory do not fit below 256 MiB.
    assert!(needed.memory.unwrap() > Bytes::mib(256));
    assert!(needed.fix.contains("128m"), "{}", needed.fix);
}

#[test]
fn no_size_is_advised_where_the_cause_is_another_one() {
    let peaks = peaks(SIZE, Bytes::mib(40), Bytes::mib(50), 0);
    for verdict in [Verdict::NotSharedMemory, Verdict::Unknown] {
        let needed = advised(CASE, &peaks, verdict, None);
        assert_eq!((needed.shm, needed.memory, needed.basis), (None, None, Basis::None));
    }
}

#[test]
fn what_is_only_likely_gets_something_to_try_and_no_size_that_it_needs() {
    let peaks = peaks(SIZE, Bytes::mib(60), Bytes::mib(70), 0);
    let run = Run {
        exit: Exit::Code(1),
        asked_to_end: None,
        peaks: &peaks,
        incidents: &[],
        traced: false,
        messages: &[],
        memory_limit: None,
        machine_kills: 0,
        scanned: false,
        told: false,
        names: None,
        promised: Bytes::ZERO,
        sysv: SysvLimits::default(),
    };
    for (short, option) in
        [(Short::Size, "128m"), (Short::Setting("kernel.shmmni", 8192), "kernel.shmmni=8192")]
    {
        let guess = Guess { likely: Likely::SharedMemory, short: Some(short), why: String::new() };
        let judgement =
            Judgement { verdict: Verdict::Unknown, why: String::new(), guess: Some(guess) };
        let needed = needed(&facts(CASE), &run, &judgement, None);
        assert_eq!((needed.shm, needed.memory, needed.basis), (None, None, Basis::None));
        assert!(needed.fix.starts_with("Run it with --scan"), "{}", needed.fix);
        assert!(needed.fix.contains(option), "{}", needed.fix);
    }
}

#[test]
fn after_an_oom_kill_more_memory_is_advised_and_no_shared_memory() {
    let peaks = peaks(SIZE, Bytes::ZERO, Bytes::mib(255), 1);
    let needed = advised(CASE, &peaks, Verdict::Memory, None);
    assert_eq!((needed.shm, needed.memory), (None, Some(Bytes::mib(320))));
    assert!(needed.fix.contains("heap"), "{}", needed.fix);
}

#[test]
fn what_grows_to_the_end_has_no_size() {
    let sample = |at: u64| Sample {
        at_us: at * 10_000,
        posix: Some(PosixSample {
            used: Bytes::kib(10 * at),
            free: Some(Bytes::mib(900)),
            size: Limit::At(Bytes::mib(1000)),
            files: 1,
            inodes_left: None,
        }),
        ..Sample::default()
    };
    let mut peaks = Peaks::new(&sample(0), 4096);
    (1..3000).for_each(|at| {
        peaks.note(&sample(at));
    });
    let needed = advised(CASE, &peaks, Verdict::Ok, None);
    assert_eq!((needed.basis, needed.shm), (Basis::Growing, None));
    assert!(needed.fix.contains("no size is right"), "{}", needed.fix);
}
