//! Who holds it, where not all processes can be seen; and that no command removes another file.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use shmeter::probe::{Live, Target, Unheld, holdings};
use shmeter::report::ls::{LsDocument, text};

use super::Waiting;
use super::lab::{docker, lab, must};

/// What the host tells of a process. Where there is a process that not even root may look into, it could
/// hold any file: here that is not what is looked at.
fn of_the_host(pid: Option<&str>, path: &str) -> (Value, String) {
    let pid = pid.map(|pid| pid.parse().unwrap());
    let target = Target { pid, path: path.to_owned() };
    let mut found = holdings(&Live::default(), &target, Unheld::Ask).unwrap();
    found.looked.refused.clear();
    let document = LsDocument::new(&found);
    (serde_json::to_value(&document).unwrap(), text::render(&document))
}

fn row(document: &Value, name: &str) -> Value {
    let rows = document["objects"].as_array().unwrap();
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{document:#}")).clone()
}

fn leftover(document: &Value) -> Value {
    let findings = document["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["id"] == "leftover").cloned().unwrap_or_default()
}

const HOLD: &str = "exec 3<>/dev/shm/held; /busybox dd if=/dev/zero bs=4096 count=2 >&3 2>/dev/null; \
                    /busybox dd if=/dev/zero of=/dev/shm/left bs=4096 count=1 2>/dev/null; \
                    /busybox chown 1000 /dev/shm/left; exec /busybox sleep 1000";

/// A container that holds a file, and has left another one.
fn holding(lab: &super::Lab) -> Waiting {
    let one = Waiting::start(lab, &["--ipc=shareable"]);
    must(&mut docker(&["exec", "-d", &one.0, "/busybox", "sh", "-c", HOLD]), "it does not hold");
    let there = |name: &str| {
        let test = ["exec", &one.0, "/busybox", "test", "-s", name];
        docker(&test).status().unwrap().success()
    };
    while !there("/dev/shm/left") {
        std::thread::yield_now();
    }
    one
}

#[test]
fn what_another_container_of_the_same_ipc_namespace_holds_is_not_held_by_nobody() {
    let (lab, _turn) = lab();
    let one = holding(lab);
    let ipc = format!("--ipc=container:{}", one.0);
    let told = |arguments: &[&str]| {
        let output = lab.run(&[&ipc, "--user=0"], &lab.product, arguments);
        String::from_utf8(output.stdout).unwrap()
    };
    let document: Value = serde_json::from_str(&told(&["ls", "--format=json"])).unwrap();
    let held = row(&document, "/dev/shm/held");
    assert_eq!((&held["held_by"], &held["remove"]), (&json!("unseen"), &Value::Null), "{held:#}");
    let left = row(&document, "/dev/shm/left");
    assert_eq!(left["held_by"], "nobody", "{left:#}");
    assert_eq!(document["processes"]["hidden_by"], "pid-namespace");
    let text = told(&["ls"]);
    assert!(
        text.contains("rm -- /dev/shm/left") && !text.contains("rm -- /dev/shm/held"),
        "{text}"
    );

    let inspect: Value = serde_json::from_str(&told(&["inspect", "--format=json"])).unwrap();
    let leftover = leftover(&inspect);
    let message = leftover["message"].as_str().unwrap();
    assert!(message.contains("outside this PID namespace are not visible"), "{leftover}");
    assert!(!leftover["fix"].as_str().unwrap().contains("rm "), "{leftover}");
}

#[test]
fn from_the_host_a_file_is_removed_inside_of_its_container() {
    let (lab, _turn) = lab();
    let one = holding(lab);
    let format = ["inspect", "--format", "{{.State.Pid}} {{.Id}}", &one.0];
    let told = must(&mut docker(&format), "it is gone");
    let (pid, id) = told.split_once(' ').unwrap();
    let (document, text) = of_the_host(Some(pid), "/dev/shm");
    assert_eq!(row(&document, "/dev/shm/held")["held_by"], "processes");
    let left = row(&document, "/dev/shm/left");
    assert_eq!(left["held_by"], "nobody");
    let command = format!("docker exec {id} rm -- /dev/shm/left");
    assert_eq!(left["remove"], command.as_str());
    assert!(text.contains(&command) && !text.contains("/proc/"), "{text}");

    // It does what it says: in this image the program is busybox's.
    let inside = command.replacen(" rm ", " /busybox rm ", 1);
    must(Command::new("sh").args(["-c", &inside]), "it removes nothing");
    let (document, _) = of_the_host(Some(pid), "/dev/shm");
    let names = document["objects"].as_array().unwrap().iter().map(|row| &row["name"]);
    assert!(names.clone().all(|name| name != "/dev/shm/left"), "{document:#}");

    // The inspect of it names no command that removes anything.
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmeter"));
    command.args(["inspect", "--pid", pid, "--format", "json"]);
    let inspect: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let fixes = inspect["findings"].as_array().unwrap().iter().map(|finding| &finding["fix"]);
    for fix in fixes.filter_map(Value::as_str) {
        assert!(!fix.contains("rm ") && !fix.contains("nsenter"), "{fix}");
    }
}

#[test]
fn from_the_host_a_segment_is_removed_in_the_ipc_namespace_of_its_container() {
    let (lab, _turn) = lab();
    let one = Waiting::start(lab, &["--sysctl=kernel.shmmni=1"]);
    let format = ["inspect", "--format", "{{.State.Pid}} {{.Id}}", &one.0];
    let told = must(&mut docker(&format), "it is gone");
    let (pid, id) = told.split_once(' ').unwrap();
    let make = format!("nsenter -t {pid} -i ipcmk -M 4096");
    must(Command::new("sh").args(["-c", &make]), "it makes no segment");
    let segments = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shmeter"));
        command.args(["ls", "--container", id, "--format", "json"]);
        let document: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        let rows = document["objects"].as_array().unwrap().clone();
        rows.into_iter().filter(|row| row["kind"] == "sysv").collect::<Vec<Value>>()
    };
    let [left] = &segments()[..] else { panic!("{:?}", segments()) };
    // Without the first words it would remove one of whoever pastes it.
    let command = format!("nsenter -t {pid} -i ipcrm -m {}", left["shmid"]);
    assert_eq!(left["remove"], command.as_str(), "{left:#}");
    // inspect says the same of it, as one more would be too many.
    let mut inspect = Command::new(env!("CARGO_BIN_EXE_shmeter"));
    inspect.args(["inspect", "--container", id]);
    let told = String::from_utf8(inspect.output().unwrap().stdout).unwrap();
    assert!(told.contains("sysv-exhausted") && told.contains(&command), "{told}");
    assert!(told.contains(&format!("shmeter ls --pid {pid}")), "{told}");
    must(Command::new("sh").args(["-c", &command]), "it removes nothing");
    assert_eq!(segments(), Vec::<Value>::new());
}

/// A container that puts a link to a folder of the host's in the place of a folder, between the look and
/// the command: once a file of the host's was removed so.
#[test]
fn a_link_that_a_container_swaps_in_leads_no_command_to_a_file_of_the_host() {
    let (lab, _turn) = lab();
    let host_folder = tempfile::tempdir().unwrap();
    let file = host_folder.path().join("left");
    fs::write(&file, "the host's").unwrap();
    let one = Waiting::start(lab, &[]);
    let sh = |script: &str| {
        must(&mut docker(&["exec", &one.0, "/busybox", "sh", "-c", script]), "it cannot")
    };
    sh("/busybox mkdir /dev/shm/folder; echo a >/dev/shm/folder/left; echo b >/dev/shm/top");
    let pid = must(&mut docker(&["inspect", "--format", "{{.State.Pid}}", &one.0]), "it is gone");
    let (document, text) = of_the_host(Some(&pid), "/dev/shm");
    let (by_path, _) = of_the_host(None, &format!("/proc/{pid}/root/dev/shm"));
    let swap = format!(
        "/busybox rm -r /dev/shm/folder; /busybox ln -s {} /dev/shm/folder",
        host_folder.path().display()
    );
    sh(&swap);
    for document in [&document, &by_path] {
        for row in document["objects"].as_array().unwrap() {
            let Some(command) = row["remove"].as_str() else { continue };
            assert!(!command.contains("/proc/") && !command.contains("nsenter -m"), "{command}");
            if row["kind"] == "posix" {
                let command = command.replacen(" rm ", " /busybox rm ", 1);
                let _ = Command::new("sh").args(["-c", &command]).output().unwrap();
            }
        }
    }
    assert!(!text.contains("/proc/") && !text.contains("nsenter -t"), "{text}");
    assert!(Path::new(&file).exists(), "{text}");
}
