//! A look at a pod whose memory limit is nearly reached, with the same cgroups as a pod's: a parent with
//! the limit, the application's container in it, and who looks as another one beside it, or from outside.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::MIB;
use super::lab::{Lab, docker, lab, must};

/// A parent cgroup of 128 MiB with an application in it: 60 MiB of heap, the rest shared memory.
struct Pod {
    name: String,
    folder: PathBuf,
    app: String,
    v1: bool,
    tools: tempfile::TempDir,
}

const LIMIT: u64 = 128 * MIB;

impl Pod {
    fn new(lab: &Lab) -> Pod {
        let v1 = Path::new("/sys/fs/cgroup/memory").is_dir();
        let root = if v1 { "/sys/fs/cgroup/memory" } else { "/sys/fs/cgroup" };
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("shmeter-room-{}-{number}", std::process::id());
        let folder = Path::new(root).join(&name);
        let tools = tempfile::tempdir().unwrap();
        let mut compile = Command::new("cc");
        compile.args(["-static", "-O1", "-o"]).arg(tools.path().join("touch"));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/docker/touch.c");
        must(compile.arg(source), "tests/docker/touch.c cannot be compiled");
        fs::create_dir(&folder).unwrap();
        let mut pod = Pod { name, folder, app: String::new(), v1, tools };
        fs::write(pod.file("memory.limit_in_bytes", "memory.max"), LIMIT.to_string()).unwrap();
        let parent = format!("--cgroup-parent=/{}", pod.name);
        let mut command = docker(&["run", "--detach", "--network=none", "--ipc=shareable"]);
        command.args([&parent, "--shm-size=128m", "--label", &lab.label, &lab.image]);
        command.args(["/touch", "heap", &(60 * MIB).to_string(), "-"]);
        pod.app = must(&mut command, "the application cannot be started");
        let ready = (0..500).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            must(&mut docker(&["logs", &pod.app]), "no log").contains("ready")
        });
        assert!(ready, "the application does not begin");
        pod
    }

    fn file(&self, v1: &str, v2: &str) -> PathBuf {
        self.folder.join(if self.v1 { v1 } else { v2 })
    }

    fn used(&self) -> u64 {
        let file = self.file("memory.usage_in_bytes", "memory.current");
        fs::read_to_string(file).unwrap().trim().parse().unwrap()
    }

    /// The limit less the working set, as a cluster tells it.
    fn left(&self) -> u64 {
        let stat = fs::read_to_string(self.folder.join("memory.stat")).unwrap();
        let key = if self.v1 { "total_inactive_file " } else { "inactive_file " };
        let cache: u64 =
            stat.lines().find_map(|line| line.strip_prefix(key)).unwrap().parse().unwrap();
        (LIMIT + cache).saturating_sub(self.used())
    }

    /// Fills the application's /dev/shm until so many bytes are left. A cgroup that is gone then pays
    /// for it, and so the pod.
    fn fill(&self, left: u64) {
        let inspect = ["inspect", "--format", "{{.State.Pid}}", &self.app];
        let pid = must(&mut docker(&inspect), "no process");
        let held = self.folder.join("held");
        for _ in 0..5 {
            let more = self.left().saturating_sub(left) / 4096;
            if more < 4 {
                break;
            }
            fs::create_dir(&held).unwrap();
            let mut fill = Command::new(self.tools.path().join("touch"));
            fill.args(["into", &(more * 4096).to_string()]);
            fill.arg(format!("/proc/{pid}/root/dev/shm/held")).arg(&held);
            must(&mut fill, "nothing can be written");
            let gone = (0..250).any(|_| {
                std::thread::sleep(Duration::from_millis(20));
                fs::remove_dir(&held).is_ok()
            });
            assert!(gone, "a cgroup stays");
        }
    }

    fn lives(&self) -> bool {
        let inspect = ["inspect", "--format", "{{.State.Running}} {{.RestartCount}}", &self.app];
        must(&mut docker(&inspect), "no container") == "true 0"
    }
}

