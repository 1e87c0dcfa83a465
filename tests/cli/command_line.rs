//! What a user meets at the command line: bad input, exit codes, formats, a closed pipe.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::common;

fn shmeter(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_shmeter")).args(arguments).output().unwrap()
}

/// Runs it with `input` on stdin.
fn with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_shmeter"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// One clear line on stderr with all of `words`, nothing on stdout, and the exit code.
fn refused(output: &Output, code: i32, words: &[&str]) {
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(error.lines().count(), 1, "one line: {error}");
    assert!(error.starts_with("shmeter: "), "{error}");
    assert!(!error.trim_end().contains(char::is_control), "{error:?}");
    for word in words {
        assert!(error.contains(word), "`{word}` is not in: {error}");
    }
}

fn from_stdin(text: &str) -> Output {
    with_input(&["inspect", "--from", "-", "--format", "json"], text.as_bytes())
}

/// A good capture with one thing changed.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut capture: Value = serde_json::from_str(&common::text("vm-v2-max256-shm64")).unwrap();
    change(&mut capture);
    capture.to_string()
}

#[test]
fn a_capture_that_is_cut_off_is_refused() {
    let text = common::text("vm-v2-max256-shm64");
    for length in [0, 1, 100, text.len() / 2, text.trim_end().len() - 1] {
        refused(&from_stdin(&text[..length]), 3, &["stdin", "capture"]);
    }
}

#[test]
fn what_is_not_json_is_refused() {
    refused(&from_stdin("MemTotal: 5 kB\n"), 3, &["stdin", "capture", "line 1"]);
    let binary = with_input(&["inspect", "--from", "-"], &[0xff, 0xfe, 0x00, 0x1b]);
    refused(&binary, 3, &["stdin"]);
    let deep = "[".repeat(100_000);
    refused(&from_stdin(&deep), 3, &["stdin"]);
}

#[test]
fn a_capture_of_another_format_is_refused_by_its_name() {
    let later = changed(|c| c["format"] = "shmeter-capture/9".into());
    refused(&from_stdin(&later), 3, &["shmeter-capture/9", "shmeter-capture/1"]);
    refused(&from_stdin("{\"schema\": \"shmeter.inspect/1\"}"), 3, &["missing"]);
    refused(&from_stdin("{\"format\": 7}"), 3, &["7"]);
    refused(&from_stdin("[1, 2]"), 3, &["capture"]);
}

#[test]
fn absurd_numbers_in_a_capture_are_refused_or_said_to_be_unknown() {
    refused(&from_stdin(&changed(|c| c["page_size"] = 0.into())), 3, &["page size", "0"]);
    refused(&from_stdin(&changed(|c| c["page_size"] = 5000.into())), 3, &["page size"]);
    refused(&from_stdin(&changed(|c| c["page_size"] = u64::MAX.into())), 3, &["page size"]);
    refused(&from_stdin(&changed(|c| c["page_size"] = (-1).into())), 3, &["-1"]);
    refused(&from_stdin(&changed(|c| c["statfs"]["/dev/shm"]["blocks"] = (-4).into())), 3, &["-4"]);
    refused(&from_stdin(&changed(|c| c["statfs"]["/dev/shm"]["blocks"] = 1.5.into())), 3, &["1.5"]);

    for absurd in ["-5\n", "1e3", "99999999999999999999999\n", "", "unlimited"] {
        let output = from_stdin(&changed(|c| {
            c["files"]["/sys/fs/cgroup/memory.max"] = absurd.into();
        }));
        assert_eq!(output.status.code(), Some(0), "{absurd:?}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["cgroup"]["levels"][0]["limit"], "unknown", "{absurd:?}");
        assert!(document["cgroup"]["levels"][0]["why"].is_string(), "{absurd:?}");
        assert_eq!(document["segments"]["memfd"]["certainty"], "at-most", "{absurd:?}");
    }
    // Full and over-full, and near the end of 64 bits.
    let output = from_stdin(&changed(|c| {
        c["files"]["/sys/fs/cgroup/memory.current"] = "18446744073709551615\n".into();
        c["statfs"]["/dev/shm"]["blocks"] = u64::MAX.into();
        c["statfs"]["/dev/shm"]["bavail"] = u64::MAX.into();
    }));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["segments"]["posix"]["available_bytes"], 0);
    assert_eq!(document["segments"]["posix"]["binding"], "cgroup-memory");
}

