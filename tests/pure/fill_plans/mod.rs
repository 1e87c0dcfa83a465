//! What a fill plans and foretells on machines that do not exist, and whom it spares.

mod spares;

use crate::machine::{GIB, MIB, Machine};
use shmeter::capacity::{Certainty, End, Kind, Method, Source, assess};
use shmeter::facts::others::{Others, Users};
use shmeter::fill::PlanError;
use shmeter::fill::request::with_team_ready;
use shmeter::fill::{Budget, FillPrediction, Plan, Request, Until};
use shmeter::units::Bytes;

const CG: &str = "/sys/fs/cgroup/a";

/// A cgroup v2 that is seen to its root, with a limit.
fn limited(max: u64, used: u64) -> Machine {
    Machine::v2("/a")
        .level(CG, &max.to_string(), used)
        .mount_instead(5, "5 4 0:5 / /dev/shm rw,nosuid,nodev,noexec - tmpfs shm rw,size=1048576k")
}

/// Nobody else, as a container of its own shows it.
fn nobody(machine: &Machine) -> Others {
    Others {
        hidden: None,
        in_a_pod: false,
        machine_ipc: Some(false),
        tmpfs: Users::Seen(Vec::new()),
        names: Some(0),
        ipc: Users::Seen(Vec::new()),
        levels: machine.facts().cgroup.levels.iter().map(|_| Users::Seen(Vec::new())).collect(),
    }
}

fn request(kind: Kind, method: Method, procs: u32, until: Until) -> Request {
    Request {
        kind,
        method,
        procs,
        until,
        folder: "/dev/shm".into(),
        exclusive: false,
        force: false,
        huge: false,
        score: 1000,
        budget: Budget::default(),
    }
}

fn plan(machine: &Machine, request: &Request) -> Result<Plan, PlanError> {
    let facts = machine.facts();
    request.check(&facts)?;
    request.plan(&facts, &machine.capacity(request.kind), &nobody(machine), true)
}

/// Where the kernel keeps no canaries.
fn blind(machine: &Machine, request: &Request) -> Result<Plan, PlanError> {
    let (facts, capacity) = (machine.facts(), machine.capacity(request.kind));
    request.plan(&facts, &capacity, &nobody(machine), false)
}

fn forecast(machine: &Machine, request: &Request) -> FillPrediction {
    let plan = plan(machine, request).unwrap();
    request.predict(&machine.facts(), &machine.capacity(request.kind), &plan).unwrap()
}

#[test]
fn safe_stops_a_canary_before_a_kill_and_limit_goes_into_it() {
    let machine = limited(64 * MIB, 0);
    let limit = forecast(&machine, &request(Kind::Memfd, Method::Write, 2, Until::Limit));
    assert_eq!((limit.end, limit.binding), (End::OomKill, Some(Source::CgroupMemory)));
    let safe = forecast(&machine, &request(Kind::Memfd, Method::Write, 2, Until::Safe));
    assert_eq!((safe.end, safe.without_canary), (End::Edge, limit.bytes));
    let canaries = limit.bytes.0 - safe.bytes.0;
    assert!((MIB - 65536..=8 * MIB).contains(&canaries), "{canaries}");
}

#[test]
fn safe_stops_before_swap_and_says_what_that_would_give() {
    let machine = limited(64 * MIB, 0).meminfo(8 * GIB, 7 * GIB, 4 * GIB);
    let machine = machine.file(&format!("{CG}/memory.swap.max"), "16777216\n");
    let swapping = machine.capacity(Kind::Memfd);
    for (until, swap) in [(Until::Safe, 16 * MIB), (Until::Limit, 0)] {
        let request = request(Kind::Memfd, Method::Write, 1, until);
        let facts = request.without_swap(machine.facts());
        let capacity = assess(&facts).into_iter().find(|c| c.kind == Kind::Memfd).unwrap();
        let plan = request.plan(&facts, &capacity, &nobody(&machine), true).unwrap();
        let told = request.swap(&facts, &capacity, &swapping, &plan);
        // Its pages cost as much more than themselves as others do.
        assert!(told.0.abs_diff(swap) <= swap / 400, "{until:?}: {told}");
        let forecast = request.predict(&facts, &capacity, &plan).unwrap();
        assert_eq!(forecast.end, if swap > 0 { End::Edge } else { End::OomKill });
    }
}

