//! `shmeter ls` against shared memory that processes really hold, and against lsipc, ipcs and lsof.

mod holder;
mod others;
mod unseen;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::process::Command;

use serde_json::{Value, json};

use crate::skip::has;
use crate::traces::turn;
use holder::{Holder, document, ls, named, pids, rows, unshare};

/// A path in /dev/shm that no other test has.
fn path(name: &str) -> String {
    format!("/dev/shm/shmeter-ls-{}-{name}", std::process::id())
}

/// Held bytes, size, whether it is unlinked, and the first holder's mappings and descriptor.
fn told(row: &Value) -> Value {
    let holder = &row["holders"][0];
    json!([
        row["held_bytes"],
        row["size_bytes"],
        row["unlinked"],
        holder["mappings"],
        holder["open"]
    ])
}

#[test]
fn every_kind_is_found_with_its_size_and_its_holder() {
    let _turn = turn();
    let (mapped, opened, gone) = (path("mapped"), path("opened"), path("gone"));
    let name = format!("kinds {}", std::process::id());
    let steps = format!(
        "map|{mapped}|8192|open|{opened}|12288|map|{gone}|16384|unlink|{gone}|memfd|{name}|20480|\
         anon|24576|sysv|28672|sysv-gone|4096"
    );
    let steps: Vec<&str> = steps.split('|').collect();
    let holder = Holder::new(&steps);
    let document = document(&[], &[]);
    let own = |kind: &str| {
        let own = |row: &Value| row["kind"] == kind && pids(row) == [u64::from(holder.pid())];
        rows(&document, own)
    };
    assert_eq!(told(&named(&document, &mapped)), json!([8192, 8192, false, 1, false]));
    assert_eq!(told(&named(&document, &opened)), json!([12288, 12288, false, 0, true]));
    let gone = named(&document, &gone);
    assert_eq!((&gone["unlinked"], &gone["size_bytes"]), (&json!(true), &json!(16384)));
    assert!(gone["held_bytes"] == 16384, "{gone}");
    assert_eq!(told(&named(&document, &name)), json!([20480, 20480, true, 1, true]));
    assert_eq!(own("posix").len(), 3);
    let anon = own("anon");
    assert_eq!((anon.len(), &anon[0]["size_bytes"]), (1, &json!(24576)));
    let ids = holder.numbers("shmid");
    let [sysv, removed] =
        [0, 1].map(|at| own("sysv").into_iter().find(|row| row["shmid"] == ids[at]).unwrap());
    assert_eq!((&sysv["resident_bytes"], &sysv["attached"]), (&json!(28672), &json!(1)));
    assert_eq!(sysv["creator"], json!({"pid": holder.pid(), "name": "hold"}));
    assert_eq!((&sysv["unlinked"], &removed["unlinked"]), (&json!(false), &json!(true)));
    for row in rows(&document, |row| pids(row) == [u64::from(holder.pid())]) {
        assert_eq!((&row["held_by"], &row["remove"]), (&json!("processes"), &Value::Null));
        let cgroup = std::fs::read_to_string(format!("/proc/{}/cgroup", holder.pid())).unwrap();
        for charged in row["cgroups"].as_array().unwrap() {
            assert!(cgroup.contains(charged.as_str().unwrap()), "{row}");
        }
    }
}

#[test]
fn what_many_processes_hold_is_one_row() {
    let _turn = turn();
    let (file, name) = (path("shared"), format!("shared {}", std::process::id()));
    let holder =
        Holder::new(&["map", &file, "4096", "memfd", &name, "4096", "anon", "8192", "fork"]);
    let mut both = [u64::from(holder.pid()), holder.numbers("pid")[0]];
    both.sort_unstable();
    let document = document(&[], &[]);
    assert_eq!(pids(&named(&document, &file)), both);
    assert_eq!(pids(&named(&document, &name)), both);
    assert_eq!(rows(&document, |row| row["kind"] == "anon" && pids(row) == both).len(), 1);
}