#[test]
fn hostile_strings_do_not_reach_the_terminal() {
    let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2J\r\n\u{202e}";
    let text = changed(|c| {
        let mounts = c["files"]["/proc/self/mountinfo"].as_str().unwrap();
        let mounts = mounts.replace("/sys/fs/cgroup ro", "/sys/fs/\u{1b}[2Jcgroup\u{202e} ro");
        c["files"]["/proc/self/mountinfo"] = mounts.into();
        c["files"]["/proc/sys/kernel/osrelease"] = hostile.into();
        c["files"]["/sys/fs/\u{1b}[2Jcgroup\u{202e}/memory.max"] = "67108864\n".into();
        c["files"]["/sys/fs/\u{1b}[2Jcgroup\u{202e}/memory.current"] = hostile.into();
        c["files"]["/sys/fs/\u{1b}[2Jcgroup\u{202e}/memory.oom.group"] = "1".into();
        c["links"] = serde_json::json!({"/dev/shm": "/\u{1b}[2J"});
    });
    let arguments = ["inspect", "--from", "-", "--explain", "--color", "never"];
    let output = with_input(&arguments, text.as_bytes());
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(!shown.is_empty());
    for line in shown.lines() {
        assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}'), "{line:?}");
    }
    // A file name with a line break stays one line of error.
    refused(&shmeter(&["inspect", "--from", "/no\nsuch\u{1b}[2J"]), 2, &["\\n", "\\u{1b}"]);
}

#[test]
fn a_missing_capture_is_named() {
    refused(
        &shmeter(&["inspect", "--from", "/no/such/file"]),
        2,
        &["/no/such/file", "No such file"],
    );
    refused(&shmeter(&["inspect", "--from", "/"]), 2, &["directory"]);
}

#[test]
fn a_process_that_does_not_exist_is_named() {
    // Above any pid_max that Linux allows.
    refused(&shmeter(&["inspect", "--pid", "4194305"]), 3, &["4194305", "no such process"]);
    refused(&shmeter(&["capture", "--pid", "4194305"]), 3, &["4194305", "no such process"]);
}

#[test]
fn a_process_that_the_capture_does_not_know_is_named() {
    let file = common::path("vm-v2-max256-shm64");
    let output = shmeter(&["inspect", "--from", file.to_str().unwrap(), "--pid", "77"]);
    refused(&output, 3, &["77", "capture --pid 77"]);
}

#[test]
fn a_process_that_has_ended_but_was_not_reaped_is_named() {
    let mut child = Command::new("/bin/true").spawn().unwrap();
    let pid = child.id().to_string();
    while !std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap().contains(") Z ") {
        std::thread::yield_now();
    }
    refused(&shmeter(&["inspect", "--pid", &pid]), 3, &[&pid, "ended"]);
    child.wait().unwrap();
}

#[test]
fn processes_that_end_while_they_are_read_never_give_a_wrong_number() {
    for _ in 0..200 {
        let mut child = Command::new("/bin/sleep").arg("0.002").spawn().unwrap();
        let output = shmeter(&["inspect", "--pid", &child.id().to_string(), "--format", "json"]);
        child.wait().unwrap();
        if output.stdout.is_empty() {
            refused(&output, 3, &["process"]);
        } else {
            let document: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert!(document["segments"]["posix"]["available_bytes"].is_u64());
            assert!(document["df"]["total_bytes"].is_u64());
        }
    }
}

#[test]
fn a_process_that_may_not_be_read_says_which_right_is_missing() {
    // Process 1 belongs to root; whoever runs the tests becomes nobody to look at it.
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--no-new-privs"]);
    let root =
        std::fs::metadata("/proc/self").map(|data| std::os::unix::fs::MetadataExt::uid(&data));
    if root.is_ok_and(|uid| uid != 0) {
        command = Command::new("env"); // not root: process 1 is out of reach as it is
    }
    // The binary may lie where nobody may not go, so it is copied to where all may.
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), mode).unwrap();
    let copy = folder.path().join("shmeter");
    // Not by this process: what another test starts meanwhile would have the file open for writing.
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_shmeter")).arg(&copy).status();
    assert!(copied.unwrap().success());
    let output = command.arg(&copy).args(["inspect", "--pid", "1"]).output().unwrap();
    refused(&output, 3, &["process 1", "CAP_SYS_PTRACE", "kubectl exec"]);
}

