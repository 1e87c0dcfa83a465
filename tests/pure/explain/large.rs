//! What is advised where /dev/shm is large already.

use shmeter::report::explain::{ExplainDocument, text};

use super::*;

const GIB: u64 = 1 << 30;

/// What explain says of a line where /dev/shm has so many bytes, all of them free: title, what holds here, and the fix.
fn said(line: &str, bytes: u64) -> (String, String, String) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/docker-desktop-host-ipc.json");
    let capture = Capture::parse(&std::fs::read_to_string(file).unwrap()).unwrap();
    let facts = gather(&capture, &Target::default()).unwrap();
    let df = format!(r#"{{"df": {{"total_bytes": {bytes}, "available_bytes": {bytes}}}}}"#);
    let here = Here::of(&df).unwrap().with(&facts);
    let document = ExplainDocument::new(&found(line), Some(&here));
    let title = text::render(&document).lines().next().unwrap().to_owned();
    let json = serde_json::to_value(&document).unwrap();
    let of = |key: &str| json["matches"][0][key].as_str().unwrap_or_default().to_owned();
    (title, of("here"), of("fix"))
}

#[test]
fn a_message_with_no_other_cause_is_not_argued_away() {
    let (title, here, fix) = said("ORA-00845: MEMORY_TARGET not supported on this system", 2 * GIB);
    assert!(title.contains("shm-size, sure") && !title.contains("but not"), "{title}");
    assert!(here.contains("too little when the message was printed"), "{here}");
    assert!(!fix.contains("large enough") && fix.contains("shmeter watch"), "{fix}");
}

#[test]
fn a_message_that_may_have_other_causes_says_so() {
    let line = "RuntimeError: DataLoader worker (pid 7) is killed by signal: Bus error.";
    let (title, here, fix) = said(line, 8 * GIB);
    assert!(title.contains("but not with the size here"), "{title}");
    assert!(here.contains("its size was not the cause, unless it was full then"), "{here}");
    assert!(fix.contains("large enough here"), "{fix}");
}

#[test]
fn gibibytes_are_not_called_enough_for_many_workers() {
    let line = "RuntimeError: DataLoader worker (pid 7) is killed by signal: Bus error.";
    let (title, here, fix) = said(line, 2 * GIB);
    assert!(!title.contains("but not"), "{title}");
    assert!(here.contains("too little for some programs"), "{here}");
    assert!(!fix.contains("large enough") && fix.contains("shmeter watch"), "{fix}");
}

#[test]
fn the_number_in_a_message_is_held_against_the_size() {
    let line =
        "RuntimeError: Insufficient space in /dev/shm: 16379 MiB required, 2048 MiB available";
    let (title, here, _) = said(line, 2 * GIB);
    assert!(!title.contains("but not"), "{title}");
    assert!(here.contains("the message asks for 16.0 GiB: it cannot fit"), "{here}");
    // What there was, was too little.
    let line = "WARNING: The object store is using /tmp instead of /dev/shm because /dev/shm has only 5368709120 bytes \
                available. This will harm performance!";
    let (title, here, fix) = said(line, 5 * GIB);
    assert!(!title.contains("but not") && here.contains("too little when"), "{here}");
    assert!(fix.contains("shmeter watch"), "{fix}");
    // What another machine had free is no size that this one is to have.
    let line = line.replace("5368709120", "477999988736");
    let (_, here, fix) = said(&line, GIB / 16);
    assert!(!here.contains("445") && !fix.contains("911712m"), "{here} {fix}");
}

#[test]
fn where_no_container_is_none_is_advised_for_what_is_missing() {
    let file =
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/host-overcommit-2-nothing-left.json");
    let capture = Capture::parse(&std::fs::read_to_string(file).unwrap()).unwrap();
    let facts = gather(&capture, &Target::default()).unwrap();
    let here = Here::of("{}").unwrap().with(&facts);
    for line in [
        "FileNotFoundError: [Errno 2] No such file or directory: '/dev/shm/braker/genome.fa'",
        "FileNotFoundError: [Errno 2] No such file or directory: '/psm_1b2c3d4e'",
    ] {
        let document = ExplainDocument::new(&found(line), Some(&here));
        let json = serde_json::to_value(&document).unwrap();
        let fix = json["matches"][0]["fix"].as_str().unwrap();
        assert!(fix.contains("RemoveIPC=no") && !fix.contains("docker run"), "{line}: {fix}");
    }
}

#[test]
fn a_small_dev_shm_is_no_cause_of_what_says_that_it_is_none() {
    let small = r#"{"findings": [{"id": "runtime-default", "message": "64 MiB.", "fix": "docker run --shm-size=1g ..."}]}"#;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/docker-desktop-host-ipc.json");
    let capture = Capture::parse(&std::fs::read_to_string(file).unwrap()).unwrap();
    let here = Here::of(small).unwrap().with(&gather(&capture, &Target::default()).unwrap());
    let fix = |id: &str| {
        let entry = entries().find(|entry| entry.id == id).unwrap();
        here.fix(entry, Details::default()).unwrap_or_default()
    };
    for id in ["bus-error", "pytorch-worker-exited", "errno-28"] {
        assert!(fix(id).contains("--shm-size=1g"), "{id}: {}", fix(id));
    }
    for id in ["pytorch-worker-killed", "gunicorn-sigkill", "postgresql-backend-bus"] {
        assert!(!fix(id).contains("--shm-size"), "{id}: {}", fix(id));
    }
}

#[test]
fn flatpak_gets_its_own_words_for_a_namespace_that_is_missing() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/flatpak-device-all.json");
    let capture = Capture::parse(&std::fs::read_to_string(file).unwrap()).unwrap();
    let here = Here::of("{}").unwrap().with(&gather(&capture, &Target::default()).unwrap());
    let entry = entries().find(|entry| entry.id == "x11-mit-shm").unwrap();
    let fix = here.fix(entry, Details::default()).unwrap();
    assert!(fix.contains("--share=ipc") && !fix.contains("docker"), "{fix}");
}