#[test]
fn safe_goes_into_enospc_and_sigbus_without_a_canary_s_worth_less() {
    let machine = limited(4 * GIB, 0);
    for (method, end) in [(Method::Write, End::Enospc), (Method::Touch, End::Sigbus)] {
        let forecast = forecast(&machine, &request(Kind::Posix, method, 4, Until::Safe));
        assert_eq!((forecast.bytes.0, forecast.end), (GIB, end));
    }
}

#[test]
fn a_size_that_does_not_fit_ends_at_the_edge_and_never_in_a_kill() {
    let machine = limited(64 * MIB, 0);
    let asked = |bytes| request(Kind::Memfd, Method::Touch, 1, Until::Bytes(Bytes(bytes)));
    assert_eq!(forecast(&machine, &asked(GIB)).end, End::Edge);
    let fits = forecast(&machine, &asked(32 * MIB));
    assert_eq!((fits.bytes.0, fits.end), (32 * MIB, End::Full));
    assert!(plan(&machine, &asked(GIB)).unwrap().canary > Bytes::ZERO);
    assert_eq!(
        plan(&machine, &request(Kind::Memfd, Method::Touch, 1, Until::Limit)).unwrap().canary,
        Bytes::ZERO
    );
}

#[test]
fn shares_are_whole_pages_and_never_more_than_was_asked_for() {
    let machine = limited(4 * GIB, 0);
    for bytes in [12_288, 4097 * 3, 10 * MIB + 5, 999_999_999] {
        for procs in [1, 2, 3] {
            let request = request(Kind::Memfd, Method::Write, procs, Until::Bytes(Bytes(bytes)));
            let plan = plan(&machine, &request).unwrap();
            let shares: Vec<u64> =
                (0..procs).map(|worker| request.share(&plan, worker).unwrap().0).collect();
            assert!(shares.iter().all(|share| share % 4096 == 0 && *share > 0), "{shares:?}");
            let sum: u64 = shares.iter().sum();
            assert!(sum <= bytes && sum + 4096 > bytes, "{bytes}: {shares:?}");
        }
    }
}

#[test]
fn what_is_no_fill_is_refused_with_what_to_do() {
    let machine = limited(64 * MIB, 0);
    let why = |request: Request| plan(&machine, &request).unwrap_err().to_string();
    let no_file = why(request(Kind::Sysv, Method::Write, 1, Until::Safe));
    assert!(no_file.contains("--method touch or populate"), "{no_file}");
    assert!(why(request(Kind::Posix, Method::Touch, 0, Until::Safe)).contains("--procs"));
    assert!(why(request(Kind::Posix, Method::Touch, 257, Until::Safe)).contains("--procs"));
    let little = Until::Bytes(Bytes(4096 * 2));
    assert!(why(request(Kind::Posix, Method::Touch, 3, little)).contains("12.0 KiB"));
}

#[test]
fn a_kernel_that_frees_marked_pages_at_once_stops_at_the_prediction_less_a_margin() {
    let machine = limited(64 * MIB, 0);
    let fill = request(Kind::Memfd, Method::Write, 1, Until::Safe);
    let plan = blind(&machine, &fill).unwrap();
    assert_eq!(plan.canary, Bytes::ZERO);
    assert!(plan.want.unwrap().0 <= 56 * MIB && plan.capped.is_some(), "{plan:?}");
    // ENOSPC kills nobody, so that needs no canary.
    let full = limited(4 * GIB, 0);
    let fill = request(Kind::Posix, Method::Write, 1, Until::Safe);
    let plan = blind(&full, &fill).unwrap();
    assert_eq!((plan.want, plan.capped), (None, None));
}

#[test]
fn a_team_gets_no_more_segments_than_their_number_allows() {
    let machine = limited(4 * GIB, 0).file("/proc/sys/kernel/shmmni", "2\n");
    let asked = Until::Bytes(Bytes(4 * 8 * MIB));
    let forecast = forecast(&machine, &request(Kind::Sysv, Method::Touch, 4, asked));
    assert_eq!((forecast.bytes.0, forecast.end), (16 * MIB, End::Enospc));
    assert_eq!(forecast.binding, Some(Source::Shmmni));
}

