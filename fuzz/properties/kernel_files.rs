//! Each parser of a kernel file, by its name: the first line of an input says which one reads the rest.

use std::fmt::Display;

use shmeter::facts::attempts::parse_attempt;
use shmeter::facts::cgroup::{
    CgroupPath, has_no_memory_controller, keyed, parse_limit_v1, parse_limit_v2, parse_memberships,
    parse_memory_stat,
};
use shmeter::facts::container::{ContainerId, of_docker, parse_family};
use shmeter::facts::cpu::{
    parse_cache_size, parse_cpuinfo, parse_list, parse_quota, parse_stolen, parse_throttled,
};
use shmeter::facts::events::{Events, LevelEvents};
use shmeter::facts::maps::{Backing, parse_mapping, parse_smaps, seen_of};
use shmeter::facts::meminfo::parse_meminfo;
use shmeter::facts::mountinfo::{covering, parse_mountinfo};
use shmeter::facts::process::{
    parse_file_size_limit, parse_locked_limit, parse_resident_pages, parse_score, parse_stat,
    parse_status,
};
use shmeter::facts::rights::parse_id_map;
use shmeter::facts::sysvipc::{parse_segments, parse_semaphore_sets, parse_semaphores};
use shmeter::facts::{ParseError, Release, parse_number};
use shmeter::units::{Bytes, Limit};

use super::{growth, shown};

/// Reads a text, and says by a panic what does not hold.
pub type Parser = fn(&str);

/// What reads each file. A new parser gets a line here and a file in the corpus.
pub const PARSERS: [(&str, Parser); 32] = [
    ("/proc/PID/cgroup", memberships),
    ("/proc/PID/cgroup of a container", container),
    ("/proc/PID/limits", limits),
    ("/proc/PID/maps", maps),
    ("/proc/PID/mountinfo", mountinfo),
    ("/proc/PID/oom_score_adj", score),
    ("/proc/PID/smaps", smaps),
    ("/proc/PID/stat", stat),
    ("/proc/PID/statm", |text| _ = checked(parse_resident_pages(text))),
    ("/proc/PID/status", status),
    ("/proc/PID/uid_map", |text| _ = checked(parse_id_map(text))),
    ("/proc/cgroups", |text| assert!(!has_no_memory_controller(text, false) || text.contains('0'))),
    ("/proc/cpuinfo", cpuinfo),
    ("/proc/meminfo", meminfo),
    ("/proc/stat", stolen),
    ("/proc/sys/kernel/osrelease", release),
    ("/proc/sys/kernel/sem", |text| _ = checked(parse_semaphores(text))),
    ("/proc/sysvipc/sem", |text| _ = checked(parse_semaphore_sets(text))),
    ("/proc/sysvipc/shm", segments),
    ("/proc/vmstat", vmstat),
    ("a cgroup's path", cgroup_path),
    ("an attempt", attempt),
    ("a number", number),
    ("cache/size", |text| _ = parse_cache_size(text)),
    ("cpu.max", |text| _ = parse_quota(text)),
    ("cpu.stat", |text| assert!(parse_throttled(text) == 0 || text.contains("throttled_"))),
    ("cpuset.cpus", cpu_list),
    ("memory.events", level_events),
    ("memory.limit_in_bytes", limit_v1),
    ("memory.max", limit_v2),
    ("memory.stat", memory_stat),
    ("the name of a mapped file", |text| _ = Backing::without_file_system(text)),
];

/// Bytes of a text; growth is looked at apart.
const LONGEST: usize = 64 << 10;

pub fn hold(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some((name, text)) = text.split_once('\n') else { return };
    let Some((_, parser)) = PARSERS.iter().find(|(known, _)| *known == name) else { return };
    if text.len() > LONGEST {
        return;
    }
    parser(text);
    if growth::is_measured(data, 256) {
        growth::is_linear(name, |bytes| growth::repeated(text, bytes), |text| parser(text));
        let lines = format!("{text}\n");
        growth::is_linear(name, |bytes| growth::repeated(&lines, bytes), |text| parser(text));
    }
}

/// An error quotes little, and nothing that steers.
fn checked<T>(parsed: Result<T, ParseError>) -> Option<T> {
    parsed
        .map_err(|error| {
            is_short(&error);
            shown::is_one_line(&error.to_string());
        })
        .ok()
}

fn is_short(error: &impl Display) {
    assert!(error.to_string().chars().count() <= 120, "{error}");
}

fn limits(text: &str) {
    checked(parse_file_size_limit(text));
    checked(parse_locked_limit(text));
}

/// What is understood is written as it was read.
fn attempt(text: &str) {
    if let Some(attempt) = checked(parse_attempt(text)) {
        assert_eq!(attempt.to_string(), text);
    }
}

fn number(text: &str) {
    assert_eq!(checked(parse_number(text)), text.trim().parse().ok());
}

fn score(text: &str) {
    assert_eq!(checked(parse_score(text)), text.trim().parse().ok());
}

