//! Error lines and exit codes: what was typed wrong, what is not there, what does not fit together.

use serde_json::{Value, json};
use shmeter::bench::plan::PlanError as BenchError;
use shmeter::capacity::{Kind, Method};
use shmeter::fill::PlanError as FillError;
use shmeter::units::Bytes;

use super::kept::Transcript;
use crate::common;

/// Where what is typed is kept, and what is typed: a line each.
pub const TABLE: [(&str, &str); 11] = [
    ("errors/shmeter", SHMETER),
    ("errors/inspect", INSPECT),
    ("errors/ls", LS),
    ("errors/watch", WATCH),
    ("errors/explain", EXPLAIN),
    ("errors/fill", FILL),
    ("errors/compare", COMPARE),
    ("errors/bench", BENCH),
    ("errors/run", RUN),
    ("errors/report", REPORT),
    ("errors/capture-and-generate", CAPTURE_AND_GENERATE),
];

pub const OTHERS: [&str; 3] = ["errors/captures", "errors/plans", "errors/checks"];

const SHMETER: &str = "
--nothing
-x
nothing
inspct
inspect fill
--explain fill
--pid 1 fill
--pid
--pid x
--pid web-7d9f
--pid 4194305
--json
1234
--path /nowhere
--format yaml
--require lots
--verbose
--verbose fill
help nothing
team-worker
team-worker nothing
probe-worker
probe-worker nothing
bench-leader
bench-leader nothing
";

const INSPECT: &str = "
inspect more
inspect 1234
inspect --json
inspect --nothing
inspect --explan
inspect --pid
inspect --pid 0
inspect --pid -1
inspect --pid x
inspect --pid ''
inspect --pid 99999999999
inspect --pid 4194305
inspect --pid 1 --pid 2
inspect --path
inspect --path /nowhere
inspect --path ../here
inspect --path ''
inspect --path /proc/version
inspect --from
inspect --from /nowhere
inspect --from tests
inspect --from /dev/null
inspect --from Cargo.toml
inspect --from '/no\u{1b}[2Jwhere'
inspect --require
inspect --require ''
inspect --require lots
inspect --require '12 parsecs'
inspect --require -5
inspect --require 1.2.3Gi
inspect --require 99999Pi
inspect --require 99999999999999Ti
inspect --size-limit
inspect --size-limit 12q
inspect --size-limit -5
inspect --measure --pid 1
inspect --measure --from tests/captures/vm-v2-max256-shm64.json
inspect --measure=yes
inspect --explain --explain
inspect --format
inspect --format yaml
inspect --format JSON
inspect --color
inspect --color sometimes
inspect --from tests/captures/vm-v2-max256-shm64.json --pid 77
inspect --from tests/captures/vm-v2-max256-shm64.json --path /nowhere
";

const WATCH: &str = "
watch --nothing
watch --every
watch --every 0 -- true
watch --every 1us -- true
watch --every 1h -- true
watch --every soon -- true
watch --trace calls -- true
watch --trace signals
watch --scan
watch --report x
watch --journal x --pid 1
watch --pid 1 -- true
watch --pid 0
watch --pid 4194304
watch --format yaml -- true
watch --report /nowhere/x -- true
watch --journal /nowhere/x -- true
watch -- /nowhere/program
watch -- no-such-program
watch -- /";

const EXPLAIN: &str = "
explain nothing that is known
explain Cargo.toml
explain -
explain
explain --nothing
explain --list more
explain --list --from Cargo.toml
explain --from
explain --from /nowhere 'Bus error'
explain --from tests 'Bus error'
explain --from Cargo.toml 'Bus error'
explain --from tests/reports/fill-a.jsonl 'Bus error'
explain --from - -
explain --from -
explain --format csv 'Bus error'
explain --color sometimes
explain '\u{1b}[2J'
";

const LS: &str = "
ls more
ls --nothing
ls --pid
ls --pid 0
ls --pid 4194305
ls --path
ls --path /nowhere
ls --path here
ls --path /proc/version
ls --format csv
ls --color sometimes
";