#[test]
fn the_largest_comes_first_and_the_totals_add_up() {
    let _turn = turn();
    let (small, large) = (path("small"), path("large"));
    let _holder = Holder::new(&["map", &small, "4096", "map", &large, "40960", "sysv", "8192"]);
    let document = document(&[], &[]);
    let held: Vec<u64> = rows(&document, |_| true)
        .iter()
        .map(|row| row["held_bytes"].as_u64().unwrap_or(0))
        .collect();
    assert!(held.is_sorted_by(|a, b| a >= b), "{held:?}");
    let totals = &document["totals"];
    assert_eq!(totals["all"]["bytes"], held.iter().sum::<u64>());
    assert_eq!(totals["all"]["objects"], held.len());
    let kinds = ["posix", "sysv", "memfd", "anon"];
    let sum: u64 = kinds.iter().map(|kind| totals[kind]["bytes"].as_u64().unwrap()).sum();
    assert_eq!(totals["all"]["bytes"], sum);
}

#[test]
fn a_process_whose_first_thread_has_ended_still_holds() {
    let _turn = turn();
    let file = path("headless");
    let holder = Holder::new(&["map", &file, "4096", "headless"]);
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", holder.pid())).unwrap();
    assert!(stat.contains(") Z "), "{stat}");
    assert_eq!(pids(&named(&document(&[], &[]), &file)), [u64::from(holder.pid())]);
}

