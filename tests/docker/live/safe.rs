//! Careful fills on several CPUs, which guest kernels lack: random settings, the limit on the
//! container or, unseen by it, on the cgroup above. In half of them CPUs are short and the container
//! itself pays for the program, whose code is then the only file cache at the edge
//! (docs/kernel-facts.md).

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::lab::lab;
use crate::careful::{Dice, LIMIT, MIB, Pair, RUNS, SEED, TO_THE_LIMIT, place, variable};

/// A memory cgroup that holds a container, whose limit the container cannot see.
struct Above(PathBuf, String);

impl Above {
    fn with_limit(mib: u64) -> Above {
        let name = format!("shmeter-test-{}", std::process::id());
        let v1 = PathBuf::from("/sys/fs/cgroup/memory");
        let (root, file) = if v1.is_dir() {
            (v1, "memory.limit_in_bytes")
        } else {
            (PathBuf::from("/sys/fs/cgroup"), "memory.max")
        };
        let folder = root.join(&name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(file), (mib * MIB).to_string()).unwrap();
        Above(folder, format!("--cgroup-parent=/{name}"))
    }
}

impl Drop for Above {
    fn drop(&mut self) {
        // Docker leaves its own parts of it in the other hierarchies, which are empty folders.
        let _ = fs::remove_dir(&self.0);
        let name = self.0.file_name().unwrap().to_owned();
        for hierarchy in fs::read_dir("/sys/fs/cgroup").into_iter().flatten().flatten() {
            let _ = fs::remove_dir(hierarchy.path().join(&name));
        }
    }
}

/// Threads that leave the others little of the CPUs.
struct Busy(Arc<AtomicBool>);

impl Busy {
    fn with_threads(n: u64) -> Busy {
        let over = Arc::new(AtomicBool::new(false));
        for _ in 0..n {
            let over = Arc::clone(&over);
            thread::spawn(move || while !over.load(Ordering::Relaxed) {});
        }
        Busy(over)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs the program as a container does that is the first one of its image.
const COLD: [&str; 5] =
    ["/busybox", "sh", "-c", "/touch forget 0 /shmeter && exec /shmeter \"$@\"", "sh"];

/// Processes that the OOM killer has killed on this machine.
fn kills() -> u64 {
    let counters = fs::read_to_string("/proc/vmstat").unwrap();
    let line = counters.lines().find_map(|line| line.strip_prefix("oom_kill "));
    line.expect("oom_kill in /proc/vmstat").parse().unwrap()
}

#[test]
fn nobody_is_killed_on_several_cpus() {
    let (lab, _turn) = lab();
    let mut dice = Dice::new(variable(SEED).wrapping_add(1 << 32));
    let mut faults = Vec::new();
    let runs = variable(RUNS);
    for _ in 0..runs {
        let limit = match variable(LIMIT) {
            0 => 24 + dice.below(200),
            limit => limit,
        };
        let any = dice.below(2) == 0;
        let hidden = place().map_or(any, |place| place == "hidden");
        let above = hidden.then(|| Above::with_limit(limit));
        let size = dice.one(&[4096, 4096, limit / 2, limit - 4]);
        let kind = dice.one(&["posix", "posix", "memfd", "sysv", "anon"]);
        let methods = ["touch", "populate", "write", "fallocate"];
        let files = matches!(kind, "posix" | "memfd");
        let method = dice.one(&methods[..if files { 4 } else { 2 }]);
        let procs = 1 + dice.below(8);
        let asked = (dice.below(6) == 0).then(|| dice.one(&[limit / 2, limit * 2]) * MIB);
        let place = if above.is_some() { "hidden" } else { "own" };
        let busy = dice.one(&[0, 0, 4, 12]);
        let mut setting = format!("Docker, {place} {limit} MiB, tmpfs {size} MiB");
        if busy > 0 {
            write!(setting, ", cold, {busy} busy").unwrap();
        }
        let fill = format!("--kind {kind} --method {method} --procs {procs} --force");
        let shm = format!("--shm-size={size}m");
        let memory = format!("--memory={}m", if above.is_some() { limit * 4 } else { limit });
        let mut options = vec![shm.as_str(), memory.as_str()];
        options.extend(above.as_ref().map(|above| above.1.as_str()));
        let _busy = Busy::with_threads(busy);
        let run = |until: &str| {
            let fill = format!("fill --format json {fill} {until}");
            let fill = fill.split_whitespace();
            let output = if busy > 0 {
                let arguments: Vec<&str> = COLD.into_iter().chain(fill).collect();
                lab.run(&options, &lab.image, &arguments)
            } else {
                lab.run(&options, &lab.product, &fill.collect::<Vec<_>>())
            };
            let err = String::from_utf8_lossy(&output.stderr).into_owned();
            (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap_or(-1), err)
        };
        let before = kills();
        let (safe, status, err) =
            run(&asked.map_or("--until safe".to_owned(), |n| format!("--until {n}")));
        let kills = kills() - before;
        let (limit, _, _) = run(TO_THE_LIMIT);
        let (setting, fill, safe, limit) = (&setting, &fill, &safe, &limit);
        let (high, hidden, status) = (false, above.is_some(), status.into());
        let (swaps, busy) = (false, busy > 0);
        let pair = Pair {
            setting,
            fill,
            asked,
            high,
            hidden,
            swaps,
            busy,
            safe,
            limit: Some(limit),
            slack: 0,
            status,
            kills,
        };
        faults.extend(pair.check().map(|fault| format!("{fault}\n{err}")));
    }
    assert!(faults.is_empty(), "{} of {runs} settings:\n{}", faults.len(), faults.join("\n"));
}
