//! Documents of fill, bench, compare, ls and run that no machine made: each is put together here, for a
//! kept capture, and looked at in all its forms. Where a type moves or changes, it is put together
//! otherwise; what comes out stays.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;
use shmeter::bench::plan::{Plan as BenchPlan, Request as BenchRequest};
use shmeter::bench::run::{Measured, Row};
use shmeter::bench::{Case, Test, Unit};
use shmeter::capacity::neighbours::Neighbours;
use shmeter::capacity::{ByKind, Capacity, Certainty, End, Kind, Method, Source, assess};
use shmeter::compare::run::Seen;
use shmeter::compare::{Cell, Column};
use shmeter::facts::Runtime;
use shmeter::facts::cpu::{Cache, CpuFacts, Node};
use shmeter::facts::environment::Environment;
use shmeter::facts::holdings::{
    Elsewhere, Folder, Held, Hidden, Holder, Holdings, Looked, Object, Remover, Who,
};
use shmeter::facts::maps::{Backing, FileId};
use shmeter::facts::sysvipc::Segment;
use shmeter::facts::{Facts, FileSystem, Reading};
use shmeter::fill::outcome::{Course, Outcome};
use shmeter::fill::verdict::{Evidence, LimitOf, WorkerOutcome};
use shmeter::fill::{Budget, FillPrediction, Plan, Request, Until};
use shmeter::probe::{Target, gather};
use shmeter::report::journal::{Event as FillEvent, Start};
use shmeter::report::ls::{self, LsDocument};
use shmeter::report::run::summary::{UnderWay, summary};
use shmeter::report::run::{self, Event, RunDocument, StepDocument, StepOutcome, StepRow};
use shmeter::report::{
    BenchDocument, CompareDocument, Document, FillDocument, bench, compare, fill,
};
use shmeter::units::Bytes;

use super::kept::Transcript;
use crate::common;

pub const NAMES: [&str; 5] =
    ["documents/fill", "documents/bench", "documents/compare", "documents/ls", "documents/run"];

fn facts() -> Facts {
    gather(&common::capture("vm-v2-max256-shm64"), &Target::default()).unwrap()
}

fn capacities() -> ByKind<Capacity> {
    assess(&facts())
}

fn json(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).unwrap() + "\n"
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// How a fill was to go and went.
struct Going {
    kind: Kind,
    method: Method,
    until: Until,
    forecast: Option<(Bytes, End, Option<Source>, Certainty)>,
    end: End,
    bytes: Bytes,
}

/// A careful fill of 64 MiB that went as predicted, by two workers.
fn usual() -> Going {
    Going {
        kind: Kind::Posix,
        method: Method::Touch,
        until: Until::Safe,
        forecast: Some((Bytes::mib(64), End::Sigbus, Some(Source::TmpfsSize), Certainty::Exact)),
        end: End::Sigbus,
        bytes: Bytes::mib(64),
    }
}

fn filled(case: &Going, change: impl FnOnce(&mut Plan, &mut Outcome)) -> FillDocument {
    let request = Request {
        kind: case.kind,
        method: case.method,
        procs: 2,
        until: case.until,
        folder: "/dev/shm".into(),
        exclusive: false,
        force: false,
        huge: false,
        score: 1000,
        budget: Budget::default(),
    };
    let mut plan = Plan {
        want: None,
        each: Bytes::mib(256),
        exact: false,
        canary: Bytes::mib(1),
        capped: None,
        unit: Bytes(4096),
        neighbours: Neighbours::Alone,
        watched: Vec::new(),
        spares: false,
    };
    let forecast = case.forecast.map(|(bytes, end, binding, certainty)| FillPrediction {
        bytes,
        end,
        binding,
        certainty,
        without_canary: bytes,
        ahead: Bytes::ZERO,
        swap: Bytes::ZERO,
        careful: case.until != Until::Limit,
    });
    let mut latency = Histogram::new_with_bounds(1, 1 << 40, 2).unwrap();
    for step in 1..=1000_u64 {
        latency.record(step * step).unwrap();
    }
    let mut course = Course::default();
    for part in 1..=8_u64 {
        course.reach(case.bytes.0 / 8 * part, 5_000_000 * part * part);
    }
    let signal = matches!(case.end, End::OomKill | End::Killed).then_some(9);
    let worker = WorkerOutcome { bytes: Bytes(case.bytes.0 / 2), ended_in: case.end, signal };
    let mut outcome = Outcome {
        bytes: case.bytes,
        end: case.end,
        workers: vec![worker, worker],
        canary: Bytes::mib(2),
        canary_left: Bytes::mib(1),
        reclaimable: Bytes::mib(3),
        charged: Some(Bytes::mib(64)),
        swap_cache: Bytes::kib(64),
        tmpfs_full: matches!(case.end, End::Sigbus | End::Enospc),
        evidence: Evidence::default(),
        took: Duration::from_millis(320),
        held_up: Duration::from_millis(20),
        watched: Duration::from_millis(10),
        latency,
        course,
        huge: None,
        program: Bytes::kib(512),
        why: None,
        out_of_time: false,
        gave_way: false,
        interrupted: false,
    };
    change(&mut plan, &mut outcome);
    FillDocument::new(&request, &plan, forecast.as_ref(), &facts(), &outcome)
}

