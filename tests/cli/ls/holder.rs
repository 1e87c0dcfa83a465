//! A process that holds shared memory as a test says, and goes with its test.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Programs that any user may run: shmeter, and tests/cli/ls/hold.c.
pub struct Programs {
    pub shmeter: PathBuf,
    pub hold: PathBuf,
    _folder: tempfile::TempDir,
}

pub fn programs() -> &'static Programs {
    static PROGRAMS: OnceLock<Programs> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let (shmeter, hold) = (folder.path().join("shmeter"), folder.path().join("hold"));
        // By a program: a file that this one has open for writing may be open in a child of another test
        // for a moment, and then cannot be run.
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_shmeter")).arg(&shmeter).status();
        assert!(copied.unwrap().success());
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/ls/hold.c");
        let mut cc = Command::new("cc");
        cc.args(["-O1", "-Wall", "-Wextra", "-pthread", "-o"]).arg(&hold).arg(source);
        let compiled = cc.status().is_ok_and(|status| status.success());
        assert!(compiled, "tests/cli/ls/hold.c cannot be compiled (Debian: gcc and libc6-dev)");
        Programs { shmeter, hold, _folder: folder }
    })
}

/// A process that holds something.
pub struct Holder {
    child: Child,
    /// What it said: `shmid N`, `pid N`.
    pub said: Vec<String>,
}

impl Holder {
    /// Starts one in the usual surroundings.
    pub fn new(steps: &[&str]) -> Holder {
        Holder::start(Command::new(&programs().hold).args(steps))
    }

    /// Starts one in namespaces of its own, /dev/shm among them.
    pub fn apart(steps: &[&str]) -> Holder {
        let mut command = unshare(&["--ipc", "--mount"]);
        command.args(["sh", "-c", "mount -t tmpfs shm /dev/shm && exec \"$0\" \"$@\""]);
        Holder::start(command.arg(&programs().hold).args(steps))
    }

    fn start(command: &mut Command) -> Holder {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said: Vec<String> = lines.map(Result::unwrap).take_while(|l| l != "ready").collect();
        // `ready` or its end: the latter is a fault.
        assert!(child.try_wait().unwrap().is_none(), "{said:?}");
        Holder { child, said }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The numbers behind a word that it said.
    pub fn numbers(&self, word: &str) -> Vec<u64> {
        let lines = self.said.iter().filter_map(|line| line.strip_prefix(word));
        lines.map(|number| number.trim().parse().unwrap()).collect()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// `unshare`, as a user who may.
pub fn unshare(namespaces: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    if !nix::unistd::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command.args(namespaces);
    command
}

/// Runs `shmeter ls` with arguments, after a program that runs it otherwise.
pub fn ls(before: &[&str], arguments: &[&str]) -> Output {
    let shmeter = programs().shmeter.to_str().unwrap();
    let all = [before, &[shmeter, "ls"], arguments].concat();
    let (program, arguments) = all.split_first().unwrap();
    Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// The document.
pub fn document(before: &[&str], arguments: &[&str]) -> Value {
    let output = ls(before, &[arguments, &["--format", "json"]].concat());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), error.as_str()), (Some(0), ""));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The rows of a document for which something is true.
pub fn rows(document: &Value, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    document["objects"].as_array().unwrap().iter().filter(|row| wanted(row)).cloned().collect()
}

/// The only row with a name.
pub fn named(document: &Value, name: &str) -> Value {
    let found = rows(document, |row| row["name"] == name);
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found[0].clone()
}

/// Who holds a row.
pub fn pids(row: &Value) -> Vec<u64> {
    row["holders"].as_array().unwrap().iter().map(|h| h["pid"].as_u64().unwrap()).collect()
}
