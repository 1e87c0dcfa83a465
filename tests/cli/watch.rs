//! `shmeter watch` as a wrapper: the command finds all as it would without it, ends as it would, and what it took
//! and why it failed is told. Those that need a /dev/shm of a certain size have one of their own (root).

use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::skip::{has, skip};

const MIB: u64 = 1 << 20;

/// tests/docker/watched.c, compiled once; `None` where there is no compiler.
fn watched() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<(tempfile::TempDir, PathBuf)>> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("watched");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/docker/watched.c");
        let mut cc = Command::new("cc");
        cc.args(["-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o"]).arg(&program).arg(source);
        let done = cc.stdin(Stdio::null()).status().ok()?;
        assert!(done.success(), "tests/docker/watched.c cannot be compiled");
        Some((folder, program))
    });
    program.as_ref().map(|(_, program)| program.as_path())
}

macro_rules! program {
    ($test:literal) => {
        match watched() {
            Some(program) => program.to_str().unwrap(),
            None => return skip($test, "no C compiler (Debian: gcc and libc6-dev)"),
        }
    };
}

fn watch(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmeter"));
    command.arg("watch").args(words).stdin(Stdio::null());
    command
}

/// The same where /dev/shm is a tmpfs of its own, of 16 MiB.
fn in_16_mib(words: &[&str]) -> Command {
    let script = "mount -t tmpfs -o size=16m,mode=1777 tmpfs /dev/shm && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--ipc", "--mount", "--propagation=private", "sh", "-c", script, "sh"]);
    command.arg(env!("CARGO_BIN_EXE_shmeter")).arg("watch").args(words).stdin(Stdio::null());
    command
}

