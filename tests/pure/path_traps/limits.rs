//! The commit limit, the limit of a file's size, and those of System V.

use super::*;

#[test]
fn with_overcommit_2_root_gets_the_reserve_and_others_do_not() {
    let machine = Machine::bare()
        .meminfo(8 * GIB, 6 * GIB, 0)
        .file("/proc/sys/vm/overcommit_memory", "2\n")
        .file(
            "/proc/meminfo",
            &Machine::bare().0.files["/proc/meminfo"]
                .replace("CommitLimit: 4194304 kB", "CommitLimit: 65536 kB"),
        );
    let json = machine.json();
    // VmSize 3200 kB / 32 = 100 KiB of the user's reserve; what is mapped counts as size too.
    let room = 64 * MIB - 100 * 1024;
    assert_eq!(posix(&json)["methods"]["write"]["available_bytes"], room);
    assert_eq!(posix(&json)["available_bytes"], room * 32 / 33);
    assert_eq!(posix(&json)["binding"], "commit-limit");
    assert_eq!(end(&json, "posix", "write"), "enospc");
    assert_eq!(end(&json, "posix", "touch"), "sigbus");
    assert_eq!(end(&json, "sysv", "touch"), "enomem");
    let status = "State:\tR\nPid:\t100\nUid:\t1\t1\t1\t1\nVmSize:\t3200 kB\nCapEff:\t0\n";
    let json = machine.file("/proc/self/status", status).json();
    let write = &posix(&json)["methods"]["write"]["available_bytes"];
    assert_eq!(*write, 56 * MIB - 100 * 1024);
}

#[test]
fn with_overcommit_0_only_whole_segments_are_checked_against_memory_and_swap() {
    let machine = Machine::bare().file("/proc/sys/vm/overcommit_memory", "0\n").meminfo(
        8 * GIB,
        6 * GIB,
        GIB,
    );
    let json = machine.json();
    assert!(ceilings(&json, "posix", "commit-limit").is_empty());
    assert!(ceilings(&json, "memfd", "commit-limit").is_empty());
    for kind in ["sysv", "anon"] {
        let row = ceilings(&json, kind, "commit-limit")[0];
        assert_eq!(row["limit"], 9 * GIB);
        assert_eq!(row["ends_in"]["touch"], "enomem");
    }
}

#[test]
fn a_file_size_limit_bounds_files_and_nothing_else() {
    let limits = "Limit Soft Hard Units\nMax file size             1048576              unlimited            bytes\n";
    let json = Machine::bare().file("/proc/self/limits", limits).json();
    assert_eq!(posix(&json)["available_bytes"], MIB);
    assert_eq!(posix(&json)["binding"], "rlimit-fsize");
    assert_eq!(json["segments"]["memfd"]["available_bytes"], MIB);
    assert!(json["segments"]["anon"]["available_bytes"].as_u64().unwrap() > GIB);
    assert_eq!(posix(&json)["all_segments_bytes"], GIB);
}

#[test]
fn a_limit_on_addresses_bounds_what_is_mapped_and_nothing_else() {
    let limits = "Limit Soft Hard Units\nMax file size unlimited unlimited bytes\nMax address space         134217728            unlimited            bytes\n";
    let status = "Pid:\t1\nNSpid:\t1\nUid:\t0\t0\t0\t0\nCapEff:\t0\nVmSize:\t16384 kB\n";
    let machine = Machine::bare().file("/proc/self/limits", limits);
    let json = machine.file("/proc/self/status", status).json();
    for kind in ["posix", "memfd", "sysv", "anon"] {
        let segment = &json["segments"][kind];
        assert_eq!(segment["available_bytes"], 112 * MIB, "{segment:#}");
        assert_eq!(segment["binding"], "rlimit-as");
        assert_eq!(segment["methods"]["touch"]["ends_in"], "enomem");
    }
    assert_eq!(posix(&json)["methods"]["write"]["available_bytes"], GIB);
    assert_eq!(ceilings(&json, "posix", "rlimit-as")[0]["used_bytes"], 16 * MIB);
}

#[test]
fn every_end_is_a_word_of_the_contract() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../../docs/schemas/inspect.json")).unwrap();
    let ends = schema["$defs"]["End"].to_string();
    let limits = "Max file size 1048576 unlimited bytes\n";
    for machine in [
        Machine::bare().file("/proc/self/limits", limits),
        Machine::bare().mount_instead(5, "5 4 0:5 / /dev/shm ro - tmpfs v rw"),
        limited(64 * MIB, 0),
    ] {
        let json = machine.json();
        for method in ["write", "fallocate", "touch", "populate"] {
            let word = end(&json, "posix", method);
            assert!(ends.contains(&format!("\"{word}\"")), "{method}: {word}");
        }
    }
}

#[test]
fn system_v_limits_of_0_allow_nothing_and_of_2_to_the_64_everything() {
    for (name, source, word) in [
        ("shmmax", "shmmax", "einval"),
        ("shmall", "shmall", "enospc"),
        ("shmmni", "shmmni", "enospc"),
    ] {
        let json = limited(64 * MIB, 0).file(&format!("/proc/sys/kernel/{name}"), "0\n").json();
        let sysv = &json["segments"]["sysv"];
        assert_eq!((&sysv["available_bytes"], &sysv["binding"]), (&json!(0), &json!(source)));
        assert_eq!(end(&json, "sysv", "touch"), word);
        let json = limited(64 * MIB, 0)
            .file(&format!("/proc/sys/kernel/{name}"), "18446744073709551615\n")
            .json();
        assert!(near(&json["segments"]["sysv"]["available_bytes"], touched(64 * MIB)), "{name}");
    }
}

#[test]
fn segments_in_use_count_against_shmall_in_whole_pages_and_against_shmmni() {
    let machine = limited(64 * MIB, 0)
        .file("/proc/sys/kernel/shmall", "10\n")
        .segments(&[(1, 1, 0), (4097, 1, 0)]);
    assert_eq!(machine.json()["segments"]["sysv"]["available_bytes"], 7 * 4096);
    let full = machine.file("/proc/sys/kernel/shmmni", "2\n").json();
    assert_eq!(full["segments"]["sysv"]["available_bytes"], 0);
    assert_eq!(full["segments"]["sysv"]["binding"], "shmmni");
}

#[test]
fn shmall_counts_the_machines_own_pages() {
    let machine = limited(64 * MIB, 0).page_size(65536).file("/proc/sys/kernel/shmall", "10\n");
    assert_eq!(machine.json()["segments"]["sysv"]["available_bytes"], 655_360);
}
