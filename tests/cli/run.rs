//! What a run does on this machine: its steps, budgets, journal, message and codes. How right it is
//! in a container: tests/docker/live/run.rs.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::signal::signal;
use crate::traces::{left_behind, turn};

const MIB: u64 = 1 << 20;
const FILLS: [&str; 4] =
    ["fill posix touch", "fill posix write", "fill sysv touch", "fill memfd write"];

/// A run whose files lie in a folder of their own.
fn command(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmeter"));
    command.args(["run", "--path"]).arg(folder).args(arguments.split_whitespace());
    command.env_remove("TERMINATION_LOG").stdin(Stdio::null());
    command
}

fn shm() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap()
}

fn run(arguments: &str) -> Output {
    command(shm().path(), arguments).output().unwrap()
}

/// The lines of a journal that are whole.
fn lines(text: &str) -> Vec<Value> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The document of a run in JSON, and the code.
fn document(arguments: &str) -> (Value, Option<i32>) {
    let output = run(&format!("{arguments} --format json"));
    let told = serde_json::from_slice(&output.stdout);
    (told.unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr))), output.status.code())
}

#[test]
fn each_step_is_noted_before_and_after_and_the_last_line_holds_the_document() {
    let _turn = turn();
    let output = run("--only inspect,fill --budget-size 8Mi --label a=b --label c=d=e");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    // In a pipe the journal is what it prints.
    let lines = lines(&text(&output.stdout));
    let start = &lines[0];
    assert_eq!((&start["event"], &start["schema"]), (&"start".into(), &"shmeter.run/1".into()));
    assert_eq!(start["budget_bytes"], 8 * MIB);
    let labels = &start["environment"]["labels"];
    assert_eq!((&labels["a"], &labels["c"]), (&"b".into(), &"d=e".into()));
    let mut steps = vec!["inspect"];
    steps.extend(FILLS);
    assert_eq!(start["steps"], Value::from(steps.clone()));
    let mut rest = lines[1..lines.len() - 1].iter();
    for step in steps {
        let before = rest.next().unwrap();
        assert_eq!((&before["event"], &before["step"]), (&"before".into(), &step.into()));
        let mut told = Vec::new();
        let after = loop {
            let line = rest.next().unwrap();
            assert_eq!(line["step"], step, "{line}");
            if line["event"] == "after" {
                break line;
            }
            assert_eq!(line["event"], "progress", "{line}");
            told.push(line["line"]["event"].as_str().unwrap().to_owned());
        };
        assert!(after["document"]["schema"].is_string(), "{after}");
        let fills = told.first().is_some_and(|first| first == "start");
        assert_eq!(fills, step.starts_with("fill"), "{told:?}");
        assert!(!told.contains(&"end".to_owned()), "the document stands in `after`");
    }
    assert!(rest.next().is_none());
    let end = lines.last().unwrap();
    let document = &end["document"];
    assert_eq!((&end["event"], &document["schema"]), (&"end".into(), &"shmeter.run/1".into()));
    assert_eq!((&document["compare"], &document["bench"]), (&Value::Null, &Value::Null));
    let fills = document["fill"].as_array().unwrap();
    assert_eq!(fills.len(), FILLS.len());
    for fill in fills {
        let measured = (&fill["measured"]["bytes"], &fill["measured"]["ended_in"]);
        assert_eq!(measured, (&(8 * MIB).into(), &"stopped".into()), "{fill}");
        assert_eq!(fill["agrees"], true, "{fill}");
    }
    assert_eq!(document["steps"].as_array().unwrap().len(), 5);
    assert_eq!(document["interrupted"], false);
    for key in ["time", "hostname", "kernel", "cpu", "container"] {
        assert!(document["environment"][key].is_string(), "{key}");
    }
}