fn may_mount(test: &str) -> bool {
    has(
        test,
        &["unshare", "--ipc", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/dev/shm"],
        "util-linux, as root",
    )
}

/// What is said as JSON on stderr, behind all that the command itself says there.
fn told(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {text}"))
}

const JSON: [&str; 2] = ["--format", "jsonl"];

fn run(command: &mut Command) -> (Value, Output) {
    let output = command.output().unwrap();
    (told(&output), output)
}

fn document(options: &[&str], words: &[&str]) -> (Value, Output) {
    run(&mut watch(&[&JSON, options, &["--"], words].concat()))
}

fn document_in_16_mib(options: &[&str], words: &[&str]) -> (Value, Output) {
    run(&mut in_16_mib(&[&JSON, options, &["--"], words].concat()))
}

fn incident(document: &Value) -> &Value {
    document["incidents"].get(0).unwrap_or_else(|| panic!("{document:#}"))
}

#[test]
fn it_ends_as_the_command_does() {
    for (words, code) in [
        ("exit 0", 0),
        ("exit 7", 7),
        ("exit 255", 255),
        ("kill -9 $$", 137),
        ("kill -15 $$", 143),
        ("kill -40 $$", 168),
    ] {
        let (_, output) = document(&[], &["sh", "-c", words]);
        assert_eq!(output.status.code(), Some(code), "{words}");
    }
    let missing = watch(&["--", "/nowhere/at-all"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(127));
    let folder = watch(&["--", "/"]).output().unwrap();
    assert_eq!(folder.status.code(), Some(126));
    assert!(String::from_utf8_lossy(&folder.stderr).contains("cannot run /: "), "{folder:?}");
    for usage in [
        &["--every", "never", "--", "true"][..],
        &["--nothing"],
        &["--report", "/nowhere/x", "--", "true"],
    ] {
        assert_eq!(watch(usage).output().unwrap().status.code(), Some(125), "{usage:?}");
    }
}

#[test]
fn stdout_and_stdin_are_the_commands_own() {
    let mut command = watch(&["--", "sh", "-c", "cat; echo end"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"in\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "in\nend\n");
    assert!(
        String::from_utf8_lossy(&output.stderr).starts_with("shmeter watch: ok\n"),
        "{output:?}"
    );
}

/// Everything that a process inherits and a wrapper could change.
const INHERITED: &str = "grep -E '^(Sig|Cap|NoNewPrivs|Seccomp:|Uid|Gid|Groups|Umask)' /proc/self/status | grep -v SigQ; \
                         cat /proc/self/oom_score_adj /proc/self/limits; ls /proc/self/fd | wc -l; nice; pwd; \
                         cut -d' ' -f6-8 /proc/self/stat";

#[test]
fn the_command_finds_all_as_it_would_without_it() {
    for before in ["", "trap '' PIPE CHLD HUP; ulimit -c 0; ", "exec 2>&1; "] {
        let shell = |script: &str| {
            let mut command = Command::new("bash");
            command
                .args(["-c", &format!("{before}{script}")])
                .stdin(Stdio::null())
                .output()
                .unwrap()
                .stdout
        };
        let inner = format!("bash -c \"{}\"", INHERITED.replace('$', "\\$"));
        let plain = String::from_utf8(shell(&inner)).unwrap();
        for options in ["", "--trace signals "] {
            let watch = env!("CARGO_BIN_EXE_shmeter");
            let watched = shell(&format!("{watch} watch --report /dev/null {options}-- {inner}"));
            let watched = String::from_utf8(watched).unwrap();
            let watched: String = watched
                .lines()
                .take(plain.lines().count())
                .map(|line| format!("{line}\n"))
                .collect();
            assert_eq!(watched, plain, "{before}{options}");
        }
    }
}

#[test]
fn each_signal_reaches_the_command_once_whatever_its_number() {
    let program = program!("each_signal_reaches_the_command_once_whatever_its_number");
    for options in [&[][..], &["--trace", "signals"]] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let name = file.to_str().unwrap();
        let mut command = watch(&[options, &["--", program, "signals", name]].concat());
        let child = command.stderr(Stdio::null()).spawn().unwrap();
        await_text(&file, "ready\n");
        let pid = child.id();
        let text = format!("kill -USR1 {pid}; kill -s RTMIN+5 {pid}; sleep 0.3; kill -TERM {pid}");
        assert!(Command::new("bash").args(["-c", &text]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{options:?}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "ready\n1 1 1\n", "{options:?}");
    }
}

/// Waits until a file begins so.
fn await_text(file: &Path, text: &str) {
    while !std::fs::read_to_string(file).unwrap_or_default().starts_with(text) {
        std::thread::yield_now();
    }
}

#[test]
fn a_command_that_is_stopped_stays_so_until_it_is_let_go_on() {
    let program = program!("a_command_that_is_stopped_stays_so_until_it_is_let_go_on");
    for options in [&[][..], &["--trace", "signals"]] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let mut command =
            watch(&[options, &["--", program, "stop", file.to_str().unwrap()]].concat());
        let mut child = command.stderr(Stdio::null()).process_group(0).spawn().unwrap();
        let children = format!("/proc/{0}/task/{0}/children", child.id());
        let state = |pid: &str| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            stat.rsplit_once(") ").map_or(' ', |(_, rest)| rest.chars().next().unwrap_or(' '))
        };
        let stopped = loop {
            let pid = std::fs::read_to_string(&children).unwrap_or_default().trim().to_owned();
            if matches!(state(&pid), 'T' | 't') && is_program(&pid, program) {
                break pid;
            }
            std::thread::yield_now();
        };
        assert!(!file.exists(), "{options:?}");
        // It may have stood there for its exec, with the stop still to come.
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            let kill = format!("kill -CONT {stopped}");
            let _ = Command::new("bash").args(["-c", &kill]).stderr(Stdio::null()).status();
        };
        assert_eq!(status.code(), Some(0), "{options:?}");
        assert!(file.exists(), "{options:?}");
    }
}

fn is_program(pid: &str, program: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|text| text.starts_with(program))
}

