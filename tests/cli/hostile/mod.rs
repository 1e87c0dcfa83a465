//! Whom it looks at may be an attacker: nothing of the host is told, nobody waits for him, and no number of
//! his is believed.

mod forged;
mod stuck;
mod swapped;

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use crate::skip::skip;

/// tests/cli/hostile/attack.c, which any user may run.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<(PathBuf, tempfile::TempDir)> = OnceLock::new();
    let (program, _) = PROGRAM.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let program = folder.path().join("attack");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/hostile/attack.c");
        let mut cc = Command::new("cc");
        cc.args(["-O1", "-Wall", "-Wextra", "-o"]).arg(&program).arg(source);
        let compiled = cc.status().is_ok_and(|status| status.success());
        assert!(compiled, "attack.c cannot be compiled (Debian: gcc and libc6-dev)");
        (program, folder)
    });
    program
}

/// An attack that goes on until it is dropped.
struct Attack {
    child: Child,
    said: Vec<String>,
}

impl Attack {
    /// `None` where it cannot be made here: the test is skipped.
    fn start(test: &str, command: &mut Command) -> Option<Attack> {
        if !nix::unistd::geteuid().is_root() {
            skip(test, "what only root may read takes root");
            return None;
        }
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said: Vec<String> = lines.map(Result::unwrap).take_while(|l| l != "ready").collect();
        let mut attack = Attack { child, said };
        if attack.child.try_wait().unwrap().is_none() && attack.is_up() {
            return Some(attack);
        }
        drop(attack.child.stdin.take());
        let mut why = String::new();
        let error = attack.child.stderr.take().unwrap();
        BufReader::new(error).read_line(&mut why).unwrap();
        skip(test, &format!("the attack cannot be made here: {}", why.trim()));
        None
    }

    fn is_up(&self) -> bool {
        Path::new("/proc").join(self.pid()).join("root").exists()
    }

    fn pid(&self) -> String {
        self.child.id().to_string()
    }
}

impl Drop for Attack {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
