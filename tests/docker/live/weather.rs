//! Bad weather in containers: each fill ends in a clear line, with the contract's exit code, and
//! leaves nothing behind.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::lab::{HARDENED, Lab, docker, lab};
use crate::signal::signal;

const MIB: u64 = 1 << 20;

/// What a fill in a container came to.
struct Told {
    status: i32,
    document: Value,
    err: String,
}

fn told(lab: &Lab, options: &[&str], arguments: &str) -> Told {
    let mut words = vec!["fill", "--format=json"];
    words.extend(arguments.split_whitespace());
    let output = lab.run(options, &lab.product, &words);
    Told {
        status: output.status.code().unwrap_or(-1),
        document: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Told {
    fn end(&self) -> &str {
        self.document["measured"]["ended_in"].as_str().unwrap_or("nothing")
    }

    fn bytes(&self) -> u64 {
        self.document["measured"]["bytes"].as_u64().unwrap_or(u64::MAX)
    }

    fn is(&self, status: i32, end: &str, bytes: u64) {
        let all = (self.status, self.end(), self.bytes());
        assert_eq!(all, (status, end, bytes), "{}\n{}", self.err, self.document);
    }
}

#[test]
fn no_rights_at_all_and_the_smallest_shm() {
    let (lab, _turn) = lab();
    let options = [&HARDENED[..], &["--shm-size=1m", "--memory=64m"]].concat();
    told(lab, &options, "--method write --procs 2").is(0, "enospc", MIB);
    told(lab, &options, "--method touch --procs 3").is(0, "sigbus", MIB);
    told(lab, &options, "--until 2Mi").is(0, "sigbus", MIB);
    told(lab, &options, "--until 512Ki --method populate").is(0, "full", MIB / 2);
}

#[test]
fn no_shm_at_all() {
    let (lab, _turn) = lab();
    let without = told(lab, &["--ipc=none", "--memory=64m", "--read-only"], "");
    assert_eq!(without.status, 4, "{} {}", without.err, without.document);
    assert!(without.err.contains("/dev/shm"), "{}", without.err);
    assert_eq!(without.err.lines().count(), 1, "{}", without.err);
    // Other kinds need none.
    let memfd =
        told(lab, &["--ipc=none", "--memory=64m", "--read-only"], "--kind memfd --until 8Mi");
    memfd.is(0, "full", 8 * MIB);
}

#[test]
fn limits_of_the_process() {
    let (lab, _turn) = lab();
    let file = ["--shm-size=64m", "--memory=128m", "--ulimit=fsize=8388608"];
    told(lab, &file, "--method write").is(0, "efbig", 8 * MIB);
    told(lab, &file, "--method fallocate --procs 2").is(0, "efbig", 16 * MIB);
    let few = told(lab, &["--pids-limit=6", "--memory=64m"], "--procs 16 --until 8Mi");
    assert_eq!(few.status, 4, "{}", few.err);
    assert!(few.err.contains("--procs") && few.err.contains("pids.max"), "{}", few.err);
    let user = ["--user=4242", "--ulimit=nproc=3:3", "--memory=64m"];
    let user = told(lab, &user, "--procs 8 --until 8Mi");
    assert_eq!(user.status, 4, "{}", user.err);
    assert!(user.err.contains("ulimit -u"), "{}", user.err);
}

#[test]
fn sixty_four_workers() {
    let (lab, _turn) = lab();
    let options = ["--shm-size=256m", "--memory=384m"];
    told(lab, &options, "--procs 64 --method write").is(0, "enospc", 256 * MIB);
    told(lab, &options, "--procs 64 --kind memfd --until 64Mi").is(0, "full", 64 * MIB);
    let edge = told(lab, &options, "--procs 64 --kind anon");
    assert_eq!((edge.status, edge.end()), (0, "edge"), "{} {}", edge.err, edge.document);
    assert_eq!(edge.document["evidence"]["oom_kill"], 0);
}

/// The folder of a cgroup. Where the tests run in a container themselves, the mount shows only what is
/// below that one's cgroup, while paths begin further up.
fn below(mount: &str, path: &str) -> String {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let at = |line: &str| {
        let mut words = line.split(' ').skip(3);
        let root = words.next()?.to_owned();
        (words.next()? == mount).then_some(root)
    };
    let root = mounts.lines().find_map(at).unwrap_or_default();
    format!("{mount}{}", path.strip_prefix(root.trim_end_matches('/')).unwrap_or(path))
}

/// A container in which a shell waits, and its first process as this machine sees it.
struct Running(String, String);

impl Running {
    fn start(lab: &Lab, options: &[&str]) -> Running {
        let mut command = docker(&["run", "--detach", "--rm", "--network=none", "--label"]);
        command.arg(&lab.label).args(options).arg(&lab.image);
        let output = command.args(["/busybox", "sleep", "1000"]).output().unwrap();
        let id = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        let pid = docker(&["inspect", "--format", "{{.State.Pid}}", &id]).output().unwrap();
        Running(id, String::from_utf8(pid.stdout).unwrap().trim().to_owned())
    }

    fn shm(&self) -> String {
        format!("/proc/{}/root/dev/shm", self.1)
    }

    /// Starts a fill, does something when it is under way, and hears what it came to.
    fn fill(&self, arguments: &str, meanwhile: impl FnOnce(&[u32])) -> Told {
        let mut command =
            docker(&["exec", &self.0, "/shmeter", "fill", "--exclusive", "--format=json"]);
        command.args(arguments.split_whitespace()).stdin(Stdio::null());
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let start = Instant::now();
        // Well under way, and far from its end.
        while self.used() < 64 << 20 && start.elapsed() < Duration::from_secs(10) {}
        let workers = self.workers();
        meanwhile(&workers);
        let output = child.wait_with_output().unwrap();
        Told {
            status: output.status.code().unwrap_or(-1),
            document: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The folder of its memory cgroup, and the file in it that tells what is used.
    fn cgroup(&self) -> (String, &'static str) {
        let groups = fs::read_to_string(format!("/proc/{}/cgroup", self.1)).unwrap();
        let path = |controllers: &str| {
            groups.lines().find_map(|line| line.split_once(controllers).map(|(_, path)| path))
        };
        path(":memory:").map_or_else(
            || (below("/sys/fs/cgroup", path("0::").unwrap()), "memory.current"),
            |path| (below("/sys/fs/cgroup/memory", path), "memory.usage_in_bytes"),
        )
    }

    fn used(&self) -> u64 {
        let (folder, used) = self.cgroup();
        let text = fs::read_to_string(format!("{folder}/{used}")).unwrap();
        text.trim().parse().unwrap()
    }

    /// Its processes of which a file in /proc says so, by their numbers on this machine.
    fn processes(&self, file: &str, says: fn(&str) -> bool) -> Vec<u32> {
        let folder = self.cgroup().0;
        let members = fs::read_to_string(format!("{folder}/cgroup.procs")).unwrap();
        let text = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/{file}"));
        let is_meant = |pid: &u32| says(&text(pid).unwrap_or_default());
        members.lines().map(|line| line.parse().unwrap()).filter(is_meant).collect()
    }

    /// Workers of a fill.
    fn workers(&self) -> Vec<u32> {
        self.processes("cmdline", |words| words.contains("team-worker"))
    }

    /// Those that are to be killed after the workers, and before anybody else.
    fn stand_ins(&self) -> Vec<u32> {
        self.processes("oom_score_adj", |score| score.trim() == "900")
    }

    fn is_clean(&self) {
        assert_eq!(fs::read_dir(self.shm()).unwrap().count(), 0, "files are left");
        assert!(self.workers().is_empty(), "workers are left");
        assert!(self.stand_ins().is_empty(), "a stand-in is left");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = docker(&["rm", "--force", &self.0]).output();
    }
}

#[test]
fn a_full_shm() {
    let (lab, _turn) = lab();
    let running = Running::start(lab, &["--shm-size=4m", "--memory=64m"]);
    fs::write(format!("{}/others", running.shm()), vec![1; 4 << 20]).unwrap();
    // A shell is seen in it; whoever knows that it uses none goes into ENOSPC at once.
    let refused = docker(&["exec", &running.0, "/shmeter", "fill"]).output().unwrap();
    let err = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{err}");
    assert!(err.contains("--force") && err.contains("(pid 1)"), "{err}");
    running.fill("--method write", |_| {}).is(0, "enospc", 0);
    fs::remove_file(format!("{}/others", running.shm())).unwrap();
    running.is_clean();
}

#[test]
fn a_stopped_worker() {
    let (lab, _turn) = lab();
    let running = Running::start(lab, &["--shm-size=2g", "--memory=3g"]);
    // Slow enough that one is met in the midst of it.
    let stopped = running.fill("--procs 4 --until 1536Mi", |workers| signal(workers[0], "STOP"));
    assert_eq!((stopped.status, stopped.end()), (1, "stall"), "{}", stopped.document);
    let why = stopped.document["why"].as_str().unwrap_or_default();
    assert!(why.contains("stopped by a signal"), "{why}");
    running.is_clean();
}

#[test]
fn a_worker_that_somebody_kills() {
    let (lab, _turn) = lab();
    let running = Running::start(lab, &["--shm-size=2g", "--memory=3g"]);
    let killed = running.fill("--procs 4 --until 1536Mi", |workers| signal(workers[0], "KILL"));
    assert_eq!((killed.status, killed.end()), (1, "killed"), "{}", killed.document);
    assert_eq!(killed.document["evidence"]["oom_kill"], 0);
    running.is_clean();
}

#[test]
fn a_stand_in_waits_where_workers_may_be_killed_and_its_death_ends_nothing() {
    let (lab, _turn) = lab();
    let running = Running::start(lab, &["--shm-size=2g", "--memory=3g"]);
    let limit = "--procs 4 --until limit";
    let done = running.fill(limit, |_| {
        let stand_ins = running.stand_ins();
        assert_eq!(stand_ins.len(), 1);
        // The counters in its status lag by some pages a CPU.
        let maps = fs::read_to_string(format!("/proc/{}/smaps_rollup", stand_ins[0])).unwrap();
        let own = maps.lines().find_map(|line| line.strip_prefix("Private_Dirty:")).unwrap();
        let own: u64 = own.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(own >= 128, "its death gives back {own} KiB");
        signal(stand_ins[0], "KILL");
    });
    done.is(0, "sigbus", 2048 * MIB);
    assert_eq!(done.document["evidence"]["stand_in_killed"], true);
    let asked = running.fill("--procs 4 --until limit --oom-score-adj 0", |_| {
        assert!(running.stand_ins().is_empty(), "where somebody else is to be seen killed");
    });
    assert_eq!(asked.document["evidence"]["stand_in_killed"], false);
    running.is_clean();
}

#[test]
fn a_tmpfs_that_becomes_smaller() {
    let (lab, _turn) = lab();
    let running = Running::start(lab, &["--shm-size=2g", "--memory=3g"]);
    let smaller = running.fill("--procs 2 --method write --until 1900Mi", |_| {
        let mount = "/busybox mount -t tmpfs -o remount,size=1400m shm /dev/shm".split(' ');
        let mut command = Command::new("nsenter");
        command.args(["--target", &running.1, "--mount"]).args(mount);
        assert!(command.status().unwrap().success(), "it was filled beyond that already");
    });
    smaller.is(1, "enospc", 1400 * MIB);
    let why = smaller.document["why"].as_str().unwrap_or_default();
    assert!(why.contains("changed meanwhile"), "{why}");
    running.is_clean();
}

#[test]
fn a_signal_ends_it_before_it_has_filled_what_was_asked_for() {
    let (lab, _turn) = lab();
    let running = Running::start(lab, &["--shm-size=2g", "--memory=3g"]);
    let ended = running.fill("--procs 2 --until 1900Mi", |workers| {
        let stat = fs::read_to_string(format!("/proc/{}/stat", workers[0])).unwrap();
        let parent = stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap();
        signal(parent.parse().unwrap(), "TERM");
    });
    assert_eq!((ended.status, ended.end()), (130, "stopped"), "{} {}", ended.err, ended.document);
    assert_eq!(ended.document["interrupted"], true);
    let bytes = ended.document["measured"]["bytes"].as_u64();
    assert!(bytes.is_some_and(|bytes| bytes < 1900 * MIB), "{}", ended.document);
    running.is_clean();
}
