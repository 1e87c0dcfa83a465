//! What is advised where somebody asks: the limits of a case, joined with a message.

use serde_json::Value;
use shmeter::capacity::assess;
use shmeter::capacity::findings::Asked;
use shmeter::report::Document;
use shmeter::report::explain::ExplainDocument;

use super::*;

/// What explain says of a line in the setting of a case, the first match.
fn told(line: &str, case: &str, change: impl Fn(&str) -> String) -> Value {
    let file = format!("{}/tests/cases/{case}.json", env!("CARGO_MANIFEST_DIR"));
    let text = change(&std::fs::read_to_string(file).unwrap());
    let facts = gather(&Capture::parse(&text).unwrap(), &Target::default()).unwrap();
    let inspected = Document::new(&facts, &assess(&facts), &Asked::default());
    let here = Here::of(&serde_json::to_string(&inspected).unwrap()).unwrap().with(&facts);
    let document = ExplainDocument::new(&found(line), Some(&here));
    serde_json::to_value(document).unwrap()["matches"][0].clone()
}

fn fix(line: &str, case: &str) -> String {
    told(line, case, str::to_owned)["fix"].as_str().unwrap().to_owned()
}

#[test]
fn a_small_limit_of_system_v_is_what_refused_it_although_nothing_is_in_use_now() {
    let line = "ORA-27102: out of memory\nLinux-x86_64 Error: 28: No space left on device";
    let key = "\"/proc/sys/kernel/shmall\": \"";
    let small =
        |text: &str| text.replace(&format!("{key}18446744073692774399"), &format!("{key}16384"));
    let told = told(line, "guest-vm", small);
    let fix = told["fix"].as_str().unwrap();
    assert!(fix.contains("sysctl -w kernel.shmall="), "{told:#}");
    assert!(!fix.contains("No limit of System V is reached"), "{fix}");
}

#[test]
fn the_error_tells_which_of_two_small_limits_is_raised() {
    let small = |text: &str| text.replace("18446744073692774399", "1048576");
    for (error, raised, other) in [
        ("28: No space left on device", "kernel.shmall=", "kernel.shmmax="),
        ("22: Invalid argument", "kernel.shmmax=", "kernel.shmall="),
    ] {
        let line = format!("ORA-27102: out of memory\nLinux-x86_64 Error: {error}");
        let fix = told(&line, "guest-vm", small)["fix"].as_str().unwrap().to_owned();
        assert!(fix.contains(raised) && !fix.contains(other), "{fix}");
    }
    // Where none is named, one alone would leave the other.
    let line = "ORA-27125: unable to create shared memory segment";
    let fix = told(line, "guest-vm", small)["fix"].as_str().unwrap().to_owned();
    assert!(fix.contains("kernel.shmmax=") && fix.contains("kernel.shmall="), "{fix}");
}

#[test]
fn what_is_more_than_the_machine_has_is_refused_for_that() {
    let line = "FATAL:  could not map anonymous shared memory: Cannot allocate memory\nHINT:  This error usually means that \
                PostgreSQL's request for a shared memory segment exceeded available memory, swap space, or huge pages. To \
                reduce the request size (currently 99990517760 bytes), reduce PostgreSQL's shared memory usage";
    let told = told(line, "guest-vm", str::to_owned);
    let fix = told["fix"].as_str().unwrap();
    assert!(fix.starts_with("It asks for 93.1 GiB, and there are"), "{told:#}");
}

#[test]
fn a_sandbox_s_own_dev_shm_is_not_to_get_another_mode() {
    for line in [
        "[E] ivshmem.c: Failed to open the shared memory file: /dev/shm/looking-glass: Permission denied",
        "FileNotFoundError: [Errno 2] No such file or directory: '/dev/shm/looking-glass'",
    ] {
        let fix = fix(line, "flatpak-device-all");
        assert!(fix.contains("flatpak override --user --device=shm APP"), "{fix}");
        assert!(!fix.contains("1777"), "{fix}");
    }
}

#[test]
fn a_setting_is_set_from_where_it_may_be() {
    let line = "sysctl: setting key \"kernel.shmmax\": Read-only file system";
    let fix = fix(line, "lxd-shmmax-4.19");
    assert!(fix.contains("nsenter -i -t PID sysctl -w kernel.shmmax=VALUE"), "{fix}");
    assert!(!fix.contains("docker run"), "{fix}");
}

#[test]
fn a_tmpfs_that_is_there_is_not_to_be_mounted() {
    let fix = fix("OSError: [Errno 38] Function not implemented", "podman-64m");
    assert!(fix.contains("is a tmpfs here") && !fix.contains("Mount a tmpfs"), "{fix}");
}

#[test]
fn workers_of_pytorch_get_more_where_memory_is() {
    let line = "RuntimeError: DataLoader worker (pid 7) is killed by signal: Bus error. It is possible that dataloader's \
                workers are out of shared memory.";
    let fix = fix(line, "podman-64m");
    assert!(fix.contains("--shm-size=8g") || fix.contains("--shm-size=5"), "{fix}");
}

