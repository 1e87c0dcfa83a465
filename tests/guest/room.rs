//! A look at a pod whose memory limit is nearly reached, on cgroup v2: the limit is the parent's, the
//! application is in the container's cgroup below it, and who looks is beside it or elsewhere.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::guest::{Guest, owned};
use crate::machine::{Case, Hierarchy, Machine};

const ID: &str = "4f1c0000aaaa1111bbbb2222cccc3333dddd4444eeee5555ffff666677778888";
const LIMIT: u64 = 128 << 20;

/// An application with 60 MiB of heap, and shared memory up to what is to be left; `look NAME TREE` tells
/// what a program costs the pod there, and whether the application lives.
const FUNCTIONS: &str = r#"
left() {
    echo $((134217728 - $(cat "$root/pod/memory.current") +
        $(sed -n "s/^inactive_file //p" "$root/pod/memory.stat")))
}
pod() {
    fresh
    mkdir "$root/look" "$root/pod/c" "$root/pod/n"
    /step - - "$root/$tree" /touch heap 62914560 - > /dev/null &
    until grep -q ready /tmp/out; do sleep 0.05; done
    read -r app < "$root/$tree/cgroup.procs"
    hold pod/n $(($(left) - $1))
    rmdir "$root/pod/n"
    [ -z "$cold" ] || echo 3 > /proc/sys/vm/drop_caches
    before=$(cat "$root/pod/memory.current") room=$(left)
}
told() {
    alive=0
    grep -q "^$app\$" "$root/$own/cgroup.procs" && alive=1
    echo "{\"case\":\"$name\",\"left\":$room,\"before\":$before,\"after\":$(cat "$root/pod/memory.current"),\"peak\":$(cat "$root/pod/c/memory.peak"),\"alive\":$alive}" >&7
    [ $alive = 0 ] || kill -9 "$app"
    until rmdir "$root/look" "$root/pod/c" 2> /dev/null; do sleep 0.02; done
}
own=$tree cold=
"#;

const OUTSIDE: &str = "a_look_from_outside_sees_every_level_and_charges_nothing";
const BESIDE: &str = "with_32_mib_left_a_look_beside_the_application_kills_nobody";
const LADDER: &str = "what_a_look_takes_of_the_pod";

/// Bytes left, in KiB, from where a look beside is tried.
const LEFT: [u64; 7] = [256, 512, 1024, 2048, 3072, 4096, 8192];

/// The same for a container's start.
const LEFT_BY_RUNC: [u64; 9] = [1024, 2048, 2560, 3072, 3584, 4096, 6144, 8192, 32768];

pub static GUEST: Guest = Guest::new(|| {
    let machine = Machine {
        memory_mib: 512,
        swap_mib: 0,
        hierarchy: Hierarchy::V2,
        files: Vec::new(),
        patience: Duration::from_secs(300),
    };
    // As in a Job's container: a cgroup namespace of its own, and the machine's hierarchy somewhere else.
    let outside = "mkdir -p /host/cgroup\n\
        mount --bind /sys/fs/cgroup /host/cgroup; mount -o remount,bind,ro /host/cgroup\n\
        pod 524288\ntree=look hidden=1\n\
        step inspect 60 /shmeter inspect --format json --container docker://ID\n\
        step ls 60 /shmeter ls --format json --container ID\n\
        tree=$own hidden=\ntold\numount /host/cgroup\n";
    let beside = "pod 33554432\ntree=pod/c\n\
        step inspect 60 /shmeter inspect --format json --pid $app\ntree=$own\ntold\n";
    let ladder: String = LEFT
        .iter()
        .map(|kib| {
            format!(
                "cold=1\npod {}\ntree=pod/c\nstep inspect 60 /shmeter inspect --pid $app\n\
                 tree=$own\ntold\n",
                kib << 10
            )
        })
        .collect();
    let cases = [(OUTSIDE, outside), (BESIDE, beside), (LADDER, ladder.as_str())];
    machine.run(&cases.map(|(name, script)| Case {
        name: name.to_owned(),
        tree: format!("pod/{ID}"),
        settings: owned(&[("pod/memory.max", "128M")]),
        shm: "size=256m".to_owned(),
        script: format!("{FUNCTIONS}{}", script.replace("ID", ID)),
        ..Case::default()
    }))
});

#[test]
fn a_look_from_outside_sees_every_level_and_charges_nothing() {
    let told = GUEST.answers().of(OUTSIDE, 3);
    let [inspect, ls, after] = told[..] else { panic!("{told:?}") };
    let document: Value = serde_json::from_str(inspect["out"].as_str().unwrap()).expect("JSON");
    assert_eq!((&inspect["kills"], &ls["kills"]), (&0.into(), &0.into()), "{inspect} {ls}");
    let levels = document["cgroup"]["levels"].as_array().unwrap();
    assert_eq!((&levels[0]["limit"], &levels[1]["limit"]), (&"unlimited".into(), &LIMIT.into()));
    assert_eq!(document["cgroup"]["hidden_ancestors"], false, "{document:#}");
    assert!(document["segments"]["posix"]["available_bytes"].as_u64() < Some(2 << 20));
    let objects: Value = serde_json::from_str(ls["out"].as_str().unwrap()).expect("JSON");
    assert_eq!(objects["objects"][0]["name"], "/dev/shm/held", "{objects:#}");
    assert_eq!(after["alive"], 1, "{after}");
    assert!(after["left"].as_u64() < Some(1 << 20), "{after}");
    let (before, now) = (after["before"].as_u64().unwrap(), after["after"].as_u64().unwrap());
    assert!(now <= before + (128 << 10), "{after}");
}

