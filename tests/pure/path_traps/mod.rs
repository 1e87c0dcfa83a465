//! Traps of paths, mounts, cgroups and numbers, on machines that do not exist.

mod anything;
mod huge_pages;
mod ipc;
mod kernels;
mod levels;
mod limits;
mod measuring;
mod mounts;
mod rights;
mod stock;
mod target;
mod unknown;
mod v1;
mod v2;
mod words;

use std::cell::Cell;
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::machine::*;
use serde_json::{Value, json};
use shmeter::capacity::{Certainty, End, Kind, Method, assess};
use shmeter::facts::{Reading, StatFs};
use shmeter::probe::capture::Capture;
use shmeter::probe::{FileStat, ProbeError, Source, Target, gather};
use shmeter::report::inspect::openmetrics;

const CG: &str = "/sys/fs/cgroup";
const V1: &str = "/sys/fs/cgroup/memory";

/// A container of three levels whose middle one is the tightest.
fn three_levels() -> Machine {
    Machine::v2("/pods/pod/app")
        .level("/sys/fs/cgroup/pods", "4294967296", 300 * MIB)
        .level("/sys/fs/cgroup/pods/pod", "268435456", 100 * MIB)
        .level("/sys/fs/cgroup/pods/pod/app", "max", 10 * MIB)
}

fn limited(max: u64, used: u64) -> Machine {
    Machine::v2("/app").level("/sys/fs/cgroup/app", &max.to_string(), used)
}

/// What `work` comes to. It is a guard, and no measure of time: what takes a minute has no end, or grows with
/// the square of what there is, and the sizes here are such that a square takes longer.
fn ends<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (tell, told) = channel();
    std::thread::spawn(move || tell.send(work()));
    told.recv_timeout(Duration::from_secs(60)).expect("it ends, and does not panic")
}

fn posix(json: &Value) -> &Value {
    &json["segments"]["posix"]
}

fn end(json: &Value, kind: &str, method: &str) -> String {
    json["segments"][kind]["methods"][method]["ends_in"].as_str().unwrap_or("null").to_owned()
}

fn certainty(json: &Value, kind: &str) -> String {
    json["segments"][kind]["certainty"].as_str().unwrap().to_owned()
}

fn hugetlbfs(size: u64) -> Machine {
    let bsize = 2 * MIB;
    let blocks = size / bsize;
    Machine::bare().mount_instead(5, "5 4 0:5 / /dev/shm rw - hugetlbfs h rw,pagesize=2M").statfs(
        "/dev/shm",
        StatFs {
            magic: HUGETLBFS,
            bsize,
            blocks,
            bfree: blocks,
            bavail: blocks,
            files: 0,
            ffree: 0,
        },
    )
}

fn with_target() -> Machine {
    Machine::bare()
        .process("/proc/7", 7)
        .file("/proc/7/cgroup", "")
        .file(
            "/proc/7/mountinfo",
            "50 49 0:50 / / rw - overlay o rw\n52 50 0:52 / /dev/shm rw - tmpfs t rw\n",
        )
        .statfs("/proc/7/root/dev/shm", statfs(TMPFS, 64 * MIB, 64 * MIB))
}

fn namespace_without_its_own_mount() -> Machine {
    Machine::v2("/")
        .mount_instead(6, "6 3 0:6 /../.. /sys/fs/cgroup rw - cgroup2 cgroup rw")
        .level("/sys/fs/cgroup/pods", "134217728", 0)
        .level("/sys/fs/cgroup/pods/app", "268435456", 0)
        .file("/sys/fs/cgroup/pods/app/cgroup.procs", "7\n100\n")
        .level("/sys/fs/cgroup/pods/other", "1048576", 0)
}