const FILL: &str = "
fill more
fill --nothing
fill --kind
fill --kind pipe
fill --kind sysv --kind anon
fill --kind sysv --method write
fill --kind sysv --method fallocate
fill --kind anon --method write
fill --kind anon --method fallocate
fill --method
fill --method read
fill --procs
fill --kind memfd --procs 0
fill --kind memfd --procs 257
fill --procs -1
fill --procs many
fill --until
fill --until ''
fill --until never
fill --until 12q
fill --until -5
fill --until 99999Pi
fill --path
fill --path /nowhere
fill --path here
fill --path /proc/version
fill --path /proc
fill --path /proc --until 4Mi
fill --journal
fill --force --kind memfd --until 1Mi --journal /nowhere/journal
fill --force --kind memfd --until 1Mi --journal /
fill --oom-score-adj
fill --oom-score-adj 1001
fill --oom-score-adj -1001
fill --oom-score-adj much
fill --format csv
fill --format openmetrics
fill --color sometimes
fill --force --force
";

const COMPARE: &str = "
compare more
compare --nothing
compare --path
compare --path /nowhere
compare --path here
compare --path /proc/version
compare --format csv
compare --no-cost=1
compare --color sometimes
";

const BENCH: &str = "
bench nothing
bench all nothing
bench --nothing
bench --kind pipe
bench --kind
bench --procs
bench --procs 0
bench --procs 257
bench --procs many
bench --cpus
bench --cpus x
bench --cpus ''
bench --bytes
bench --bytes lots
bench --bytes 1
bench --bytes 99999Pi
bench --rounds 0
bench --rounds 1001
bench --rounds often
bench --path
bench --path /nowhere
bench --path here
bench --path /proc/version
bench --format yaml
bench --color sometimes
bench --quick --quick
";

const RUN: &str = "
run more
run --nothing
run --only
run --only nothing
run --only inspect,nothing
run --only inspect --skip fill
run --skip nothing
run --skip inspect,compare,bench,fill
run --budget
run --budget 0
run --budget -1
run --budget 1ms
run --budget 25h
run --budget '2 fortnights'
run --budget soon
run --budget-size 0
run --budget-size 1Ki
run --budget-size lots
run --budget-size -1
run --until
run --until 4Mi
run --until never
run --path
run --path /nowhere
run --path here
run --path /proc/version
run --label
run --label word
run --label =word
run --journal
run --only inspect --journal /nowhere/journal
run --only inspect --journal /
run --termination-log
run --only inspect --termination-log /nowhere/log
run --only inspect --termination-log /dev/null
run --format csv
run --color sometimes
";

const REPORT: &str = "
report
report --nothing tests/reports
report /nowhere
report tests/reports/run-a.jsonl /nowhere
report /dev/null
report Cargo.toml
report tests/captures/k8s-a-default.json
report .cargo
report -
report --format
report --format yaml tests/reports
report --html tests/reports
report --chart pie tests/reports
report --chart
report --color sometimes tests/reports
report --format svg --chart course tests/reports/inspect-c.json
report --format svg --chart latency tests/reports/inspect-c.json
report --format svg --chart kinds tests/reports/fill-a.jsonl
report --format svg --chart changes tests/reports/fill-a.jsonl
";

const CAPTURE_AND_GENERATE: &str = "
capture more
capture --nothing
capture --pid
capture --pid 0
capture --pid 4194305
capture --path
capture --path /nowhere
capture --path here
capture --path /proc/version
capture --format json
capture --json
generate
generate nothing
generate man more
generate completions
generate completions tcsh
generate completions bash more
generate schema nothing
generate schema fill more
generate --nothing
";

#[test]
fn every_error_line_and_exit_code_is_as_it_was() {
    for (name, lines) in TABLE {
        let mut said = Transcript::default();
        lines.lines().filter(|line| !line.is_empty()).for_each(|line| said.run(line));
        said.check(name);
    }
}

/// A good capture with one thing changed.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut capture: Value = serde_json::from_str(&common::text("vm-v2-max256-shm64")).unwrap();
    change(&mut capture);
    capture.to_string()
}

