//! All of it in one container, and in many beside each other: what `shmeter run` comes to there, the
//! image that scripts/image makes, and the sweep over sizes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::lab::{HARDENED, Lab, build_product, docker, lab, must};

const MIB: u64 = 1 << 20;

fn lines(text: &str) -> Vec<Value> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The document in the last line of a journal.
fn ended(journal: &str) -> Value {
    let mut last = lines(journal).pop().unwrap_or_default();
    assert_eq!(last["event"], "end", "{journal}");
    last["document"].take()
}

fn told(lab: &Lab, options: &[&str], arguments: &str) -> (Output, Value) {
    let words: Vec<&str> = ["run"].into_iter().chain(arguments.split_whitespace()).collect();
    let output = lab.run(options, &lab.product, &words);
    let document = ended(&String::from_utf8_lossy(&output.stdout));
    (output, document)
}

/// Kind, method, end and whether it agrees, of each fill.
fn fills(document: &Value) -> Vec<(String, String, bool)> {
    let fills = document["fill"].as_array().unwrap().iter();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    fills
        .map(|fill| {
            let name = format!("{} {}", word(&fill["kind"]), word(&fill["method"]));
            (name, word(&fill["measured"]["ended_in"]), fill["agrees"] == true)
        })
        .collect()
}

fn expected(ends: [&str; 4]) -> Vec<(String, String, bool)> {
    let names = ["posix touch", "posix write", "sysv touch", "memfd write"];
    names.iter().zip(ends).map(|(name, end)| ((*name).to_owned(), end.to_owned(), true)).collect()
}

