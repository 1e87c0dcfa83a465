//! What is said where the kernel refuses a system call, as a container's seccomp profile does, or where there
//! is little memory or stack: one clear line, or what was asked for; never a hang, a panic or a wrong claim.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use crate::traces::{left_behind, turn};

const SHMETER: &str = env!("CARGO_BIN_EXE_shmeter");
const REPORTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reports/run-a.jsonl");

/// What every command says, each in a short time.
const COMMANDS: [&str; 13] = [
    "inspect",
    "inspect --measure --format json",
    "fill --kind posix --until 1Mi --force",
    "fill --kind sysv --until 1Mi --force --procs 2",
    "fill --kind memfd --until 1Mi --force",
    "fill --kind anon --until 1Mi --force",
    "compare --no-cost",
    "bench lifecycle --quick --rounds 1 --bytes 1Mi --force",
    "ls",
    "run --only inspect,fill --budget-size 1Mi --force",
    "report REPORTS",
    "capture",
    "generate man",
];

/// Documented in docs/contract.md.
const CODES: [i32; 6] = [0, 1, 2, 3, 4, 130];

/// tests/cli/denied/deny.c.
fn deny() -> &'static Path {
    static PROGRAM: OnceLock<(PathBuf, tempfile::TempDir)> = OnceLock::new();
    let (program, _) = PROGRAM.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("deny");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/denied/deny.c");
        let mut cc = Command::new("cc");
        cc.args(["-O1", "-Wall", "-Wextra", "-o"]).arg(&program).arg(source);
        let compiled = cc.status().is_ok_and(|status| status.success());
        assert!(compiled, "deny.c cannot be compiled (Debian: gcc and libc6-dev)");
        (program, folder)
    });
    program
}

/// Runs it where `errno` is the answer to these calls; whoever takes longer than 20 s is killed.
fn refused(errno: &str, calls: &str, line: &str) -> Output {
    let mut command = Command::new("timeout");
    command.args(["-s", "KILL", "20"]).arg(deny()).args([errno, calls, SHMETER]);
    command.args(line.replace("REPORTS", REPORTS).split(' ')).stdin(Stdio::null());
    command.output().unwrap()
}