#[test]
fn a_spike_of_a_few_milliseconds_is_the_peak() {
    let test = "a_spike_of_a_few_milliseconds_is_the_peak";
    let program = program!("a_spike_of_a_few_milliseconds_is_the_peak");
    if !may_mount(test) {
        return;
    }
    // Each begins at another moment between two samples; on a machine that is busy one may fall between.
    let bytes = (12 * MIB).to_string();
    let of_a_spike = |hold: &str| {
        let words = [program, "spike", "/dev/shm/spike_1", &bytes, hold];
        let (document, output) = document_in_16_mib(&[], &words);
        assert_eq!(output.status.code(), Some(0), "{document:#}");
        assert_eq!(document["verdict"], "ok", "{document:#}");
        assert_eq!(document["peak"]["posix"]["limit"], 16 * MIB);
        assert_eq!(document["needed"]["basis"], "peak");
        let peak = document["peak"]["posix"]["bytes"].as_u64().unwrap();
        assert!(peak <= 12 * MIB, "{document:#}");
        (peak == 12 * MIB).then_some(document)
    };
    let seen = (0..10).filter_map(|_| of_a_spike("15")).count();
    assert!(seen > 0, "not one of ten was seen");
    let document = of_a_spike("700").unwrap();
    assert_eq!(document["needed"]["shm_bytes"], 15 * MIB, "{document:#}");
    assert!(document["needed"]["fix"].as_str().unwrap().contains("large enough"), "{document:#}");
}

#[test]
fn who_holds_it_at_the_peak_is_told() {
    let test = "who_holds_it_at_the_peak_is_told";
    let program = program!("who_holds_it_at_the_peak_is_told");
    if !may_mount(test) {
        return;
    }
    let bytes = (8 * MIB).to_string();
    let (at_peak, _) =
        document_in_16_mib(&[], &[program, "spike", "/dev/shm/ring_7", &bytes, "600"]);
    let holder = &at_peak["holders"][0];
    assert_eq!(
        (&holder["kind"], &holder["name"]),
        (&"posix".into(), &"ring_7".into()),
        "{at_peak:#}"
    );
    assert!(holder["processes"][0].as_str().unwrap().starts_with("watched["), "{at_peak:#}");
    let (of_memfd, _) = document(&[], &[program, "memfd", &bytes, "600"]);
    assert_eq!(of_memfd["peak"]["memfd"]["bytes"], 8 * MIB, "{of_memfd:#}");
    let (document, _) = document_in_16_mib(&[], &[program, "segment", &bytes, "700"]);
    assert_eq!(document["peak"]["sysv"]["bytes"], 8 * MIB, "{document:#}");
}

#[test]
fn a_file_that_does_not_fit_is_told_with_its_place_and_what_was_promised() {
    let test = "a_file_that_does_not_fit_is_told_with_its_place_and_what_was_promised";
    let program = program!("a_file_that_does_not_fit_is_told_with_its_place_and_what_was_promised");
    if !may_mount(test) {
        return;
    }
    let bytes = (40 * MIB).to_string();
    for how in [
        &[][..],
        &["vfork"],
        &["exec-by-thread"],
        &["child"],
        &["child", "exec-by-thread", "vfork"],
    ] {
        let words = [&[program][..], how, &["sparse", "/dev/shm/torch_1_7", &bytes]].concat();
        let (document, output) = document_in_16_mib(&["--trace", "signals"], &words);
        let code = if how.first() == Some(&"child") { 3 } else { 135 };
        assert_eq!(output.status.code(), Some(code), "{how:?} {document:#}");
        assert_eq!(document["verdict"], "shared-memory", "{document:#}");
        let incident = incident(&document);
        assert_eq!(incident["what"], "sigbus");
        assert_eq!(incident["cause"], "shared-memory", "{document:#}");
        assert_eq!(incident["object"], "/dev/shm/torch_1_7");
        assert_eq!(incident["unlinked"], true);
        assert_eq!(incident["offset_bytes"], 16 * MIB);
        assert_eq!(incident["object_bytes"], 40 * MIB);
        assert_eq!(incident["allocated_bytes"], 16 * MIB);
        assert_eq!(
            (&incident["free_bytes"], &incident["limit"]),
            (&0.into(), &"tmpfs-size".into())
        );
        assert_eq!(document["needed"]["basis"], "at-least");
        assert_eq!(document["needed"]["shm_bytes"], 40 * MIB, "{document:#}");
    }
}

