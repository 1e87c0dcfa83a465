//! Boots a guest kernel, lets it run cases, and hands back what it told: a JSON line a step.
//!
//! The guest is Debian's user-mode-linux: a kernel that is a program, so it needs no rights and
//! boots in two seconds. It has cgroup v1 and v2 and swap, but one CPU and no huge pages. Where one is
//! asked for, it is an emulated machine instead (`emulated`).

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::emulated::{Emulated, emulated, slower};
use crate::initramfs::Initramfs;
use crate::uml::{self, Seat};

const BUSYBOX: &str = "/bin/busybox";

/// Runs the guest, tells when it ended, and ends it with all that it started when the test lets go
/// of stdin, be it that the test was killed. The guest's kernel makes itself a session of its own,
/// which its helpers are in.
const KEEPER: &str = r#"
folder=$1
shift
{
    "$@" < /dev/null > "$folder/console" 2>&1 3<> "$folder/answers" &
    echo $! > "$folder/pid"
    wait $!
    : > "$folder/pid"
    echo ended
} &
read -r _
read -r pid < "$folder/pid" && kill -9 "$pid" "-$pid"
rm -rf -- "$folder"
"#;

/// Which cgroup hierarchy has the memory controller.
#[derive(Clone, Copy)]
pub enum Hierarchy {
    V1,
    V2,
}

/// What to boot.
pub struct Machine {
    pub memory_mib: u64,
    /// The swap disk; cases turn it on.
    pub swap_mib: u64,
    pub hierarchy: Hierarchy,
    /// More files than the harness's own: name in the guest, and path here.
    pub files: Vec<(String, PathBuf)>,
    /// A guest that takes longer hangs.
    pub patience: Duration,
}

/// What a case runs in; init.sh says what each field does. `script` calls its functions.
#[derive(Clone, Default)]
pub struct Case {
    pub name: String,
    pub tree: String,
    pub settings: Vec<(String, String)>,
    pub sysctls: Vec<(String, String)>,
    pub shm: String,
    pub hidden: bool,
    pub score: Option<i32>,
    pub swap: bool,
    pub before: String,
    pub script: String,
}

impl Case {
    /// Itself as shell text.
    fn text(&self) -> String {
        let lines = |pairs: &[(String, String)]| {
            pairs.iter().map(|(file, value)| format!("{file}={value}\n")).collect::<String>()
        };
        let flag = |set: bool| if set { "1".to_owned() } else { String::new() };
        let variables = [
            ("name", self.name.clone()),
            ("tree", self.tree.clone()),
            ("settings", lines(&self.settings)),
            ("sysctls", lines(&self.sysctls)),
            ("shm", self.shm.clone()),
            ("hidden", flag(self.hidden)),
            ("score", self.score.map_or_else(String::new, |score| score.to_string())),
            ("swap", flag(self.swap)),
            ("before", self.before.clone()),
        ];
        let quoted = variables.map(|(name, value)| {
            assert!(!value.contains('\''), "{name}: {value}");
            format!("{name}='{value}'\n")
        });
        format!("{}{}\n", quoted.concat(), self.script)
    }
}

/// What a guest told.
pub struct Answers {
    /// One object a step.
    pub lines: Vec<Value>,
    /// It ran every case.
    pub complete: bool,
    /// The end of what its kernel wrote.
    pub console: String,
    /// From start to end.
    pub took: Duration,
}

/// The keeper's shell. Dropping it ends the guest.
struct Keeper {
    shell: Child,
    life: Option<ChildStdin>,
}

impl Keeper {
    fn start(folder: &Path, arguments: &[String]) -> Keeper {
        let mut shell = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(folder)
            .args(arguments)
            .env("TMPDIR", folder) // the guest's memory is a file there
            .env("HOME", folder) // and its control socket is below that
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh cannot be started");
        let life = shell.stdin.take();
        Keeper { shell, life }
    }

    /// Hears of the guest's end.
    fn end(&mut self) -> Receiver<String> {
        let out = self.shell.stdout.take().expect("it is a pipe");
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            if BufReader::new(out).read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
                let _ = sender.send(line);
            }
        });
        receiver
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.life = None;
        let _ = self.shell.wait();
    }
}

impl Machine {
    /// Boots, runs every case, and turns the guest off, whatever happens in it.
    pub fn run(&self, cases: &[Case]) -> Answers {
        let folder = tempfile::Builder::new().prefix("shmeter-guest-").tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("initramfs"), self.initramfs(&folder, cases)).unwrap();
        fs::write(at("answers"), "").unwrap();

