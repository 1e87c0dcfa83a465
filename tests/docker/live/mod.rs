//! What inspect says in a container is what an independent program then reaches there.
//!
//! Each test starts one container. In it a shell runs `shmeter inspect`, and at once after that
//! busybox's dd (write) or tests/docker/touch.c (a mapping, a byte a page) until the kernel stops it;
//! then the next pair. Needs Docker, cc and Debian's busybox-static.

use std::fs;
use std::process::Command;

use serde_json::Value;
use shmeter::units::Bytes;

use lab::{HARDENED, Lab, docker, lab, must};

mod bench;
mod beside;
mod compare;
mod debug;
mod fills;
mod lab;
mod ls;
mod rights;
mod room;
mod run;
mod safe;
mod watch;
mod weather;

const MIB: u64 = 1 << 20;

/// The first process of a container: `FOLDER BYTES METHOD:KIND...`.
///
/// Whoever fills is the one that the kernel is to kill. It frees next to nothing when it dies, so
/// 4 MiB are taken before inspect looks and given back after the fill: without them the shell
/// itself would be killed as soon as it tells what happened. Cutting off the file gives them back at
/// once; whoever holds it lives on as the next to be killed. (Ending that one would give them back
/// some time later, and until then leave nobody but the shell.) The pause lets the kernel free what
/// the round before left (page cache nodes and tasks go with a delay, and are charged until then).
const SCRIPT: &str = r#"
folder=$1 bytes=$2
shift 2
kills() {
    count=0
    for file in /sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events; do
        [ -r $file ] || continue
        while read -r name number; do
            [ "$name" = oom_kill ] && count=$number
        done < $file
    done
}
[ -d $folder ] || /busybox mkdir $folder || exit 1
for round; do
    method=${round%:*} kind=${round#*:}
    /busybox sleep 0.1
    ballast=$(echo 900 > /proc/self/oom_score_adj; exec /touch ballast 4194304 -) || exit 1
    kills; before=$count
    echo "@inspect"
    /shmeter inspect --format json
    echo "@code $?"
    echo "@fill"
    if [ $method = write ]; then
        (echo 1000 > /proc/self/oom_score_adj
         exec /busybox dd if=/dev/zero of=$folder/fill bs=64k count=$((bytes / 65536))) 2>&1 &
    else
        (echo 1000 > /proc/self/oom_score_adj
         exec /touch $kind $bytes $folder/progress) 2>&1 &
    fi
    wait $!
    status=$?
    true > /proc/$ballast/fd/9
    kills
    pages=0 blocks=0
    [ -e $folder/progress ] && read -r pages < $folder/progress
    [ -e $folder/fill ] && blocks=$(/busybox stat -c %b $folder/fill)
    echo
    echo "@end $status $((count - before)) $pages $blocks"
    /busybox rm -f $folder/fill $folder/progress
    kill -9 $ballast
done
case $folder in */shmeter-test-*) /busybox rmdir $folder ;; esac
echo "@done"
"#;

/// One fill and the end that it is to have.
#[derive(Clone, Copy)]
struct Round {
    method: &'static str,
    kind: &'static str,
    end: &'static str,
}

const fn write(end: &'static str) -> Round {
    Round { method: "write", kind: "posix", end }
}

const fn touch(kind: &'static str, end: &'static str) -> Round {
    Round { method: "touch", kind, end }
}

/// The four fills of a container whose memory limit comes first.
const KILLS: [Round; 5] = [
    write("oom-kill"),
    touch("posix", "oom-kill"),
    touch("sysv", "oom-kill"),
    touch("memfd", "oom-kill"),
    touch("anon", "oom-kill"),
];

/// The two fills of a container whose tmpfs is the first to be full.
const FULL: [Round; 2] = [write("enospc"), touch("posix", "sigbus")];

/// What happened in one round.
struct Reached {
    document: Value,
    code: i32,
    said: String,
    status: i32,
    kills: u64,
    pages: u64,
    blocks: u64,
}