#[test]
fn a_killed_process_is_one_incident_whatever_threads_it_had() {
    let program = program!("a_killed_process_is_one_incident_whatever_threads_it_had");
    let file = "/dev/shm/shmeter-test-cut-3";
    let command = [program, "killed-threads", "truncated", file];
    let (document, _) = document(&["--trace", "signals"], &command);
    let _ = std::fs::remove_file(file);
    assert_eq!(document["verdict"], "not-shared-memory", "{document:#}");
    let incidents = document["incidents"].as_array().unwrap();
    let told: Vec<_> = incidents.iter().map(|one| (&one["process"], &one["signal"])).collect();
    let name = Value::from("watched");
    assert_eq!(told, [(&name, &"SIGKILL".into()), (&name, &"SIGBUS".into())], "{document:#}");
}

#[test]
fn a_file_that_was_cut_off_is_no_lack_of_shared_memory() {
    let program = program!("a_file_that_was_cut_off_is_no_lack_of_shared_memory");
    for file in ["/dev/shm/shmeter-test-cut", "/tmp/shmeter-test-cut"] {
        let (document, output) = document(&["--trace", "signals"], &[program, "truncated", file]);
        let _ = std::fs::remove_file(file);
        assert_eq!(output.status.code(), Some(135), "{document:#}");
        assert_eq!(document["verdict"], "not-shared-memory", "{document:#}");
        let incident = incident(&document);
        assert_eq!(incident["cause"], "truncated-file", "{document:#}");
        assert_eq!((&incident["object"], &incident["unlinked"]), (&file.into(), &false.into()));
        let page = (incident["offset_bytes"].as_u64().unwrap() - 16) / 5;
        assert_eq!(
            incident["object_bytes"],
            2 * page,
            "the offset is that of its page: {document:#}"
        );
        assert_eq!(document["needed"]["basis"], "none");
        assert_eq!(document["needed"]["shm_bytes"], Value::Null);
    }
}