        let start = Instant::now();
        let seat = Seat::take();
        let sizes = (self.memory_mib, self.swap_mib);
        let arguments = match emulated() {
            Some(guest) => guest.arguments(sizes, &at("initramfs"), &at("answers")),
            None => uml::arguments(folder.path(), sizes, &seat),
        };
        let mut keeper = Keeper::start(folder.path(), &arguments);
        let ended = keeper.end().recv_timeout(self.patience * slower());
        let told = fs::read(at("answers")).unwrap();
        let console = fs::read(at("console")).unwrap_or_default();
        drop(keeper);

        let mut answers = Answers {
            lines: Vec::new(),
            complete: false,
            console: String::from_utf8_lossy(&console).into_owned(),
            took: start.elapsed(),
        };
        if ended.is_err() {
            let patience = self.patience * slower();
            answers.console += &format!("\nno end within {} s", patience.as_secs());
        }
        for line in String::from_utf8_lossy(&told).lines() {
            match serde_json::from_str::<Value>(line) {
                Ok(value) if value["guest"] == "done" => answers.complete = true,
                Ok(value) => answers.lines.push(value),
                // An emulated guest's only line has what its kernel writes too.
                Err(_) if !line.starts_with('{') => answers.console += &format!("\n{line}"),
                Err(error) => answers.console += &format!("\n{error}: {line}"),
            }
        }
        answers
    }

    fn initramfs(&self, folder: &TempDir, cases: &[Case]) -> Vec<u8> {
        let mut files = Initramfs::default();
        files.file("init", include_bytes!("init.sh"));
        let guest = emulated();
        for (name, path) in programs(folder, guest) {
            files.file(&name, &read(&path));
        }
        for (name, path) in &self.files {
            files.file(name, &read(path));
        }
        if let Some(module) = guest.and_then(Emulated::module).filter(|_| self.swap_mib > 0) {
            files.file("disk.ko", &read(&module));
        }
        let hierarchy = match self.hierarchy {
            Hierarchy::V1 => "v1",
            Hierarchy::V2 => "v2",
        };
        let console = guest.map_or("tty1", |guest| guest.console.as_str());
        let disk = guest.map_or("/dev/ubda", Emulated::disk);
        let disk = if self.swap_mib > 0 { disk } else { "" };
        let machine = format!(
            "hierarchy={hierarchy} console=/dev/{console} disk={disk} disk_kib={} slower={}\n",
            self.swap_mib << 10,
            slower()
        );
        files.file("machine", machine.as_bytes());
        for (number, case) in cases.iter().enumerate() {
            files.file(&format!("cases/{number:03}"), case.text().as_bytes());
        }
        files.finish()
    }
}

/// What cases run, by its name in the guest: what was built for it, or what is built for this machine.
fn programs(folder: &TempDir, guest: Option<&Emulated>) -> Vec<(String, PathBuf)> {
    let given = |name: &str| guest.and_then(|guest| guest.program(name));
    let mut programs = Vec::new();
    let busybox = given("busybox").unwrap_or_else(|| PathBuf::from(BUSYBOX));
    programs.push(("bin/busybox".to_owned(), busybox));
    let shmeter = given("shmeter").unwrap_or_else(|| {
        // Without its debugging symbols, or else it would fill the memory of a small guest.
        let to = folder.path().join("shmeter");
        must(
            Command::new("strip").args(["-o", &text(&to)]).arg(env!("CARGO_BIN_EXE_shmeter")),
            "the program cannot be stripped (Debian: binutils)",
        );
        to
    });
    programs.push(("shmeter".to_owned(), shmeter));
    for source in ["tests/docker/touch.c", "tests/guest/pour.c", "tests/guest/step.c"] {
        let name = Path::new(source).file_stem().unwrap().to_str().unwrap();
        let program = given(name).unwrap_or_else(|| {
            let to = folder.path().join(name);
            compile(source, &to, &["-static", "-s"]);
            to
        });
        programs.push((name.to_owned(), program));
    }
    programs
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path)
        .unwrap_or_else(|error| panic!("{}: {error} (Debian: busybox-static)", path.display()))
}

/// Compiles a program of the tests.
pub fn compile(source: &str, to: &Path, how: &[&str]) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
    must(
        Command::new("cc")
            .args(["-O1", "-Wall", "-Wextra"])
            .args(how)
            .arg("-o")
            .args([to, &source]),
        "a program of the tests cannot be compiled (Debian: gcc and libc6-dev)",
    );
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Runs a program that is to succeed.
fn must(command: &mut Command, why: &str) {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{why}: {command:?}: {error}"));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{why}: {command:?}: {}\n{told}", output.status);
}