impl Reached {
    fn parse(text: &str) -> Reached {
        let (document, rest) = text.split_once("@code ").unwrap();
        let (code, rest) = rest.split_once("\n@fill\n").unwrap();
        let (said, end) = rest.split_once("\n@end ").unwrap();
        let numbers: Vec<u64> =
            end.lines().next().unwrap().split(' ').map(|word| word.parse().unwrap()).collect();
        Reached {
            document: serde_json::from_str(document).unwrap(),
            code: code.parse().unwrap(),
            said: said.to_owned(),
            status: i32::try_from(numbers[0]).unwrap(),
            kills: numbers[1],
            pages: numbers[2],
            blocks: numbers[3],
        }
    }

    /// Bytes really allocated. Those of a file outlive whoever filled it; of the rest the page
    /// knows that was counted last.
    fn bytes(&self, kind: &str) -> u64 {
        let counted = self.pages * self.document["subject"]["page_size"].as_u64().unwrap();
        if kind == "posix" { self.blocks * 512 } else { counted }
    }

    /// How the fill ended, in the contract's words.
    fn end(&self) -> &'static str {
        let said = |text| self.said.contains(text);
        match self.status {
            0 => "full",
            135 => "sigbus",
            137 if self.kills > 0 => "oom-kill",
            137 => "killed",
            153 => "efbig",
            1 if said("File too large") => "efbig",
            1 if said("No space left on device") => "enospc",
            1 if said("Cannot allocate memory") || said("Out of memory") => "enomem",
            1 if said("Invalid argument") => "einval",
            _ => "something else",
        }
    }
}

fn agree(predicted: u64, reached: u64) -> bool {
    Bytes(predicted).agrees_with(Bytes(reached))
}

/// The exit code that a document has.
fn code_of(document: &Value) -> i32 {
    let segments = document["segments"].as_object().unwrap();
    match document["verdict"].as_str().unwrap() {
        "fail" => 1,
        _ if segments.values().any(|segment| segment["certainty"] == "unknown") => 3,
        _ => 0,
    }
}