#[test]
fn a_bench_measures_for_as_long_as_it_may_and_says_so() {
    let _turn = turn();
    let folder = shm();
    let arguments = "--only bench --force --budget 20s --budget-size 1Mi --format json";
    let mut command = command(folder.path(), arguments);
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    // Something was measured once a lifecycle makes its names, and who was stopped is never done,
    // however fast the machine is.
    until("nothing was measured", || {
        let mut entries = fs::read_dir(folder.path()).unwrap();
        entries.any(|entry| entry.unwrap().file_name().to_string_lossy().contains("bench"))
    });
    let pid = child.id();
    let leader = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    signal(leader.trim().parse().unwrap(), "STOP");
    let output = child.wait_with_output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(!told["bench"]["results"].as_array().unwrap().is_empty());
    let warnings = told["bench"]["warnings"].to_string();
    assert!(warnings.contains("out of time after"), "{warnings}");
    assert_eq!(
        (&told["bench"]["interrupted"], &told["interrupted"]),
        (&false.into(), &false.into())
    );
}

#[test]
fn a_bench_takes_no_more_than_it_may_and_names_what_needs_more() {
    let _turn = turn();
    let (told, code) = document("--only bench --budget-size 1Mi");
    assert_eq!(code, Some(0), "{told}");
    let results = told["bench"]["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for figure in results {
        assert!(figure["bytes"].as_u64().unwrap() <= MIB && figure["op"] != "page", "{figure}");
    }
    let warnings = told["bench"]["warnings"].to_string();
    assert!(
        warnings.contains("fault page") && warnings.contains("more than 1.0 MiB"),
        "{warnings}"
    );
}

#[test]
fn a_compare_is_part_of_it() {
    let _turn = turn();
    let (told, code) = document("--only compare");
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(told["compare"]["schema"], "shmeter.compare/1");
    assert_eq!(told["steps"][0]["outcome"], "done");
}

#[test]
fn a_compare_ends_with_its_time_and_names_what_was_not_probed() {
    let _turn = turn();
    // Nothing tells how far it is: on idle CPUs it may have probed all before it is stopped.
    let mut rows = String::new();
    let is_told = (0..5).any(|_| {
        let told = compare_that_stood_still();
        rows = told["compare"]["rows"].to_string();
        ["cost-whole", "bandwidth"].into_iter().all(|id| {
            let mut found = told["compare"]["rows"].as_array().unwrap().iter();
            let row = found.find(|row| row["id"] == id).unwrap();
            row["cells"]["memfd"]["why"] == "not probed: out of time"
        })
    });
    assert!(is_told, "{rows}");
}

