//! What a bench says, and that it leaves nothing. Figures are not asserted: only that they are there,
//! count what they say, and that what was sent arrived.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::signal::signal;
use crate::skip::skip;
use crate::traces::{left_behind, turn};

fn bench(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmeter"));
    command.args(["bench", "--force"]).args(arguments.split_whitespace()).stdin(Stdio::null());
    command
}

fn run(arguments: &str) -> Output {
    bench(arguments).output().unwrap()
}

fn document(arguments: &str) -> Value {
    let output = run(&format!("{arguments} --format json"));
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{err}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn two_cpus() -> bool {
    std::thread::available_parallelism().is_ok_and(|cpus| cpus.get() > 1)
}

#[test]
fn every_test_has_a_figure_of_every_kind() {
    let _turn = turn();
    let before = left_behind("shmeter-bench");
    let told = document("all --quick --rounds 1 --bytes 4Mi");
    assert_eq!(told["schema"], "shmeter.bench/1");
    let results = told["results"].as_array().unwrap();
    let mut tests = vec!["bandwidth", "fault", "lifecycle"];
    if two_cpus() {
        tests.extend(["ping-pong", "ring"]);
    }
    for test in tests {
        for kind in ["posix", "sysv", "memfd", "anon"] {
            let mut figures = results.iter().filter(|r| r["test"] == test && r["kind"] == kind);
            let figure = figures.next().unwrap_or_else(|| panic!("{test} of {kind}: {told}"));
            let unit = figure["unit"].as_str().unwrap();
            assert!(["GiB/s", "ns", "msg/s"].contains(&unit), "{unit}");
            assert!(figure["median"].as_f64().unwrap() > 0.0, "{figure}");
            assert_eq!(figure["runs"], 1);
            assert_eq!(figure["ci95"].as_array().unwrap().len(), 2);
        }
    }
    let of = |op: &str| results.iter().find(|r| r["op"] == op).unwrap();
    assert_eq!(of("page-warm")["percentiles"]["count"], (1 << 20) / page());
    // The first eighth is not counted.
    assert_eq!(of("page")["percentiles"]["count"], (64 << 20) / page() / 8 * 7);
    assert!(told["environment"]["clock_overhead_ns"].as_f64().unwrap() > 0.0);
    assert_eq!(left_behind("shmeter-bench"), before);
}

fn page() -> u64 {
    let size = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE).unwrap().unwrap();
    u64::try_from(size).unwrap()
}

#[test]
fn each_figure_tells_what_came_between_and_a_ring_how_long_a_message_took_under_load() {
    if !two_cpus() {
        return;
    }
    let _turn = turn();
    let told = document("bandwidth ping-pong ring --quick --kind memfd --rounds 1 --bytes 4Mi");
    let results = told["results"].as_array().unwrap();
    for figure in results {
        assert!(figure["preempted"].is_u64() && figure["stolen_ms"].is_u64(), "{figure}");
        let timed = figure["percentiles"].is_object();
        let op = figure["op"].as_str().unwrap();
        assert_eq!(timed, figure["test"] == "ring" || op.starts_with("futex"), "{figure}");
    }
    for op in ["64B-spin", "64B-backoff", "64B-batched", "64B-latency", "spin-64B"] {
        assert!(results.iter().any(|figure| figure["op"] == op), "{op}: {told}");
    }
    let environment = &told["environment"];
    assert!(environment["clock_offset_ns"].is_number(), "{environment}");
    assert!(environment["clock_resolution_ns"].as_f64() > Some(0.0), "{environment}");
}

#[test]
fn only_what_was_asked_for_is_measured() {
    let _turn = turn();
    let told = document("bandwidth --kind memfd --bytes 2Mi --rounds 2 --procs 1");
    let results = told["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for figure in results {
        let same = [&figure["test"], &figure["kind"]];
        assert_eq!(same, ["bandwidth", "memfd"]);
        assert_eq!((&figure["bytes"], &figure["procs"]), (&(2 << 20).into(), &1.into()));
        assert_eq!(figure["runs"], 2);
    }
}

#[test]
fn every_form_tells_the_same_figures() {
    let _turn = turn();
    let arguments = "fault --kind posix --kind anon --rounds 1";
    let csv = String::from_utf8(run(&format!("{arguments} --format csv")).stdout).unwrap();
    let columns = csv.lines().next().unwrap().split(',').count();
    assert!(csv.lines().all(|line| line.split(',').count() == columns), "{csv}");
    assert!(
        csv.lines().any(|line| line.starts_with("fault,anon,page-warm,1,1048576,ns,")),
        "{csv}"
    );
    let text = String::from_utf8(run(arguments).stdout).unwrap();
    assert!(text.contains("first touch of a page") && !text.contains('\u{1b}'), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let markdown =
        String::from_utf8(run(&format!("{arguments} --format markdown")).stdout).unwrap();
    assert!(markdown.contains("| page "), "{markdown}");
}

#[test]
fn what_cannot_be_done_is_refused_in_one_line() {
    let _turn = turn();
    for (arguments, word) in [
        ("swimming", "ping-pong"),
        ("--cpus x", "--cpus"),
        ("--cpus 9999", "--cpus"),
        ("--pair near", "--pair"),
        ("--pair smt --cpus 0", "--cpus"),
        ("--procs 200", "--procs"),
        ("--rounds 0", "--rounds"),
    ] {
        let output = run(arguments);
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments}: {err}");
        assert!(err.contains(word) && err.lines().count() == 1, "{arguments}: {err}");
        assert!(output.stdout.is_empty());
    }
}

