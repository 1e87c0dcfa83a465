//! What `shmeter inspect` costs beside `df -h /dev/shm`: time as pairs in one run, peak memory,
//! and the size of the binary. `cargo bench --bench versus_df`.

use std::io::{self, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

const SHMETER: &str = env!("CARGO_BIN_EXE_shmeter");
const PAIRS: usize = 301;
/// The bars: not slower than df, memory and size in bytes.
const RATIO: f64 = 1.0;
const MEMORY: u64 = 3 << 20;
const SIZE: u64 = 7 << 19;

fn run(program: &str, arguments: &[&str]) -> io::Result<f64> {
    let start = Instant::now();
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status()?;
    let seconds = start.elapsed().as_secs_f64();
    // 1: a check of inspect failed, which says nothing against its speed.
    match status.code() {
        Some(0 | 1) => Ok(seconds),
        _ => Err(io::Error::other(format!("{program} ended with {status}"))),
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() -> io::Result<ExitCode> {
    let inspect = || run(SHMETER, &["inspect"]);
    let df = || run("df", &["-h", "/dev/shm"]);
    // Memory first: the kernel tells the peak of all children so far, in KiB.
    for _ in 0..5 {
        inspect()?;
    }
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    let peak = u64::try_from(peak).unwrap_or(u64::MAX).saturating_mul(1024);
    for _ in 0..5 {
        df()?;
    }
    let (mut own, mut other, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for pair in 0..PAIRS {
        // The order changes each time, so neither always finds the caches warm.
        let (a, b) = if pair % 2 == 0 {
            let a = inspect()?;
            (a, df()?)
        } else {
            let b = df()?;
            (inspect()?, b)
        };
        own.push(a);
        other.push(b);
        ratios.push(a / b);
    }
    let ratio = median(&mut ratios);
    let size = std::fs::metadata(SHMETER)?.len();
    let quarter = |at: usize| ratios.get(PAIRS.saturating_mul(at) / 4).copied().unwrap_or(f64::NAN);
    let mut out = io::stdout().lock();
    writeln!(out, "inspect   median {:7.0} us", median(&mut own) * 1e6)?;
    writeln!(out, "df -h     median {:7.0} us", median(&mut other) * 1e6)?;
    writeln!(
        out,
        "ratio     median {ratio:.3} of {PAIRS} pairs, quartiles {:.3} to {:.3} (bar {RATIO})",
        quarter(1),
        quarter(3)
    )?;
    writeln!(out, "memory    {} KiB at most (bar {} KiB)", peak >> 10, MEMORY >> 10)?;
    writeln!(out, "binary    {} KiB (bar {} KiB)", size >> 10, SIZE >> 10)?;
    let met = ratio <= RATIO && peak <= MEMORY && size <= SIZE;
    writeln!(out, "{}", if met { "every bar is met" } else { "a bar is NOT met" })?;
    Ok(if met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
