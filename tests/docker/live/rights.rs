//! What a container may not do at all, and what its process is limited to beside memory: inspect says it before,
//! and the fix that it prints gives what it promises.

use std::fs;

use serde_json::Value;

use super::lab::{Lab, lab};
use super::{MIB, has_finding};

/// The document of an inspect in a container, and its exit code.
fn inspect(lab: &Lab, options: &[&str], arguments: &[&str]) -> (Value, Option<i32>) {
    let all = [&["inspect", "--format=json"], arguments].concat();
    let output = lab.run(options, &lab.product, &all);
    let document = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (document, output.status.code())
}

fn fix_of(document: &Value, id: &str) -> String {
    let findings = document["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["id"] == id);
    found.and_then(|finding| finding["fix"].as_str()).unwrap_or_default().to_owned()
}

/// /dev/shm as root's alone, and a user.
const CLOSED: [&str; 2] = ["--tmpfs=/dev/shm:size=64m,mode=0755", "--user=1000"];

#[test]
fn a_folder_that_is_root_s_holds_nothing_of_a_user() {
    let (lab, _turn) = lab();
    // A measurement fills what there is: not more than a small limit.
    let limited = [&CLOSED[..], &["--memory=96m"]].concat();
    for arguments in [&[][..], &["--measure"], &["--require=1Mi"]] {
        let (document, code) = inspect(lab, &limited, arguments);
        let posix = &document["segments"]["posix"];
        assert_eq!(posix["available_bytes"], 0, "{document:#}");
        assert_eq!(posix["certainty"], "exact", "{document:#}");
        assert_eq!(posix["methods"]["touch"]["ends_in"], "eacces", "{document:#}");
        assert_eq!(posix["binding"], "permission", "{document:#}");
        assert!(has_finding(&document, "cannot-create"), "{document:#}");
        assert_eq!((document["verdict"].as_str(), code), (Some("fail"), Some(1)));
        assert_eq!(document["subject"]["folder"]["mode"], "0755");
    }
    // Root, who may, and the user after the fix.
    let (document, _) = inspect(lab, &[CLOSED[0], "--user=0"], &[]);
    assert_eq!(document["segments"]["posix"]["available_bytes"], 64 * MIB, "{document:#}");
    let (document, _) = inspect(lab, &CLOSED, &[]);
    let fix = fix_of(&document, "cannot-create");
    assert!(fix.contains("--tmpfs /dev/shm:mode=1777,size=64m"), "{fix}");
    let (document, _) = inspect(lab, &["--tmpfs=/dev/shm:mode=1777,size=64m", CLOSED[1]], &[]);
    assert_eq!(document["segments"]["posix"]["available_bytes"], 64 * MIB, "{document:#}");
    assert!(!has_finding(&document, "cannot-create"), "{document:#}");
}

#[test]
fn a_run_in_such_a_folder_is_not_well() {
    let (lab, _turn) = lab();
    let line = ["run", "--only=inspect,fill", "--budget-size=1Mi", "--format=json"];
    let output = lab.run(&CLOSED, &lab.product, &line);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["verdict"], "fail", "{document:#}");
    assert_eq!(output.status.code(), Some(1), "{document:#}");
}

#[test]
fn nothing_is_left_of_an_attempt() {
    let (lab, _turn) = lab();
    let script = "/shmeter inspect >/dev/null; /busybox ls -A /dev/shm; /busybox ipcs -m; echo @; \
                  /shmeter capture --path /dev/shm; echo @; /busybox ls -A /dev/shm";
    let output = lab.run(&[], &lab.image, &["/busybox", "sh", "-c", script]);
    let text = String::from_utf8(output.stdout).unwrap();
    let parts: Vec<&str> = text.split("@\n").collect();
    let [before, capture, after] = parts[..] else { panic!("{text}") };
    let told = before.lines().filter(|line| !line.trim().is_empty());
    let told: Vec<&str> =
        told.filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).collect();
    assert_eq!(told, Vec::<&str>::new(), "{before}");
    assert!(!before.contains("shmeter") && after.is_empty(), "{before}{after}");
    let capture: Value = serde_json::from_str(capture).unwrap();
    for kind in ["posix", "sysv", "memfd", "anon"] {
        assert_eq!(capture["attempts"][kind], "made", "{capture:#}");
    }
    assert_eq!(capture["owners"]["/dev/shm/."]["mode"], "1777", "{capture:#}");
}

