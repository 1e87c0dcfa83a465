//! A bench in a small container: it measures there too, and never takes more than is safe.

use serde_json::Value;

use super::lab::{HARDENED, lab};

fn told(options: &[&str], arguments: &str) -> Value {
    let (lab, _turn) = lab();
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let output = lab.run(options, &lab.product, &words);
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{options:?}: {err}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn in_256_mib_on_two_cpus_with_the_default_seccomp_profile() {
    let options = ["--cpuset-cpus=0,1", "--memory=256m", "--shm-size=128m"];
    let told = told(&options, "bench --quick --rounds 1 --format json");
    let tests = ["bandwidth", "fault", "ping-pong", "ring", "lifecycle"];
    for test in tests {
        for kind in ["posix", "sysv", "memfd", "anon"] {
            let results = told["results"].as_array().unwrap();
            let figure = results.iter().find(|r| r["test"] == test && r["kind"] == kind);
            assert!(figure.is_some_and(|f| f["median"].as_f64() > Some(0.0)), "{test} {kind}");
        }
    }
    assert_eq!(told["environment"]["memory_limit"], 256 << 20);
}

#[test]
fn with_little_memory_and_no_rights_it_takes_less() {
    let options = [&HARDENED[..], &["--memory=64m", "--cpuset-cpus=0"]].concat();
    let told = told(&options, "bench bandwidth ring --rounds 1 --format json");
    let results = told["results"].as_array().unwrap();
    let most = results.iter().filter_map(|figure| figure["bytes"].as_u64()).max();
    assert!(most.is_some_and(|bytes| bytes > 1 << 20 && bytes <= 32 << 20), "{most:?}");
    let warnings = told["warnings"].to_string();
    assert!(warnings.contains("half of what fits") && warnings.contains("two CPUs"), "{warnings}");
}

#[test]
fn with_half_of_a_cpu_nothing_that_spins_on_two_is_measured() {
    let options = ["--cpuset-cpus=0,1", "--cpus=0.5", "--memory=256m", "--shm-size=128m"];
    let told = told(&options, "bench ping-pong ring --kind memfd --rounds 1 --format json");
    let results = told["results"].as_array().unwrap();
    let ops: Vec<&str> = results.iter().filter_map(|figure| figure["op"].as_str()).collect();
    assert!(!ops.is_empty() && ops.iter().all(|op| op.starts_with("futex")), "{ops:?}");
    let warnings = told["warnings"].to_string();
    assert!(warnings.contains("two whole CPUs"), "{warnings}");
}

#[test]
fn where_nothing_fits_it_says_so() {
    let (lab, _turn) = lab();
    let output = lab.run(&["--memory=16m", "--shm-size=1m"], &lab.product, &["bench", "--quick"]);
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{err}");
    assert!(err.contains("24.0 MiB") && err.lines().count() == 1, "{err}");
}
