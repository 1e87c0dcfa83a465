//! What `shmeter watch` says in containers with real limits: as process 1, without rights, and where the cause
//! is another one.

use serde_json::Value;

use super::MIB;
use super::lab::{HARDENED, Lab, lab};

/// Runs `shmeter watch` as the first process of a container: its code and its document.
fn watch(lab: &Lab, options: &[&str], asked: &[&str], words: &[&str]) -> (i32, Value) {
    let arguments =
        [&["watch", "--format", "jsonl"][..], asked, &["--", "/watched"], words].concat();
    let options = [options, &["--entrypoint=/shmeter"]].concat();
    let output = lab.run(&options, &lab.image, &arguments);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text.lines().last().unwrap_or_default();
    let document = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {text}"));
    (output.status.code().unwrap(), document)
}

const TRACE: [&str; 2] = ["--trace", "signals"];

#[test]
fn a_bus_error_in_64_mib_is_told_with_its_file_also_without_any_rights() {
    let (lab, _turn) = lab();
    let bytes = (100 * MIB).to_string();
    let words = ["child", "sparse", "/dev/shm/torch_1_7", &bytes];
    for options in [&["--shm-size=64m"][..], &HARDENED] {
        let (code, document) = watch(lab, options, &TRACE, &words);
        assert_eq!(code, 3, "{document:#}");
        assert_eq!(document["verdict"], "shared-memory", "{document:#}");
        let incident = &document["incidents"][0];
        assert_eq!(incident["offset_bytes"], 64 * MIB, "{document:#}");
        assert_eq!(incident["object"], "/dev/shm/torch_1_7");
        assert_eq!(document["needed"]["shm_bytes"], 100 * MIB, "{document:#}");
        let fix = document["needed"]["fix"].as_str().unwrap();
        assert!(fix.starts_with("docker run --shm-size=125m"), "{fix}");
    }
    // That size is enough.
    let (code, document) = watch(lab, &["--shm-size=125m"], &TRACE, &words);
    assert_eq!((code, &document["verdict"]), (0, &"ok".into()), "{document:#}");
    assert_eq!(document["peak"]["posix"]["bytes"], 100 * MIB, "{document:#}");
}

#[test]
fn a_file_that_was_cut_off_is_told_apart_from_a_full_dev_shm() {
    let (lab, _turn) = lab();
    for options in [&[][..], &HARDENED] {
        let words = ["child", "truncated", "/dev/shm/cut"];
        let (_, document) = watch(lab, options, &TRACE, &words);
        assert_eq!(document["verdict"], "not-shared-memory", "{document:#}");
        assert_eq!(document["incidents"][0]["cause"], "truncated-file", "{document:#}");
    }
}

#[test]
fn an_oom_kill_of_a_heap_is_told_with_the_part_that_was_shared() {
    let (lab, _turn) = lab();
    let bytes = (200 * MIB).to_string();
    let limit = ["--memory=64m", "--memory-swap=64m"];
    for asked in [&[][..], &TRACE] {
        let (code, document) = watch(lab, &limit, asked, &["heap", &bytes]);
        assert_eq!(code, 137, "{document:#}");
        assert_eq!(document["verdict"], "memory", "{document:#}");
        let why = document["why"].as_str().unwrap();
        assert!(why.ends_with("of 64.0 MiB: not the cause"), "{why}");
        assert_eq!(document["incidents"][0]["what"], "oom-kill", "{document:#}");
        assert_eq!(document["needed"]["shm_bytes"], Value::Null);
        assert!(
            document["needed"]["fix"].as_str().unwrap().contains("--memory=80m"),
            "{document:#}"
        );
    }
}

#[test]
fn the_size_that_is_printed_after_a_run_that_ended_well_is_enough_and_not_much_more() {
    let (lab, _turn) = lab();
    let bytes = (48 * MIB).to_string();
    let words = ["spike", "/dev/shm/spike", &bytes, "15"];
    let limits = ["--shm-size=256m", "--memory=512m"];
    let (_, document) = watch(lab, &limits, &[], &words);
    let needed = document["needed"]["shm_bytes"].as_u64().unwrap();
    assert_eq!(needed, 60 * MIB, "{document:#}");
    assert!(document["needed"]["memory_bytes"].as_u64().unwrap() > needed, "{document:#}");
    let size = format!("--shm-size={needed}");
    for _ in 0..5 {
        assert_eq!(watch(lab, &[&size], &[], &words).0, 0);
    }
}

#[test]
fn a_refused_request_in_64_mib_is_likely_and_a_size_that_is_tried_then_is_enough() {
    let (lab, _turn) = lab();
    let bytes = (100 * MIB).to_string();
    let words = ["refused", "/dev/shm/PostgreSQL.17", &bytes];
    for options in [&["--shm-size=64m"][..], &HARDENED] {
        let (code, document) = watch(lab, options, &[], &words);
        assert_eq!((code, &document["verdict"]), (1, &"unknown".into()), "{document:#}");
        assert_eq!(document["likely"], "shared-memory", "{document:#}");
        assert_eq!(document["names"]["groups"][0]["empty"], 1, "{document:#}");
        let why = document["why"].as_str().unwrap();
        assert!(why.contains("PostgreSQL.17 in /dev/shm (64.0 MiB)"), "{why}");
        assert!(
            document["needed"]["fix"].as_str().unwrap().contains("--shm-size=128m"),
            "{document:#}"
        );
    }
    let (code, document) = watch(lab, &["--shm-size=128m"], &[], &words);
    assert_eq!((code, &document["likely"]), (0, &Value::Null), "{document:#}");
}

#[test]
fn as_process_1_it_reaps_orphans_and_passes_signals_on() {
    let (lab, _turn) = lab();
    for asked in [&["--wait-all"][..], &["--wait-all", "--trace", "signals"]] {
        let (code, document) =
            watch(lab, &[], asked, &["daemon", "child", "truncated", "/dev/shm/cut"]);
        assert_eq!(code, 0, "{document:#}");
    }
}

#[test]
fn where_ptrace_is_refused_only_samples_are_taken_and_that_is_said() {
    let (lab, _turn) = lab();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("profile.json");
    let profile = r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["ptrace"],
                      "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}"#;
    std::fs::write(&file, profile).unwrap();
    let option = format!("--security-opt=seccomp={}", file.display());
    let (code, document) = watch(lab, &[&option], &TRACE, &["child", "truncated", "/dev/shm/cut"]);
    assert_eq!(code, 3, "the command runs all the same: {document:#}");
    assert_eq!(document["trace"], "off", "{document:#}");
    assert_eq!(document["trace_refused"], "Operation not permitted", "{document:#}");
}