#[test]
fn the_image_of_the_script_ends_with_a_correct_verdict() {
    let (lab, _turn) = lab();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/image");
    let made = must(Command::new(script).arg(&lab.made), "scripts/image");
    assert_eq!(made.lines().last(), Some(lab.made.as_str()), "it prints the name last");
    let options = ["--shm-size=256m", "--memory=512m"];
    let output = lab.run(&options, &lab.made, &["run"]);
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{err}");
    let document = ended(&String::from_utf8_lossy(&output.stdout));
    assert_eq!(
        (&document["verdict"], &document["environment"]["container"]),
        (&"ok".into(), &"docker".into())
    );
    let steps = document["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["outcome"] == "done"), "{steps:?}");
    assert_eq!(fills(&document), expected(["sigbus", "enospc", "edge", "edge"]));
    for fill in &document["fill"].as_array().unwrap()[..2] {
        assert_eq!(fill["measured"]["bytes"], 256 * MIB, "{fill}");
    }
    assert!(document["compare"].is_object() && document["bench"].is_object());
    // Who wants to know where it comes from, and who runs it.
    let told = must(
        &mut docker(&["inspect", "--format", "{{json .Config}}", &lab.made]),
        "the image has no settings",
    );
    let config: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(config["User"], "65534:65534");
    for label in ["title", "description", "licenses", "version", "revision", "source"] {
        let label = &config["Labels"][format!("org.opencontainers.image.{label}")];
        assert!(label.as_str().is_some_and(|text| !text.is_empty()), "{told}");
    }
}

#[test]
fn the_same_binary_makes_the_same_layer() {
    let (lab, _turn) = lab();
    let mut layers = Vec::new();
    for time in ["@5", "@5", "@6"] {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("shmeter");
        fs::copy(env!("CARGO_BIN_EXE_shmeter"), &binary).unwrap();
        must(Command::new("touch").args(["-d", time]).arg(&binary), "touch");
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::copy(project.join("Dockerfile"), folder.path().join("Dockerfile")).unwrap();
        build_product(folder.path(), &lab.made, &["--no-cache"]);
        let mut layer = docker(&["inspect", "--format", "{{json .RootFS.Layers}}", &lab.made]);
        layers.push(must(&mut layer, "the image has no layers"));
    }
    assert_eq!(layers[0], layers[1]);
    assert_ne!(layers[0], layers[2], "a layer that always is the same proves nothing");
}

#[test]
fn into_the_kill_and_on() {
    let (lab, _turn) = lab();
    let folder = tempfile::tempdir().unwrap();
    let message = folder.path().join("message");
    fs::write(&message, "").unwrap();
    fs::set_permissions(&message, fs::Permissions::from_mode(0o666)).unwrap();
    let mount = format!("--volume={}:/dev/termination-log", message.display());
    let options = [&HARDENED[..], &["--shm-size=1g", "--memory=128m", &mount]].concat();
    let (output, document) = told(lab, &options, "--only inspect,fill --until limit");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{err}{document}");
    assert_eq!(document["verdict"], "warn", "a kill before ENOSPC");
    assert_eq!(fills(&document), expected(["oom-kill"; 4]));
    let message = fs::read_to_string(&message).unwrap();
    assert!(message.starts_with("shmeter run: warn\n/dev/shm: at most "), "{message}");
    assert!(message.contains("kill-before-enospc"), "{message}");
    assert!(message.contains("fill memfd write: 12") && message.len() < 1000, "{message}");
}

#[test]
fn where_there_is_next_to_nothing() {
    let (lab, _turn) = lab();
    let options = [&HARDENED[..], &["--shm-size=1m", "--memory=16m"]].concat();
    let (output, document) = told(lab, &options, "--budget 40s");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{err}{document}");
    let steps = document["steps"].as_array().unwrap();
    let skipped: Vec<&Value> = steps.iter().filter(|step| step["outcome"] == "skipped").collect();
    assert_eq!(skipped.len(), 1, "{steps:?}");
    assert_eq!(skipped[0]["step"], "bench");
    assert_eq!(fills(&document), expected(["sigbus", "enospc", "edge", "edge"]));
}

#[test]
fn a_sweep_over_sizes_ends_with_a_report() {
    let (lab, _turn) = lab();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/docker-sweep");
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("sweep of sizes");
    let mut command = Command::new(script);
    command.args(["--image", &lab.product, "--shm-size", "16m,64m,256m"]);
    command.args(["--memory", "48m,128m,none", "--only", "inspect,fill"]);
    command.args(["--budget=20s", "--budget-size=96m", "--out"]).arg(&out);
    let report = must(command.args(["--", "--network=none"]), "scripts/docker-sweep");
    for shm in ["16m", "64m", "256m"] {
        for memory in ["48m", "128m", "none"] {
            let file = out.join(format!("shm-{shm}-memory-{memory}.jsonl"));
            let journal = fs::read_to_string(&file).unwrap();
            let document = ended(&journal);
            let labels = &document["environment"]["labels"];
            assert_eq!((&labels["shm-size"], &labels["memory"]), (&shm.into(), &memory.into()));
            let ends = fills(&document);
            assert!(ends.len() == 4 && ends.iter().all(|fill| fill.2), "{shm} {memory}: {ends:?}");
            let end = match (shm, memory) {
                ("16m", _) | ("64m", "128m" | "none") => "sigbus",
                // More than it may take, where memory has no limit.
                (_, "none") | ("256m", "128m") => "stopped",
                _ => "edge",
            };
            assert_eq!(ends[0].1, end, "{shm} {memory}");
        }
    }
    for word in ["sigbus", "edge", "stopped"] {
        assert!(report.contains(word), "{word} is not in: {report}");
    }
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    for word in ["16m", "64m", "256m", "48m", "128m", "none", "</html>"] {
        assert!(page.contains(word), "{word} is not in the page");
    }
    assert_eq!(fs::read_dir(&out).unwrap().count(), 10);
}

#[test]
fn a_sweep_says_what_it_cannot_do() {
    let (lab, _turn) = lab();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/docker-sweep");
    let folder = tempfile::tempdir().unwrap();
    for (arguments, word) in [
        (vec!["--shm-size", "huge"], "huge is no size"),
        (vec!["--shm-size", "none"], "64m"),
        (vec!["--memory"], "--memory needs a value"),
        (vec!["--mem", "64m"], "unknown option --mem"),
        (vec!["--image", "shmeter-test-none:none"], "scripts/image builds it"),
        (vec!["--image", &lab.product, "--only", "swimming"], "swimming"),
        (vec!["--image", &lab.product, "--", "--cpus", "many"], "many"),
    ] {
        let mut command = Command::new(&script);
        let output = command.args(&arguments).current_dir(folder.path()).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{arguments:?}: {err}");
        assert!(err.contains(word) && output.stdout.is_empty(), "{arguments:?}: {err}");
    }
}