fn limit_v1(text: &str) {
    if let Some(Limit::At(bytes)) = checked(parse_limit_v1(text)) {
        assert_eq!(text.trim().parse(), Ok(bytes.0));
    }
}

fn limit_v2(text: &str) {
    let limit = checked(parse_limit_v2(text));
    let wanted = match text.trim() {
        "max" => Some(Limit::Unlimited),
        number => number.parse().ok().map(|bytes| Limit::At(Bytes(bytes))),
    };
    assert_eq!(limit, wanted);
}

fn mountinfo(text: &str) {
    let mounts = parse_mountinfo(text);
    let wanted: Vec<Vec<String>> = text.lines().filter_map(mount_line).collect();
    let found: Vec<Vec<String>> = mounts
        .iter()
        .map(|mount| {
            [
                &mount.device,
                &mount.root,
                &mount.point,
                &mount.options,
                &mount.fstype,
                &mount.source,
                &mount.super_options,
            ]
            .map(String::clone)
            .to_vec()
        })
        .collect();
    assert_eq!(found, wanted);
    let points = mounts.iter().take(2).chain(mounts.last()).map(|mount| mount.point.as_str());
    for path in points.chain(["/dev/shm", "/", ""]) {
        if let Some(mount) = covering(&mounts, path) {
            let point = mount.point.trim_end_matches('/');
            let below = path.strip_prefix(point).unwrap_or_else(|| panic!("{path} below {point}"));
            assert!(below.is_empty() || below.starts_with('/'), "{path} below {point}");
        }
    }
}

/// The fields of a line of mountinfo, read in another way: octal escapes by bytes.
fn mount_line(line: &str) -> Option<Vec<String>> {
    let words: Vec<&str> = line.split(' ').collect();
    words.first()?.parse::<u64>().ok()?;
    words.get(1)?.parse::<u64>().ok()?;
    let dash = words.iter().skip(6).position(|word| *word == "-")? + 6;
    let mut fields = vec![(*words.get(2)?).to_owned()];
    let at = |at: usize| words.get(at).map(|word| unescaped(word));
    fields.extend([at(3)?, at(4)?, at(5)?, at(dash + 1)?, at(dash + 2)?]);
    fields.push(at(dash + 3).unwrap_or_default());
    Some(fields)
}

fn unescaped(word: &str) -> String {
    let chars: Vec<char> = word.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        let digits: Option<Vec<u32>> = chars
            .get(at + 1..at + 4)
            .and_then(|three| three.iter().map(|c| c.to_digit(8)).collect());
        let code = digits.map(|three| three[0] * 64 + three[1] * 8 + three[2]);
        match code.and_then(|code| u8::try_from(code).ok()).filter(|_| *c == '\\') {
            Some(byte) => {
                out.push(char::from(byte));
                at += 4;
            }
            None => {
                out.push(*c);
                at += 1;
            }
        }
    }
    out
}

fn maps(text: &str) {
    for line in text.lines() {
        let Some(mapping) = parse_mapping(line) else { continue };
        // Nothing of a path is lost: it is the end of the line.
        assert!(line.ends_with(mapping.path) && !mapping.path.starts_with(' '), "{line}");
        let begin = line[..line.len() - mapping.path.len()].trim_end_matches(' ');
        assert!(mapping.path.is_empty() || begin.split(' ').count() == 5, "{line}");
        let inode = mapping.file.inode;
        assert!(
            begin.split(' ').any(|word| word.trim_start_matches('+').parse() == Ok(inode)),
            "{line}"
        );
        assert!(inode != 0 || mapping.path.starts_with("/SYSV"), "{line}");
    }
}

fn smaps(text: &str) {
    let all = parse_smaps(text);
    let lines = text.lines().filter(|line| parse_mapping(line).is_some()).count();
    assert_eq!(all.len(), lines, "a mapping a line");
    let sum = all.iter().fold(Bytes::ZERO, |sum, one| sum.saturating_add(one.held));
    for one in all.iter().take(4) {
        let seen = seen_of(one.file, &all);
        assert!(seen <= sum && (seen >= one.held.min(seen)), "{one:?}");
    }
}

fn memberships(text: &str) {
    let all = parse_memberships(text);
    assert!(all.len() <= text.lines().count());
    for one in &all {
        // What is shown of a path reads as the same path.
        if !one.path.names.iter().any(|name| name.ends_with(" (deleted)")) {
            assert_eq!(CgroupPath::parse(&one.path.to_string()), one.path);
        }
        assert!(one.controllers.iter().all(|name| text.contains(name.as_str())));
    }
}

fn cgroup_path(text: &str) {
    let path = CgroupPath::parse(text);
    assert!(path.names.iter().all(|name| !name.is_empty() && text.contains(name.as_str())));
    for root in ["/", "/a", "/..", "/../.."] {
        let root = CgroupPath::parse(root);
        if let Some(Ok(below)) = path.below(&root) {
            assert_eq!(path.names.len(), root.names.len() + below.len());
        }
    }
    if !path.names.iter().any(|name| name.ends_with(" (deleted)")) {
        assert_eq!(CgroupPath::parse(&path.to_string()), path);
    }
}

