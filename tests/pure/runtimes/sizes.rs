//! Sizes that hold together: what is suggested gives what it promises.

use super::*;

/// What a fix of Docker sets: memory and /dev/shm, in MiB.
fn options(fix: &str) -> (Option<u64>, Option<u64>) {
    let value = |name: &str| {
        let text = fix.split_whitespace().find_map(|word| word.strip_prefix(name))?;
        let (number, unit) = text.split_at(text.len() - 1);
        let number: u64 = number.parse().unwrap();
        Some(if unit == "g" { number * 1024 } else { number })
    };
    (value("--memory="), value("--shm-size="))
}

fn docker(shm: u64, memory: u64, used: u64) -> Container {
    let line = SHM_64M.replace("65536k", &format!("{}k", shm / 1024));
    Container::docker(&line).size(shm, shm - used).limit(memory, 10 * MIB + used).shmem(used)
}

#[test]
fn a_suggested_size_is_no_more_than_three_quarters_of_what_the_limit_leaves() {
    for memory in [1, 2, 16, 64, 100, 300, 1024, 4096] {
        for used in [0, 1, 8, 60] {
            let container = docker(128 * GIB, memory * MIB + 10 * MIB + used * MIB, used * MIB);
            let said = container.said();
            let leaves = memory + used;
            let (more, size) = options(said.fix("kill-before-enospc"));
            // Of less than two MiB none is suggested, but more memory.
            assert_eq!(more.is_some(), leaves < 2, "{memory} {used}: {}", said.words());
            let size = size.unwrap();
            if more.is_some() {
                continue;
            }
            assert!(size * 4 <= leaves * 3, "{size} of {leaves}: {}", said.words());
            assert!(size * 2 >= leaves, "{size} of {leaves}: {}", said.words());
        }
    }
}

#[test]
fn what_is_required_gets_one_fix_that_gives_it() {
    for (shm, memory, used, required) in [
        (GIB, 300 * MIB, 0, GIB),
        (128 * MIB, GIB, 48 * MIB, 128 * MIB),
        (64 * MIB, 64 * MIB, 0, GIB),
        (64 * MIB, 8 * GIB, 0, 2 * GIB),
    ] {
        let said = docker(shm, memory, used).required(&[(Kind::Posix, required)]);
        assert_eq!(said.verdict(), "fail");
        let (to_memory, to_shm) = options(said.fix("require-not-met"));
        let fixes = said.0["findings"].as_array().unwrap().iter();
        let sizes = fixes.filter(|finding| finding["fix"].to_string().contains("--shm-size="));
        assert_eq!(sizes.count(), 1, "{}", said.words());
        // The next inspect has what was required, and no other size to suggest.
        let (shm, memory) = (to_shm.unwrap() * MIB, to_memory.map_or(memory, |mib| mib * MIB));
        let next = docker(shm, memory, used).required(&[(Kind::Posix, required)]);
        assert!(!next.finds("require-not-met"), "{}", next.words());
        assert!(!next.finds("kill-before-enospc"), "{}", next.words());
    }
}

#[test]
fn with_what_the_application_needs_that_is_left_to_it() {
    // 4 GiB, of which the application needs 1.5.
    let container = docker(4 * GIB, 4 * GIB, 0);
    let (_, plain) = options(container.said().fix("kill-before-enospc"));
    assert_eq!(plain, Some(3072 - 128), "three quarters");
    let app = 3 * GIB / 2;
    let (_, beside) = options(container.asked(&[], Some(app)).fix("kill-before-enospc"));
    assert!(beside.unwrap() * MIB + app < 4 * GIB, "{beside:?}");
    assert!(beside.unwrap() > 2048, "{beside:?}");
    let said = container.asked(&[(Kind::Posix, 3 * GIB)], Some(app));
    let (memory, shm) = options(said.fix("require-not-met"));
    assert!(shm == Some(3072) && memory.unwrap() * MIB > 3 * GIB + app, "{memory:?}");
}

#[test]
fn what_is_required_has_to_fit_beside_the_application() {
    for (kind, shm, memory, used) in [
        (Kind::Posix, 640 * MIB, 1200 * MIB, 0),
        (Kind::Posix, 740 * MIB, 1700 * MIB, 100 * MIB),
        (Kind::Memfd, 64 * MIB, 1200 * MIB, 0),
        (Kind::Sysv, 64 * MIB, 1700 * MIB, 50 * MIB),
        (Kind::Anon, 64 * MIB, 1664 * MIB, 0),
    ] {
        let required = [(kind, 640 * MIB)];
        assert!(
            !docker(shm, memory, used).required(&required).finds("require-not-met"),
            "it fits alone"
        );
        let said = docker(shm, memory, used).asked(&required, Some(GIB));
        assert!(said.words().contains("beside 1.0 GiB for the application"), "{}", said.words());
        assert_eq!(said.verdict(), "fail");
        let (to_memory, to_shm) = options(said.fix("require-not-met"));
        let (to_shm, to_memory) = (to_shm.map_or(shm, |mib| mib * MIB), to_memory.unwrap() * MIB);
        let next = docker(to_shm, to_memory, used).asked(&required, Some(GIB));
        assert!(!next.finds("require-not-met"), "{}", next.words());
        assert!(to_memory < 1024 * MIB + 640 * MIB + used + 200 * MIB, "{to_memory}");
    }
}

