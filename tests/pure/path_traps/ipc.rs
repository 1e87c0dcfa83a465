//! What a process and an IPC namespace may have beside memory: numbers of segments, semaphores, locked memory.

use super::*;

fn message(json: &Value, id: &str) -> String {
    let findings = json["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["id"] == id);
    found.map_or(String::new(), |finding| format!("{} {}", finding["message"], finding["fix"]))
}

#[test]
fn used_up_segments_are_told_with_those_that_nobody_has_attached() {
    let segments: Vec<(u64, u64, u64)> = (0..16).map(|id| (4096, u64::from(id > 1), 0)).collect();
    let machine = |most: u64| {
        limited(256 * MIB, 0)
            .segments(&segments)
            .file("/proc/sys/kernel/shmmni", &format!("{most}\n"))
    };
    let json = machine(16).json();
    assert_eq!(json["segments"]["sysv"]["available_bytes"], 0);
    assert_eq!(json["verdict"], "warn");
    let told = message(&json, "sysv-exhausted");
    for part in [
        "16 of 16",
        "shmmni",
        "2 of these segments (8.0 KiB)",
        "ipcrm -m 0 -m 1",
        "shmeter ls",
        "kernel.shmmni=",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // One is left of many, and then enough.
    let many: Vec<(u64, u64, u64)> = vec![(4096, 1, 0); 39];
    let nearly = |most: u64| {
        limited(256 * MIB, 0).segments(&many).file("/proc/sys/kernel/shmmni", &format!("{most}\n"))
    };
    assert!(message(&nearly(40).json(), "sysv-exhausted").contains("39 of 40"));
    assert!(!finds(&nearly(80).json(), "sysv-exhausted"));
}

#[test]
fn used_up_pages_of_system_v_are_told() {
    let machine = |pages: u64| {
        limited(256 * MIB, 0)
            .segments(&[(16 * MIB, 0, 0)])
            .file("/proc/sys/kernel/shmall", &format!("{pages}\n"))
    };
    let told = message(&machine(4096).json(), "sysv-exhausted");
    assert!(told.contains("16.0 MiB of 16.0 MiB") && told.contains("shmall"), "{told}");
    assert!(!finds(&machine(8192).json(), "sysv-exhausted"), "half is free");
    // A small limit that nothing is used of is no exhaustion.
    let unused = limited(256 * MIB, 0).file("/proc/sys/kernel/shmall", "1\n");
    assert!(!finds(&unused.json(), "sysv-exhausted"));
}

#[test]
fn small_limits_of_semaphores_are_told_beside_system_v() {
    let with = |limits: &str| limited(256 * MIB, 0).file("/proc/sys/kernel/sem", limits);
    let json = with("250\t32000\t32\t128\n").json();
    assert!(message(&json, "semaphores").contains("kernel.sem"));
    assert_eq!(json["limits"]["semaphores"]["sets"], 128);
    assert!(!finds(&with("32000\t1024000000\t500\t32000\n").json(), "semaphores"));
    assert!(!finds(&with("garbage\n").json(), "semaphores"));
    let text = with("32000 1024000000 500 32000\n").text(&Target::default(), true);
    assert!(text.contains("kernel.sem"), "{text}");
    let list = "key semid perms nsems uid\n0 1 600 1 0\n0 2 600 1 0\n";
    let full = with("32000\t1024000000\t500\t2\n").file("/proc/sysvipc/sem", list);
    assert_eq!(full.json()["verdict"], "warn");
}

/// A process that may lock so much.
fn locking(limit: &str, capabilities: u64) -> Machine {
    limited(256 * MIB, 0)
        .file(
            "/proc/self/limits",
            &format!(
                "Limit  Soft Limit  Hard Limit  Units\nMax file size  unlimited  unlimited  bytes\n\
                 Max locked memory  {limit}  {limit}  bytes\nMax address space  unlimited  unlimited  bytes\n"
            ),
        )
        .file(
            "/proc/self/status",
            &format!(
                "Pid:\t1\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nVmSize:\t 1 kB\nCapEff:\t{capabilities:016x}\n"
            ),
        )
}

#[test]
fn what_may_be_locked_is_told_where_it_is_less_than_there_is() {
    const IPC_LOCK: u64 = 1 << 14;
    let told = |machine: &Machine| message(&machine.json(), "memlock");
    assert!(told(&locking("65536", 0)).contains("64.0 KiB"));
    assert!(told(&locking("65536", 0)).contains("memlock=-1"));
    assert_eq!(told(&locking("unlimited", 0)), "");
    assert_eq!(told(&locking("8589934592", 0)), "", "more than there is");
    assert_eq!(told(&locking("65536", IPC_LOCK)), "");
    // That capability counts in the machine's own user namespace.
    let below = locking("65536", IPC_LOCK).file("/proc/self/uid_map", "0 100000 65536\n");
    assert!(finds(&below.json(), "memlock"));
    let own = locking("65536", IPC_LOCK).file("/proc/self/uid_map", "0 0 4294967295\n");
    assert!(!finds(&own.json(), "memlock"));
}

/// A process with so many bytes of addresses, of which it has 3 MiB.
fn mapping(limit: u64) -> Machine {
    limited(256 * MIB, 0).file(
        "/proc/self/limits",
        &format!(
            "Limit  Soft Limit  Hard Limit  Units\nMax file size  unlimited  unlimited  bytes\n\
             Max address space  {limit}  {limit}  bytes\n"
        ),
    )
}

#[test]
fn a_limit_of_addresses_binds_what_maps_and_not_what_writes() {
    let json = mapping(64 * MIB).json();
    for kind in ["posix", "sysv", "memfd", "anon"] {
        assert_eq!(end(&json, kind, "touch"), "enomem", "{kind}");
    }
    assert!(posix(&json)["methods"]["write"]["available_bytes"].as_u64().unwrap() > 250 * MIB);
    assert!(message(&json, "address-limit").contains("ulimit -v"));
    // Less than is mapped already: nothing more is.
    let json = mapping(MIB).json();
    assert_eq!(posix(&json)["available_bytes"], 0);
    assert_eq!(end(&json, "posix", "touch"), "enomem");
    assert!(!finds(&mapping(8 * GIB).json(), "address-limit"));
}

#[test]
fn fewer_mappings_than_usual_are_told() {
    let with = |count: &str| limited(256 * MIB, 0).file("/proc/sys/vm/max_map_count", count);
    assert!(finds(&with("4096\n").json(), "map-count"));
    assert!(!finds(&with("65530\n").json(), "map-count"));
    assert_eq!(with("262144\n").json()["limits"]["mappings"], 262_144);
}

#[test]
fn what_systemd_removes_at_logout_is_told_on_a_host() {
    let host = |uid: u32| {
        let mut machine = locking("unlimited", 0).file("/proc/1/comm", "systemd\n").file(
            "/proc/self/status",
            &format!("Pid:\t9\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\nGid:\t0\t0\t0\t0\nCapEff:\t0\n"),
        );
        machine.0.folders.insert("/run/systemd/users".into(), vec![]);
        machine
    };
    let told = |machine: &Machine| finds(&machine.json(), "remove-ipc");
    assert!(told(&host(1000)));
    assert!(!told(&host(110)), "a system user");
    assert!(!told(&host(0)), "root, and nothing of others");
    assert!(!told(&host(1000).file("/etc/systemd/logind.conf", "[Login]\nRemoveIPC=no\n")));
    assert!(told(&host(1000).file("/etc/systemd/logind.conf", "[Login]\n#RemoveIPC=no\n")));
    let drop_in = "/etc/systemd/logind.conf.d/ipc.conf";
    assert!(!told(&host(1000).file(drop_in, "[Login]\nRemoveIPC=no\n")));
    assert!(!told(&host(1000).file("/proc/1/comm", "sh\n")), "a container");
    let mut without = host(1000);
    without.0.folders.clear();
    assert!(!told(&without), "nobody logs in there");
}