#[test]
fn where_the_folder_is_there_a_missing_file_is_not_mended_by_a_mount() {
    let line = "FileNotFoundError: [Errno 2] No such file or directory: '/dev/shm/psm_1b2c3d4e'";
    let docker = fix(line, "docker-shm-1g-full");
    assert!(docker.contains("--ipc=container:NAME") && !docker.contains("mount"), "{docker}");
    let pod = fix(line, "k8s-llm-pod-no-sizelimit");
    assert!(pod.contains("one pod") && !pod.contains("docker"), "{pod}");
    let podman = fix(line, "podman-default");
    assert!(!podman.contains("mount a tmpfs"), "{podman}");
    // Where it is missing, it is.
    let none = fix(line, "lxc-no-dev-shm");
    assert!(none.contains("lxc.mount.entry"), "{none}");
}

#[test]
fn huge_pages_that_the_node_has_are_not_to_be_reserved() {
    let line = "FATAL:  could not map anonymous shared memory: Cannot allocate memory\nHINT: This error usually means that \
                PostgreSQL's request for a shared memory segment exceeded available memory, swap space, or huge pages.";
    let told = told(line, "pod-huge-pages-used-up", str::to_owned);
    let all = told.to_string();
    assert!(!all.contains("Reserve huge pages"), "{told:#}");
}

#[test]
fn huge_pages_that_are_not_of_the_default_size_are_reserved_by_a_file_of_their_own() {
    let line = "EAL: No free 2048 kB hugepages reported on node 0";
    let taken =
        |text: &str| text.replace("Hugepagesize:       2048 kB", "Hugepagesize:    1048576 kB");
    let fix = |change: &dyn Fn(&str) -> String| {
        told(line, "dpdk-huge-pages-taken", change)["fix"].as_str().unwrap().to_owned()
    };
    assert!(fix(&str::to_owned).contains("sysctl -w vm.nr_hugepages="));
    let other = fix(&taken);
    assert!(other.contains("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"), "{other}");
}

#[test]
fn what_names_no_error_is_told_what_the_limit_is_here() {
    let line = "ERROR: ibv_reg_mr failed";
    let told = fix(line, "zenoh-memlock-64k");
    assert!(told.contains("memlock"), "{told}");
}

#[test]
fn boost_on_linux_is_not_told_of_windows() {
    let line = "terminate called after throwing an instance of 'boost::interprocess::interprocess_exception'\n  what():  \
                Boost.Interprocess: intermodule_singleton initialization failed";
    let found = found(line);
    let ids: Vec<_> = found.matches.iter().map(|one| one.entry.id).collect();
    assert_eq!(ids, ["boost-intermodule"]);
}

#[test]
fn no_limit_of_semaphores_is_lowered_and_none_that_is_not_reached_is_raised() {
    let line = "semget failed: No space left on device";
    let with = |sem: &'static str, sets: usize| {
        move |text: &str| {
            let mut capture: Value = serde_json::from_str(text).unwrap();
            let head = "key semid perms nsems uid gid cuid cgid otime ctime\n".to_owned();
            let list = head + &"0 1 600 1 0 0 0 0 0 0\n".repeat(sets);
            capture["files"]["/proc/sys/kernel/sem"] = Value::from(sem);
            capture["files"]["/proc/sysvipc/sem"] = Value::from(list);
            capture.to_string()
        }
    };
    let fix =
        |sem, sets| told(line, "guest-vm", with(sem, sets))["fix"].as_str().unwrap().to_owned();
    let far = fix("32000\t1024000000\t500\t32000\n", 3);
    assert!(far.starts_with("No limit of System V semaphores is reached here now"), "{far}");
    let small = fix("250\t32000\t32\t128\n", 3);
    assert!(small.contains("kernel.sem=\"32000 1024000000 500 32000\""), "{small}");
    let large = fix("64000\t32000\t1000\t128\n", 128);
    assert!(large.contains("kernel.sem=\"64000 1024000000 1000 32000\""), "{large}");
}

#[test]
fn a_limit_on_locked_memory_that_is_none_is_not_lifted() {
    let line = "UCX  ERROR ibv_reg_mr failed: Cannot allocate memory";
    let limits = |text: &str| {
        let mut capture: Value = serde_json::from_str(text).unwrap();
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax locked memory  unlimited  unlimited  bytes\n";
        capture["files"]["/proc/self/limits"] = Value::from(limits);
        capture.to_string()
    };
    let none = told(line, "guest-vm", limits)["fix"].as_str().unwrap().to_owned();
    assert!(none.starts_with("No limit on locked memory is set here"), "{none}");
    assert!(!none.contains("ulimit"), "{none}");
}

#[test]
fn a_memory_limit_that_is_not_there_is_not_to_be_raised() {
    let fix = fix("Memory cgroup out of memory: Killed process 4711 (java)", "guest-vm");
    assert!(fix.contains("or use less: heap, workers, files in /dev/shm."), "{fix}");
    assert!(!fix.contains("--memory"), "{fix}");
}

#[test]
fn where_only_the_machine_limits_memory_no_memory_limit_is_advised() {
    let asked = "could not resize shared memory segment \"/PostgreSQL.7\" to 22545550688 bytes: No space left on device";
    let fix = fix(asked, "gitlab-runner-64m");
    assert!(fix.contains("shm_size = "), "{fix}");
    assert!(!fix.lines().any(|line| line.trim_start().starts_with("memory")), "{fix}");
    let size = fix.split_once("shm_size = ").unwrap().1;
    let size: u64 = size.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap();
    assert!((22_545_550_688..=24_683_652 << 10).contains(&size), "{fix}");
}
