//! The images that live tests run, and the right to run one.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::time::Duration;

use super::SCRIPT;

/// A container that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Unprivileged, as far as Docker goes.
pub const HARDENED: [&str; 4] =
    ["--read-only", "--cap-drop=ALL", "--user=65534", "--security-opt=no-new-privileges"];

/// The images of this run, made by the first test that needs them.
pub struct Lab {
    /// Two binaries and busybox, without an entry point.
    pub image: String,
    /// What scripts/image makes, around the binary under test.
    pub product: String,
    /// For what a test makes of it itself.
    pub made: String,
    /// A label of everything that this run starts.
    pub label: String,
}

/// Runs a program that is to succeed; its stdout.
pub fn must(command: &mut Command, why: &str) -> String {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{why}: {command:?}: {error}"));
    assert!(
        output.status.success(),
        "{why}: {command:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub fn docker(arguments: &[&str]) -> Command {
    let mut command = Command::new("docker");
    command.args(arguments);
    command
}

/// Removes this run's containers and images once the test process is gone, however it ended:
/// that closes the pipe which the shell reads.
fn clean_up_later(label: &str, images: &[&str]) {
    let script = "read -r _; docker ps --all --quiet --filter label=$0 | xargs -r docker rm -f; \
                  docker rmi -f \"$@\"";
    let watcher = Command::new("setsid")
        .args(["sh", "-c", script, label])
        .args(images)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("setsid is missing (Debian: util-linux)");
    // Dropping the handle would close the pipe now.
    std::mem::forget(watcher);
}

fn build(folder: &Path, tag: &str) {
    let mut command = docker(&["build", "--quiet", "--tag", tag]);
    must(command.arg(folder), "the test image cannot be built");
}

/// What scripts/image makes of a binary in `folder`, under a name.
pub fn build_product(folder: &Path, tag: &str, options: &[&str]) {
    let mut command = docker(&["build", "--quiet", "--target=from-binary", "--tag", tag]);
    must(command.args(options).arg(folder), "the image of the product cannot be built");
}

fn set_up() -> Lab {
    let name = format!("shmeter-test-{}", std::process::id());
    let lab = Lab {
        image: format!("{name}:lab"),
        product: format!("{name}:product"),
        made: format!("{name}:made"),
        label: format!("shmeter-test={}", std::process::id()),
    };
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let shmeter = env!("CARGO_BIN_EXE_shmeter");

    let product = folder.path().join("product");
    fs::create_dir(&product).unwrap();
    fs::copy(shmeter, product.join("shmeter")).unwrap();
    fs::copy(project.join("Dockerfile"), product.join("Dockerfile")).unwrap();

    let image = folder.path().join("lab");
    fs::create_dir(&image).unwrap();
    fs::copy(shmeter, image.join("shmeter")).unwrap();
    fs::copy("/bin/busybox", image.join("busybox"))
        .unwrap_or_else(|error| panic!("/bin/busybox: {error} (Debian: busybox-static)"));
    fs::write(image.join("fill.sh"), SCRIPT).unwrap();
    fs::write(
        image.join("Dockerfile"),
        "FROM scratch\nCOPY busybox shmeter touch burst watched fill.sh /\n",
    )
    .unwrap();
    must(
        Command::new("cc")
            .args(["-static", "-O1", "-Wall", "-Wextra", "-o"])
            .arg(image.join("touch"))
            .arg(project.join("tests/docker/touch.c")),
        "tests/docker/touch.c cannot be compiled (Debian: gcc and libc6-dev)",
    );
    must(
        Command::new("cc")
            .args(["-static", "-O1", "-Wall", "-Wextra", "-o"])
            .arg(image.join("burst"))
            .arg(project.join("tests/docker/burst.c")),
        "tests/docker/burst.c cannot be compiled (Debian: gcc and libc6-dev)",
    );
    must(
        Command::new("cc")
            .args(["-static", "-O1", "-Wall", "-Wextra", "-pthread", "-o"])
            .arg(image.join("watched"))
            .arg(project.join("tests/docker/watched.c")),
        "tests/docker/watched.c cannot be compiled (Debian: gcc and libc6-dev)",
    );

    clean_up_later(&lab.label, &[&lab.image, &lab.product, &lab.made]);
    build_product(&product, &lab.product, &[]);
    build(&image, &lab.image);
    lab
}

/// The images, and the right to run a container: one at a time, or else one fill's memory is
/// another one's shortage.
pub fn lab() -> (&'static Lab, MutexGuard<'static, ()>) {
    static LAB: OnceLock<Lab> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let answers = docker(&["version", "--format", "{{.Server.Version}}"]).output();
    let answers = answers.is_ok_and(|output| output.status.success());
    assert!(
        answers,
        "no docker daemon answers; `scripts/test --help` tells how to leave these out"
    );
    (LAB.get_or_init(set_up), turn)
}

impl Lab {
    /// Runs a container to its end; one that hangs is removed.
    pub fn run(&self, options: &[&str], image: &str, arguments: &[&str]) -> Output {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("shmeter-test-{}-{number}", std::process::id());
        let mut command =
            docker(&["run", "--rm", "--network=none", "--name", &name, "--label", &self.label]);
        command.args(options).arg(image).args(arguments).stdin(Stdio::null());
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || sender.send(command.output()));
        receiver.recv_timeout(PATIENCE).map_or_else(
            |_| {
                let _ = docker(&["rm", "--force", &name]).output();
                panic!("{name} hangs: {options:?} {arguments:?}");
            },
            |output| output.unwrap(),
        )
    }
}