#[test]
fn without_a_trace_a_bus_error_is_only_as_sure_as_the_samples() {
    let test = "without_a_trace_a_bus_error_is_only_as_sure_as_the_samples";
    let program = program!("without_a_trace_a_bus_error_is_only_as_sure_as_the_samples");
    let (document, _) = document(&[], &[program, "truncated", "/tmp/shmeter-test-cut-2"]);
    let _ = std::fs::remove_file("/tmp/shmeter-test-cut-2");
    assert_eq!(document["verdict"], "unknown", "{document:#}");
    assert!(document["why"].as_str().unwrap().contains("--trace signals"), "{document:#}");
    if !may_mount(test) {
        return;
    }
    // It waits at the wall, so that samples see it.
    let fill = "head -c 17m /dev/zero >/dev/shm/full; code=$?; sleep 0.2; exit $code";
    let (document, output) = document_in_16_mib(&[], &["sh", "-c", fill]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(document["verdict"], "shared-memory", "{document:#}");
    assert!(
        document["why"].as_str().unwrap().contains("/dev/shm (16.0 MiB) was full"),
        "{document:#}"
    );
    assert_eq!(document["left"]["bytes"], 16 * MIB, "{document:#}");
    assert_eq!(document["left"]["holders"][0]["name"], "full", "{document:#}");
}

#[test]
fn a_program_that_goes_on_after_each_bus_error_is_capped() {
    let test = "a_program_that_goes_on_after_each_bus_error_is_capped";
    let program = program!("a_program_that_goes_on_after_each_bus_error_is_capped");
    if !may_mount(test) {
        return;
    }
    let bytes = (20 * MIB).to_string();
    let words = [program, "catch", "/dev/shm/java", &bytes, "3000"];
    let (document, output) = document_in_16_mib(&["--trace", "signals"], &words);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(document["incidents"].as_array().unwrap().len(), 16, "{document:#}");
    assert_eq!(document["more_incidents"], 3000 - 16, "{document:#}");
    assert_eq!(document["verdict"], "shared-memory");
    let words = [program, "again", "/dev/shm/again", &bytes];
    let (document, output) = document_in_16_mib(&["--trace", "signals"], &words);
    assert_eq!(output.status.code(), Some(135));
    assert_eq!(document["incidents"].as_array().unwrap().len(), 1, "raised again: {document:#}");
}

#[test]
fn a_bus_error_that_a_process_sent_is_told_as_no_fault() {
    let program = program!("a_bus_error_that_a_process_sent_is_told_as_no_fault");
    let (document, output) = document(&["--trace", "signals"], &[program, "aligned"]);
    assert_eq!(output.status.code(), Some(135));
    assert_eq!(document["verdict"], "unknown", "{document:#}");
}

#[test]
fn what_happens_inside_does_not_change() {
    let program = program!("what_happens_inside_does_not_change");
    for options in [&[][..], &["--trace", "signals"]] {
        let ends = |words: &[&str]| {
            let (document, output) = document(options, &[&[program], words].concat());
            (output.status.code().unwrap(), document)
        };
        assert_eq!(ends(&["fork", "300"]).0, 0, "{options:?}");
        assert_eq!(ends(&["exec-by-thread", "fork", "9"]).0, 0, "{options:?}");
        assert_eq!(ends(&["vfork", "fork", "9"]).0, 0, "{options:?}");
        assert_eq!(ends(&["untraced", "fork", "9"]).0, 0, "{options:?}");
        // Who is traced already cannot be traced by another one.
        let expected = if options.is_empty() { 0 } else { 4 };
        assert_eq!(ends(&["trace"]).0, expected, "{options:?}");
    }
}

#[test]
fn it_waits_for_orphans_where_that_is_asked_for_and_tells_how_they_end() {
    let program = program!("it_waits_for_orphans_where_that_is_asked_for_and_tells_how_they_end");
    for options in [&["--wait-all"][..], &["--wait-all", "--trace", "signals"]] {
        let cut = "/dev/shm/shmeter-test-orphan";
        let (document, output) = document(options, &[program, "daemon", "truncated", cut]);
        let _ = std::fs::remove_file(cut);
        assert_eq!(output.status.code(), Some(0), "that of the command: {document:#}");
        assert_eq!(incident(&document)["signal"], "SIGBUS", "{document:#}");
        assert_eq!(incident(&document)["process"], "watched", "{document:#}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("beat");
    for options in [&[][..], &["--trace", "signals"]] {
        let words = [program, "daemon", "beat", file.to_str().unwrap(), "400"];
        let (_, output) = document(options, &words);
        assert_eq!(output.status.code(), Some(0));
        await_end(&file);
        std::fs::remove_file(&file).unwrap();
    }
}

/// Waits until somebody has written its last byte; fails where nobody writes any more.
fn await_end(file: &Path) {
    let (mut length, mut still) = (0, 0_u32);
    loop {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        if text.ends_with('!') {
            return;
        }
        still = if text.len() == length { still + 1 } else { 0 };
        assert!(still < 1000, "nobody goes on after {length} bytes");
        length = text.len();
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

fn begins(file: &Path) -> bool {
    (0..400).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(5));
        file.exists()
    })
}

#[test]
fn the_command_goes_on_where_watch_is_killed() {
    let program = program!("the_command_goes_on_where_watch_is_killed");
    let folder = tempfile::tempdir().unwrap();
    for round in 0..20 {
        for options in [&[][..], &["--trace", "signals"]] {
            let file = folder.path().join(format!("{round}-{}", options.len()));
            let words = [options, &["--", program, "beat", file.to_str().unwrap(), "200"]].concat();
            let mut child: Child = watch(&words).stderr(Stdio::null()).spawn().unwrap();
            // At another moment of its life each time: before it begins, in a signal, in a fork.
            let children = format!("/proc/{0}/task/{0}/children", child.id());
            while std::fs::read_to_string(&children).unwrap_or_default().is_empty() {
                assert!(child.try_wait().unwrap().is_none(), "it ended before it began");
                std::thread::yield_now();
            }
            let bytes = round * 10;
            while file.metadata().map_or(0, |file| file.len()) < bytes {
                std::thread::yield_now();
            }
            child.kill().unwrap();
            assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGKILL));
            // A child that was not yet the command may end with it, and then nothing has begun.
            if round > 0 || begins(&file) {
                await_end(&file);
            }
        }
    }
}

