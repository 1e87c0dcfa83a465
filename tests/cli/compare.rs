//! What compare sees on this kernel is what the manual pages say, and it leaves nothing behind.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::traces::{left_behind, turn};

fn run(arguments: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmeter"));
    command.arg("compare").args(arguments.split_whitespace()).stdin(Stdio::null());
    command.output().unwrap()
}

fn table(arguments: &str) -> Value {
    let output = run(&format!("{arguments} --format json"));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the five columns say in a row.
fn row(table: &Value, id: &str) -> [String; 5] {
    let rows = table["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == id);
    assert!(row.is_some(), "{id} is no row");
    let row = row.unwrap();
    ["posix", "sysv", "memfd", "anon", "crate"]
        .map(|column| row["cells"][column]["said"].as_str().unwrap().to_owned())
}

#[test]
fn each_probe_sees_what_the_manual_pages_say() {
    let _turn = turn();
    let before = left_behind("shmeter-compare");
    let table = table("--no-cost");
    // shm_overview(7), sysvipc(7), shmget(2), shmop(2), shmctl(2), memfd_create(2), mmap(2),
    // ftruncate(2), fcntl(2); anonymous memory has no name and no descriptor.
    for (id, said) in [
        ("name-visible", ["yes", "yes", "-", "-", "yes"]),
        ("survives-exit", ["yes", "yes", "-", "-", "yes"]),
        ("survives-sigkill", ["yes", "yes", "-", "-", "yes"]),
        ("removed-in-use", ["stays usable", "stays usable", "-", "-", "stays usable"]),
        ("found-after-removal", ["ENOENT", "ENOENT", "-", "-", "ENOENT"]),
        ("mapped-after-removal", ["by descriptor", "by id", "by descriptor", "-", "by descriptor"]),
        ("grow", ["yes", "EINVAL", "yes", "SIGBUS", "yes"]),
        ("shrink", ["SIGBUS", "-", "SIGBUS", "-", "SIGBUS"]),
        ("sparse", ["none", "none", "none", "none", "none"]),
        ("read-only", ["SIGSEGV", "SIGSEGV", "SIGSEGV", "SIGSEGV", "SIGSEGV"]),
        ("fork", ["yes", "yes", "yes", "yes", "yes"]),
        ("seals", ["takes none", "-", "EPERM", "-", "takes none"]),
        ("in-df", ["yes", "no", "no", "no", "yes"]),
        ("in-ipcs", ["no", "yes", "no", "no", "no"]),
        ("bounded-by-size", ["yes", "no", "no", "no", "yes"]),
    ] {
        assert_eq!(row(&table, id), said, "{id}");
    }
    if nix::unistd::geteuid().is_root() {
        assert_eq!(row(&table, "other-user-opens"), ["EACCES", "EACCES", "-", "-", "EACCES"]);
        // /dev/shm is sticky; IPC_RMID is for owner and creator.
        assert_eq!(row(&table, "other-user-removes"), ["EPERM", "EPERM", "-", "-", "EPERM"]);
    }
    assert_eq!(left_behind("shmeter-compare"), before);
}

#[test]
fn costs_have_medians_and_a_ratio_with_its_interval() {
    let _turn = turn();
    let table = table("");
    for id in ["cost-whole", "cost-map", "bandwidth"] {
        let [posix, sysv, memfd, anon, _] = row(&table, id);
        for said in [posix, sysv, memfd, anon] {
            assert!(said.starts_with(|c: char| c.is_ascii_digit()), "{id}: {said}");
        }
    }
    assert_ne!(row(&table, "cost-whole")[4], "-");
    let beside = &table["bandwidth"];
    let [low, high] = [&beside["ci95"][0], &beside["ci95"][1]].map(|end| end.as_f64().unwrap());
    assert!(low <= high && low > 0.0);
    assert_eq!(beside["differs"], low > 1.0 || high < 1.0);
}

#[test]
fn the_table_fits_80_columns_and_has_no_colour_in_a_pipe() {
    let _turn = turn();
    let text = String::from_utf8(run("--no-cost").stdout).unwrap();
    assert!(text.contains("SIGSEGV") && !text.contains('\u{1b}'), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let markdown = String::from_utf8(run("--no-cost --format markdown").stdout).unwrap();
    assert!(markdown.contains("| what it does"), "{markdown}");
}

#[test]
fn a_folder_that_is_none_is_told() {
    let _turn = turn();
    let output = run("--path /nowhere");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("/nowhere") && err.lines().count() == 1, "{err}");
}