fn killed() -> FillDocument {
    let case = Going {
        kind: Kind::Sysv,
        until: Until::Limit,
        forecast: Some((
            Bytes::mib(254),
            End::OomKill,
            Some(Source::CgroupMemory),
            Certainty::AtMost,
        )),
        end: End::OomKill,
        bytes: Bytes::mib(250),
        ..usual()
    };
    filled(&case, |_, outcome| {
        outcome.evidence = Evidence {
            oom_kill: Some(1),
            oom: Some(1),
            max: Some(7),
            high: Some(0),
            ancestors: None,
            machine_oom_kill: Some(1),
            stand_in_killed: false,
            limit_of: Some(LimitOf::Own),
        };
    })
}

/// Fills whose JSON is kept too.
const WITH_JSON: [&str; 5] =
    ["as predicted", "killed", "at the edge", "stopped for others' sake", "no huge pages"];

#[test]
fn a_fill_is_told_as_it_was_however_it_ended() {
    let mut said = Transcript::default();
    let as_usual = |_: &mut Plan, _: &mut Outcome| {};
    let edge = || Going {
        kind: Kind::Memfd,
        method: Method::Write,
        forecast: Some((Bytes::mib(252), End::Edge, Some(Source::CgroupMemory), Certainty::AtMost)),
        end: End::Edge,
        bytes: Bytes::mib(248),
        ..usual()
    };
    let full = || Going { end: End::Full, until: Until::Bytes(Bytes::mib(64)), ..usual() };
    let mut told = vec![
        ("as predicted".to_owned(), filled(&usual(), as_usual)),
        ("killed".to_owned(), killed()),
        ("at the edge".to_owned(), filled(&edge(), as_usual)),
        (
            "the edge, and others are there".to_owned(),
            filled(&edge(), |plan, _| {
                plan.neighbours = Neighbours::Shared("postgres (pid 7)".into());
            }),
        ),
        ("not predicted".to_owned(), filled(&Going { forecast: None, ..usual() }, as_usual)),
        (
            "all that was asked for".to_owned(),
            filled(
                &Going {
                    forecast: Some((Bytes::mib(64), End::Full, None, Certainty::Exact)),
                    ..full()
                },
                as_usual,
            ),
        ),
        (
            "stopped for others' sake".to_owned(),
            filled(&full(), |plan, _| {
                plan.capped = Some("others may use it: half of what is free".into());
                plan.neighbours = Neighbours::Unknown("this is a pod".into());
                plan.spares = true;
            }),
        ),
        ("out of time".to_owned(), filled(&full(), |_, outcome| outcome.out_of_time = true)),
        (
            "gave way".to_owned(),
            filled(&full(), |_, outcome| {
                outcome.gave_way = true;
                outcome.why = Some("others took 12.0 MiB meanwhile".into());
            }),
        ),
        ("interrupted".to_owned(), filled(&full(), |_, outcome| outcome.interrupted = true)),
        (
            "huge pages".to_owned(),
            filled(&usual(), |_, outcome| outcome.huge = Some(Bytes::mib(32))),
        ),
        (
            "no huge pages".to_owned(),
            filled(&usual(), |_, outcome| outcome.huge = Some(Bytes::ZERO)),
        ),
    ];
    for end in [
        End::Enospc,
        End::Enomem,
        End::Efault,
        End::Einval,
        End::Efbig,
        End::Edquot,
        End::Erofs,
        End::Stall,
        End::Killed,
    ] {
        let case = Going { end, bytes: Bytes::mib(40), ..usual() };
        told.push((format!("{} instead", end.word()), filled(&case, as_usual)));
    }
    for (what, document) in &told {
        said.part(&format!("{what}: text"), &plain(&fill::text::render(document)));
        // The others have the same keys.
        if WITH_JSON.contains(&what.as_str()) {
            said.document(&format!("{what}: json"), &json(document));
        }
    }
    let start = FillEvent::Start(Start {
        version: "1".into(),
        kind: Kind::Posix,
        method: Method::Touch,
        procs: 2,
        until: "safe".into(),
        predicted: None,
        oom_group: false,
    });
    said.part(
        "lines of a journal",
        &[
            start.line(),
            FillEvent::Before { bytes: 0, to_bytes: 4096 }.line(),
            FillEvent::After { bytes: 4096, seconds: 0.5 }.line(),
        ]
        .concat(),
    );
    said.check("documents/fill");
}