#[test]
fn a_larger_segment_than_shmmax_is_einval_for_each() {
    let machine = limited(4 * GIB, 0).file("/proc/sys/kernel/shmmax", "8388608\n");
    let all = forecast(&machine, &request(Kind::Sysv, Method::Touch, 3, Until::Safe));
    assert_eq!((all.bytes.0, all.end), (24 * MIB, End::Einval));
    let asked = Until::Bytes(Bytes(2 * 9 * MIB));
    let none = forecast(&machine, &request(Kind::Sysv, Method::Touch, 2, asked));
    assert_eq!((none.bytes.0, none.end), (0, End::Einval));
}

#[test]
fn a_team_that_is_ready_counts_its_memory_but_not_its_segments() {
    let before = limited(64 * MIB, MIB).segments(&[]).facts();
    let ready = limited(64 * MIB, 5 * MIB).segments(&[(9, 32 * MIB, 1)]).facts();
    let facts = with_team_ready(&before, ready, Bytes(32 * MIB), &[]);
    assert_eq!(facts.ipc, before.ipc);
    assert_eq!(facts.cgroup.levels[0].used.known(), Some(&Bytes(5 * MIB)));
}

#[test]
fn an_upper_bound_agrees_with_an_earlier_end_by_memory_only() {
    let told = |certainty| FillPrediction {
        bytes: Bytes(64 * MIB),
        end: End::Enospc,
        binding: Some(Source::TmpfsSize),
        certainty,
        without_canary: Bytes(64 * MIB),
        ahead: Bytes::ZERO,
        swap: Bytes::ZERO,
        careful: false,
    };
    for (certainty, reached, end, agrees) in [
        (Certainty::Exact, 64, End::Enospc, true),
        (Certainty::Exact, 63, End::Enospc, true),
        (Certainty::Exact, 62, End::Enospc, false),
        (Certainty::Exact, 66, End::Enospc, false),
        (Certainty::Exact, 64, End::OomKill, false),
        (Certainty::AtMost, 20, End::OomKill, true),
        (Certainty::AtMost, 20, End::Edge, true),
        (Certainty::AtMost, 20, End::Killed, false),
        (Certainty::AtMost, 66, End::Edge, false),
        (Certainty::AtMost, 20, End::Sigbus, false),
        (Certainty::AtMost, 20, End::Enospc, false),
        (Certainty::AtMost, 64, End::Enospc, true),
    ] {
        let forecast = told(certainty);
        assert_eq!(forecast.agrees(Bytes(reached * MIB), end), agrees, "{reached} {end:?}");
    }
    // What CPUs have charged ahead may be used, or not.
    for (certainty, reached, agrees) in [
        (Certainty::Exact, 63, true),
        (Certainty::Exact, 68, true),
        (Certainty::Exact, 62, false),
        (Certainty::Exact, 69, false),
        (Certainty::AtMost, 68, true),
        (Certainty::AtMost, 69, false),
    ] {
        let end = End::Edge;
        let forecast = FillPrediction { ahead: Bytes(3 * MIB), end, ..told(certainty) };
        assert_eq!(forecast.agrees(Bytes(reached * MIB), end), agrees, "{reached} with 3 ahead");
    }
}

#[test]
fn a_careful_fill_may_use_all_that_two_cpus_can_have_charged_ahead_where_nothing_tells_how_much() {
    // 40 MiB in use, and memory.stat tells of all of it; whether that was up to date is not known.
    let stat = "anon 33554432\nfile 4194304\nkernel 4194304\nsock 0\nshmem 0\nslab 4000000\n";
    let machine = limited(96 * MIB, 40 * MIB)
        .kernel("6.12.0")
        .file(&format!("{CG}/memory.stat"), stat)
        .file(&format!("{CG}/cpu.stat"), "usage_usec 1\n")
        .file("/sys/devices/system/cpu/online", "0-1\n");
    for (until, ahead) in [(Until::Safe, MIB / 2), (Until::Limit, 0)] {
        let told = forecast(&machine, &request(Kind::Sysv, Method::Touch, 1, until));
        assert_eq!((told.binding, told.ahead), (Some(Source::CgroupMemory), Bytes(ahead)));
    }
}