fn container(text: &str) {
    const ID: &str = "4f1c0000aaaa";
    let id: ContainerId = ID.parse().unwrap();
    if let Some(found) = id.find(text) {
        assert!(found.id.len() == 64 && found.id.starts_with(ID) && text.contains(&found.id));
    }
    for line in text.lines() {
        if let Some(id) = of_docker(line) {
            assert!(id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
        }
        if let Ok(id) = line.parse::<ContainerId>() {
            assert!(line.to_ascii_lowercase().ends_with(&id.to_string()), "{line}");
        }
    }
}

fn stat(text: &str) {
    let Some(stat) = checked(parse_stat(text)) else { return };
    // Nothing of a name is lost, whatever brackets it has.
    let begin = text.find('(').unwrap() + 1;
    let end = text.rfind(") ").unwrap();
    assert_eq!(Some(stat.name.as_str()), text.get(begin..end));
    assert!(text[end..].contains(stat.state));
}

fn status(text: &str) {
    let _ = checked(parse_status(text));
    let (parent, numbers) = parse_family(text);
    assert!(parent == 0 || text.contains("PPid:"));
    assert!(numbers.is_empty() || text.contains("NSpid:"));
}

fn meminfo(text: &str) {
    if let Some(info) = checked(parse_meminfo(text)) {
        for (key, bytes) in [("MemTotal", info.total), ("SwapTotal", info.swap_total)] {
            // Of two lines with the same name the last one counts.
            let line = text
                .lines()
                .rev()
                .find_map(|line| line.split_once(':').filter(|(name, _)| *name == key));
            let digits = line.map(|(_, rest)| rest.trim().trim_end_matches(" kB").trim());
            let wanted = digits.map_or(0, |digits| digits.parse().unwrap());
            assert_eq!(bytes, Bytes::kib(wanted), "{key}");
        }
    }
}

fn memory_stat(text: &str) {
    let stat = parse_memory_stat(text);
    assert!(stat.shmem.is_none() || text.contains("shmem"));
    assert!(stat.hierarchical_limit.is_none() || text.contains("hierarchical_memory_limit"));
}

fn level_events(text: &str) {
    for key in ["oom_kill", "max", "high"] {
        if let Some(number) = keyed(text, key) {
            assert!(text.lines().any(|line| line.starts_with(key)), "{key} {number}");
        }
    }
    let whole = LevelEvents::parse(Some(text), None, None, None);
    assert_eq!(whole.oom_kill, keyed(text, "oom_kill"));
    let own = LevelEvents::parse(Some(text), Some(text), Some(text), Some(text));
    assert_eq!(own.oom_kill, whole.oom_kill);
    assert_eq!(own.oom, whole.oom);
}

fn vmstat(text: &str) {
    let events = Events::default().with_vmstat(Some(text));
    assert_eq!(events.machine, keyed(text, "oom_kill"));
}

fn release(text: &str) {
    let release = Release::parse(text);
    assert_eq!(release.text, text.trim());
    if let Some((version, patch)) = release.version {
        let digits = release.text.split(|c: char| !c.is_ascii_digit());
        let digits: Vec<u32> = digits.take(2).map(|part| part.parse().unwrap()).collect();
        assert_eq!(digits, [version, patch]);
    }
}

fn segments(text: &str) {
    if let Some(all) = checked(parse_segments(text)) {
        assert!(all.len() < text.lines().count(), "a segment a line below the first");
        for line in text.lines().skip(1) {
            if line.split_whitespace().count() < 3 {
                assert!(
                    checked(parse_segments(&format!("{}\n{line}", head(text)))).unwrap().is_empty()
                );
            }
        }
    }
}

fn head(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn cpu_list(text: &str) {
    let cpus = parse_list(text);
    assert!(cpus.is_sorted_by(|a, b| a < b), "each once, in order");
    assert!(cpus.iter().all(|cpu| *cpu < 1 << 16));
    let shown: Vec<String> = cpus.iter().map(usize::to_string).collect();
    assert_eq!(parse_list(&shown.join(",")), cpus);
}

fn cpuinfo(text: &str) {
    let (model, steady, guest) = parse_cpuinfo(text);
    // Arm's are told as numbers.
    let by_number = text.contains("CPU implementer") && text.contains("CPU part");
    assert!(model == "unknown" || text.contains(&model) || by_number);
    assert!(!guest || text.contains("hypervisor"));
    assert!(!steady || text.contains("nonstop_tsc") || text.contains("Features"));
}

fn stolen(text: &str) {
    let of = |name: &str| {
        let mut lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let line = lines.find(|words| words.first() == Some(&name) && words.len() > 8);
        line.and_then(|words| words[8].parse().ok()).unwrap_or(0)
    };
    for name in ["cpu", "cpu1"] {
        assert_eq!(parse_stolen(text, name), of(name));
    }
}
