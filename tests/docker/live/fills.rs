//! What a fill predicts in a container is what it does there: the cells of the matrix that need
//! several CPUs, or what Docker sets.

use super::lab::{HARDENED, lab};
use crate::cells::{Cell, fill, safe};

/// Runs each cell in a container of its own.
fn check(setting: &str, options: &[&str], cells: &[Cell]) {
    let (lab, _turn) = lab();
    // Each CPU keeps up to 256 KiB of a cgroup's memory in hand.
    let many = std::thread::available_parallelism().is_ok_and(|cpus| cpus.get() > 2);
    let mut options = options.to_vec();
    options.extend(many.then_some("--cpuset-cpus=0,1"));
    let mut faults = Vec::new();
    for cell in cells {
        let arguments = format!("fill --format json {}", cell.arguments());
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        let output = lab.run(&options, &lab.product, &arguments);
        let text = String::from_utf8_lossy(&output.stdout);
        let status = output.status.code().map_or(-1, i64::from);
        let fault = cell.check(("Docker, v1", setting), &text, status, 0);
        let told = String::from_utf8_lossy(&output.stderr);
        faults.extend(fault.map(|fault| format!("{fault}\n{told}")));
    }
    assert!(faults.is_empty(), "docker run {options:?}: {}", faults.join("\n"));
}

#[test]
fn a_size_above_the_limit() {
    check(
        "a size above the limit",
        &["--shm-size=512m", "--memory=128m"],
        &[
            fill("posix write 1", "oom-kill"),
            fill("posix write 4", "oom-kill"),
            fill("posix fallocate 2", "oom-kill"),
            fill("posix touch 1", "oom-kill"),
            fill("posix touch 4", "oom-kill"),
            fill("posix populate 2", "oom-kill"),
            safe("posix touch 2"),
            safe("posix write 4"),
        ],
    );
}

#[test]
fn other_kinds_than_files() {
    check(
        "other kinds than files",
        &["--shm-size=64m", "--memory=128m"],
        &[
            fill("sysv touch 2", "oom-kill"),
            fill("sysv populate 4", "oom-kill"),
            fill("memfd write 4", "oom-kill"),
            fill("memfd touch 1", "oom-kill"),
            fill("anon populate 2", "oom-kill"),
            safe("sysv touch 4"),
            safe("memfd fallocate 2"),
        ],
    );
}

#[test]
fn a_size_below_the_limit() {
    check(
        "a size below the limit",
        &["--shm-size=96m", "--memory=512m"],
        &[
            fill("posix write 4", "enospc"),
            fill("posix fallocate 1", "enospc"),
            fill("posix touch 2", "sigbus"),
            fill("posix populate 4", "efault"),
            fill("posix touch 4", "sigbus").until("safe"),
            fill("posix write 2", "full").until("64Mi"),
        ],
    );
}

#[test]
fn a_size_near_the_limit() {
    check(
        "a size near the limit",
        &["--shm-size=125m", "--memory=128m"],
        &[fill("posix write 1", "enospc"), fill("posix touch 1", "sigbus")],
    );
    check(
        "a size just above the limit",
        &["--shm-size=129m", "--memory=128m"],
        &[fill("posix write 2", "oom-kill"), fill("posix touch 2", "oom-kill")],
    );
}

#[test]
fn limits_of_the_ipc_namespace() {
    check(
        "kernel.shmmax",
        &["--memory=128m", "--sysctl=kernel.shmmax=33554432"],
        &[fill("sysv touch 2", "einval")],
    );
    check(
        "kernel.shmall",
        &["--memory=128m", "--sysctl=kernel.shmall=8192"],
        &[fill("sysv populate 4", "enospc")],
    );
}

#[test]
fn an_unprivileged_container() {
    let options = [&HARDENED[..], &["--shm-size=512m", "--memory=96m"]].concat();
    check(
        "unprivileged",
        &options,
        &[
            fill("posix touch 2", "oom-kill"),
            safe("posix write 2"),
            fill("sysv touch 1", "oom-kill"),
        ],
    );
}
