//! What must hold for every machine, not only for the recorded ones.

use std::sync::LazyLock;

use crate::common;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use shmeter::capacity::ceiling::Source;
use shmeter::capacity::predict::{Plan, predict};
use shmeter::capacity::{ByKind, Capacity, End, Method, assess};
use shmeter::facts::cgroup::{
    CgroupPath, Standing, parse_limit_v1, parse_limit_v2, parse_memberships, parse_memory_stat,
};
use shmeter::facts::maps::{parse_mapping, parse_smaps};
use shmeter::facts::meminfo::parse_meminfo;
use shmeter::facts::mountinfo::{covering, parse_mountinfo};
use shmeter::facts::process::{
    parse_file_size_limit, parse_resident_pages, parse_score, parse_status,
};
use shmeter::facts::sysvipc::parse_segments;
use shmeter::facts::{Facts, Level, PageSize, Reading, Release, StatFs};
use shmeter::probe::{Capture, Target, gather};
use shmeter::report::inspect::{Document, openmetrics, text};
use shmeter::units::{Bytes, Limit};

/// The recorded machines are where random changes start from.
static MACHINES: LazyLock<Vec<Facts>> = LazyLock::new(|| {
    let captures = common::cases().into_iter().map(|case| common::capture(&case));
    captures.map(|capture| gather(&capture, &Target::default()).unwrap()).collect()
});

static CAPTURES: LazyLock<Vec<Capture>> =
    LazyLock::new(|| common::cases().iter().map(|case| common::capture(case)).collect());

fn machine() -> impl Strategy<Value = Facts> {
    (0..MACHINES.len()).prop_map(|at| MACHINES[at].clone())
}

/// From nothing to the largest number, each order of magnitude as likely.
fn bytes() -> impl Strategy<Value = u64> {
    (0..64_u32, any::<u64>()).prop_map(|(shift, n)| n >> shift)
}

fn limit() -> impl Strategy<Value = Limit> {
    option::weighted(0.8, bytes()).prop_map(|n| n.map_or(Limit::Unlimited, |n| Limit::At(Bytes(n))))
}

fn level() -> impl Strategy<Value = Level> {
    (limit(), bytes(), bytes(), limit(), limit(), limit(), any::<bool>()).prop_map(
        |(limit, used, reclaimable, swap, memsw, high, disabled)| Level {
            path: "/made/up".to_owned(),
            folder: "/sys/fs/cgroup/made/up".to_owned(),
            limit: Reading::Known(limit),
            used: Reading::Known(Bytes(used)),
            reclaimable: Bytes(reclaimable.min(used)),
            swap_limit: Reading::Known(swap),
            swap_used: Reading::Known(Bytes::ZERO),
            memsw_limit: Reading::Known(memsw),
            memsw_used: Reading::Known(Bytes(used)),
            high: Reading::Known(high),
            oom_group: false,
            oom_kill_disabled: disabled,
            never_swaps: false,
            hierarchical_limit: Reading::Absent,
            hierarchical_memsw_limit: Reading::Absent,
            shmem: Reading::Absent,
            counted: None,
            swap_cache: Bytes::ZERO,
            standing: Standing::Unknown,
            flushed: false,
            unread: None,
        },
    )
}

/// Every kind and method of `more` reaches at least what `less` reaches.
fn reaches_as_much(more: &ByKind<Capacity>, less: &ByKind<Capacity>) -> Result<(), TestCaseError> {
    for (more, less) in more.iter().zip(less) {
        for (high, low) in more.reaches.iter().zip(&less.reaches) {
            // Without a bound nothing is known, which is not less.
            if let (Some(high), Some(low)) = (high.available, low.available) {
                prop_assert!(high >= low, "{:?} {:?}: {high:?} < {low:?}", more.kind, low);
            }
            prop_assert!(high.available.is_none() || low.available.is_some());
        }
    }
    Ok(())
}

