//! Every row of compare is a live probe: where the kernel behaves otherwise, by a seccomp filter that
//! makes one call fail or by another setting, the row says so.

use std::fmt::Write;
use std::process::Command;

use serde_json::Value;

use super::lab::{HARDENED, Lab, lab, must};

fn table(lab: &Lab, options: &[&str]) -> Value {
    let arguments = ["compare", "--no-cost", "--format", "json"];
    let output = lab.run(options, &lab.product, &arguments);
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{options:?}: {err}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn said(table: &Value, id: &str, column: &str) -> String {
    let rows = table["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("no row {id}"));
    row["cells"][column]["said"].as_str().unwrap().to_owned()
}

/// A filter that lets everything pass but these calls, whose argument `at` compares so with `value`.
fn filter(calls: &[&str], rule: Option<(u32, &str, u64)>, errno: i32) -> tempfile::NamedTempFile {
    let names: Vec<String> = calls.iter().map(|call| format!("\"{call}\"")).collect();
    let mut arguments = String::new();
    if let Some((at, op, value)) = rule {
        write!(arguments, r#"{{"index":{at},"value":{value},"op":"SCMP_CMP_{op}"}}"#).unwrap();
    }
    let text = format!(
        r#"{{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{{"names":[{}],"action":"SCMP_ACT_ERRNO",
            "errnoRet":{errno},"args":[{arguments}]}}]}}"#,
        names.join(",")
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, text).unwrap();
    file
}

const EPERM: i32 = 1;
const EINVAL: i32 = 22;
const ENOSPC: i32 = 28;

/// Calls, which of them, with which error, and what rows then say in a column.
type Case = (
    &'static [&'static str],
    Option<(u32, &'static str, u64)>,
    i32,
    &'static [(&'static str, &'static str, &'static str)],
);

const CASES: &[Case] = &[
    (&["shmget"], Some((1, "GE", 1 << 20)), ENOSPC, &[("largest", "sysv", "512 KiB")]),
    // Finding is shmget without flags.
    (
        &["shmget"],
        Some((2, "EQ", 0)),
        EPERM,
        &[
            ("name-visible", "sysv", "EPERM"),
            ("survives-exit", "sysv", "EPERM"),
            ("survives-sigkill", "sysv", "EPERM"),
            ("found-after-removal", "sysv", "EPERM"),
            ("grow", "sysv", "EPERM"),
            ("other-user-opens", "sysv", "EPERM"),
        ],
    ),
    (
        &["unlink", "unlinkat", "shmctl"],
        None,
        ENOSPC,
        &[
            ("removed-in-use", "posix", "ENOSPC"),
            ("removed-in-use", "sysv", "ENOSPC"),
            ("found-after-removal", "posix", "ENOSPC"),
            ("mapped-after-removal", "posix", "ENOSPC"),
            ("mapped-after-removal", "sysv", "ENOSPC"),
            ("other-user-removes", "posix", "ENOSPC"),
            ("other-user-removes", "sysv", "ENOSPC"),
            ("shm-lock", "sysv", "ENOSPC"),
        ],
    ),
    (
        &["mremap"],
        None,
        EPERM,
        &[("grow", "posix", "EPERM"), ("grow", "memfd", "EPERM"), ("grow", "anon", "EPERM")],
    ),
    (
        &["ftruncate"],
        Some((1, "EQ", 0)),
        EPERM,
        &[("shrink", "posix", "EPERM"), ("shrink", "memfd", "EPERM")],
    ),
    (
        &["ftruncate"],
        Some((1, "EQ", 16 << 20)),
        EPERM,
        &[("sparse", "posix", "EPERM"), ("sparse", "memfd", "EPERM")],
    ),
    (
        &["mmap"],
        Some((2, "EQ", 1)),
        EPERM,
        &[("read-only", "posix", "EPERM"), ("read-only", "anon", "EPERM")],
    ),
    (
        &["mmap"],
        Some((2, "EQ", 7)),
        EINVAL,
        &[("executable", "memfd", "EINVAL"), ("executable", "anon", "EINVAL")],
    ),
    (&["mmap"], Some((3, "EQ", 0x4_0021)), EINVAL, &[("huge", "anon", "EINVAL")]),
    // What fork(3) asks of clone(2), and starting another program does not.
    (
        &["clone"],
        Some((0, "EQ", 0x0120_0011)),
        EPERM,
        &[("fork", "anon", "EPERM"), ("fork", "sysv", "EPERM")],
    ),
    (&["fcntl"], Some((1, "EQ", 1033)), EINVAL, &[("seals", "memfd", "takes none")]),
    (
        &["mbind", "mlock"],
        None,
        ENOSPC,
        &[
            ("numa", "posix", "ENOSPC"),
            ("numa", "anon", "ENOSPC"),
            ("mlock", "memfd", "ENOSPC"),
            ("mlock", "sysv", "ENOSPC"),
        ],
    ),
    (
        &["shmat", "memfd_create"],
        None,
        EPERM,
        &[
            ("in-ipcs", "sysv", "EPERM"),
            ("in-cgroup", "sysv", "EPERM"),
            ("in-df", "memfd", "EPERM"),
            ("in-cgroup", "memfd", "EPERM"),
        ],
    ),
];

