//! Where results go, and what is said where they cannot go there: closed descriptors, full disks, pipes,
//! files that may not grow, and files that are two outputs at once.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::signal::signal;
use crate::traces::{left_behind, turn};

const SHMETER: &str = env!("CARGO_BIN_EXE_shmeter");
const REPORTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reports/run-a.jsonl");
const FILL: &str = "fill --kind memfd --until 1Mi --force";

/// What is typed where every output is there, and the code that it then ends with.
fn commands() -> Vec<(String, i32)> {
    let lines = [
        "inspect",
        "inspect --format json",
        "inspect --format openmetrics",
        "ls",
        "ls --format json",
        "compare --no-cost",
        "bench lifecycle --quick --rounds 1 --bytes 1Mi --kind anon --force",
        "bench lifecycle --quick --rounds 1 --bytes 1Mi --kind anon --force --format csv",
        "run --only inspect",
        "run --only inspect --format json",
        "run --only inspect --format text --journal journal",
        "run --only inspect --format jsonl --journal journal",
        "run --only fill --budget-size 1Mi --format json --journal journal",
        "run --only inspect --format json --journal journal --termination-log message",
        "capture",
        "generate man",
        "generate completions bash",
        "--help",
        "fill --help",
        "--version",
    ];
    let mut all: Vec<(String, i32)> = lines.iter().map(|line| ((*line).to_owned(), 0)).collect();
    for format in ["text", "json", "jsonl"] {
        all.push((format!("{FILL} --format {format}"), 0));
        all.push((format!("{FILL} --format {format} --journal journal"), 0));
    }
    for format in ["text", "markdown", "html", "svg", "csv", "json"] {
        all.push((format!("report {REPORTS} --format {format}"), 0));
    }
    for (line, code) in [
        ("inspect --nothing", 2),
        ("inspect --from -", 3),
        ("report -", 3),
        ("fill --journal /", 2),
    ] {
        all.push((line.to_owned(), code));
    }
    all
}