impl Drop for Pod {
    fn drop(&mut self) {
        let _ = docker(&["rm", "--force", &self.app]).output();
        for _ in 0..250 {
            if fs::remove_dir(&self.folder).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

const OUTSIDE: [&str; 6] = [
    "--pid=host",
    "--volume=/sys/fs/cgroup:/host/cgroup:ro",
    "--user=0",
    "--cap-drop=ALL",
    "--cap-add=SYS_PTRACE",
    "--cap-add=DAC_READ_SEARCH",
];

#[test]
fn with_32_mib_left_another_container_under_the_same_limit_kills_nobody() {
    let (lab, _turn) = lab();
    let pod = Pod::new(lab);
    pod.fill(32 * MIB);
    let parent = format!("--cgroup-parent=/{}", pod.name);
    let beside = format!("--pid=container:{}", pod.app);
    let ipc = format!("--ipc=container:{}", pod.app);
    // The container itself pays for the program's pages, as where an image is new on a node.
    let script = "/touch forget 0 /shmeter; exec /shmeter inspect --pid 1 --format json";
    for _ in 0..3 {
        let options = [&parent, &beside, &ipc, "--user=0", "--cap-add=SYS_PTRACE"];
        let output = lab.run(&options, &lab.image, &["/busybox", "sh", "-c", script]);
        let told = String::from_utf8_lossy(&output.stderr);
        let document: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}: {told}", output.status));
        assert_eq!(document["df"]["total_bytes"], 128 * MIB, "{document:#}");
        assert!(pod.lives(), "the application was killed");
    }
}

#[test]
fn a_look_from_outside_charges_a_full_pod_nothing_and_kills_nobody() {
    let (lab, _turn) = lab();
    let pod = Pod::new(lab);
    pod.fill(MIB / 2);
    assert!(pod.left() < MIB, "{}", pod.left());
    let before = pod.used();
    for command in ["inspect", "ls"] {
        let arguments = [command, "--container", &pod.app, "--format", "json"];
        let output = lab.run(&OUTSIDE, &lab.product, &arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        let document: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}: {told}", output.status));
        if command == "inspect" {
            assert_eq!(document["df"]["total_bytes"], 128 * MIB, "{document:#}");
            // The limit stands a level above the container's own.
            let levels = document["cgroup"]["levels"].as_array().unwrap();
            assert_eq!(levels[0]["limit"], "unlimited", "{document:#}");
            assert_eq!(levels[1]["limit"], LIMIT, "{document:#}");
            assert_eq!(document["cgroup"]["hidden_ancestors"], false, "{document:#}");
            // What the CPUs have charged ahead, for two cgroups and what is in them, may be room or not: then it is a range.
            let posix = &document["segments"]["posix"];
            let most = posix["available_bytes"].as_u64().unwrap();
            let least = posix["range_bytes"][0].as_u64().unwrap_or(most);
            assert!(least < 2 * MIB && most < 3 * MIB, "{document:#}");
        } else {
            assert_eq!(document["objects"][0]["name"], "/dev/shm/held", "{document:#}");
        }
        assert!(pod.lives(), "the application was killed");
    }
    // Less may be used: the kernel takes back what it had in stock for a CPU.
    assert!(pod.used() <= before + (128 << 10), "{before} {}", pod.used());
}

#[test]
fn a_container_is_found_by_the_first_digits_of_its_id_and_by_what_a_pods_status_calls_it() {
    let (lab, _turn) = lab();
    let pod = Pod::new(lab);
    for id in [&pod.app[..12], &format!("docker://{}", pod.app)] {
        let output =
            lab.run(&OUTSIDE, &lab.product, &["inspect", "--container", id, "--format=json"]);
        let told = String::from_utf8_lossy(&output.stderr);
        let document: Value = serde_json::from_slice(&output.stdout).expect(&told);
        assert_eq!(document["subject"]["view"], "target", "{document:#}");
        assert_eq!(document["df"]["total_bytes"], 128 * MIB, "{document:#}");
    }
    for (options, arguments, code, told) in [
        (
            &OUTSIDE[..],
            ["inspect", "--container", &"0".repeat(64)],
            3,
            "it has ended, or runs on another machine",
        ),
        (
            &[],
            ["inspect", "--container", &pod.app],
            3,
            "this PID namespace hides processes of other containers",
        ),
        (&[], ["ls", "--container", "../../x"], 2, "hexadecimal digits"),
        (&["--pid=host"], ["capture", "--container", &pod.app], 3, "CAP_SYS_PTRACE"),
    ] {
        let output = lab.run(options, &lab.product, &arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(code), 1), "{said}");
        assert!(said.contains(told) && output.stdout.is_empty(), "{said}");
    }
    // What it saw is replayed anywhere.
    let output = lab.run(&OUTSIDE, &lab.product, &["capture", "--container", &pod.app]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("capture.json");
    fs::write(&file, &output.stdout).unwrap();
    let mut replay = Command::new(env!("CARGO_BIN_EXE_shmeter"));
    let replayed = replay.args(["inspect", "--format=json", "--from"]).arg(&file).output().unwrap();
    let document: Value = serde_json::from_slice(&replayed.stdout).unwrap();
    assert_eq!(document["cgroup"]["levels"][1]["limit"], LIMIT, "{document:#}");
}
