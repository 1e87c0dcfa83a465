//! Fills beside others: whoever is seen keeps everything, whoever may be there keeps half, and nobody is
//! killed where the kernel keeps no canary.

use std::io::{BufRead, BufReader};
use std::process::{Output, Stdio};

use serde_json::Value;

use super::lab::{Lab, docker, lab, must};

const MIB: u64 = 1 << 20;

/// A container in which an application waits. Dropping it removes it.
struct Application(String);

impl Application {
    fn start(lab: &Lab, options: &[&str]) -> Application {
        let mut command = docker(&["run", "--detach", "--rm", "--network=none", "--label"]);
        command.arg(&lab.label).args(options).arg(&lab.image);
        let holds = "/touch ballast 4194304 - && exec /busybox sleep 100000";
        Application(must(command.args(["/busybox", "sh", "-c", holds]), "docker run"))
    }

    fn exec(&self, arguments: &[&str]) -> Output {
        let mut command = docker(&["exec", &self.0]);
        command.args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    fn lives(&self) -> bool {
        let state = docker(&["inspect", "--format", "{{.State.Running}}", &self.0]).output();
        state.is_ok_and(|output| output.stdout.starts_with(b"true"))
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let _ = docker(&["rm", "--force", &self.0]).output();
    }
}

/// A tmpfs volume of so many MiB. Dropping it removes it.
struct Volume(String);

impl Volume {
    fn new(mib: u64) -> Volume {
        let name = format!("shmeter-test-{}", std::process::id());
        let size = format!("o=size={mib}m");
        let mut command = docker(&["volume", "create", "--opt", "type=tmpfs", "--opt"]);
        command.args(["device=tmpfs", "--opt", &size, &name]);
        must(&mut command, "docker volume create");
        Volume(name)
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        let _ = docker(&["volume", "rm", "--force", &self.0]).output();
    }
}

fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

#[test]
fn an_application_that_is_seen_keeps_everything_unless_a_size_is_given() {
    let (lab, _turn) = lab();
    let application = Application::start(lab, &["--memory=64m", "--shm-size=32m"]);
    for kind in ["posix", "memfd", "sysv", "anon"] {
        for until in ["safe", "limit"] {
            let told = application.exec(&["/shmeter", "fill", "--kind", kind, "--until", until]);
            let err = String::from_utf8_lossy(&told.stderr);
            assert_eq!(told.status.code(), Some(2), "{kind} {until}: {err}");
            assert!(err.contains("(pid 1)") && err.contains("--until "), "{err}");
            assert_eq!(err.lines().count(), 1, "{err}");
        }
        let told =
            application.exec(&["/shmeter", "fill", "--kind", kind, "--until=8Mi", "--format=json"]);
        let told = document(&told);
        assert_eq!(
            (&told["measured"]["bytes"], &told["agrees"]),
            (&(8 * MIB).into(), &true.into())
        );
        assert_eq!((&told["neighbours"], &told["wall"]), (&"shared".into(), &"not-touched".into()));
    }
    let bench = application.exec(&["/shmeter", "bench", "--quick"]);
    assert_eq!(bench.status.code(), Some(2), "{}", String::from_utf8_lossy(&bench.stderr));
    let run = application.exec(&["/shmeter", "run", "--only=fill,bench", "--format=json"]);
    let told = document(&run);
    let skipped = told["steps"].as_array().unwrap().iter().all(|step| step["outcome"] == "skipped");
    assert!(skipped, "{}", told["steps"]);
    assert!(application.lives());
}

#[test]
fn hidden_limits_are_not_felt_beside_an_application_unless_asked_for() {
    let (lab, _turn) = lab();
    let application = Application::start(lab, &["--memory=64m", "--shm-size=32m"]);
    for command in [
        &["/shmeter", "inspect", "--measure"][..],
        &["/shmeter", "fill", "--measure", "--until=8Mi"],
    ] {
        let told = application.exec(command);
        let err = String::from_utf8_lossy(&told.stderr);
        assert_eq!(told.status.code(), Some(2), "{err}");
        assert!(err.contains("(pid 1)") && err.contains("--exclusive"), "{err}");
    }
    let told =
        application.exec(&["/shmeter", "inspect", "--measure", "--exclusive", "--format=json"]);
    assert_eq!(told.status.code(), Some(0), "{}", String::from_utf8_lossy(&told.stderr));
    assert_eq!(document(&told)["segments"]["memfd"]["certainty"], "measured");
    assert!(application.lives());
}

#[test]
fn of_a_volume_that_others_may_have_half_is_taken_and_force_takes_all() {
    let (lab, _turn) = lab();
    let volume = Volume::new(32);
    let mount = format!("--volume={}:/dev/shm", volume.0);
    let options = ["--memory=128m", mount.as_str()];
    let fill = |arguments: &[&str]| {
        let words = [&["fill", "--format=json"], arguments].concat();
        let output = lab.run(&options, &lab.product, &words);
        let told = document(&output);
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (
            output.status.code(),
            told["measured"]["bytes"].as_u64().unwrap_or(0),
            word(&told["measured"]["ended_in"]),
            format!("{} {}", word(&told["neighbours"]), word(&told["wall"])),
            word(&told["why"]),
        )
    };
    let half = |arguments: &[&str]| {
        let (code, bytes, end, words, why) = fill(arguments);
        assert_eq!((code, bytes, end.as_str()), (Some(0), 16 * MIB, "stopped"), "{why}");
        assert_eq!(words, "unknown not-touched");
        assert!(
            why.ends_with("and no limit was reached; --exclusive fills up to the limit"),
            "{why}"
        );
    };
    half(&[]);
    half(&["--until", "limit", "--method", "fallocate", "--procs", "3"]);
    half(&["--until", "64Mi"]);
    assert_eq!(fill(&["--until", "24Mi"]).1, 24 * MIB, "asked for by its size, and it fits");
    for all in ["--force", "--exclusive"] {
        let (code, bytes, end, words, _) = fill(&[all]);
        assert_eq!((code, bytes, end.as_str()), (Some(0), 32 * MIB, "sigbus"), "{all}");
        assert!(words.ends_with(" reached"), "{words}");
    }
}

#[test]
fn a_neighbour_that_grows_gets_all_that_it_was_promised() {
    let (lab, _turn) = lab();
    let volume = Volume::new(64);
    let mount = format!("--volume={}:/dev/shm", volume.0);
    let options = ["--memory=256m", mount.as_str()];
    let neighbour = Application::start(lab, &options);
    for (theirs, ours) in [("touch", "write"), ("write", "touch"), ("write", "fallocate")] {
        let mut burst = docker(&["exec", &neighbour.0, "/burst", theirs, "33554432", "5000"]);
        let mut burst = burst.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut says = BufReader::new(burst.stdout.take().unwrap()).lines();
        assert_eq!(says.next().unwrap().unwrap(), "waiting");
        let words = ["/shmeter", "fill", "--format=json", "--method", ours];
        let output = lab.run(&options, &lab.image, &words);
        let told = document(&output);
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{err} {told}");
        assert!(told["measured"]["bytes"].as_u64() <= Some(32 * MIB), "{told}");
        assert_eq!(told["wall"], "not-touched");
        let says = says.next().unwrap().unwrap();
        assert!(says.starts_with("ok "), "{theirs} beside {ours}: {says}");
        assert!(burst.wait().unwrap().success());
    }
}

#[test]
fn where_the_kernel_keeps_no_canary_and_limits_hide_nothing_is_filled() {
    let (lab, _turn) = lab();
    for until in ["safe", "8Mi"] {
        let words = ["/burst", "nofree", "/shmeter", "fill", "--until", until];
        let told = lab.run(&["--memory=64m", "--shm-size=1g"], &lab.image, &words);
        let err = String::from_utf8_lossy(&told.stderr);
        assert_eq!(told.status.code(), Some(2), "{err}");
        assert!(err.contains("MADV_FREE") && err.lines().count() == 1, "{err}");
    }
}