#[test]
fn a_path_that_is_no_directory_is_wrong_use() {
    refused(
        &shmeter(&["inspect", "--path", "/etc/passwd"]),
        2,
        &["/etc/passwd", "not a directory"],
    );
    refused(&shmeter(&["inspect", "--path", "/no/such"]), 2, &["/no/such", "no such directory"]);
    refused(&shmeter(&["inspect", "--path", "dev/shm"]), 2, &["dev/shm", "absolute path"]);
}

#[test]
fn a_size_in_parsecs_is_wrong_use() {
    for arguments in [
        ["inspect", "--require", "12 parsecs"],
        ["inspect", "--size-limit", "12 parsecs"],
        ["inspect", "--require", "-5"],
        ["inspect", "--require", "99999999999999Ti"],
        ["inspect", "--pid", "0"],
        ["inspect", "--pid", "-1"],
        ["inspect", "--pid", "99999999999"],
        ["inspect", "--format", "yaml"],
        ["inspect", "--no-such-option", "1"],
    ] {
        refused(&shmeter(&arguments), 2, &[arguments[1], "(see shmeter inspect --help)"]);
    }
    refused(&shmeter(&["bench", "nothing"]), 2, &["nothing", "(see shmeter bench --help)"]);
    refused(&shmeter(&["--nothing"]), 2, &["--nothing", "(see shmeter --help)"]);
    for (size, why) in
        [("12 parsecs", "not a unit"), ("lots", "starts with a number"), ("99999Pi", "64-bit")]
    {
        refused(&shmeter(&["inspect", "--require", size]), 2, &[size, why]);
    }
}

#[test]
fn a_quiet_check_prints_only_what_fails() {
    let file = "tests/captures/vm-v2-max256-shm64.json";
    let check = |require: &str| {
        let output = shmeter(&["-q", "--from", file, "--require", require]);
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(check("1Mi"), (Some(0), String::new()));
    let (code, text) = check("1Gi");
    assert_eq!(code, Some(1));
    assert!(text.contains("require-not-met"), "{text}");
}

#[test]
fn a_requirement_that_is_not_met_exits_with_1() {
    let file = common::path("vm-v2-max256-shm64");
    let from = |require: &str| {
        let file = file.to_str().unwrap();
        shmeter(&["inspect", "--from", file, "--require", require, "--format", "json"])
    };
    assert_eq!(from("64Mi").status.code(), Some(0));
    let output = from("65Mi");
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["verdict"], "fail");
}

#[test]
fn a_size_limit_that_took_no_effect_exits_with_1() {
    let file = common::path("k8s-b5-lim1g-size2g");
    let file = file.to_str().unwrap();
    let ids = |size: &str| {
        let output =
            shmeter(&["inspect", "--from", file, "--size-limit", size, "--format", "json"]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let ids: Vec<String> = document["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["id"].as_str().unwrap().to_owned())
            .collect();
        (output.status.code(), ids.contains(&"size-not-applied".to_owned()))
    };
    assert_eq!(ids("2Gi"), (Some(1), true));
    assert_eq!(ids("1Gi"), (Some(0), false));
}

#[test]
fn a_fact_that_cannot_be_read_exits_with_3_and_says_which() {
    let text = changed(|c| {
        c["statfs"].as_object_mut().unwrap().remove("/dev/shm");
        c["unreadable"] = serde_json::json!({"/dev/shm": "EACCES"});
    });
    let output = from_stdin(&text);
    assert_eq!(output.status.code(), Some(3));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["segments"]["posix"]["certainty"], "unknown");
    assert_eq!(document["segments"]["posix"]["available_bytes"], Value::Null);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("posix") && error.contains("EACCES"), "{error}");
}

#[test]
fn without_a_subcommand_it_inspects() {
    let file = common::path("vm-v2-max256-shm64");
    let file = file.to_str().unwrap();
    let bare = shmeter(&["--from", file]);
    let named = shmeter(&["inspect", "--from", file]);
    assert_eq!(bare.stdout, named.stdout);
    assert!(String::from_utf8(bare.stdout).unwrap().starts_with("/dev/shm: "));
}

#[test]
fn colour_is_only_where_it_was_asked_for() {
    let file = common::path("vm-v2-max256-shm64");
    let colored = |arguments: &[&str]| {
        let all = [&["inspect", "--from", file.to_str().unwrap()], arguments].concat();
        shmeter(&all).stdout.contains(&0x1b)
    };
    assert!(!colored(&[]), "into a pipe");
    assert!(colored(&["--color", "always"]));
    assert!(!colored(&["--color", "never"]));
    assert!(!colored(&["--color", "always", "--format", "json"]));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_shmeter"))
        .args(["generate", "completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

#[test]
fn a_full_disk_behind_stdout_is_told() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output =
        Command::new(env!("CARGO_BIN_EXE_shmeter")).arg("inspect").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8(output.stderr).unwrap().contains("No space left on device"));
}

#[test]
fn a_closed_stdout_is_told() {
    let script = format!("{} inspect >&-", env!("CARGO_BIN_EXE_shmeter"));
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8(output.stderr).unwrap().contains("Bad file number"));
}

