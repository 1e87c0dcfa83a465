//! Whom a fill spares, and what it then may take.

use shmeter::capacity::neighbours::{Neighbours, Resource};
use shmeter::capacity::{End, Kind, Method, Source};
use shmeter::facts::others::{Others, Process, Users};
use shmeter::fill::{Budget, Request, Until};
use shmeter::fill::{Plan, PlanError};
use shmeter::probe::others;
use shmeter::units::Bytes;

use super::{blind, limited, nobody, request};
use crate::machine::{GIB, MIB, Machine, TMPFS, V1_UNLIMITED, statfs};

fn beside(machine: &Machine, others: &Others, request: &Request) -> Result<Plan, PlanError> {
    request.plan(&machine.facts(), &machine.capacity(request.kind), others, true)
}

fn postgres() -> Users {
    Users::Seen(vec![Process { pid: 7, name: "postgres".into() }])
}

fn posix(until: Until) -> Request {
    request(Kind::Posix, Method::Touch, 1, until)
}

fn refusal(machine: &Machine, others: &Others, request: &Request) -> String {
    match beside(machine, others, request) {
        Err(PlanError::Hurts(why) | PlanError::WholeMachine(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// Processes as /proc shows them: number, name, parent.
fn with_processes(mut machine: Machine, processes: &[(u32, &str, u32)]) -> Machine {
    let names = processes.iter().map(|(pid, _, _)| pid.to_string()).collect();
    machine.0.folders.insert("/proc".into(), names);
    let mounts = machine.0.files["/proc/self/mountinfo"].clone();
    for (pid, name, parent) in processes {
        machine = machine
            .file(&format!("/proc/{pid}/stat"), &format!("{pid} ({name}) S {parent} 0 0\n"))
            .file(&format!("/proc/{pid}/mountinfo"), &mounts);
    }
    machine
        .link("/proc/self/ns/pid", "pid:[4026532000]")
        .link("/proc/self/ns/ipc", "ipc:[4026532001]")
}

/// Names of those who were seen on the tmpfs.
fn on_the_tmpfs(processes: &[(u32, &str, u32)]) -> Vec<String> {
    let machine = with_processes(limited(GIB, 0), processes);
    let seen = others(&machine.0, &machine.facts());
    assert_eq!((seen.hidden, seen.machine_ipc), (None, Some(false)));
    match seen.tmpfs {
        Users::Seen(seen) => seen.into_iter().map(|process| process.name).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn shells_and_inits_that_started_it_and_what_it_started_are_nobody_else() {
    let own = [(1, "tini", 0), (7, "sh", 1), (100, "shmeter", 7), (101, "exe", 100)];
    assert!(on_the_tmpfs(&own).is_empty());
    // An application that started it, one beside it, and a shell that did not start it.
    assert_eq!(on_the_tmpfs(&[(1, "python3", 0), (100, "shmeter", 1)]), ["python3"]);
    assert_eq!(
        on_the_tmpfs(&[(1, "sh", 0), (9, "postgres", 1), (100, "shmeter", 1)]),
        ["postgres"]
    );
    assert_eq!(on_the_tmpfs(&[(1, "sh", 0), (100, "shmeter", 0)]), ["sh"]);
}

#[test]
fn who_is_charged_above_a_container_is_not_known_on_cgroup_v1() {
    let root = "/sys/fs/cgroup/memory";
    let v1 = Machine::v1("/p/c").level_v1(&format!("{root}/p"), 64 * MIB, 0, 64 * MIB).level_v1(
        &format!("{root}/p/c"),
        V1_UNLIMITED,
        0,
        64 * MIB,
    );
    let v2 = Machine::v2("/p/c").level("/sys/fs/cgroup/p", &(64 * MIB).to_string(), 0).level(
        "/sys/fs/cgroup/p/c",
        "max",
        0,
    );
    for (machine, known) in [(v1, false), (v2, true)] {
        let machine = with_processes(machine, &[(100, "shmeter", 0)]);
        let levels = others(&machine.0, &machine.facts()).levels;
        assert_eq!(levels[0], Users::Seen(vec![]));
        assert_eq!(matches!(levels[1], Users::Seen(_)), known, "{levels:?}");
    }
}

/// A pod with a volume of 256 MiB under a limit of 4 GiB, whose other containers are not seen.
fn pod() -> (Machine, Others) {
    let machine = limited(4 * GIB, 0)
        .mount_instead(5, "5 4 0:5 / /dev/shm rw,nosuid - tmpfs tmpfs rw,size=262144k")
        .statfs("/dev/shm", statfs(TMPFS, 256 * MIB, 200 * MIB));
    let others = Others { in_a_pod: true, ..nobody(&machine) };
    (machine, others)
}

#[test]
fn alone_it_goes_to_the_wall() {
    let machine = limited(4 * GIB, 0);
    let plan = beside(&machine, &nobody(&machine), &posix(Until::Safe)).unwrap();
    assert_eq!((plan.want, plan.neighbours, plan.watched), (None, Neighbours::Alone, vec![]));
}

#[test]
fn one_sign_of_somebody_is_enough_not_to_be_alone() {
    let machine = limited(4 * GIB, 0);
    let alone = nobody(&machine);
    let unknown = |machine: &Machine, others: Others| {
        let plan = beside(machine, &others, &posix(Until::Safe)).unwrap();
        assert!(matches!(plan.neighbours, Neighbours::Unknown(_)), "{others:?}");
        assert_eq!(
            plan.want,
            Some(Bytes(machine.facts().shm.statfs.known().unwrap().available().0 / 2))
        );
        assert!(
            plan.capped
                .unwrap()
                .ends_with("and no limit was reached; --exclusive fills up to the limit")
        );
    };
    unknown(&machine, Others { hidden: Some("hidepid".into()), ..alone.clone() });
    unknown(&machine, Others { in_a_pod: true, ..alone.clone() });
    unknown(&machine, Others { machine_ipc: Some(true), ..alone.clone() });
    unknown(&machine, Others { machine_ipc: None, ..alone.clone() });
    unknown(&machine, Others { names: Some(1), ..alone.clone() });
    unknown(&machine, Others { names: None, ..alone.clone() });
    unknown(&machine, Others { tmpfs: Users::Unknown("no mount".into()), ..alone.clone() });
    let used = machine.clone().statfs("/dev/shm", statfs(TMPFS, GIB, GIB - MIB));
    unknown(&used, alone.clone());
    for mount in [
        // A volume, or --tmpfs; one that is called so; a folder of another mount.
        "5 4 0:5 / /dev/shm rw,nosuid,nodev,noexec - tmpfs tmpfs rw,size=1048576k",
        "5 4 0:5 / /dev/shm rw,relatime - tmpfs shm rw,size=1048576k",
        "5 4 0:5 /pod /dev/shm rw,nosuid,nodev,noexec - tmpfs shm rw,size=1048576k",
    ] {
        unknown(&machine.clone().mount_instead(5, mount), alone.clone());
    }
}

#[test]
fn a_limit_that_nobody_shares_is_met_where_others_keep_half_of_everything_else() {
    let machine = limited(4 * GIB, 0);
    let others = Others { levels: vec![Users::Unknown("EACCES".into())], ..nobody(&machine) };
    let plan = beside(&machine, &others, &posix(Until::Safe)).unwrap();
    assert_eq!((plan.want, plan.watched), (None, vec![Resource::Level(0)]));
    let tight = machine.level(super::CG, &(GIB + GIB / 2).to_string(), 0);
    let plan = beside(&tight, &others, &posix(Until::Safe)).unwrap();
    assert!(plan.want.unwrap().0 <= GIB * 3 / 4, "{plan:?}");
}

#[test]
fn whoever_is_seen_keeps_everything_unless_a_size_is_given() {
    let machine = limited(4 * GIB, 0);
    let alone = nobody(&machine);
    let on_the_tmpfs = Others { tmpfs: postgres(), ..alone.clone() };
    let in_the_cgroup = Others { levels: vec![postgres()], ..alone };
    for others in [on_the_tmpfs, in_the_cgroup] {
        for until in [Until::Safe, Until::Limit] {
            let why = refusal(&machine, &others, &posix(until));
            assert!(why.contains("postgres (pid 7)") && why.contains("--until 256Mi"), "{why}");
        }
        let sized = posix(Until::Bytes(Bytes(600 * MIB)));
        let plan = beside(&machine, &others, &sized).unwrap();
        assert_eq!((plan.want, plan.capped), (Some(Bytes(600 * MIB)), None));
        assert!(!plan.watched.is_empty());
        let why = refusal(&machine, &others, &posix(Until::Bytes(Bytes(2 * GIB))));
        assert!(why.contains("do not fit"), "{why}");
        let forced = Request { force: true, ..posix(Until::Safe) };
        assert_eq!(beside(&machine, &others, &forced).unwrap().want, None);
        let exclusive = Request { exclusive: true, ..posix(Until::Limit) };
        assert_eq!(beside(&machine, &others, &exclusive).unwrap().want, None);
    }
}

#[test]
fn where_somebody_may_be_it_takes_half_of_what_is_free_and_is_not_refused() {
    let (machine, others) = pod();
    for until in [Until::Safe, Until::Limit, Until::Bytes(Bytes(GIB))] {
        let request = posix(until);
        let plan = beside(&machine, &others, &request).unwrap();
        assert_eq!(plan.want, Some(Bytes(100 * MIB)), "{until:?}");
        assert!(plan.watched.contains(&Resource::Tmpfs));
        assert!(plan.canary > Bytes::ZERO, "a limit of the pod may hide");
        let told =
            request.predict(&machine.facts(), &machine.capacity(Kind::Posix), &plan).unwrap();
        assert_eq!((told.bytes, told.end), (Bytes(100 * MIB), End::Stopped));
    }
    // What was asked for by its size and fits is taken.
    let plan = beside(&machine, &others, &posix(Until::Bytes(Bytes(150 * MIB)))).unwrap();
    assert_eq!((plan.want, plan.capped), (Some(Bytes(150 * MIB)), None));
    let exclusive = Request { exclusive: true, ..posix(Until::Safe) };
    assert_eq!(beside(&machine, &others, &exclusive).unwrap().want, None);
}

#[test]
fn half_is_counted_of_whatever_leaves_least() {
    let (machine, others) = pod();
    let tight = machine.level(super::CG, &(64 * MIB).to_string(), 0);
    let plan = beside(&tight, &others, &posix(Until::Safe)).unwrap();
    let want = plan.want.unwrap().0;
    assert!((31 * MIB..=32 * MIB).contains(&want), "{want}");
    assert!(plan.watched.contains(&Resource::Level(0)), "{:?}", plan.watched);
}

#[test]
fn a_hidden_limit_of_v1_that_comes_first_is_not_known_to_be_free() {
    let machine = Machine::v1("/a")
        .mount_instead(6, "6 3 0:6 /a /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory")
        .without("/sys/fs/cgroup/memory/release_agent")
        .level_v1("/sys/fs/cgroup/memory", V1_UNLIMITED, 0, 64 * MIB);
    let others = nobody(&machine);
    let request = request(Kind::Memfd, Method::Write, 1, Until::Safe);
    let plan = beside(&machine, &others, &request).unwrap();
    assert!(matches!(plan.neighbours, Neighbours::Unknown(_)), "{plan:?}");
    assert!(plan.want.unwrap().0 <= 32 * MIB);
}

#[test]
fn system_v_segments_of_others_count_where_their_sum_is_the_limit() {
    let machine = |segments: &[(u64, u64, u64)]| {
        limited(4 * GIB, 0).segments(segments).file("/proc/sys/kernel/shmall", "1024\n")
    };
    let fill = request(Kind::Sysv, Method::Touch, 1, Until::Safe);
    let empty = machine(&[]);
    assert_eq!(beside(&empty, &nobody(&empty), &fill).unwrap().want, None);
    let used = machine(&[(1, MIB, 1)]);
    let plan = beside(&used, &nobody(&used), &fill).unwrap();
    assert_eq!(plan.want, Some(Bytes(1023 * 4096 / 2 / 4096 * 4096)));
    assert!(plan.each <= plan.want.unwrap(), "a segment promises all of itself: {plan:?}");
    let seen = Others { ipc: postgres(), ..nobody(&empty) };
    assert!(refusal(&empty, &seen, &fill).contains("postgres"));
    // Where no sum is near, nobody is hit.
    let wide = limited(64 * MIB, 0);
    let seen = Others { ipc: postgres(), ..nobody(&wide) };
    assert_eq!(beside(&wide, &seen, &fill).unwrap().want, None);
}

#[test]
fn the_memory_of_the_whole_machine_takes_a_size_or_force() {
    let machine = Machine::bare();
    let others = nobody(&machine);
    for until in [Until::Safe, Until::Limit] {
        for exclusive in [false, true] {
            let fill = request(Kind::Memfd, Method::Write, 1, until);
            let why = refusal(&machine, &others, &Request { exclusive, ..fill });
            assert!(why.contains("whole machine") && why.contains("--until 1Gi"), "{why}");
        }
    }
    let sized = request(Kind::Memfd, Method::Write, 1, Until::Bytes(Bytes(GIB)));
    assert_eq!(beside(&machine, &others, &sized).unwrap().want, Some(Bytes(GIB)));
    // Nearly all of it still leaves the reserve.
    let nearly = request(Kind::Memfd, Method::Write, 1, Until::Bytes(Bytes(5 * GIB + 900 * MIB)));
    let plan = beside(&machine, &others, &nearly).unwrap();
    assert!(plan.capped.is_some() && plan.want.unwrap().0 <= 6 * GIB - 512 * MIB);
    let forced = Request { force: true, ..request(Kind::Memfd, Method::Write, 1, Until::Limit) };
    assert_eq!(beside(&machine, &others, &forced).unwrap().want, None);
}

#[test]
fn who_is_seen_is_named_before_the_machine_is() {
    let machine = limited(4 * GIB, 0).level(super::CG, "max", 0);
    let large = machine.statfs("/dev/shm", statfs(TMPFS, 5 * GIB, 5 * GIB));
    let others = Others { tmpfs: postgres(), ..nobody(&large) };
    let error = beside(&large, &others, &posix(Until::Safe)).unwrap_err();
    assert!(matches!(&error, PlanError::Hurts(why) if why.contains("postgres")), "{error}");
}

#[test]
fn a_tmpfs_as_large_as_the_machine_takes_a_size_too() {
    let machine = limited(4 * GIB, 0).level(super::CG, "max", 0);
    let small = machine.clone().statfs("/dev/shm", statfs(TMPFS, 64 * MIB, 64 * MIB));
    let plan = beside(&small, &nobody(&small), &posix(Until::Safe)).unwrap();
    assert_eq!(plan.want, None, "64 MiB of 6 GiB are nobody's loss");
    let large = machine.statfs("/dev/shm", statfs(TMPFS, 5 * GIB, 5 * GIB));
    assert!(refusal(&large, &nobody(&large), &posix(Until::Safe)).contains("whole machine"));
}

#[test]
fn a_budget_counts_as_a_size_only_where_somebody_typed_it() {
    let machine = Machine::v2("/");
    let within = |bytes, asked| Request {
        budget: Budget { bytes: Some(Bytes(bytes)), asked, time: None },
        ..request(Kind::Memfd, Method::Write, 1, Until::Safe)
    };
    let others = nobody(&machine);
    // Less than half of what is free is nobody's loss.
    assert!(beside(&machine, &others, &within(GIB, false)).is_ok());
    assert!(matches!(
        beside(&machine, &others, &within(4 * GIB, false)),
        Err(PlanError::WholeMachine(_))
    ));
    let plan = beside(&machine, &others, &within(4 * GIB, true)).unwrap();
    assert!(plan.want.unwrap().0 <= 3 * GIB, "half of what is free at most: {plan:?}");
}

#[test]
fn without_a_canary_only_what_is_seen_to_the_root_is_filled() {
    let machine = limited(64 * MIB, 0);
    let fill = request(Kind::Memfd, Method::Write, 1, Until::Safe);
    assert!(blind(&machine, &fill).is_ok());
    // No cgroup at all, as in gVisor; and one whose levels above are hidden.
    let sandbox = Machine::bare().statfs("/dev/shm", statfs(TMPFS, 64 * MIB, 64 * MIB));
    let hidden = Machine::v2("/").level("/sys/fs/cgroup", "67108864", 0);
    for (machine, kind) in [(&sandbox, Kind::Posix), (&hidden, Kind::Memfd)] {
        for until in [Until::Safe, Until::Bytes(Bytes(MIB))] {
            let fill = request(kind, Method::Write, 1, until);
            let error = blind(machine, &fill).unwrap_err().to_string();
            assert!(error.contains("MADV_FREE") && error.contains("--force"), "{error}");
            let forced = Request { force: true, exclusive: true, ..fill };
            assert!(blind(machine, &forced).is_ok());
        }
    }
}

#[test]
fn a_careful_fill_that_was_killed_is_never_as_predicted() {
    let machine = limited(64 * MIB, 0);
    for (until, agrees) in
        [(Until::Safe, false), (Until::Bytes(Bytes(GIB)), false), (Until::Limit, true)]
    {
        let request = request(Kind::Memfd, Method::Write, 1, until);
        let plan = beside(&machine, &nobody(&machine), &request).unwrap();
        let mut told =
            request.predict(&machine.facts(), &machine.capacity(Kind::Memfd), &plan).unwrap();
        told.certainty = shmeter::capacity::Certainty::AtMost;
        assert_eq!(told.agrees(Bytes(20 * MIB), End::OomKill), agrees, "{until:?}");
        assert_eq!(told.binding, Some(Source::CgroupMemory));
    }
}
