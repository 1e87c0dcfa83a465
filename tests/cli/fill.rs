//! Small fills on this machine itself, of memory that is asked for and given back: what stays of the
//! supervisor, what the documents hold, and what is left of a journal that was cut off.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use shmeter::report::journal::Story;

use crate::builds::{Build, builds};
use crate::traces::turn;

const MIB: u64 = 1 << 20;

fn fill(build: &Build, arguments: &str) -> Command {
    let mut command = Command::new(&build.path);
    command.arg("fill").args(arguments.split_whitespace()).stdin(Stdio::null());
    command
}

fn run(build: &Build, arguments: &str) -> Output {
    fill(build, arguments).output().unwrap()
}

/// What a running process had at most, in bytes.
#[derive(Default)]
struct Most {
    /// Resident at any time (proc(5), VmHWM).
    resident: u64,
    /// Of that its own: anonymous or shared memory, no page of the program.
    own: u64,
    /// Mapped of its program's file, resident or not.
    mapped: u64,
}

fn most_of(child: &mut Child, program: &Path) -> Most {
    let mut most = Most::default();
    while child.try_wait().unwrap().is_none() {
        let read = |file| std::fs::read_to_string(format!("/proc/{}/{file}", child.id()));
        let (status, maps) = (read("status").unwrap_or_default(), read("maps").unwrap_or_default());
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok());
            kib.unwrap_or(0) << 10
        };
        let of_program = maps.lines().filter(|line| line.ends_with(&*program.to_string_lossy()));
        let sizes = of_program.filter_map(|line| {
            let (start, end) = line.split_once(' ')?.0.split_once('-')?;
            Some(u64::from_str_radix(end, 16).ok()? - u64::from_str_radix(start, 16).ok()?)
        });
        most.mapped = most.mapped.max(sizes.sum());
        most.resident = most.resident.max(bytes("VmHWM:"));
        most.own = most.own.max(bytes("RssAnon:") + bytes("RssShmem:"));
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    most
}

#[test]
fn the_supervisor_stays_small_however_much_is_filled() {
    let _turn = turn();
    for (build, procs) in builds().iter().flat_map(|build| [(build, 1), (build, 64)]) {
        let arguments = format!("--kind memfd --procs {procs} --until 96Mi --format json");
        let mut child = fill(build, &arguments).stdout(Stdio::piped()).spawn().unwrap();
        let Most { resident, own, mapped } = most_of(&mut child, &build.path);
        let output = child.wait_with_output().unwrap();
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["measured"]["bytes"], 96 * MIB, "{document}");
        let of = format!("{}, {procs} workers", build.path.display());
        assert!((1..MIB).contains(&own), "{of}: {own} bytes of its own");
        assert!((MIB..build.most_mapped).contains(&mapped), "{of}: {mapped} bytes of its file");
        assert!((MIB..mapped + MIB).contains(&resident), "{of}: {resident} bytes resident");
    }
}

#[test]
fn every_kind_and_method_fills_what_was_asked_for_and_says_so_in_one_document() {
    let _turn = turn();
    builds().iter().for_each(every_kind_and_method);
}

fn every_kind_and_method(build: &Build) {
    for kind in ["posix", "sysv", "memfd", "anon"] {
        for method in ["write", "fallocate", "touch", "populate"] {
            let has_file = matches!(kind, "posix" | "memfd");
            let maps = matches!(method, "touch" | "populate");
            let folder = tempfile::tempdir_in("/dev/shm").unwrap();
            let path = folder.path().display();
            let output = run(
                build,
                &format!(
                    "--kind {kind} --method {method} --procs 2 --until 6Mi --path {path} --format json"
                ),
            );
            let err = String::from_utf8_lossy(&output.stderr);
            if !has_file && !maps {
                assert_eq!(output.status.code(), Some(2), "{kind} {method}: {err}");
                continue;
            }
            let document: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(output.status.code(), Some(0), "{kind} {method}: {err} {document}");
            let told = [&document["schema"], &document["kind"], &document["method"]];
            assert_eq!(told, ["shmeter.fill/1", kind, method]);
            let measured = &document["measured"];
            assert_eq!(measured["ended_in"], "full");
            assert_eq!(measured["bytes"], 6 * MIB);
            assert_eq!(measured["workers"].as_array().unwrap().len(), 2);
            assert!(document["step_latency_ns"]["p50"].as_u64() > Some(0), "{document}");
            assert!(document["seconds"].as_f64() > Some(0.0), "{document}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a file is left");
        }
    }
}

#[test]
fn a_real_journal_cut_at_any_byte_never_tells_more_than_was_filled() {
    let _turn = turn();
    builds().iter().for_each(a_real_journal);
}

fn a_real_journal(build: &Build) {
    let output = run(build, "--kind memfd --method write --procs 2 --until 24Mi --format jsonl");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let whole = Story::read(&text);
    assert_eq!(whole.document.as_ref().unwrap()["measured"]["bytes"], 24 * MIB);
    assert_eq!((whole.at_least, whole.at_most), (24 * MIB, Some(24 * MIB)), "{text}");
    let (mut before, mut lines) = (0, 0);
    for end in 0..text.len() {
        let story = Story::read(&text[..end]);
        assert!(story.at_least >= before && story.at_least <= 24 * MIB, "{end}");
        assert!(story.at_most.is_none_or(|most| most >= story.at_least), "{end}");
        assert_eq!(
            story.start.is_some(),
            text[..end].contains("\"event\":\"start\"") && {
                // A line counts once it is whole, with or without its end.
                lines = text[..end].lines().count();
                lines > 1 || serde_json::from_str::<Value>(&text[..end]).is_ok()
            }
        );
        before = story.at_least;
    }
    assert!(lines >= 4, "{text}");
}