#[test]
fn waiting_for_a_capture_ends_with_a_signal() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_shmeter"))
        .args(["inspect", "--from", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // Once it catches the signal it must end by itself, not by the signal's default.
    let catches = |signal: u32| {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:\t")).unwrap();
        u64::from_str_radix(caught, 16).unwrap() & (1 << (signal - 1)) != 0
    };
    while !catches(2) {
        std::thread::yield_now();
    }
    let kill = format!("kill -INT {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_capture_gives_the_same_answer_as_the_machine() {
    let capture = shmeter(&["capture"]);
    assert!(capture.status.success());
    let replayed = with_input(&["inspect", "--from", "-", "--format", "json"], &capture.stdout);
    let live = shmeter(&["inspect", "--format", "json"]);
    let parse = |output: &Output| -> Value { serde_json::from_slice(&output.stdout).unwrap() };
    let (replayed, live) = (parse(&replayed), parse(&live));
    // What other programs use changes between two looks; limits and words do not.
    assert_eq!(replayed["subject"], live["subject"]);
    assert_eq!(replayed["cgroup"]["version"], live["cgroup"]["version"]);
    assert_eq!(replayed["cgroup"]["hidden_ancestors"], live["cgroup"]["hidden_ancestors"]);
    assert_eq!(replayed["df"]["total_bytes"], live["df"]["total_bytes"]);
    for kind in ["posix", "sysv", "memfd", "anon"] {
        let pick = |document: &Value| {
            let ceilings = document["segments"][kind]["ceilings"].as_array().unwrap();
            let told = |c: &Value| [c["source"].clone(), c["origin"].clone(), c["limit"].clone()];
            ceilings.iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(pick(&replayed), pick(&live), "{kind}");
        assert_eq!(replayed["segments"][kind]["certainty"], live["segments"][kind]["certainty"]);
    }
}

#[test]
fn a_capture_of_another_process_replays_without_its_number() {
    let mut child = Command::new("/bin/sleep").arg("60").spawn().unwrap();
    let pid = child.id();
    let capture = shmeter(&["capture", "--pid", &pid.to_string()]);
    child.kill().unwrap();
    child.wait().unwrap();
    let replayed = with_input(&["inspect", "--from", "-", "--format", "json"], &capture.stdout);
    let document: Value = serde_json::from_slice(&replayed.stdout).unwrap();
    assert_eq!(document["subject"]["pid"], pid);
    assert_eq!(document["subject"]["view"], "target");
    assert!(document["segments"]["posix"]["available_bytes"].is_u64());
}

#[test]
fn what_was_meant_is_said_where_it_is_known() {
    for (arguments, meant) in [
        (vec!["--pid", "web-7d9f"], "a PID is a number; for a pod: kubectl shmeter web-7d9f"),
        (vec!["ls", "--pid", "web-7d9f"], "kubectl shmeter web-7d9f"),
        (vec!["inspect", "--pid", "Web_1"], "a PID is a number from 1 on"),
        (vec!["inspect", "1234"], "for a process: --pid 1234"),
        (vec!["1234"], "for a process: --pid 1234"),
        (vec!["capture", "1234"], "for a process: --pid 1234"),
        (vec!["--json"], "write --format json"),
        (vec!["inspect", "--json"], "write --format json"),
        (vec!["report", "results", "--html"], "write --format html"),
        (vec!["capture", "--json"], "capture always prints JSON"),
        (vec!["report"], "report needs a FILE"),
        (vec!["bench", "--bytes", "1"], "bandwidth needs 64Ki or more"),
        (vec!["generate", "schema", "nothing"], "run-journal"),
    ] {
        refused(&shmeter(&arguments), 2, &[meant, "--help)"]);
    }
    // What nobody can have meant has no such tip.
    for arguments in [["fill", "1234"], ["inspect", "--html"], ["compare", "--jsonl"]] {
        let error = String::from_utf8(shmeter(&arguments).stderr).unwrap();
        assert!(!error.contains("--pid 1234") && !error.contains("write --format"), "{error}");
    }
}

#[test]
fn an_empty_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    refused(&shmeter(&["report", path]), 3, &["nothing to report", path, "has no files"]);
}

#[test]
fn man_page_and_completions_come_out_of_the_binary() {
    let man = String::from_utf8(shmeter(&["generate", "man"]).stdout).unwrap();
    assert!(man.contains(".TH shmeter") && man.contains("\\-\\-size\\-limit"));
    for (command, option) in
        [("LS", "pid"), ("FILL", "procs"), ("BENCH", "quick"), ("RUN", "budget")]
    {
        let options = man.split(&format!("OPTIONS OF {command}")).nth(1).expect(command);
        let options = options.split(".SH").next().unwrap();
        assert!(options.contains(option), "{command} has no {option}");
    }
    let synopsis = man.split(".SH SYNOPSIS").nth(1).unwrap().split(".SH").next().unwrap();
    for usage in [
        "\\fBshmeter\\fR [\\fB\\-\\-pid\\fR \\fIPID\\fR]",
        "[\\fB\\-\\-until\\fR \\fIEND\\fR]",
        "\\fBshmeter report\\fR \\fIFILE\\fR...",
        "\\fBshmeter generate completions\\fR \\fISHELL\\fR",
    ] {
        assert!(synopsis.contains(usage), "{usage} is not in: {synopsis}");
    }
    let status = man.split(".SH \"EXIT STATUS\"").nth(1).unwrap();
    for command in ["inspect", "ls", "fill", "compare", "bench", "run", "report", "capture"] {
        let codes = status.split(&format!(".SS {command}\n")).nth(1).expect(command);
        let codes = codes.split(".SS").next().unwrap();
        for code in ["0 ", "2 ", "4 "] {
            assert!(
                codes.lines().any(|line| line.trim_start().starts_with(code)),
                "{command} {code}"
            );
        }
    }
    let bash = String::from_utf8(shmeter(&["generate", "completions", "bash"]).stdout).unwrap();
    for values in [
        "safe limit",
        "smt core cache socket",
        "all bandwidth fault ping-pong ring lifecycle",
        "inspect compare bench fill",
    ] {
        assert!(bash.contains(values), "{values}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let text = shmeter(&["generate", "completions", shell]).stdout;
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("size-limit") && text.contains("capture"), "{shell}");
        assert!(!text.contains("team-worker"), "{shell} shows what is hidden");
    }
}

#[test]
fn help_fits_a_terminal_and_shows_examples() {
    for command in [
        "", "inspect", "ls", "explain", "fill", "compare", "bench", "run", "report", "capture",
        "generate", "watch",
    ] {
        for option in ["-h", "--help"] {
            let arguments: Vec<&str> =
                [command, option].into_iter().filter(|a| !a.is_empty()).collect();
            let help = String::from_utf8(shmeter(&arguments).stdout).unwrap();
            for line in help.lines() {
                assert!(line.chars().count() <= 80, "{arguments:?}: {line}");
            }
        }
    }
    for command in ["inspect", "ls", "explain", "fill", "compare", "bench", "run", "report"] {
        let help = |option: &str| String::from_utf8(shmeter(&[command, option]).stdout).unwrap();
        let (short, long) = (help("-h"), help("--help"));
        assert!(long.contains("Examples:"), "{command}");
        let codes = long.split("Exit codes:\n").nth(1).expect(command);
        assert!(codes.lines().all(|line| line.starts_with("  ")), "one a line: {codes}");
        assert!(codes.lines().any(|line| line.starts_with("  0    ")), "{codes}");
        // An option takes a line, and nothing stands behind them.
        assert!(!short.contains("Examples:") && short.lines().count() < 30, "{short}");
        for line in short.lines() {
            assert!(line.chars().count() <= 80, "{command}: {line}");
        }
    }
}

#[test]
fn no_error_and_no_document_steers_a_terminal() {
    let hostile = "/tmp/\u{202e}gpj.exe\u{9b}2J";
    for arguments in [
        vec!["inspect", "--from", hostile],
        vec!["inspect", "--path", hostile],
        vec!["inspect", "--format", "json", "--path", hostile],
        vec!["ls", "--format", "json", "--path", hostile],
        vec!["capture", "--path", hostile],
        vec!["report", hostile],
        vec!["fill", "--until", "1Mi", "--path", hostile],
    ] {
        let output = shmeter(&arguments);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert!(!said.is_empty(), "{arguments:?}");
        assert!(!said.contains(['\u{202e}', '\u{9b}']), "{arguments:?}: {said}");
    }
}