/// The same with limits that bash sets.
fn limited(limits: &str, line: &str) -> Output {
    let line = line.replace("REPORTS", REPORTS);
    let script = format!("ulimit -c 0 && ulimit {limits} && exec \"$0\" {line}");
    let mut command = Command::new("timeout");
    command.args(["-s", "KILL", "20", "bash", "-c", &script, SHMETER]).stdin(Stdio::null());
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What is wrong with it, whatever was refused.
fn fault(output: &Output) -> Option<String> {
    let (told, code) = (said(output), output.status.code());
    // `timeout` dies of the signal that it sends, and passes on another one as a number above 128.
    let documented = code.is_some_and(|code| CODES.contains(&code));
    let wrong = if !documented {
        format!("{} is no documented code", output.status)
    } else if told.contains("panicked") || told.contains("): its own memory does not fit") {
        "a panic, or a wrong claim".to_owned()
    } else if told.contains("ended before it") && !told.contains("seccomp profile stops it") {
        "no reason".to_owned()
    } else if output.stdout.is_empty() && (code == Some(0) || told.lines().count() == 0) {
        "not a word".to_owned()
    } else if output.stdout.is_empty() && told.lines().count() > 2 {
        "many lines".to_owned()
    } else {
        return None;
    };
    Some(format!("{wrong} ({}): {told}", output.status))
}

fn faults_of(commands: &[&str], run: impl Fn(&str) -> Output) -> Vec<String> {
    let faults = commands.iter().filter_map(|line| Some((line, fault(&run(line))?)));
    faults.map(|(line, fault)| format!("{line}: {fault}")).collect()
}

#[test]
fn posix_and_system_v_are_filled_without_memfd_create() {
    let _turn = turn();
    let before = left_behind("shmeter");
    for errno in ["EPERM", "ENOSYS"] {
        for kind in ["posix", "sysv", "anon"] {
            let line = format!("fill --kind {kind} --until 1Mi --force --procs 3 --format json");
            let output = refused(errno, "memfd_create", &line);
            assert_eq!(output.status.code(), Some(0), "{errno} {line}: {}", said(&output));
            let document: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(document["measured"]["bytes"], 1 << 20, "{document:#}");
            assert_eq!(document["agrees"], true, "{document:#}");
        }
        let output = refused(errno, "memfd_create", "fill --kind memfd --until 1Mi --force");
        let why = format!("shmeter: worker 0 cannot create its segment: {errno}");
        assert_eq!(output.status.code(), Some(4));
        assert!(said(&output).starts_with(&why), "{}", said(&output));
    }
    assert_eq!(left_behind("shmeter"), before);
}

fn all_say(calls: &str) {
    let _turn = turn();
    for errno in ["EPERM", "ENOSYS"] {
        let faults = faults_of(&COMMANDS, |line| refused(errno, calls, line));
        assert!(faults.is_empty(), "{errno}: {faults:#?}");
    }
}

#[test]
fn without_getppid_every_command_works_or_says_so() {
    all_say("getppid");
    for kind in ["posix", "sysv", "memfd", "anon"] {
        let _turn = turn();
        let output =
            refused("EPERM", "getppid", &format!("fill --kind {kind} --until 1Mi --force"));
        assert_eq!(output.status.code(), Some(0), "{kind}: {}", said(&output));
    }
    let _turn = turn();
    let output = refused("EPERM", "getppid", "compare --no-cost --format json");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = document["rows"].as_array().unwrap();
    let fork = rows.iter().find(|row| row["id"] == "fork").unwrap();
    assert_eq!(fork["cells"]["posix"]["said"], "yes", "{fork}");
}

#[test]
fn without_memfd_create_every_command_works_or_says_so() {
    all_say("memfd_create");
}

#[test]
fn without_nanosleep_every_command_works_or_says_so() {
    all_say("clock_nanosleep,nanosleep");
}

#[test]
fn without_poll_every_command_works_or_says_so() {
    #[cfg(target_arch = "x86_64")]
    all_say("poll,ppoll");
    #[cfg(not(target_arch = "x86_64"))]
    all_say("ppoll");
}

#[test]
fn what_a_measurement_cannot_do_without_is_named() {
    let _turn = turn();
    for call in ["getppid", "clock_nanosleep", "futex", "sched_setaffinity", "kill", "wait4"] {
        let output = refused("EPERM", call, "bench --quick --rounds 1 --bytes 1Mi --force");
        let told = said(&output);
        assert_eq!(output.status.code(), Some(4), "{told}");
        assert!(
            told.starts_with(&format!("shmeter: {call} is refused (Operation not permitted)")),
            "{told}"
        );
    }
}

/// KiB of addresses with which the program begins at all: the kernel kills what it cannot load (execve(2)).
fn least_to_begin() -> u64 {
    let begins = |kib: &u64| limited(&format!("-v {kib}"), "--version").status.code() == Some(0);
    (1..512).map(|step| step * 256).find(begins).expect("128 MiB of addresses suffice")
}

#[test]
fn with_few_addresses_every_command_works_or_says_so() {
    let _turn = turn();
    let least = least_to_begin();
    let before = left_behind("shmeter");
    let mut short = 0;
    for kib in (0..12).map(|step| least + step * 160) {
        for line in COMMANDS {
            let output = limited(&format!("-v {kib}"), line);
            let told = said(&output);
            short += usize::from(told.contains("its own memory does not fit"));
            let fault = fault(&output).filter(|_| !told.contains("does not fit"));
            assert!(fault.is_none(), "ulimit -v {kib}: {line}: {fault:?}");
            assert!(output.status.signal().is_none(), "ulimit -v {kib}: {line}: {told}");
        }
    }
    assert!(short > 0, "no limit was small enough to be told of");
    assert_eq!(left_behind("shmeter"), before);
}

#[test]
fn a_fill_ends_where_the_limit_on_addresses_was_said_to_end_it() {
    let _turn = turn();
    for kind in ["posix", "memfd", "sysv", "anon", "posix --procs 2 --method populate"] {
        let line = format!("fill --kind {kind} --until 200Mi --force --format json");
        let output = limited("-v 40000", &line);
        assert!(output.status.code().is_some_and(|code| [0, 4].contains(&code)), "{output:?}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let (predicted, measured) = (&document["predicted"], &document["measured"]);
        assert_eq!(predicted["binding"], "rlimit-as", "{kind}: {document:#}");
        assert_eq!(measured["ended_in"], "enomem", "{kind}: {document:#}");
        assert_eq!(document["agrees"], true, "{kind}: {document:#}");
        // What is made whole is refused whole.
        let whole = matches!(kind, "sysv" | "anon");
        assert_eq!(measured["bytes"] == 0, whole, "{kind}: {document:#}");
    }
}

#[test]
fn what_could_not_be_removed_is_not_made() {
    let _turn = turn();
    let before = left_behind("shmeter");
    for (calls, line) in [
        ("shmctl", "fill --kind sysv --until 1Mi --force"),
        ("shmctl", "compare --no-cost"),
        ("unlinkat", "compare --no-cost"),
        #[cfg(target_arch = "x86_64")]
        ("unlink,unlinkat", "compare --no-cost"),
        #[cfg(target_arch = "x86_64")]
        ("unlink,unlinkat", "bench lifecycle --quick --rounds 1 --bytes 1Mi --force"),
    ] {
        let output = refused("EPERM", calls, line);
        assert_eq!(fault(&output), None, "{calls}: {line}");
        assert_eq!(left_behind("shmeter"), before, "{calls}: {line}");
    }
}

#[test]
fn what_could_not_be_asked_is_not_claimed() {
    let _turn = turn();
    let output = refused("EPERM", "statfs", "compare --no-cost --format json");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = document["rows"].as_array().unwrap();
    let bounded = rows.iter().find(|row| row["id"] == "bounded-by-size").unwrap();
    assert_eq!(bounded["cells"]["posix"]["said"], "-", "{bounded}");
    let output = refused("EPERM", "fcntl", "compare --no-cost --format json");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = document["rows"].as_array().unwrap();
    let seals = rows.iter().find(|row| row["id"] == "seals").unwrap();
    assert_eq!(seals["cells"]["memfd"]["said"], "EPERM", "{seals}");
    let output = refused("EPERM", "shmctl", "compare --no-cost --format json");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = document["rows"].as_array().unwrap();
    let survives = rows.iter().find(|row| row["id"] == "survives-exit").unwrap();
    assert_eq!(survives["cells"]["sysv"]["said"], "EPERM", "{survives}");
    for call in ["getdents64", "openat"] {
        let told = said(&refused("EPERM", call, "ls"));
        assert!(told.contains("EPERM") && !told.contains("mount -t proc"), "{told}");
    }
    let told = refused("EPERM", "statfs", "ls").stdout;
    let told = String::from_utf8(told).unwrap();
    assert!(told.starts_with("/dev/shm: what is held there cannot be told"), "{told}");
}

#[test]
fn a_worker_whose_leader_is_gone_leaves_where_the_kernel_may_not_end_it() {
    let _turn = turn();
    let folder = tempfile::tempdir().unwrap();
    // The leader has a pipe that is full for its journal, so its worker waits.
    let script = "mkfifo pipe; exec 3<>pipe; head -c 65536 /dev/zero >&3; exec \"$0\" EPERM prctl \"$1\" \
                  fill --kind memfd --until 1Mi --force --format jsonl >&3";
    let mut command = Command::new("bash");
    command.args(["-c", script]).arg(deny()).arg(SHMETER).current_dir(folder.path());
    let mut leader = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let of_it = format!("/proc/{0}/task/{0}/children", leader.id());
    let is_worker = |pid: &str| {
        let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.contains("team-worker")
    };
    let moment = || std::thread::sleep(Duration::from_millis(10));
    let worker = (0..1000).find_map(|_| {
        moment();
        let children = std::fs::read_to_string(&of_it).unwrap_or_default();
        children.split_whitespace().find(|pid| is_worker(pid)).map(str::to_owned)
    });
    // It shall be waiting, and not about to begin.
    (0..50).for_each(|_| moment());
    leader.kill().unwrap();
    leader.wait().unwrap();
    let worker = worker.expect("a worker");
    let left = (0..1000).any(|_| {
        moment();
        !is_worker(&worker)
    });
    assert!(left, "worker {worker} is still there");
}

#[test]
fn with_a_small_stack_every_command_works_or_says_so() {
    let _turn = turn();
    for kib in [32, 48, 64, 96, 128, 256] {
        let faults = faults_of(&COMMANDS, |line| limited(&format!("-s {kib}"), line));
        assert!(faults.is_empty(), "ulimit -s {kib}: {faults:#?}");
    }
    // What may be raised is raised.
    let output = limited("-S -s 32", "inspect");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn whatever_call_is_refused_nothing_hangs_panics_or_dies() {
    let _turn = turn();
    let before = left_behind("shmeter");
    let list = Command::new(deny()).arg("--list").output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    assert!(list.lines().count() >= 47, "{list}");
    let mut faults = Vec::new();
    for call in list.lines() {
        for (errno, commands) in [
            ("EPERM", &["inspect", "fill --kind posix --until 1Mi --force"][..]),
            ("ENOSYS", &["fill --kind memfd --until 1Mi --force --procs 2"]),
        ] {
            let found = faults_of(commands, |line| refused(errno, call, line));
            faults.extend(found.iter().map(|fault| format!("{call} {errno}: {fault}")));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(left_behind("shmeter"), before);
}