/// What a script says where nothing else is: in namespaces of its own, with a /dev/shm of its own.
fn alone(namespaces: &[&str], script: &str) -> String {
    let programs = holder::programs();
    let mut command = unshare(&[namespaces, &["--ipc", "--mount"]].concat());
    let script = format!("set -e; mount -t tmpfs shm /dev/shm; {script}");
    command.args(["sh", "-c", &script]).arg(&programs.hold).arg(&programs.shmeter);
    let output = command.output().unwrap();
    // The shell may tell that what it was to kill was killed.
    let error = String::from_utf8_lossy(&output.stderr).replace("Killed\n", "");
    assert_eq!((output.status.code(), error.as_str()), (Some(0), ""), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Whether who runs the tests may make namespaces, as a user too; else the test is skipped.
fn may_unshare(test: &str) -> bool {
    let command = unshare(&["--ipc", "--mount", "true"]);
    let arguments = command.get_args().map(|argument| argument.to_str().unwrap());
    has(test, &["unshare"].into_iter().chain(arguments).collect::<Vec<_>>(), "util-linux")
}

const OWN_PIDS: [&str; 3] = ["--pid", "--fork", "--mount-proc"];

/// Leaves two files and a segment. `hold` would take away what it made, so it is killed.
const LEAVE: &str = "mkfifo /dev/shm/never; : >/dev/shm/said; \
     \"$0\" leave /dev/shm/left 8192 leave '/dev/shm/a  b' 4096 sysv-left 12288 \
     <>/dev/shm/never >/dev/shm/said & \
     until grep -q ready /dev/shm/said; do :; done; kill -9 $!; wait $! 2>/dev/null || true; \
     rm /dev/shm/said /dev/shm/never; ";

#[test]
fn what_nobody_holds_is_told_with_the_commands_that_remove_it() {
    let _turn = turn();
    if !may_unshare("what_nobody_holds_is_told_with_the_commands_that_remove_it") {
        return;
    }
    let said = alone(
        &[],
        &format!(
            "{LEAVE} \"$1\" ls; \"$1\" ls --format json; \
             \"$1\" ls --format json | sed -n 's/ *\"remove\": \"\\(.*\\)\".*/\\1/p' | sh; \
             ls -A /dev/shm; tail -n +2 /proc/sysvipc/shm",
        ),
    );
    let (text, rest) = said.split_at(said.find("\n{").unwrap());
    let (json, after) = rest.split_at(rest.find("\n}").unwrap() + 2);
    assert_eq!(after.trim(), "", "the commands remove all of it");
    let document: Value = serde_json::from_str(json).unwrap();
    let nobody = rows(&document, |row| row["held_by"] == "nobody");
    assert_eq!((nobody.len(), &document["totals"]["nobody"]["bytes"]), (3, &json!(24576)));
    assert_eq!(document["processes"]["hidden_by"], Value::Null);
    assert!(text.starts_with("/dev/shm: 12.0 KiB in 2 files, 12.0 KiB held by nobody\n"), "{text}");
    for command in ["rm -- /dev/shm/left", "find /dev/shm -xdev -inum ", "ipcrm -m "] {
        assert!(text.contains(command), "{command}: {text}");
    }
}

/// A PID namespace of its own, without what the shell has open.
const OTHER_PIDS: &str = "unshare --pid --fork --mount-proc sh -c 'exec 9<&-; exec \"$0\" \"$@\"' ";

#[test]
fn in_a_pid_namespace_the_kernel_says_whether_a_file_is_in_use() {
    let _turn = turn();
    if !may_unshare("in_a_pid_namespace_the_kernel_says_whether_a_file_is_in_use") {
        return;
    }
    let said = alone(
        &[],
        &format!(
            "{LEAVE} printf %04096d 0 >/dev/shm/held; exec 9</dev/shm/held; {OTHER_PIDS} \"$1\" ls; \
             {OTHER_PIDS} \"$1\" ls --format json; {OTHER_PIDS} \"$1\""
        ),
    );
    let (text, rest) = said.split_at(said.find("\n{").unwrap());
    let (json, inspect) = rest.split_at(rest.find("\n}").unwrap() + 2);
    let document: Value = serde_json::from_str(json).unwrap();
    assert_eq!(document["processes"]["hidden_by"], "pid-namespace");
    let held = named(&document, "/dev/shm/held");
    assert_eq!((&held["held_by"], &held["remove"]), (&json!("unseen"), &Value::Null), "{held}");
    let left = named(&document, "/dev/shm/left");
    let remove = json!("rm -- /dev/shm/left");
    assert_eq!((&left["held_by"], &left["remove"]), (&json!("nobody"), &remove), "{left}");
    // The kernel counts who is attached to a segment, whoever can be seen.
    let segment = rows(&document, |row| row["kind"] == "sysv");
    assert_eq!(segment[0]["held_by"], "nobody");
    assert!(segment[0]["remove"].as_str().unwrap().starts_with("ipcrm -m "), "{segment:?}");
    let totals = &document["totals"];
    assert_eq!(
        (&totals["nobody_posix"]["objects"], &totals["unknown_posix"]["objects"]),
        (&json!(2), &json!(0))
    );
    let words = |said: &str| said.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["12.0 KiB held by nobody", "unseen", "the kernel does not say by whom"] {
        assert!(words(text).contains(part), "{part}: {text}");
    }
    // inspect looks at processes alone.
    assert!(words(inspect).contains("outside this PID namespace"), "{inspect}");
    assert!(inspect.contains("held by no process that is visible from here"), "{inspect}");
    for command in ["rm --", "rm /", "find /"] {
        assert!(!inspect.contains(command), "{inspect}");
    }
    assert!(inspect.contains("shmeter ls\n"), "{inspect}");
}

#[test]
fn semaphores_are_no_leftovers() {
    let _turn = turn();
    if !may_unshare("semaphores_are_no_leftovers") {
        return;
    }
    let said =
        alone(&OWN_PIDS, "printf %032d 0 >/dev/shm/sem.queue; \"$1\" ls --format json; \"$1\"");
    let (json, inspect) = said.split_at(said.find("\n}").unwrap() + 2);
    let document: Value = serde_json::from_str(json).unwrap();
    let row = named(&document, "/dev/shm/sem.queue");
    assert_eq!((&row["kept"], &row["remove"]), (&json!("semaphore"), &Value::Null));
    assert_eq!(document["totals"]["unknown"]["objects"], 0);
    assert!(!inspect.contains("sem.queue"), "{inspect}");
}

#[test]
fn where_there_is_nothing_it_says_so() {
    let _turn = turn();
    if !may_unshare("where_there_is_nothing_it_says_so") {
        return;
    }
    let said = alone(&OWN_PIDS, "\"$1\" ls");
    assert_eq!(said, "/dev/shm: no shared memory is held here\n");
}

/// One to paste is not broken, however long the name is that somebody else left on this machine.
fn is_command(line: &str) -> bool {
    line.trim_start().starts_with("rm -- ")
}

#[test]
fn names_that_could_steer_a_terminal_or_a_shell_do_not() {
    let _turn = turn();
    let mut hostile = path("h").into_bytes();
    hostile.extend(b"\x1b[31m\n'; touch owned; \xff\xe2\x80\xae");
    let hostile = OsString::from_vec(hostile);
    std::fs::write(&hostile, [1; 5000]).unwrap();
    let text = String::from_utf8(ls(&[], &[]).stdout).unwrap();
    let inode = std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(&hostile).unwrap());
    let document = document(&[], &[]);
    let row = rows(&document, |row| row["inode"] == inode && row["kind"] == "posix");
    std::fs::remove_file(&hostile).unwrap();
    for line in text.lines() {
        assert!(line.chars().count() <= 80 || is_command(line), "{line}");
        assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}'), "{line:?}");
    }
    assert_eq!((row.len(), &row[0]["held_bytes"]), (1, &json!(8192)));
}