fn row(kind: Kind, test: Test, op: &str, bytes: u64, unit: Unit, least: f64) -> Row {
    let values = (0..10_u32).map(|round| (round, least + f64::from(round * round % 7) / 10.0));
    let case = Case { test, op: op.into(), procs: 2, bytes };
    let times = if unit == Unit::Rate {
        BTreeMap::new()
    } else {
        (1..=200_u64).map(|time| (time * 10, 201 - time)).collect()
    };
    Row { kind, case, unit, values: values.collect(), times, preempted: 3, stolen: 2 }
}

fn measured() -> Measured {
    let mut rows = Vec::new();
    for (kind, more) in Kind::ALL.into_iter().zip([0.0, 0.4, 3.0, 0.1]) {
        rows.push(row(kind, Test::Bandwidth, "fill", 4 << 20, Unit::Rate, 9.0 + more));
        rows.push(row(kind, Test::Bandwidth, "copy", 64 << 20, Unit::Rate, 6.0 + more));
        rows.push(row(kind, Test::Fault, "page", 4 << 20, Unit::Time, 400.0 + more));
        rows.push(row(kind, Test::PingPong, "futex", 0, Unit::Time, 5000.0 + more));
        rows.push(row(kind, Test::Ring, "64B-spin", 64, Unit::Messages, 4_000_000.0 + more));
        for op in ["create", "size", "map", "touch", "unmap", "remove", "whole"] {
            rows.push(row(kind, Test::Lifecycle, op, 64 << 10, Unit::Time, 900.0 + more));
        }
    }
    Measured {
        rows,
        without: vec![(Kind::Anon, Test::Fault, "huge".into(), "no huge pages here".into())],
        clock: Some((true, 19.5, 0.4)),
        lost: vec![(0.031, 4_200_000.0)],
        ahead: vec![-3.0, 1.5, 2.0],
        ..Measured::default()
    }
}

fn benched(change: impl FnOnce(&mut Measured)) -> BenchDocument {
    let request = BenchRequest {
        tests: Test::ALL.to_vec(),
        kinds: Kind::ALL.to_vec(),
        procs: Some(2),
        cpus: Vec::new(),
        pair: None,
        bytes: None,
        rounds: 10,
        most: None,
        sized: false,
        exclusive: false,
        force: false,
        quick: true,
        folder: "/dev/shm".into(),
    };
    let plan = BenchPlan {
        cpus: vec![0, 1],
        cases: Vec::new(),
        kinds: Kind::ALL.to_vec(),
        warnings: vec!["two processes share a core: what they measure is that".into()],
        watched: Vec::new(),
    };
    let cache = |level, mib, shared| Cache { level, bytes: Bytes::mib(mib), shared };
    let cpu = CpuFacts {
        model: "A processor".into(),
        steady: true,
        guest: true,
        caches: vec![cache(2, 2, vec![0]), cache(3, 32, vec![0, 1])],
        core: vec![0],
        socket: vec![0, 1],
        nodes: vec![Node { number: 0, cpus: vec![0, 1] }],
        core_kinds: Vec::new(),
        governor: Some("performance".into()),
        quota: Some(1500),
        throttled: 0,
        stolen: 0,
    };
    let mut measured = measured();
    change(&mut measured);
    BenchDocument::new(&request, &plan, &facts(), &cpu, &measured)
}