#[test]
fn known_messages_are_told_and_pass_through_unchanged() {
    let line = "ERROR:  could not resize shared memory segment \"/PostgreSQL.1\" to 67145088 bytes: No space left on device";
    let script = format!("printf '%s\\n' '{line}' >&2; printf 'no end of line' >&2; exit 1");
    let output =
        watch(&["--scan", "--format", "jsonl", "--", "sh", "-c", &script]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.starts_with(&format!("{line}\nno end of line")), "{text}");
    let rest = &text[line.len() + "\nno end of line".len()..];
    let document: Value = serde_json::from_str(rest).unwrap();
    assert_eq!(document["messages"][0]["entry"], "postgresql-dsm-resize", "{document:#}");
    assert_eq!(document["verdict"], "shared-memory", "{document:#}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_report_is_the_document_and_the_journal_tells_it_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let (report, journal) = (folder.path().join("report"), folder.path().join("journal"));
    std::fs::write(&report, "what was there before, and is longer than nothing".repeat(400))
        .unwrap();
    let words = [
        "--report",
        report.to_str().unwrap(),
        "--journal",
        journal.to_str().unwrap(),
        "--",
        "sh",
        "-c",
        "sh -c 'kill -SEGV $$'; exit 3",
    ];
    let output = watch(&words).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let report: Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    assert_eq!(report["schema"], "shmeter.watch/1");
    assert_eq!(report["exit"]["code"], 3);
    assert_eq!(report["command"][0], "sh");
    let text = std::fs::read_to_string(journal).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.first().unwrap()["event"], "start");
    assert_eq!(lines.last().unwrap()["event"], "end");
    assert_eq!(lines.last().unwrap()["document"], report);
}