/// A run of compare that is stopped while it probes, until its time is over: from then on it must not probe.
fn compare_that_stood_still() -> Value {
    let (folder, place) = (shm(), tempfile::tempdir().unwrap());
    let journal = place.path().join("journal");
    let mut command = command(folder.path(), "--only compare --budget 5s --format json --journal");
    let child = command.arg(&journal).stdout(Stdio::piped()).spawn().unwrap();
    until("no compare began", || {
        let told = fs::read_to_string(&journal).unwrap_or_default();
        told.contains(r#"{"event":"before","step":"compare"}"#)
    });
    signal(child.id(), "STOP");
    std::thread::sleep(Duration::from_millis(5100));
    signal(child.id(), "CONT");
    serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn what_does_not_fit_into_the_budget_is_skipped_and_named() {
    let _turn = turn();
    let (told, code) = document("--skip fill,inspect --budget 1s");
    assert_eq!(code, Some(3), "nothing was told: {told}");
    let steps = told["steps"].as_array().unwrap();
    for (step, name) in steps.iter().zip(["compare", "bench"]) {
        let row = (&step["step"], &step["outcome"]);
        assert_eq!(row, (&name.into(), &"skipped".into()));
        assert!(step["why"].as_str().unwrap().contains("--budget"), "{step}");
    }
    assert_eq!(steps.len(), 2);
    let output = run("--only compare,inspect --budget 1s --format text");
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("compare: skipped: it needs 4s"));
}

#[test]
fn a_fill_ends_with_its_part_of_the_time() {
    let _turn = turn();
    let (folder, place) = (shm(), tempfile::tempdir().unwrap());
    let child = under_way(folder.path(), &place.path().join("journal"), "--budget 4s");
    // Stopped for longer than its part of a second, it is late however fast the machine is.
    signal(child.id(), "STOP");
    std::thread::sleep(Duration::from_millis(1500));
    signal(child.id(), "CONT");
    let output = child.wait_with_output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    let first = &told["fill"][0];
    assert_eq!(
        (&first["agrees"], &first["measured"]["ended_in"]),
        (&Value::Null, &"stopped".into())
    );
    assert!(first["why"].as_str().unwrap().contains("out of time"), "{first}");
}

#[test]
fn a_step_that_fails_does_not_end_the_run() {
    let _turn = turn();
    let disk = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let arguments = "--only inspect,fill --budget-size 4Mi --format json";
    let output = command(disk.path(), arguments).output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    // Files there are no shared memory, so inspect says fail too.
    assert_eq!((&told["verdict"], output.status.code()), (&"fail".into(), Some(1)), "{told}");
    let outcomes: Vec<&Value> =
        told["steps"].as_array().unwrap().iter().map(|step| &step["outcome"]).collect();
    assert_eq!(outcomes, ["done", "failed", "failed", "done", "done"]);
    assert_eq!(told["fill"].as_array().unwrap().len(), 2);
    let alone = command(disk.path(), "--only fill --budget-size 4Mi").output().unwrap();
    assert_eq!(alone.status.code(), Some(4), "the machine refused");
    let journal = lines(&text(&alone.stdout));
    let errors: Vec<&Value> = journal.iter().filter(|line| line["error"].is_string()).collect();
    assert_eq!(errors.len(), 2);
    assert!(errors.iter().all(|line| line["event"] == "after" && line["document"].is_null()));
}

/// Starts a long run and waits until its first fill is under way.
fn under_way(folder: &Path, journal: &Path, arguments: &str) -> Child {
    let mut command = command(folder, "--only inspect,fill --budget-size 3Gi --format json");
    command.args(arguments.split_whitespace()).arg("--journal").arg(journal);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until("no fill began", || {
        let told = fs::read_to_string(journal).unwrap_or_default();
        told.contains(r#""event":"before","bytes""#)
    });
    child
}

/// Waits until something is so; the minute is for what never will be.
fn until(why: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "{why}");
        // Names of a lifecycle stand for microseconds.
        std::thread::sleep(Duration::from_micros(20));
    }
}

#[test]
fn an_interrupted_run_tells_what_was_done_so_far_and_leaves_nothing() {
    let _turn = turn();
    let before = left_behind("shmeter");
    let (folder, place) = (shm(), tempfile::tempdir().unwrap());
    let journal = place.path().join("journal");
    let child = under_way(folder.path(), &journal, "");
    signal(child.id(), "TERM");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["interrupted"], true);
    assert!(told["inspect"].is_object());
    let steps = told["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 5);
    assert!(steps[2..].iter().all(|step| step["outcome"] == "skipped"), "{steps:?}");
    assert_eq!(told["fill"][0]["interrupted"], true);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    assert_eq!(left_behind("shmeter"), before);
    let journal = lines(&fs::read_to_string(&journal).unwrap());
    assert_eq!(journal.last().unwrap()["document"]["interrupted"], true);
}

#[test]
fn what_was_killed_leaves_a_journal_and_a_message_that_tell_the_last_step() {
    let _turn = turn();
    let (folder, place) = (shm(), tempfile::tempdir().unwrap());
    let (journal, message) = (place.path().join("journal"), place.path().join("message"));
    fs::write(&message, "").unwrap();
    let arguments = format!("--termination-log {}", message.display());
    let child = under_way(folder.path(), &journal, &arguments);
    signal(child.id(), "KILL");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (None, 0));
    let told = lines(&fs::read_to_string(&journal).unwrap());
    let last = told.last().unwrap();
    assert_eq!((&last["event"], &last["step"]), (&"progress".into(), &FILLS[0].into()));
    assert!(told.iter().any(|line| line["document"]["schema"] == "shmeter.inspect/1"));
    let message = fs::read_to_string(&message).unwrap();
    // 3 GiB, half of a small /dev/shm that others may use, or what it has.
    let last = message.lines().find(|line| line.starts_with("fill posix touch: running, "));
    let words = ["iB expected, then stopped", "iB expected, then sigbus"];
    assert!(
        last.is_some_and(|line| line.ends_with("; if this is the last line, it was killed here")
            && words.iter().any(|words| line.contains(words))),
        "{message}"
    );
    assert!(message.contains("usable"), "{message}");
    // The worker ends with whoever started it.
    until("a file is left", || fs::read_dir(folder.path()).unwrap().count() == 0);
}