#[test]
fn who_would_die_before_a_worker_is_named() {
    // A neighbour of the same weight (1000, as in pods without requests) with more memory.
    let neighbour = |score: i64| {
        limited(64 * MIB, 16 * MIB)
            .file(&format!("{CG}/cgroup.procs"), "100\n7\n")
            .file("/proc/7/statm", "5000 4096 0 0 0 0 0\n")
            .file("/proc/7/oom_score_adj", &format!("{score}\n"))
            .file("/proc/7/comm", "app\n")
    };
    let names = |machine: &Machine, method| -> Vec<String> {
        let request = request(Kind::Memfd, method, 1, Until::Limit);
        let facts = machine.facts();
        let victims = request.victims(&facts, &machine.capacity(Kind::Memfd));
        victims.into_iter().map(|victim| victim.name.clone()).collect()
    };
    assert_eq!(names(&neighbour(1000), Method::Write), ["app"]);
    assert!(names(&neighbour(1000), Method::Touch).is_empty(), "what it touched is its own weight");
    assert!(names(&neighbour(0), Method::Write).is_empty());
}

/// The request with what it may take.
fn within(request: Request, bytes: u64) -> Request {
    Request { budget: Budget { bytes: Some(Bytes(bytes)), ..Budget::default() }, ..request }
}

#[test]
fn a_budget_is_never_passed_and_told_only_where_it_ends_the_fill() {
    let machine = limited(64 * MIB, 0);
    for until in [Until::Safe, Until::Limit] {
        let all = request(Kind::Memfd, Method::Write, 2, until);
        let small = within(all.clone(), 10 * MIB);
        let planned = plan(&machine, &small).unwrap();
        assert_eq!(planned.want, Some(Bytes(10 * MIB)));
        assert_eq!(small.share(&planned, 0), Some(Bytes(5 * MIB)));
        let foretold = forecast(&machine, &small);
        assert_eq!((foretold.bytes, foretold.end), (Bytes(10 * MIB), End::Stopped));
        // The limit comes first: all is as without a budget.
        let large = forecast(&machine, &within(all.clone(), GIB));
        assert_eq!(large, forecast(&machine, &all));
    }
    let asked = request(Kind::Memfd, Method::Write, 1, Until::Bytes(Bytes(8 * MIB)));
    let foretold = forecast(&machine, &within(asked, 10 * MIB));
    assert_eq!((foretold.bytes, foretold.end), (Bytes(8 * MIB), End::Full));
}

#[test]
fn a_budget_below_what_would_hurt_others_hurts_nobody() {
    let machine = Machine::v2("/");
    let all = request(Kind::Memfd, Method::Write, 1, Until::Limit);
    assert!(matches!(plan(&machine, &all), Err(PlanError::WholeMachine(_))));
    assert!(plan(&machine, &within(all, 64 * MIB)).is_ok());
}

#[test]
fn what_fits_but_not_beside_the_canary_ends_at_the_edge() {
    let machine = limited(64 * MIB, 0);
    let all = forecast(&machine, &request(Kind::Memfd, Method::Write, 1, Until::Safe));
    let near = Until::Bytes(Bytes(all.without_canary.0 - MIB / 4));
    assert_eq!(forecast(&machine, &request(Kind::Memfd, Method::Write, 1, near)), all);
}

#[test]
fn a_budget_that_ends_where_memory_does_stops_clearly_before() {
    let machine = limited(64 * MIB, 0);
    let most = forecast(&machine, &request(Kind::Memfd, Method::Write, 1, Until::Limit)).bytes.0;
    for until in [Until::Safe, Until::Limit] {
        for budget in [most - 5 * MIB / 2, most - MIB / 4, most] {
            let near = within(request(Kind::Memfd, Method::Write, 1, until), budget);
            let foretold = forecast(&machine, &near);
            assert_eq!(foretold.end, End::Stopped, "{until:?} {budget}");
            assert!((most - 6 * MIB..=most - 4 * MIB).contains(&foretold.bytes.0), "{foretold:?}");
        }
    }
}

#[test]
fn a_budget_that_no_segment_may_have_is_no_reason_to_be_refused() {
    let machine = limited(64 * MIB, 0).meminfo(512 * MIB, 500 * MIB, 0);
    let machine = machine.file("/proc/sys/vm/overcommit_memory", "0\n");
    for kind in [Kind::Sysv, Kind::Anon] {
        let fill = request(kind, Method::Touch, 1, Until::Safe);
        let most = Budget { bytes: Some(Bytes(4 * GIB)), ..Budget::default() };
        let told = forecast(&machine, &Request { budget: most, ..fill.clone() });
        assert_eq!(told, forecast(&machine, &fill), "{kind:?}");
        assert_eq!(told.end, End::Edge);
    }
}