#[test]
fn text_fits_80_columns_and_has_colour_only_where_it_is_asked_for() {
    let _turn = turn();
    let long = path(&"x".repeat(200));
    let _holder = Holder::new(&["map", &long, "4096", "memfd", &"y".repeat(240), "4096"]);
    let plain = String::from_utf8(ls(&[], &[]).stdout).unwrap();
    for line in plain.lines() {
        assert!(line.chars().count() <= 80 || is_command(line), "{line}");
    }
    assert!(!plain.contains('\u{1b}') && plain.contains("...xxx"), "{plain}");
    let colour = String::from_utf8(ls(&[], &["--color", "always"]).stdout).unwrap();
    assert!(colour.contains('\u{1b}'), "{colour}");
}

#[test]
fn a_wrong_folder_or_process_is_one_line_and_an_exit_code() {
    let _turn = turn();
    for (arguments, code, word) in [
        (["--path", "/nowhere"], 2, "/nowhere"),
        (["--path", "shm"], 2, "absolute path"),
        (["--pid", "4194305"], 3, "no such process"),
        (["--pid", "0"], 2, "0"),
    ] {
        let output = ls(&[], &arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{error}");
        assert!(error.contains(word) && error.lines().count() == 1, "{error}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_folder_of_another_file_system_is_no_shared_memory() {
    let _turn = turn();
    let document = document(&[], &["--path", "/proc"]);
    assert_eq!(document["subject"]["is_shared_memory"], false);
    assert_eq!(document["totals"]["posix"]["objects"], 0);
    assert!(document["notes"][0].as_str().unwrap().contains("/proc is on "));
}

#[test]
fn another_folder_has_only_its_own_files() {
    let _turn = turn();
    let (inside, outside) = (path("folder"), path("outside"));
    std::fs::create_dir(&inside).unwrap();
    let (file, gone) = (format!("{inside}/deep"), format!("{inside}/gone"));
    let holder = Holder::new(&[
        "map", &file, "4096", "map", &gone, "4096", "unlink", &gone, "map", &outside, "4096",
    ]);
    let document = document(&[], &["--path", &inside]);
    let posix = rows(&document, |row| row["kind"] == "posix");
    drop(holder);
    std::fs::remove_dir(&inside).unwrap();
    let names: Vec<&str> = posix.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert!(
        names.len() == 2 && names.contains(&file.as_str()) && names.contains(&gone.as_str()),
        "{names:?}"
    );
}

#[test]
fn processes_that_end_meanwhile_are_no_error() {
    let _turn = turn();
    for round in 0..60 {
        let file = path(&format!("short-{round}"));
        let mut short = Command::new(&holder::programs().hold)
            .args(["anon", "8192", "sysv-gone", "4096", "map", &file, "4096", "fork"])
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        document(&[], &[]);
        short.wait().unwrap();
    }
}