#[test]
fn a_profile_that_refuses_shmget_leaves_no_system_v() {
    let (lab, _turn) = lab();
    let folder = tempfile::tempdir().unwrap();
    for (action, end, word) in [
        (r#""SCMP_ACT_ERRNO", "errnoRet": 1"#, "eperm", "EPERM"),
        (r#""SCMP_ACT_KILL_PROCESS""#, "sigsys", "SIGSYS"),
    ] {
        let profile = format!(
            "{{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{{\"names\": [\"shmget\"], \
             \"action\": {action}}}]}}"
        );
        let file = folder.path().join("profile.json");
        fs::write(&file, profile).unwrap();
        let option = format!("--security-opt=seccomp={}", file.display());
        let (document, code) = inspect(lab, &[&option], &[]);
        let sysv = &document["segments"]["sysv"];
        assert_eq!(sysv["available_bytes"], 0, "{word}: {document:#}");
        assert_eq!(sysv["methods"]["touch"]["ends_in"], end, "{word}: {document:#}");
        assert_eq!(
            (sysv["certainty"].as_str(), sysv["binding"].as_str()),
            (Some("exact"), Some("refused"))
        );
        assert_eq!(document["segments"]["posix"]["available_bytes"], 64 * MIB, "{document:#}");
        assert!(has_finding(&document, "cannot-create"), "{document:#}");
        assert_eq!((document["verdict"].as_str(), code), (Some("warn"), Some(0)));
    }
}

#[test]
fn what_a_process_may_lock_and_map_is_told() {
    let (lab, _turn) = lab();
    let (document, code) = inspect(lab, &["--ulimit=memlock=65536", "--user=1000"], &[]);
    assert_eq!(document["limits"]["locked_memory"], 65536, "{document:#}");
    assert!(has_finding(&document, "memlock") && code == Some(0), "{document:#}");
    // Who has the capability is not bound by it.
    let (document, _) =
        inspect(lab, &["--ulimit=memlock=65536", "--cap-add=IPC_LOCK", "--user=0"], &[]);
    assert!(!has_finding(&document, "memlock"), "{document:#}");

    let script = "ulimit -v 200000 && exec /shmeter inspect --format=json";
    let output = lab.run(&["--shm-size=512m"], &lab.image, &["/busybox", "sh", "-c", script]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    for kind in ["posix", "sysv", "memfd", "anon"] {
        let touch = &document["segments"][kind]["methods"]["touch"];
        assert_eq!(touch["ends_in"], "enomem", "{kind}: {document:#}");
        let bytes = touch["available_bytes"].as_u64().unwrap();
        assert!((180_000 << 10..200_000 << 10).contains(&bytes), "{kind}: {touch}");
    }
    assert_eq!(document["segments"]["posix"]["methods"]["write"]["available_bytes"], 512 * MIB);
    assert!(has_finding(&document, "address-limit"), "{document:#}");
}

#[test]
fn pages_of_system_v_are_counted_and_a_small_number_is_no_exhaustion() {
    let (lab, _turn) = lab();
    let (document, _) = inspect(lab, &["--sysctl=kernel.shmall=4096"], &[]);
    assert_eq!(document["segments"]["sysv"]["all_segments_bytes"], 16 * MIB, "{document:#}");
    assert!(!has_finding(&document, "sysv-exhausted"), "{document:#}");
}

#[test]
fn another_file_over_meminfo_is_not_the_machine_s() {
    let (lab, _turn) = lab();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("meminfo");
    let text = "MemTotal: 98304 kB\nMemFree: 90000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n";
    fs::write(&file, text).unwrap();
    let option = format!("--volume={}:/proc/meminfo:ro", file.display());
    // Newer runtimes let nobody mount over /proc but by this file's name, which lxcfs uses.
    let (document, _) = inspect(lab, &[&option, "--memory=96m", "--shm-size=512m"], &[]);
    let posix = &document["segments"]["posix"];
    assert_eq!(posix["binding"], "cgroup-memory", "{document:#}");
    assert_ne!(posix["certainty"], "exact", "{document:#}");
    assert!(posix["available_bytes"].as_u64().unwrap() > 88 * MIB, "{document:#}");
}

#[test]
fn semaphores_that_a_server_left_are_all_counted_and_told_first() {
    let (lab, _turn) = lab();
    // Their list is longer than what the kernel hands out at a time.
    let line = "/touch semaphores 128 - && /shmeter inspect --format=json";
    let options = ["--sysctl=kernel.sem=250 32000 32 128"];
    let output = lab.run(&options, &lab.image, &["/busybox", "sh", "-c", line]);
    let document: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(document["limits"]["semaphore_sets"], 128, "{document:#}");
    let first = &document["findings"][0];
    assert_eq!((&first["id"], &first["severity"]), (&"semaphores".into(), &"warn".into()));
    let fix = fix_of(&document, "semaphores");
    assert!(fix.contains("ipcrm -s") && fix.contains("--sysctl kernel.sem="), "{fix}");
}
