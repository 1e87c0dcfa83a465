//! A folder that is swapped for a link to one of the host's while it is looked at.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Attack, program};
use crate::traces::turn;

const RUNS: usize = 150;

#[test]
fn a_folder_of_the_host_is_not_listed_whatever_is_swapped_meanwhile() {
    let _turn = turn();
    let host = format!("/dev/shm/shmeter-swapped-{}", std::process::id());
    let gone = Gone(&host);
    std::fs::create_dir(&host).unwrap();
    std::fs::set_permissions(&host, PermissionsExt::from_mode(0o700)).unwrap();
    std::fs::write(Path::new(&host).join("only-roots"), [1; 5000]).unwrap();
    let test = "a_folder_of_the_host_is_not_listed_whatever_is_swapped_meanwhile";
    let mut command = Command::new(program());
    let Some(attack) = Attack::start(test, command.args(["swap", &host])) else { return };
    let mut told = 0;
    for run in 0..RUNS {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shmeter"));
        let verb = if run % 5 == 4 { "inspect" } else { "ls" };
        command.args([verb, "--format", "json", "--pid", &attack.pid()]);
        let output = command.stdin(Stdio::null()).output().unwrap();
        told += usize::from(String::from_utf8_lossy(&output.stdout).contains("only-roots"));
    }
    drop(gone);
    assert_eq!(told, 0, "of {RUNS} runs");
}

struct Gone<'a>(&'a str);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0);
    }
}