/// A bench of a thousand rounds, once it has measured something, and its leader.
fn under_way(folder: &Path) -> (Child, u32) {
    let mut command = bench("fault lifecycle --rounds 1000 --format json --path");
    let child = command.arg(folder).stdout(Stdio::piped()).spawn().unwrap();
    // A guard: the minute is for what never will be.
    let start = Instant::now();
    // Faults are told before the first name of a lifecycle stands there.
    while names(folder).iter().all(|name| !name.contains("bench")) {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing was measured");
    }
    let pid = child.id();
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    (child, children.trim().parse().unwrap())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn what_was_measured_before_the_leader_was_killed_is_kept() {
    let _turn = turn();
    let (before, folder) =
        (left_behind("shmeter-bench"), tempfile::tempdir_in("/dev/shm").unwrap());
    let (child, leader) = under_way(folder.path());
    signal(leader, "KILL");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(!told["results"].as_array().unwrap().is_empty(), "{told}");
    assert_eq!(told["interrupted"], false);
    let warnings = told["warnings"].to_string();
    assert!(warnings.contains("ended early"), "{warnings}");
    assert_eq!(left_behind("shmeter-bench"), before);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_process_that_is_killed_while_another_one_waits_for_it_ends_the_bench_at_once() {
    if !two_cpus() {
        let name = "a_process_that_is_killed_while_another_one_waits_for_it_ends_the_bench_at_once";
        return skip(name, "needs two CPUs");
    }
    let _turn = turn();
    for test in ["ring", "ping-pong"] {
        // Where other work has the CPUs, one may be over before both are at it.
        let mut all = (0..9).map(|_| of_a_killed_bench(test));
        let said =
            all.find(|said| said.contains("killed")).expect("none was killed in nine benches");
        assert!(!said.contains("gave no result"), "{test}: {said}");
    }
}

/// What a bench says whose second process is killed while the first one waits for it.
fn of_a_killed_bench(test: &str) -> String {
    let mut command = bench(&format!("{test} --kind memfd --rounds 1000 --format json"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Between two cases another one is started in its place.
    while child.try_wait().unwrap().is_none() {
        // Both are at it once it has used a CPU for a while.
        let twin = child_of(child.id()).and_then(child_of).filter(|twin| ticks(*twin) > 0);
        if let Some(twin) = twin {
            // Its leader may have ended it already.
            let _ = kill(Pid::from_raw(twin.try_into().unwrap()), Signal::SIGKILL);
        }
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    said.into_owned()
}

fn child_of(pid: u32) -> Option<u32> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
    children.split_whitespace().next()?.parse().ok()
}

/// CPU time of a process, in hundredths of a second.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let words: Vec<&str> = rest.split_whitespace().collect();
    words
        .get(11..13)
        .map_or(0, |both| both.iter().filter_map(|word| word.parse::<u64>().ok()).sum())
}

#[test]
fn what_is_left_out_is_named_and_fails_only_where_nothing_is_left() {
    let _turn = turn();
    let told = document("ping-pong lifecycle --procs 1 --rounds 1");
    let warnings = told["warnings"].to_string();
    assert!(warnings.contains("they need two CPUs"), "{warnings}");
    let output = run("ping-pong --procs 1");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{err}");
    assert!(err.contains("nothing is left to measure: ping-pong"), "{err}");
}

#[test]
fn no_quota_is_unlimited_and_a_quota_a_number() {
    let _turn = turn();
    let told = document("lifecycle --kind anon --rounds 1");
    let quota = &told["environment"]["cpu_quota_millis"];
    assert!(*quota == "unlimited" || quota.as_u64().is_some(), "{quota}");
}

#[test]
fn an_interrupted_bench_tells_what_it_has_and_leaves_nothing() {
    let _turn = turn();
    let (before, folder) =
        (left_behind("shmeter-bench"), tempfile::tempdir_in("/dev/shm").unwrap());
    let (child, leader) = under_way(folder.path());
    signal(child.id(), "TERM");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["interrupted"], true);
    assert!(!told["results"].as_array().unwrap().is_empty(), "{told}");
    assert!(!Path::new(&format!("/proc/{leader}")).exists(), "{leader} is left");
    assert_eq!(left_behind("shmeter-bench"), before);
    assert_eq!(names(folder.path()), [""; 0]);
}
