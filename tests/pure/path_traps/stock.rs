//! Charge stock: what CPUs have charged ahead is room, as far as it can be told from what is in use.

use super::*;

const STAT: &str = "/sys/fs/cgroup/app/memory.stat";
const CURRENT: &str = "/sys/fs/cgroup/app/memory.current";

/// A level of `limit` with 40 MiB in use that memory.stat tells of, and `ahead` bytes that it does not.
fn level(limit: u64, ahead: u64) -> Machine {
    let used = 40 * MIB + ahead;
    limited(limit, used)
        .mount_instead(5, "5 4 0:5 / /dev/shm rw - tmpfs v rw,size=8388608k")
        .statfs("/dev/shm", statfs(TMPFS, 8 * GIB, 8 * GIB))
        .file(STAT, "anon 33554432\nfile 4194304\nkernel 4194304\nsock 0\nshmem 0\nslab 4000000\n")
        .file("/sys/fs/cgroup/app/cpu.stat", "usage_usec 1\n")
}

impl Machine {
    fn cpus(self, list: &str) -> Machine {
        self.file("/sys/devices/system/cpu/online", &format!("{list}\n"))
    }

    fn again(mut self, current: u64) -> Machine {
        self.0.again.insert(CURRENT.into(), format!("{current}\n"));
        self
    }

    /// Its usage stood still.
    fn still(self) -> Machine {
        let current = self.0.files[CURRENT].trim().parse().unwrap();
        self.again(current)
    }
}

/// What a touching process reaches, how sure that is, and the range if there is one.
fn touching(machine: &Machine) -> (u64, String, Option<(u64, u64)>) {
    let json = machine.json();
    let range = &posix(&json)["range_bytes"];
    let range = range.as_array().map(|ends| (ends[0].as_u64().unwrap(), ends[1].as_u64().unwrap()));
    (posix(&json)["available_bytes"].as_u64().unwrap(), certainty(&json, "posix"), range)
}

fn is_near(bytes: u64, room: u64) -> bool {
    bytes.abs_diff(touched(room)) <= 8192
}

#[test]
fn what_was_charged_ahead_is_room_where_all_stands_still() {
    // 12 CPUs of 64 pages of 4 KiB, nearly all of it.
    let machine = level(96 * MIB, 2_900_000).cpus("0-11").kernel("6.12.0").still();
    let (bytes, certainty, range) = touching(&machine);
    assert!(is_near(bytes, 56 * MIB), "{bytes}");
    assert_eq!((certainty.as_str(), range), ("exact", None));
    // And it is no more than the CPUs can have taken: the rest is something else.
    let (bytes, _, _) = touching(&level(96 * MIB, 5 * MIB).cpus("0-11").kernel("6.12.0").still());
    assert!(is_near(bytes, 54 * MIB), "{bytes}");
    let (bytes, _, _) = touching(&level(96 * MIB, 5 * MIB).cpus("0").kernel("6.12.0").still());
    assert!(is_near(bytes, 51 * MIB + MIB / 4), "{bytes}");
}

#[test]
fn large_pages_are_charged_ahead_in_larger_parts() {
    let machine = |cpus: &str, ahead| {
        level(512 * MIB, ahead).page_size(65536).cpus(cpus).kernel("6.12.0").still()
    };
    let reach = |machine: &Machine| touching(machine).0;
    // 6.9 MiB of at most 16 on 4 CPUs, 2.9 of at most 4 on one: all of it is room.
    let none = reach(&machine("0-3", 0));
    assert!(reach(&machine("0-3", 0)).abs_diff(reach(&machine("0-3", 7_200_000))) <= 131_072);
    assert!(none.abs_diff(reach(&machine("0", 3_000_000))) <= 131_072);
    // On one CPU no more than 4 MiB can be.
    assert!(none - reach(&machine("0", 8 * MIB)) > 3 * MIB);
}

#[test]
fn a_count_that_moves_or_lags_gives_a_range_where_that_is_wide() {
    let cases = [
        ("it moved", level(96 * MIB, 2_900_000).cpus("0-11").again(90 * MIB)),
        ("it was read once", level(96 * MIB, 2_900_000).cpus("0-11")),
        (
            "the counts were not brought together",
            level(96 * MIB, 2_900_000).cpus("0-11").kernel("6.18.0").still(),
        ),
        (
            "there was no way to do that",
            level(96 * MIB, 2_900_000).cpus("0-11").without("/sys/fs/cgroup/app/cpu.stat").still(),
        ),
        (
            "an old kernel keeps counts to itself",
            level(96 * MIB, 2_900_000).cpus("0-31").kernel("5.10.0").still(),
        ),
    ];
    for (name, machine) in cases {
        let (bytes, certainty, range) = touching(&machine);
        let (least, most) = range.unwrap_or_else(|| panic!("{name}"));
        assert_eq!((certainty.as_str(), bytes), ("at-most", most), "{name}");
        assert!(least + MIB < most && least >= touched(52 * MIB), "{name}: {least} to {most}");
        assert!(most <= touched(58 * MIB), "{name}: {most}");
        let text = machine.text(&Target::default(), false);
        let first = text.lines().next().unwrap();
        assert!(first.contains(" to ") && first.contains("usable now"), "{name}: {first}");
        assert!(!text.contains("at most"), "{name}: {text}");
    }
}