fn raise(limit: &Reading<Limit>, by: u64) -> Reading<Limit> {
    limit.clone().map(|limit| limit.map(|bytes| bytes.saturating_add(Bytes(by))))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn a_higher_limit_never_lowers_a_capacity(
        facts in machine(), levels in vec(level(), 0..4), by in bytes(), which in 0..10_usize,
        swap in bytes(), mode in 0..3_u64, commit in bytes(),
    ) {
        let mut facts = facts;
        facts.cgroup.levels.extend(levels);
        facts.overcommit.mode = Reading::Known(mode);
        if let Reading::Known(memory) = &mut facts.memory {
            memory.swap_free = Bytes(swap);
            memory.swap_total = Bytes(swap);
            memory.commit_limit = Bytes(commit);
        }
        let before = assess(&facts);
        match which {
            // What memory.stat tells as the tightest limit rises with the limits it is of.
            0 => for level in &mut facts.cgroup.levels {
                level.limit = raise(&level.limit, by);
                level.hierarchical_limit = raise(&level.hierarchical_limit, by);
            },
            1 => for level in &mut facts.cgroup.levels { level.high = raise(&level.high, by) },
            2 => for level in &mut facts.cgroup.levels { level.swap_limit = raise(&level.swap_limit, by) },
            3 => for level in &mut facts.cgroup.levels {
                level.memsw_limit = raise(&level.memsw_limit, by);
                level.hierarchical_memsw_limit = raise(&level.hierarchical_memsw_limit, by);
            },
            4 => facts.process.file_size = raise(&facts.process.file_size, by),
            5 => facts.ipc.shmmax = facts.ipc.shmmax.clone().map(|n| n.saturating_add(Bytes(by))),
            6 => facts.ipc.shmall = facts.ipc.shmall.clone().map(|n| n.saturating_add(by)),
            7 => if let Reading::Known(memory) = &mut facts.memory {
                memory.total = memory.total.saturating_add(Bytes(by));
                memory.free = memory.free.saturating_add(Bytes(by));
            },
            8 => if let Reading::Known(memory) = &mut facts.memory {
                memory.commit_limit = memory.commit_limit.saturating_add(Bytes(by));
            },
            _ => if let Reading::Known(StatFs { blocks, bfree, bavail, .. }) = &mut facts.shm.statfs
                && *blocks > 0
            {
                *blocks = blocks.saturating_add(by);
                *bfree = bfree.saturating_add(by);
                *bavail = bavail.saturating_add(by);
            },
        }
        reaches_as_much(&assess(&facts), &before)?;
    }

    #[test]
    fn adding_a_level_never_raises_a_capacity(
        facts in machine(), levels in vec(level(), 1..4), swap in bytes(),
    ) {
        let mut facts = facts;
        if let Reading::Known(memory) = &mut facts.memory {
            memory.swap_free = Bytes(swap);
        }
        // The first level is the process's own; what comes on top are ancestors.
        let own = levels[0].clone();
        if facts.cgroup.levels.is_empty() {
            facts.cgroup.levels.push(own);
        }
        let before = assess(&facts);
        // What the process's own level uses, those above it use too.
        let first = &facts.cgroup.levels[0];
        let (used, with_swap) = (first.used.clone(), first.memsw_used.clone());
        let plus = |of: Reading<Bytes>, more: &Reading<Bytes>| {
            of.map(|bytes| bytes.saturating_add(more.known().copied().unwrap_or_default()))
        };
        facts.cgroup.levels.extend(levels.into_iter().map(|level| Level {
            used: plus(level.used, &used),
            memsw_used: plus(level.memsw_used, &with_swap),
            ..level
        }));
        reaches_as_much(&before, &assess(&facts))?;
    }

    #[test]
    fn more_held_memory_never_raises_a_capacity(facts in machine(), by in bytes()) {
        let before = assess(&facts);
        let mut facts = facts;
        for level in &mut facts.cgroup.levels {
            level.used = level.used.clone().map(|used| used.saturating_add(Bytes(by)));
            level.memsw_used = level.memsw_used.clone().map(|used| used.saturating_add(Bytes(by)));
        }
        reaches_as_much(&before, &assess(&facts))?;
    }

    #[test]
    fn what_is_predicted_is_never_more_than_asked_and_full_only_if_it_fits(
        facts in machine(), levels in vec(level(), 0..3), each in bytes(), procs in 1..9_u32,
        one_call in any::<bool>(),
    ) {
        let mut facts = facts;
        facts.cgroup.levels.extend(levels);
        for capacity in assess(&facts) {
            for method in Method::ALL {
                let plan = Plan { method, procs, bytes_each: Some(Bytes(each)), one_call };
                let Some(predicted) = predict(&capacity, &plan) else { continue };
                let wanted = Bytes(each).saturating_mul(u64::from(procs));
                prop_assert!(predicted.bytes <= wanted, "{predicted:?}");
                prop_assert_eq!(predicted.end == End::Full, predicted.binding.is_none()
                    && predicted.bytes == wanted && predicted.end != End::Einval, "{:?}", predicted);
            }
        }
    }

    #[test]
    fn a_capacity_is_the_least_of_its_ceilings(facts in machine(), levels in vec(level(), 0..4)) {
        let mut facts = facts;
        facts.cgroup.levels.extend(levels);
        for capacity in assess(&facts) {
            let Some(available) = capacity.available() else { continue };
            let rooms = capacity.ceilings.iter().map(|c| c.headroom(Method::Touch, 1));
            prop_assert_eq!(Some(Limit::At(available)), rooms.min());
            let binding = capacity.binding().unwrap();
            prop_assert_eq!(binding.headroom(Method::Touch, 1), Limit::At(available));
            prop_assert!(capacity.limit_of(Source::HostMemory).is_some());
        }
    }

    #[test]
    fn parsers_survive_any_text(noise in ".*", lines in vec(".{0,80}", 0..8)) {
        for text in [noise, lines.join("\n")] {
            survive(&text);
        }
    }

    #[test]
    fn parsers_survive_any_bytes(bytes in vec(any::<u8>(), 0..400)) {
        survive(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_size_is_read_back_as_it_is_written(n in any::<u64>()) {
        prop_assert_eq!(n.to_string().parse::<Bytes>(), Ok(Bytes(n)));
        prop_assert_eq!(format!("{}Ki", n >> 10).parse::<Bytes>(), Ok(Bytes(n >> 10 << 10)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// A byte changed anywhere, a file cut off or filled with noise: an answer or an error, and
    /// no line of the report is wider than a terminal.
    #[test]
    fn a_damaged_capture_gives_an_answer_or_an_error(
        at in 0..27_usize, file in any::<prop::sample::Index>(), noise in ".{0,60}",
        cut in any::<prop::sample::Index>(), page in prop::sample::select(vec![4096_u64, 16384, 65536]),
    ) {
        let mut capture = CAPTURES[at].clone();
        capture.page_size = page;
        let name = capture.files.keys().nth(file.index(capture.files.len())).unwrap().clone();
        let text = &capture.files[&name];
        let chars: Vec<char> = text.chars().collect();
        let keep = cut.index(chars.len() + 1);
        let damaged: String = chars[..keep].iter().collect::<String>() + &noise;
        capture.files.insert(name, damaged);
        render_all(&capture)?;
    }

    #[test]
    fn a_capture_cut_at_any_byte_is_refused(at in 0..27_usize, cut in any::<prop::sample::Index>()) {
        let text = common::text(&common::cases()[at]);
        let trimmed = text.trim_end();
        let mut end = cut.index(trimmed.len());
        while !trimmed.is_char_boundary(end) {
            end -= 1;
        }
        prop_assert!(Capture::parse(&trimmed[..end]).is_err());
    }
}

fn render_all(capture: &Capture) -> Result<(), TestCaseError> {
    for pid in [None, Some(1)] {
        let Ok(facts) = gather(capture, &Target { pid, ..Target::default() }) else { continue };
        let document = Document::new(&facts, &assess(&facts), &Default::default());
        serde_json::to_string(&document).unwrap();
        prop_assert!(openmetrics::render(&document).ends_with("# EOF\n"));
        let shown = anstream::adapter::strip_str(&text::render(&document, true)).to_string();
        for line in shown.lines() {
            prop_assert!(line.chars().count() <= 80, "{line}");
            prop_assert!(!line.contains(char::is_control), "{line:?}");
        }
    }
    Ok(())
}

fn survive(text: &str) {
    let _ = (text.lines().find_map(parse_mapping), parse_smaps(text));
    let mounts = parse_mountinfo(text);
    let _ = covering(&mounts, "/dev/shm");
    let _ = parse_memberships(text);
    let _ = parse_memory_stat(text);
    let _ = (parse_limit_v1(text), parse_limit_v2(text), parse_meminfo(text));
    let _ = (parse_segments(text), parse_status(text), parse_score(text));
    let _ = (parse_file_size_limit(text), parse_resident_pages(text));
    let _ = (Release::parse(text), text.parse::<Bytes>());
    let path = CgroupPath::parse(text);
    let _ = path.below(&CgroupPath::parse("/../.."));
    // What is shown of a path reads as the same path.
    assert_eq!(CgroupPath::parse(&path.to_string()), path);
    assert!(PageSize::new(0).is_none());
}