#[test]
fn with_32_mib_left_a_look_beside_the_application_kills_nobody() {
    let told = GUEST.answers().of(BESIDE, 2);
    let [inspect, after] = told[..] else { panic!("{told:?}") };
    assert_eq!((&inspect["kills"], &after["alive"]), (&0.into(), &1.into()), "{inspect} {after}");
    let document: Value = serde_json::from_str(inspect["out"].as_str().unwrap()).expect("JSON");
    assert_eq!(document["subject"]["view"], "target");
}

const STARTS: &str = "a_container_more_by_runc";

/// The kernel sees what it sees of an ephemeral container: runc, and then the program, in a cgroup beside
/// the application's. Only for scripts/pod-room, because runc may be anything.
fn starts(file: &Path) {
    let runc = Path::new("/usr/sbin/runc");
    let libraries = Command::new("ldd").arg(runc).output().unwrap();
    let libraries = String::from_utf8(libraries.stdout).unwrap();
    let libraries = libraries.split_whitespace().filter(|word| word.starts_with('/'));
    let mut files: Vec<(String, PathBuf)> = libraries
        .map(|path| (path.trim_start_matches('/').to_owned(), PathBuf::from(path)))
        .collect();
    files.push(("sbin/runc".to_owned(), runc.to_owned()));
    let config = json!({
        "ociVersion": "1.0.2",
        "process": {"user": {"uid": 0, "gid": 0}, "cwd": "/", "args": ["/shmeter", "inspect"], "env": ["PATH=/"],
            "capabilities": {"bounding": ["CAP_SYS_PTRACE"], "effective": ["CAP_SYS_PTRACE"], "permitted": ["CAP_SYS_PTRACE"]}},
        "root": {"path": "/rootfs", "readonly": false},
        "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["size=64m"]},
            {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["ro"]},
            {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["ro"]}],
        "linux": {"cgroupsPath": "/pod/c",
            "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "mount"}, {"type": "cgroup"}]},
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    std::fs::write(&path, config.to_string()).unwrap();
    files.push(("bundle/config.json".to_owned(), path));
    let machine = Machine {
        memory_mib: 768,
        swap_mib: 0,
        hierarchy: Hierarchy::V2,
        files,
        patience: Duration::from_secs(900),
    };
    let runs: usize = std::env::var("SHMETER_ROOM_RUNS").unwrap().parse().unwrap();
    let mut script =
        "mkdir -p /rootfs/proc /rootfs/sys /rootfs/dev/shm /run; cp /shmeter /rootfs/\n".to_owned();
    for kib in LEFT_BY_RUNC {
        for _ in 0..runs {
            script += &format!(
                "pod {}\nrmdir $root/pod/c; tree=look\n\
                 step runc 60 /sbin/runc run --no-pivot --bundle /bundle x\n\
                 /sbin/runc delete --force x 2> /dev/null\n[ -d $root/pod/c ] || mkdir $root/pod/c\n\
                 tree=$own\ntold\n",
                kib << 10
            );
        }
    }
    let answers = machine.run(&[Case {
        name: STARTS.to_owned(),
        tree: format!("pod/{ID}"),
        settings: owned(&[("pod/memory.max", "128M")]),
        shm: "size=256m".to_owned(),
        script: format!("{FUNCTIONS}{script}"),
        ..Case::default()
    }]);
    let told = answers.of(STARTS, 2 * LEFT_BY_RUNC.len() * runs);
    let mut lines = String::new();
    for cell in told.chunks_exact(2 * runs) {
        let mib = |value: &Value| value.as_f64().unwrap() / f64::from(1 << 20);
        let looks = || cell.iter().step_by(2);
        let ends = || cell.iter().skip(1).step_by(2);
        let left = || ends().map(|end| mib(&end["left"]));
        lines += &format!(
            "| container | {:.2} | {:.2} | {runs} | {} | {} |\n",
            left().fold(f64::MAX, f64::min),
            left().fold(0.0, f64::max),
            ends().filter(|end| end["alive"] == 0).count(),
            looks().filter(|look| look["status"] == 0).count()
        );
    }
    std::fs::write(file, lines).unwrap();
}

#[test]
fn what_a_look_takes_of_the_pod() {
    if let Some(file) = std::env::var_os("SHMETER_ROOM") {
        return starts(Path::new(&file));
    }
    let told = GUEST.answers().of(LADDER, 2 * LEFT.len());
    let last = told.last().unwrap();
    assert_eq!(last["alive"], 1, "{last}");
    assert!(last["peak"].as_u64() <= Some(4 << 20), "more than 4 MiB are charged: {last}");
}