#[test]
fn a_bench_is_told_as_it_was_in_each_form() {
    let mut said = Transcript::default();
    for (what, document) in [
        ("all", benched(|_| ())),
        (
            "interrupted",
            benched(|measured| {
                measured.interrupted = true;
                measured.rows.truncate(3);
            }),
        ),
    ] {
        said.part(&format!("{what}: text"), &plain(&bench::text::render(&document)));
        said.part(&format!("{what}: markdown"), &plain(&bench::text::markdown(&document)));
        said.part(&format!("{what}: csv"), &bench::csv(&document));
        said.document(&format!("{what}: json"), &json(&document));
    }
    said.check("documents/bench");
}

/// What `bench` measures, and beside it the crate's calls.
fn measured_for_compare() -> Measured {
    let mut measured = measured();
    let times = BTreeMap::from([(20_000, 1), (21_000, 1), (25_000, 1)]);
    let by_crate =
        row(Kind::Posix, Test::Lifecycle, "whole-by-crate", 64 << 10, Unit::Time, 20_000.0);
    measured.rows.push(Row { times, ..by_crate });
    measured
}

fn compared(cost: Option<&Result<Measured, String>>) -> CompareDocument {
    let cells = |cell: &dyn Fn(Column) -> Cell| {
        Column::ALL.into_iter().map(|column| (column, cell(column))).collect()
    };
    let seen = [
        Seen {
            id: "largest",
            title: "largest segment made",
            cells: cells(&|column| Cell::said(format!("64 TiB {}", column.word()))),
        },
        Seen {
            id: "shrink",
            title: "shrink in use",
            cells: cells(&|column| match column {
                Column::Posix | Column::Crate => Cell::signal(nix::sys::signal::Signal::SIGBUS),
                Column::Sysv => Cell::refused(nix::errno::Errno::EINVAL),
                Column::Memfd => Cell::said("yes").because("it is a file"),
                Column::Anon => Cell::none("it has no name"),
            }),
        },
    ];
    CompareDocument::new(&facts(), &capacities(), &seen, cost)
}

#[test]
fn a_compare_is_told_as_it_was_in_each_form() {
    let mut said = Transcript::default();
    for (what, document) in [
        ("all", compared(Some(&Ok(measured_for_compare())))),
        ("without costs", compared(None)),
        ("costs that could not be", compared(Some(&Err("nothing can be measured".into())))),
    ] {
        said.part(&format!("{what}: text"), &plain(&compare::text::render(&document)));
        said.part(&format!("{what}: markdown"), &plain(&compare::text::markdown(&document)));
        said.document(&format!("{what}: json"), &json(&document));
    }
    said.check("documents/compare");
}

fn object(backing: Backing, name: &str, inode: u64, mib: u64, holders: &[u32]) -> Object {
    Object {
        backing,
        name: name.into(),
        lossy: false,
        file: FileId { major: 0, minor: 42, inode },
        unlinked: !matches!(backing, Backing::Posix),
        size: Some(Bytes::mib(2 * mib)),
        held: Held::Exact(Bytes::mib(mib)),
        owner: Some(1000),
        mode: Some(0o600),
        segment: None,
        in_use: None,
        holders: holders.iter().map(|pid| Holder { pid: *pid, mappings: 1, open: true }).collect(),
    }
}

fn holdings() -> Holdings {
    let who = |name: &str| Who { name: name.into(), cgroup: Some("/pod/a".into()) };
    let segment = Segment {
        id: 3,
        size: Bytes::mib(16),
        attached: 0,
        resident: Bytes::mib(7),
        swapped: Bytes::mib(1),
        key: 0x1234,
        mode: 0o600,
        owner: 1000,
        creator: 7,
        last: 9,
    };
    Holdings {
        pid: None,
        folder: Folder {
            asked: "/dev/shm".into(),
            reached: "/dev/shm".into(),
            file_system: Reading::Known(FileSystem::Tmpfs),
            refused: 0,
            cut: false,
        },
        remover: Remover::Here,
        segments_unread: None,
        other_ipc: false,
        objects: vec![
            object(Backing::Posix, "held", 2, 32, &[7, 8]),
            object(Backing::Posix, "left over", 3, 8, &[]),
            object(Backing::Posix, "sem.one", 4, 0, &[]),
            Object { segment: Some(segment), ..object(Backing::Sysv, "", 3, 8, &[]) },
            object(Backing::Memfd, "buffer", 9, 4, &[7]),
            Object { held: Held::AtLeast(Bytes::mib(1)), ..object(Backing::Anon, "", 10, 1, &[8]) },
            Object { held: Held::Unknown, size: None, ..object(Backing::Memfd, "", 11, 1, &[8]) },
        ],
        who: [(7, who("postgres")), (8, who("python3"))].into(),
        looked: Looked { processes: 12, ..Looked::default() },
        elsewhere: Elsewhere::default(),
        charged: Some(("/pod/a".into(), Bytes::mib(50))),
    }
}