#[test]
fn a_range_within_the_tolerance_is_exact() {
    // 4 CPUs: a MiB in all.
    let (_, certainty, range) = touching(&level(96 * MIB, MIB / 2).cpus("0-3"));
    assert_eq!((certainty.as_str(), range), ("exact", None));
    // 12 CPUs, 3 MiB, of a larger limit.
    let (_, certainty, range) = touching(&level(GIB, MIB / 2).cpus("0-11"));
    assert_eq!((certainty.as_str(), range), ("exact", None));
    // Where the tmpfs comes first it does not matter.
    let machine =
        level(96 * MIB, MIB).cpus("0-143").statfs("/dev/shm", statfs(TMPFS, 16 * MIB, 16 * MIB));
    assert_eq!(touching(&machine), (16 * MIB, "exact".into(), None));
}

#[test]
fn grace_has_a_wide_range() {
    // 144 CPUs with pages of 64 KiB may have taken 576 MiB.
    let machine = level(8 * GIB, 300 * MIB)
        .meminfo(64 * GIB, 60 * GIB, 0)
        .page_size(65536)
        .cpus("0-143")
        .kernel("6.18.0")
        .still();
    let (least, most) = touching(&machine).2.unwrap();
    assert!(most - least > 250 * MIB, "{least} to {most}");
}

#[test]
fn counts_that_were_stirred_are_brought_together() {
    let mut machine = level(96 * MIB, 2_900_000).cpus("0-11").kernel("7.2.13").still();
    machine.0.stirred = true;
    let (bytes, certainty, range) = touching(&machine);
    assert!(is_near(bytes, 56 * MIB), "{bytes}");
    assert_eq!((certainty.as_str(), range), ("exact", None));
}

#[test]
fn an_ancestor_may_have_stock_of_several_cgroups_since_6_16() {
    let machine = |release: &str, ahead| {
        level(8 * GIB, 0)
            .file("/proc/self/cgroup", "0::/app/x\n")
            .level("/sys/fs/cgroup/app/x", "max", MIB)
            .file("/sys/fs/cgroup/app/memory.max", "134217728\n")
            .file(CURRENT, &format!("{}\n", 40 * MIB + ahead))
            .cpus("0-3")
            .kernel(release)
            .still()
    };
    let reach = |release: &str| touching(&machine(release, 5 * MIB)).0;
    assert!(is_near(reach("6.12.0"), 84 * MIB), "{}", reach("6.12.0"));
    assert!(reach("6.18.0") > reach("6.12.0") + 3 * MIB);
}

#[test]
fn pages_in_memory_and_in_swap_at_once_are_counted_twice_and_make_a_range() {
    let stat = "anon 33554432\nfile 4194304\nkernel 4194304\nsock 0\nswapcached 2621440\n";
    let machine = level(96 * MIB, 0).cpus("0-11").kernel("6.12.0").file(STAT, stat).still();
    let (least, most) = touching(&machine).2.unwrap();
    assert!(is_near(least, 56 * MIB) && is_near(most, 58 * MIB + MIB / 2), "{least} to {most}");
}

#[test]
fn version_1_keeps_what_the_kernel_needs_in_a_file_of_its_own() {
    let machine = |kernel: Option<u64>| {
        let machine = Machine::v1("/app")
            .level_v1("/sys/fs/cgroup/memory/app", 96 * MIB, 40 * MIB, 96 * MIB)
            .file(
                "/sys/fs/cgroup/memory/app/memory.stat",
                &format!(
                    "cache 0\nrss 0\nhierarchical_memory_limit {}\ntotal_cache {}\ntotal_rss {}\n\
                     total_inactive_file 0\ntotal_active_file 0\n",
                    96 * MIB,
                    4 * MIB,
                    30 * MIB
                ),
            )
            .cpus("0-11");
        match kernel {
            Some(bytes) => machine.file(
                "/sys/fs/cgroup/memory/app/memory.kmem.usage_in_bytes",
                &format!("{bytes}\n"),
            ),
            None => machine,
        }
    };
    let reach = |machine: &Machine| {
        machine.json()["segments"]["posix"]["methods"]["touch"]["available_bytes"].as_u64().unwrap()
    };
    // Nobody tells what of the rest is the kernel's.
    assert!(is_near(reach(&machine(None)), 56 * MIB), "{}", reach(&machine(None)));
    assert!(reach(&machine(Some(4 * MIB))) >= touched(58 * MIB) - 8192);
}

#[test]
fn lxcfs_does_not_tell_how_many_cpus_there_are() {
    // It shows two, where others may have charged ahead.
    let machine =
        level(96 * MIB, 2_900_000).cpus("0-1").kernel("6.12.0").still().mount(
            "9 3 0:44 /sys/devices/system/cpu /sys/devices/system/cpu rw - fuse.lxcfs lxcfs rw",
        );
    assert!(is_near(touching(&machine).0, 56 * MIB));
}
