//! Anything at all in the files of a machine.

use super::*;

#[test]
fn garbage_in_any_file_neither_panics_nor_invents_more_than_the_tmpfs_holds() {
    let machines = [
        three_levels().pool(2048, 10, 10, 0).segments(&[(1, 0, 4096)]),
        Machine::v1("/x").level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, MIB, 64 * MIB),
        namespace_without_its_own_mount(),
        hugetlbfs(20 * MIB).pool(2048, 100, 60, 10),
    ];
    let garbage = [
        "",
        "\n",
        "18446744073709551615\n",
        "-9223372036854775808\n",
        "\u{0}\u{7f}\u{202e}",
        ": : : - - - , = \\777 \\04 \\",
        "0::/../../../../../../x\n0::\n:::\n",
        "1 1 0:1 / / rw - tmpfs\n1 1 0:1 / / rw -\n",
        "[[[[]]]]",
        "é\\é\\04é",
    ];
    for machine in &machines {
        for path in machine.0.files.keys() {
            for text in garbage {
                let broken = machine.clone().file(path, text);
                if let Ok(facts) = gather(&broken.0, &Target::default()) {
                    let all = assess(&facts);
                    let posix = all.iter().find(|c| c.kind == Kind::Posix).unwrap();
                    let most = facts.shm.statfs.known().map_or(0, |s| s.total().0);
                    if let Some(bytes) = posix.available() {
                        assert!(bytes.0 <= most, "{path} = {text:?}: {bytes}");
                    }
                    let _ = broken.text(&Target::default(), true);
                    let _ = openmetrics::render(&broken.document());
                }
            }
        }
    }
}

#[test]
fn losing_the_right_to_read_one_file_is_never_exact_and_more() {
    // Whatever cannot be read may hide a tighter limit: a larger number must not be called exact.
    for machine in [
        three_levels()
            .meminfo(8 * GIB, 6 * GIB, GIB)
            .file("/sys/fs/cgroup/pods/memory.swap.max", "0\n"),
        Machine::v1("/x")
            .meminfo(8 * GIB, 6 * GIB, GIB)
            .level_v1("/sys/fs/cgroup/memory/x", 64 * MIB, MIB, 64 * MIB)
            .file("/sys/fs/cgroup/memory/x/memory.swappiness", "0\n")
            .file("/sys/fs/cgroup/memory/x/memory.memsw.limit_in_bytes", "67108864\n"),
        limited(64 * MIB, 0).file("/proc/sys/vm/overcommit_memory", "2\n").file(
            "/proc/meminfo",
            &Machine::bare().0.files["/proc/meminfo"]
                .replace("CommitLimit: 4194304", "CommitLimit: 4096"),
        ),
    ] {
        let before = assess(&machine.facts());
        for path in machine.0.files.keys() {
            let broken = machine.clone().unreadable(path, "EACCES");
            let Ok(facts) = gather(&broken.0, &Target::default()) else { continue };
            for (before, after) in before.iter().zip(assess(&facts)) {
                let (Some(old), Some(new)) = (before.available(), after.available()) else {
                    continue;
                };
                // A MiB of overheads apart is the same.
                assert!(
                    new.0 <= old.0 + MIB || after.certainty != Certainty::Exact,
                    "{}: without {path} {old} becomes exactly {new}",
                    after.kind.word()
                );
            }
        }
    }
}

#[test]
fn absurd_numbers_everywhere_do_not_overflow() {
    let max = u64::MAX;
    let everything = StatFs {
        magic: TMPFS,
        bsize: max,
        blocks: max,
        bfree: max,
        bavail: max,
        files: max,
        ffree: max,
    };
    let machine = limited(max, max)
        .statfs("/dev/shm", everything)
        .file("/sys/fs/cgroup/app/memory.high", "18446744073709551615\n")
        .file("/proc/meminfo", "MemTotal: 18446744073709551615 kB\nMemFree: 18446744073709551615 kB\nCached: 18446744073709551615 kB\nSwapFree: 18446744073709551615 kB\n")
        .segments(&[(max, max, max), (max, 0, max)])
        .pool(2048, max, max, max);
    let json = machine.json();
    assert!(json["segments"]["posix"]["available_bytes"].is_u64());
    let more_free_than_there_is =
        StatFs { blocks: 1, bfree: 100, bavail: 100, files: 1, ffree: 100, ..everything };
    let json = Machine::bare()
        .statfs("/dev/shm", StatFs { bsize: 4096, ..more_free_than_there_is })
        .json();
    assert!(json["segments"]["posix"]["available_bytes"].is_u64());
    assert_eq!(
        Machine::bare().capacity(Kind::Memfd).reach(Method::Write).unwrap().end,
        Some(End::OomKill)
    );
}

#[test]
fn a_pipe_where_a_file_should_be_is_no_reason_to_wait_for_ever() {
    // A target with rights in its own mount namespace can bind a FIFO over a file of its cgroup.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("memory.max");
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRUSR).unwrap();
    let name = path.to_str().unwrap().to_owned();
    let _ = ends(move || shmeter::probe::Live::default().read(&name));
}
