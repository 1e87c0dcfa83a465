//! Signals: each that ends a program by default ends shmeter in order, and nothing is left behind.

use std::os::unix::process::CommandExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::skip::skip;
use crate::traces::{left_behind, turn};

/// All that end a program by default (signal(7)), but those of a fault, PIPE, XFSZ and KILL.
const ENDINGS: [i32; 15] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGTERM,
    libc::SIGALRM,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGVTALRM,
    libc::SIGPROF,
    libc::SIGIO,
    libc::SIGPWR,
    libc::SIGSTKFLT,
    libc::SIGXCPU,
    36, // SIGRTMIN is 34 with glibc and 35 with musl
    64,
];

/// Commands that take a while, in a process group of their own.
const COMMANDS: [&str; 3] =
    ["compare --no-cost", "bench --quick --bytes 1Mi", "run --only compare --budget 60s"];

/// Starts it; returns when it has started a process of its own.
fn under_way(mut command: Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let mut child = command.spawn().unwrap();
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    while std::fs::read_to_string(&children).unwrap().is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it began");
        std::thread::yield_now();
    }
    child
}

fn shmeter(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmeter"));
    command.args(arguments.split(' '));
    command
}

/// Sends a signal to a process, or to its group; how it ended.
fn end_with(mut child: Child, signal: i32, group: bool) -> ExitStatus {
    let whom = if group { format!("-{}", child.id()) } else { child.id().to_string() };
    let kill = Command::new("bash").args(["-c", &format!("kill -{signal} -- {whom}")]).status();
    assert!(kill.unwrap().success(), "it was over already");
    child.wait().unwrap()
}

#[test]
fn every_signal_that_ends_a_program_ends_a_compare_in_order() {
    let _turn = turn();
    let before = left_behind("shmeter");
    for signal in ENDINGS {
        let status = end_with(under_way(shmeter(COMMANDS[0])), signal, false);
        assert_eq!((status.code(), status.signal()), (Some(130), None), "signal {signal}");
        assert_eq!(left_behind("shmeter"), before, "signal {signal}");
    }
}

#[test]
fn a_signal_to_the_whole_process_group_ends_each_command_in_order() {
    let _turn = turn();
    let before = left_behind("shmeter");
    for command in COMMANDS {
        for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGUSR1, 64] {
            let status = end_with(under_way(shmeter(command)), signal, true);
            let how = (status.code(), status.signal());
            assert_eq!(how, (Some(130), None), "signal {signal}, {command}");
            assert_eq!(left_behind("shmeter"), before, "signal {signal}, {command}");
        }
    }
}

#[test]
fn what_was_ignored_at_the_start_stays_ignored() {
    let _turn = turn();
    let before = left_behind("shmeter");
    for (name, signal) in [("HUP", libc::SIGHUP), ("INT", libc::SIGINT), ("USR1", libc::SIGUSR1)] {
        let mut command = Command::new("sh");
        let script = format!("trap '' {name}; exec \"$@\"");
        command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_shmeter"), "compare", "--no-cost"]);
        // Of the sh no process is a child: it becomes the program.
        let status = end_with(under_way(command), signal, true);
        assert_eq!(status.code(), Some(0), "{name}");
        assert_eq!(left_behind("shmeter"), before, "{name}");
    }
}

#[test]
fn a_fault_is_still_what_ends_it() {
    let _turn = turn();
    // Nothing of that process is in order any more, so nothing is said about what it leaves.
    let status = end_with(under_way(shmeter("bench --quick --kind anon")), libc::SIGSEGV, false);
    assert_eq!(status.signal(), Some(libc::SIGSEGV));
}

#[test]
fn a_journal_that_may_not_grow_ends_no_run_in_the_midst_of_it() {
    let _turn = turn();
    let before = left_behind("shmeter");
    let folder = tempfile::tempdir().unwrap();
    // Of 512 bytes each: less than one line of the journal.
    let script =
        "ulimit -f 1; exec \"$0\" run --only compare --budget 60s --format json --journal journal";
    let output = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_shmeter")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains("cannot write the journal journal: File too large"), "{told}");
    assert_eq!(left_behind("shmeter"), before);
}

#[test]
fn at_random_moments_of_all_commands_nothing_is_left() {
    let _turn = turn();
    if !nix::unistd::geteuid().is_root() {
        let test = "at_random_moments_of_all_commands_nothing_is_left";
        return skip(test, "scripts/signals makes a cgroup and namespaces, which takes root");
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/signals");
    let mut command = Command::new(script);
    command.arg("64").env("SHMETER", env!("CARGO_BIN_EXE_shmeter"));
    let output = command.output().unwrap();
    let (said, told) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{told}");
    assert!(said.contains("In 0 of "), "{said}");
}