/// Runs the rounds in one container, each fill asking for `most` bytes, and compares. Gives the
/// first document.
fn check(options: &[&str], folder: &str, most: u64, rounds: &[Round]) -> Value {
    let (lab, _turn) = lab();
    let most = most.to_string();
    let words: Vec<String> =
        rounds.iter().map(|round| format!("{}:{}", round.method, round.kind)).collect();
    let mut arguments = vec!["/busybox", "sh", "/fill.sh", folder, &most];
    arguments.extend(words.iter().map(String::as_str));
    // Each CPU keeps up to 256 KiB of a cgroup's memory in hand, which counts as used until the
    // limit is hit: two of them stay within the tolerance.
    let many = std::thread::available_parallelism().is_ok_and(|cpus| cpus.get() > 2);
    let mut all = options.to_vec();
    all.extend(many.then_some("--cpuset-cpus=0,1"));
    let output = lab.run(&all, &lab.image, &arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && text.ends_with("@done\n"),
        "docker run {options:?}: {}\n{told}\n{text}",
        output.status
    );
    let parts: Vec<Reached> = text.split("@inspect\n").skip(1).map(Reached::parse).collect();
    assert_eq!(parts.len(), rounds.len(), "{text}");

    let mut faults = Vec::new();
    for (round, reached) in rounds.iter().zip(&parts) {
        let &Round { method, kind, end } = round;
        let segment = &reached.document["segments"][kind];
        let row = &segment["methods"][method];
        let (bytes, ended) = (reached.bytes(kind), reached.end());
        let line = format!(
            "{} {kind} {method}: inspect said {row}, bound by {}; the fill reached {bytes} and \
             ended in {ended} (exit {}, {} OOM kills)",
            options.join(" "),
            segment["binding"],
            reached.status,
            reached.kills
        );
        println!("{line}");
        let right = row["available_bytes"].as_u64().is_some_and(|said| agree(said, bytes))
            && row["ends_in"] == ended
            && ended == end
            && reached.code == code_of(&reached.document);
        if !right {
            let code = reached.code;
            faults.push(format!(
                "{line}\n  wanted: {end}; inspect exited with {code}; it printed: {}",
                reached.said
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    parts.into_iter().next().expect("there are rounds").document
}

/// The same, on /dev/shm.
fn check_shm(options: &[&str], most: u64, rounds: &[Round]) {
    check(options, "/dev/shm", most * MIB, rounds);
}

fn hardened<'a>(options: &[&'a str]) -> Vec<&'a str> {
    HARDENED.iter().chain(options).copied().collect()
}

fn has_finding(document: &Value, id: &str) -> bool {
    document["findings"].as_array().unwrap().iter().any(|finding| finding["id"] == id)
}

#[test]
fn without_any_option_the_64_mib_of_the_runtime_end_in_enospc_or_sigbus() {
    check_shm(&[], 256, &FULL);
}

#[test]
fn a_smaller_shm_size_without_a_memory_limit_ends_in_enospc_or_sigbus() {
    check_shm(&["--shm-size=32m"], 256, &FULL);
}

#[test]
fn shm_size_below_the_memory_limit_ends_in_enospc_or_sigbus() {
    check_shm(&["--shm-size=256m", "--memory=512m"], 1536, &FULL);
}

#[test]
fn the_default_size_below_the_memory_limit_ends_in_enospc_and_only_files_know_it() {
    let rounds = [
        write("enospc"),
        touch("posix", "sigbus"),
        touch("sysv", "oom-kill"),
        touch("memfd", "oom-kill"),
        touch("anon", "oom-kill"),
    ];
    check_shm(&["--memory=128m", "--memory-swap=128m"], 384, &rounds);
}

#[test]
fn the_default_size_far_below_the_memory_limit_ends_in_enospc_or_sigbus() {
    check_shm(&["--memory=512m"], 1536, &FULL);
}

#[test]
fn shm_size_above_the_memory_limit_ends_in_an_oom_kill() {
    check_shm(&["--shm-size=512m", "--memory=256m"], 768, &KILLS);
}

#[test]
fn shm_size_above_the_memory_limit_without_swap_ends_in_an_oom_kill() {
    check_shm(&["--shm-size=512m", "--memory=128m", "--memory-swap=128m"], 384, &KILLS);
}

#[test]
fn shm_size_equal_to_the_memory_limit_ends_in_an_oom_kill() {
    check_shm(&["--shm-size=512m", "--memory=512m", "--memory-swap=512m"], 1536, &KILLS);
}

#[test]
fn a_private_ipc_namespace_changes_nothing() {
    check_shm(
        &["--ipc=private", "--shm-size=1g", "--memory=256m", "--memory-swap=256m"],
        768,
        &KILLS,
    );
}

#[test]
fn a_shareable_ipc_namespace_changes_nothing() {
    check_shm(&["--ipc=shareable", "--shm-size=256m", "--memory=128m"], 384, &KILLS);
    check_shm(&["--ipc=shareable", "--shm-size=32m", "--memory=128m"], 384, &FULL);
}

#[test]
fn without_an_ipc_mount_posix_is_unknown_and_the_rest_ends_in_an_oom_kill() {
    let rounds = [touch("sysv", "oom-kill"), touch("memfd", "oom-kill"), touch("anon", "oom-kill")];
    let options = ["--ipc=none", "--memory=128m", "--memory-swap=128m"];
    let document = check(&options, "/dev", 384 * MIB, &rounds);
    assert_eq!(document["segments"]["posix"]["certainty"], "unknown");
    assert_eq!(document["segments"]["posix"]["available_bytes"], Value::Null);
    assert!(has_finding(&document, "not-shared-memory"), "{document:#}");
}

#[test]
fn the_ipc_namespace_of_the_host_ignores_shm_size_and_ends_in_an_oom_kill() {
    let folder = format!("/dev/shm/shmeter-test-{}", std::process::id());
    let options = ["--ipc=host", "--shm-size=32m", "--memory=256m", "--memory-swap=256m"];
    let result = std::panic::catch_unwind(|| check(&options, &folder, 512 * MIB, &KILLS));
    // What outlived the container would take the machine's memory.
    let (lab, _turn) = lab();
    lab.run(&["--ipc=host"], &lab.image, &["/busybox", "rm", "-rf", &folder]);
    result.unwrap_or_else(|fault| std::panic::resume_unwind(fault));
}

#[test]
fn an_unprivileged_container_with_a_size_ends_in_enospc_or_sigbus() {
    check_shm(&hardened(&["--shm-size=32m"]), 256, &FULL);
}

#[test]
fn an_unprivileged_container_with_a_memory_limit_ends_in_an_oom_kill() {
    check_shm(&hardened(&["--shm-size=256m", "--memory=128m"]), 384, &KILLS);
}

#[test]
fn a_file_size_limit_below_all_others_ends_in_efbig_and_only_files_know_it() {
    let rounds = [
        write("efbig"),
        touch("posix", "efbig"),
        touch("memfd", "efbig"),
        touch("sysv", "oom-kill"),
        touch("anon", "oom-kill"),
    ];
    let options = ["--ulimit=fsize=33554432", "--shm-size=256m", "--memory=128m"];
    check_shm(&options, 384, &rounds);
}

#[test]
fn a_file_size_limit_above_the_shm_size_ends_in_enospc_or_sigbus() {
    check_shm(&["--ulimit=fsize=134217728"], 256, &FULL);
}

#[test]
fn a_file_size_limit_above_the_memory_limit_ends_in_an_oom_kill() {
    let options = ["--ulimit=fsize=268435456", "--shm-size=512m", "--memory=128m"];
    check_shm(&options, 384, &KILLS);
}

#[test]
fn a_tmpfs_over_dev_shm_counts_and_not_the_shm_size_below_it() {
    check_shm(&["--tmpfs=/dev/shm:size=100m", "--shm-size=32m"], 256, &FULL);
    check_shm(&["--tmpfs=/dev/shm:size=400m", "--memory=128m"], 384, &KILLS);
}

#[test]
fn a_tmpfs_without_a_size_ends_in_an_oom_kill() {
    check_shm(&["--tmpfs=/dev/shm", "--memory=128m", "--memory-swap=128m"], 384, &KILLS);
}

#[test]
fn the_image_works_unprivileged_and_read_only() {
    let (lab, _turn) = lab();
    let options = hardened(&["--memory=64m"]);
    for arguments in [&["--format", "json"][..], &["inspect", "--format", "json"]] {
        let output = lab.run(&options, &lab.product, arguments);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["schema"], "shmeter.inspect/1");
        assert_eq!(document["df"]["total_bytes"], 64 * MIB);
        assert_eq!(document["cgroup"]["levels"][0]["limit"], 64 * MIB);
        assert!([0, 1].contains(&code_of(&document)), "{document:#}");
        assert_eq!(output.status.code(), Some(code_of(&document)));
    }
    let output = lab.run(&options, &lab.product, &["inspect", "--require=1Gi", "--format=json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((document["verdict"].as_str(), output.status.code()), (Some("fail"), Some(1)));
}

/// A container that only waits; removed when the test ends.
struct Waiting(String);

impl Waiting {
    fn start(lab: &Lab, options: &[&str]) -> Waiting {
        let mut command = docker(&["run", "--detach", "--rm", "--network=none", "--label"]);
        command.arg(&lab.label).args(options).arg(&lab.image).args(["/busybox", "sleep", "300"]);
        Waiting(must(&mut command, "the target cannot be started"))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = docker(&["rm", "--force", &self.0]).output();
    }
}

#[test]
fn the_ipc_namespace_of_another_container_brings_its_size_and_what_is_used_of_it() {
    let target = {
        let (lab, _turn) = lab();
        let target = Waiting::start(lab, &["--ipc=shareable", "--shm-size=96m"]);
        let mut fill = docker(&["exec", &target.0, "/busybox", "dd", "if=/dev/zero"]);
        must(fill.args(["of=/dev/shm/other", "bs=1M", "count=16"]), "nothing can be written");
        target
    };
    let ipc = format!("--ipc=container:{}", target.0);
    check_shm(&[&ipc, "--memory=256m"], 512, &FULL);
    check_shm(&[&ipc, "--memory=64m", "--memory-swap=64m"], 192, &KILLS);
}

#[test]
fn a_debug_container_tells_the_shared_memory_of_its_target() {
    let (lab, _turn) = lab();
    let target = Waiting::start(lab, &["--shm-size=96m", "--memory=128m"]);
    let beside = format!("--pid=container:{}", target.0);

    let may = [beside.as_str(), "--user=0", "--cap-add=SYS_PTRACE"];
    let output = lab.run(&may, &lab.product, &["inspect", "--pid=1", "--format=json"]);
    let document: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(document["subject"]["pid"], 1, "{document:#}");
    assert_eq!(document["subject"]["view"], "target", "{document:#}");
    assert_eq!(document["df"]["total_bytes"], 96 * MIB, "{document:#}");
    assert_eq!(document["df"]["available_bytes"], 96 * MIB, "{document:#}");
    assert_eq!(document["cgroup"]["levels"][0]["limit"], 128 * MIB, "{document:#}");
    assert_eq!(document["segments"]["posix"]["available_bytes"], 96 * MIB, "{document:#}");
    assert_eq!(document["segments"]["posix"]["methods"]["write"]["ends_in"], "enospc");
    assert!(!has_finding(&document, "wrong-view"), "{document:#}");
    assert_eq!(output.status.code(), Some(code_of(&document)));

    let output = lab.run(&may, &lab.product, &["inspect", "--format=json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["subject"]["view"], "self", "{document:#}");
    assert_eq!(document["df"]["total_bytes"], 64 * MIB, "{document:#}");
    assert!(has_finding(&document, "wrong-view"), "{document:#}");

    let may_not = [beside.as_str(), "--user=65534"];
    let output = lab.run(&may_not, &lab.product, &["inspect", "--pid=1", "--format=json"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.contains("CAP_SYS_PTRACE"), "{told}");
}

#[test]
fn a_debug_container_in_the_same_ipc_namespace_has_the_right_view() {
    let (lab, _turn) = lab();
    let target = Waiting::start(lab, &["--ipc=shareable", "--shm-size=96m"]);
    let (pid, ipc) =
        (format!("--pid=container:{}", target.0), format!("--ipc=container:{}", target.0));
    let options = [pid.as_str(), &ipc, "--user=0", "--cap-add=SYS_PTRACE"];
    let output = lab.run(&options, &lab.product, &["--format=json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["df"]["total_bytes"], 96 * MIB, "{document:#}");
    assert!(!has_finding(&document, "wrong-view"), "{document:#}");
}

#[test]
fn a_measurement_feels_the_memory_limit_and_kills_nobody() {
    let (lab, _turn) = lab();
    // The container itself pays for the program, as the first one of an image does.
    let script = "/touch forget 0 /shmeter || exit 1; /shmeter inspect --format=json; echo @; \
                  /shmeter inspect --measure --format=json; \
                  echo @; /busybox cat /sys/fs/cgroup/memory/memory.oom_control \
                  /sys/fs/cgroup/memory.events 2>/dev/null";
    for options in [&["--shm-size=512m", "--memory=96m"][..], &["--memory=200m"]] {
        let output = lab.run(&hardened(options), &lab.image, &["/busybox", "sh", "-c", script]);
        let text = String::from_utf8(output.stdout).unwrap();
        let parts: Vec<&str> = text.split("@\n").collect();
        let [seen, felt, counters] = parts[..] else { panic!("{text}") };
        let seen: Value = serde_json::from_str(seen).unwrap();
        let felt: Value = serde_json::from_str(felt).unwrap();
        for kind in ["posix", "sysv", "memfd", "anon"] {
            let (seen, felt) = (&seen["segments"][kind], &felt["segments"][kind]);
            assert_eq!(seen["certainty"], "at-most", "{seen}");
            assert_eq!(felt["certainty"], "measured", "{felt}");
            let bytes = |segment: &Value| segment["available_bytes"].as_u64().unwrap();
            // Two ways to one number: what the files say, and what a fill felt.
            assert!(agree(bytes(seen), bytes(felt)), "{kind}: {seen} {felt}");
        }
        assert!(counters.lines().any(|line| line == "oom_kill 0"), "{counters}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("the kernel may drop file cache"), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[test]
fn a_capture_of_a_container_gives_its_answer_on_the_host() {
    let (lab, _turn) = lab();
    let options = hardened(&["--shm-size=48m", "--memory=96m", "--ulimit=fsize=33554432"]);
    let output = lab.run(&options, &lab.product, &["capture"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("capture.json");
    fs::write(&file, &output.stdout).unwrap();
    let replayed = Command::new(env!("CARGO_BIN_EXE_shmeter"))
        .args(["inspect", "--format=json", "--from"])
        .arg(&file)
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&replayed.stdout).unwrap();
    assert_eq!(document["df"]["total_bytes"], 48 * MIB);
    assert_eq!(document["cgroup"]["levels"][0]["limit"], 96 * MIB);
    assert_eq!(document["segments"]["posix"]["available_bytes"], 32 * MIB);
    assert_eq!(document["segments"]["posix"]["binding"], "rlimit-fsize");
}
