//! Guests of Debian's user-mode-linux: how it is started, and on which CPU.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::machine::compile;

const KERNEL: &str = "/usr/bin/linux.uml";

/// What starts it, with so many MiB of memory and of swap.
pub fn arguments(folder: &Path, (memory_mib, swap_mib): (u64, u64), seat: &Seat) -> Vec<String> {
    assert!(Path::new(KERNEL).exists(), "{KERNEL} is missing (Debian: user-mode-linux)");
    let at = |name: &str| folder.join(name);
    let disk = at("swap");
    fs::File::create(&disk).unwrap().set_len(swap_mib << 20).unwrap();
    let mut arguments = vec!["taskset".to_owned(), "-c".to_owned(), seat.0.to_string()];
    if has_tile_registers() {
        let library = at("xstate.so");
        compile("tests/guest/xstate.c", &library, &["-shared", "-fPIC"]);
        arguments.extend(["env".to_owned(), format!("LD_PRELOAD={}", library.display())]);
    }
    arguments.extend([
        KERNEL.to_owned(),
        format!("mem={memory_mib}M"),
        format!("initrd={}", at("initramfs").display()),
        "rdinit=/init".to_owned(),
    ]);
    let devices = ["con=null", "con0=fd:0,fd:1", "con1=fd:3,fd:3", "panic=1", "quiet"];
    arguments.extend(devices.map(str::to_owned));
    if swap_mib > 0 {
        arguments.push(format!("ubd0={}", disk.display()));
    }
    arguments
}

/// The CPU of a guest. Its kernel and its processes take turns, which is slow from CPU to CPU.
pub struct Seat(usize);

static TAKEN: Mutex<Vec<usize>> = Mutex::new(Vec::new());

fn taken() -> MutexGuard<'static, Vec<usize>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Seat {
    /// Of the CPUs that this process may use, the one with the fewest guests.
    pub fn take() -> Seat {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        let cpus = list.unwrap().trim().split(',').flat_map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            first.parse::<usize>().unwrap()..=last.parse().unwrap()
        });
        let mut taken = taken();
        let cpu = cpus.min_by_key(|cpu| taken.iter().filter(|other| *other == cpu).count());
        taken.push(cpu.unwrap());
        Seat(cpu.unwrap())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = taken();
        let at = taken.iter().position(|cpu| *cpu == self.0);
        at.map(|at| taken.swap_remove(at));
    }
}

/// Whether this CPU has more registers than the guest's kernel has room for (xstate.c).
fn has_tile_registers() -> bool {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap();
    cpus.split_whitespace().any(|flag| flag == "amx_tile")
}
