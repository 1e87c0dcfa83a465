//! File systems whose server answers nothing any more.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Attack, program};
use crate::skip::skip;
use crate::traces::turn;

/// Longer than anything may take.
const LONGEST: Duration = Duration::from_secs(5);

/// Whether it ended by itself in time, and what it wrote.
#[allow(clippy::zombie_processes)] // what hangs in the kernel would be waited for until the server is gone
fn ends(line: &[&str]) -> Result<(Option<i32>, String), String> {
    let said = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new(line[0]);
    command.args(&line[1..]).stdin(Stdio::null()).stderr(Stdio::null());
    let mut child = command.stdout(said.reopen().unwrap()).spawn().unwrap();
    let started = Instant::now();
    while started.elapsed() < LONGEST {
        if let Some(status) = child.try_wait().unwrap() {
            return Ok((status.code(), std::fs::read_to_string(said.path()).unwrap()));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    // What waits for the server cannot be waited for before that is gone.
    let _ = child.kill();
    Err(format!("{line:?} hangs"))
}

struct Mounted {
    /// The first to go: nothing in the folder can be removed before.
    attack: Attack,
    folder: tempfile::TempDir,
}

fn mounted(test: &str, over: Option<&str>) -> Option<Mounted> {
    if !std::path::Path::new("/dev/fuse").exists() {
        skip(test, "there is no /dev/fuse");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    // Among processes that can all be looked into: what nobody holds is said only where that was seen.
    let mut command = Command::new("unshare");
    command.args(["--pid", "--mount", "--fork", "--kill-child", "--mount-proc"]);
    let attack =
        Attack::start(test, command.arg(program()).arg("stuck").arg(folder.path()).args(over))?;
    Some(Mounted { attack, folder })
}

impl Mounted {
    /// Where it is mounted.
    fn inside(&self) -> Vec<String> {
        let of = self.attack.pid();
        let children = std::fs::read_to_string(format!("/proc/{of}/task/{of}/children")).unwrap();
        let enter = ["nsenter", "--pid", "--mount", "--target", children.trim()];
        enter.map(str::to_owned).into()
    }

    /// All of them, so that one that hangs does not hide another.
    fn all_end(&self, lines: &[&[&str]]) -> Vec<(Option<i32>, String)> {
        let inside = self.inside();
        let inside: Vec<&str> = inside.iter().map(String::as_str).collect();
        let shmeter = env!("CARGO_BIN_EXE_shmeter");
        let ended = lines.iter().map(|line| ends(&[&inside, &[shmeter][..], line].concat()));
        let (ended, hung): (Vec<_>, Vec<_>) = ended.partition(Result::is_ok);
        assert!(hung.is_empty(), "{hung:#?}");
        ended.into_iter().map(Result::unwrap).collect()
    }

    fn holder(&self) -> String {
        self.attack.said[0].strip_prefix("pid ").unwrap().to_owned()
    }
}

/// Something that nobody holds, so that it has to be asked who does.
struct Left(String);

impl Left {
    fn new(name: &str) -> Left {
        let path = format!("/dev/shm/shmeter-stuck-{}-{name}", std::process::id());
        std::fs::write(&path, [1; 5000]).unwrap();
        Left(path)
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const EVERYTHING: [&[&str]; 5] = [
    &["inspect"],
    &["capture"],
    &["ls", "--format", "json"],
    &["fill", "--until", "1Mi", "--format", "json"],
    &["compare", "--no-cost", "--format", "json"],
];

#[test]
fn an_open_file_on_a_stuck_file_system_keeps_nobody_waiting() {
    let _turn = turn();
    let Some(stuck) = mounted("an_open_file_on_a_stuck_file_system_keeps_nobody_waiting", None)
    else {
        return;
    };
    let left = Left::new("open");
    let ended = stuck.all_end(&EVERYTHING);
    // The file on the stuck file system is none that counts: what is left is told as ever.
    let (_, ls) = &ended[2];
    let document: serde_json::Value = serde_json::from_str(ls).unwrap();
    let objects = document["objects"].as_array().unwrap();
    let row = objects.iter().find(|row| row["name"] == left.0.as_str()).unwrap();
    assert!(row["holders"].as_array().unwrap().is_empty(), "{row}");
    drop(stuck);
}

#[test]
fn a_link_in_the_folder_to_a_stuck_file_system_is_not_followed() {
    let _turn = turn();
    let Some(stuck) = mounted("a_link_in_the_folder_to_a_stuck_file_system_is_not_followed", None)
    else {
        return;
    };
    let link = Left::new("link");
    std::fs::remove_file(&link.0).unwrap();
    std::os::unix::fs::symlink(stuck.folder.path().join("file"), &link.0).unwrap();
    let _left = Left::new("beside");
    stuck.all_end(&EVERYTHING);
}

#[test]
fn a_stuck_file_system_in_the_place_of_the_folder_is_said_to_be_unknown() {
    let _turn = turn();
    let test = "a_stuck_file_system_in_the_place_of_the_folder_is_said_to_be_unknown";
    let Some(stuck) = mounted(test, None) else { return };
    let (folder, pid) = (stuck.folder.path().to_str().unwrap(), stuck.holder());
    let ended = stuck.all_end(&[
        &["inspect", "--path", folder, "--pid", &pid, "--format", "json"],
        &["inspect", "--path", folder, "--format", "json"],
        &["capture", "--path", folder, "--pid", &pid],
        &["ls", "--path", folder, "--pid", &pid],
        &["ls", "--path", folder],
        &["inspect", "--path", &format!("{folder}/below"), "--pid", &pid],
    ]);
    for (_, said) in &ended[..3] {
        assert!(said.contains("ETIMEDOUT"), "{said}");
    }
}

#[test]
fn a_stuck_file_over_meminfo_keeps_nobody_waiting() {
    let test = "a_stuck_file_over_meminfo_keeps_nobody_waiting";
    let Some(stuck) = mounted(test, Some("/proc/meminfo")) else { return };
    stuck.all_end(&[&["inspect"], &["capture"], &["ls"]]);
}