#[test]
fn two_sizes_that_look_alike_are_told_in_bytes() {
    let said = docker(64 * MIB, 1664 * MIB, 0).required(&[(Kind::Memfd, 1663 * MIB)]);
    assert!(said.words().contains("1743781888 bytes of memfd are required"), "{}", said.words());
}

#[test]
fn other_kinds_can_be_required() {
    let container = docker(64 * MIB, 256 * MIB, 0);
    let said = container.required(&[(Kind::Sysv, GIB)]);
    assert!(said.words().contains("1.0 GiB of sysv are required"), "{}", said.words());
    assert!(said.fix("require-not-met").contains("--memory="));
    assert_eq!(said.0["require"]["sysv"], GIB);
    assert_eq!(said.0.get("require_bytes"), None);
    let said = container.required(&[(Kind::Sysv, 128 * MIB)]);
    assert!(!said.finds("require-not-met"));
    let small = docker(64 * MIB, 4 * GIB, 0).file("/proc/sys/kernel/shmmax", "1048576\n");
    let said = small.required(&[(Kind::Sysv, GIB)]);
    assert!(said.fix("require-not-met").contains("--sysctl kernel.shmmax=1073741824"));
}

#[test]
fn full_and_nearly_full_are_not_ok() {
    for (shm, used, verdict) in [
        (GIB, GIB, "fail"),
        (GIB, GIB - 40 * MIB, "warn"),
        (128 * MIB, 120 * MIB, "warn"),
        (32 * MIB, 32 * MIB, "fail"),
        (32 * MIB, 22 * MIB, "warn"),
        (256 * MIB, 200 * MIB, "ok"),
        (32 * MIB, 0, "ok"),
        (8 * MIB, MIB, "ok"),
    ] {
        let said = docker(shm, 8 * GIB, used).said();
        assert_eq!(said.verdict(), verdict, "{used} of {shm}: {}", said.words());
        assert_eq!(said.finds("shm-full"), verdict != "ok");
    }
    // One answer, one size.
    let said = docker(64 * MIB, 8 * GIB, 60 * MIB).said();
    assert!(said.finds("shm-full") && said.finds("runtime-default"), "{}", said.words());
    let fixes = said.0["findings"].as_array().unwrap().iter();
    let sizes = fixes.filter(|finding| finding["fix"].to_string().contains("--shm-size="));
    assert_eq!(sizes.count(), 1, "{}", said.words());
}

#[test]
fn full_with_no_memory_for_more_asks_for_both() {
    let said = docker(GIB, GIB + 100 * MIB, GIB).said();
    let (memory, shm) = options(said.fix("shm-full"));
    assert_eq!(shm, Some(2048));
    assert!(memory.unwrap() > 2048, "{memory:?}");
}

#[test]
fn nothing_is_at_most_of_what_is_exactly_nothing() {
    let full = docker(GIB, 8 * GIB, GIB);
    assert_eq!(full.said().0["segments"]["posix"]["certainty"], "exact");
    let text = full.machine.text(&shmeter::probe::Target::default(), false);
    assert!(text.starts_with("/dev/shm: 0 B usable now"), "{text}");
}

#[test]
fn what_the_machine_does_not_have_no_option_gives() {
    let container = docker(64 * MIB, 8 * GIB, 0);
    let machine = container.machine.meminfo(4 * GIB, 3 * GIB, 0);
    let container = Container { machine };
    let said = container.required(&[(Kind::Posix, 5 * GIB)]);
    let fix = said.fix("require-not-met");
    assert_eq!(fix, "run it on a machine with more memory: this one has 4.0 GiB in all");
    assert!(container.required(&[(Kind::Posix, GIB)]).fix("require-not-met").contains("shm-size"));
}

#[test]
fn a_size_without_a_unit_is_told_as_bytes() {
    const PAGE: &str =
        "16 11 0:56 / /dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs shm rw,size=4k";
    let said = Container::docker(PAGE).size(4096, 4096).said();
    assert_eq!((said.verdict(), said.who()), ("warn", ("docker", "shm-size")));
    assert!(said.words().contains("A size without a unit counts bytes"), "{}", said.words());
    assert!(said.fix("runtime-default").starts_with("docker run --shm-size=1g"));
    let volume = "16 11 0:56 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=4k";
    let said = Container::oci(&[OF_A_POD, volume]).size(4096, 4096).said();
    assert_eq!(said.who().0, "kubernetes");
    assert!(said.words().contains("A size without a unit counts bytes"), "{}", said.words());
    assert!(said.fix("runtime-default").contains("sizeLimit: 1Gi"), "{}", said.words());
}