#[test]
fn an_ls_is_told_as_it_was_in_each_form() {
    let mut said = Transcript::default();
    let usual = holdings();
    let doubtful = Holdings {
        pid: Some(7),
        remover: Remover::Docker("shop".into()),
        segments_unread: Some("/proc/sysvipc/shm: EACCES".into()),
        other_ipc: true,
        looked: Looked {
            processes: 12,
            refused: vec![3, 4],
            may_trace: false,
            hidden: Some(Hidden::PidNamespace),
        },
        elsewhere: Elsewhere { objects: 3, pids: vec![20, 30] },
        charged: None,
        ..holdings()
    };
    let inside = Holdings { remover: Remover::Inside, ..holdings() };
    let empty = Holdings { objects: Vec::new(), ..holdings() };
    for (what, holdings) in [
        ("usual", usual),
        ("doubtful", doubtful),
        ("removed from inside", inside),
        ("nothing", empty),
    ] {
        let document = LsDocument::new(&holdings);
        said.part(&format!("{what}: text"), &plain(&ls::text::render(&document)));
        said.document(&format!("{what}: json"), &json(&document));
    }
    said.check("documents/ls");
}

fn environment() -> Environment {
    Environment {
        version: "1",
        time: "2026-11-24T22:00:00Z".into(),
        hostname: "host".into(),
        node: Some("node".into()),
        pod: None,
        namespace: None,
        container: Runtime::Docker,
        kernel: "6.12.0".into(),
        cpu: "A processor".into(),
        cpus: 2,
        memory_bytes: Some(Bytes::mib(8192)),
        page_size: 4096,
        labels: [("memory".to_owned(), "512m".to_owned())].into(),
    }
}

#[test]
fn a_run_is_told_as_it_was_in_each_form() {
    let mut said = Transcript::default();
    let mut document = RunDocument::new(environment());
    said.part("nothing yet: summary", &summary(&document, None));
    let under_way = UnderWay { step: "fill posix touch", predicted: None };
    said.part("under way: summary", &summary(&document, Some(under_way)));
    let inspect = Document::new(&facts(), &capacities(), &Default::default());
    document.take(StepDocument::Inspect(Box::new(inspect)));
    document.take(StepDocument::Compare(Box::new(compared(None))));
    document.take(StepDocument::Bench(Box::new(benched(|_| ()))));
    document.take(StepDocument::Fill(Box::new(filled(&usual(), |_, _| ()))));
    document.take(StepDocument::Fill(Box::new(killed())));
    let step = |step: &str, outcome, why: Option<&str>| StepRow {
        step: step.into(),
        outcome,
        seconds: 1.25,
        why: why.map(str::to_owned),
    };
    document.steps = vec![
        step("inspect", StepOutcome::Done, None),
        step("compare", StepOutcome::Done, None),
        step("bench", StepOutcome::Done, None),
        step("fill posix touch", StepOutcome::Done, None),
        step("fill posix write", StepOutcome::Skipped, Some("its time was over")),
        step("fill sysv touch", StepOutcome::Done, None),
        step("fill memfd write", StepOutcome::Failed, Some("no segment could be made")),
    ];
    said.part("all: text", &plain(&run::text::render(&document)));
    said.part("all: summary", &summary(&document, None));
    said.part("all: summary, under way", &summary(&document, Some(under_way)));
    said.document("all: json", &json(&document));
    let steps = ["inspect".to_owned(), "bench".to_owned()];
    let environment = environment();
    said.part(
        "lines of a journal",
        &[
            Event::Start {
                schema: shmeter::schema::RUN,
                version: "1",
                steps: &steps,
                budget_seconds: 60.0,
                budget_bytes: 4096,
                environment: &environment,
            }
            .line(),
            Event::Before { step: "bench" }.line(),
            Event::After { step: "bench", seconds: 1.5, document: None, error: Some("why") }.line(),
            Event::Skipped { step: "fill", why: "why" }.line(),
        ]
        .concat(),
    );
    said.check("documents/run");
}