#[test]
fn the_peak_of_a_run_whose_watch_was_killed_is_in_its_journal() {
    let test = "the_peak_of_a_run_whose_watch_was_killed_is_in_its_journal";
    let program = program!("the_peak_of_a_run_whose_watch_was_killed_is_in_its_journal");
    if !may_mount(test) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let name = journal.to_str().unwrap();
    let bytes = (9 * MIB).to_string();
    let words = ["--journal", name, "--", program, "spike", "/dev/shm/psm_1", &bytes, "60000"];
    let mut child = in_16_mib(&words).stderr(Stdio::null()).process_group(0).spawn().unwrap();
    let peaks = || -> Vec<u64> {
        let text = std::fs::read_to_string(&journal).unwrap_or_default();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let peaks = lines.filter(|line| line["event"] == "peak");
        peaks.map(|line| line["peak"]["posix"]["bytes"].as_u64().unwrap()).collect()
    };
    while peaks().last() != Some(&(9 * MIB)) {
        assert!(child.try_wait().unwrap().is_none(), "{:?}", peaks());
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    child.kill().unwrap();
    // What it watched goes on, and is ended by its group.
    let group = format!("kill -KILL -- -{}", child.id());
    child.wait().unwrap();
    let _ = Command::new("bash").args(["-c", &group]).status();
    let mut report = Command::new(env!("CARGO_BIN_EXE_shmeter"));
    let output = report.args(["report", name]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("at most 9.0 MiB of 16.0 MiB of /dev/shm"), "{text}");
    assert!(text.contains("unfinished") && text.contains("psm_1"), "{text}");
}

#[test]
fn a_refused_request_is_likely_and_an_error_beside_it_is_likely_another() {
    let test = "a_refused_request_is_likely_and_an_error_beside_it_is_likely_another";
    let program = program!("a_refused_request_is_likely_and_an_error_beside_it_is_likely_another");
    if !may_mount(test) {
        return;
    }
    let bytes = (40 * MIB).to_string();
    let (shared, other) = (Value::from("shared-memory"), Value::from("not-shared-memory"));
    for (words, likely) in [
        (&[program, "refused", "/dev/shm/PostgreSQL.17", &bytes][..], &shared),
        (&["sh", "-c", "head -c 15500k /dev/zero >/dev/shm/a_1; sleep 0.3; exit 1"], &shared),
        (&["sh", "-c", "exit 1"], &other),
        (&["sh", "-c", "echo words >/dev/shm/a_1; rm /dev/shm/a_1; exit 3"], &other),
    ] {
        let (document, output) = document_in_16_mib(&[], words);
        assert_ne!(output.status.code(), Some(0), "{document:#}");
        assert_eq!(
            (&document["verdict"], &document["likely"]),
            (&"unknown".into(), likely),
            "{document:#}"
        );
        assert_eq!(document["needed"]["shm_bytes"], Value::Null, "{document:#}");
    }
}

#[test]
fn files_that_no_sample_saw_are_told_by_what_their_names_begin_with() {
    let test = "files_that_no_sample_saw_are_told_by_what_their_names_begin_with";
    if !may_mount(test) {
        return;
    }
    let script = "for n in $(seq 300); do echo words >/dev/shm/psm_$n; rm /dev/shm/psm_$n; done; : >/dev/shm/kept";
    let (document, _) = document_in_16_mib(&["--every", "500ms"], &["bash", "-c", script]);
    let names = &document["names"];
    assert_eq!((&names["created"], &names["removed"]), (&301.into(), &300.into()), "{document:#}");
    assert_eq!(names["groups"][0]["name"], "psm_*", "{document:#}");
    assert!(names["brief"].as_u64().unwrap() > 250, "{document:#}");
    assert_eq!(
        (names["empty"].as_u64().unwrap_or(0), &names["overflow"]),
        (0, &false.into()),
        "{document:#}"
    );
}

#[test]
fn explain_holds_a_message_against_the_report() {
    let program = program!("explain_holds_a_message_against_the_report");
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let report = report.to_str().unwrap();
    let cut = folder.path().join("cut");
    let options = ["--trace", "signals", "--report", report, "--", program, "truncated"];
    let words = [&options[..], &[cut.to_str().unwrap()]].concat();
    assert_eq!(watch(&words).output().unwrap().status.code(), Some(135));
    let explained = |message: &str| {
        let mut explain = Command::new(env!("CARGO_BIN_EXE_shmeter"));
        explain.args(["explain", "--format", "json", "--from", report, message]);
        let output = explain.stdin(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        document["matches"][0].clone()
    };
    let of_a_loader = explained(
        "RuntimeError: DataLoader worker (pid 31) is killed by signal: Bus error. It is possible that dataloader's \
         workers are out of shared memory. Please try to raise your shared memory limit.",
    );
    let here = of_a_loader["here"].as_str().unwrap();
    assert!(
        here.contains("shared memory is not the cause") && here.contains("contradicts"),
        "{here}"
    );
    assert!(
        of_a_loader["fix"].as_str().unwrap().contains("No size of /dev/shm helps"),
        "{of_a_loader:#}"
    );
    let alone = explained("Bus error (core dumped)");
    let here = alone["here"].as_str().unwrap();
    assert!(here.contains("which of the causes") && here.contains("truncated"), "{here}");
}

#[test]
fn without_a_command_there_is_a_line_a_second_until_a_signal() {
    let test = "without_a_command_there_is_a_line_a_second_until_a_signal";
    if !may_mount(test) {
        return;
    }
    let mut child = in_16_mib(&[]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut text = Vec::new();
    while text.iter().filter(|byte| **byte == b'\n').count() < 2 {
        let mut piece = [0; 4096];
        let count = out.read(&mut piece).unwrap();
        assert!(count > 0, "it ended");
        text.extend_from_slice(&piece[..count]);
    }
    let kill = Command::new("bash").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let text = String::from_utf8(text).unwrap();
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((&line["event"], &line["posix"]["limit"]), (&"sample".into(), &(16 * MIB).into()));
}

#[test]
fn another_process_is_looked_at_until_it_ends() {
    let mut sleep = Command::new("sleep").arg("1.5").spawn().unwrap();
    let pid = sleep.id().to_string();
    let watch =
        watch(&["--pid", &pid]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Nobody is left to wait for it but this test.
    sleep.wait().unwrap();
    let output = watch.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!output.stdout.is_empty());
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!("shmeter: process {pid} has ended\n")
    );
    assert_eq!(watch_pid("4194304").status.code(), Some(3));
}

fn watch_pid(pid: &str) -> Output {
    watch(&["--pid", pid]).output().unwrap()
}

/// A session of a shell on a terminal: Ctrl-C, Ctrl-Z and fg while a command runs. Prints how often it heard SIGINT.
const SESSION: &str = r##"
import os, pty, re, select, sys
COMMAND = """
import signal, threading
n = 0
def hear():
    global n
    while signal.sigwait([signal.SIGINT]):
        n += 1
        print('got' + 'it', flush=True)
# A handler of Python runs only once a call has returned: a signal just before a read is not heard.
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
threading.Thread(target=hear, daemon=True).start()
print('read' + 'y', flush=True)
while input() != 'end':
    pass
print('heard', n, 'times', flush=True)
"""
pid, terminal = pty.fork()
if pid == 0:
    os.environ["COMMAND"] = COMMAND
    os.execvp("bash", ["bash", "--norc", "--noediting", "-i"])
said = ""
def wait_for(pattern):
    global said
    while not re.search(pattern, said):
        if not select.select([terminal], [], [], 60)[0]:
            sys.exit(f"no {pattern!r} in 60 s: {said!r}")
        said += os.read(terminal, 4096).decode()
    found = re.search(pattern, said)
    said = said[found.end():]
    return found.group(0)
os.write(terminal, " ".join(sys.argv[1:]).encode() + b' -- python3 -c "$COMMAND"\n')
wait_for("ready")
os.write(terminal, b"\x03")
wait_for("gotit")
os.write(terminal, b"\x1a")
wait_for("Stopped.*\n")
os.write(terminal, b"fg\n")
wait_for("watch")
os.write(terminal, b"end\n")
print(wait_for("heard [0-9]+ times"))
"##;

#[test]
fn ctrl_c_reaches_the_command_once_and_ctrl_z_stops_both() {
    let test = "ctrl_c_reaches_the_command_once_and_ctrl_z_stops_both";
    if !has(test, &["python3", "-c", "import pty"], "python3") {
        return;
    }
    for options in [&[][..], &["--trace", "signals"]] {
        let mut session = Command::new("python3");
        session.args(["-c", SESSION, env!("CARGO_BIN_EXE_shmeter"), "watch"]).args(options);
        let output = session.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said, "heard 1 times\n", "{options:?} {output:?}");
    }
}