#[test]
fn the_message_of_a_container_takes_the_place_of_what_was_there() {
    let _turn = turn();
    let (folder, place) = (shm(), tempfile::tempdir().unwrap());
    let message = place.path().join("message");
    let arguments = "--only inspect,fill --budget-size 4Mi";
    for by_variable in [false, true] {
        fs::write(&message, "x".repeat(9000)).unwrap();
        let mut command = command(folder.path(), arguments);
        if by_variable {
            command.env("TERMINATION_LOG", &message);
        } else {
            command.arg("--termination-log").arg(&message);
        }
        assert_eq!(command.output().unwrap().status.code(), Some(0));
        let told = fs::read_to_string(&message).unwrap();
        assert!(told.starts_with("shmeter run: ") && told.len() <= 4096, "{told}");
        assert!(!told.contains('x') || told.lines().count() < 12, "{told}");
        for fill in FILLS {
            assert!(told.contains(&format!("{fill}: 4.0 MiB, stopped, as predicted")), "{told}");
        }
        assert!(!told.contains("running"), "{told}");
    }
    // It makes no such file.
    let missing = place.path().join("missing");
    let output = command(folder.path(), arguments).arg("--termination-log").arg(&missing).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("must exist") && !missing.exists());
    let usual = Path::new("/dev/termination-log");
    let before = usual.exists();
    assert_eq!(run("--only inspect").status.code(), Some(0));
    assert_eq!(usual.exists(), before);
}

#[test]
fn a_person_reads_it_in_80_columns_without_colours_in_a_pipe() {
    let _turn = turn();
    let output = run("--only inspect,fill --budget-size 4Mi --format text --label a=\u{1b}[2J");
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    assert!(!told.contains('\u{1b}'), "{told}");
    assert!(told.lines().next().unwrap().contains("usable now"), "the answer first: {told}");
    assert!(told.contains("posix touch") && told.contains("predicted"), "{told}");
}

#[test]
fn where_json_lines_come_unasked_a_line_on_stderr_says_how_to_read_them() {
    let _turn = turn();
    let hints = |arguments: &str| {
        let output = run(&format!("--only inspect {arguments}"));
        assert!(
            text(&output.stdout)
                .lines()
                .all(|line| serde_json::from_str::<Value>(line).is_ok() || !arguments.is_empty())
        );
        let err = text(&output.stderr);
        err.lines().filter(|line| line.contains("| shmeter report -")).count()
    };
    assert_eq!(hints(""), 1);
    for asked in ["--format jsonl", "--format json", "--format text"] {
        assert_eq!(hints(asked), 0, "{asked}");
    }
}

#[test]
fn wrong_use_is_refused_in_one_line_before_anything_is_done() {
    for (arguments, word) in [
        ("--only swimming", "--only"),
        ("--only inspect --skip bench", "--skip"),
        ("--skip inspect,compare,bench,fill", "--skip"),
        ("--budget 0", "--budget"),
        ("--budget soon", "--budget"),
        ("--budget -5", "--budget"),
        ("--budget-size 5", "--budget-size"),
        ("--label x", "KEY=VALUE"),
        ("--label =x", "KEY=VALUE"),
        ("--until never", "--until"),
        ("--journal /nowhere/at/all", "/nowhere/at/all"),
    ] {
        let output = run(arguments);
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments}: {err}");
        assert!(err.contains(word) && err.lines().count() == 1, "{arguments}: {err}");
        assert!(output.stdout.is_empty(), "{arguments}");
    }
    let nowhere = command(Path::new("/nowhere"), "").output().unwrap();
    assert_eq!(nowhere.status.code(), Some(2), "{}", text(&nowhere.stderr));
}