#[test]
fn every_wrong_capture_is_refused_as_it_was() {
    let text = common::text("vm-v2-max256-shm64");
    let without = |key: &'static str| {
        changed(move |c| {
            c.as_object_mut().unwrap().remove(key);
        })
    };
    let with = |key: &'static str, value: Value| changed(move |c| c[key] = value);
    let file =
        |path: &'static str, text: &'static str| changed(move |c| c["files"][path] = text.into());
    let (max, current) = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current");
    let mut said = Transcript::default();
    for (what, input) in [
        ("nothing", String::new()),
        ("its first letter", text[..1].to_owned()),
        ("half of it", text[..text.len() / 2].to_owned()),
        ("all but its last letter", text.trim_end()[..text.trim_end().len() - 1].to_owned()),
        ("no JSON", "MemTotal: 5 kB\n".to_owned()),
        ("a list", "[1, 2]".to_owned()),
        ("deep JSON", "[".repeat(1000)),
        ("another document", "{\"schema\": \"shmeter.inspect/1\"}".to_owned()),
        ("another format", with("format", "shmeter-capture/9".into())),
        ("a number for a format", with("format", 7.into())),
        ("without a page size", without("page_size")),
        ("page size 0", with("page_size", 0.into())),
        ("page size 5000", with("page_size", 5000.into())),
        ("page size -1", with("page_size", (-1).into())),
        ("without files", without("files")),
        ("without statfs", without("statfs")),
        ("a negative block count", changed(|c| c["statfs"]["/dev/shm"]["blocks"] = (-4).into())),
        ("no folder", with("statfs", json!({}))),
        (
            "an unreadable folder",
            changed(|c| {
                c["statfs"].as_object_mut().unwrap().remove("/dev/shm");
                c["unreadable"] = json!({"/dev/shm": "EACCES"});
            }),
        ),
        ("a limit of -5", file(max, "-5\n")),
        ("a limit of 1e3", file(max, "1e3")),
        ("an empty limit", file(max, "")),
        ("more in use than there is", file(current, "18446744073709551615\n")),
        ("no mounts", file("/proc/self/mountinfo", "")),
        ("no cgroup", file("/proc/self/cgroup", "")),
        ("no memory", file("/proc/meminfo", "")),
    ] {
        said.run_with("inspect --from -", what, input.as_bytes());
    }
    said.run_with("inspect --from -", "no text", &[0xff, 0xfe, 0x00, 0x1b]);
    said.check("errors/captures");
}

#[test]
fn every_check_fails_and_passes_as_it_did() {
    let mut said = Transcript::default();
    for line in [
        "inspect --from tests/captures/vm-v2-max256-shm64.json --require 64Mi",
        "inspect --from tests/captures/vm-v2-max256-shm64.json --require 65Mi",
        "inspect --from tests/captures/vm-v2-max256-shm64.json --require 65Mi --format json",
        "inspect --from tests/captures/vm-v2-max256-shm64.json --require 65Mi --format openmetrics",
        "inspect --from tests/captures/k8s-b5-lim1g-size2g.json --size-limit 2Gi",
        "inspect --from tests/captures/k8s-b5-lim1g-size2g.json --size-limit 1Gi",
        "inspect --from tests/captures/k8s-b5-lim1g-size2g.json --size-limit 64Mi --explain",
        "--from tests/captures/vm-v2-max256-shm64.json",
        "--from tests/captures/vm-v2-max256-shm64.json --explain --color always",
    ] {
        said.run(line);
    }
    said.check("errors/checks");
}

#[test]
fn every_refusal_of_a_plan_is_worded_as_it_was() {
    let mut said = Transcript::default();
    let others = || "postgres (pid 7) has /dev/shm mounted too".to_owned();
    for error in [
        FillError::NoFile(Kind::Sysv, Method::Write),
        FillError::NoFile(Kind::Anon, Method::Fallocate),
        FillError::Workers,
        FillError::TooLittle(Bytes(4096)),
        FillError::TooLittle(Bytes::mib(2)),
        FillError::Hurts(others()),
        FillError::WholeMachine("this would take 20 GiB of the whole machine".to_owned()),
    ] {
        said.part(&format!("{error:?}"), &format!("{error}\n"));
    }
    for error in [
        BenchError::Cpu(7, "0-3".to_owned()),
        BenchError::Procs(8, 4),
        BenchError::Nothing("every kind is left out".to_owned()),
        BenchError::Shared(others()),
        BenchError::Memory(Bytes::mib(1)),
    ] {
        said.part(&format!("{error:?}"), &format!("{error}\n"));
    }
    said.check("errors/plans");
}