#[test]
fn a_call_that_fails_changes_the_rows_that_stand_on_it() {
    let (lab, _turn) = lab();
    let plain = table(lab, &["--user=0", "--security-opt=seccomp=unconfined"]);
    let mut faults = Vec::new();
    for (calls, rule, errno, expected) in CASES {
        let file = filter(calls, *rule, *errno);
        let profile = format!("--security-opt=seccomp={}", file.path().display());
        let filtered = table(lab, &["--user=0", &profile]);
        for (id, column, word) in *expected {
            let (before, now) = (said(&plain, id, column), said(&filtered, id, column));
            if before == *word || now != *word {
                faults
                    .push(format!("{calls:?}: {id} of {column}: {before}, then {now}, not {word}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A tmpfs of this machine, unmounted when it is dropped.
struct Mount(tempfile::TempDir);

impl Mount {
    fn new(options: &str) -> Mount {
        let mount = Mount(tempfile::tempdir().unwrap());
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", options, "shm"]).arg(mount.0.path());
        must(&mut command, "cannot mount a tmpfs");
        mount
    }

    fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_setting_changes_the_rows_that_stand_on_it() {
    let (lab, _turn) = lab();
    let usual = table(lab, &["--user=0"]);
    let rows = |table: &Value, id: &str, columns: [&str; 2]| columns.map(|c| said(table, id, c));

    // With it a segment goes with its last process (proc_sys_kernel(5)).
    let forced = table(lab, &["--sysctl=kernel.shm_rmid_forced=1"]);
    for id in ["survives-exit", "survives-sigkill"] {
        assert_eq!(rows(&usual, id, ["sysv", "posix"]), ["yes", "yes"]);
        assert_eq!(rows(&forced, id, ["sysv", "posix"]), ["no", "yes"]);
    }
    // Docker mounts /dev/shm noexec and sticky.
    assert_eq!(rows(&usual, "executable", ["posix", "memfd"]), ["EPERM", "yes"]);
    assert_eq!(said(&usual, "other-user-removes", "posix"), "EPERM");
    let other = table(lab, &["--user=0", "--tmpfs=/dev/shm:rw,exec,mode=0777,size=32m"]);
    assert_eq!(rows(&other, "executable", ["posix", "crate"]), ["yes", "yes"]);
    assert_eq!(rows(&other, "other-user-removes", ["posix", "crate"]), ["yes", "yes"]);
    let mount = Mount::new("huge=always,size=32m");
    let huge = table(lab, &["--user=0", &format!("--volume={}:/dev/shm", mount.path())]);
    assert_eq!(rows(&usual, "huge", ["posix", "crate"]), ["no", "no"]);
    assert_eq!(rows(&huge, "huge", ["posix", "crate"]), ["huge=always", "huge=always"]);
    // Without the right to lock memory, RLIMIT_MEMLOCK bounds it (mlock(2), shmctl(2)).
    let little = table(lab, &["--ulimit=memlock=65536:65536", "--cap-drop=ALL"]);
    assert_eq!(rows(&little, "mlock", ["posix", "anon"]), ["ENOMEM", "ENOMEM"]);
    assert_eq!(said(&little, "shm-lock", "sysv"), "ENOMEM");
}

#[test]
fn an_unprivileged_container_without_shm_has_answers_too() {
    let (lab, _turn) = lab();
    let hardened = table(lab, &HARDENED);
    assert_eq!(said(&hardened, "name-visible", "posix"), "yes");
    assert_eq!(said(&hardened, "other-user-removes", "posix"), "-", "only root can try");
    let none = table(lab, &["--ipc=none", "--read-only"]);
    assert_ne!(said(&none, "name-visible", "posix"), "yes");
    assert_eq!(said(&none, "fork", "memfd"), "yes");
    assert_eq!(said(&none, "in-ipcs", "sysv"), "yes");
}