/// A shell's line with the program in it, in a folder of its own with a file for the message.
fn shell(folder: &Path, line: &str) -> Command {
    fs::write(folder.join("message"), "").unwrap();
    let mut command = Command::new("bash");
    command.args(["-c", line, SHMETER]).current_dir(folder).env_remove("TERMINATION_LOG");
    command.stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Each line is one of a journal, and stands there once.
fn is_journal(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let events: Vec<Value> =
        lines.iter().map(|line| serde_json::from_str(line).unwrap_or_default()).collect();
    let of = |name: &str| events.iter().filter(|line| line["event"] == name).count();
    let mut once = lines.clone();
    once.sort_unstable();
    once.dedup();
    let ends = events.last().is_some_and(|line| line["event"] == "end");
    let starts = events.first().is_some_and(|line| line["event"] == "start");
    let whole = text.ends_with('\n') && events.iter().all(|line| line["event"].is_string());
    whole && starts && ends && of("start") == 1 && of("end") == 1 && once.len() == lines.len()
}

/// What of 0, 1 and 2 is closed.
#[derive(Clone, Copy, Debug)]
struct Closed([bool; 3]);

impl Closed {
    fn all() -> Vec<Closed> {
        (0..8).map(|bits| Closed([bits & 1 != 0, bits & 2 != 0, bits & 4 != 0])).collect()
    }

    fn shell(self) -> String {
        let parts = ["<&-", ">&-", "2>&-"].into_iter().zip(self.0);
        parts.filter(|(_, closed)| *closed).map(|(part, _)| part).collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn whatever_is_closed_every_command_ends_with_the_right_code_and_mixes_nothing_up() {
    let _turn = turn();
    let before = left_behind("shmeter");
    let mut wrong = Vec::new();
    for (line, code) in commands() {
        for closed in Closed::all() {
            let folder = tempfile::tempdir().unwrap();
            let script = format!("exec \"$0\" {line} {}", closed.shell());
            let output = shell(folder.path(), &script).output().unwrap();
            let faults = faults(folder.path(), &line, code, closed, &output);
            wrong.extend(faults.iter().map(|fault| format!("{line}, {closed:?}: {fault}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(left_behind("shmeter"), before);
}

fn faults(folder: &Path, line: &str, code: i32, closed: Closed, output: &Output) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut hold = |holds: bool, fault: String| {
        if !holds {
            wrong.push(fault);
        }
    };
    let Closed([_, no_out, no_err]) = closed;
    let told = said(output);
    let wanted = if code == 0 && no_out { 4 } else { code };
    hold(output.status.code() == Some(wanted), format!("{}, not {wanted}: {told}", output.status));
    hold(output.stdout.is_empty() == (no_out || code > 1), "the result on stdout".to_owned());
    let lines = told.matches("cannot write to stdout: Bad file number").count();
    let wanted = usize::from(no_out && !no_err && code == 0);
    hold(lines == wanted, format!("told {lines} times that stdout is closed: {told}"));
    hold(told.is_empty() || !no_err, format!("on a closed stderr: {told}"));
    let journals = line.contains("--journal journal");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let wanted: &[&str] = if journals { &["journal", "message"] } else { &["message"] };
    hold(names == wanted, format!("files: {names:?}"));
    if journals {
        let text = fs::read_to_string(folder.join("journal")).unwrap_or_default();
        hold(is_journal(&text), format!("no journal: {text}"));
        if line.contains("jsonl") && !no_out {
            hold(output.stdout == text.as_bytes(), "journal and stdout differ".to_owned());
        }
    }
    let message = fs::read_to_string(folder.join("message")).unwrap();
    let wanted = line.contains("--termination-log");
    let is_message = message.starts_with("shmeter run: ") && !message.contains('{');
    hold(if wanted { is_message } else { message.is_empty() }, format!("message: {message}"));
    wrong
}

#[test]
fn a_result_that_has_no_room_is_told_by_every_command_once() {
    let _turn = turn();
    let mut wrong = Vec::new();
    for (line, code) in commands().into_iter().filter(|(_, code)| *code == 0) {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("exec \"$0\" {line} >/dev/full");
        let output = shell(folder.path(), &script).output().unwrap();
        let told = said(&output);
        let lines = told.matches("cannot write to stdout: No space left on device").count();
        if (output.status.code(), lines) != (Some(4), 1) {
            wrong.push(format!("{line}: {code} {}: {told}", output.status));
        }
        if line.contains("--journal journal") {
            let journal = fs::read_to_string(folder.path().join("journal")).unwrap();
            assert!(is_journal(&journal), "{line}: {journal}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_reader_that_went_away_is_no_error_of_any_command() {
    let _turn = turn();
    let mut wrong = Vec::new();
    for (line, _) in commands().into_iter().filter(|(_, code)| *code == 0) {
        let folder = tempfile::tempdir().unwrap();
        // Nobody has the pipe open for reading once it begins.
        let script = format!("exec 3> >(:); wait $!; exec \"$0\" {line} >&3 3>&-");
        let output = shell(folder.path(), &script).output().unwrap();
        let told = said(&output);
        if output.status.code() != Some(0) || told.contains("stdout") {
            wrong.push(format!("{line}: {}: {told}", output.status));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_a_command_came_to_stands_before_an_output_that_was_lost() {
    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    let script = "exec \"$0\" inspect --require 999Ti >/dev/full";
    let output = shell(folder.path(), script).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("cannot write to stdout: No space left on device"));
    // A disk is no shared memory: inspect says fail, and the fills are refused.
    let disk = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let run = format!("\"$0\" run --only inspect --path {} --journal", disk.path().display());
    for outputs in ["journal >/dev/full", "/dev/full"] {
        let output = shell(folder.path(), &format!("exec {run} {outputs}")).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert_eq!(said(&output).matches("No space left on device").count(), 1);
    }
}

#[test]
fn a_journal_or_a_message_that_has_no_room_costs_nothing_that_was_measured() {
    let _turn = turn();
    for line in [
        "run --only inspect,fill --budget-size 1Mi --format json --journal /dev/full".to_owned(),
        format!("{FILL} --format json --journal /dev/full"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = shell(folder.path(), &format!("exec \"$0\" {line}")).output().unwrap();
        let told = said(&output);
        assert_eq!(output.status.code(), Some(4), "{line}: {told}");
        let why = "cannot write the journal /dev/full: No space left on device; continuing";
        assert_eq!(told.matches(why).count(), 1, "{line}: {told}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(document["schema"].is_string());
    }
}

#[test]
fn of_files_that_may_not_grow_whole_lines_stay_and_the_rest_is_told() {
    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    // Of 512 bytes each: less than the document of an inspect.
    let outputs = "--journal journal --termination-log message";
    let script = format!("ulimit -f 1; exec \"$0\" run --only inspect --format json {outputs}");
    let output = shell(folder.path(), &script).output().unwrap();
    let told = said(&output);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert_eq!(
        told.matches("cannot write the journal journal: File too large").count(),
        1,
        "{told}"
    );
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["steps"][0]["outcome"], "done");
    let journal = fs::read_to_string(folder.path().join("journal")).unwrap();
    assert!(journal.contains(r#"{"event":"before","step":"inspect"}"#), "{journal}");
    assert!(journal.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{journal}");
    let script = "ulimit -f 0; exec \"$0\" run --only inspect --termination-log message";
    let output = shell(folder.path(), script).output().unwrap();
    let told = said(&output);
    assert_eq!(output.status.code(), Some(4), "{told}");
    let why = "cannot write the termination message: File too large";
    assert_eq!(told.matches(why).count(), 1, "{told}");
    let script = "ulimit -f 1; exec \"$0\" inspect --format json >result";
    let output = shell(folder.path(), script).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(said(&output).contains("cannot write to stdout: File too large"), "{}", said(&output));
}

#[test]
fn a_journal_that_nobody_reads_is_refused_without_a_wait() {
    let _turn = turn();
    for line in [FILL, "run --only inspect"] {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("mkfifo pipe; exec timeout -s KILL 30 \"$0\" {line} --journal pipe");
        let output = shell(folder.path(), &script).output().unwrap();
        let told = said(&output);
        assert_eq!(output.status.code(), Some(2), "{line}: {told}");
        assert!(
            told.contains(
                "cannot write the journal pipe: no process has that pipe open for reading"
            ),
            "{told}"
        );
        // Somebody has it open: what is written waits there to be read.
        let script = format!(
            "exec 3<>pipe; \"$0\" {line} --format json --journal pipe >result; exec 4<pipe 3>&-; cat <&4"
        );
        let output = shell(folder.path(), &script).output().unwrap();
        assert!(is_journal(&String::from_utf8(output.stdout).unwrap()), "{line}");
    }
}

/// Starts a program whose output goes where nobody takes it, and waits until it is held up there.
fn held_up(folder: &Path, script: &str) -> Child {
    let mut command = shell(folder, script);
    // A signal to the group of the shell's processes comes from here only.
    let child = command.process_group(0).stderr(Stdio::piped()).spawn().unwrap();
    let waits = || {
        let call = fs::read_to_string(format!("/proc/{}/syscall", child.id())).unwrap_or_default();
        let exe = fs::read_link(format!("/proc/{}/exe", child.id())).unwrap_or_default();
        let number = call.split(' ').next().unwrap_or_default().parse::<i64>().ok();
        let calls = [
            libc::SYS_write,
            libc::SYS_ppoll,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_poll,
        ];
        let held = calls.map(Some).contains(&number);
        exe == Path::new(SHMETER) && held
    };
    let mut times = 0;
    while times < 50 {
        times = if waits() { times + 1 } else { 0 };
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

#[test]
fn a_reader_that_takes_nothing_keeps_no_command_from_ending() {
    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    // A pipe that is full: who writes has both its ends, and reads nothing.
    let pipe = "rm -f pipe; mkfifo pipe; exec 3<>pipe; head -c 65536 /dev/zero >&3";
    for outputs in ["--format json --journal pipe >/dev/null", "--format jsonl >pipe"] {
        for name in ["INT", "TERM"] {
            let script = format!("{pipe}; exec \"$0\" run --only inspect {outputs}");
            let mut child = held_up(folder.path(), &script);
            signal(child.id(), name);
            // What never ends is killed after a minute.
            let ended = |child: &mut Child| child.try_wait().unwrap().is_some();
            (0..6000).any(|_| {
                std::thread::sleep(Duration::from_millis(10));
                ended(&mut child)
            });
            let _ = child.kill();
            let output = child.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(130), "{outputs}: {}", said(&output));
            assert!(said(&output).contains("Interrupted system call"), "{}", said(&output));
        }
    }
}

#[test]
fn a_file_takes_one_output_only_and_keeps_what_it_held() {
    let _turn = turn();
    for (line, other) in [
        (format!("{FILL} --journal file >>file"), "stdout"),
        (format!("{FILL} --journal file --format jsonl >>file"), "stdout"),
        (format!("{FILL} --journal file 2>>file"), ""),
        ("run --only inspect --journal file >>file".to_owned(), "stdout"),
        ("run --only inspect --journal /dev/stdout | cat".to_owned(), "stdout"),
        ("run --only inspect --journal file --termination-log file".to_owned(), "message"),
        ("run --only inspect --termination-log file >>file".to_owned(), "stdout"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "kept\n").unwrap();
        let script = format!("set -o pipefail; \"$0\" {line}");
        let output = shell(folder.path(), &script).output().unwrap();
        let told = said(&output);
        assert_eq!(output.status.code(), Some(2), "{line}: {told}");
        assert!(
            told.contains(other) && (other.is_empty() || told.contains("goes there")),
            "{told}"
        );
        let file = fs::read_to_string(folder.path().join("file")).unwrap();
        let lines = file.lines().count();
        // What is said of it goes there too, where that is stderr.
        assert!(
            file.starts_with("kept\n") && lines == if other.is_empty() { 2 } else { 1 },
            "{file}"
        );
    }
}
